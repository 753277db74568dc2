#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# What may go wrong while an access controlled link is made: it is told, all
# that was made is undone, and where that fails the next attempt makes use of
# it.

use v5.20;
use warnings;

use JSON::PP;
use Test::More;

use Owncloud qw(cloud clouds requests);
use Owncloud::Controlled qw(controlled_nginx controlled_browser choose fields
                            site holds copies made refused asked no_log fault
                            $account %repository %below);

my %code = (403 => 'cloudforbidden', 404 => 'cloudnotfound',
            423 => 'cloudlocked', 500 => 'clouderror',
            503 => 'cloudmaintenance', 507 => 'cloudquota',
            page => 'cloudinvalid', reset => 'cloudbroken',
            late => 'cloudtimeout', lost => 'cloudbroken');

# what the API of shares says is a refusal whatever it calls it; of an answer
# without a body that is "lost" there is not even its status

my %ocs = (404 => 'cloudforbidden');
my %dav = (507 => 'accountquota', page => 'cloudunexpected');

my @steps = (
    [list    => '^GET .*shares',     { %code, %ocs }],
    [share   => '^POST .*shares\?',  { %code, %ocs, lost => undef }],
    [find    => '^PROPFIND',         { %code, %dav, 507 => 'cloudquota' }],
    [site    => '^MKCOL .*Moodle%20127\.0\.0\.1_\d+$', { %code, %dav }],
    [context => '^MKCOL .*_\d+/17$', { %code, %dav }],
    [folder  => '^MKCOL .*/17/\d+-', { %code, %dav, lost => 'clouderror' }],
    [copy    => '^COPY',             { %code, %dav, lost => 'clouderror' }],
);

# what Moodle says when it refuses

my $no = '{"error":"No.","errorcode":"no"}';

my $nginx = controlled_nginx(setting => { read_timeout => '1s' });

each_step();
not_unshared();
not_undone();
full();
moodle_refuses();
moodle_unclear();
moodle_broken();

$nginx->finish;

cloud($_ => 'reset', { data => JSON::PP::true }) for qw(NC OC);
done_testing();


# the rule for a fault of this kind

sub rule {
    my ($match, $kind) = @_;

    my %rule = (
        page  => { action => 'status', status => 200, body => 'html' },
        reset => { action => 'reset' },
        late  => { delay => 2, action => 'close' },
        lost  => { action => 'truncate_chunked' },
    );

    return { match => $match, times => -1,
             %{ $rule{$kind} // { action => 'status', status => $kind,
                body => $match =~ /shares/ ? 'ocs' : 'dav' } } };
}


# folders that are known are not made, and a cloud that said 503 is left alone

sub forget {
    my $name = shift;

    $nginx->restart if $name =~ /\b(?:site|context|503)$/;
}


sub each_step {
    my $browser = controlled_browser($nginx);

    for my $cloud (clouds()) {
        for my $step (@steps) {
            my ($where, $match, $code) = @$step;

            for my $kind (sort keys %$code) {
                my $name = "$cloud $where $kind";

                forget("$cloud $where");
                forget($name);
                no_log();
                fault($cloud, rule($match, $kind));

                if (!defined $code->{$kind}) {
                    made($nginx, $browser, $cloud, '/report.pdf',
                         "$name, found again");

                } else {
                    refused($browser, $cloud, '/report.pdf', $name,
                            $code->{$kind}, qr/^.*(?:Nextcloud|ownCloud).*\./);
                }

                cmp_ok(scalar(grep { $_ =~ $match } requests($cloud)), '>', 0,
                       "$name: it was asked");
                fault($cloud);
                forget($name);
            }
        }

        like($nginx->log, qr/\[error\] [^\n]*"\L$cloud\E"/,
             "$cloud: told in the log");
        made($nginx, $browser, $cloud, '/report.pdf', "$cloud afterwards");
    }
}


# the copy is there and the share cannot be removed by who made it

sub not_unshared {
    my $browser = controlled_browser($nginx);

    for my $cloud (clouds()) {
        for my $kind (sort keys %code) {
            my $name = "$cloud unshare $kind";
            my $before = holds($cloud, 'alice', $account);

            no_log();
            fault($cloud, rule('^DELETE .*shares', $kind));

            is(choose($browser, $cloud, '/alice.txt')->{file}, 'alice.txt',
               "$name: stored");

            my $after = holds($cloud, 'alice', $account);
            my ($share) = @{ $after->{alice}{shares} };

            # 404: it may be gone; then so it is believed

            if ($kind ne '404') {
                like((asked($cloud))[-1], qr{^account DELETE /alice\.txt$},
                     "$name: the account does not want it");
                like($nginx->log, qr/\[error\] [^\n]*did not delete a share/,
                     "$name: told in the log");
                ok(!$share || $share->{hidden}, "$name: it has not got it");
            }

            fault($cloud);
            $nginx->restart if $kind eq '503';

            # what is left, ownCloud's note of a refused share, goes next time

            made_after($browser, $cloud, $before, $name);
        }
    }
}


sub made_after {
    my ($browser, $cloud, $before, $name) = @_;

    is(choose($browser, $cloud, '/alice.txt')->{file}, 'alice.txt',
       "$name: the next one");

    my $after = holds($cloud, 'alice', $account);

    is(scalar copies($before->{$account}, $after->{$account}, $name), 2,
       "$name: two copies");
    is_deeply($after->{alice}, $before->{alice},
              "$name: and nothing shared any more");
}


# neither folder nor share can be removed; the same request again

sub not_undone {
    my $browser = controlled_browser($nginx);

    for my $cloud (clouds()) {
        for my $step (@steps[2 .. 6]) {
            my ($where, $match) = @$step;
            my $name = "$cloud $where, not undone";
            my %field = fields($browser, '/report.pdf');
            my $seen = length $nginx->log;
            my $kind = $where eq 'copy' ? 'lost' : 500;

            forget("$cloud $where");

            my $before = holds($cloud, 'alice', $account);

            fault($cloud, rule($match, $kind), rule('^DELETE', 500));
            is(choose($browser, $cloud, '/report.pdf', %field)->{errorcode},
               $step->[2]{$kind}, "$name: told");
            like(substr($nginx->log, $seen),
                 qr/\[error\] [^\n]*did not delete a share with the system/,
                 "$name: the share is told in the log");
            like(substr($nginx->log, $seen), qr/\[error\] [^\n]*"\/Moodle[^\n]*
                                                \ not\ deleted:\ status\ 500/x,
                 "$name: and the folder") if $where =~ /folder|copy/;

            fault($cloud);
            no_log();
            is(choose($browser, $cloud, '/report.pdf', %field)->{file},
               'report.pdf', "$name: again");
            is(scalar(grep { /POST/ } asked($cloud)), 0,
               "$name: the share was used");

            my $after = holds($cloud, 'alice', $account);

            is(scalar copies($before->{$account}, $after->{$account}, $name),
               1, "$name: one copy");
            is(scalar folders($after), 1 + scalar folders($before),
               "$name: one folder");
            is_deeply($after->{alice}, $before->{alice},
                      "$name: nothing shared");
        }
    }
}


# those of single links

sub folders {
    return grep { m{^/Moodle [^/]+/\d+/.} } @{ $_[0]{$account}{folders} };
}


# no space for the account

sub full {
    my $browser = controlled_browser($nginx);

    for my $cloud (clouds()) {
        for my $free (10, 0) {
            my $seen = length $nginx->log;

            $nginx->restart;
            cloud($cloud => 'settings', { quota => { $account => $free } });
            refused($browser, $cloud, '/report.pdf', "$cloud $free bytes",
                    'accountquota', qr/system account at .* has no space/);
            like(substr($nginx->log, $seen),
                 qr/\[error\] [^\n]*"\L$cloud\E" has no space left/,
                 "$cloud $free bytes: told in the log");
        }

        cloud($cloud => 'settings', { quota => {} });
    }
}


# nobody has the link: the copy is removed

sub moodle_refuses {
    my $browser = controlled_browser($nginx);

    my @cases = (
        [{ type => 'garbage', value => $no }, 'no', qr/^No\.$/],
        [{ type => 'garbage', value => '{"error":"Your session has most '
                                       . 'likely timed out."}' },
         undef, qr/^Your session/],
    );

    for my $cloud (clouds()) {
        for my $case (@cases) {
            my ($fault, $code, $text) = @$case;
            my $name = join ' ', "$cloud Moodle", sort values %$fault;

            $nginx->moodle('fault', match => 'action=download', %$fault);
            no_log();
            refused($browser, $cloud, '/report.pdf', $name, $code, $text);
            like((asked($cloud))[-1], qr{^account DELETE /Moodle.*/17/\d+-\w+$},
                 "$name: the folder is removed");

            # and if that is not to be

            my %field = fields($browser, '/report.pdf');
            my $before = holds($cloud, 'alice', $account);

            $nginx->moodle('fault', match => 'action=download', %$fault);
            fault($cloud, rule('^DELETE .*Moodle', 500));
            is(choose($browser, $cloud, '/report.pdf', %field)->{errorcode},
               $code, "$name: told");
            fault($cloud);
            is(choose($browser, $cloud, '/report.pdf', %field)->{file},
               'report.pdf', "$name: again");

            my $after = holds($cloud, 'alice', $account);

            is(scalar copies($before->{$account}, $after->{$account}, $name),
               1, "$name: one copy");
            is(scalar folders($after), 1 + scalar folders($before),
               "$name: one folder");
        }
    }
}


# somebody may have the link: the copy stays, and the same request again gets
# the same one, whatever happens until then

sub moodle_unclear {
    my $browser = controlled_browser($nginx);

    for my $cloud (clouds()) {
        for my $fault ({ type => 'die' }, { type => 'status', value => 504 },
                       { type => 'kill' })
        {
            my $name = join ' ', "$cloud Moodle", sort values %$fault;
            my %field = fields($browser, '/report.pdf');
            my $before = holds($cloud, 'alice', $account);

            $nginx->moodle('fault', match => 'action=download', %$fault);
            is(choose($browser, $cloud, '/report.pdf', %field)->{errorcode},
               'moodleunclear', "$name: told");

            my $after = holds($cloud, 'alice', $account);

            is(scalar copies($before->{$account}, $after->{$account}, $name),
               1, "$name: the copy stays");
            is_deeply($after->{alice}, $before->{alice},
                      "$name: nothing is shared");

            fault($cloud, rule('^GET .*shares', 500));
            is(choose($browser, $cloud, '/report.pdf', %field)->{errorcode},
               'clouderror', "$name: the cloud fails");
            fault($cloud);

            $nginx->moodle('fault', match => 'action=download',
                           type => 'garbage', value => $no);
            is(choose($browser, $cloud, '/report.pdf', %field)->{errorcode},
               'no', "$name: Moodle refuses");

            no_log();

            my $answer = choose($browser, $cloud, '/report.pdf', %field);

            is($answer->{file} // $answer->{newfile}{filename} // 'none',
               $fault->{type} eq 'kill' ? 'report (1).pdf' : 'report.pdf',
               "$name: again");
            is_deeply([asked($cloud)], ['user GET /shares?format=json&path='
                                        . '%2Freport.pdf&reshares=true'],
                      "$name: the same copy");
            is_deeply(holds($cloud, 'alice', $account), $after,
                      "$name: which is all there is");

            # from now on it is another one

            $nginx->moodle('reset');
            is(choose($browser, $cloud, '/report.pdf', %field)->{file},
               'report.pdf', "$name: once more");
            is(scalar folders(holds($cloud, $account)),
               1 + scalar folders($after), "$name: another copy");
        }
    }
}


# no answer but a clear refusal takes the copy away: Moodle may have stored the
# link before it came to grief

sub moodle_broken {
    my $browser = controlled_browser($nginx);
    my $item = 7000;

    my @cases = (
        (map { { type => $_ } } qw(fatal kill empty garbage login)),
        { type => 'long', value => 300_000 },
        (map { { type => 'status', value => $_ } } 403, 500, 502, 503),
        (map { { type => 'garbage', value => $_ } }
             '{"error":"Exception - x","errorcode":"generalexceptionmessage"}',
             '{"error":"x","errorcode":"dmltransactionexception"}',
             '{"error":"x","errorcode":"codingerror"}', '{"e":"Error"}'),
    );

    for my $fault (@cases) {
        my $name = join ' ', 'NC Moodle', map { $fault->{$_} // () }
                                              qw(type value);
        my $before = holds('NC', 'alice', $account);

        $nginx->moodle('fault', match => 'action=download', %$fault);
        no_log();

        my $answer = choose($browser, 'NC', '/report.pdf', itemid => ++$item);

        is($answer->{errorcode}, 'moodleunclear', "$name: told")
            or diag(explain($answer));
        like($answer->{error}, qr/^It is unclear whether/, "$name: text");
        is_deeply([grep { /DELETE \/Moodle/ } asked('NC')], [],
                  "$name: nothing is removed");

        my @copy = copies($before->{$account},
                          holds('NC', 'alice', $account)->{$account}, $name);

        is(scalar @copy, 1, "$name: the copy stays");
    }

    # "fatal", "kill" and "long" had stored it: Moodle has these links

    my $drafts = $nginx->moodle('drafts')->{teacher1};
    my @stored = grep { ($drafts->{$_}[0]{reference} // '')
                        =~ m{owncloud\\?/link} } 7001 .. $item;

    is_deeply(\@stored, [7001, 7002, 7006], 'Moodle has the links of three');
}
