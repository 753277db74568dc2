<?php
namespace Cloud;

/* Every refresh that came in, answered by the cloud or by a fault. */
class Refreshes
{
    public static function add(App $app): void
    {
        $request = $app->request;

        if ($request->method !== 'POST'
            || !str_ends_with($request->path, '/apps/oauth2/api/v1/token'))
        {
            return;
        }

        $form = $request->form();
        $token = $form['refresh_token'] ?? null;

        if (($form['grant_type'] ?? null) !== 'refresh_token'
            || !is_string($token))
        {
            return;
        }

        $state = $app->state;
        $row = $state->row('SELECT user FROM token WHERE refresh = ?',
                           [$token]);

        $state->run('INSERT INTO refresh (token, user) VALUES (?, ?)',
                    [hash('sha256', $token), $row['user'] ?? null]);
        $id = $state->db->lastInsertId();

        /* Before the client can see the answer. */
        header_register_callback(fn () => $state->run(
            'UPDATE refresh SET status = ? WHERE id = ?',
            [self::status(), $id]));
    }

    /* 0: the connection was cut, without an answer */
    private static function status(): int
    {
        foreach (headers_list() as $header) {
            if (str_starts_with($header, 'X-Accel-Redirect:')) {
                return 0;
            }
        }

        return http_response_code();
    }
}
