package Bench::Servers;

# Copyright (C) the authors of the ownCloud module for nginx

# The two nginxes of the benchmark, on loopback: an instant cloud, which
# answers PROPFIND with files that are there already, and the one that is
# measured, with one worker, on a processor of its own if there are two.

use v5.20;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use IO::Socket::INET;
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(sleep);

use parent 'Bench::Cloud';

use Bench::Files;
use Owncloud::Browser;

my $top = abs_path(dirname(__FILE__) . '/../../..');

# a server for each: one asks the cloud every time, one keeps listings, one
# copies files

my %repository = (asks => 8, keeps => 9, copies => 10);


sub new {
    my ($class, %option) = @_;

    my $dir = tempdir('owncloud-bench-XXXXXX', TMPDIR => 1);
    chmod 0755, $dir;

    my $self = bless {
        dir     => $dir,
        owner   => $$,
        binary  => $ENV{TEST_NGINX_BINARY} || '/usr/sbin/nginx',
        module  => abs_path($ENV{TEST_NGINX_MODULE}
                            || "$top/build/ngx_http_owncloud_module.so"),
        cpus    => scalar(() = slurp('/proc/cpuinfo') =~ /^processor\b/mg),
        asks    => free_port(),
        keeps   => free_port(),
        copies  => free_port(),
        cloud   => free_port(),
        length  => {},
        %option,
    }, $class;

    for my $name (qw(cloud tested)) {
        make_path(map { "$dir/$name/$_" }
                  qw(xml static body proxy fastcgi uwsgi scgi));
    }

    return $self;
}


sub common {
    my ($self, $name) = @_;

    my $dir = "$self->{dir}/$name";
    my $user = $> == 0 ? "user root;\nworker_priority -20;" : '';
    my $temp = join '', map { "    ${_}_temp_path  $dir/$_;\n" }
                        qw(proxy fastcgi uwsgi scgi);

    return <<"EOT";
$user
daemon  off;
pid        $dir/nginx.pid;
error_log  $dir/error.log  crit;
worker_rlimit_nofile  16384;

events {
    worker_connections  8192;
}

http {
    access_log  off;
    sendfile    on;
    tcp_nopush  on;
    client_body_temp_path  $dir/body;
$temp
    tcp_nodelay              on;
    keepalive_requests       100000000;
    keepalive_timeout        600s;
    open_file_cache          max=1000;
    open_file_cache_valid    600s;
EOT
}


sub tested_conf {
    my $self = shift;

    my $dir = "$self->{dir}/tested";
    my $affinity = $self->{cpus} > 1 ? 'worker_cpu_affinity  01;' : '';
    my $servers = join '', map { $self->server($_) } sort keys %repository;

    return <<"EOT" . $self->common('tested') . <<"EOT2";
load_module  $self->{module};
worker_processes  1;
$affinity
EOT

    # one block of servers for both: connections are kept in the same way

    upstream cloud {
        server  127.0.0.1:$self->{cloud};
        keepalive           1024;
        keepalive_requests  100000000;
        keepalive_timeout   600s;
    }

    owncloud_zone      owncloud:256m;
    owncloud_seal_key  $dir/seal.key;

    owncloud_issuer cloud {
        name                 "Cloud";
        type                 nextcloud;
        base_url             https://cloud.test:$self->{cloud}/;
        upstream             cloud;
        client_id            client;
        client_secret        $dir/client.secret;
        trusted_certificate  $self->{dir}/cloud/ca.crt;
        $self->{issuer}
    }

$servers
}
EOT2
}


sub server {
    my ($self, $name) = @_;

    my $dir = "$self->{dir}/tested";
    my $upload = $self->{copied} && $name eq 'copies' ? <<"EOT" : '';
            if (\$arg_action = upload) {
                proxy_pass  http://127.0.0.1:$self->{copied}{moodle};
            }
EOT

    return <<"EOT";
    server {
        listen  127.0.0.1:$self->{$name} backlog=4096;
        server_name  127.0.0.1;

        owncloud_repository $repository{$name} {
            issuer             cloud;
            timezone           UTC;
            upload_repository  5;
            $self->{settings}{$name}
        }

        location = /tiny {
            default_type  text/plain;
            return        200  "ok";
        }

        location /static/ {
            root          $dir;
            default_type  "application/json; charset=utf-8";
        }

        location /repository/ {
            client_max_body_size  0;
$upload
            proxy_pass  http://unix:$self->{dir}/cloud/moodle:/$repository{$name}/;
        }

        location /remote.php/ {
            proxy_pass                     https://cloud;
            proxy_http_version             1.1;
            proxy_set_header               Host cloud.test;
            proxy_set_header               Connection "";
            proxy_ssl_name                 cloud.test;
            proxy_ssl_server_name          on;
            proxy_ssl_protocols            TLSv1.2 TLSv1.3;
            proxy_ssl_verify               on;
            proxy_ssl_trusted_certificate  $self->{dir}/cloud/ca.crt;

            # what does not fit waits at the cloud, not on a disk

            proxy_max_temp_file_size       0;
        }
    }

EOT
}


# from the beginning: nothing is kept, nobody but us is signed in; with
# "realtime" nobody else of this machine gets in between, if that is permitted

sub start {
    my ($self, %option) = @_;

    my $tested = "$self->{dir}/tested";

    $self->stop;
    $self->certificates if !-e "$self->{dir}/cloud/server.crt";
    $self->{prefix} = $option{realtime} ? [realtime(1)] : [];

    spew("$tested/seal.key", join '', map { chr int rand 256 } 1 .. 48);
    spew("$tested/client.secret", "secret\n");
    spew("$self->{dir}/cloud/nginx.conf", $self->cloud_conf);
    spew("$tested/nginx.conf", $self->tested_conf);

    $self->run_nginx('cloud', $self->{cloud});
    $self->run_nginx('tested', $self->{keeps});

    ($self->{worker}) = children($self->{pid}{tested});

    $self->sign_in($_) for sort keys %repository;
}


sub realtime {
    my $priority = shift;

    state $permitted = system('chrt -f 1 true 2>/dev/null') == 0;

    return $permitted ? ('chrt', '-f', $priority) : ();
}


# in the foreground, so that it is our child and ends with us

sub run_nginx {
    my ($self, $name, $port) = @_;

    my $dir = "$self->{dir}/$name";
    my $pid = fork // die "fork: $!\n";

    if ($pid == 0) {
        open STDERR, '>', "$dir/stderr";
        open STDOUT, '>&', \*STDERR;
        exec $self->on_processors($name eq 'tested'), @{ $self->{prefix} },
             $self->{binary}, '-p', $dir, '-e', "$dir/error.log", '-c', "$dir/nginx.conf";
        exit 127;
    }

    $self->{pid}{$name} = $pid;

    for (1 .. 500) {
        die "nginx did not start:\n" . slurp("$dir/stderr")
            if waitpid($pid, WNOHANG) > 0;

        return if IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                        PeerPort => $port)
                  && children($pid);
        sleep 0.02;
    }

    die "nginx does not listen\n";
}


sub children {
    my $parent = shift;

    return split ' ', slurp("/proc/$parent/task/$parent/children");
}


# the first processor is the tested worker's, the others are for the rest

sub on_processors {
    my ($self, $tested) = @_;

    return if $tested || $self->{cpus} == 1;
    return ('taskset', '-c', '1-' . ($self->{cpus} - 1));
}


# a browser that is signed in; where the cloud would send it, it goes itself

sub sign_in {
    my ($self, $name) = @_;

    my $browser = Owncloud::Browser->new(
        url => "http://127.0.0.1:$self->{$name}", sesskey => 'Bench00000',
        session => 'bench' . 'a' x 21, ctx => 17);

    my $url = $browser->login_url($repository{$name});
    my $state = Owncloud::Browser::parameter($url, 'state');

    $browser->callback(state => $state, code => 'c' x 128);

    $self->{browser}{$name} = $browser;
}


# files for load: whole requests

sub picker_request {
    my ($self, $name, $folder, $page, %field) = @_;

    my $browser = $self->{browser}{$name};
    my $body = $browser->picker_form($repository{$name}, p => "/$folder/",
                                     page => $page, %field);

    # a picker that asks again wants to know what has changed

    $body =~ s/&client_id=[^&]*// if $name eq 'keeps';

    return $self->request_file("$name-$folder-$page",
        "POST /repository/repository_ajax.php?action=list HTTP/1.1\r\n"
        . "Host: 127.0.0.1:$self->{$name}\r\n"
        . 'Cookie: ' . $browser->cookie_header('/repository/') . "\r\n"
        . "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
        . "X-Requested-With: XMLHttpRequest\r\n"
        . 'Content-Length: ' . length($body) . "\r\n\r\n$body");
}


sub propfind {
    my ($self, $folder) = @_;

    # what the module asks for

    my ($body) = slurp("$top/src/cloud/ngx_http_owncloud_dav.c")
                 =~ /_propfind = ngx_string\((.*?)\);/s;
    $body = join '', map { s/\\n/\n/gr =~ s/\\"/"/gr }
                     $body =~ /"((?:[^"\\]|\\.)*)"/g;

    return $self->request_file("propfind-$folder",
        "PROPFIND /remote.php/webdav/$folder/ HTTP/1.1\r\n"
        . "Host: 127.0.0.1:$self->{asks}\r\n"
        . 'Authorization: Bearer ' . 'T' x 72 . "\r\n"
        . "Depth: 1\r\nContent-Type: text/xml; charset=utf-8\r\n"
        . 'Content-Length: ' . length($body) . "\r\n\r\n$body");
}


sub get {
    my ($self, $uri) = @_;

    return $self->request_file('get' . $uri =~ s{/}{-}gr,
        "GET $uri HTTP/1.1\r\nHost: 127.0.0.1:$self->{asks}\r\n\r\n");
}


sub request_file {
    my ($self, $name, $text) = @_;

    my $file = "$self->{dir}/$name.request";

    spew($file, $text);

    return $file;
}


# what a folder's page looks like; dies if it is none

sub page {
    my ($self, $name, $folder, $page, %field) = @_;

    my $answer = $self->{browser}{$name}->raw('list', $repository{$name},
                        p => "/$folder/", page => $page, %field);

    die "no listing of $folder: $answer->{status} "
        . substr($answer->{body}, 0, 300) . "\n"
        if $answer->{status} != 200 || $answer->{body} !~ /"list":\[\{/;

    return $answer->{body};
}


sub alarms {
    my $self = shift;

    return join '', map { grep { !/\[notice\]/ } split /^/,
                          slurp("$self->{dir}/$_/error.log") } qw(cloud tested);
}


sub stop {
    my $self = shift;

    for my $pid (values %{ $self->{pid} // {} }) {
        kill TERM => $pid;
        waitpid $pid, 0;
    }

    $self->{pid} = {};
}


sub DESTROY {
    my $self = shift;

    return if $$ != $self->{owner};

    local $?;

    $self->stop;
    remove_tree($self->{dir});
}


1;
