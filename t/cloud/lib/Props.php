<?php
namespace Cloud;

use Sabre\DAV;

/* The value of a property of a node, as XML; null where it has none. */
class Props
{
    private const NC = '{http://nextcloud.org/ns}';
    private const OC = '{http://owncloud.org/ns}';

    public const ALL = ['{DAV:}getlastmodified', '{DAV:}getcontentlength',
        '{DAV:}resourcetype', '{DAV:}quota-used-bytes',
        '{DAV:}quota-available-bytes', '{DAV:}getetag',
        '{DAV:}getcontenttype'];

    private bool $owncloud;
    private ?array $shareTypes = null;

    public function __construct(private App $app, private bool $webdav)
    {
        $this->owncloud = $app->profile->owncloud;
    }

    public static function text(string $value): string
    {
        return strtr($value, ['&' => '&amp;', '<' => '&lt;', '>' => '&gt;',
                              '"' => '&quot;']);
    }

    public function value(string $name, DAV\INode $node): ?string
    {
        if (!$node instanceof Node) {
            return $name === '{DAV:}resourcetype' ? '<d:collection/>' : null;
        }

        if (str_starts_with($name, '{DAV:}')) {
            return $this->dav(substr($name, 6), $node,
                              $node instanceof FileNode ? $node : null);
        }

        if (str_starts_with($name, self::OC)) {
            return $this->oc(substr($name, strlen(self::OC)), $node);
        }

        if (str_starts_with($name, self::NC) && !$this->owncloud) {
            return $this->nc(substr($name, strlen(self::NC)), $node);
        }

        return null;
    }

    private function dav(string $name, Node $node, ?FileNode $file): ?string
    {
        switch ($name) {

        case 'displayname':
            return $this->owncloud ? null
                : self::text($node->path !== '' ? $node->getName()
                             : ($this->webdav ? 'files' : $node->disk->user));

        case 'getlastmodified':
            return gmdate('D, d M Y H:i:s', $node->getLastModified()) . ' GMT';

        case 'getcontentlength':
            return $file === null ? null : (string) $file->getSize();

        case 'resourcetype':
            return $file === null ? '<d:collection/>' : '';

        case 'getetag':
            return self::text($node->getETag());

        case 'getcontenttype':
            return $file?->getContentType();

        case 'quota-used-bytes':
            return $file === null ? (string) $node->getSize() : null;

        case 'quota-available-bytes':
            return $file !== null ? null
                : (string) ((new Quota($this->app))->free($node->owner())
                            ?? -3);
        }

        return null;
    }

    private function oc(string $name, Node $node): ?string
    {
        $owner = $node->owner();

        switch ($name) {

        case 'id':
            return $node->fullId();

        case 'fileid':
            return (string) $node->id();

        case 'size':
            return (string) $node->getSize();

        case 'permissions':
            return $node->letters();

        case 'favorite':
            return '0';

        case 'owner-id':
            return self::text($owner);

        case 'owner-display-name':
            return self::text($this->app->users->displayName($owner));

        case 'share-types':
            return $this->shareTypesOf($node);
        }

        return $this->owncloud ? $this->ocOwncloud($name, $node) : null;
    }

    private function ocOwncloud(string $name, Node $node): ?string
    {
        switch ($name) {

        case 'privatelink':
            return $this->app->url('/f/' . $node->id());

        case 'downloadURL':
            return $node instanceof FileNode ? Multistatus::EMPTY : null;

        case 'checksums':
            return $node instanceof FileNode
                ? '<oc:checksum>' . $node->checksums() . '</oc:checksum>'
                : null;
        }

        return null;
    }

    private function nc(string $name, Node $node): ?string
    {
        switch ($name) {

        case 'has-preview':
            return $node instanceof FileNode
                   && (new Preview($this->app))->available($node)
                   ? 'true' : 'false';

        case 'mount-type':
            return $node->isMount() ? 'shared' : Multistatus::EMPTY;

        case 'is-mount-root':
            return $node->isMount() ? 'true' : 'false';
        }

        return null;
    }

    /* Which kinds of shares the asking user made of this node. */
    private function shareTypesOf(Node $node): string
    {
        if ($this->shareTypes === null) {
            $this->shareTypes = [];
            $rows = $this->app->state->rows(
                'SELECT DISTINCT node, type FROM share WHERE owner = ?
                 ORDER BY type', [$node->disk->user]);

            foreach ($rows as $row) {
                $this->shareTypes[(int) $row['node']][] = $row['type'];
            }
        }

        $xml = '';

        foreach ($this->shareTypes[$node->id()] ?? [] as $type) {
            $xml .= "<oc:share-type>$type</oc:share-type>";
        }

        return $xml;
    }
}
