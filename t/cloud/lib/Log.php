<?php
namespace Cloud;

/*
 * The requests that were received, for tests to look at: a line of JSON each,
 * in a file, since parallel requests would wait for each other in SQLite.
 */
class Log
{
    private const LIMIT = 1048576;

    private string $file;

    public function __construct(State $state)
    {
        $this->file = $state->dir . '/requests.log';
    }

    public function add(Request $request): void
    {
        $length = (int) ($request->header('Content-Length') ?? 0);
        $chunked = $request->header('Transfer-Encoding') !== null;
        $body = $length <= self::LIMIT && ($length > 0 || $chunked)
                ? $request->body() : '';

        $entry = [
            'time' => microtime(true),
            'connection' => (int) ($_SERVER['CLOUD_CONNECTION'] ?? 0),
            'scheme' => $request->scheme,
            'method' => $request->method,
            'uri' => $request->uri,
            'protocol' => $_SERVER['SERVER_PROTOCOL'],
            'headers' => $this->pairs($request->headers),
            'body' => base64_encode($body),
            'length' => $chunked ? strlen($body) : $length,
        ];

        file_put_contents($this->file,
            json_encode($entry, JSON_INVALID_UTF8_SUBSTITUTE) . "\n",
            FILE_APPEND | LOCK_EX);
    }

    private function pairs(array $headers): array
    {
        $pairs = [];

        foreach ($headers as $name => $value) {
            $pairs[] = [$name, $value];
        }

        return $pairs;
    }

    /* Numbered from 1, since the record was last cleared. */
    public function all(int $after, ?string $match): array
    {
        $match = '~' . str_replace('~', '\~', $match ?? '') . '~';
        $entries = [];
        $id = 0;

        foreach (@file($this->file) ?: [] as $line) {
            $entry = json_decode($line, true);

            if (++$id > $after
                && preg_match($match, "$entry[method] $entry[uri]"))
            {
                $entries[] = ['id' => $id] + $entry;
            }
        }

        return $entries;
    }

    public function clear(): void
    {
        file_put_contents($this->file, '', LOCK_EX);
    }
}
