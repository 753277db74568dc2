<?php
namespace Cloud;

/* Everything that outlives a request: SQLite, one file per profile. */
class State
{
    public \PDO $db;
    public string $dir;

    private const SCHEMA = '
        CREATE TABLE IF NOT EXISTS setting
            (name TEXT PRIMARY KEY, value TEXT);
        CREATE TABLE IF NOT EXISTS client
            (id TEXT PRIMARY KEY, secret TEXT, name TEXT, redirect TEXT,
             trusted INTEGER DEFAULT 0);
        CREATE TABLE IF NOT EXISTS code
            (code TEXT PRIMARY KEY, client TEXT, user TEXT, redirect TEXT,
             challenge TEXT, method TEXT, expires REAL, used INTEGER DEFAULT 0);
        CREATE TABLE IF NOT EXISTS token
            (id INTEGER PRIMARY KEY AUTOINCREMENT, client TEXT, user TEXT,
             access TEXT UNIQUE, refresh TEXT UNIQUE, created REAL,
             access_until REAL, refresh_dead INTEGER DEFAULT 0, why TEXT);
        CREATE TABLE IF NOT EXISTS session
            (id TEXT PRIMARY KEY, passphrase TEXT, user TEXT, csrf TEXT,
             data TEXT);
        CREATE TABLE IF NOT EXISTS share
            (id INTEGER PRIMARY KEY AUTOINCREMENT, type INTEGER, owner TEXT,
             file_owner TEXT, with_user TEXT, path TEXT, owner_path TEXT,
             node INTEGER, target TEXT,
             permissions INTEGER, token TEXT, password TEXT, expires TEXT,
             label TEXT, stime INTEGER, hidden INTEGER DEFAULT 0,
             settled INTEGER DEFAULT 0);
        CREATE TABLE IF NOT EXISTS etag
            (node INTEGER PRIMARY KEY, etag TEXT);
        CREATE TABLE IF NOT EXISTS changed
            (home TEXT PRIMARY KEY);
        CREATE TABLE IF NOT EXISTS fault
            (id INTEGER PRIMARY KEY AUTOINCREMENT, rule TEXT, skip INTEGER,
             left INTEGER, hits INTEGER DEFAULT 0);
        CREATE TABLE IF NOT EXISTS refresh
            (id INTEGER PRIMARY KEY AUTOINCREMENT, token TEXT, user TEXT,
             status INTEGER);
        CREATE TABLE IF NOT EXISTS failure
            (time REAL, action TEXT);';

    public function __construct(string $dir)
    {
        $this->dir = $dir;
        $this->db = new \PDO("sqlite:$dir/state.sqlite");
        $this->db->setAttribute(\PDO::ATTR_DEFAULT_FETCH_MODE,
                                \PDO::FETCH_ASSOC);
        $this->db->exec('PRAGMA busy_timeout = 10000;'
                        . 'PRAGMA synchronous = OFF');
    }

    public function create(): void
    {
        $this->db->exec('PRAGMA journal_mode = WAL');
        $this->db->exec(self::SCHEMA);
    }

    public function run(string $sql, array $args = []): \PDOStatement
    {
        $statement = $this->db->prepare($sql);
        $statement->execute($args);

        return $statement;
    }

    public function row(string $sql, array $args = []): ?array
    {
        return $this->run($sql, $args)->fetch() ?: null;
    }

    public function rows(string $sql, array $args = []): array
    {
        return $this->run($sql, $args)->fetchAll();
    }

    /* Read and change in one go, alone. */
    public function locked(callable $work): mixed
    {
        $this->db->exec('BEGIN IMMEDIATE');

        try {
            $result = $work();
            $this->db->exec('COMMIT');

            return $result;

        } catch (\Throwable $e) {
            $this->db->exec('ROLLBACK');
            throw $e;
        }
    }

    public function setting(string $name, mixed $default = null): mixed
    {
        $row = $this->row('SELECT value FROM setting WHERE name = ?', [$name]);

        return $row === null ? $default : json_decode($row['value'], true);
    }

    public function set(string $name, mixed $value): void
    {
        $this->run('INSERT OR REPLACE INTO setting VALUES (?, ?)',
                   [$name, json_encode($value)]);
    }

    public static function random(int $length): string
    {
        $letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
                   . '0123456789';
        $text = '';

        foreach (str_split(random_bytes($length)) as $byte) {
            $text .= $letters[ord($byte) % 62];
        }

        return $text;
    }
}
