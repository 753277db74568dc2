#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# The documentation: links lead somewhere, what users can read is explained in
# the words of the sources, and the configuration to paste is a good one.

use v5.20;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use File::Basename qw(basename dirname);
use Owncloud::Configuration;
use Test::More;

my $top = dirname($FindBin::Bin);

my @documents = ("$top/README.md", glob("$top/docs/*.md"));
my $troubleshoot = content("$top/docs/troubleshoot.md");

cmp_ok(scalar(@documents), '>=', 6, 'the documents are found');

links($_) for @documents;
neutral($_) for @documents;

codes();
messages();
readme();
variables();
picture();

done_testing();

###############################################################################

# every relative link: a file that is there, and a heading in it

sub links {
    my $file = shift;

    my $text = content($file) =~ s/^```.*?^```//gmsr;
    my (@wrong, $n);

    while ($text =~ /\]\(([^)\s]+)\)/g) {
        my $link = $1;

        next if $link =~ /^[a-z]+:/;

        my ($path, $anchor) = $link =~ /^([^#]*)(?:#(.*))?$/;
        my $target = length $path ? dirname($file) . "/$path" : $file;

        $n++;

        if (!-e $target) {
            push @wrong, $link;

        } elsif (defined $anchor && !anchors($target)->{$anchor}) {
            push @wrong, "$link (no such heading)";
        }
    }

    ok($n, basename($file) . ' has links') if basename($file) eq 'README.md';
    is("@wrong", '', basename($file) . ', links');
}

# headings as GitHub names them

sub anchors {
    my $file = shift;

    state %known;

    return $known{$file} if $known{$file};

    my (%anchors, %seen);
    my $text = content($file) =~ s/^```.*?^```//gmsr;

    for my $heading ($text =~ /^#{1,6} +(.*?) *$/gm) {

        my $anchor = lc $heading =~ s/\[([^]]*)\]\([^)]*\)/$1/gr;

        $anchor =~ s/[^\w\- ]//g;
        $anchor =~ tr/ /-/;

        my $n = $seen{$anchor}++;

        $anchors{$n ? "$anchor-$n" : $anchor} = 1;
    }

    return $known{$file} = \%anchors;
}

# nothing of the machine that it was written on

sub neutral {
    my $file = shift;

    my @wrong = content($file) =~ m{(/(?:home|root|tmp)/\S*)}g;

    is("@wrong", '', basename($file) . ', no paths of one machine');

    # a heading, a table or an address cannot be broken

    my $text = content($file) =~ s/^```.*?^```//gmsr
               =~ s/^(?: {4}|\||#).*$//gmr;
    my @long = grep { length > 80 && / \S/ } split /\n/, $text;

    is(join("\n", @long), '', basename($file) . ', lines');
}

# every code is in the table, and has a paragraph or a row that explains it

sub codes {
    my %code;

    for my $file (glob("$top/src/*/*.c")) {
        my $text = content($file);

        # an answer, a variable, a table of failures, the access log

        $code{$_} = basename($file) for
            $text =~ /(?:answer_error|failure_answer)\(
                      (?:[^;"]|"[^"]*")*?, \s* "(\w+)" \s* \)/gx,
            $text =~ /_(?:account_failed|fail_text)\(
                      r, \s ctx, \s* "(\w+)"/gx,
            $text =~ /\bcode = "(\w+)"/g,
            $text =~ /^\s+\{ \w+, "([a-z]+)",$/gm,
            $text =~ /&ctx->error, "(\w+)"/g,
            $text =~ /_fault_t\s+\w+ = \{\s+"(\w+)",/g;
    }

    cmp_ok(scalar(keys %code), '>=', 20, 'the codes are found');

    my ($rest, $table) = split /^## Codes$/m, $troubleshoot;
    my %row = map { $_ => 1 } $table =~ /^\| `(\w+)` \| \S/gm;

    for (sort keys %code) {
        ok($row{$_}, "$_ is in the table") or diag("of $code{$_}");
        like($rest, qr/`$_`/, "$_ is explained");
    }

    is(join(' ', grep { !$code{$_} } sort keys %row), '',
       'no code is explained that nobody has');
}

# questions that quote a message quote it as it is

sub messages {
    my $said = '';

    for my $file (grep { !m{/(?:format|cloud|engine)/} }
                  glob("$top/src/*/*.c"))
    {
        my $text = content($file) =~ s/"\s*\n\s*"//gr;

        $said .= join "\n", '', map { s/\\"/"/gr }
                               $text =~ /"((?:[^"\\\n]|\\.)*)"/g;
    }

    my %asked = map { s/\bSciebo\b/%s/gr => 1 }
                $troubleshoot =~ /^### "(.*)"$/gm;

    cmp_ok(scalar(keys %asked), '>=', 30, 'the questions are found');

    for (sort keys %asked) {
        my ($start) = /^(.{0,50})/;

        ok($said =~ /^\Q$_\E$/m, "said so: $start");
    }

    # and none is left out: sentences that begin with who they are about

    for ($said =~ /^((?:%s|The|This|There|Your|No|Moodle|Files|Some|Search)
                     [^\n]*\.)$/gmx)
    {
        my ($start) = /^(.{0,50})/;

        ok($asked{$_}, "asked: $start");
    }
}

# the configuration in the README is that of the example, and a good one

sub readme {
    my ($conf) = content("$top/README.md") =~ /^```nginx\n(.*?)^```/ms;

    ok($conf, 'a configuration in README.md') or return;

    my ($here, $there) = map { s/#.*//gmr =~ s/\s+/ /gr }
                         $conf, content("$top/conf-examples/minimal.conf");

    is($here, $there, 'it is conf-examples/minimal.conf');

    my ($good, $told) = nginx_t(adapt($conf));
    my @complaints = $told =~ /\[(?:warn|error|crit|alert|emerg)\].*/g;

    ok($good && !@complaints, 'it passes "nginx -t"') or diag($told);
    like($told, qr/the redirect URI to register for issuer "sciebo" is/,
         'and tells the redirect URI');
}

# names of hosts and of files are replaced by such as are on any machine

sub adapt {
    my $text = shift;

    my $dir = directory();
    my $module = module_path();

    write_file('mime.types', "types { text/html html; }\n");
    write_file('fastcgi_params', "fastcgi_param QUERY \$query_string;\n");

    $text =~ s/^load_module.*;/load_module $module;/m;
    $text =~ s{^events}{pid nginx.pid;\nerror_log stderr notice;\nevents}m;
    $text =~ s{^http \{}{http \{
        client_body_temp_path tmp_body; proxy_temp_path tmp_proxy;
        fastcgi_temp_path tmp_fastcgi; uwsgi_temp_path tmp_uwsgi;
        scgi_temp_path tmp_scgi; access_log off;}m;

    $text =~ s/[\w-]+\.example\.com/localhost/g;
    $text =~ s{listen(\s+)443\b}{listen${1}127.0.0.1:8443};
    $text =~ s{/etc/ssl/private/[\w.-]+}{$dir/server.key}g;
    $text =~ s{/etc/ssl/certs/[\w.-]+}{$dir/server.crt}g;
    $text =~ s{/etc/nginx/owncloud/([\w.-]+)}{
        write_file($1, "Secret of $1" . 'x' x 48)}ge;

    return $text;
}

# what the documents write into configurations is there

sub variables {
    my ($table) = content("$top/src/module/ngx_http_owncloud_variable.c")
                  =~ /variable_list\[\] = \{(.*?)null_variable/s;
    my %known = map { $_ => 1 } $table =~ /ngx_string\("(\w+)"\)/g;

    my %used = map { $_ => 1 }
               map { content($_) =~ /\$(owncloud_\w+)/g } @documents;

    is(join(' ', grep { !$known{$_} } sort keys %used), '',
       'no variable that is not there');
}

sub picture {
    my $file = "$top/docs/screenshot.png";
    my $data = content($file);

    is(substr($data, 1, 3), 'PNG', 'the picture is one');
    is(join('x', unpack 'NN', substr($data, 16, 8)), '1280x800', 'its size');
    cmp_ok(-s $file, '<', 300 * 1024, 'and its weight');
}

sub content {
    my $file = shift;

    open my $f, '<', $file or die "$file: $!\n";
    local $/;
    return scalar <$f>;
}
