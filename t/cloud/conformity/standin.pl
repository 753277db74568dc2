# Part of ../../conformity.t:
# maintenance, and what the tests rely on beyond the recordings.

use v5.20;
use warnings;
use utf8;

use Digest::SHA qw(sha256_hex);
use IO::Socket::INET;
use JSON::PP;
use MIME::Base64 qw(encode_base64 decode_base64);
use Test::More;

our (%env, $nc, $oc, $xml_type, $json_type, $html_type);


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


sub test_record {
    control($oc, DELETE => 'log');
    request($oc, REPORT => '/remote.php/webdav/a%2Fb%20c?x=%C3%BC',
            ['X-First' => 'one', Cookie => 'MoodleSession=canary',
             'User-Agent' => 'test'], "body \x{1}");

    my $log = control($oc, GET => 'log');
    is(scalar @$log, 1, 'one request recorded, control calls are not');
    is($log->[0]{method}, 'REPORT', 'method');
    is($log->[0]{uri}, '/oc/remote.php/webdav/a%2Fb%20c?x=%C3%BC', 'raw URI');
    is(decode_base64($log->[0]{body}), "body \x{1}", 'body');
    is(join(' ', map { $_->[0] } @{$log->[0]{headers}}),
       'Host Connection X-First Cookie User-Agent Content-Length',
       'headers in their order');

    my $raw = { %$oc, HTTP_PORT => $env{CLOUD_RAW_OC_HTTP_PORT} };
    my $answer = request($raw, GET => '/status.php', ['x-CaSe' => 'kept']);
    is($answer->{status}, 200, 'fault.pl passes through');
    my $entry = control($oc, GET => 'rawlog')->[-1];
    like(decode_base64($entry->{raw}),
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


# What a refresh may meet, and that a code exchange does not.

sub test_refresh_faults {
    my @fault = (match => '^POST .*/api/v1/token',
                 match_body => 'grant_type=refresh_token');
    my $refresh = sub { 'grant_type=refresh_token&refresh_token=' . $_[0] };

    for my $cloud ($nc, $oc) {
        my $name = $cloud->{name};
        my $code = sign_in($cloud, 'alice');
        my @statuses = (400, 401, 403, 429, 503);

        control($cloud, DELETE => 'log');
        control($cloud, POST => 'faults', { @fault, action => 'status',
            status => $_, body => 'json', headers => { 'Retry-After' => 9 } })
            for @statuses;
        control($cloud, POST => 'faults', [
            { @fault, action => 'status', status => 500 },
            { @fault, action => 'status', status => 200 },
            { @fault, action => 'status', status => 200, body => 'json',
              json => { token_type => 'Bearer' } },
            { @fault, action => 'reset' }]);

        is(token_status($cloud, code_body($code)), 200,
           "$name: a code exchange does not meet the fault");

        my $pair = control($cloud, POST => 'tokens', { user => 'alice' });
        my @got = map { token_status($cloud, $refresh->($pair->{refresh})) }
                  @statuses, 500, 200, 200;
        is("@got", "@statuses 500 200 200", "$name: a refresh does");
        is(token_status($cloud, $refresh->($pair->{refresh})), '',
           "$name: and is cut");
        is(token_status($cloud, $refresh->($pair->{refresh})), 200,
           "$name: the token is still good");
        is(token_status($cloud, $refresh->($pair->{refresh})), 400,
           "$name: and is used up");
        is(token_status($cloud, $refresh->('nosuch')), 400,
           "$name: no token of ours");

        my ($mine, $other) = @{control($cloud, GET => 'refreshes')};
        is($mine->{token}, sha256_hex($pair->{refresh}), "$name: its digest");
        is($mine->{user}, 'alice', "$name: its user");
        is($mine->{times}, 11, "$name: how often it was sent");
        is("@{$mine->{status}}", "@statuses 500 200 200 0 200 400",
           "$name: what came of it");
        is($other->{user}, undef, "$name: a token of nobody");
        control($cloud, DELETE => 'log');
        is(scalar @{control($cloud, GET => 'refreshes')}, 0, "$name: forgotten");
    }

    control($nc, DELETE => 'faults');
    control($nc, POST => 'settings', { token_lifetime => 0,
                                       expires_in => 77 });
    my $dead = control($nc, POST => 'tokens', { user => 'alice' });
    is(request($nc, GET => '/ocs/v2.php/cloud/user?format=json',
       [Authorization => "Bearer $dead->{access}"])->{status}, 401,
       'token_lifetime');
    like(request($nc, @{token($nc, $refresh->($dead->{refresh}))})->{body},
         qr/"expires_in":77,/, 'expires_in');
    control($nc, POST => 'settings', { token_lifetime => 3600,
                                       expires_in => 3600 });
}


sub token_status {
    my ($cloud, $body) = @_;

    return request($cloud, @{token($cloud, $body)})->{status};
}


sub test_refusing {
    my $raw = { %$nc, HTTP_PORT => $env{CLOUD_RAW_NC_HTTP_PORT} };
    my $other = { %$oc, HTTP_PORT => $env{CLOUD_RAW_OC_HTTP_PORT} };
    my $kept = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                     PeerPort => $raw->{HTTP_PORT});

    print $kept "GET /status.php HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    sysread $kept, my $answer, 65536;

    control($nc, POST => 'refuse');
    like(request($raw, GET => '/status.php')->{line}, qr/refused/,
         'a new connection is refused');

    my $left = 1;
    $left = sysread $kept, $answer, 65536 while $left;
    is($left, 0, 'an old one ends');
    is(request($nc, GET => '/status.php')->{status}, 200,
       'the other ports go on');
    is(request($other, GET => '/status.php')->{status}, 200,
       'the other cloud goes on');

    control($nc, DELETE => 'refuse');
    is(request($raw, GET => '/status.php')->{status}, 200, 'and it is back');

    control($nc, POST => 'raw', { match => '^POST', match_body => 'b.d',
                                  preset => 'no_reason' });
    is(request($raw, POST => '/status.php', [], 'good')->{status}, 200,
       'match_body, another body');
    is(request($raw, POST => '/status.php', [], 'a bad one')->{line}, '207',
       'match_body');
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


1;
