#!/usr/bin/perl

# Choosing files in a browser; see demo.t.

use warnings;
use strict;

use FindBin;
use lib $FindBin::Bin;

use Demo;

exit Demo::test('choose.mjs');
