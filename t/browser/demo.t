#!/usr/bin/perl

# The demo in a browser: demo.mjs drives Chromium and prints the TAP.
#
# SCREENSHOT=FILE writes a picture of the listing; MODULE=FILE is the module to
# test; DEMO_URL=URL uses a demo that runs already.

use warnings;
use strict;

use File::Path qw/ remove_tree /;
use File::Temp qw/ tempdir /;
use FindBin;
use Test::More;

my $t = "$FindBin::Bin/..";
my $chromium = $ENV{CHROMIUM} // '/usr/bin/chromium';
my ($pid, $out, $dir);

plan skip_all => "no $chromium" if !-x $chromium;
plan skip_all => 'no Node.js' if system('node --version >/dev/null 2>&1');

system("$FindBin::Bin/install >&2") == 0
	or BAIL_OUT('t/browser/install failed');

my $url = $ENV{DEMO_URL} // start_demo();

$ENV{CLOUD_OC_CONTROL} = control() if !$ENV{DEMO_URL};

my $rc = system('node', "$FindBin::Bin/demo.mjs", $url, $chromium);

stop_demo();

exit($rc == 0 ? 0 : 1);

###############################################################################

sub start_demo {
	$dir = tempdir('owncloud-browser-XXXXXX', TMPDIR => 1);

	$pid = open $out, '-|', "$t/demo/run", '--port', 0, '--dir', $dir,
		$ENV{MODULE} ? ('--module', $ENV{MODULE}) : ()
		or die "t/demo/run: $!\n";

	while (my $line = <$out>) {
		return $1 if $line =~ m!^\s+(http://127\.0\.0\.1:\d+/)$!;
	}

	close $out;
	remove_tree($dir);
	print "Bail out!  t/demo/run failed\n";
	exit 255;
}

sub control {
	open my $f, '<', "$dir/standins/env" or die "$dir/standins/env: $!\n";
	my ($control) = map { /^CLOUD_OC_CONTROL=(.*)/ } <$f>;

	return $control;
}

# What nginx wrote of itself counts, too.

sub stop_demo {
	return if !$pid;

	kill 'TERM', $pid;
	close $out;

	my @bad;

	if (open my $f, '<', "$dir/error.log") {
		@bad = grep { /\[(?:alert|emerg|crit)\]/ } <$f>;
	}

	print STDERR @bad;
	$rc ||= @bad;

	remove_tree($dir);
}
