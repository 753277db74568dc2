<?php
namespace Cloud;

/* A share as the OCS answers show it, to owner or recipient. */
class ShareView
{
    public function __construct(private App $app, private string $user)
    {
    }

    /* $state: ownCloud's lists of received shares tell how they stand. */
    public function data(array $row, bool $new, bool $state = false): array
    {
        return $this->app->profile->owncloud ? $this->owncloud($row, $state)
                                             : $this->nextcloud($row, $new);
    }

    private function isRecipient(array $row): bool
    {
        return $row['with_user'] === $this->user;
    }

    /* Is it in this recipient's tree? */
    private function isMounted(array $row): bool
    {
        return $this->isRecipient($row) && $row['hidden'] == Received::SHOWN;
    }

    private function path(array $row): string
    {
        if ($this->isRecipient($row)) {
            return $row['target'];
        }

        return $this->user === $row['file_owner'] ? $row['path']
                                                  : $row['owner_path'];
    }

    private function file(array $row): string
    {
        return $this->app->users->home($row['file_owner']) . $row['path'];
    }

    private function type(string $file): string
    {
        return is_dir($file) ? 'httpd/unix-directory'
                             : FileNode::type(basename($file));
    }

    private function url(array $row): string
    {
        return $this->app->url('/s/' . $row['token']);
    }

    private function owncloud(array $row, bool $state): array
    {
        $users = $this->app->users;
        $file = $this->file($row);
        $path = $this->path($row);
        $mounted = $this->isMounted($row);
        $parent = dirname($mounted ? $users->home($this->user) . $path
                                   : $file);

        $data = [
            'id' => (string) $row['id'],
            'share_type' => (int) $row['type'],
            'uid_owner' => $row['owner'],
            'displayname_owner' => $users->displayName($row['owner']),
            'permissions' => (int) $row['permissions'],
            'stime' => (int) $row['stime'],
            'parent' => null,
            'expiration' => $row['expires'],
            'token' => $row['token'],
            'uid_file_owner' => $row['file_owner'],
            'displayname_file_owner' => $users->displayName($row['file_owner']),
            'additional_info_owner' => null,
            'additional_info_file_owner' => null,
            ...($state ? ['state' => (int) $row['hidden']] : []),
            'path' => $path,
            'mimetype' => $this->type($file),
            'storage_id' => $mounted ? "shared::$path"
                                     : "home::{$row['file_owner']}",
            'storage' => 3,
            'item_type' => is_dir($file) ? 'folder' : 'file',
            'item_source' => (int) $row['node'],
            'file_source' => (int) $row['node'],
            'file_parent' => (int) @fileinode($parent),
            'file_target' => $row['target'],
        ];

        return $data + ($row['type'] == 0 ? [
            'share_with' => $row['with_user'],
            'share_with_displayname' => $users->displayName($row['with_user']),
            'share_with_user_type' => 0,
            'share_with_additional_info' => null,
        ] : ($row['password'] === null ? [] : [
            'share_with' => '***redacted***',
            'share_with_displayname' => '***redacted***',
        ]) + ['name' => $row['label'], 'url' => $this->url($row)])
        + ['mail_send' => 0, 'attributes' => null];
    }

    private function nextcloud(array $row, bool $new): array
    {
        $users = $this->app->users;
        $file = $this->file($row);
        $recipient = $this->isRecipient($row);
        $mounted = $this->isMounted($row);
        $path = $this->path($row);
        $type = $this->type($file);
        $folder = is_dir($file);

        $data = [
            'id' => (string) $row['id'],
            'share_type' => (int) $row['type'],
            'uid_owner' => $row['owner'],
            'displayname_owner' => $users->displayName($row['owner']),
            'permissions' => (int) $row['permissions'],
            'can_edit' => !$recipient,
            'can_delete' => true,
            'stime' => (int) $row['stime'],
            'parent' => null,
            'expiration' => $row['expires'],
            'token' => $row['token'],
            'uid_file_owner' => $row['file_owner'],
            'note' => '',
            'label' => $row['label'] ?? '',
            'displayname_file_owner' => $users->displayName($row['file_owner']),
            'path' => $path,
            'item_type' => $folder ? 'folder' : 'file',
            'item_permissions' => $recipient ? ($row['permissions'] | 8)
                                             : ($folder ? 31 : 27),
            'is-mount-root' => $mounted,
            'mount-type' => $mounted ? 'shared' : '',
            'mimetype' => $type,
            'has_preview' => $type === 'text/plain' || $type === 'image/png',
            'storage_id' => $mounted ? "shared::$path"
                                     : "home::{$row['file_owner']}",
            'storage' => 8,
            'item_source' => (int) $row['node'],
            'file_source' => (int) $row['node'],
            'file_parent' => (int) @fileinode(dirname($file)),
            'file_target' => $row['target'],
            'item_size' => Disk::size($file),
            'item_mtime' => (int) @filemtime($file),
        ];

        return $data + ($row['type'] == 0 ? [
            'share_with' => $row['with_user'],
            'share_with_displayname' => $users->displayName($row['with_user']),
            'share_with_displayname_unique' => $row['with_user'],
        ] : [
            'share_with' => $row['password'],
            'share_with_displayname' => '(Shared link)',
            'password' => $row['password'],
            'send_password_by_talk' => false,
            'url' => $this->url($row),
        ]) + ['mail_send' => $new ? 1 : 0, 'hide_download' => 0,
              'attributes' => null];
    }
}
