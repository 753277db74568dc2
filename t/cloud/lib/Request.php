<?php
namespace Cloud;

/* One request as it came: raw URI, headers, raw body, form fields. */
class Request
{
    public string $method;
    public string $uri;         /* raw, with the query string */
    public string $path;        /* raw, without it */
    public string $query;
    public string $scheme;
    public string $host;        /* with the port, as the client sent it */
    public array $headers = [];
    private ?string $body = null;

    public function __construct()
    {
        $this->method = $_SERVER['REQUEST_METHOD'];
        $this->uri = $_SERVER['REQUEST_URI'];
        [$this->path, $this->query] = explode('?', $this->uri, 2) + [1 => ''];
        $this->scheme = !empty($_SERVER['HTTPS']) ? 'https' : 'http';
        $this->host = $_SERVER['HTTP_HOST'] ?? '';
        $this->collectHeaders();
    }

    private function collectHeaders(): void
    {
        /* FPM has them backwards. */
        $params = array_reverse($_SERVER);

        /* FPM hands over an Authorization it has taken apart, too. */
        unset($params['PHP_AUTH_USER'], $params['PHP_AUTH_PW'],
              $params['PHP_AUTH_DIGEST']);

        foreach ($params as $name => $value) {
            if (strncmp($name, 'HTTP_', 5) === 0) {
                $name = strtr(strtolower(substr($name, 5)), '_', '-');
                $this->headers[ucwords($name, '-')] = $value;
            }
        }
    }

    public function header(string $name): ?string
    {
        return $this->headers[ucwords(strtolower($name), '-')] ?? null;
    }

    public function cookie(string $name): ?string
    {
        return $_COOKIE[$name] ?? null;
    }

    public function body(): string
    {
        return $this->body ??= file_get_contents('php://input');
    }

    public function get(string $name): ?string
    {
        $value = $_GET[$name] ?? null;

        return is_string($value) ? $value : null;
    }

    /* The fields of a urlencoded, multipart or JSON body. */
    public function form(): array
    {
        $type = strtolower($this->header('Content-Type') ?? '');

        if (str_starts_with($type, 'application/json')) {
            $fields = json_decode($this->body(), true);
            return is_array($fields) ? $fields : [];
        }

        if (str_starts_with($type, 'multipart/form-data')) {
            return $this->multipart();
        }

        $fields = [];

        if (str_starts_with($type, 'application/x-www-form-urlencoded')) {
            parse_str($this->body(), $fields);
        }

        return $fields;
    }

    private function multipart(): array
    {
        $type = $this->header('Content-Type');

        if (!preg_match('/boundary="?([^";]+)"?/', $type, $m)) {
            return [];
        }

        $fields = [];

        foreach (explode('--' . $m[1], $this->body()) as $part) {
            [$head, $value] = explode("\r\n\r\n", $part, 2) + [1 => ''];

            if (preg_match('/name="([^"]*)"/', $head, $n)) {
                $fields[$n[1]] = preg_replace('/\r\n$/', '', $value);
            }
        }

        return $fields;
    }

    public function origin(): string
    {
        return $this->scheme . '://' . $this->host;
    }
}
