<?php
namespace Cloud;

/* /cloud/user and /cloud/capabilities. */
class OcsCloud
{
    public function __construct(private App $app)
    {
    }

    public function user(string $user): array
    {
        $users = $this->app->users;
        $name = $users->displayName($user);

        if ($this->app->profile->owncloud) {
            return ['id' => $user, 'display-name' => $name,
                    'email' => $users->email($user), 'language' => 'en'];
        }

        $data = [
            'enabled' => true,
            'id' => $user,
            'firstLoginTimestamp' => 1767323045,
            'lastLoginTimestamp' => 1767323045,
            'lastLogin' => 1767323045000,
            'backend' => 'Database',
            'subadmin' => [],
            'quota' => ['free' => -3, 'used' => 0, 'total' => -3,
                        'relative' => 0, 'quota' => -3],
            'manager' => '',
            'avatarScope' => 'v2-federated',
            'email' => $users->email($user),
            'emailScope' => 'v2-federated',
            'additional_mail' => [],
            'additional_mailScope' => [],
            'displayname' => $name,
            'display-name' => $name,
            'displaynameScope' => 'v2-federated',
        ];

        foreach (['phone', 'address', 'website', 'organisation', 'role'] as $key)
        {
            $data += [$key => '', "{$key}Scope" => 'v2-local'];
        }

        return $data + [
            'groups' => [],
            'language' => 'en',
            'locale' => '',
            'timezone' => 'Europe/Berlin',
            'notify_email' => null,
            'backendCapabilities' => ['setDisplayName' => true,
                                      'setPassword' => true],
        ];
    }

    public function capabilities(?string $user): array
    {
        return $this->app->profile->owncloud ? $this->owncloud()
                                             : $this->nextcloud($user);
    }

    private function owncloud(): array
    {
        $status = $this->app->profile->status(false);

        return [
            'version' => ['major' => 10, 'minor' => 15, 'micro' => 2,
                          'string' => '10.15.2', 'edition' => 'Community',
                          'product' => 'ownCloud'],
            'capabilities' => [
                'core' => ['pollinterval' => 30000,
                           'webdav-root' => 'remote.php/webdav',
                           'status' => $status,
                           'support-url-signing' => true],
                'dav' => ['chunking' => '1.0', 'reports' => ['search-files'],
                          'propfind' => ['depth_infinity' => false],
                          'trashbin' => '1.0'],
                'files_sharing' => $this->sharing(),
            ],
        ];
    }

    private function nextcloud(?string $user): array
    {
        $version = ['major' => 32, 'minor' => 0, 'micro' => 1,
                    'string' => '32.0.1', 'edition' => '',
                    'extendedSupport' => false];
        $anonymous = ['bruteforce' => ['delay' => 0, 'allow-listed' => false],
                      'theming' => ['name' => 'Nextcloud',
                                    'productName' => 'Nextcloud']];

        return [
            'version' => $version,
            'capabilities' => $user === null ? $anonymous : $anonymous + [
                'core' => ['pollinterval' => 60,
                           'webdav-root' => 'remote.php/webdav'],
                'files_sharing' => $this->sharing(),
            ],
        ];
    }

    private function sharing(): array
    {
        $state = $this->app->state;
        $days = $state->setting('enforce_expiry', 0);

        return [
            'api_enabled' => $state->setting('sharing', true),
            'public' => [
                'enabled' => $state->setting('public_links', true),
                'password' => [
                    'enforced' => $state->setting('enforce_password', false),
                ],
                'expire_date' => $days
                    ? ['enabled' => true, 'days' => $days, 'enforced' => true]
                    : ['enabled' => false],
                'multiple' => true,
            ],
            'resharing' => true,
        ];
    }
}
