package Owncloud::Browser;

# Copyright (C) the authors of the ownCloud module for nginx

# As much of a browser as the picker needs: cookies with their paths, the
# picker's requests, and the forms of a cloud's sign-in.

use v5.20;
use warnings;

use JSON::PP;

use Owncloud::HTTP;


sub new {
    my ($class, %option) = @_;

    my $self = bless { root => '', cookies => {}, %option }, $class;

    $self->{cookies}{MoodleSession} = { value => $self->{session}, path => '/' }
        if defined $self->{session};

    return $self;
}


sub cookie_header {
    my ($self, $path) = @_;

    my $jar = $self->{cookies};

    return join '; ', map { "$_=$jar->{$_}{value}" }
                      grep { index($path, $jar->{$_}{path}) == 0 }
                      sort keys %$jar;
}


sub take_cookies {
    my ($self, $answer) = @_;

    my $set = $answer->{headers}{'set-cookie'} // return;

    for my $line (ref $set ? @$set : $set) {
        my ($name, $value) = $line =~ /^([^=]+)=([^;]*)/ or next;
        my ($path) = $line =~ /;\s*path=([^;]*)/i;

        if ($line =~ /;\s*max-age=0/i) {
            delete $self->{cookies}{$name};

        } else {
            $self->{cookies}{$name} = { value => $value, path => $path // '/',
                                        line => $line };
        }
    }
}


# a request to the site itself; $path has the query

sub request {
    my ($self, $method, $path, $body, %header) = @_;

    my $cookies = $self->cookie_header($path =~ s/\?.*//sr);

    my $http = $self->{http} // \&Owncloud::HTTP::request;
    my $answer = $http->($method, $self->{url} . $path, {
        length $cookies ? (Cookie => $cookies) : (),
        %header,
    }, $body);

    $self->take_cookies($answer);

    return $answer;
}


sub picker_form {
    my ($self, $repo, %field) = @_;

    my @field = (repo_id => $repo, p => '', page => '', env => 'filemanager',
                 sesskey => $self->{sesskey}, client_id => '6b0209de9c7ba',
                 itemid => 257396047, maxbytes => -1, areamaxbytes => -1,
                 ctx_id => $self->{ctx});

    for (my $i = 0; $i < @field; $i += 2) {
        $field[$i + 1] = delete $field{$field[$i]} if exists $field{$field[$i]};
    }

    return Owncloud::HTTP::form(@field,
                                map { $_ => $field{$_} } sort keys %field);
}


# the raw answer of an action of the picker

sub raw {
    my ($self, $action, $repo, %field) = @_;

    return $self->request('POST',
        "$self->{root}/repository/repository_ajax.php?action=$action",
        $self->picker_form($repo, %field),
        'Content-Type' => 'application/x-www-form-urlencoded; charset=UTF-8',
        'X-Requested-With' => 'XMLHttpRequest');
}


# the same, decoded

sub picker {
    my ($self, $action, $repo, %field) = @_;

    my $answer = $self->raw($action, $repo, %field);

    return eval { decode_json($answer->{body}) }
           // { not_json => $answer->{body}, status => $answer->{status} };
}


# What Moodle's filepicker.js makes of an answer to a file that was chosen: an
# "error" is shown; without one the picker closes, and the file's address is
# what the answer has as "url", be it there or not.  "dialogue" is the text
# that is shown, "asked" the name that is offered for a file that exists,
# "value" what an editor's field gets.

sub chosen {
    my ($self, $repo, %field) = @_;

    my $answer = $self->raw(download => $repo, %field);
    my $data = eval { JSON::PP->new->utf8->decode($answer->{body}) };

    return { dialogue => "exception: $@" } if !defined $data;
    return { dialogue => $data->{error}, code => $data->{errorcode} }
        if $data->{error};
    return { asked => $data->{newfile}{filename} }
        if ($data->{event} // '') eq 'fileexists';

    return { value => $data->{url} // 'undefined', file => $data->{file} };
}


sub titles {
    my ($self, @argument) = @_;

    my $answer = $self->picker(@argument);

    return $answer->{list} ? [ map { $_->{title} } @{ $answer->{list} } ]
                           : $answer;
}


# goes through the cloud's pages; the answer of our callback

sub sign_in {
    my ($self, $repo, %option) = @_;

    return $self->return_to($self->consent($self->login_url($repo),
                                           %option));
}


# where the pop-up is to go

sub login_url {
    my ($self, $repo, @argument) = @_;

    my $answer = $self->picker(list => $repo, @argument);

    return $answer->{login}[0]{url}
        // die "no login form: " . JSON::PP->new->encode($answer) . "\n";
}


# a field of such a URL

sub parameter {
    my ($url, $name) = @_;

    my ($field) = grep { $_->[0] eq $name } Owncloud::HTTP::fields($url);

    return $field && $field->[1];
}


# comes back from the cloud with these fields

sub callback {
    my ($self, @field) = @_;

    return $self->request('GET', "$self->{root}/admin/oauth2callback.php?"
                                 . Owncloud::HTTP::form(@field));
}


# the browser at the cloud: the URL that it is sent back to

sub consent {
    my ($self, $url, %option) = @_;

    my %jar;
    my $user = $option{user} // 'alice';
    my ($method, $body) = ('GET');

    for (1 .. 12) {
        my $back = "$self->{url}$self->{root}/admin/oauth2callback.php";

        return $url if index($url, $back) == 0
                       || ($option{back} && index($url, $option{back}) == 0);

        my $answer = Owncloud::HTTP::request($method, $url, {
            %jar ? (Cookie => join '; ', map { "$_=$jar{$_}" } sort keys %jar)
                 : (),
            defined $body
                ? ('Content-Type' => 'application/x-www-form-urlencoded',
                   Origin => $url =~ s{^(https?://[^/]+).*}{$1}r) : (),
        }, $body);

        my $set = $answer->{headers}{'set-cookie'} // [];

        for (ref $set ? @$set : $set) {
            $jar{$1} = $2 if /^([^=]+)=([^;]*)/;
        }

        ($method, $body) = ('GET', undef);

        if ($answer->{headers}{location}) {
            $url = absolute($answer->{headers}{location}, $url);
            next;
        }

        my ($tag, $inner) = $answer->{body} =~ m{<form([^>]*)>(.*?)</form>}si
            or die "no form at $url: $answer->{status} $answer->{body}\n";

        ($method) = $tag =~ /method="(\w+)"/i;
        my ($action) = $tag =~ /action="([^"]*)"/i;
        $url = absolute(unescape($action), $url)
            if defined $action && length $action;
        $method = uc($method // 'GET');

        $body = Owncloud::HTTP::form(map {
            my ($name) = /name="([^"]*)"/i;
            my ($value) = /value="([^"]*)"/i;
            my ($type) = /type="([^"]*)"/i;
            $value = $option{password} // "$user-password"
                if ($type // '') eq 'password';
            $value = $user if defined $name && $name =~ /^user/;
            defined $name ? ($name => unescape($value // '')) : ();
        } $inner =~ /<(?:input|button)([^>]*)>/gi);

        if ($method eq 'GET') {
            $url .= ($url =~ /\?/ ? '&' : '?') . $body;
            undef $body;
        }
    }

    die "the sign-in does not come to an end at $url\n";
}


sub return_to {
    my ($self, $url) = @_;

    return $self->request('GET', substr $url, length $self->{url});
}


sub absolute {
    my ($url, $base) = @_;

    return $url if $url =~ m{^https?://};
    return $1 . $url if $url =~ m{^/} && $base =~ m{^(https?://[^/]+)};
    return $base =~ s{\?.*}{}sr . $url if $url =~ /^\?/;
    return $base =~ s{[^/]*(?:\?.*)?$}{}sr . $url;
}


sub unescape {
    my $text = shift;

    my %entity = (amp => '&', lt => '<', gt => '>', quot => '"', '#039' => "'",
                  '#39' => "'");

    return $text =~ s/&(amp|lt|gt|quot|#0?39);/$entity{$1}/gr;
}


1;
