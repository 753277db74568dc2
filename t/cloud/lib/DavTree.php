<?php
namespace Cloud;

use Sabre\DAV;

/* sabre's tree, but a MOVE keeps the file's id, and a 404 its full path. */
class DavTree extends DAV\ObjectTree
{
    public function __construct(DAV\ICollection $root, private bool $webdav)
    {
        parent::__construct($root);
    }

    public function getNodeForPath($path)
    {
        if (!mb_check_encoding($path, 'UTF-8')) {
            throw new DAV\Exception\NotFound(
                'File with name ' . mb_scrub($path) . ' could not be located');
        }

        try {
            return parent::getNodeForPath($path);

        } catch (DAV\Exception\NotFound $e) {
            if (!$this->webdav) {
                throw $e;
            }

            throw new DAV\Exception\NotFound(
                "File with name $path could not be located");
        }
    }

    public function move($from, $to)
    {
        $node = $this->getNodeForPath($from);
        [$folder, $name] = DAV\URLUtil::splitPath($to);
        $target = $this->getNodeForPath($folder);

        if (!$node instanceof Node || !$target instanceof FolderNode) {
            throw new DAV\Exception\Forbidden('');
        }

        $disk = $target->disk;
        $disk->checkName($name);

        if ($node->isMount()) {
            if ($target->share !== null) {
                throw new DAV\Exception\Forbidden('');
            }

            Shares::checkOrphans($disk->app, $disk->user);
            $disk->mounts->move($node->share, "$target->path/$name");
            $disk->changed(dirname($disk->home . $node->path));

        } else {
            if (!($node->permissions() & 8) || !($target->permissions() & 4)) {
                throw new DAV\Exception\Forbidden('');
            }

            rename($node->file, "$target->file/$name");
            $disk->changed(dirname($node->file));
            Shares::moved($disk->app, $node->file, "$target->file/$name");
            $disk->mounts->follow($node->path, "$target->path/$name");
        }

        $disk->changed($target->file);
        $this->cache = [];
    }

    public function copy($from, $to)
    {
        [, $name] = DAV\URLUtil::splitPath($to);
        $this->getNodeForPath($from);
        parent::copy($from, $to);
        $this->cache = [];
    }

    public function delete($path)
    {
        parent::delete($path);
        $this->cache = [];
    }
}
