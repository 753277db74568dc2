# Part of ../../conformity.t: authorize, login, consent, tokens.

use v5.20;
use warnings;
use utf8;

use Encode qw(encode_utf8 decode_utf8);
use MIME::Base64 qw(encode_base64 decode_base64);
use Test::More;

our (%cloud, $nc, $oc, $json, $redirect, $redirect_encoded, $json_type,
     $html_type);


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


1;
