<?php
declare(strict_types=1);

/* Where OAuth servers send the browser; "state" says where to go on. */

require __DIR__ . '/../inc/start.php';

$state = $_GET['state'] ?? '';
parse_str((string) parse_url($state, PHP_URL_QUERY), $query);

if (!str_starts_with($state, '/') || str_starts_with($state, '//')
    || ($query['sesskey'] ?? '') !== session()['sesskey'])
{
    not_found('Your session has most likely timed out. Please check if you'
              . ' are logged in or go back to the previous screen and reload'
              . ' the page.');
}

redirect(site() . "$state&oauth2code=" . rawurlencode($_GET['code'] ?? ''));
