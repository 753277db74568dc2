<?php
declare(strict_types=1);

/*
 * admin/tool/oauth2/issuers.php: needs moodle/site:config, which a manager
 * does not have (recordings 290 to 295).
 */

require __DIR__ . '/../../../inc/start.php';

$user = require_page_login();

if (USERS[$user]['role'] !== 'admin') {
    not_found('Sorry, but you do not currently have permissions to do that'
              . ' (Change site configuration).', CONTEXT_SYSTEM,
              'admin-tool-oauth2-issuers');
}

site_page('OAuth 2 services', '<main><h1>OAuth 2 services</h1></main>',
          ['layout' => 'admin']);
