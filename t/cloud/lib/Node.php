<?php
namespace Cloud;

use Sabre\DAV;

/* A file or folder of the tree: $path is the user's, $file the one on disk. */
abstract class Node extends DAV\Node
{
    private ?array $stat = null;

    /* $share: the row of the received share this node is in, or null */
    public function __construct(public Disk $disk, public string $path,
                                public string $file, public ?array $share)
    {
    }

    public static function open(Disk $disk, string $path, string $file,
                                ?array $share): self
    {
        return is_dir($file) ? new FolderNode($disk, $path, $file, $share)
                             : new FileNode($disk, $path, $file, $share);
    }

    public function stat(): array
    {
        return $this->stat ??= stat($this->file);
    }

    public function id(): int
    {
        return $this->stat()['ino'];
    }

    public function fullId(): string
    {
        return sprintf('%08d', $this->id())
               . $this->disk->app->profile->instance;
    }

    public function getName()
    {
        return $this->path === '' ? '' : substr(strrchr($this->path, '/'), 1);
    }

    public function getLastModified()
    {
        return $this->stat()['mtime'];
    }

    public function owner(): string
    {
        return $this->share['file_owner'] ?? $this->disk->user;
    }

    /* Is this the received file or folder itself? */
    public function isMount(): bool
    {
        return $this->share !== null && $this->share['target'] === $this->path;
    }

    /* OCS permission bits: 1 read, 2 update, 4 create, 8 delete, 16 share. */
    public function permissions(): int
    {
        $all = $this instanceof FolderNode ? 31 : 27;

        return $this->share === null ? $all
                                     : ((int) $this->share['permissions'] & $all);
    }

    public function letters(): string
    {
        $bits = $this->permissions();
        $mount = $this->isMount();
        $folder = $this instanceof FolderNode;

        return ($this->share !== null ? 'S' : '')
               . ($bits & 16 ? 'R' : '')
               . ($this->disk->app->profile->owncloud ? '' : 'G')
               . ($bits & 8 || $mount ? 'D' : '')
               . ($bits & 2 || $mount ? 'NV' : '')
               . ($folder ? ($bits & 4 ? 'CK' : '') : ($bits & 2 ? 'W' : ''));
    }

    protected function need(int $bit): void
    {
        if (!($this->permissions() & $bit)) {
            throw new DAV\Exception\Forbidden('');
        }
    }

    abstract public function getETag();

    public function delete()
    {
        if ($this->path === '') {
            throw new DAV\Exception\Forbidden('');
        }

        if ($this->isMount()) {
            $this->disk->mounts->remove($this->share);
            $this->disk->changed(dirname($this->disk->home . $this->path));
            return;
        }

        $this->need(8);

        foreach ($this->disk->mounts->below($this->path) as $row) {
            $this->disk->mounts->remove($row, true);
        }

        Shares::gone($this->disk->app, $this->file);
        $this->disk->discard($this->file);
        $this->disk->changed(dirname($this->file));
    }
}
