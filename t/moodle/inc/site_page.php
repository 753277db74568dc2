<?php
declare(strict_types=1);

/*
 * Pages of the site as Moodle begins them: M.cfg in the head, and a body that
 * says which page and which layout it is (recordings 250 to 299).  They are
 * long, as Moodle's are.
 */

const SITE_PAGE_SIZE = 140000;


/* core_useragent::is_msword() of lib/classes/useragent.php */

function is_msword(): bool
{
    $agent = $_SERVER['HTTP_USER_AGENT'] ?? '';

    return preg_match('/(\bWord\b|ms-office|MSOffice|Microsoft Office)/i',
                      $agent) === 1
           && !str_contains($agent, 'Outlook')
           && !str_contains($agent, 'Meridio');
}


/* "page-filter-manage" is of the script /filter/manage.php */

function site_page_type(): string
{
    $path = substr($_SERVER['SCRIPT_NAME'], strlen(site_path()) + 1);

    return str_replace(['.php', '/'], ['', '-'], $path);
}


function site_page(string $title, string $main, array $about): never
{
    $user = session_user();
    $context = $about['context'] ?? CONTEXT_SYSTEM;
    $course = in_array($context, COURSE_CONTEXTS, true) ? 2 : 1;

    $cfg = json([
        'wwwroot' => site(),
        'apibase' => site() . '/api',
        'homeurl' => new stdClass(),
        'sesskey' => session()['sesskey'],
        'sessiontimeout' => '28800',
        'sessiontimeoutwarning' => '1200',
        'themerev' => '1796122197',
        'slasharguments' => 1,
        'theme' => 'boost',
        'iconsystemmodule' => 'core/icon_system_fontawesome',
        'jsrev' => '1796122197',
        'admin' => 'admin',
        'svgicons' => true,
        'usertimezone' => 'Europe/Berlin',
        'language' => setting('language'),
        'courseId' => $course,
        'courseContextId' => $course === 2 ? 16 : 2,
        'contextid' => $context,
        'contextInstanceId' => $course === 2 ? 2 : 0,
        'langrev' => 1796122197,
        'templaterev' => '1796122197',
        'siteId' => 1,
        'userId' => $user === null ? 0 : USERS[$user]['id'],
    ]);

    $type = $about['type'] ?? site_page_type();
    $class = "format-site  path-{$type} dir-ltr lang-en"
             . " pagelayout-{$about['layout']} course-$course"
             . " context-$context" . ($user === null ? ' notloggedin' : '')
             . ' theme';

    $head = "<script>\n//<![CDATA[\nvar M = {}; M.yui = {};\nM.cfg = $cfg;\n"
            . "//]]>\n</script>";
    $main .= "\n<!--" . str_repeat("\n", SITE_PAGE_SIZE) . '-->';

    if (setting('debugoutput')) {
        echo "<div class=\"notifytiny\">Notice: deprecated</div>\n";
    }

    page($title, $main, $head, " id=\"page-$type\" class=\"$class\"");
}
