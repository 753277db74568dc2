#!/usr/bin/perl

# The demo in a browser: demo.mjs drives Chromium and prints the TAP.
#
# SCREENSHOT=FILE writes a picture of the listing; MODULE=FILE is the module to
# test; DEMO_URL=URL uses a demo that runs already.

use warnings;
use strict;

use FindBin;
use lib $FindBin::Bin;

use Demo;

exit Demo::test('demo.mjs');
