<?php
declare(strict_types=1);

/* admin/search.php: for managers, too (recordings 280 to 289) */

require __DIR__ . '/../inc/start.php';

$user = require_page_login();

if (!in_array(USERS[$user]['role'], ['admin', 'manager'], true)) {
    not_found('Access denied', CONTEXT_SYSTEM, 'admin-search');
}

site_page('Administration search', '<main><h1>Administration</h1></main>',
          ['layout' => 'admin']);
