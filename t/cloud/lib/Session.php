<?php
namespace Cloud;

/*
 * Web sessions.  As on the real servers an answer to a Bearer request sets
 * cookies which are a login of their own: whoever sends them back is that user.
 * Such sessions are not stored, the id itself tells the user: many requests at
 * once would only wait for each other.
 */
class Session
{
    public ?string $id = null;
    public ?string $user = null;
    public array $data = [];
    private ?string $csrf = null;
    private ?string $passphrase = null;

    public function __construct(private App $app)
    {
        $profile = $app->profile;
        $id = $app->request->cookie($profile->instance);
        $passphrase = $app->request->cookie($profile->passphrase);

        if ($id === null || $passphrase === null) {
            return;
        }

        $row = $app->state->row('SELECT * FROM session
                                 WHERE id = ? AND passphrase = ?',
                                [$id, $passphrase]);

        if ($row !== null) {
            $this->id = $row['id'];
            $this->passphrase = $row['passphrase'];
            $this->user = $row['user'];
            $this->csrf = $row['csrf'];
            $this->data = json_decode($row['data'], true);

        } elseif ($this->userOf($id) !== null) {
            $this->id = $id;
            $this->passphrase = $passphrase;
            $this->user = $this->userOf($id);
        }
    }

    /* 16 random digits, 2 for the user, 8 that prove it */
    private function idFor(string $user): string
    {
        $number = array_search($user, array_keys(Users::all()));
        $text = bin2hex(random_bytes(8)) . sprintf('%02x', $number);

        return $text . $this->proof($text);
    }

    private function userOf(string $id): ?string
    {
        $text = substr($id, 0, 18);

        return strlen($id) === 26 && $this->proof($text) === substr($id, 18)
               ? array_keys(Users::all())[hexdec(substr($text, 16))] ?? null
               : null;
    }

    private function proof(string $text): string
    {
        return substr(hash_hmac('sha256', $text, $this->app->state->dir), 0, 8);
    }

    /* Makes a session where there is none, and sets the cookies. */
    public function open(?string $user = null): void
    {
        $fresh = $this->id === null;

        if ($fresh) {
            $this->id = $user === null ? bin2hex(random_bytes(13))
                                       : $this->idFor($user);
            $this->passphrase = base64_encode(random_bytes(96));
            $this->note();
        }

        $this->setCookies($fresh);
    }

    /* The same for pages with forms: this one is kept. */
    public function keep(): void
    {
        $this->open();

        if ($this->csrf === null) {
            $this->csrf = State::random(64);
            $this->save();
        }
    }

    /* For GET tokens: every secret that was handed out. */
    private function note(): void
    {
        file_put_contents($this->app->state->dir . '/sessions.log',
                          "$this->id $this->passphrase\n",
                          FILE_APPEND | LOCK_EX);
    }

    /* A login gets a new id, as on the real servers. */
    public function login(string $user): void
    {
        $this->app->state->run('DELETE FROM session WHERE id = ?', [$this->id]);
        $this->id = bin2hex(random_bytes(13));
        $this->passphrase ??= base64_encode(random_bytes(96));
        $this->csrf = State::random(64);
        $this->user = $user;
        $this->save();
        $this->note();
        $this->setCookies(true);
    }

    public function logout(): void
    {
        $this->app->state->run('DELETE FROM session WHERE id = ?', [$this->id]);
        $this->id = null;
        $this->user = null;
    }

    public function save(): void
    {
        $this->app->state->run(
            'INSERT OR REPLACE INTO session VALUES (?, ?, ?, ?, ?)',
            [$this->id, $this->passphrase, $this->user, $this->csrf,
             json_encode($this->data)]);
    }

    public function csrf(): string
    {
        return $this->csrf;
    }

    public function csrfMatches(?string $token): bool
    {
        return $this->csrf !== null && $token !== null
               && hash_equals($this->csrf, $token);
    }

    private function setCookies(bool $fresh): void
    {
        $profile = $this->app->profile;
        $secure = $this->app->request->scheme === 'https';
        $flags = "; path=$profile->cookiePath" . ($secure ? '; secure' : '')
                 . '; HttpOnly';
        $phrase = $profile->passphrase . '=' . rawurlencode($this->passphrase);

        if ($profile->owncloud) {
            $until = gmdate('D, d-M-Y H:i:s', time() + 1200) . ' GMT';
            $phrase .= "; expires=$until; Max-Age=1200$flags; SameSite=Strict";

        } else {
            $phrase .= "$flags; SameSite=Lax";
            $flags .= '; SameSite=Lax';
            $this->sameSiteCookies($secure);
        }

        header("Set-Cookie: $phrase", false);

        if ($fresh) {
            header("Set-Cookie: $profile->instance=$this->id$flags", false);
        }
    }

    private function sameSiteCookies(bool $secure): void
    {
        foreach (['lax', 'strict'] as $kind) {
            header('Set-Cookie: ' . ($secure ? '__Host-' : '')
                   . "nc_sameSiteCookie$kind=true; path=/; httponly;"
                   . ($secure ? 'secure;' : '')
                   . ' expires=Fri, 31-Dec-2100 23:59:59 GMT; SameSite='
                   . $kind, false);
        }
    }
}
