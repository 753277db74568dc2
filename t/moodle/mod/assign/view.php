<?php
declare(strict_types=1);

/*
 * The assignment of the demo: a page with a file manager for the picker, the
 * submission that was saved with it, and, for teachers, all of them.
 */

require __DIR__ . '/../../inc/start.php';
require __DIR__ . '/../../inc/theme.php';

const ASSIGNMENT = 17;

$user = require_page_login();
$action = param('action', 'view');

header("Content-Security-Policy: default-src 'self'; img-src 'self' data:;"
       . " frame-ancestors 'self'");

if (!may_enter($user, ASSIGNMENT)) {
    redirect(site() . '/enrol/index.php?id=2');

} elseif ($action === 'savesubmission') {
    save($user);

} elseif ($action === 'editsubmission') {
    edit($user);

} elseif (may_edit($user, ASSIGNMENT)) {
    grading();

} else {
    submission($user);
}


/* The submission's id; also how saved files are found by their URL. */

function submission_id(string $user): int
{
    $students = array_keys(array_filter(USERS,
        fn($user) => $user['role'] === 'student'));
    $at = array_search($user, $students, true);

    return $at === false ? 100 + USERS[$user]['id'] : $at + 1;
}


function save(string $user): never
{
    if ($_SERVER['REQUEST_METHOD'] !== 'POST'
        || param('sesskey') !== session()['sesskey'])
    {
        not_found('Your session has most likely timed out. Please check if'
                  . ' you are logged in or go back to the previous screen and'
                  . ' reload the page.');
    }

    saved_replace($user, param('files_filemanager', '0'), ASSIGNMENT,
                  (string) submission_id($user));
    redirect(site() . '/mod/assign/view.php?id=2&action=view');
}


/* The files of a submission, by their names. */

function submitted(string $user): array
{
    $of = submission_id($user) . '/';

    return array_filter(state_read('saved/' . ASSIGNMENT) ?? [],
        fn($name) => str_starts_with((string) $name, $of),
        ARRAY_FILTER_USE_KEY);
}


function edit(string $user): never
{
    $root = site_path();
    $item = random_int(100000000, 999999999);
    $repositories = [];

    /* What is saved is edited. */
    if (submitted($user)) {
        state_write(draft_name($user, (string) $item),
                    array_values(submitted($user)));
    }

    foreach (state_read('repositories') as $id => $repository) {
        if ($id <= 8) {
            $repositories[] = ['id' => $id] + $repository;
        }
    }

    $key = session()['sesskey'];
    $config = json_encode([
        'wwwroot' => site(),
        'sesskey' => $key,
        'author' => USERS[$user]['name'],
        'contextid' => ASSIGNMENT,
        'itemid' => $item,
        'maxbytes' => 209715200,
        'areamaxbytes' => -1,
        'repositories' => $repositories,
    ], JSON_HEX_TAG);

    course_page('Edit submission', <<<END
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
        <form class="submit" method="post" action="$root/mod/assign/view.php">
        <input type="hidden" name="id" value="2">
        <input type="hidden" name="action" value="savesubmission">
        <input type="hidden" name="sesskey" value="$key">
        <input type="hidden" name="files_filemanager" value="$item">
        <button class="primary">Save changes</button>
        <a href="$root/mod/assign/view.php?id=2">Cancel</a>
        </form>
        END, <<<END
        <script id="picker-config" type="application/json">$config</script>
        <script type="module" src="$root/demo/main.js"></script>
        END);
}


function submission(string $user): never
{
    $url = site_path() . '/mod/assign/view.php?id=2&amp;action=editsubmission';
    $files = submitted($user);
    $edit = $files ? 'Edit submission' : 'Add submission';
    $status = $files ? 'Submitted for grading' : 'No submissions have been made'
                                                 . ' yet';
    $table = $files ? submissions_table($files) : '';

    course_page('Submission', <<<END
        <p class="task">Hand in your report as a file.</p>
        <h2>Submission status</h2>
        <p class="state">$status</p>
        $table
        <p class="submit"><a class="button primary" href="$url">$edit</a></p>
        END);
}


function grading(): never
{
    $files = state_read('saved/' . ASSIGNMENT) ?? [];
    $table = $files ? submissions_table($files)
                    : '<p class="state">Nothing to display</p>';

    course_page('Submissions', "<h2>Submissions</h2>\n$table");
}


function submissions_table(array $files): string
{
    $rows = '';

    foreach ($files as $name => $file) {
        [$id, $name] = str_contains((string) $name, '/')
                       ? explode('/', $name, 2) : ['1', (string) $name];
        $url = site_path() . '/pluginfile.php/' . ASSIGNMENT
               . "/assignsubmission_file/submission_files/$id/"
               . rawurlencode($name);
        $icon = icon_url(type_of($name)[1]);
        $text = htmlspecialchars($name);
        $who = USERS[$file['user']]['name'];
        $when = date_texts('', $file['time'])['_f'];

        $rows .= "<tr><td>$who</td><td><img src=\"$icon\" alt=\"\"> "
            . "<a href=\"$url\">$text</a></td><td>$when</td>"
            . "<td><a href=\"$url?forcedownload=1\""
            . " aria-label=\"Download $text\">Download</a></td></tr>\n";
    }

    return <<<END
        <table class="submissions">
        <thead>
        <tr><th scope="col">Name</th><th scope="col">File submissions</th>
        <th scope="col">Last modified</th><th scope="col">Download</th></tr>
        </thead>
        <tbody>
        $rows</tbody>
        </table>
        END;
}


function course_page(string $title, string $content, string $end = ''): never
{
    theme_page($title, <<<END
        <div class="columns-page">
        <nav class="index" aria-label="Course">
        <h2>Course One</h2>
        <ul><li>Announcements</li><li aria-current="page">Assignment One</li>
        <li>Reading list</li><li>Folder One</li></ul>
        </nav>
        <main class="course">
        <p class="trail"><span>Course One</span> / <span>Assignment One</span>
        / <span aria-current="page">$title</span></p>
        <h1>Assignment One</h1>
        $content
        </main>
        </div>
        $end
        END);
}
