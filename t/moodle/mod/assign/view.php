<?php
declare(strict_types=1);

/* A page with a file manager, for the picker of the demo. */

require __DIR__ . '/../../inc/start.php';
require __DIR__ . '/../../inc/theme.php';

$user = require_page_login();
$root = site_path();

$repositories = [];

foreach (state_read('repositories') as $id => $repository) {
    if ($id <= 8) {
        $repositories[] = ['id' => $id] + $repository;
    }
}

$config = json_encode([
    'wwwroot' => site(),
    'sesskey' => session()['sesskey'],
    'author' => USERS[$user]['name'],
    'contextid' => 17,
    'itemid' => random_int(100000000, 999999999),
    'maxbytes' => 209715200,
    'areamaxbytes' => -1,
    'repositories' => $repositories,
], JSON_HEX_TAG);

header("Content-Security-Policy: default-src 'self'; img-src 'self' data:;"
       . " frame-ancestors 'self'");

theme_page('Edit submission', <<<END
    <div class="columns-page">
    <nav class="index" aria-label="Course">
    <h2>Course One</h2>
    <ul><li>Announcements</li><li aria-current="page">Assignment One</li>
    <li>Reading list</li><li>Folder One</li></ul>
    </nav>
    <main class="course">
    <p class="trail"><span>Course One</span> / <span>Assignment One</span>
    / <span aria-current="page">Edit submission</span></p>
    <h1>Assignment One</h1>
    <p class="task">Hand in your report as a file.</p>
    <section class="filemanager" aria-labelledby="files-heading">
    <h2 id="files-heading">File submissions</h2>
    <p class="limit">Maximum file size: 200 MB</p>
    <div class="area">
    <button id="add" type="button" aria-haspopup="dialog">Add...</button>
    <ul id="draft" aria-label="Files"></ul>
    <p id="draft-empty">You can add files from the file picker.</p>
    </div>
    </section>
    </main>
    </div>
    <script id="picker-config" type="application/json">$config</script>
    <script type="module" src="$root/demo/main.js"></script>
    END);
