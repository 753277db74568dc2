#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Access controlled links: a ticket says that Moodle has just allowed it.

use v5.20;
use warnings;

use JSON::PP;
use Test::More;

use Owncloud qw(cloud standins fresh requests spew wait_for);
use Owncloud::Clock;
use Owncloud::HTTP;
use Owncloud::Links qw(links_nginx reader hand_in location open_file path
                       bytes choose);

my $clock = Owncloud::Clock->new;
my $nginx = links_nginx(clock => $clock, level => 'debug',
    repository => sub { "moved_from http://old.example:$_[0]{port} "
                        . 'http://old.example/lms;' }, more => <<'EOT');
        location = /pluginfile.php/17/planted {
            return  302 $arg_to;
        }
EOT
my $notes = bytes(NC => alice => '/notes.txt');

my $student = reader($nginx, student1 => NC => 'alice');
my $teacher = reader($nginx, teacher1 => NC => 'teacher1');

hand_in($student, NC => 'notes.txt');
hand_in($student, NC => 'picture.png');
hand_in($student, NC => 'report.pdf');

needed();
bound();
parts();
old();
ways();
moved_site();
disguised();
elsewhere();
refused();
pictures();
secrets();

for my $cloud (qw(NC OC)) {
    cloud($cloud => 'reset', { data => JSON::PP::true });
}

done_testing();


sub notes_link { location($student, path('notes.txt')) }


# the answer of a link for which there is no ticket

sub is_noticket {
    my ($answer, $name) = @_;

    is($answer->{status}, 403, "$name - refused");
    like($answer->{body}, qr/Please open the file from its page in Moodle/,
         "$name - with what to do");
    unlike($answer->{body}, qr/\Q$notes\E/, "$name - and without the file");
}


sub needed {
    my $link = notes_link();

    like($link, qr{^/repository/owncloud/link/[\w.-]+/notes\.txt
                   \?ticket=[\w.-]+$}x, 'a link with a ticket');

    my ($bare, $ticket) = $link =~ /^(.*)\?ticket=(.*)$/;

    cloud(NC => 'log', undef, 'DELETE');

    is_noticket($student->request(GET => $bare), 'no ticket');
    is_noticket($student->request(GET => "$bare?ticket="), 'an empty one');
    is_noticket($student->request(GET => "$bare?ticket=$_"), "$_")
        for 'x', 'A' x 100, substr($ticket, 0, -1), "${ticket}A",
            ucfirst(lc $ticket);
    is_noticket($student->request(GET => "$bare?ticket=" . 'A' x 6000),
                'a very long one');

    # every bit of it is looked at

    my @position = map { $_ * int(length($ticket) / 8) } 0 .. 7;

    for my $i (@position) {
        my $other = $ticket;
        substr($other, $i, 1) = substr($ticket, $i, 1) eq 'Q' ? 'R' : 'Q';

        is($student->request(GET => "$bare?ticket=$other")->{status}, 403,
           "changed at $i");
    }

    is_deeply([requests('NC')], [], 'the cloud hears nothing of these');
    ok(wait_for(sub {
           $nginx->access_log =~ m{GET[ ]/repository/owncloud/link/\S+/notes
               \.txt[ ]HTTP/1\.1[ ]403[ ]i=nc[ ]a=open[ ]c=0[ ]e=noticket}x
       }, 10), 'the access log');

    is($student->request(GET => $link)->{body}, $notes, 'the right one');
    is($student->request(POST => $link, 'x=1')->{status}, 405,
       'nothing is posted there');
}


# of somebody else, or of another link

sub bound {
    my $link = notes_link();
    my ($ticket) = $link =~ /ticket=(.*)/;

    is_noticket($teacher->request(GET => $link), "somebody else's");
    is_noticket(reader($nginx, 'outsider')->request(GET => $link),
                "somebody else's, who has no cloud");

    my $nobody = $nginx->browser(session => undef);

    is_noticket($nobody->request(GET => $link), 'without any session');

    my $other = location($student, path('report.pdf')) =~ s/\?.*//r;

    is_noticket($student->request(GET => "$other?ticket=$ticket"),
                'of another link');
    is(Owncloud::HTTP::curl()->(GET => $nginx->url . $link,
           { Host => 'moodle.example',
             Cookie => $student->cookie_header('/') })->{status}, 403,
       'of another host');

    # the name in the link is for people

    is($student->request(GET => $link =~ s/notes/other/r)->{body}, $notes,
       'another name in the link');

    # a session of Moodle that has been changed, as by signing in again

    my $again = $nginx->browser(session => 'newsessionaaaaaaaaaaaaaaaa',
                                user => 'student1');

    $again->{cookies} = { %{ $student->{cookies} },
                          MoodleSession => $again->{cookies}{MoodleSession} };
    is_noticket($again->request(GET => $link), 'a new session of Moodle');
}


# a ticket with which a file was opened is good for parts of that file only

sub parts {
    my $link = notes_link();
    my ($ticket) = $link =~ /ticket=(.*)/;
    my $other = location($student, path('report.pdf')) =~ s/\?.*//r;
    my %range = (Range => 'bytes=0-');
    my $browser = reader($nginx, student1 => NC => 'alice');

    is($browser->request(GET => $link)->{body}, $notes, 'opened');
    is_noticket($browser->request(GET => "$other?ticket=$ticket", undef,
                                  %range), 'a part of another file');

    # nor when somebody else has signed in at the cloud in the same browser

    is($browser->request(GET => $link, undef, %range)->{body}, $notes,
       'a part of this one');
    sign_in_as($browser, 'bob');
    cloud(NC => 'log', undef, 'DELETE');

    my $answer = $browser->request(GET => $link, undef, %range);

    is($answer->{status}, 403, 'a part, as somebody else of the cloud');
    like($answer->{body}, qr/opened by somebody else/, 'which is said');
    is_deeply([requests('NC')], [], 'nothing is read');

    sign_in_as($browser, 'alice');

    # nor does it make anybody sign in for another one

    delete $browser->{cookies}{owncloud_nc};

    is_noticket($browser->request(GET => "$other?ticket=$ticket", undef,
                                  %range), 'the same, not signed in');

    $clock->set(70);
    is_noticket($browser->request(GET => $link, undef, %range),
                'a part, later, not signed in');
    $clock->set(0);

    # rights are asked for where it was opened

    open_file($teacher, 'notes.txt');
    open_file($teacher, 'notes.txt', header => \%range);

    is_deeply([ map { $_->{permissions} } grep { $_->{target} =~ /notes/ }
                @{ cloud(NC => 'holdings?user=teacher1')->{shares} } ], [3],
              'a part changes no right');
}


sub sign_in_as {
    my ($browser, $user) = @_;

    delete @{ $browser->{cookies} }{grep { /owncloud/ }
                                    keys %{ $browser->{cookies} }};
    local $browser->{ctx} = $browser->{context};
    $browser->sign_in(8, user => $user);
}


sub old {
    my $link = notes_link();

    $clock->set(55);
    is($student->request(GET => $link)->{status}, 200, 'for a minute');

    # what has been opened goes on, but that is all

    my $other = notes_link();
    my $fresh = reader($nginx, student1 => NC => 'alice');

    $clock->set(55 + 61);
    is_noticket($fresh->request(GET => $other), 'not longer');
    is_noticket($student->request(GET => $link), 'nor what was opened');

    $clock->set(0);
}


# all ways on which Moodle sends somebody to a stored file

sub ways {
    my $token = '000000000000000000000000000000';
    my $file = path('notes.txt') =~ s{^/pluginfile.php}{}r;
    my $name = Owncloud::HTTP::escape($file);

    for my $case (
        ['a submission', "/pluginfile.php$file"],
        ['to be saved', "/pluginfile.php$file?forcedownload=1"],
        ['a query', "/pluginfile.php?file=$name"],
        ['a query with more', "/pluginfile.php?preview=thumb&file=$name"],
        ['a token of a user', "/tokenpluginfile.php/f003$file"],
        ['a token of a web service',
         "/webservice/pluginfile.php$file?token=e003"],
        ['a token in a query', "/tokenpluginfile.php?file="
         . Owncloud::HTTP::escape("/f003$file")])
    {
        my ($name, $path) = @$case;

        $path =~ s/([ef])003/$1 . substr($token, 0, 28) . '003'/e;

        my $answer = open_file($student, 'notes.txt', path => $path);

        is($answer->{body}, $notes, "$name - opened")
            or diag($answer->{status});
        like($answer->{headers}{'content-disposition'},
             $name eq 'to be saved' ? qr/^attachment/ : qr/^inline/,
             "$name - how");
        unlike($student->request(HEAD => $path)->{headers}{location} // '',
               qr/ticket=.*ticket=/, "$name - one ticket");
    }

    # what is in a file manager and not stored yet

    choose($student, NC => 'notes.txt', itemid => 77);
    my $path = "/draftfile.php/$student->{context}/user/draft/77/notes.txt";

    is(open_file($student, 'notes.txt', path => $path)->{body}, $notes,
       'of a file manager');

}


# a browser of the same person that knows the same nginx by another name

sub elsewhere_browser {
    my ($url) = @_;

    my $browser = $nginx->browser(%$teacher, url => $url, cookies => {},
        http => Owncloud::HTTP::curl('--http2', '--resolve',
            "old.example:$nginx->{port}:127.0.0.1"));

    $browser->sign_in(8, user => 'teacher1');

    return $browser;
}


# a link opens at the Moodle that it was made in, and where that has moved to

sub moved_site {
    my $port = $nginx->{port};
    my $other = elsewhere_browser($nginx->tls_url);

    # another port is another Moodle, until the configuration says more

    like($other->request(GET => path('report.pdf'))->{headers}{location},
         qr/^\Q${\ $nginx->tls_url}\E/, 'the link leads to where the reader is');

    my $answer = open_file($other, 'report.pdf');

    is($answer->{status}, 403, 'a link of another Moodle');
    like($answer->{body}, qr/created in another Moodle/, 'which is said');
    is_deeply(received('teacher1'), [], 'nothing is shared');
    like($nginx->log, qr{linkelsewhere: .*"/Moodle 127\.0\.0\.1_$port/}m,
         'and logged');

    # a sign-in on the way does not lead there either

    my $new = $nginx->browser(%$other, cookies => {
        MoodleSession => $other->{cookies}{MoodleSession} });

    is(open_file($new, 'report.pdf')->{status}, 403, 'nobody signs in for it');

    # what was made at the old names opens here, with all rights

    for my $old ("http://old.example:$port", $nginx->tls_url) {
        my $browser = elsewhere_browser($old);

        hand_in($browser, NC => 'notes.txt', context => 16);

        my $answer = open_file($teacher, 'notes.txt', context => 16);

        if ($old =~ /old/) {
            is($answer->{body}, bytes(NC => teacher1 => '/notes.txt'),
               "$old - has moved here") or diag($answer->{status});
            is(scalar(grep { /notes.* 3$/ } @{ received('teacher1', 'notes') }),
               2, "$old - to be changed, as the one from here");

        } else {
            is($answer->{status}, 403, "$old - has not");
        }
    }

    # another path: the address is written anew

    my $link = notes_link() =~ s/\?.*//r;

    like($student->request(GET => "/pluginfile.php/17/planted?to=$_$link")
             ->{headers}{location}, qr{^\Q@{[$nginx->url]}$link\E\?ticket=},
         "$_ - is here now")
        for 'http://old.example/lms', '/lms';

    unlike($student->request(GET => "/pluginfile.php/17/planted?to=/x$link")
               ->{headers}{location}, qr{ticket=}, '/x - never was');

    $answer = open_file($teacher, 'report.pdf');
    is_deeply(received('teacher1'), ['/Moodlefiles/report.pdf 3'],
              'the site itself');
}


sub received {
    my ($user, $name) = @_;

    $name //= 'report';

    return [ map { "$_->{target} $_->{permissions}" }
             grep { $_->{target} =~ /$name/ }
             @{ cloud(NC => "holdings?user=$user")->{shares} } ];
}


# paths that nginx, PHP and Moodle might read differently get no ticket

sub disguised {
    my $file = path('notes.txt') =~ s{^/pluginfile.php}{}r;
    my $name = Owncloud::HTTP::escape($file);

    for my $path ("/pluginfile.php/5/..$file", "/pluginfile.php/.$file",
                  "//pluginfile.php$file", "/pluginfile.php/$file",
                  "/x/../pluginfile.php$file", "/pluginfile.php/5/%2e%2e$file",
                  "/pluginfile.php/5/%2E.$file", "/pluginfile.php/x$file",
                  "/pluginfile.php/0$file", "/pluginfile.php/-1$file",
                  "/pluginfile.php/99999999999999999999$file",
                  "/pluginfile.php?file[]=$name", "/pluginfile.php?%20file=$name",
                  "/pluginfile.php?file%00=$name", "/pluginfile.php?file.x=$name",
                  "/pluginfile.php?file=$name&file%5b%5d=1",
                  "/pluginfile.php?file=/20/x/y/0/z&file=$name",
                  "/pluginfile.php$file?file=", "/pluginfil%65.php$file",
                  "/pluginfile.php/notes.txt?file=",

                  # Moodle takes the path here, nginx might take the field

                  "/pluginfile.php$file?file=/20/x/y/0/notes.txt",
                  "/pluginfile.php$file?file=$name",
                  "/pluginfile.php$file?%66ile=/20/x/y/0/notes.txt",
                  "/pluginfile.php$file?+file=/20/x/y/0/notes.txt",
                  "/pluginfile.php$file?file%5b%5d=/20/x/y/0/notes.txt",
                  "/pluginfile.php$file?x=1;file=/20/x/y/0/notes.txt",

                  # and here the field

                  "/pluginfile.php/20/x?file=$name",
                  "/pluginfile.php/?file=$name",
                  "/pluginfil%65.php/20/x/y/0/notes.txt?file=$name",
                  "/pluginfile.php%2F20%2Fx%2Fy%2F0%2Fz?file=$name")
    {
        my $answer = $student->request(GET => $path);

        unlike($answer->{headers}{location} // '', qr/ticket=/,
               "$path - no ticket");
    }

    # in the context that the path names, and in no other

    like($nginx->log, qr/owncloud ticket c:17/, 'tickets are for 17');
    unlike($nginx->log, qr/owncloud ticket c:(?:5|12|20)\b/,
           'and for no other context');
}


# where Moodle sends people on without a look at files

sub elsewhere {
    my $link = notes_link() =~ s/\?.*//r;

    $nginx->moodle('url', id => 5, url => $_->[1]),
    unlike($student->request(GET => '/mod/url/view.php?id=5&redirect=1')
               ->{headers}{location}, qr/ticket/, "a URL activity - $_->[0]")
        for ['path', $link],
            ['address', $nginx->url . $link],
            ['with a query', "$link?a=b"];

    is_noticket($student->request(GET => $link), 'a URL activity');

    # links to other sites, or that are not ours, are what they were

    for my $url ("//other.example$link", "ftp://other.example$link",
                 "http://other.example/x$link", '/repository/owncloud/link/AAAA/notes.txt',
                 '/repository/owncloud/link/', "/x$link")
    {
        is($student->request(GET => "/pluginfile.php/17/planted?to=$url")
               ->{headers}{location},
           $url =~ m{^/} ? $nginx->url . $url : $url,
           "$url - not touched");
    }

    like($student->request(GET => "/pluginfile.php/17/planted?to=$_$link")
             ->{headers}{location}, qr{^\Q@{[$nginx->url]}$link\E\?ticket=},
         "$_ - a link of ours")
        for '', $nginx->url, 'HTTP://other.example', 'https://other.example';
}


# Moodle does not let them: there is nothing to follow

sub refused {
    cloud(NC => 'log', undef, 'DELETE');

    my $outsider = reader($nginx, outsider => NC => 'bob');
    my $answer = $outsider->request(GET => path('notes.txt'));

    like($answer->{headers}{location}, qr{/enrol/}, 'an outsider');
    unlike($answer->{headers}{location}, qr/ticket/, 'and no ticket');

    $answer = $nginx->browser(session => undef)
                    ->request(GET => path('notes.txt'));

    like($answer->{headers}{location}, qr{/login/}, 'a stranger');
    unlike($answer->{headers}{location}, qr/ticket/, 'and no ticket');

    is(scalar(grep { m{remote\.php/webdav/Moodle} } requests('NC')), 0,
       'nothing was read');
}


# Moodle itself fetches what is called like a picture, until it has got one

sub pictures {
    my $link = location($student, path('picture.png')) =~ s/\?.*//r;

    cloud(NC => 'log', undef, 'DELETE');

    my $answer = $nginx->browser(session => undef)->request(GET => $link);

    is($answer->{status}, 200, 'a picture without a ticket');
    is($answer->{headers}{'content-type'}, 'image/png', 'its type');
    like($answer->{body}, qr/^\x89PNG\r\n\x1a\n.*IEND/s, 'a picture');
    cmp_ok(length $answer->{body}, '<', 2000, 'a small one');
    is_deeply([requests('NC')], [], 'not that of the cloud');

    $answer = open_file($student, 'picture.png');

    is($answer->{body}, bytes(NC => alice => '/picture.png'),
       'with a ticket: the picture');
}


# tickets are in no log

sub secrets {
    my %ticket;

    for my $name ('notes.txt', 'picture.png', 'report.pdf') {
        my $link = location($student, path($name));
        $student->request(GET => $link);
        $student->request(GET => $link =~ s/ticket/%74icket/r);
        $student->request(GET => $link =~ s/ticket/a=b&ticket/r);
        $ticket{ $link =~ s/.*ticket=//r }++;
    }

    is(scalar(keys %ticket), 3, 'three tickets');

    for my $ticket (keys %ticket) {
        is(index($nginx->access_log, $ticket), -1, 'not in the access log');

        # but for what nginx itself writes at level debug: what it was asked,
        # and what it answers

        my @line = grep { index($_, $ticket) >= 0
                          && !/\[debug\].*http (request line|args|header):/
                          && !/^Location: / } split /\n/, $nginx->log;

        is_deeply(\@line, [], 'nor in the error log');
    }

    $nginx->finish;
}
