<?php
declare(strict_types=1);

/*
 * Faults on demand.  A rule names a pattern for "METHOD URI", how often it
 * applies (-1: always), and what happens.
 */

function fault_take(): void
{
    if (!state_read('faults')) {
        return;
    }

    $request = $_SERVER['REQUEST_METHOD'] . ' ' . $_SERVER['SCRIPT_NAME']
               . path_info() . '?' . ($_SERVER['QUERY_STRING'] ?? '');
    $found = null;

    state_update('faults', function ($rules) use ($request, &$found) {
        foreach ($rules as $i => $rule) {
            if (preg_match('~' . $rule['match'] . '~', $request)) {
                $found = $rule;

                if ($rule['times'] > 0 && --$rules[$i]['times'] === 0) {
                    unset($rules[$i]);
                }

                break;
            }
        }

        return array_values($rules);
    });

    if ($found === null) {
        return;
    }

    if ($found['delay'] > 0) {
        usleep((int) ($found['delay'] * 1e6));
    }

    $GLOBALS['fault'] = $found;
    fault_instead($found);
}


/* Faults that replace the answer. */

function fault_instead(array $fault): void
{
    $value = $fault['value'];

    switch ($fault['type']) {

    case 'status':
        http_response_code((int) $value);
        header('Content-Type: text/html; charset=utf-8');
        echo "<html><body>Error $value</body></html>\n";
        exit;

    case 'garbage':
        header('Content-Type: application/json; charset=utf-8');
        echo $value === '' ? "\x00\xff<b>Warning</b>: not JSON" : $value;
        exit;

    case 'empty':
        header('Content-Type: application/json; charset=utf-8');
        exit;

    case 'login':
        http_response_code(303);
        header('Location: ' . site() . '/login/index.php');
        exit;

    case 'die':
        header('Content-Type: application/json; charset=utf-8');
        header('Content-Length: 1000');
        echo '{"repo_id":';
        exit;
    }
}


/* Faults that change the answer on its way. */

function fault_send(array $fault, string $body): never
{
    $value = $fault['value'];

    switch ($fault['type']) {

    case 'long':
        /* white space: the JSON text stays valid */
        echo $body;

        for ($n = (int) $value; $n > 0; $n -= 65536) {
            echo str_repeat("\n", min($n, 65536));
        }

        exit;

    case 'length':
        header('Content-Length: ' . strlen($body));
        break;

    case 'fatal':
        /* what was asked for is done, and then PHP ends with an error */
        http_response_code(500);
        header('Content-Type: text/html; charset=utf-8');
        echo "<html><body>Fatal error</body></html>\n";
        exit;

    case 'kill':
        /* the same, and the process with it: nobody answers */
        posix_kill(getmypid(), 9);
        sleep(60);
        exit;

    case 'gzip':
        header('Content-Encoding: gzip');
        $body = gzencode($body);
        break;

    case 'header':
        header($value, false);
        break;

    case 'drip':
        foreach (str_split($body) as $byte) {
            echo $byte;
            flush();
            usleep((int) ((float) $value * 1e6));
        }

        exit;
    }

    echo $body;
    exit;
}
