<?php
/*
 * The stand-in cloud: one request.
 *
 * nginx passes every request of a cloud here, with the profile ("owncloud" or
 * "nextcloud") and the state folder as FastCGI parameters; see ../standins.
 */

error_reporting(E_ALL & ~E_DEPRECATED);

require 'Sabre/autoload.php';

spl_autoload_register(function ($class) {
    if (strncmp($class, 'Cloud\\', 6) === 0) {
        require __DIR__ . '/lib/' . substr($class, 6) . '.php';
    }
});

Cloud\App::run(new Cloud\Request());
