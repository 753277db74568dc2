# Part of ../../conformity.t: received shares: their names, pending ones, how
# they end, and what does not fit.  Its helpers are in controlled.pl.

use v5.20;
use warnings;
use utf8;

use JSON::PP;
use Test::More;

our ($nc, $oc);

my $dav = '/remote.php/webdav';


# What the recipient has of that name, and when his name for it is fixed.

sub test_targets {
    for my $cloud ($nc, $oc) {
        my $name = $cloud == $nc ? 'nextcloud/71' : 'owncloud/707';

        make($cloud, $_, '/same ü.txt', $_) for qw(alice bob);
        make($cloud, 'moodle-system', '/d/same ü.txt', 'system');

        my $share = share_with($cloud, 'alice', '/same ü.txt', 'bob');
        is($share->{file_target}, '/same ü.txt', "$name: a wish");
        is(target($cloud, 'alice', $share->{id}), '/same ü.txt',
           "$name: so it is for the owner");
        make($cloud, 'bob', '/other.txt', 'no request of his');
        is(target($cloud, 'alice', $share->{id}), '/same ü.txt',
           "$name: until the recipient's next request");
        is(target($cloud, 'bob', $share->{id}), '/same ü (2).txt',
           "$name: there he has it");
        is(target($cloud, 'alice', $share->{id}), '/same ü (2).txt',
           "$name: the owner learns it");
        is(request($cloud, GET => "$dav/same%20%c3%bc.txt",
           [as($cloud, 'bob')])->{body}, 'bob', "$name: his own");

        my $third = share_with($cloud, 'moodle-system', '/d/same ü.txt',
                               'bob');
        is(target($cloud, 'bob', $third->{id}), '/same ü (3).txt',
           "$name: a third one");
        request($cloud, DELETE => "$dav/same%20%c3%bc.txt",
                [as($cloud, 'bob')]);
        is(target($cloud, 'bob', $share->{id}), '/same ü (2).txt',
           "$name: the name stays");
        share_code($cloud, 'alice', DELETE => "/$share->{id}");
        share_code($cloud, 'moodle-system', DELETE => "/$third->{id}");
    }
}


# The setting "auto_accept" off.

sub test_pending {
    for my $cloud ($nc, $oc) {
        my $name = $cloud == $nc ? 'nextcloud' : 'owncloud/510';

        control($cloud, POST => 'settings',
                { auto_accept => JSON::PP::false });
        make($cloud, $_, '/pending.txt', $_) for qw(alice bob);

        my $etag = folder_etag($cloud, 'bob', '');
        my $share = share_with($cloud, 'alice', '/pending.txt', 'bob');
        my $id = $share->{id};
        my $states = sub {
            my ($code, $data) = ocs($cloud, 'bob', GET => $_[0]);
            return join ' ', map { join ':', grep { defined } @$_{qw(path
                permissions state storage_id)} } grep { $_->{id} == $id }
                @$data;
        };
        my $gone = sub {
            is(target($cloud, 'bob', $id), 404, "$name: by id, $_[0]");
            is(fileid($cloud, 'bob', 'pending%20%282%29.txt'), 404,
               "$name: in the tree, $_[0]");
            is($states->('?shared_with_me=true'), '', "$name: list, $_[0]");
        };

        is($share->{file_target}, '/pending.txt', "$name: shared");
        is(target($cloud, 'alice', $id), '/pending.txt', "$name: the owner");
        $gone->('pending');
        is(folder_etag($cloud, 'bob', ''), $etag, "$name: nothing changed");

        if ($cloud == $oc) {
            is($states->("?shared_with_me=true&state=$_"),
               '/pending.txt:1:1:home::alice', "owncloud/513: state=$_")
                for 1, 'all';
        } else {
            is($states->('/pending'), '/pending.txt:0:home::alice',
               'nextcloud: shares/pending');
        }

        is(share_code($cloud, 'teacher1', POST => "/pending/$id", ''), 404,
           "$name: somebody else accepts it");

        my ($code, $data) = ocs($cloud, 'bob', POST => "/pending/$id", '');
        is($code, 100, "$name: accepted");
        isnt(folder_etag($cloud, 'bob', ''), $etag, "$name: now it has");
        is($cloud == $oc ? $data->[0]{file_target} . $data->[0]{state}
                         : scalar @$data,
           $cloud == $oc ? '/pending (2).txt0' : 0, "$name: the answer");
        is(target($cloud, 'bob', $id), '/pending (2).txt',
           "$name: the true target");
        is($states->('?shared_with_me=true'), $cloud == $oc
           ? '/pending (2).txt:1:0:shared::/pending (2).txt'
           : '/pending (2).txt:1:shared::/pending (2).txt', "$name: listed");
        is(request($cloud, GET => "$dav/pending%20%282%29.txt",
           [as($cloud, 'bob')])->{body}, 'alice', "$name: read");
        is(share_code($cloud, 'bob', POST => "/pending/$id", ''), 100,
           "$name: accepted twice");
        is(target($cloud, 'bob', $id), '/pending (2).txt',
           "$name: the target stays");

        if ($cloud == $oc) {
            ($code, $data) = ocs($cloud, 'bob', DELETE => "/pending/$id");
            is("$code $data->[0]{state} $data->[0]{path}",
               '100 2 /pending (2).txt', 'owncloud/517: declined');
            $gone->('declined');
            is(target($cloud, 'alice', $id), '/pending (2).txt',
               'owncloud/738: the owner still has it');
            share_code($cloud, 'alice', DELETE => "/$id");
        } else {
            my $other = share_with($cloud, 'alice', '/notes.txt', 'bob');
            is(share_code($cloud, 'bob', DELETE => "/$_"), 100,
               "$name: declined") for $id, $other->{id};
            is(target($cloud, 'alice', $_), 404, "$name: gone")
                for $id, $other->{id};
        }

        control($cloud, POST => 'settings', { auto_accept => JSON::PP::true });
    }
}


# How a received share ends, and how it moves with its folder.

sub test_ends {
    for my $cloud ($nc, $oc) {
        my $name = $cloud->{name};
        my $number = sub { $cloud == $nc ? 'nextcloud/74' : "owncloud/$_[0]" };
        my @bob = as($cloud, 'bob');
        my $kept = $cloud == $nc ? 404 : '/x (1).txt';

        make($cloud, 'alice', "/ends/$_", $_) for qw(x.txt y.txt);
        request($cloud, MKCOL => "$dav/In", \@bob);

        my $x = share_with($cloud, 'alice', '/ends/x.txt', 'bob')->{id};
        my $y = share_with($cloud, 'alice', '/ends/y.txt', 'bob')->{id};

        is(move($cloud, 'bob', 'x.txt', 'In/x.txt'), 201, "$name: moved in");
        is(move($cloud, 'bob', 'y.txt', 'In/x.txt'), 412,
           $number->(733) . ': a name that is taken');
        is(move($cloud, 'bob', 'y.txt', 'In/x%20%281%29.txt'), 201,
           $number->(734) . ': another name');

        is(move($cloud, 'bob', 'In', 'Out'), 201, "$name: the folder moves");
        is(target($cloud, 'bob', $x), '/Out/x.txt',
           "$name: what lies in it goes with it");
        is(target($cloud, 'alice', $y), '/Out/x (1).txt',
           "$name: for the owner, too");
        is(request($cloud, GET => "$dav/Out/x%20%281%29.txt", \@bob)->{body},
           'y.txt', "$name: it can be read there");
        request($cloud, MKCOL => "$dav/Deep", \@bob);
        is(move($cloud, 'bob', 'Out', 'Deep/In'), 201, "$name: deeper");
        is(target($cloud, 'bob', $x), '/Deep/In/x.txt', "$name: as well");

        is(request($cloud, DELETE => "$dav/Deep/In/x%20%281%29.txt", \@bob)
           ->{status}, 204, $number->(737) . ': the recipient removes one');
        is(target($cloud, 'bob', $y), 404, $number->(740) . ': gone for him');
        is(target($cloud, 'alice', $y), $cloud == $nc ? 404
           : '/Deep/In/x (1).txt', $number->(738) . ': and for the owner');
        is(request($cloud, GET => "$dav/ends/y.txt", [as($cloud, 'alice')])
           ->{body}, 'y.txt', $number->(737) . ': the file is still there');

        if ($cloud == $oc) {
            is(ref share_with($cloud, 'alice', '/ends/y.txt', 'bob'), 'ARRAY',
               'owncloud/739: cannot be shared again');
            is(share_code($cloud, 'alice', DELETE => "/$y"), 100,
               'owncloud: unless the owner deletes it');
        }

        my $new = share_with($cloud, 'alice', '/ends/y.txt', 'bob')->{id};
        isnt($new, $y, $number->(740) . ': a new share');
        is(target($cloud, 'bob', $new), '/y.txt', "$name: in the root again");

        is(request($cloud, DELETE => "$dav/Deep", \@bob)->{status}, 204,
           $number->(741) . ': the folder is deleted');
        is(target($cloud, $_, $x), 404, $number->(742) . ": gone for $_")
            for qw(bob alice);
        is(ref share_with($cloud, 'alice', '/ends/x.txt', 'bob'), 'HASH',
           $number->(742) . ': can be shared again');

        request($cloud, DELETE => "$dav/ends/x.txt", [as($cloud, 'alice')]);
        is(fileid($cloud, 'bob', 'x.txt'), 404, "$name: the file is deleted");
        is(request($cloud, DELETE => "$dav/ends", [as($cloud, 'alice')])
           ->{status}, 204, "$name: the owner's folder is deleted");
        is(fileid($cloud, 'bob', 'y.txt'), 404, "$name: what was shared of it");
        is(target($cloud, 'alice', $new), 404, "$name: its share");

        my $orphans = grep { $_->{orphan} } @{control($cloud,
            GET => 'holdings?user=alice')->{shares}};
        is($orphans, $cloud == $nc ? 2 : 0, "$name: shares that stay");
        make($cloud, 'alice', '/ends/y.txt', 'another');
        is(fileid($cloud, 'bob', 'y.txt'), 404,
           "$name: another file of that name is not shared");

        my $z = share_with($cloud, 'bob', '/notes.txt', 'alice');
        is(move($cloud, 'alice', 'notes%20%282%29.txt', 'z.txt'),
           $cloud == $nc ? 500 : 201, "$name: MOVE by who left such shares");
        share_code($cloud, 'bob', DELETE => "/$z->{id}");
    }
}


sub test_quota {
    for my $cloud ($nc, $oc) {
        my $name = $cloud == $nc ? 'nextcloud' : 'owncloud/780';
        my @bob = as($cloud, 'bob');
        my $refused = [$cloud == $nc
            ? error_body('InsufficientStorage', 'Insufficient space in /, 5000 '
                         . 'required, 4999 available')
            : error_body('InsufficientStorage', '')];
        my $row = sub {
            my ($number, $what, $line, @request) = @_;
            row($cloud, $number, $what, \@request, $line, {},
                $line =~ /^507/ ? @$refused : ());
        };
        my $to = sub { [@bob, Destination => "$cloud->{base}$dav/$_[0]"] };

        make($cloud, 'alice', '/big.bin', 'x' x 5000);
        make($cloud, 'bob', '/mine.bin', 'x' x 5000);
        make($cloud, 'alice', '/small.bin', 'x' x 4999);
        share_with($cloud, 'alice', "/$_.bin", 'bob', 19) for qw(big small);
        request($cloud, MKCOL => "$dav/Q", \@bob);
        control($cloud, POST => 'settings', { quota => { bob => 4999 } });

        is(properties($cloud, 'bob', '')->{'quota-available-bytes'}, 4999,
           "$name: what is free");
        is(properties($cloud, 'alice', '')->{'quota-available-bytes'}, -3,
           "$name: for others there is no limit");

        $row->('780', 'PUT', '507 Insufficient Storage',
               PUT => "$dav/new.bin", \@bob, 'x' x 5000);
        $row->('780', 'PUT of less', '201 Created',
               PUT => "$dav/new.bin", \@bob, 'x' x 4999);
        $row->('781', 'COPY', '507 Insufficient Storage',
               COPY => "$dav/big.bin", $to->('copy.bin'));
        $row->('781', 'COPY of less', '201 Created',
               COPY => "$dav/small.bin", $to->('copy.bin'));
        $row->('782', 'MOVE of a received file', $cloud == $nc
               ? '201 Created' : '507 Insufficient Storage',
               MOVE => "$dav/big.bin", $to->('Q/big.bin'));
        $row->('782', 'MOVE of a small one', '201 Created',
               MOVE => "$dav/small.bin", $to->('Q/small.bin'));
        $row->('782', 'MOVE of his own', '201 Created',
               MOVE => "$dav/mine.bin", $to->('Q/mine.bin'));
        $row->('782', 'read where it is', '200 OK', GET => "$dav/"
               . ($cloud == $nc ? 'Q/big.bin' : 'big.bin'), \@bob);
        $row->('782', "PUT into somebody else's room", '204 No Content',
               PUT => "$dav/Q/small.bin", \@bob, 'x' x 6000);

        control($cloud, POST => 'settings', { quota => { bob => 0 } });
        is(request($cloud, MKCOL => "$dav/NoRoom", \@bob)->{status},
           $cloud == $nc ? 507 : 201, "$name: MKCOL");
        control($cloud, POST => 'settings', { quota => {} });
        is(request($cloud, PUT => "$dav/new.bin", \@bob, 'x' x 5000)
           ->{status}, 204, "$name: no limit any more");
    }
}


1;
