package Demo;

# Starts the demo and has a script drive a browser through it.

use warnings;
use strict;

use File::Path qw/ remove_tree /;
use File::Temp qw/ tempdir /;
use FindBin;
use Test::More;

my $t = "$FindBin::Bin/..";
my ($pid, $out, $dir);

# The exit code.

sub test {
	my ($script) = @_;

	my $chromium = $ENV{CHROMIUM} // '/usr/bin/chromium';

	plan skip_all => "no $chromium" if !-x $chromium;
	plan skip_all => 'no Node.js'
		if system('node --version >/dev/null 2>&1');

	system("$FindBin::Bin/install >&2") == 0
		or BAIL_OUT('t/browser/install failed');

	my $url = $ENV{DEMO_URL} // start_demo();

	local %ENV = (%ENV, standins()) if !$ENV{DEMO_URL};

	my $rc = system('node', "$FindBin::Bin/$script", $url, $chromium);

	return stop_demo($rc) ? 1 : 0;
}

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

# Where the stand-in clouds are steered.

sub standins {
	open my $f, '<', "$dir/standins/env" or die "$dir/standins/env: $!\n";

	return map { /^(CLOUD_.._CONTROL|CONTROL_TOKEN)=(.*)/ ? ($1, $2) : () }
		<$f>;
}

# What nginx wrote of itself counts, too.

sub stop_demo {
	my ($rc) = @_;

	return $rc if !$pid;

	kill 'TERM', $pid;
	close $out;

	my @bad;

	if (open my $f, '<', "$dir/error.log") {
		@bad = grep { /\[(?:alert|emerg|crit)\]/ } <$f>;
	}

	print STDERR @bad;
	remove_tree($dir);

	return $rc || @bad;
}

1;
