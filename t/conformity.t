#!/usr/bin/perl

# Does the stand-in cloud answer as the real servers did?
#
# Each row replays a request of a recording of Nextcloud 32.0.1 or ownCloud
# 10.15.2 and compares status line, deciding headers and body.  Rows are named
# after the recording they come from: "nextcloud/30", "owncloud/201".  What
# differs from one answer to the next (dates, etags, ids, tokens) is replaced by
# a word in capitals on both sides.
#
# STANDINS_ENV: the env file of a running t/standins; without it one is started.

use v5.20;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use JSON::PP;
use MIME::Base64 qw(encode_base64);
use Test::More;

our $here = dirname(abs_path(__FILE__));
our $json = JSON::PP->new->utf8;
our $standins;

for my $part (qw(client sign-in users listing files search shares controlled
             received standin)) {
    require "$here/cloud/conformity/$part.pl";
}

our %env = standins();

our $redirect = 'https://moodle.test:8143/admin/oauth2callback.php';
our $redirect_encoded = 'https%3A%2F%2Fmoodle.test%3A8143%2Fadmin%2F'
                       . 'oauth2callback.php';

our %cloud = map { $_->{name} => $_ } (
    { name => 'nextcloud', key => 'NC', base => '', instance => 'ncstandin001',
      phrase => 'nc_sessionPassphrase' },
    { name => 'owncloud', key => 'OC', base => '/oc',
      instance => 'ocstandin001', phrase => 'oc_sessionPassphrase' },
);

for my $cloud (values %cloud) {
    $cloud->{$_} = $env{"CLOUD_$cloud->{key}_$_"}
        for qw(HTTP_PORT CLIENT_ID CLIENT_SECRET);
    $cloud->{origin} = "http://127.0.0.1:$cloud->{HTTP_PORT}";
    $cloud->{basic} = 'Basic ' . encode_base64("$cloud->{CLIENT_ID}:"
                                               . $cloud->{CLIENT_SECRET}, '');
}

our ($nc, $oc) = @cloud{qw(nextcloud owncloud)};

setup($_) for $nc, $oc;

our $xml_type = 'application/xml; charset=utf-8';
our $json_type = 'application/json; charset=utf-8';
our $html_type = 'text/html; charset=UTF-8';

our $nc_root = '<?xml version="1.0"?>' . "\n<d:multistatus xmlns:d=\"DAV:\""
    . ' xmlns:s="http://sabredav.org/ns" xmlns:oc="http://owncloud.org/ns"'
    . ' xmlns:nc="http://nextcloud.org/ns"';
our $oc_root = $nc_root =~ s/ xmlns:nc="[^"]*"//r;

our $api = '/apps/files_sharing/api/v1/shares';

# The elements of a share, "x/" and "x/x" for <x/> and <x></x>
our $nc_link = 'id share_type uid_owner displayname_owner permissions can_edit '
    . 'can_delete stime parent/ expiration/ token uid_file_owner note/note '
    . 'label/label displayname_file_owner path item_type item_permissions '
    . 'is-mount-root/is-mount-root mount-type/mount-type mimetype '
    . 'has_preview/has_preview storage_id storage item_source file_source '
    . 'file_parent file_target item_size item_mtime share_with/ '
    . 'share_with_displayname password/ '
    . 'send_password_by_talk/send_password_by_talk url mail_send hide_download '
    . 'attributes/';
our $nc_user = $nc_link
    =~ s{ token uid_file}{ token/ uid_file}r
    =~ s{has_preview/has_preview}{has_preview}r
    =~ s{share_with/ .*}{share_with share_with_displayname }r
        . 'share_with_displayname_unique mail_send hide_download attributes/';
our $oc_link = 'id share_type uid_owner displayname_owner permissions stime '
    . 'parent/ expiration/ token uid_file_owner displayname_file_owner '
    . 'additional_info_owner/ additional_info_file_owner/ path mimetype '
    . 'storage_id storage item_type item_source file_source file_parent '
    . 'file_target name/ url mail_send attributes/';
our $oc_user = $oc_link
    =~ s{ token uid_file}{ token/ uid_file}r
    =~ s{name/ .*}{share_with share_with_displayname share_with_user_type }r
        . 'share_with_additional_info/ mail_send attributes/';

subtest 'status' => \&test_status;
subtest 'sign-in' => \&test_sign_in;
subtest 'authorize, errors' => \&test_authorize_errors;
subtest 'token endpoint' => \&test_token;
subtest 'PKCE' => \&test_pkce;
subtest 'refresh' => \&test_refresh;
subtest 'user info' => \&test_userinfo;
subtest 'unauthenticated' => \&test_unauthenticated;
subtest 'cookies' => \&test_cookies;
subtest 'PROPFIND' => \&test_propfind;
subtest 'special names' => \&test_special;
subtest 'GET' => \&test_get;
subtest 'changes' => \&test_changes;
subtest 'etags' => \&test_etags;
subtest 'search' => \&test_search;
subtest 'search, Nextcloud' => \&test_search_nextcloud;
subtest 'search, ownCloud' => \&test_search_owncloud;
subtest 'public links' => \&test_links;
subtest 'user shares' => \&test_user_shares;
subtest 'received shares' => \&test_received;
subtest 'ids' => \&test_ids;
subtest 'lists of shares' => \&test_share_lists;
subtest 'names of received shares' => \&test_targets;
subtest 'pending shares' => \&test_pending;
subtest 'reading of received files' => \&test_received_get;
subtest 'ends of shares' => \&test_ends;
subtest 'quota' => \&test_quota;
subtest 'app passwords' => \&test_basic;
subtest 'policies' => \&test_policies;
subtest 'maintenance' => \&test_maintenance;
subtest 'record' => \&test_record;
subtest 'faults' => \&test_faults;
subtest 'faults of refreshes' => \&test_refresh_faults;
subtest 'refused connections' => \&test_refusing;
subtest 'holdings' => \&test_holdings;
subtest 'TLS' => \&test_tls;

if (!$standins) {
    for my $cloud ($nc, $oc) {
        control($cloud, POST => 'reset', { data => JSON::PP::true });
        control($cloud, POST => 'clients', { id => $cloud->{CLIENT_ID},
                                             redirect => '*' });
    }
}

done_testing();


