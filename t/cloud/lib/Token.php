<?php
namespace Cloud;

/* An answer of the token endpoint that is not a token. */
class TokenError extends \Exception
{
    public function __construct(public string $error,
                                public ?string $description = null)
    {
        parent::__construct($error);
    }
}

/* The token endpoint, with the errors of either server. */
class Token
{
    private const BLOCKED = <<<'HTML'
        <div class="body-login-container update">
        	<h2>Too many requests</h2>
        	<p class="infogroup">There were too many requests from your network. Retry later or contact your administrator if this is an error.</p>
        </div>

        HTML;

    private Request $request;
    private Profile $profile;
    private State $state;
    private Clients $clients;
    private array $form;

    public function __construct(private App $app)
    {
        $this->request = $app->request;
        $this->profile = $app->profile;
        $this->state = $app->state;
        $this->clients = new Clients($app->state);
    }

    public function answer(): void
    {
        $this->app->session->open();

        if ($this->request->method === 'OPTIONS') {
            $this->preflight();
            return;
        }

        if ($this->request->method !== 'POST') {
            Respond::status(405, $this->profile->owncloud ? '' : null);
            header('Content-Type: text/html; charset=UTF-8');
            return;
        }

        if ($this->blocked()) {
            Respond::status(429);
            Respond::html(self::BLOCKED);
            return;
        }

        $this->form = $this->request->form();

        try {
            Respond::json($this->profile->owncloud ? $this->owncloud()
                                                   : $this->nextcloud());

        } catch (TokenError $e) {
            $this->fail($e);
        }
    }

    private function fail(TokenError $e): void
    {
        /* What the Nextcloud of the recordings does not expect at all. */
        if ($e->error === 'crash') {
            Respond::status(500);
            Respond::html(Pages::plain('Internal Server Error',
                'The server was unable to complete your request.'), false);
            return;
        }

        if (!$this->profile->owncloud) {
            $this->state->run('INSERT INTO failure VALUES (?, ?)',
                              [microtime(true), 'oauth']);
        }

        Respond::status(400, 'Bad request');
        Respond::json(['error' => $e->error]
            + ($e->description === null ? []
               : ['error_description' => $e->description]));
    }

    /* Nextcloud's brute force protection, if a test asked for it. */
    private function blocked(): bool
    {
        if ($this->profile->owncloud
            || !$this->state->setting('bruteforce', false))
        {
            return false;
        }

        $row = $this->state->row('SELECT COUNT(*) AS n FROM failure
                                  WHERE action = ? AND time > ?',
                                 ['oauth', microtime(true) - 1800]);

        return $row['n'] >= 10;
    }

    private function preflight(): void
    {
        header('Access-Control-Allow-Origin: *');
        header('Access-Control-Allow-Methods: GET,OPTIONS,POST,PUT,DELETE,'
               . 'MKCOL,PROPFIND,PATCH,PROPPATCH,REPORT');
        Respond::body('text/xml; charset=UTF-8',
            OcsFormat::xml(['status' => 'ok', 'statuscode' => 100,
                'message' => 'OPTIONS request successful'], []), false);
    }

    /* [id, secret] of HTTP Basic, or of the body; null where there is none. */
    private function credentials(bool $body): ?array
    {
        $header = $this->request->header('Authorization') ?? '';

        if (preg_match('/^basic\s+(\S+)$/i', $header, $m)) {
            return explode(':', base64_decode($m[1]), 2) + [1 => ''];
        }

        $id = $this->form['client_id'] ?? null;
        $secret = $this->form['client_secret'] ?? null;

        return $body && $id !== null && $secret !== null ? [$id, $secret]
                                                         : null;
    }

    private function client(array $credentials): array
    {
        [$id, $secret] = $credentials;
        $client = $this->clients->find($id);

        if ($client === null || !hash_equals($client['secret'], $secret)) {
            throw new TokenError('invalid_client');
        }

        return $client;
    }

    private function owncloud(): array
    {
        $form = $this->form;
        $grant = $form['grant_type'] ?? null;
        $credentials = $this->credentials(false);
        $public = false;

        if (!is_string($grant)) {
            throw new TokenError('invalid_request');
        }

        if ($credentials !== null) {
            $client = $this->client($credentials);

        } elseif (isset($form['client_id'], $form['code_verifier'])) {
            $client = $this->clients->find($form['client_id']);
            $public = true;
        }

        if (empty($client)) {
            throw new TokenError($public ? 'invalid_client'
                                         : 'invalid_request');
        }

        return $this->state->locked(function () use ($grant, $client, $public) {
            switch ($grant) {
            case 'authorization_code':
                return $this->owncloudCode($client, $public);
            case 'refresh_token':
                return $this->owncloudRefresh($client);
            }

            throw new TokenError('invalid_grant', 'unhandled grant type');
        });
    }

    private function owncloudCode(array $client, bool $public): array
    {
        $form = $this->form;

        if (!isset($form['code'], $form['redirect_uri'])) {
            throw new TokenError('invalid_request');
        }

        $code = $this->state->row('SELECT * FROM code
                                   WHERE code = ? AND NOT used',
                                  [$form['code']]);

        if ($code === null) {
            throw new TokenError('invalid_grant',
                                 'authorization code does not exist');
        }

        if ($code['client'] !== $client['id']) {
            throw new TokenError('invalid_grant',
                                 'auth grant client ids mismatch');
        }

        if ($code['expires'] < microtime(true)) {
            throw new TokenError('invalid_grant', 'auth grant expired');
        }

        if ($this->app->users->disabled($code['user'])) {
            throw new TokenError('unauthorized_client', 'user not enabled');
        }

        if ($code['redirect'] !== $form['redirect_uri']) {
            throw new TokenError('invalid_grant',
                                 'auth grant redirect uri invalid');
        }

        $this->verify($code, $public);

        return $this->exchange($client, $code);
    }

    private function verify(array $code, bool $public): void
    {
        $verifier = $this->form['code_verifier'] ?? null;
        $challenge = $code['challenge'];

        if ($challenge === null && !$public) {
            return;
        }

        $method = $code['method'] ?? 'plain';

        if ($method === 'S256') {
            $made = rtrim(strtr(base64_encode(
                hash('sha256', (string) $verifier, true)), '+/', '-_'), '=');

        } elseif ($method === 'plain') {
            $made = (string) $verifier;

        } else {
            throw new TokenError('invalid_request',
                "Code challenge method $method not supported");
        }

        if ($verifier === null || $challenge === null
            || !hash_equals($challenge, $made))
        {
            throw new TokenError('invalid_grant', 'code verifier invalid');
        }
    }

    private function owncloudRefresh(array $client): array
    {
        if (!isset($this->form['refresh_token'])) {
            throw new TokenError('invalid_request');
        }

        $row = $this->refreshRow($this->form['refresh_token']);

        if ($row === null) {
            throw new TokenError('invalid_grant',
                                 'refresh token does not exist');
        }

        if ($row['client'] !== $client['id']) {
            throw new TokenError('invalid_grant',
                                 'refresh grant client ids mismatch');
        }

        if ($this->app->users->disabled($row['user'])) {
            throw new TokenError('unauthorized_client', 'user not enabled');
        }

        return $this->rotate($client, $row, 0);
    }

    private function nextcloud(): array
    {
        $grant = $this->form['grant_type'] ?? null;

        if (!is_string($grant)) {
            throw new TokenError('crash');
        }

        if ($grant !== 'authorization_code' && $grant !== 'refresh_token') {
            throw new TokenError('invalid_grant');
        }

        $value = $this->form[$grant === 'refresh_token' ? $grant : 'code']
                 ?? null;

        if (!is_string($value)) {
            throw new TokenError('crash');
        }

        return $this->state->locked(function () use ($grant, $value) {
            return $grant === 'refresh_token' ? $this->nextcloudRefresh($value)
                                              : $this->nextcloudCode($value);
        });
    }

    /* The code is looked up first, then the client, as on the real one. */
    private function nextcloudCode(string $value): array
    {
        $code = $this->state->row('SELECT * FROM code
                                   WHERE code = ? AND NOT used
                                   AND expires > ?',
                                  [$value, microtime(true)]);

        if ($code === null) {
            throw new TokenError('invalid_request');
        }

        return $this->exchange($this->nextcloudClient($code['client']), $code);
    }

    private function nextcloudRefresh(string $value): array
    {
        $row = $this->refreshRow($value);

        if ($row === null) {
            throw new TokenError('invalid_request');
        }

        return $this->rotate($this->nextcloudClient($row['client']), $row,
                             $this->state->setting('old_token_grace', 10));
    }

    private function nextcloudClient(string $owner): array
    {
        $credentials = $this->credentials(true);

        if ($credentials === null) {
            throw new TokenError('crash');
        }

        $client = $this->client($credentials);

        if ($client['id'] !== $owner) {
            throw new TokenError('invalid_client');
        }

        return $client;
    }

    private function refreshRow(string $value): ?array
    {
        return $this->state->row('SELECT * FROM token
                                  WHERE refresh = ? AND NOT refresh_dead',
                                 [$value]);
    }

    private function exchange(array $client, array $code): array
    {
        $this->state->run('UPDATE code SET used = 1 WHERE code = ?',
                          [$code['code']]);

        return $this->issue($client['id'], $code['user']);
    }

    private function rotate(array $client, array $row, float $grace): array
    {
        $this->state->run('UPDATE token SET refresh_dead = 1, why = ?,
                           access_until = MIN(access_until, CAST(? AS REAL)) WHERE id = ?',
                          ['rotated', microtime(true) + $grace, $row['id']]);

        return $this->issue($client['id'], $row['user']);
    }

    private function issue(string $client, string $user): array
    {
        [$access, $refresh] = $this->state->setting('token_lengths',
            [$this->profile->accessLength, $this->profile->refreshLength]);
        $access = State::random($access);
        $refresh = State::random($refresh);
        $lifetime = $this->state->setting('token_lifetime', 3600);

        $this->state->run('INSERT INTO token (client, user, access, refresh,
                                              created, access_until)
                           VALUES (?, ?, ?, ?, ?, ?)',
            [$client, $user, $access, $refresh, microtime(true),
             microtime(true) + $lifetime]);

        return [
            'access_token' => $access,
            'token_type' => 'Bearer',
            'expires_in' => $this->state->setting('expires_in', $lifetime),
            'refresh_token' => $refresh,
            'user_id' => $user,
        ] + (!$this->profile->owncloud ? [] : [
            'message_url' => $this->app->url(
                '/apps/oauth2/authorization-successful'),
        ]);
    }
}
