<?php
namespace Cloud;

/* The users: fixed ones, and what their Authorization header is worth. */
class Users
{
    private const NAMED = [
        'alice' => ['Alice Älpha', 'alice@example.test'],
        'bob' => ['Bob Tester', 'bob@example.test'],
        'teacher1' => ['Teacher One', 'teacher1@example.test'],
        "o'anna b@x.de" => ["Anna O'B & <x>", 'anna@example.test'],
        'moodle-system' => ['Moodle System', 'moodle-system@example.test'],
    ];

    /* u01 to u30, who have hardly anything, are the many. */
    private const MANY = 30;

    public function __construct(private State $state)
    {
    }

    public static function all(): array
    {
        static $many = [];

        for ($i = count($many) + 1; $i <= self::MANY; $i++) {
            $id = sprintf('u%02d', $i);
            $many[$id] = ["User $i", "$id@example.test"];
        }

        return self::NAMED + $many;
    }

    public function find(?string $user): ?string
    {
        foreach (self::all() as $id => $unused) {
            if ($user !== null && strcasecmp($id, $user) === 0) {
                return $id;
            }
        }

        return null;
    }

    public function check(string $user, string $password): bool
    {
        return isset(self::all()[$user])
               && hash_equals("$user-password", $password)
               && !$this->disabled($user);
    }

    public function disabled(string $user): bool
    {
        return in_array($user, $this->state->setting('disabled_users', []),
                        true);
    }

    public function displayName(string $user): string
    {
        return self::all()[$user][0];
    }

    public function email(string $user): string
    {
        return self::all()[$user][1];
    }

    public function home(string $user): string
    {
        return $this->state->dir . '/data/' . $user;
    }

    /* scheme: none, basic, bearer, other; user: null where it is no good */
    public function authenticate(?string $authorization): array
    {
        $text = trim($authorization ?? '');

        if (preg_match('/^basic\s+(\S+)$/i', $text, $m)) {
            [$user, $password] = explode(':', base64_decode($m[1]), 2)
                                 + [1 => ''];

            /* from a directory: who signs in so is another user's id */

            $id = $this->state->setting('logins', [])[$user] ?? null;

            if ($id !== null) {
                $good = hash_equals("$user-password", $password);

                return ['scheme' => 'basic', 'token' => null,
                        'user' => $good ? $id : null];
            }

            return ['scheme' => 'basic', 'token' => null,
                    'user' => $this->check($user, $password) ? $user : null];
        }

        if (preg_match('/^bearer\s+(\S+)$/i', $text, $m)) {
            /* The scheme is compared case-sensitively later on. */
            $token = str_starts_with($text, 'Bearer ') ? $m[1] : '';

            $user = $this->ofToken($token);
            $disabled = $user !== null && $this->disabled($user);

            return ['scheme' => 'bearer', 'token' => $token,
                    'user' => $disabled ? null : $user,
                    'disabled' => $disabled];
        }

        return ['scheme' => $text === '' ? 'none' : 'other',
                'token' => null, 'user' => null];
    }

    private function ofToken(string $token): ?string
    {
        $row = $this->state->row('SELECT user FROM token
                                  WHERE access = ? AND access_until > ?',
                                 [$token, microtime(true)]);

        return $row['user'] ?? null;
    }
}
