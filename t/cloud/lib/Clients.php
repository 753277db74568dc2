<?php
namespace Cloud;

/* The registered OAuth2 clients and the codes they were given. */
class Clients
{
    public function __construct(private State $state)
    {
    }

    public function find(?string $id): ?array
    {
        return $id === null ? null
            : $this->state->row('SELECT * FROM client WHERE id = ?', [$id]);
    }

    public function add(string $id, string $secret, string $name,
                        string $redirect, bool $trusted = false): void
    {
        $this->state->run('INSERT OR REPLACE INTO client VALUES (?, ?, ?, ?, ?)',
                          [$id, $secret, $name, $redirect, (int) $trusted]);
    }

    /* Several redirect URIs are separated by spaces; "*" allows any. */
    public function allowed(array $client, string $redirect): bool
    {
        return $client['redirect'] === '*'
               || in_array($redirect, explode(' ', $client['redirect']), true)
               || in_array(urldecode($redirect),
                           explode(' ', $client['redirect']), true);
    }

    public function first(array $client): string
    {
        return explode(' ', $client['redirect'])[0];
    }

    public function code(string $client, string $user, string $redirect,
                         int $length, ?string $challenge,
                         ?string $method): string
    {
        $code = State::random($length);
        $seconds = $this->state->setting('code_lifetime', 600);

        $this->state->run('INSERT INTO code VALUES (?, ?, ?, ?, ?, ?, ?, 0)',
            [$code, $client, $user, $redirect, $challenge, $method,
             microtime(true) + $seconds]);

        return $code;
    }
}
