package Owncloud::HTTP;

# Copyright (C) the authors of the ownCloud module for nginx

# One HTTP request, one answer, as they are: no redirects, no cookies, headers
# in order.

use v5.20;
use warnings;

use HTTP::Tiny;


sub escape {
    my $text = shift // '';

    utf8::encode($text) if utf8::is_utf8($text);

    return $text =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ger;
}


sub form {
    my @field = @_;
    my @pair;

    while (my ($name, $value) = splice @field, 0, 2) {
        push @pair, escape($name) . '=' . escape($value);
    }

    return join '&', @pair;
}


# {status, reason, headers => {name => value or [values]}, body}

sub request {
    my ($method, $url, $headers, $body) = @_;

    my $http = HTTP::Tiny->new(max_redirect => 0, verify_SSL => 0,
                               timeout => 60, agent => 'browser/1.0');

    my $answer = $http->request($method, $url, {
        headers => $headers // {},
        defined $body ? (content => $body) : (),
    });

    return {
        status  => $answer->{status},
        reason  => $answer->{reason},
        headers => $answer->{headers} // {},
        body    => $answer->{content} // '',
    };
}


1;
