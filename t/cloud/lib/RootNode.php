<?php
namespace Cloud;

use Sabre\DAV;

/* Collections of /remote.php/dav/ that have nothing but a name. */
class EmptyNode extends DAV\Collection
{
    public function __construct(private string $name)
    {
    }

    public function getName()
    {
        return $this->name;
    }

    public function getChildren()
    {
        return [];
    }
}

/* /remote.php/dav/files/ */
class HomesNode extends DAV\Collection
{
    public function __construct(private Disk $disk)
    {
    }

    public function getName()
    {
        return 'files';
    }

    public function getChildren()
    {
        throw new DAV\Exception\MethodNotAllowed(
            'Listing members of this collection is disabled');
    }

    public function getChild($name)
    {
        $user = $this->disk->app->users->find($name);

        if ($user === null) {
            throw new DAV\Exception\NotFound(
                "Principal with name $name not found");
        }

        return $user === $this->disk->user ? $this->disk->root()
                                           : new EmptyNode($name);
    }
}

/* /remote.php/dav/ */
class RootNode extends DAV\Collection
{
    private const OTHERS = ['calendars', 'public-calendars', 'addressbooks',
                            'systemtags', 'comments', 'uploads', 'avatars'];

    public function __construct(private Disk $disk)
    {
    }

    public function getName()
    {
        return 'root';
    }

    public function getChildren()
    {
        $children = [new EmptyNode('principals'), new HomesNode($this->disk)];

        foreach (self::OTHERS as $name) {
            $children[] = new EmptyNode($name);
        }

        return $children;
    }

    public function getChild($name)
    {
        foreach ($this->getChildren() as $child) {
            if ($child->getName() === $name) {
                return $child;
            }
        }

        throw new DAV\Exception\NotFound(
            "File with name $name could not be located");
    }
}
