<?php
declare(strict_types=1);

/* /tokenpluginfile.php/TOKEN/CONTEXT/...: the token is the user, no session */

require __DIR__ . '/inc/start.php';

[$token, $rest] = explode('/', ltrim(file_argument(), '/'), 2) + ['', ''];
$user = token_user($token, 'files_token');

if ($user === null) {
    not_found('Incorrect key');
}

saved_send($user, $rest);
