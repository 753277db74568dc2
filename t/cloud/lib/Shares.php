<?php
namespace Cloud;

use Sabre\DAV;

/* /apps/files_sharing/api/v1/shares: public links and shares with users. */
class Shares
{
    private State $state;
    private Request $request;
    private Disk $disk;
    private bool $owncloud;

    public function __construct(private App $app, private string $user)
    {
        $this->state = $app->state;
        $this->request = $app->request;
        $this->disk = new Disk($app, $user);
        $this->owncloud = $app->profile->owncloud;
    }

    public function answer(string $rest): array
    {
        $method = $this->request->method;

        if (!$this->state->setting('sharing', true)) {
            if ($this->owncloud && $method === 'GET' && $rest === '') {
                return [];
            }

            throw new OcsError('Share API is disabled', 404);
        }

        if (str_starts_with($rest, 'pending/')
            || ($rest === 'pending' && !$this->owncloud))
        {
            return (new Received($this->app, $this->user))
                   ->pending($method, substr($rest, 8));
        }

        switch ($method . ($rest === '' ? '' : ' ID')) {
        case 'GET':
            return $this->list();
        case 'POST':
            return $this->create();
        case 'GET ID':
            return [$this->show($this->find($rest))];
        case 'PUT ID':
            return $this->update($this->find($rest));
        case 'DELETE ID':
            /* On Nextcloud this is the way to decline what is pending. */
            return $this->delete($this->find($rest, !$this->owncloud));
        }

        throw new OcsError('Method not allowed', 405);
    }

    /* A share this user may see, as its row. */
    private function find(string $id, bool $any = false): array
    {
        $row = $this->state->row('SELECT * FROM share WHERE id = ?', [$id]);

        if ($row !== null && self::file($this->app, $row) !== null
            && (in_array($this->user, [$row['owner'], $row['file_owner']], true)
                || ($row['with_user'] === $this->user
                    && ($any || $row['hidden'] == Received::SHOWN))))
        {
            return $row;
        }

        throw new OcsError(self::unknown($this->app), 404);
    }

    public static function unknown(App $app): string
    {
        return $app->profile->owncloud
               ? "Wrong share ID, share doesn't exist"
               : 'Wrong share ID, share does not exist';
    }

    /* The shared file, where its owner has it now. */
    public static function file(App $app, array $row): ?string
    {
        $file = $app->users->home($row['file_owner']) . $row['path'];

        return @fileinode($file) == $row['node'] ? $file : null;
    }

    private function list(): array
    {
        $query = fn ($name) => in_array($this->request->get($name),
                                        ['true', '1'], true);

        if ($query('shared_with_me')) {
            return (new Received($this->app, $this->user))->list();
        }

        $sql = 'SELECT * FROM share WHERE owner = ?';
        $args = [$this->user];
        $path = $this->request->get('path');

        if ($path !== null) {
            $node = $this->node($path);

            $sql = $query('reshares') && $node->share === null
                   ? 'SELECT * FROM share WHERE file_owner = ? AND node = ?'
                   : "$sql AND node = ?";
            $args[] = $node->id();
        }

        $rows = array_filter(
            $this->state->rows("$sql ORDER BY type, id", $args),
            fn ($row) => self::file($this->app, $row) !== null);

        return array_map(fn ($row) => $this->show($row), array_values($rows));
    }

    private function node(string $path): Node
    {
        $tree = new DavTree($this->disk->root(), true);

        try {
            return $tree->getNodeForPath(trim($path, '/'));

        } catch (DAV\Exception $e) {
            throw new OcsError($this->owncloud
                ? "Wrong path, file/folder doesn't exist"
                : 'Wrong path, file/folder does not exist', 404);
        }
    }

    private function create(): array
    {
        $form = $this->request->form() + $_GET;

        $this->limit();

        if (!isset($form['path']) || $form['path'] === '') {
            throw new OcsError('Please specify a file or folder path', 404);
        }

        $node = $this->node($form['path']);

        if ($node->path === '') {
            throw new OcsError($this->owncloud
                ? "You can't share your root folder"
                : 'You cannot share your root folder', 403);
        }

        if (!($node->permissions() & 16)) {
            throw new OcsError('You are not allowed to share '
                . ($this->owncloud ? "/$this->user/files$node->path"
                                   : $node->getName()), 404);
        }

        switch ((string) ($form['shareType'] ?? '')) {
        case '0':
            return $this->createForUser($node, $form);
        case '3':
            return $this->createLink($node, $form);
        }

        throw new OcsError('Unknown share type', 400);
    }

    /* Nextcloud: 20 creations in 10 minutes, if a test asked for it. */
    private function limit(): void
    {
        $limit = $this->state->setting('share_limit', 0);

        if ($this->owncloud || $limit === 0) {
            return;
        }

        if (!$this->state->locked(fn () => $this->count($limit))) {
            throw new OcsError('', 429);
        }
    }

    private function count(int $limit): bool
    {
        $action = "share:$this->user";
        $row = $this->state->row('SELECT COUNT(*) AS n FROM failure
                                  WHERE action = ? AND time > ?',
                                 [$action, microtime(true) - 600]);

        if ($row['n'] < $limit) {
            $this->state->run('INSERT INTO failure VALUES (?, ?)',
                              [microtime(true), $action]);
        }

        return $row['n'] < $limit;
    }

    private function createLink(Node $node, array $form): array
    {
        $password = $form['password'] ?? '';
        $upload = in_array($form['publicUpload'] ?? '', ['true', '1', true],
                           true);
        $asked = (int) ($form['permissions'] ?? 1) ?: 1;

        if (!$this->state->setting('public_links', true)) {
            throw new OcsError('Public link sharing is disabled by the '
                               . 'administrator', 404);
        }

        if ($upload && $node instanceof FileNode) {
            throw new OcsError('Public upload is only possible for publicly '
                               . 'shared folders', $this->owncloud ? 404 : 400);
        }

        if ($password === '' && $this->state->setting('enforce_password',
                                                      false))
        {
            throw new OcsError('Passwords are enforced for link '
                . ($this->owncloud ? 'shares' : 'and mail shares'), 403);
        }

        $permissions = $node instanceof FileNode ? 1 : ($asked & 15);

        if ($upload) {
            $permissions = 15;
        }

        return $this->insert($node, [
            'type' => 3,
            'permissions' => $this->owncloud ? $permissions
                                             : $permissions | 16,
            'token' => State::random(15),
            'password' => $password === '' ? null : $password,
            'label' => $form['name'] ?? $form['label'] ?? null,
            'with_user' => null,
        ], $form);
    }

    private function createForUser(Node $node, array $form): array
    {
        $with = $this->app->users->find($form['shareWith'] ?? null);

        if ($with === null) {
            throw new OcsError($this->owncloud
                ? 'Please specify a valid user'
                : 'Please specify a valid account to share with', 404);
        }

        if ($with === $this->user) {
            throw new OcsError($this->owncloud ? "Can't share with yourself"
                                               : 'Cannot share with yourself',
                               403);
        }

        $asked = (int) ($form['permissions'] ?? 31);

        if ($asked === 0) {
            throw new OcsError('Cannot remove all permissions', 400);
        }

        $old = $this->state->row('SELECT * FROM share WHERE type = 0
                                  AND node = ? AND with_user = ?',
                                 [$node->id(), $with]);

        if ($old !== null) {
            if ($this->owncloud) {
                throw new OcsError('Path already shared with this user', 403);
            }

            return $this->show($old);
        }

        return $this->insert($node, [
            'type' => 0,
            'permissions' => ($asked | 1) & $node->permissions()
                             & ($node instanceof FileNode ? 19 : 31),
            'with_user' => $with,
            'hidden' => $this->state->setting('auto_accept', true)
                        ? Received::SHOWN : Received::PENDING,
            'token' => null, 'password' => null, 'label' => null,
        ], $form);
    }

    private function insert(Node $node, array $row, array $form): array
    {
        [$fileOwner, $path] = self::place($this->app, $node->file);

        $row += [
            'owner' => $this->user,
            'file_owner' => $fileOwner,
            'path' => $path,
            'owner_path' => $node->path,
            'node' => $node->id(),
            'target' => '/' . $node->getName(),
            'expires' => $this->expiry($form['expireDate'] ?? ''),
            'stime' => time(),
        ];

        $names = implode(', ', array_keys($row));
        $marks = implode(', ', array_fill(0, count($row), '?'));
        $this->state->run("INSERT INTO share ($names) VALUES ($marks)",
                          array_values($row));

        $id = $this->state->db->lastInsertId();

        if ($row['type'] === 0 && $row['hidden'] === Received::SHOWN) {
            $this->disk->received($row);
        }

        return $this->show($this->state->row('SELECT * FROM share
                                              WHERE id = ?', [$id]), true);
    }

    private function expiry(string $date): ?string
    {
        $days = $this->state->setting('enforce_expiry', 0);
        $last = gmdate('Y-m-d', time() + $days * 86400);

        if ($date === '') {
            return $days ? "$last 00:00:00" : null;
        }

        if (!preg_match('/^\d{4}-\d\d-\d\d/', $date)) {
            throw new OcsError('Invalid date, date format must be YYYY-MM-DD',
                               404);
        }

        $date = substr($date, 0, 10);

        if ($date < gmdate('Y-m-d')) {
            throw new OcsError('Expiration date is in the past', 404);
        }

        if ($days && $date > $last) {
            throw new OcsError("Cannot set expiration date more than $days "
                               . 'days in the future', 404);
        }

        return "$date 00:00:00";
    }

    private function update(array $row): array
    {
        $form = $this->request->form();
        $mine = $this->user === $row['owner']
                || $this->user === $row['file_owner'];

        if (!$mine) {
            throw $this->owncloud
                ? new OcsError('Could not update share', 404)
                : new OcsError('You are not allowed to edit incoming shares',
                               403);
        }

        if (array_intersect_key($form, ['permissions' => 1, 'password' => 1,
                'expireDate' => 1, 'label' => 1, 'name' => 1]) === [])
        {
            throw new OcsError('Wrong or no update parameter given', 400);
        }

        $bits = (int) ($form['permissions'] ?? $row['permissions']);

        if (!$this->owncloud && $row['type'] == 0 && $bits & ~19
            && !is_dir($this->app->users->home($row['file_owner'])
                       . $row['path']))
        {
            throw new OcsError('Failed to update share.', 400);
        }

        $this->state->run('UPDATE share SET permissions = ?, password = ?,
                           expires = ?, label = ? WHERE id = ?',
            [$bits, $form['password'] ?? $row['password'],
             isset($form['expireDate']) ? $this->expiry($form['expireDate'])
                                        : $row['expires'],
             $form['label'] ?? $form['name'] ?? $row['label'], $row['id']]);

        return $this->show($this->find($row['id']));
    }

    private function delete(array $row): array
    {
        if ($this->owncloud && $this->user === $row['with_user']) {
            throw new OcsError('Could not delete share', 404);
        }

        $this->state->run('DELETE FROM share WHERE id = ?', [$row['id']]);

        if ($row['with_user'] !== null) {
            $this->disk->received($row);
        }

        return [];
    }

    private function show(array $row, bool $new = false): array
    {
        /* A target that was settled in this very request. */
        $row = $this->state->row('SELECT * FROM share WHERE id = ?',
                                 [$row['id']]) ?? $row;

        return (new ShareView($this->app, $this->user))->data($row, $new);
    }

    /* [user, path in that user's tree] of a file on disk */
    public static function place(App $app, string $file): array
    {
        $rest = substr($file, strlen($app->state->dir . '/data/'));
        [$user, $path] = explode('/', $rest, 2) + [1 => ''];

        return [$user, "/$path"];
    }

    public static function moved(App $app, string $from, string $to): void
    {
        [$owner, $old] = self::place($app, $from);
        [$newOwner, $new] = self::place($app, $to);

        foreach (self::below($app, $owner, $old) as $row) {
            $path = $new . substr($row['path'], strlen($old));
            $app->state->run('UPDATE share SET file_owner = ?, path = ?,
                owner_path = CASE WHEN owner = file_owner THEN ?
                             ELSE owner_path END WHERE id = ?',
                [$newOwner, $path, $path, $row['id']]);
        }
    }

    /* On Nextcloud the shares of what is deleted stay, of no use to anybody. */
    public static function gone(App $app, string $file): void
    {
        if (!$app->profile->owncloud) {
            return;
        }

        [$owner, $path] = self::place($app, $file);

        foreach (self::below($app, $owner, $path) as $row) {
            $app->state->run('DELETE FROM share WHERE id = ?', [$row['id']]);
        }
    }

    /*
     * Nextcloud looks at all that this user ever shared before it moves what
     * he received, and fails at a share of something that is deleted.
     */
    public static function checkOrphans(App $app, string $user): void
    {
        if ($app->profile->owncloud) {
            return;
        }

        foreach ($app->state->rows('SELECT * FROM share WHERE type = 0
                                    AND owner = ?', [$user]) as $row)
        {
            if (self::file($app, $row) === null) {
                throw new DAV\Exception('Internal Server Error');
            }
        }
    }

    /* Shares with users of what is in this folder, or has this folder in it. */
    public static function around(App $app, string $owner, string $path): array
    {
        $rows = $app->state->rows('SELECT * FROM share WHERE file_owner = ?
                                   AND type = 0 AND NOT hidden', [$owner]);

        return array_filter($rows, fn ($row) => $row['path'] === $path
                            || dirname($row['path']) === $path
                            || str_starts_with($path, "$row[path]/"));
    }

    private static function below(App $app, string $owner, string $path): array
    {
        $rows = $app->state->rows('SELECT * FROM share WHERE file_owner = ?',
                                  [$owner]);

        return array_filter($rows, fn ($row) => $row['path'] === $path
                            || str_starts_with($row['path'], "$path/"));
    }
}
