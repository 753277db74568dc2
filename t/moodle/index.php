<?php
declare(strict_types=1);

require __DIR__ . '/inc/start.php';

require_page_login();
redirect(site() . '/mod/assign/view.php?id=2&action=editsubmission');
