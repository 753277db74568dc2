<?php
namespace Cloud;

/* One user's files on disk, with what the file system does not know itself. */
class Disk
{
    public string $home;
    public Mounts $mounts;

    public function __construct(public App $app, public string $user,
                                bool $settle = true)
    {
        $this->home = $app->users->home($user);
        $this->mounts = new Mounts($app, $user, $settle);
    }

    public function root(): FolderNode
    {
        return new FolderNode($this, '', $this->home, null);
    }

    /* A folder's etag: 13 letters, new whenever something below changed. */
    public function folderEtag(array $stat): string
    {
        /* Node 0: another one since the files were made anew. */
        $rows = $this->app->state->rows('SELECT etag FROM etag
            WHERE node IN (0, ?) ORDER BY node DESC', [$stat['ino']]);

        return count($rows) > 1 ? $rows[0]['etag']
            : substr(md5("{$rows[0]['etag']}:$stat[ino]:$stat[mtime]"), 0, 13);
    }

    /* As on the real servers: two changes within a second look the same. */
    public function fileEtag(array $stat): string
    {
        return md5($stat['ino'] . ':' . $stat['mtime'] . ':' . $stat['size']);
    }

    /*
     * Something in this folder changed: new etags up to the owner's root, and
     * in the trees of those who received it.
     */
    public function changed(string $folder, bool $date = true): void
    {
        $top = $this->app->state->dir . '/data/';
        $home = explode('/', substr($folder, strlen($top)))[0];

        $this->app->state->run('INSERT OR IGNORE INTO changed VALUES (?)',
                               [$home]);
        $this->bump($folder, $date);

        [$owner, $path] = Shares::place($this->app, $folder);

        foreach (Shares::around($this->app, $owner, $path) as $row) {
            $this->received($row);
        }
    }

    /* The recipient's tree has another look now. */
    public function received(array $row): void
    {
        $this->bump(dirname($this->app->users->home($row['with_user'])
                            . $row['target']), false);
    }

    private function bump(string $folder, bool $date): void
    {
        $top = $this->app->state->dir . '/data';

        while (strlen($folder) > strlen($top) && is_dir($folder)) {
            if ($date) {
                touch($folder);
            }

            clearstatcache(true, $folder);
            $this->app->state->run('INSERT OR REPLACE INTO etag VALUES (?, ?)',
                                   [fileinode($folder), uniqid()]);
            $folder = dirname($folder);
        }
    }

    public static function size(string $path): int
    {
        if (!is_dir($path)) {
            return (int) filesize($path);
        }

        $size = 0;

        foreach (scandir($path) as $name) {
            if ($name !== '.' && $name !== '..') {
                $size += self::size("$path/$name");
            }
        }

        return $size;
    }

    /* An id, here the inode, is never used again: deleted files are kept. */
    public function discard(string $file): void
    {
        $trash = $this->app->state->dir . '/trash';

        if (!is_dir($trash)) {
            @mkdir($trash);
        }

        if (is_file($file)) {
            file_put_contents($file, '');
        }

        rename($file, "$trash/" . uniqid('', true));
    }

    public static function remove(string $path): void
    {
        if (!is_dir($path)) {
            @unlink($path);
            return;
        }

        foreach (scandir($path) as $name) {
            /* Most are files, and may be very many. */
            if ($name !== '.' && $name !== '..' && !@unlink("$path/$name")) {
                self::remove("$path/$name");
            }
        }

        rmdir($path);
    }

    /* Names that neither server takes. */
    public function checkName(string $name): void
    {
        $owncloud = $this->app->profile->owncloud;

        if (in_array($name, ['', '.', '..'], true)
            || strpbrk($name, "/\0") !== false)
        {
            throw new \Sabre\DAV\Exception\Forbidden('');
        }

        if (str_contains($name, '\\')) {
            throw new InvalidPath($owncloud
                ? 'File name contains at least one invalid character'
                : '"\" is not allowed inside a file or folder name.');
        }

        if (strlen($name) > 250) {
            throw new InvalidPath($owncloud ? 'File name is too long.'
                                            : 'Filename is too long',
                $owncloud ? 'FileNameTooLong' : 'InvalidPath');
        }

        if (strtolower($name) === '.htaccess') {
            if ($owncloud) {
                throw new \Sabre\DAV\Exception\Forbidden('');
            }

            throw new InvalidPath(
                "\"$name\" is a forbidden file or folder name.");
        }

        if (str_ends_with($name, '.part')) {
            throw new InvalidPath('".part" is a forbidden file type.');
        }
    }
}
