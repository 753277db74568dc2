<?php
declare(strict_types=1);

/* /pluginfile.php/CONTEXT/component/area/itemid/name: a saved file */

require __DIR__ . '/inc/start.php';

$user = require_page_login();
$words = explode('/', ltrim(path_info(), '/'));
$context = (int) $words[0];

if (USERS[$user]['role'] === null
    && in_array($context, COURSE_CONTEXTS, true))
{
    redirect(site() . "/enrol/index.php?id=2");
}

$saved = state_read("saved/$context") ?? [];
$name = end($words);

if (!isset($saved[$name])) {
    not_found('Sorry, the requested file could not be found');
}

send_stored($saved[$name]);
