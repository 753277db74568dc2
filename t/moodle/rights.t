#!/usr/bin/perl

# The stand-in Moodle: pages that prove a right, and pages that look like it;
# which file a request is for.

use warnings;
use strict;

use FindBin;
use lib $FindBin::Bin;

use HTTP::Tiny;
use Test::More;

use Standin;

my %session = (student => 'studentaaaaaaaaaaaaaaaaaaa',
	teacher => 'teacheraaaaaaaaaaaaaaaaaaa',
	manager => 'manageraaaaaaaaaaaaaaaaaaa',
	admin => 'adminaaaaaaaaaaaaaaaaaaaaa',
	outsider => 'outsideraaaaaaaaaaaaaaaaaa', nobody => undef);

my $word = 'Mozilla/5.0 (Windows NT 10.0) Word/16.0';
my ($manage, $issuers) = ('/filter/manage.php?contextid=',
	'/admin/tool/oauth2/issuers.php');

# who, which page, as which browser: status, context, layout, id of the user

for my $case (
	# recordings 250 to 255
	[teacher => "${manage}17", '', '200 17 admin 4'],
	[student => "${manage}17", '', '404 17 base 3'],
	[outsider => "${manage}17", '', '303'],
	[nobody => "${manage}17", '', '303'],
	[manager => "${manage}17", '', '200 17 admin 7'],
	# 257 to 260
	[teacher => "${manage}17", $word, '200 17 admin 4'],
	[student => "${manage}17", $word, '404 17 base 3'],
	[outsider => "${manage}17", $word, '200 1 redirect 6'],
	[nobody => "${manage}17", $word, '200 1 redirect 0'],
	[nobody => "${manage}17", "$word Outlook", '303'],
	# 264, 265, 268 to 272
	[teacher => "${manage}999999", '', '404 1 base 4'],
	[teacher => "${manage}11", '', '404 1 base 4'],
	[teacher => '/filter/manage.php', '', '404 1 base 4'],
	[teacher => "${manage}17abc", '', '200 17 admin 4'],
	[teacher => "${manage}1&contextid=17", '', '200 17 admin 4'],
	[teacher => "${manage}1", '', '404 1 base 4'],
	[admin => "${manage}1", '', '404 1 base 2'],
	# 280 to 289
	[admin => '/admin/search.php', '', '200 1 admin 2'],
	[manager => '/admin/search.php', '', '200 1 admin 7'],
	[teacher => '/admin/search.php', '', '404 1 base 4'],
	[nobody => '/admin/search.php', '', '303'],
	[nobody => '/admin/search.php', $word, '200 1 redirect 0'],
	# 290 to 295
	[admin => $issuers, '', '200 1 admin 2'],
	[manager => $issuers, '', '404 1 base 7'],
	[teacher => $issuers, '', '404 1 base 4'],
	[nobody => $issuers, '', '303'],
	[nobody => $issuers, $word, '200 1 redirect 0'],
	[admin => $issuers, $word, '200 1 admin 2'])
{
	my ($who, $path, $agent, $expected) = @$case;

	is(page($who, $path, $agent), $expected,
		"$who, $path" . ($agent ? ", $agent" : ''));
}

# a hidden activity, 273 to 275

control('do=set&name=hidden&value=17');
is(page(student => "${manage}17", ''), '303', 'hidden');
is(page(student => "${manage}17", $word), '200 16 redirect 3', 'and Word');
is(page(teacher => "${manage}17", ''), '200 17 admin 4', 'not for a teacher');
control('do=set&name=hidden&value=');

# no filters, 296 and 297; output before the page

control('do=set&name=filters&value=');
is(page(teacher => "${manage}17", ''), '404 17 base 4', 'no filters');
control('do=set&name=filters&value=1');

control('do=set&name=debugoutput&value=1');
is(page(nobody => "${manage}17", ''), '200 1 redirect 0', 'debugging output');
is(page(teacher => "${manage}17", ''), '200 17 admin 4', 'and a page');
control('do=set&name=debugoutput&value=sent');
is(page(manager => $issuers, ''), '200 1 base 7', 'after the header, too');
control('do=set&name=debugoutput&value=');

like(get($issuers, 'MoodleSession=adminaaaaaaaaaaaaaaaaaaaaa')->{content},
	qr!^<body  id="page-admin-tool-oauth2-issuers" class="!m, 'a name');

# AJAX never redirects, 343

like($http->post("$site/repository/repository_ajax.php?action=list", {
	headers => { 'User-Agent' => $word,
		'Content-Type' => 'application/x-www-form-urlencoded' },
	content => 'repo_id=7&ctx_id=17&sesskey=x' })->{content},
	qr/"requireloginerror"/, 'the picker');

# which file: its context is the one that an outsider is refused in (17), or
# that is open to him (12: "not found")

my ($one, $two) = ('/17/user/private/w-one.txt', '/12/user/private/w-two.txt');
my $file = escape($two);

for my $case (
	["/pluginfile.php$one", 17, 'path (300)'],
	["/pluginfile.php?file=$file", 12, 'file (301)'],
	["/pluginfile.php$one?file=$file", 17, 'both (302)'],
	["/pluginfile.php/17/x?file=$file", 12, 'a short path (303)'],
	["/pluginfile.php/?file=$file", 12, 'a slash (304)'],
	["/pluginfil%65.php$one?file=$file", 12, 'the script encoded (305)'],
	["/pluginfile.php%2F17%2Fuser%2Fprivate%2Fw-one.txt?file=$file", 12,
		'slashes encoded (306)'],
	["/pluginfile.php/12/../17/user/private/w-one.txt", 17, '.. (310)'],
	["/pluginfile.php/$one", 17, 'two slashes (311)'],
	["/pluginfile.php$one?file[]=$file", 17, 'a list'])
{
	my ($path, $context, $name) = @$case;

	is(get($path, "MoodleSession=$session{outsider}")->{status},
		$context == 17 ? 303 : 404, $name);
}

done_testing();

###############################################################################

sub page {
	my ($who, $path, $agent) = @_;

	my $r = $http->get("$site$path", { headers => {
		'User-Agent' => $agent || 'Mozilla/5.0 recorder',
		defined $session{$who}
			? (Cookie => "MoodleSession=$session{$who}") : (),
	} });

	return $r->{status} if $r->{status} == 303;

	my ($cfg) = $r->{content} =~ /^M\.cfg = (\{.*\});$/m;
	my ($context) = ($cfg // '') =~ /"contextid":(\d+),/;
	my ($user) = ($cfg // '') =~ /"userId":(\d+)\}/;
	my ($layout) = $r->{content} =~ /<body [^>]*pagelayout-(\w+) /;

	return join ' ', map { $_ // '?' }
		$r->{status}, $context, $layout, $user;
}
