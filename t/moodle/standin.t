#!/usr/bin/perl

# The stand-in Moodle answers as Moodle 5.1 was seen to: the file picker.

use warnings;
use strict;

use FindBin;
use lib $FindBin::Bin;

use Digest::SHA qw/ sha1_hex /;
use HTTP::Tiny;
use JSON::PP;
use MIME::Base64;
use Test::More;

use Standin;

# what "searchform" says, and refuses

my %good = (repo_id => 7, p => '', page => '', env => 'filemanager',
	sesskey => KEY, client_id => 'abc', itemid => 0, maxbytes => -1,
	areamaxbytes => -1, ctx_id => 17);

my $form = '<div class=\"fp-def-search mb-3\">\n    '
	. '<label class=\"visually-hidden\" for=\"reposearch\">Search repository'
	. '<\/label>\n    <input type=\"search\" class=\"form-control\" '
	. 'id=\"reposearch\" name=\"s\" placeholder=\"Search\"\/>\n<\/div>';

my $r = picker('searchform', \%good);

is($r->{content}, "{\"repo_id\":7,\"form\":\"$form\",\"allowcaching\":true}",
	'search form');
is($r->{status}, 200, 'status');
is($r->{headers}{'content-type'}, 'application/json; charset=utf-8', 'type');
is($r->{headers}{'set-cookie'}, undef, 'no new session');

$r = picker('searchform', \%good, '');

refused($r, 'requireloginerror', 'Course or activity not accessible.');
like($r->{headers}{'set-cookie'},
	qr!^MoodleSession=[0-9a-z]{26}; path=/; HttpOnly$!, 'a new session');

refused(picker('searchform', \%good, 'MoodleSession=bogus'),
	'requireloginerror', 'Course or activity not accessible.');

refused(picker('searchform', { %good, sesskey => 'Outsideraa' },
	'MoodleSession=outsideraaaaaaaaaaaaaaaaaa'),
	'requireloginerror', 'Course or activity not accessible.');

refused(picker('searchform', { %good, sesskey => 'X' }), undef,
	'Your session has most likely timed out. Please check if you are '
	. 'logged in or go back to the previous screen and reload the page.');

refused(picker('searchform', without('sesskey')), 'missingparam',
	'A required parameter (sesskey) was missing');

refused(picker('searchform', { %good, repo_id => 9999 }),
	'invalidrepositoryid', 'Invalid repository ID');

refused(picker('searchform', without('repo_id')),
	'invalidrepositoryid', 'Invalid repository ID');

refused(picker('searchform', { %good, ctx_id => 999999 }),
	'invalidrecordunknown', "Can't find data record in database.");

like(picker('searchform', without('ctx_id'))->{content}, qr/"form":/,
	'no context: the system');

refused(picker('searchform', ''), undef,
	'The file you tried to upload is too large for the server to process.');

control('do=prohibit&repo=7&ctx=17');

refused(picker('searchform', \%good), 'nopermissiontoaccess',
	'No permission to access this repository.');
like(picker('searchform', { %good, ctx_id => 18 })->{content}, qr/"form":/,
	'prohibited elsewhere');

control('do=allow&repo=7&ctx=17');

like(picker('searchform', \%good)->{content}, qr/"form":/, 'allowed again');
is(picker('bogus', \%good)->{content}, '', 'unknown action');

like(picker('list', \%good)->{content}, qr/stock PHP plugin answered/,
	'a listing that came to PHP');

# upload

$good{repo_id} = 5;
$good{itemid} = 555;

my $pdf = "%PDF-1.4\r\n--x\r\n\r\n%%EOF\n";

$r = upload('report.pdf', $pdf);
is($r->{content}, "{\"url\":\"" . $site =~ s!/!\\/!gr
	. '\/draftfile.php\/11\/user\/draft\/555\/report.pdf","id":555,'
	. '"file":"report.pdf"}', 'upload');
is($r->{headers}{'content-type'}, 'text/plain; charset=utf-8',
	'upload, type');

my $exists = decode_json(upload('report.pdf', $pdf)->{content});

is($exists->{event}, 'fileexists', 'file exists');
is($exists->{newfile}{filename}, 'report (1).pdf', 'file exists, new name');
like($exists->{newfile}{url}, qr!/555/report%20%281%29\.pdf$!,
	'file exists, url');

is(picker('overwrite', { %good, existingfilename => 'report.pdf',
	existingfilepath => '/', newfilename => 'report (1).pdf',
	newfilepath => '/' })->{content}, 'true', 'overwrite');

upload('report.pdf', $pdf);

is(picker('deletetmpfile', { %good, newfilename => 'report (1).pdf',
	newfilepath => '/' })->{content}, 'true', 'deletetmpfile');

my $draft = control('do=drafts')->{student1}{555};

is(join(' ', map { $_->{filename} } @$draft), 'report.pdf', 'draft area');
is($draft->[0]{size}, length $pdf, 'draft area, size');

is(get('/draftfile.php/11/user/draft/555/report.pdf')->{content}, $pdf,
	'the same bytes');

refused(upload('big.pdf', 'x' x 51, maxbytes => 50), 'maxbytesfile',
	"The file big.pdf is too large. The maximum size you can upload is "
	. "50\x{a0}bytes.");
refused(upload('a.pdf', 'x' x 51, areamaxbytes => 50), 'maxareabytes',
	'The file is larger than the space remaining in this area.');
refused(upload('t.pdf', $pdf, 'accepted_types[]' => '.png'),
	'invalidfiletype', 'PDF document filetype cannot be accepted.');
refused(upload('t.pdf', ''), 'upload_error_invalid_file',
	"The file 't.pdf' is either empty or a folder. To upload folders zip "
	. "them first.");
refused(upload('t.bin', "\0" x 9000), 'upload_error_invalid_file',
	"The file 't.bin' is either empty or a folder. To upload folders zip "
	. "them first.");
refused(upload('t.pdf', $pdf, repo_id => 7), 'generalexceptionmessage',
	'Exception - Call to undefined method repository_nextcloud::upload()');

is(decode_json(upload('r.pdf', $pdf, title => 'My title')->{content})->{file},
	'My title.pdf', 'title without an extension');

# stored links

my $source = '{"type":"FILE_REFERENCE","link":"http://x.test/y?a=1&b=2"}';

my %link = (%good, repo_id => 7, title => 'link.pdf', source => $source,
	savepath => '/', usecontrolledlink => 1);

refused(picker('download', \%link), 'missingsourcekey',
	'The source key is missing. This key must also be provided to retrieve '
	. 'the file.');
refused(picker('download', { %link, sourcekey => 'x' }), 'sourcekeymismatch',
	'The source URL does not match the source key.');

$link{sourcekey} = sha1_hex($source . 'StandInRepositorySecretKey000000' . KEY);

is(decode_json(picker('download', \%link)->{content})->{id}, '555',
	'link stored');

control('do=save&user=student1&item=555&ctx=17');

my $path = '/pluginfile.php/17/assignsubmission_file/submission_files/1';

$r = get("$path/link.pdf");
is($r->{status}, 303, 'click on a stored link');
is($r->{headers}{location}, 'http://x.test/y?a=1&b=2', 'click, location');
is(get("$path/report.pdf")->{content}, $pdf, 'click on a copy');
like(get("$path/report.pdf", '')->{headers}{location}, qr!/login/index\.php!,
	'click of a visitor');

# may edit, user id, sign-in, states of Moodle's own

is(get('/filter/manage.php?contextid=17')->{status}, 404, 'student: 404');
is(get('/filter/manage.php?contextid=17',
	'MoodleSession=teacheraaaaaaaaaaaaaaaaaaa')->{status}, 200,
	'editing teacher: 200');

control('do=clear');

$r = service(COOKIE, KEY);
is($r->{content},
	'[{"error":false,"data":{"userid":3,"timeremaining":28800}}]',
	'user id');
is($r->{headers}{'content-type'}, 'application/json; charset=utf-8',
	'user id, type');
is(user_id('MoodleSession=student2aaaaaaaaaaaaaaaaaa', 'Student2aa'), 5,
	'user id, another student');
is(user_id('MoodleSession=teacheraaaaaaaaaaaaaaaaaaa', 'Teacheraaa'), 4,
	'user id, a teacher');
is(user_id('MoodleSession=guestaaaaaaaaaaaaaaaaaaaaa', 'Guestaaaaa'), 0,
	'user id, the guest');
is(user_id('', KEY), 'servicerequireslogin', 'user id, no session');
is(user_id(COOKIE, 'wrong'), 'invalidsesskey', 'user id, wrong sesskey');
is(user_id(COOKIE, KEY, 'core_user_get_users'), 'servicenotavailable',
	'another service');
is(scalar @{ control('do=log&match=^POST+/lib/ajax/service.php') }, 7,
	'user id, in the log');

# the same browser, one user after the other

my ($first, $first_key) = sign_in('student1');
my ($second, $second_key) = sign_in('student2', $first);

isnt($second, $first, 'sign-in, a session of its own');
is(user_id($first, $first_key), 3, 'sign-in, the first');
is(user_id($second, $second_key), 5, 'sign-in, the second');

is(get("/login/logout.php?sesskey=$second_key", $second)->{status}, 303,
	'log out');
is(user_id($second, $second_key), 'servicerequireslogin',
	'log out, the session is over');

control('do=end&session=' . ($first =~ s/^MoodleSession=//r));
is(user_id($first, $first_key), 'servicerequireslogin', 'an ended session');

my $state = '/repository/repository_callback.php?callback=yes&repo_id=9'
	. '&sesskey=' . KEY;

is(get('/admin/oauth2callback.php?' . $http->www_form_urlencode(
	{ state => $state, code => 'abc' }))->{headers}{location},
	"$site$state&oauth2code=abc", 'a state of Moodle itself');

# control: faults, the log

control('do=fault&match=searchform&type=status&value=503');

$good{repo_id} = 7;

is(picker('searchform', \%good)->{status}, 503, 'a fault');
is(picker('searchform', \%good)->{status}, 200, 'once');

control('do=clear');
picker('list', { %good, p => 'a+b &' });

my ($entry) = @{ control('do=log&match=action%3Dlist') };

is($entry->{cgi}{CONTENT_LENGTH}, $entry->{body_length}, 'log, length');
like(decode_base64($entry->{body}), qr/p=a%2Bb%20%26/, 'log, body');
is($entry->{headers}{Cookie}, COOKIE, 'log, cookie');

control('do=end&user=student1');
refused(picker('searchform', \%good), 'requireloginerror',
	'Course or activity not accessible.');

done_testing();

###############################################################################

sub upload {
	my ($name, $bytes, %fields) = @_;

	%fields = (%good, savepath => '/', title => '', %fields);

	my $body = join '', map {
		"--BOUNDARY\r\nContent-Disposition: form-data; name=\"$_\"\r\n\r\n"
		. "$fields{$_}\r\n" } sort keys %fields;

	$body = "--BOUNDARY\r\nContent-Disposition: form-data; "
		. "name=\"repo_upload_file\"; filename=\"$name\"\r\n"
		. "Content-Type: application/pdf\r\n\r\n$bytes\r\n"
		. "$body--BOUNDARY--\r\n";

	return $http->post("$site/repository/repository_ajax.php?action=upload", {
		headers => headers(undef,
			'multipart/form-data; boundary=BOUNDARY'),
		content => $body,
	});
}

sub service {
	my ($cookie, $key, $method) = @_;

	$method //= 'core_session_time_remaining';

	return $http->post("$site/lib/ajax/service.php?sesskey=$key", {
		headers => headers($cookie, 'application/json'),
		content => "[{\"index\":0,\"methodname\":\"$method\","
			. '"args":{}}]' });
}

# the user's id, or the error's code

sub user_id {
	my $answer = decode_json(service(@_)->{content})->[0];

	return $answer->{error} ? $answer->{exception}{errorcode}
		: $answer->{data}{userid};
}

sub without {
	my ($name) = @_;

	my %fields = %good;
	delete $fields{$name};

	return \%fields;
}

sub refused {
	my ($answer, $code, $text) = @_;

	local $Test::Builder::Level = $Test::Builder::Level + 1;

	is_deeply(decode_json($answer->{content}), defined $code
		? { error => $text, errorcode => $code, stacktrace => undef,
			debuginfo => undef, reproductionlink => undef }
		: { error => $text }, $code // 'error without a code');
}
