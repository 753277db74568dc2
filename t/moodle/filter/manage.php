<?php
declare(strict_types=1);

/*
 * A page that only those who may edit in the context can see; courses and
 * activities have it, users and the site have not.
 */

require __DIR__ . '/../inc/start.php';

$context = (int) ($_GET['contextid'] ?? 0);
$user = require_page_login();

if (!context_exists($context)) {
    not_found("Can't find data record in database.");
}

if (!may_enter($user, $context)) {
    redirect(site() . '/enrol/index.php?id=2');
}

if (!may_edit($user, $context)) {
    not_found('Sorry, but you do not currently have permissions to do that'
              . ' (Manage local filter settings).');
}

page('Filters', '<main><h1>Filters</h1></main>');
