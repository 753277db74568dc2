#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Listings that are kept: for whom, for how long, and what the cloud is asked
# before they are shown again.

use v5.20;
use warnings;

use Test::More;

use Owncloud qw(cloud fresh);
use Owncloud::Clock;

my %repository = (NC => 8, OC => 7);
my %dav = (NC => '/remote.php/webdav/', OC => '/oc/remote.php/webdav/');

# so many that an ETag is asked for, and less than a page

my $large = 300;

my $picker = 0;

cloud($_ => 'reset', {}) for sort keys %repository;
cloud($_ => 'many', { user => 'alice', folder => 'large', count => $large })
    for sort keys %repository;

small($_) for sort keys %repository;
large($_) for sort keys %repository;
answers_to_the_question();
no_etag();
expired();
whose();
pickers();
off();
pages();
reloads();
gone();

cloud($_ => 'reset', { data => JSON::PP::true }) for sort keys %repository;
fresh();
done_testing;


sub nginx {
    my ($settings, %option) = @_;

    my $nginx = Owncloud->new(no_start => 1, %option);

    $nginx->configure(server => server($nginx, $settings));

    return $nginx->start;
}


sub server {
    my ($nginx, $settings) = @_;

    return "add_header  X-Cache  \$owncloud_cache;\n"
           . join '', map { <<"EOT" } sort keys %repository;
        owncloud_repository $repository{$_} {
            issuer      \L$_\E;
            secret_key  $nginx->{dir}/moodle.key;
            timezone    UTC;
            $settings
        }
EOT
}


sub browser {
    my ($nginx, %option) = @_;

    my $user = delete $option{user};
    my $browser = $nginx->browser(%option);

    $browser->sign_in($_, $user ? (user => $user) : ()) for 7, 8;

    return $browser;
}


# what the variable says, and what the cloud was asked: "MISS 1"

sub cache {
    my ($browser, $cloud, $folder, %field) = @_;

    my $answer = full($browser, $cloud, $folder, %field);

    return join ' ', $answer->{headers}{'x-cache'} // '-',
                     map { my %h = map { lc $_->[0] => $_->[1] }
                                       @{ $_->{headers} }; $h{depth} // '?' }
                     grep { $_->{method} eq 'PROPFIND' }
                     @{ cloud($cloud => 'log') };
}


sub full {
    my ($browser, $cloud, $folder, %field) = @_;

    cloud($cloud => log => undef, 'DELETE');

    return $browser->raw(list => $repository{$cloud}, p => $folder,
                         client_id => 'picker' . ++$picker, %field);
}


sub body { return full(@_)->{body} }


sub put {
    my ($cloud, $path, @method) = @_;

    cloud($cloud => 'file', { user => 'alice', path => $path,
                              @method ? () : (content => 'new') }, @method);
}


# a folder that it does not pay to ask about

sub small {
    my $cloud = shift;

    my $nginx = nginx('cache_valid 5m;');
    my $browser = browser($nginx);

    is(cache($browser, $cloud, '/Documents/'), 'MISS 1', "$cloud - a miss");
    is(cache($browser, $cloud, '/Documents/'), 'HIT', "$cloud - a hit");
    is(cache($browser, $cloud, '/Documents'), 'HIT', "$cloud - same folder");
    is(cache($browser, $cloud, '/'), 'MISS 1', "$cloud - another folder");

    my @same = (client_id => 'x');
    my $miss = body($browser, $cloud, '/special/', @same);

    is(body($browser, $cloud, '/special/'), $miss,
       "$cloud - from entries: the same bytes");
    is(body($browser, $cloud, '/special/'), $miss,
       "$cloud - from a text: the same bytes");
    is(cache($browser, $cloud, '/special/'), 'HIT', "$cloud - those are hits");

    is(cache($browser, $cloud, '/ten/', @same), 'MISS 1', "$cloud - opened");

    for my $again (1 .. 3) {
        is(cache($browser, $cloud, '/ten/', @same), 'MISS 1',
           "$cloud - the refresh button asks, $again");
    }

    is(cache($browser, $cloud, '/ten/', client_id => $_), 'HIT',
       "$cloud - another picker, $_") for 1 .. 7;
    is(cache($browser, $cloud, '/ten/', client_id => $_), 'MISS 1',
       "$cloud - one of too many, $_") for 8;
    is(cache($browser, $cloud, '/ten/', client_id => $_), 'HIT',
       "$cloud - another one, $_") for 1 .. 3;
    is(cache($browser, $cloud, '/ten/', client_id => $_), 'MISS 1',
       "$cloud - refreshed by the first of them") for 1;
    is(cache($browser, $cloud, '/ten/', @same), 'HIT', "$cloud - and again");

    put($cloud, '/ten/new.txt');
    is(cache($browser, $cloud, '/ten/'), 'HIT', "$cloud - for a while");
    unlike(body($browser, $cloud, '/ten/'), qr/"new\.txt"/,
           "$cloud - the old one");
    like(body($browser, $cloud, '/ten/', @same), qr/"new\.txt"/,
         "$cloud - refreshed: the new one");
    like(body($browser, $cloud, '/ten/'), qr/"new\.txt"/,
         "$cloud - for all of this user's pickers");
    put($cloud, '/ten/new.txt', 'DELETE');

    is(cache($browser, $cloud, '/Documents/', client_id => ''), 'HIT',
       "$cloud - a picker without a name");
    is(cache($browser, $cloud, '/Documents/', client_id => ''), 'HIT',
       "$cloud - is always another");

    # all of this is about listings that are good

    cloud($cloud => 'faults', { match => '^PROPFIND', action => 'status',
                                status => 500, body => 'html' });
    is(cache($browser, $cloud, '/ten/', @same), 'MISS 1',
       "$cloud - an error is an error");

    $nginx->finish;

    # nothing without being asked

    $nginx = nginx('cache_valid 0;');
    $browser = browser($nginx);

    is(cache($browser, $cloud, '/ten/'), 'MISS 1', "$cloud - valid for 0");
    is(cache($browser, $cloud, '/ten/'), 'MISS 1', "$cloud - is not valid");
    $nginx->finish;
}


# one whose ETag tells whether it has changed

sub large {
    my $cloud = shift;

    my $nginx = nginx('cache_valid 0;');
    my $browser = browser($nginx);
    my @folder = ($browser, $cloud, '/large/');

    is(cache(@folder), 'MISS 1', "$cloud - large");

    my $listing = body(@folder);

    is(cache(@folder), 'REVALIDATED 0', "$cloud - unchanged");
    is(body(@folder), $listing, "$cloud - the same bytes");

    put($cloud, '/ten/elsewhere.txt');
    is(cache(@folder), 'REVALIDATED 0', "$cloud - changed elsewhere");
    put($cloud, '/ten/elsewhere.txt', 'DELETE');

    put($cloud, '/large/zzz.txt');

    my $answer = full(@folder);

    is($answer->{headers}{'x-cache'}, 'MISS', "$cloud - changed");
    like($answer->{body}, qr/"zzz\.txt"/, "$cloud - and what is new");
    is(cache(@folder), 'REVALIDATED 0', "$cloud - unchanged since");

    put($cloud, '/large/zzz.txt', 'DELETE');
    is(cache(@folder), 'MISS 0 1', "$cloud - changed: first one, then all");
    is(body(@folder), $listing, "$cloud - as in the beginning");
    $nginx->finish;

    # the refresh button, while it is valid

    $nginx = nginx('cache_valid 5m;');
    $browser = browser($nginx);
    @folder = ($browser, $cloud, '/large/', client_id => 'one');

    is(cache(@folder), 'MISS 1', "$cloud - valid for a while");
    is(cache(@folder), 'REVALIDATED 0', "$cloud - refreshed");
    is(cache($browser, $cloud, '/large/'), 'HIT', "$cloud - not refreshed");
    $nginx->finish;
}


# what a cloud may say when it is asked for the ETag

sub answers_to_the_question {
    my $nginx = nginx('cache_valid 0;');
    my $browser = browser($nginx);
    my @folder = ($browser, NC => '/large/');
    my $listing = body(@folder);

    my $ask = sub {
        cloud(NC => 'faults', undef, 'DELETE');
        cloud(NC => 'faults', { match => '^PROPFIND', @_ });
        return cache(@folder);
    };

    my %odd = (
        'no XML'        => [action => 'xml', kind => 'not_xml'],
        'a page'        => [action => 'xml', kind => 'html'],
        'another root'  => [action => 'xml', kind => 'other_root'],
        'an entity'     => [action => 'xml', kind => 'dtd'],
        'nothing'       => [action => 'xml', kind => 'empty'],
        'cut'           => [action => 'cut'],
        'other entries' => [action => 'entries', count => 3],
        'very many'     => [action => 'entries', count => 5000],
        '200'           => [action => 'status', status => 200,
                            body => 'html'],
        'no etag'       => [action => 'replace', from => 'd:getetag',
                            to => 'd:getdate'],
        'an empty etag' => [action => 'replace', from => '&quot;', to => ''],
    );

    for my $what (sort keys %odd) {
        is($ask->(@{ $odd{$what} }), 'MISS 0 1', "NC - $what");
        is(body(@folder), $listing, "NC - $what, and then all is well");
    }

    my %error = (
        cloudmaintenance => [action => 'status', status => 503,
                             body => 'dav'],
        clouderror       => [action => 'status', status => 500,
                             body => 'html'],
        cloudbroken      => [action => 'truncate'],
        cloudforbidden   => [action => 'status', status => 403,
                             body => 'dav'],
    );

    for my $code (sort keys %error) {
        cloud(NC => 'faults', undef, 'DELETE');
        cloud(NC => 'faults', { match => '^PROPFIND', times => -1,
                                @{ $error{$code} } });

        like(body(@folder), qr/"errorcode":"$code"/,
             "NC - $code, and no old listing");

        cloud(NC => 'faults', undef, 'DELETE');
    }

    $nginx->stop;
    $nginx->start;

    is(body(@folder), $listing, 'NC - and it is back');
    cloud(NC => 'expire', {});
    is(cache(@folder), 'REVALIDATED 0 0', 'NC - a 401: new tokens, unchanged');

    $nginx->finish;
}


sub no_etag {
    my $nginx = nginx('cache_valid 0;');
    my $browser = browser($nginx);

    my %without = (
        'no etag'     => { action => 'replace', from => 'd:getetag',
                           to => 'd:getdate' },
        'a long etag' => { action => 'replace', from => '<d:getetag>&quot;',
                           to => '<d:getetag>&quot;' . 'x' x 300 },
    );

    for my $what (sort keys %without) {
        cloud(NC => 'faults', { match => '^PROPFIND', times => -1,
                                %{ $without{$what} } });

        is(cache($browser, NC => '/large/'), 'MISS 1', "$what - a miss");
        is(cache($browser, NC => '/large/'), 'MISS 1', "$what - all again");

        cloud(NC => 'faults', undef, 'DELETE');
    }

    $nginx->finish;
}


# a listing is forgotten in time, whatever it is asked for

sub expired {
    my $clock = Owncloud::Clock->new;
    my $nginx = nginx('cache_valid 15m; page_size 10;', clock => $clock);
    my $browser = browser($nginx);
    my @folder = ($browser, NC => '/large/');

    is(cache(@folder), 'MISS 1', 'a clock - a miss');
    is(cache(@folder, page => 2), 'HIT', 'a clock - a page');
    $clock->set(880);
    is(cache(@folder, page => 3), 'HIT', 'a clock - still there');
    is(cache(@folder), 'HIT', 'a clock - the first, too');
    $clock->set(1000);
    is(cache(@folder, page => 2), 'MISS 1', 'a clock - forgotten');
    $nginx->finish;
}


# nobody gets what is somebody else's

sub whose {
    my $nginx = nginx('cache_valid 5m;', workers => 2);
    my $alice = browser($nginx);

    put($_ => '/only-alice.txt') for sort keys %repository;

    for my $cloud (sort keys %repository) {
        like(body($alice, $cloud, '/'), qr/only-alice/, "$cloud - alice");
        is(cache($alice, $cloud, '/'), 'HIT', "$cloud - alice, a hit");
    }

    my %other = (
        'bob'                  => [user => 'bob', sesskey => 'Studentaaa',
                                   session => 'studentaaaaaaaaaaaaaaaaaaa',
                                   ctx => 17],
        'bob at her browser'   => [user => 'bob'],
    );

    for my $who (sort keys %other) {
        my $browser = browser($nginx, @{ $other{$who} });

        for my $cloud (sort keys %repository) {
            my $answer = full($browser, $cloud, '/');

            is($answer->{headers}{'x-cache'}, 'MISS', "$cloud - $who, a miss");
            unlike($answer->{body}, qr/only-alice/, "$cloud - $who, his own");
            like($answer->{body}, qr/"bob\.txt"/, "$cloud - $who, his files");
        }
    }

    my $second = browser($nginx);

    is(cache($second, NC => '/'), 'MISS 1', 'another sign-in of the same user');

    # after a logout there is nothing, and after a sign-in, too

    $alice->picker(logout => 8);
    like(body($alice, NC => '/'), qr/"login"/, 'logged out: no listing');
    $alice->sign_in(8);
    is(cache($alice, NC => '/'), 'MISS 1', 'signed in again');

    put($_ => '/only-alice.txt', 'DELETE') for sort keys %repository;
    $nginx->finish;
}


# texts are made for one session of Moodle, and one address of it

sub pickers {
    my $nginx = nginx('cache_valid 5m; authorize off;');
    my $browser = browser($nginx);

    my $first = body($browser, NC => '/');

    is(body($browser, NC => '/'), $first, 'entries');
    is(body($browser, NC => '/'), $first, 'text');

    my $other = full($browser, NC => '/', sesskey => 'Anotherkey');

    is($other->{headers}{'x-cache'}, 'HIT', 'another session key');
    isnt($other->{body}, $first, 'has keys of its own');
    like($other->{body}, qr/"notes\.txt"/, 'and the same files');

    $nginx->finish;
}


sub off {
    my $nginx = nginx('cache off; cache_valid 5m;');
    my $browser = browser($nginx);

    is(cache($browser, NC => '/'), 'MISS 1', 'off - a miss') for 1 .. 2;
    is(cache($browser, NC => '/large/'), 'MISS 1', 'off - large')
        for 1 .. 2;

    $nginx->finish;
}


sub pages {
    my $nginx = nginx('cache_valid 5m; page_size 100;');
    my $browser = browser($nginx);
    my @folder = ($browser, NC => '/large/');

    is(cache(@folder), 'MISS 1', 'pages - a miss');

    my %page;

    for my $page (1 .. 3) {
        is(cache(@folder, page => $page), 'HIT', "pages - $page");
        $page{$page} = body(@folder, page => $page);
        is(body(@folder, page => $page), $page{$page}, "pages - $page, again");
    }

    isnt($page{1}, $page{2}, 'pages - they differ');

    is(cache(@folder, client_id => 'p'), 'HIT', 'pages - a picker');
    is(cache(@folder, client_id => 'p', page => 2), 'HIT', 'pages - scrolls');
    is(cache(@folder, client_id => 'p', page => 2), 'HIT', 'pages - twice');
    is(cache(@folder, client_id => 'p'), 'REVALIDATED 0', 'pages - refreshes');
    is(cache(@folder, client_id => 'p', page => 2), 'HIT', 'pages - scrolls');

    $nginx->finish;
}


sub reloads {
    my $nginx = nginx('cache_valid 5m;');
    my $browser = browser($nginx);
    my @folder = ($browser, NC => '/Documents/');

    is(cache(@folder), 'MISS 1', 'reload - a miss');

    my $before = body(@folder);

    is(body(@folder), $before, 'reload - a text');

    $nginx->reload;
    is(cache(@folder), 'HIT', 'reload - a hit');
    is(body(@folder), $before, 'reload - the same');

    # what is made of entries is made anew

    $nginx->configure(server => server($nginx,
                                       'cache_valid 5m; icons /elsewhere/;'));
    $nginx->reload;

    my $answer = full(@folder);

    is($answer->{headers}{'x-cache'}, 'HIT', 'reload - other icons, a hit');
    like($answer->{body}, qr{/elsewhere/folder}, 'reload - other icons');

    $nginx->configure(server => server($nginx, 'cache_valid 5m;'
                                               . ' page_size 10;'));
    $nginx->reload;
    is(cache(@folder), 'MISS 1', 'reload - another size of pages');

    $nginx->finish;
}


# a folder that is not there, or not to be read, any more

sub gone {
    my $nginx = nginx('cache_valid 5m;');
    my $browser = browser($nginx);

    my %folder = (403 => '/ten/', 404 => '/special/');

    for my $status (sort keys %folder) {
        my @folder = ($browser, NC => $folder{$status});

        is(cache(@folder, client_id => $status), 'MISS 1', "$status - before");
        is(cache(@folder), 'HIT', "$status - a hit");

        cloud(NC => 'faults', { match => '^PROPFIND', times => 2,
                                action => 'status', status => $status,
                                body => 'dav' });

        like(body(@folder, client_id => 'again'),
             qr/"list"/, "$status - not asked");
        like(body(@folder, client_id => 'again'), qr/"errorcode"/,
             "$status - asked");
        like(body(@folder), qr/"errorcode"/, "$status - and forgotten");
        is(cache(@folder), 'MISS 1', "$status - back");
        cloud(NC => 'faults', undef, 'DELETE');
    }

    $nginx->finish;
}
