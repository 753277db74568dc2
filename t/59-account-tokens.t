#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# The tokens of the system account: renewed once by whoever comes first, or by
# nobody in particular, and kept whatever happens to the file or to nginx.

use v5.20;
use warnings;

use File::Temp ();
use IO::Select;
use IO::Socket::INET;
use JSON::PP;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep);

use Owncloud qw(cloud fresh requests standins slurp spew wait_for);
use Owncloud::Account;
use Owncloud::Clock;

my $env = standins();

# what the clock says, for all of them

my $clock = Owncloud::Clock->new;


# the pages that many browsers get at the same time

sub pages {
    my ($profile, @nginx) = @_;

    my @child = map {
        my $nginx = $_;

        pipe my $from, my $to or die "pipe: $!\n";
        my $pid = fork // die "fork: $!\n";

        if ($pid == 0) {
            close $from;
            my $text = eval { shown($nginx->browser, $profile) } // $@;
            syswrite $to, $text;
            close $to;
            POSIX::_exit(0);
        }

        close $to;
        [$pid, $from];
    } @nginx;

    return map {
        my ($pid, $from) = @$_;
        local $/;
        my $text = <$from> // '';
        waitpid $pid, 0;
        $text;
    } @child;
}


my $good = qr/Account moodle-system .*Links \d/;


for my $profile (qw(OC NC)) {
    subtest "$profile, all at once" => sub {
        $clock->set(0);

        my $nginx = running(protected => 1, clock => $clock, workers => 4);
        my $file = account_file($nginx, $profile);
        my $time = 0;

        fresh($nginx);
        connected($nginx, $profile);

        # before the next turn of the background job, which is in 25 s

        sleep 3;

        for my $between (undef, 'reload', 'restart', 'kill', 'reload') {
            my $old = slurp($file);

            # with a delay, so that they wait for each other

            cloud($profile => 'log', undef, 'DELETE');
            cloud($profile => 'faults', { match => '^POST .*/token',
                                          delay => 0.3 });
            $time += 3590;
            $clock->set($time);

            my @text = pages($profile, ($nginx) x 12);

            is(scalar(grep { /$good/ } @text), 12, 'all have it')
                or diag(join "\n", @text);
            is(refreshed($profile), '1:200', 'by one refresh');
            isnt(slurp($file), $old, 'the file is another');

            if ($between) {
                note("then a $between");

                if ($between eq 'kill') {
                    kill KILL => $nginx->workers;
                    sleep 0.5;

                } else {
                    $nginx->$between;
                }
            }

            cloud($profile => 'log', undef, 'DELETE');
            cloud($profile => 'faults', undef, 'DELETE');
            like($_, $good, 'and go on') for pages($profile, ($nginx) x 3);
            is(refreshed($profile), '', 'with what there is');
        }

        $nginx->stop;
        is($nginx->alerts =~ s/^.*exited on signal 9\n//mgr, '',
           'nothing alarming in the log');
    };

    subtest "$profile, two of them" => sub {
        $clock->set(0);

        my $one = running(protected => 1, clock => $clock, workers => 2);
        my $other = running(protected => 1, clock => $clock, workers => 2,
                            accounts => "$one->{dir}/accounts");

        fresh($one);
        connected($one, $profile);
        like(shown($other->browser, $profile), $good, 'it is the other\'s');

        sleep 2.5;

        for my $hour (1 .. 4) {
            $clock->set($hour * 3590);

            my @text = pages($profile, ($one, $other) x 4);

            is(scalar(grep { /$good/ } @text), 8, 'both have it')
                or diag(join "\n", @text);

            # the one that has been there all the time, and the one that not

            $other->restart if $hour == 2;
        }

        is(refreshed($profile), join(' ', ('1:200') x 4),
           'no token was used twice');

        # and by nobody

        cloud($profile => 'log', undef, 'DELETE');
        $clock->set(5 * 3700);
        $one->reload;
        $other->reload;
        sleep 4;
        is(refreshed($profile), '1:200', 'nor by their jobs');
        like(shown($_->browser, $profile), $good, 'it is there')
            for $one, $other;
        is(refreshed($profile), '1:200', 'and good');

        $_->finish for $one, $other;
    };
}


for my $profile (qw(OC NC)) {
    subtest "$profile, nobody is there" => sub {
        $clock->set(0);

        my $nginx = running(protected => 1, clock => $clock, workers => 4);
        my $file = account_file($nginx, $profile);

        fresh($nginx);

        # one that gives tokens for five minutes is not asked every five

        cloud(OC => 'settings', { token_lifetime => 300 });
        connected($nginx, $profile);

        my $old = slurp($file);

        # not before its time

        $clock->set(3000);
        $nginx->reload;
        sleep 3;

        is(refreshed($profile), '', 'good for a while');

        $clock->set(3700);
        $nginx->reload;

        ok(wait_for(sub { slurp($file) ne $old }), 'the file is another')
            or diag($nginx->log);
        sleep 2.5;

        is(refreshed($profile), '1:200', 'by one worker');
        is((stat $file)[2] & 07777, 0600, 'the mode of the file');
        like($nginx->log, qr/\[info\].*refreshed the tokens of the (?#
                            )system account, generation 2/, 'logged');

        # with nothing but the file

        $nginx->restart;
        cloud($profile => 'log', undef, 'DELETE');

        like(shown($nginx->browser, $profile), $good,
             'it is good');
        is(refreshed($profile), '', 'as it is');

        # a cloud that does not answer as it should

        cloud($profile => 'faults', { match => '^POST .*/token', times => -1,
                                      action => 'status', status => 503 });
        $clock->set(7500);
        $nginx->reload;
        ok(wait_for(sub { $nginx->log =~ /\[warn\].*not refresh the tokens (?#
                          )of the system account.*status 503/ }), 'told');
        sleep 2;
        $nginx->reload;
        sleep 3;
        is(() = $nginx->log =~ /not refresh the tokens of/g, 1, 'once');

        cloud($profile => 'faults', undef, 'DELETE');
        cloud($profile => 'log', undef, 'DELETE');

        $clock->set(7900);
        $nginx->reload;
        ok(wait_for(sub { refreshed($profile) eq '1:200' }), 'five minutes on');

        # an end

        cloud($profile => 'revoke', {});
        $clock->set(12000);
        $nginx->reload;
        ok(wait_for(sub { $nginx->log =~ /\[error\].*"\L$profile\E" no (?#
                    )longer accepts the tokens of .*: connect "moodle-system"/ }),
           'lost') or diag($nginx->log);
        sleep 2;
        $nginx->reload;
        sleep 3;
        is(() = $nginx->log =~ /no longer accepts the/g, 1, 'told once');

        my $browser = $nginx->browser;

        like(shown($browser, $profile), qr/no longer accepts the tokens of (?#
             )this account.*Connect again/, 'on the page');

        is(making($browser, $profile)->{errorcode}, 'accountlost',
           'to who makes a link');
        is(connect_as($browser, $profile)->{status}, 303, 'connected again');
        like(shown($browser, $profile), $good,
             'it is good');

        $nginx->finish;
    };
}



# what is said of a file that is not as it should be, and what is done then

my %trouble = (
    'no regular file' => [sub { unlink $_[0]; mkdir $_[0] },
        qr/is not a regular file/, sub { rmdir $_[0] }],
    'empty' => [sub { spew($_[0], '') }, qr/contains no account/],
    'too large' => [sub { spew($_[0], 'v1.' . 'x' x 70000) },
        qr/contains no account/],
    'damaged' => [sub {
        my $text = slurp($_[0]);
        substr($text, 60, 1) =~ tr/A-Za-z0-9_-/B-ZAb-za1-90\-_/;
        spew($_[0], $text);
    }, qr/is damaged, or was sealed with a key that is not among/],
    'cut' => [sub { spew($_[0], substr slurp($_[0]), 0, 100) },
        qr/is damaged, or was sealed/],
    'removed' => [sub { unlink $_[0] }, qr/no system account of "\w+" is/],
);

# nobody knows what is in that file: it is replaced when somebody has said so

sub asked {
    my ($nginx, $browser, $profile) = @_;

    my $file = account_file($nginx, $profile);
    my $old = -f $file ? slurp($file) : 'none';
    my $answer;

    for my $action (qw(keep replace)) {
        $answer = connect_as($browser, $profile);

        my ($id) = ($answer->{headers}{location} // '')
                   =~ /\?confirm=([0-9a-f]{32})$/;

        ok($id, 'to be asked') or return $answer;
        like(shown($browser, $profile, "?confirm=$id"),
             qr/as moodle-system\. .*is unknown.*Replace it.*Keep it/,
             'what it is about');
        is(-f $file ? slurp($file) : 'none', $old, 'the file is as it was');

        $answer = press($browser, $profile,
                        { action => $action, confirm => $id });

        is(-f $file ? slurp($file) : 'none', $old, 'and when it is kept')
            if $action eq 'keep';
    }

    return $answer;
}


for my $profile (qw(OC NC)) {
    subtest "$profile, a file in trouble" => sub {
        $clock->set(0);

        my $nginx = running(protected => 1, clock => $clock, workers => 2);
        my $file = account_file($nginx, $profile);

        fresh($nginx);

        for my $name (sort keys %trouble) {
            my ($do, $logged, $undo) = @{ $trouble{$name} };

            my $browser = connected($nginx, $profile);

            ok(!making($browser, $profile)->{error}, 'a link is made')
                or diag($nginx->log);

            my $seen = length $nginx->log;

            $do->($file);
            is(making($browser, $profile)->{errorcode}, 'accountlost',
               "$name, told to who makes a link");
            like(substr($nginx->log, $seen), qr/\[error\].*$logged/, 'logged');

            my $text = shown($browser, $profile);

            like($text, $name eq 'removed' ? qr/No account of/
                                           : qr/cannot be read, is damaged/,
                 'told on the page');

            my $answer = $name eq 'removed'
                         ? connect_as($browser, $profile)
                         : asked($nginx, $browser, $profile);

            if ($undo) {
                is($answer->{status}, 500, 'not in its place');
                like(text($answer), qr/could not be written.*The error log/,
                     'told');
                ok(!-e "$file.new", 'nothing left');
                $undo->($file);
                $answer = connect_as($browser, $profile);
            }

            is($answer->{status}, 303, 'connected again');
            ok(!making($browser, $profile)->{error}, 'a link is made');
        }

        # another key, and both of them

        spew("$nginx->{dir}/other.key", 'o' x 48);

        my $key = $nginx->{keys} // "owncloud_seal_key $nginx->{dir}/seal.key;";
        my $other = "owncloud_seal_key $nginx->{dir}/other.key;";

        $nginx->configure(keys => $other);
        $nginx->restart;

        my $browser = $nginx->browser;

        like(shown($browser, $profile), qr/key that is not among/,
             'another key');
        is(making($browser, $profile)->{errorcode}, 'accountlost', 'told');
        like($nginx->log, qr/\[error\].*sealed with a key that is not among/,
             'logged');

        $nginx->configure(keys => "$other $key");
        $nginx->restart;
        like(shown($browser, $profile), $good, 'the old key as a further one');

        my $old = slurp($file);

        $clock->set(3600);
        like(shown($browser, $profile), $good, 'renewed');
        isnt(slurp($file), $old, 'written anew');

        $nginx->configure(keys => $other);
        $nginx->restart;
        like(shown($browser, $profile), $good, 'with the new key alone');

        elsewhere($nginx, $browser, $profile);

        $nginx->finish;
    };
}


# the configuration names another address: the tokens stay here

sub elsewhere {
    my ($nginx, $browser, $profile) = @_;

    my $listen = IO::Socket::INET->new(Listen => 5,
                                       LocalAddr => '127.0.0.1');
    my $port = $listen->sockport;
    my $seen = length $nginx->log;

    local $nginx->{issuer} = { base_url => "http://127.0.0.1:$port/",
                               insecure => 'on' };

    $nginx->configure(places($nginx));
    $nginx->restart;

    like(shown($browser, $profile), qr/tokens of a cloud at another address/,
         'another address, told on the page');
    like(substr($nginx->log, $seen),
         qr/\[error\].*contains tokens of a cloud at another address/, 'logged');
    ok(!IO::Select->new($listen)->can_read(0), 'nobody is asked there');
}


subtest 'a disk that is full' => sub {
    my $disk = File::Temp::tempdir('owncloud-disk-XXXXXX', TMPDIR => 1);

    plan skip_all => 'no file system can be mounted here'
        if $> != 0
           || system("mount -t tmpfs -o size=64k tmpfs $disk 2>/dev/null");

    for my $profile (qw(OC NC)) {
        $clock->set(0);

        my $nginx = running(protected => 1, clock => $clock, workers => 2, accounts => $disk);
        my $file = account_file($nginx, $profile);

        fresh($nginx);
        connected($nginx, $profile);
        sleep 2.5;

        my $old = slurp($file);

        spew("$disk/full", 'x' x 70000);
        cloud($profile => 'log', undef, 'DELETE');

        for my $hour (1 .. 2) {
            $clock->set($hour * 3600);
            like(shown($nginx->browser, $profile), $good,
                 "$profile, hour $hour, works on");
        }

        is(refreshed($profile), '1:200 1:200', 'with the tokens in the zone');
        is(slurp($file), $old, 'the file is as it was');
        like($nginx->log, qr/\[error\].*\.account" .* cannot be written/,
             'logged');
        is(join(' ', glob "$disk/*.new"), '', 'nothing left');

        my $answer = connect_as($nginx->browser, $profile);

        is($answer->{status}, 500, 'nobody can be connected');
        like(text($answer), qr/could not be written/, 'told');

        # a reload has the zone

        $nginx->reload;
        like(shown($nginx->browser, $profile), $good, 'after a reload');

        # there is room, and nobody there: it is written by the job

        unlink "$disk/full";
        $clock->set(2 * 3600 + 100);
        $nginx->reload;
        ok(wait_for(sub { slurp($file) ne $old }), 'written when there is room')
            or diag($nginx->log);

        $nginx->restart;
        like(shown($nginx->browser, $profile), $good, 'after a restart');
        is(refreshed($profile), '1:200 1:200', 'no token was used twice');

        $nginx->finish;
        unlink glob "$disk/*";
    }

    system("umount $disk");
    rmdir $disk;
};


subtest 'a worker that ends while it waits' => sub {
    for my $profile (qw(OC NC)) {
        $clock->set(0);

        my $nginx = running(protected => 1, clock => $clock,
                            issuer => { read_timeout => '10s' });
        my $file = account_file($nginx, $profile);

        fresh($nginx);
        connected($nginx, $profile);

        my $old = slurp($file);

        cloud($profile => 'faults', { match => '^POST .*/token',
                                      delay => 4 });
        $clock->set(3700);
        $nginx->reload;
        sleep 3;
        is(slurp($file), $old, "$profile, it is on its way");
        $nginx->stop;
        isnt(slurp($file), $old, 'and was waited for');
        is(refreshed($profile), '1:200', 'once');

        $nginx->start;
        like(shown($nginx->browser, $profile), $good, 'nothing was lost');
        is(refreshed($profile), '1:200', 'nor asked for again');

        # and one that ends at once: the cloud is not told to forget anything

        cloud($profile => 'faults', { match => '^POST .*/token', delay => 5,
                                      action => 'close' });
        $clock->set(7400);
        $nginx->reload;
        sleep 3;
        kill TERM => $nginx->{pid};
        ok(wait_for(sub { waitpid($nginx->{pid}, POSIX::WNOHANG()) > 0 },
                    20),
           'terminated');
        delete $nginx->{pid};

        is($nginx->alerts, '', 'nothing alarming in the log');
    }
};


subtest 'who is not trusted, or not there' => sub {
    for my $trusted ([trusted_certificate => $env->{CLOUD_OTHER_CA},
                      qr/did not refresh the tokens.*failure 3/],
                     [base_url => "https://localhost:"
                                  . $env->{CLOUD_BAD_NAME_PORT} . '/',
                      qr/contains tokens of a cloud at another address/],
                     [base_url => 'https://127.0.0.1:'
                                  . Owncloud::free_port() . '/',
                      qr/contains tokens of a cloud at another address/]) {

        my ($name, $value, $logged) = @$trusted;

        $clock->set(0);

        my $nginx = running(protected => 1, clock => $clock);

        fresh($nginx);
        connected($nginx, 'NC');

        # those who know it better must not come first

        $nginx->stop;
        $nginx->configure(issuer => { $name => $value });
        $nginx->configure(places($nginx));
        $clock->set(3700);
        $nginx->start;
        ok(wait_for(sub { $nginx->log =~ $logged }), $name)
            or diag($nginx->log);
        is(refreshed('NC'), '', 'nothing was sent');
        $nginx->finish;
    }
};


subtest 'no token in a log' => sub {
    $clock->set(0);

    my $nginx = running(protected => 1, clock => $clock, level => 'debug');
    my $text = '';
    my %canary;

    fresh($nginx);

    for my $profile (qw(OC NC)) {
        my $browser = connected($nginx, $profile);

        $text .= $browser->request('GET', $page{$profile})->{body};
        making($browser, $profile);

        my $answer = connect_as($browser, $profile, 'bob');

        $text .= encode_json($answer->{headers})
                 . $browser->return_to($answer->{headers}{location})->{body};
    }

    $clock->set(3700);
    $nginx->reload;

    for my $profile (qw(OC NC)) {
        ok(wait_for(sub { refreshed($profile) eq '1:200' }),
           "$profile, renewed");
    }

    sleep 0.5;

    for my $profile (qw(OC NC)) {
        # a challenge is told to everybody

        $canary{$_} = 1 for encode_json(cloud($profile => 'tokens'))
                            =~ s/"challenge":"\w+"//gr =~ /"(\w{40,})"/g;
        $canary{$env->{"CLOUD_${profile}_CLIENT_SECRET"}} = 1;
        delete $canary{$env->{"CLOUD_${profile}_CLIENT_ID"}};
        $text .= slurp(account_file($nginx, $profile));
    }

    $nginx->finish;

    cmp_ok(scalar(keys %canary), '>=', 10, 'there is what to look for');

    my $log = $nginx->log;

    # what clients send is nginx's own to log

    $log =~ s/^.*\[debug\].*http (?:request line|uri|args|header): .*\n//gm;
    $log .= $nginx->access_log . slurp("$nginx->{dir}/stderr");

    cmp_ok(length $log, '>', 50_000, 'the log is one');
    is(join(' ', grep { index($log, $_) >= 0 } sort keys %canary), '',
       'not in the logs');
    is(join(' ', grep { index($text, $_) >= 0 } sort keys %canary), '',
       'not in pages and files');
};


cloud($_ => 'reset', { data => JSON::PP::true }) for qw(OC NC);

done_testing();
