<?php
declare(strict_types=1);

/* The picker's actions. */

function picker_searchform(array $repository): never
{
    $label = text('searchrepo');
    $placeholder = text('search');

    ajax(json([
        'repo_id' => $repository['id'],
        'form' => "<div class=\"fp-def-search mb-3\">\n"
            . "    <label class=\"visually-hidden\" for=\"reposearch\">"
            . "$label</label>\n"
            . "    <input type=\"search\" class=\"form-control\""
            . " id=\"reposearch\" name=\"s\" placeholder=\"$placeholder\"/>\n"
            . "</div>",
        'allowcaching' => true,
    ]));
}


function picker_list(array $repository, string $user): never
{
    switch ($repository['type']) {

    case 'upload':
        ajax(json([
            'nologin' => true,
            'nosearch' => true,
            'norefresh' => true,
            'list' => [],
            'dynload' => false,
            'upload' => ['label' => 'Attachment', 'id' => 'repo-form'],
            'allowcaching' => true,
            'repo_id' => $repository['id'],
        ]));

    case 'recent':
        picker_recent($repository, $user);

    default:
        picker_stock($repository, 'list');
    }
}


/* What a cloud's repository would answer if it came to PHP. */

function picker_stock(array $repository, string $action): never
{
    ajax(json([
        'dynload' => true,
        'nosearch' => true,
        'nologin' => true,
        'path' => [['name' => $repository['name'], 'path' => '',
                    'icon' => icon_url('folder')]],
        'list' => [],
        'message' => "The stock PHP plugin answered this: $action",
        'repo_id' => $repository['id'],
    ]));
}


function picker_recent(array $repository, string $user): never
{
    $list = [];

    foreach (glob(state_path("drafts/$user") . '/*.json') as $path) {
        foreach (json_decode(file_get_contents($path), true) as $file) {
            if ($file['reference'] === null) {
                $list[$file['filename']] = picker_node($file);
            }
        }
    }

    ajax(json([
        'dynload' => false,
        'nosearch' => true,
        'nologin' => true,
        'list' => array_values($list),
        'repo_id' => $repository['id'],
    ]));
}


function picker_node(array $file): array
{
    [, $icon, $type] = type_of($file['filename']);
    $source = '/' . $file['filename'];

    return [
        'title' => $file['filename'],
        'thumbnail' => icon_url($icon),
        'size' => $file['size'],
        'datemodified' => $file['time'],
        'source' => $source,
        'sourcekey' => source_key($source),
        'size_f' => size_text($file['size']),
    ] + date_texts('datemodified', $file['time']) + [
        'mimetype' => $type,
        'icon' => icon_url($icon),
    ];
}


function source_key(string $source): string
{
    return sha1($source . setting('reposecretkey') . session()['sesskey']);
}


function picker_accepted(string $name): bool
{
    $types = params()['accepted_types'] ?? [];

    if (!is_array($types) || $types === [] || in_array('*', $types, true)) {
        return true;
    }

    return in_array('.' . strtolower(pathinfo($name, PATHINFO_EXTENSION)),
                    $types, true);
}


function picker_require_type(string $name): void
{
    if (!picker_accepted($name)) {
        ajax_error(type_of($name)[2] . ' filetype cannot be accepted.',
                   'invalidfiletype');
    }
}


/* A link of somebody else's making is stored as it is. */

function picker_download(array $repository, string $user): never
{
    $source = param('source', '');
    $title = param('title', '');
    $key = param('sourcekey');

    picker_require_type($title);

    if ($key === null || $key === '') {
        ajax_error('The source key is missing. This key must also be provided'
                   . ' to retrieve the file.', 'missingsourcekey');
    }

    if (!hash_equals(source_key($source), $key)) {
        ajax_error('The source URL does not match the source key.',
                   'sourcekeymismatch');
    }

    if (param('usecontrolledlink') === null
        || !is_array(json_decode($source, true)))
    {
        picker_stock($repository, 'download');
    }

    $item = param('itemid', '0');

    $file = [
        'filename' => $title,
        'filepath' => param('savepath', '/'),
        'size' => 0,
        'sha1' => null,
        'time' => time(),
        'author' => param('author', ''),
        'license' => param('license', ''),
        'reference' => $source,
    ];

    $existing = draft_add($user, $item, $file, false);

    ajax(draft_answer($user, $item, $file, $existing, [
        'url' => draft_url($user, $item, $file),
        'id' => $item,
        'file' => $file['filename'],
        'icon' => icon_url(type_of($title)[1]),
    ]));
}


function picker_upload(array $repository, string $user): never
{
    if ($repository['type'] !== 'upload') {
        ajax_error('Exception - Call to undefined method'
                   . ' repository_nextcloud::upload()',
                   'generalexceptionmessage');
    }

    $part = upload_files()['repo_upload_file'] ?? null;

    if ($part === null) {
        ajax_error('File not specified', 'nofile');
    }

    if (request_is_partial()) {
        ajax_error('The file was only partially uploaded.',
                   'upload_error_partial');
    }

    $name = basename($part['filename']);
    $item = param('itemid', '0');

    picker_upload_limits($user, $item, $name, $part);

    $file = [
        'filename' => picker_upload_name(param('title', ''), $name),
        'filepath' => param('savepath', '/'),
        'size' => $part['size'],
        'sha1' => draft_store_bytes($part['path']),
        'time' => time(),
        'author' => param('author', ''),
        'license' => param('license', ''),
        'reference' => null,
    ];

    $existing = draft_add($user, $item, $file,
                          (bool) param('overwrite', '0'));

    ajax(draft_answer($user, $item, $file, $existing, [
        'url' => draft_url($user, $item, $file),
        'id' => (int) $item,
        'file' => $file['filename'],
    ]));
}


function picker_upload_limits(string $user, string $item, string $name,
    array $part): void
{
    if ($part['size'] === 0 || is_all_nul($part['path'])) {
        ajax_error("The file '$name' is either empty or a folder. To upload"
                   . ' folders zip them first.', 'upload_error_invalid_file');
    }

    picker_require_type($name);

    $maxbytes = (int) param('maxbytes', '-1');

    if ($maxbytes > 0 && $part['size'] > $maxbytes) {
        ajax_error("The file $name is too large. The maximum size you can"
                   . ' upload is ' . size_text($maxbytes) . '.',
                   'maxbytesfile');
    }

    $area = (int) param('areamaxbytes', '-1');
    $used = array_sum(array_column(draft_files($user, $item), 'size'));

    if ($area >= 0 && $used + $part['size'] > $area) {
        ajax_error('The file is larger than the space remaining in this'
                   . ' area.', 'maxareabytes');
    }
}


function is_all_nul(string $path): bool
{
    $in = fopen($path, 'r');

    while (($chunk = fread($in, 65536)) !== false && $chunk !== '') {
        if (trim($chunk, "\0") !== '') {
            return false;
        }
    }

    return true;
}


/* A title of its own gets the extension of the file. */

function picker_upload_name(string $title, string $name): string
{
    if ($title === '') {
        return $name;
    }

    $extension = pathinfo($name, PATHINFO_EXTENSION);

    if ($extension !== ''
        && strcasecmp(pathinfo($title, PATHINFO_EXTENSION), $extension) !== 0)
    {
        return "$title.$extension";
    }

    return $title;
}
