<?php
namespace Cloud;

/* The few HTML pages: plain forms, for a browser and for scripts. */
class Pages
{
    public static function escape(string $text): string
    {
        return htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
    }

    public static function page(string $title, string $body): string
    {
        $title = self::escape($title);

        return <<<HTML
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><title>$title</title>
            <style>
            body { font: 16px sans-serif; background: #0a3b66; color: #fff;
                   display: flex; justify-content: center; padding-top: 3em }
            main { width: 22em; text-align: center }
            input, button { font: inherit; width: 100%; padding: .5em;
                            margin: .3em 0; box-sizing: border-box }
            .warning { background: #a33; padding: .5em }
            </style></head>
            <body><main><h1>$title</h1>
            $body
            </main></body></html>

            HTML;
    }

    public static function plain(string $title, string $text): string
    {
        return self::page($title, '<p>' . self::escape($text) . '</p>');
    }

    private static function hidden(array $fields): string
    {
        $html = '';

        foreach ($fields as $name => $value) {
            $html .= sprintf('<input type="hidden" name="%s" value="%s">' . "\n",
                             self::escape($name), self::escape($value));
        }

        return $html;
    }

    public static function form(string $title, string $text, string $method,
                                string $action, array $fields,
                                string $button): string
    {
        $action = self::escape($action);
        $text = self::escape($text);
        $hidden = self::hidden($fields);
        $button = self::escape($button);

        return self::page($title, <<<HTML
            <p>$text</p>
            <form method="$method" action="$action">
            $hidden<button type="submit">$button</button>
            </form>
            HTML);
    }

    public static function login(string $title, string $action, array $fields,
                                 bool $failed): string
    {
        $action = self::escape($action);
        $hidden = self::hidden($fields);
        $warning = $failed
            ? '<p class="warning">Wrong login or password.</p>' : '';

        return self::page($title, <<<HTML
            $warning
            <form method="post" action="$action" name="login">
            <input type="text" name="user" placeholder="Account name" autofocus>
            <input type="password" name="password" placeholder="Password">
            $hidden<button type="submit">Log in</button>
            </form>
            HTML);
    }
}
