<?php
declare(strict_types=1);

/* /draftfile.php/USERCONTEXT/user/draft/ITEMID/path/name: the owner only */

require __DIR__ . '/inc/start.php';

$user = require_page_login();
$words = explode('/', ltrim(file_argument(), '/'));

if (count($words) < 5 || (int) $words[0] !== USERS[$user]['context']) {
    not_found('Sorry, the requested file could not be found');
}

$item = $words[3];
$name = array_pop($words);
$path = '/' . implode('', array_map(fn($word) => "$word/",
                                    array_slice($words, 4)));

$files = draft_files($user, $item);
$at = draft_find($files, $path, $name);

if ($at === null) {
    not_found('Sorry, the requested file could not be found');
}

send_stored($files[$at]);
