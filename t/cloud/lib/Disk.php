<?php
namespace Cloud;

/* One user's files on disk, with what the file system does not know itself. */
class Disk
{
    public string $home;
    public Mounts $mounts;
    private array $etags = [];

    public function __construct(public App $app, public string $user)
    {
        $this->home = $app->users->home($user);
        $this->mounts = new Mounts($app, $user);

        foreach ($app->state->rows('SELECT * FROM etag') as $row) {
            $this->etags[(int) $row['node']] = $row['etag'];
        }
    }

    public function root(): FolderNode
    {
        return new FolderNode($this, '', $this->home, null);
    }

    /* A folder's etag: 13 letters, new whenever something below changed. */
    public function folderEtag(array $stat): string
    {
        return $this->etags[$stat['ino']]
               ?? substr(md5($stat['ino'] . ':' . $stat['mtime']), 0, 13);
    }

    /* As on the real servers: two changes within a second look the same. */
    public function fileEtag(array $stat): string
    {
        return md5($stat['ino'] . ':' . $stat['mtime'] . ':' . $stat['size']);
    }

    /* Something in this folder changed: new etags up to the owner's root. */
    public function changed(string $folder): void
    {
        $top = $this->app->state->dir . '/data';

        while (strlen($folder) > strlen($top)) {
            touch($folder);
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

    public static function remove(string $path): void
    {
        if (is_dir($path)) {
            foreach (scandir($path) as $name) {
                if ($name !== '.' && $name !== '..') {
                    self::remove("$path/$name");
                }
            }

            rmdir($path);

        } elseif (file_exists($path)) {
            unlink($path);
        }
    }

    /* Names that neither server takes. */
    public function checkName(string $name): void
    {
        $owncloud = $this->app->profile->owncloud;

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
