#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Some ten thousand requests and answers that nobody would send, always the
# same ones: nginx stays up, is as large as before, and says nothing alarming.
# What they are made of is in t/lib/Owncloud/Malformed.pm.  The sanitizers
# should look on.

use v5.20;
use warnings;

use lib 't/lib';

use Digest::SHA qw(sha1_hex);
use File::Temp;
use JSON::PP;
use Test::More;
use Time::HiRes qw(time);

use Owncloud qw(slurp spew wait_for);
use Owncloud::HTTP;
use Owncloud::Malformed qw(malformed_request malformed_cookie exchange
                           malformed_server);

# requests of each kind; TEST_NGINX_MALFORMED=10 is ten times as many

my $times = $ENV{TEST_NGINX_MALFORMED} // 1;
my %number = map { $_->[0] => $_->[1] * $times } (
    [requests => 5000], [cookies => 3000], [http2 => 400], [listings => 800],
    [searches => 200], [downloads => 250], [links => 250], [controlled => 150],
    [previews => 100], [permissions => 200], [uploads => 150], [tokens => 200],
    [refreshes => 150], [redirects => 200],
);

my $form = 'Content-Type: application/x-www-form-urlencoded';
my $ajax = '/repository/repository_ajax.php';
my $secret = 'StandInRepositorySecretKey000000';
my $key = 'Teacheraaa';

my $server = malformed_server();
my $nginx = Owncloud->new(no_start => 1);

# freed memory is kept for a while, but not all of it

$ENV{ASAN_OPTIONS} = 'detect_odr_violation=0:detect_leaks=1'
                     . ':quarantine_size_mb=16';

configure();
$nginx->start;

my $worker;
wait_for(sub { ($worker) = $nginx->workers });

my $host = "127.0.0.1:$nginx->{port}";
my $moodle = 'MoodleSession=teacheraaaaaaaaaaaaaaaaaaa';
my $cookie = $moodle;
my $state;
my %status;

$cookie = "$moodle; " . signed_in(cookie => $moodle, code => 'good');

my %good = (cookie => $cookie, sesskey => $key, state => $state,
            link => 'v1.' . substr($state, 3));

good_answers('before it');

# once around before it is measured

run('warm up', map { malformed_request($_, $host, \%good) } 1 .. 300);

my $before = size();

run('requests', map { malformed_request(1000 + $_, $host, \%good) }
                    1 .. $number{requests});
run('cookies', map { cookies($_) } 1 .. $number{cookies} / 3);
http2();

answers(listings => sub { picker(list => p => "/c$_[0]z") });
answers(searches => sub { picker(search => s => "c$_[0]z") });
answers(downloads => sub { download("/c$_[0]z.txt") });
answers(links => sub { download("/c$_[0]z.txt", usefilereference => 1) });
answers(controlled => sub { download("/c$_[0]z.txt", usecontrolledlink => 1) });
answers(permissions => sub { picker(list => p => '/x', ctx_id => $_[0],
                                    client_id => "m$_[0]z") });
answers(uploads => sub { download('/good.txt', title => "m$_[0]z.txt") });
answers(redirects => sub { get("/pluginfile.php/17/mod_assign/x/1/m$_[0]z") });

previews();
tokens();
refreshes();

my $after = size();

note(join ', ', map { "$status{$_} times $_" } sort keys %status);

is_deeply([$nginx->workers], [$worker], 'the worker is the one it was');
renewed('after');
good_answers('after it');

cmp_ok($after - $before, '<', $ENV{TEST_NGINX_SANITIZED} ? 100e6 : 20e6,
       "no memory is lost: $before, $after bytes");

my %count = Owncloud::Malformed::ended($server);

note(join ', ', map { "$_ $count{$_}" } sort keys %count);

cmp_ok($count{"bad-$_->[0]"} // 0, '>=', $number{$_->[1]} * 0.6,
       "the module has read bad answers: $_->[0]")
    for [propfind => 'listings'], [search => 'searches'],
        [get => 'downloads'], [shares => 'links'],
        [searchform => 'permissions'], [upload => 'uploads'],
        [token => 'tokens'], [redirect => 'redirects'],
        [preview => 'previews'];

$nginx->finish;
done_testing;


# --- what is asked ---

sub configure {
    my $dir = $nginx->{dir};

    spew("$dir/system.secret", "system-password\n");

    my %issuer = (insecure => 'on', connect_timeout => '1s',
                  read_timeout => '1s',
                  system_account => "system password=$dir/system.secret");

    $nginx->configure(
        issuers => $nginx->issuer(oc => %issuer,
                       base_url => "http://127.0.0.1:$server->{cloud}/oc/")
                   . $nginx->issuer(nc => %issuer,
                         base_url => "http://127.0.0.1:$server->{cloud}/"),
        http => <<'EOT',
    client_header_timeout        1s;
    client_body_timeout          1s;
    keepalive_timeout            1s;
    lingering_timeout            100ms;
    lingering_time               500ms;
    large_client_header_buffers  8 16k;
    log_not_found                off;
EOT
        server => join('', map { <<"EOT" } [7, 'oc'], [8, 'nc']) . <<'EOT',
        owncloud_repository $_->[0] {
            issuer             $_->[1];
            secret_key         $dir/moodle.key;
            timezone           UTC;
            previews           on;
            alias              public;
            upload_repository  5;
        }

EOT
        location = /files {
            owncloud_listing  nc;
        }

        location = /back {
            owncloud_oauth_callback;
        }

        location = /link {
            owncloud_link  nc;
        }

        location = /connect {
            allow             127.0.0.1;
            deny              all;
            owncloud_connect  nc;
        }
EOT
        php => <<"EOT");
        location ~ [^/]\\.php(/|\$) {
            proxy_pass          http://127.0.0.1:$server->{moodle};
            proxy_read_timeout  1s;
        }
EOT
}


sub request {
    my ($method, $uri, $body, %header) = @_;

    $header{Cookie} //= $cookie;

    return join("\r\n", "$method $uri HTTP/1.1", "Host: $host",
                'Connection: close',
                map({ "$_: $header{$_}" } sort keys %header),
                defined $body ? ($form, 'Content-Length: ' . length $body) : (),
                '', '') . ($body // '');
}


sub get { request(GET => shift) }


sub picker {
    my ($action, %field) = @_;

    my $header = delete $field{headers} // {};

    return request(POST => "$ajax?action=$action", Owncloud::HTTP::form(
        repo_id => 8, ctx_id => 17, sesskey => $key, client_id => 'x',
        env => 'filemanager', p => '', page => '', %field), %$header);
}


sub download {
    my ($path, %field) = @_;

    return picker(download => source => $path, title => $path =~ s{.*/}{}r,
                  sourcekey => sha1_hex($path . $secret . $key), itemid => 1,
                  savepath => '/', author => 'x', license => 'x', %field);
}


# a listing has the URLs of previews, which are sealed

sub previews {
    my @number = map { 10000 + $_ } 1 .. $number{previews};

    $cookie = "$moodle; " . signed_in(cookie => $moodle, code => 'good',
                                      repo_id => 7);

    my @got = run('listings with previews',
                  map { picker(list => p => "/k$_", repo_id => 7) } @number);

    run('previews', map { get($_ =~ s{^https?://[^/]+}{}r) } map {
        map { $_->{realthumbnail} // () } grep { $_->{title} =~ /^c\d+z/ }
            @{ body($_)->{list} // [] }
    } @got);
}


sub body {
    my $answer = shift;

    return eval { decode_json(Owncloud::HTTP::parse($answer // '')->{body}) }
           // {};
}


# --- how it is asked ---

sub run {
    my ($name, @texts) = @_;

    my $begin = time;
    my @got = exchange($nginx->{port}, \@texts, 30);
    my @hanging = grep { !defined $got[$_] } 0 .. $#got;

    $status{/^HTTP\/1\.1 (\d+)/ ? $1 : $_ eq '' ? 'nothing' : 'other'}++
        for grep { defined } @got;

    is(@hanging, 0, sprintf '%s: %d, all have an end', $name, scalar @texts);
    note(sprintf '%s: %.1f s', $name, time - $begin);
    diag($texts[$_]) for @hanging ? $hanging[0] : ();

    return @got;
}


# a session does not outlive a 401, so that there are many

sub answers {
    my ($name, $of) = @_;

    run($name, map {
        renewed($name . $_) if $_ % 20 == 1;
        $of->(10000 + $_);
    } 1 .. $number{$name});
}


# the session that is used from here on

sub renewed {
    my $name = shift;

    my $moodle = "MoodleSession=$name" . 'x' x 10;

    $cookie = "$moodle; " . signed_in(cookie => $moodle, code => 'good');
}


# several over one connection, with nothing in them but cookies

sub cookies {
    my $n = shift;

    Owncloud::Malformed::seed(100000 + $n);

    return join '', map {
        my $uri = $_ == 1 ? '/index.html'
                  : Owncloud::Malformed::one('/', '/lib/x.php',
                        '/repository/owncloud/progress?id=x',
                        "$ajax?action=x", '/admin/oauth2callback.php?state=x');

        "GET $uri HTTP/1.1\r\nHost: $host\r\n"
        . join('', map { 'Cookie: ' . malformed_cookie(\%good) . "\r\n" }
                       1 .. Owncloud::Malformed::one(1, 1, 2))
        . ($_ == 3 ? "Connection: close\r\n" : '') . "\r\n";
    } 1 .. 3;
}


# by one curl, a stream for each

sub http2 {
    my $file = "$nginx->{dir}/http2.conf";
    my $quoted = sub { '"' . shift =~ s/([\\"])/\\$1/gr . '"' };
    my @config;

    for my $n (1 .. $number{http2}) {
        my $text = malformed_request(50000 + $n, $host, \%good);
        my ($head, $body) = split /\r\n\r\n/, $text, 2;
        my ($line, @header) = split /\r\n/, $head;
        my ($uri) = $line =~ m{^\S+ (/[!-~]*)} or next;

        @header = grep { /^(?:Cookie|Content-Type|Range|User-Agent|X-\S+): [ -~]+$/ }
                       @header;

        push @config, join "\n", 'insecure', 'silent', 'http2', 'globoff',
            'path-as-is', 'max-time = 30', "output = \"/dev/null\"",
            'url = ' . $quoted->($nginx->tls_url . $uri),
            map({ 'header = ' . $quoted->($_) } @header),
            length $body && $body =~ /^[ -~]*$/
                ? ('data-raw = ' . $quoted->($body)) : (),
            'write-out = "%{http_code}\n"';
    }

    spew($file, join "\nnext\n", @config);

    my $begin = time;
    my @code = split /\n/, qx(curl -K $file 2>/dev/null);

    cmp_ok(scalar(grep { /^[2-5]\d\d$/ } @code), '>=', @config * 0.8,
           'HTTP/2: ' . @config . ' requests have answers');
    note(sprintf 'HTTP/2: %.1f s', time - $begin);
}


# a state for the session, and what comes of a code: our cookies

sub signed_in {
    my %o = @_;

    my ($got) = exchange($nginx->{port}, [picker(list =>
        headers => { Cookie => $o{cookie} },
        repo_id => $o{repo_id} // 8)], 20);

    $state = state_of($got);

    my ($answer) = exchange($nginx->{port}, [callback($o{cookie}, $state,
                                                      $o{code})], 20);

    return ours($answer);
}


sub state_of {
    my ($url) = map { $_->{url} // () } @{ body(shift)->{login} // [] };

    return Owncloud::Browser::parameter($url // '?', 'state') // '';
}


sub callback {
    my ($cookie, $state, $code) = @_;

    return request(GET => '/admin/oauth2callback.php?'
                   . Owncloud::HTTP::form(state => $state, code => $code),
                   undef, Cookie => $cookie);
}


sub ours {
    my $set = Owncloud::HTTP::parse(shift // '')->{headers}{'set-cookie'};

    return join '; ', map { /^([^;]*)/ } ref $set ? @$set : $set // ();
}


# --- sign-ins: each needs a state of its own ---

sub tokens {
    my @session = map { sprintf 'MoodleSession=tokens%010d', $_ }
                      1 .. $number{tokens};
    my @state = map { state_of($_) } run('states',
        map { picker(list => headers => { Cookie => $_ }) } @session);

    run('tokens', map { callback($session[$_], $state[$_], 'c'
                                 . (20000 + $_) . 'z') } 0 .. $#session);
}


sub refreshes {
    my @session = map { sprintf 'MoodleSession=refresh%010d', $_ }
                      1 .. $number{refreshes};
    my @state = map { state_of($_) } run('states',
        map { picker(list => headers => { Cookie => $_ }) } @session);
    my @cookie = map { ours($_) } run('sign-ins',
        map { callback($session[$_], $state[$_], 't' . (30000 + $_) . 'z') }
            0 .. $#session);

    run('refreshes', map {
        picker(list => p => '/good',
               headers => { Cookie => "$session[$_]; $cookie[$_]" })
    } 0 .. $#session);
}


# --- how it is ---

sub good_answers {
    my $when = shift;

    my ($list, $foreign, $plain) = exchange($nginx->{port}, [
        picker(list => p => '/good'),
        picker(list => repo_id => 5), get('/index.php')], 30);

    is_deeply([map { $_->{title} } @{ body($list)->{list} // [] }],
              ['folder', 'a.txt', 'b.png', 'c d.pdf'], "a listing, $when")
        or diag($list);
    like($foreign, qr/this is Moodle$/, "another repository, $when");
    like($plain, qr/this is Moodle$/, "Moodle, $when");
}


sub size {
    my ($kb) = slurp("/proc/$worker/status") =~ /^VmRSS:\s+(\d+) kB/m;

    return $kb * 1024;
}
