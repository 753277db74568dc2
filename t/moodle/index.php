<?php
declare(strict_types=1);

require __DIR__ . '/inc/start.php';

$user = require_page_login();

redirect(site() . '/mod/assign/view.php?id=2'
         . (may_edit($user, 17) ? '' : '&action=editsubmission'));
