<?php
declare(strict_types=1);

/* /mod/url/view.php?id=N&redirect=1: a URL resource, whatever it leads to */

require __DIR__ . '/../../inc/start.php';
require __DIR__ . '/../../inc/theme.php';

$user = require_page_login();
$url = state_read('urls')[param('id', '')] ?? null;

if ($url === null) {
    not_found('Invalid course module ID');
}

if (!may_enter($user, 18)) {
    redirect(site() . '/enrol/index.php?id=2');
}

if (param('redirect', '0') !== '0') {
    redirect($url);
}

$link = htmlspecialchars($url);

theme_page('Reading list', <<<END
    <main class="course">
    <h1>Reading list</h1>
    <p>Click on <a href="$link">$link</a> to open the resource.</p>
    </main>
    END);
