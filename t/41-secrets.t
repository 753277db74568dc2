#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# No token, code, secret or key is ever in a log, an answer or a file: all
# that the clouds handed out is looked for in all that nginx left behind.

use v5.20;
use warnings;

use File::Find;
use JSON::PP;
use MIME::Base64;
use Test::More;

use lib 't/lib';
use Owncloud qw(standins cloud slurp);


sub run {
    my $level = shift;

    cloud($_ => 'reset', {}) for qw(NC OC);

    my $nginx = Owncloud->new(level => $level);
    $nginx->moodle('reset');

    my (@answers, @browsers);

    for my $repo (7, 8) {
        my $profile = $repo == 7 ? 'OC' : 'NC';
        my $browser = $nginx->browser;

        push @browsers, $browser;
        push @answers, $browser->raw(list => $repo);
        push @answers, $browser->sign_in($repo);
        push @answers, $browser->raw(list => $repo, p => '/Documents/');
        push @answers, $browser->raw(searchform => $repo);

        # the cloud fails, refuses the token, and is talked to in vain

        for my $fault ({ action => 'status', status => 500 },
                       { action => 'reset' },
                       { action => 'xml', kind => 'not_xml' },
                       { action => 'truncate' }) {
            cloud($profile => 'faults', { match => '^PROPFIND', %$fault });
            push @answers, $browser->raw(list => $repo);
        }

        push @answers, $browser->raw(logout => $repo) if $repo == 8;

        # a code that is refused, and one that gets no answer

        for my $fault ({ action => 'status', status => 400, body => 'json',
                         json => { error => 'invalid_grant' } },
                       { action => 'reset' }) {
            my $other = $nginx->browser;
            cloud($profile => 'faults', { match => 'api/v1/token', %$fault });
            push @answers, $other->sign_in($repo);
            cloud($profile => 'faults', undef, 'DELETE');
        }

        cloud($profile => 'revoke', {});
        push @answers, $browser->raw(list => $repo);
    }

    $nginx->stop;

    my %canary;

    for my $profile (qw(NC OC)) {
        my $handed_out = encode_json(cloud($profile => 'tokens'));
        $canary{$_} = "of $profile" for $handed_out =~ /"(\w{40,})"/g;
    }

    my $env = standins();

    for my $profile (qw(NC OC)) {
        my $id = $env->{"CLOUD_${profile}_CLIENT_ID"};
        my $secret = $env->{"CLOUD_${profile}_CLIENT_SECRET"};

        delete $canary{$id};
        $canary{$secret} = "client secret of $profile";
        $canary{encode_base64("$id:$secret", '')} = "credentials of $profile";
    }

    $canary{'k' x 16} = 'the seal key';
    $canary{'StandInRepositorySecretKey000000'} = 'the repository secret key';

    return ($nginx, \%canary, \@answers);
}


sub found {
    my ($text, $canary) = @_;

    return map { "$_ ($canary->{$_})" }
           grep { index($text, $_) >= 0 } sort keys %$canary;
}


for my $level ('info', 'debug') {

    my ($nginx, $canary, $answers) = run($level);

    cmp_ok(scalar(keys %$canary), '>=', 14, "$level: there is what to look for");

    # the line and the headers of a client's request are nginx's own to log;
    # a code is in the line with which a browser comes back

    my $log = $nginx->log;

    if ($level eq 'debug') {
        $log =~ s/^.*\[debug\].*http (?:request line|uri|args|header): .*\n//gm;
        cmp_ok(length $log, '>', 50_000, 'debug: the log is one');
    }

    is(join(' ', found($log, $canary)), '', "$level: the error log");
    is(join(' ', found($nginx->access_log, $canary)), '',
       "$level: the access log");
    is(join(' ', found(slurp("$nginx->{dir}/stderr"), $canary)), '',
       "$level: stderr");

    my $told = join "\n", map { $_->{body}, encode_json($_->{headers}) }
                          @$answers;
    is(join(' ', found($told, $canary)), '', "$level: the answers");

    my @files;

    find(sub {
        return if !-f || /^(?:seal\.key|\w+\.secret|moodle\.key
                              |error\.log|access\.log)$/x;
        push @files, map { "$File::Find::name: $_" } found(slurp($_), $canary);
    }, $nginx->{dir});

    is("@files", '', "$level: files");

    # the sessions themselves are only in the browser

    if ($level eq 'info') {
        unlike($nginx->log . $nginx->access_log, qr/owncloud_(?:oc|nc)/,
               'info: no session cookie in a log');
    }

    is($nginx->alerts, '', "$level: nothing alarming in the log");
}


# what the configuration says of itself

{
    my $nginx = Owncloud->new(no_start => 1);
    my $env = standins();

    my ($status, $dump) = $nginx->check('-T');

    like($dump, qr/client_secret/, 'nginx -T shows the configuration');
    unlike($dump, qr/\Q$env->{CLOUD_OC_CLIENT_SECRET}\E|kkkkkkkk|
                     StandInRepositorySecretKey/x, 'and no secret');
}

cloud($_ => 'reset', {}) for qw(NC OC);

done_testing;
