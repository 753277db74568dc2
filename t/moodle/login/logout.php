<?php
declare(strict_types=1);

require __DIR__ . '/../inc/start.php';

if (session_user() !== null
    && ($_GET['sesskey'] ?? '') === session()['sesskey'])
{
    session_end(session()['id']);
}

redirect(site() . '/');
