#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Large folders, page by page, as the picker gets them while its user scrolls.

use v5.20;
use warnings;

use Test::More;

use Owncloud qw(cloud fresh requests);

my %repository = (NC => 8, OC => 7);

cloud($_ => 'reset', {}) for sort keys %repository;

walk($_) for sort keys %repository;
fields();
changed();
small_zone();
not_kept();
a_hundred_thousand();
settings();

fresh();
done_testing;


# an nginx whose repositories have these settings, and its browser

sub browser {
    my ($settings, %option) = @_;

    my $nginx = Owncloud->new(no_start => 1, %option);

    $nginx->configure(server => server($nginx, $settings));
    $nginx->start;

    my $browser = $nginx->browser;

    $browser->sign_in($_) for 7, 8;

    return ($nginx, $browser);
}


sub server {
    my ($nginx, $settings) = @_;

    return join '', map { <<"EOT" } sort keys %repository;
        owncloud_repository $repository{$_} {
            issuer      \L$_\E;
            secret_key  $nginx->{dir}/moodle.key;
            timezone    UTC;
            $settings
        }
EOT
}


# the cloud tells of so many entries from now on

sub entries {
    my ($cloud, $count, $name) = @_;

    cloud($cloud => 'faults', undef, 'DELETE');
    cloud($cloud => 'faults', { match => '^PROPFIND', action => 'entries',
                                times => -1, count => $count,
                                name => $name // 'entry %05d.txt' });
    cloud($cloud => log => undef, 'DELETE');
}


sub calls { return scalar requests(shift, qr/^PROPFIND/) }


# all pages, as the picker asks for them: the titles, and how many they were

sub all {
    my ($browser, @query) = @_;

    my @title;

    for my $page (1 .. 10000) {
        my $answer = $browser->picker(@query, $page > 1 ? (page => $page) : ());

        # the picker takes no other

        is($answer->{page}, $page, "page $page")
            if $answer->{pages} && $answer->{page} != $page;

        push @title, map { $_->{title} } @{ $answer->{list} };

        return (\@title, $page)
            if !$answer->{pages} || $answer->{pages} <= $page;
    }
}


sub walk {
    my $cloud = shift;

    my ($nginx, $browser) = browser('');
    my @expected = map { sprintf 'entry %05d.txt', $_ } 0 .. 9999;

    entries($cloud, 10000);

    my ($title, $pages) = all($browser, list => $repository{$cloud},
                              p => '/Documents/');

    is_deeply($title, \@expected, "$cloud - 10,000 entries, each once");
    is($pages, 20, "$cloud - on 20 pages");
    is(calls($cloud), 1, "$cloud - the cloud was asked once");

    my $answer = $browser->picker(list => $repository{$cloud},
                                  p => '/Documents/', page => 7);

    is($answer->{path}[-1]{path}, '/Documents/', "$cloud - the same way");
    is($answer->{list}[0]{source}, '/Documents/entry 03000.txt',
       "$cloud - and source");

    # folders come first, on whatever page they are

    cloud($cloud => 'faults', undef, 'DELETE');
    $answer = $browser->picker(list => $repository{$cloud}, p => '/special/');
    ok(!exists $answer->{pages} && !exists $answer->{page},
       "$cloud - one page is none");

    $nginx->finish;
}


# what "page" may be

sub fields {
    my ($nginx, $browser) = browser('page_size 10;');

    entries(NC => 95);

    my $page = sub {
        my $answer = $browser->picker(list => 8, page => shift);
        return "$answer->{page}/$answer->{pages} "
               . scalar @{ $answer->{list} };
    };

    for my $first ('', '0', '1', '-1', '+2', ' 2', '2x', 'two', '1.5', '0x2',
                   '9' x 30, "\x00")
    {
        is($page->($first), '1/10 10', "'$first' is the first");
    }

    cloud(NC => log => undef, 'DELETE');

    is($page->('2'), '2/10 10', 'the second');
    is($page->('002'), '2/10 10', 'with zeros');
    is($page->('10'), '10/10 5', 'the last');
    is($page->('11'), '10/10 5', 'beyond the end');
    is($page->('9' x 18), '10/10 5', 'far beyond the end');
    is(calls('NC'), 0, 'the cloud was not asked for them');

    # a later page of what is not known

    $nginx->stop;
    $nginx->start;

    is($page->('3'), '3/10 10', 'the third, before the first');
    is($page->('4'), '4/10 10', 'and the next');
    is(calls('NC'), 1, 'the cloud was asked once');

    $nginx->stop;
    $nginx->start;

    is($page->('99'), '10/10 5', 'beyond the end of what is not known');

    for my $count (10, 11, 20, 21) {
        entries(NC => $count);

        my ($title, $pages) = all($browser, list => 8, p => "/$count/");

        is(scalar @$title, $count, "$count entries");
        is($pages, int(($count + 9) / 10), "$count entries, pages");
    }

    $nginx->finish;
}


# what has changed is seen by who opens the folder, not by who scrolls in it

sub changed {
    my ($nginx, $browser) = browser('page_size 10;');

    entries(NC => 30, 'old %05d.txt');
    is($browser->titles(list => 8)->[0], 'old 00000.txt', 'opened');

    entries(NC => 30, 'new %05d.txt');
    is($browser->titles(list => 8, page => 2)->[0], 'old 00010.txt',
       'changed, the second page is that of the first');
    is($browser->titles(list => 8, page => 3)->[9], 'old 00029.txt',
       'and the third');
    is(calls('NC'), 0, 'the cloud was not asked');

    is($browser->titles(list => 8)->[0], 'new 00000.txt', 'opened again');
    is($browser->titles(list => 8, page => 2)->[0], 'new 00010.txt',
       'and the second page of it');

    entries(NC => 5, 'few %05d.txt');
    is($browser->titles(list => 8)->[0], 'few 00000.txt', 'opened again');

    my $answer = $browser->picker(list => 8, page => 2);

    is($answer->{list}[0]{title}, 'few 00000.txt', 'there is no second page');

    # a folder that is gone has no pages

    entries(NC => 30);
    $browser->picker(list => 8, p => '/gone/');
    cloud(NC => 'faults', undef, 'DELETE');

    is($browser->picker(list => 8, p => '/gone/')->{errorcode},
       'cloudnotfound', 'a folder that is gone');
    is($browser->picker(list => 8, p => '/gone/', page => 2)->{errorcode},
       'cloudnotfound', 'and its second page');

    $nginx->finish;
}


# without memory every page is asked for, and is the right one

sub small_zone {
    my ($nginx, $browser) = browser('', zone => 'owncloud:64k');
    my @expected = map { sprintf 'entry %05d.txt', $_ } 0 .. 2999;

    entries(NC => 3000);

    my ($title, $pages) = all($browser, list => 8);

    is_deeply($title, \@expected, 'a small zone, each once');
    is(calls('NC'), $pages, 'a small zone, asked for every page');
    like($nginx->log, qr/\[notice\].*3000 entries from "nc" are not cached/,
         'a small zone, a word about it');

    # what was kept before is not shown any more

    entries(NC => 600, 'small %05d.txt');
    is($browser->picker(list => 8, p => '/x/')->{pages}, 2, 'it is kept');

    entries(NC => 3000, 'large %05d.txt');
    is($browser->picker(list => 8, p => '/x/')->{pages}, 6, 'this one is not');
    is($browser->titles(list => 8, p => '/x/', page => 2)->[0],
       'large 00500.txt', 'and the second page is not the old one');

    # many folders: others go first, and nobody is told

    for my $n (1 .. 20) {
        entries(NC => 600, "f$n %05d.txt");
        my ($title) = all($browser, list => 8, p => "/f$n/");
        is(scalar @$title, 600, "folder $n");
    }

    is($browser->titles(list => 8, p => '/f1/', page => 2)->[0],
       'f20 00500.txt', 'the first is forgotten, and asked for');

    $nginx->finish;
}


# "cache off": pages are kept, the first one is always asked for

sub not_kept {
    my ($nginx, $browser) = browser('cache off; cache_valid 5m;');

    entries(NC => 1200);

    my ($title, $pages) = all($browser, list => 8);

    is(scalar @$title, 1200, 'cache off - all');
    is(calls('NC'), 1, 'cache off - asked once');

    $browser->picker(list => 8, client_id => 'another');
    $browser->picker(list => 8, client_id => 'a third');
    is(calls('NC'), 3, 'cache off - the first page is asked for');

    # from many pages to one

    entries(NC => 3);
    $browser->picker(list => 8);
    is(scalar @{ $browser->picker(list => 8, page => 2)->{list} }, 3,
       'cache off - and the old ones are forgotten');

    $nginx->finish;
}


sub a_hundred_thousand {
    my ($nginx, $browser) = browser('page_size 5000;', zone => 'owncloud:32m',
                                    workers => 2);

    entries(OC => 100000, 'entry %d.txt');

    my ($title, $pages) = all($browser, list => 7);
    my %seen = map { $_ => 1 } @$title;

    is(scalar @$title, 100000, '100,000 entries');
    is(scalar keys %seen, 100000, '100,000 entries, each once');
    is_deeply($title, [sort @$title], '100,000 entries, in order');
    is($pages, 20, '100,000 entries, pages');
    is(calls('OC'), 1, '100,000 entries, asked once');

    entries(OC => 100001);
    is($browser->picker(list => 7)->{errorcode}, 'cloudtoobig',
       '100,001 are too many');

    $nginx->finish;
}


# a configuration that has changed

sub settings {
    my ($nginx, $browser) = browser('page_size 10;');

    entries(NC => 35);
    is($browser->picker(list => 8)->{pages}, 4, 'pages of 10');

    $nginx->configure(server => server($nginx, 'page_size 15;'));
    $nginx->reload;

    my $answer = $browser->picker(list => 8, page => 2);

    is($answer->{pages}, 3, 'after a reload, of 15');
    is($answer->{list}[0]{title}, 'entry 00015.txt', 'and the right entries');

    $nginx->configure(setting => { max_listing => 20 });
    $nginx->reload;

    is($browser->picker(list => 8, page => 2)->{errorcode}, 'cloudtoobig',
       'and not more than max_listing');

    $nginx->finish;
}
