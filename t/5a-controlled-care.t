#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Making access controlled links where something is odd: no account, a client
# that goes away, tokens that are over, answers that are not as they should be.

use v5.20;
use warnings;

use JSON::PP;
use Test::More;

use Owncloud qw(cloud clouds requests spew wait_for);
use Owncloud::Controlled qw(controlled_nginx controlled_browser choose fields
                            holds copies made refused begun share asked no_log
                            fault $account %repository %below);

off();
gone();
tokens();
opencloud();
limited();
lookups();
answers();

cloud($_ => 'reset', { data => JSON::PP::true }) for qw(NC OC);
done_testing();


# where there are none; and what else there is in their place

sub off {
    my $plain = Owncloud->new;
    my $browser = controlled_browser($plain);

    for my $cloud (clouds()) {
        refused($browser, $cloud, '/report.pdf', "$cloud no account",
                'notsupported', qr/are not set up here/);
        is(scalar asked($cloud), 0, "$cloud no account: nothing is asked");
    }

    $plain->finish;

    my $nginx = controlled_nginx();

    $nginx->configure(server => <<"EOT");
        owncloud_repository 7 {
            issuer             oc;
            secret_key         $nginx->{dir}/moodle.key;
            controlled         off;
            upload_repository  5;
        }

        owncloud_repository 8 {
            issuer             nc;
            secret_key         $nginx->{dir}/moodle.key;
            upload_repository  5;
        }
EOT
    $nginx->reload;
    $browser = controlled_browser($nginx);

    refused($browser, 'OC', '/report.pdf', 'controlled off', 'notsupported',
            qr/are not set up here/);
    is(scalar asked('OC'), 0, 'controlled off: nothing is asked');
    made($nginx, $browser, 'NC', '/report.pdf', 'the other one');

    for my $cloud (clouds()) {
        no_log();

        my $answer = choose($browser, $cloud, '/alice.txt',
                            usecontrolledlink => undef);

        is($answer->{file}, 'alice.txt', "$cloud copy: stored");
        is_deeply([map { /^(\w+ \w+)/ } asked($cloud)], ['user GET'],
                  "$cloud copy: fetched");

        no_log();
        $answer = choose($browser, $cloud, '/alice.txt', usefilereference => 1,
                         usecontrolledlink => undef);

        is($answer->{file}, 'alice.txt', "$cloud alias: stored");
        is_deeply([map { /^(\w+ \w+)/ } asked($cloud)],
                  ['user GET', 'user POST'], "$cloud alias: a public link");
    }

    # a password that was changed

    spew("$nginx->{dir}/system.secret", "not it\n");
    $nginx->reload;

    refused($browser, 'NC', '/report.pdf', 'wrong password', 'accountrefused',
            qr/^Nextcloud rejected the password of Moodle's system account/);
    like($nginx->log, qr/\[error\] [^\n]*"nc" rejected the password/,
         'wrong password: told in the log');
    unlike($nginx->log, qr/not it\b/, 'wrong password: which is not');

    $nginx->finish;
}


# whoever began it does not wait for it

sub gone {
    my $nginx = controlled_nginx();
    my $browser = controlled_browser($nginx);
    my $secure = $nginx->browser(url => $nginx->tls_url);
    my @steps = ('^GET .*shares', '^POST .*shares', '^PROPFIND', '^MKCOL',
                 '^COPY', '^DELETE', 'Moodle');

    $secure->sign_in(8);

    for my $http ('HTTP/1.1', 'HTTP/2') {
        for my $step (@steps) {
            my $name = "gone, $http, $step";
            my $before = holds('NC', 'alice', $account);

            $nginx->moodle('reset');
            no_log();
            fault(NC => $step ne 'Moodle' ? { match => $step, delay => 0.5 }
                                          : ());
            $nginx->moodle('fault', match => 'action=download',
                           type => 'none', delay => '0.5')
                if $step eq 'Moodle';

            my %field = fields($browser, '/alice.txt');
            my $leave = $http eq 'HTTP/2' ? leaving($nginx, $secure, %field)
                                          : do {
                my $socket = begun($nginx, $browser, 'NC', %field);
                sub { close $socket };
            };

            ok(wait_for(sub {
                   $step eq 'Moodle'
                   ? (grep { /DELETE/ } asked('NC'))
                   : (grep { $_ =~ $step } requests('NC'));
               }, 10), "$name: on its way");
            $leave->();

            ok(wait_for(sub { $nginx->moodle('drafts') =~ /HASH/ }, 10),
               "$name: stored");

            my $after = holds('NC', 'alice', $account);

            is(scalar copies($before->{$account}, $after->{$account}, $name),
               1, "$name: one copy");
            is_deeply($after->{alice}, $before->{alice},
                      "$name: nothing is shared");
        }
    }

    fault('NC');
    $nginx->finish;
}


# a client that speaks HTTP/2, and what ends it

sub leaving {
    my ($nginx, $browser, %field) = @_;

    spew("$nginx->{dir}/form", $browser->picker_form(8, %field));

    my $pid = fork // die "fork: $!\n";

    if ($pid == 0) {
        open STDOUT, '>', '/dev/null';
        exec 'curl', '-sk', '--http2', '-H', 'Cookie: '
             . $browser->cookie_header('/repository/'), '--data-binary',
             "\@$nginx->{dir}/form", $nginx->tls_url
             . '/repository/repository_ajax.php?action=download';
        exit 127;
    }

    return sub {
        kill KILL => $pid;
        waitpid $pid, 0;
    };
}


# tokens that are over

sub tokens {
    my $nginx = controlled_nginx();
    my $browser = controlled_browser($nginx);

    for my $cloud (clouds()) {
        cloud($cloud => 'expire', { user => 'alice' });
        made($nginx, $browser, $cloud, '/alice.txt', "$cloud expired before");

        for my $step ('^GET .*shares', '^POST .*shares', '^DELETE .*shares') {
            fault($cloud, { match => $step, action => 'status',
                            status => 401, body => 'ocs' });
            made($nginx, $browser, $cloud, '/alice.txt',
                 "$cloud 401 for $step");
        }

        # one that no other token helps against

        for my $step ('^GET .*shares', '^POST .*shares') {
            fault($cloud, { match => $step, times => -1, action => 'status',
                            status => 401, body => 'ocs' });
            refused($browser, $cloud, '/alice.txt',
                    "$cloud always 401 for $step", 'cloudsignin',
                    qr/sign in again/);
        }

        # the account's

        for my $step ('^PROPFIND', '^MKCOL', '^COPY') {
            fault($cloud, { match => $step, action => 'status',
                            status => 401, body => 'dav' });
            refused($browser, $cloud, '/alice.txt', "$cloud 401 for $step",
                    'accountrefused', qr/must correct the password/);
        }

        fault($cloud);
    }

    $nginx->finish;
}


# ids that are text; shares that are there and not told of

sub opencloud {
    my $nginx = controlled_nginx();
    my $browser = controlled_browser($nginx);

    for my $cloud (clouds()) {
        my $name = "$cloud as OpenCloud";
        my $node = share($cloud, alice => '/alice.txt', 'bob', 1);
        my $id = $node->{file_source} // $node->[0]{file_source};

        ok($id, "$name: an id");

        my $text = 'a4b7$c5d2!e1&amp;f9';
        my @ids = (
            { match => '^POST .*shares', times => -1, action => 'replace',
              from => "\"file_source\":$id,", to =>
              '"file_source":"' . $text =~ s/&amp;/&/r . '",' },
            { match => '^PROPFIND', times => -1, action => 'replace',
              from => "<oc:fileid>$id</oc:fileid>",
              to => "<oc:fileid>$text</oc:fileid>" });

        fault($cloud, @ids);
        made($nginx, $browser, $cloud, '/alice.txt', "$name, ids");

        # one that is like it

        $ids[1]{to} =~ s/f9/f8/;
        fault($cloud, @ids);
        refused($browser, $cloud, '/alice.txt', "$name, another id",
                'cloudnotfound', qr/did not reach/);
        fault($cloud);

        # made by another nginx after this one has looked

        my $before = holds($cloud, 'alice', $account);

        share($cloud, alice => '/alice.txt', $account, 1);
        fault($cloud,
            { match => '^GET .*shares', action => 'replace',
              from => "\"share_with\":\"$account\"",
              to => '"share_with":"somebody"' },
            { match => '^POST .*shares', action => 'status', status => 403,
              body => 'ocs', statuscode => 104,
              message => 'A share for the recipient already exists' });
        no_log();

        is(choose($browser, $cloud, '/alice.txt')->{file}, 'alice.txt',
           "$name, 104: stored");

        my $after = holds($cloud, 'alice', $account);

        is(scalar copies($before->{$account}, $after->{$account},
                         "$name, 104"), 1, "$name, 104: one copy");
        is_deeply($after->{alice}, $before->{alice},
                  "$name, 104: that share is gone");

        # 104, and there is none

        fault($cloud,
            { match => '^POST .*shares', action => 'status', status => 403,
              body => 'ocs', statuscode => 104,
              message => 'A share for the recipient already exists' });
        refused($browser, $cloud, '/alice.txt', "$name, 104 and no share",
                'cloudforbidden',
                qr/ said: "A share for the recipient already exists"$/);
        fault($cloud);
    }

    $nginx->finish;
}


# 20 shares in 10 minutes, or fewer

sub limited {
    my $nginx = controlled_nginx();
    my $browser = controlled_browser($nginx);

    cloud(NC => 'settings', { share_limit => 1 });
    made($nginx, $browser, 'NC', '/alice.txt', 'one share');
    refused($browser, 'NC', '/notes.txt', 'more than one', 'cloudtoomany',
            qr/only a few files at a time\. Please try again in 10 min/);

    # that is no reason to leave the cloud alone

    is(scalar @{ $browser->picker(list => 8)->{list} // [] },
       scalar @{ $browser->picker(list => 7)->{list} }, 'it can be listed');

    # a limit of all calls is

    cloud(NC => 'settings', { share_limit => 0 });
    fault(NC => { match => '^GET .*shares', action => 'status',
                  status => 429, body => 'none',
                  headers => { 'Retry-After' => '240' } });
    refused($browser, 'NC', '/notes.txt', 'too many calls', 'cloudtoomany',
            qr/too many requests/);

    $nginx->finish;
}


# what the account is told when it looks for the file

sub lookups {
    my $nginx = controlled_nginx(setting => { max_listing => '1000 1m' });
    my $browser = controlled_browser($nginx);

    for my $cloud (clouds()) {
        my $rule = sub {
            my ($name, $code, $text, %rule) = @_;

            fault($cloud, { match => '^PROPFIND', times => -1, %rule });
            refused($browser, $cloud, '/alice.txt', "$cloud $name", $code,
                    $text);
        };

        $rule->($_, 'cloudinvalid', qr/invalid response/, action => 'xml',
                kind => $_)
            for qw(not_xml empty html other_root wrong_namespace dtd bomb
                   external deep two_roots);

        # well-formed, and the file is not in it

        $rule->($_, 'cloudnotfound', qr/did not reach/,
                action => 'xml', kind => $_) for qw(hostile broken);

        $rule->('huge', 'cloudtoobig', qr/larger than/, action => 'entries',
                count => 20000);
        $rule->('cut', 'cloudinvalid', qr/invalid response/, action => 'cut',
                bytes => 200);
        $rule->('truncated', 'cloudbroken', qr/was lost/,
                action => 'truncate', bytes => 200);

        # the right id at the wrong place

        my $dav = "$below{$cloud}/remote.php/webdav";

        for my $href ("$dav/../../etc/alice.txt", 'https://evil.example'
                      . "$dav/alice.txt", '/elsewhere/alice.txt',
                      "$dav/Documents/%2e%2e/%2e%2e/alice.txt")
        {
            $rule->("href $href", 'cloudnotfound', qr/did not reach/,
                    action => 'replace', from => "<d:href>$dav/alice.txt<",
                    to => "<d:href>$href<");
        }

        fault($cloud);
        made($nginx, $browser, $cloud, '/alice.txt', "$cloud as it is");
    }

    $nginx->finish;
}


# what the cloud tells of the share that it has made

sub answers {
    my $nginx = controlled_nginx();
    my $browser = controlled_browser($nginx);

    for my $cloud (clouds()) {
        my $rule = sub {
            my ($name, %rule) = @_;

            fault($cloud, { match => '^POST .*shares', times => -1, %rule });
            refused($browser, $cloud, '/alice.txt', "$cloud share $name",
                    'cloudinvalid', qr/./);
        };

        no_log();
        $rule->('with another recipient', action => 'replace',
                from => "\"share_with\":\"$account\"",
                to => '"share_with":"bob"');
        $rule->('of another type', action => 'replace',
                from => '"share_type":0', to => '"share_type":1');
        $rule->('without a file', action => 'replace',
                from => '"file_source":', to => '"file_sauce":');
        $rule->('of a file that is none', action => 'replace',
                from => '"file_source":', to => '"file_source":{},"x":');

        is((grep { /COPY|MKCOL|PROPFIND/ } asked($cloud)), 0,
           "$cloud share: the account was not asked");

        # it is there all the same, and can be found

        for (['without an id', action => 'replace', from => '"id":',
              to => '"di":'],
             ['that is nothing', action => 'cut', bytes => 0],
             ['that is cut', action => 'cut'],
             ['that breaks off', action => 'truncate'],
             ['that is too long', action => 'replace', from => '"path":',
              to => '"more":"' . 'x' x 300_000 . '","path":'])
        {
            my ($name, %rule) = @$_;

            fault($cloud, { match => '^POST .*shares', %rule });
            made($nginx, $browser, $cloud, '/alice.txt',
                 "$cloud an answer $name");
        }

        fault($cloud);
    }

    $nginx->finish;
}
