<?php
declare(strict_types=1);

/*
 * filter/manage.php: a page that only those who may edit in the context can
 * see; courses and activities have it, users and the site have not
 * (recordings 250 to 275, 296 to 299).
 */

require __DIR__ . '/../inc/start.php';

const NO_PERMISSION = 'Sorry, but you do not currently have permissions to do'
                      . ' that (Manage local filter settings).';

/* the last of several counts, and "17abc" is 17 */

if (!isset($_GET['contextid'])) {
    not_found('A required parameter (contextid) was missing');
}

$context = (int) $_GET['contextid'];

if (!context_exists($context)) {
    not_found("Can't find data record in database.");
}

$user = require_page_login();

if (!may_enter($user, $context)) {
    redirect(site() . '/enrol/index.php?id=2');
}

/* require_login() has set the course, not yet the activity */

if (setting('hidden') === (string) $context && !may_edit($user, $context)) {
    redirect(site() . '/course/view.php?id=2', 16);
}

if ($context === CONTEXT_SYSTEM && $user === 'admin') {
    not_found('You cannot customise filters settings in user or block'
              . ' contexts.');
}

if (!may_edit($user, $context)) {
    not_found(NO_PERMISSION, in_array($context, COURSE_CONTEXTS, true)
                             ? $context : CONTEXT_SYSTEM);
}

if (!setting('filters')) {
    not_found('No filters are enabled.', $context, 'filter-manage');
}

site_page('Filter settings in Assignment: Assignment 1',
          '<main><h1>Filters</h1></main>',
          ['layout' => 'admin', 'context' => $context]);
