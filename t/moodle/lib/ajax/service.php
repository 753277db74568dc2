<?php
declare(strict_types=1);

/* Moodle's web services; core_session_time_remaining tells the user id. */

require __DIR__ . '/../../inc/start.php';

const SESSION_TIMEOUT = 28800;

header('Content-Type: application/json; charset=utf-8');
header('Expires: Thu, 19 Nov 1981 08:52:00 GMT');
header('Cache-Control: no-store, no-cache, must-revalidate');
header('Pragma: no-cache');

$calls = json_decode(file_get_contents(body_file()), true);

if (!is_array($calls)) {
    send(json(service_exception('codingerror', 'Coding error detected, it must'
        . ' be fixed by a programmer: Invalid json in request: Syntax error')));
}

$answers = [];

foreach ($calls as $call) {
    $answers[$call['index'] ?? 0] = $answer = service($call);

    if ($answer['error']) {
        break;
    }
}

send(json($answers));


function service(array $call): array
{
    $user = session_user();

    if (($call['methodname'] ?? '') !== 'core_session_time_remaining') {
        return service_error('servicenotavailable', 'Web service is not'
            . ' available. (It doesn\'t exist or might be disabled.)');
    }

    if ($user === null) {
        return service_error('servicerequireslogin', 'Web service is not'
            . ' available. (The session has been logged out or has expired.)');
    }

    if (($_GET['sesskey'] ?? '') !== session()['sesskey']) {
        return service_error('invalidsesskey', 'Your session has most likely'
            . ' timed out. Please log in again.');
    }

    /* The guest is nobody. */
    return ['error' => false, 'data' => [
        'userid' => $user === 'guest' ? 0 : USERS[$user]['id'],
        'timeremaining' => SESSION_TIMEOUT]];
}


function service_error(string $code, string $message): array
{
    return ['error' => true,
            'exception' => service_exception($code, $message)];
}


function service_exception(string $code, string $message): array
{
    return ['message' => $message, 'errorcode' => $code,
            'link' => site() . '/', 'moreinfourl' =>
            "https://docs.moodle.org/501/en/error/moodle/$code"];
}
