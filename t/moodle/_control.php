<?php
declare(strict_types=1);

/* For tests: look at the stand-in and change what it does.  See README.md. */

require __DIR__ . '/inc/guard.php';
require __DIR__ . '/inc/state.php';
require __DIR__ . '/inc/users.php';
require __DIR__ . '/inc/session.php';
require __DIR__ . '/inc/draft.php';
require __DIR__ . '/inc/saved.php';

if (!in_array($_SERVER['REMOTE_ADDR'], ['127.0.0.1', '::1', ''], true)
    || !guard_control())
{
    guard_refuse();
}

parse_str(file_get_contents('php://input'), $form);
$form += $_GET;

$arg = fn(string $name, $default = '') => $form[$name] ?? $default;

function control_log(string $match): array
{
    $entries = [];

    foreach (@file(state_path('requests.log')) ?: [] as $line) {
        $entry = json_decode($line, true);

        if ($match === ''
            || preg_match("~$match~", "{$entry['method']} {$entry['uri']}"))
        {
            $entries[] = $entry;
        }
    }

    return $entries;
}


function control_drafts(): array
{
    $drafts = [];

    foreach (glob(state_path('drafts/*/*.json')) as $path) {
        preg_match('~/drafts/([^/]+)/(\d+)\.json$~', $path, $m);
        $drafts[$m[1]][$m[2]] = json_decode(file_get_contents($path), true);
    }

    return $drafts;
}


function control_set(string $name, mixed $value): array
{
    return state_update('settings',
        fn($settings) => [$name => $value]
                         + ($settings ?? []) + STATE_DEFAULTS['settings']);
}


function control_prohibit(string $repository, string $context,
    bool $allow): array
{
    $key = "$repository/$context";
    $list = array_diff(state_read('settings')['prohibited'], [$key]);

    return control_set('prohibited', array_values(
        $allow ? $list : [...$list, $key]));
}


function control_end(string $session, string $user): array
{
    $ended = [];
    $ids = [$session];

    if ($session === '') {
        $ids = array_map(fn($path) => basename($path, '.json'),
                         glob(state_path('sessions/*.json')));
        $ids = array_merge($ids, array_column(USERS, 'session'));
    }

    foreach (array_unique($ids) as $id) {
        $found = session_find($id);

        if ($found && ($user === '' || $found['user'] === $user)) {
            session_end($id);
            $ended[] = $id;
        }
    }

    return $ended;
}


switch ($arg('do')) {

case 'log':
    $answer = control_log($arg('match'));
    $arg('clear') && state_clear('requests.log');
    break;

case 'clear':
    $answer = state_clear('requests.log') ?? [];
    break;

case 'reset':
    $answer = state_clear('requests.log', 'settings.json', 'faults.json',
        'repositories.json', 'urls.json', 'sessions', 'drafts', 'saved',
        'files') ?? [];
    break;

case 'session':
    $answer = session_new($arg('user') ?: null, $arg('id', null),
                          $arg('sesskey', null));
    break;

case 'end':
    $answer = control_end($arg('session'), $arg('user'));
    break;

case 'prohibit':
case 'allow':
    $answer = control_prohibit($arg('repo'), $arg('ctx', '*'),
                               $arg('do') === 'allow');
    break;

case 'set':
    $value = $arg('value');
    $answer = control_set($arg('name'),
                          in_array($arg('name'), ['sessionlock', 'wsredirect'],
                                   true) ? (bool) $value : $value);
    break;

case 'repository':
    $answer = state_update('repositories',
        fn($list) => [$arg('id') => ['type' => $arg('type', 'owncloud'),
                                     'name' => $arg('name', 'Cloud')]]
                     + ($list ?? []));
    break;

case 'fault':
    $answer = state_update('faults', fn($rules) => [...($rules ?? []), [
        'match' => $arg('match', '.'),
        'times' => (int) $arg('times', '1'),
        'type' => $arg('type', 'none'),
        'value' => $arg('value'),
        'delay' => (float) $arg('delay', '0'),
    ]]);
    break;

case 'nofaults':
    $answer = state_update('faults', fn() => []);
    break;

case 'drafts':
    $answer = control_drafts();
    break;

case 'save':
    /* As saving a form does: the draft files belong to the context now. */
    $answer = saved_add($arg('user'), $arg('item'), (int) $arg('ctx'),
                        $arg('to'));
    break;

case 'url':
    $answer = state_update('urls',
        fn($urls) => [$arg('id') => $arg('url')] + ($urls ?? []));
    break;

case 'users':
    $answer = array_map(fn($user, $name) => [
                            'password' => password_of($name),
                            'user' => $name,
                            'files_token' => files_token($name),
                            'service_token' => service_token($name)] + $user,
                        USERS, array_keys(USERS));
    break;

default:
    http_response_code(400);
    $answer = ['error' => 'unknown "do"'];
}

header('Content-Type: application/json');
echo json_encode($answer, JSON_UNESCAPED_SLASHES | JSON_PRETTY_PRINT), "\n";
