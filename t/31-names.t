#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Odd names: each is listed as it is on the cloud's disk, and each folder opens
# by what the picker was told of it.

use v5.20;
use warnings;

use Encode qw(decode_utf8 encode_utf8);
use Test::More;

use Owncloud qw(cloud standins);

my %profile = (NC => [8, '/remote.php/webdav/'],
               OC => [7, '/oc/remote.php/webdav/']);

cloud($_ => 'reset', {}) for sort keys %profile;

my $nginx = Owncloud->new;
my $browser = $nginx->browser;

for my $cloud (sort keys %profile) {
    my $repository = $profile{$cloud}[0];

    $browser->sign_in($repository);

    listed($cloud, $repository, 'special');
    listed($cloud, $repository, 'special-folders');
    opened($cloud, $repository, $_) for qw(special special-folders);
}

is(() = $nginx->log =~ /\[(?:warn|error)\].*client:/g, 0, 'a quiet log');

$nginx->finish;
cloud($_ => 'reset', {}) for sort keys %profile;
done_testing();


# what is in a folder, from the disk: names and whether they are folders

sub on_disk {
    my ($cloud, $folder) = @_;

    my $path = standins()->{"CLOUD_${cloud}_STATE"} . "/data/alice/$folder";
    opendir my $dir, $path or die "$path: $!\n";

    return map { decode_utf8($_) => -d "$path/$_" ? 1 : 0 }
           grep { $_ ne '.' && $_ ne '..' } readdir $dir;
}


# every name is there once, as title and at the end of path or source

sub listed {
    my ($cloud, $repository, $folder) = @_;

    my %expected = on_disk($cloud, $folder);
    my $list = $browser->picker(list => $repository, p => "/$folder/")->{list};

    cmp_ok(scalar keys %expected, '>', 50, "$cloud $folder - enough names");
    is(scalar @$list, scalar keys %expected, "$cloud $folder - as many");

    my %node = map { ($_->{title} => $_) } @$list;

    for my $name (sort keys %expected) {
        my $node = $node{$name};
        my $shown = encode_utf8("$cloud /$folder/$name");

        if ($expected{$name}) {
            is($node->{path}, "/$folder/$name/", "$shown - path");
            is_deeply($node->{children}, [], "$shown - a folder");

        } else {
            is($node->{source}, "/$folder/$name", "$shown - source");
        }
    }

    my @sorted = sort { $expected{$b} <=> $expected{$a}
                        || upper($a) cmp upper($b) || $a cmp $b }
                 keys %expected;

    is_deeply([map { $_->{title} } @$list], \@sorted,
              "$cloud $folder - the order");
}


sub upper { return encode_utf8(shift) =~ tr/a-z/A-Z/r }


# what is in "special-folders", and where "special" has folders

sub opened {
    my ($cloud, $repository, $folder) = @_;

    my $list = $browser->picker(list => $repository, p => "/$folder/")->{list};
    my @folders = grep { $_->{children} } @$list;

    cmp_ok(scalar @folders, '>', 5, "$cloud $folder - enough folders");

    for my $node (@folders) {
        my $name = $node->{title};
        my $shown = encode_utf8("$cloud $node->{path}");

        cloud($cloud => 'log', undef, 'DELETE');

        my $answer = $browser->picker(list => $repository, p => $node->{path});

        is_deeply([map { $_->{source} } @{ $answer->{list} // [] }],
                  ["/$folder/${name}/inside.txt"], "$shown - inside.txt")
            or diag(explain($answer));

        is_deeply([map { [@$_{qw(name path)}] }
                       @{ $answer->{path} // [] }[1 .. 2]],
                  [[$folder, "/$folder/"], [$name, "/$folder/$name/"]],
                  "$shown - breadcrumb");

        is_deeply([map { asked($_, $cloud) } @{ cloud($cloud => 'log') }],
                  ["PROPFIND /$folder/$name/"], "$shown - what was asked");
    }
}


# the path on the wire: nothing in it needs escaping any more

sub asked {
    my ($request, $cloud) = @_;

    my $uri = $request->{uri};
    my $base = $profile{$cloud}[1];

    return "not escaped: $uri" if $uri =~ m{[^A-Za-z0-9/._~%-]};
    return "elsewhere: $uri" if $uri !~ s{^\Q$base\E}{/};

    return "$request->{method} "
           . decode_utf8($uri =~ s/%([0-9A-F]{2})/chr hex $1/ger);
}
