<?php
declare(strict_types=1);

/*
 * Moodle's sessions: the cookie MoodleSession names a file that holds the
 * user (null for a visitor) and the sesskey.
 */

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const LOWER = '0123456789' . LETTERS;


function session_new(?string $user, ?string $id = null,
    ?string $key = null): array
{
    $session = [
        'id' => $id ?? random_word(26, LOWER),
        'user' => $user,
        'sesskey' => $key ?? random_word(10, LOWER . strtoupper(LETTERS)),
    ];

    state_write("sessions/{$session['id']}", $session);

    return $session;
}


function random_word(int $length, string $letters): string
{
    $word = '';

    while (strlen($word) < $length) {
        $word .= $letters[random_int(0, strlen($letters) - 1)];
    }

    return $word;
}


function session_end(string $id): void
{
    state_write("sessions/$id", null);
}


function session_find(string $id): ?array
{
    if (!preg_match('/^[0-9A-Za-z,-]{1,128}$/', $id)) {
        return null;
    }

    if (is_file(state_path("sessions/$id.json"))) {
        return state_read("sessions/$id");
    }

    foreach (USERS as $name => $user) {
        if ($user['session'] === $id) {
            return ['id' => $id, 'user' => $name,
                    'sesskey' => $user['sesskey']];
        }
    }

    return null;
}


/* The session of this request; a new one for whoever has none. */

function session(): array
{
    static $session = null;

    if ($session !== null) {
        return $session;
    }

    $session = session_find($_COOKIE['MoodleSession'] ?? '');

    if ($session === null) {
        $session = session_new(null);
        session_cookie($session);
    }

    if (setting('sessionlock')) {
        session_lock($session['id']);
    }

    return $session;
}


function session_cookie(array $session): void
{
    header("Set-Cookie: MoodleSession={$session['id']}; path=" . site_path()
           . '/;' . (is_https() ? ' secure;' : '') . ' HttpOnly', false);
}


/* As PHP's: one request of a session at a time, until the script ends. */

function session_lock(string $id): void
{
    static $lock;

    $lock = fopen(state_path("sessions/$id.lock"), 'c');
    flock($lock, LOCK_EX);
}


function session_user(): ?string
{
    return session()['user'];
}


function require_page_login(): string
{
    $user = session_user();

    if ($user === null) {
        redirect(site() . '/login/index.php?wantsurl='
                 . rawurlencode($_SERVER['REQUEST_URI'] ?? '/'));
    }

    return $user;
}
