package Bench::Files;

# Copyright (C) the authors of the ownCloud module for nginx

# Files, programs, ports.

use v5.20;
use warnings;

use Exporter qw(import);
use IO::Socket::INET;

our @EXPORT = qw(slurp spew free_port command);


sub slurp {
    my $file = shift;

    open my $in, '<:raw', $file or return '';
    local $/;
    return <$in> // '';
}


sub spew {
    my ($file, $text, $mode) = @_;

    open my $out, '>:raw', $file or die "$file: $!\n";
    print $out $text;
    close $out or die "$file: $!\n";
    chmod $mode // 0600, $file;
}


sub free_port {
    my $socket = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1')
        or die "no free port: $!\n";
    return $socket->sockport;
}


sub command {
    my @command = @_;

    my $out = qx(@command 2>&1);
    die "@command:\n$out" if $?;

    return $out;
}


1;
