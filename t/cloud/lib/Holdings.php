<?php
namespace Cloud;

/*
 * All that the cloud holds for a user, in an order and without what differs
 * from one run to the next, so that two states can be compared.
 */
class Holdings
{
    private array $files = [];
    private array $folders = [];

    public function __construct(private App $app)
    {
    }

    public function of(string $user): array
    {
        $home = $this->app->users->home($user);
        $this->collect($home, '');
        sort($this->folders, SORT_STRING);
        usort($this->files, fn ($a, $b) => strcmp($a['path'], $b['path']));

        return ['user' => $user, 'files' => $this->files,
                'folders' => $this->folders, 'shares' => $this->shares($user)];
    }

    private function collect(string $folder, string $path): void
    {
        foreach (scandir($folder) as $name) {
            if ($name === '.' || $name === '..') {
                continue;
            }

            $file = "$folder/$name";

            if (is_dir($file)) {
                $this->folders[] = "$path/$name";
                $this->collect($file, "$path/$name");

            } else {
                $this->files[] = ['path' => "$path/$name",
                                  'size' => filesize($file),
                                  'sha1' => sha1_file($file)];
            }
        }
    }

    private function shares(string $user): array
    {
        $shares = array_map(fn ($row) => [
            'type' => (int) $row['type'],
            'owner' => $row['owner'],
            'with_user' => $row['with_user'],
            'path' => $row['path'],
            'target' => $row['with_user'] === null ? null : $row['target'],
            'permissions' => (int) $row['permissions'],
            'hidden' => $row['hidden'] == Received::REMOVED,
            'pending' => $row['hidden'] == Received::PENDING,
            'orphan' => Shares::file($this->app, $row) === null,
        ], $this->app->state->rows('SELECT * FROM share WHERE owner = ?
            OR file_owner = ? OR with_user = ?', [$user, $user, $user]));

        usort($shares, fn ($a, $b) => strcmp(json_encode($a),
                                             json_encode($b)));

        return $shares;
    }
}
