<?php
namespace Cloud;

/* OCS answers in JSON and XML. */
class OcsFormat
{
    public static function json(array $meta, array $data): string
    {
        return json_encode(['ocs' => ['meta' => $meta, 'data' => $data]]);
    }

    public static function xml(array $meta, array $data): string
    {
        return "<?xml version=\"1.0\"?>\n<ocs>\n"
               . self::element('meta', $meta, 1)
               . self::element('data', $data, 1) . "</ocs>\n";
    }

    private static function element(string $name, mixed $value,
                                    int $depth): string
    {
        $pad = str_repeat(' ', $depth);
        $name = is_numeric($name) ? 'element' : $name;

        if (is_array($value)) {
            if ($value === []) {
                return "$pad<$name/>\n";
            }

            $inner = '';

            foreach ($value as $key => $item) {
                $inner .= self::element((string) $key, $item, $depth + 1);
            }

            return "$pad<$name>\n$inner$pad</$name>\n";
        }

        if ($value === null) {
            return "$pad<$name/>\n";
        }

        $text = $value === true ? '1' : htmlspecialchars((string) $value,
                                                         ENT_NOQUOTES);

        return "$pad<$name>$text</$name>\n";
    }
}
