#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Public links: what the clouds are sent for one, byte for byte, which links are
# used again, what the URL looks like, what the policies of a cloud do.

use v5.20;
use warnings;

use Encode qw(decode_utf8 encode_utf8);
use JSON::PP;
use MIME::Base64;
use POSIX qw(strftime);
use Test::More;

use Owncloud qw(cloud standins fresh requests spew wait_for);
use Owncloud::HTTP;

my %repository = (OC => 7, NC => 8);
my %below = (OC => '/oc', NC => '');
my $shares = 'apps/files_sharing/api/v1/shares';
my $env = standins();
my $json = JSON::PP->new->canonical;

wire();
used_again();
names();
url();
expiry();
passwords();
undone();
who();
locations();
elsewhere();

cloud($_ => 'reset', {}) for qw(NC OC);
done_testing();


# a browser that is signed in to both clouds

sub browser {
    my $nginx = shift;

    fresh($nginx);

    my $browser = $nginx->browser;
    $browser->sign_in($_) for 7, 8;
    cloud($_ => 'log', undef, 'DELETE') for qw(NC OC);

    return $browser;
}


sub node {
    my ($browser, $repository, $folder, $title) = @_;

    my $answer = $browser->picker(list => $repository, p => $folder);
    my ($node) = grep { $_->{title} eq $title } @{ $answer->{list} // [] };

    return $node // die "no $title in $folder: " . encode_json($answer);
}


sub link_raw {
    my ($browser, $profile, $node, %field) = @_;

    return $browser->raw(download => $repository{$profile},
                         title => $node->{title}, source => $node->{source},
                         sourcekey => $node->{sourcekey}, savepath => '/',
                         linkexternal => 'yes', %field);
}


sub link_to {
    my ($browser, $profile, $node, %field) = @_;

    my $body = link_raw($browser, $profile, $node, %field)->{body};

    return eval { decode_json($body) } // { not_json => $body };
}


# the share API, without the module

sub ocs {
    my ($profile, $method, $resource, %option) = @_;

    my $token = cloud($profile => 'tokens',
                      { user => $option{user} // 'alice',
                        lifetime => 3600 })->{access};
    my $answer = Owncloud::HTTP::request($method,
        $env->{"CLOUD_${profile}_HTTP_URL"} . "ocs/v2.php/$resource"
        . ($resource =~ /\?/ ? '&' : '?') . 'format=json',
        { Authorization => "Bearer $token", 'OCS-APIRequest' => 'true',
          'Content-Type' => 'application/x-www-form-urlencoded' },
        $option{form} ? Owncloud::HTTP::form(%{ $option{form} }) : undef);

    return decode_json($answer->{body})->{ocs};
}


# the links that alice has

sub links {
    my $profile = shift;

    return @{ ocs($profile, GET => $shares)->{data} };
}


sub creations {
    return scalar grep { /^POST .*shares/ } requests(shift);
}


# what goes over the wire, and what the picker gets of it

sub wire {
    my $nginx = Owncloud->new(no_start => 1);

    $nginx->configure(issuers => join '', map { $nginx->issuer(lc $_,
                          base_url => $env->{"CLOUD_RAW_${_}_URL"}) }
                      qw(OC NC));
    $nginx->start;

    my $browser = browser($nginx);

    for my $cloud (qw(NC OC)) {
        my $node = node($browser, $repository{$cloud}, '/', 'report.pdf');
        my $base = $env->{"CLOUD_RAW_${cloud}_URL"};
        my ($host) = $base =~ m{//([^/]+)};
        my $uri = "$below{$cloud}/ocs/v2.php/$shares";

        cloud($cloud => 'rawlog', undef, 'DELETE');

        my $answer = link_raw($browser, $cloud, $node, title => 'Käse "/1".pdf'
                                                       =~ s{/}{}r);
        my @raw = map { decode_base64($_->{raw}) }
                  @{ cloud($cloud => 'rawlog') };
        my ($token) = map { $_->{token} } links($cloud);

        s/^Authorization: Bearer \K\S+/TOKEN/m for @raw;

        is(scalar @raw, 2, "$cloud - two requests");

        is($raw[0], join("\r\n", "GET $uri?format=json&path=%2Freport.pdf"
                         . ' HTTP/1.1', "Host: $host",
                         head($raw[0]), 'Authorization: Bearer TOKEN',
                         'OCS-APIRequest: true', '', ''),
           "$cloud - which links there are");

        my $body = 'path=%2Freport.pdf&shareType=3&permissions=1';

        is($raw[1], join("\r\n", "POST $uri?format=json HTTP/1.1",
                         "Host: $host", head($raw[1]),
                         'Authorization: Bearer TOKEN', 'OCS-APIRequest: true',
                         'Content-Type: application/x-www-form-urlencoded',
                         'Content-Length: ' . length $body, '', $body),
           "$cloud - a new one");

        my $url = "${base}s/$token/download" =~ s{/}{\\/}gr;

        is($answer->{body}, qq({"file":"K\xc3\xa4se \\"1\\".pdf",)
                            . qq("type":"link","url":"$url"}),
           "$cloud - what the picker gets");
        is($answer->{status}, 200, "$cloud - with status 200");
    }

    $nginx->finish;
}


# headers that all calls have between Host and those of their own

sub head {
    my $raw = shift;

    return grep { /^(?:User-Agent|Connection):/ } split /\r\n/, $raw;
}


# a file that is chosen twice has one link; so has one that was shared before

sub used_again {
    my $nginx = Owncloud->new;
    my $browser = browser($nginx);

    for my $cloud (qw(NC OC)) {
        my $node = node($browser, $repository{$cloud}, '/', 'notes.txt');
        my $first = link_to($browser, $cloud, $node);

        ok($first->{url}, "$cloud - a link") or diag(encode_json($first));
        is_deeply(link_to($browser, $cloud, $node), $first,
                  "$cloud - the same the second time");
        is(creations($cloud), 1, "$cloud - there is one");

        my $got = Owncloud::HTTP::request(GET => $first->{url} =~
            s{^https://[^/]+/(?:oc/)?}{$env->{"CLOUD_${cloud}_HTTP_URL"}}r);

        like($got->{status}, qr/^(?:200|303)$/, "$cloud - it can be opened");

        not_used($browser, $cloud);
    }

    $nginx->finish;
}


# links that are there and are of no use

sub not_used {
    my ($browser, $cloud) = @_;

    my $node = node($browser, $repository{$cloud}, '/', 'picture.png');
    my $soon = strftime('%Y-%m-%d', gmtime);
    my $later = strftime('%Y-%m-%d', gmtime(time + 5 * 86400));

    my %form = (path => '/picture.png', shareType => 3, permissions => 1);
    my $link = sub { ocs($cloud, POST => $shares, form => { %form, @_ })
                     ->{data}{token} };

    $link->(password => 'geheim');
    $link->(expireDate => $soon);
    ocs($cloud, POST => $shares, form => { %form, shareType => 0,
                                           shareWith => 'bob' });

    my $answer = link_to($browser, $cloud, $node);
    my @mine = grep { $_->{path} eq '/picture.png' && $_->{share_type} == 3 }
               links($cloud);

    is(scalar @mine, 3, "$cloud - links that are of no use");
    like($answer->{url}, qr/\Q$mine[2]{token}\E/, "$cloud - the new one");

    # one that lasts is better than the one that ends, whichever was first

    $node = node($browser, $repository{$cloud}, '/', 'zero.bin');
    $form{path} = '/zero.bin';

    my $ends = $link->(expireDate => $later);
    like(link_to($browser, $cloud, $node)->{url}, qr{/$ends/},
         "$cloud - one that ends in some days");

    my $lasts = $link->();
    like(link_to($browser, $cloud, $node)->{url}, qr{/$lasts/},
         "$cloud - one that does not end");

    # of a folder, or more than to read

    cloud($cloud => 'faults', { match => '^GET .*shares', action => 'replace',
          from => $cloud eq 'NC' ? '"permissions":17' : '"permissions":1,',
          to => $cloud eq 'NC' ? '"permissions":19' : '"permissions":3,' });
    unlike(link_to($browser, $cloud, $node)->{url}, qr{/$lasts/},
           "$cloud - not one that lets people write");

    cloud($cloud => 'faults', { match => '^GET .*shares', action => 'replace',
          from => 'zero.bin', to => 'nero.bin' });
    unlike(link_to($browser, $cloud, $node)->{url}, qr{/$lasts/},
           "$cloud - not one of another file");
}


# every odd name has a link to the file of that name

sub names {
    my $nginx = Owncloud->new;
    my $browser = browser($nginx);

    for my $cloud (qw(NC OC)) {
        my $list = $browser->picker(list => $repository{$cloud},
                                    p => '/special/')->{list};
        my (%wrong, %url);

        for my $node (grep { $_->{source} } @$list) {
            my $answer = link_to($browser, $cloud, $node);
            my ($token) = ($answer->{url} // '') =~ m{/s/(\w+)/download$};

            $wrong{$node->{title}} = $answer
                if !$token || $answer->{file} ne $node->{title};
            $url{$token} = $node->{title} if $token;
        }

        is_deeply(\%wrong, {}, "$cloud - every odd name");

        my %path = map { $_->{token} => $_->{path} } links($cloud);

        is_deeply(\%path, { map { $_ => "/special/$url{$_}" } keys %url },
                  "$cloud - the links are to these files");
        cmp_ok(scalar keys %url, '>', 20, "$cloud - enough of them");
    }

    $nginx->finish;
}


# the form of the URL

sub url {
    my $nginx = Owncloud->new;
    my $browser = browser($nginx);
    my $node = node($browser, 8, '/', 'report.pdf');
    my $base = $env->{CLOUD_NC_URL};
    my $token = (link_to($browser, NC => $node)->{url} =~ m{/s/(\w+)/})[0];

    my $told = sub {
        my ($from, $to) = @_;

        cloud(NC => 'faults', { match => '^GET .*shares', action => 'replace',
                                from => $from, to => $to });
        return link_to($browser, NC => $node);
    };

    (my $own = "${base}s/") =~ s{/}{\\/}g;

    for (['https:\/\/evil.example\/s\/', 's', 'another host'],
         ['https:\/\/evil.example\/index.php\/s\/', 'index.php/s',
          'another host with index.php'],
         ['http:\/\/inside:8080\/index.php\/s\/', 'index.php/s', 'plain http'],
         ['https:\/\/evil.example\/x\/index.php\/s\/', 's', 'another path'],
         ['https:\/\/evil.example\/index.php\/..\/s\/', 's', 'an odd path'],
         ['index.php\/s\/', 's', 'no URL'],
         ['https:\/\/', 's', 'hardly a URL'])
    {
        my ($to, $expected, $name) = @$_;

        is($told->($own, $to)->{url}, "$base$expected/$token/download",
           "URL - $name");
    }

    # a token that is none

    for my $odd ('..', '..\/..\/x', 'a b', 'a?b', '', 'x' x 65) {
        ocs(NC => DELETE => "$shares/$_->{id}") for links('NC');
        link_to($browser, NC => $node);
        ($token) = map { $_->{token} } links('NC');
        cloud(NC => 'log', undef, 'DELETE');

        my $url = $told->("\"token\":\"$token\"", "\"token\":\"$odd\"")->{url};

        is(creations('NC'), 1, "URL - a token \"$odd\" is not used")
            or diag($url);
    }

    $nginx->configure(issuers => $nginx->issuer('oc')
                                 . $nginx->issuer(nc => type => 'opencloud',
        authorization_endpoint => $base . 'index.php/apps/oauth2/authorize',
        token_endpoint => $base . 'index.php/apps/oauth2/api/v1/token'));
    $nginx->reload;

    $browser = browser($nginx);
    $node = node($browser, 8, '/special/', 'hash # file.txt');

    my $url = link_to($browser, NC => $node)->{url};
    ($token) = map { $_->{token} } links('NC');

    is($url, "${base}remote.php/dav/public-files/$token/hash%20%23%20file.txt",
       'URL - of OpenCloud');

    # without a type it is known by its ids

    $nginx->configure(issuers => join '', map { $nginx->issuer($_,
                                  type => undef) } qw(oc nc));
    $nginx->reload;

    $browser = browser($nginx);
    $node = node($browser, 8, '/', 'report.pdf');

    like(link_to($browser, NC => $node)->{url}, qr{/s/\w+/download$},
         'URL - a number for an id');

    ($token) = map { $_->{token} } links('NC');
    my ($id) = map { $_->{id} } links('NC');

    is($told->("\"id\":\"$id\"", '"id":"FnLLOESMNcDwfPu"')->{url},
       "${base}remote.php/dav/public-files/$token/report.pdf",
       'URL - letters for an id');

    $nginx->finish;
}


# ours, and that of the cloud

sub expiry {
    my $nginx = Owncloud->new;
    my $browser = browser($nginx);

    for my $cloud (qw(NC OC)) {
        my $node = node($browser, $repository{$cloud}, '/', 'report.pdf');

        cloud($cloud => 'settings', { enforce_expiry => 7 });

        my $first = link_to($browser, $cloud, $node);
        my $end = strftime('%Y-%m-%d', gmtime(time + 7 * 86400));

        ok($first->{url}, "$cloud - a link that has to end");
        is_deeply(link_to($browser, $cloud, $node), $first,
                  "$cloud - is used again");
        my $line = qq(the link to "/report.pdf" expires on "$end 00:00:00", )
                   . qq(as "\L$cloud\E" requires);

        is(() = $nginx->log =~ /\[notice\] [^\n]*\Q$line\E/g, 2,
           "$cloud - and told in the log");
    }

    $nginx->configure(setting => { share_expire => '10d' });
    $nginx->reload;
    $browser = browser($nginx);

    for my $cloud (qw(NC OC)) {
        my $node = node($browser, $repository{$cloud}, '/', 'report.pdf');
        my $in = sub { strftime('%Y-%m-%d', gmtime(time + 86400 * shift)) };
        my $link = sub { ocs($cloud, POST => $shares, form => {
                             path => '/report.pdf', shareType => 3, @_ }) };

        $link->();
        $link->(expireDate => $in->($_)) for 4, 11;

        my $first = link_to($browser, $cloud, $node);
        my ($mine) = grep { $first->{url} =~ m{/\Q$_->{token}\E/} }
                     links($cloud);

        is($mine->{expiration}, $in->(10) . ' 00:00:00',
           "$cloud - a link as \"share_expire\" wants it");
        is(creations($cloud), 4, "$cloud - not one of the others");
        is_deeply(link_to($browser, $cloud, $node), $first,
                  "$cloud - used again");

        ocs($cloud, DELETE => "$shares/$mine->{id}");
        my $half = $link->(expireDate => $in->(6))->{data}{token};

        like(link_to($browser, $cloud, $node)->{url}, qr{/\Q$half\E/},
             "$cloud - one with half the time");

        # less than that is allowed

        cloud($cloud => 'settings', { enforce_expiry => 7 });
        $node = node($browser, $repository{$cloud}, '/', 'notes.txt');

        is(link_to($browser, $cloud, $node)->{errorcode}, 'linkexpiry',
           "$cloud - the cloud wants it sooner");
    }

    $nginx->finish;
}


sub passwords {
    my $nginx = Owncloud->new(no_start => 1);

    spew("$nginx->{dir}/share.secret", "pass & w\xc3\xb6rd\n");
    $nginx->configure(level => 'debug',
                      setting => { share_password =>
                                   "$nginx->{dir}/share.secret" });
    $nginx->start;

    my $browser = browser($nginx);

    for my $cloud (qw(NC OC)) {
        my $node = node($browser, $repository{$cloud}, '/', 'report.pdf');

        cloud($cloud => 'settings', { enforce_password => JSON::PP::true });

        my $begin = length $nginx->log;
        my $answer = link_to($browser, $cloud, $node);
        my ($post) = grep { $_->{method} eq 'POST' && $_->{uri} =~ /shares/ }
                     @{ cloud($cloud => 'log') };

        # the first call has ended when the second one is made

        is(buffers(substr $nginx->log, $begin), 1,
           "$cloud - the buffer of a call is given back when it ends");

        ok($answer->{url}, "$cloud - a link with a password");
        is(decode_base64($post->{body}), 'path=%2Freport.pdf&shareType=3'
           . '&permissions=1&password=pass%20%26%20w%C3%B6rd',
           "$cloud - which is sent");
    }

    unlike($nginx->log, qr/pass & w|pass%20|w%C3%B6rd/, 'and in no log');

    $nginx->finish;
}


# how many buffers for a cloud's header there were at the same time

sub buffers {
    my $log = shift;
    my (%there, $most);

    while ($log =~ /\b(?:malloc: ([0-9A-F]+):16384|free: ([0-9A-F]+))\b/g) {
        $there{$1} = 1 if $1;
        delete $there{$2} if $2;
        $most = keys %there if keys %there > ($most // 0);
    }

    return $most // 0;
}


# links that a cloud makes in its own way are deleted again

sub undone {
    my $nginx = Owncloud->new;
    my $browser = browser($nginx);

    my %password = (NC => ['"password":null', '"password":"3|$argon2id$"'],
                    OC => ['"share_type":3',
                           '"share_type":3,"share_with":"***redacted***"']);

    for my $cloud (qw(NC OC)) {
        my $node = node($browser, $repository{$cloud}, '/', 'report.pdf');

        for ([@{ $password{$cloud} }, 'linkpassword', 'a password'],
             ['"permissions":1', '"permissions":3', 'cloudinvalid',
              'more than to read'],
             ['"share_type":3', '"share_type":4', 'cloudinvalid',
              'another type'],
             ['"token":"', '"token":"..\/', 'cloudinvalid', 'an odd token'])
        {
            my ($from, $to, $code, $name) = @$_;

            cloud($cloud => 'log', undef, 'DELETE');
            cloud($cloud => 'faults', { match => '^POST .*shares',
                  action => 'replace', from => $from, to => $to });

            my $answer = link_to($browser, $cloud, $node);

            is($answer->{errorcode}, $code, "$cloud - $name");
            is(scalar links($cloud), 0, "$cloud - $name: the link is gone");
            like((grep { /^DELETE/ } requests($cloud))[0],
                 qr{^DELETE\ \Q$below{$cloud}\E/ocs/v2.php/$shares/\d+
                    \?format=json$}x, "$cloud - $name: how");
        }

        # and if that is not to be

        cloud($cloud => 'faults', [
            { match => '^POST .*shares', action => 'replace',
              from => $password{$cloud}[0], to => $password{$cloud}[1] },
            { match => '^DELETE', action => 'status', status => 500 } ]);

        is(link_to($browser, $cloud, $node)->{errorcode}, 'linkpassword',
           "$cloud - it cannot be deleted: told as what it was");
        like($nginx->log, qr/"\L$cloud\E" did not delete a link/,
             "$cloud - and logged");
    }

    $nginx->finish;
}


# a link is the user's own, with the user's own token

sub who {
    my $nginx = Owncloud->new;
    my $browser = browser($nginx);
    my $other = $nginx->browser(session => 'studentaaaaaaaaaaaaaaaaaaa',
                                sesskey => 'Studentaaa');

    my $node = node($browser, 8, '/', 'report.pdf');
    my $bob_url = $other->consent($other->login_url(8), user => 'bob');
    $other->return_to($bob_url);

    my $first = link_to($browser, NC => $node)->{url};
    my $second = link_to($other, NC => node($other, 8, '/', 'report.pdf'))
                 ->{url};

    ok($first && $second && $first ne $second, 'two users, two links');
    is(ocs(NC => GET => $shares, user => 'bob')->{data}[0]{uid_owner}, 'bob',
       'one is of the other user');

    $nginx->finish;
}


# for front ends other than Moodle

sub locations {
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
    my $form = 'application/x-www-form-urlencoded';
    my $xhr = 'X-Requested-With';

    $browser->{cookies}{app} = { value => '0123456789abcdef', path => '/' };

    my $post = sub {
        my ($path, %header) = @_;

        return $browser->request(POST => '/files/link',
            Owncloud::HTTP::form(path => $path), 'Content-Type' => $form,
            %header);
    };
    my $told = sub { decode_json($post->(@_)->{body}) };

    my $answer = $told->('/report.pdf', $xhr => 'fetch');

    is($answer->{errorcode}, 'notsignedin', 'location - not signed in');
    like($answer->{error}, qr/reload the list of files, sign in/,
         'location - told in words');
    ok(!exists $answer->{login}, 'location - and by no form');

    $answer = decode_json($browser->request(GET => '/files/list')->{body});

    my $url = $browser->consent($answer->{login}[0]{url},
                                back => $nginx->url . '/files/back');

    is($browser->return_to($url)->{status}, 200, 'location - signed in');

    cloud(OC => 'log', undef, 'DELETE');

    $answer = $told->('/report.pdf', $xhr => 'fetch');
    is($answer->{file}, 'report.pdf', 'location - the name');
    is($answer->{type}, 'link', 'location - the type');
    like($answer->{url}, qr{/oc/s/\w+/download$}, 'location - the URL');

    is_deeply($told->('/report.pdf', Origin => $nginx->url), $answer,
              'location - from a page of this origin');
    is(creations('OC'), 1, 'location - one link');

    for ([], [Origin => 'https://evil.example'], [Origin => 'null'],
         [Origin => 'https://evil.example', $xhr => 'XMLHttpRequest'],
         [Origin => $nginx->url . '.evil.example'], [$xhr => ''])
    {
        is($told->('/notes.txt', @$_)->{errorcode}, 'foreignorigin',
           "location - refused with \"@$_\"");
    }

    for my $path ('', '/', 'report.pdf', '/Documents/', '/../x', '/a/./b',
                  "/a\0b", "/\xff", '/' . 'x' x 5000)
    {
        is($told->($path, $xhr => 'x')->{errorcode}, 'invalidsource',
           'location - not a file: ' . substr($path, 0, 12) =~ s/\W/_/gr);
    }

    is(creations('OC'), 1, 'location - no other link');

    is($browser->request(GET => '/files/link?path=/report.pdf', undef,
                         $xhr => 'x')->{status}, 405, 'location - by GET');
    is($browser->request(POST => '/files/link', '{"path":"/report.pdf"}',
                         'Content-Type' => 'application/json',
                         $xhr => 'x')->{status}, 415, 'location - JSON');
    is($told->('/report.pdf' . '&x=y' x 20000, $xhr => 'x')->{errorcode},
       'requesttoolarge', 'location - too large');
    like($nginx->access_log, qr/ i=oc a=link c=\d+ e=-$/m,
         'location - in the access log');

    $nginx->finish;
}


# behind a server that ends TLS: what the browser sees is what was written

sub elsewhere {
    my $origin = 'https://files.example.com';
    my $nginx = Owncloud->new(server => <<"EOT");
        location = /files/list {
            owncloud_listing  oc  cookie=app  origin=$origin;
        }

        location = /files/link {
            owncloud_link  oc  cookie=app  origin=$origin;
        }

        location = /files/back {
            owncloud_oauth_callback;
        }
EOT
    fresh($nginx);

    my $browser = $nginx->browser(session => undef);

    $browser->{cookies}{app} = { value => '0123456789abcdef', path => '/' };

    my $list = decode_json($browser->request(GET => '/files/list')->{body});

    like($list->{login}[0]{url},
         qr/redirect_uri=https%3A%2F%2Ffiles\.example\.com%2Ffiles%2Fback&/,
         'elsewhere - the way back');

    for ([$origin, 'notsignedin'], [$nginx->url, 'foreignorigin'],
         ['https://files.example.com.evil', 'foreignorigin'],
         ['http://files.example.com', 'foreignorigin'])
    {
        my $answer = $browser->request(POST => '/files/link',
            Owncloud::HTTP::form(path => '/report.pdf'),
            'Content-Type' => 'application/x-www-form-urlencoded',
            Origin => $_->[0]);

        is(decode_json($answer->{body})->{errorcode}, $_->[1],
           "elsewhere - from $_->[0]");
    }

    $nginx->finish;
}
