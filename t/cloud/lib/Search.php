<?php
namespace Cloud;

use Sabre\DAV;

/* Nextcloud's SEARCH and ownCloud's REPORT oc:search-files. */
class Search
{
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

        $document = $this->server->parse($this->app->request->body());
        $path = new \DOMXPath($document);
        $path->registerNamespace('d', 'DAV:');

        $prop = $path->query('//d:select/d:prop')->item(0);
        $scope = trim($path->evaluate('string(//d:scope/d:href)'));
        $literal = $path->evaluate('string(//d:where//d:like/d:literal)');
        $limit = (int) $path->evaluate('string(//d:limit/d:nresults)');

        if ($prop === null) {
            throw new DAV\Exception\BadRequest('');
        }

        $start = $this->scope($scope);
        $regex = self::likeRegex($literal, '\\');
        $hits = $this->walk($start, fn ($name) => preg_match($regex, $name));

        $this->answer($hits, $this->server->names($prop), $limit,
                      'application/xml; charset="utf-8"', true);
    }

    private function scope(string $scope): FolderNode
    {
        $user = $this->server->disk->user;

        if (!preg_match('~^/?files/([^/]+)(/.*)?$~', $scope, $m)
            || $m[1] !== $user)
        {
            throw new \InvalidArgumentException(
                'Search is only supported on directories');
        }

        $path = trim($m[2] ?? '', '/');

        try {
            /* As it stands: the real one does not decode it either. */
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
        $hits = $this->walk($node, fn ($name) => preg_match($regex, $name));

        $this->answer($hits, $prop === null ? [] : $this->server->names($prop),
                      $limit, 'application/xml; charset=utf-8', false);
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

    /* Everything below this folder whose name matches: nodes. */
    private function walk(FolderNode $folder, callable $matches): iterable
    {
        foreach ($folder->getChildren() as $child) {
            if ($matches($child->getName())) {
                yield $child;
            }

            if ($child instanceof FolderNode) {
                yield from $this->walk($child, $matches);
            }
        }
    }

    private function answer(iterable $hits, array $names, int $limit,
                            string $type, bool $slash): void
    {
        $writer = new Multistatus($this->app->profile);
        $props = new Props($this->app, $this->server->webdav);
        $prefix = $this->server->webdav
                  ? '' : 'files/' . $this->server->disk->user;
        $xml = '';
        $count = 0;

        foreach ($hits as $node) {
            if ($limit > 0 && $count++ >= $limit) {
                break;
            }

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
