<?php
namespace Cloud;

use Sabre\DAV;

class FolderNode extends Node implements DAV\ICollection
{
    public function getETag()
    {
        return '"' . $this->disk->folderEtag($this->stat()) . '"';
    }

    public function getSize(): int
    {
        return Disk::size($this->file);
    }

    public function getChild($name)
    {
        $mount = $this->share === null
                 ? $this->disk->mounts->in($this->path)[$name] ?? null : null;

        if ($mount !== null) {
            return Node::open($this->disk, "$this->path/$name", $mount[1],
                              $mount[0]);
        }

        $file = "$this->file/$name";

        if (strlen($name) > 255 || str_contains($name, "\0")
            || $name === '.' || $name === '..' || !file_exists($file))
        {
            $this->disk->checkName($name);
            throw new DAV\Exception\NotFound(
                "File with name $name could not be located");
        }

        return Node::open($this->disk, "$this->path/$name", $file,
                          $this->share);
    }

    public function getChildren()
    {
        $children = [];

        /* Byte order, as the real servers on PostgreSQL's "C" collation. */
        foreach (scandir($this->file) as $name) {
            if ($name !== '.' && $name !== '..') {
                $children[] = Node::open($this->disk, "$this->path/$name",
                                         "$this->file/$name", $this->share);
            }
        }

        if ($this->share === null) {
            foreach ($this->disk->mounts->in($this->path) as $name => $mount) {
                $children[] = Node::open($this->disk, "$this->path/$name",
                                         $mount[1], $mount[0]);
            }
        }

        return $children;
    }

    public function childExists($name)
    {
        try {
            $this->getChild($name);
            return true;

        } catch (DAV\Exception\NotFound $e) {
            return false;
        }
    }

    public function createFile($name, $data = null)
    {
        $this->disk->checkName($name);
        $this->need(4);
        file_put_contents("$this->file/$name", $data ?? '');

        $node = $this->getChild($name);
        $node->written();

        return $node->getETag();
    }

    public function createDirectory($name)
    {
        $this->disk->checkName($name);
        $this->need(4);
        mkdir("$this->file/$name");
        $this->disk->changed("$this->file/$name");
    }
}
