<?php
namespace Cloud;

/* /remote.php/webdav/ and /remote.php/dav/: who asks, and the sabre server. */
class Dav
{
    private const BASIC = "No 'Authorization: Basic' header found. Either the "
        . "client didn't send one, or the server is misconfigured";
    private const BEARER = "No 'Authorization: Bearer' header found. Either "
        . "the client didn't send one, or the server is mis-configured";

    public function __construct(private App $app, private bool $webdav)
    {
    }

    public function answer(): void
    {
        $app = $this->app;

        if ($app->maintenance()) {
            $app->profile->owncloud
                ? Respond::davError(503,
                    'Sabre\DAV\Exception\ServiceUnavailable',
                    'System in maintenance mode.')
                : Respond::davError(503,
                    'OCA\DAV\Exception\ServerMaintenanceMode',
                    'System is in maintenance mode.');
            return;
        }

        $auth = $app->users->authenticate(
            $app->request->header('Authorization'));
        $user = $auth['user'];

        if ($app->session->user !== null) {

            if (!$app->profile->owncloud) {
                $app->session->open();
                $this->refused('CSRF check not passed.');
                return;
            }

            /* ownCloud: the cookie beats the Bearer token. */
            $user = $app->session->user;
            $app->session->open();

        } else {
            $app->session->open($user);
        }

        if ($user === null) {
            $this->unauthenticated($auth);
            return;
        }

        $this->server($user)->exec();
    }

    private function server(string $user): DavServer
    {
        $disk = new Disk($this->app, $user);
        $root = $this->webdav ? $disk->root() : new RootNode($disk);
        $service = $this->webdav ? 'webdav' : 'dav';

        return new DavServer($this->app, $disk, $root, $this->webdav,
                             "{$this->app->profile->base}/remote.php/$service/");
    }

    private function refused(string $message): void
    {
        Respond::davError(401, 'Sabre\DAV\Exception\NotAuthenticated',
                          $message);
    }

    private function unauthenticated(array $auth): void
    {
        $basic = $auth['scheme'] === 'basic'
                 ? 'Username or password was incorrect' : self::BASIC;
        $bearer = $auth['scheme'] === 'bearer'
                  ? 'Bearer token was incorrect' : self::BEARER;
        $xhr = $this->app->request->header('X-Requested-With')
               === 'XMLHttpRequest';

        $this->app->profile->owncloud
            ? $this->unauthenticatedOwncloud($basic, $bearer, $xhr)
            : $this->unauthenticatedNextcloud($basic, $bearer, $xhr);
    }

    private function unauthenticatedOwncloud(string $basic, string $bearer,
                                             bool $xhr): void
    {
        $challenges = [
            'WWW-Authenticate: ' . ($xhr ? 'DummyBasic' : 'Basic')
            . ' realm="ownCloud", charset="UTF-8"',
            'WWW-Authenticate: Bearer realm="ownCloud"',
        ];

        $messages = [$basic, $basic, $bearer];

        if (!$this->webdav) {
            $challenges = array_reverse($challenges);
            $messages = ['No public access to this resource.', $basic, $bearer,
                         $basic];
        }

        foreach ($challenges as $challenge) {
            header($challenge, false);
        }

        $this->refused(implode(', ', $messages));
    }

    private function unauthenticatedNextcloud(string $basic, string $bearer,
                                              bool $xhr): void
    {
        if ($xhr) {
            header('WWW-Authenticate: DummyBasic realm="Nextcloud"');
            $this->refused('Cannot authenticate over ajax calls');
            return;
        }

        if ($basic !== self::BASIC && $this->tooMany()) {
            Respond::davError(429,
                'OCA\DAV\Connector\Sabre\Exception\TooManyRequests', '',
                "  <o:hint xmlns:o=\"o:\">too many requests</o:hint>\n",
                ' xmlns:o="http://owncloud.org/ns"');
            return;
        }

        header('WWW-Authenticate: Basic realm="Nextcloud", charset="UTF-8"');

        $this->refused(implode(', ', $this->webdav
            ? [$basic, $bearer]
            : ['No public access to this resource.',
               'AppAPIAuth has not passed',
               'This request is not for a federated calendar',
               $basic, $bearer, $basic]));
    }

    /* Wrong passwords; the right one is still good, as recorded. */
    private function tooMany(): bool
    {
        $state = $this->app->state;

        if (!$state->setting('bruteforce', false)) {
            return false;
        }

        $row = $state->row('SELECT COUNT(*) AS n FROM failure
                            WHERE action = ? AND time > ?',
                           ['password', microtime(true) - 1800]);
        $state->run('INSERT INTO failure VALUES (?, ?)',
                    [microtime(true), 'password']);

        return $row['n'] > 10;
    }
}
