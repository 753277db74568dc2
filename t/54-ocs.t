#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# What becomes of the share API's errors: those of the servers as they were
# recorded, and such as proxies and broken servers make of them.

use v5.20;
use warnings;

use JSON::PP;
use Test::More;

use Owncloud qw(cloud standins fresh requests);
use Owncloud::HTTP;

my %repository = (OC => 7, NC => 8);
my $env = standins();
my $nginx = Owncloud->new;
my $browser = $nginx->browser;
my %node;

fresh($nginx);

for my $cloud (qw(NC OC)) {
    $browser->sign_in($repository{$cloud});

    my $list = $browser->picker(list => $repository{$cloud}, p => '/')->{list};
    ($node{$cloud}) = grep { $_->{title} eq 'report.pdf' } @$list;

    policies($cloud);
    reshare($cloud);
    gone($cloud);
    answers($cloud);
    token($cloud);
}

too_many();
versions();

$nginx->finish;
cloud($_ => 'reset', {}) for qw(NC OC);
done_testing();


sub link_to {
    my ($cloud, $node) = @_;

    $node //= $node{$cloud};

    my $answer = $browser->raw(download => $repository{$cloud},
        title => $node->{title}, source => $node->{source},
        sourcekey => $node->{sourcekey}, linkexternal => 'yes');

    return eval { decode_json($answer->{body}) }
           // { not_json => $answer->{body} };
}


sub told {
    my ($name, $cloud, $code, $text, @node) = @_;

    my $answer = link_to($cloud, @node);

    is($answer->{errorcode} // 'none', $code, "$cloud - $name")
        or diag(encode_json($answer));
    like($answer->{error} // '', $text, "$cloud - $name, in words");
}


sub creations {
    return scalar grep { /^POST .*shares/ } requests(shift);
}


# what an administrator of the cloud has set

sub policies {
    my $cloud = shift;

    my $false = JSON::PP::false;

    for ([{ sharing => $false }, 'sharingdisabled', qr/disabled in/],
         [{ public_links => $false }, 'linksdisabled', qr/Public links are/],
         [{ enforce_password => JSON::PP::true }, 'linkpassword',
          qr/requires a password/])
    {
        my ($settings, $code, $text) = @$_;

        cloud($cloud => 'settings', $settings);
        told("settings for $code", $cloud, $code, $text);

        # in another language, and without the capabilities

        cloud($cloud => 'faults', { match => '^POST .*shares',
            action => 'replace', from => '"message":"',
            to => '"message":"\u00dcberall ' });
        told("$code in another language", $cloud, $code, $text);
        cloud($cloud => 'faults', undef, 'DELETE');

        cloud($cloud => 'settings', { map { $_ => $_ ne 'enforce_password' }
                                      keys %$settings });
    }

    cloud($cloud => 'settings', { sharing => JSON::PP::true,
        public_links => JSON::PP::true, enforce_password => $false });

    cloud($cloud => 'settings', { public_links => $false });
    cloud($cloud => 'faults', { match => 'capabilities', action => 'status',
                                status => 500 });
    told('no capabilities', $cloud, 'linkrefused',
         qr/said: "Public link sharing is disabled by the administrator"$/);
    cloud($cloud => 'settings', { public_links => JSON::PP::true });
}


sub ocs {
    my ($cloud, $user, $form) = @_;

    my $token = cloud($cloud => 'tokens', { user => $user })->{access};

    return decode_json(Owncloud::HTTP::request(POST =>
        $env->{"CLOUD_${cloud}_HTTP_URL"}
        . 'ocs/v2.php/apps/files_sharing/api/v1/shares?format=json',
        { Authorization => "Bearer $token",
          'Content-Type' => 'application/x-www-form-urlencoded' },
        Owncloud::HTTP::form(%$form))->{body})->{ocs};
}


# a file of somebody else, without and with the right to share it again

sub reshare {
    my $cloud = shift;

    for ([1, 'bob.txt'], [17, 'notes.txt']) {
        my ($permissions, $file) = @$_;

        my $share = ocs($cloud, bob => { path => "/$file", shareType => 0,
                        shareWith => 'alice', permissions => $permissions });
        my $list = $browser->picker(list => $repository{$cloud}, p => '/')
                   ->{list};
        my $name = $file =~ s/\.txt$//r;
        my ($node) = grep { $_->{title} =~ /^$name(?: \(2\))?\.txt$/
                            && ($file eq 'bob.txt'
                                || $_->{title} =~ /\(2\)/) } @$list;

        $node // die "no $file: " . encode_json([map { $_->{title} } @$list]);

        if ($permissions == 1) {
            told('shared without the right to', $cloud, 'linkrefused',
                 qr/ask for permission.* said: "You are not allowed/, $node);
            next;
        }

        my $first = link_to($cloud, $node);

        ok($first->{url}, "$cloud - shared again") or diag encode_json($first);
        is_deeply(link_to($cloud, $node), $first, "$cloud - and once");
    }
}


sub gone {
    my $cloud = shift;

    cloud($cloud => 'file', { user => 'alice', path => '/soon gone.txt',
                              content => 'x' });

    my $list = $browser->picker(list => $repository{$cloud}, p => '/')->{list};
    my ($node) = grep { $_->{title} eq 'soon gone.txt' } @$list;

    cloud($cloud => 'file', { user => 'alice', path => '/soon gone.txt' },
          'DELETE');
    cloud($cloud => 'log', undef, 'DELETE');

    told('a file that is gone', $cloud, 'cloudnotfound',
         qr/^This no longer exists/, $node);
    is(creations($cloud), 0, "$cloud - no link was asked for");
}


# answers that no settings explain, to both calls

sub answers {
    my $cloud = shift;

    my $ocs = sub { encode_json({ ocs => { meta => { status => 'failure',
                    statuscode => $_[0], message => $_[1] }, data => [] } }) };
    my $sense = qr/an invalid response/;

    for ([200, '', 'cloudinvalid', $sense, 'an empty body'],
         [200, '<html>Log in', 'cloudinvalid', $sense, 'a page'],
         [200, '{"ocs":', 'cloudinvalid', $sense, 'half an answer'],
         [200, $ocs->(996, 'grpc'), 'cloudinvalid', qr/The cloud said: "grpc"/,
          'an error of its own'],
         [200, $ocs->(999, "Bad\nquery"), 'cloudinvalid',
          qr/The cloud said: "Bad query"/, 'an unknown route'],
         [500, $ocs->(500, 'x'), 'clouderror', qr/internal error/, '500'],
         [503, $ocs->(503, undef), 'cloudmaintenance', qr/maintenance/, '503'],
         [404, '404 page not found', 'cloudnotfound', qr/no longer exists/,
          '404 without OCS'],
         [403, '<html>', 'cloudforbidden', qr/does not allow/, 'a firewall'],
         [302, '', 'cloudunexpected', qr/unexpected/, 'a redirect'],
         [200, 'x' x 9_000_000, 'cloudtoobig', qr/larger/, 'too much'])
    {
        my ($status, $body, $code, $text, $name) = @$_;

        for my $method (qw(GET POST)) {

            # the log of failures of a busy cloud is that of another test

            next if $method eq 'GET' && $status == 503;

            cloud($cloud => 'faults', { match => "^$method .*shares",
                action => 'status', status => $status, body => 'text',
                text => $body, type => 'application/json' });

            told("$method, $name", $cloud, $code, $text);
            cloud($cloud => 'faults', undef, 'DELETE');
        }
    }

    for (['reset', 'cloudbroken|cloudunreachable'],
         ['truncate', 'cloudbroken'])
    {
        my ($action, $code) = @$_;

        cloud($cloud => 'log', undef, 'DELETE');
        cloud($cloud => 'faults', { match => '^POST .*shares',
                                    action => $action });
        like(link_to($cloud)->{errorcode}, qr/^(?:$code)$/,
             "$cloud - $action of a creation");
        is(creations($cloud), 1, "$cloud - which is not asked for again");
        cloud($cloud => 'faults', undef, 'DELETE');
    }
}


# 997: the token, or the user

sub token {
    my $cloud = shift;

    cloud($cloud => 'log', undef, 'DELETE');
    cloud($cloud => 'expire', { user => 'alice' });

    ok(link_to($cloud)->{url}, "$cloud - an expired token is renewed");

    my $refused = encode_json({ ocs => { meta => { status => 'failure',
        statuscode => 997, message => 'User disabled' }, data => [] } });

    for my $status (200, 401) {
        cloud($cloud => 'faults', { match => '^GET .*shares', times => -1,
              action => 'status', status => $status, body => 'text',
              text => $refused, type => 'application/json' });
        cloud($cloud => 'log', undef, 'DELETE');

        told("997 with status $status", $cloud, 'cloudsignin',
             qr/try once more\. The cloud said: "User disabled"/);
        is(scalar(grep { /^GET .*shares/ } requests($cloud)), 2,
           "$cloud - it was tried once more");

        cloud($cloud => 'faults', undef, 'DELETE');
    }

    ok(link_to($cloud)->{url}, "$cloud - the session has not ended");
}


# one user's limit does not keep anybody from anything

sub too_many {
    fresh($nginx);
    $browser->sign_in(8);

    my $list = $browser->picker(list => 8, p => '/special/')->{list};
    my @node = grep { $_->{source} } @$list;

    cloud(NC => 'settings', { share_limit => 2 });

    ok(link_to(NC => $node[$_])->{url}, "limit - link $_") for 0, 1;
    told('the limit', 'NC', 'cloudtoomany',
         qr/^Nextcloud lets you share .* again in 10 minutes, or/, $node[2]);

    ok(link_to(NC => $node[0])->{url}, 'limit - a link that is there');
    ok($browser->picker(list => 8, p => '/Documents/')->{list},
       'limit - folders can be opened');

    my $bob = $nginx->browser(session => 'studentaaaaaaaaaaaaaaaaaaa',
                              sesskey => 'Studentaaa');
    $bob->return_to($bob->consent($bob->login_url(8), user => 'bob'));

    my ($node) = grep { $_->{title} eq 'notes.txt' }
                 @{ $bob->picker(list => 8, p => '/')->{list} };

    ok($bob->picker(download => 8, title => 'x', source => $node->{source},
                    sourcekey => $node->{sourcekey}, linkexternal => 'yes')
       ->{url}, 'limit - not of another user');

    cloud(NC => 'faults', { match => '^POST .*shares', action => 'status',
          status => 429, body => 'none', headers => { 'Retry-After' => '50' } });
    told('a time to wait', 'NC', 'cloudtoomany', qr/again in 1 minute, or/,
         $node[3]);
}


# version 1, and XML whatever was asked for

sub versions {
    my $base = { map { $_ => $env->{"CLOUD_${_}_URL"} } qw(OC NC) };

    $nginx->configure(issuers => join '', map { $nginx->issuer(lc $_,
        ocs_endpoint => "$base->{$_}ocs/v1.php/apps/files_sharing/api/v1/"
                        . 'shares?format=xml') } qw(OC NC));
    $nginx->reload;

    fresh($nginx);
    $browser->sign_in($_) for 7, 8;

    for my $cloud (qw(NC OC)) {
        my $list = $browser->picker(list => $repository{$cloud}, p => '/')
                   ->{list};
        ($node{$cloud}) = grep { $_->{title} eq 'report.pdf' } @$list;

        cloud($cloud => 'settings', { public_links => JSON::PP::false });
        told('version 1', $cloud, 'linksdisabled', qr/Public links/);
        cloud($cloud => 'settings', { public_links => JSON::PP::true });

        my $first = link_to($cloud);

        ok($first->{url}, "$cloud - version 1, a link");
        is((grep { /^POST/ } requests($cloud, qr/shares/))[0]
           =~ m{ocs/(v1\.php/.*)}, 1, "$cloud - version 1 was asked");

        my ($token) = $first->{url} =~ m{/s/(\w+)/};
        my $xml = '<?xml version="1.0"?><ocs><meta><statuscode>100'
                  . '</statuscode><message/></meta><data><element><id>5</id>'
                  . '<share_type>3</share_type><permissions>1</permissions>'
                  . '<path>/report.pdf</path><token>OfTheXml</token>'
                  . '</element></data></ocs>';

        cloud($cloud => 'faults', { match => '^GET .*shares',
              action => 'status', status => 200, body => 'text', text => $xml,
              type => 'text/xml' });
        like(link_to($cloud)->{url}, qr{/s/OfTheXml/download$},
             "$cloud - XML is understood");
    }
}
