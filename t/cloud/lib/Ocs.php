<?php
namespace Cloud;

/* An OCS answer that is not a success. */
class OcsError extends \Exception
{
}

/* /ocs/v1.php and /ocs/v2.php. */
class Ocs
{
    private App $app;
    private bool $v2 = false;
    public ?string $user = null;

    public function __construct(App $app)
    {
        $this->app = $app;
    }

    public function answer(array $parts): void
    {
        $this->v2 = ($parts[0] ?? '') === 'v2.php';
        $route = implode('/', array_slice($parts, 1));

        if ($this->app->maintenance()) {
            $this->maintenance();
            return;
        }

        $auth = $this->app->users->authenticate(
            $this->app->request->header('Authorization'));
        $this->user = $auth['user'];

        if ($auth['scheme'] === 'none') {
            $this->user = $this->app->session->user;
        }

        $this->app->session->open($auth['user']);

        if ($this->user === null
            && ($this->app->profile->owncloud
                || $route !== 'cloud/capabilities'))
        {
            $this->unauthorised($auth);
            return;
        }

        if (!$this->app->profile->owncloud && $this->user !== null) {
            header("X-User-Id: $this->user");
        }

        $this->route($route);
    }

    private function route(string $route): void
    {
        $shares = 'apps/files_sharing/api/v1/shares';

        try {
            if ($route === 'cloud/user') {
                $this->success((new OcsCloud($this->app))->user($this->user));

            } elseif ($route === 'cloud/capabilities') {
                $this->success((new OcsCloud($this->app))
                               ->capabilities($this->user));

            } elseif ($route === 'core/apppassword'
                      && !$this->app->profile->owncloud)
            {
                $this->revoke();

            } elseif ($route === $shares
                      || str_starts_with($route, "$shares/"))
            {
                $data = (new Shares($this->app, $this->user))
                        ->answer(substr($route, strlen($shares) + 1));
                $this->success($data, $this->app->profile->owncloud
                                      ? null : 'OK');

            } else {
                $this->unknown();
            }

        } catch (OcsError $e) {
            $this->failure($e->getCode(), $e->getMessage());
        }
    }

    /* DELETE core/apppassword: access and refresh token die at once. */
    private function revoke(): void
    {
        $auth = $this->app->users->authenticate(
            $this->app->request->header('Authorization'));

        if ($this->app->request->method !== 'DELETE'
            || $auth['scheme'] !== 'bearer')
        {
            throw new OcsError('no app password in use', 403);
        }

        $this->app->state->run('UPDATE token SET refresh_dead = 1, why = ?,
                                access_until = 0 WHERE access = ?',
                               ['revoked', $auth['token']]);
        $this->success([]);
    }

    private function success(array $data, ?string $message = 'OK'): void
    {
        $this->send(200, ['status' => 'ok',
                          'statuscode' => $this->v2 ? 200 : 100,
                          'message' => $message] + $this->paging(), $data);
    }

    private function failure(int $code, string $message): void
    {
        if ($code === 429) {
            Respond::status(429);
            Respond::html('');
            return;
        }

        $this->send($this->v2 ? $code : 200,
                    ['status' => 'failure', 'statuscode' => $code,
                     'message' => $message] + $this->paging(), []);
    }

    private function paging(): array
    {
        return $this->v2 && !$this->app->profile->owncloud
               ? [] : ['totalitems' => '', 'itemsperpage' => ''];
    }

    private function unauthorised(array $auth): void
    {
        $owncloud = $this->app->profile->owncloud;
        $meta = ['status' => 'failure', 'statuscode' => 997];

        if ($owncloud && $auth['scheme'] === 'bearer' && $auth['token'] !== '') {
            /* The old code path: no paging, chunked, WWW-Authenticate. */
            header('WWW-Authenticate: Basic realm="Authorisation Required"');
            $this->send(401, $meta + ['message' => $auth['disabled']
                        ? 'User disabled' : 'Invalid token'], [], false);

        } elseif (!$owncloud && $auth['scheme'] === 'basic') {
            header('WWW-Authenticate: Basic realm="Authorisation Required"');
            $this->send(401, $meta + ['message' => 'Unauthorised'], [], false);

        } else {
            $message = $owncloud ? 'Unauthorised'
                                 : 'Current user is not logged in';
            $this->send(401, $meta + ['message' => $message]
                             + $this->paging(), []);
        }
    }

    private function maintenance(): void
    {
        $owncloud = $this->app->profile->owncloud;

        if (!$owncloud) {
            header('X-Nextcloud-Maintenance-Mode: 1');
        }

        $this->send(503, ['status' => 'failure', 'statuscode' => 503,
                          'message' => 'Service unavailable']
                         + ($owncloud || $this->wantsJson() ? []
                            : ['totalitems' => '', 'itemsperpage' => '']),
                    [], false, 'text/xml; charset=UTF-8');
    }

    private function unknown(): void
    {
        $message = 'Invalid query, please check the syntax. API specifications '
                   . 'are here: http://www.freedesktop.org/wiki/Specifications/'
                   . 'open-collaboration-services.';

        if ($this->app->profile->owncloud) {
            $this->send($this->v2 ? 500 : 200,
                        ['status' => 'failure',
                         'statuscode' => $this->v2 ? 500 : 999,
                         'message' => "$message DEBUG OUTPUT:\n"], [], false,
                        'text/xml; charset=UTF-8');
            return;
        }

        $this->send($this->v2 ? 404 : 200,
                    ['status' => 'failure', 'statuscode' => 998,
                     'message' => "$message\n"], [], false);
    }

    private function wantsJson(): bool
    {
        $request = $this->app->request;
        $format = $request->get('format');

        if ($format === null && !$this->app->profile->owncloud) {
            return str_starts_with($request->header('Accept') ?? '',
                                   'application/json');
        }

        return $format === 'json';
    }

    private function send(int $status, array $meta, array $data,
                          bool $length = true,
                          string $xmlType = 'application/xml; charset=utf-8'
                          ): void
    {
        Respond::status($status);

        if ($this->wantsJson()) {
            Respond::body('application/json; charset=utf-8',
                          OcsFormat::json($meta, $data), $length);
        } else {
            Respond::body($xmlType, OcsFormat::xml($meta, $data), $length);
        }
    }
}
