#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# What may go wrong with a copy, at the cloud, on the disk, at Moodle, with
# the browser: it is told, nothing is stored, and no temporary file stays.

use v5.20;
use warnings;

use Digest::SHA qw(sha1_hex);
use IO::Socket::INET;
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep);

use Owncloud qw(cloud standins slurp spew wait_for fresh free_port);

my $ajax = '/repository/repository_ajax.php';
my $get = '^GET .*/webdav/report\.pdf';
my $item = 2000;
my %repository = (NC => 8, OC => 7);


sub nginx {
    my (%option) = @_;

    my $self = Owncloud->new(setting => { read_timeout => '1s' }, %option,
                             no_start => 1);

    $self->configure(server => join '', map { <<"EOT" } [7, 'oc'], [8, 'nc']);
        owncloud_repository $_->[0] {
            issuer             $_->[1];
            secret_key         $self->{dir}/moodle.key;
            upload_repository  5;
            cache_valid        0;
        }
EOT
    return $self;
}


# a browser that is signed in, and the node of a file

sub ready {
    my ($nginx, $cloud, $title) = @_;

    my $browser = $nginx->browser;
    my $repository = $repository{$cloud};

    cloud($_ => 'reset', {}) for qw(NC OC);
    cloud($_ => 'raw', undef, 'DELETE') for qw(NC OC);
    $nginx->moodle('reset');
    $browser->sign_in($repository);

    my ($node) = grep { $_->{title} eq $title }
                 @{ $browser->picker(list => $repository)->{list} };

    return ($browser, $node);
}


sub fields {
    my $node = shift;

    return (title => $node->{title}, source => $node->{source},
            sourcekey => $node->{sourcekey}, savepath => '/',
            license => 'unknown', author => 'x', itemid => ++$item);
}


sub stored {
    my $nginx = shift;

    my $all = $nginx->moodle('drafts');

    return ref $all eq 'ARRAY' ? () : map { @$_ } map { values %$_ }
                                      values %$all;
}


# names of temporary files, and those without a name that are still open

sub left {
    my $nginx = shift;

    my @open = grep { /^\Q$nginx->{dir}\E\/body\// }
               map { map { readlink // '' } glob "/proc/$_/fd/*" }
               $nginx->workers;

    my @left = (@open, grep { -f } glob "$nginx->{dir}/body/*");

    return @left;
}


sub nothing {
    my ($nginx, $name) = @_;

    is_deeply([map { $_->{filename} } stored($nginx)], [],
              "$name: nothing stored");
    ok(wait_for(sub { !left($nginx) }, 5), "$name: no file left")
        or diag(join "\n", left($nginx));
}


sub uploads {
    my $nginx = shift;

    return scalar grep { $_->{uri} =~ /action=upload$/ }
                  @{ $nginx->moodle('log') };
}


sub fails {
    my ($nginx, $browser, $cloud, $node, $name, $code, $text) = @_;

    my $answer = $browser->picker(download => $repository{$cloud},
                                  fields($node));

    like($answer->{errorcode} // '', qr/^(?:$code)$/, "$name: errorcode")
        or diag(explain($answer));
    like($answer->{error} // '', $text, "$name: text") if $text;
    ok(!exists $answer->{url}, "$name: no file is claimed to be there");
    nothing($nginx, $name);
}


my $nginx = nginx()->start;


subtest 'answers of the cloud' => sub {
    my @cases = (
        (map { ["status $_->[0]", { action => 'status', status => $_->[0],
                                    body => 'dav' }, $_->[1]] }
             [400, 'cloudunexpected'], [402, 'cloudunexpected'],
             [403, 'cloudforbidden'], [404, 'cloudnotfound'],
             [405, 'cloudunexpected'], [410, 'cloudunexpected'],
             [416, 'cloudunexpected'], [423, 'cloudlocked'],
             [500, 'clouderror'], [501, 'clouderror'], [502, 'clouderror'],
             [507, 'cloudquota'], [201, 'cloudunexpected'],
             [206, 'cloudunexpected'], [207, 'cloudunexpected']),
        ['no content', { action => 'status', status => 204, body => 'none' },
         'cloudunexpected'],
        ['not modified', { action => 'status', status => 304,
                           body => 'none' }, 'cloudunexpected'],
        ['redirect', { action => 'redirect',
                       location => 'http://127.0.0.1:1/' },
         'cloudunexpected'],
        ['page', { action => 'status', status => 200, body => 'html' },
         'isfolder', qr/^This is a folder in/],
        ['truncated', { action => 'truncate' }, 'cloudbroken',
         qr/lost in the middle of the file\. Nothing was stored/],
        ['truncated chunks', { action => 'truncate_chunked' },
         'cloudbroken', qr/was lost/],
        ['one byte missing', { action => 'truncate', bytes => -1 },
         'cloudbroken'],
        ['closed', { action => 'close' }, 'cloudbroken'],
        ['reset', { action => 'reset' }, 'cloudbroken'],
        ['late', { delay => 2 }, 'cloudtimeout'],
        ['stuck', { action => 'drip', bytes => 20, interval => 2 },
         'cloudtimeout', qr/did not respond in time/],
        ['packed', { action => 'gzip' }, 'cloudinvalid'],
    );

    for my $cloud (sort keys %repository) {
        my ($browser, $node) = ready($nginx, $cloud, 'report.pdf');
        my $size = length slurp(standins()->{"CLOUD_${cloud}_STATE"}
                                . '/data/alice/report.pdf');

        for my $case (@cases) {
            my ($name, $fault, $code, $text) = @$case;
            my %fault = (match => $get, times => -1, %$fault);

            $fault{bytes} = $size - 1 if ($fault{bytes} // 0) < 0;

            cloud($cloud => 'faults', undef, 'DELETE');
            cloud($cloud => 'faults', \%fault);
            $nginx->moodle('clear');

            fails($nginx, $browser, $cloud, $node, "$cloud, $name", $code,
                  $text);
            is(uploads($nginx), 0, 'Moodle was not asked');
        }

        cloud($cloud => 'faults', undef, 'DELETE');
        ok($browser->picker(download => $repository{$cloud},
                            fields($node))->{url}, "$cloud: good again");
    }
};


subtest 'a cloud that wants to be left alone' => sub {
    for my $case ([429, 'cloudtoomany'], [503, 'cloudmaintenance']) {
        my ($status, $code) = @$case;

        $nginx->stop;
        $nginx->start;

        my ($browser, $node) = ready($nginx, 'NC', 'report.pdf');

        cloud(NC => 'faults', { match => $get, action => 'status',
                                status => $status, times => -1 });
        fails($nginx, $browser, 'NC', $node, $status, $code);
    }

    $nginx->stop;
    $nginx->start;
};


subtest 'what is no file any more' => sub {
    for my $cloud (sort keys %repository) {
        my ($browser, $node) = ready($nginx, $cloud, 'report.pdf');
        my $path = standins()->{"CLOUD_${cloud}_STATE"}
                   . '/data/alice/report.pdf';

        rename $path, "$path.away";
        fails($nginx, $browser, $cloud, $node, "$cloud: gone",
              'cloudnotfound', qr/no longer exists/);

        mkdir $path;
        fails($nginx, $browser, $cloud, $node, "$cloud: a folder",
              'isfolder', qr/This is a folder/);
        rmdir $path;

        spew($path, '', 0644);
        fails($nginx, $browser, $cloud, $node, "$cloud: empty",
              'emptyfile', qr/^This file is empty/);

        rename "$path.away", $path;
    }
};


subtest 'what is no HTTP' => sub {
    my $other = nginx(issuers => '');

    $other->configure(issuers =>
        $other->issuer('oc') . $other->issuer('nc',
            base_url => standins()->{CLOUD_RAW_NC_URL}));
    $other->start;

    my ($browser, $node) = ready($other, 'NC', 'report.pdf');
    my %head = (
        'until the end' => "HTTP/1.1 200 OK\r\nETag: \"1\"\r\n"
            . "Connection: close\r\n\r\nabc",
        'HTTP/1.0' => "HTTP/1.0 200 OK\r\nETag: \"1\"\r\n\r\nabc",
        'no end' => "HTTP/1.1 200 OK\r\nETag: \"1\"\r\n\r\nabc",
        'folded' => "HTTP/1.1 200 OK\r\nETag: \"1\"\r\n"
            . "Content-Length: 3\r\n x\r\n\r\nabc",
    );

    my @cases = (
        (map { [$_, { preset => $_ }, 'cloudinvalid'] }
             qw(garbage bad_status both_framings two_lengths bad_length
                negative_length bad_chunk huge_chunk huge_header)),
        (map { [$_, { preset => $_ }, 'cloudbroken|cloudinvalid'] }
             qw(truncated truncated_chunked close reset reset_in_head
                reset_in_body)),
        ['silence', { preset => 'silence' }, 'cloudtimeout'],
        (map { [$_, { steps => [{ send => $head{$_} }, { close => 1 }] },
                'cloudinvalid'] } sort keys %head),
    );

    for my $case (@cases) {
        my ($name, $rule, $code) = @$case;

        cloud(NC => 'raw', undef, 'DELETE');
        cloud(NC => 'raw', { match => $get, times => -1, %$rule });
        fails($other, $browser, 'NC', $node, $name, $code);
    }

    cloud(NC => 'raw', undef, 'DELETE');
    $other->finish;
};


# it has got the file, and what became of it cannot be known

subtest 'unclear answers of Moodle' => sub {
    my ($browser, $node) = ready($nginx, 'NC', 'report.pdf');
    my @cases = (
        (map { { type => 'status', value => $_ } }
             403, 404, 413, 500, 502, 503, 504),
        (map { { type => 'garbage', value => $_ } }
             '', '[]', '{}', 'true', '{"url":"https://m/f"}',
             '{"file":"report.pdf"}', '{"e":"Error"}',
             '{"url":"https://m/f","file":"f","event":"x"}',
             map { '{"error":"Exception - x","errorcode":"' . $_ . '"}' }
                 'generalexceptionmessage', 'dmlwriteexception'),
        { type => 'empty' }, { type => 'login' }, { type => 'die' },
        { type => 'long', value => 300000 },
        { type => 'fatal' }, { type => 'kill' },
    );

    for my $fault (@cases) {
        my $name = join ' ', map { $fault->{$_} // () } qw(type value);
        my $seen = length $nginx->log;

        $nginx->moodle('nofaults');
        $nginx->moodle('fault', match => 'action=upload', %$fault);

        my $answer = $browser->picker(download => 8, fields($node));

        is($answer->{errorcode}, 'moodleunclear', "$name: errorcode")
            or diag(explain($answer));
        like($answer->{error}, qr/^It is unclear whether .* check whether .* there/,
             "$name: text");
        ok(!exists $answer->{url}, "$name: no file is claimed to be there");
        like(substr($nginx->log, $seen),
             qr/\[error\].*moodleunclear: moodle did not confirm/,
             "$name: log");
        ok(wait_for(sub { !left($nginx) }, 5), "$name: no file left");
    }

    $nginx->moodle('nofaults');
};


subtest 'Moodle refuses' => sub {
    my ($browser, $node) = ready($nginx, 'NC', 'report.pdf');

    $nginx->moodle('prohibit', repo => 5);

    my $answer = $browser->picker(download => 8, fields($node));

    is($answer->{errorcode}, 'nopermissiontoaccess', 'in its own words');
    nothing($nginx, 'refused');
    like($nginx->access_log, qr/e=refused$/m, 'access log');

    $nginx->moodle('allow', repo => 5);
    $nginx->moodle('end');

    $answer = $browser->picker(download => 8, fields($node));
    ok($answer->{error}, 'the session is over');
    nothing($nginx, 'over');
    $nginx->moodle('reset');
};


# a Moodle that gets uploads is somewhere else

sub elsewhere {
    my ($where, $extra) = @_;

    my $plain = Owncloud->new(no_start => 1);

    return nginx(
        php => $plain->php($where
                   ? "if (\$arg_action = upload) { $where }\n" : $extra));
}


subtest 'Moodle is down' => sub {
    my $closed = free_port();
    my $other = elsewhere("proxy_pass http://127.0.0.1:$closed;", '')->start;
    my ($browser, $node) = ready($other, 'NC', 'report.pdf');

    fails($other, $browser, 'NC', $node, 'down', 'moodlefailed');
    $other->finish;

    $other = elsewhere('', 'fastcgi_read_timeout 1s;')->start;
    ($browser, $node) = ready($other, 'NC', 'report.pdf');
    $other->moodle('fault', match => 'action=upload', type => 'status',
                   value => 500, delay => 2);
    fails($other, $browser, 'NC', $node, 'late', 'moodleunclear');
    $other->finish;
};


subtest 'no room on the disk' => sub {
    my $other = nginx();
    my $body = "$other->{dir}/body";

    plan skip_all => 'no file system can be mounted here'
        if $> != 0
           || system("mount -t tmpfs -o size=256k tmpfs $body 2>/dev/null");

    $other->start;
    cloud(NC => 'file', { user => 'alice', path => 'large.bin',
                          content => 'x' x 600000 });

    my ($browser, $node) = ready($other, 'NC', 'large.bin');

    fails($other, $browser, 'NC', $node, 'full', 'tempfailed',
          qr/no space .* Nothing was stored/);
    like($other->log, qr/tempfailed: .*\(28: No space left on device\)/,
         'told in the log');

    my ($small) = grep { $_->{title} eq 'report.pdf' }
                  @{ $browser->picker(list => 8)->{list} };

    ok($browser->picker(download => 8, fields($small))->{url},
       'a small file');
    $other->stop;
    system("umount $body");

    # nginx itself tells a disk that is full at this level

    is($other->alerts =~ s/^.*\[crit\].*No space left on device.*\n//gmr, '',
       'nothing else alarming');
    cloud(NC => 'file', { user => 'alice', path => 'large.bin' }, 'DELETE');
};


# sends the request and leaves it

sub begun {
    my ($nginx, $browser, $node) = @_;

    my $form = $browser->picker_form(8, fields($node));
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                       PeerPort => $nginx->{port});

    print $socket "POST $ajax?action=download HTTP/1.1\r\nHost: 127.0.0.1:"
        . "$nginx->{port}\r\nCookie: "
        . $browser->cookie_header('/repository/') . "\r\nContent-Type: "
        . "application/x-www-form-urlencoded\r\nContent-Length: "
        . length($form) . "\r\n\r\n$form";
    $socket->flush;

    return $socket;
}


my $gone = qr/download HTTP\S+ (?:499|000)/;


sub asked {
    return wait_for(sub { grep { "$_->{method} $_->{uri}" =~ /$get/ }
                          @{ cloud(NC => 'log') } }, 10);
}


# a server that is more patient than any test

my @patient = (setting => { read_timeout => '60s' });


subtest 'the browser goes away' => sub {
    my $other = nginx(@patient)->start;
    my ($browser, $node) = ready($other, 'NC', 'report.pdf');

    for my $fault ({ delay => 15 },
                   { action => 'drip', bytes => 20, interval => 5 })
    {
        my $name = $fault->{action} // 'delay';

        cloud(NC => 'faults', undef, 'DELETE');
        cloud(NC => 'log', undef, 'DELETE');
        cloud(NC => 'faults', { match => $get, %$fault });
        $other->moodle('clear');

        my $seen = () = $other->access_log =~ /$gone/g;
        my $socket = begun($other, $browser, $node);

        ok(asked(), "$name: the cloud is asked");
        close $socket;

        ok(wait_for(sub {
               $seen < (() = $other->access_log =~ /$gone/g)
           }, 5), "$name: it is over at once");
        is(uploads($other), 0, "$name: Moodle was not asked");
        nothing($other, $name);
    }

    cloud(NC => 'faults', undef, 'DELETE');
    $other->finish;
};


subtest 'the browser goes away while Moodle gets the file' => sub {
    my $listen = IO::Socket::INET->new(Listen => 5,
                                       LocalAddr => '127.0.0.1');
    my $other = elsewhere('proxy_pass http://127.0.0.1:'
                          . $listen->sockport . ';', '')->start;

    cloud(NC => 'file', { user => 'alice', path => 'large.bin',
                          content => 'x' x 20_000_000 });

    my ($browser, $node) = ready($other, 'NC', 'large.bin');
    my $socket = begun($other, $browser, $node);
    my $moodle = $listen->accept;

    sysread $moodle, my $head, 100;
    like($head, qr{^POST $ajax\?action=upload HTTP/1.0\r\n},
         'Moodle gets a part of it');
    close $socket;
    ok(wait_for(sub { $other->access_log =~ /$gone/ }, 10),
       'it is over while Moodle reads nothing');

    my $got = 100;

    while (my $n = sysread $moodle, my $buf, 65536) {
        $got += $n;
    }

    cmp_ok($got, '<', 20_000_000, 'and not the rest');
    nothing($other, 'gone');

    $other->finish;
    cloud(NC => 'file', { user => 'alice', path => 'large.bin' }, 'DELETE');
};


subtest 'a worker is killed' => sub {
    my $other = nginx(@patient)->start;

    my ($browser, $node) = ready($other, 'NC', 'report.pdf');

    cloud(NC => 'faults', { match => $get, action => 'drip', bytes => 20,
                            interval => 5 });

    my $socket = begun($other, $browser, $node);

    ok(wait_for(sub { left($other) }, 10), 'a file is written')
        or diag(join "\n", left($other));

    my ($pid) = $other->workers;

    is_deeply([grep { -f } glob "$other->{dir}/body/*"], [],
              'it has no name');
    kill KILL => $pid;
    ok(wait_for(sub { grep { $_ != $pid } $other->workers }, 10),
       'a new worker');
    nothing($other, 'killed');
    $other->stop;
};


subtest 'a reload' => sub {
    my ($browser, $node) = ready($nginx, 'NC', 'report.pdf');

    cloud(NC => 'faults', { match => $get, action => 'drip', bytes => 20,
                            interval => 0.1 });

    my $socket = begun($nginx, $browser, $node);

    ok(asked(), 'the cloud is asked');
    $nginx->reload;
    ok(wait_for(sub { stored($nginx) }, 20), 'a copy is brought to its end');
    is((stored($nginx))[0]{sha1},
       sha1_hex(slurp(standins()->{CLOUD_NC_STATE}
                      . '/data/alice/report.pdf')), 'bytes');
};


fresh($nginx);
$nginx->finish;
done_testing;
