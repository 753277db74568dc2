<?php
declare(strict_types=1);

/*
 * What the stand-in remembers: JSON files below the directory MOODLE_STATE.
 * A file is replaced by rename(), so that readers need no lock; writers hold
 * a lock file of the same name.
 */

const STATE_DEFAULTS = [
    'settings' => [
        'language' => 'en',
        'sessionlock' => false,
        'wsredirect' => true,
        'reposecretkey' => 'StandInRepositorySecretKey000000',
        'prohibited' => [],
        'debugoutput' => '',    /* 1: some code has printed a warning;
                                 "sent": and the header is gone */
        'filters' => '1',       /* empty: none is switched on */
        'hidden' => '',         /* context of a hidden activity */
    ],
    'repositories' => [
        '3' => ['type' => 'recent', 'name' => 'Recent files'],
        '5' => ['type' => 'upload', 'name' => 'Upload a file'],
        '7' => ['type' => 'owncloud', 'name' => 'ownCloud (below /oc)'],
        '8' => ['type' => 'owncloud', 'name' => 'Nextcloud'],
        '9' => ['type' => 'owncloud', 'name' => 'Cloud 9'],
        '10' => ['type' => 'owncloud', 'name' => 'Cloud 10'],
    ],
    'faults' => [],
    'urls' => [],
];


function state_path(string $name): string
{
    $dir = $_SERVER['MOODLE_STATE'] ?? getenv('MOODLE_STATE') ?: '';

    if ($dir === '') {
        http_response_code(500);
        exit("MOODLE_STATE is not set\n");
    }

    $path = $dir . '/' . $name;

    /* parts of a name come from requests */

    if (preg_match('~(^|/)\.{0,2}(/|$)|\0~', $name) || is_link($path)) {
        http_response_code(400);
        exit("no such name\n");
    }

    if (!is_dir(dirname($path))) {
        @mkdir(dirname($path), 0700, true);
    }

    return $path;
}


function state_read(string $name): ?array
{
    $text = @file_get_contents(state_path("$name.json"));

    if ($text === false) {
        return STATE_DEFAULTS[$name] ?? null;
    }

    return json_decode($text, true);
}


function state_write(string $name, ?array $value): void
{
    $path = state_path("$name.json");
    $tmp = $path . '.' . getmypid();

    file_put_contents($tmp, json_encode($value, JSON_UNESCAPED_SLASHES));
    rename($tmp, $path);
}


/* Calls change(value), which returns the new value, while nobody else can. */

function state_update(string $name, callable $change): ?array
{
    $lock = fopen(state_path("$name.lock"), 'c');
    flock($lock, LOCK_EX);

    try {
        $value = $change(state_read($name));
        state_write($name, $value);

    } finally {
        fclose($lock);
    }

    return $value;
}


function setting(string $name): mixed
{
    return state_read('settings')[$name] ?? STATE_DEFAULTS['settings'][$name];
}


function state_clear(string ...$names): void
{
    foreach ($names as $name) {
        $path = state_path($name);

        if (!is_dir($path)) {
            @unlink($path);
            continue;
        }

        foreach (array_diff(scandir($path), ['.', '..']) as $entry) {
            state_clear("$name/$entry");
        }

        @rmdir($path);
    }
}
