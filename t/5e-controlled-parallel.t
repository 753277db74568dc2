#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Access controlled links that are made or opened by many at the same time,
# and more of them than the cloud lets the account share at a time.

use v5.20;
use warnings;

use Digest::SHA qw(sha1_hex);
use IO::Socket::INET;
use IO::Select;
use JSON::PP;
use Test::More;
use Time::HiRes qw(time);

use Owncloud qw(cloud standins requests slurp wait_for);
use Owncloud::Clock;
use Owncloud::HTTP;
use Owncloud::Links qw(links_nginx reader location dav %repository);

my $env = standins();
my $clock = Owncloud::Clock->new;
my $nginx = links_nginx(no_start => 1, workers => 4, clock => $clock,
                        setting => { read_timeout => '30s' });

# each worker gets its part of the connections

$nginx->configure(http => <<"EOT", listen => <<"EOT2");
    log_format  pid  'pid=\$pid \$request \$status';
EOT
        listen  127.0.0.1:$nginx->{port} reuseport;
        access_log  $nginx->{dir}/access.log  owncloud;
        access_log  $nginx->{dir}/pid.log  pid;
EOT2
$nginx->start;

my ($cloud, %browser);

for (qw(OC NC)) {
    $cloud = $_;
    anew();

    %browser = (
        alice => reader($nginx, 'student1', $cloud => 'alice'),
        bob => reader($nginx, 'teacher1', $cloud => 'bob'),
        teacher1 => reader($nginx, 'student2', $cloud => 'teacher1'),
        u01 => reader($nginx, 'admin', $cloud => 'u01'),
    );

    subtest "$cloud - one reader, ten times" => \&ten;
    subtest "$cloud - files of one name" => \&names;
    subtest "$cloud - links to one file" => \&one_file;
    subtest "$cloud - a file that is written" => \&written;
    subtest "$cloud - twenty are made" => \&twenty;
}

subtest 'NC - thirty readers, twenty shares' => \&thirty;

$nginx->finish;

cloud($_ => 'reset', { data => JSON::PP::true }) for qw(NC OC);
done_testing();


sub anew {
    cloud($cloud => 'reset', { data => JSON::PP::true });
    $nginx->moodle('reset');
    $nginx->restart;
}


# requests at the same time, each [browser, method, path, body]; the answers

sub together { return meanwhile(undef, @_) }


# the same, and what is done when all of them are sent

sub meanwhile {
    my ($meanwhile, @request) = @_;

    my (@socket, %got);

    for (@request) {
        my ($browser, $method, $path, $body) = @$_;

        my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                           PeerPort => $nginx->{port}) or die;

        print $socket "$method $path HTTP/1.0\r\n",
            "Host: 127.0.0.1:$nginx->{port}\r\nCookie: ",
            $browser->cookie_header($path =~ s/\?.*//sr), "\r\n",
            defined $body ? ('Content-Type: ',
                             "application/x-www-form-urlencoded\r\n",
                             'Content-Length: ', length $body, "\r\n") : (),
            "\r\n", $body // '';
        push @socket, $socket;
    }

    $_->flush for @socket;
    $meanwhile->() if $meanwhile;

    my $select = IO::Select->new(@socket);
    my $end = time + 100;

    while ($select->count && time < $end) {
        for my $socket ($select->can_read(1)) {
            next if sysread $socket, $got{$socket}, 65536,
                            length($got{$socket} // '');
            $select->remove($socket);
            close $socket;
        }
    }

    return map { Owncloud::HTTP::parse($got{$_} // '') } @socket;
}


sub bodies { return [ map { $_->{body} } @_ ] }


# where Moodle sends the reader of what was saved under that number

sub ticket {
    my ($user, $name, $number) = @_;

    return location($browser{$user}, '/pluginfile.php/17/mod_assign/intro/'
                    . "$number/" . Owncloud::HTTP::escape($name));
}


# requests for [user of the cloud, name, number] each

sub openings {
    return map { [$browser{$_->[0]}, GET => ticket(@$_)] } @_;
}


# requests for links to files of a folder: they go to a new draft area each

my $item = 9000;

sub makings {
    my ($user, $folder, @name) = @_;

    my $browser = $browser{$user};
    my $list = $browser->picker(list => $repository{$cloud}, p => $folder);
    my %node = map { $_->{title} => $_ } @{ $list->{list} };

    $item++;

    return map {
        [$browser, POST => '/repository/repository_ajax.php?action=download',
         $browser->picker_form($repository{$cloud}, title => $_,
             source => $node{$_}{source}, sourcekey => $node{$_}{sourcekey},
             savepath => '/', itemid => $item, usecontrolledlink => 1)];
    } @name;
}


# of makings(): the names in Moodle, if it says so

sub names_of {
    return [ map { eval { decode_json($_->{body})->{file} } // $_->{body} }
                 @_ ];
}


sub save {
    my ($user, $number, $draft) = @_;

    $nginx->moodle('save', user => $browser{$user}{user}, ctx => 17,
                   item => $draft // $item, to => $number);
}


# a file of a user, and a link to it; what is in the file

sub link_to {
    my ($user, $number, $name) = @_;

    my $text = "$name of $user\n";

    cloud($cloud => 'file', { user => $user, path => "hand in/$name",
                              content => $text });

    is_deeply(names_of(together(makings($user, '/hand in/', $name))), [$name],
              "a link to $name of $user");
    save($user, $number);

    return $text;
}


# what the account holds, and with whom it shares it: copies of that name

sub copies {
    my $name = shift;

    return [ grep { $_->{path} =~ m{^/Moodle .*/\Q$name\E$} }
                  @{ cloud($cloud => 'holdings?user=moodle-system')
                     ->{files} } ];
}


sub shares {
    my $name = shift;

    return [ grep { $_->{path} =~ m{/\Q$name\E$} }
                  @{ cloud($cloud => 'holdings?user=moodle-system')
                     ->{shares} } ];
}


# where a user has received them, to do what with them

sub received {
    my ($user, $name) = @_;

    return [ sort map { "$_->{target} $_->{permissions}" }
                      grep { $_->{with_user} eq $user } @{ shares($name) } ];
}


# two look for a share before there is one, if they may, and the others follow

sub ten {
    my $name = 'ten.txt';
    my $text = link_to('alice', 1, $name);

    for my $time (1, 2) {
        my $seen = length slurp("$nginx->{dir}/pid.log");
        my @opening = openings(map { ['bob', $name, 1] } 1 .. 10);

        cloud($cloud => 'log', undef, 'DELETE');
        cloud($cloud => 'faults', { match => '^GET .*shares', times => 2,
                                    delay => 0.5 });

        is_deeply(bodies(together(@opening)), [ ($text) x 10 ],
                  "time $time: the file, ten times");

        # the first attempt to move it shows that there is no folder

        my $made = $time == 1 ? 1 : 0;

        is(scalar(requests($cloud, qr/^POST .*shares/)), $made,
           "time $time: it is shared once");
        is(scalar(requests($cloud, qr/^MOVE/)), 2 * $made,
           "time $time: moved once");
        is(scalar(requests($cloud, qr/^MKCOL/)), $made,
           "time $time: a folder is made once");
        is_deeply(received('bob', $name), ["/Moodlefiles/$name 3"],
                  "time $time: it is there");

        ok(wait_for(sub {
            my %pid = map { $_ => 1 }
                      substr(slurp("$nginx->{dir}/pid.log"), $seen)
                      =~ m{^pid=(\d+) GET /repository}mg;
            keys %pid > 1;
        }), "time $time: by more than one worker");
    }
}


# different files that have the same name

sub names {
    my $name = 'paper.txt';
    my @text = (link_to('alice', 2, $name), link_to('teacher1', 3, $name));
    my @opening = map { my $n = $_; map { [$_, $name, $n] } 'bob', 'u01' } 2, 3;

    cloud($cloud => 'log', undef, 'DELETE');
    cloud($cloud => 'faults', { match => '^MOVE', times => -1,
                                action => 'late', after => 0.5 });

    for my $time (1, 2) {
        is_deeply(bodies(together(openings(@opening))),
                  [ map { $_, $_ } @text ],
                  "time $time: everybody gets the right ones");

        cloud($cloud => 'faults', undef, 'DELETE');

        for my $user ('bob', 'u01') {
            is_deeply(received($user, $name),
                      ['/Moodlefiles/paper (1).txt 3',
                       '/Moodlefiles/paper.txt 3'],
                      "time $time: $user has both");
        }
    }

    # a cloud that is asked to move both at the same time may do so

    my (%last, @early);

    for my $move (grep { $_->{method} eq 'MOVE' } @{ cloud($cloud => 'log') }) {
        my ($user) = map { $_->[1] } grep { lc $_->[0] eq 'authorization' }
                                          @{ $move->{headers} };

        push @early, $move->{uri} if $move->{time} < ($last{$user} // 0) + 0.5;
        $last{$user} = $move->{time};
    }

    is(keys %last, 2, 'both have moved files');
    is_deeply(\@early, [], 'one after the other');
}


sub one_file {
    my $name = 'essay.txt';
    my $text = link_to('alice', 4, $name);

    my @making = map { makings('alice', '/hand in/', $name) } 1 .. 2;

    is_deeply(names_of(together(@making)), [ ($name) x 2 ],
              'two at the same time');
    save('alice', 4, $item - 1);
    save('alice', 5, $item);

    is(@{ copies($name) }, 3, 'a copy each');
    is_deeply(shares($name), [], 'and nothing shared');

    is_deeply(bodies(together(openings(map { ['bob', $name, $_] }
                                           4, 5, 4, 5))),
              [ ($text) x 4 ], 'both are opened');
    is_deeply(received('bob', $name),
              ['/Moodlefiles/essay (1).txt 3', '/Moodlefiles/essay.txt 3'],
              'and received');

    my %path = map { $_->{path} => 1 } @{ shares($name) };

    is(keys %path, 2, 'two of them');
}


# whoever may edit does so while others read

sub written {
    my $name = 'draft.txt';
    my @text = (link_to('alice', 6, $name));

    is_deeply(bodies(together(openings(['bob', $name, 6]))), \@text,
              'as it was');

    push @text, $text[0] =~ tr/a-z/A-Z/r, $text[0] x 10, 'at last';

    my $write = sub {
        my $text = shift;

        ok(wait_for(sub { requests($cloud, qr/^GET .*dav/) }), 'it is read');
        is(dav($cloud, 'bob', PUT => "/Moodlefiles/$name", $text)->{status},
           204, 'and written');
    };

    my $read = sub {
        my ($text, %fault) = @_;

        cloud($cloud => 'log', undef, 'DELETE');
        cloud($cloud => 'faults', { match => '^GET .*dav', %fault });

        return (meanwhile(sub { $write->($text) },
                          openings(['teacher1', $name, 6])))[0];
    };

    is($read->($text[1], delay => 1)->{body}, $text[1],
       'what was written just before');

    my $answer = $read->($text[2], delay => 1);

    is($answer->{status}, 502, 'what was written just before, and is longer');
    like($answer->{body}, qr/is being changed in .*Please open it again/,
         'and what to do');
    is_deeply(bodies(together(openings(['teacher1', $name, 6]))), [$text[2]],
              'which helps');

    is($read->($text[3], action => 'late', after => 1)->{body}, $text[2],
       'what there was before it was written');
    is_deeply(bodies(together(openings(['teacher1', $name, 6]))), [$text[3]],
              'and what there is then');
}


# files of two users with equal names, all at the same time

sub twenty {
    my @name = map { sprintf 'same %02d.txt', $_ } 1 .. 10;
    my %number = (alice => 7, bob => 8);
    my (@making, @text, %draft);

    for my $user (qw(alice bob)) {
        cloud($cloud => 'file', { user => $user, path => "same/$_",
                                  content => "$_ of $user\n" }) for @name;

        push @making, makings($user, '/same/', @name);
        push @text, map { "$_ of $user\n" } @name;
        $draft{$user} = $item;
    }

    # those of one name come one after the other

    is_deeply(names_of(together(@making[map { $_, $_ + 10 } 0 .. 9])),
              [ map { $_, $_ } @name ], 'twenty links');

    is_deeply([ sort map { $_->{sha1} } map { @{ copies($_) } } @name ],
              [ sort map { sha1_hex($_) } @text ], 'twenty copies');
    is_deeply([ map { @{ shares($_) } } @name ], [], 'and nothing shared');

    save($_, $number{$_}, $draft{$_}) for sort keys %draft;

    is_deeply(bodies(together(openings(map { my $n = $_;
                                             map { ['u01', $_, $n] } @name }
                                           7, 8))),
              \@text, 'each of them leads to its file');
}


# more readers than the account may make shares

sub thirty {
    my $name = 'thirty.txt';
    my $text = link_to('alice', 9, $name);
    my @user = map { sprintf 'u%02d', $_ } 1 .. 30;

    for my $user (@user) {
        my $session = $nginx->moodle('session', user => 'student2');

        $browser{$user} = $nginx->browser(session => $session->{id},
                                          sesskey => $session->{sesskey});
        $browser{$user}->sign_in($repository{NC}, user => $user);
    }

    my $open = sub {
        return bodies(together(openings(map { [$_, $name, 9] } @_)));
    };
    my $sharing = sub {
        return [ sort map { $_->{with_user} } @{ shares($name) } ];
    };
    my $noted = sub {
        return [ sort $nginx->log =~ /\[warn\][^\n]*no[ ]more[ ]shares[^\n]*
                                      "(\w+)"[ ]gets[ ]the[ ]file/gx ];
    };

    cloud(NC => 'log', undef, 'DELETE');
    cloud(NC => 'settings', { share_limit => 20 });

    is_deeply($open->(@user), [ ($text) x 30 ], 'all get the file');
    is(@{ $sharing->() }, 20, 'twenty have a share');

    my %share = map { $_ => 1 } @{ $sharing->() };
    my @late = grep { !$share{$_} } @user;

    is_deeply($noted->(), \@late, 'the others are told of in the log');
    is((grep { $_->{permissions} != 1 } @{ shares($name) }), 0,
       'all shares are to read only');

    my @read = map { { map { lc $_->[0] => $_->[1] } @{ $_->{headers} } } }
               grep { "$_->{method} $_->{uri}" =~ /^GET .*dav/ }
               @{ cloud(NC => 'log') };

    is(@read, 30, 'it was read thirty times');
    is((grep { $_->{authorization} =~ /^Basic / } @read), 10,
       'ten times by the account itself');

    cloud(NC => 'log', undef, 'DELETE');

    is_deeply($open->(@late, 'alice'), [ ($text) x 11 ],
              'again, a moment later');
    is_deeply([ requests('NC', qr/^POST/) ], [], 'the cloud is not asked');
    is_deeply($noted->(), [ sort @late, @late, 'alice' ], 'told again');

    # the limit is over, and the pause

    cloud(NC => 'settings', { share_limit => 0 });
    $clock->set(61);

    is_deeply($open->(@late), [ ($text) x 10 ], 'again, later');
    is_deeply($sharing->(), \@user, 'everybody has a share');
    is(@{ $noted->() }, 21, 'nobody else was told of in the log');
}
