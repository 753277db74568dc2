#!/usr/bin/perl

# Copyright (C) the authors of the ownCloud module for nginx

# A copy that is not what the cloud's checksum of the file says is told, and
# nothing is stored.

use v5.20;
use warnings;

use Digest::MD5 qw(md5_hex);
use Digest::SHA qw(sha1_hex sha256_hex);
use Test::More;

use Owncloud qw(cloud standins slurp wait_for fresh);

my $item = 5700;
my %repository = (NC => 8, OC => 7);
my $nginx = Owncloud->new(no_start => 1);

$nginx->configure(server => join '', map { <<"EOT" } [7, 'oc'], [8, 'nc']);
    owncloud_repository $_->[0] {
        issuer             $_->[1];
        secret_key         $nginx->{dir}/moodle.key;
        upload_repository  5;
        cache_valid        0;
    }
EOT

$nginx->start;


sub ready {
    my $cloud = shift;

    my $browser = $nginx->browser;

    cloud($_ => 'reset', {}) for qw(NC OC);
    $nginx->moodle('reset');
    $browser->sign_in($repository{$cloud});

    my ($node) = grep { $_->{title} eq 'report.pdf' }
                 @{ $browser->picker(list => $repository{$cloud})->{list} };

    return ($browser, $node);
}


sub bytes {
    my $cloud = shift;

    return slurp(standins()->{"CLOUD_${cloud}_STATE"}
                 . '/data/alice/report.pdf');
}


sub copy {
    my ($browser, $cloud, $node, $fault) = @_;

    cloud($cloud => 'faults', undef, 'DELETE');
    cloud($cloud => 'faults', { match => '^GET .*/webdav/report\.pdf',
                                times => -1, %$fault }) if $fault;
    $nginx->moodle('clear');

    return $browser->picker(download => $repository{$cloud},
                            title => $node->{title},
                            source => $node->{source},
                            sourcekey => $node->{sourcekey},
                            savepath => '/', license => 'unknown',
                            author => 'x', itemid => ++$item);
}


# what Moodle has of the last one

sub stored {
    my $all = $nginx->moodle('drafts');

    return if ref $all eq 'ARRAY';
    return map { @{ $_->{$item} // [] } } grep { ref eq 'HASH' } values %$all;
}


sub changed {
    my ($answer, $name) = @_;

    is($answer->{errorcode}, 'cloudchanged', $name) or diag(explain($answer));
    like($answer->{error} // '', qr/^The file changed while it was being /,
         "$name: text");
    ok(!exists $answer->{url}, "$name: no file is claimed to be there");
    is((grep { $_->{uri} =~ /action=upload$/ } @{ $nginx->moodle('log') }), 0,
       "$name: Moodle was not asked");
    is_deeply([map { $_->{filename} } stored()], [], "$name: nothing stored");
    ok(wait_for(sub { !grep { /^\Q$nginx->{dir}\E\/body\// }
                      map { map { readlink // '' } glob "/proc/$_/fd/*" }
                      $nginx->workers }, 5), "$name: no file left");
}


sub taken {
    my ($answer, $name, $bytes) = @_;

    ok($answer->{url}, $name) or diag(explain($answer));
    is_deeply([map { $_->{sha1} } stored()], [sha1_hex($bytes)],
              "$name: bytes");
}


subtest 'ownCloud says it of each file' => sub {
    my ($browser, $node) = ready('OC');
    my $whole = bytes('OC');

    changed(copy($browser, 'OC', $node, { action => 'cut' }), 'cut');
    changed(copy($browser, 'OC', $node, { action => 'cut', bytes => 1 }),
            'all but one byte cut');
    changed(copy($browser, 'OC', $node, { action => 'cut',
                                          bytes => length($whole) - 1 }),
            'one byte cut');
    changed(copy($browser, 'OC', $node, { action => 'replace', from => '%PDF',
                                          to => '%PDG' }), 'one bit');
    like($nginx->log, qr/\[error\].*cloudchanged\ from\ "oc"\ for\ GET\ "[^"]*
                         report\.pdf":\ \d+\ bytes\ do\ not\ match/x, 'log');
    like($nginx->access_log, qr/e=cloudchanged$/m, 'access log');

    taken(copy($browser, 'OC', $node), 'good again', $whole);
};


subtest 'what a header may be' => sub {
    my ($browser, $node) = ready('NC');
    my $whole = bytes('NC');
    my $wrong = $whole . 'x';

    my %sum = (MD5 => \&md5_hex, SHA1 => \&sha1_hex, SHA256 => \&sha256_hex);
    my $of = sub { "$_[0]:" . $sum{$_[0]}->($_[1]) };

    my %good = (
        (map { ($_ => $of->($_, $whole)) } keys %sum),
        'capitals'      => 'SHA1:' . uc sha1_hex($whole),
        'small letters' => lc $of->('SHA1', $whole),
        'three' => join(' ', map({ $of->($_, $whole) } qw(SHA1 MD5)),
                        'ADLER32:511807b3'),
        'unknown'       => 'ADLER32:00000001',
        'not known yet' => 'SHA3-256:' . sha256_hex($wrong),
        'empty'         => '',
        'no digest'     => 'SHA1:',
        'too short'     => 'SHA1:0000',
        'too long'      => $of->('SHA1', $wrong) . '00',
        'not hex'       => 'SHA1:' . 'g' x 40,
        'no colon'      => sha1_hex($wrong),
        'spaces'        => ' , ,  ',
        'the strongest' => $of->('MD5', $wrong) . ' '
                           . $of->('SHA256', $whole),
    );

    my %bad = (
        (map { ($_ => $of->($_, $wrong)) } keys %sum),
        'capitals'        => 'SHA1:' . uc sha1_hex($wrong),
        'the second'      => 'ADLER32:00000001 ' . $of->('MD5', $wrong),
        'with a comma'    => 'ADLER32:1,' . $of->('SHA1', $wrong),
        'the strongest'   => $of->('MD5', $whole) . ' '
                             . $of->('SHA1', $wrong),
        'one that counts' => "SHA1:xyz " . $of->('SHA1', $wrong),
    );

    taken(copy($browser, 'NC', $node), 'none', $whole);

    for my $name (sort keys %good) {
        taken(copy($browser, 'NC', $node,
                   { action => 'headers',
                     headers => { 'OC-Checksum' => $good{$name} } }),
              "good: $name", $whole);
    }

    for my $name (sort keys %bad) {
        changed(copy($browser, 'NC', $node,
                     { action => 'headers',
                       headers => { 'OC-Checksum' => $bad{$name} } }),
                "wrong: $name");
    }

    # there is no telling

    taken(copy($browser, 'NC', $node, { action => 'cut', bytes => 5 }),
          'cut, none', substr($whole, 0, 5));
};


fresh($nginx);
$nginx->finish;
done_testing;
