<?php
declare(strict_types=1);

/*
 * Users and contexts.  Everybody but "outsider" and "guest" is enrolled in
 * the only course.  Each user has a session that is always there (unless
 * ended), so that a test need not sign in.
 */

const USERS = [
    'admin' => ['id' => 2, 'context' => 5, 'name' => 'Ada Admin',
        'role' => 'admin', 'session' => 'adminaaaaaaaaaaaaaaaaaaaaa',
        'sesskey' => 'Adminaaaaa'],
    'manager' => ['id' => 7, 'context' => 21, 'name' => 'Mia Manager',
        'role' => 'manager', 'session' => 'manageraaaaaaaaaaaaaaaaaaa',
        'sesskey' => 'Manageraaa'],
    'student1' => ['id' => 3, 'context' => 11, 'name' => 'Sam Student',
        'role' => 'student', 'session' => 'studentaaaaaaaaaaaaaaaaaaa',
        'sesskey' => 'Studentaaa'],
    'student2' => ['id' => 5, 'context' => 12, 'name' => 'Sue Student',
        'role' => 'student', 'session' => 'student2aaaaaaaaaaaaaaaaaa',
        'sesskey' => 'Student2aa'],
    'teacher1' => ['id' => 4, 'context' => 14, 'name' => 'Toni Teacher',
        'role' => 'editingteacher', 'session' => 'teacheraaaaaaaaaaaaaaaaaaa',
        'sesskey' => 'Teacheraaa'],
    'outsider' => ['id' => 6, 'context' => 15, 'name' => 'Otto Outsider',
        'role' => null, 'session' => 'outsideraaaaaaaaaaaaaaaaaa',
        'sesskey' => 'Outsideraa'],
    'guest' => ['id' => 1, 'context' => 13, 'name' => 'Guest user',
        'role' => null, 'session' => 'guestaaaaaaaaaaaaaaaaaaaaa',
        'sesskey' => 'Guestaaaaa'],
];

const CONTEXT_SYSTEM = 1;
const CONTEXT_FRONT_PAGE = 2;

const CONTEXTS = [
    CONTEXT_SYSTEM => 'system', CONTEXT_FRONT_PAGE => 'front page',
    16 => 'course', 17 => 'assignment', 18 => 'url', 20 => 'folder',
];

const COURSE_CONTEXTS = [16, 17, 18, 20];


function password_of(string $user): string
{
    return "Moodle-1-$user";
}


/*
 * 32 characters: for /tokenpluginfile.php "f", for web services "e", and the
 * user's id with zeros before it.
 */

function files_token(string $user): string
{
    return sprintf('f%031d', USERS[$user]['id']);
}


function service_token(string $user): string
{
    return sprintf('e%031d', USERS[$user]['id']);
}


function token_user(string $token, callable $token_of): ?string
{
    foreach (array_keys(USERS) as $name) {
        if (hash_equals($token_of($name), $token)) {
            return $name;
        }
    }

    return null;
}


function context_exists(int $context): bool
{
    return isset(CONTEXTS[$context])
           || in_array($context, array_column(USERS, 'context'), true);
}


/* Enrolled, where one has to be. */

function may_enter(string $user, int $context): bool
{
    return USERS[$user]['role'] !== null
           || !in_array($context, COURSE_CONTEXTS, true);
}


function may_edit(string $user, int $context): bool
{
    $role = USERS[$user]['role'];

    return (in_array($role, ['admin', 'manager'], true)
            && $context === CONTEXT_FRONT_PAGE)
           || (in_array($role, ['admin', 'manager', 'editingteacher'], true)
               && in_array($context, COURSE_CONTEXTS, true));
}
