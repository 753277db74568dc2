<?php
namespace Cloud;

/* Small helpers that write an answer. */
class Respond
{
    public const REASONS = [
        200 => 'OK', 201 => 'Created', 204 => 'No Content',
        206 => 'Partial Content', 207 => 'Multi-Status',
        301 => 'Moved Permanently', 302 => 'Found', 303 => 'See Other',
        304 => 'Not Modified', 307 => 'Temporary Redirect',
        400 => 'Bad Request', 401 => 'Unauthorized', 403 => 'Forbidden',
        404 => 'Not Found', 405 => 'Method Not Allowed', 409 => 'Conflict',
        412 => 'Precondition failed', 415 => 'Unsupported Media Type',
        416 => 'Requested Range Not Satisfiable', 423 => 'Locked',
        429 => 'Too Many Requests', 500 => 'Internal Server Error',
        501 => 'Not Implemented', 502 => 'Bad Gateway',
        503 => 'Service Unavailable', 504 => 'Gateway Timeout',
        507 => 'Insufficient Storage',
    ];

    public static function status(int $code, ?string $reason = null): void
    {
        $reason ??= self::REASONS[$code] ?? 'Unknown';
        header("HTTP/1.1 $code $reason", true, $code);
    }

    public static function body(string $type, string $body,
                                bool $length = true): void
    {
        header("Content-Type: $type");

        if ($length) {
            header('Content-Length: ' . strlen($body));
        }

        echo $body;
    }

    public static function json(array $data): void
    {
        self::body('application/json; charset=utf-8', json_encode($data));
    }

    public static function html(string $page, bool $length = true): void
    {
        self::body('text/html; charset=UTF-8', $page, $length);
    }

    public static function redirect(string $location, int $code = 303): void
    {
        self::status($code);
        header("Location: $location", true, $code);
        header('Content-Type: text/html; charset=UTF-8');
    }

    /* An error as sabre/dav writes it. */
    public static function davError(int $code, string $exception,
                                    string $message, string $extra = '',
                                    string $namespaces = ''): void
    {
        self::status($code);
        header('Content-Type: application/xml; charset=utf-8');
        echo self::davErrorBody($exception, $message, $extra, $namespaces);
    }

    public static function davErrorBody(string $exception, string $message,
                                        string $extra = '',
                                        string $namespaces = ''): string
    {
        $text = htmlspecialchars($message, ENT_NOQUOTES, 'UTF-8');
        $text = $text === '' ? '<s:message/>' : "<s:message>$text</s:message>";

        return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
               . '<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns"'
               . "$namespaces>\n"
               . "  <s:exception>$exception</s:exception>\n"
               . "  $text\n$extra</d:error>\n";
    }
}
