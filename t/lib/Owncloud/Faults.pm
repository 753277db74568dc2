package Owncloud::Faults;

# Copyright (C) the authors of the ownCloud module for nginx

# Lets allocations fail in an nginx whose module has been built for it, see
# t/faults/faults.h.  Made before nginx is started:
#
#     my $faults = Owncloud::Faults->new;
#     my $told = $faults->during(place => sub { ... });
#
# runs the code, in which the first allocation at a place fails where none has
# failed before.  $told->{failed} is how many did, {where} the last of them.

use v5.20;
use warnings;

use Fcntl qw(SEEK_SET);
use File::Temp;


my %mode = (nth => 1, rest => 2, place => 3, each => 4);

my $head = 'Q4 Z96 Q8';
my $head_size = 12 * 8 + 96;
my $size = $head_size + 16384 * 8;


sub new {
    my $class = shift;

    my $file = File::Temp->new(TEMPLATE => 'owncloud-faults-XXXXXX',
                               TMPDIR => 1);

    truncate $file, $size;
    $ENV{FAULTS} = "$file";

    return bless { file => $file }, $class;
}


sub during {
    my ($self, $mode, $code, $nth) = @_;

    $self->put(pack $head, $mode{$mode}, $nth // 0, 0, 0, '', (0) x 8);

    my @got = eval { $code->() };
    my $reason = $@;

    # where it was stays to be read

    $self->put(pack 'Q', 0);

    my $text = '';

    sysseek $self->{file}, 0, SEEK_SET;
    sysread $self->{file}, $text, $head_size;

    my (undef, undef, $count, $failed, $where, @frame) = unpack $head, $text;

    return { got => \@got, died => $reason, count => $count,
             failed => $failed, where => $where, frames => \@frame };
}


# the functions that the failure was in, for a person

sub stack {
    my ($told, $module) = @_;

    my @address = map { sprintf "%x", $_ - 1 } grep { $_ } @{ $told->{frames} };
    my @name = grep { /^ngx_/ } map { split /\n/ }
               @address ? qx(addr2line -f -e $module @address) : ();

    return join ' < ', $told->{where},
                       map { s/^ngx_http_owncloud_//r =~ s/\..*//sr } @name;
}


sub put {
    my ($self, $text) = @_;

    sysseek $self->{file}, 0, SEEK_SET;
    syswrite $self->{file}, $text;
}


1;
