package Owncloud::Configuration;

# Copyright (C) the authors of the ownCloud module for nginx

# Runs "nginx -t" on configurations that are made of parts.  The line that a
# message has to name ends with "# here".

use warnings;
use strict;

use parent 'Exporter';

use Cwd qw/ abs_path /;
use File::Temp qw/ tempdir /;
use FindBin;
use Test::More;

our @EXPORT = qw/ configuration accepted refused warned module_path nginx_path
    nginx_t running log_of directory write_file /;

my $dir;

###############################################################################

sub nginx_path {
    return $ENV{TEST_NGINX_BINARY}
        // (-x '/usr/sbin/nginx' ? '/usr/sbin/nginx' : 'nginx');
}

sub module_path {
    my $path = $ENV{TEST_NGINX_MODULE}
        // "$FindBin::Bin/../build/ngx_http_owncloud_module.so";

    -f $path or BAIL_OUT("there is no $path: run \"make module\"");

    return abs_path($path);
}

# One directory for all tests of a file, with what good configurations name.

sub directory {
    return $dir if defined $dir;

    $dir = abs_path(tempdir('owncloud-config-XXXXXX', TMPDIR => 1,
        CLEANUP => 1));

    write_file('seal.key', 'K' x 48);
    write_file('old.key', 'O' x 48);
    write_file('client.secret', "CanaryClientSecret\n");
    write_file('moodle.secret', "CanaryMoodleSecret\n");

    system("openssl req -x509 -newkey rsa:2048 -nodes -days 2"
        . " -subj /CN=localhost -keyout $dir/server.key"
        . " -out $dir/server.crt >/dev/null 2>&1") == 0
        or BAIL_OUT('cannot make a certificate: install openssl');

    return $dir;
}

sub write_file {
    my ($name, $content, $mode) = @_;

    my $path = $name =~ m{^/} ? $name : directory() . "/$name";

    open my $f, '>', $path or die "$path: $!\n";
    print $f $content;
    close $f or die "$path: $!\n";

    chmod $mode // 0600, $path;

    return $path;
}

# A good configuration; what is given replaces a part of it.  All repositories
# have an "upload_repository" unless one is written, or "upload" is given.

sub configuration {
    my (%part) = @_;

    my $module = module_path();

    my $issuer = $part{issuer} // base_url() . client();

    my $issuers = $part{issuers} // <<END;
    owncloud_issuer cloud { # here issuer
        $issuer
    }
END

    my $zone = $part{zone} // 'owncloud_zone owncloud:1m;';
    my $key = $part{key} // 'owncloud_seal_key seal.key;';
    my $listen = $part{listen} // 'listen 127.0.0.1:8080;';
    my $main = $part{main} // '';
    my $http = $part{http} // '';
    my $below = $part{below} // '';
    my $repository = $part{repository} // '';

    my $server = $part{server} // <<END;
        owncloud_repository 7 { # here repository
            issuer cloud;
            $repository
        }
END

    my $conf = <<END;
load_module $module;

pid nginx.pid;
$main

events {
}

http {
    access_log off;

    client_body_temp_path tmp_body;
    proxy_temp_path       tmp_proxy;
    fastcgi_temp_path     tmp_fastcgi;
    uwsgi_temp_path       tmp_uwsgi;
    scgi_temp_path        tmp_scgi;

    $zone
    $key
    $http

$issuers

    server {
        $listen
        server_name moodle.example.com;

$server
    }

    $below
}
END

    my $upload = $part{upload}
        // ($conf =~ /upload_repository/ ? '' : 'upload_repository 5;');

    return $conf =~ s/(owncloud_repository \S+ \{)/$1 $upload/gr;
}

sub base_url {
    return "base_url https://localhost/;\n";
}

sub client {
    return "client_id abc; client_secret client.secret;\n";
}

# Returns whether it is good, and what nginx said.

sub nginx_t {
    my ($conf, @options) = @_;

    my $file = write_file('nginx.conf', $conf);
    my $nginx = nginx_path();

    # "nginx -t" ends without freeing anything, and every nginx and every
    # module have a table of the same name

    local $ENV{ASAN_OPTIONS} = join ':', $ENV{ASAN_OPTIONS} // (),
        'detect_odr_violation=0', 'detect_leaks=0';

    open my $pipe, '-|',
        "$nginx -t -e stderr -p $dir/ -c $file @options 2>&1" or die $!;
    my $said = join '', <$pipe>;
    my $good = close $pipe;

    unlike($said, qr/Sanitizer|runtime error/, 'nothing broken inside')
        if $said =~ /Sanitizer|runtime error/;

    return ($good, $said);
}

# Runs nginx with a configuration that listens nowhere but at a socket in the
# directory, and calls "code" with its process id when it has begun to work.

sub running {
    my ($code, %part) = @_;

    my $file = write_file('nginx.conf', configuration(
        listen => "listen unix:$dir/nginx.sock;", %part,
        main => "daemon off; error_log $dir/error.log debug;"));

    my $nginx = nginx_path();

    local $ENV{ASAN_OPTIONS} = join ':', $ENV{ASAN_OPTIONS} // (),
        'detect_odr_violation=0', 'detect_leaks=0';

    unlink "$dir/error.log";

    my $pid = fork // die $!;

    if (!$pid) {
        open STDERR, '>', '/dev/null';
        exec $nginx, '-e', "$dir/error.log", '-p', "$dir/", '-c', $file
            or exit 1;
    }

    my $begun = eval {
        log_of(qr/start worker process \d+/);
        $code->($pid);
        1;
    };

    my $reason = $@;

    kill 'TERM', $pid;
    waitpid $pid, 0;

    die $reason if !$begun;
}

# Waits until the log has it, so many times; returns the log.

sub log_of {
    my ($pattern, $times) = @_;

    for (1 .. 1200) {
        my $log = '';

        if (open my $f, '<', "$dir/error.log") {
            local $/;
            $log = <$f> // '';
        }

        return $log if (() = $log =~ /$pattern/g) >= ($times // 1);

        select undef, undef, undef, 0.05;
    }

    die "nothing like $pattern in the log\n";
}

sub accepted {
    my ($name, $conf, @patterns) = @_;

    subtest $name => sub {
        my ($good, $said) = nginx_t($conf);

        ok($good, 'accepted') or diag($said);
        unlike($said, qr/\[(warn|error|crit|alert|emerg)\]/,
            'no complaints');
        like($said, $_, 'message') for @patterns;
    };
}

sub refused {
    my ($name, $conf, $text, $mark) = @_;

    subtest $name => sub {
        my ($good, $said) = nginx_t($conf);

        ok(!$good, 'refused');
        said('emerg', $said, $conf, $text, $mark);
        unlike($said, qr/Canary/, 'no secret in messages');
    };
}

sub warned {
    my ($name, $conf, $text, $mark) = @_;

    subtest $name => sub {
        my ($good, $said) = nginx_t($conf);

        ok($good, 'accepted') or diag($said);
        said('warn', $said, $conf, $text, $mark);
    };
}

sub said {
    my ($level, $said, $conf, $text, $mark) = @_;

    my ($message) = $said =~ /^.*?\[$level\] [^:]*: (.*)$/m;
    $message //= "nothing of level $level: $said";

    my $place = '';
    my $line = 0;

    for (split /\n/, $conf) {
        $line++;
        next if !/# here(?: (\w+))?$/;
        $place = " in $dir/nginx.conf:$line"
            if ($1 // '') eq ($mark // '');
    }

    my $expected = ref $text ? $text : quotemeta($text);

    like($message, qr/^$expected.*\Q$place\E$/, 'message');
}

1;
