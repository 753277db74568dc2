package Owncloud::Account;

# Copyright (C) the authors of the ownCloud module for nginx

# An nginx with system accounts, and the administrator who connects them.

use v5.20;
use warnings;

use Exporter qw(import);
use Test::More;

use Owncloud qw(cloud);

our @EXPORT = qw(%repo %page places running account_file shown text press
                 administrator connect_as connected making refreshed);

our %repo = (OC => 7, NC => 8);
our %page = map { $_ => "/repository/owncloud/connect-\L$_" } qw(OC NC);


# what an nginx with system accounts has in its servers; with "protected",
# the configuration says who may connect them, else Moodle does

sub places {
    my $nginx = shift;

    my $dir = $nginx->{dir};
    my $at = $nginx->{accounts} // "$dir/accounts";

    mkdir $at;

    my $way = $nginx->{protected}
              ? ' authorize=off; allow 127.0.0.1; deny all' : '';

    return (
        issuers => join('', map {
            $nginx->issuer($_, system_account => "oauth=$at/$_.account",
                           read_timeout => '2s',
                           %{ $nginx->{issuer} // {} })
        } qw(oc nc)),
        server => join('', map { <<"EOT" } qw(OC NC)),
        owncloud_repository $repo{$_} {
            issuer      \L$_\E;
            secret_key  $dir/moodle.key;
            timezone    UTC;
            previews    off;
        }

        location = $page{$_} {
            owncloud_connect  \L$_\E$way;
        }
EOT
    );
}


sub running {
    my (%option) = @_;

    my $nginx = Owncloud->new(no_start => 1, %option);

    $nginx->configure(places($nginx));

    # each worker gets its part of the connections

    $nginx->configure(listen => "        listen  127.0.0.1:$nginx->{port} "
                                . "reuseport;\n")
        if $nginx->{workers} > 1;

    return $nginx->start;
}


# a site administrator's browser

sub administrator {
    my ($nginx, %option) = @_;

    return $nginx->browser(session => 'adminaaaaaaaaaaaaaaaaaaaaa',
                           sesskey => 'Adminaaaaa', %option);
}


sub account_file {
    my ($nginx, $profile) = @_;

    return ($nginx->{accounts} // "$nginx->{dir}/accounts")
           . "/\L$profile\E.account";
}


# the page, without its tags

sub shown {
    my ($browser, $profile, $query) = @_;

    return text($browser->request('GET', $page{$profile} . ($query // '')));
}


sub text {
    my $answer = shift;

    return $answer->{body} =~ s{<style>.*?</style>}{}rs =~ s/<[^>]*>/ /gr
           =~ s/[ \n]+/ /gr;
}


# a button of the page

sub press {
    my ($browser, $profile, $field, %header) = @_;

    return $browser->request('POST', $page{$profile},
        Owncloud::HTTP::form(map { $_ => $field->{$_} } sort keys %$field),
        'Content-Type' => 'application/x-www-form-urlencoded',
        Origin => $browser->{url}, %header);
}


# all the way to where the browser ends up: an absolute URL, or a page

sub connect_as {
    my ($browser, $profile, $user) = @_;

    my $answer = press($browser, $profile, { action => 'connect' });

    return $answer if $answer->{status} != 303;

    return $browser->return_to($browser->consent(
        $answer->{headers}{location}, user => $user // 'moodle-system'));
}


sub connected {
    my ($nginx, $profile) = @_;

    my $browser = administrator($nginx);
    my $answer = connect_as($browser, $profile);

    is($answer->{status}, 303, 'connected')
        or diag(text($answer), $nginx->log);

    return $browser;
}


# an access controlled link, as the picker makes it

sub making {
    my ($browser, $profile) = @_;

    my $repo = $repo{$profile};
    my $list = $browser->picker(list => $repo, p => '/');

    if ($list->{login}) {
        $browser->sign_in($repo);
        $list = $browser->picker(list => $repo, p => '/');
    }

    my ($entry) = grep { $_->{title} eq 'notes.txt' } @{ $list->{list} };

    return $browser->picker(download => $repo, title => $entry->{title},
                            source => $entry->{source},
                            sourcekey => $entry->{sourcekey},
                            savepath => '/', itemid => 257396047,
                            usecontrolledlink => 1);
}


# refresh tokens that the cloud was sent, by how often and with what result

sub refreshed {
    my $profile = shift;

    return join ' ', map { "$_->{times}:" . join ',', map { $_ // '?' }
                                                   @{ $_->{status} } }
                     @{ cloud($profile => 'refreshes') };
}


1;
