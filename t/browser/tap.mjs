/* Test Anything Protocol, as little as is needed. */

import { isDeepStrictEqual } from "node:util";

let count = 0;
let failed = 0;


export function ok(good, name) {
    count++;
    failed += good ? 0 : 1;
    console.log(`${good ? "ok" : "not ok"} ${count} - `
                + name.replaceAll("#", "\\#"));

    return good;
}


/* "expected" may be a function that judges. */

export function is(got, expected, name) {
    const good = typeof expected === "function"
        ? expected(got) : isDeepStrictEqual(got, expected);

    if (!ok(good, name)) {
        console.error(`#      got: ${JSON.stringify(got)}\n`
                      + `# expected: ${JSON.stringify(expected)
                                      ?? String(expected)}`);
    }
}


export function diag(text) {
    console.log(`# ${text}`);
}


export async function step(name, body) {
    console.log(`# ${name}`);
    await body();
}


export function done() {
    console.log(`1..${count}`);
    process.exitCode = failed ? 1 : 0;
}
