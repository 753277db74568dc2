<?php
namespace Cloud;

/*
 * The browser's half of OAuth2: authorize, login, consent.
 *
 * ownCloud: authorize -> login -> authorize (consent page) -> redirect.
 * Nextcloud: authorize -> login/flow (picker) -> login/flow/grant -> login ->
 * login/flow/grant (consent page) -> POST login/flow -> redirect.
 */
class Authorize
{
    private Request $request;
    private Session $session;
    private Clients $clients;

    public function __construct(private App $app)
    {
        $this->request = $app->request;
        $this->session = $app->session;
        $this->clients = new Clients($app->state);
    }

    public function start(): void
    {
        $this->session->keep();

        $this->app->profile->owncloud ? $this->startOwncloud()
                                      : $this->startNextcloud();
    }

    public function page(string $path): void
    {
        $this->session->keep();

        if ($path === 'logout') {
            $this->session->logout();
            Respond::redirect($this->app->url('/login?clear=1'));

        } elseif ($path === 'login') {
            $this->login();

        } elseif ($this->app->profile->owncloud) {
            Respond::status(404);
            Respond::html(Pages::plain('Not found', 'Page not found'));

        } elseif ($path === 'login/flow/grant') {
            $this->grantPage();

        } elseif ($this->request->method === 'POST') {
            $this->granted();

        } else {
            $this->picker();
        }
    }

    private function startOwncloud(): void
    {
        $request = $this->request;

        if ($this->session->user === null) {
            $from = urlencode(urlencode($request->uri));
            Respond::redirect("/oc/login?redirect_url=$from");
            return;
        }

        $client = $this->clients->find($request->get('client_id'));
        $redirect = $request->get('redirect_uri');

        if ($client === null || $redirect === null
            || !$this->clients->allowed($client, $redirect))
        {
            Respond::html(Pages::plain('Request not valid',
                'This request is not valid. Please contact the administrator '
                . 'if this error persists.'));
            return;
        }

        if ($request->get('response_type') !== 'code') {
            $this->unsupported($redirect);
            return;
        }

        if ($request->method === 'POST') {
            $this->consentOwncloud($client, $redirect);

        } elseif ($client['trusted']) {
            $this->sendCode($client, $redirect);

        } else {
            $this->security($redirect);
            Respond::html(Pages::form('Authorize', 'Do you want to authorize "'
                . $client['name'] . '" to access your account '
                . $this->session->user . '?', 'post', $request->uri,
                ['requesttoken' => $this->session->csrf()], 'Authorize'));
        }
    }

    private function consentOwncloud(array $client, string $redirect): void
    {
        $token = $this->request->form()['requesttoken'] ?? null;

        if (!$this->session->csrfMatches($token)) {
            Respond::status(412);
            Respond::html(Pages::plain('Error', 'CSRF check failed'));
            return;
        }

        $this->sendCode($client, $redirect);
    }

    /* What neither server does, but another may: the user says no. */
    private function denied(string $redirect, string $state): bool
    {
        $error = $this->app->state->setting('authorize_error');

        if ($error === null) {
            return false;
        }

        Respond::redirect($redirect . (str_contains($redirect, '?') ? '&' : '?')
                          . "error=$error&state=" . urlencode($state));
        return true;
    }

    private function sendCode(array $client, string $redirect): void
    {
        $request = $this->request;

        if ($this->denied($redirect, $request->get('state') ?? '')) {
            return;
        }

        $code = $this->clients->code($client['id'], $this->session->user,
            $redirect, $this->app->profile->codeLength,
            $request->get('code_challenge'),
            $request->get('code_challenge_method'));
        $state = $request->get('state');

        Respond::redirect("$redirect?code=$code"
            . ($state === null ? '' : '&state=' . urlencode($state)));
    }

    private function unsupported(string $redirect): void
    {
        $state = $this->request->get('state') ?? '';

        /* Only ownCloud encodes the state here. */
        if ($this->app->profile->owncloud) {
            $state = urlencode($state);
        }

        Respond::redirect($redirect . (str_contains($redirect, '?') ? '&' : '?')
                          . "error=unsupported_response_type&state=$state");
    }

    private function startNextcloud(): void
    {
        $request = $this->request;
        $client = $this->clients->find($request->get('client_id'));

        if ($client === null) {
            Respond::html(Pages::plain('Client not authorized',
                'Your client is not authorized to connect. Please inform the '
                . 'administrator of your client.'));
            return;
        }

        /* redirect_uri is ignored, unless the client is registered with "*". */
        $redirect = $client['redirect'] === '*'
                    ? (string) $request->get('redirect_uri')
                    : $this->clients->first($client);

        if ($request->get('response_type') !== 'code') {
            $this->unsupported($redirect);
            return;
        }

        $this->session->data['oauth.state'] = $request->get('state') ?? '';
        $this->session->data['oauth.redirect'] = $redirect;
        $this->session->save();

        Respond::redirect($this->app->url('/login/flow?providedRedirectUri='
            . '&clientIdentifier=' . urlencode($client['id'])));
    }

    private function picker(): void
    {
        $client = $this->clients->find($this->request->get('clientIdentifier'));

        if ($client === null) {
            $this->forbidden();
            return;
        }

        $this->session->data['flow.token'] = State::random(64);
        $this->session->save();
        $this->security($this->session->data['oauth.redirect'] ?? '');

        Respond::html(Pages::form('Connect to your account',
            'Please log in before granting ' . $client['name']
            . ' access to your account.', 'get', '/login/flow/grant',
            ['user' => '', 'providedRedirectUri' => '',
             'oauthState' => $this->session->data['oauth.state'] ?? '',
             'direct' => '0', 'clientIdentifier' => $client['id'],
             'stateToken' => $this->session->data['flow.token']], 'Log in'));
    }

    private function grantPage(): void
    {
        $request = $this->request;

        if ($this->session->user === null) {
            $from = strtr(urlencode($request->uri), ['%2F' => '/',
                                                     '%3F' => '?']);
            Respond::redirect("/login?redirect_url=$from");
            return;
        }

        $client = $this->clients->find($request->get('clientIdentifier'));
        $token = $request->get('stateToken');

        if ($client === null || !$this->flowMatches($token)) {
            $this->forbidden();
            return;
        }

        header('X-User-Id: ' . $this->session->user);
        $this->security($this->session->data['oauth.redirect'] ?? '');

        Respond::html(Pages::form('Account access',
            'You are about to grant "' . $client['name']
            . '" access to your account ' . $this->session->user . '.',
            'post', '/login/flow',
            ['clientIdentifier' => $client['id'],
             'requesttoken' => $this->session->csrf(),
             'stateToken' => $token,
             'oauthState' => $request->get('oauthState') ?? '',
             'providedRedirectUri' => ''], 'Grant access'));
    }

    private function granted(): void
    {
        $form = $this->request->form();
        $client = $this->clients->find($form['clientIdentifier'] ?? null);

        if ($client === null || $this->session->user === null
            || !$this->session->csrfMatches($form['requesttoken'] ?? null)
            || !$this->flowMatches($form['stateToken'] ?? null))
        {
            $this->forbidden();
            return;
        }

        $redirect = $this->session->data['oauth.redirect'] ?? '';
        $state = $this->session->data['oauth.state'] ?? '';
        unset($this->session->data['flow.token']);
        $this->session->save();

        if ($this->denied($redirect, $state)) {
            return;
        }

        $code = $this->clients->code($client['id'], $this->session->user,
            $redirect, $this->app->profile->codeLength, null, null);

        header('X-User-Id: ' . $this->session->user);
        Respond::redirect($redirect . (str_contains($redirect, '?') ? '&' : '?')
                          . 'state=' . urlencode($state) . "&code=$code");
    }

    private function flowMatches(?string $token): bool
    {
        $known = $this->session->data['flow.token'] ?? null;

        return $known !== null && $token !== null && hash_equals($known, $token);
    }

    private function login(): void
    {
        $request = $this->request;

        if ($request->method !== 'POST') {
            Respond::html($this->loginPage(false));
            return;
        }

        $form = $request->form();

        if (!$this->session->csrfMatches($form['requesttoken'] ?? null)) {
            Respond::status(412);
            Respond::html(Pages::plain('Error', 'CSRF check failed'));
            return;
        }

        if (!$this->app->users->check($form['user'] ?? '',
                                      $form['password'] ?? ''))
        {
            Respond::html($this->loginPage(true));
            return;
        }

        $this->session->login($form['user']);

        $target = $this->app->profile->owncloud
                  ? urldecode($request->get('redirect_url') ?? '')
                  : ($form['redirect_url'] ?? '');

        if (!str_starts_with($target, '/') || str_starts_with($target, '//')) {
            $target = $this->app->profile->base . '/';
        }

        Respond::redirect($request->origin() . $target);
    }

    private function loginPage(bool $failed): string
    {
        $fields = ['requesttoken' => $this->session->csrf()];
        $from = $this->request->get('redirect_url') ?? '';

        if ($this->app->profile->owncloud) {
            $action = '/oc/index.php/login?redirect_url=' . urlencode($from);

        } else {
            $action = '/login';
            $fields += ['timezone' => 'UTC', 'timezone_offset' => '0',
                        'redirect_url' => $from
                            ?: ($this->request->form()['redirect_url'] ?? '')];
        }

        return Pages::login('Log in', $action, $fields, $failed);
    }

    private function forbidden(): void
    {
        Respond::status(403);
        Respond::html(Pages::plain('Access forbidden',
                                   'State token does not match'));
    }

    /* Nextcloud names the redirect URI here, else the browser stops there. */
    private function security(string $redirect): void
    {
        if (!$this->app->profile->owncloud) {
            header("Content-Security-Policy: default-src 'none';"
                   . "style-src 'self' 'unsafe-inline';"
                   . "form-action 'self' $redirect");
        }
    }
}
