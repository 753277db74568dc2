<?php
declare(strict_types=1);

/* The file picker's end of Moodle. */

require __DIR__ . '/../inc/start.php';
require __DIR__ . '/../inc/picker.php';

if (request_is_empty_post()) {
    ajax_error('The file you tried to upload is too large for the server to'
               . ' process.');
}

$context = (int) param('ctx_id', (string) CONTEXT_SYSTEM);

$user = require_ajax_login($context);
require_ajax_sesskey();
$repository = require_ajax_repository($context);

switch (param('action', '')) {

case 'searchform':
    picker_searchform($repository);

case 'list':
    picker_list($repository, $user);

case 'search':
case 'signin':
case 'login':
case 'logout':
    picker_stock($repository, param('action'));

case 'download':
    picker_download($repository, $user);

case 'upload':
    picker_upload($repository, $user);

case 'overwrite':
    $moved = draft_overwrite($user, param('itemid', '0'),
        [param('existingfilepath', '/'), param('existingfilename', '')],
        [param('newfilepath', '/'), param('newfilename', '')]);
    ajax(json($moved));

case 'deletetmpfile':
    draft_remove($user, param('itemid', '0'), param('newfilepath', '/'),
                 param('newfilename', ''));
    ajax('true');

default:
    ajax('');
}
