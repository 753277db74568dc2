<?php
declare(strict_types=1);

/* /pluginfile.php/CONTEXT/component/area/itemid/name: a saved file */

require __DIR__ . '/inc/start.php';

saved_send(require_page_login(), file_argument());
