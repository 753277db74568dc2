<?php
declare(strict_types=1);

/*
 * /theme/image.php/boost/core/REVISION/f/NAME: file icons, drawn here.  One
 * drawing serves every size.  Each glyph lies in x 7..17, y 9..20 of a page.
 */

require __DIR__ . '/../inc/start.php';

const LINES = '<path d="M8 11.5h8M8 14.5h8M8 17.5h5"/>';
const PLAY = '<path d="M10 11.2v6.6l5.4-3.3z" fill="currentColor"/>';
const LABEL = '<rect x="3" y="11" width="18" height="8" rx="1.6"'
    . ' fill="currentColor" stroke="none"/><text x="12" y="17.2" fill="#fff"'
    . ' stroke="none" font-family="Arial,Helvetica,sans-serif"'
    . ' font-size="6.2" font-weight="700" text-anchor="middle">%s</text>';

const GLYPHS = [
    'unknown' => ['#6b7280', '<path d="M10 12.2a2 2 0 1 1 2.9 1.8c-.6.3-.9.8'
        . '-.9 1.5"/><circle cx="12" cy="18" r=".5" fill="currentColor"/>'],
    'text' => ['#52606d', LINES],
    'document' => ['#2563a8', LINES . '<path d="M8 8.5h3"/>'],
    'writer' => ['#2563a8', LINES . '<path d="M8 8.5h3"/>'],
    'pdf' => ['#c0362c', 'PDF'],
    'epub' => ['#4d7c0f', 'EPUB'],
    'h5p' => ['#1d6fa5', 'H5P'],
    'image' => ['#2f855a', '<rect x="7.5" y="10.5" width="9" height="8" rx="1"/>'
        . '<circle cx="10.2" cy="13" r=".9"/>'
        . '<path d="M7.5 17.2l3-2.4 2 1.6 2.2-2.4 1.8 2"/>'],
    'audio' => ['#8b3fa8', '<circle cx="9.6" cy="17.4" r="1.5"/>'
        . '<circle cx="14.4" cy="16.4" r="1.5"/>'
        . '<path d="M11.1 17.4v-5.6l4.8-1v5.6"/>'],
    'video' => ['#8b3fa8', PLAY],
    'flash' => ['#a83f3f', PLAY],
    'archive' => ['#8a6d3b', '<path d="M12 9.5v1M12 11.5v1M12 13.5v1"/>'
        . '<rect x="10.5" y="15.5" width="3" height="3.2" rx=".6"/>'],
    'spreadsheet' => ['#217346', '<path d="M7.5 10.5h9v8h-9zM7.5 13.2h9M7.5'
        . ' 15.9h9M10.5 10.5v8"/>'],
    'powerpoint' => ['#c2571a', '<rect x="7.5" y="10.5" width="9" height="6"'
        . ' rx=".6"/><path d="M12 16.5v2.6M9.8 19.1h4.4"/>'],
    'markup' => ['#0f766e', '<path d="M10 11.8l-2.4 2.7L10 17.2M14 11.8l2.4'
        . ' 2.7-2.4 2.7M12.8 11l-1.6 7"/>'],
    'json' => ['#0f766e', '<path d="M10.4 11c-1.6 0-.6 3-2.2 3.5 1.6.5.6 3.5'
        . ' 2.2 3.5M13.6 11c1.6 0 .6 3 2.2 3.5-1.6.5-.6 3.5-2.2 3.5"/>'],
    'database' => ['#475569', '<ellipse cx="12" cy="11.6" rx="4" ry="1.5"/>'
        . '<path d="M8 11.6v5.8c0 .8 1.8 1.5 4 1.5s4-.7 4-1.5v-5.8M8 14.5c0 .8'
        . ' 1.8 1.5 4 1.5s4-.7 4-1.5"/>'],
    'draw' => ['#b7791f', '<path d="M8 18.5l1-3 5.2-5.2 2 2L11 17.5z"/>'],
    'math' => ['#475569', '<path d="M8 14.6h1.6l1.4 3.4 1.8-6.6H16"/>'],
    'chart' => ['#217346', '<path d="M8 18.5v-4M12 18.5v-7.5M16 18.5v-5.5"/>'],
    'moodle' => ['#c2571a', '<path d="M8 18v-3.5a2 2 0 0 1 4 0V18m0-3.5a2 2 0 0'
        . ' 1 4 0V18"/>'],
];

const SAME = [
    'gif' => 'image', 'psd' => 'image', 'eps' => 'draw', 'calc' => 'spreadsheet',
    'impress' => 'powerpoint', 'publisher' => 'document', 'oth' => 'document',
    'sourcecode' => 'markup', 'isf' => 'powerpoint',
];

const FOLDER = '<path d="M2.5 6.2c0-.9.7-1.7 1.7-1.7h4.6c.5 0 1 .2 1.3.6l1.4'
    . ' 1.7h8.3c.9 0 1.7.7 1.7 1.7v9.3c0 .9-.7 1.7-1.7 1.7H4.2c-.9 0-1.7-.7'
    . '-1.7-1.7z" fill="#e0a526" stroke="#b07d12"/><path d="M2.9 9.6h18.2"'
    . ' stroke="#f7dc93" stroke-width="1.1"/>';

const PAGE = '<path d="M5.5 3.5c0-.6.4-1 1-1h7.6l4.9 4.9v13.1c0 .6-.4 1-1 1H6.5'
    . 'c-.6 0-1-.4-1-1z" fill="#fff" stroke="#8a94a0"/><path d="M14.1 2.5v3.9'
    . 'c0 .6.4 1 1 1H19" fill="#eef1f4" stroke="#8a94a0"/>';


function icon(string $name): string
{
    if ($name === 'folder') {
        return FOLDER;
    }

    [$colour, $glyph] = GLYPHS[SAME[$name] ?? $name] ?? GLYPHS['unknown'];

    if ($glyph[0] !== '<') {
        $glyph = sprintf(LABEL, $glyph);
    }

    return PAGE . "<g color=\"$colour\" stroke=\"$colour\">$glyph</g>";
}


$words = explode('/', path_info());
$name = preg_replace('/-\d+$/', '', end($words));

header('Content-Type: image/svg+xml');
header('Cache-Control: public, max-age=7776000, immutable');

send('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24"'
     . ' height="24" fill="none" stroke-width="1.1" stroke-linecap="round"'
     . ' stroke-linejoin="round">' . icon($name) . "</svg>\n");
