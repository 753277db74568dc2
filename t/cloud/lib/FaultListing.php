<?php
namespace Cloud;

/* Listings no honest server sends. */
class FaultListing
{
    private string $base;
    private Multistatus $writer;

    public function __construct(private App $app)
    {
        $this->base = rtrim($app->request->path, '/') . '/';
        $this->writer = new Multistatus($app->profile);
    }

    public function xml(array $rule): void
    {
        $kind = $rule['kind'] ?? 'not_xml';

        Respond::status(207);
        Respond::body('application/xml; charset=utf-8',
            match ($kind) {
                'not_xml' => "hello, I am not XML\n",
                'empty' => '',
                'html' => Pages::plain('Welcome', 'A captive portal'),
                'other_root' => '<?xml version="1.0"?><other xmlns="urn:x"/>',
                'wrong_namespace' => str_replace('xmlns:d="DAV:"',
                    'xmlns:d="urn:other"', $this->plain()),
                'other_prefixes' => $this->otherPrefixes(),
                'control' => str_replace('good.txt', "bad\x01.txt",
                                         $this->plain()),
                'two_roots' => $this->plain() . $this->plain(),
                'dtd' => $this->withDoctype('<!DOCTYPE d [<!ENTITY name '
                         . '"fromdtd">]>', '&name;'),
                'bomb' => $this->bomb(),
                'external' => $this->withDoctype('<!DOCTYPE d [<!ENTITY name '
                              . 'SYSTEM "file:///etc/hostname">]>', '&name;'),
                'latin1' => $this->latin1(),
                'deep' => $this->deep($rule['count'] ?? 10000),
                'hostile' => $this->hostile(),
                'broken' => $this->broken(),
                'long_name' => $this->longName($rule['count'] ?? 1000000),
            }, $rule['length'] ?? false);
    }

    private function file(string $href, string $extra = ''): string
    {
        return "<d:response><d:href>$href</d:href><d:propstat><d:prop>"
               . '<d:getlastmodified>Fri, 02 Jan 2026 03:04:05 GMT'
               . '</d:getlastmodified><d:getcontentlength>5'
               . '</d:getcontentlength><d:resourcetype/>'
               . '<d:getetag>&quot;0123456789abcdef&quot;</d:getetag>' . $extra
               . '</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>'
               . '</d:response>';
    }

    private function self(): string
    {
        return "<d:response><d:href>$this->base</d:href><d:propstat><d:prop>"
               . '<d:getlastmodified>Fri, 02 Jan 2026 03:04:05 GMT'
               . '</d:getlastmodified><d:resourcetype><d:collection/>'
               . '</d:resourcetype><d:getetag>&quot;0123456789abc&quot;'
               . '</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status>'
               . '</d:propstat></d:response>';
    }

    private function listing(string $responses): string
    {
        return $this->writer->start() . $this->self() . $responses
               . $this->writer->end();
    }

    private function plain(): string
    {
        return $this->listing($this->file("{$this->base}good.txt"));
    }

    private function otherPrefixes(): string
    {
        return preg_replace(['~<(/?)d:~', '~xmlns:d=~'],
                            ['<$1D:', 'xmlns:D='], $this->plain());
    }

    private function withDoctype(string $doctype, string $entity): string
    {
        $xml = $this->listing($this->file("{$this->base}$entity.txt")
                              . $this->file("{$this->base}good.txt"));

        return str_replace("?>\n", "?>\n$doctype\n", $xml);
    }

    private function bomb(): string
    {
        $doctype = '<!DOCTYPE d [<!ENTITY e0 "lollollollol">';

        for ($i = 1; $i < 12; $i++) {
            $doctype .= "<!ENTITY e$i \"" . str_repeat('&e' . ($i - 1) . ';', 10)
                        . '">';
        }

        return $this->withDoctype("$doctype]>", '&e11;');
    }

    private function latin1(): string
    {
        $xml = str_replace('<?xml version="1.0"?>',
            '<?xml version="1.0" encoding="ISO-8859-1"?>', $this->plain());

        return str_replace('</d:getetag>',
                           "</d:getetag><d:displayname>\xfc</d:displayname>",
                           $xml);
    }

    private function deep(int $count): string
    {
        return $this->listing($this->file("{$this->base}good.txt",
            str_repeat('<d:x>', $count) . str_repeat('</d:x>', $count)));
    }

    private function longName(int $count): string
    {
        return $this->listing($this->file("{$this->base}good.txt")
            . $this->file($this->base . str_repeat('n', $count)));
    }

    /* hrefs that lead elsewhere, among good ones */
    private function hostile(): string
    {
        $base = $this->base;
        $origin = $this->app->request->origin();
        $hrefs = [
            "{$base}good.txt",
            'http://169.254.169.254/latest/meta-data/',
            'https://evil.example/' . ltrim($base, '/') . 'evil.txt',
            '//evil.example/evil2.txt',
            '/other/folder/other.txt',
            dirname($base) . '/sibling.txt',
            "$base../up.txt",
            "$base..%2f..%2fencoded-up.txt",
            "$base%2e%2e/dots-up.txt",
            "{$base}sub/grandchild.txt",
            "{$base}encoded%2fslash.txt",
            "$base%ff%fe.txt",
            "{$base}nul%00.txt",
            "{$base}line%0d%0aSet-Cookie:%20a=b.txt",
            "{$base}bad%zzescape.txt",
            "{$base}cut%4",
            "{$base}back%5cslash.txt",
            'javascript:alert(1)',
            'relative.txt',
            '',
            "{$base}query.txt?x=1",
            "{$base}fragment.txt#x",
            "$origin{$base}absolute-same-origin.txt",
            "{$base}." , "{$base}..",
            "{$base}last-good.txt",
        ];

        return $this->listing(implode('', array_map(
            fn ($href) => $this->file(Props::text($href)), $hrefs)));
    }

    /* Single entries that are wrong, among good ones. */
    private function broken(): string
    {
        $base = $this->base;
        $file = fn ($name, $from = '', $to = '')
                => str_replace($from, $to, $this->file($base . $name));
        $length = '<d:getcontentlength>5<';
        $status = 'HTTP/1.1 200 OK';

        return $this->listing(implode('', [
            $file('good.txt'),
            str_replace("<d:href>{$base}nohref.txt</d:href>", '',
                        $file('nohref.txt')),
            "<d:response><d:href>{$base}nopropstat.txt</d:href></d:response>",
            "<d:response><d:href>{$base}forbidden.txt</d:href><d:status>"
            . 'HTTP/1.1 403 Forbidden</d:status></d:response>',
            $file('status500.txt', $status,
                  'HTTP/1.1 500 Internal Server Error'),
            $file('status404.txt', $status, 'HTTP/1.1 404 Not Found'),
            $file('nostatus.txt', "<d:status>$status</d:status>", ''),
            $file('oddstatus.txt', $status, '200'),
            $file('length-text.txt', $length, '<d:getcontentlength>abc<'),
            $file('length-negative.txt', $length, '<d:getcontentlength>-5<'),
            $file('length-huge.txt', $length,
                  '<d:getcontentlength>99999999999999999999999<'),
            $file('length-empty.txt', $length, '<d:getcontentlength><'),
            $file('date-text.txt', 'Fri, 02 Jan 2026 03:04:05 GMT',
                  'yesterday'),
            $file('date-empty.txt', 'Fri, 02 Jan 2026 03:04:05 GMT', ''),
            $file('no-resourcetype.txt', '<d:resourcetype/>', ''),
            $file('twice.txt'), $file('twice.txt'),
            $file('comment.txt', '<d:prop>', '<!-- a comment --><d:prop>'),
            str_replace("{$base}cdata.txt", "<![CDATA[{$base}cdata.txt]]>",
                        $file('cdata.txt')),
            $file('spaces.txt', ['<d:href>', '</d:href>'],
                  ["<d:href>\n  ", "\n </d:href>"]),
            $file('foreign.txt', '<d:prop>', '<d:prop><x:getcontentlength '
                  . 'xmlns:x="urn:x">7</x:getcontentlength>'),
            $file('last-good.txt'),
        ]));
    }

    /* A huge listing, streamed. */
    public function entries(array $rule): void
    {
        $count = $rule['count'] ?? 10000;
        $name = $rule['name'] ?? 'entry %07d.txt';
        $props = [
            '{DAV:}getlastmodified' => 'Fri, 02 Jan 2026 03:04:05 GMT',
            '{DAV:}getcontentlength' => '5',
            '{DAV:}resourcetype' => '',
            '{DAV:}getetag' => '&quot;0123456789abcdef0123456789abcdef&quot;',
        ];

        set_time_limit(0);
        Respond::status(207);
        header('Content-Type: application/xml; charset=utf-8');
        header('Vary: Brief,Prefer');
        echo $this->writer->start(), $this->self();

        for ($i = 0; $i < $count; $i++) {
            $href = $this->base . Multistatus::encode(sprintf($name, $i));
            echo $this->writer->response($href, $props, []);

            if ($i % 500 === 499) {
                flush();
            }
        }

        echo $this->writer->end();
    }
}
