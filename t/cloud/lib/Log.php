<?php
namespace Cloud;

/* The requests that were received, for tests to look at. */
class Log
{
    private const LIMIT = 1048576;

    public function __construct(private State $state)
    {
    }

    public function add(Request $request): void
    {
        $length = (int) ($request->header('Content-Length') ?? 0);
        $chunked = $request->header('Transfer-Encoding') !== null;
        $body = $length <= self::LIMIT && ($length > 0 || $chunked)
                ? $request->body() : '';

        $statement = $this->state->db->prepare(
            'INSERT INTO log (time, method, uri, scheme, protocol, headers,
                              body, length, connection)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');

        $row = [microtime(true), $request->method, $request->uri,
                $request->scheme, $_SERVER['SERVER_PROTOCOL'],
                json_encode($this->pairs($request->headers),
                            JSON_INVALID_UTF8_SUBSTITUTE),
                $body, $chunked ? strlen($body) : $length,
                (int) ($_SERVER['CLOUD_CONNECTION'] ?? 0)];

        foreach ($row as $i => $value) {
            $statement->bindValue($i + 1, $value, $i === 6 ? \PDO::PARAM_LOB
                                                           : \PDO::PARAM_STR);
        }

        $statement->execute();
    }

    private function pairs(array $headers): array
    {
        $pairs = [];

        foreach ($headers as $name => $value) {
            $pairs[] = [$name, $value];
        }

        return $pairs;
    }

    public function all(int $after, ?string $match): array
    {
        $entries = [];

        foreach ($this->state->rows('SELECT * FROM log WHERE id > ?
                                     ORDER BY id', [$after]) as $row)
        {
            if ($match !== null
                && !preg_match('~' . str_replace('~', '\~', $match) . '~',
                               $row['method'] . ' ' . $row['uri']))
            {
                continue;
            }

            $entries[] = [
                'id' => (int) $row['id'],
                'time' => (float) $row['time'],
                'connection' => (int) $row['connection'],
                'scheme' => $row['scheme'],
                'method' => $row['method'],
                'uri' => $row['uri'],
                'protocol' => $row['protocol'],
                'headers' => json_decode($row['headers'], true),
                'body' => base64_encode($row['body']),
                'length' => (int) $row['length'],
            ];
        }

        return $entries;
    }

    public function clear(): void
    {
        $this->state->run('DELETE FROM log');
    }
}
