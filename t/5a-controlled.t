#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Making access controlled links: what the clouds and Moodle are sent, whose
# file is copied, and what the clouds hold before and after.

use v5.20;
use warnings;

use Digest::SHA qw(sha1_hex);
use JSON::PP;
use MIME::Base64;
use Test::More;

use Owncloud qw(cloud clouds standins wait_for);
use Owncloud::Controlled qw(controlled_nginx controlled_browser choose fields
                            site holds copies made refused begun ended share
                            dav asked no_log fault $account $basic $shares
                            $secret %repository %below);
use Owncloud::HTTP;

my $env = standins();

my $propfind = '<?xml version="1.0" encoding="utf-8"?>' . "\n"
    . '<d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop>'
    . '<d:resourcetype/><d:getcontentlength/><oc:fileid/><oc:size/>'
    . '</d:prop></d:propfind>';

wire();
names();
clash();
simultaneous();
left_over();
accepted();
counted();
removed();
own();
not_shareable();
chosen_folder();
two_copies();
parallel();

cloud($_ => 'reset', { data => JSON::PP::true }) for qw(NC OC);
done_testing();


# headers that all calls have between Host and those of their own

sub head {
    my $raw = shift;

    return grep { /^(?:User-Agent|Connection):/ } split /\r\n/, $raw;
}


# all that goes over the wire, byte for byte

sub wire {
    my $nginx = controlled_nginx();

    $nginx->configure(issuers => join '', map { $nginx->issuer(lc $_,
                          base_url => $env->{"CLOUD_RAW_${_}_URL"}) }
                      qw(OC NC));
    $nginx->reload;

    my $browser = controlled_browser($nginx);

    for my $cloud (clouds()) {
        my $base = $env->{"CLOUD_RAW_${cloud}_URL"};
        my ($host) = $base =~ m{//([^/]+)};
        my $ocs = "$below{$cloud}/ocs/v2.php/$shares";
        my $dav = "$below{$cloud}/remote.php/webdav";

        $nginx->moodle('reset');
        cloud($cloud => 'rawlog', undef, 'DELETE');

        my $copy = made($nginx, $browser, $cloud, '/alice.txt',
                        "$cloud wire", title => 'Kaese "1".txt',
                        itemid => 4711);

        like($copy->[0], qr{/alice\.txt$},
             "$cloud wire: the copy has the name of the file");

        my @raw = map { decode_base64($_->{raw}) }
                  @{ cloud($cloud => 'rawlog') };

        # the first time, the id of the account

        my ($ask) = grep { m{/cloud/user} } @raw;

        like($ask, qr{^GET\ \Q$below{$cloud}\E/ocs/v2\.php/cloud/user
                      \?format=json\ HTTP/1\.1\r\n.*
                      ^Authorization:\ \Q$basic\E\r$}msx,
             "$cloud wire: the id of the account");

        @raw = grep { !m{/cloud/user} } @raw;

        my ($id) = $raw[-1] =~ m{shares/(\d+)};
        my ($folder) = $copy->[0] =~ m{([^/]+)/[^/]+$};
        my $site = "$dav/Moodle%20127.0.0.1_$nginx->{port}";

        s/^Authorization: Bearer \K\S+/TOKEN/m for @raw;

        my $request = sub {
            my ($n, $line, $who, $header, $body) = @_;

            return join "\r\n", "$line HTTP/1.1", "Host: $host",
                head($raw[$n] // ''), 'Authorization: '
                . ($who eq 'user' ? 'Bearer TOKEN' : $basic), @$header,
                length $body ? 'Content-Length: ' . length $body : (), '',
                $body;
        };

        my @json = ('OCS-APIRequest: true');
        my @mkcol = map { ["MKCOL $site$_", 'account', [], ''] }
                    '', '/17', "/17/$folder";
        my @expected = (
            ["GET $ocs?format=json&path=%2Falice.txt&reshares=true", 'user',
             \@json, ''],
            ["POST $ocs?format=json", 'user', [@json,
             'Content-Type: application/x-www-form-urlencoded'],
             "path=%2Falice.txt&shareType=0&shareWith=$account"
             . '&permissions=1'],
            ["PROPFIND $dav/", 'account', ['Depth: 1',
             'Content-Type: application/xml; charset=utf-8'], $propfind],
            @mkcol,
            ["COPY $dav/alice.txt", 'account', ['Destination: https://'
             . "$host$site/17/$folder/alice.txt", 'Overwrite: T'], ''],
            ["DELETE $ocs/$id?format=json", 'user', \@json, ''],
        );

        is(scalar @raw, scalar @expected, "$cloud wire: that many");

        for my $n (0 .. $#expected) {
            is($raw[$n], $request->($n, @{ $expected[$n] }),
               "$cloud wire: " . $expected[$n][0] =~ s{ .*/}{ .../}r);
        }

        is((grep { /^(?:Cookie|Origin|Referer|X-Forw)/im } @raw), 0,
           "$cloud wire: nothing of the browser");

        moodle_has($nginx, $cloud);
    }

    $nginx->finish;
}


# what Moodle was sent and keeps

sub moodle_has {
    my ($nginx, $cloud) = @_;

    my @post = grep { $_->{uri} =~ /action=download/ }
               @{ $nginx->moodle('log') };
    my @field = Owncloud::HTTP::fields('?' . decode_base64($post[0]{body}));
    my %field = map { @$_ } @field;

    is(scalar @post, 1, "$cloud Moodle: asked once");
    like($field{source} =~ s{\\/}{/}gr,
         qr{^\{"type":"FILE_REFERENCE","link":"\Q@{[ $nginx->url ]}\E
            /repository/owncloud/link/[\w.-]+/alice\.txt"\}$}x,
         "$cloud Moodle: the reference");
    is_deeply(\@field, [
        [repo_id => $repository{$cloud}], [p => ''], [page => ''],
        [env => 'filemanager'], [sesskey => 'Teacheraaa'],
        [client_id => '6b0209de9c7ba'], [itemid => 4711], [maxbytes => -1],
        [areamaxbytes => -1], [ctx_id => 17], [title => 'Kaese "1".txt'],
        [source => $field{source}], [savepath => '/'],
        [sourcekey => sha1_hex($field{source} . $secret . 'Teacheraaa')],
        [license => 'cc'], [author => 'Tea Cher'], [usecontrolledlink => 1],
    ], "$cloud Moodle: the form");

    my ($file) = @{ $nginx->moodle('drafts')->{teacher1}{4711} // [] };

    is($file->{reference}, $field{source}, "$cloud Moodle: what it keeps");
    is($file->{filename}, 'Kaese "1".txt', "$cloud Moodle: as it was named");
    unlike($field{source}, qr/alice\.txt.*alice\.txt|moodle-system/,
           "$cloud Moodle: a link that tells nothing");
}


# every odd name

sub names {
    my $nginx = controlled_nginx();
    my $browser = controlled_browser($nginx);

    for my $cloud (clouds()) {
        my $before = holds($cloud, 'alice', $account);
        my $list = $browser->picker(list => $repository{$cloud},
                                    p => '/special/')->{list};
        my @node = grep { $_->{source} } @$list;
        my %wrong;

        for my $node (@node) {
            my $answer = choose($browser, $cloud, $node->{source},
                map { $_ => $node->{$_} } qw(title source sourcekey));

            $wrong{$node->{title}} = $answer
                if ($answer->{file} // '') ne $node->{title};
        }

        is_deeply(\%wrong, {}, "$cloud names: each is stored");
        cmp_ok(scalar @node, '>', 50, "$cloud names: enough of them");

        my $after = holds($cloud, 'alice', $account);
        my %source = map { $_->{path} =~ s{^/special/}{}r => $_->{sha1} }
                     grep { $_->{path} =~ m{^/special/[^/]+$}s }
                     @{ $before->{alice}{files} };
        my %copy = map { $_->[0] =~ s{.*/}{}sr => $_->[1] }
                   copies($before->{$account}, $after->{$account},
                          "$cloud names");

        is_deeply(\%copy, \%source, "$cloud names: the same files");
        is_deeply($after->{alice}, $before->{alice},
                  "$cloud names: the user has what he had");
    }

    $nginx->finish;
}


# the account has a file of that name, and gets another one from somebody else

sub clash {
    my $nginx = controlled_nginx();
    my $browser = controlled_browser($nginx);

    for my $cloud (clouds()) {
        cloud($cloud => 'file', { user => $_, path => '/report.pdf',
                                  content => "of $_" })
            for qw(alice bob), $account;

        my $copy = made($nginx, $browser, $cloud, '/report.pdf',
                        "$cloud the account's own");

        is($copy->[1], sha1_hex('of alice'), "$cloud clash: of alice");

        share($cloud, bob => '/report.pdf', $account, 1);
        dav($cloud, $account, PROPFIND => '/', Depth => 1);

        $copy = made($nginx, $browser, $cloud, '/report.pdf',
                     "$cloud clash with another");

        is($copy->[1], sha1_hex('of alice'), "$cloud clash: of alice again");
        like($copy->[0], qr{/report\.pdf$}, "$cloud clash: by its own name");
    }

    $nginx->finish;
}


# two people give a file of the same name at the same moment: both shares are
# there before either is looked for

sub simultaneous {
    my $nginx = controlled_nginx();
    my $browser = controlled_browser($nginx);
    my $other = $nginx->browser(session => 'adminaaaaaaaaaaaaaaaaaaaaa',
                                sesskey => 'Adminaaaaa');

    $other->sign_in($_, user => 'bob') for 7, 8;

    for my $cloud (clouds()) {
        cloud($cloud => 'file', { user => $_, path => '/same.txt',
                                  content => "of $_" }) for qw(alice bob);
        no_log();
        fault($cloud, { match => '^POST .*shares', times => 2, delay => 0.5 },
                      { match => '^PROPFIND', times => 2, delay => 0.5 });

        my $before = holds($cloud, qw(alice bob), $account);
        my %moodle = (alice => [$browser, 17], bob => [$other, 16]);
        my %socket = map {
            my ($who, $context) = @{ $moodle{$_} };
            $_ => begun($nginx, $who, $cloud,
                        fields($who, '/same.txt', ctx_id => $context));
        } keys %moodle;

        is(ended($socket{$_})->{file}, 'same.txt', "$cloud two: $_")
            for sort keys %socket;

        my $after = holds($cloud, qw(alice bob), $account);
        my %copy = map { $_->[0] =~ m{/(\d+)/[^/]+/same\.txt$} => $_->[1] }
                   copies($before->{$account}, $after->{$account},
                          "$cloud two");

        is_deeply(\%copy, { 17 => sha1_hex('of alice'),
                            16 => sha1_hex('of bob') },
                  "$cloud two: to each his own");
        is_deeply([@$after{qw(alice bob)}], [@$before{qw(alice bob)}],
                  "$cloud two: both have what they had");
    }

    $nginx->finish;
}


# a share with the account that was there, by a crash, and maybe not taken

sub left_over {
    my $nginx = controlled_nginx();
    my $browser = controlled_browser($nginx);

    for my $cloud (clouds()) {
        for my $way (qw(there renamed refused)) {
            my $name = "$cloud left over, $way";
            my $before = holds($cloud, 'alice', $account);

            share($cloud, alice => '/alice.txt', $account, 1);

            is(dav($cloud, $account, MOVE => '/alice.txt', Destination =>
                   $env->{"CLOUD_${cloud}_HTTP_URL"}
                   . 'remote.php/webdav/Documents/other.txt'), 201,
               "$name: moved") if $way eq 'renamed';

            # Nextcloud then has no share any more

            is(dav($cloud, $account, DELETE => '/alice.txt'), 204,
               "$name: removed") if $way eq 'refused';

            no_log();

            my $answer = choose($browser, $cloud, '/alice.txt');
            my @asked = asked($cloud);

            is($answer->{file}, 'alice.txt', "$name: stored")
                or diag(explain($answer));

            my $refused = $way eq 'refused' ? $cloud : 'no';

            is(scalar(grep { /POST \/shares\?/ } @asked),
               $refused eq 'NC' ? 1 : 0,
               "$name: not shared again") or diag(explain(\@asked));
            is(scalar(grep { /POST \/shares\/pending/ } @asked),
               $refused eq 'OC' ? 1 : 0, "$name: accepted");

            my $after = holds($cloud, 'alice', $account);

            is(scalar copies($before->{$account}, $after->{$account}, $name),
               1, "$name: one copy");
            is_deeply($after->{alice}, $before->{alice},
                      "$name: nothing is shared any more");
        }
    }

    $nginx->finish;
}


# the account is asked before it gets something

sub accepted {
    my $nginx = controlled_nginx();
    my $browser = controlled_browser($nginx);

    for my $cloud (clouds()) {
        cloud($cloud => 'settings', { auto_accept => JSON::PP::false });
        no_log();
        made($nginx, $browser, $cloud, '/report.pdf', "$cloud accepted");

        my @asked = map { s{/(?:\d{8}-\w+|\d+)(?=\?|$)}{/N}r } asked($cloud);

        is_deeply([@asked[2 .. 4]], ['account PROPFIND /',
                  'account POST /shares/pending/N?format=json',
                  'account PROPFIND /'], "$cloud accepted: how")
            or diag(explain(\@asked));
        is(scalar @asked, 10, "$cloud accepted: two calls more");

        cloud($cloud => 'settings', { auto_accept => JSON::PP::true });
    }

    $nginx->finish;
}


# folders that are known to be there are not made again

sub counted {
    my $nginx = controlled_nginx();
    my $browser = controlled_browser($nginx);

    for my $cloud (clouds()) {
        for (['nothing there', 17, 8], ['another activity', 20, 7],
             ['the same activity', 17, 6])
        {
            my ($name, $context, $calls) = @$_;

            # the id of the account is asked for once

            my $all = $calls + ($name eq 'nothing there');

            no_log();
            made($nginx, $browser, $cloud, '/notes.txt', "$cloud $name",
                 ctx_id => $context);

            is(scalar asked($cloud), $calls, "$cloud $name: $calls calls");
            ok(wait_for(sub { $nginx->access_log =~
                              /=download\ .*\ i=\L$cloud\E\ a=download
                               \ c=$all\ e=-\n/x }),
               "$cloud $name: and in the log");
        }
    }

    # nginx anew knows of none, and finds them

    $nginx->restart;

    for my $cloud (clouds()) {
        no_log();
        made($nginx, $browser, $cloud, '/notes.txt', "$cloud anew");
        is(scalar asked($cloud), 8, "$cloud anew: 8 calls");
    }

    $nginx->finish;
}


# somebody removes the folders

sub removed {
    my $nginx = controlled_nginx();
    my $browser = controlled_browser($nginx);
    my $site = site($nginx);

    for my $cloud (clouds()) {
        made($nginx, $browser, $cloud, '/alice.txt', "$cloud before");

        for my $folder ($site, "$site/17") {
            is(dav($cloud, $account, DELETE => $folder), 204,
               "$cloud removed: it is gone");
            no_log();
            made($nginx, $browser, $cloud, '/alice.txt',
                 "$cloud without $folder");
            is(scalar asked($cloud), 9, "$cloud without $folder: 9 calls");
        }

        no_log();
        made($nginx, $browser, $cloud, '/alice.txt', "$cloud afterwards");
        is(scalar asked($cloud), 6, "$cloud afterwards: 6 calls");
    }

    $nginx->finish;
}


# nobody can share a file with himself, nor needs to

sub own {
    my $nginx = controlled_nginx();
    my $browser = controlled_browser($nginx, user => $account);

    for my $cloud (clouds()) {
        my $before = holds($cloud, $account);

        no_log();
        is(choose($browser, $cloud, '/report.pdf')->{file},
           'report.pdf', "$cloud own: stored");

        my @copy = copies($before->{$account},
                          holds($cloud, $account)->{$account}, "$cloud own");
        my ($file) = grep { $_->{path} eq '/report.pdf' }
                     @{ $before->{$account}{files} };

        is(scalar @copy, 1, "$cloud own: one copy");
        is($copy[0][1], $file->{sha1}, "$cloud own: of the file");
        is_deeply([map { /^(\w+ \w+)/ } asked($cloud)],
                  [('account MKCOL') x 3, 'account COPY'],
                  "$cloud own: no share");
    }

    $nginx->finish;
}


# what alice may read and not share

sub not_shareable {
    my $nginx = controlled_nginx();
    my $browser = controlled_browser($nginx);

    for my $cloud (clouds()) {
        share($cloud, bob => '/bob.txt', 'alice', 1);
        is(dav($cloud, alice => PROPFIND => '/bob.txt', Depth => 0), 207,
           "$cloud not shareable: she has it");

        refused($browser, $cloud, '/bob.txt', "$cloud not shareable",
                'cloudforbidden', qr/may\ not\ have\ permission\ to\ share.*
                    \ The\ cloud\ said:\ "You\ are\ not\ allowed\ to\ share/x);

        # and what she may share, as bob's it is

        share($cloud, bob => '/report.pdf', 'alice', 17);
        dav($cloud, alice => PROPFIND => '/', Depth => 1);

        my $list = $browser->picker(list => $repository{$cloud})->{list};
        my ($node) = grep { $_->{title} =~ /^report \(/ } @$list;
        my $before = holds($cloud, qw(alice bob), $account);

        is(choose($browser, $cloud, $node->{source})->{file}, $node->{title},
           "$cloud shareable: stored");

        my $after = holds($cloud, qw(alice bob), $account);
        my ($file) = grep { $_->{path} eq '/report.pdf' }
                     @{ $before->{bob}{files} };
        my @copy = copies($before->{$account}, $after->{$account},
                          "$cloud shareable");

        is($copy[0][1], $file->{sha1}, "$cloud shareable: bob's file");
        like($copy[0][0], qr{/\Q$node->{title}\E$},
             "$cloud shareable: by alice's name for it");
        is_deeply([@$after{qw(alice bob)}], [@$before{qw(alice bob)}],
                  "$cloud shareable: both have what they had");
    }

    $nginx->finish;
}


sub chosen_folder {
    my $nginx = controlled_nginx();
    my $browser = controlled_browser($nginx);

    for my $cloud (clouds()) {
        refused($browser, $cloud, '/Documents', "$cloud folder", 'isfolder',
                qr/^This is now a folder/);
        refused($browser, $cloud, '/not there.txt', "$cloud not there",
                'cloudforbidden', qr/may no longer exist/);
    }

    $nginx->finish;
}


sub two_copies {
    my $nginx = controlled_nginx();
    my $browser = controlled_browser($nginx);

    for my $cloud (clouds()) {
        cloud($cloud => 'file', { user => 'alice', path => '/essay.txt',
                                  content => 'as submitted' });

        # the very same request, one after the other

        my $again = sub {
            $nginx->moodle('reset');

            return made($nginx, $browser, $cloud, '/essay.txt',
                        "$cloud $_[0]", itemid => 77);
        };

        my @copy = map { $again->($_) } qw(first second);

        isnt($copy[0][0], $copy[1][0], "$cloud two copies");

        cloud($cloud => 'file', { user => 'alice', path => '/essay.txt',
                                  content => 'better now' });

        my %is = map { $_->{path} => $_->{sha1} }
                 @{ holds($cloud, $account)->{$account}{files} };

        is_deeply([map { $is{$_->[0]} } @copy],
                  [(sha1_hex('as submitted')) x 2],
                  "$cloud two copies: as they were");
        is($again->('third')->[1], sha1_hex('better now'),
           "$cloud a new link: as it is now");
    }

    $nginx->finish;
}


# a double click

sub parallel {
    my $nginx = controlled_nginx(workers => 2);
    my $browser = controlled_browser($nginx);

    for my $cloud (clouds()) {
        my $before = holds($cloud, 'alice', $account);

        no_log();
        fault($cloud, { match => '^GET .*shares', times => 2, delay => 0.5 });

        my %field = fields($browser, '/report.pdf');
        my @socket = map { begun($nginx, $browser, $cloud, %field) } 1 .. 2;

        # Moodle has two files of this name now

        is_deeply([sort map { $_->{file} // $_->{newfile}{filename} }
                        map { ended($_) } @socket],
                  ['report (1).pdf', 'report.pdf'],
                  "$cloud parallel: both stored");

        my $after = holds($cloud, 'alice', $account);

        is(scalar copies($before->{$account}, $after->{$account},
                         "$cloud parallel"),
           2, "$cloud parallel: a copy each");
        is_deeply($after->{alice}, $before->{alice},
                  "$cloud parallel: nothing is shared");

        # the second one has not begun before the first one was done

        my @order = map { /^\w+ (\w+)/ } asked($cloud);

        is_deeply([@order[0 .. 7]], [qw(GET POST PROPFIND MKCOL MKCOL MKCOL
                                        COPY DELETE)],
                  "$cloud parallel: one") or diag(explain(\@order));
        is_deeply([@order[8 .. $#order]], [qw(GET POST PROPFIND MKCOL COPY
                                              DELETE)],
                  "$cloud parallel: after the other");
    }

    $nginx->finish;
}
