<?php
namespace Cloud;

use Sabre\DAV;

/* Nextcloud's SEARCH and ownCloud's REPORT oc:search-files. */
class Search
{
    private const TYPE = 'application/xml; charset="utf-8"';
    private const OFFSET_NS = 'https://github.com/icewind1991/SearchDAV/ns';
    private const PROPERTIES = ['displayname', 'getcontenttype',
        'getlastmodified', 'size', 'fileid', 'owner-id', 'favorite'];

    public function __construct(private App $app, private DavServer $server)
    {
    }

    public function search(): void
    {
        $type = $this->app->request->header('Content-Type') ?? '';

        if (!preg_match('~^(text|application)/xml~', $type)) {
            throw new DAV\Exception\NotImplemented('There was no plugin in the '
                . 'system that was willing to handle this SEARCH method.');
        }

        try {
            $document = $this->server->parse($this->app->request->body());

        } catch (DAV\Exception\BadRequest $e) {
            $this->refuse('text/html; charset=UTF-8',
                          'Parse error: ' . $e->getMessage());
            return;
        }

        $path = new \DOMXPath($document);
        $path->registerNamespace('d', 'DAV:');
        $path->registerNamespace('f', self::OFFSET_NS);

        $prop = $path->query('//d:select/d:prop')->item(0);
        $scope = trim($path->evaluate('string(//d:scope/d:href)'));

        if ($prop === null) {
            throw new DAV\Exception\BadRequest('');
        }

        $start = $this->scope($scope);
        $wrong = $this->wrongProperty($path);

        if ($wrong !== null) {
            $this->refuse(self::TYPE, $wrong);
            return;
        }

        $where = $path->query('//d:where/*')->item(0);
        $hits = $this->walk($start,
            fn ($node) => $where === null || self::matches($where, $node));

        $this->answer($this->cut($this->ordered($hits, $path), $path),
                      $this->server->names($prop), self::TYPE, true);
    }

    /* Refusals of the search itself are bare text. */
    private function refuse(string $type, string $text): void
    {
        Respond::status(400);
        header("Content-Type: $type");
        echo $text;
    }

    private function wrongProperty(\DOMXPath $path): ?string
    {
        foreach (['orderby' => 'order by', 'where' => 'search']
                 as $part => $what)
        {
            foreach ($path->query("//d:$part//d:prop/*") as $property) {
                if (!in_array($property->localName, self::PROPERTIES, true)) {
                    return "requested $what property is not a valid property "
                           . 'for this scope';
                }
            }
        }

        return null;
    }

    private static function matches(\DOMElement $where, Node $node): bool
    {
        $parts = array_filter(iterator_to_array($where->childNodes),
                              fn ($child) => $child instanceof \DOMElement);

        switch ($where->localName) {

        case 'and':
            return array_filter($parts, fn ($part)
                       => !self::matches($part, $node)) === [];

        case 'or':
            return array_filter($parts, fn ($part)
                       => self::matches($part, $node)) !== [];

        case 'not':
            return !self::matches(current($parts), $node);

        case 'is-collection':
            return $node instanceof FolderNode;

        case 'like':
            $literal = $where->getElementsByTagNameNS('DAV:', 'literal')
                             ->item(0)->textContent;

            return (bool) preg_match(self::likeRegex($literal, '\\'),
                                     $node->getName());
        }

        throw new DAV\Exception\BadRequest('');
    }

    /* By name, in byte order; in the disk's order where none was asked for. */
    private function ordered(iterable $hits, \DOMXPath $path): iterable
    {
        if ($path->query('//d:orderby/d:order')->length === 0) {
            return $hits;
        }

        $nodes = iterator_to_array($hits, false);
        $down = $path->query('//d:orderby/d:order/d:descending')->length;

        usort($nodes, fn ($a, $b) => strcmp($a->getName(), $b->getName())
                                     * ($down ? -1 : 1));

        return $nodes;
    }

    private function cut(iterable $hits, \DOMXPath $path): iterable
    {
        $skip = (int) $path->evaluate('string(//d:limit/f:firstresult)');
        $limit = (int) $path->evaluate('string(//d:limit/d:nresults)')
                 ?: PHP_INT_MAX;

        foreach ($hits as $node) {
            if ($skip-- > 0) {
                continue;
            }

            if ($limit-- <= 0) {
                return;
            }

            yield $node;
        }
    }

    private function scope(string $scope): FolderNode
    {
        $user = $this->server->disk->user;

        /* The user is decoded, the folder is not, as on the real one. */
        if (!preg_match('~^/?files/([^/]+)(/.*)?$~', $scope, $m)
            || ($m[1] !== $user && rawurldecode($m[1]) !== $user))
        {
            throw new \InvalidArgumentException(
                'Search is only supported on directories');
        }

        $path = trim($m[2] ?? '', '/');

        try {
            $node = $this->server->tree->getNodeForPath(
                rtrim("files/$user/$path", '/'));

        } catch (DAV\Exception\NotFound $e) {
            throw new DAV\Exception\NotFound("File with name /"
                . (str_contains($path, '/') ? '' : '/')
                . "$path could not be located");
        }

        if (!$node instanceof FolderNode) {
            throw new \InvalidArgumentException(
                'Search is only supported on directories');
        }

        return $node;
    }

    public function report(\DOMDocument $document, string $uri): void
    {
        $path = new \DOMXPath($document);
        $path->registerNamespace('d', 'DAV:');
        $path->registerNamespace('oc', 'http://owncloud.org/ns');

        $node = $this->server->tree->getNodeForPath($uri);

        if ($node->path !== '') {
            throw new DAV\Exception\NotImplemented('Search report only '
                . 'available in the root folder of the user');
        }

        $pattern = $path->evaluate('string(//oc:search/oc:pattern)');

        if ($pattern === '') {
            throw new DAV\Exception\BadRequest(
                'Search pattern cannot be empty');
        }

        $limit = (int) $path->evaluate('string(//oc:search/oc:limit)') ?: 30;
        $prop = $path->query('//d:prop')->item(0);
        $regex = self::likeRegex("%$pattern%", '');
        $hits = new \LimitIterator(new \IteratorIterator($this->walk($node,
            fn ($hit) => preg_match($regex, $hit->getName()))), 0, $limit);

        $this->answer($hits, $prop === null ? [] : $this->server->names($prop),
                      'application/xml; charset=utf-8', false);
    }

    /* SQL's LIKE as a regular expression. */
    private static function likeRegex(string $like, string $escape): string
    {
        $regex = '';

        for ($i = 0; $i < strlen($like); $i++) {
            $c = $like[$i];

            if ($c === $escape && $i + 1 < strlen($like)) {
                $regex .= preg_quote($like[++$i], '~');

            } elseif ($c === '%') {
                $regex .= '.*';

            } elseif ($c === '_') {
                $regex .= '.';

            } else {
                $regex .= preg_quote($c, '~');
            }
        }

        return "~^$regex$~isu";
    }

    /* Everything below this folder that matches. */
    private function walk(FolderNode $folder, callable $matches): \Generator
    {
        foreach ($folder->getChildren() as $child) {
            if ($matches($child)) {
                yield $child;
            }

            if ($child instanceof FolderNode) {
                yield from $this->walk($child, $matches);
            }
        }
    }

    private function answer(iterable $hits, array $names, string $type,
                            bool $slash): void
    {
        $writer = new Multistatus($this->app->profile);
        $props = new Props($this->app, $this->server->webdav);
        $prefix = $this->server->webdav
                  ? '' : 'files/' . $this->server->disk->user;
        $xml = '';

        foreach ($hits as $node) {
            $xml .= $this->server->entry($writer, $props,
                ltrim($prefix . $node->path, '/'), $node, $names, false,
                $slash);
        }

        Respond::status(207);
        header("Content-Type: $type");
        echo $xml === '' ? $writer->start(true) . "\n"
                         : $writer->start() . $xml . $writer->end();
    }
}
