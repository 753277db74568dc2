<?php
/*
 * Makes the state of one cloud: seed.php FOLDER REDIRECT-URI
 */

spl_autoload_register(function ($class) {
    require __DIR__ . '/lib/' . substr($class, 6) . '.php';
});

[, $folder, $redirect] = $argv;

if (!is_dir($folder)) {
    mkdir($folder, 0777, true);
}

$state = new Cloud\State($folder);
$state->create();

$seed = new Cloud\Seed($state);
$seed->client($redirect);
$seed->files();
