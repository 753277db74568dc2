<?php
declare(strict_types=1);

/* The file manager: what is in the draft area. */

require __DIR__ . '/../inc/start.php';

$user = require_ajax_login(CONTEXT_SYSTEM);
require_ajax_sesskey();

$item = param('itemid', '0');
$path = param('filepath', '/');

if (param('action') !== 'list') {
    ajax('');
}

function draft_node(string $user, string $item, array $file): array
{
    [, $icon, $type] = type_of($file['filename']);
    $isref = $file['reference'] !== null;
    $size = $isref ? '' : size_text($file['size']);

    return [
        'filename' => $file['filename'],
        'filepath' => $file['filepath'],
        'fullname' => $file['filename'],
        'size' => $isref ? null : $file['size'],
        'filesize' => $size,
        'sortorder' => '0',
        'author' => $file['author'],
        'license' => $file['license'],
        'datemodified' => $file['time'],
        'datecreated' => $file['time'],
        'isref' => $isref,
        'mimetype' => $type,
        'type' => 'file',
        'url' => draft_url($user, $item, $file),
        'icon' => icon_url($icon),
        'thumbnail' => icon_url($icon),
        'status' => 0,
    ] + ($isref ? [] : ['size_f' => $size])
      + ['license_f' => 'Licence not specified']
      + date_texts('datemodified', $file['time'])
      + date_texts('datecreated', $file['time']);
}

$files = array_filter(draft_files($user, $item),
                      fn($file) => $file['filepath'] === $path);
usort($files, fn($a, $b) => strcmp($a['filename'], $b['filename']));

ajax(json([
    'path' => [['name' => 'Files', 'path' => '/',
                'icon' => icon_url('folder')]],
    'itemid' => (int) $item,
    'list' => array_map(fn($file) => draft_node($user, $item, $file), $files),
    'filecount' => count($files),
    'filesize' => array_sum(array_column($files, 'size')),
    'tree' => ['children' => []],
]));
