<?php
declare(strict_types=1);

/*
 * The request: its body is spooled to a file, written to the log, and taken
 * apart into params() and upload_file().
 */

const BODY_LOG_LIMIT = 1048576;


function body_file(): string
{
    static $path = null;

    if ($path === null) {
        $path = state_path('spool/' . getmypid() . '.body');
        $out = fopen($path, 'w');
        stream_copy_to_stream(fopen('php://input', 'r'), $out);
        fclose($out);
        register_shutdown_function(fn() => @unlink($path));
    }

    return $path;
}


function params(): array
{
    static $params = null;

    if ($params === null) {
        $type = $_SERVER['CONTENT_TYPE'] ?? '';

        if (stripos($type, 'multipart/form-data') === 0) {
            $params = multipart_fields(multipart($type));

        } else {
            parse_str(file_get_contents(body_file()), $params);
        }

        $params += $_GET;
    }

    return $params;
}


function param(string $name, ?string $default = null): ?string
{
    $value = params()[$name] ?? $default;

    return is_array($value) ? $default : $value;
}


/* The client went away in the middle of it. */

function request_is_partial(): bool
{
    return filesize(body_file()) < (int) ($_SERVER['CONTENT_LENGTH'] ?? 0);
}


function request_is_empty_post(): bool
{
    return $_SERVER['REQUEST_METHOD'] === 'POST'
           && filesize(body_file()) === 0;
}


/* The parts with a file name: field => [filename, path, size]. */

function upload_files(): array
{
    $type = $_SERVER['CONTENT_TYPE'] ?? '';

    if (stripos($type, 'multipart/form-data') !== 0) {
        return [];
    }

    $files = [];

    foreach (multipart($type) as $part) {
        if ($part['filename'] !== null) {
            $files[$part['name']] = $part;
        }
    }

    return $files;
}


function multipart_fields(array $parts): array
{
    $query = [];

    foreach ($parts as $part) {
        if ($part['filename'] === null) {
            $query[] = urlencode($part['name']) . '='
                       . urlencode(file_get_contents($part['path']));
        }
    }

    parse_str(implode('&', $query), $fields);

    return $fields;
}


function multipart(string $type): array
{
    static $parts = null;

    if ($parts !== null) {
        return $parts;
    }

    $parts = [];

    if (ini_get('enable_post_data_reading')) {
        http_response_code(500);
        exit("PHP took the body: see fpm-pool.conf.in\n");
    }

    if (!preg_match('/boundary="?([^";]+)"?/i', $type, $m)) {
        return $parts;
    }

    $in = fopen(body_file(), 'r');
    $delimiter = "\r\n--" . $m[1];

    if (!str_starts_with((string) fgets($in), "--$m[1]")) {
        return $parts;
    }

    while (($head = multipart_head($in)) !== null) {
        $head['path'] = body_file() . '.' . count($parts);
        $head['size'] = multipart_copy($in, $head['path'], $delimiter);
        register_shutdown_function(fn() => @unlink($head['path']));
        $parts[] = $head;

        if (trim((string) fgets($in)) === '--') {
            break;
        }
    }

    return $parts;
}


function multipart_head($in): ?array
{
    $head = ['name' => null, 'filename' => null, 'type' => null];

    while (($line = fgets($in)) !== false) {
        $line = rtrim($line, "\r\n");

        if ($line === '') {
            return $head;
        }

        if (preg_match('/^content-type:\s*(.*)$/i', $line, $m)) {
            $head['type'] = $m[1];
        }

        if (stripos($line, 'content-disposition:') === 0) {
            if (preg_match('/[; ]name="((?:[^"\\\\]|\\\\.)*)"/i', $line, $m)) {
                $head['name'] = multipart_unquote($m[1]);
            }

            if (preg_match('/filename="((?:[^"\\\\]|\\\\.)*)"/i', $line, $m)) {
                $head['filename'] = multipart_unquote($m[1]);
            }
        }
    }

    return null;
}


/* As PHP and as browsers do: a backslash before a quote, no %22. */

function multipart_unquote(string $name): string
{
    return preg_replace('/\\\\(["\\\\])/', '$1', $name);
}


function multipart_copy($in, string $path, string $delimiter): int
{
    $out = fopen($path, 'w');
    $size = 0;
    $rest = '';

    while (true) {
        $at = strpos($rest, $delimiter);

        if ($at !== false) {
            $size += fwrite($out, substr($rest, 0, $at));
            fseek($in, $at + strlen($delimiter) - strlen($rest), SEEK_CUR);
            break;
        }

        $keep = strlen($delimiter) - 1;

        if (strlen($rest) > $keep) {
            $size += fwrite($out, substr($rest, 0, -$keep));
            $rest = substr($rest, -$keep);
        }

        $chunk = fread($in, 65536);

        if ($chunk === false || $chunk === '') {
            $size += fwrite($out, $rest);
            break;
        }

        $rest .= $chunk;
    }

    fclose($out);

    return $size;
}


function path_info(): string
{
    $info = $_SERVER['PATH_INFO'] ?? '';

    if ($info !== '') {
        return $info;
    }

    $uri = $_SERVER['DOCUMENT_URI'] ?? '';
    $at = strpos($uri, '.php/');

    return $at === false ? '' : substr($uri, $at + 4);
}


function log_request(): void
{
    $headers = [];
    $cgi = [];

    foreach ($_SERVER as $name => $value) {
        if (str_starts_with($name, 'HTTP_')) {
            $words = explode('_', strtolower(substr($name, 5)));
            $headers[implode('-', array_map('ucfirst', $words))] = $value;

        } elseif (in_array($name, ['REQUEST_METHOD', 'QUERY_STRING',
            'CONTENT_TYPE', 'CONTENT_LENGTH', 'REQUEST_URI', 'SCRIPT_NAME',
            'DOCUMENT_URI', 'PATH_INFO', 'SERVER_PROTOCOL', 'HTTPS',
            'REMOTE_ADDR'], true))
        {
            $cgi[$name] = $value;
        }
    }

    $query = $_SERVER['QUERY_STRING'] ?? '';
    $size = filesize(body_file());

    $entry = [
        'time' => microtime(true),
        'method' => $_SERVER['REQUEST_METHOD'],
        'uri' => $_SERVER['SCRIPT_NAME'] . path_info()
                 . ($query === '' ? '' : "?$query"),
        'headers' => $headers,
        'cgi' => $cgi,
        'body_length' => $size,
        'body_sha1' => sha1_file(body_file()),
        'body' => $size <= BODY_LOG_LIMIT
                  ? base64_encode(file_get_contents(body_file())) : null,
    ];

    file_put_contents(state_path('requests.log'),
                      json_encode($entry, JSON_UNESCAPED_SLASHES
                                          | JSON_INVALID_UTF8_SUBSTITUTE)
                      . "\n", FILE_APPEND | LOCK_EX);
}
