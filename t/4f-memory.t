#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Memory that nginx does not get: everything that users do, again and again,
# each time with an allocation failing that has not failed before, until all of
# them have, see t/faults.  Nothing breaks, nobody is told that what has not
# been done has been done, the clouds keep what they have and share no more
# than they were asked for, and what comes next is as good as ever.

use v5.20;
use warnings;

use lib 't/lib';

use JSON::PP;
use List::Util qw(any);
use Test::More;
use Time::HiRes qw(sleep time);

use Owncloud qw(cloud fresh requests slurp spew wait_for);
use Owncloud::Clock;
use Owncloud::Faults;
use Owncloud::Links qw(links_nginx reader hand_in location path);
use Owncloud::Malformed qw(malformed_server);

my $top = $Owncloud::top;

# t/coverage has such a module already

if (!$ENV{TEST_NGINX_FAULTS}) {
    my $asan = $ENV{OWNCLOUD_NGINX_ASAN} || "$top/build/nginx-asan";

    for (["nginx-build", $asan, 'asan'],
         ["faults/build", $asan, "$top/build/faults"]) {
        my ($script, @argument) = @$_;

        system("$top/t/$script", @argument) == 0
            or BAIL_OUT("t/$script failed");
    }

    $ENV{TEST_NGINX_BINARY} = "$asan/objs/nginx";
    $ENV{TEST_NGINX_MODULE} = "$top/build/faults/ngx_http_owncloud_module.so";
    $ENV{UBSAN_OPTIONS} = "print_stacktrace=1:suppressions=$top/t/ubsan.supp";
}

my $faults = Owncloud::Faults->new;
my $clock = Owncloud::Clock->new;
my $now = 0;
my $account = 'moodle-system';
my $item = 70000;
my $seen = 0;
my $at = '/repository/owncloud/connect-';

# what may come and go: public links to the file, to read it; shares of the file
# with the system account, which the next attempt uses, and copies of it; copies
# of the account that their readers have, one of whom may change them

my $public = qr/^new:.*"path":"\/report\.pdf".*"permissions":(?:1|17),
                .*"type":3/x;
my $with_account = qr/^\w+:.*"owner":"alice","path":"\/alice\.txt"
                      .*"permissions":1,.*"type":0,"with_user":"$account"
                      |^new:[ ]\/Moodle[ ][^\/]+\/17\/[\w-]+\/alice\.txt[ ]of/x;
my $with_reader = qr/^\w+:.*"owner":"$account","path":"\/Moodle[ ][^\/]+\/17
                     \/[\w-]+\/notes\.txt".*"permissions":
                     (?:1,.*"with_user":"alice"|[13],.*"with_user":"teacher1")
                    /x;

my ($nginx, $browser, $worker);
my @part = @ARGV ? @ARGV : qw(signing_in connecting renewing listing searching
                              pictures taking opening ending);

cloud($_ => 'reset', { data => JSON::PP::true }) for qw(NC OC);

quick();
do_parts(qw(signing_in connecting renewing));
$nginx->finish;

usual();
do_parts(qw(listing searching pictures taking opening ending));
$nginx->finish;

cloud($_ => 'reset', { data => JSON::PP::true }) for qw(NC OC);
done_testing;


# --- where it is done ---

# with clouds that let everybody in at once, and many of them

sub quick {
    my $server = malformed_server();
    my %id = (8 => 'nc', map { 20 + $_ => "c$_" } 1 .. 19);

    $nginx = Owncloud->new(clock => $clock, no_start => 1);

    my $dir = $nginx->{dir};

    mkdir "$dir/accounts";

    $nginx->configure(
        issuers => join('', map { $nginx->issuer($_, profile => 'NC',
            base_url => "http://127.0.0.1:$server->{cloud}/", insecure => 'on',
            system_account => "oauth=$dir/accounts/$_.account") } values %id),
        server => join '', map { <<"EOT" } keys %id);
        owncloud_repository $_ {
            issuer             $id{$_};
            secret_key         $dir/moodle.key;
            upload_repository  5;
            timezone           UTC;
        }

        location = $at$id{$_} {
            allow             127.0.0.1;
            deny              all;
            owncloud_connect  $id{$_}  authorize=off;
        }

EOT

    started();
}


sub usual {
    $nginx = links_nginx(clock => $clock, no_start => 1);

    $nginx->configure(server => join '', map { <<"EOT" } [7, 'oc'], [8, 'nc']);
        owncloud_repository $_->[0] {
            issuer             $_->[1];
            secret_key         $nginx->{dir}/moodle.key;
            upload_repository  5;
            timezone           Europe/Berlin;
            previews           on;
            alias              public;
        }

EOT

    started();
    $browser->sign_in($_) for 7, 8;
}


sub started {
    $seen = 0;
    $nginx->start;
    $nginx->moodle('reset');
    $browser = $nginx->browser;
    ($worker) = $nginx->workers;
}


sub do_parts {
    for my $part (@_) {
        next if !grep { $_ eq $part } @part;

        no strict 'refs';
        &$part();
    }
}


# --- how it is done ---

# "act" again and again; what comes of it is "good", or has failed for all to
# see.  "before" prepares it, "keeps" are the users whose files and shares stay
# as they are but for what "may" come and go; of "every", allocations fail by
# their numbers, too, whoever made them.

sub flow {
    my ($name, %flow) = @_;

    my $begin = time;
    my ($mode, $k, $n, @bad) = ('place', 0, 0);

    while (1) {
        my $made = $flow{before} ? $flow{before}->() : undef;
        my $held = holds(\%flow);
        my $told = $faults->during($mode => sub { $flow{act}->($made) }, ++$k);
        my @answer = @{ $told->{got} };
        my @wrong;

        push @wrong, $told->{died} if $told->{died};
        push @wrong, map { brief($_) }
                     grep { !ended($_) && !$flow{good}->($_) } @answer;
        push @wrong, changed(\%flow, $held, holds(\%flow)), alarms();
        push @wrong, 'the worker has ended'
            if join(' ', $nginx->workers) ne $worker;
        push @bad, map { Owncloud::Faults::stack($told, $nginx->{module})
                         . ": $_" } @wrong;

        ($worker) = $nginx->workers;

        if (!$told->{failed}) {
            push @bad, 'nothing fails, and yet: ' . brief($_)
                for grep { !$flow{good}->($_) } @answer ? $answer[-1] : ();

            # what is left is each one by its number

            last if !$flow{every} || $mode eq 'nth';
            ($mode, $k) = ('nth', 0);
            next;
        }

        $n++;
        last if @bad > 5;
    }

    is(join("\n", @bad), '', "$name: $n places");
    note(sprintf '%s: %.1f s', $name, time - $begin);
}


# what the log has not had before

sub alarms {
    open my $log, '<', "$nginx->{dir}/error.log" or return;
    seek $log, $seen, 0;

    my $text = join '', <$log>;

    $seen += length $text;

    return Owncloud::alarming($text) =~ /(.+)/ ? $1 : ();
}


# a connection that was closed, an error, an error of ours, a form to sign in

sub ended {
    my $answer = shift;

    return 1 if !ref $answer || $answer->{status} >= 400;

    my $json = eval { decode_json($answer->{body}) };

    return ref $json eq 'HASH' && ($json->{errorcode} || $json->{login});
}


sub brief {
    my $answer = shift;

    return $answer if !ref $answer;

    return "$answer->{status} "
           . substr $answer->{body} =~ s{<style.*</style>}{}sr, 0, 600;
}


sub holds {
    my $flow = shift;
    my %held;

    for (@{ $flow->{keeps} // [] }) {
        my ($cloud, $user) = split /:/;
        my $all = cloud($cloud => "holdings?user=$user");

        $held{"$_->{path} of $user: $_->{sha1}"}++ for @{ $all->{files} };
        $held{"$user has shared " . JSON::PP->new->canonical->encode($_)}++
            for @{ $all->{shares} };
    }

    return \%held;
}


sub changed {
    my ($flow, $old, $new) = @_;

    my $may = $flow->{may} // qr/(?!)/;

    return grep { $_ !~ $may }
           (map({ "gone: $_" } grep { !$new->{$_} } sort keys %$old),
            map({ "new: $_" } grep { !$old->{$_} } sort keys %$new));
}


sub json { eval { decode_json($_[0]{body}) } // {} }


sub lists {
    my ($name) = @_;

    return sub {
        any { $_->{title} eq $name } @{ json(shift)->{list} // [] };
    };
}


# --- what is done ---

sub good { $_[0]{status} == 200 }


sub form { good($_[0]) && json($_[0])->{login} }


# A failure may end the session.  Moodle is asked anew after a minute, the cloud
# for new tokens after an hour.

sub ready {
    my ($repository, $seconds) = @_;

    return sub {
        $browser->sign_in($repository)
            if $browser->picker(list => $repository, p => '/')->{login};

        $clock->set($now += $seconds // 0);
    };
}


sub signing_in {
    my $new;

    # a code that may have been refused counts for half an hour, five are many

    my $state = sub {
        $clock->set($now += 500);
        $new = $nginx->browser;
        Owncloud::Browser::parameter($new->login_url(8), 'state');
    };

    flow('the form to sign in',
         before => sub { $new = $nginx->browser },
         act => sub { $new->raw(list => 8) }, good => \&form);
    flow('a sign-in', every => 1, before => $state,
         act => sub { $new->callback(code => 'good', state => shift) },
         good => sub { good(@_) && $new->{cookies}{owncloud_nc} });
    flow('a sign-in that the user has declined', before => $state,
         act => sub { $new->callback(error => 'access_denied',
                                     state => shift) },
         good => sub { $_[0]{status} == 403 });
}


# a button of the page of an account

sub pressed {
    my ($who, $id, @field) = @_;

    return $who->request('POST', "$at$id", Owncloud::HTTP::form(@field),
        'Content-Type' => 'application/x-www-form-urlencoded',
        Origin => $who->{url});
}


sub connected {
    my $id = shift;

    my $answer = pressed($browser, $id, action => 'connect');
    my $state = Owncloud::Browser::parameter($answer->{headers}{location},
                                             'state');

    return $browser->callback(code => 'good', state => $state);
}


sub connecting {
    my $page = sub { $browser->request(GET => "${at}nc") };
    my $found = sub { $_[0]{status} == 303 };
    my $ask;

    flow('the page of an account', act => $page, good => \&good);
    flow('connecting one',
         act => sub { pressed($browser, nc => action => 'connect') },
         good => $found);
    flow('a connected one',
         before => sub {
             $clock->set($now += 400);
             my $answer = pressed($browser, nc => action => 'connect');
             Owncloud::Browser::parameter($answer->{headers}{location},
                                          'state');
         },
         act => sub { $browser->callback(code => 'good', state => shift) },
         good => $found);
    flow('its page', act => $page,
         good => sub { $_[0]{body} =~ /<dd>alice</ });
    flow('its page, with new tokens', every => 1,
         before => sub {
             connected('nc') if $page->()->{body} !~ /<dd>alice</;
             $clock->set($now += 3700);
         },
         act => $page, good => sub { $_[0]{body} =~ /<dd>alice</ });
    flow('disconnecting', before => sub { connected('nc') },
         act => sub { pressed($browser, nc => action => 'disconnect',
                              sure => 1) },
         good => $found);
}


# by nobody in particular, soon after a worker has begun

sub renewing {
    my @id = map { "c$_" } 1 .. 19;
    my ($n, @bad) = (0);

    my $begin = time;

    for my $turn (1 .. 12) {
        for my $id (@id) {
            my $body = $browser->request(GET => "$at$id")->{body};
            my $answer = $body =~ /<dd>alice</ ? next : connected($id);

            push @bad, brief($answer) if $answer->{status} != 303;
        }

        $clock->set($now += 3600);

        # a second or two before the job begins; the master is spared

        $nginx->reload;

        my $told = $faults->during(each => sub { sleep 2.2 });

        push @bad, alarms();
        $n += $told->{failed};
        last if !$told->{failed} || @bad > 5;
    }

    is(join("\n", @bad), '', "tokens renewed: $n places");
    note(sprintf 'tokens renewed: %.1f s', time - $begin);

    my $file = slurp("$nginx->{dir}/accounts/c1.account");

    connected('c1') if !length $file;
    $clock->set($now += 3600);
    $nginx->reload;
    ok(wait_for(sub {
           slurp("$nginx->{dir}/accounts/c1.account") ne $file
       }, 10), 'and then they are');
    ($worker) = $nginx->workers;
}


sub listing {
    flow('a listing', every => 1, before => ready(8, 70),
         act => sub { $browser->raw(list => 8, p => '/') },
         good => lists('notes.txt'));
    flow("ownCloud's", before => ready(7, 70),
         act => sub { $browser->raw(list => 7, p => '/Documents/') },
         good => sub { json(shift)->{list} });

    cloud(NC => 'faults', { match => '^PROPFIND', action => 'entries',
                            times => -1, count => 1200,
                            name => 'entry %05d.txt' });

    flow('the first page', before => ready(8),
         act => sub { $browser->raw(list => 8, p => '/Documents/') },
         good => lists('entry 00000.txt'));
    flow('the second page',
         act => sub { $browser->raw(list => 8, p => '/Documents/',
                                    page => 2) },
         good => lists('entry 00600.txt'));

    cloud(NC => 'faults', undef, 'DELETE');

    flow('a folder that is not there', before => ready(8),
         act => sub { $browser->raw(list => 8, p => '/nowhere/') },
         good => sub { json(shift)->{errorcode} });
}


sub searching {
    flow('the form to search', before => ready(8),
         act => sub { $browser->raw(searchform => 8) }, good => \&good);

    for my $repository (7, 8) {
        flow("a search in $repository", every => 1,
             before => ready($repository),
             act => sub { $browser->raw(search => $repository,
                                        s => 'notes') },
             good => lists('notes.txt'));
    }
}


sub pictures {
    ready(8)->();

    my $list = json($browser->raw(list => 8, p => '/'));
    my ($url) = map { $_->{realthumbnail} // () } @{ $list->{list} };

    flow('a preview', every => 1, before => ready(8),
         act => sub { $browser->request(GET => substr $url, length
                                                            $nginx->url) },
         good => sub { good(@_) && $_[0]{headers}{'content-type'}
                                   =~ /^image/ });
}


# what the picker sends for a file that is taken

sub taken {
    my ($who, $cloud, $title, %field) = @_;

    my $repository = { OC => 7, NC => 8 }->{$cloud};
    my $list = $who->picker(list => $repository, p => '/');
    my ($node) = grep { $_->{title} eq $title } @{ $list->{list} // [] };

    return (download => $repository, title => $title,
            source => $node->{source}, sourcekey => $node->{sourcekey},
            savepath => '/', license => 'cc', author => 'Tea Cher', %field);
}


sub has_file { json($_[0])->{file} }


sub has_url { json($_[0])->{url} }


sub taking {
    for my $cloud (qw(NC OC)) {
        my @before = (before => ready({ NC => 8, OC => 7 }->{$cloud}));
        my @keeps = (keeps => ["$cloud:alice", "$cloud:$account"]);

        $before[1]->();

        my @copy = taken($browser, $cloud, 'notes.txt');
        my @link = taken($browser, $cloud, 'report.pdf');
        my @controlled = taken($browser, $cloud, 'alice.txt');

        flow("a copy of $cloud", @keeps, @before,
             act => sub { $browser->raw(@copy, itemid => ++$item) },
             good => \&has_file);
        flow("an alias of $cloud", @keeps, @before, may => $public,
             act => sub { $browser->raw(@link, itemid => ++$item,
                                        usefilereference => 1) },
             good => \&has_file);
        flow("a link of $cloud", @keeps, @before, may => $public,
             act => sub { $browser->raw(@link, itemid => ++$item,
                                        linkexternal => 'yes') },
             good => \&has_url);
        flow("a controlled link of $cloud", @keeps, @before,
             may => $with_account,
             act => sub { $browser->raw(@controlled, itemid => ++$item,
                                        usecontrolledlink => 1) },
             good => \&has_file);

        is_deeply([grep { /"owner":"alice".*"with_user":"$account"/ }
                   keys %{ holds({ keeps => ["$cloud:alice"] }) }], [],
                  "$cloud: in the end the account has a copy and no share");
    }
}


sub opening {
    ready($_)->() for 7, 8;

    my %cloud = (NC => 'alice', OC => 'alice');
    my $student = reader($nginx, student1 => %cloud);
    my $teacher = reader($nginx, teacher1 => NC => 'teacher1',
                         OC => 'teacher1');

    for my $cloud (qw(NC OC)) {
        my @keeps = (keeps => ["$cloud:alice", "$cloud:teacher1",
                               "$cloud:$account"], may => $with_reader);
        my @link = (before => sub {
            location($student, path('notes.txt'));
        });

        hand_in($student, $cloud => 'notes.txt');

        flow("a ticket of $cloud", act => sub {
                 $student->request(GET => path('notes.txt'))
             }, good => sub { $_[0]{status} =~ /^30[23]$/ });
        flow("opening a link of $cloud", @keeps, @link,
             act => sub { $student->request(GET => shift) },
             good => \&good);
        flow("a part of $cloud", @keeps, @link,
             act => sub { $student->request(GET => shift, undef,
                                            Range => 'bytes=1-3') },
             good => sub { $_[0]{status} == 206 });
        flow("the teacher of $cloud", @keeps,
             before => sub { location($teacher, path('notes.txt')) },
             act => sub { $teacher->request(GET => shift) },
             good => \&good);
    }
}


sub ending {
    my $new;

    flow('tokens that have expired', every => 1, before => ready(8, 3700),
         act => sub { $browser->raw(list => 8, p => '/') },
         good => lists('notes.txt'));

    for my $repository (7, 8) {
        flow("logging out of $repository", before => sub {
                 $new = $nginx->browser;
                 $new->sign_in($repository);
             },
             act => sub { $new->raw(logout => $repository) }, good => \&form);
    }
}
