<?php
declare(strict_types=1);

/*
 * Answers in Moodle's words.  AJAX answers are always 200.
 */

const TEXTS = [
    'en' => [
        'search' => 'Search',
        'searchrepo' => 'Search repository',
        'requireloginerror' => 'Course or activity not accessible.',
        'nopermissiontoaccess' => 'No permission to access this repository.',
    ],
    'de' => [
        'search' => 'Suchen',
        'searchrepo' => 'Repository durchsuchen',
        'requireloginerror' => 'Kurs oder Aktivität ist nicht zugänglich.',
        'nopermissiontoaccess' => 'Kein Zugriffsrecht auf dieses Repository.',
    ],
];


function text(string $name): string
{
    return TEXTS[setting('language')][$name] ?? TEXTS['en'][$name];
}


function is_https(): bool
{
    return ($_SERVER['HTTPS'] ?? '') === 'on'
           || ($_SERVER['HTTP_X_FORWARDED_PROTO'] ?? '') === 'https';
}


/* "" or "/lms", when the site lives below a path */

function site_path(): string
{
    $root = dirname(__DIR__);
    $script = (string) realpath($_SERVER['SCRIPT_FILENAME']);
    $name = $_SERVER['SCRIPT_NAME'];
    $tail = substr($script, strlen($root));

    return str_ends_with($name, $tail)
           ? substr($name, 0, strlen($name) - strlen($tail)) : '';
}


function site(): string
{
    return (is_https() ? 'https://' : 'http://')
           . ($_SERVER['HTTP_HOST'] ?? 'localhost') . site_path();
}


function icon_url(string $icon): string
{
    return site() . "/theme/image.php/boost/core/1/f/$icon";
}


function json(mixed $value): string
{
    return json_encode($value, JSON_INVALID_UTF8_SUBSTITUTE);
}


function ajax(string $body): never
{
    /* a form with a file in it comes from a hidden frame */

    $type = upload_files() ? 'text/plain' : 'application/json';
    $now = gmdate('D, d M Y H:i:s') . ' GMT';

    header("Content-Type: $type; charset=utf-8");
    header('Cache-Control: no-store, no-cache, must-revalidate');
    header('Cache-Control: post-check=0, pre-check=0', false);
    header('Pragma: no-cache');
    header('Expires: Mon, 20 Aug 1969 09:23:00 GMT');
    header("Last-Modified: $now");
    header('Accept-Ranges: none');

    send($body);
}


function ajax_error(string $message, ?string $code = null): never
{
    if ($code === null) {
        ajax(json(['error' => $message]));
    }

    ajax(json([
        'error' => $message,
        'errorcode' => $code,
        'stacktrace' => null,
        'debuginfo' => null,
        'reproductionlink' => null,
    ]));
}


/*
 * redirect() of lib/weblib.php: where debugging output was printed, and for
 * Word, which would lose the cookies, it is a page with a button (recordings
 * 259 to 261 and 274); "context" is what the script had found out by then.
 */

function redirect(string $url, int $context = CONTEXT_SYSTEM): never
{
    if (setting('debugoutput') || is_msword()) {
        site_page('This page should automatically redirect. If nothing is'
                  . ' happening please use the continue link below.',
                  '<div class="continuebutton"><a href="'
                  . htmlspecialchars($url) . '">Continue</a></div>',
                  ['layout' => 'redirect', 'context' => $context]);
    }

    http_response_code(303);
    header('Expires: Thu, 19 Nov 1981 08:52:00 GMT');
    header('Cache-Control: no-store, no-cache, must-revalidate');
    header('Pragma: no-cache');
    header('X-Redirect-By: Moodle');
    header('Content-Type: text/html; charset=utf-8');
    header('Content-Language: en');
    header("Location: $url");
    send("<!DOCTYPE html>\n<title>Redirect</title>\n"
         . '<p>This page should automatically redirect: <a href="'
         . htmlspecialchars($url) . "\">Continue</a></p>\n");
}


function page(string $title, string $main, string $head = '',
    string $body = ''): never
{
    header('Content-Type: text/html; charset=utf-8');
    header('Content-Language: en');
    header('Cache-Control: private, pre-check=0, post-check=0, max-age=0,'
           . ' no-transform');
    header('Pragma: no-cache');
    header('X-Frame-Options: sameorigin');

    $title = htmlspecialchars($title);

    send(<<<END
        <!DOCTYPE html>
        <html dir="ltr" lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>$title | Stand-in Moodle</title>
        <link rel="icon" href="data:,">
        $head
        </head>
        <body $body>
        $main
        </body>
        </html>

        END);
}


/* print_error(), in any layout: recordings 251 and 264 */

function not_found(string $message, int $context = CONTEXT_SYSTEM,
    string $type = 'site-index'): never
{
    /* a header that was sent with debugging output cannot say so any more */

    if (setting('debugoutput') !== 'sent') {
        http_response_code(404);
    }

    site_page('Error', '<main class="error"><p class="errormessage">'
                       . htmlspecialchars($message) . '</p></main>',
              ['layout' => 'base', 'context' => $context, 'type' => $type]);
}


/* Every answer leaves here, so that faults can change it. */

function send(string $body): never
{
    $fault = $GLOBALS['fault'] ?? null;

    if ($fault === null) {
        echo $body;
        exit;
    }

    fault_send($fault, $body);
}
