/* Names that clients of clouds got wrong; each is a file and a folder. */

export const SPECIAL = [
    " leading space.txt", "100% sure", "a%2Fb.txt", "a+b c.txt",
    "amp & file.txt", "apos ' file.txt", "CASE.txt", "case.txt", "Case.TXT",
    "colon:pipe|star*.txt", "dot.", "emoji 😀 file.txt", "equals=a?b.txt",
    "hash # file.txt", "lt < gt > file.txt", "percent % file.txt",
    "percent %20 encoded.txt", "percent%41.txt", "plus + file.txt",
    "quote \" file.txt", "semi;colon.txt", "tilde ~ caret ^ backtick `.txt",
    "two  spaces.txt", "{curly}.txt", "日本語.txt",
    `${"L".repeat(245)}.txt`, `${"ü".repeat(123)}.txt`,
];
