#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# Aliases: the file stays in the cloud, Moodle keeps a public link to it.

use v5.20;
use warnings;

use Digest::SHA qw(sha1_hex);
use JSON::PP;
use MIME::Base64;
use Test::More;

use Owncloud qw(cloud standins fresh requests);
use Owncloud::HTTP;

my %repository = (OC => 7, NC => 8);
my $secret = 'StandInRepositorySecretKey000000';
my $env = standins();

stored();
off();
no_key();

cloud($_ => 'reset', {}) for qw(NC OC);
done_testing();


sub browser {
    my $nginx = shift;

    fresh($nginx);

    my $browser = $nginx->browser;
    $browser->sign_in($_) for 7, 8;

    return $browser;
}


sub alias {
    my ($browser, $repository, $folder, $title, %field) = @_;

    my $answer = $browser->picker(list => $repository, p => $folder);
    my ($node) = grep { $_->{title} eq $title } @{ $answer->{list} // [] };

    return $browser->picker(download => $repository, title => $title,
        source => $node->{source}, sourcekey => $node->{sourcekey},
        savepath => '/', license => 'cc', author => 'Tea Cher',
        usefilereference => 1, %field);
}


# what Moodle is sent and what it keeps; another user opens the file

sub stored {
    my $nginx = Owncloud->new;
    my $browser = browser($nginx);
    my $item = 2000;

    for my $cloud (qw(NC OC)) {
        $nginx->moodle('clear');
        $item++;

        my $answer = alias($browser, $repository{$cloud}, '/special/',
                           'hash # file.txt', itemid => $item);

        is($answer->{file}, 'hash # file.txt', "$cloud - Moodle's answer")
            or diag(encode_json($answer));

        my ($post) = grep { $_->{uri} =~ /action=download/ }
                     @{ $nginx->moodle('log') };
        my $body = decode_base64($post->{body});
        my %field = map { my ($k, $v) = split /=/, $_, 2;
                          s/\+/ /g, s/%(..)/chr hex $1/ge for $k, $v;
                          $k => $v } split /&/, $body;

        my ($token) = $field{source} =~ m{/s\\/(\w+)\\/download"\}$};
        my $url = $env->{"CLOUD_${cloud}_URL"} . "s/$token/download";
        my $source = '{"type":"FILE_REFERENCE","link":"'
                     . $url =~ s{/}{\\/}gr . '"}';

        is($field{source}, $source, "$cloud - the reference, byte for byte");
        is($field{sourcekey}, sha1_hex($source . $secret . 'Teacheraaa'),
           "$cloud - its key");
        is($field{usecontrolledlink}, 1, "$cloud - as a controlled link");
        ok(!exists $field{usefilereference}, "$cloud - and no other way");

        my $drafts = $nginx->moodle('drafts')->{teacher1};
        my ($file) = @{ $drafts->{$item} // [] };

        is($file->{reference}, $source, "$cloud - what Moodle keeps")
            or diag(encode_json($drafts));

        $nginx->moodle('save', user => 'teacher1', item => $item, ctx => 17);

        my $reader = $nginx->browser(session => 'studentaaaaaaaaaaaaaaaaaaa',
                                     sesskey => 'Studentaaa');
        my $opened = $reader->request(GET => '/pluginfile.php/17/'
            . 'mod_assign/intro/0/hash%20%23%20file.txt');

        is($opened->{headers}{location}, $url, "$cloud - who opens it is sent "
           . 'to the link') or diag($opened->{status});

        # the file again: the same link

        alias($browser, $repository{$cloud}, '/special/', 'hash # file.txt',
              itemid => $item + 100);
        is(scalar(grep { /^POST .*shares/ } requests($cloud)), 1,
           "$cloud - one link for two aliases");
    }

    $nginx->finish;
}


sub off {
    my $nginx = Owncloud->new(no_start => 1);

    $nginx->configure(server => <<"EOT");
        owncloud_repository 7 {
            issuer      oc;
            secret_key  $nginx->{dir}/moodle.key;
            alias       off;
        }

        owncloud_repository 8 {
            issuer           nc;
            secret_key       $nginx->{dir}/moodle.key;
            supported_files  internal;
        }
EOT
    $nginx->start;

    my $browser = browser($nginx);

    for my $cloud (qw(NC OC)) {
        is(alias($browser, $repository{$cloud}, '/', 'report.pdf')->{errorcode},
           'notsupported', "$cloud - no aliases");
        is(alias($browser, $repository{$cloud}, '/', 'report.pdf',
                 linkexternal => 'yes')->{errorcode} // 'none',
           $cloud eq 'NC' ? 'notsupported' : 'none',
           "$cloud - links do not depend on \"alias\"");
    }

    is(scalar(grep { /shares/ } requests('NC')), 0, 'no link was made');

    $nginx->finish;
}


sub no_key {
    my $nginx = Owncloud->new(no_start => 1);

    my $configure = sub {
        $nginx->configure(server => <<"EOT");
        owncloud_repository 7 { issuer oc; $_[0] }
        owncloud_repository 8 { issuer nc; alias off; }
EOT
        return ($nginx->check)[1];
    };

    my $what = qr/no "secret_key" in repository "7": aliases cannot/;

    like($configure->('alias public;'), qr/\[warn\] [^\n]*$what/,
         'no key - a warning');
    unlike($configure->('alias off;'), $what, 'no key - none is needed');
    unlike($configure->('supported_files internal;'), $what,
           'no key - no links at all');
    unlike($configure->(''), qr/\[warn\] [^\n]*$what/, 'no key - no warning');

    $nginx->start;

    like($nginx->log, qr/\[notice\] [^\n]*$what/, 'no key - but a notice');

    my $browser = browser($nginx);

    is(alias($browser, 7, '/', 'report.pdf')->{errorcode}, 'notsupported',
       'no key - an error');
    is(scalar(grep { /shares/ } requests('OC')), 0, 'no key - and no link');
    like($nginx->log, qr/no "secret_key" in repository "7": Moodle would/,
         'no key - the log tells why');

    $nginx->finish;
}
