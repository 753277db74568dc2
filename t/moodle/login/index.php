<?php
declare(strict_types=1);

require __DIR__ . '/../inc/start.php';
require __DIR__ . '/../inc/theme.php';

$wants = param('wantsurl', '');

if (!str_starts_with($wants, '/') || str_starts_with($wants, '//')) {
    $wants = site_path() . '/';
}

$message = '';

if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    $name = param('username', '');

    if (isset(USERS[$name])
        && hash_equals(password_of($name), param('password', '')))
    {
        session_cookie(session_new($name));
        redirect($wants);
    }

    $message = '<p class="alert" role="alert">Invalid login, please try'
               . ' again</p>';
}

session();
$wants = htmlspecialchars($wants);

theme_page('Log in to the site', <<<END
    <main class="login">
    <h1>Log in to Stand-in Moodle</h1>
    $message
    <form method="post" action="">
    <input type="hidden" name="wantsurl" value="$wants">
    <label for="username">Username</label>
    <input id="username" name="username" autocomplete="username" autofocus
           required>
    <label for="password">Password</label>
    <input id="password" name="password" type="password"
           autocomplete="current-password" required>
    <button id="loginbtn" type="submit">Log in</button>
    </form>
    </main>
    END);
