<?php
namespace Cloud;

/*
 * Received shares: where they lie in the recipient's tree.
 *
 * As on the real servers the target in the share's row is only a wish until
 * the recipient's next request; then a name that is taken gets " (2)".
 */
class Mounts
{
    private array $byFolder = [];

    /* Not settling: to look at the user's files is no request of his. */
    public function __construct(private App $app, private string $user,
                                bool $settle = true)
    {
        if ($settle) {
            $this->load();
        }
    }

    private function load(): void
    {
        $this->byFolder = [];
        $rows = $this->app->state->rows('SELECT * FROM share WHERE type = 0
                                   AND with_user = ? AND NOT hidden
                                   ORDER BY settled DESC, id', [$this->user]);

        foreach ($rows as $row) {
            $file = Shares::file($this->app, $row);

            if ($file !== null) {
                $this->place($row, $file);
            }
        }
    }

    private function place(array $row, string $file): void
    {
        if (!$row['settled']) {
            $row['target'] = $this->freeTarget($row['target']);
            $this->app->state->run('UPDATE share SET target = ?, settled = 1
                                    WHERE id = ?',
                                   [$row['target'], $row['id']]);
        }

        $folder = dirname($row['target']);
        $folder = $folder === '/' ? '' : $folder;
        $this->byFolder[$folder][basename($row['target'])] = [$row, $file];
    }

    private function freeTarget(string $target): string
    {
        $home = $this->app->users->home($this->user);
        $info = pathinfo($target);
        $folder = $info['dirname'] === '/' ? '' : $info['dirname'];
        $extension = isset($info['extension']) ? '.' . $info['extension'] : '';
        $name = $info['filename'];

        for ($i = 2; ; $i++) {
            if (!file_exists($home . $target)
                && !isset($this->byFolder[$folder][basename($target)]))
            {
                return $target;
            }

            $target = "$folder/$name ($i)$extension";
        }
    }

    /* name => [row, file] of the mounts in this folder (path "" or "/x"). */
    public function in(string $folder): array
    {
        return $this->byFolder[$folder] ?? [];
    }

    /* The rows of all mounts in or below this folder. */
    public function below(string $folder): array
    {
        $rows = [];

        foreach ($this->byFolder as $path => $mounts) {
            if ($path === $folder || str_starts_with($path, "$folder/")) {
                foreach ($mounts as [$row]) {
                    $rows[] = $row;
                }
            }
        }

        return $rows;
    }

    public function move(array $row, string $target): void
    {
        $this->app->state->run('UPDATE share SET target = ? WHERE id = ?',
                               [$target, $row['id']]);
        $this->load();
    }

    /* A folder was moved: what lies in it has gone with it. */
    public function follow(string $from, string $to): void
    {
        foreach ($this->below($from) as $row) {
            $this->app->state->run('UPDATE share SET target = ? WHERE id = ?',
                [$to . substr($row['target'], strlen($from)), $row['id']]);
        }

        $this->load();
    }

    /* The recipient removes it: gone on Nextcloud, hidden on ownCloud. */
    public function remove(array $row, bool $withFolder = false): void
    {
        if ($this->app->profile->owncloud && !$withFolder) {
            $this->app->state->run('UPDATE share SET hidden = ? WHERE id = ?',
                                   [Received::REMOVED, $row['id']]);
        } else {
            $this->app->state->run('DELETE FROM share WHERE id = ?',
                                   [$row['id']]);
        }

        $this->load();
    }
}
