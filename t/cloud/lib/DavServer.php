<?php
namespace Cloud;

use Sabre\DAV;

/* sabre's old response with the reason phrases of the new one. */
class DavResponse extends \Sabre\HTTP\Response
{
    public function getStatusMessage($code, $httpVersion = '1.1')
    {
        return $code == 400 ? "HTTP/$httpVersion 400 Bad Request"
                            : parent::getStatusMessage($code, $httpVersion);
    }
}

/*
 * The sabre server of Debian, made to answer as the newer one inside ownCloud
 * and Nextcloud does.
 */
class DavServer extends DAV\Server
{
    private const FOLDER_TEXT = 'This is the WebDAV interface. It can only be '
        . 'accessed by WebDAV clients such as the ownCloud desktop sync '
        . 'client.';

    private Profile $profile;

    public function __construct(private App $app, public Disk $disk,
                                DAV\ICollection $root, public bool $webdav,
                                string $base)
    {
        parent::__construct(new DavTree($root, $webdav));
        $this->profile = $app->profile;
        $this->httpResponse = new DavResponse();
        $this->setBaseUri($base);
    }

    public function exec()
    {
        try {
            $this->invokeMethod($this->app->request->method,
                                $this->getRequestUri());

        } catch (DAV\Exception $e) {
            $this->fail($e);

        } catch (\InvalidArgumentException $e) {
            Respond::davError(500, 'InvalidArgumentException',
                              $e->getMessage());
        }
    }

    private function fail(DAV\Exception $e): void
    {
        $extra = $namespaces = '';
        $name = $e->wireName ?? get_class($e);
        $message = str_replace('the specified the ETags', 'the specified ETags',
                               $e->getMessage());

        if (!empty($e->header)) {
            $extra = "  <s:header>$e->header</s:header>\n";

        } elseif ($e instanceof InvalidPath) {
            $text = htmlspecialchars($message, ENT_NOQUOTES);
            $namespaces = ' xmlns:o="http://owncloud.org/ns"';
            $extra = "  <o:retry xmlns:o=\"o:\">false</o:retry>\n"
                     . "  <o:reason xmlns:o=\"o:\">$text</o:reason>\n";

        } elseif ($e instanceof DAV\Exception\ReportNotSupported) {
            $extra = "  <d:supported-report/>\n";
        }

        foreach ($e->getHTTPHeaders($this) as $key => $value) {
            header("$key: $value");
        }

        $this->httpResponse->sendStatus(
            $e instanceof DAV\Exception\ReportNotSupported
            ? 415 : $e->getHTTPCode());
        header('Content-Type: application/xml; charset=utf-8');
        echo Respond::davErrorBody($name, $message, $extra, $namespaces);
    }

    /* The query is not part of the path, and dots and slashes are folded. */
    public function getRequestUri()
    {
        $path = preg_replace('~/+~', '/', $this->app->request->path);

        while (preg_match('~/[^/]+/\.\.(?=/|$)~', $path)) {
            $path = preg_replace('~/[^/]+/\.\.(?=/|$)~', '', $path, 1);
        }

        return $this->calculateUri($path);
    }

    public function calculateUri($uri)
    {
        $host = str_starts_with($uri, '//');

        if (strpos($uri, '://')) {
            $uri = preg_replace('~^[a-z]+://[^/]*~i', '', $uri);
        }

        /* Unlike sabre's own: only the last slash, no other folding. */
        $uri = preg_replace('~/+~', '/', $uri);
        $base = $this->getBaseUri();

        if (!$host && str_starts_with("$uri/", $base)) {
            return trim(rawurldecode((string) substr($uri, strlen($base))),
                        '/');
        }

        throw new DAV\Exception\Forbidden("Requested uri ($uri) is out of base "
                                          . "uri ($base)");
    }

    public function invokeMethod($method, $uri)
    {
        $known = ['OPTIONS', 'GET', 'HEAD', 'DELETE', 'PROPFIND', 'MKCOL',
                  'PUT', 'COPY', 'MOVE', 'REPORT'];

        if (in_array($method, $known, true)) {
            $this->{'http' . $method}($uri);

        } elseif ($method === 'SEARCH' && !$this->webdav && $uri === ''
                  && !$this->profile->owncloud)
        {
            (new Search($this->app, $this))->search();

        } else {
            throw new DAV\Exception\NotImplemented('There was no plugin in the '
                . "system that was willing to handle this $method method.");
        }
    }

    public function getAllowedMethods($uri)
    {
        $methods = ['OPTIONS', 'GET', 'HEAD', 'DELETE', 'PROPFIND', 'PUT',
                    'PROPPATCH', 'COPY', 'MOVE', 'REPORT'];

        if ($this->profile->owncloud) {
            return array_merge($methods, ['LOCK', 'UNLOCK']);
        }

        return $this->webdav || $uri !== '' ? $methods
                                            : array_merge($methods, ['SEARCH']);
    }

    protected function httpOptions($uri)
    {
        header('Allow: ' . implode(', ', $this->getAllowedMethods($uri)));
        header('DAV: ' . $this->profile->davHeader($this->webdav));
        header('MS-Author-Via: DAV');
        header('Accept-Ranges: bytes');
        header('Content-Length: 0');
        $this->httpResponse->sendStatus(200);
    }

    protected function httpPropfind($uri)
    {
        $depth = $this->app->request->header('Depth');

        if ($depth === 'infinity') {
            if ($this->profile->owncloud) {
                throw new DAV\Exception\PreconditionFailed(
                    'Depth infinity not supported');
            }

            $depth = PHP_INT_MAX;

        } else {
            $depth = $depth === '0' ? 0 : 1;
        }

        $names = $this->requested($this->app->request->body());

        header('Vary: Brief,Prefer', false);
        header('DAV: ' . $this->profile->davHeader($this->webdav));

        $node = $this->tree->getNodeForPath($uri);

        if ($node instanceof FileNode
            && $this->app->request->header('If-None-Match') === $node->getETag())
        {
            throw new DAV\Exception\PreconditionFailed(
                'An If-None-Match header was specified, but the ETag matched '
                . '(or * was specified).', 'If-None-Match');
        }

        $this->list($uri, $node, $depth, $names);
    }

    /* The names asked for; null for allprop. */
    private function requested(string $body): ?array
    {
        if ($body === '') {
            return null;
        }

        $document = $this->parse($body);

        foreach ($document->documentElement->childNodes as $child) {
            if ($child->localName === 'prop') {
                return $this->names($child);
            }
        }

        return null;
    }

    public function names(\DOMElement $prop): array
    {
        $names = [];

        foreach ($prop->childNodes as $child) {
            if ($child instanceof \DOMElement) {
                $names[] = "{{$child->namespaceURI}}{$child->localName}";
            }
        }

        return array_unique($names);
    }

    public function parse(string $body): \DOMDocument
    {
        libxml_use_internal_errors(true);
        libxml_clear_errors();
        $document = new \DOMDocument();
        $document->loadXML($body, LIBXML_NONET);

        foreach (libxml_get_errors() as $error) {
            if ($error->level >= LIBXML_ERR_ERROR && $error->code !== 100) {
                throw new DAV\Exception\BadRequest($error->message . ' on line '
                    . "$error->line, column $error->column");
            }
        }

        return $document;
    }

    private function list(string $uri, DAV\INode $node, int $depth,
                          ?array $names): void
    {
        $minimal = $this->app->request->header('Prefer') === 'return=minimal'
                   || $this->app->request->header('Brief') === 't';
        $writer = new Multistatus($this->profile);
        $props = new Props($this->app, $this->webdav);
        $xml = $writer->start();

        foreach ($this->entries($uri, $node, $depth) as [$path, $entry]) {
            $xml .= $this->entry($writer, $props, $path, $entry, $names,
                                 $minimal);
        }

        $this->httpResponse->sendStatus(207);
        header('Content-Type: application/xml; charset=utf-8');
        echo $xml, $writer->end();
    }

    private function entries(string $uri, DAV\INode $node, int $depth): iterable
    {
        yield [$uri, $node];

        if ($depth > 0 && $node instanceof DAV\ICollection) {
            $prefix = $uri === '' ? '' : "$uri/";

            foreach ($node->getChildren() as $child) {
                yield from $this->entries($prefix . $child->getName(), $child,
                                          $depth - 1);
            }
        }
    }

    public function entry(Multistatus $writer, Props $props, string $path,
                          DAV\INode $node, ?array $names, bool $minimal,
                          bool $slash = true): string
    {
        $found = $missing = [];

        foreach ($names ?? Props::ALL as $name) {
            $value = $props->value($name, $node);

            if ($value !== null) {
                $found[$name] = $value;

            } elseif ($names !== null && !$minimal) {
                $missing[] = $name;
            }
        }

        $href = $this->getBaseUri() . Multistatus::encode($path);

        if ($slash && $path !== '' && $node instanceof DAV\ICollection) {
            $href .= '/';
        }

        return $writer->response($href, $found, $missing);
    }

    protected function httpReport($uri)
    {
        $document = $this->parse($this->app->request->body());
        $root = $document->documentElement;

        if (!$this->profile->owncloud
            || $root->namespaceURI !== 'http://owncloud.org/ns'
            || $root->localName !== 'search-files'
            || !$this->tree->getNodeForPath($uri) instanceof Node)
        {
            throw new DAV\Exception\ReportNotSupported();
        }

        (new Search($this->app, $this))->report($document, $uri);
    }

    protected function httpGet($uri)
    {
        $node = $this->tree->getNodeForPath($uri);

        if ($node instanceof DAV\ICollection) {
            header('Content-Type: text/html; charset=UTF-8');
            echo $this->profile->owncloud ? self::FOLDER_TEXT : '';
            return;
        }

        if ($this->profile->owncloud && !$this->webdav
            && $this->app->request->get('preview') !== null)
        {
            (new Preview($this->app))->file($node);
            return;
        }

        $this->fileHeaders($node);
        parent::httpGet($uri);
        $this->trimHeaders();
    }

    protected function httpHead($uri)
    {
        $node = $this->tree->getNodeForPath($uri);

        if ($node instanceof DAV\ICollection) {
            header('Content-Type: text/html; charset=UTF-8');
            return;
        }

        $this->checkPreconditions();
        $this->fileHeaders($node);
        parent::httpHead($uri);
    }

    private function fileHeaders(FileNode $node): void
    {
        $name = rawurlencode($node->getName());

        header('OC-ETag: ' . $node->getETag());
        header("Content-Disposition: attachment; filename*=UTF-8''$name; "
               . "filename=\"$name\"");

        if ($this->profile->owncloud) {
            header('OC-Checksum: SHA1:' . sha1_file($node->file));
        }
    }

    /* A 304 has only the validator. */
    private function trimHeaders(): void
    {
        if (http_response_code() === 304) {
            header_remove('OC-ETag');
            header_remove('OC-Checksum');
            header_remove('Content-Disposition');
        }
    }

    public function checkPreconditions($handleAsGET = false)
    {
        $ok = parent::checkPreconditions($handleAsGET);

        if (!$ok && $this->app->request->header('If-None-Match') !== null) {
            $node = $this->tree->getNodeForPath($this->getRequestUri());
            header('ETag: ' . $node->getETag());
        }

        return $ok;
    }

    protected function httpPut($uri)
    {
        [$folder] = DAV\URLUtil::splitPath($uri);

        if (!$this->tree->nodeExists((string) $folder)) {
            throw new DAV\Exception\Conflict(
                'Files cannot be created in non-existent collections');
        }

        $this->room($uri, (int) ($_SERVER['CONTENT_LENGTH'] ?? 0));
        parent::httpPut($uri);

        $node = $this->tree->getNodeForPath($uri);
        clearstatcache();
        header('OC-FileId: ' . $node->fullId());
        header('OC-ETag: ' . $node->getETag());
    }

    protected function httpMkcol($uri)
    {
        $body = $this->app->request->body();

        if ($body !== '') {
            $root = $this->parse($body)->documentElement;

            if ($root->localName !== 'mkcol') {
                throw new DAV\Exception\BadRequest('Expected {DAV:}mkcol but '
                    . "received {{$root->namespaceURI}}{$root->localName} as "
                    . 'the root element');
            }
        }

        if (!$this->profile->owncloud) {
            $this->room($uri, 4096, true);
        }

        parent::httpMkcol($uri);
        header('OC-FileId: ' . $this->tree->getNodeForPath($uri)->fullId());
    }

    public function getCopyAndMoveInfo()
    {
        $source = $this->getRequestUri();
        $this->tree->getNodeForPath($source);
        $info = parent::getCopyAndMoveInfo();

        if (str_starts_with($info['destination'], "$source/")) {
            throw new DAV\Exception\Conflict('The destination may not be part '
                . 'of the same subtree as the source path.');
        }

        return $info;
    }

    protected function httpCopy($uri)
    {
        $info = $this->getCopyAndMoveInfo();
        $node = $this->tree->getNodeForPath($uri);

        if ($node instanceof Node) {
            $this->room($info['destination'], $node->getSize());
        }

        parent::httpCopy($uri);
        $this->newId(false);
    }

    protected function httpMove($uri)
    {
        $info = $this->getCopyAndMoveInfo();
        $node = $this->tree->getNodeForPath($uri);

        /* ownCloud: from one storage into another, nothing but a name or not */
        if ($this->profile->owncloud && $node instanceof Node
            && $node->share !== null)
        {
            $this->room($info['destination'], $node->getSize());
        }

        parent::httpMove($uri);
        $this->newId(true);
    }

    /* Where there is no such node yet, its folder has to have the room. */
    private function room(string $uri, int $size, bool $folder = false): void
    {
        [$parent] = DAV\URLUtil::splitPath($uri);
        $path = $this->tree->nodeExists($uri) ? $uri : (string) $parent;

        if ($this->tree->nodeExists($path)) {
            (new Quota($this->app))->check($this->tree->getNodeForPath($path),
                                           $size, $path, $folder);
        }
    }

    private function newId(bool $etag): void
    {
        clearstatcache();
        $to = $this->calculateUri($this->app->request->header('Destination'));
        $node = $this->tree->getNodeForPath($to);

        header('OC-FileId: ' . $node->fullId());

        if ($etag && $node instanceof FileNode) {
            header('OC-ETag: ' . $node->getETag());
            header('ETag: ' . $node->getETag());
        }
    }
}
