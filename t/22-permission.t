#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Moodle decides: what it is asked, what its answers lead to, how long they
# are good for.

use v5.20;
use warnings;

use JSON::PP;
use MIME::Base64;
use Test::More;

use Owncloud qw(standins cloud requests fresh);
use Owncloud::Clock;

my $clock = Owncloud::Clock->new;
my $nginx = Owncloud->new(clock => $clock);

my @actions = qw(list signin sign search searchform login logout download);
my $probe = 'POST /repository/repository_ajax.php?action=searchform';


# requests that Moodle got since it was cleared

sub moodle_log { @{ $nginx->moodle('log') } }


sub asked {
    return map { "$_->{method} $_->{uri}" } moodle_log();
}


sub clouds_untouched {
    my $name = shift;

    is_deeply([requests('OC'), requests('NC')], [],
              "$name: no cloud was asked");
}


# with a zone that remembers nothing

sub anew {
    fresh($nginx);
    $nginx->stop;
    $nginx->start;
}


subtest 'what Moodle is asked' => sub {
    fresh($nginx);

    my $browser = $nginx->browser;

    $browser->{cookies}{owncloud_oc} = { value => 'v1.x', path => '/' };
    $browser->{cookies}{a} = { value => 'b"c', path => '/' };
    $browser->{cookies}{zz} = { value => 'owncloud_x', path => '/' };

    my $answer = $browser->request('POST',
        '/repository/repository_ajax.php?action=list&x=1',
        $browser->picker_form(7, p => '/Documents/', extra => 'a&b',
                              client_id => 'ab c/%&=',  env => 'filepicker'),
        'Content-Type' => 'application/x-www-form-urlencoded; charset=UTF-8',
        'X-Requested-With' => 'XMLHttpRequest',
        'Accept' => 'application/json',
        'Accept-Language' => 'de',
        'Accept-Encoding' => 'gzip, br',
        'Range' => 'bytes=0-10',
        'If-Range' => '"x"',
        'If-Modified-Since' => 'Sat, 29 Oct 2022 19:43:31 GMT',
        'If-Unmodified-Since' => 'Sat, 29 Oct 1994 19:43:31 GMT',
        'If-None-Match' => '*',
        'If-Match' => '"y"',
        'TE' => 'trailers',
        'Upgrade' => 'websocket',
        'X-Forwarded-For' => '192.0.2.1',
        'X-Forwarded-Proto' => 'http',
        'X-Real-IP' => '192.0.2.2',
        'X-Other' => 'x',
        'Origin' => 'http://origin.example.com',
        'User-Agent' => 'Mozilla/5.0 Word/16.0',
        'Referer' => $nginx->url . '/course/modedit.php');

    like($answer->{body}, qr/^\{"login":/, 'answered');

    my ($log, @more) = moodle_log();

    is(@more, 0, 'one request');
    is("$log->{method} $log->{uri}", $probe, 'request');
    is(decode_base64($log->{body}),
       'repo_id=7&ctx_id=17&sesskey=Teacheraaa&env=filepicker'
       . '&client_id=ab%20c%2F%25%26%3D', 'body');
    is_deeply($log->{headers}, {
        'Host' => "127.0.0.1:$nginx->{port}",
        'Cookie' => 'MoodleSession=teacheraaaaaaaaaaaaaaaaaaa; a=b"c; '
                    . 'zz=owncloud_x',
        'User-Agent' => 'ngx_http_owncloud_module/0.1.0',
        'Accept' => 'application/json',
        'Accept-Language' => 'de',
        'X-Requested-With' => 'XMLHttpRequest',
        'X-Forwarded-For' => '192.0.2.1',
        'X-Forwarded-Proto' => 'http',
        'X-Real-Ip' => '192.0.2.2',
        'Origin' => 'http://origin.example.com',
        'Referer' => $nginx->url . '/course/modedit.php',
        'Content-Type' => 'application/x-www-form-urlencoded; charset=UTF-8',
        'Content-Length' => $log->{body_length},
    }, 'headers');
    is($log->{cgi}{$_->[0]}, $_->[1], $_->[0]) for
        ['REQUEST_METHOD', 'POST'],
        ['QUERY_STRING', 'action=searchform'],
        ['CONTENT_LENGTH', $log->{body_length}],
        ['CONTENT_TYPE', 'application/x-www-form-urlencoded; charset=UTF-8'],
        ['SCRIPT_NAME', '/repository/repository_ajax.php'],
        ['REMOTE_ADDR', '127.0.0.1'];
};


subtest 'refusals' => sub {
    fresh($nginx);
    $nginx->moodle('prohibit', repo => 8, ctx => 17);

    my $late = 'Your session has most likely timed out. Please check if you'
               . ' are logged in or go back to the previous screen and reload'
               . ' the page.';
    my @student = (session => 'studentaaaaaaaaaaaaaaaaaaa',
                   sesskey => 'Studentaaa');
    my @refusals = (
        # name, browser, fields, errorcode, error
        ['no session', { session => undef }, {}, 'requireloginerror',
         'Course or activity not accessible.'],
        ['bogus session', { session => 'bogus' }, {}, 'requireloginerror',
         'Course or activity not accessible.'],
        ['not enrolled', { session => 'outsideraaaaaaaaaaaaaaaaaa',
                           sesskey => 'Outsideraa' }, {},
         'requireloginerror', 'Course or activity not accessible.'],
        ['wrong sesskey', { sesskey => 'wrong' }, {}, undef, $late],
        ['sesskey of another', { @student, sesskey => 'Teacheraaa' }, {},
         undef, $late],
        ['no capability', {}, { repo_id => 8 }, 'nopermissiontoaccess',
         'No permission to access this repository.'],
        ['unknown context', {}, { ctx_id => 999 }, 'invalidrecordunknown',
         "Can't find data record in database."],
    );

    for my $refusal (@refusals) {
        my ($name, $option, $field, $code, $error) = @$refusal;
        my $repo = $field->{repo_id} // 7;

        for my $action (@actions) {
            $nginx->moodle('clear');

            my $browser = $nginx->browser(%$option);
            my $answer = $browser->raw($action, $repo, %$field);
            my $direct = $nginx->browser(%$option)->request('POST',
                '/repository/repository_ajax.php?action=searchform',
                $browser->picker_form($repo, %$field),
                'Content-Type' => 'text/x-urlencoded');

            is($answer->{status}, 200, "$name, $action: status");
            is($answer->{body}, $direct->{body}, 'body as Moodle gave it');
            is($answer->{headers}{'content-type'},
               'application/json; charset=utf-8', 'Content-Type');
            is($answer->{headers}{'cache-control'}, 'no-store', 'not stored');
            is($answer->{headers}{'set-cookie'}, undef,
               'no cookie of the question');

            my $json = decode_json($answer->{body});
            is($json->{error}, $error, 'error');
            is($json->{errorcode}, $code, 'errorcode');
            is((asked())[0], $probe, 'Moodle was asked');
        }

        clouds_untouched($name);
    }
};


subtest 'sesskey or context missing' => sub {
    fresh($nginx);

    my $browser = $nginx->browser;
    my @forms = (
        ['repo_id=7&ctx_id=17', 'missingparam'],
        ['repo_id=7&ctx_id=17&sesskey=', undef],
        ['repo_id=7&ctx_id=abc&sesskey=Teacheraaa', 'invalidrecordunknown'],
    );

    for my $form (@forms) {
        my ($body, $code) = @$form;
        my $answer = $browser->request('POST',
            '/repository/repository_ajax.php?action=list', $body,
            'Content-Type' => 'application/x-www-form-urlencoded');
        my $json = decode_json($answer->{body});

        ok($json->{error}, "$body: refused");
        is($json->{errorcode}, $code, 'errorcode');
    }

    clouds_untouched('refused');
};


subtest 'a refusal is not remembered' => sub {
    anew();
    $nginx->moodle('prohibit', repo => 7);

    my $browser = $nginx->browser;

    is($browser->picker(list => 7)->{errorcode}, 'nopermissiontoaccess',
       'refused');
    $nginx->moodle('allow', repo => 7);
    ok($browser->picker(list => 7)->{login}, 'allowed at once');
};


subtest 'asked once' => sub {
    anew();

    my $browser = $nginx->browser;

    $browser->sign_in(7);
    $browser->picker($_, 7) for ('list') x 5, 'searchform', 'search', 'signin';

    is_deeply([asked()], [$probe], 'for a sign-in, five listings and more');
};


subtest 'asked again' => sub {
    my @student = (session => 'studentaaaaaaaaaaaaaaaaaaa',
                   sesskey => 'Studentaaa');
    my @others = (
        # name, browser, repository, fields, asked
        ['the same', {}, 7, {}, 0],
        ['another folder', {}, 7, { p => '/ten/' }, 0],
        ['another page and client', {}, 7, { page => 2, client_id => 'x' }, 0],
        ['another context', {}, 7, { ctx_id => 16 }, 1],
        ['another sesskey', {}, 7, { sesskey => 'wrong' }, 1],
        ['another repository', {}, 8, {}, 1],
        ['another session', { @student }, 7, {}, 1],
        ['another host', { http => Owncloud::HTTP::curl('-H',
                               'Host: other.example.com') }, 7, {}, 1],
        ['https', { url => $nginx->tls_url }, 7, {}, 1],
        ['repository in another spelling', {}, '07', {}, 0],
        ['context in another spelling', {}, 7, { ctx_id => '017' }, 0],
    );

    for my $other (@others) {
        my ($name, $option, $repo, $field, $times) = @$other;

        anew();

        $nginx->browser->picker(list => 7);
        $nginx->moodle('clear');
        $nginx->browser(%$option)->picker(list => $repo, %$field);

        is(scalar(asked()), $times, $name);
    }
};


subtest 'no session is not the same as no session' => sub {
    fresh($nginx);

    my $nobody = $nginx->browser(session => undef);

    # should Moodle let visitors in, each is asked for

    for (1 .. 3) {
        $nginx->moodle('fault', type => 'garbage', value =>
            '{"repo_id":7,"form":"x","allowcaching":true}');
        my $answer = $nobody->picker(list => 7);
        is($answer->{errorcode}, 'nosession', 'no sign-in without a session');
    }

    is(scalar(asked()), 3, 'asked each time');
    clouds_untouched('visitor');
};


subtest 'for a minute' => sub {
    anew();

    my $browser = $nginx->browser;

    $browser->picker(list => 7);
    $clock->set(50);
    $browser->picker(list => 7);
    is(scalar(asked()), 1, 'after 50 seconds');

    $nginx->moodle('prohibit', repo => 7);
    $browser->picker(list => 7);
    is(scalar(asked()), 1, 'good until then');

    $clock->set(61);
    is($browser->picker(list => 7)->{errorcode}, 'nopermissiontoaccess',
       'a permission taken back is noticed after 60 seconds');
    is(scalar(asked()), 2, 'asked again');

    $nginx->moodle('allow', repo => 7);
    $browser->picker(list => 7);
    $clock->set(61 + 50);
    $browser->picker(list => 7);
    is(scalar(asked()), 3, 'a new minute');
    $clock->set(0);
};


subtest 'permission is kept over a reload, not over a restart' => sub {
    fresh($nginx);

    my $browser = $nginx->browser;

    $browser->picker(list => 7, ctx_id => 18);
    $nginx->reload;
    $browser->picker(list => 7, ctx_id => 18);
    is(scalar(asked()), 1, 'reload');

    $nginx->stop;
    $nginx->start;
    $browser->picker(list => 7, ctx_id => 18);
    is(scalar(asked()), 2, 'restart');
};


subtest 'searchform' => sub {
    for my $language ('en', 'de') {
        anew();
        $nginx->moodle('set', name => 'language', value => $language);

        my $browser = $nginx->browser;

        $browser->picker(list => 7);

        my @answer = map { $browser->raw(searchform => 7) } 1 .. 2;

        is(scalar(asked()), 1, "$language: from what was asked before");
        is($answer[0]{body}, $answer[1]{body}, 'the same again');
        is($answer[0]{headers}{'content-type'},
           'application/json; charset=utf-8', 'Content-Type');
        is($answer[0]{headers}{'cache-control'}, 'no-store', 'not stored');

        my $json = decode_json($answer[0]{body});

        is_deeply([sort keys %$json], [qw(allowcaching form repo_id)],
                  'keys');
        is($json->{repo_id}, 7, 'repo_id');
        like($json->{form}, $language eq 'de' ? qr/Repository durchsuchen/
                                              : qr/Search repository/,
             "in the user's language");
    }

    clouds_untouched('searchform');
};


subtest 'searchform first' => sub {
    anew();

    my $browser = $nginx->browser;

    like($browser->raw(searchform => 7)->{body}, qr/^\{"repo_id":7,"form":/,
         'asked for');
    $browser->raw(list => 7);
    is(scalar(asked()), 1, 'good for the listing');
};


subtest 'authorize off' => sub {
    my $open = Owncloud->new(server => <<'EOT', php => '');
        owncloud_repository 7 {
            issuer     oc;
            authorize  off;
        }
EOT

    fresh();

    like($open->log, qr/\[warn\].*authorize/, 'warns');

    my $browser = $open->browser(session => 'anybody', sesskey => 'any');

    $browser->sign_in(7);
    is($browser->titles(list => 7)->[0], 'Documents', 'without a Moodle');

    my $form = $browser->picker(searchform => 7);

    is($form->{repo_id}, 7, 'a form of our own');
    like($form->{form}, qr/<input type="search".* name="s"/, 'with a field');
    ok($form->{allowcaching}, 'allowcaching');
    is($open->browser(session => undef)->picker(list => 7)->{errorcode},
       'nosession', 'a session to tie the sign-in to is needed');
    is($browser->raw(list => 9)->{status}, 405, 'others: there is no PHP');

    $open->finish;
};


fresh($nginx);
$nginx->finish;
done_testing;
