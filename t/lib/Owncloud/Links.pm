package Owncloud::Links;

# Copyright (C) the authors of the ownCloud module for nginx

# Access controlled links: an nginx whose clouds have a system account,
# somebody who hands in a file, and those who open it.
#
#     my $nginx = links_nginx();
#     my $student = reader($nginx, student1 => { NC => 'alice' });
#     hand_in($student, NC => 'report.pdf', item => 1);
#     my $answer = open_file($student, 'report.pdf');

use v5.20;
use warnings;

use Exporter qw(import);
use Test::More;

use Owncloud qw(cloud standins fresh requests spew);
use Owncloud::HTTP;

our @EXPORT_OK = qw(links_nginx reader hand_in choose location open_file path
                    dav token bytes %repository %session);

our %repository = (OC => 7, NC => 8);

my $next_item = 5000;

our %session = (
    student1 => ['studentaaaaaaaaaaaaaaaaaaa', 'Studentaaa', 11],
    student2 => ['student2aaaaaaaaaaaaaaaaaa', 'Student2aa', 12],
    teacher1 => ['teacheraaaaaaaaaaaaaaaaaaa', 'Teacheraaa', 14],
    admin    => ['adminaaaaaaaaaaaaaaaaaaaaa', 'Adminaaaaa', 5],
    outsider => ['outsideraaaaaaaaaaaaaaaaaa', 'Outsideraa', 15],
);


# settings of the repositories in "repository" (or what makes them of the
# nginx), of the issuers in "setting", of the server in "more"

sub links_nginx {
    my (%option) = @_;

    my $setting = delete $option{setting} // {};
    my $repository = delete $option{repository} // '';
    my $account = delete $option{account} // 'moodle-system';
    my $more = delete $option{more} // '';
    my $no_start = delete $option{no_start};

    my $nginx = Owncloud->new(%option, no_start => 1);

    $repository = $repository->($nginx) if ref $repository;

    spew("$nginx->{dir}/system.secret", "$account-password\n");

    $nginx->configure(
        setting => {
            system_account => "$account password=$nginx->{dir}/system.secret",
            %$setting,
        },
        server => join '', $more, map { <<"EOT" } qw(OC NC));
        owncloud_repository $repository{$_} {
            issuer      \L$_\E;
            secret_key  $nginx->{dir}/moodle.key;
            timezone    UTC;
            previews    off;
            $repository
        }

EOT

    if (!$no_start) {
        $nginx->start;
        fresh($nginx);
    }

    return $nginx;
}


# a user of Moodle, signed in at clouds: reader($nginx, 'student2', NC => 'bob')

sub reader {
    my ($nginx, $user, %cloud) = @_;

    my ($session, $sesskey, $context) = @{ $session{$user} };

    my $browser = $nginx->browser(session => $session, sesskey => $sesskey,
                                  user => $user, context => $context);

    # where everybody may

    local $browser->{ctx} = $context;

    $browser->sign_in($repository{$_}, user => $cloud{$_})
        for sort keys %cloud;

    return $browser;
}


# chooses a file as an access controlled link: the picker's answer

sub choose {
    my ($browser, $cloud, $title, %field) = @_;

    my $folder = delete $field{folder} // '/';
    my $list = $browser->picker(list => $repository{$cloud}, p => $folder);
    my ($node) = grep { $_->{title} eq $title } @{ $list->{list} // [] };

    return $browser->picker(download => $repository{$cloud},
        title => $title, source => $node->{source},
        sourcekey => $node->{sourcekey}, savepath => '/', license => 'cc',
        usecontrolledlink => 1, %field);
}


# the same, and saves it in a context of Moodle

sub hand_in {
    my ($browser, $cloud, $title, %field) = @_;

    my $context = delete $field{context} // 17;
    my $item = $field{itemid} //= $next_item++;

    my $answer = choose($browser, $cloud, $title, %field);

    BAIL_OUT("no link to $title: " . JSON::PP->new->encode($answer))
        if !defined $answer->{file};

    $browser->{nginx}->moodle('save', user => $browser->{user},
                              item => $item, ctx => $context);

    return $answer;
}


sub path {
    my ($name, $context) = @_;

    return '/pluginfile.php/' . ($context // 17) . '/mod_assign/intro/0/'
           . Owncloud::HTTP::escape($name);
}


# where Moodle sends the reader, as a path of the site

sub location {
    my ($browser, $path, %header) = @_;

    my $answer = $browser->request(GET => $path, undef, %header);
    my $location = $answer->{headers}{location};

    return defined $location ? $location =~ s{^https?://127\.0\.0\.1:\d+}{}r
                             : undef;
}


# what the link answers to the reader, who comes from Moodle

sub open_file {
    my ($browser, $name, %option) = @_;

    my $path = location($browser, ($option{path}
                                   // path($name, $option{context}))
                                  . ($option{query} // ''));

    return $browser->request($option{method} // 'GET', $path, undef,
                             %{ $option{header} // {} });
}


# a user of the cloud without the module

sub token {
    my ($cloud, $user) = @_;

    return cloud($cloud => 'tokens', { user => $user })->{access};
}


sub dav {
    my ($cloud, $user, $method, $path, $body, %header) = @_;

    return Owncloud::HTTP::request($method,
        standins()->{"CLOUD_${cloud}_URL"} . 'remote.php/webdav'
        . join('/', map { Owncloud::HTTP::escape($_) } split m{/}, $path, -1),
        { Authorization => 'Bearer ' . token($cloud, $user), %header },
        $body);
}


# the bytes of a file of a user

sub bytes {
    my ($cloud, $user, $path) = @_;

    return dav($cloud, $user, GET => $path)->{body};
}


1;
