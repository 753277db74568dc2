<?php
namespace Cloud;

/* Small pictures of files: one colour, which depends on what is in the file. */
class Preview
{
    public const TYPES = ['text/plain', 'image/png', 'image/jpeg', 'image/gif'];

    public function __construct(private App $app)
    {
    }

    /* A setting, so that tests see what becomes of servers without them. */
    public function available(FileNode $node): bool
    {
        return $this->app->state->setting('previews', true)
               && in_array($node->getContentType(), self::TYPES, true);
    }

    /* ownCloud: GET of the file with "preview" in the query. */
    public function file(FileNode $node): void
    {
        if (!$this->available($node)) {
            throw new \Sabre\DAV\Exception\NotFound();
        }

        $name = rawurlencode($node->getName());

        header("Content-Disposition: attachment; filename*=UTF-8''$name; "
               . "filename=\"$name\"");
        header('Cache-Control: max-age=86400, must-revalidate');
        header('OC-Checksum: SHA1:' . sha1_file($node->file));

        Respond::body('image/png', $this->png($node), false);
    }

    /* Nextcloud: /core/preview.png, by its source. */
    public function page(): void
    {
        $request = $this->app->request;
        $user = $this->app->users->authenticate(
            $request->header('Authorization'))['user'];

        $this->app->session->open($user);

        if ($user === null) {
            Respond::status(401);
            Respond::body('application/json; charset=utf-8',
                          '{"message":"Current user is not logged in"}');
            return;
        }

        $file = $request->get('file') ?? '';

        if ($file === '' || $this->side('x') === 0 || $this->side('y') === 0) {
            $this->none(400);
            return;
        }

        try {
            $tree = new DavTree((new Disk($this->app, $user))->root(), true);
            $node = $tree->getNodeForPath(trim($file, '/'));

        } catch (\Sabre\DAV\Exception $e) {
            $this->none(404);
            return;
        }

        $icon = !in_array($request->get('forceIcon'), ['0', 'false'], true);

        if (!$node instanceof FileNode || (!$icon && !$this->available($node))) {
            $this->none(404);
            return;
        }

        header('Content-Disposition: inline; filename="preview.png"');
        header('Cache-Control: private, max-age=86400, immutable');

        Respond::body('image/png', $this->png($node));
    }

    private function none(int $status): void
    {
        Respond::status($status);
        Respond::body('application/json; charset=utf-8', '[]');
    }

    private function side(string $name): int
    {
        return max(0, min(512, (int) ($this->app->request->get($name) ?? 32)));
    }

    private function png(FileNode $node): string
    {
        [$x, $y] = [$this->side('x'), $this->side('y')];
        $colour = substr(md5_file($node->file, true), 0, 3);
        $rows = str_repeat("\0" . str_repeat($colour, $x), $y);

        return "\x89PNG\r\n\x1a\n"
               . $this->chunk('IHDR', pack('NNC5', $x, $y, 8, 2, 0, 0, 0))
               . $this->chunk('IDAT', gzcompress($rows))
               . $this->chunk('IEND', '');
    }

    private function chunk(string $type, string $data): string
    {
        return pack('N', strlen($data)) . $type . $data
               . pack('N', crc32($type . $data));
    }
}
