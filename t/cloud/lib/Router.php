<?php
namespace Cloud;

/* From the path to the part that answers. */
class Router
{
    public function __construct(private App $app)
    {
    }

    public function route(): void
    {
        $app = $this->app;
        $base = $app->profile->base;
        $path = $app->request->path;

        /* The name decides in PHP, as "//" and "/x/../" do on the real ones. */
        if (!str_starts_with($path, "$base/")) {
            $this->notFound();
            return;
        }

        $path = substr($path, strlen($base));
        $parts = explode('/', ltrim($path, '/'));

        switch ($parts[0]) {

        case 'status.php':
            Respond::body('application/json', json_encode(
                $app->profile->status($app->maintenance())), false);
            return;

        case 'ocs':
            (new Ocs($app))->answer(array_slice($parts, 1));
            return;

        case 'remote.php':
            $this->remote($parts);
            return;

        case 'public.php':
            (new PublicLink($app))->dav(array_slice($parts, 1));
            return;

        case 'index.php':
            array_shift($parts);
            break;
        }

        $this->page($parts);
    }

    private function remote(array $parts): void
    {
        $service = $parts[1] ?? '';

        if ($service === 'webdav' || $service === 'dav') {
            (new Dav($this->app, $service === 'webdav'))->answer();

        } elseif ($this->app->profile->owncloud) {
            Respond::status(502);
            Respond::html(Pages::plain('502 Bad Gateway', ''));

        } else {
            Respond::html(Pages::plain('Nextcloud', 'Path not found'), false);
        }
    }

    private function page(array $parts): void
    {
        $app = $this->app;

        if ($app->maintenance()) {
            $this->maintenancePage();
            return;
        }

        $path = implode('/', array_map('rawurldecode', $parts));

        if (str_starts_with($path, 'apps/oauth2/')) {
            $this->oauth(substr($path, strlen('apps/oauth2/')));

        } elseif ($path === 'core/preview.png' && !$app->profile->owncloud) {
            (new Preview($app))->page();

        } elseif ($parts[0] === 's') {
            (new PublicLink($app))->page(array_slice($parts, 1));

        } elseif (in_array($path, ['login', 'logout', 'login/flow',
                                   'login/flow/grant'], true))
        {
            (new Authorize($app))->page($path);

        } elseif ($path === '') {
            $app->session->open();
            Respond::html(Pages::plain($app->profile->realm, 'Stand-in'));

        } else {
            $this->notFound();
        }
    }

    private function oauth(string $path): void
    {
        $app = $this->app;

        switch ($path) {

        case 'authorize':
            (new Authorize($app))->start();
            return;

        case 'api/v1/token':
            (new Token($app))->answer();
            return;

        case 'api/v1/revoke':
            $this->revoke();
            return;

        case 'api/v1/userinfo':
            if ($app->profile->owncloud) {
                $this->userinfo();
                return;
            }
        }

        $this->notFound();
    }

    private function revoke(): void
    {
        $this->app->session->open();

        if ($this->app->profile->owncloud) {
            Respond::status(405, '');
            header('Content-Type: text/html; charset=UTF-8');
            return;
        }

        Respond::status(401);
        Respond::body('application/json; charset=utf-8', '{"message":""}',
                      false);
    }

    private function userinfo(): void
    {
        $app = $this->app;
        $auth = $app->users->authenticate(
            $app->request->header('Authorization'));
        $user = $auth['user'] ?? $app->session->user;

        $app->session->open($auth['user']);

        if ($user === null) {
            $from = rawurlencode(rawurlencode($app->request->uri));
            Respond::redirect("{$app->profile->base}/login?redirect_url=$from");
            return;
        }

        Respond::json(['sub' => $user,
                       'name' => $app->users->displayName($user),
                       'email' => $app->users->email($user)]);
    }

    private function maintenancePage(): void
    {
        if ($this->app->profile->owncloud) {
            Respond::status(503, 'Service Temporarily Unavailable');

        } else {
            Respond::status(503);
            header('X-Nextcloud-Maintenance-Mode: 1');
        }

        header('Retry-After: 120');
        Respond::html(Pages::plain('Maintenance',
            'This server is in maintenance mode.'), false);
    }

    private function notFound(): void
    {
        Respond::status(404);
        Respond::html(Pages::plain('Not found', 'Page not found'));
    }
}
