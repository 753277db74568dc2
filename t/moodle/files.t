#!/usr/bin/perl

# The stand-in Moodle: stored files, links among them, and who may have them;
# the assignment of the demo.

use warnings;
use strict;

use FindBin;
use lib $FindBin::Bin;

use Digest::SHA qw/ sha1_hex /;
use HTTP::Tiny;
use JSON::PP;
use Test::More;

use Standin;

use constant {
	TEACHER => 'MoodleSession=teacheraaaaaaaaaaaaaaaaaaa',
	STUDENT2 => 'MoodleSession=student2aaaaaaaaaaaaaaaaaa',
	OUTSIDER => 'MoodleSession=outsideraaaaaaaaaaaaaaaaaa',
	ADMIN => 'MoodleSession=adminaaaaaaaaaaaaaaaaaaaaa',
	FILES => 'f' . '0' x 30 . '3',
	SERVICE => 'e' . '0' x 30 . '3',
};

my $link = 'https://moodle.test/repository/owncloud/link/abc/link.pdf';
my $enrol = "$site/enrol/index.php?id=2";

store(555, 'link.pdf', $link);
store(555, 'path.pdf', '/repository/owncloud/link/abc/path.pdf');
control('do=save&user=student1&item=555&ctx=17');
control('do=save&user=student1&item=555&ctx=20');

# a stored link, by every script that looks who may have it

my $rest = '/17/assignsubmission_file/submission_files/1/link.pdf';

leads("/pluginfile.php$rest", $link, 'pluginfile.php');
leads("/pluginfile.php$rest?forcedownload=1", $link, 'forcedownload');
leads("/pluginfile.php?file=$rest", $link, 'in the query');
leads('/pluginfile.php?forcedownload=1&file=' . escape($rest), $link,
	'in the query, encoded');
leads("/pluginfile.php$rest?file=/17/a/b/1/nosuch.pdf", $link,
	'the path comes before the query');
is(get("/pluginfile.php/20/mod_folder/content/0/other.pdf?file=$rest")
	->{status}, 404, 'also when there is no such file');
leads($rest =~ s!^!/pluginfile.php!r =~ s!link\.pdf$!path.pdf!r,
	"$site/repository/owncloud/link/abc/path.pdf", 'a link without a host');
leads('/pluginfile.php/20/mod_folder/content/0/link.pdf', $link, 'a folder');
leads("/pluginfile.php$rest", $link, 'a teacher', TEACHER);
leads("/pluginfile.php$rest", $enrol, 'not enrolled', OUTSIDER);
like(get("/pluginfile.php$rest", '')->{headers}{location},
	qr!^\Q$site\E/login/index\.php\?wantsurl=!, 'a visitor');
is(get('/pluginfile.php')->{status}, 404, 'nothing');

leads("/tokenpluginfile.php/${\ FILES}$rest", $link, 'by token', '');
leads("/tokenpluginfile.php?file=/${\ FILES}$rest", $link,
	'by token, in the query', '');
is(get("/tokenpluginfile.php/${\ FILES}$rest", '')->{headers}{'set-cookie'},
	undef, 'by token, no session');
is(get("/tokenpluginfile.php/${\ SERVICE}$rest")->{status}, 404,
	'by token, another one');
is(get("/tokenpluginfile.php/nosuch$rest")->{status}, 404,
	'by token, an unknown one');
leads('/tokenpluginfile.php/f' . '0' x 30 . "6$rest", $enrol,
	'by token, not enrolled', '');

leads("/webservice/pluginfile.php$rest?token=${\ SERVICE}", $link,
	'web service', '');
leads("/webservice/pluginfile.php?token=${\ SERVICE}&file=$rest", $link,
	'web service, in the query', '');
is(get("/webservice/pluginfile.php$rest?token=${\ SERVICE}", '')
	->{headers}{'set-cookie'}, undef, 'web service, no session');
refused("/webservice/pluginfile.php$rest", 'missingparam');
refused("/webservice/pluginfile.php$rest?token=${\ FILES}", 'invalidtoken');
refused("/webservice/pluginfile.php$rest?token=e" . '0' x 30 . '6',
	'requireloginerror');

control('do=set&name=wsredirect&value=');
refused("/webservice/pluginfile.php$rest?token=${\ SERVICE}",
	'redirecterrordetected');
leads("/pluginfile.php$rest", $link, 'only the web service');
control('do=set&name=wsredirect&value=1');

my $draft = '/11/user/draft/555/link.pdf';

leads("/draftfile.php$draft", $link, 'a draft');
leads("/draftfile.php?file=$draft", $link, 'a draft, in the query');
is(get("/draftfile.php$draft", TEACHER)->{status}, 404,
	"somebody else's draft");

# two items of a context with files of one name

store(556, 'link.pdf', 'https://other.test/');
control('do=save&user=student1&item=556&ctx=17&to=2');
leads("/pluginfile.php$rest", $link, 'two items, the first');
leads($rest =~ s!^!/pluginfile.php!r =~ s!/1/!/2/!r, 'https://other.test/',
	'two items, the second');

# a URL resource, whatever somebody points it at

control('do=url&id=7&url=' . escape($link));

leads('/mod/url/view.php?id=7&redirect=1', $link, 'a URL resource');
is(get('/mod/url/view.php?id=7')->{status}, 200, 'its page');
is(get('/mod/url/view.php?id=8&redirect=1')->{status}, 404, 'no such one');
leads('/mod/url/view.php?id=7&redirect=1', $enrol,
	'a URL resource, not enrolled', OUTSIDER);

# who may edit

for (
	[TEACHER, 16, 200], [TEACHER, 17, 200], [TEACHER, 18, 200],
	[TEACHER, 20, 200], [TEACHER, 1, 404], [TEACHER, 2, 404],
	[TEACHER, 14, 404], [TEACHER, 11, 404], [TEACHER, 999, 404],
	[ADMIN, 17, 200], [ADMIN, 2, 200], [ADMIN, 1, 404], [ADMIN, 11, 404],
	[COOKIE, 17, 404], [COOKIE, 16, 404], [COOKIE, 11, 404],
	[COOKIE, 12, 404], [STUDENT2, 11, 404], [OUTSIDER, 17, 303],
	['', 17, 303], ['MoodleSession=bogus', 17, 303])
{
	my ($cookie, $context, $status) = @$_;

	is(get("/filter/manage.php?contextid=$context", $cookie)->{status},
		$status, "may edit, context $context, "
		. ($cookie || 'a visitor'));
}

is(get('/filter/manage.php', TEACHER)->{status}, 404, 'may edit, no context');

# the assignment

my $page = '/mod/assign/view.php?id=2';

control('do=reset');

leads('/', "$site$page&action=editsubmission", "a student's start");
leads('/', "$site$page", "a teacher's start", TEACHER);

like(get($page)->{content}, qr/No submissions have been made yet/,
	'nothing submitted');
like(get($page, TEACHER)->{content}, qr/Nothing to display/,
	'nothing to be seen');

my $form = get("$page&action=editsubmission")->{content};
my ($item) = $form =~ /name="files_filemanager" value="(\d+)"/;

like($form, qr/"itemid":$item,/, 'the draft area of the picker');
like($form, qr/<button class="primary">Save changes</, 'the button');

my %save = (id => 2, action => 'savesubmission', sesskey => KEY,
	files_filemanager => $item);

store($item, "a 'b' <c> & ü.pdf", $link);
is(post('/mod/assign/view.php', undef, { %save, sesskey => 'x' })->{status},
	404, 'a wrong sesskey');
is(get("/mod/assign/view.php?action=savesubmission&sesskey=${\ KEY}"
	. "&files_filemanager=$item")->{status}, 404, 'no form');
like(get($page, TEACHER)->{content}, qr/Nothing to display/, 'nothing saved');

my $saved = post('/mod/assign/view.php', undef, \%save);

is($saved->{status}, 303, 'saved');
is($saved->{headers}{location}, "$site$page&action=view", 'saved, shown');

my $url = '/pluginfile.php/17/assignsubmission_file/submission_files/1/'
	. 'a%20%27b%27%20%3Cc%3E%20%26%20%C3%BC.pdf';

like(get("$page&action=view")->{content},
	qr!Submitted for grading.*href="\Q$url\E"!s, 'the submission');
leads($url, $link, 'its link');

my $all = get($page, TEACHER)->{content};

like($all, qr!<td>Sam Student</td>!, "a teacher's table");
like($all, qr!<a href="\Q$url\E">a &#039;b&#039; &lt;c&gt; &amp; \xc3\xbc\.pdf</a>!,
	'a link that opens');
like($all, qr!<a href="\Q$url\E\?forcedownload=1"!, 'a link that downloads');

store(700, 'second.pdf', $link, STUDENT2, 'Student2aa');
post('/mod/assign/view.php', STUDENT2, { %save, sesskey => 'Student2aa',
	files_filemanager => 700 });

like(get($page, TEACHER)->{content},
	qr!Sue Student.*/submission_files/2/second\.pdf"!s,
	'another student');
unlike(get($page)->{content}, qr/second\.pdf/, 'not seen by the first');

# saved again: what was there can be removed

$form = get("$page&action=editsubmission")->{content};
($item) = $form =~ /name="files_filemanager" value="(\d+)"/;
is(scalar @{ control('do=drafts')->{student1}{$item} }, 1,
	'what is saved can be edited');
post('/mod/assign/view.php', undef, { %save, files_filemanager => 1 });
is(get($url)->{status}, 404, 'replaced by nothing');
like(get($page)->{content}, qr/No submissions have been made yet/,
	'nothing submitted any more');

done_testing();

###############################################################################

# a link in a draft area

sub store {
	my ($item, $name, $url, $cookie, $key) = @_;

	$key //= KEY;

	my $source = encode_json({ type => 'FILE_REFERENCE', link => $url });
	my %fields = (repo_id => 7, sesskey => $key, itemid => $item,
		ctx_id => 17, title => $name, source => $source,
		savepath => '/', usecontrolledlink => 1, sourcekey => sha1_hex(
			$source . 'StandInRepositorySecretKey000000' . $key));

	is(decode_json(picker('download', \%fields, $cookie)->{content})->{file},
		$name =~ /^a/ ? "a 'b' <c> & \xfc.pdf" : $name,
		"stored: $item");
}

sub leads {
	my ($uri, $location, $what, $cookie) = @_;

	local $Test::Builder::Level = $Test::Builder::Level + 1;

	my $r = get($uri, $cookie);

	is("$r->{status} " . ($r->{headers}{location} // ''), "303 $location",
		$what);
}

sub refused {
	my ($uri, $code) = @_;

	local $Test::Builder::Level = $Test::Builder::Level + 1;

	my $r = get($uri, '');

	is("$r->{status} " . eval { decode_json($r->{content})->{errorcode} },
		"200 $code", $code);
}
