<?php
declare(strict_types=1);

/* The site around the pages.  The styles come with the demo. */

function theme_page(string $title, string $main): never
{
    $user = session_user();
    $root = site_path();
    $menu = '';

    if ($user !== null) {
        $name = htmlspecialchars(USERS[$user]['name']);
        $key = session()['sesskey'];
        $menu = "<span class=\"user\">$name</span>"
                . " <a href=\"$root/login/logout.php?sesskey=$key\">Log out"
                . '</a>';
    }

    page($title, <<<END
        <header class="site"><a class="brand" href="$root/">Stand-in Moodle</a>
        <nav aria-label="User">$menu</nav></header>
        $main
        END, "<link rel=\"stylesheet\" href=\"$root/demo/page.css\">");
}
