<?php
namespace Cloud;

/* /_control/: how the tests steer the cloud; JSON in and out. */
class Control
{
    private State $state;
    private array $input;

    public function __construct(private App $app)
    {
        $this->state = $app->state;
        $this->input = json_decode($app->request->body(), true) ?? [];
    }

    /*
     * For whoever has the token of these stand-ins, and for no browser.  What
     * comes from elsewhere never gets here, see ../../guard.conf.
     */
    private function allowed(): bool
    {
        $token = (string) getenv('CONTROL_TOKEN');
        $request = $this->app->request;

        return $token !== ''
               && hash_equals($token, $request->header('Control-Token') ?? '')
               && $request->header('Origin') === null
               && $request->header('Sec-Fetch-Site') === null;
    }

    public function answer(): void
    {
        if (!$this->allowed()) {
            Respond::status(403);
            Respond::json(['error' => 'no, or not the right, Control-Token']);
            return;
        }

        $request = $this->app->request;
        $name = trim(substr($request->path, strlen('/_control/')), '/');
        $call = strtolower($request->method) . ucfirst(strtr($name, '-', '_'));

        /* Method names in PHP do not mind the case, "answer" is no call. */
        if (!preg_match('/^(get|post|delete)[A-Z]/', $call)
            || !method_exists($this, $call))
        {
            Respond::status(404);
            Respond::json(['error' => "no such call: $request->method $name"]);
            return;
        }

        try {
            $result = $this->$call();

        } catch (\Throwable $e) {
            Respond::status(400);
            $result = ['error' => $e->getMessage()];
        }

        Respond::body('application/json; charset=utf-8',
            json_encode($result, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES
                        | JSON_INVALID_UTF8_SUBSTITUTE) . "\n");
    }

    private function getLog(): array
    {
        return (new Log($this->state))->all(
            (int) $this->app->request->get('after'),
            $this->app->request->get('match'));
    }

    private function deleteLog(): array
    {
        (new Log($this->state))->clear();
        $this->state->run('DELETE FROM refresh');

        return ['ok' => true];
    }

    /* How often each refresh token was sent, and what came of it. */
    private function getRefreshes(): array
    {
        $tokens = [];

        foreach ($this->state->rows('SELECT * FROM refresh ORDER BY id')
                 as $row)
        {
            $token = &$tokens[$row['token']];
            $token ??= ['token' => $row['token'], 'user' => $row['user'],
                        'times' => 0, 'status' => []];
            $token['times']++;
            $token['status'][] = $row['status'];
        }

        return array_values($tokens);
    }

    private function getFaults(): array
    {
        return array_map(fn ($row) => [
            'id' => (int) $row['id'], 'left' => (int) $row['left'],
            'hits' => (int) $row['hits'],
        ] + json_decode($row['rule'], true),
        $this->state->rows('SELECT * FROM fault ORDER BY id'));
    }

    /* One rule, or a list of them. */
    private function postFaults(): array
    {
        $ids = [];

        foreach (array_is_list($this->input) ? $this->input : [$this->input]
                 as $rule)
        {
            foreach (['match', 'match_body'] as $field) {
                $match = str_replace('~', '\~', $rule[$field] ?? '');

                if (@preg_match("~$match~", '') === false) {
                    throw new \Exception("bad regular expression: $match");
                }
            }

            $this->state->run('INSERT INTO fault (rule, skip, left)
                               VALUES (?, ?, ?)',
                [json_encode($rule), $rule['skip'] ?? 0, $rule['times'] ?? 1]);
            $ids[] = (int) $this->state->db->lastInsertId();
        }

        return ['ids' => $ids];
    }

    private function deleteFaults(): array
    {
        $this->state->run('DELETE FROM fault');

        return ['ok' => true];
    }

    private function getSettings(): array
    {
        $settings = [];

        foreach ($this->state->rows('SELECT * FROM setting') as $row) {
            $settings[$row['name']] = json_decode($row['value'], true);
        }

        return $settings;
    }

    private function postSettings(): array
    {
        foreach ($this->input as $name => $value) {
            $this->state->set($name, $value);
        }

        return $this->getSettings();
    }

    private function getClients(): array
    {
        return $this->state->rows('SELECT * FROM client');
    }

    /* {"id", "secret", "name", "redirect", "trusted"}; missing: kept */
    private function postClients(): array
    {
        $clients = new Clients($this->state);
        $old = $clients->find($this->input['id']) ?? [];
        $new = $this->input + $old + ['secret' => 'secret', 'name' => 'Client',
                                      'redirect' => '*', 'trusted' => 0];
        $clients->add($new['id'], $new['secret'], $new['name'],
                      $new['redirect'], (bool) $new['trusted']);

        return $clients->find($new['id']);
    }

    /* Everything secret that was ever handed out. */
    private function getTokens(): array
    {
        return [
            'codes' => $this->state->rows('SELECT * FROM code'),
            'tokens' => $this->state->rows('SELECT *, access_until > ?
                AS alive FROM token', [microtime(true)]),
            'sessions' => array_map(fn ($line) => explode(' ', $line),
                @file($this->state->dir . '/sessions.log',
                      FILE_IGNORE_NEW_LINES) ?: []),
        ];
    }

    /* A token without the browser: {"user", "client", "lifetime"} */
    private function postTokens(): array
    {
        $profile = $this->app->profile;
        $lifetime = $this->input['lifetime']
                    ?? $this->state->setting('token_lifetime', 3600);
        $client = $this->input['client']
                  ?? $this->state->row('SELECT id FROM client')['id'];
        $token = [
            'user' => $this->input['user'] ?? 'alice',
            'access' => State::random($profile->accessLength),
            'refresh' => State::random($profile->refreshLength),
        ];

        $this->state->run('INSERT INTO token (client, user, access, refresh,
                           created, access_until) VALUES (?, ?, ?, ?, ?, ?)',
            [$client, $token['user'], $token['access'], $token['refresh'],
             microtime(true), microtime(true) + $lifetime]);

        return $token;
    }

    /* Access tokens die, refresh tokens stay: {"user"} or {"access"} or {} */
    private function postExpire(): array
    {
        return $this->kill('access_until = 0');
    }

    /* Both die. */
    private function postRevoke(): array
    {
        return $this->kill("access_until = 0, refresh_dead = 1,
                            why = 'revoked'");
    }

    private function kill(string $what): array
    {
        $where = '1';
        $args = [];

        foreach (['user', 'access', 'refresh', 'client'] as $key) {
            if (isset($this->input[$key])) {
                $where .= " AND $key = ?";
                $args[] = $this->input[$key];
            }
        }

        $statement = $this->state->run("UPDATE token SET $what WHERE $where",
                                       $args);

        return ['changed' => $statement->rowCount()];
    }

    /* Back to the start; {"data": true} makes the files anew, too. */
    private function postReset(): array
    {
        foreach (['setting', 'code', 'token', 'session', 'share', 'fault',
                  'failure', 'refresh'] as $table)
        {
            $this->state->run("DELETE FROM $table");
        }

        foreach (['raw.json', 'raw.log', 'raw.refuse', 'requests.log',
                  'sessions.log']
                 as $file)
        {
            @unlink($this->state->dir . "/$file");
        }

        if ($this->input['data'] ?? false) {
            (new Seed($this->state))->files();
        }

        return ['ok' => true];
    }

    /* A folder with {"count"} files: {"user", "folder", "count"} */
    private function postMany(): array
    {
        $user = $this->input['user'] ?? 'alice';
        $folder = $this->input['folder'] ?? 'many';

        $this->place($user, $folder);

        (new Seed($this->state))->many($user, $folder,
            min((int) ($this->input['count'] ?? 1000), 1000000));
        $this->changed($user, "$folder/");

        return ['ok' => true];
    }

    /* Where a user's file is: in the user's folder, and no link leads away. */
    private function place(string $user, string $path): string
    {
        if (!isset(Users::all()[$user])) {
            throw new \Exception("no such user: $user");
        }

        $file = $this->app->users->home($user);

        foreach (['', ...explode('/', trim($path, '/'))] as $i => $name) {
            if ($i > 0 && (in_array($name, ['', '.', '..'], true)
                           || str_contains($name, "\0")))
            {
                throw new \Exception("no such path: $path");
            }

            $file = rtrim("$file/$name", '/');

            if (is_link($file)) {
                throw new \Exception("a link: $path");
            }
        }

        return $file;
    }

    /* A file, past WebDAV: {"user", "path", "content" or "content64"} */
    private function postFile(): array
    {
        $file = $this->place($this->input['user'] ?? 'alice',
                             $this->input['path']);

        if (!is_dir(dirname($file))) {
            mkdir(dirname($file), 0777, true);
        }

        file_put_contents($file, isset($this->input['content64'])
            ? base64_decode($this->input['content64'])
            : $this->input['content'] ?? '');
        touch($file, $this->input['mtime'] ?? Seed::TIME);
        $this->changed($this->input['user'] ?? 'alice', $this->input['path']);

        return ['ok' => true];
    }

    private function deleteFile(): array
    {
        $user = $this->input['user'] ?? 'alice';
        $file = $this->place($user, $this->input['path']);
        $disk = new Disk($this->app, $user, false);

        if (file_exists($file)) {
            Shares::gone($this->app, $file);
            $disk->discard($file);
        }

        $this->changed($user, $this->input['path']);

        return ['ok' => true];
    }

    /* What there is of a user, to be compared: ?user=NAME */
    private function getHoldings(): array
    {
        $user = $this->app->users->find($this->app->request->get('user'));

        if ($user === null) {
            throw new \Exception('no such user');
        }

        return (new Holdings($this->app))->of($user);
    }

    /* New etags for the folders above; their dates stay. */
    private function changed(string $user, string $path): void
    {
        $disk = new Disk($this->app, $user, false);
        $file = "$disk->home/" . ltrim($path, '/');

        $disk->changed(str_ends_with($path, '/') ? rtrim($file, '/')
                                                 : dirname($file), false);
    }

    /* fault.pl's ports refuse connections, and those there were are cut. */
    private function postRefuse(): array
    {
        touch($this->state->dir . '/raw.refuse');

        return $this->refuses(true);
    }

    private function deleteRefuse(): array
    {
        @unlink($this->state->dir . '/raw.refuse');

        return $this->refuses(false);
    }

    /* Waits until it is so. */
    private function refuses(bool $wanted): array
    {
        for ($i = 0; $i < 500; $i++) {
            if (is_file($this->state->dir . '/raw.refused') === $wanted) {
                return ['ok' => true];
            }

            usleep(10000);
        }

        throw new \Exception('fault.pl does not do it');
    }

    /* The rules and the record of fault.pl, which stands before the cloud. */
    private function postRaw(): array
    {
        $file = fopen($this->state->dir . '/raw.json', 'c+');
        flock($file, LOCK_EX);
        $rules = json_decode(stream_get_contents($file), true) ?? [];
        $rules[] = $this->input + ['match' => '', 'times' => 1];
        rewind($file);
        ftruncate($file, 0);
        fwrite($file, json_encode($rules));
        fclose($file);

        return ['ok' => true];
    }

    private function deleteRaw(): array
    {
        @unlink($this->state->dir . '/raw.json');

        return ['ok' => true];
    }

    private function getRawlog(): array
    {
        $lines = @file($this->state->dir . '/raw.log') ?: [];

        return array_map(fn ($line) => json_decode($line, true), $lines);
    }

    private function deleteRawlog(): array
    {
        @unlink($this->state->dir . '/raw.log');

        return ['ok' => true];
    }
}
