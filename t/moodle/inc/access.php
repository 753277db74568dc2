<?php
declare(strict_types=1);

/*
 * The checks before any action of the picker, in Moodle's order, each with
 * the refusal as recorded.
 */

function require_ajax_login(int $context): string
{
    if (!context_exists($context)) {
        ajax_error("Can't find data record in database.",
                   'invalidrecordunknown');
    }

    $user = session_user();

    if ($user === null || !may_enter($user, $context)) {
        ajax_error(text('requireloginerror'), 'requireloginerror');
    }

    return $user;
}


function require_ajax_sesskey(): void
{
    $key = param('sesskey');

    if ($key === null) {
        ajax_error('A required parameter (sesskey) was missing',
                   'missingparam');
    }

    if ($key !== session()['sesskey']) {
        ajax_error('Your session has most likely timed out. Please check if'
                   . ' you are logged in or go back to the previous screen'
                   . ' and reload the page.');
    }
}


function require_ajax_repository(int $context): array
{
    $id = (string) param('repo_id', '');
    $repository = state_read('repositories')[$id] ?? null;

    if ($repository === null) {
        ajax_error('Invalid repository ID', 'invalidrepositoryid');
    }

    if (in_array("$id/$context", setting('prohibited'), true)
        || in_array("$id/*", setting('prohibited'), true))
    {
        ajax_error(text('nopermissiontoaccess'), 'nopermissiontoaccess');
    }

    return ['id' => (int) $id] + $repository;
}
