<?php
namespace Cloud;

use Sabre\DAV;

/* The setting "quota": how many bytes are free for whom. */
class Quota
{
    public function __construct(private App $app)
    {
    }

    /* null: there is no limit */
    public function free(string $user): ?int
    {
        return $this->app->state->setting('quota', [])[$user] ?? null;
    }

    /* Is there room at this node, or in this folder? */
    public function check(DAV\INode $node, int $size, string $path,
                          bool $folder = false): void
    {
        $free = $node instanceof Node ? $this->free($node->owner()) : null;

        if ($free === null || $size <= $free) {
            return;
        }

        /* Nextcloud's words are from its source, not recorded. */
        throw new DAV\Exception\InsufficientStorage(
            $this->app->profile->owncloud ? ''
            : "Insufficient space in /$path" . ($folder
                ? ". $free available. Cannot create directory"
                : ", $size required, $free available"));
    }
}
