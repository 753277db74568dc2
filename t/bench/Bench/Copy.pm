package Bench::Copy;

# Copyright (C) the authors of the ownCloud module for nginx

# A large file goes from the cloud to Moodle: by the module, and by hand, with
# curl.  Moodle is a process that takes what it is sent and throws it away.

use v5.20;
use warnings;

use Exporter qw(import);
use File::Basename qw(dirname);
use IO::Socket::INET;
use JSON::PP;
use Time::HiRes qw(time);

use Bench::Files;
use Bench::Measure;
use Bench::Report;

our @EXPORT = qw(copies);

my $lib = dirname(dirname(__FILE__));


# random bytes: nobody can compress them

sub make_file {
    my ($server, $mb) = @_;

    my $file = "$server->{dir}/cloud/copied";

    command("dd if=/dev/urandom of=$file bs=1M count=$mb");
    chmod 0644, $file;

    return $file, (split ' ', command("sha1sum $file"))[0];
}


# what Moodle is: answers when it has got all of a request, and says how much

sub swallow {
    my $listen = shift;

    while (my $client = $listen->accept) {
        my $head = '';

        while ($head !~ /\r\n\r\n/) {
            sysread $client, $head, 65536, length $head or last;
        }

        my ($length) = $head =~ /^Content-Length: (\d+)\r$/mi;
        my $got = length($head) - index($head, "\r\n\r\n") - 4;

        while ($got < ($length // 0)) {
            my $n = sysread $client, my $buffer, 1048576;

            last if !$n;
            $got += $n;
        }

        my $json = qq({"url":"http://127.0.0.1/","file":"f","id":$got});

        print $client "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                      . 'Content-Length: ' . length($json) . "\r\n"
                      . "Connection: close\r\n\r\n$json";
        close $client;
    }
}


# beside the cloud and the client, not on the worker's processor

sub moodle {
    my $server = shift;

    my $listen = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1')
        or die "Moodle: $!\n";
    my $pid = fork // die "fork: $!\n";

    if ($pid == 0) {
        open STDIN, '<&', $listen;
        exec $server->on_processors, Bench::Servers::realtime(1), $^X,
             "-I$lib", "-I$lib/../lib", '-MBench::Copy', '-e',
             'Bench::Copy::swallow(IO::Socket::INET->new_from_fd(0, "+<"))';
        exit 127;
    }

    return ($pid, $listen->sockport);
}


# the size of what Moodle has got; the form is a part of it

sub arrived {
    my ($answer, $size) = @_;

    my $got = (eval { decode_json($answer) } // {})->{id} // 0;

    die "Moodle has not got the file: $answer\n"
        if $got <= $size || $got > $size + 65536;
}


sub curl {
    my ($server, @argument) = @_;

    return command($server->on_processors, @{ $server->{prefix} },
                   'curl -sS -H Expect:', @argument);
}


# GET to a file, and that file to Moodle as the picker's form does

sub by_hand {
    my ($server, $size, $to) = @_;

    my $file = "$server->{dir}/fetched";
    my $begin = time;

    curl($server, '-f -o', $file, '-H', "'Authorization: Bearer ${\ ('T' x 72)}'",
         "--cacert $server->{dir}/cloud/ca.crt",
         "--resolve cloud.test:$server->{cloud}:127.0.0.1",
         "https://cloud.test:$server->{cloud}/remote.php/webdav/one/copied");

    my $fetched = time - $begin;

    my $answer = curl($server, "-F repo_id=5 -F repo_upload_file=\@$file",
                      "'http://127.0.0.1:$to/repository/repository_ajax.php"
                      . "?action=upload'");
    my $seconds = time - $begin;

    arrived($answer, $size);
    unlink $file;

    return $seconds;
}


sub by_module {
    my ($server, $size, $node) = @_;

    my $begin = time;
    my $answer = $server->{browser}{copies}->raw('download', 10,
        title => 'copied', source => $node->{source},
        sourcekey => $node->{sourcekey}, savepath => '/',
        license => 'unknown', author => 'x');
    my $seconds = time - $begin;

    arrived($answer->{body}, $size);

    return $seconds;
}


sub copies {
    my ($server, $mb, $rounds) = @_;

    my ($file, $sha1) = make_file($server, $mb);
    my ($moodle, $port) = moodle($server);
    my $size = -s $file;
    my (%seconds, @grown);

    $server->{copied} = { file => $file, sha1 => $sha1, moodle => $port };

    my $good = eval {
        for (1 .. $rounds) {

            # a worker that has not copied yet

            $server->start(realtime => 1);

            my ($node) = @{ decode_json($server->page('copies', 'one', ''))
                            ->{list} };
            my $before = memory($server->{worker}, 'VmRSS');

            reset_peak($server->{worker});
            push @{ $seconds{module} }, by_module($server, $size, $node);
            push @grown, memory($server->{worker}, 'VmHWM') - $before;

            push @{ $seconds{direct} }, by_hand($server, $size, $port);
            push @{ $seconds{nginx} },
                 by_hand($server, $size, $server->{copies});
        }

        1;
    };
    my $why = $@;

    kill TERM => $moodle;
    waitpid $moodle, 0;
    delete $server->{copied};
    unlink $file;
    die $why if !$good;

    report($mb, \%seconds, median(@grown));
}


sub report {
    my ($mb, $seconds, $grown) = @_;

    my %name = (module => 'module', nginx => 'curl, upload through nginx',
                direct => 'curl, upload past nginx');
    my %median = map { $_ => median(@{ $seconds->{$_} }) } keys %$seconds;

    table("A file of $mb MB, from the cloud to Moodle",
          ['', 'seconds', 'MB/s', 'of it'],
          map { [$name{$_}, number($median{$_}), number($mb / $median{$_}),
                 sprintf('%.2f x', $median{module} / $median{$_})] }
              qw(module nginx direct));

    goal("copy of $mb MB: curl GET and upload through nginx", 'at most',
         1.25, ' x', $median{module} / $median{nginx});
    goal("copy of $mb MB: curl GET and upload past nginx", 'at most',
         1.25, ' x', $median{module} / $median{direct});
    goal("copy of $mb MB: growth of the worker", 'at most', 8, ' MB',
         $grown / 1048576);
}


1;
