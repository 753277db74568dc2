package Owncloud::Malformed;

# Copyright (C) the authors of the ownCloud module for nginx

# Requests and answers that no browser and no server would send, always the
# same ones: what is made depends on a number and on nothing else.
#
#     my $bytes = malformed_request($n, $host, \%good);
#     my @answers = exchange($port, [@bytes], $seconds);
#     my $server = malformed_server();        # {cloud}, {moodle}: ports
#
# The server is a cloud and a Moodle.  Where a request has "cN9z" in it, N9
# being a number, the cloud's answer is made from that number; Moodle's where
# it has "mN9z"; otherwise they answer well.

use v5.20;
use warnings;

use Exporter qw(import);
use IO::Select;
use IO::Socket::INET;
use POSIX ();
use Socket qw(IPPROTO_TCP TCP_NODELAY);
use Time::HiRes qw(time);

use Owncloud qw(spew slurp);

our @EXPORT_OK = qw(malformed_request malformed_cookie exchange
                    malformed_server);

my $ajax = '/repository/repository_ajax.php';


# --- random choice: xorshift, so that it is the same with every Perl ---

my $state;
my $mask = ~0 >> 1;

sub seed {
    $state = ($_[0] * 2654435761 + 88172645463325252) & $mask;
    number(2) for 1 .. 4;
}

sub number {
    $state ^= ($state << 13) & $mask;
    $state ^= $state >> 7;
    $state ^= ($state << 17) & $mask;

    return ($state >> 11) % $_[0];
}

sub one { $_[number(scalar @_)] }

sub chance { number(100) < $_[0] }

# what is long repeats itself, as it is made by the thousand

sub bytes {
    my $n = shift;

    return long($n, join '', map { chr number(256) } 1 .. ($n < 40 ? $n : 37));
}

sub long {
    my ($n, $text) = @_;

    return length $text ? substr $text x (1 + $n / length $text), 0, $n : '';
}

sub word {
    my ($n, $letters) = @_;

    $letters //= 'abcXYZ019_-';

    return long($n, join '', map { substr $letters, number(length $letters), 1 }
                                 1 .. ($n < 40 ? $n : 37));
}


# --- bytes, spoilt ---

my @odd = ("\0", "\x7f", "\xff", "\xc3\x28", "\xed\xa0\x80", "\xf4\x90\x80\x80",
           '%', '%0', '%zz', '%00', '%2e%2e%2f', '../', '/./', '//', '\\',
           '"', "'", '<', '>', '&', '&#0;', '&amp;', ']]>', '<![CDATA[', '<!--',
           '{', '}', '[', ']', ':', ',', ';', '=', '+', ' ', "\t", "\x0b",
           '\u0000', '\ud800', '\u', '1e999', '-0', '9' x 30, 'owncloud_',
           '</', '/>', '<?', '<!DOCTYPE x [<!ENTITY e "e">]>', '&e;');

sub spoilt {
    my ($text, $times) = @_;

    for (1 .. $times // 1 + number(4)) {
        my $at = number(1 + length $text);
        my $kind = number(8);

        if ($kind == 0) {
            substr($text, $at, 1) = chr number(256) if $at < length $text;
        } elsif ($kind == 1) {
            substr($text, $at, number(40)) = '' if $at < length $text;
        } elsif ($kind == 2) {
            $text = substr $text, 0, $at;
        } elsif ($kind == 3) {
            my $part = substr $text, number(1 + length $text), number(200);
            substr($text, $at, 0) = $part;
        } elsif ($kind == 4) {
            substr($text, $at, 0) = bytes(number(20));
        } elsif ($kind == 5) {
            substr($text, $at, 0) = one(@odd) x (1 + number(3));
        } elsif ($kind == 6) {
            substr($text, $at, 0) = one(@odd) x number(300) if chance(20);
        } else {
            substr($text, $at, 1) = one(@odd) if $at < length $text;
        }
    }

    return $text;
}

# in a header's line

sub line { shift =~ tr/\0\r\n//dr }

sub escaped {
    my $text = shift;

    return $text =~ s/([^A-Za-z0-9._~\/-])/sprintf '%%%02X', ord $1/ger
        if chance(60);
    return $text =~ s/([\0-\x20&=#%+\x7f-\xff])/sprintf '%%%02x', ord $1/ger;
}


# --- requests ---

# $good: cookie (a signed-in browser's), sesskey, state, link, preview

sub malformed_request {
    my ($n, $host, $good) = @_;

    seed($n);

    my @kind = (\&picker_request) x 6;
    push @kind, (\&callback_request) x 2, (\&link_request) x 2,
                \&preview_request, \&progress_request, \&listing_request,
                \&file_request, \&path_request, \&form_request;

    my ($method, $uri, $body, @header) = one(@kind)->($good);

    $method = one(qw(GET POST HEAD PUT DELETE OPTIONS PROPFIND get X TRACE))
        if chance(6);
    $uri =~ tr/\0\r\n //d if chance(95);

    my $version = chance(96) ? 'HTTP/1.1' : one('HTTP/1.0', 'HTTP/0.9',
                                                'HTTP/1.1 x', 'HTTP/3.7', '');
    my $head = "$method $uri $version\r\n";

    push @header, 'Host: ' . (chance(95) ? $host : one('', 'x', "$host:1",
                              "$host, $host", '[::1', ('a.' x 400) . 'b'));
    push @header, cookies($good);
    push @header, headers();
    push @header, 'Connection: close' if chance(97);

    if (defined $body) {
        my $length = length $body;

        if (chance(90)) {
            push @header, "Content-Length: $length";

        } elsif (chance(50)) {
            push @header, 'Transfer-Encoding: chunked';
            $body = chunked($body);

        } else {
            push @header, 'Content-Length: ' . one($length - 1, $length + 1,
                -1, "$length, $length", "+$length", '', '0x1', '9' x 25);
        }
    }

    for my $i (reverse 1 .. $#header) {
        my $j = number($i + 1);
        @header[$i, $j] = @header[$j, $i];
    }

    return $head . join('', map { "$_\r\n" } @header) . "\r\n" . ($body // '');
}


sub chunked {
    my $body = shift;
    my $out = '';

    while (length $body) {
        my $part = substr $body, 0, 1 + number(100), '';

        $out .= sprintf("%x%s\r\n", length $part,
                        chance(10) ? ';' . word(number(50)) : '')
                . "$part\r\n";
    }

    $out .= "0\r\n" . (chance(20) ? "X-Trailer: x\r\n" : '') . "\r\n";

    return chance(10) ? spoilt($out, 1) : $out;
}


sub form {
    my @pair = @_;
    my $text = '';

    while (my ($name, $value) = splice @pair, 0, 2) {
        $name = spoilt($name, 1) if chance(4);
        $value = spoilt($value, 1) if chance(8);
        $text .= one('&', '&', '&', '&', '&', '&&', ';') if length $text;
        $text .= escaped($name);
        $text .= '=' . escaped($value) if chance(98);
    }

    return $text;
}


sub picker_request {
    my $good = shift;

    my $action = one(qw(list list list search search searchform login download
                        download logout upload signin sign), '');
    my $path = join '/', map { chance(80) ? word(1 + number(12))
                                          : one(@odd) } 0 .. number(6);

    my @field = (repo_id => one(7, 8, 8, 8, 8, 5, '08', ' 8', '8 ', '', -8,
                                '8' x number(40)),
                 p => $path, page => one('', 1, 2, 3, 0, -1, '9' x 20, 'x'),
                 env => 'filemanager', sesskey => $good->{sesskey},
                 client_id => word(13), itemid => one(1, 2, -1, 'x'),
                 maxbytes => one(-1, 0, 1, '9' x 25), areamaxbytes => -1,
                 ctx_id => one(17, 17, 17, 18, -1, 'x', '9' x 30),
                 s => one('', $path, word(number(600))));

    push @field, title => $path, source => "/$path", savepath => '/',
                 sourcekey => one(Digest::SHA::sha1_hex("/$path"
                     . 'StandInRepositorySecretKey000000'
                     . $good->{sesskey}), word(40, '0123456789abcdef'), ''),
                 one('x', 'usefilereference', 'usecontrolledlink') => 1
        if $action eq 'download';

    push @field, map { (one(@field[0, 2, 4], word(5), "repo_id[$_]", 'a[b][c]')
                        => one(@field[1, 3, 5], word(number(30)))) }
                     1 .. number(6)
        if chance(30);

    push @field, map { ("f$_" => 'x') } 1 .. one(200, 900, 1100, 4100)
        if chance(2);

    push @field, big => 'x' x one(8000, 17000, 66000) if chance(2);

    my $form = form(@field);
    my $query = form(action => $action, chance(10) ? (repo_id => 8) : (),
                     chance(5) ? (action => 'list') : ());

    my $type = 'Content-Type: application/x-www-form-urlencoded';

    $type = one('Content-Type: multipart/form-data; boundary=x', "$type-x",
                'content-type:application/x-www-form-urlencoded;charset=x',
                "$type,x", 'Content-Type:', 'Content-Type: text/plain')
        if chance(5);

    $form = spoilt($form) if chance(15);
    $query = spoilt($query) if chance(8);

    return ('POST', "$ajax?$query", $form, $type);
}


sub sealed {
    my $good = shift // '';

    return $good if chance(25) && length $good;
    return spoilt($good, 1) if chance(40) && length $good;
    return 'v1.' . word(8, '0123456789abcdef') . '.'
           . word(one(0, 10, 37, 38, 39, 60, 600, 6000));
}


sub callback_request {
    my $good = shift;

    my $query = form(state => sealed($good->{state}), code => word(20),
                     chance(30) ? (error => one('access_denied',
                                                word(number(3000)))) : (),
                     chance(20) ? (error_description => spoilt('x' x 50)) : (),
                     chance(10) ? (state => sealed($good->{state})) : ());

    $query = spoilt($query) if chance(20);

    return ('GET', "/admin/oauth2callback.php?$query");
}


sub link_request {
    my $good = shift;

    my $uri = "/repository/owncloud/link/" . sealed($good->{link})
              . '/' . escaped(word(number(30)));

    $uri .= '?' . form(ticket => sealed($good->{link}),
                       one('forcedownload', 'x', 'ticket') => 1)
        if chance(70);

    $uri = spoilt($uri) if chance(20);

    return (one('GET', 'GET', 'HEAD', 'POST'), $uri, undef,
            chance(30) ? 'Range: bytes=' . spoilt('0-99,200-', 1) =~
                                           tr/\r\n\0//dr : (),
            chance(20) ? 'If-Range: "' . word(10) . '"' : ());
}


sub preview_request {
    my $good = shift;

    my $uri = '/repository/owncloud/preview/' . one(7, 8, 9, '') . '?'
              . form(file => one('/a.png', '/../x', word(number(300))),
                     v => word(16, '0123456789abcdef'),
                     chance(50) ? (k => word(40)) : ());

    return ('GET', chance(30) ? spoilt($uri) : $uri);
}


sub progress_request {
    my $uri = '/repository/owncloud/progress?'
              . form(id => word(one(0, 1, 13, 127, 128, 129, 3000)));

    return ('GET', chance(40) ? spoilt($uri) : $uri);
}


sub listing_request {
    my $uri = '/files?' . form(p => '/' . word(number(20)),
                               page => one('', 1, -1, 'x', '9' x 20),
                               s => one('', word(number(300))));

    return (one('GET', 'POST'), chance(40) ? spoilt($uri) : $uri);
}


# Moodle redirects to a link, which gets a ticket

sub file_request {
    my $uri = one('/pluginfile.php', '/tokenpluginfile.php/x',
                  '/webservice/pluginfile.php', '/draftfile.php')
              . '/' . one(17, 1, 0, -1, 'x', '9' x 20)
              . '/mod_assign/submission_files/1/m' . number(100000) . 'z';

    $uri .= '?' . form(file => one('/18/a/b/c/d', '18', ''), token => word(32))
        if chance(40);

    return ('GET', chance(30) ? spoilt($uri) : $uri);
}


sub path_request {
    my $uri = one($ajax, '/repository/owncloud/link/x', '/index.php',
                  '/repository//owncloud/../repository_ajax.php',
                  '/connect', '/files', '/link');

    return (one('GET', 'POST'), spoilt($uri) . (chance(50) ? '?' . bytes(30)
                                                           : ''));
}


sub form_request {
    my $good = shift;

    my $form = form(p => '/' . word(10), path => "/c@{[ number(10000) ]}z",
                    kind => one('link', 'x'), sesskey => $good->{sesskey});

    return ('POST', one('/link', '/connect'), $form,
            'Content-Type: application/x-www-form-urlencoded',
            one('X-Requested-With: XMLHttpRequest', 'Origin: null',
                'Origin: http://127.0.0.1'));
}


sub cookies {
    my $good = shift;

    return if chance(5);
    return "Cookie: $good->{cookie}" if chance(35);
    return map { 'Cookie: ' . malformed_cookie($good) } 1 .. one(1, 1, 1, 2, 5);
}


# a Cookie header's value

sub malformed_cookie {
    my $good = shift;

    my $most = one(3, 3, 10, 10, 40, 300, 1500);
    my @own = split /; /, $good->{cookie};
    my $text = '';
    my $join = chance(50) ? one(';', '; ', ';;', ' ; ', ";\t", ',', ';  ')
                          : undef;

    my $parts = 1 + number($most);

    for (1 .. ($parts < 25 ? $parts : 25)) {
        my $name = chance(40) ? one(qw(owncloud_nc owncloud_oc owncloud_
                                       owncloud_nc_1 owncloud_nc_2 owncloud_nc_9
                                       owncloud_oc_1 __Secure-owncloud_nc
                                       __Secure- MoodleSession OWNCLOUD_NC))
                              : word(number(6));
        my $part = chance(10) ? one(@own)
                   : chance(85) ? $name . '=' . value(@own) : $name;

        $part = spoilt($part, 1) if chance(8);
        $text .= $part . ($join // one(';', '; ', '; ', ';;', ' ; ', ','));
    }

    $text x= 1 + $parts / 25 if $parts > 25;

    $text =~ s/[; ]+$// if chance(70);

    return line(substr $text, 0, 7900);
}


sub value {
    my @own = @_;

    return one('', 'A', '"A"', '"', '"a;b"', 'owncloud_', 'a=b', '==')
        if chance(50);
    return one(@own) =~ s/^[^=]*=//r if chance(20);
    return 'v1.' . word(8, '0123456789abcdef') . '.' . word(number(200))
        if chance(30);
    return word(number(chance(5) ? 4000 : 20));
}


sub headers {
    return if chance(50);

    my @name = qw(User-Agent Referer Origin Accept Accept-Encoding Range
                  If-Range If-None-Match If-Modified-Since Expect Upgrade
                  X-Requested-With X-Forwarded-For X-Forwarded-Host
                  X-Forwarded-Proto Authorization TE Via Trailer
                  Content-Encoding Cache-Control Pragma Destination Depth);

    my @header = map {
        my $value = one('', '*', 'gzip', 'bytes=0-', 'Word', '"x"', 'null',
                        'http://127.0.0.1/', word(number(60)),
                        word(number(2000)));
        one(@name) . ': ' . line(chance(15) ? spoilt($value, 1) : $value);
    } 1 .. number(6);

    push @header, map { "X-Many-$_: $_" } 1 .. one(100, 300) if chance(2);
    push @header, one(@odd) . one('', ':', ': x') if chance(3);

    return @header;
}


# --- a client: many connections at a time ---

# sends each of the texts over a connection of its own; what came back, or
# undef where the server did not end within the time

sub exchange {
    my ($port, $texts, $seconds, $most) = @_;

    my (@got, %open);
    my $next = 0;
    my $select = IO::Select->new;
    my $writing = IO::Select->new;

    $most //= 24;

    local $SIG{PIPE} = 'IGNORE';

    while ($next < @$texts || %open) {
        while ($next < @$texts && keys %open < $most) {
            my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                             PeerPort => $port) or die "no connection: $!\n";

            $socket->blocking(0);
            $open{fileno $socket} = { n => $next, out => $texts->[$next],
                                      end => time + $seconds };
            $got[$next++] = '';
            $select->add($socket);
            $writing->add($socket);
        }

        my ($read, $write) = IO::Select->select($select, $writing, undef, 0.5);

        for my $socket (@{ $write // [] }) {
            my $o = $open{fileno $socket};
            my $sent = syswrite $socket, $o->{out};

            if (defined $sent) {
                substr($o->{out}, 0, $sent) = '';
            } elsif (!$!{EAGAIN}) {
                $o->{out} = '';
            }

            $writing->remove($socket) if $o->{out} eq '';
        }

        for my $socket (@{ $read // [] }) {
            my $o = $open{fileno $socket};
            my $n = sysread $socket, $got[$o->{n}], 65536,
                            length $got[$o->{n}];

            next if $n || (!defined $n && $!{EAGAIN});
            leave($socket, $select, $writing, \%open);
        }

        my $now = time;

        for my $socket ($select->handles) {
            my $o = $open{fileno $socket};
            next if $now < $o->{end};

            undef $got[$o->{n}];
            leave($socket, $select, $writing, \%open);
        }
    }

    return @got;
}


sub leave {
    my ($socket, $select, $writing, $open) = @_;

    delete $open->{fileno $socket};
    $select->remove($socket);
    $writing->remove($socket);
    close $socket;
}


# --- the server ---

sub malformed_server {
    my ($link) = @_;

    my %socket = map {
        $_ => IO::Socket::INET->new(Listen => 256, LocalAddr => '127.0.0.1',
                                    ReuseAddr => 1) // die "listen: $!\n"
    } qw(cloud moodle);

    my $counts = File::Temp->new;
    my $pid = fork // die "fork: $!\n";

    if ($pid == 0) {
        my %count;

        $SIG{PIPE} = 'IGNORE';
        $SIG{TERM} = sub {
            spew("$counts", join '', map { "$_ $count{$_}\n" } sort keys %count);
            POSIX::_exit(0);
        };

        eval { serve(\%socket, \%count, getppid) };
        print STDERR $@;
        POSIX::_exit(1);
    }

    my %port = map { $_ => $socket{$_}->sockport } keys %socket;
    close $_ for values %socket;

    return { pid => $pid, counts => $counts, %port };
}


# ends it: how many requests of each kind it has had

sub ended {
    my $server = shift;

    kill TERM => $server->{pid};
    waitpid $server->{pid}, 0;

    return map { split ' ' } split /\n/, slurp("$server->{counts}");
}


sub serve {
    my ($socket, $count, $parent) = @_;

    my %kind = map { fileno $socket->{$_} => $_ } keys %$socket;
    my $select = IO::Select->new(values %$socket);
    my $writing = IO::Select->new;
    my %open;

    while (getppid == $parent) {
        my ($read, $write) = IO::Select->select($select, $writing, undef, 1);

        for my $ready (@{ $read // [] }) {
            my $kind = $kind{fileno $ready};

            if ($kind) {
                my $client = $ready->accept or next;

                $client->blocking(0);
                setsockopt $client, IPPROTO_TCP, TCP_NODELAY, 1;
                $open{fileno $client} = { kind => $kind, in => '', out => '' };
                $select->add($client);
                next;
            }

            my $o = $open{fileno $ready};
            my $n = sysread $ready, $o->{in}, 262144, length $o->{in};

            if (!$n) {
                leave($ready, $select, $writing, \%open)
                    if defined $n || !$!{EAGAIN};
                next;
            }

            while (!$o->{last} && defined(my $request = whole($o))) {
                my ($answer, $last) = $o->{kind} eq 'cloud'
                    ? cloud_answer($request, $count)
                    : moodle_answer($request, $count);

                $o->{out} .= $answer;
                $o->{last} = $last;
            }

            $writing->add($ready) if length $o->{out} || $o->{last};
        }

        for my $ready (@{ $write // [] }) {
            my $o = $open{fileno $ready} or next;
            my $n = syswrite $ready, $o->{out};

            if (!defined $n) {
                next if $!{EAGAIN};
                $o->{last} = 1;
                $n = length $o->{out};
            }

            substr($o->{out}, 0, $n) = '';
            next if length $o->{out};

            $o->{last} ? leave($ready, $select, $writing, \%open)
                       : $writing->remove($ready);
        }
    }
}


# a request that is there with its body

sub whole {
    my $o = shift;

    my $head = index $o->{in}, "\r\n\r\n";
    return if $head < 0;

    my ($length) = substr($o->{in}, 0, $head)
                   =~ /^Content-Length: *(\d+)/mi;
    my $size = $head + 4 + ($length // 0);

    return if length $o->{in} < $size;
    return substr $o->{in}, 0, $size, '';
}


sub answer {
    my ($status, $type, $body, @header) = @_;

    return "HTTP/1.1 $status\r\n"
           . join('', map { "$_\r\n" } length $type ? "Content-Type: $type" : (),
                  'Content-Length: ' . length $body, @header)
           . "\r\n$body";
}


sub cloud_answer {
    my ($request, $count) = @_;

    my ($method, $uri) = $request =~ /^(\S+) (\S+)/;
    my ($kind, @good) = good_cloud($method // '', $uri // '', $request);

    $count->{$kind}++;

    return (answer(@good), 0) if $request !~ /c(\d{1,9})z/;

    $count->{"bad-$kind"}++;
    seed($1);

    return malformed_answer(@good);
}


# kind, status, type, body, headers

sub good_cloud {
    my ($method, $uri, $request) = @_;

    my $xml = 'application/xml; charset=utf-8';
    my $json = 'application/json; charset=utf-8';

    if ($uri =~ m{/api/v1/token|/token}) {
        my $refresh = $request =~ /t(\d+)z/ ? "c$1z" : 'refresh';
        my $time = $refresh eq 'refresh' ? 3600 : 5;

        return ('token', '200 OK', $json, '{"access_token":"access'
                . '","token_type":"Bearer","expires_in":' . $time
                . ",\"refresh_token\":\"$refresh\",\"user_id\":\"alice\"}");
    }

    if ($uri =~ m{/ocs/.*shares}) {
        return ('shares', '200 OK', $json, shares());
    }

    if ($uri =~ m{/ocs/}) {
        return ('ocs', '200 OK', $json, '{"ocs":{"meta":{"status":"ok",'
                . '"statuscode":200,"message":"OK"},"data":{"id":"alice",'
                . '"display-name":"Alice"}}}');
    }

    if ($method eq 'PROPFIND') {
        my ($path) = $uri =~ m{^([^?]*)};
        return ('propfind', '207 Multi-Status', $xml, multistatus($path));
    }

    if ($method eq 'SEARCH' || $method eq 'REPORT') {
        return ('search', '207 Multi-Status', $xml,
                multistatus($uri =~ /dav\// ? '/remote.php/dav/files/alice/'
                                            : '/oc/remote.php/dav/files/alice/'));
    }

    return ('preview', '200 OK', 'image/png', "\x89PNG\r\n\x1a\n" . 'p' x 300)
        if $uri =~ /preview/;

    if ($method eq 'GET') {
        my $body = join '', 'a' .. 'zz';

        return ('get', '200 OK', 'text/plain', $body, 'ETag: "tag"',
                'OC-ETag: "tag"', 'OC-Checksum: SHA1:'
                . Digest::SHA::sha1_hex($body));
    }

    return ('other', '201 Created', '', '');
}


sub shares {
    my $share = '{"id":"%d","share_type":3,"uid_owner":"alice","permissions":1,'
                . '"path":"\/a.txt","item_type":"file","token":"AbCdEfGhIjKlMnO",'
                . '"url":"http:\/\/127.0.0.1\/s\/AbCdEfGhIjKlMnO",'
                . '"expiration":null,"file_source":%d,"item_source":%d}';

    return '{"ocs":{"meta":{"status":"ok","statuscode":200,"message":"OK"},'
           . '"data":[' . join(',', map { sprintf $share, $_, $_, $_ } 1 .. 3)
           . ']}}';
}


sub multistatus {
    my $path = shift;

    $path =~ s{/*$}{/};

    my @name = ('', 'folder/', 'a.txt', 'b.png', 'c%20d.pdf',
                $path =~ m{/k(\d+)/} ? "c$1z.png" : ());

    return '<?xml version="1.0"?>' . "\n" . '<d:multistatus xmlns:d="DAV:" '
        . 'xmlns:oc="http://owncloud.org/ns" '
        . 'xmlns:nc="http://nextcloud.org/ns">' . join('', map {
            my $folder = $_ eq '' || /\/$/;

            "<d:response><d:href>$path$_</d:href><d:propstat><d:prop>"
            . '<d:getlastmodified>Fri, 02 Jan 2026 03:04:05 GMT'
            . '</d:getlastmodified><d:getcontentlength>12</d:getcontentlength>'
            . '<d:getetag>&quot;0123456789abcdef&quot;</d:getetag>'
            . '<oc:fileid>123</oc:fileid><nc:has-preview>true</nc:has-preview>'
            . '<d:resourcetype>' . ($folder ? '<d:collection/>' : '')
            . '</d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK</d:status>'
            . '</d:propstat><d:propstat><d:prop><oc:size/></d:prop>'
            . '<d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>'
            . '</d:response>';
        } @name) . '</d:multistatus>';
}


sub moodle_answer {
    my ($request, $count) = @_;

    my ($method, $uri) = $request =~ /^(\S+) (\S+)/;
    my $html = 'text/html; charset=utf-8';
    my $json = 'application/json; charset=utf-8';
    my ($repository) = $request =~ /repo_id=(\d+)/;
    my @good;

    if ($uri =~ /action=searchform/) {
        @good = ('searchform', '200 OK', $json,
                 sprintf '{"repo_id":%d,"form":"<div>x<\/div>"}',
                         $repository // 8);

    } elsif ($uri =~ /action=upload/) {
        @good = ('upload', '200 OK', $json, '{"url":"http:\/\/127.0.0.1\/draft",'
                 . '"id":1,"file":"x"}');

    } elsif ($uri =~ /file\.php/) {
        @good = ('redirect', '303 See Other', $html, 'x',
                 'Location: http://127.0.0.1/repository/owncloud/link/v1.'
                 . '01234567.' . 'A' x 80 . '/x.txt');

    } else {
        @good = ('moodle', '200 OK', $html, 'this is Moodle');
    }

    my $kind = shift @good;

    $count->{$kind}++;

    return (answer(@good), 0) if $request !~ /m(\d{1,9})z/;

    $count->{"bad-$kind"}++;
    seed($1);

    return malformed_answer(@good);
}


# --- answers, spoilt: the bytes, and whether the connection ends with them ---

sub malformed_answer {
    my ($status, $type, $body, @header) = @_;

    # more often one thing than all of them

    my %bad = map { $_ => chance(15) } qw(line header framing body);
    $bad{one(qw(line header framing body body body))} = 1;

    $body = malformed_body($body) if $bad{body};

    my $line = $bad{line} ? status_line($status) : "HTTP/1.1 $status\r\n";

    push @header, "Content-Type: $type" if length $type;
    @header = malformed_headers(@header) if $bad{header};

    my $last = chance(85);
    my $framed;

    if ($bad{framing}) {
        ($framed, $body) = framing($body);
        push @header, @$framed;
        $last = 1 if chance(95);

    } elsif (chance(50)) {
        push @header, 'Transfer-Encoding: chunked';
        $body = chunked($body);

    } else {
        push @header, 'Content-Length: ' . length $body;
    }

    push @header, 'Connection: ' . one('close', 'keep-alive', 'x', '')
        if $last && chance(60);

    my $answer = $line . join('', map { "$_\r\n" } @header) . "\r\n" . $body;

    if (chance(5)) {
        $answer = spoilt($answer, 1);
        $last = 1;
    }

    return ($answer, $last);
}


# no 429 and 503: the cloud would be left alone for a while

sub status_line {
    my $status = shift;
    my ($code, $reason) = split / /, $status, 2;

    return one(
        "HTTP/1.1 $code\r\n", "HTTP/1.1 $code \r\n", "HTTP/1.0 $status\r\n",
        "HTTP/1.1 $status\n", "HTTP/1.1  $status\r\n", "HTTP/2 $status\r\n",
        "HTTP/9.99 $status\r\n", "HTTP/1.1 $status " . 'r' x 5000 . "\r\n",
        "HTTP/1.1 $code " . bytes(20) =~ tr/\r\n//dr . "\r\n",
        "ICY $status\r\n", "http/1.1 $status\r\n", "HTTP/1.1\r\n",
        "HTTP/1.1 ${code}0 X\r\n", "HTTP/1.1 99999999999 X\r\n",
        "HTTP/1.1 -$code X\r\n", "HTTP/1.1 2x7 X\r\n", "\r\nHTTP/1.1 $status\r\n",
        "HTTP/1.1 000 X\r\n", bytes(30) . "\r\n", '', "\0" x 100,
        ("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n") x (1 + number(40))
            . "HTTP/1.1 $status\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 $status\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\nHTTP/1.1 $status\r\n",
        map { "HTTP/1.1 $_ Reason\r\n" } 200, 201, 204, 206, 207, 226, 301, 302,
            304, 307, 400, 401, 403, 404, 409, 412, 416, 500, 502, 504, 599,
            600, 999);
}


sub malformed_headers {
    my @header = @_;

    for (1 .. 1 + number(3)) {
        my $name = one(qw(Content-Type ETag OC-ETag OC-Checksum Retry-After
                          Location Content-Encoding Content-Range Last-Modified
                          Content-Disposition Set-Cookie WWW-Authenticate Date
                          Vary Trailer Connection Keep-Alive X-Accel-Redirect
                          X-Accel-Expires OC-FileId));
        my $value = one('', '*', '"', '""', '"x', 'W/"x"', 'gzip', 'bytes 0-1/2',
                        'SHA1:' . 'g' x 40, 'SHA256:', 'MD5:x SHA1:y',
                        'text/html', '9' x 30, '-1', 'close', '/secret',
                        line(bytes(20)), 'x' x 4000);

        push @header, "$name: " . (chance(30) ? line(spoilt($value, 1))
                                              : $value);
    }

    push @header, one('no colon', ': no name', ' folded: x', "a\0b: c",
                      "a b: c", "\xff\xfe: x", 'x:', ' ') if chance(25);
    push @header, map { "X-Many-$_: " . 'y' x number(40) } 1 .. one(50, 300, 900)
        if chance(8);
    push @header, 'X-Long: ' . 'z' x one(3000, 9000, 40000) if chance(8);

    return @header;
}


sub framing {
    my $body = shift;
    my $length = length $body;

    my $kind = number(5);

    return ([], $body) if $kind == 0;

    return (['Content-Length: ' . one(0, $length - 1, $length + 1, $length * 2,
             "+$length", "$length ", "$length, $length", -1, '', 'abc', '0x10',
             '18446744073709551616', '9223372036854775807', '9' x 40)], $body)
        if $kind == 1;

    return (["Content-Length: $length", one("Content-Length: $length",
             'Content-Length: 5', 'Transfer-Encoding: chunked')], $body)
        if $kind == 2;

    return (['Transfer-Encoding: ' . one('chunked, chunked', 'gzip, chunked',
             'identity', 'Chunked', 'chunked;x=y', '', 'xchunked', "chunked\t")],
            chunked($body)) if $kind == 3;

    my $size = sprintf '%x', $length;

    return (['Transfer-Encoding: chunked'], one(
        "$size\n$body\n0\n\n", "$size\r\n${body}0\r\n\r\n", "zz\r\n$body",
        "-1\r\n$body\r\n0\r\n\r\n", "0x$size\r\n$body\r\n0\r\n\r\n",
        "ffffffffffffffff\r\n$body", "7fffffffffffffff\r\n$body",
        "8000000000000000\r\n$body", ('0' x 500) . "$size\r\n$body\r\n0\r\n\r\n",
        "$size;" . 'e' x 20000 . "\r\n$body\r\n0\r\n\r\n",
        "$size;a=\"b\r\n\"\r\n$body\r\n0\r\n\r\n", "\r\n$size\r\n$body",
        "$size\r\n$body\r\n0\r\n" . join('', map { "T$_: x\r\n" } 1 .. 500)
            . "\r\n",
        "$size\r\n$body\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\nmore",
        "$size\r\n$body\r\n0\r\n\r\n" . bytes(100), "$size\r\n$body\r\n",
        "$size \r\n$body\r\n0\r\n\r\n", "$size\r\n" . substr $body, 0, 10));
}


sub malformed_body {
    my $body = shift;

    return spoilt($body) if chance(65);

    return one(
        '', ' ', "\0", "\xef\xbb\xbf$body", "\xff\xfe$body", $body x 2,
        $body =~ s/utf-8/utf-16/r, substr($body, 0, number(1 + length $body)),
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' . $body,
        '<?xml version="1.0"?><!DOCTYPE x [' . join('', map {
            "<!ENTITY e$_ \"" . "&e@{[ $_ - 1 ]};" x 10 . '">' } 1 .. 9)
            . ']><x>&e9;</x>',
        '<?xml version="1.0" encoding="ISO-8859-1"?><x>' . bytes(300) . '</x>',
        '<a>' x one(50, 300, 5000), '<a>' x 200 . '</a>' x 200,
        '<d:multistatus xmlns:d="DAV:">' . '<d:response>' x 300,
        $body =~ s{(<d:href>)}{"$1" . 'h' x one(300, 9000, 70000)}er,
        $body =~ s{<d:prop>}{'<d:prop>' . join '', map { "<x$_/>" } 1 .. 500}er,
        $body =~ s{<d:response>}{'<d:response ' . join(' ', map { "a$_=\"b\"" }
                                     1 .. one(60, 70, 700)) . '>'}er,
        $body =~ s{<d:response>}{'<d:response ' . join(' ', map {
            "xmlns:n$_=\"u$_\"" } 1 .. one(60, 70, 300)) . '>'}er,
        $body =~ s{<d:href>}{<d:href>/../}r, $body =~ s/200 OK/299 X/gr,
        $body =~ s{(<d:getcontentlength>)12}{$1 . one('-1', '9' x 30, '', ' 12 ',
                                                      '1e3')}egr,
        '[' x one(50, 5000), '{"a":' x one(50, 5000), '[' . '1,' x 5000 . '1]',
        '{"access_token":"' . 't' x one(3000, 9000, 70000) . '"}',
        '{"access_token":1,"expires_in":"x"}', '{"access_token":""}', 'null',
        '{"access_token":"a","expires_in":' . one(-1, 0, '1e9', '9' x 30, '""')
            . '}', '"' . '\u0000' x 1000 . '"', '{"a":"\ud800"}',
        '{"error":"' . 'e' x 5000 . '"}', "{\"error\":\"invalid\\u0000grant\"}",
        $body =~ s/"id":"1"/'"id":"' . one('..\/..', '1?x=y', '', 'x' x 500)
                            . '"'/er,
        $body =~ s/null/'[' x 40/er, $body =~ s/200/one(-1, '"x"', '9' x 30)/er,
        'x' x one(1000, 70000, 300000));
}


1;
