#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Every example is a good configuration, for the nginx that is tested and for
# a new one.  Names of hosts and of files are replaced by such as are on any
# machine, and nothing else.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/lib";

use Owncloud::Configuration;
use Test::More;

my $dir = directory();

# the workers' own folder: which user they are does not matter here

mkdir "$dir/accounts";
chmod 0777, "$dir/accounts";

my @nginx = ([nginx_path(), module_path()]);

push @nginx, [@ENV{qw/ TEST_NGINX_NEW_BINARY TEST_NGINX_NEW_MODULE /}]
    if defined $ENV{TEST_NGINX_NEW_BINARY};

my %content = (
    'mime.types' => "types { text/html html; }\n",
    'fastcgi_params' => "fastcgi_param QUERY_STRING \$query_string;\n",
);

write_file($_, $content{$_}) for keys %content;

my @examples = glob("$FindBin::Bin/../conf-examples/*.conf");

ok(@examples >= 6, 'examples are found');

for my $file (@examples) {
    my ($name) = $file =~ m{([^/]+)$};

    open my $f, '<', $file or die "$file: $!\n";
    my $text = do { local $/; <$f> };

    my $tested = 0;

    for my $nginx (@nginx) {
        local @ENV{qw/ TEST_NGINX_BINARY TEST_NGINX_MODULE /} = @$nginx;

        my $built = `$nginx->[0] -V 2>&1`;
        my ($version) = $built =~ m{nginx/([\d.]+)};

        next if $text =~ /\bquic\b/ && $built !~ /http_v3_module/;

        my ($good, $said) = nginx_t(adapt($text));

        # new versions have another word for HTTP/2
        my @complaints = grep { !/"listen ... http2" directive/ }
            $said =~ /\[(?:warn|error|crit|alert|emerg)\].*/g;

        ok($good && !@complaints, "$name, nginx $version") or diag($said);
        like($said, qr/the redirect URI to register for/,
            "$name, nginx $version, told");

        $tested++;
    }

    SKIP: {
        skip "$name: no nginx with HTTP/3", 1 if !$tested;
        pass("$name is tested");
    }

    is((() = grep { length > 80 && !/client_id|password=/ } split /\n/, $text), 0,
        "$name, lines");
}

sub adapt {
    my ($text) = @_;

    my $module = module_path();
    my $n = 0;

    $text =~ s/^load_module.*;/load_module $module;/m;
    $text =~ s{^events}{pid nginx.pid;\nerror_log stderr notice;\nevents}m;
    $text =~ s{^http \{}{http \{
        client_body_temp_path tmp_body; proxy_temp_path tmp_proxy;
        fastcgi_temp_path tmp_fastcgi; uwsgi_temp_path tmp_uwsgi;
        scgi_temp_path tmp_scgi; access_log off;}m;

    $text =~ s/[\w-]+\.example\.com/localhost/g;
    $text =~ s{listen(\s+)(80|443)\b}{"listen${1}127.0.0.1:" . ($2 + 8000)}ge;

    $text =~ s{/etc/ssl/private/[\w.-]+}{$dir/server.key}g;
    $text =~ s{/etc/ssl/certs/[\w.-]+}{$dir/server.crt}g;
    $text =~ s{/var/log/nginx/}{$dir/}g;
    $text =~ s{/var/lib/nginx/owncloud/}{$dir/accounts/}g;
    $text =~ s{/etc/nginx/owncloud/([\w.-]+)}{
        write_file($1, "Secret of $1" . 'x' x 48)}ge;

    return $text;
}

done_testing();
