<?php
namespace Cloud;

/* Writes a multistatus exactly as the real servers' XML writer does. */
class Multistatus
{
    /* "" makes <x/>; this makes <x></x>. */
    public const EMPTY = "\0";

    private array $foreign = [];
    private array $open = [];
    private array $close = [];
    private array $void = [];

    public function __construct(private Profile $profile)
    {
    }

    public function start(bool $empty = false): string
    {
        $xml = "<?xml version=\"1.0\"?>\n<d:multistatus";

        foreach ($this->profile->xmlNamespaces as $uri => $prefix) {
            $xml .= " xmlns:$prefix=\"$uri\"";
        }

        return $xml . ($empty ? '/>' : '>');
    }

    public function end(): string
    {
        return '</d:multistatus>';
    }

    /* $found: name => value as XML; $missing: names */
    public function response(string $href, array $found,
                             array $missing): string
    {
        $xml = "<d:response><d:href>$href</d:href>";

        if ($found !== [] || $missing === []) {
            $xml .= '<d:propstat><d:prop>';

            foreach ($found as $name => $value) {
                $xml .= $this->property($name, $value);
            }

            $xml .= '</d:prop><d:status>HTTP/1.1 200 OK</d:status>'
                    . '</d:propstat>';
        }

        if ($missing !== []) {
            $xml .= '<d:propstat><d:prop>';

            foreach ($missing as $name) {
                $xml .= $this->property($name, '');
            }

            $xml .= '</d:prop><d:status>HTTP/1.1 404 Not Found</d:status>'
                    . '</d:propstat>';
        }

        return $xml . '</d:response>';
    }

    private function property(string $name, string $value): string
    {
        if (!isset($this->open[$name])) {
            $this->prepare($name);
        }

        if ($value === '') {
            return $this->void[$name];
        }

        return $this->open[$name] . ($value === self::EMPTY ? '' : $value)
               . $this->close[$name];
    }

    private function prepare(string $name): void
    {
        preg_match('/^{([^}]*)}(.*)$/', $name, $m);
        [, $uri, $local] = $m;
        $attribute = '';

        if (isset($this->profile->xmlNamespaces[$uri])) {
            $tag = $this->profile->xmlNamespaces[$uri] . ":$local";

        } elseif ($uri === '') {
            $tag = $local;
            $attribute = ' xmlns=""';

        } else {
            $this->foreign[$uri] ??= 'x' . (count($this->foreign) + 1);
            $tag = $this->foreign[$uri] . ":$local";
            $attribute = " xmlns:{$this->foreign[$uri]}=\""
                         . Props::text($uri) . '"';
        }

        $this->open[$name] = "<$tag$attribute>";
        $this->close[$name] = "</$tag>";
        $this->void[$name] = "<$tag$attribute/>";
    }

    /* The real servers encode all but these, in lower case. */
    public static function encode(string $path): string
    {
        return preg_replace_callback('/[^A-Za-z0-9_\-.~\/:@()]/',
            fn ($m) => sprintf('%%%02x', ord($m[0])), $path);
    }
}
