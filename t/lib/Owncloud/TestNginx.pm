package Owncloud::TestNginx;

# Copyright (C) the authors of the ownCloud module for nginx

# Test::Nginx before the stand-in clouds, for suites where one request has one
# answer.  A browser signs in once for all blocks whose tokens go to the same
# addresses, through an nginx of its own; its cookies are good for every nginx
# that such a block starts.  What a block may have beside Test::Nginx's own
# sections:
#
#   what is asked
#     cloud        NC (default) or OC
#     folder       the picker's "p"
#     action       of the picker (list)
#     fields       further fields of the picker's form, JSON
#     headers      of the request, beside what the picker sends
#     then         "good": another request follows, which has to list the
#                  top folder
#     after        "good": such a request before
#
#   how nginx is configured
#     issuer       lines for the issuer's block, instead of equal ones
#     repository   lines for the repository's block
#     before       more for the server
#     raw          the cloud is reached through fault.pl; a rule, JSON, or ""
#     plain        not https
#     root         where Moodle is, "/lms"
#     fresh        the server is used by this block only
#
#   what the cloud does
#     settings     of the cloud, JSON
#     faults       a rule or a list of rules, JSON
#     entries      it answers a listing of these, "NAME | SIZE | DATE"
#
#   what has to come out
#     pretty       the answer, indented; ICONS stands for where icons are
#     columns, table     fields of the list's nodes
#     titles       of the list's nodes
#     crumbs       the way here, "NAME -> PATH"
#     member, value    of the answer
#     error, text  errorcode (a regular expression) and error, nothing else
#     login        a form to sign in
#     log          how what the log says from "warn" on begins, line by line
#     saw          the cloud's requests, "METHOD URI"
#     wire         what fault.pl recorded of the first, byte for byte
#     wires        how many fault.pl recorded

use v5.20;
use warnings;

use Digest::SHA;
use Exporter qw(import);
use JSON::PP;
use MIME::Base64;
use Test::More;

use Owncloud qw(cloud slurp standins);
use Owncloud::Browser;
use Owncloud::HTTP;

our @EXPORT = qw(session multistatus answer pretty);

my ($nginx, $browser, $stderr, %signed_in);

my $icons = 'http://127.0.0.1/theme/image.php/boost/core/1/f';
my %dav = (NC => '/remote.php/webdav', OC => '/oc/remote.php/webdav');
my %repository = (NC => 8, OC => 7);


BEGIN {
    cloud($_ => 'reset', {}) for qw(NC OC);

    $nginx = Owncloud->new;
    $browser = $nginx->browser;
    $browser->sign_in($_) for 7, 8;
    $nginx->stop;

    $signed_in{$nginx->issuer(lc)} = $browser for qw(NC OC);

    $ENV{TEST_NGINX_SERVROOT} //= "$nginx->{dir}/servroot";
    $ENV{TEST_NGINX_LOAD_MODULES} = $nginx->{module};
    $ENV{TEST_NGINX_BINARY} = $nginx->{binary};
    $ENV{ASAN_OPTIONS} //= 'detect_odr_violation=0:detect_leaks=1'
        if $ENV{TEST_NGINX_SANITIZED};

    if ($ENV{TEST_NGINX_VALGRIND}) {
        $ENV{TEST_NGINX_BINARY} = "$nginx->{dir}/valgrind";
        Owncloud::spew($ENV{TEST_NGINX_BINARY}, "#!/bin/sh\nexec "
            . join(' ', Owncloud::wrapper(), $nginx->{binary}) . " \"\$@\"\n",
            0755);
    }

    # what every start of nginx warns of, once more and again

    open $stderr, '>&', \*STDERR;
    open STDERR, '>', "$nginx->{dir}/stderr";
}

use Test::Nginx::Socket;

# leaks are told when a server ends

$Test::Nginx::Util::CheckShutdownErrorLog = sub {
    my $block = shift;

    is(Owncloud::alarming(errors()), '', $block->name . ' - a good end');
};

# a server is kept as long as its configuration stays the same

$Test::Nginx::Util::ForceRestartOnTest = 0;

server_name('127.0.0.1');
server_port(Owncloud::free_port());
server_port_for_client(server_port());
worker_connections(256);
log_level('info');
timeout(30);
no_shuffle();
no_long_string();
no_root_location();

add_block_preprocessor(\&prepare);
add_response_body_check(\&check);

END {
    my $status = $?;
    cloud($_ => 'reset', {}) for qw(NC OC);

    my $upload = qr/no "upload_repository" in/;
    my $usual = qr/has the address|is plain http|"\w+ off" in|$upload/;

    print $stderr grep { !/$usual|src\/core\/\S+ runtime error|^==\d+==/ }
                  split /^/, slurp("$nginx->{dir}/stderr");

    undef $nginx;
    $? = $status;
}


# what the browser sends: its cookies

sub session {
    return $browser->cookie_header('/repository/');
}


# a session is good for the addresses that it was got from

sub sign_in {
    my ($cloud, %setting) = @_;

    my %address = map { defined $setting{$_} ? ($_ => $setting{$_}) : () }
                      qw(base_url webdav_endpoint insecure);

    my $issuer = $nginx->issuer(lc $cloud, %address);

    $browser = $signed_in{$issuer} and return;

    $nginx->configure(issuers => join '', map { $_ eq $cloud
                          ? $issuer : $nginx->issuer(lc) } qw(NC OC));
    $nginx->start;

    $browser = $signed_in{$issuer} = $nginx->browser;
    $browser->sign_in($repository{$cloud});

    $nginx->stop;
}


# valgrind does not write to the log

sub errors {
    return slurp("$ENV{TEST_NGINX_SERVROOT}/logs/error.log")
           . slurp("$nginx->{dir}/stderr");
}


sub prepare {
    my $block = shift;

    my $cloud = $block->cloud // 'NC';

    cloud($cloud => $_, undef, 'DELETE') for qw(faults raw log rawlog);
    cloud($cloud => 'settings', { maintenance => JSON::PP::false });

    my %setting = setting($block, $cloud);

    sign_in($cloud, %setting);

    cloud($cloud => $_, undef, 'DELETE') for qw(log rawlog);
    cloud($cloud => 'settings', decode_json($block->settings))
        if defined $block->settings;
    cloud($cloud => 'faults', rules($block, $cloud));
    cloud($cloud => 'raw', decode_json($block->raw)) if length $block->raw;

    $block->set_value(http_config => http_config($block, $cloud, %setting));

    # Test::Nginx compares this part of the configuration only

    $block->set_value(config => config($block, $cloud) . "# "
                      . Digest::SHA::sha1_hex($block->http_config) . "\n"
                      . (defined $block->fresh ? '# ' . $block->name : ''));

    $block->set_value(no_shutdown_error_log => '');

    my $log = "$ENV{TEST_NGINX_SERVROOT}/logs/error.log";
    truncate $log, 0 if -e $log;

    return if defined $block->request;

    my @request = request($block, $cloud, $block->action // 'list',
                          $block->folder // '',
                          %{ decode_json($block->fields // '{}') });

    my $top = request($block, $cloud, 'list', '');

    push @request, $top if defined $block->then;
    unshift @request, $top if defined $block->after;

    my $headers = 'Cookie: ' . session() . "\n"
                  . 'Content-Type: application/x-www-form-urlencoded; '
                  . "charset=UTF-8\n";

    $block->set_value(request => \@request);
    $block->set_value(more_headers => $headers . ($block->headers // ''));
}


sub request {
    my ($block, $cloud, $action, $folder, %field) = @_;

    return 'POST ' . ($block->root // '')
           . "/repository/repository_ajax.php?action=$action\n"
           . $browser->picker_form($repository{$cloud}, p => $folder, %field);
}


# of the issuer

sub setting {
    my ($block, $cloud) = @_;

    my $via = (defined $block->raw ? 'RAW_' : '') . $cloud
              . (defined $block->plain ? '_HTTP' : '');

    return (
        base_url => standins()->{"CLOUD_${via}_URL"},
        defined $block->plain ? (insecure => 'on') : (),
        map { /^\s*(\S+)\s+(.*?);/ ? ($1, $2) : () }
            split /\n/, expand($block->issuer // ''),
    );
}


sub http_config {
    my ($block, $cloud, %setting) = @_;

    my $id = lc $cloud;

    return "    owncloud_zone  owncloud:1m;\n"
           . "    owncloud_seal_key  $nginx->{dir}/seal.key;\n\n"
           . $nginx->issuer($id, %setting)
           . ($block->http_config // '');
}


sub config {
    my ($block, $cloud) = @_;

    my $lines = expand($block->repository // '');

    my %default = (secret_key => "$nginx->{dir}/moodle.key",
                   timezone => 'UTC', authorize => 'off',
                   cache_valid => '0', previews => 'off');

    $lines .= "\n$_  $default{$_};" for grep { $lines !~ /^\s*$_\s/m }
                                        sort keys %default;

    return "owncloud_repository $repository{$cloud} {\n"
           . "issuer \L$cloud\E;\n$lines\n}\n" . expand($block->before // '');
}


# the stand-ins' addresses: ${CLOUD_CA} and the like

sub expand {
    my $text = shift;

    return $text =~ s/\$\{([A-Z_]+)\}/standins()->{$1} \/\/ die "no $1\n"/ger;
}


sub rules {
    my ($block, $cloud) = @_;

    return decode_json($block->faults) if defined $block->faults;
    return [] if !defined $block->entries;

    return {
        match  => '^PROPFIND ',
        action => 'status',
        status => 207,
        body   => 'base64',
        type   => 'application/xml; charset=utf-8',
        text   => encode_base64(multistatus($cloud, $block->folder // '/',
            map { [split /\s*\|\s*/, s/ +$//r] } split /\n/,
                                                  $block->entries)),
    };
}


# a listing with entries of our own: [NAME, SIZE, DATE], a folder's ends in "/"

sub multistatus {
    my ($cloud, $folder, @entries) = @_;

    my $xml = "<?xml version=\"1.0\"?>\n<d:multistatus xmlns:d=\"DAV:\">";

    for my $entry (['', '', undef], @entries) {
        my ($name, $size, $date) = @$entry;

        my $href = $dav{$cloud} . join '/', map { Owncloud::HTTP::escape($_) }
                                            split m{/}, "$folder$name", -1;
        my $is_folder = $name eq '' || $name =~ m{/$};
        $date ||= 'Fri, 02 Jan 2026 03:04:05 GMT';

        $xml .= "<d:response><d:href>$href</d:href><d:propstat><d:prop>"
                . "<d:getlastmodified>$date</d:getlastmodified>"
                . (length($size // '')
                   ? "<d:getcontentlength>$size</d:getcontentlength>" : '')
                . '<d:resourcetype>' . ($is_folder ? '<d:collection/>' : '')
                . '</d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK'
                . '</d:status></d:propstat></d:response>';
    }

    return "$xml</d:multistatus>";
}


# JSON with a line for each value, in the order and with the bytes it came

sub pretty {
    my $json = shift;

    my ($out, $depth, $last) = ('', 0, '');

    while ($json =~ /\G\s*("(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+)/g) {
        my $token = $1;

        if ($token =~ /^[\]}]$/) {
            $depth--;
            $out .= "\n" . '  ' x $depth if $last !~ /^[\[{]$/;

        } elsif ($last =~ /^[\[{,]$/) {
            $out .= "\n" . '  ' x $depth;
        }

        $out .= $token =~ s{\\/}{/}gr;
        $out .= ' ' if $token eq ':';
        $depth++ if $token =~ /^[\[{]$/;
        $last = $token;
    }

    utf8::decode($out);

    return ascii($out) . "\n";
}


sub ascii {
    my $text = shift;

    return $text =~ s/([^\x00-\x7e])/sprintf '\u%04x', ord $1/ger;
}


sub check {
    my ($block, $body, $n, $repeated, $dry) = @_;

    return if $dry;

    my $name = $block->name;
    my $cloud = $block->cloud // 'NC';
    my $answer = eval { decode_json($body) };

    if ($n != (defined $block->after ? 1 : 0)) {
        is_deeply(titles($answer), ['Documents', 'Empty folder', 'special',
                  'special-folders', 'ten', 'alice.txt', 'notes.txt',
                  'picture.png', 'report.pdf', 'zero.bin'],
                  "$name - the other listing is good");
        return;
    }

    check_answer($block, $name, $cloud, $body, $answer);

    check_log($block, $name) if defined $block->log;

    is(saw($cloud), $block->saw, "$name - the cloud saw")
        if defined $block->saw;

    is(wire($cloud), expand(joined($block->wire) =~ s/\n$//r),
       "$name - on the wire") if defined $block->wire;

    is(scalar @{ cloud($cloud => 'rawlog') }, $block->wires,
       "$name - requests on the wire") if defined $block->wires;

    is(Owncloud::alarming(errors()), '', "$name - nothing alarming");
}


# a line that begins with " + " goes on with the one before

sub joined {
    return shift =~ s/\n \+ //gr;
}


sub check_answer {
    my ($block, $name, $cloud, $body, $answer) = @_;

    if (defined $block->pretty) {
        my $expected = expand($block->pretty =~ s{ICONS}{$icons}gr);
        is(pretty($body), $expected, "$name - answer");
    }

    if (defined $block->table) {
        my @columns = split ' ', $block->columns;

        my $table = join '', map {
            my $node = $_;
            my $line = join ' | ', map {
                my $value = $node->{$_} // '-';
                utf8::encode($value);
                $value =~ s/\xc2\xa0/ /gr =~ s{^\Q$icons\E/}{}r;
            } @columns;
            $line . "\n";
        } @{ $answer->{list} // [] };

        is($table, joined($block->table), "$name - table")
            or diag($body);
    }

    is_deeply(titles($answer), [split /\n/, $block->titles], "$name - titles")
        or diag($body) if defined $block->titles;

    if (defined $block->crumbs) {
        my $crumbs = join '', map { "$_->{name} -> $_->{path}\n" =~ s/ \n/\n/r }
                              @{ $answer->{path} // [] };

        is(ascii($crumbs), $block->crumbs, "$name - breadcrumb")
            or diag($body);
    }

    is($answer->{$block->member}, $block->value, "$name - " . $block->member)
        if defined $block->member;

    if (defined $block->error) {
        like($answer->{errorcode} // '', qr/^(?:${\ $block->error })$/,
             "$name - errorcode") or diag($body);
        is(join(' ', sort keys %{ $answer // {} }),
           'debuginfo error errorcode reproductionlink stacktrace',
           "$name - an error and nothing else");
    }

    is($answer->{error}, $block->text =~ s/\s+/ /gr =~ s/ $//r,
       "$name - text") if defined $block->text;

    if (defined $block->login) {
        is($answer->{login}[0]{type}, 'popup', "$name - a form to sign in")
            or diag($body);
        ok(!exists $answer->{list}, "$name - and no list");
    }
}


sub titles {
    my $answer = shift;

    return $answer if !$answer->{list};

    return [map {
        utf8::encode(my $title = $_->{title});
        $title =~ s/([\x00-\x1f])/sprintf '\x%02x', ord $1/ger;
    } @{ $answer->{list} }];
}


# without what is different in every run

sub check_log {
    my ($block, $name) = @_;

    my $log = errors();
    my @expected = grep { length } split /\n/, expand($block->log);

    my @got = map {
        /\[(warn|error)\] \d+#\d+: \*\d+ (.*), client: / ? "$1: $2" : ()
    } split /\n/, $log;

    my @begin = map {
        $_ < @expected ? substr $got[$_], 0, length $expected[$_] : $got[$_]
    } 0 .. $#got;

    is(join("\n", @begin), join("\n", @expected), "$name - log")
        or diag($log);
}


sub saw {
    my $cloud = shift;

    return join '', map { "$_->{method} $_->{uri}\n" }
                    @{ cloud($cloud => 'log') };
}


# a line feed on its own is shown; the token has to be one of the cloud's

sub wire {
    my $cloud = shift;

    my $raw = decode_base64(cloud($cloud => 'rawlog')->[0]{raw} // '');
    my $tokens = encode_json(cloud($cloud => 'tokens'));

    my ($token) = $raw =~ /^Authorization: Bearer (\w+)\r$/m;

    $raw =~ s/Bearer \Q$token\E/Bearer TOKEN/
        if defined $token && $tokens =~ /"\Q$token\E"/;

    return $raw =~ s/(?<!\r)\n/<LF>/gr =~ s/\r\n/\n/gr;
}


# an answer for fault.pl to give to one PROPFIND, as it is; "keep" or "close"

sub answer {
    my ($answer, $then) = @_;

    return encode_json({
        match => '^PROPFIND',
        steps => [{ send64 => encode_base64($answer, '') },
                  { $then // 'keep' => 1 }],
    });
}


1;
