#!/usr/bin/perl

# Large folders, searches, changes and sessions in a browser; see demo.t.

use warnings;
use strict;

use FindBin;
use lib $FindBin::Bin;

use Demo;

exit Demo::test('large.mjs');
