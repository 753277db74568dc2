<?php
namespace Cloud;

/* What a public link leads to: /s/TOKEN, its download, public.php/dav. */
class PublicLink
{
    public function __construct(private App $app)
    {
    }

    private function file(?string $token): ?string
    {
        $row = $this->app->state->row('SELECT * FROM share WHERE token = ?
            AND (expires IS NULL OR expires > ?)',
            [$token ?? '', gmdate('Y-m-d H:i:s')]);

        return $row === null ? null : Shares::file($this->app, $row);
    }

    /* /s/TOKEN and /s/TOKEN/download */
    public function page(array $parts): void
    {
        $owncloud = $this->app->profile->owncloud;
        $file = $this->file($parts[0] ?? null);
        $download = ($parts[1] ?? '') === 'download';

        $this->app->session->open();

        if ($file === null) {
            Respond::status($owncloud && $download ? 503 : 404);
            Respond::html(Pages::plain('Error', 'This link does not exist or '
                                       . 'is no longer available.'), false);

        } elseif (!$download) {
            Respond::html(Pages::plain(basename($file), 'A shared file'));

        } elseif ($owncloud) {
            header('Content-Transfer-Encoding: binary');
            $this->send($file);

        } else {
            Respond::redirect($this->app->url(
                "/public.php/dav/files/$parts[0]/?accept=zip"));
        }
    }

    /* /public.php/dav/files/TOKEN */
    public function dav(array $parts): void
    {
        $file = $parts[0] === 'dav' && ($parts[1] ?? '') === 'files'
                ? $this->file($parts[2] ?? null) : null;

        if ($file === null) {
            Respond::davError(503, 'Sabre\DAV\Exception\ServiceUnavailable',
                              '');
            return;
        }

        $stat = stat($file);
        $etag = '"' . md5($stat['ino'] . ':' . $stat['mtime'] . ':'
                          . $stat['size']) . '"';
        header("ETag: $etag");
        header("OC-ETag: $etag");
        header('Last-Modified: ' . gmdate('D, d M Y H:i:s', $stat['mtime'])
               . ' GMT');
        $this->send($file);
    }

    private function send(string $file): void
    {
        $size = filesize($file);
        $name = rawurlencode(basename($file));
        $start = 0;
        $end = $size - 1;

        if (preg_match('/^bytes=(\d+)-(\d*)$/',
                       $this->app->request->header('Range') ?? '', $m)
            && (int) $m[1] < $size)
        {
            $start = (int) $m[1];
            $end = $m[2] === '' ? $end : min($end, (int) $m[2]);
            Respond::status(206);
            header("Content-Range: bytes $start-$end/$size");
        }

        header('Content-Type: ' . FileNode::type(basename($file)));
        header("Content-Disposition: attachment; filename*=UTF-8''$name; "
               . "filename=\"$name\"");
        header('Content-Length: ' . ($end - $start + 1));

        if ($this->app->request->method !== 'HEAD') {
            $in = fopen($file, 'r');
            fseek($in, $start);
            stream_copy_to_stream($in, fopen('php://output', 'w'),
                                  $end - $start + 1);
        }
    }
}
