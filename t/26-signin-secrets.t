#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# No code, token or secret shows up where it does not belong: in the logs, in
# what the browser is told, in what Moodle is told.

use v5.20;
use warnings;

use JSON::PP;
use MIME::Base64;
use Test::More;

use Owncloud qw(standins cloud requests fresh slurp);

my $env = standins();

my $http = <<'EOT';
    log_format  everything  '$remote_addr [$time_local] "$request" $status '
                            '"$http_referer" $request_uri $uri $args '
                            '$arg_state "$upstream_addr" $query_string';
    access_log  LOG  everything;
EOT

my @secrets = map { ($_, encode_base64($_, ''), Owncloud::HTTP::escape($_)) }
              map { $env->{"CLOUD_${_}_CLIENT_SECRET"} } qw(OC NC);

my @basic = map {
    encode_base64(join(':', @{$env}{"CLOUD_${_}_CLIENT_ID",
                                    "CLOUD_${_}_CLIENT_SECRET"}), '')
} qw(OC NC);


# every string of a length that cannot be there by chance

sub canaries {
    my ($value, @found) = @_;

    return map { canaries($_) } @$value if ref $value eq 'ARRAY';
    return map { canaries($_) } values %$value if ref $value eq 'HASH';
    return defined $value && length $value >= 32 ? ($value) : ();
}


sub handed_out {
    return grep { !/StandIn(?:Moodle|Other)ClientId/ && !/^https?:/ }
           map { canaries(cloud($_ => 'tokens')) } qw(OC NC);
}


sub found {
    my ($text, @canary) = @_;

    return grep { index($text, $_) >= 0 } @canary;
}


# signs in, lists, logs out, and fails in several ways; what the browser got

sub everything {
    my $nginx = shift;

    my $seen = '';
    my $note = sub {
        my $answer = shift;
        $seen .= JSON::PP->new->encode([$answer->{headers}, $answer->{body}]);
    };

    for my $repo (7, 8) {
        for my $http (undef, Owncloud::HTTP::curl('--http2')) {
            my $browser = $nginx->browser(http => $http, url =>
                              $http ? $nginx->tls_url : $nginx->url);
            my $back = $browser->consent($browser->login_url($repo));

            $note->($browser->return_to($back));
            $note->($browser->return_to($back));
            $note->($browser->raw(list => $repo));
            $note->($browser->raw(list => $repo, p => '/no such/'));
            $note->($browser->raw(logout => $repo));
        }
    }

    for my $fault ({ action => 'status', status => 500 },
                   { action => 'truncate' }, { action => 'gzip' },
                   { action => 'reset' },
                   { action => 'replace', from => '"access_token":"',
                     to => '"access_token":"a\n' })
    {
        my $browser = $nginx->browser;
        my $back = $browser->consent($browser->login_url(7));

        cloud(OC => 'faults', { match => '/token', %$fault });
        $note->($browser->return_to($back));
    }

    # a code whose name is written in another way is one

    my $browser = $nginx->browser;
    my $back = $browser->consent($browser->login_url(7));
    my $answer = $browser->return_to($back =~ s/code=/c%6fd%65=/r);

    like($answer->{body}, qr/Signed in/, 'signed in by "c%6fd%65"');
    $note->($answer);

    # a code for a state that is not ours, and one for another browser

    $browser = $nginx->browser;
    $back = $browser->consent($browser->login_url(7));

    $note->($browser->return_to($back =~ s/(state=v1\.\w+\.)./$1_/r));
    $browser->{cookies}{MoodleSession}{value} = 'studentaaaaaaaaaaaaaaaaaaa';
    $note->($browser->return_to($back));

    return $seen;
}


subtest 'at level info' => sub {
    my $nginx = Owncloud->new(no_start => 1);

    $nginx->configure(http => $http =~ s/LOG/$nginx->{dir}\/every.log/r);
    $nginx->start;
    fresh($nginx);

    my $seen = everything($nginx);
    my @canary = handed_out();
    my $moodle = JSON::PP->new->encode($nginx->moodle('log'));

    cmp_ok(scalar(@canary), '>', 20, 'there is something to look for');
    like($seen, qr/Documents/, 'something was done');

    my $access = slurp("$nginx->{dir}/every.log") . $nginx->access_log;

    like($access, qr/code=-+/, 'a code is not logged');

    my %place = (
        'error log'  => $nginx->log,
        'access log' => $access,
        'browser'    => $seen,
        'Moodle'     => $moodle,
        'stderr'     => slurp("$nginx->{dir}/stderr"),
    );

    for my $place (sort keys %place) {
        is_deeply([found($place{$place}, @canary, @secrets, @basic)], [],
                  $place);
    }

    is_deeply([found($access . $nginx->log,
                     map { $_->{value} } values %{ session($nginx) })], [],
              'nor is a session in the logs');

    fresh($nginx);
    $nginx->finish;
};


sub session {
    my $nginx = shift;

    my $browser = $nginx->browser;

    $browser->sign_in($_) for 7, 8;
    $browser->picker(list => $_) for 7, 8;

    return { map { $_ => $browser->{cookies}{$_} }
                 grep { /owncloud_/ } keys %{ $browser->{cookies} } };
}


# At level debug nginx itself writes down the client's request line and
# headers, and what goes out is nobody's business but ours: the lines that may
# hold a code are those of the core about the request, before we see it.

subtest 'at level debug' => sub {
    my $nginx = Owncloud->new(level => 'debug');

    fresh($nginx);
    everything($nginx);

    my @canary = handed_out();
    my @lines = split /\n/, $nginx->log;

    plan skip_all => 'nginx without debug log'
        if !grep { /\[debug\]/ } @lines;

    my %kind;

    for my $line (grep { found($_, @canary, @secrets, @basic) } @lines) {
        my ($text) = $line =~ /\[debug\] \S+ (?:\*\d+ )?(.{0,24})/;
        $kind{$text // $line}++;
    }

    my @core = (
        qr/^http request line: "/,      # GET /admin/oauth2callback.php?code=
        qr/^http args: "/,
        qr/^http2 header: ":path: /,
        qr/^http2 request line: "/,
    );

    my @others = grep {
        my $text = $_;
        !grep { $text =~ $_ } @core;
    } sort keys %kind;

    is_deeply(\@others, [], 'nothing but what the core says of the request');
    diag("debug lines with a code: ", join ' | ', sort keys %kind)
        if $ENV{TEST_VERBOSE};

    fresh($nginx);
    $nginx->finish;
};


done_testing;
