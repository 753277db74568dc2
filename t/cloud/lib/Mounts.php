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

    public function __construct(private App $app, private string $user)
    {
        $this->load();
    }

    private function load(): void
    {
        $this->byFolder = [];
        $rows = $this->app->state->rows('SELECT * FROM share WHERE type = 0
                                   AND with_user = ? AND NOT hidden
                                   ORDER BY id', [$this->user]);

        foreach ($rows as $row) {
            $file = $this->file($row);

            if ($file !== null) {
                $this->place($row, $file);
            }
        }
    }

    /* The shared file, where its owner has it now. */
    public function file(array $row): ?string
    {
        $file = $this->app->users->home($row['file_owner']) . $row['path'];

        return file_exists($file) ? $file : null;
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

    /* The recipient removes it: gone on Nextcloud, hidden on ownCloud. */
    public function remove(array $row, bool $withFolder = false): void
    {
        $this->app->state->run(
            $this->app->profile->owncloud && !$withFolder
            ? 'UPDATE share SET hidden = 1 WHERE id = ?'
            : 'DELETE FROM share WHERE id = ?', [$row['id']]);
        $this->load();
    }
}
