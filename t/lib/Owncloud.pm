package Owncloud;

# Copyright (C) the authors of the ownCloud module for nginx

# An nginx with the module, between the stand-in Moodle and the stand-in
# clouds, and a browser that speaks the picker's wire protocol to it.
#
#     my $nginx = Owncloud->new(http => '...', server => '...');
#     my $browser = $nginx->browser;
#     $browser->sign_in(7);
#     my $answer = $browser->picker(list => 7, p => '/Documents/');
#
# TEST_NGINX_BINARY and TEST_NGINX_MODULE say what is tested, STANDINS_ENV
# where stand-ins are running already.

use v5.20;
use warnings;

use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use IO::Socket::INET;
use JSON::PP;
use MIME::Base64;
use POSIX qw(:sys_wait_h);
use Test::More;
use Time::HiRes qw(sleep time);

use Owncloud::Browser;
use Owncloud::HTTP;

our @EXPORT_OK = qw(standins cloud clouds requests fresh slurp spew wait_for
                    free_port);

our $top = abs_path(dirname(__FILE__) . '/../..');

my ($env, $standins_pid, $standins_dir);
my $owner = $$;


sub slurp {
    my $file = shift;

    open my $in, '<:raw', $file or return '';
    local $/;
    return <$in> // '';
}


sub spew {
    my ($file, $text, $mode) = @_;

    open my $out, '>:raw', $file or die "$file: $!\n";
    print $out $text;
    close $out;
    chmod $mode // 0600, $file;
}


sub wait_for {
    my ($what, $seconds) = @_;

    my $end = time + ($seconds // 10);

    until ($what->()) {
        return 0 if time > $end;
        sleep 0.02;
    }

    return 1;
}


sub free_port {
    my $socket = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1')
        or die "no free port: $!\n";
    return $socket->sockport;
}


# the stand-ins' addresses and secrets; they are started once a test file

sub standins {
    return $env if $env;

    my $file = $ENV{STANDINS_ENV};

    if (!$file) {
        $standins_dir = tempdir('owncloud-standins-XXXXXX', TMPDIR => 1);
        chmod 0755, $standins_dir;

        $standins_pid = fork // die "fork: $!\n";

        if ($standins_pid == 0) {
            open STDOUT, '>', "$standins_dir/out";
            open STDERR, '>&', \*STDOUT;
            exec "$top/t/standins", '--with-parent', $owner, $standins_dir;
            exit 127;
        }

        $file = "$standins_dir/env";

        wait_for(sub { -e $file }, 60)
            or die "no stand-ins:\n" . slurp("$standins_dir/out");
    }

    $env = { map { /^(\w+)=(.*)/ ? ($1, $2 =~ s/^'(.*)'$/$1/r) : () }
             split /\n/, slurp($file) };

    # those that others have used, too, are as they were at the start

    if (!$standins_pid) {
        cloud($_ => 'reset', { data => JSON::PP::true }) for qw(OC NC);
    }

    return $env;
}


END {
    if ($$ == $owner && $standins_pid) {
        my $status = $?;
        kill TERM => $standins_pid;
        waitpid $standins_pid, 0;
        remove_tree($standins_dir);
        $? = $status;
    }
}


# what the control of a stand-in wants to see

sub token { ('Control-Token' => standins()->{CONTROL_TOKEN}) }


# a call to the control of a cloud ("NC" or "OC"): cloud(OC => 'log')

sub cloud {
    my ($profile, $call, $data, $method) = @_;

    my $answer = Owncloud::HTTP::request(
        $method // (defined $data ? 'POST' : 'GET'),
        standins()->{"CLOUD_${profile}_CONTROL"} . $call,
        { 'Content-Type' => 'application/json', token() },
        defined $data ? encode_json($data) : undef);

    die "control $call: $answer->{status} $answer->{body}\n"
        if $answer->{status} != 200;

    return length $answer->{body} ? decode_json($answer->{body}) : undef;
}


# those that a test of both is run with; the sanitizers see one of them

sub clouds { $ENV{TEST_NGINX_SANITIZED} ? 'NC' : qw(NC OC) }


# what a cloud was sent, as "METHOD URI"

sub requests {
    my ($profile, $match) = @_;

    return map { "$_->{method} $_->{uri}" } grep {
        !defined $match || "$_->{method} $_->{uri}" =~ $match
    } @{ cloud($profile => 'log') };
}


# the clouds, and the Moodle behind an nginx, as they were at the start

sub fresh {
    my $nginx = shift;

    cloud($_ => 'reset', {}) for qw(OC NC);
    $nginx->moodle('reset') if $nginx;
}


sub new {
    my ($class, %option) = @_;

    my $dir = tempdir('owncloud-nginx-XXXXXX', TMPDIR => 1);
    chmod 0755, $dir;

    my $self = bless {
        dir      => $dir,
        binary   => $ENV{TEST_NGINX_BINARY} || '/usr/sbin/nginx',
        module   => abs_path($ENV{TEST_NGINX_MODULE}
                             || "$top/build/ngx_http_owncloud_module.so"),
        port     => free_port(),
        tls_port => free_port(),
        level    => 'info',
        workers  => 1,
        %option,
    }, $class;

    $self->{moodle_state} //= standins()->{MOODLE_STATE};

    make_path(map { "$dir/$_" } qw(body proxy fastcgi uwsgi scgi));

    spew("$dir/seal.key", 'k' x 48);
    spew("$dir/$_.secret", standins()->{"CLOUD_\U${_}\E_CLIENT_SECRET"} . "\n")
        for qw(oc nc);
    spew("$dir/wrong.secret", "wrong\n");
    spew("$dir/moodle.key", "StandInRepositorySecretKey000000\n");

    $self->configure;
    $self->start unless $option{no_start};

    return $self;
}


sub configure {
    my ($self, %option) = @_;

    %$self = (%$self, %option);

    spew("$self->{dir}/nginx.conf", $self->conf, 0644);
}


sub conf {
    my $self = shift;
    my $env = standins();
    my $dir = $self->{dir};

    my $issuers = $self->{issuers} // join '', map { $self->issuer($_) }
                                                qw(oc nc);
    my $server = $self->{server} // <<"EOT";
        owncloud_repository 7 {
            issuer      oc;
            secret_key  $dir/moodle.key;
            timezone    UTC;
            previews    off;
        }

        owncloud_repository 8 {
            issuer      nc;
            secret_key  $dir/moodle.key;
            timezone    UTC;
            previews    off;
        }
EOT

    my $http = $self->{http} // '';
    my $main = $self->{main} // '';
    my $zone = $self->{zone} // 'owncloud:2m';
    my $listen = $self->{listen} // <<"EOT";
        listen  127.0.0.1:$self->{port};
        listen  127.0.0.1:$self->{tls_port} ssl http2;
        ssl_certificate      $env->{STANDINS_DIR}/tls/server.crt;
        ssl_certificate_key  $env->{STANDINS_DIR}/tls/server.key;
EOT
    my $php = $self->{php} // $self->php;
    my $keys = $self->{keys} // "owncloud_seal_key  $dir/seal.key;";
    my $user = $> == 0 ? 'user root;' : '';

    return <<"EOT";
load_module  $self->{module};
$user
worker_processes  $self->{workers};
worker_shutdown_timeout  10s;
pid        $dir/nginx.pid;
error_log  $dir/error.log  $self->{level};
$main

events {
    worker_connections  1024;
}

http {
    log_format  owncloud  '\$request \$status '
                          'i=\$owncloud_issuer a=\$owncloud_action '
                          'c=\$owncloud_calls e=\$owncloud_error';
    access_log  $dir/access.log  owncloud;

    client_body_temp_path  $dir/body;
    proxy_temp_path        $dir/proxy;
    fastcgi_temp_path      $dir/fastcgi;
    uwsgi_temp_path        $dir/uwsgi;
    scgi_temp_path         $dir/scgi;

    owncloud_zone      $zone;
    $keys

$issuers
$http

    server {
$listen
        server_name  127.0.0.1;
        root         $top/t/moodle;
        index        index.php;
        client_max_body_size  20m;

$server

$php
    }
}
EOT
}


# an issuer block for a stand-in; %setting replaces or adds settings

sub issuer {
    my ($self, $id, %setting) = @_;

    my $env = standins();
    my $profile = uc($setting{profile} // $id);
    delete $setting{profile};

    my %all = (
        name                => $profile eq 'OC' ? '"ownCloud <&>"'
                                                : '"Nextcloud"',
        type                => $profile eq 'OC' ? 'owncloud' : 'nextcloud',
        base_url            => $env->{"CLOUD_${profile}_URL"},
        client_id           => $env->{"CLOUD_${profile}_CLIENT_ID"},
        client_secret       => "$self->{dir}/\L$profile\E.secret",
        trusted_certificate => $env->{CLOUD_CA},
        connect_timeout     => '5s',
        read_timeout        => '5s',
        %{ $self->{setting} // {} },
        %setting,
    );

    return "    owncloud_issuer $id {\n"
           . join('', map { defined $all{$_} ? "        $_  $all{$_};\n" : '' }
                      sort keys %all)
           . "    }\n\n";
}


sub php {
    my ($self, $extra) = @_;

    my $env = standins();
    $extra //= '';

    return <<"EOT";
        location ~ [^/]\\.php(/|\$) {
            fastcgi_split_path_info  ^(.+?\\.php)(/.*)\$;
            include        /etc/nginx/fastcgi_params;
            fastcgi_param  HTTP_HOST        \$http_host;
            fastcgi_param  SCRIPT_FILENAME  \$document_root\$fastcgi_script_name;
            fastcgi_param  PATH_INFO        \$fastcgi_path_info;
            fastcgi_param  MOODLE_STATE     $self->{moodle_state};
            fastcgi_param  PHP_ADMIN_VALUE  "enable_post_data_reading=0";
            fastcgi_pass   unix:$env->{MOODLE_FPM_SOCK};
            $extra
        }
EOT
}


sub start {
    my $self = shift;

    my $dir = $self->{dir};

    # in the foreground, so that it is our child and ends with us

    $self->{pid} = fork // die "fork: $!\n";

    if ($self->{pid} == 0) {
        open STDERR, '>>', "$dir/stderr";
        open STDOUT, '>&', \*STDERR;
        $ENV{ASAN_OPTIONS} //= 'detect_odr_violation=0:detect_leaks=1';
        $ENV{UBSAN_OPTIONS} //= 'print_stacktrace=1';

        if ($self->{clock}) {
            %ENV = (%ENV, $self->{clock}->environment);
            $ENV{ASAN_OPTIONS} .= ':verify_asan_link_order=0';
        }

        exec wrapper(), $self->{binary},
             '-p', $dir, '-e', "$dir/error.log", '-c', "$dir/nginx.conf",
             '-g', 'daemon off;';
        exit 127;
    }

    wait_for(sub {
        die "nginx did not start:\n" . slurp("$dir/stderr")
            . slurp("$dir/error.log")
            if waitpid($self->{pid}, WNOHANG) > 0;
        IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                              PeerPort => $self->{port});
    }, 60) or die "nginx does not listen\n";

    # it does so before it has workers

    wait_for(sub { $self->workers >= $self->{workers} }, 60)
        or die "nginx has no workers\n";

    return $self;
}


# nginx anew: it knows nothing any more of what clouds have said

sub restart {
    my $self = shift;

    $self->stop;
    $self->start;
}


# what nginx says of its configuration: (exit status, text)

sub check {
    my ($self, $option) = @_;

    $option //= '-t';

    # one that ends at once leaves its memory to the system

    local $ENV{ASAN_OPTIONS} = 'detect_odr_violation=0:detect_leaks=0';

    my $out = qx($self->{binary} -p $self->{dir} -e $self->{dir}/error.log \\
                 -c $self->{dir}/nginx.conf $option 2>&1);

    return ($? >> 8, $out);
}


# returns when the new workers are there and the old ones accept nothing

sub reload {
    my $self = shift;

    my %old = map { $_ => 1 } $self->workers;
    my $seen = length $self->log;
    my $refused = '';

    kill HUP => $self->{pid};

    wait_for(sub {
        ($refused) = substr($self->log, $seen) =~ /(.*\[emerg\].*)/;
        return 1 if $refused;

        my @new = grep { !$old{$_} } $self->workers;
        @new && !grep { listens($_) } keys %old;
    }, 30) or diag("no new workers after the reload:\n" . $self->log);

    diag("not reloaded: $refused") if $refused;
}


sub listens {
    my $pid = shift;

    my %listening = map { my @f = split; ($f[9] => 1) }
                        grep { /^ *\d+: \S+ \S+ 0A / }
                        split /^/, slurp('/proc/net/tcp');

    return grep { (readlink // '') =~ /^socket:\[(\d+)\]/ && $listening{$1} }
                glob "/proc/$pid/fd/*";
}


sub workers {
    my $self = shift;

    my @pid;

    for my $stat (glob '/proc/[0-9]*/stat') {
        my ($pid, $parent) = slurp($stat) =~ /^(\d+) \(.*\) \S (\d+)/ or next;
        push @pid, $pid if $parent == $self->{pid};
    }

    return @pid;
}


sub log { slurp("$_[0]{dir}/error.log") }

sub access_log { slurp("$_[0]{dir}/access.log") }


sub url { "http://127.0.0.1:$_[0]{port}" }

sub tls_url { "https://127.0.0.1:$_[0]{tls_port}" }


sub browser {
    my ($self, %option) = @_;

    return Owncloud::Browser->new(
        nginx   => $self,
        url     => $self->url,
        session => 'teacheraaaaaaaaaaaaaaaaaaa',
        sesskey => 'Teacheraaa',
        ctx     => 17,
        %option);
}


# a call to the control of the stand-in Moodle: $nginx->moodle('log')

sub moodle {
    my ($self, $do, %parameter) = @_;

    my $query = join '&', map { "$_=" . Owncloud::HTTP::escape($parameter{$_}) }
                          'do', sort grep { $_ ne 'do' } keys %parameter;
    $query =~ s/^do=/do=$do/;

    my $answer = Owncloud::HTTP::request('GET',
        $self->url . "/_control.php?$query", { token() });

    die "moodle $do: $answer->{status} $answer->{body}\n"
        if $answer->{status} != 200;

    return decode_json($answer->{body});
}


# ends nginx and says what the log holds that must never be there

sub stop {
    my $self = shift;

    return if !$self->{pid};

    kill QUIT => $self->{pid};

    if (!wait_for(sub { waitpid($self->{pid}, WNOHANG) > 0 }, 20)) {
        diag('nginx had to be terminated');
        kill TERM => $self->{pid};
        wait_for(sub { waitpid($self->{pid}, WNOHANG) > 0 }, 10)
            or kill KILL => $self->{pid};
    }

    delete $self->{pid};
}


# what nginx runs under: valgrind with TEST_NGINX_VALGRIND=1

sub wrapper {
    return split ' ', $ENV{TEST_NGINX_WRAPPER} // ''
        if !$ENV{TEST_NGINX_VALGRIND};

    return qw(valgrind -q --num-callers=30 --keep-debuginfo=yes
              --leak-check=full --show-leak-kinds=definite);
}


# what nginx's own code does is for nginx to know: it compares strings of no
# length at no address and leaves some of OpenSSL and PCRE behind when it ends;
# this module is not loaded any more by then and has no name in its leaks

sub alarming {
    my $text = shift;

    my $own = qr/ngx_http_owncloud|libxml2|libyajl
                 |in\ ngx_\w+\ \S+\n\s+\#\d+\ \S+\s+\(<unknown\ module>\)/x;

    return join '', (grep { /\[(?:alert|crit|emerg)\]|open[ ]socket
                             |ERROR:[ ]AddressSanitizer
                             |^==\d+==.*ngx_http_owncloud
                             |ngx_http_owncloud\w*\.[ch].*runtime[ ]error/x }
                     split /^/, $text),
                    grep { /^(?:Direct|Indirect) leak of/ && /$own/ }
                    split /\n\n/, $text;
}


sub alerts {
    my $self = shift;

    return alarming($self->log . slurp("$self->{dir}/stderr"));
}


sub finish {
    my $self = shift;

    $self->stop;

    is($self->alerts, '', 'nothing alarming in the log');
}


sub DESTROY {
    my $self = shift;

    return if $$ != $owner;

    local $?;

    $self->stop;
    remove_tree($self->{dir}) unless $ENV{TEST_NGINX_NO_CLEAN};
}


1;
