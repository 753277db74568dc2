package Bench::Cloud;

# Copyright (C) the authors of the ownCloud module for nginx

# The instant cloud: folders as Nextcloud shows them, and an nginx that has
# nothing to do but to send them.

use v5.20;
use warnings;

use Bench::Files;

my @months = qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec);
my @types = qw(pdf docx txt png odt xlsx jpg mp4 zip pptx);


# a folder as Nextcloud shows it: itself, its files, some folders

sub folder {
    my ($self, $name, $entries, @files) = @_;

    my $base = "/remote.php/webdav/$name/";
    my $head = '<?xml version="1.0"?>' . "\n"
               . '<d:multistatus xmlns:d="DAV:" '
               . 'xmlns:s="http://sabredav.org/ns" '
               . 'xmlns:oc="http://owncloud.org/ns" '
               . 'xmlns:nc="http://nextcloud.org/ns">'
               . entry($base, 0, 1);

    my $file = "$self->{dir}/cloud/xml/$name-";

    spew("${file}0", "$head</d:multistatus>", 0644);

    open my $out, '>:raw', "${file}1" or die "$file: $!\n";
    print $out $head;

    for my $n (1 .. $entries) {
        my $folder = $n % 20 == 0;

        print $out entry($base . sprintf($folder ? 'Seminar%%20%06d/'
                                 : "Lecture%%20notes-%06d.$types[$n % @types]",
                                 $n),
                         $n, $folder);
    }

    print $out entry("$base$_", 1, 0) for @files;
    print $out '</d:multistatus>';
    close $out or die "$file: $!\n";
    chmod 0644, "${file}1";

    $self->{length}{$name} = -s "${file}1";
}


sub entry {
    my ($href, $n, $folder) = @_;

    my $date = sprintf '%s, %02d %s 2026 %02d:%02d:%02d GMT',
                       (qw(Mon Tue Wed Thu Fri Sat Sun))[$n % 7],
                       1 + $n % 28, $months[$n % 12], $n % 24, $n % 60,
                       $n * 7 % 60;
    my $etag = sprintf '%08x%08x%08x%08x', map { $n * $_ & 0xffffffff }
                       2654435761, 2246822519, 3266489917, 668265263;

    return "<d:response><d:href>$href</d:href><d:propstat><d:prop>"
           . "<d:getlastmodified>$date</d:getlastmodified>"
           . ($folder ? '<d:resourcetype><d:collection/></d:resourcetype>'
                      : '<d:getcontentlength>' . ($n * 7919 % 100000000)
                        . '</d:getcontentlength><d:resourcetype/>')
           . "<d:getetag>&quot;$etag&quot;</d:getetag></d:prop>"
           . '<d:status>HTTP/1.1 200 OK</d:status></d:propstat>'
           . ($folder ? '<d:propstat><d:prop><d:getcontentlength/></d:prop>'
                        . '<d:status>HTTP/1.1 404 Not Found</d:status>'
                        . '</d:propstat>' : '')
           . '</d:response>';
}


sub certificates {
    my $self = shift;

    my $dir = "$self->{dir}/cloud";
    my $ec = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes';

    command("cd $dir && openssl req -x509 $ec -days 2 -subj '/CN=Bench CA'"
            . ' -keyout ca.key -out ca.crt');
    command("cd $dir && openssl req $ec -subj /CN=cloud.test"
            . ' -keyout server.key -out server.csr');
    spew("$dir/ext", "subjectAltName = DNS:cloud.test\n");
    command("cd $dir && openssl x509 -req -in server.csr -CA ca.crt"
            . ' -CAkey ca.key -CAcreateserial -days 2 -extfile ext'
            . ' -out server.crt');
}


# a trailing subrequest makes answers chunked, as PHP's are

sub cloud_conf {
    my $self = shift;

    my $dir = "$self->{dir}/cloud";
    my $chunked = command("$self->{binary} -V") =~ /http_addition_module/
                  ? 'addition_types *; add_after_body /nothing;' : '';

    my $token = 'T' x 72;
    my $json = qq({"access_token":"$token","token_type":"Bearer",)
               . qq("expires_in":3600,"refresh_token":"${\ ('R' x 128)}",)
               . '"user_id":"alice"}';
    my $copied = $self->{copied} ? <<"EOT" : '';
        location = /remote.php/webdav/one/copied {
            alias       $self->{copied}{file};
            etag        on;
            add_header  OC-Checksum  "SHA1:$self->{copied}{sha1}";
        }
EOT
    my $user = '{"ocs":{"meta":{"status":"ok","statuscode":200,"message":"OK"}'
               . ',"data":{"enabled":true,"id":"alice","email":null,'
               . '"displayname":"Alice Tester"}}}';

    return $self->common('cloud') . <<"EOT";

    # the headers that Nextcloud sends with every listing

    add_header  Set-Cookie  "oc_sessionPassphrase=${\ ('x' x 156)}; path=/; secure; HttpOnly; SameSite=Lax" always;
    add_header  Set-Cookie  "__Host-nc_sameSiteCookielax=true; path=/; httponly;secure; expires=Fri, 31-Dec-2100 23:59:59 GMT; SameSite=lax" always;
    add_header  Set-Cookie  "__Host-nc_sameSiteCookiestrict=true; path=/; httponly;secure; expires=Fri, 31-Dec-2100 23:59:59 GMT; SameSite=strict" always;
    add_header  Content-Security-Policy  "default-src 'none';" always;
    add_header  Set-Cookie  "ocvxf1m3l0k6=${\ ('x' x 26)}; path=/; secure; HttpOnly; SameSite=Lax" always;
    add_header  Vary  "Brief,Prefer" always;
    add_header  DAV  "1, 3, extended-mkcol, nextcloud-checksum-update" always;
    add_header  X-Request-Id  "BaMx6lhRNTVrxlaHcWWG" always;
    add_header  Referrer-Policy  no-referrer always;
    add_header  X-Content-Type-Options  nosniff always;
    add_header  X-Frame-Options  SAMEORIGIN always;
    add_header  X-Permitted-Cross-Domain-Policies  none always;
    add_header  X-Robots-Tag  "noindex, nofollow" always;

    server {
        listen  127.0.0.1:$self->{cloud} ssl backlog=4096;
        server_name  cloud.test;
        root         $dir;

        ssl_certificate      $dir/server.crt;
        ssl_certificate_key  $dir/server.key;
        ssl_protocols        TLSv1.2 TLSv1.3;
        ssl_session_cache    shared:tls:1m;

        default_type    application/json;
        etag            off;
        output_buffers  4 32k;

        # a cloud that needs a second

        location ~ ^/remote.php/webdav/(slow)/\$ {
            auth_basic            "slow";
            auth_basic_user_file  /dev/null;
            auth_delay            1s;
            error_page  401 =207  /xml/\$1-\$http_depth;
        }

        location ~ ^/remote.php/webdav/(\\w+)/\$ {
            error_page  405 =207  /xml/\$1-\$http_depth;
            return      405;
        }

$copied
        location /xml/ {
            internal;
            default_type  "application/xml; charset=utf-8";
            $chunked
        }

        location = /nothing {
            return  204;
        }

        location = /index.php/apps/oauth2/api/v1/token {
            return  200  '$json';
        }

        location /ocs/ {
            return  200  '$user';
        }
    }

    # Moodle, which permits everything

    server {
        listen        unix:$dir/moodle;
        default_type  "application/json; charset=utf-8";

        location ~ ^/(\\d+)/ {
            return  200  '{"repo_id":\$1,"form":"<input name=s>"}';
        }
    }
}
EOT
}


1;
