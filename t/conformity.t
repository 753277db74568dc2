#!/usr/bin/perl

# Does the stand-in cloud answer as the real servers did?
#
# Each row replays a request of a recording of Nextcloud 32.0.1 or ownCloud
# 10.15.2 and compares status line, deciding headers and body.  Rows are named
# after the recording they come from: "nextcloud/30", "owncloud/201".  What
# differs from one answer to the next (dates, etags, ids, tokens) is replaced by
# a word in capitals on both sides.
#
# STANDINS_ENV: the env file of a running t/standins; without it one is started.

use v5.20;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));

use Cwd qw(abs_path);
use Encode qw(encode_utf8 decode_utf8);
use File::Basename qw(dirname);
use File::Temp;
use IO::Socket::INET;
use JSON::PP;
use MIME::Base64 qw(encode_base64);
use Test::More;
use Time::HiRes qw(sleep);

my $here = dirname(abs_path(__FILE__));
my $json = JSON::PP->new->utf8;
my ($standins, $temp);
my %env = standins();

my $redirect = 'https://moodle.test:8143/admin/oauth2callback.php';
my $redirect_encoded = 'https%3A%2F%2Fmoodle.test%3A8143%2Fadmin%2F'
                       . 'oauth2callback.php';

my %cloud = map { $_->{name} => $_ } (
    { name => 'nextcloud', key => 'NC', base => '', instance => 'ncstandin001',
      phrase => 'nc_sessionPassphrase' },
    { name => 'owncloud', key => 'OC', base => '/oc',
      instance => 'ocstandin001', phrase => 'oc_sessionPassphrase' },
);

for my $cloud (values %cloud) {
    $cloud->{$_} = $env{"CLOUD_$cloud->{key}_$_"}
        for qw(HTTP_PORT CLIENT_ID CLIENT_SECRET);
    $cloud->{origin} = "http://127.0.0.1:$cloud->{HTTP_PORT}";
    $cloud->{basic} = 'Basic ' . encode_base64("$cloud->{CLIENT_ID}:"
                                               . $cloud->{CLIENT_SECRET}, '');
}

my ($nc, $oc) = @cloud{qw(nextcloud owncloud)};

setup($_) for $nc, $oc;

my $xml_type = 'application/xml; charset=utf-8';
my $json_type = 'application/json; charset=utf-8';
my $html_type = 'text/html; charset=UTF-8';

my $nc_root = '<?xml version="1.0"?>' . "\n<d:multistatus xmlns:d=\"DAV:\""
    . ' xmlns:s="http://sabredav.org/ns" xmlns:oc="http://owncloud.org/ns"'
    . ' xmlns:nc="http://nextcloud.org/ns"';
my $oc_root = $nc_root =~ s/ xmlns:nc="[^"]*"//r;

my $api = '/apps/files_sharing/api/v1/shares';

# The elements of a share, "x/" and "x/x" for <x/> and <x></x>
my $nc_link = 'id share_type uid_owner displayname_owner permissions can_edit '
    . 'can_delete stime parent/ expiration/ token uid_file_owner note/note '
    . 'label/label displayname_file_owner path item_type item_permissions '
    . 'is-mount-root/is-mount-root mount-type/mount-type mimetype '
    . 'has_preview/has_preview storage_id storage item_source file_source '
    . 'file_parent file_target item_size item_mtime share_with/ '
    . 'share_with_displayname password/ '
    . 'send_password_by_talk/send_password_by_talk url mail_send hide_download '
    . 'attributes/';
my $nc_user = $nc_link =~ s/stime.*expiration\/ token /stime parent\/ expiration\/ token\/ /r
    =~ s{has_preview/has_preview}{has_preview}r
    =~ s/share_with\/.* mail_send/share_with share_with_displayname share_with_displayname_unique mail_send/r;
my $oc_link = 'id share_type uid_owner displayname_owner permissions stime '
    . 'parent/ expiration/ token uid_file_owner displayname_file_owner '
    . 'additional_info_owner/ additional_info_file_owner/ path mimetype '
    . 'storage_id storage item_type item_source file_source file_parent '
    . 'file_target name/ url mail_send attributes/';
my $oc_user = $oc_link =~ s/ token / token\/ /r
    =~ s{name/ url}{share_with share_with_displayname share_with_user_type share_with_additional_info/}r;

subtest 'status' => \&test_status;
subtest 'sign-in' => \&test_sign_in;
subtest 'authorize, errors' => \&test_authorize_errors;
subtest 'token endpoint' => \&test_token;
subtest 'PKCE' => \&test_pkce;
subtest 'refresh' => \&test_refresh;
subtest 'user info' => \&test_userinfo;
subtest 'unauthenticated' => \&test_unauthenticated;
subtest 'cookies' => \&test_cookies;
subtest 'PROPFIND' => \&test_propfind;
subtest 'special names' => \&test_special;
subtest 'GET' => \&test_get;
subtest 'changes' => \&test_changes;
subtest 'etags' => \&test_etags;
subtest 'search' => \&test_search;
subtest 'public links' => \&test_links;
subtest 'user shares' => \&test_user_shares;
subtest 'received shares' => \&test_received;
subtest 'policies' => \&test_policies;
subtest 'maintenance' => \&test_maintenance;
subtest 'record' => \&test_record;
subtest 'faults' => \&test_faults;
subtest 'TLS' => \&test_tls;

if (!$standins) {
    control($_, POST => 'reset', { data => JSON::PP::true }) for $nc, $oc;
}

done_testing();


#
# The servers and a client that keeps every byte
#

sub standins {
    my $file = $ENV{STANDINS_ENV};

    if (!$file) {
        $temp = File::Temp->newdir('owncloud-conformity-XXXXXX', TMPDIR => 1);
        $file = "$temp/standins/env";

        $standins = fork() // die "fork: $!\n";

        if ($standins == 0) {
            open STDOUT, '>&', \*STDERR;
            exec "$here/standins", '--no-moodle', '--with-parent', getppid(),
                 "$temp/standins" or POSIX::_exit(127);
        }

        for my $try (1 .. 300) {
            last if -e $file;
            sleep 0.1;
        }
    }

    open my $in, '<', $file or BAIL_OUT("no stand-ins: $file: $!");
    return map { /^(\w+)=(.*)$/ ? ($1, $2) : () } <$in>;
}


END {
    if ($standins) {
        my $status = $?;
        kill 'TERM', $standins;
        waitpid $standins, 0;
        $? = $status;
    }
}


sub request {
    my ($cloud, $method, $path, $headers, $body) = @_;

    my $uri = $path =~ m{^/_control/} ? $path : "$cloud->{base}$path";
    my @headers = @{$headers // []};
    my $text = "$method $uri HTTP/1.1\r\n";

    unshift @headers, Host => "127.0.0.1:$cloud->{HTTP_PORT}",
                      Connection => 'close';
    push @headers, 'Content-Length' => length $body if defined $body;

    while (my ($name, $value) = splice @headers, 0, 2) {
        $text .= "$name: $value\r\n";
    }

    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                       PeerPort => $cloud->{HTTP_PORT})
        or return { line => "no connection: $!", head => {}, body => '' };

    local $SIG{ALRM} = sub { shutdown $socket, 2 };
    alarm 20;
    print $socket encode_utf8($text), "\r\n", $body // '';
    my $answer = do { local $/; <$socket> } // '';
    alarm 0;

    return answer($answer);
}


sub answer {
    my ($text) = @_;

    my ($head, $body) = split /\r\n\r\n/, $text, 2;
    my ($line, @lines) = split /\r\n/, $head // '';
    my %head;

    for (@lines) {
        my ($name, $value) = split /: */, $_, 2;
        push @{$head{lc $name}}, $value;
    }

    $body //= '';

    if (($head{'transfer-encoding'}[0] // '') eq 'chunked') {
        my $joined = '';

        while ($body =~ /\G([0-9a-f]+)\r\n/gc) {
            $joined .= substr $body, pos $body, hex $1;
            pos($body) += hex($1) + 2;
        }

        $body = $joined;
    }

    return { line => ($line // '') =~ s{^HTTP/1.1 ?}{}r, head => \%head,
             body => $body, status => ($line // '') =~ / (\d+)/ ? $1 : '' };
}


sub control {
    my ($cloud, $method, $call, $input) = @_;

    my $answer = request($cloud, $method, "/_control/$call", [],
                         $input && $json->encode($input));

    return $json->decode($answer->{body});
}


sub setup {
    my ($cloud) = @_;

    control($cloud, POST => 'reset', { data => JSON::PP::true })
        if !$standins;
    control($cloud, POST => 'clients', { id => $cloud->{CLIENT_ID},
                                         redirect => $redirect });

    for my $user (qw(alice bob moodle-system)) {
        my $token = control($cloud, POST => 'tokens', { user => $user });
        $cloud->{bearer}{$user} = "Bearer $token->{access}";
    }
}


sub as {
    my ($cloud, $user) = @_;

    return (Authorization => $cloud->{bearer}{$user});
}


# The words for what changes.

sub plain {
    my ($text) = @_;

    $text = eval { decode_utf8($text, Encode::FB_CROAK) } // $text;

    for ($text) {
        s/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/DATE/g;
        s/(?:&quot;|")[0-9a-f]{32}(?:&quot;|")/ETAG32/g;
        s/(?:&quot;|")[0-9a-f]{13}(?:&quot;|")/ETAG13/g;
        s/\b\d{8,}(?:nc|oc)standin001\b/ID/g;
        s/(<(?:oc:fileid|oc:size|d:quota-used-bytes)>)\d+/$1N/g;
        s/127\.0\.0\.1:\d+/HOST/g;
    }

    return $text;
}


# One row: recording, what, request, status line, headers, body.

sub row {
    my ($cloud, $recording, $what, $request, $line, $headers, $body) = @_;

    my $name = "$cloud->{name}/$recording: $what";
    my $answer = ref $request eq 'HASH' ? $request
                                        : request($cloud, @$request);

    is($answer->{line}, $line, "$name: status")
        or diag(substr $answer->{body}, 0, 500);

    for my $header (sort keys %{$headers // {}}) {
        my $got = join ' | ', @{$answer->{head}{lc $header} // []};
        my $want = $headers->{$header} // '';

        ref $want ? like(plain($got), $want, "$name: $header")
                  : is(plain($got), $want, "$name: $header");
    }

    if (defined $body) {
        ref $body ? like(plain($answer->{body}), $body, "$name: body")
                  : is(plain($answer->{body}), $body, "$name: body");
    }

    return $answer;
}


sub error_body {
    my ($class, $message, $extra, $namespace) = @_;

    $class = "Sabre\\DAV\\Exception\\$class" if $class !~ /\\/;
    $message = $message eq '' ? '<s:message/>'
                              : "<s:message>$message</s:message>";

    return '<?xml version="1.0" encoding="utf-8"?>' . "\n"
           . '<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns"'
           . ($namespace // '') . ">\n  <s:exception>$class</s:exception>\n"
           . "  $message\n" . ($extra // '') . "</d:error>\n";
}


sub invalid_path {
    my ($message, $class) = @_;

    return error_body('OCA\DAV\Connector\Sabre\Exception\\'
        . ($class // 'InvalidPath'), $message,
        "  <o:retry xmlns:o=\"o:\">false</o:retry>\n"
        . "  <o:reason xmlns:o=\"o:\">$message</o:reason>\n",
        ' xmlns:o="http://owncloud.org/ns"');
}


sub form {
    my ($text) = @_;

    return (['Content-Type' => 'application/x-www-form-urlencoded'], $text);
}


#
# The rows
#

sub test_status {
    row($nc, '80', 'status.php', [GET => '/status.php'], '200 OK',
        { 'Content-Type' => 'application/json', 'Set-Cookie' => undef },
        '{"installed":true,"maintenance":false,"needsDbUpgrade":false,'
        . '"version":"32.0.1.2","versionstring":"32.0.1","edition":"",'
        . '"productname":"Nextcloud","extendedSupport":false}');

    row($oc, '01', 'status.php', [GET => '/status.php'], '200 OK',
        { 'Content-Type' => 'application/json' },
        '{"installed":true,"maintenance":false,"needsDbUpgrade":false,'
        . '"version":"10.15.2.0","versionstring":"10.15.2",'
        . '"edition":"Community","productname":"ownCloud",'
        . '"product":"ownCloud"}');

    row($nc, '80', 'capabilities, no login',
        [GET => '/ocs/v2.php/cloud/capabilities?format=json',
         ['OCS-APIRequest' => 'true']], '200 OK',
        { 'Content-Type' => $json_type },
        qr/"string":"32.0.1".*"productName":"Nextcloud"/);

    row($oc, '02', 'capabilities, no login',
        [GET => '/ocs/v1.php/cloud/capabilities?format=json'],
        '401 Unauthorized', { 'Content-Type' => $json_type },
        '{"ocs":{"meta":{"status":"failure","statuscode":997,"message":'
        . '"Unauthorised","totalitems":"","itemsperpage":""},"data":[]}}');

    row($oc, '89', 'capabilities',
        [GET => '/ocs/v1.php/cloud/capabilities?format=json',
         [as($oc, 'alice')]], '200 OK', { 'Content-Type' => $json_type },
        qr/"statuscode":100.*"reports":\["search-files"\]/);

    row($oc, '03', 'no discovery',
        [GET => '/.well-known/openid-configuration'], '404 Not Found');
    row($nc, '80', 'unknown page', [GET => '/nosuchpage'], '404 Not Found',
        { 'Content-Type' => $html_type });
    row($nc, '80', 'unknown remote service', [GET => '/remote.php/nosuch'],
        '200 OK', { 'Content-Type' => $html_type });
    row($oc, '311', 'unknown remote service', [GET => '/remote.php/nosuch'],
        '502 Bad Gateway');
}


# A browser: cookies kept, forms filled in.

sub browse {
    my ($cloud, $jar, $method, $path, $body) = @_;

    my @headers;
    push @headers, Cookie => join '; ', map { "$_=$jar->{$_}" } sort keys %$jar
        if %$jar;
    push @headers, 'Content-Type' => 'application/x-www-form-urlencoded'
        if defined $body;

    $path =~ s/^\Q$cloud->{origin}\E//;
    $path =~ s/^\Q$cloud->{base}\E//;

    my $answer = request($cloud, $method, decode_utf8($path), \@headers, $body);

    for (@{$answer->{head}{'set-cookie'} // []}) {
        $jar->{$1} = $2 if /^([^=]+)=([^;]*)/;
    }

    return $answer;
}


sub fields {
    my ($answer, %more) = @_;

    my %field = $answer->{body} =~ /name="(\w+)" value="([^"]*)"/g;

    for (values %field) {
        s/&quot;/"/g; s/&#039;/'/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/&/g;
    }

    %field = (%field, %more);

    return join '&', map { "$_=" . encode($field{$_}) } sort keys %field;
}


sub encode {
    my ($text) = @_;

    $text = encode_utf8($text) if utf8::is_utf8($text);

    return $text =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ger;
}


sub location {
    return $_[0]{head}{location}[0] // '';
}


sub authorize_path {
    my ($cloud, $more) = @_;

    return '/index.php/apps/oauth2/authorize?response_type=code&client_id='
           . "$cloud->{CLIENT_ID}&redirect_uri=$redirect_encoded"
           . '&state=st%261+%C3%BC' . ($more // '');
}


# The whole way to a code; $check: row by row.

sub sign_in {
    my ($cloud, $user, $more, $check) = @_;

    return $cloud == $oc ? sign_in_owncloud($user, $more, $check)
                         : sign_in_nextcloud($user, $more, $check);
}


sub sign_in_owncloud {
    my ($user, $more, $check) = @_;

    my $path = authorize_path($oc, $more);
    my $jar = {};
    my $step = browse($oc, $jar, GET => $path);

    row($oc, '10', 'authorize, not logged in', $step, '303 See Other',
        { Location => '/oc/login?redirect_url='
                      . encode(encode("/oc$path")),
          'Set-Cookie' => qr/oc_sessionPassphrase=.*path=\/oc.*ocstandin001=/ })
        if $check;

    $step = browse($oc, $jar, GET => location($step));
    row($oc, '11', 'login page', $step, '200 OK',
        { 'Content-Type' => $html_type }) if $check;

    my ($action) = $step->{body} =~ /action="([^"]*)"/;
    $step = browse($oc, $jar, POST => $action,
                   fields($step, user => $user, password => "$user-password"));

    row($oc, '12', 'login', $step, '303 See Other',
        { Location => "http://HOST/oc$path" }) if $check;

    my $consent = location($step);
    $step = browse($oc, $jar, GET => $consent);
    row($oc, '13', 'consent page', $step, '200 OK',
        { 'Content-Type' => $html_type }) if $check;

    row($oc, '72', 'consent without the token',
        browse($oc, $jar, POST => $consent, 'x=1'),
        '412 Precondition failed') if $check;

    $step = browse($oc, $jar, POST => $consent, fields($step));
    row($oc, '14', 'allowed', $step, '303 See Other',
        { Location => qr/^\Q$redirect\E\?code=[A-Za-z0-9]{64}&state=st%261\+%C3%BC$/
        }) if $check;

    return (location($step) =~ /code=(\w+)/)[0];
}


sub sign_in_nextcloud {
    my ($user, $more, $check) = @_;

    my $jar = {};
    my $step = browse($nc, $jar, GET => authorize_path($nc, $more));

    row($nc, '01', 'authorize', $step, '303 See Other',
        { Location => 'http://HOST/login/flow?providedRedirectUri='
                      . "&clientIdentifier=$nc->{CLIENT_ID}",
          'Set-Cookie' => qr/sameSiteCookielax=true.*ncstandin001=/ })
        if $check;

    $step = browse($nc, $jar, GET => location($step));
    row($nc, '01', 'picker page', $step, '200 OK',
        { 'Content-Type' => $html_type }) if $check;

    my $grant = '/login/flow/grant?' . fields($step);
    $step = browse($nc, $jar, GET => $grant);
    row($nc, '01', 'grant page, not logged in', $step, '303 See Other',
        { Location => qr{^/login\?redirect_url=/login/flow/grant\?client} })
        if $check;

    $step = browse($nc, $jar, GET => location($step));
    row($nc, '01', 'login page', $step, '200 OK') if $check;

    $step = browse($nc, $jar, POST => '/login',
                   fields($step, user => $user, password => "$user-password"));
    row($nc, '01', 'login', $step, '303 See Other',
        { Location => qr{^http://HOST/login/flow/grant\?client} }) if $check;

    $step = browse($nc, $jar, GET => location($step));
    row($nc, '01', 'grant page', $step, '200 OK',
        { 'X-User-Id' => $user }) if $check;

    row($nc, '13', 'grant page with a wrong state token',
        browse($nc, $jar, GET => '/login/flow/grant?stateToken=wrong'
               . "&clientIdentifier=$nc->{CLIENT_ID}"), '403 Forbidden')
        if $check;

    $step = browse($nc, $jar, POST => '/login/flow', fields($step));
    row($nc, '01', 'granted', $step, '303 See Other',
        { Location => qr/^\Q$redirect\E\?state=st%261\+%C3%BC&code=[A-Za-z0-9]{128}$/
        }) if $check;

    return (location($step) =~ /code=(\w+)/)[0];
}


sub token {
    my ($cloud, $body, %options) = @_;

    my @headers = ('Content-Type' => $options{type}
                   // 'application/x-www-form-urlencoded');
    push @headers, Authorization => $options{auth} // $cloud->{basic}
        if !exists $options{auth} || $options{auth};

    return [POST => $options{path} // '/index.php/apps/oauth2/api/v1/token',
            \@headers, $body];
}


sub code_body {
    my ($code, $more) = @_;

    return "grant_type=authorization_code&code=$code&redirect_uri="
           . $redirect_encoded . ($more // '');
}


sub token_like {
    my ($cloud, $user) = @_;

    my ($access, $refresh) = $cloud == $oc ? (64, 64) : (72, 128);
    my $more = $cloud == $oc ? ',"message_url":"http:\/\/HOST\/oc\/apps'
                               . '\/oauth2\/authorization-successful"' : '';

    return qr/^\{"access_token":"\w{$access}","token_type":"Bearer",
        "expires_in":3600,"refresh_token":"\w{$refresh}",
        "user_id":"\Q$user\E"\Q$more\E\}$/x;
}


sub test_sign_in {
    for my $cloud ($nc, $oc) {
        my $code = sign_in($cloud, 'alice', '', 1);

        my $answer = row($cloud, $cloud == $oc ? '15' : '02', 'token',
            token($cloud, code_body($code)), '200 OK',
            { 'Content-Type' => $json_type }, token_like($cloud, 'alice'));

        row($cloud, $cloud == $oc ? '16' : '03', 'the same code again',
            token($cloud, code_body($code)), '400 Bad request',
            { 'Content-Type' => $json_type },
            $cloud == $oc
            ? '{"error":"invalid_grant","error_description":'
              . '"authorization code does not exist"}'
            : '{"error":"invalid_request"}');

        my $access = $json->decode($answer->{body})->{access_token};
        row($cloud, $cloud == $oc ? '17' : '03', 'the first token still good',
            [GET => '/ocs/v2.php/cloud/user?format=json',
             [Authorization => "Bearer $access"]], '200 OK', {},
            qr/"id":"alice"/);
    }
}


sub test_authorize_errors {
    my %path = map { $_ => authorize_path($cloud{$_}) } keys %cloud;

    row($nc, '11', 'unknown client',
        [GET => $path{nextcloud} =~ s/client_id=\w+/client_id=nosuch/r],
        '200 OK', { 'Content-Type' => $html_type, Location => undef });

    row($nc, '13', 'response_type=token, state not encoded',
        [GET => "/apps/oauth2/authorize?client_id=$nc->{CLIENT_ID}"
                . '&response_type=token&state=abc%20d%26e'], '303 See Other',
        { Location => "$redirect?error=unsupported_response_type"
                      . '&state=abc d&e' });

    row($nc, '12', 'another redirect_uri is ignored',
        [GET => $path{nextcloud} =~ s/moodle\.test/evil.test/r],
        '303 See Other', { Location => qr{^http://HOST/login/flow\?} });

    # ownCloud looks at the request only when somebody is logged in.
    my $jar = {};
    my $page = browse($oc, $jar, GET => '/login');
    browse($oc, $jar, POST => '/index.php/login?redirect_url=',
           fields($page, user => 'alice', password => 'alice-password'));

    for (['60', 'unknown client', 'client_id=\w+', 'client_id=nosuch'],
         ['61', 'wrong redirect_uri', 'moodle\.test', 'evil.test'],
         ['64', 'no redirect_uri', '&redirect_uri=[^&]*', ''])
    {
        my ($number, $what, $from, $to) = @$_;

        row($oc, $number, $what,
            browse($oc, $jar, GET => $path{owncloud} =~ s/$from/$to/r),
            '200 OK', { 'Content-Type' => $html_type, Location => undef },
            qr/This request is not valid/);
    }

    row($oc, '63', 'bad response_type',
        browse($oc, $jar, GET => $path{owncloud} =~ s/type=code/type=bogus/r),
        '303 See Other',
        { Location => "$redirect?error=unsupported_response_type"
                      . '&state=st%261+%C3%BC' });
}


sub test_token {
    my $error = sub { '{"error":"' . $_[0] . '"' . ($_[1]
        ? ',"error_description":"' . $_[1] . '"' : '') . '}' };
    my $bad = '400 Bad request';
    my $wrong = 'Basic ' . encode_base64("$nc->{CLIENT_ID}:wrong", '');
    my $in_body = "&client_id=$nc->{CLIENT_ID}"
                  . "&client_secret=$nc->{CLIENT_SECRET}";
    my $code = sign_in($oc, 'alice');

    # recording, what, body, options, line, body
    my @owncloud = (
        ['20', 'credentials in the body', code_body($code, $in_body),
         { auth => '' }, $bad, $error->('invalid_request')],
        ['22', 'wrong secret', code_body($code), { auth => $wrong }, $bad,
         $error->('invalid_client')],
        ['23', 'unknown client', code_body($code),
         { auth => 'Basic ' . encode_base64('nosuch:wrong', '') }, $bad,
         $error->('invalid_client')],
        ['24', 'unknown code', code_body('nosuchcode'), {}, $bad,
         $error->('invalid_grant', 'authorization code does not exist')],
        ['25', 'no redirect_uri', "grant_type=authorization_code&code=$code",
         {}, $bad, $error->('invalid_request')],
        ['26', 'wrong redirect_uri', "grant_type=authorization_code&code=$code"
         . '&redirect_uri=https%3A%2F%2Fmoodle.test%3A8143%2Fother', {}, $bad,
         $error->('invalid_grant', 'auth grant redirect uri invalid')],
        ['27', 'client_credentials', 'grant_type=client_credentials', {}, $bad,
         $error->('invalid_grant', 'unhandled grant type')],
        ['29', 'nothing', '', {}, $bad, $error->('invalid_request')],
        ['32', "another client's code", code_body($code), { auth => 'Basic '
         . encode_base64('StandInOtherClientId' . '0' x 34 . '2'
                         . ':StandInOtherSecret' . '0' x 35 . '2', '') },
         $bad, qr/auth grant client ids mismatch|invalid_client/],
        ['42', 'unknown refresh token',
         'grant_type=refresh_token&refresh_token=x', {}, $bad,
         $error->('invalid_grant', 'refresh token does not exist')],
        ['46', 'no refresh token', 'grant_type=refresh_token', {}, $bad,
         $error->('invalid_request')],
        ['21', 'Basic and body', code_body($code, $in_body), {}, '200 OK',
         token_like($oc, 'alice')],
    );

    for (@owncloud) {
        my ($number, $what, $body, $options, $line, $want) = @$_;

        row($oc, $number, $what, token($oc, $body, %$options), $line,
            { 'Content-Type' => $json_type }, $want);
    }

    row($oc, '30', 'JSON body',
        token($oc, $json->encode({ grant_type => 'authorization_code',
              code => sign_in($oc, 'bob'), redirect_uri => $redirect }),
              type => 'application/json'), '200 OK', {},
        token_like($oc, 'bob'));
    row($oc, '35', 'without index.php', token($oc,
        code_body(sign_in($oc, 'alice')), path => '/apps/oauth2/api/v1/token'),
        '200 OK', {}, token_like($oc, 'alice'));
    row($oc, '31', 'GET', [GET => '/index.php/apps/oauth2/api/v1/token?x=1'],
        '405', { 'Content-Type' => $html_type });
    row($oc, '118', 'no revocation endpoint',
        [POST => '/index.php/apps/oauth2/api/v1/revoke', form('token=x')],
        '405');

    $code = sign_in($nc, 'alice');

    my @nextcloud = (
        ['07', 'wrong secret', code_body($code), { auth => $wrong }, $bad,
         $error->('invalid_client')],
        ['07', 'wrong secret in the body', code_body($code,
         "&client_id=$nc->{CLIENT_ID}&client_secret=wrong"), { auth => '' },
         $bad, $error->('invalid_client')],
        ['07', 'unknown client', code_body($code,
         '&client_id=nosuch&client_secret=wrong'), { auth => '' }, $bad,
         $error->('invalid_client')],
        ['08', 'unknown code', code_body('nosuchcode'), {}, $bad,
         $error->('invalid_request')],
        ['08', 'password grant', 'grant_type=password&username=a&password=b',
         {}, $bad, $error->('invalid_grant')],
        ['08', 'client_credentials', 'grant_type=client_credentials', {}, $bad,
         $error->('invalid_grant')],
        ['09', 'unknown refresh token',
         'grant_type=refresh_token&refresh_token=x', {}, $bad,
         $error->('invalid_request')],
        ['06', 'no redirect_uri, and the right secret at last',
         "grant_type=authorization_code&code=$code", {}, '200 OK',
         token_like($nc, 'alice')],
        ['05', 'credentials in the body',
         code_body(sign_in($nc, 'bob'), $in_body), { auth => '' }, '200 OK',
         token_like($nc, 'bob')],
        ['06', 'another redirect_uri', 'grant_type=authorization_code&code='
         . sign_in($nc, 'bob') . '&redirect_uri=https%3A%2F%2Fevil.test%2F',
         { path => '/apps/oauth2/api/v1/token' }, '200 OK',
         token_like($nc, 'bob')],
    );

    for (@nextcloud) {
        my ($number, $what, $body, $options, $line, $want) = @$_;

        row($nc, $number, $what, token($nc, $body, %$options), $line,
            { 'Content-Type' => $json_type }, $want);
    }

    for (['07', 'no client', code_body(sign_in($nc, 'bob')), ''],
         ['08', 'no code', 'grant_type=authorization_code', $nc->{basic}],
         ['08', 'nothing', '', $nc->{basic}])
    {
        my ($number, $what, $body, $auth) = @$_;

        row($nc, $number, $what, token($nc, $body, auth => $auth),
            '500 Internal Server Error',
            { 'Content-Type' => $html_type,
              'Transfer-Encoding' => 'chunked' });
    }

    row($nc, '06', 'GET', [GET => '/apps/oauth2/api/v1/token?x=1'],
        '405 Method Not Allowed', { 'Content-Type' => $html_type });
    row($nc, '17', 'no revocation endpoint',
        [POST => '/apps/oauth2/api/v1/revoke', form('token=x')],
        '401 Unauthorized', { 'Content-Type' => $json_type },
        '{"message":""}');
}


sub test_pkce {
    my $verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    my $s256 = '&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
               . '&code_challenge_method=S256';
    my $invalid = '{"error":"invalid_grant","error_description":'
                  . '"code verifier invalid"}';
    my $code = sign_in($oc, 'alice', $s256);

    row($oc, '51', 'wrong verifier',
        token($oc, code_body($code, '&code_verifier=wrong')),
        '400 Bad request', {}, $invalid);
    row($oc, '52', 'no verifier', token($oc, code_body($code)),
        '400 Bad request', {}, $invalid);
    row($oc, '57', 'right after wrong',
        token($oc, code_body($code, "&code_verifier=$verifier")), '200 OK',
        {}, token_like($oc, 'alice'));
    row($oc, '55', 'plain', token($oc, code_body(sign_in($oc, 'alice',
        '&code_challenge=abc&code_challenge_method=plain'),
        '&code_verifier=abc')), '200 OK', {}, token_like($oc, 'alice'));
    row($oc, '56', 'unknown method', token($oc, code_body(sign_in($oc, 'alice',
        '&code_challenge=abc&code_challenge_method=S512'),
        '&code_verifier=abc')), '400 Bad request', {},
        '{"error":"invalid_request","error_description":'
        . '"Code challenge method S512 not supported"}');
    row($oc, '53', 'public client', token($oc, code_body(sign_in($oc, 'alice',
        $s256), "&code_verifier=$verifier&client_id=$oc->{CLIENT_ID}"),
        auth => ''), '200 OK', {}, token_like($oc, 'alice'));
    row($oc, '54', 'public client without a challenge', token($oc,
        code_body(sign_in($oc, 'alice'),
        "&code_verifier=$verifier&client_id=$oc->{CLIENT_ID}"), auth => ''),
        '400 Bad request', {}, $invalid);

    row($nc, '14', 'ignored', token($nc, code_body(sign_in($nc, 'alice', $s256),
        '&code_verifier=wrong')), '200 OK', {}, token_like($nc, 'alice'));
}


sub test_refresh {
    for my $cloud ($nc, $oc) {
        my $old = control($cloud, POST => 'tokens', { user => 'alice' });
        my $body = "grant_type=refresh_token&refresh_token=$old->{refresh}";
        my $user = '/ocs/v2.php/cloud/user?format=json';

        my $answer = row($cloud, $cloud == $oc ? '40' : '09', 'refresh',
            token($cloud, $body), '200 OK', { 'Content-Type' => $json_type },
            token_like($cloud, 'alice'));

        row($cloud, $cloud == $oc ? '42' : '09', 'the old refresh token again',
            token($cloud, $body), '400 Bad request', {}, $cloud == $oc
            ? '{"error":"invalid_grant","error_description":'
              . '"refresh token does not exist"}'
            : '{"error":"invalid_request"}');

        row($cloud, $cloud == $oc ? '41' : '09', 'the old access token',
            [GET => $user, [Authorization => "Bearer $old->{access}"]],
            $cloud == $oc ? '401 Unauthorized' : '200 OK');

        my $new = $json->decode($answer->{body});
        row($cloud, $cloud == $oc ? '43' : '09', 'the new access token',
            [GET => $user, [Authorization => "Bearer $new->{access_token}"]],
            '200 OK', {}, qr/"id":"alice"/);
        isnt($new->{refresh_token}, $old->{refresh}, 'another refresh token');
    }

    my $dead = control($nc, POST => 'tokens', { user => 'bob' });
    control($nc, POST => 'expire', { access => $dead->{access} });
    row($nc, '16', 'refresh of an expired token', token($nc,
        "grant_type=refresh_token&refresh_token=$dead->{refresh}"), '200 OK',
        {}, token_like($nc, 'bob'));

    my $gone = control($nc, POST => 'tokens', { user => 'bob' });
    row($nc, '17', 'revocation', [DELETE =>
        '/ocs/v2.php/core/apppassword?format=json',
        [Authorization => "Bearer $gone->{access}",
         'OCS-APIRequest' => 'true']], '200 OK', {},
        '{"ocs":{"meta":{"status":"ok","statuscode":200,"message":"OK"},'
        . '"data":[]}}');
    row($nc, '17', 'after it: access', [GET =>
        '/ocs/v2.php/cloud/user?format=json',
        [Authorization => "Bearer $gone->{access}"]], '401 Unauthorized');
    row($nc, '17', 'after it: refresh', token($nc,
        "grant_type=refresh_token&refresh_token=$gone->{refresh}"),
        '400 Bad request', {}, '{"error":"invalid_request"}');

    my $disabled = control($oc, POST => 'tokens', { user => 'bob' });
    control($oc, POST => 'settings', { disabled_users => ['bob'] });
    row($oc, '123', 'disabled user', token($oc,
        "grant_type=refresh_token&refresh_token=$disabled->{refresh}"),
        '400 Bad request', {}, '{"error":"unauthorized_client",'
        . '"error_description":"user not enabled"}');
    row($oc, '120', 'disabled user, OCS', [GET =>
        '/ocs/v2.php/cloud/user?format=json',
        [Authorization => "Bearer $disabled->{access}"]], '401 Unauthorized',
        {}, qr/"statuscode":997,"message":"User disabled"/);
    control($oc, POST => 'settings', { disabled_users => [] });
    row($oc, '124', 'enabled again', token($oc,
        "grant_type=refresh_token&refresh_token=$disabled->{refresh}"),
        '200 OK', {}, token_like($oc, 'bob'));
}


sub test_userinfo {
    my $oc_data = '"data":{"id":"alice","display-name":"Alice \u00c4lpha",'
                  . '"email":"alice@example.test","language":"en"}}}';

    for my $v (1, 2) {
        my $code = $v == 1 ? 100 : 200;

        row($oc, $v == 1 ? '81' : '80', "v$v, json",
            [GET => "/ocs/v$v.php/cloud/user?format=json",
             [as($oc, 'alice')]], '200 OK', { 'Content-Type' => $json_type },
            '{"ocs":{"meta":{"status":"ok","statuscode":' . $code
            . ',"message":"OK","totalitems":"","itemsperpage":""},' . $oc_data);
    }

    row($oc, '83', 'xml, whatever Accept says',
        [GET => '/ocs/v2.php/cloud/user',
         [as($oc, 'alice'), Accept => 'application/json']], '200 OK',
        { 'Content-Type' => $xml_type }, <<'XML');
<?xml version="1.0"?>
<ocs>
 <meta>
  <status>ok</status>
  <statuscode>200</statuscode>
  <message>OK</message>
  <totalitems></totalitems>
  <itemsperpage></itemsperpage>
 </meta>
 <data>
  <id>alice</id>
  <display-name>Alice Älpha</display-name>
  <email>alice@example.test</email>
  <language>en</language>
 </data>
</ocs>
XML

    my $meta = '{"ocs":{"meta":{"status":"ok","statuscode":';
    my $data = qr/"data":\{"enabled":true,"id":"alice",.*"quota":\{"free":-3,
        .*"email":"alice\@example.test",.*"display-name":"Alice\ \\u00c4lpha",
        .*"groups":\[\],"language":"en"/x;

    row($nc, '20', 'v2, json', [GET => '/ocs/v2.php/cloud/user?format=json',
        [as($nc, 'alice')]], '200 OK',
        { 'Content-Type' => $json_type, 'X-User-Id' => 'alice' },
        qr/^\Q${meta}200,"message":"OK"},\E$data/);
    row($nc, '20', 'v1, json', [GET => '/ocs/v1.php/cloud/user?format=json',
        [as($nc, 'alice')]], '200 OK', {},
        qr/^\Q${meta}100,"message":"OK","totalitems":"","itemsperpage":""},\E$data/);
    row($nc, '20', 'by Accept', [GET => '/ocs/v2.php/cloud/user',
        [as($nc, 'alice'), Accept => 'application/json']], '200 OK',
        { 'Content-Type' => $json_type }, qr/^\{"ocs"/);
    row($nc, '20', 'xml', [GET => '/ocs/v2.php/cloud/user',
        [as($nc, 'alice')]], '200 OK', { 'Content-Type' => $xml_type },
        qr{^<\?xml\ version="1.0"\?>\n<ocs>\n\ <meta>\n\ \ <status>ok</status>
           .*<enabled>1</enabled>\n\ \ <id>alice</id>.*
           <subadmin/>\n\ \ <quota>\n\ \ \ <free>-3</free>
           .*<manager></manager>.*<notify_email/>}xs);

    row($nc, '20', 'unknown route', [GET =>
        '/ocs/v2.php/cloud/nosuch?format=json', [as($nc, 'alice')]],
        '404 Not Found', {}, qr/"statuscode":998,"message":"Invalid query/);
    row($oc, '527', 'unknown route, v1', [GET => '/ocs/v1.php/cloud/nosuch',
        [as($oc, 'alice')]], '200 OK', {}, qr/<statuscode>999</);
    row($oc, '528', 'unknown route, v2', [GET =>
        '/ocs/v2.php/cloud/nosuch?format=json', [as($oc, 'alice')]],
        '500 Internal Server Error', {}, qr/"statuscode":500,/);
    row($oc, '87', 'OIDC userinfo', [GET =>
        '/index.php/apps/oauth2/api/v1/userinfo', [as($oc, 'alice')]],
        '200 OK', {}, qr/^\{"sub":"alice","name":"Alice \\u00c4lpha",/);
}


sub test_unauthenticated {
    my $basic = "No 'Authorization: Basic' header found. Either the client "
                . "didn't send one, or the server is misconfigured";
    my $bearer = "No 'Authorization: Bearer' header found. Either the client "
                 . "didn't send one, or the server is mis-configured";
    my $wrong = 'Bearer token was incorrect';
    my $password = 'Username or password was incorrect';
    my $nc_more = 'No public access to this resource., AppAPIAuth has not '
        . 'passed, This request is not for a federated calendar';
    my $oc_more = 'No public access to this resource.';
    my $dav = '/remote.php/dav/files/alice/';
    my $webdav = '/remote.php/webdav/';
    my $bad = 'Bearer TESTbadtoken';
    my $alice = 'Basic ' . encode_base64('alice:wrong', '');

    # cloud, recording, path, Authorization, messages
    my @rows = (
        [$nc, '38', $webdav, undef, $basic, $bearer],
        [$nc, '38', $webdav, $bad, $basic, $wrong],
        [$nc, '38', $webdav, $nc->{bearer}{alice} =~ s/^B/b/r, $basic, $wrong],
        [$nc, '38', $webdav, 'Token x', $basic, $bearer],
        [$nc, '38', $webdav, $alice, $password, $bearer],
        [$nc, '38', $dav, undef, $nc_more, $basic, $bearer, $basic],
        [$nc, '38', $dav, $bad, $nc_more, $basic, $wrong, $basic],
        [$oc, '98', $webdav, undef, $basic, $basic, $bearer],
        [$oc, '99', $dav, undef, $oc_more, $basic, $bearer, $basic],
        [$oc, '100', $webdav, $bad, $basic, $basic, $wrong],
        [$oc, '103', $webdav, $alice, $password, $password, $bearer],
        [$oc, '105', $webdav, $oc->{bearer}{alice} =~ s/^B/b/r, $basic, $basic,
         $wrong],
    );

    for (@rows) {
        my ($cloud, $number, $path, $auth, @messages) = @$_;

        my @challenge = $cloud == $nc
            ? 'Basic realm="Nextcloud", charset="UTF-8"'
            : ('Basic realm="ownCloud", charset="UTF-8"',
               'Bearer realm="ownCloud"');
        @challenge = reverse @challenge if $path eq $dav;

        row($cloud, $number, "WebDAV, " . ($auth // 'nothing') =~ s/ .*//r,
            [PROPFIND => $path, [Depth => 0,
             defined $auth ? (Authorization => $auth) : ()]],
            '401 Unauthorized',
            { 'Content-Type' => $xml_type,
              'WWW-Authenticate' => join ' | ', @challenge },
            error_body('NotAuthenticated', join ', ', @messages));
    }

    row($nc, '38', 'XMLHttpRequest', [PROPFIND => $webdav, [Depth => 0,
        'X-Requested-With' => 'XMLHttpRequest']], '401 Unauthorized',
        { 'WWW-Authenticate' => 'DummyBasic realm="Nextcloud"' },
        error_body('NotAuthenticated', 'Cannot authenticate over ajax calls'));
    row($oc, '102', 'XMLHttpRequest', [GET => "${webdav}x.txt",
        ['X-Requested-With' => 'XMLHttpRequest']], '401 Unauthorized',
        { 'WWW-Authenticate' => 'DummyBasic realm="ownCloud", charset="UTF-8"'
                                . ' | Bearer realm="ownCloud"' });
    row($nc, '38', 'token in the query', [PROPFIND => "$webdav?access_token="
        . $nc->{bearer}{alice} =~ s/Bearer //r, [Depth => 0]],
        '401 Unauthorized');

    my $failure = sub { '{"ocs":{"meta":{"status":"failure","statuscode":997,'
        . "\"message\":\"$_[0]\"" . ($_[1] ? ',"totalitems":"",'
        . '"itemsperpage":""' : '') . '},"data":[]}}' };
    my $user = 'cloud/user?format=json';
    my $not = 'Current user is not logged in';

    for ([$nc, '20', 2, undef, $failure->($not)],
         [$nc, '20', 2, $bad, $failure->($not)],
         [$nc, '20', 1, $bad, $failure->($not, 1)],
         [$nc, '20', 2, $alice, $failure->('Unauthorised')],
         [$oc, '95', 2, undef, $failure->('Unauthorised', 1)],
         [$oc, '94', 1, undef, $failure->('Unauthorised', 1)],
         [$oc, '91', 2, $bad, $failure->('Invalid token')],
         [$oc, '90', 1, $bad, $failure->('Invalid token')],
         [$oc, '104', 2, $alice, $failure->('Unauthorised', 1)],
         [$oc, '106', 2, $oc->{bearer}{alice} =~ s/^B/b/r,
          $failure->('Unauthorised', 1)])
    {
        my ($cloud, $number, $v, $auth, $body) = @$_;

        row($cloud, $number, "OCS v$v, " . ($auth // 'nothing') =~ s/ .*//r,
            [GET => "/ocs/v$v.php/$user",
             [defined $auth ? (Authorization => $auth) : ()]],
            '401 Unauthorized', { 'Content-Type' => $json_type }, $body);
    }

    row($oc, '92', 'OCS xml, bad token', [GET =>
        '/ocs/v1.php/apps/files_sharing/api/v1/shares',
        [Authorization => $bad]], '401 Unauthorized', {}, <<'XML');
<?xml version="1.0"?>
<ocs>
 <meta>
  <status>failure</status>
  <statuscode>997</statuscode>
  <message>Invalid token</message>
 </meta>
 <data/>
</ocs>
XML
}


sub cookies {
    my ($answer) = @_;

    return join '; ', map { /^([^;]*)/ } @{$answer->{head}{'set-cookie'}};
}


sub test_cookies {
    my $user = '/ocs/v2.php/cloud/user?format=json';
    my $owner = '<?xml version="1.0"?><d:propfind xmlns:d="DAV:" '
                . 'xmlns:oc="http://owncloud.org/ns"><d:prop><oc:owner-id/>'
                . '</d:prop></d:propfind>';
    my %bob;

    for my $cloud ($nc, $oc) {
        my $answer = request($cloud, GET => $user, [as($cloud, 'bob')]);
        $bob{$cloud->{name}} = cookies($answer);
        like(cookies($answer), qr/\Q$cloud->{phrase}\E=.*$cloud->{instance}=/,
             "$cloud->{name}: a Bearer answer sets cookies");
    }

    row($oc, '632', 'its cookies alone are a login', [GET => $user,
        [Cookie => $bob{owncloud}]], '200 OK', {}, qr/"id":"bob"/);
    row($oc, '630', 'OCS: the Bearer wins', [GET => $user,
        [as($oc, 'alice'), Cookie => $bob{owncloud}]], '200 OK', {},
        qr/"id":"alice"/);
    row($oc, '631', 'WebDAV: the cookie wins', [PROPFIND =>
        '/remote.php/webdav/', [as($oc, 'alice'), Cookie => $bob{owncloud},
        Depth => 0], $owner], '207 Multi-Status', {},
        qr{<oc:owner-id>bob</oc:owner-id>});

    row($nc, '58', 'OCS: cookies alone are a login', [GET => $user,
        [Cookie => $bob{nextcloud}, 'OCS-APIRequest' => 'true']], '200 OK', {},
        qr/"id":"bob"/);

    for my $auth ([as($nc, 'bob')], [as($nc, 'alice')], []) {
        row($nc, '58', 'WebDAV with cookies', [PROPFIND =>
            '/remote.php/webdav/', [@$auth, Cookie => $bob{nextcloud},
            Depth => 0]], '401 Unauthorized',
            { 'Content-Type' => $xml_type, 'WWW-Authenticate' => undef },
            error_body('NotAuthenticated', 'CSRF check not passed.'));
    }
}


sub folder_response {
    my ($href, $props) = @_;

    return "<d:response><d:href>$href</d:href><d:propstat><d:prop>"
           . ($props // '<d:getlastmodified>DATE</d:getlastmodified>'
              . '<d:resourcetype><d:collection/></d:resourcetype>'
              . '<d:quota-used-bytes>N</d:quota-used-bytes>'
              . '<d:quota-available-bytes>-3</d:quota-available-bytes>'
              . '<d:getetag>ETAG13</d:getetag>')
           . '</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>';
}


sub missing {
    return '<d:propstat><d:prop>' . join('', map { "<$_/>" } @_)
           . '</d:prop><d:status>HTTP/1.1 404 Not Found</d:status>'
           . '</d:propstat>';
}


sub test_propfind {
    my $end = '</d:response></d:multistatus>';
    my $multi = '207 Multi-Status';
    my %head = ('Content-Type' => $xml_type, Vary => 'Brief,Prefer',
                'Transfer-Encoding' => 'chunked', ETag => undef,
                'Content-Length' => undef);
    my $nc_dav = '1, 3, extended-mkcol, nextcloud-checksum-update';
    my $oc_dav = '1, 3, extended-mkcol, 2';
    my @type = ('Content-Type' => 'text/xml; charset=utf-8');
    my $three = '<?xml version="1.0" encoding="utf-8"?>' . "\n"
        . '<d:propfind xmlns:d="DAV:"><d:prop><d:getlastmodified/>'
        . '<d:getcontentlength/><d:resourcetype/></d:prop></d:propfind>';
    my $three_folder = '<d:getlastmodified>DATE</d:getlastmodified>'
                       . '<d:resourcetype><d:collection/></d:resourcetype>';
    my $three_file = sub { "<d:response><d:href>$_[0]</d:href><d:propstat>"
        . '<d:prop><d:getlastmodified>DATE</d:getlastmodified>'
        . "<d:getcontentlength>$_[1]</d:getcontentlength><d:resourcetype/>"
        . '</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>'
        . '</d:response>' };

    row($nc, '30', 'root, Depth 0, no body', [PROPFIND =>
        '/remote.php/webdav/', [as($nc, 'alice'), Depth => 0]], $multi,
        { %head, DAV => $nc_dav },
        "$nc_root>" . folder_response('/remote.php/webdav/') . $end);
    row($oc, '201', 'root, Depth 0, no body', [PROPFIND =>
        '/remote.php/webdav/', [as($oc, 'alice'), Depth => 0]], $multi,
        { %head, DAV => $oc_dav },
        "$oc_root>" . folder_response('/oc/remote.php/webdav/') . $end);
    row($nc, '31', 'dav/files', [PROPFIND => '/remote.php/dav/files/alice/',
        [as($nc, 'alice'), Depth => 0]], $multi,
        { %head, DAV => '1, 3, extended-mkcol, access-control, '
          . 'calendarserver-principal-property-search, nc-paginate, '
          . 'nextcloud-checksum-update, nc-calendar-search, '
          . 'nc-enable-birthday-calendar' },
        "$nc_root>" . folder_response('/remote.php/dav/files/alice/') . $end);
    row($oc, '203', 'dav/files', [PROPFIND => '/remote.php/dav/files/alice/',
        [as($oc, 'alice'), Depth => 0]], $multi, { %head, DAV => $oc_dav },
        "$oc_root>" . folder_response('/oc/remote.php/dav/files/alice/')
        . $end);

    my @nc_props = map { "d:$_" } qw(displayname getlastmodified
        getcontentlength resourcetype getetag getcontenttype);
    my $list = '<?xml version="1.0" encoding="utf-8"?>' . "\n"
        . '<d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns" '
        . 'xmlns:nc="http://nextcloud.org/ns"><d:prop>'
        . join('', map { "<$_/>" } @nc_props, map({ "oc:$_" } qw(id fileid size
               permissions share-types owner-id)), 'nc:has-preview')
        . '</d:prop></d:propfind>';

    row($nc, '30', 'a list of properties', [PROPFIND => '/remote.php/webdav/',
        [as($nc, 'alice'), Depth => 0, @type], $list], $multi, {},
        "$nc_root>" . folder_response('/remote.php/webdav/',
        '<d:displayname>files</d:displayname><d:getlastmodified>DATE'
        . '</d:getlastmodified><d:resourcetype><d:collection/>'
        . '</d:resourcetype><d:getetag>ETAG13</d:getetag><oc:id>ID</oc:id>'
        . '<oc:fileid>N</oc:fileid><oc:size>N</oc:size><oc:permissions>RGDNVCK'
        . '</oc:permissions><oc:share-types/><oc:owner-id>alice</oc:owner-id>'
        . '<nc:has-preview>false</nc:has-preview>')
        . missing('d:getcontentlength', 'd:getcontenttype') . $end);
    row($nc, '39', 'Prefer: return=minimal', [PROPFIND =>
        '/remote.php/webdav/', [as($nc, 'alice'), Depth => 0, @type,
        Prefer => 'return=minimal'], $list], $multi, {},
        qr{^(?!.*404 Not Found).*</d:multistatus>$}s);

    row($nc, '33', 'a folder with children, no slash', [PROPFIND =>
        '/remote.php/webdav/Documents/Lecture%201', [as($nc, 'alice'),
        Depth => 1, @type], $three], $multi, {},
        "$nc_root>" . join('', map { folder_response("/remote.php/webdav"
            . "/Documents/Lecture%201/$_", $three_folder)
            . missing('d:getcontentlength') . '</d:response>' } '', 'deep/')
        . join('', map { $three_file->("/remote.php/webdav/Documents/"
            . "Lecture%201/$_->[0]", $_->[1]) } ['slides%20one.pdf', 21],
            ['slides.pdf', 24]) . '</d:multistatus>');
    row($nc, '33', 'a file with a slash', [PROPFIND =>
        '/remote.php/webdav/report.pdf/', [as($nc, 'alice'), Depth => 0,
        @type], $three], $multi, {}, "$nc_root>"
        . $three_file->('/remote.php/webdav/report.pdf', 33)
        . '</d:multistatus>');
    row($nc, '33', 'double slashes', [PROPFIND =>
        '/remote.php/webdav//Documents//Lecture%201/', [as($nc, 'alice'),
        Depth => 0, @type], $three], $multi, {},
        qr{<d:href>/remote.php/webdav/Documents/Lecture%201/</d:href>});
    row($oc, '313', 'dots', [PROPFIND => '/remote.php/webdav/../webdav/',
        [as($oc, 'alice'), Depth => 0]], $multi);
    row($oc, '312', 'no slash after webdav', [PROPFIND => '/remote.php/webdav',
        [as($oc, 'alice'), Depth => 0]], $multi, {},
        qr{<d:href>/oc/remote.php/webdav/</d:href>});

    my $moodle = <<'XML';
<?xml version="1.0" encoding="utf-8"?>
<propfind xmlns="DAV:"><prop>
<getcontentlength xmlns="DAV:"/>
<getlastmodified xmlns="DAV:"/>
<executable xmlns="http://apache.org/dav/props/"/>
<resourcetype xmlns="DAV:"/>
<checked-in xmlns="DAV:"/>
<checked-out xmlns="DAV:"/>
</prop></propfind>
XML
    my $executable = 'x1:executable xmlns:x1="http://apache.org/dav/props/"';

    row($nc, '32', "Moodle's body", [PROPFIND => '/remote.php/webdav/ten/',
        [as($nc, 'alice'), Depth => 0, 'Content-type' => 'application/xml'],
        $moodle], $multi, {}, "$nc_root>"
        . folder_response('/remote.php/webdav/ten/', $three_folder)
        . missing('d:getcontentlength', $executable, 'd:checked-in',
                  'd:checked-out') . $end);

    my $oc_list = '<?xml version="1.0"?><d:propfind xmlns:d="DAV:" '
        . 'xmlns:oc="http://owncloud.org/ns" '
        . 'xmlns:nc="http://nextcloud.org/ns"><d:prop><d:getlastmodified/>'
        . '<d:displayname/><d:quota-available-bytes/><oc:id/><oc:permissions/>'
        . '<oc:favorite/><oc:owner-display-name/><oc:checksums/>'
        . '<oc:downloadURL/><oc:name/><nc:has-preview/><nc:mount-type/>'
        . '</d:prop></d:propfind>';
    my @foreign = map { "x1:$_ xmlns:x1=\"http://nextcloud.org/ns\"" }
                      'has-preview', 'mount-type';

    row($oc, '204', 'a list of properties, file', [PROPFIND =>
        '/remote.php/webdav/special/plain.txt', [as($oc, 'alice'), Depth => 0],
        $oc_list], $multi, {},
        qr{^\Q$oc_root\E><d:response><d:href>/oc/remote.php/webdav/special/plain
        .txt</d:href><d:propstat><d:prop><d:getlastmodified>DATE
        </d:getlastmodified><oc:id>ID</oc:id><oc:permissions>RDNVW
        </oc:permissions><oc:favorite>0</oc:favorite><oc:owner-display-name>
        Alice\ Älpha</oc:owner-display-name><oc:checksums><oc:checksum>
        SHA1:[0-9a-f]{40}\ MD5:[0-9a-f]{32}\ ADLER32:[0-9a-f]{8}</oc:checksum>
        </oc:checksums><oc:downloadURL></oc:downloadURL></d:prop><d:status>
        HTTP/1.1\ 200\ OK</d:status></d:propstat>\Q${\ missing('d:displayname',
        'd:quota-available-bytes', 'oc:name', @foreign)}\E\Q$end\E$}x);

    row($nc, '39', 'Depth: infinity', [PROPFIND =>
        '/remote.php/webdav/Documents/', [as($nc, 'alice'),
        Depth => 'infinity', @type], $three], $multi, {},
        qr{/deep/deeper/deepest/leaf\.txt<});
    row($oc, '212', 'Depth: infinity', [PROPFIND =>
        '/remote.php/webdav/special', [as($oc, 'alice'),
        Depth => 'infinity']], '412 Precondition failed', {},
        error_body('PreconditionFailed', 'Depth infinity not supported'));
    row($nc, '39', 'no Depth is 1', [PROPFIND =>
        '/remote.php/webdav/Documents/', [as($nc, 'alice'), @type], $three],
        $multi, {}, qr{^(?!.*/deep/).*/Documents/plan\.md<}s);
    row($nc, '39', 'not XML', [PROPFIND => '/remote.php/webdav/',
        [as($nc, 'alice'), Depth => 0, @type], 'hello'], '400 Bad Request',
        { 'Content-Type' => $xml_type },
        qr{<s:exception>Sabre\\DAV\\Exception\\BadRequest</s:exception>});
    row($oc, '216', 'bad XML', [PROPFIND => '/remote.php/webdav/special',
        [as($oc, 'alice'), Depth => 0, @type], '<?xml x'], '400 Bad Request');
    row($nc, '39', 'other prefixes, unknown property', [PROPFIND =>
        '/remote.php/webdav/', [as($nc, 'alice'), Depth => 0, @type],
        '<?xml version="1.0"?><x:propfind xmlns:x="DAV:"><x:prop><x:getetag/>'
        . '<y:zz xmlns:y="urn:x"/><x:getcontentlength/></x:prop>'
        . '</x:propfind>'], $multi, {}, "$nc_root>"
        . folder_response('/remote.php/webdav/',
                          '<d:getetag>ETAG13</d:getetag>')
        . missing('x1:zz xmlns:x1="urn:x"', 'd:getcontentlength') . $end);

    row($nc, '37', 'missing', [PROPFIND => '/remote.php/webdav/no/such.txt',
        [as($nc, 'alice'), Depth => 0]], '404 Not Found', { DAV => $nc_dav },
        error_body('NotFound', 'File with name no/such.txt could not be '
                   . 'located'));
    row($oc, '210', 'missing', [PROPFIND => '/remote.php/webdav/nosuch',
        [as($oc, 'alice'), Depth => 1]], '404 Not Found', {},
        error_body('NotFound', 'File with name nosuch could not be located'));

    for my $cloud ($nc, $oc) {
        my $root = $cloud == $nc ? $nc_root : $oc_root;

        row($cloud, $cloud == $nc ? '31' : '217', "somebody else's tree",
            [PROPFIND => '/remote.php/dav/files/bob/', [as($cloud, 'alice'),
            Depth => 0]], $multi, {}, "$root>" . folder_response(
            "$cloud->{base}/remote.php/dav/files/bob/",
            '<d:resourcetype><d:collection/></d:resourcetype>') . $end);
        row($cloud, $cloud == $nc ? '31' : '219', 'all homes', [PROPFIND =>
            '/remote.php/dav/files/', [as($cloud, 'alice'), Depth => 1]],
            '405 Method Not Allowed', { Allow => qr/^OPTIONS, GET, HEAD/ },
            error_body('MethodNotAllowed',
                       'Listing members of this collection is disabled'));
    }

    row($nc, '31', 'unknown user', [PROPFIND =>
        '/remote.php/dav/files/nosuchuser/', [as($nc, 'alice'), Depth => 0]],
        '404 Not Found', {}, error_body('NotFound',
        'Principal with name nosuchuser not found'));
    row($nc, '36', 'empty folder', [PROPFIND =>
        '/remote.php/webdav/Empty%20folder', [as($nc, 'alice'), Depth => 1,
        @type], $three], $multi, {}, "$nc_root>"
        . folder_response('/remote.php/webdav/Empty%20folder/', $three_folder)
        . missing('d:getcontentlength') . $end);
    row($nc, '36', 'zero bytes', [PROPFIND => '/remote.php/webdav/zero.bin',
        [as($nc, 'alice'), Depth => 0, @type], $three], $multi, {},
        "$nc_root>" . $three_file->('/remote.php/webdav/zero.bin', 0)
        . '</d:multistatus>');

    row($nc, '43', 'OPTIONS', [OPTIONS => '/remote.php/webdav/',
        [as($nc, 'alice')]], '200 OK', { DAV => $nc_dav, 'Content-Length' => 0,
        Allow => 'OPTIONS, GET, HEAD, DELETE, PROPFIND, PUT, PROPPATCH, COPY, '
                 . 'MOVE, REPORT', 'MS-Author-Via' => 'DAV' }, '');
    row($oc, '221', 'OPTIONS', [OPTIONS => '/remote.php/webdav/',
        [as($oc, 'alice')]], '200 OK', { DAV => $oc_dav,
        Allow => 'OPTIONS, GET, HEAD, DELETE, PROPFIND, PUT, PROPPATCH, COPY, '
                 . 'MOVE, REPORT, LOCK, UNLOCK' }, '');
    row($oc, '310', 'POST', [POST => '/remote.php/webdav/',
        [as($oc, 'alice')], 'x'], '501 Not Implemented', {},
        error_body('NotImplemented', 'There was no plugin in the system that '
                   . 'was willing to handle this POST method.'));
}


# name => href, where it is not plain percent-encoding in lower case

sub test_special {
    my @nextcloud = (
        [' leading space.txt', '%20leading%20space.txt'],
        ['.hidden', '.hidden'],
        ['L' x 245 . '.txt', 'L' x 245 . '.txt'],
        ['amp & file.txt', 'amp%20%26%20file.txt'],
        ["apos ' file.txt", 'apos%20%27%20file.txt'],
        ['at@sign!$.txt', 'at@sign%21%24.txt'],
        ['colon:pipe|star*.txt', 'colon:pipe%7cstar%2a.txt'],
        ['comma, and (parens) [brackets] {braces}.txt',
         'comma%2c%20and%20(parens)%20%5bbrackets%5d%20%7bbraces%7d.txt'],
        ['emoji 😀 file.txt', 'emoji%20%f0%9f%98%80%20file.txt'],
        ['equals=a?b.txt', 'equals%3da%3fb.txt'],
        ["folder # & + %41 'q' ü",
         'folder%20%23%20%26%20%2b%20%2541%20%27q%27%20%c3%bc/'],
        ['hash # file.txt', 'hash%20%23%20file.txt'],
        ['lt < gt > file.txt', 'lt%20%3c%20gt%20%3e%20file.txt'],
        ['noextension', 'noextension'],
        ['percent % file.txt', 'percent%20%25%20file.txt'],
        ['percent %20 encoded.txt', 'percent%20%2520%20encoded.txt'],
        ['plus + file.txt', 'plus%20%2b%20file.txt'],
        ['quote " file.txt', 'quote%20%22%20file.txt'],
        ['semi;colon.txt', 'semi%3bcolon.txt'],
        ['tilde ~ caret ^ backtick `.txt',
         'tilde%20~%20caret%20%5e%20backtick%20%60.txt'],
        ['trailing dot.', 'trailing%20dot.'],
        ['two  spaces.txt', 'two%20%20spaces.txt'],
        ['ü' x 123 . '.txt', '%c3%bc' x 123 . '.txt'],
        ['日本語.txt', '%e6%97%a5%e6%9c%ac%e8%aa%9e.txt'],
    );
    my @owncloud = (
        [' leading.txt', '%20leading.txt'], ['..dots', '..dots'],
        ['100%.txt', '100%25.txt'], ['Folder & Co', 'Folder%20%26%20Co/'],
        ['[brackets]', '%5bbrackets%5d/'], ['a%2Fb.txt', 'a%252Fb.txt'],
        ['a+b c', 'a%2bb%20c/'], ['amp&ersand.txt', 'amp%26ersand.txt'],
        ['at@.txt', 'at@.txt'], ['back`tick.txt', 'back%60tick.txt'],
        ['bra[ck]et.txt', 'bra%5bck%5det.txt'], ['caret^.txt', 'caret%5e.txt'],
        ['colon:.txt', 'colon:.txt'], ['comma,.txt', 'comma%2c.txt'],
        ['dollar$.txt', 'dollar%24.txt'], ['dot.', 'dot.'],
        ['emoji😀.txt', 'emoji%f0%9f%98%80.txt'],
        ['eq=ual.txt', 'eq%3dual.txt'], ['hash#tag.txt', 'hash%23tag.txt'],
        ['lt<gt>.txt', 'lt%3cgt%3e.txt'], ['paren(s).txt', 'paren(s).txt'],
        ['percent%41.txt', 'percent%2541.txt'], ['pipe|.txt', 'pipe%7c.txt'],
        ['plain.txt', 'plain.txt'], ['plus+plus.txt', 'plus%2bplus.txt'],
        ['quest?ion.txt', 'quest%3fion.txt'],
        ['quote"double.txt', 'quote%22double.txt'],
        ["quote'single.txt", 'quote%27single.txt'],
        ['semi;colon.txt', 'semi%3bcolon.txt'], ['star*.txt', 'star%2a.txt'],
        ['tilde~.txt', 'tilde~.txt'], ['trailing.txt ', 'trailing.txt%20'],
        ['with space.txt', 'with%20space.txt'],
        ['{curly}.txt', '%7bcurly%7d.txt'], ['üml-nfd.txt', '%c3%bcml-nfd.txt'],
        ['ümläut-nfc.txt', '%c3%bcml%c3%a4ut-nfc.txt'],
        ['ünï', '%c3%bcn%c3%af/'], ['日本語', '%e6%97%a5%e6%9c%ac%e8%aa%9e/'],
    );

    # Both lists on both: the files are the same.
    for my $cloud ($nc, $oc) {
        my $number = $cloud == $nc ? '34' : '204';
        my $folder = "$cloud->{base}/remote.php/webdav/special/";
        my $list = request($cloud, PROPFIND => '/remote.php/webdav/special',
                           [as($cloud, 'alice'), Depth => 1]);
        my %href = map { $_ => 1 } $list->{body} =~ m{<d:href>(.*?)</d:href>}g;

        for (@nextcloud, @owncloud, ['case.txt', 'case.txt'],
             ['CASE.txt', 'CASE.txt'])
        {
            my ($name, $want) = @$_;

            ok($href{"$folder$want"}, "$cloud->{name}/$number: $want listed");

            row($cloud, $cloud == $nc ? '35' : '207', "$want itself",
                [PROPFIND => '/remote.php/webdav/special/' . encode($name),
                [as($cloud, 'alice'), Depth => 0]], '207 Multi-Status', {},
                qr{<d:href>\Q$folder$want\E</d:href>});
        }

        for (@nextcloud, @owncloud) {
            my ($name, $want) = @$_;
            next if $want =~ m{/$};

            row($cloud, $number, "$want as a folder", [PROPFIND =>
                '/remote.php/webdav/special-folders/' . encode($name),
                [as($cloud, 'alice'), Depth => 1]], '207 Multi-Status', {},
                qr{/special-folders/\Q$want\E/inside\.txt</d:href>});
        }
    }

    for (["apos%20'%20file.txt", 'raw quote', 'apos%20%27%20file.txt'],
         ['plus%20+%20file.txt', 'raw plus', 'plus%20%2b%20file.txt'],
         ['amp%20&%20file.txt', 'raw ampersand', 'amp%20%26%20file.txt'],
         ['%e6%97%a5%e6%9c%ac%e8%aa%9e.txt', 'lower-case hex',
          '%e6%97%a5%e6%9c%ac%e8%aa%9e.txt'])
    {
        my ($path, $what, $want) = @$_;

        row($nc, '35', $what, [PROPFIND => "/remote.php/webdav/special/$path",
            [as($nc, 'alice'), Depth => 0]], '207 Multi-Status', {},
            qr{<d:href>/remote.php/webdav/special/\Q$want\E<});
    }

    my @alice = (as($nc, 'alice'), Depth => 0);

    row($nc, '35', 'invalid UTF-8', [PROPFIND =>
        '/remote.php/webdav/special/bad%ff%fe.txt', \@alice], '404 Not Found');
    row($nc, '35', '%00', [PROPFIND =>
        '/remote.php/webdav/special/nul%00.txt', \@alice], '400 Bad Request',
        { 'Content-Type' => 'text/html' });
    row($nc, '35', 'backslash', [PROPFIND =>
        '/remote.php/webdav/special/back%5Cslash.txt', \@alice],
        '400 Bad Request', {},
        invalid_path('"\" is not allowed inside a file or folder name.'));
    row($nc, '35', '%2F', [PROPFIND => '/remote.php/webdav/special/a%2Fb',
        \@alice], '404 Not Found', {}, error_body('NotFound',
        'File with name special/a/b could not be located'));
    row($oc, '314', '%2F', [PROPFIND => '/remote.php/webdav/special%2Fplain.txt',
        [as($oc, 'alice'), Depth => 0]], '207 Multi-Status');
}


sub test_get {
    my %attachment = ('Content-Disposition' => "attachment; filename*=UTF-8''"
        . 'notes.txt; filename="notes.txt"');
    my %file = ('Content-Type' => 'text/plain;charset=UTF-8', ETag => 'ETAG32',
        'OC-ETag' => 'ETAG32', 'Last-Modified' => 'DATE', %attachment);
    my $path = '/remote.php/webdav/notes.txt';
    my $notes = "hello stand-in\n" x 100;

    for my $cloud ($nc, $oc) {
        my @alice = as($cloud, 'alice');
        my $number = sub { $cloud == $nc ? '50' : $_[0] };

        my $got = row($cloud, $number->('240'), 'GET', [GET => $path, \@alice],
            '200 OK', { %file, 'Content-Length' => 1500 }, $notes);
        my $etag = $got->{head}{etag}[0];

        row($cloud, $number->('241'), 'HEAD', [HEAD => $path, \@alice],
            '200 OK', { %file, 'Content-Length' => 1500 }, '');
        row($cloud, $number->('242'), 'Range', [GET => $path,
            [@alice, Range => 'bytes=2-5']], '206 Partial Content',
            { %file, 'Content-Range' => 'bytes 2-5/1500',
              'Content-Length' => 4 }, 'llo ');
        row($cloud, $number->('244'), 'two ranges', [GET => $path,
            [@alice, Range => 'bytes=0-1,3-4']], '200 OK',
            { 'Content-Length' => 1500 });
        row($cloud, $number->('243'), 'a range behind the end', [GET => $path,
            [@alice, Range => 'bytes=99999-']],
            '416 Requested Range Not Satisfiable', {},
            error_body('RequestedRangeNotSatisfiable', 'The start offset '
            . '(99999) exceeded the size of the entity (1500)'));
        row($cloud, $number->('245'), 'If-None-Match', [GET => $path,
            [@alice, 'If-None-Match' => $etag]], '304 Not Modified',
            { ETag => 'ETAG32', 'Content-Disposition' => undef }, '');
        row($cloud, $number->('246'), 'If-Modified-Since', [GET => $path,
            [@alice, 'If-Modified-Since' => 'Fri, 02 Jan 2026 03:04:05 GMT']],
            '304 Not Modified', { 'Last-Modified' => 'DATE' }, '');
        row($cloud, $number->('247'), 'a folder', [GET =>
            '/remote.php/webdav/Documents', \@alice], '200 OK',
            { 'Content-Type' => $html_type }, $cloud == $nc ? ''
            : 'This is the WebDAV interface. It can only be accessed by '
              . 'WebDAV clients such as the ownCloud desktop sync client.');
        row($cloud, $number->('248'), 'missing', [GET =>
            '/remote.php/webdav/nosuch.txt', \@alice], '404 Not Found',
            { 'Content-Type' => $xml_type }, error_body('NotFound',
            'File with name nosuch.txt could not be located'));
        row($cloud, $number->('249'), 'zero bytes', [GET =>
            '/remote.php/webdav/zero.bin', \@alice], '200 OK',
            { 'Content-Length' => undef, ETag => 'ETAG32',
              'Content-Type' => 'application/x-bin' }, '');
        row($cloud, $number->('251'), 'a special name', [GET =>
            '/remote.php/webdav/special/' . encode('ümläut-nfc.txt'), \@alice],
            '200 OK', { 'Content-Disposition' => "attachment; filename*="
            . "UTF-8''%C3%BCml%C3%A4ut-nfc.txt; "
            . 'filename="%C3%BCml%C3%A4ut-nfc.txt"' }, "ümläut-nfc.txt\n");
        row($cloud, $number->('253'), 'at dav/files', [GET =>
            '/remote.php/dav/files/alice/notes.txt', \@alice], '200 OK', {},
            $notes);

        next if $cloud != $nc;
        row($nc, '50', 'HEAD with If-None-Match', [HEAD => $path,
            [@alice, 'If-None-Match' => $etag]], '412 Precondition failed');
        row($nc, '50', 'If-Match', [GET => $path,
            [@alice, 'If-Match' => '"wrong"']], '412 Precondition failed', {},
            error_body('PreconditionFailed', 'An If-Match header was '
            . 'specified, but none of the specified ETags matched.',
            "  <s:header>If-Match</s:header>\n"));
        row($nc, '50', 'gzip', [GET => $path,
            [@alice, 'Accept-Encoding' => 'gzip']], '200 OK',
            { 'Content-Encoding' => 'gzip', ETag => 'W/ETAG32' });
        row($nc, '40', 'gzip: not for 207', [PROPFIND => '/remote.php/webdav/',
            [@alice, 'Accept-Encoding' => 'gzip']], '207 Multi-Status',
            { 'Content-Encoding' => undef });
    }

    like(join('', @{request($oc, GET => $path, [as($oc, 'alice')])
         ->{head}{'oc-checksum'} // []}), qr/^SHA1:[0-9a-f]{40}$/,
         'owncloud/240: OC-Checksum');
}


sub test_changes {
    for my $cloud ($nc, $oc) {
        my @alice = as($cloud, 'alice');
        my $number = sub { $_[$cloud == $nc ? 0 : 1] };
        my $put = '/remote.php/webdav/put';
        my $to = sub { (Destination => "http://evil.test$cloud->{base}$_[0]",
                        Overwrite => $_[1] // 'T') };
        my %id = ('OC-FileId' => 'ID');
        my %etag = (ETag => 'ETAG32', 'OC-ETag' => 'ETAG32', %id);
        my $exists = error_body('PreconditionFailed', 'The destination node '
            . 'already exists, and the overwrite header is set to false',
            "  <s:header>Overwrite</s:header>\n");

        my @rows = (
            # recordings, what, request, line, headers, body
            ['53 260', 'MKCOL', [MKCOL => $put, \@alice], '201 Created',
             { %id, 'Content-Length' => 0 }, ''],
            ['53 261', 'MKCOL again', [MKCOL => "$put/", \@alice],
             '405 Method Not Allowed', { Allow => qr/^OPTIONS, GET/ },
             error_body('MethodNotAllowed', 'The resource you tried to create '
                        . 'already exists')],
            ['53 262', 'MKCOL, no parent', [MKCOL => "$put/no/such", \@alice],
             '409 Conflict', {}, error_body('Conflict',
             'Parent node does not exist')],
            ['53 266', 'MKCOL with a body', [MKCOL => "$put/body", \@alice,
             '<x/>'], '400 Bad Request', {}, error_body('BadRequest',
             'Expected {DAV:}mkcol but received {}x as the root element')],
            ['53 270', 'MKCOL, double slash', [MKCOL =>
             '/remote.php/webdav//put//sub', \@alice], '201 Created', \%id],
            ['53 265', 'MKCOL, backslash', [MKCOL => "$put/a%5Cb", \@alice],
             '400 Bad Request', {}, invalid_path($cloud == $nc
             ? '"\" is not allowed inside a file or folder name.'
             : 'File name contains at least one invalid character')],
            ['53 200', 'MKCOL, 251 bytes', [MKCOL => "$put/" . 'm' x 251,
             \@alice], '400 Bad Request', {}, $cloud == $nc
             ? invalid_path('Filename is too long')
             : invalid_path('File name is too long.', 'FileNameTooLong')],
            ['52 230', 'PUT new', [PUT => "$put/new.txt", \@alice, 'one'],
             '201 Created', { %etag, 'Content-Length' => 0 }, ''],
            ['52 231', 'PUT again', [PUT => "$put/new.txt", \@alice, 'two'],
             '204 No Content', \%etag],
            ['52 232', 'PUT, If-None-Match', [PUT => "$put/new.txt",
             [@alice, 'If-None-Match' => '*'], 'x'], '412 Precondition failed',
             {}, error_body('PreconditionFailed', 'An If-None-Match header was '
             . 'specified, but the ETag matched (or * was specified).',
             "  <s:header>If-None-Match</s:header>\n")],
            ['52 234', 'PUT, no parent', [PUT => "$put/no/x.txt", \@alice,
             'x'], '409 Conflict', {}, error_body('Conflict',
             'Files cannot be created in non-existent collections')],
            ['52 236', 'PUT on a folder', [PUT => $put, \@alice, 'x'],
             '409 Conflict', {}, error_body('Conflict',
             'PUT is not allowed on non-files.')],
            ['52 235', 'PUT nothing', [PUT => "$put/zero.txt", \@alice, ''],
             '201 Created', \%etag],
            ['52 237', 'PUT with a date', [PUT => "$put/dated.txt",
             [@alice, 'X-OC-Mtime' => 1500000000], 'x'], '201 Created',
             { %etag, 'X-OC-MTime' => 'accepted' }],
            ['52 268', '.htaccess', [PUT => "$put/.htaccess", \@alice, 'x'],
             $cloud == $nc ? '400 Bad Request' : '403 Forbidden', {},
             $cloud == $nc
             ? invalid_path('".htaccess" is a forbidden file or folder name.')
             : error_body('Forbidden', '')],
            ['54 280', 'COPY', [COPY => "$put/new.txt", [@alice,
             $to->("$put/c1.txt", 'F')]], '201 Created',
             { %id, 'Content-Length' => 0 }, ''],
            ['54 281', 'COPY, F', [COPY => "$put/new.txt", [@alice,
             $to->("$put/c1.txt", 'F')]], '412 Precondition failed', {},
             $exists],
            ['54 282', 'COPY, T', [COPY => "$put/new.txt", [@alice,
             $to->("$put/c1.txt")]], '204 No Content', \%id],
            ['54 284', 'COPY, path only', [COPY => "$put/new.txt", [@alice,
             Destination => "$cloud->{base}$put/c2.txt"]], '201 Created'],
            ['54 292', 'COPY, special', [COPY => "$put/new.txt", [@alice,
             $to->("$put/sp%20ace%2B+%C3%BC%25.txt")]], '201 Created'],
            ['54 293', 'COPY, not encoded', [COPY => "$put/new.txt", [@alice,
             $to->("$put/raw space ü.txt")]], '201 Created'],
            ['54 285', 'COPY, no parent', [COPY => "$put/new.txt", [@alice,
             $to->("$put/no/c.txt")]], '409 Conflict', {}, error_body(
             'Conflict', 'The destination node is not found')],
            ['54 286', 'COPY, missing', [COPY => "$put/nosuch.txt", [@alice,
             $to->("$put/c.txt")]], '404 Not Found', {}, error_body('NotFound',
             'File with name put/nosuch.txt could not be located')],
            ['54 287', 'COPY, no Destination', [COPY => "$put/new.txt",
             \@alice], '400 Bad Request', {}, error_body('BadRequest',
             'The destination header was not supplied')],
            ['54 289', 'COPY to another root', [COPY => "$put/new.txt",
             [@alice, $to->('/remote.php/dav/files/alice/put/c.txt')]],
             '403 Forbidden', {}, error_body('Forbidden', 'Requested uri ('
             . "$cloud->{base}/remote.php/dav/files/alice/put/c.txt) is out of "
             . "base uri ($cloud->{base}/remote.php/webdav/)")],
            ['54 290', 'COPY onto itself', [COPY => "$put/new.txt", [@alice,
             $to->("$put/new.txt")]], '403 Forbidden', {},
             error_body('Forbidden',
             'Source and destination uri are identical.')],
            ['54 291', 'COPY, folder', [COPY => '/remote.php/webdav/special',
             [@alice, $to->("$put/special-copy", 'F')]], '201 Created', \%id],
            ['54 301', 'COPY, folder into itself', [COPY => $put, [@alice,
             $to->("$put/sub/inside")]], '409 Conflict', {}, error_body(
             'Conflict', 'The destination may not be part of the same subtree '
             . 'as the source path.')],
            ['55 295', 'MOVE', [MOVE => "$put/c1.txt", [@alice,
             $to->("$put/m1.txt", 'F')]], '201 Created',
             { %etag, 'Content-Length' => 0 }, ''],
            ['55 296', 'MOVE, F', [MOVE => "$put/c2.txt", [@alice,
             $to->("$put/m1.txt", 'F')]], '412 Precondition failed', {},
             $exists],
            ['55 297', 'MOVE, T', [MOVE => "$put/c2.txt", [@alice,
             $to->("$put/m1.txt")]], '204 No Content', \%etag],
            ['55 298', 'MOVE, missing', [MOVE => "$put/nosuch", [@alice,
             $to->("$put/m2.txt")]], '404 Not Found'],
            ['55 299', 'MOVE, no parent', [MOVE => "$put/m1.txt", [@alice,
             $to->("$put/no/m.txt")]], '409 Conflict', {}, error_body(
             'Conflict', 'The destination node is not found')],
            ['55 301', 'MOVE, folder', [MOVE => "$put/sub", [@alice,
             $to->("$put/sub-moved", 'F')]], '201 Created',
             { %id, ETag => undef }],
            ['56 302', 'DELETE', [DELETE => "$put/m1.txt", \@alice],
             '204 No Content'],
            ['56 303', 'DELETE again', [DELETE => "$put/m1.txt", \@alice],
             '404 Not Found', {}, error_body('NotFound',
             'File with name put/m1.txt could not be located')],
            ['56 304', 'DELETE, folder', [DELETE => "$put/", \@alice],
             '204 No Content'],
        );

        for (@rows) {
            my ($numbers, $what, $request, $line, $head, $body) = @$_;

            row($cloud, (split / /, $numbers)[$cloud == $nc ? 0 : 1], $what,
                $request, $line, $head, $body);
        }
    }

    row($nc, '56', 'DELETE, the root', [DELETE => '/remote.php/webdav/',
        [as($nc, 'alice')]], '403 Forbidden', {}, error_body('Forbidden', ''));
    row($nc, '54', 'Destination //host', [COPY =>
        '/remote.php/webdav/notes.txt', [as($nc, 'alice'),
        Destination => '//127.0.0.1/remote.php/webdav/c6.txt']],
        '403 Forbidden');
}


sub test_etags {
    my @paths = ('', 'Documents/', 'Documents/Lecture%201/', 'ten/');
    my $etags = sub {
        return map { request($nc, PROPFIND => "/remote.php/webdav/$_",
            [as($nc, 'alice'), Depth => 0])->{body}
            =~ /getetag>(.*?)</ ? $1 : '' } @paths;
    };

    my @before = $etags->();
    request($nc, PUT => '/remote.php/webdav/Documents/Lecture%201/deep/x.txt',
            [as($nc, 'alice')], 'new');
    my @after = $etags->();

    isnt($after[$_], $before[$_], "nextcloud/57: $paths[$_] has a new etag")
        for 0 .. 2;
    is($after[3], $before[3], 'nextcloud/57: a sibling keeps its etag');

    my $put = request($nc, PUT => '/remote.php/webdav/m.txt',
                      [as($nc, 'alice')], 'x');
    my $move = request($nc, MOVE => '/remote.php/webdav/m.txt',
        [as($nc, 'alice'), Destination => '/remote.php/webdav/ten/m.txt']);
    is($move->{head}{'oc-fileid'}[0], $put->{head}{'oc-fileid'}[0],
       'nextcloud/55: MOVE keeps the id');
}


sub search_body {
    my ($literal, $scope, $more) = @_;

    return encode_utf8('<?xml version="1.0" encoding="UTF-8"?>'
        . '<d:searchrequest xmlns:d="DAV:"><d:basicsearch><d:select><d:prop>'
        . '<d:displayname/><d:getcontentlength/><d:getlastmodified/>'
        . '<d:resourcetype/></d:prop></d:select><d:from><d:scope><d:href>'
        . ($scope // '/files/alice/') . '</d:href><d:depth>infinity</d:depth>'
        . '</d:scope></d:from><d:where><d:like><d:prop><d:displayname/>'
        . "</d:prop><d:literal>$literal</d:literal></d:like></d:where>"
        . '<d:orderby/>' . ($more // '')
        . '</d:basicsearch></d:searchrequest>');
}


sub test_search {
    my @alice = (as($nc, 'alice'), 'Content-Type' => 'text/xml');
    my $dav = '/remote.php/dav/';
    my $quoted = { 'Content-Type' => 'application/xml; charset="utf-8"' };
    my $multi = '207 Multi-Status';
    my $none = 'There was no plugin in the system that was willing to handle '
               . 'this SEARCH method.';

    row($nc, '44', 'a name', [SEARCH => $dav, \@alice,
        search_body('%REPORT%')], $multi, $quoted, "$nc_root><d:response>"
        . '<d:href>/remote.php/dav/files/alice/report.pdf</d:href><d:propstat>'
        . '<d:prop><d:displayname>report.pdf</d:displayname>'
        . '<d:getcontentlength>33</d:getcontentlength><d:getlastmodified>DATE'
        . '</d:getlastmodified><d:resourcetype/></d:prop><d:status>HTTP/1.1 '
        . '200 OK</d:status></d:propstat></d:response></d:multistatus>');
    row($nc, '44', 'a folder', [SEARCH => $dav, \@alice,
        search_body('%Lecture%')], $multi, {}, "$nc_root><d:response><d:href>"
        . '/remote.php/dav/files/alice/Documents/Lecture%201/</d:href>'
        . '<d:propstat><d:prop><d:displayname>Lecture 1</d:displayname>'
        . '<d:getlastmodified>DATE</d:getlastmodified><d:resourcetype>'
        . '<d:collection/></d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK'
        . '</d:status></d:propstat>' . missing('d:getcontentlength')
        . '</d:response></d:multistatus>');
    row($nc, '44', 'nothing', [SEARCH => $dav, \@alice,
        search_body('%nothing-like-this%')], $multi, $quoted, "$nc_root/>\n");

    for (['%\%41%', 'percent%2541.txt'], ['%&amp;%', 'amp%20%26%20file.txt'],
         ['%&lt;%', 'lt%20%3c%20gt%20%3e%20file.txt'],
         ['%Ü%', 'Documents/%c3%9cmlaut%20%c3%96rdner/'],
         ['%😀%', 'emoji%20%f0%9f%98%80%20file.txt'])
    {
        row($nc, '45', "query $_->[0]", [SEARCH => $dav, \@alice,
            search_body($_->[0])], $multi, {},
            qr{<d:href>/remote.php/dav/files/alice/[^<]*\Q$_->[1]\E<});
    }

    row($nc, '45', 'query _, escaped', [SEARCH => $dav, \@alice,
        search_body('%\_%')], $multi, {}, "$nc_root/>\n");
    row($nc, '45', 'scope, raw', [SEARCH => $dav, \@alice, search_body(
        '%leaf%', '/files/alice/Documents/Lecture 1/')], $multi, {},
        qr{/deepest/leaf\.txt<});
    row($nc, '45', 'scope, encoded', [SEARCH => $dav, \@alice, search_body(
        '%leaf%', '/files/alice/Documents/Lecture%201/')], '404 Not Found', {},
        error_body('NotFound',
        'File with name /Documents/Lecture%201 could not be located'));
    row($nc, '45', 'scope, missing', [SEARCH => $dav, \@alice, search_body(
        '%leaf%', '/files/alice/nosuch/')], '404 Not Found', {}, error_body(
        'NotFound', 'File with name //nosuch could not be located'));

    for my $scope ('/files/bob/', '/') {
        row($nc, '45', "scope $scope", [SEARCH => $dav, \@alice,
            search_body('%report%', $scope)], '500 Internal Server Error', {},
            '<?xml version="1.0" encoding="utf-8"?>' . "\n" . '<d:error '
            . 'xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns">' . "\n"
            . "  <s:exception>InvalidArgumentException</s:exception>\n"
            . '  <s:message>Search is only supported on directories'
            . "</s:message>\n</d:error>\n");
    }

    for my $path ('/remote.php/webdav/', '/remote.php/dav/files/alice/') {
        row($nc, '45', "at $path", [SEARCH => $path, \@alice,
            search_body('%x%')], '501 Not Implemented', {},
            error_body('NotImplemented', $none));
    }

    my $limited = request($nc, SEARCH => $dav, \@alice, search_body('%.txt',
        undef, '<d:limit><d:nresults>3</d:nresults></d:limit>'));
    is(() = $limited->{body} =~ /<d:response>/g, 3, 'nextcloud/46: a limit');

    my $report = sub {
        return encode_utf8('<?xml version="1.0"?><oc:search-files '
            . 'xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop>'
            . '<oc:fileid/><d:getcontenttype/><d:getcontentlength/>'
            . '<d:resourcetype/></d:prop><oc:search><oc:pattern>' . $_[0]
            . '</oc:pattern>' . ($_[1] ? "<oc:limit>$_[1]</oc:limit>" : '')
            . '</oc:search></oc:search-files>');
    };

    for (['602', '/remote.php/dav/files/alice/'],
         ['603', '/remote.php/webdav/'])
    {
        my ($number, $path) = @$_;

        row($oc, $number, "REPORT at $path", [REPORT => $path,
            [as($oc, 'alice')], $report->('REPORT', 10)], $multi,
            { 'Content-Type' => $xml_type, DAV => undef },
            "$oc_root><d:response><d:href>/oc${path}report.pdf</d:href>"
            . '<d:propstat><d:prop><oc:fileid>N</oc:fileid><d:getcontenttype>'
            . 'application/pdf</d:getcontenttype><d:getcontentlength>33'
            . '</d:getcontentlength><d:resourcetype/></d:prop><d:status>'
            . 'HTTP/1.1 200 OK</d:status></d:propstat></d:response>'
            . '</d:multistatus>');
    }

    my $all = request($oc, REPORT => '/remote.php/webdav/',
                      [as($oc, 'alice')], $report->('%'));
    is(() = $all->{body} =~ /<d:response>/g, 30,
       'owncloud/628: 30 without a limit, and % finds all');

    row($oc, '624', 'no pattern', [REPORT => '/remote.php/webdav/',
        [as($oc, 'alice')], $report->('')], '400 Bad Request', {},
        error_body('BadRequest', 'Search pattern cannot be empty'));
    row($oc, '633a', 'in a folder', [REPORT =>
        '/remote.php/dav/files/alice/ten/', [as($oc, 'alice')],
        $report->('file')], '501 Not Implemented', {}, error_body(
        'NotImplemented', 'Search report only available in the root folder of '
        . 'the user'));
    row($oc, '635', "in somebody else's", [REPORT =>
        '/remote.php/dav/files/bob/', [as($oc, 'alice')], $report->('x')],
        '415 Unsupported Media Type', {}, error_body('ReportNotSupported', '',
        "  <d:supported-report/>\n"));
    row($oc, '606', 'unknown report', [REPORT => '/remote.php/webdav/',
        [as($oc, 'alice')], '<x:bogus xmlns:x="urn:x"/>'],
        '415 Unsupported Media Type');
    row($oc, '600', 'SEARCH', [SEARCH => $dav, [as($oc, 'alice')],
        search_body('%x%')], '501 Not Implemented', {},
        error_body('NotImplemented', $none));
}


sub share {
    my ($cloud, $v, $format, $body, $user) = @_;

    return [POST => "/ocs/v$v.php$api?format=$format",
            [as($cloud, $user // 'alice'), 'OCS-APIRequest' => 'true',
             'Content-Type' => 'application/x-www-form-urlencoded'], $body];
}


# The elements of an answer in their order, the empty ones with their form.

sub elements {
    my ($text) = @_;

    return join ' ', map { s/^ +//r =~ s{>[^<]+<.*}{}r =~ s/[<>]//gr }
                     grep { !m{^ *(?:</|$)} } split /\n/, $text =~ s/<\?xml.*//r;
}


sub test_links {
    my $link = 'path=%2Freport.pdf&shareType=3&publicUpload=false&permissions=1';
    my $meta = 'ocs meta status statuscode message totalitems/totalitems '
               . 'itemsperpage/itemsperpage data ';

    my $answer = row($nc, '60', 'create, v1, xml', share($nc, 1, 'xml', $link),
        '200 OK', { 'Content-Type' => $xml_type, 'X-User-Id' => 'alice' },
        qr{<statuscode>100</statuscode>.*<permissions>17</permissions>.*
           <path>/report.pdf</path>.*<url>http://HOST/s/\w{15}</url>}xs);
    is(elements($answer->{body}), "$meta$nc_link", 'nextcloud/60: elements');

    $answer = row($oc, '400', 'create, v1, xml', share($oc, 1, 'xml', $link),
        '200 OK', { 'Content-Type' => $xml_type },
        qr{<message/>.*<permissions>1</permissions>.*
           <url>http://HOST/oc/s/\w{15}</url>}xs);
    is(elements($answer->{body}), $meta =~ s/message/message\//r . $oc_link,
       'owncloud/400: elements');

    my (%id, %url);

    for my $cloud ($nc, $oc) {
        my $number = $cloud == $nc ? '60' : '401';

        $answer = row($cloud, $number, 'create, v2, json',
            share($cloud, 2, 'json', $link), '200 OK',
            { 'Content-Type' => $json_type }, $cloud == $nc
            ? qr/"message":"OK"\},"data":\{"id":"\d+","share_type":3,/
            : qr/"message":null,"totalitems":"","itemsperpage":""\},"data":\{"id":"\d+"/);
        my $data = $json->decode($answer->{body})->{ocs}{data};
        ($id{$cloud}, $url{$cloud}) = @$data{qw(id url)};

        my $multipart = join '', map { "--xx\r\nContent-Disposition: form-data;"
            . " name=\"$_->[0]\"\r\n\r\n$_->[1]\r\n" } [path => '/notes.txt'],
            [shareType => 3], [publicUpload => ''], [permissions => 1];
        row($cloud, $cloud == $nc ? '60' : '404', 'multipart, as Moodle',
            [POST => "/ocs/v1.php$api?format=xml", [as($cloud, 'alice'),
            'Content-Type' => 'multipart/form-data; boundary=xx'],
            "$multipart--xx--\r\n"], '200 OK', {},
            qr{<statuscode>100<.*<path>/notes.txt<}s);
    }

    for (['1', '60', 'nosuch', 'path=%2Fnosuch.pdf&shareType=3', 404,
          'Wrong path, file/folder does not exist',
          q{Wrong path, file/folder doesn't exist}],
         ['1', '60', 'no path', 'shareType=3', 404,
          'Please specify a file or folder path'],
         ['1', '60', 'no type', 'path=%2Freport.pdf', 400,
          'Unknown share type'],
         ['1', '60', 'the root', 'path=%2F&shareType=3', 403,
          'You cannot share your root folder',
          q{You can't share your root folder}])
    {
        my ($v, $number, $what, $body, $code, $nc_text, $oc_text) = @$_;

        row($nc, '63', $what, share($nc, 1, 'xml', $body), '200 OK', {},
            qr{<statuscode>$code</statuscode>\n  <message>\Q$nc_text\E<});
        row($oc, '410', $what, share($oc, 1, 'xml', $body), '200 OK', {},
            qr{<statuscode>$code</statuscode>\n  <message>\Q${\($oc_text
               // $nc_text)}\E<});
    }

    row($nc, '63', 'v2: the status mirrors it', share($nc, 2, 'json',
        'path=%2Fnosuch.pdf&shareType=3'), '404 Not Found', {},
        '{"ocs":{"meta":{"status":"failure","statuscode":404,"message":"Wrong '
        . 'path, file\/folder does not exist"},"data":[]}}');

    for my $cloud ($nc, $oc) {
        my $get = "/ocs/v1.php$api";
        my $owncloud = $cloud == $oc;

        $answer = row($cloud, $owncloud ? '450' : '61', 'by id', [GET =>
            "$get/$id{$cloud}?format=xml", [as($cloud, 'alice')]], '200 OK');
        is(elements($answer->{body}), $owncloud
           ? $meta =~ s/message/message\//r . "element $oc_link"
           : "${meta}element $nc_link", "$cloud->{name}: by id: elements");

        row($cloud, $owncloud ? '459' : '61', 'by path', [GET =>
            "$get?format=json&path=/report.pdf", [as($cloud, 'alice')]],
            '200 OK', {}, qr/"data":\[\{"id":"\d+".*\},\{"id":/);
        row($cloud, $owncloud ? '466' : '61', 'an empty list', [GET =>
            "$get?format=json", [as($cloud, 'bob')]], '200 OK', {},
            qr/"data":\[\]\}\}$/);
        row($cloud, $owncloud ? '454' : '61', "somebody else's", [GET =>
            "$get/$id{$cloud}?format=xml", [as($cloud, 'bob')]], '200 OK', {},
            qr{<statuscode>404</statuscode>});
    }

    my $path = sub { $_[1] =~ s/^http:\/\/[^\/]*\Q$_[0]{base}\E//r };

    row($oc, '481', 'download', [GET => $path->($oc, $url{$oc})
        . '/download'], '200 OK', { 'Content-Type' => 'application/pdf',
        'Content-Transfer-Encoding' => 'binary' }, qr/report of alice/);
    row($oc, '485', 'download, Range', [GET => $path->($oc, $url{$oc})
        . '/download', [Range => 'bytes=0-3']], '206 Partial Content',
        { 'Content-Range' => 'bytes 0-3/33' }, '%PDF');
    row($oc, '486', 'download, unknown', [GET => '/s/nosuchtoken12345/download'
        ], '503 Service Unavailable', { 'Content-Type' => $html_type });
    row($nc, '90', 'page', [GET => $path->($nc, $url{$nc})], '200 OK',
        { 'Content-Type' => $html_type });

    my $download = row($nc, '90', 'download', [GET =>
        $path->($nc, $url{$nc}) . '/download'], '303 See Other', { Location =>
        qr{^http://HOST/public\.php/dav/files/\w{15}/\?accept=zip$} });
    row($nc, '90', 'its target', [GET => $path->($nc, location($download))],
        '200 OK', { 'Content-Type' => 'application/pdf', ETag => 'ETAG32',
        'Content-Disposition' => qr/^attachment;/ }, qr/report of alice/);
    row($nc, '90', 'page, unknown', [GET => '/s/nosuchtoken12345'],
        '404 Not Found');
    row($nc, '90', 'target, unknown', [GET =>
        '/public.php/dav/files/nosuchtoken12345'], '503 Service Unavailable');

    for my $cloud ($nc, $oc) {
        my $delete = "/ocs/v1.php$api/$id{$cloud}?format=xml";
        my $number = $cloud == $oc ? '500' : '61';

        row($cloud, $number, 'DELETE', [DELETE => $delete,
            [as($cloud, 'alice')]], '200 OK', {},
            qr{<statuscode>100<.*<data/>}s);
        row($cloud, $number, 'DELETE again', [DELETE => $delete,
            [as($cloud, 'alice')]], '200 OK', {}, qr{<statuscode>404<});
        row($cloud, $number, 'DELETE again, v2', [DELETE =>
            $delete =~ s/v1/v2/r, [as($cloud, 'alice')]], '404 Not Found');
    }
}


sub test_user_shares {
    my $body = 'path=%2Fnotes.txt&shareType=0&shareWith=BOB&permissions=31';
    my %id;

    for my $cloud ($nc, $oc) {
        my $answer = row($cloud, $cloud == $nc ? '65' : '430', 'create',
            share($cloud, 1, 'xml', $body), '200 OK', {},
            qr{<share_type>0<.*<permissions>19<.*<file_target>/notes.txt<.*
               <share_with>bob</share_with>}xs);
        $id{$cloud} = $1 if $answer->{body} =~ m{<id>(\d+)</id>};
        is(elements($answer->{body}) =~ s/.* data //r,
           $cloud == $nc ? $nc_user : $oc_user, "$cloud->{name}: elements");
    }

    row($nc, '65', 'again: the same one', share($nc, 1, 'xml', $body),
        '200 OK', {}, qr{<statuscode>100<.*<id>$id{$nc}</id>}s);
    row($oc, '431', 'again: refused, v1', share($oc, 1, 'xml', $body),
        '200 OK', {}, <<'XML');
<?xml version="1.0"?>
<ocs>
 <meta>
  <status>failure</status>
  <statuscode>403</statuscode>
  <message>Path already shared with this user</message>
  <totalitems></totalitems>
  <itemsperpage></itemsperpage>
 </meta>
 <data/>
</ocs>
XML
    row($oc, '433', 'again: refused, v2', share($oc, 2, 'json', $body),
        '403 Forbidden', {}, '{"ocs":{"meta":{"status":"failure","statuscode":'
        . '403,"message":"Path already shared with this user","totalitems":"",'
        . '"itemsperpage":""},"data":[]}}');

    for (['nosuchuser', 404, 'Please specify a valid account to share with',
          'Please specify a valid user'],
         ['alice', 403, 'Cannot share with yourself',
          q{Can't share with yourself}])
    {
        my ($with, $code, $nc_text, $oc_text) = @$_;
        my $bad = "path=%2Freport.pdf&shareType=0&shareWith=$with";

        row($nc, '63', "with $with", share($nc, 1, 'xml', $bad), '200 OK', {},
            qr{<statuscode>$code</statuscode>\n  <message>\Q$nc_text\E<});
        row($oc, '436', "with $with", share($oc, 1, 'xml', $bad), '200 OK', {},
            qr{<statuscode>$code</statuscode>\n  <message>\Q$oc_text\E<});
    }

    row($oc, '441', 'permissions 0', share($oc, 1, 'xml',
        'path=%2Freport.pdf&shareType=0&shareWith=bob&permissions=0'),
        '200 OK', {}, qr{<statuscode>400<.*Cannot remove all permissions}s);

    my $update = sub {
        my ($cloud, $user, $text) = @_;

        return [PUT => "/ocs/v1.php$api/$id{$cloud}?format=xml",
                [as($cloud, $user), 'Content-Type' =>
                 'application/x-www-form-urlencoded'], $text];
    };

    for my $cloud ($nc, $oc) {
        row($cloud, $cloud == $nc ? '65' : '470', 'update',
            $update->($cloud, 'alice', 'permissions=1'), '200 OK', {},
            qr{<statuscode>100<.*<permissions>1<}s);
        row($cloud, $cloud == $nc ? '65' : '473', 'update, nothing',
            $update->($cloud, 'alice', ''), '200 OK', {},
            qr{<statuscode>400<.*Wrong or no update parameter given}s);
    }

    row($nc, '65', 'update by the recipient',
        $update->($nc, 'bob', 'permissions=31'), '200 OK', {},
        qr{<statuscode>403<.*You are not allowed to edit incoming shares}s);
    row($oc, '471', 'update by the recipient',
        $update->($oc, 'bob', 'permissions=31'), '200 OK', {},
        qr{<statuscode>404<.*Could not update share}s);
    row($oc, '496', 'DELETE by the recipient', [DELETE =>
        "/ocs/v1.php$api/$id{$oc}?format=xml", [as($oc, 'bob')]], '200 OK', {},
        qr{<statuscode>404<.*Could not delete share}s);
    row($nc, '65', 'DELETE by the recipient', [DELETE =>
        "/ocs/v1.php$api/$id{$nc}?format=xml", [as($nc, 'bob')]], '200 OK', {},
        qr{<statuscode>100<});
    row($nc, '65', 'gone for the owner', [GET =>
        "/ocs/v1.php$api/$id{$nc}?format=xml", [as($nc, 'alice')]], '200 OK',
        {}, qr{<statuscode>404<});
}


# The way of an access controlled link: a taken name, a read-only share, MOVE.

sub test_received {
    for my $cloud ($nc, $oc) {
        my $body = 'path=%2Freport.pdf&shareType=0&shareWith=bob&permissions=1';
        my @bob = as($cloud, 'bob');
        my $dav = '/remote.php/webdav';

        my $answer = row($cloud, $cloud == $nc ? '71' : '706',
            'the answered name is not the real one',
            share($cloud, 1, 'xml', $body), '200 OK', {},
            qr{<file_target>/report.pdf<});
        my ($id) = $answer->{body} =~ m{<id>(\d+)</id>};

        $answer = row($cloud, $cloud == $nc ? '71' : '708',
            'as the recipient: the real name', [GET =>
            "/ocs/v1.php$api/$id?format=xml", \@bob], '200 OK', {},
            qr{<path>/report\ \(2\).pdf<.*<storage_id>shared::/report\ \(2\)
               .pdf<.*<file_target>/report\ \(2\).pdf<}xs);
        row($cloud, $cloud == $nc ? '71' : '711', 'read', [GET =>
            "$dav/report%20%282%29.pdf", \@bob], '200 OK', {},
            qr/report of alice/);
        row($cloud, $cloud == $nc ? '72' : '727', 'write', [PUT =>
            "$dav/report%20%282%29.pdf", \@bob, 'x'], '403 Forbidden', {},
            error_body('Forbidden', ''));

        request($cloud, MKCOL => "$dav/Moodlefiles", \@bob);
        row($cloud, $cloud == $nc ? '72' : '724', 'MOVE', [MOVE =>
            "$dav/report%20%282%29.pdf", [@bob, Overwrite => 'F', Destination
            => "$cloud->{base}$dav/Moodlefiles/report.pdf"]], '201 Created');
        row($cloud, $cloud == $nc ? '72' : '725', 'after the MOVE', [GET =>
            "/ocs/v1.php$api/$id?format=xml", \@bob], '200 OK', {},
            qr{<file_target>/Moodlefiles/report.pdf<});
        row($cloud, $cloud == $nc ? '72' : '726', 'read after the MOVE', [GET
            => "$dav/Moodlefiles/report.pdf", \@bob], '200 OK', {},
            qr/report of alice/);

        row($cloud, $cloud == $nc ? '73' : '737', 'the reader removes it',
            [DELETE => "$dav/Moodlefiles/report.pdf", \@bob],
            '204 No Content');
        row($cloud, $cloud == $nc ? '74' : '738', 'for the owner then',
            [GET => "/ocs/v1.php$api/$id?format=xml", [as($cloud, 'alice')]],
            '200 OK', {}, $cloud == $nc ? qr{<statuscode>404<}
                                        : qr{<statuscode>100<});
        row($cloud, $cloud == $nc ? '74' : '739', 'shared again',
            share($cloud, 1, 'xml', $body), '200 OK', {}, $cloud == $nc
            ? qr{<statuscode>100<} : qr{<statuscode>403<});
    }
}


sub test_policies {
    my $link = 'path=%2Fnotes.txt&shareType=3';

    for (['sharing', JSON::PP::false, 404, 'Share API is disabled',
          'Share API is disabled', '64', '420'],
         ['public_links', JSON::PP::false, 404,
          'Public link sharing is disabled by the administrator',
          'Public link sharing is disabled by the administrator', '64', '418'],
         ['enforce_password', JSON::PP::true, 403,
          'Passwords are enforced for link and mail shares',
          'Passwords are enforced for link shares', '64', '419'])
    {
        my ($setting, $value, $code, $nc_text, $oc_text, $nc_no, $oc_no) = @$_;

        for my $cloud ($nc, $oc) {
            my $text = $cloud == $nc ? $nc_text : $oc_text;

            control($cloud, POST => 'settings', { $setting => $value });
            row($cloud, $cloud == $nc ? $nc_no : $oc_no, $setting,
                share($cloud, 1, 'xml', $link), '200 OK', {},
                qr{<statuscode>$code</statuscode>\n  <message>\Q$text\E<});
            control($cloud, POST => 'settings',
                    { $setting => !$value ? JSON::PP::true : JSON::PP::false });
        }
    }

    control($nc, POST => 'settings', { share_limit => 1 });
    request($nc, @{share($nc, 1, 'xml', $link)});
    row($nc, '66', 'too many shares', share($nc, 1, 'xml', $link),
        '429 Too Many Requests', { 'Content-Type' => qr{^text/html},
        'Retry-After' => undef }, '');
    control($nc, POST => 'settings', { share_limit => 0, bruteforce =>
                                       JSON::PP::true });

    request($nc, @{token($nc, 'grant_type=refresh_token&refresh_token=x')})
        for 1 .. 10;
    row($nc, '82', 'too many failures', token($nc,
        'grant_type=refresh_token&refresh_token=x'), '429 Too Many Requests',
        { 'Content-Type' => $html_type, 'Retry-After' => undef,
          'Content-Length' => 214 }, qr/Too many requests/);
    control($nc, POST => 'settings', { bruteforce => JSON::PP::false });
}


sub test_maintenance {
    control($_, POST => 'settings', { maintenance => JSON::PP::true })
        for $nc, $oc;

    row($nc, '81', 'status.php', [GET => '/status.php'], '200 OK', {},
        qr/"maintenance":true/);
    row($oc, '650', 'status.php', [GET => '/status.php'], '200 OK', {},
        qr/"maintenance":true/);

    row($nc, '81', 'WebDAV', [PROPFIND => '/remote.php/webdav/',
        [as($nc, 'alice')]], '503 Service Unavailable',
        { 'Content-Type' => $xml_type, 'Retry-After' => undef },
        error_body('OCA\DAV\Exception\ServerMaintenanceMode',
                   'System is in maintenance mode.'));
    row($oc, '651', 'WebDAV', [PROPFIND => '/remote.php/webdav/',
        [as($oc, 'alice')]], '503 Service Unavailable',
        { 'Content-Type' => $xml_type, 'Retry-After' => undef },
        error_body('ServiceUnavailable', 'System in maintenance mode.'));

    my $body = '{"ocs":{"meta":{"status":"failure","statuscode":503,'
               . '"message":"Service unavailable"},"data":[]}}';

    row($nc, '81', 'OCS', [GET => '/ocs/v2.php/cloud/user?format=json',
        [as($nc, 'alice')]], '503 Service Unavailable',
        { 'X-Nextcloud-Maintenance-Mode' => 1, 'Content-Type' => $json_type },
        $body);
    row($oc, '653', 'OCS', [GET => '/ocs/v1.php/cloud/user?format=json',
        [as($oc, 'alice')]], '503 Service Unavailable', {}, $body);
    row($nc, '81', 'OCS, xml', [GET => '/ocs/v1.php/cloud/user?format=xml',
        [as($nc, 'alice')]], '503 Service Unavailable',
        { 'Content-Type' => 'text/xml; charset=UTF-8' },
        qr{<itemsperpage></itemsperpage>});

    for my $cloud ($nc, $oc) {
        my $line = $cloud == $nc ? '503 Service Unavailable'
                                 : '503 Service Temporarily Unavailable';
        my %html = ('Content-Type' => $html_type, 'Retry-After' => 120);
        my $number = sub { $cloud == $nc ? '81' : $_[0] };

        row($cloud, $number->('656'), 'token', token($cloud, 'x=1'), $line,
            \%html);
        row($cloud, $number->('657'), 'authorize', [GET =>
            authorize_path($cloud)], $line, \%html);
        row($cloud, $number->('658'), 'public link', [GET => '/s/whatever'],
            $line, \%html);
    }

    control($_, POST => 'settings', { maintenance => JSON::PP::false })
        for $nc, $oc;
    row($oc, '659', 'off again', [GET => '/status.php'], '200 OK', {},
        qr/"maintenance":false/);
}


#
# What the tests rely on beyond the recordings
#

sub test_record {
    control($oc, DELETE => 'log');
    request($oc, REPORT => '/remote.php/webdav/a%2Fb%20c?x=%C3%BC',
            ['X-First' => 'one', Cookie => 'MoodleSession=canary',
             'User-Agent' => 'test'], "body \x{1}");

    my $log = control($oc, GET => 'log');
    is(scalar @$log, 1, 'one request recorded, control calls are not');
    is($log->[0]{method}, 'REPORT', 'method');
    is($log->[0]{uri}, '/oc/remote.php/webdav/a%2Fb%20c?x=%C3%BC', 'raw URI');
    is(MIME::Base64::decode_base64($log->[0]{body}), "body \x{1}", 'body');
    is(join(' ', map { $_->[0] } @{$log->[0]{headers}}),
       'Host Connection X-First Cookie User-Agent Content-Length',
       'headers in their order');

    my $raw = { %$oc, HTTP_PORT => $env{CLOUD_RAW_OC_HTTP_PORT} };
    my $answer = request($raw, GET => '/status.php', ['x-CaSe' => 'kept']);
    is($answer->{status}, 200, 'fault.pl passes through');
    my $entry = control($oc, GET => 'rawlog')->[-1];
    like(MIME::Base64::decode_base64($entry->{raw}),
         qr{^GET /oc/status\.php HTTP/1\.1\r\n.*\r\nx-CaSe: kept\r\n\r\n$}s,
         'and records every byte');

    my $all = control($nc, GET => 'tokens');
    ok(@{$all->{codes}} && @{$all->{tokens}} && @{$all->{sessions}},
       'all secrets can be listed');
}


sub test_faults {
    my @alice = as($nc, 'alice');
    my @propfind = (PROPFIND => '/remote.php/webdav/ten', [@alice]);
    my $true = request($nc, @propfind)->{body};
    my $fault = sub {
        my ($rule) = @_;

        control($nc, DELETE => 'faults');
        control($nc, POST => 'faults', { match => '^PROPFIND', %$rule });
        return request($nc, @propfind);
    };

    my $answer = $fault->({ action => 'status', status => 429,
                            headers => { 'Retry-After' => 7 } });
    is($answer->{line}, '429 Too Many Requests', 'status');
    is($answer->{head}{'retry-after'}[0], 7, 'Retry-After');
    is(request($nc, @propfind)->{status}, 207, 'once');
    is(control($nc, GET => 'faults')->[0]{hits}, 1, 'hits are counted');

    control($nc, POST => 'faults', { match => '^PROPFIND', skip => 1,
                                     action => 'status', status => 500 });
    is(join(' ', map { request($nc, @propfind)->{status} } 1 .. 3),
       '207 500 207', 'skip');

    is($fault->({ action => 'reset' })->{line}, '', 'reset');
    is($fault->({ action => 'close' })->{line}, '', 'close');
    is($fault->({ action => 'drip', bytes => 200 })->{body}, $true, 'drip');
    is(length $fault->({ action => 'truncate', bytes => 99 })->{body}, 99,
       'truncate');
    like($true, qr/^\Q${\ $fault->({ action => 'truncate_chunked',
                                     bytes => 99 })->{body}}\E/,
         'truncated chunks');
    is($fault->({ action => 'cut', bytes => 99 })->{head}
       {'content-length'}[0], 99, 'cut');
    is($fault->({ action => 'gzip' })->{head}{'content-encoding'}[0], 'gzip',
       'gzip');
    like($fault->({ action => 'replace', from => 'file%2000', to => '%ff' })
         ->{body}, qr{/ten/%ff\.txt}, 'replace');
    is($fault->({ action => 'redirect', location => 'http://x/' })
       ->{head}{location}[0], 'http://x/', 'redirect');
    is(() = $fault->({ action => 'entries', count => 1000 })->{body}
            =~ /<d:response>/g, 1001, 'entries');

    for my $kind (qw(not_xml empty html other_root wrong_namespace
                     other_prefixes control two_roots dtd bomb external latin1
                     deep hostile broken long_name))
    {
        is($fault->({ action => 'xml', kind => $kind })->{status}, 207, $kind);
    }

    my $raw = { %$nc, HTTP_PORT => $env{CLOUD_RAW_NC_HTTP_PORT} };

    for (['no_reason', '207'], ['garbage', qr/^\x00\x01/],
         ['both_framings', '207 Multi-Status'], ['own_no_reason', '207'])
    {
        my ($preset, $want) = @$_;

        control($nc, POST => 'raw', { match => '^PROPFIND',
                                      preset => $preset });
        my $line = request($raw, @propfind)->{line};
        ref $want ? like($line, $want, $preset) : is($line, $want, $preset);
    }

    control($nc, DELETE => 'faults');
    is(request($nc, @propfind)->{body}, $true, 'all is well again');
}


sub test_tls {
    require IO::Socket::SSL;

    my $connect = sub {
        my ($port) = @_;

        return IO::Socket::SSL->new(PeerAddr => '127.0.0.1', PeerPort => $port,
            SSL_ca_file => $env{CLOUD_CA}, SSL_verifycn_scheme => 'http',
            SSL_verifycn_name => 'localhost') ? 1 : 0;
    };

    is($connect->($env{CLOUD_NC_PORT}), 1, 'a good certificate');
    is($connect->($env{CLOUD_OC_PORT}), 1, 'a good certificate');
    is($connect->($env{CLOUD_RAW_NC_PORT}), 1, 'a good certificate');
    is($connect->($env{CLOUD_BAD_EXPIRED_PORT}), 0, 'expired');
    is($connect->($env{CLOUD_BAD_CA_PORT}), 0, 'of another CA');
    is($connect->($env{CLOUD_BAD_NAME_PORT}), 0, 'for another name');
}
