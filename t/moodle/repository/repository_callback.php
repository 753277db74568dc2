<?php
declare(strict_types=1);

/* The end of Moodle's own sign-in pop-up. */

require __DIR__ . '/../inc/start.php';

require_page_login();

page('Repository', <<<'END'
    <main><p>Signed in by the stock PHP plugin. Please refresh the file
    picker.</p></main>
    <script>
    if (window.opener) {
        window.opener.M.core_filepicker.active_filepicker.list();
        window.close();
    }
    </script>
    END);
