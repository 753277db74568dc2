#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# A worker that is killed at any moment of making or opening an access
# controlled link: the same request again succeeds, and the cloud holds what
# it holds when nothing has happened.

use v5.20;
use warnings;

use Digest::SHA qw(sha1_hex);
use IO::Socket::INET;
use JSON::PP;
use Test::More;

use Owncloud qw(cloud standins requests slurp wait_for);
use Owncloud::HTTP;
use Owncloud::Links qw(links_nginx reader choose location path token
                       %repository);

my $name = 'report.pdf';
my $text = "%PDF-1.4\n% report of alice\n%%EOF\n";
my $sha1 = sha1_hex($text);

# the calls to the cloud, but for the one that asks for the account's id;
# those marked change something there

my @making = ('GET shares', 'POST shares *', 'PROPFIND webdav',
              'MKCOL webdav *', 'MKCOL webdav *', 'MKCOL webdav *',
              'COPY webdav *', 'DELETE shares *');
my @opening = ('GET shares', 'POST shares *', 'GET shares', 'PROPFIND webdav',
               'MOVE webdav', 'MKCOL webdav *', 'MOVE webdav *', 'GET webdav');

my $item = 7000;
my ($cloud, $nginx, $student, $teacher, $node, @start);

for (qw(OC NC)) {
    $cloud = $_;
    $nginx = links_nginx(setting => { read_timeout => '30s' });

    cloud($cloud => 'reset', { data => JSON::PP::true });

    $student = reader($nginx, 'student1', $cloud => 'alice');
    $teacher = reader($nginx, 'teacher1', $cloud => 'bob');

    ($node) = grep { $_->{title} eq $name }
              @{ $student->picker(list => $repository{$cloud}, p => '/')
                         ->{list} };
    @start = everything();

    subtest "$cloud - making" => \&making;
    subtest "$cloud - making, and nothing is remembered" => \&forgotten;
    subtest "$cloud - opening" => \&opening;

    $nginx->stop;

    is(join('', grep { !/exited on signal 9/ } split /^/, $nginx->alerts), '',
       "$cloud - nothing alarming in the log");
}

cloud($_ => 'reset', { data => JSON::PP::true }) for qw(NC OC);
done_testing();


# what the cloud holds, a line each; what is called by chance is called so

sub everything {
    my @line;

    for my $user (qw(alice bob moodle-system)) {
        my $held = cloud($cloud => "holdings?user=$user");

        push @line, map { "$user has $_" } @{ $held->{folders} };
        push @line, map { "$user has $_->{path} $_->{sha1}" }
                    @{ $held->{files} };

        push @line, map {
            my $share = $_;
            my @odd = grep { $share->{$_} } qw(hidden pending orphan);

            "$user knows $share->{path} of $share->{owner} as "
            . "$share->{target} of $share->{with_user} "
            . "($share->{permissions}@odd)";
        } @{ $held->{shares} };
    }

    return map { s/\b\d{8}-[0-9a-f]{23}\b/CHANCE/gr
                 =~ s/127\.0\.0\.1_\d+/SITE/gr } @line;
}


# and what of it was not there at the start; what was has to be there still

sub held {
    my %left;

    $left{$_}++ for @start;

    my @new = grep { --($left{$_} //= 0) < 0 } everything();

    return [ sort(@new), sort map { "no more: $_" }
                              grep { $left{$_} > 0 } keys %left ];
}


sub same {
    my ($one, $other) = @_;

    return join("\n", @$one) eq join("\n", @$other);
}


# a request is sent; its answer is not waited for

sub begin {
    my ($browser, $method, $path, $body) = @_;

    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                       PeerPort => $nginx->{port}) or die;

    print $socket "$method $path HTTP/1.0\r\n",
        "Host: 127.0.0.1:$nginx->{port}\r\nCookie: ",
        $browser->cookie_header($path =~ s/\?.*//sr), "\r\n",
        defined $body ? ("Content-Type: application/x-www-form-urlencoded\r\n",
                         'Content-Length: ', length $body, "\r\n") : (),
        "\r\n", $body // '';
    $socket->flush;

    return $socket;
}


# all that comes of it

sub ended {
    my $socket = shift;

    local $/;

    my $answer = readline($socket) // '';
    close $socket;

    return Owncloud::HTTP::parse($answer);
}


sub make {
    return begin($student, POST => '/repository/repository_ajax.php'
        . '?action=download', $student->picker_form($repository{$cloud},
        title => $name, source => $node->{source},
        sourcekey => $node->{sourcekey}, savepath => '/', itemid => $item,
        usecontrolledlink => 1));
}


sub made {
    return eval { decode_json(ended(shift)->{body}) } // {};
}


# the worker is killed as soon as this is so

sub killed {
    my ($socket, $when, $what) = @_;

    my ($old) = $nginx->workers;

    ok(wait_for($when, 20), "$what: so far");
    kill KILL => $old;

    is(ended($socket)->{status}, 599, "$what: no answer");
    ok(wait_for(sub { my ($new) = $nginx->workers;
                      defined $new && $new != $old }), "$what: a new worker");

    cloud($cloud => 'faults', undef, 'DELETE');
}


# the calls as they are in the lists above

sub calls {
    return map { s/^(\S+) .*(shares|webdav).*/$1 $2/r }
           grep { !m{/cloud/user\?} } requests($cloud);
}


sub arrived {
    my $number = shift;

    return sub { calls() == $number };
}


sub fault {
    my ($number, %fault) = @_;

    cloud($cloud => 'log', undef, 'DELETE');
    cloud($cloud => 'faults', { match => '^(?!GET [^ ]*cloud/user)',
                                skip => $number - 1, %fault });
}


# a new draft area, a nginx that knows nothing, and no copy

sub anew {
    my ($site) = map { m{^/Moodle [^/]+$} ? $_ : () }
                 @{ cloud($cloud => 'holdings?user=moodle-system')->{folders} };

    cloud($cloud => 'file', { user => 'moodle-system', path => $site },
          'DELETE') if defined $site;

    $item++;
    $nginx->restart;
    $nginx->moodle('clear');
    $nginx->moodle('nofaults');
    is_deeply(held(), [], 'nothing is left') or BAIL_OUT('cannot start anew');
}


sub making {
    my @kept = ('moodle-system has /Moodle SITE',
                'moodle-system has /Moodle SITE/17',
                'moodle-system has /Moodle SITE/17/CHANCE',
                "moodle-system has /Moodle SITE/17/CHANCE/$name $sha1");
    my (@after, $what);

    my $again = sub {
        is(made(make())->{file}, $name, "$what: a link in the end");
        is_deeply(held(), \@kept, "$what: with all that belongs to it");
        is(drafts(), 1, "$what: once in Moodle");
        opens($what) if $what =~ /Moodle/;
        anew();
    };

    $what = 'undisturbed';
    cloud($cloud => 'log', undef, 'DELETE');
    $again->();

    for my $n (1 .. @making) {
        $what = "before call $n, $making[$n - 1]";

        fault($n, delay => 8, action => 'close');
        killed(make(), arrived($n), $what);

        is_deeply([ calls() ], [ map { s/ \*//r } @making[0 .. $n - 1] ],
                  "$what: the calls");

        $after[$n - 1] = held();
        $again->();
    }

    $what = 'before Moodle is told';
    $nginx->moodle('fault', match => 'action=download', type => 'die',
                   delay => 8);
    killed(make(), \&moodle_asked, $what);
    $after[@making] = held();
    $again->();

    for my $n (grep { $making[$_ - 1] =~ /\*/ } 1 .. @making) {
        $what = "after call $n, $making[$n - 1]";

        fault($n, action => 'late', after => 8);
        killed(make(), sub { same(held(), $after[$n]) }, $what);
        $again->();
    }

    # Moodle has what is told again already, and asks what to do

    $what = 'after Moodle is told';
    $nginx->moodle('fault', match => 'action=download', type => 'drip',
                   value => 8);
    killed(make(), sub { drafts() == 1 }, $what);
    is(made(make())->{event}, 'fileexists', "$what: Moodle knows it");
    is_deeply(held(), \@kept, "$what: there is one");
    anew();

    $what = 'a reload meanwhile';
    fault(7, delay => 2);

    my $socket = make();

    ok(wait_for(arrived(7)), "$what: so far");
    $nginx->reload;
    is(made($socket)->{file}, $name, "$what: a link");
    is_deeply(held(), \@kept, "$what: with all that belongs to it");
    anew();
}


sub moodle_asked {
    return scalar @{ $nginx->moodle('log', match => 'action=download') };
}


# what Moodle has been told is where the copy is

sub opens {
    my $what = shift;

    $nginx->moodle('save', user => 'student1', item => $item, ctx => 17);
    is(ended(get(ticket()))->{body}, $text, "$what: it opens");
    closed();
}


# how many files there are in the draft area

sub drafts {
    return scalar @{ $nginx->moodle('drafts')->{student1}{$item} // [] };
}


# the whole nginx is gone, and with it what was noted of the attempt

sub forgotten {
    for my $n (3, 6 .. @making) {
        my $what = "before call $n, $making[$n - 1]";

        fault($n, delay => 8, action => 'close');
        lost(make(), $n, $what);

        is(made(make())->{file}, $name, "$what: a link in the end");

        my @held = @{ held() };
        my $folders = grep { /CHANCE$/ } @held;

        ok($folders == 1 || $folders == 2, "$what: folders, $folders");
        is((grep { / knows / } @held), 0, "$what: nothing is shared");
        is((grep { m{^moodle-system has /Moodle SITE\b} } @held), @held,
           "$what: nothing else");
        opens($what);
        anew();
    }
}


# as after a power failure, when call "n" has arrived

sub lost {
    my ($socket, $n, $what) = @_;

    ok(wait_for(arrived($n), 20), "$what: so far");

    my @pid = ($nginx->{pid}, $nginx->workers);

    for my $pid (@pid) {
        kill KILL => $pid;
        waitpid $pid, 0;
    }

    ok(wait_for(sub {
        !grep { slurp("/proc/$_/stat") =~ /\) [^Z]/ } @pid;
    }), "$what: all of it is gone");

    is(ended($socket)->{status}, 599, "$what: no answer");

    cloud($cloud => 'faults', undef, 'DELETE');
    delete $nginx->{pid};
    $nginx->start;
}


# the link is opened by somebody who may edit it

sub opening {
    $item++;
    is(made(make())->{file}, $name, 'a link');
    $nginx->moodle('save', user => 'student1', item => $item, ctx => 17);
    @start = everything();

    my $known = "knows /Moodle SITE/17/CHANCE/$name of moodle-system as "
                . "/Moodlefiles/$name of bob (3)";
    my @kept = ('bob has /Moodlefiles', "bob $known", "moodle-system $known");
    my (@after, $what);

    my $again = sub {
        my $answer = ended(get(shift));

        is($answer->{status}, 200, "$what: opened in the end");
        is($answer->{body}, $text, "$what: the file");
        is_deeply(held(), \@kept, "$what: received as it should be");
        closed();
        is_deeply(held(), [], "$what: nothing is left");
    };

    $what = 'undisturbed';
    $again->(ticket());

    for my $n (1 .. @opening) {
        $what = "before call $n, $opening[$n - 1]";

        my $link = ticket();

        fault($n, delay => 8, action => 'close');
        killed(get($link), arrived($n), $what);

        is_deeply([ calls() ], [ map { s/ \*//r } @opening[0 .. $n - 1] ],
                  "$what: the calls");

        $after[$n - 1] = held();
        $again->($link);
    }

    for my $n (grep { $opening[$_ - 1] =~ /\*/ } 1 .. @opening) {
        $what = "after call $n, $opening[$n - 1]";

        my $link = ticket();

        fault($n, action => 'late', after => 8);
        killed(get($link), sub { same(held(), $after[$n]) }, $what);
        $again->($link);
    }

    $what = 'a reload meanwhile';
    fault(7, delay => 2);

    my $socket = get(ticket());

    ok(wait_for(arrived(7)), "$what: so far");
    $nginx->reload;
    is(ended($socket)->{body}, $text, "$what: the file");
    is_deeply(held(), \@kept, "$what: received as it should be");
    closed();

    $what = 'a new nginx before';
    $nginx->restart;
    $again->(ticket());

    for my $n (3, 7, 8) {
        $what = "a new nginx before call $n, $opening[$n - 1]";

        my $link = ticket();

        fault($n, delay => 8, action => 'close');
        lost(get($link), $n, $what);
        $again->($link);
    }
}


sub ticket { return location($teacher, path($name)) }


sub get { return begin($teacher, GET => shift) }


# as if it had never been opened

sub closed {
    my $api = standins()->{"CLOUD_${cloud}_URL"}
              . 'ocs/v2.php/apps/files_sharing/api/v1/shares';
    my $header = { Authorization => 'Bearer ' . token($cloud, 'moodle-system'),
                   'OCS-APIRequest' => 'true' };
    my $list = Owncloud::HTTP::request(GET => "$api?format=json", $header);

    Owncloud::HTTP::request(DELETE => "$api/$_->{id}", $header)
        for @{ decode_json($list->{body})->{ocs}{data} };

    cloud($cloud => 'file', { user => 'bob', path => 'Moodlefiles' }, 'DELETE');
}
