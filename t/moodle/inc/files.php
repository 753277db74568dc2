<?php
declare(strict_types=1);

/* Icons, types, sizes, dates, and sending of files. */

const TYPES = [
    'pdf' => ['application/pdf', 'pdf', 'PDF document'],
    'txt' => ['text/plain', 'text', 'Text file'],
    'png' => ['image/png', 'image', 'Image (PNG)'],
];


function type_of(string $name): array
{
    return TYPES[strtolower(pathinfo($name, PATHINFO_EXTENSION))]
           ?? ['document/unknown', 'unknown', 'File'];
}


function size_text(int $size): string
{
    if ($size >= 1 << 30) {
        return sprintf("%.1f\u{a0}GB", $size / (1 << 30));
    }

    if ($size >= 1 << 20) {
        return sprintf("%.1f\u{a0}MB", $size / (1 << 20));
    }

    if ($size >= 1 << 10) {
        return sprintf("%.1f\u{a0}KB", $size / (1 << 10));
    }

    return "$size\u{a0}bytes";
}


function date_texts(string $field, int $time): array
{
    return [
        "{$field}_f" => gmdate('j F Y, g:i A', $time),
        "{$field}_f_s" => gmdate('j/m/y, H:i', $time),
    ];
}


function send_stored(array $file): never
{
    if ($file['reference'] !== null) {
        send_reference($file['reference']);
    }

    header('Content-Type: ' . type_of($file['filename'])[0]);
    header('Content-Length: ' . $file['size']);
    header('Content-Disposition: '
           . (isset($_GET['forcedownload']) ? 'attachment' : 'inline')
           . '; filename="' . addcslashes($file['filename'], '"\\') . '"');
    readfile(state_path("files/{$file['sha1']}"));
    exit;
}


/* A stored link: only what has a link of its own can be followed. */

function send_reference(string $reference): never
{
    $link = json_decode($reference, true);

    if (($link['type'] ?? '') !== 'FILE_REFERENCE') {
        not_found('Sorry, the requested file could not be found');
    }

    $url = $link['link'];

    if (str_ends_with($_SERVER['SCRIPT_NAME'], '/webservice/pluginfile.php')
        && !setting('wsredirect'))
    {
        ajax_error('Error: Unsupported redirect detected, script execution'
                   . ' terminated', 'redirecterrordetected');
    }

    redirect(str_starts_with($url, '/') ? site() . $url : $url);
}
