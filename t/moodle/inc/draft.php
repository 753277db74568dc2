<?php
declare(strict_types=1);

/*
 * Draft areas, and what was saved from them.  The bytes of a file are stored
 * once, under their SHA-1.
 */

function draft_name(string $user, string $item): string
{
    return "drafts/$user/" . (int) $item;
}


function draft_files(string $user, string $item): array
{
    return state_read(draft_name($user, $item)) ?? [];
}


function draft_url(string $user, string $item, array $file): string
{
    $path = implode('/', array_map('rawurlencode',
                                   explode('/', $file['filepath'])));

    return site() . '/draftfile.php/' . USERS[$user]['context']
           . "/user/draft/$item$path" . rawurlencode($file['filename']);
}


function draft_store_bytes(string $path): string
{
    $sha1 = sha1_file($path);
    $store = state_path("files/$sha1");

    if (!is_file($store)) {
        copy($path, "$store." . getmypid());
        rename("$store." . getmypid(), $store);
    }

    return $sha1;
}


/*
 * Adds the file; when there is one of that name, the new one gets a free
 * name and the existing one is returned.
 */

function draft_add(string $user, string $item, array &$file,
    bool $overwrite): ?array
{
    $existing = null;

    state_update(draft_name($user, $item),
        function ($files) use (&$file, &$existing, $overwrite) {
            $files ??= [];
            $at = draft_find($files, $file['filepath'], $file['filename']);

            if ($at !== null) {
                if ($overwrite) {
                    $files[$at] = $file;
                    return $files;
                }

                $existing = $files[$at];
                $file['filename'] = draft_free_name($files, $file);
            }

            $files[] = $file;

            return $files;
        });

    return $existing;
}


function draft_find(array $files, string $path, string $name): ?int
{
    foreach ($files as $i => $file) {
        if ($file['filepath'] === $path && $file['filename'] === $name) {
            return $i;
        }
    }

    return null;
}


function draft_free_name(array $files, array $file): string
{
    $extension = pathinfo($file['filename'], PATHINFO_EXTENSION);
    $extension = $extension === '' ? '' : ".$extension";
    $base = substr($file['filename'], 0,
                   strlen($file['filename']) - strlen($extension));

    for ($n = 1; ; $n++) {
        $name = "$base ($n)$extension";

        if (draft_find($files, $file['filepath'], $name) === null) {
            return $name;
        }
    }
}


function draft_answer(string $user, string $item, array $file, ?array $existing,
    array $result): string
{
    if ($existing === null) {
        return json($result);
    }

    $names = fn($file) => ['filepath' => $file['filepath'],
                           'filename' => $file['filename'],
                           'url' => draft_url($user, $item, $file)];

    return json(['event' => 'fileexists', 'newfile' => $names($file),
                 'existingfile' => $names($existing)]);
}


function draft_remove(string $user, string $item, string $path,
    string $name): void
{
    state_update(draft_name($user, $item),
        fn($files) => array_values(array_filter($files ?? [],
            fn($file) => $file['filepath'] !== $path
                         || $file['filename'] !== $name)));
}


/* The new file takes the name of the existing one. */

function draft_overwrite(string $user, string $item, array $existing,
    array $new): bool
{
    $done = false;

    state_update(draft_name($user, $item),
        function ($files) use ($existing, $new, &$done) {
            $files ??= [];
            $old = draft_find($files, ...$existing);
            $at = draft_find($files, ...$new);

            if ($old === null || $at === null) {
                return $files;
            }

            $files[$at] = ['filename' => $files[$old]['filename'],
                           'filepath' => $files[$old]['filepath']]
                          + $files[$at];
            unset($files[$old]);
            $done = true;

            return array_values($files);
        });

    return $done;
}
