<?php
declare(strict_types=1);

/*
 * Files that were saved from draft areas: by context, then by "NAME" or, where
 * the item is told, "ITEM/NAME".  Without an item a file is found under all.
 */

function saved_add(string $user, string $draft, int $context,
    string $item = ''): array
{
    $files = saved_files($user, $draft, $item);

    return state_update("saved/$context",
                        fn($saved) => $files + ($saved ?? []));
}


/* The same as all there is of this item. */

function saved_replace(string $user, string $draft, int $context,
    string $item): array
{
    $files = saved_files($user, $draft, $item);

    return state_update("saved/$context",
        fn($saved) => $files + array_filter($saved ?? [],
            fn($name) => !str_starts_with((string) $name, "$item/"),
            ARRAY_FILTER_USE_KEY));
}


function saved_files(string $user, string $draft, string $item): array
{
    $files = [];

    foreach (draft_files($user, $draft) as $file) {
        $name = ($item === '' ? '' : "$item/") . $file['filename'];
        $files[$name] = ['user' => $user] + $file;
    }

    return $files;
}


/*
 * get_file_argument() of lib/weblib.php (recordings 300 to 321): the path
 * comes before the parameter "file" if the request line, as it came, has the
 * script in it and the path three parts; else the parameter does.
 */

function file_argument(): string
{
    $forced = str_contains($_SERVER['REQUEST_URI'] ?? '', '/pluginfile.php/')
              && count(explode('/', ltrim(path_info(), '/'))) > 2;

    $file = $forced ? '' : clean_path(param('file', ''));

    return $file !== '' ? $file : clean_path(path_info());
}


/* clean_param() with PARAM_PATH, but for &, <, > and quotes in names */

function clean_path(string $path): string
{
    $path = preg_replace('~[[:cntrl:]]~u', '',
                         str_replace('\\', '/', $path)) ?? '';

    return preg_replace(['~\.\.+~', '~//+~', '~/(\./)+~'], ['', '/', '/'],
                        $path);
}


/* file_pluginfile(): /CONTEXT/component/area/ITEM/.../NAME */

function saved_send(string $user, string $argument): never
{
    $words = explode('/', ltrim($argument, '/'));
    $context = (int) $words[0];
    $name = end($words);

    if (!may_enter($user, $context)) {
        redirect(site() . '/enrol/index.php?id=2');
    }

    $saved = state_read("saved/$context") ?? [];
    $file = $saved[($words[3] ?? '') . "/$name"] ?? $saved[$name] ?? null;

    if ($file === null || count($words) < 5) {
        not_found('Sorry, the requested file could not be found');
    }

    send_stored($file);
}
