#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# docs/directives.md and the tables in the sources name the same things.

use warnings;
use strict;

use FindBin;
use Test::More;

my $top = "$FindBin::Bin/..";
my $module = "$top/src/module/ngx_http_owncloud";

my %context = (NGX_HTTP_MAIN_CONF => 'http', NGX_HTTP_SRV_CONF => 'server',
    NGX_HTTP_LOC_CONF => 'location');

my %documented = documented();
my %entries = %documented;

directives("${module}_module.c");
directives("${module}_issuer.c", 'owncloud_issuer');
directives("${module}_repository.c", 'owncloud_repository');
variables("${module}_variable.c");

defaults(glob("${module}_*.c"));

ok(0, "$_ is documented and not there") for sort keys %documented;

done_testing();

###############################################################################

sub directives {
    my ($file, $block) = @_;

    my $source = content($file);
    my ($table) = $source =~ /ngx_command_t\s+\w+\[\] = \{(.*?)null_command/s;

    while ($table =~ /ngx_string\("(\w+)"\),\s*([\w|]+),/g) {
        my ($name, $type) = ($1, $2);
        my $entry = delete $documented{$name};

        ok($entry, "$name is documented") or next;

        my $where = $block // join ', ',
            map { $context{$_} // () } split /\|/, $type;

        is($entry->{Context}, $where, "$name, context");
        arguments($name, $type, $entry->{Syntax});
        ok(length $entry->{Default}, "$name, default");
        like($entry->{text}, qr/\w{3}/, "$name, text");
    }
}

# alternatives, as in "on | off", are one argument

sub arguments {
    my ($name, $type, $syntax) = @_;

    my %documented;

    for (split /\n/, $syntax) {
        s/ \{ \.\.\. \}//;
        s/ \| \S+//g;

        my $any = s/ \[\S+ \.\.\.\]$//;
        my ($first, @words) = split ' ';
        my $least = grep { !/^\[/ } @words;

        is($first, $name, "$name, syntax");

        $documented{$_} = 1 for $least .. ($any ? 7 : @words);
    }

    my $good = 1;

    for my $n (0 .. 7) {
        my $taken = $type =~ /CONF_FLAG/ ? $n == 1
            : $type =~ /CONF_NOARGS/ && $n == 0
              || $type =~ /CONF_TAKE\d*$n/
              || $type =~ /CONF_1MORE/ && $n >= 1;

        $good = 0 if !$taken != !$documented{$n};
    }

    ok($good, "$name, number of arguments");
}

# numbers and times that hold when nothing is written

sub defaults {
    my $source = join '', map { content($_) } @_;
    my $n = 0;

    while ($source =~ /conf_init_(\w+)\((?:issuer|repository)->(\w+),
            \s*(\d+)\)/gx)
    {
        my ($type, $field, $value) = ($1, $2, $3);
        my $default = ($entries{$field} // next)->{Default};

        next if $default eq '—' || $default =~ /^\w+ (?!on$|off)[a-z]+$/;

        my $text = $default =~ / (?:on|off)$/ ? ($value ? 'on' : 'off')
            : $type eq 'msec_value' ? ($value / 1000) . 's' : $value;

        like($default, qr/^$field \Q$text\E(?: |$)/, "$field, default $text");
        $n++;
    }

    cmp_ok($n, '>=', 12, 'defaults are found');

    my ($calls) = $source =~ /->max_queue, (\d+)\)/;
    my ($time) = $source =~ /->queue_timeout, (\d+)000\)/;

    like($entries{max_calls}{Default}, qr/queue=$calls timeout=${time}s$/,
        'max_calls, its parameters');
}

sub variables {
    my ($file) = @_;

    my $source = content($file);

    while ($source =~ /ngx_string\("(owncloud_\w+)"\), NULL/g) {
        my $name = "\$$1";
        my $entry = delete $documented{$name};

        ok($entry && $entry->{text} =~ /\w{3}/, "$name is documented");
    }
}

sub documented {
    my %entries;

    my (undef, @sections) = split /^### /m,
        content("$top/docs/directives.md") =~ s/^## .*//mgr;

    for (@sections) {
        my ($name, $rest) = /^(\S+)\n(.*)/s;

        !$entries{$name} or fail("$name is documented twice");

        my %entry = $rest =~ /^    (Syntax|Default|Context):\s+(.*)$/mg;

        # several lines: several ways

        ($entry{Syntax}) = $rest =~ /^    Syntax:\s+(.*(?:\n {14}\S.*)*)$/m;

        $entry{text} = $rest =~ s/^    .*\n//mgr;
        $entries{$name} = \%entry;
    }

    return %entries;
}

sub content {
    my ($file) = @_;

    open my $f, '<', $file or die "$file: $!\n";
    local $/;
    return scalar <$f>;
}
