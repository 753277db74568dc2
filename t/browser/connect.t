#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# The page on which the system account is connected, in a browser, with clouds
# by https.  TEST_NGINX_MODULE=FILE is the module to test.

use warnings;
use strict;

use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Demo;
use Owncloud qw(cloud fresh standins);
use Owncloud::Account;

my $nginx = running(protected => 1);

fresh($nginx);
cloud($_ => 'reset', { data => JSON::PP::true }) for qw(OC NC);

my $failed;

{
	local %ENV = (%ENV, %{ standins() }, DEMO_URL => $nginx->url . '/');

	$failed = Demo::test('connect.mjs');
}

cloud($_ => 'reset', { data => JSON::PP::true }) for qw(OC NC);
$nginx->stop;

if ($failed || $nginx->alerts ne '') {
	print STDERR $nginx->log;
	exit 1;
}
