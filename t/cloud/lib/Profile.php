<?php
namespace Cloud;

/* What the two servers do differently and is more than a branch somewhere. */
class Profile
{
    public string $name;
    public bool $owncloud;
    public string $base;            /* path of the installation, no slash */
    public string $realm;
    public string $instance;        /* instance id, also the session cookie */
    public string $passphrase;      /* the second session cookie */
    public string $cookiePath;
    public int $codeLength;
    public int $accessLength;
    public int $refreshLength;
    public array $xmlNamespaces;

    public function __construct(string $name)
    {
        $this->name = $name;
        $this->owncloud = $name === 'owncloud';

        $this->xmlNamespaces = [
            'DAV:' => 'd',
            'http://sabredav.org/ns' => 's',
            'http://owncloud.org/ns' => 'oc',
        ];

        $this->owncloud ? $this->setOwncloud() : $this->setNextcloud();
    }

    private function setOwncloud(): void
    {
        $this->base = '/oc';
        $this->realm = 'ownCloud';
        $this->instance = 'ocstandin001';
        $this->passphrase = 'oc_sessionPassphrase';
        $this->cookiePath = '/oc';
        $this->codeLength = 64;
        $this->accessLength = 64;
        $this->refreshLength = 64;
    }

    private function setNextcloud(): void
    {
        $this->base = '';
        $this->realm = 'Nextcloud';
        $this->instance = 'ncstandin001';

        /* "oc_..." on the real one; both clouds share 127.0.0.1 here. */
        $this->passphrase = 'nc_sessionPassphrase';
        $this->cookiePath = '/';
        $this->codeLength = 128;
        $this->accessLength = 72;
        $this->refreshLength = 128;
        $this->xmlNamespaces['http://nextcloud.org/ns'] = 'nc';
    }

    /* The DAV header: every answer to PROPFIND and OPTIONS carries it. */
    public function davHeader(bool $webdav): string
    {
        if ($this->owncloud) {
            return '1, 3, extended-mkcol, 2';
        }

        return $webdav
            ? '1, 3, extended-mkcol, nextcloud-checksum-update'
            : '1, 3, extended-mkcol, access-control, '
              . 'calendarserver-principal-property-search, nc-paginate, '
              . 'nextcloud-checksum-update, nc-calendar-search, '
              . 'nc-enable-birthday-calendar';
    }

    public function status(bool $maintenance): array
    {
        $status = [
            'installed' => true,
            'maintenance' => $maintenance,
            'needsDbUpgrade' => false,
        ];

        return $status + ($this->owncloud
            ? ['version' => '10.15.2.0', 'versionstring' => '10.15.2',
               'edition' => 'Community', 'productname' => 'ownCloud',
               'product' => 'ownCloud']
            : ['version' => '32.0.1.2', 'versionstring' => '32.0.1',
               'edition' => '', 'productname' => 'Nextcloud',
               'extendedSupport' => false]);
    }
}
