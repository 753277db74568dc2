#!/usr/bin/perl

# Access controlled links in browsers: handed in, and opened by others; see
# demo.t.

use warnings;
use strict;

use FindBin;
use lib $FindBin::Bin;

use Demo;

exit Demo::test('controlled.mjs');
