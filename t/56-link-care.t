#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Links that are more than what was asked for, or less than what the
# administrator wants, do not stay, and what is not ours is not touched.

use v5.20;
use warnings;

use IO::Socket::INET;
use JSON::PP;
use POSIX qw(strftime);
use Test::More;

use Owncloud qw(cloud standins fresh requests spew wait_for);
use Owncloud::HTTP;

my %repository = (OC => 7, NC => 8);
my $shares = 'apps/files_sharing/api/v1/shares';
my $env = standins();

folders();
policies();
not_ours();
parallel();
abandoned();

cloud($_ => 'reset', {}) for qw(NC OC);
done_testing();


sub browser {
    my $nginx = shift;

    fresh($nginx);

    my $browser = $nginx->browser;
    $browser->sign_in($_) for 7, 8;

    return $browser;
}


sub link_to {
    my ($browser, $profile, $title) = @_;

    my $answer = $browser->picker(list => $repository{$profile}, p => '/');
    my ($node) = grep { $_->{title} eq $title } @{ $answer->{list} };

    my $body = $browser->raw(download => $repository{$profile},
        title => $node->{title}, source => $node->{source},
        sourcekey => $node->{sourcekey}, savepath => '/',
        linkexternal => 'yes')->{body};

    return eval { decode_json($body) } // { not_json => $body };
}


# the share API, without the module

sub ocs {
    my ($profile, $method, $resource, %form) = @_;

    my $token = cloud($profile => 'tokens', { user => 'alice' })->{access};
    my $answer = Owncloud::HTTP::request($method,
        $env->{"CLOUD_${profile}_HTTP_URL"}
        . "ocs/v2.php/$resource?format=json",
        { Authorization => "Bearer $token", 'OCS-APIRequest' => 'true',
          'Content-Type' => 'application/x-www-form-urlencoded' },
        %form ? Owncloud::HTTP::form(%form) : undef);

    return decode_json($answer->{body})->{ocs}{data};
}


sub ids {
    return [ map { $_->{id} } @{ ocs(shift, GET => $shares) } ];
}


# what is in a folder is more than a file

sub folders {
    my $nginx = Owncloud->new(server => <<'EOT');
        location = /files/list {
            owncloud_listing  oc  cookie=app  callback=/files/back;
        }

        location = /files/link {
            owncloud_link  oc  cookie=app  callback=/files/back;
        }

        location = /files/back {
            owncloud_oauth_callback;
        }
EOT
    fresh($nginx);

    my $browser = $nginx->browser(session => undef);

    $browser->{cookies}{app} = { value => '0123456789abcdef', path => '/' };

    my $told = sub {
        return decode_json($browser->request(POST => '/files/link',
            Owncloud::HTTP::form(path => shift),
            'Content-Type' => 'application/x-www-form-urlencoded',
            'X-Requested-With' => 'fetch')->{body});
    };

    my $list = decode_json($browser->request(GET => '/files/list')->{body});
    my $url = $browser->consent($list->{login}[0]{url},
                                back => $nginx->url . '/files/back');
    $browser->return_to($url);

    my $answer = $told->('/Documents');

    is($answer->{errorcode} // $answer->{url}, 'isfolder', 'folder - told');
    like($answer->{error}, qr/a folder/, 'folder - in words');
    is_deeply(ids('OC'), [], 'folder - no link to it stays');

    my $id = ocs(OC => POST => $shares, path => '/Documents', shareType => 3,
                 permissions => 1)->{id};

    is($told->('/Documents')->{errorcode}, 'isfolder',
       'folder - told when it has a link');
    is_deeply(ids('OC'), [$id], 'folder - which is the only one that stays');

    like($told->('/report.pdf')->{url}, qr{/s/\w+/download$},
         'folder - a file has a link');

    $nginx->finish;
}


# a server that does not care for what the administrator of Moodle has set

sub policies {
    my $nginx = Owncloud->new(no_start => 1);

    spew("$nginx->{dir}/share.secret", "pass & word\n");
    $nginx->configure(setting => { share_expire => '10d',
                                   share_password =>
                                   "$nginx->{dir}/share.secret" });
    $nginx->start;

    my $browser = browser($nginx);
    my $day = sub { strftime('%Y-%m-%d', gmtime(time + 86400 * shift)) };
    my $end = $day->(10);

    for my $cloud (qw(NC OC)) {

        like(link_to($browser, $cloud, 'notes.txt')->{url}, qr{/s/},
             "$cloud - a link as it is to be");

        my $before = ids($cloud);

        for (['"share_with":"', '"share_was":"', 'no password'],
             ["\"$end 00:00:00\"", 'null', 'no end'],
             ["\"$end 00:00:00\"", '"some day"', 'an odd end'],
             ["\"$end ", '"' . $day->(30) . ' ', 'a later end'])
        {
            my ($from, $to, $name) = @$_;

            # Nextcloud says it twice

            next if $cloud eq 'NC' && $name eq 'no password';

            cloud($cloud => 'faults', { match => '^POST .*shares',
                  action => 'replace', from => $from, to => $to });

            my $answer = link_to($browser, $cloud, 'report.pdf');

            is($answer->{errorcode} // $answer->{url}, 'linkpolicy',
               "$cloud - $name");
            like($answer->{error}, qr/was deleted/, "$cloud - $name: told");
            is_deeply(ids($cloud), $before, "$cloud - $name: it is gone");

            cloud($cloud => 'faults', undef, 'DELETE');
        }
    }

    $nginx->finish;
}


# a server that gives back what there was is not asked to delete it

sub not_ours {
    my $nginx = Owncloud->new;
    my $browser = browser($nginx);

    for my $cloud (qw(NC OC)) {
        my $id = ocs($cloud, POST => $shares, path => '/report.pdf',
                     shareType => 3, permissions => 1,
                     password => 'x')->{id};

        cloud($cloud => 'log', undef, 'DELETE');
        cloud($cloud => 'faults', { match => '^POST .*shares',
              action => 'replace',
              from => '"id":"' . ($id + 1) . '","share_type":3',
              to => "\"id\":\"$id\",\"share_type\":4" });

        is(link_to($browser, $cloud, 'report.pdf')->{errorcode},
           'cloudinvalid', "$cloud - a share that was there");
        is(scalar(grep { /^DELETE/ } requests($cloud)), 0,
           "$cloud - is not deleted");
        is(scalar(grep { $_ == $id } @{ ids($cloud) }), 1,
           "$cloud - and still there");

        cloud($cloud => 'faults', undef, 'DELETE');
    }

    $nginx->finish;
}


# the request for a link is sent, and its answer not waited for

sub begun {
    my ($nginx, $browser) = @_;

    my $ajax = '/repository/repository_ajax.php';
    my ($node) = grep { $_->{title} eq 'report.pdf' }
                 @{ $browser->picker(list => 8)->{list} };
    my $form = $browser->picker_form(8, linkexternal => 'yes',
                   map { $_ => $node->{$_} } qw(title source sourcekey));
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                       PeerPort => $nginx->{port});

    print $socket "POST $ajax?action=download HTTP/1.1\r\nHost: 127.0.0.1:"
        . "$nginx->{port}\r\nConnection: close\r\nCookie: "
        . $browser->cookie_header('/repository/') . "\r\nContent-Type: "
        . "application/x-www-form-urlencoded\r\nContent-Length: "
        . length($form) . "\r\n\r\n$form";
    $socket->flush;

    return $socket;
}


# both look before either makes one, if they may

sub parallel {
    my $nginx = Owncloud->new;
    my $browser = browser($nginx);

    cloud(NC => 'faults', { match => '^GET .*shares', times => 2,
                            delay => 1 });

    my @url = map {
        local $/;
        (readline($_) // '') =~ /"url":"([^"]+)"/ ? $1 : 'none';
    } map { begun($nginx, $browser) } 1 .. 2;

    like($url[0], qr/download$/, 'two at a time - a link');
    is($url[1], $url[0], 'two at a time - the same');
    is(scalar @{ ids('NC') }, 1, 'two at a time - there is one');

    $nginx->finish;
}


# a link that has to be deleted is, even if nobody waits for the answer

sub abandoned {
    my $nginx = Owncloud->new;
    my $browser = browser($nginx);

    cloud(NC => 'log', undef, 'DELETE');
    cloud(NC => 'faults', { match => '^POST .*shares', action => 'replace',
        delay => 1, from => '"permissions":17', to => '"permissions":19' });

    my $socket = begun($nginx, $browser);

    ok(wait_for(sub { grep { /^POST .*shares/ } requests('NC') }, 10),
       'gone - the cloud is asked');
    close $socket;
    ok(wait_for(sub { grep { /^DELETE .*shares/ } requests('NC') }, 10),
       'gone - the link is deleted');
    is_deeply(ids('NC'), [], 'gone - no link stays');

    $nginx->finish;
}
