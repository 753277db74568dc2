<?php
declare(strict_types=1);

/* /webservice/pluginfile.php/CONTEXT/...?token=TOKEN: as apps get files */

require __DIR__ . '/../inc/start.php';

$token = param('token');

if ($token === null) {
    ajax_error('A required parameter (token) was missing', 'missingparam');
}

$user = token_user($token, 'service_token');

if ($user === null) {
    ajax_error('Invalid token - token not found', 'invalidtoken');
}

if (!may_enter($user, (int) ltrim(file_argument(), '/'))) {
    ajax_error(text('requireloginerror'), 'requireloginerror');
}

saved_send($user, file_argument());
