<?php
declare(strict_types=1);

/* Every script's first line. */

require_once __DIR__ . '/guard.php';
require_once __DIR__ . '/state.php';
require_once __DIR__ . '/users.php';
require_once __DIR__ . '/answer.php';
require_once __DIR__ . '/site_page.php';
require_once __DIR__ . '/request.php';
require_once __DIR__ . '/session.php';
require_once __DIR__ . '/fault.php';
require_once __DIR__ . '/files.php';
require_once __DIR__ . '/draft.php';
require_once __DIR__ . '/saved.php';
require_once __DIR__ . '/access.php';

header_remove('X-Powered-By');
guard_foreign() && guard_refuse();
log_request();
fault_take();
