<?php
namespace Cloud;

/*
 * Faults on demand.  A rule, made by POST /_control/faults, is a JSON object:
 * "match" (a regular expression on "METHOD URI"), "times" (default 1, -1: until
 * removed), "match_body" (one on the request's body), "skip" (matches to let
 * pass first), "delay" (seconds), "action" and
 * the fields of that action; see README.md.
 */
class Faults
{
    private ?array $rule = null;

    public function __construct(private App $app)
    {
        if ($app->state->row('SELECT 1 FROM fault LIMIT 1') !== null) {
            $this->rule = $app->state->locked(fn () => $this->take());
        }

        if (isset($this->rule['delay'])) {
            usleep((int) ($this->rule['delay'] * 1000000));
        }
    }

    private function take(): ?array
    {
        $line = $this->app->request->method . ' ' . $this->app->request->uri;

        foreach ($this->app->state->rows('SELECT * FROM fault WHERE left != 0
                                          ORDER BY id') as $row)
        {
            $rule = json_decode($row['rule'], true);

            if (!self::fits($rule, 'match', $line)
                || (isset($rule['match_body'])
                    && !self::fits($rule, 'match_body',
                                   $this->app->request->body())))
            {
                continue;
            }

            $skipped = $row['skip'] > 0;
            $this->app->state->run('UPDATE fault SET skip = skip - ?,
                left = left - ?, hits = hits + ? WHERE id = ?',
                [(int) $skipped, (int) (!$skipped && $row['left'] > 0),
                 (int) !$skipped, $row['id']]);

            if (!$skipped) {
                return $rule;
            }
        }

        return null;
    }

    public static function fits(array $rule, string $field,
                                string $text): bool
    {
        $match = str_replace('~', '\~', $rule[$field] ?? '');

        return (bool) preg_match("~$match~", $text);
    }

    /* Answers instead of the cloud; false where the cloud is to answer. */
    public function answer(): bool
    {
        switch ($this->rule['action'] ?? '') {

        case 'status':
            $this->status();
            return true;

        case 'redirect':
            Respond::redirect($this->rule['location'],
                              $this->rule['status'] ?? 302);
            return true;

        case 'reset':
            header('X-Accel-Redirect: /_internal/reset');
            return true;

        case 'close':
            header('X-Accel-Redirect: /_internal/close');
            return true;

        case 'xml':
            (new FaultListing($this->app))->xml($this->rule);
            return true;

        case 'entries':
            (new FaultListing($this->app))->entries($this->rule);
            return true;
        }

        return false;
    }

    /* Lets the cloud answer, and spoils the answer. */
    public function apply(callable $cloud): void
    {
        $action = $this->rule['action'] ?? '';

        if (!in_array($action, ['drip', 'truncate', 'truncate_chunked', 'cut',
                                'cut_chunked', 'gzip', 'replace', 'headers', 'late'], true))
        {
            $cloud();
            return;
        }

        ob_start();
        $cloud();
        $body = ob_get_clean();

        foreach ($this->rule['headers'] ?? [] as $name => $value) {
            header("$name: $value");
        }

        match ($action) {
            'drip' => $this->drip($body),
            'truncate' => $this->truncate($body),
            'truncate_chunked' => $this->truncateChunked($body),
            'cut' => $this->whole(substr($body, 0, $this->half($body))),
            'cut_chunked' => $this->cutChunked($body),
            'gzip' => $this->gzip($body),
            'replace' => $this->whole($this->replaced($body)),
            'headers' => print($body),
            'late' => $this->late($body),
        };
    }

    private function status(): void
    {
        $rule = $this->rule;
        $status = $rule['status'] ?? 503;
        $name = Respond::REASONS[$status] ?? 'Unknown';

        Respond::status($status, $rule['reason'] ?? null);

        foreach ($rule['headers'] ?? [] as $key => $value) {
            header("$key: $value", false);
        }

        [$type, $body] = match ($rule['body'] ?? 'html') {
            'html' => ['text/html; charset=UTF-8', Pages::plain($name, $name)],
            'dav' => ['application/xml; charset=utf-8',
                      Respond::davErrorBody('Sabre\DAV\Exception\\'
                          . str_replace(' ', '', $name),
                          $rule['message'] ?? $name)],
            'json' => ['application/json; charset=utf-8',
                       json_encode($rule['json'] ?? ['error' => $name])],
            'ocs' => ['application/json; charset=utf-8',
                      OcsFormat::json(['status' => 'failure',
                          'statuscode' => $rule['statuscode'] ?? $status,
                          'message' => $rule['message'] ?? $name], [])],
            'text' => [$rule['type'] ?? 'text/plain', $rule['text'] ?? ''],
            'base64' => [$rule['type'] ?? 'text/plain',
                         base64_decode($rule['text'] ?? '')],
            'none' => ['text/html; charset=UTF-8', ''],
        };

        Respond::body($type, $body, $rule['length'] ?? true);
    }

    private function half(string $body): int
    {
        return $this->rule['bytes'] ?? intdiv(strlen($body), 2);
    }

    private function whole(string $body): void
    {
        header('Content-Length: ' . strlen($body));
        echo $body;
    }

    /* nginx passes it on as it comes. */
    private function drip(string $body): void
    {
        header('X-Accel-Buffering: no');
        $pause = (int) (($this->rule['interval'] ?? 0.001) * 1000000);

        foreach (str_split($body, $this->rule['bytes'] ?? 1) as $piece) {
            echo $piece;
            flush();
            usleep($pause);
        }
    }

    /* Done it is at once. */
    private function late(string $body): void
    {
        usleep((int) (($this->rule['after'] ?? 1) * 1000000));
        echo $body;
    }

    private function truncate(string $body): void
    {
        header('X-Accel-Buffering: no');
        header('Content-Length: ' . strlen($body));
        echo substr($body, 0, $this->half($body));
    }

    /* Chunked without an end: the only way is to die. */
    private function truncateChunked(string $body): void
    {
        header('X-Accel-Buffering: no');
        header_remove('Content-Length');
        echo substr($body, 0, $this->half($body));
        flush();
        usleep(100000);
        posix_kill(posix_getpid(), 9);
    }

    /* As a script that fails in the middle of a file: it ends as it should. */
    private function cutChunked(string $body): void
    {
        header('X-Accel-Buffering: no');
        header_remove('Content-Length');
        echo substr($body, 0, $this->half($body));
    }

    private function gzip(string $body): void
    {
        header('Content-Encoding: gzip');
        $this->whole(gzencode($body));
    }

    private function replaced(string $body): string
    {
        $rule = $this->rule;

        return isset($rule['from64'])
            ? str_replace(base64_decode($rule['from64']),
                          base64_decode($rule['to64']), $body)
            : str_replace($rule['from'] ?? '', $rule['to'] ?? '', $body);
    }
}
