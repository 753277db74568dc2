package Standin;

# The stand-in Moodle under an nginx of its own, for the tests beside this
# file.

use warnings;
use strict;

use Exporter qw/ import /;
use File::Basename qw/ dirname /;
use Cwd qw/ abs_path /;
use File::Temp qw/ tempdir /;
use HTTP::Tiny;
use IO::Socket::INET;
use JSON::PP;
use POSIX qw/ _exit /;
use Test::More;
use Time::HiRes qw/ sleep time /;

our @EXPORT = qw/ $http $site COOKIE KEY picker sign_in get post headers escape
	control /;

use constant {
	COOKIE => 'MoodleSession=studentaaaaaaaaaaaaaaaaaaa',
	KEY => 'Studentaaa',
};

my $here = dirname(abs_path(__FILE__));
my ($fpm) = glob '/usr/sbin/php-fpm*';
my $nginx = '/usr/sbin/nginx';

plan skip_all => 'no php-fpm' if !defined $fpm;
plan skip_all => "no $nginx" if !-x $nginx;

my $dir = tempdir('owncloud-moodle-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $owner = $$;
my @pids;

my $port = IO::Socket::INET->new(LocalAddr => '127.0.0.1:0', Listen => 1)
	->sockport();

my $token = join '', map { sprintf '%04x', rand 65536 } 1 .. 8;

our $site = "http://127.0.0.1:$port";
our $http = HTTP::Tiny->new(max_redirect => 0);

start_all();

###############################################################################

sub picker {
	my ($action, $fields, $cookie) = @_;

	return $http->post(
		"$site/repository/repository_ajax.php?action=$action", {
			headers => headers($cookie,
				'application/x-www-form-urlencoded'),
			content => ref $fields ? join '&', map {
				"$_=" . escape($fields->{$_}) } sort keys %$fields
				: $fields,
		});
}

# cookie and sesskey

sub sign_in {
	my ($user, $cookie) = @_;

	my $r = $http->post("$site/login/index.php", {
		headers => headers($cookie // '',
			'application/x-www-form-urlencoded'),
		content => "username=$user&password=Moodle-1-$user" });
	is($r->{status}, 303, "sign-in, $user");
	like($r->{headers}{'set-cookie'}, qr!^MoodleSession=\w{26}; path=/;!,
		"sign-in, $user, cookie");

	($cookie) = $r->{headers}{'set-cookie'} =~ /^([^;]*)/;
	my $page = get('/mod/assign/view.php?id=2&action=editsubmission',
		$cookie)->{content};

	return $cookie, $page =~ /"sesskey":\s*"(\w+)"/ ? $1 : '';
}

sub get {
	my ($uri, $cookie) = @_;

	return $http->get("$site$uri", { headers => headers($cookie) });
}

# A form of a page.

sub post {
	my ($uri, $cookie, $fields) = @_;

	return $http->post("$site$uri", {
		headers => headers($cookie,
			'application/x-www-form-urlencoded'),
		content => join '&', map {
			"$_=" . escape($fields->{$_}) } sort keys %$fields,
	});
}

sub headers {
	my ($cookie, $type) = @_;

	$cookie //= COOKIE;

	return {
		$cookie ne '' ? (Cookie => $cookie) : (),
		defined $type ? ('Content-Type' => $type) : (),
	};
}

sub escape {
	my ($text) = @_;

	$text =~ s/([^A-Za-z0-9_.~-])/sprintf '%%%02X', ord $1/ge;

	return $text;
}

sub control {
	my ($query) = @_;

	return decode_json($http->get("$site/_control.php?$query",
		{ headers => { 'Control-Token' => $token } })->{content});
}

###############################################################################

sub start_all {
	my $root = $> == 0;

	my $pool = read_file("$here/fpm-pool.conf.in");
	$pool =~ s/\@DIR\@/$dir/g;
	$pool =~ s/\@TOKEN\@/$token/g;
	$pool .= "user = root\ngroup = root\n" if $root;

	mkdir "$dir/moodle";
	write_file("$dir/fpm.conf",
		"[global]\nerror_log = $dir/fpm.log\ndaemonize = no\n$pool");
	write_file("$dir/nginx.conf", nginx_conf($root));

	start($fpm, $root ? '-R' : (), '-F', '-y', "$dir/fpm.conf");
	start($nginx, '-p', $dir, '-c', "$dir/nginx.conf", '-e',
		"$dir/error.log");

	my $end = time() + 20;

	until (-S "$dir/moodle.sock"
		&& IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port"))
	{
		die 'the stand-in did not start' if time() > $end;
		sleep 0.1;
	}
}

sub nginx_conf {
	my ($root) = @_;

	my $user = $root ? 'user root;' : '';
	my $temp = join "\n", map { "${_}_temp_path $dir/$_;" }
		qw/ client_body proxy fastcgi uwsgi scgi /;

	return <<"EOF";
daemon off;
$user
pid $dir/nginx.pid;
events { }
http {
    access_log off;
    $temp
    server {
        listen 127.0.0.1:$port;
        root $here;
        index index.php;
        location ~ [^/]\\.php(/|\$) {
            fastcgi_split_path_info ^(.+?\\.php)(/.*)\$;
            include /etc/nginx/fastcgi_params;
            fastcgi_param HTTP_HOST \$http_host;
            fastcgi_param SCRIPT_FILENAME
                          \$document_root\$fastcgi_script_name;
            fastcgi_param PATH_INFO \$fastcgi_path_info;
            fastcgi_pass unix:$dir/moodle.sock;
        }
    }
}
EOF
}

sub start {
	my (@command) = @_;

	my $pid = fork() // die "fork: $!";

	if ($pid == 0) {
		open STDOUT, '>', "$dir/output";
		open STDERR, '>&', \*STDOUT;
		exec @command or _exit(127);
	}

	push @pids, $pid;
}

sub read_file {
	my ($path) = @_;

	open my $f, '<', $path or die "$path: $!";
	local $/;

	return <$f>;
}

sub write_file {
	my ($path, $text) = @_;

	open my $f, '>', $path or die "$path: $!";
	print $f $text;
	close $f;
}

END {
	if (defined $owner && $$ == $owner) {
		my $status = $?;

		for my $pid (reverse @pids) {
			kill 'TERM', $pid;
			waitpid $pid, 0;
		}

		$? = $status;
	}
}

1;
