<?php
namespace Cloud;

use Sabre\DAV;

class FileNode extends Node implements DAV\IFile
{
    public const TYPES = [
        'txt' => 'text/plain', 'pdf' => 'application/pdf',
        'png' => 'image/png', 'jpg' => 'image/jpeg', 'gif' => 'image/gif',
        'svg' => 'image/svg+xml', 'bin' => 'application/x-bin',
        'html' => 'text/html', 'md' => 'text/markdown', 'csv' => 'text/csv',
        'zip' => 'application/zip', 'mp4' => 'video/mp4',
        'odt' => 'application/vnd.oasis.opendocument.text',
        'docx' => 'application/vnd.openxmlformats-officedocument'
                  . '.wordprocessingml.document',
    ];

    public static function type(string $name): string
    {
        $dot = strrpos($name, '.');

        /* Only what follows the last dot: ".hidden" has no extension. */
        return $dot ? self::TYPES[strtolower(substr($name, $dot + 1))]
                      ?? 'application/octet-stream'
                    : 'application/octet-stream';
    }

    public function get()
    {
        return fopen($this->file, 'r');
    }

    public function put($data)
    {
        $this->need(2);
        file_put_contents($this->file, $data);
        $this->written();

        return $this->getETag();
    }

    public function written(): void
    {
        $time = $this->disk->app->request->header('X-OC-Mtime');

        if ($time !== null && ctype_digit($time)) {
            touch($this->file, (int) $time);
            header('X-OC-MTime: accepted');
        }

        clearstatcache(true, $this->file);
        $this->disk->changed(dirname($this->file));
    }

    public function getSize()
    {
        return $this->stat()['size'];
    }

    public function getContentType()
    {
        return self::type($this->getName());
    }

    public function getETag()
    {
        return '"' . $this->disk->fileEtag(stat($this->file)) . '"';
    }

    public function checksums(): string
    {
        return 'SHA1:' . sha1_file($this->file) . ' MD5:'
               . md5_file($this->file) . ' ADLER32:'
               . hash_file('adler32', $this->file);
    }
}
