<?php
declare(strict_types=1);

/*
 * Who may reach the stand-in.  Its passwords and sessions are known to all, so
 * that nothing is taken from a page of another site, nor by a name that
 * somebody has pointed at this machine.
 */

/* This machine, and names that nobody can own (RFC 2606, RFC 6761). */

const GUARD_HOSTS = '~^(?:127\.0\.0\.1|localhost|\[::1\]|'
    . '(?:[a-z0-9-]+\.)*(?:example\.(?:com|net|org)|example|test|invalid))'
    . '(?::\d+)?$~i';


function guard_foreign(): bool
{
    $sent = fn(string $name) => $_SERVER["HTTP_$name"] ?? '';
    $site = $sent('SEC_FETCH_SITE');

    /* A browser may be led here: to https, from http, is another site. */

    $led = $_SERVER['REQUEST_METHOD'] === 'GET'
           && $sent('SEC_FETCH_MODE') === 'navigate'
           && $sent('SEC_FETCH_DEST') === 'document';

    if (($site === 'cross-site' && !$led)
        || ($sent('HOST') !== '' && !preg_match(GUARD_HOSTS, $sent('HOST'))))
    {
        return true;
    }

    if ($sent('ORIGIN') === 'null' && $site !== 'same-origin') {
        return true;
    }

    foreach (['ORIGIN', 'REFERER'] as $name) {
        $url = $sent($name);

        if ($url !== '' && $url !== 'null'
            && !(preg_match('~^https?://([^/?#]*)~', $url, $m)
                 && preg_match(GUARD_HOSTS, $m[1])))
        {
            return true;
        }
    }

    return false;
}


/*
 * The control: for whoever has the token of these stand-ins, and for no
 * browser.
 */

function guard_control(): bool
{
    $token = (string) getenv('CONTROL_TOKEN');

    return !guard_foreign()
           && !isset($_SERVER['HTTP_ORIGIN'])
           && !isset($_SERVER['HTTP_SEC_FETCH_SITE'])
           && $token !== ''
           && hash_equals($token, $_SERVER['HTTP_CONTROL_TOKEN'] ?? '');
}


function guard_refuse(): never
{
    http_response_code(403);
    header('Content-Type: text/plain');
    exit("Forbidden\n");
}
