# Part of ../../conformity.t:
# a client that keeps every byte, and the comparison of a row.

use v5.20;
use warnings;
use utf8;

use Encode qw(encode_utf8 decode_utf8);
use File::Temp;
use IO::Socket::INET;
use JSON::PP;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep);

our ($json, $here, $standins, $redirect, %env);

my $temp;

sub standins {
    my $file = $ENV{STANDINS_ENV};

    if (!$file) {
        $temp = File::Temp->newdir('owncloud-conformity-XXXXXX', TMPDIR => 1);
        $file = "$temp/standins/env";
        chmod 0711, "$temp";

        $standins = fork() // die "fork: $!\n";

        if ($standins == 0) {
            open STDOUT, '>&', \*STDERR;
            exec "$here/standins", '--no-moodle', '--with-parent', getppid(),
                 "$temp/standins" or POSIX::_exit(127);
        }

        for my $try (1 .. 300) {
            last if -e $file;
            sleep 0.1;
        }
    }

    open my $in, '<', $file or BAIL_OUT("no stand-ins: $file: $!");
    return map { /^(\w+)=(.*)$/ ? ($1, $2) : () } <$in>;
}


END {
    if ($standins) {
        my $status = $?;
        kill 'TERM', $standins;
        waitpid $standins, 0;
        $? = $status;
    }
}


sub request {
    my ($cloud, $method, $path, $headers, $body) = @_;

    my $uri = $path =~ m{^/_control/} ? $path : "$cloud->{base}$path";
    my @headers = @{$headers // []};
    my $text = "$method $uri HTTP/1.1\r\n";

    push @headers, 'Control-Token' => $env{CONTROL_TOKEN}
        if $path =~ m{^/_control/};
    unshift @headers, Host => "127.0.0.1:$cloud->{HTTP_PORT}",
                      Connection => 'close';
    push @headers, 'Content-Length' => length $body if defined $body;

    while (my ($name, $value) = splice @headers, 0, 2) {
        $text .= "$name: $value\r\n";
    }

    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                       PeerPort => $cloud->{HTTP_PORT})
        or return { line => "no connection: $!", head => {}, body => '' };

    local $SIG{ALRM} = sub { shutdown $socket, 2 };
    alarm 20;
    print $socket encode_utf8($text), "\r\n", $body // '';
    my $answer = do { local $/; <$socket> } // '';
    alarm 0;

    return answer($answer);
}


sub answer {
    my ($text) = @_;

    my ($head, $body) = split /\r\n\r\n/, $text, 2;
    my ($line, @lines) = split /\r\n/, $head // '';
    my %head;

    for (@lines) {
        my ($name, $value) = split /: */, $_, 2;
        push @{$head{lc $name}}, $value;
    }

    $body //= '';

    if (($head{'transfer-encoding'}[0] // '') eq 'chunked') {
        my $joined = '';

        while ($body =~ /\G([0-9a-f]+)\r\n/gc) {
            $joined .= substr $body, pos $body, hex $1;
            pos($body) += hex($1) + 2;
        }

        $body = $joined;
    }

    return { line => ($line // '') =~ s{^HTTP/1.1 ?}{}r, head => \%head,
             body => $body, status => ($line // '') =~ / (\d+)/ ? $1 : '' };
}


sub control {
    my ($cloud, $method, $call, $input) = @_;

    my $answer = request($cloud, $method, "/_control/$call", [],
                         $input && $json->encode($input));

    return $json->decode($answer->{body});
}


sub setup {
    my ($cloud) = @_;

    control($cloud, POST => 'reset', { data => JSON::PP::true })
        if !$standins;
    control($cloud, POST => 'clients', { id => $cloud->{CLIENT_ID},
                                         redirect => $redirect });

    for my $user (qw(alice bob teacher1 moodle-system)) {
        my $token = control($cloud, POST => 'tokens', { user => $user });
        $cloud->{bearer}{$user} = "Bearer $token->{access}";
    }
}


sub as {
    my ($cloud, $user) = @_;

    return (Authorization => $cloud->{bearer}{$user});
}


# The words for what changes.

sub plain {
    my ($text) = @_;

    $text = eval { decode_utf8($text, Encode::FB_CROAK) } // $text;

    for ($text) {
        s/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/DATE/g;
        s/(?:&quot;|")[0-9a-f]{32}(?:&quot;|")/ETAG32/g;
        s/(?:&quot;|")[0-9a-f]{13}(?:&quot;|")/ETAG13/g;
        s/\b\d{8,}(?:nc|oc)standin001\b/ID/g;
        s/(<(?:oc:fileid|oc:size|d:quota-used-bytes)>)\d+/$1N/g;
        s/127\.0\.0\.1:\d+/HOST/g;
    }

    return $text;
}


# One row: recording, what, request, status line, headers, body.

sub row {
    my ($cloud, $recording, $what, $request, $line, $headers, $body) = @_;

    my $name = "$cloud->{name}/$recording: $what";
    my $answer = ref $request eq 'HASH' ? $request
                                        : request($cloud, @$request);

    is($answer->{line}, $line, "$name: status")
        or diag(substr $answer->{body}, 0, 500);

    for my $header (sort keys %{$headers // {}}) {
        my $got = join ' | ', @{$answer->{head}{lc $header} // []};
        my $want = $headers->{$header} // '';

        ref $want ? like(plain($got), $want, "$name: $header")
                  : is(plain($got), $want, "$name: $header");
    }

    if (defined $body) {
        ref $body ? like(plain($answer->{body}), $body, "$name: body")
                  : is(plain($answer->{body}), $body, "$name: body");
    }

    return $answer;
}


sub error_body {
    my ($class, $message, $extra, $namespace) = @_;

    $class = "Sabre\\DAV\\Exception\\$class" if $class !~ /\\/;
    $message = $message eq '' ? '<s:message/>'
                              : "<s:message>$message</s:message>";

    return '<?xml version="1.0" encoding="utf-8"?>' . "\n"
           . '<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns"'
           . ($namespace // '') . ">\n  <s:exception>$class</s:exception>\n"
           . "  $message\n" . ($extra // '') . "</d:error>\n";
}


sub invalid_path {
    my ($message, $class) = @_;

    return error_body('OCA\DAV\Connector\Sabre\Exception\\'
        . ($class // 'InvalidPath'), $message,
        "  <o:retry xmlns:o=\"o:\">false</o:retry>\n"
        . "  <o:reason xmlns:o=\"o:\">$message</o:reason>\n",
        ' xmlns:o="http://owncloud.org/ns"');
}


sub form {
    my ($text) = @_;

    return (['Content-Type' => 'application/x-www-form-urlencoded'], $text);
}


sub missing {
    return '<d:propstat><d:prop>' . join('', map { "<$_/>" } @_)
           . '</d:prop><d:status>HTTP/1.1 404 Not Found</d:status>'
           . '</d:propstat>';
}


sub folder_response {
    my ($href, $props) = @_;

    return "<d:response><d:href>$href</d:href><d:propstat><d:prop>"
           . ($props // '<d:getlastmodified>DATE</d:getlastmodified>'
              . '<d:resourcetype><d:collection/></d:resourcetype>'
              . '<d:quota-used-bytes>N</d:quota-used-bytes>'
              . '<d:quota-available-bytes>-3</d:quota-available-bytes>'
              . '<d:getetag>ETAG13</d:getetag>')
           . '</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>';
}


1;
