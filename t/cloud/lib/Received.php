<?php
namespace Cloud;

/*
 * Shares as their recipient sees them: what is shared with me, shares/pending.
 *
 * How a share with a user stands is in the column "hidden", with ownCloud's
 * numbers for it.
 */
class Received
{
    public const SHOWN = 0;
    public const PENDING = 1;           /* with "auto_accept" off */
    public const REMOVED = 2;           /* ownCloud: by the recipient */

    private State $state;
    private bool $owncloud;

    public function __construct(private App $app, private string $user)
    {
        $this->state = $app->state;
        $this->owncloud = $app->profile->owncloud;
    }

    /* shares?shared_with_me=true, on ownCloud with state=1, or =all */
    public function list(): array
    {
        $state = $this->owncloud
                 ? $this->app->request->get('state') ?? '0' : '0';

        return $this->show($state === 'all'
            ? [self::SHOWN, self::PENDING, self::REMOVED] : [(int) $state]);
    }

    private function show(array $states): array
    {
        $view = new ShareView($this->app, $this->user);
        $rows = array_filter($this->state->rows('SELECT * FROM share
            WHERE type = 0 AND with_user = ? ORDER BY id', [$this->user]),
            fn ($row) => in_array((int) $row['hidden'], $states, true)
                         && Shares::file($this->app, $row) !== null);

        return array_map(fn ($row) => $view->data($row, false, true),
                         array_values($rows));
    }

    /*
     * shares/pending: Nextcloud lists there and accepts, with nothing to tell;
     * ownCloud accepts and declines, and answers the share.
     */
    public function pending(string $method, string $id): array
    {
        if (!$this->owncloud && $method === 'GET' && $id === '') {
            return array_map(fn ($data) => [
                'path' => '/' . basename($data['path']), 'permissions' => 0,
            ] + $data, $this->show([self::PENDING, self::REMOVED]));
        }

        if ($method !== 'POST' && !($this->owncloud && $method === 'DELETE')) {
            throw new OcsError('Method not allowed', 405);
        }

        $row = $this->state->row('SELECT * FROM share WHERE id = ?
                                  AND with_user = ?', [$id, $this->user]);

        if ($row === null || Shares::file($this->app, $row) === null) {
            throw new OcsError(Shares::unknown($this->app), 404);
        }

        $row = $this->set($row, $method === 'POST' ? self::SHOWN
                                                   : self::REMOVED);

        return $this->owncloud
               ? [(new ShareView($this->app, $this->user))
                  ->data($row, false, true)]
               : [];
    }

    /* An accepted one gets a name that is free now. */
    private function set(array $row, int $hidden): array
    {
        if ($hidden === (int) $row['hidden']) {
            return $row;
        }

        $this->state->run('UPDATE share SET hidden = ?, settled = ?
                           WHERE id = ?',
            [$hidden, $hidden === self::SHOWN ? 0 : $row['settled'],
             $row['id']]);

        $disk = new Disk($this->app, $this->user);
        $row = $this->state->row('SELECT * FROM share WHERE id = ?',
                                 [$row['id']]);
        $disk->received($row);

        return $row;
    }
}
