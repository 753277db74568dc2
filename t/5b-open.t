#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Access controlled links are opened: by whom, with which rights, from where.

use v5.20;
use warnings;

use JSON::PP;
use Test::More;

use Owncloud qw(cloud clouds standins fresh requests spew wait_for);
use Owncloud::Clock;
use Owncloud::HTTP;
use Owncloud::Links qw(links_nginx reader hand_in location open_file path dav
                       bytes %repository);

my $env = standins();
my $shares = 'apps/files_sharing/api/v1/shares';

handed_in();
sign_in();
rights();
proof();
edit_ways();
contexts();
names();
removed();
moved();
left();
pending();
lost();
own();
directory();
many();
same_names();

cloud($_ => 'reset', { data => JSON::PP::true }) for qw(NC OC);
done_testing();


sub anew {
    my $nginx = shift;

    cloud($_ => 'reset', { data => JSON::PP::true }) for qw(OC NC);
    $nginx->moodle('reset');
}


# the calls to the cloud of what follows, without those of the sign-in

sub calls {
    my ($cloud, $what) = @_;

    cloud($cloud => 'log', undef, 'DELETE');
    my $answer = $what->();

    return ($answer, [ map { s/^(\S+) .*?(remote\.php|shares).*/$1 $2/r }
                       grep { !/oauth2|login/ } requests($cloud) ]);
}


sub received {
    my ($cloud, $user) = @_;

    return [ map { "$_->{with_user} $_->{target} $_->{permissions}" }
             grep { !$_->{hidden} && !$_->{orphan}
                    && ($_->{with_user} // '') eq $user }
             @{ cloud($cloud => "holdings?user=$user")->{shares} } ];
}


# the reason of the feature: a submission that only the teacher can change

sub handed_in {
    my $nginx = links_nginx();

    for my $cloud (clouds()) {
        my $student = reader($nginx, student1 => $cloud => 'alice');
        my $other = reader($nginx, student2 => $cloud => 'bob');
        my $teacher = reader($nginx, teacher1 => $cloud => 'teacher1');
        my $original = bytes($cloud, alice => '/report.pdf');

        hand_in($student, $cloud => 'report.pdf');

        dav($cloud, alice => PUT => '/report.pdf', 'changed afterwards');

        my ($answer, $calls) = calls($cloud, sub {
            open_file($student, 'report.pdf');
        });

        is($answer->{body}, $original, "$cloud - the student reads what was "
           . 'handed in') or diag($answer->{status});
        is_deeply($calls, ['GET shares', 'POST shares', 'GET shares',
            'PROPFIND remote.php', 'MOVE remote.php', 'MKCOL remote.php',
            'MOVE remote.php', 'GET remote.php'],
            "$cloud - what it takes the first time") or diag(explain $calls);
        is_deeply(received($cloud, 'alice'),
                  ['alice /Moodlefiles/report.pdf 1'],
                  "$cloud - read only, in the folder");
        is(dav($cloud, alice => PUT => '/Moodlefiles/report.pdf',
               'x')->{status}, 403, "$cloud - and cannot change it");

        $answer = open_file($teacher, 'report.pdf');

        is($answer->{body}, $original, "$cloud - the teacher reads it");
        is_deeply(received($cloud, 'teacher1'),
                  ['teacher1 /Moodlefiles/report.pdf 3'],
                  "$cloud - and may change it");
        is(dav($cloud, teacher1 => PUT => '/Moodlefiles/report.pdf',
               'marked by the teacher')->{status}, 204,
           "$cloud - and does");

        is(open_file($other, 'report.pdf')->{body}, 'marked by the teacher',
           "$cloud - another student sees that");
        is_deeply(received($cloud, 'bob'), ['bob /Moodlefiles/report.pdf 1'],
                  "$cloud - read only");
        is(bytes($cloud, alice => '/report.pdf'), 'changed afterwards',
           "$cloud - the original stays what it is");

        for my $time (2 .. 10) {
            ($answer, $calls) = calls($cloud, sub {
                open_file($student, 'report.pdf');
            });

            is($answer->{body}, 'marked by the teacher',
               "$cloud - opening $time") if $time == 2 || $time == 10;
        }

        is_deeply($calls, ['GET shares', 'PROPFIND remote.php',
                           'GET remote.php'],
                  "$cloud - the tenth opening takes three calls")
            or diag(explain $calls);

        # two links to files of the same name: two files

        dav($cloud, bob => PUT => '/report.pdf', "bob's own");
        hand_in($other, $cloud => 'report.pdf',
                context => 20);

        is(open_file($teacher, 'report.pdf', context => 20)->{body},
           "bob's own", "$cloud - a file of the same name is another one");
        is_deeply([sort @{ received($cloud, 'teacher1') }],
                  ['teacher1 /Moodlefiles/report (1).pdf 3',
                   'teacher1 /Moodlefiles/report.pdf 3'],
                  "$cloud - beside the first one");
        is(open_file($teacher, 'report.pdf')->{body},
           'marked by the teacher', "$cloud - which is what it was");
    }

    $nginx->finish;
}


# who is not signed in goes there first and comes back

sub sign_in {
    my $nginx = links_nginx();

    for my $cloud (clouds()) {
        hand_in(reader($nginx, student1 => $cloud => 'alice'),
                $cloud => 'notes.txt');

        my $reader = reader($nginx, 'student2');
        my $answer = open_file($reader, 'notes.txt',
                               query => '?forcedownload=1');

        is($answer->{status}, 302, "$cloud - not signed in");
        like($answer->{headers}{location},
             qr/^\Q$env->{"CLOUD_${cloud}_URL"}\E.*oauth2/,
             "$cloud - to the cloud");
        is($answer->{headers}{'referrer-policy'}, 'no-referrer',
           "$cloud - nobody hears from where");

        my $back = $reader->return_to(
            $reader->consent($answer->{headers}{location}, user => 'bob'));

        is($back->{status}, 302, "$cloud - back to the link")
            or diag($back->{body});
        like($back->{headers}{location}, qr{/repository/owncloud/link/},
             "$cloud - with its address");

        $answer = $reader->return_to($back->{headers}{location});

        is($answer->{body}, bytes($cloud, alice => '/notes.txt'),
           "$cloud - and has the file") or diag($answer->{status});
        like($answer->{headers}{'content-disposition'}, qr/^attachment;/,
             "$cloud - to be saved, as was asked for before the sign-in");
    }

    $nginx->finish;
}


# Moodle says who may edit, each time; rights follow

sub rights {
    my $nginx = links_nginx();

    for my $cloud (clouds()) {
        hand_in(reader($nginx, student1 => $cloud => 'alice'),
                $cloud => 'notes.txt');

        my $student = reader($nginx, student2 => $cloud => 'bob');
        my $teacher = reader($nginx, teacher1 => $cloud => 'bob');

        open_file($student, 'notes.txt');
        is_deeply(received($cloud, 'bob'), ['bob /Moodlefiles/notes.txt 1'],
                  "$cloud - as a student");

        $nginx->moodle('clear');

        my (undef, $calls) = calls($cloud, sub {
            open_file($teacher, 'notes.txt');
        });

        is_deeply(received($cloud, 'bob'), ['bob /Moodlefiles/notes.txt 3'],
                  "$cloud - raised for a teacher");
        is_deeply($calls, ['GET shares', 'PUT shares', 'PROPFIND remote.php',
                           'GET remote.php'], "$cloud - by one call");

        my @asked = grep { $_->{uri} =~ m{/filter/manage} }
                    @{ $nginx->moodle('log') };

        is(scalar(@asked), 1, "$cloud - Moodle was asked");
        is("$asked[0]{method} $asked[0]{uri}",
           'GET /filter/manage.php?contextid=17', "$cloud - as a page");

        my %header = map { lc $_->[0] => $_->[1] }
                     ref $asked[0]{headers} eq 'ARRAY'
                     ? @{ $asked[0]{headers} }
                     : map { [$_, $asked[0]{headers}{$_}] }
                       keys %{ $asked[0]{headers} };

        is($header{cookie}, 'MoodleSession=teacheraaaaaaaaaaaaaaaaaaa',
           "$cloud - with no cookie of ours");

        open_file($teacher, 'notes.txt') for 1 .. 3;
        is(scalar(grep { $_->{uri} =~ m{/filter/manage} }
                  @{ $nginx->moodle('log') }), 1,
           "$cloud - and the answer remembered");

        open_file($student, 'notes.txt');
        is_deeply(received($cloud, 'bob'), ['bob /Moodlefiles/notes.txt 1'],
                  "$cloud - lowered for a student");

        # who cannot be asked does not take anything away, and gives nothing

        open_file($teacher, 'notes.txt');
        $nginx->moodle('fault', match => 'manage', times => -1,
                       type => 'status', value => 500);

        my $admin = reader($nginx, admin => $cloud => 'bob');

        is(open_file($admin, 'notes.txt')->{status}, 200,
           "$cloud - Moodle does not say");
        is_deeply(received($cloud, 'bob'), ['bob /Moodlefiles/notes.txt 3'],
                  "$cloud - nothing is taken away");

        $admin = reader($nginx, admin => $cloud => 'teacher1');
        open_file($admin, 'notes.txt');
        is_deeply(received($cloud, 'teacher1'),
                  ['teacher1 /Moodlefiles/notes.txt 1'],
                  "$cloud - and nothing given");

        # rights that no reader gets from here are taken back, whoever it is

        $nginx->moodle('nofaults');
        is(permit($cloud, bob => 19), 19, "$cloud - 19");
        open_file($teacher, 'notes.txt');
        is_deeply(received($cloud, 'bob'), ['bob /Moodlefiles/notes.txt 3'],
                  "$cloud - no right to share it again");

        # a server that does not take rights away: nothing is shown

        cloud($cloud => 'faults', { match => "^PUT .*$shares", times => 1,
            action => 'status', status => 500, body => 'html' });

        my $answer = open_file($student, 'notes.txt');

        is($answer->{status}, 403, "$cloud - rights are not lowered");
        unlike($answer->{body}, qr/Notes of alice/, "$cloud - no file");

        # or says that it did, and that they are what they were

        cloud($cloud => 'faults', { match => "^PUT .*$shares", times => 1,
            action => 'replace', from => '"permissions":1',
            to => '"permissions":3' });

        $answer = open_file($student, 'notes.txt');

        is($answer->{status}, 403, "$cloud - and it says so");
        unlike($answer->{body}, qr/Notes of alice/, "$cloud - no file, too");

        anew($nginx);
        $nginx->restart;
    }

    $nginx->finish;
}


# what the account allows a user, past the module

sub permit {
    my ($cloud, $user, $permissions) = @_;

    my $list = ocs($cloud, GET => '');
    my ($share) = grep { ($_->{share_with} // '') eq $user }
                  @{ $list->{ocs}{data} };

    return ocs($cloud, PUT => "/$share->{id}", "permissions=$permissions")
           ->{ocs}{data}{permissions};
}


sub ocs {
    my ($cloud, $method, $path, $body) = @_;

    return decode_json(Owncloud::HTTP::request($method,
        $env->{"CLOUD_${cloud}_URL"} . "ocs/v1.php/$shares$path?format=json", {
            Authorization => 'Bearer '
                . Owncloud::Links::token($cloud, 'moodle-system'),
            'OCS-APIRequest' => 'true',
            defined $body
            ? ('Content-Type' => 'application/x-www-form-urlencoded') : (),
        }, $body)->{body});
}


# the page itself is the proof: a redirect is a page, too, for some browsers

sub proof {
    my $nginx = links_nginx();
    my $cloud = 'NC';
    my @word = ('User-Agent' => 'Mozilla/5.0 (Windows NT 10.0) Word/16.0');
    my $student = reader($nginx, student2 => $cloud => 'bob');
    my $teacher = reader($nginx, teacher1 => $cloud => 'teacher1');

    my $set = sub {
        my (%value) = @_;

        $nginx->moodle('set', name => $_, value => $value{$_})
            for sort keys %value;
        $nginx->restart;
    };

    hand_in(reader($nginx, student1 => $cloud => 'alice'),
            $cloud => 'notes.txt');

    # an activity that is hidden after somebody has got a ticket

    for my $case (['Word', { hidden => 17 }, @word],
                  ['debugging output', { hidden => 17, debugoutput => 1 }],
                  ['both', { hidden => 17, debugoutput => 1 }, @word])
    {
        my ($name, $value, @header) = @$case;

        $set->(hidden => '', debugoutput => '');
        my $link = location($student, path('notes.txt'));
        $set->(%$value);

        is($student->request(GET => $link, undef, @header)->{status}, 200,
           "$name - read");
        is_deeply(received($cloud, 'bob'), ['bob /Moodlefiles/notes.txt 1'],
                  "$name - and no more");
    }

    is(dav($cloud, bob => PUT => '/Moodlefiles/notes.txt', 'x')->{status},
       403, 'nothing is changed');

    is_deeply([grep { ($_->{headers}{'User-Agent'} // '')
                      ne 'ngx_http_owncloud_module/0.1.0' }
               grep { $_->{uri} =~ /manage/ } @{ $nginx->moodle('log') }],
              [], 'Moodle is asked by no browser');

    $set->(hidden => '', debugoutput => '');
    my $link = location($teacher, path('notes.txt'));
    $set->(debugoutput => 1);
    $teacher->request(GET => $link);
    is_deeply(received($cloud, 'teacher1'),
              ['teacher1 /Moodlefiles/notes.txt 3'],
              'the page after debugging output is the page');
    $set->(debugoutput => '');

    # neither yes nor no: what there is stays

    for my $fault (['die'], ['garbage', '<html><body>x</body></html>'],
                   ['gzip'], ['empty'], ['status', 503], ['status', 429])
    {
        $nginx->restart;
        $nginx->moodle('fault', match => 'manage', times => 1,
                       type => $fault->[0], value => $fault->[1] // '');

        is(open_file($teacher, 'notes.txt')->{status}, 200,
           "@$fault[0] - read");
        is_deeply(received($cloud, 'teacher1'),
                  ['teacher1 /Moodlefiles/notes.txt 3'],
                  "@$fault[0] - nothing is taken away");
        like($nginx->log, qr/not report permissions: .*manage\.php\?contextid=17"/,
             "@$fault[0] - logged");
    }

    # where all filters are off, nobody sees the page

    $set->(filters => '');
    open_file($teacher, 'notes.txt');
    is_deeply(received($cloud, 'teacher1'),
              ['teacher1 /Moodlefiles/notes.txt 1'], 'no filters');
    $set->(filters => '1');
    open_file($teacher, 'notes.txt');
    is_deeply(received($cloud, 'teacher1'),
              ['teacher1 /Moodlefiles/notes.txt 3'], 'and again');

    # rights beyond these are taken back where only the list tells of them

    for my $has (5, 9, 17, 13) {
        cloud($cloud => 'faults', { match => "^GET .*$shares", times => 1,
            action => 'replace', from => '"permissions":1',
            to => qq("permissions":$has) });

        my (undef, $calls) = calls($cloud, sub {
            open_file($student, 'notes.txt');
        });

        is($calls->[1], 'PUT shares', "$has is more than 1");
    }

    # who logs out of Moodle with a ticket in hand

    for my $reader ($student, $teacher) {
        my $link = location($reader, path('notes.txt'));

        $nginx->restart;
        $nginx->moodle('end', user => $reader->{user});
        is($reader->request(GET => $link, undef, @word)->{status}, 200,
           "$reader->{user} - logged out");
    }

    is_deeply([@{ received($cloud, 'bob') }, @{ received($cloud, 'teacher1') }],
              ['bob /Moodlefiles/notes.txt 1',
               'teacher1 /Moodlefiles/notes.txt 1'], 'to read only');

    anew($nginx);
    $nginx->finish;
}


sub edit_ways {
    for my $way (qw(never always /lib/own.php)) {
        my $nginx = links_nginx(repository => "may_edit  $way;");
        my $cloud = 'NC';

        hand_in(reader($nginx, student1 => $cloud => 'alice'),
                $cloud => 'notes.txt');

        $nginx->moodle('clear');

        open_file(reader($nginx, student2 => $cloud => 'bob'), 'notes.txt');
        open_file(reader($nginx, teacher1 => $cloud => 'teacher1'),
                  'notes.txt');

        is_deeply([@{ received($cloud, 'bob') },
                   @{ received($cloud, 'teacher1') }],
                  $way eq 'always'
                  ? ['bob /Moodlefiles/notes.txt 3',
                     'teacher1 /Moodlefiles/notes.txt 3']
                  : ['bob /Moodlefiles/notes.txt 1',
                     'teacher1 /Moodlefiles/notes.txt 1'],
                  "may_edit $way");

        is(scalar(grep { $_->{uri} =~ /manage\.php/ }
                  @{ $nginx->moodle('log') }), 0,
           "may_edit $way - the default page is not asked");

        $nginx->finish;
    }
}


# a link that was copied to where the reader may edit gives no right to edit

sub contexts {
    my $nginx = links_nginx();

    for my $cloud (clouds()) {
        my $teacher = reader($nginx, teacher1 => $cloud => 'teacher1');
        my $student = reader($nginx, student1 => $cloud => 'alice');

        # chosen in a context in which the teacher may not edit

        local $student->{ctx} = 11;

        hand_in($student, $cloud => 'notes.txt');
        $nginx->moodle('clear');

        is(open_file($teacher, 'notes.txt')->{status}, 200,
           "$cloud - of another context");
        is_deeply(received($cloud, 'teacher1'),
                  ['teacher1 /Moodlefiles/notes.txt 1'],
                  "$cloud - to read only");
        is_deeply([map { $_->{uri} =~ /contextid=(\d+)/ }
                   @{ $nginx->moodle('log') }], [17, 11],
                  "$cloud - both were asked about");

        $nginx->restart;
    }

    $nginx->finish;
}


# where the reader has a file of that name already

sub names {
    my $nginx = links_nginx(repository => 'folder "Moodle ÄÖ & 100%";');
    my $folder = '/Moodle ÄÖ & 100%';

    for my $cloud (clouds()) {
        my $reader = reader($nginx, student2 => $cloud => 'bob');
        my $owner = reader($nginx, student1 => $cloud => 'alice');

        dav($cloud, bob => MKCOL => $folder);
        dav($cloud, bob => PUT => "$folder/hash # file.txt", "bob's own");
        dav($cloud, bob => PUT => "$folder/hash # file (1).txt", "another");
        dav($cloud, bob => PUT => '/hash # file.txt', 'in the root');

        hand_in($owner, $cloud => 'hash # file.txt', folder => '/special/');

        is(open_file($reader, 'hash # file.txt')->{body},
           bytes($cloud, alice => '/special/hash # file.txt'),
           "$cloud - the right one of four");
        is_deeply([map { utf8::encode(my $name = $_); $name }
                   @{ received($cloud, 'bob') }],
                  ["bob $folder/hash # file (2).txt 1"],
                  "$cloud - its name");
        is(bytes($cloud, bob => "$folder/hash # file.txt"), "bob's own",
           "$cloud - nothing was overwritten");
        is(open_file($reader, 'hash # file.txt')->{body},
           bytes($cloud, alice => '/special/hash # file.txt'),
           "$cloud - and the second time");

        # a name without an extension, and one that begins with a dot

        cloud($cloud => 'file', { user => 'alice', path => "/$_->[0]",
                                  content => "of $_->[0]" }),
        dav($cloud, bob => PUT => "$folder/$_->[0]", 'x'),
        hand_in($owner, $cloud => $_->[0], context => 18),
        is(open_file($reader, $_->[0], context => 18)->{body}, "of $_->[0]",
           "$cloud - $_->[0]"),
        is(bytes($cloud, bob => "$folder/$_->[1]"), "of $_->[0]",
           "$cloud - $_->[1]")
            for ['README', 'README (1)'],
                ['.profile', '.profile (1)'],
                ['a.tar.gz', 'a.tar (1).gz'];
    }

    $nginx->finish;
}


# the reader has removed the file, or the folder, and opens it again

sub removed {
    my $nginx = links_nginx();

    for my $cloud (clouds()) {
        my $reader = reader($nginx, student2 => $cloud => 'bob');
        my $bytes = bytes($cloud, alice => '/notes.txt');

        hand_in(reader($nginx, student1 => $cloud => 'alice'),
                $cloud => 'notes.txt');

        for my $what ('/Moodlefiles/notes.txt', '/Moodlefiles') {
            open_file($reader, 'notes.txt');

            is(dav($cloud, bob => DELETE => $what)->{status}, 204,
               "$cloud - $what is removed");

            my $answer = open_file($reader, 'notes.txt');

            is($answer->{body}, $bytes, "$cloud - $what and there again")
                or diag("$answer->{status} $answer->{body}\n"
                        . join "\n", requests($cloud));
            is_deeply(received($cloud, 'bob'),
                      ['bob /Moodlefiles/notes.txt 1'],
                      "$cloud - $what where it was");
        }
    }

    $nginx->finish;
}


# the reader has moved the file or the folder: it is read where it is

sub moved {
    my $nginx = links_nginx();

    for my $cloud (clouds()) {
        my $reader = reader($nginx, student2 => $cloud => 'bob');
        my $bytes = bytes($cloud, alice => '/notes.txt');
        my $base = $env->{"CLOUD_${cloud}_URL"} . 'remote.php/webdav';

        hand_in(reader($nginx, student1 => $cloud => 'alice'),
                $cloud => 'notes.txt');
        open_file($reader, 'notes.txt');

        for my $move (['/Moodlefiles/notes.txt', '/Documents/mine.txt',
                       '/Documents/mine.txt'],
                      ['/Documents', '/Papers', '/Papers/mine.txt'],
                      ['/Papers/mine.txt', '/mine.txt',
                       '/Moodlefiles/notes.txt'])
        {
            my ($from, $to, $where) = @$move;

            dav($cloud, bob => MOVE => $from, undef,
                Destination => $base . $to);

            is(open_file($reader, 'notes.txt')->{body}, $bytes,
               "$cloud - moved to $to");
            is_deeply(received($cloud, 'bob'), ["bob $where 1"],
                      "$cloud - $to, where it is then");
        }

        # what lies under the old name is not it

        dav($cloud, bob => MOVE => '/Moodlefiles/notes.txt', undef,
            Destination => "$base/Papers/other.txt");
        dav($cloud, bob => PUT => '/Moodlefiles/notes.txt', "bob's own");

        is(open_file($reader, 'notes.txt')->{body}, $bytes,
           "$cloud - not the file that has its name now");
        is(bytes($cloud, bob => '/Moodlefiles/notes.txt'), "bob's own",
           "$cloud - which stays");

        cloud($cloud => 'reset', { data => JSON::PP::true });
    }

    $nginx->finish;
}


# where it cannot be moved it is read where it is, and left there

sub left {
    my $nginx = links_nginx();

    for my $cloud (clouds()) {
        my $bytes = bytes($cloud, alice => '/notes.txt');
        my @faults = ((map { { status => $_, body => 'dav' } }
                       403, 423, 500, 502, 507), { action => 'close' });

        for my $fault (@faults) {
            my $name = $fault->{status} // 'close';
            my $reader = reader($nginx, student2 => $cloud => 'bob');

            hand_in(reader($nginx, student1 => $cloud => 'alice'),
                    $cloud => 'notes.txt');

            cloud($cloud => 'faults', { match => '^MOVE', times => -1,
                                        action => 'status', %$fault });

            my $answer = open_file($reader, 'notes.txt');

            is($answer->{body}, $bytes, "$cloud - $name, read all the same")
                or diag($answer->{status});
            is_deeply(received($cloud, 'bob'), ['bob /notes (2).txt 1'],
                      "$cloud - $name, where it is");

            my (undef, $calls) = calls($cloud, sub {
                open_file($reader, 'notes.txt');
            });

            is_deeply($calls, ['GET shares', 'PROPFIND remote.php',
                               'GET remote.php'],
                      "$cloud - $name, and left there")
                or diag(explain $calls);

            anew($nginx);
            $nginx->restart;
        }

        # no folder can be made

        cloud($cloud => 'faults', { match => '^MKCOL .*Moodlefiles',
            times => -1, action => 'status', status => 507, body => 'dav' });

        hand_in(reader($nginx, student1 => $cloud => 'alice'),
                $cloud => 'notes.txt');

        is(open_file(reader($nginx, student2 => $cloud => 'bob'),
                     'notes.txt')->{body}, $bytes, "$cloud - no folder");

        anew($nginx);
        $nginx->restart;
    }

    # a reader without space left: ownCloud does not move what was received

    cloud(OC => 'settings', { quota => { bob => 10 } });
    hand_in(reader($nginx, student1 => OC => 'alice'), OC => 'notes.txt');

    is(open_file(reader($nginx, student2 => OC => 'bob'),
                 'notes.txt')->{body}, bytes(OC => alice => '/notes.txt'),
       'OC - a reader without space');

    anew($nginx);
    $nginx->finish;
}


# readers who are asked before they get something

sub pending {
    my $nginx = links_nginx();

    for my $cloud (clouds()) {
        my $reader = reader($nginx, student2 => $cloud => 'bob');

        hand_in(reader($nginx, student1 => $cloud => 'alice'),
                $cloud => 'notes.txt');
        cloud($cloud => 'settings', { auto_accept => JSON::PP::false });

        my $answer = open_file($reader, 'notes.txt');

        is($answer->{body}, bytes($cloud, alice => '/notes.txt'),
           "$cloud - accepted for the reader")
            or diag("$answer->{status} $answer->{body}\n"
                    . join "\n", requests($cloud));
        is_deeply(received($cloud, 'bob'), ['bob /Moodlefiles/notes.txt 1'],
                  "$cloud - and moved");
    }

    $nginx->finish;
}


sub lost {
    my $nginx = links_nginx();

    anew($nginx);

    for my $cloud (clouds()) {
        my $reader = reader($nginx, student2 => $cloud => 'bob');
        my $late = reader($nginx, teacher1 => $cloud => 'teacher1');

        hand_in(reader($nginx, student1 => $cloud => 'alice'),
                $cloud => 'notes.txt');
        open_file($reader, 'notes.txt');

        my ($copy) = map { $_->{path} } grep { $_->{path} =~ m{^/Moodle } }
                     @{ cloud($cloud => 'holdings?user=moodle-system')
                        ->{files} };

        cloud($cloud => 'file', { user => 'moodle-system', path => $copy },
              'DELETE');

        for my $who ($reader, $late) {
            my $answer = open_file($who, 'notes.txt');

            is($answer->{status}, 404, "$cloud - the copy is gone");
            like($answer->{body}, qr/no longer in .*removed from .*system account/s,
                 "$cloud - which is said");
        }

        like($nginx->log, qr/linklost: "\Q$copy\E"/, "$cloud - and logged");
    }

    # another account, one without a right password, none at all

    hand_in(reader($nginx, student1 => NC => 'alice'), NC => 'report.pdf');

    my $reader = reader($nginx, student2 => NC => 'bob');
    my $dir = $nginx->{dir};

    spew("$dir/teacher.secret", "teacher1-password\n");
    spew("$dir/system.secret", "wrong\n");

    for my $case (
        ["teacher1 password=$dir/teacher.secret", 403, 'linkaccount',
         qr/account that Moodle no longer uses/],
        ["moodle-system password=$dir/system.secret", 503, 'accountrefused',
         qr/administrator must correct the password/],
        [undef, 503, 'accountmissing', qr/no system account at Nextcloud/])
    {
        my ($account, $status, $code, $text) = @$case;

        $nginx->configure(setting => { system_account => $account });
        $nginx->reload;

        my $answer = open_file($reader, 'report.pdf');

        is($answer->{status}, $status, "$code - its status");
        like($answer->{body}, $text, "$code - its text");
        ok(wait_for(sub {
               $nginx->access_log =~ m{link/\S+ \S+ $status [^\n]*e=$code}
           }, 10), "$code - the access log");
    }

    # the issuer is switched off, or not there any more

    spew("$dir/system.secret", "moodle-system-password\n");
    $nginx->configure(setting => {
        system_account => "moodle-system password=$dir/system.secret",
        enabled => 'off' });
    $nginx->reload;

    like(open_file($reader, 'report.pdf')->{body}, qr/is disabled here/,
         'the issuer is switched off');

    $nginx->configure(setting => {},
        server => "owncloud_repository 7 { issuer oc; "
                  . "secret_key $dir/moodle.key; }");
    $nginx->reload;

    is(open_file($reader, 'report.pdf')->{status}, 404,
       'the cloud is not used here any more');

    $nginx->finish;
}


# the account signs in by a name of a directory, which is not its id, and which
# is the id of somebody else

sub directory {
    for my $cloud (clouds()) {
        my $nginx = links_nginx(account => 'teacher1');

        anew($nginx);
        cloud($cloud => 'settings',
              { logins => { teacher1 => 'moodle-system' } });
        cloud($cloud => 'log', undef, 'DELETE');

        my $student = reader($nginx, student1 => $cloud => 'alice');

        hand_in($student, $cloud => 'notes.txt') for 1, 2;

        is(scalar(grep { m{^GET \S*/cloud/user} } requests($cloud)), 1,
           "$cloud - the id is asked for once");
        is_deeply([map { $_->{path} =~ m{^/Moodle .*/(.*)$} }
                   @{ cloud($cloud => 'holdings?user=moodle-system')->{files} }],
                  ['notes.txt', 'notes.txt'], "$cloud - the account has them");
        is(scalar(@{ received($cloud, 'teacher1') }), 0,
           "$cloud - who is called so got nothing");

        is(open_file($student, 'notes.txt')->{body},
           bytes($cloud, alice => '/notes.txt'), "$cloud - opened");

        # who has the name as an id is no system account

        is(open_file(reader($nginx, teacher1 => $cloud => 'teacher1'),
                     'notes.txt')->{status}, 200, "$cloud - of that name");
        is_deeply(received($cloud, 'teacher1'),
                  ['teacher1 /Moodlefiles/notes.txt 3'],
                  "$cloud - has got a share");

        # without an answer nothing is shared with anybody

        $nginx->restart;
        cloud($cloud => 'faults', { match => '^GET .*cloud/user', times => 1,
                                    action => 'status', status => 500 });

        is(Owncloud::Links::choose($student, $cloud => 'report.pdf')
               ->{errorcode}, 'accountunavailable', "$cloud - no answer");
        is(scalar(@{ received($cloud, 'teacher1') }), 1,
           "$cloud - nobody else gets it");

        cloud($cloud => 'settings', { logins => {} });
        anew($nginx);
        $nginx->finish;
    }
}


# a file that a whole university has opened

sub many {
    my $nginx = links_nginx();

    anew($nginx);

    for my $cloud (clouds()) {
        my $student = reader($nginx, student1 => $cloud => 'alice');

        hand_in($student, $cloud => 'notes.txt');
        open_file($student, 'notes.txt');

        my $row = encode_json({ id => '7%04d', share_type => 0,
            permissions => 1, share_with => 'reader%04d', path => '/x',
            item_type => 'file', file_target => '/x', note => 'x' x 700 });

        cloud($cloud => 'faults', { match => "^GET .*$shares", times => -1,
            action => 'replace', from => '"data":[',
            to => '"data":[' . join '', map { sprintf("$row,", $_, $_) }
                                            1 .. 1600 });

        my ($answer, $calls) = calls($cloud, sub {
            open_file($student, 'notes.txt');
        });

        is($answer->{body}, bytes($cloud, alice => '/notes.txt'),
           "$cloud - one of 1600 readers") or diag($answer->{body});
        is_deeply($calls, ['GET shares', 'PROPFIND remote.php',
                           'GET remote.php'], "$cloud - with no other share");
        cloud($cloud => 'faults', undef, 'DELETE');
    }

    $nginx->finish;
}


# many files of one name: names are not tried for ever

sub same_names {
    my $nginx = links_nginx();
    my $cloud = 'NC';
    my $owner = reader($nginx, student1 => $cloud => 'alice');
    my $teacher = reader($nginx, teacher1 => $cloud => 'teacher1');
    my @moves;

    for my $context (16, 17, 18, 20, 16, 17) {
        hand_in($owner, $cloud => 'notes.txt', context => $context);

        my ($answer, $calls) = calls($cloud, sub {
            open_file($teacher, 'notes.txt', context => $context);
        });

        is($answer->{status}, 200, 'a file more of that name');
        push @moves, scalar grep { /^MOVE/ } @$calls;
    }

    is_deeply(\@moves, [2, 2, 3, 4, 5, 5], 'how often a name was tried');

    my @names = map { s/^teacher1 //r =~ s/ \d+$//r }
                @{ received($cloud, 'teacher1') };

    is(scalar(grep { m{^/Moodlefiles/notes( \(\d\))?\.txt$} } @names), 4,
       'four of them counted');
    is(scalar(grep { m{^/Moodlefiles/notes \([0-9a-f]{6}\)\.txt$} } @names), 2,
       'the others have a name of their own');

    $nginx->finish;
}


# the account reads what it keeps itself

sub own {
    my $nginx = links_nginx();

    for my $cloud (clouds()) {
        hand_in(reader($nginx, student1 => $cloud => 'alice'),
                $cloud => 'notes.txt');

        my ($answer, $calls) = calls($cloud, sub {
            open_file(reader($nginx, teacher1 => $cloud => 'moodle-system'),
                      'notes.txt');
        });

        is($answer->{body}, bytes($cloud, alice => '/notes.txt'),
           "$cloud - the account reads it");
        is(scalar(grep { /shares/ } @$calls), 0,
           "$cloud - and shares nothing with itself");
        is_deeply(cloud($cloud => 'holdings?user=moodle-system')->{shares},
                  [], "$cloud - nothing is shared");
    }

    $nginx->finish;
}
