<?php
declare(strict_types=1);

/* A page that only those who may edit in the context can see. */

require __DIR__ . '/../inc/start.php';

$user = require_page_login();
$context = (int) ($_GET['contextid'] ?? 0);

if (!context_exists($context) || !may_edit($user, $context)) {
    not_found('Sorry, but you do not currently have permissions to do that'
              . ' (Manage local filter settings).');
}

page('Filters', '<main><h1>Filters</h1></main>');
