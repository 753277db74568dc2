package Owncloud::Controlled;

# Copyright (C) the authors of the ownCloud module for nginx

# Making access controlled links: an nginx whose clouds have a system account,
# requests for links, and what the clouds hold and were asked afterwards.
#
#     my $nginx = controlled_nginx();
#     my $browser = controlled_browser($nginx);
#     made($nginx, $browser, NC => '/alice.txt', 'a name for the tests');

use v5.20;
use warnings;

use Digest::SHA qw(sha1_hex);
use Encode qw(encode_utf8);
use Exporter qw(import);
use IO::Socket::INET;
use JSON::PP;
use MIME::Base64;
use Test::More;

use Owncloud qw(cloud standins spew);
use Owncloud::HTTP;

our @EXPORT_OK = qw(controlled_nginx controlled_browser fields choose site
                    holds copies made refused begun ended share dav asked
                    no_log fault $account $basic $shares $secret %repository
                    %below);

our %repository = (OC => 7, NC => 8);
our %below = (OC => '/oc', NC => '');
our $shares = 'apps/files_sharing/api/v1/shares';
our $account = 'moodle-system';
our $basic = 'Basic ' . encode_base64("$account:$account-password", '');
our $secret = 'StandInRepositorySecretKey000000';

my $env = standins();
my $item = 5000;


sub controlled_nginx {
    my %option = @_;

    my $nginx = Owncloud->new(no_start => 1);
    my $setting = delete $option{setting} // {};

    spew("$nginx->{dir}/system.secret", "$account-password\n");
    $nginx->configure(setting => {
        system_account => "$account password=$nginx->{dir}/system.secret",
        %$setting }, %option);
    $nginx->start;

    return $nginx;
}


# a browser that is signed in to both clouds, which are as they were made

sub controlled_browser {
    my ($nginx, %option) = @_;

    cloud($_ => 'reset', { data => JSON::PP::true }) for qw(NC OC);
    $nginx->moodle('reset');

    my $browser = $nginx->browser;
    $browser->sign_in($_, %option) for 7, 8;
    cloud($_ => 'log', undef, 'DELETE') for qw(NC OC);

    return $browser;
}


# the fields of a request for a link to a file

sub fields {
    my ($browser, $path, %field) = @_;

    my $bytes = encode_utf8($path);

    return (title => $path =~ s{.*/}{}sr, source => $path,
            sourcekey => sha1_hex($bytes . $secret . $browser->{sesskey}),
            savepath => '/', license => 'cc', author => 'Tea Cher',
            itemid => ++$item, usecontrolledlink => 1, %field);
}


sub choose {
    my ($browser, $profile, $path, %field) = @_;

    return $browser->picker(download => $repository{$profile},
                            fields($browser, $path, %field));
}


sub site {
    my $nginx = shift;

    return "/Moodle 127.0.0.1_$nginx->{port}";
}


# what a cloud holds for users

sub holds {
    my ($profile, @user) = @_;

    return { map { $_ => cloud($profile => "holdings?user=$_") } @user };
}


# the files of the account that were not there, as [path, SHA-1]; nothing may
# be missing, and nothing be shared that was not

sub copies {
    my ($before, $after, $name) = @_;

    my %old = map { $_->{path} => $_->{sha1} } @{ $before->{files} };
    my %new = map { $_->{path} => $_->{sha1} } @{ $after->{files} };

    is_deeply({ map { $_ => $new{$_} } keys %old }, \%old,
              "$name: what was there is there");
    is_deeply($after->{shares}, $before->{shares},
              "$name: nothing is shared that was not");

    return map { [$_, $new{$_}] } grep { !exists $old{$_} } sort keys %new;
}


# makes a link; the file of the account that it is

sub made {
    my ($nginx, $browser, $profile, $path, $name, %field) = @_;

    my $before = holds($profile, 'alice', $account);
    my ($file) = grep { $_->{path} eq $path } @{ $before->{alice}{files} };
    my $answer = choose($browser, $profile, $path, %field);
    my $after = holds($profile, 'alice', $account);

    is($answer->{file}, $field{title} // $path =~ s{.*/}{}sr,
       "$name: stored") or diag(explain($answer));
    is_deeply($after->{alice}, $before->{alice},
              "$name: the user has what he had");

    my @copy = copies($before->{$account}, $after->{$account}, $name);
    my $context = $field{ctx_id} // 17;

    is(scalar @copy, 1, "$name: one copy");
    like($copy[0][0], qr{^\Q@{[ site($nginx) ]}/$context\E
                         /\d{8}-[0-9a-f]{23}/[^/]+$}x, "$name: its place");
    is($copy[0][1], $file->{sha1}, "$name: its bytes");

    return $copy[0];
}


# a call that fails, and leaves everything as it was

sub refused {
    my ($browser, $profile, $path, $name, $code, $text) = @_;

    my $before = holds($profile, qw(alice bob), $account);
    my $answer = choose($browser, $profile, $path);

    is($answer->{errorcode}, $code, "$name: errorcode")
        or diag(explain($answer));
    like($answer->{error}, $text, "$name: text");

    my $after = holds($profile, qw(alice bob), $account);

    # empty folders of the site may stay

    for my $state ($before, $after) {
        $state->{$account}{folders} =
            [grep { !m{^/Moodle [^/]+(?:/\d+)?$} }
                  @{ $state->{$account}{folders} }];
    }

    is_deeply($after, $before, "$name: all is as it was");
}


# sends the request and does not wait for the answer

sub begun {
    my ($nginx, $browser, $profile, %field) = @_;

    my $form = $browser->picker_form($repository{$profile}, %field);
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                       PeerPort => $nginx->{port});

    print $socket "POST /repository/repository_ajax.php?action=download "
        . "HTTP/1.1\r\nHost: 127.0.0.1:$nginx->{port}\r\nConnection: close"
        . "\r\nCookie: " . $browser->cookie_header('/repository/')
        . "\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        . 'Content-Length: ' . length($form) . "\r\n\r\n$form";
    $socket->flush;

    return $socket;
}


sub ended {
    my $socket = shift;

    local $/;
    my ($body) = (readline($socket) // '') =~ /(\{.*\})/s;

    return defined $body ? decode_json($body) : {};
}


# the share API and WebDAV, without the module

sub ocs {
    my ($profile, $user, $method, $resource, %form) = @_;

    my $answer = Owncloud::HTTP::request($method,
        $env->{"CLOUD_${profile}_HTTP_URL"}
        . "ocs/v2.php/$resource?format=json",
        { Authorization => authorization($user), 'OCS-APIRequest' => 'true',
          'Content-Type' => 'application/x-www-form-urlencoded' },
        %form ? Owncloud::HTTP::form(%form) : undef);

    return decode_json($answer->{body})->{ocs}{data};
}


sub share {
    my ($profile, $user, $path, $with, $permissions) = @_;

    return ocs($profile, $user, POST => $shares, path => $path, shareType => 0,
               shareWith => $with, permissions => $permissions);
}


sub dav {
    my ($profile, $user, $method, $path, %header) = @_;

    return Owncloud::HTTP::request($method,
        $env->{"CLOUD_${profile}_HTTP_URL"} . 'remote.php/webdav'
        . join('/', map { Owncloud::HTTP::escape($_) } split m{/}, $path),
        { Authorization => authorization($user), %header })->{status};
}


sub authorization {
    my $user = shift;

    return 'Basic ' . encode_base64("$user:$user-password", '');
}


# who has asked a cloud for what, since the log was emptied; not for the id of
# the account, which is asked for once

sub asked {
    my $profile = shift;

    my @asked;

    for my $request (@{ cloud($profile => 'log') }) {
        my %header = map { lc $_->[0] => $_->[1] } @{ $request->{headers} };
        my $who = $header{authorization} // '';

        next if $who eq $basic && $request->{uri} =~ m{/cloud/user\?};

        push @asked, ($who eq $basic ? 'account'
                      : $who =~ /^Bearer / ? 'user' : 'nobody')
            . " $request->{method} "
            . ($request->{uri} =~ s{^\Q$below{$profile}\E}{}r
               =~ s{^/ocs/v2\.php/apps/files_sharing/api/v1}{}r
               =~ s{^/remote\.php/webdav}{}r);
    }

    return @asked;
}


sub no_log { cloud($_ => 'log', undef, 'DELETE') for qw(NC OC) }


sub fault {
    my ($profile, @rule) = @_;

    cloud($profile => 'faults', undef, 'DELETE');
    cloud($profile => 'faults', [@rule]) if @rule;
}


1;
