<?php
declare(strict_types=1);

/* Moodle's web services; core_session_time_remaining tells the user id. */

require __DIR__ . '/../../inc/start.php';

header('Content-Type: application/json; charset=utf-8');
header('Expires: Thu, 19 Nov 1981 08:52:00 GMT');
header('Cache-Control: no-store, no-cache, must-revalidate');
header('Pragma: no-cache');

$calls = json_decode(file_get_contents(body_file()), true) ?? [];
$user = session_user();
$answers = [];

foreach ($calls as $call) {
    if ($user === null
        || ($_GET['sesskey'] ?? '') !== session()['sesskey']
        || $call['methodname'] !== 'core_session_time_remaining')
    {
        $answers[] = ['error' => true, 'exception' => [
            'message' => 'Not available in the stand-in',
            'errorcode' => 'servicerequireslogin']];
        break;
    }

    $answers[] = ['error' => false, 'data' => [
        'userid' => USERS[$user]['id'], 'timeremaining' => 28800]];
}

send(json($answers));
