<?php
namespace Cloud;

/* The files every user starts with. */
class Seed
{
    /* 2026-01-02 03:04:05 UTC: what is not touched keeps this date. */
    public const TIME = 1767323045;

    /* Names of files that clients got wrong, or may. */
    private const SPECIAL = [
        ' leading space.txt', ' leading.txt', '..dots', '.hidden',
        '100% sure', '100%.txt', 'a%2Fb.txt', 'a+b c.txt', 'amp & file.txt',
        'amp&ersand.txt', "apos ' file.txt", 'at@.txt', 'at@sign!$.txt',
        'back`tick.txt', 'bra[ck]et.txt', 'caret^.txt', 'case.txt', 'CASE.txt',
        'Case.TXT', 'colon:.txt', 'colon:pipe|star*.txt', 'comma,.txt',
        'comma, and (parens) [brackets] {braces}.txt', 'dollar$.txt', 'dot.',
        'emoji 😀 file.txt', 'emoji😀.txt', 'eq=ual.txt', 'equals=a?b.txt',
        'hash # file.txt', 'hash#tag.txt', 'lt < gt > file.txt', 'lt<gt>.txt',
        'noextension', 'paren(s).txt', 'percent % file.txt',
        'percent %20 encoded.txt', 'percent%41.txt', 'pipe|.txt', 'plain.txt',
        'plus + file.txt', 'plus+plus.txt', 'quest?ion.txt',
        'quote " file.txt', 'quote"double.txt', "quote'single.txt",
        'semi;colon.txt', 'star*.txt', 'tilde ~ caret ^ backtick `.txt',
        'tilde~.txt', 'trailing dot.', 'trailing.txt ', 'two  spaces.txt',
        'with space.txt', '{curly}.txt', 'üml-nfd.txt', 'ümläut-nfc.txt',
        '日本語.txt',
    ];

    private const SPECIAL_FOLDERS = [
        '100% sure folder', 'Folder & Co', '[brackets]', 'a+b c', 'deep',
        "folder # & + %41 'q' ü", 'ünï', '日本語',
    ];

    private const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR'
        . '42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

    public function __construct(private State $state)
    {
    }

    public static function specialNames(): array
    {
        return [...self::SPECIAL, str_repeat('L', 245) . '.txt',
                str_repeat('ü', 123) . '.txt'];
    }

    public function client(string $redirect): void
    {
        $clients = new Clients($this->state);
        $clients->add('StandInMoodleClientId000000000000000000000000000000000001',
                      'StandInMoodleSecret0000000000000000000000000000000000001',
                      'Moodle', $redirect);
        $clients->add('StandInOtherClientId0000000000000000000000000000000000002',
                      'StandInOtherSecret00000000000000000000000000000000000002',
                      'Other', $redirect);
    }

    /* All of them, or again those of users for whom something has changed. */
    public function files(): void
    {
        $data = $this->state->dir . '/data';
        $changed = array_column($this->state->rows('SELECT home FROM changed'),
                                'home');
        $this->state->run('DELETE FROM changed');
        $this->state->run('DELETE FROM etag');
        $this->state->run('INSERT INTO etag VALUES (0, ?)', [uniqid()]);
        Disk::remove($this->state->dir . '/trash');

        foreach (array_keys(Users::all()) as $user) {
            $home = "$data/$user";

            if (in_array($user, $changed, true)
                || @filemtime($home) !== self::TIME)
            {
                Disk::remove($home);
                $this->home($home, $user);
            }
        }
    }

    private function home(string $home, string $user): void
    {
        if (preg_match('/^u\d\d$/', $user)) {
            $this->file("$home/$user.txt", "this is the cloud of $user\n");
            $this->date($home);

            return;
        }

        $notes = str_repeat("hello stand-in\n", 100);

        $this->file("$home/notes.txt", $notes);
        $this->file("$home/report.pdf", "%PDF-1.4\n% report of $user\n%%EOF\n");
        $this->file("$home/picture.png", base64_decode(self::PNG));
        $this->file("$home/zero.bin", '');
        $this->file("$home/$user.txt", "this is the cloud of $user\n");

        $lecture = "$home/Documents/Lecture 1";
        $this->file("$lecture/slides.pdf", "%PDF-1.4\n% slides\n%%EOF\n");
        $this->file("$lecture/slides one.pdf", "%PDF-1.4\n% one\n%%EOF\n");
        $this->file("$lecture/deep/deeper/deepest/leaf.txt", "leaf\n");
        $this->file("$home/Documents/Ümlaut Ördner/Prüfung äöüß.txt", "exam\n");
        $this->file("$home/Documents/plan.md", "# Plan\n");
        $this->folder("$home/Empty folder");

        foreach (self::specialNames() as $name) {
            $this->file("$home/special/$name", "$name\n");
            $this->file("$home/special-folders/$name/inside.txt", "$name\n");
        }

        foreach (self::SPECIAL_FOLDERS as $name) {
            $this->file("$home/special/$name/inside.txt", "$name\n");
        }

        for ($i = 0; $i < 10; $i++) {
            $this->file(sprintf("$home/ten/file %02d.txt", $i), "file\n");
        }

        $this->date($home);
    }

    private function file(string $path, string $content): void
    {
        $this->folder(dirname($path));
        file_put_contents($path, $content);
        touch($path, self::TIME);
    }

    private function folder(string $path): void
    {
        if (!is_dir($path)) {
            mkdir($path, 0777, true);
        }
    }

    private function date(string $folder): void
    {
        foreach (scandir($folder) as $name) {
            if ($name !== '.' && $name !== '..' && is_dir("$folder/$name")) {
                $this->date("$folder/$name");
            }
        }

        touch($folder, self::TIME);
    }

    /* A folder with many files. */
    public function many(string $user, string $name, int $count): void
    {
        $folder = $this->state->dir . "/data/$user/$name";
        $this->folder($folder);

        for ($i = 0; $i < $count; $i++) {
            $file = sprintf('%s/file %05d.txt', $folder, $i);
            file_put_contents($file, "$i\n");
            touch($file, self::TIME + $i);
        }

        touch($folder, self::TIME);
    }
}
