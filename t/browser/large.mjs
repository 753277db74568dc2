/* Large folders, searches, changes, and a session that goes on. */

import { browser, control, forget } from "./browser.mjs";
import { diag, is, ok, step } from "./tap.mjs";
import { PickerPage } from "./picker.mjs";

const LARGE = "10,000 files";
const FILES = Array.from({ length: 10000 },
    (_, i) => `file ${String(i).padStart(5, "0")}.txt`);
const PERCENT = ["100% sure", "100% sure folder", "100%.txt", "a%2Fb.txt",
    "folder # & + %41 'q' ü", "percent % file.txt", "percent %20 encoded.txt",
    "percent%41.txt"];

await browser(test);


async function test(page, url, complaints) {
    const picker = new PickerPage(page);

    await picker.signInToMoodle(url, "student1", "Moodle-1-student1");
    await picker.show();

    for (const [cloud, name, view] of
         [["OC", "ownCloud (below /oc)", "icons"],
          ["NC", "Nextcloud", "table"]])
    {
        await picker.choose(name);
        await picker.signIn("alice", "alice-password");
        await picker.show(view);

        const root = (await picker.path())[0];

        await step(`${root}: 10,000 files`,
                   () => walk(page, picker, cloud, view));
        await step(`${root}: search`,
                   () => search(page, picker, cloud, root));
        await step(`${root}: changes`, () => changes(picker, cloud, root));
        await step(`${root}: an expired token`,
                   () => expired(picker, cloud, root));
    }

    is(complaints, [], "no console errors, no failed requests");
}


async function walk(page, picker, cloud, view) {
    const asked = [];
    const listen = (request) => {
        if (request.url().includes("action=list")) {
            asked.push(new URLSearchParams(request.postData()).get("page"));
        }
    };

    await forget(cloud, "log");
    page.on("request", listen);

    const time = await picker.timed(LARGE);

    /* The one condition of this test that is about time. */
    ok(time < 2000, "the first page is drawn within two seconds");
    diag(`${Math.round(time)} ms`);

    const first = (await picker.names()).length;

    ok(first > 0 && first < 10000, "it is a page");

    const pages = await picker.scroll();

    page.off("request", listen);

    is(asked, ["", ...Array.from({ length: pages }, (_, i) => String(i + 2))],
       "each page was sent for once, in order");
    is(pages + 1, Math.ceil(10000 / first), "as many as it takes");
    ok(same(await picker.names(), FILES), "every file once, in order");
    is((await control(cloud, "log?match=^PROPFIND")).length, 1,
       "the cloud was asked once");

    if (view === "table") {
        await picker.sort("Name");
        await picker.sort("Name");
        ok(same(await picker.names(), [...FILES].reverse()),
           "the whole can be sorted");
    }

    await picker.breadcrumb((await picker.path())[0]);
}


async function found(picker) {
    return [...new Set(await picker.names())].sort();
}


async function search(page, picker, cloud, root) {
    await picker.find("PRÜFUNG");
    is(await picker.names(), ["Prüfung äöüß.txt"], "umlauts, in capitals");
    await picker.open("Prüfung äöüß.txt");
    is(await picker.dialogueTitle(), "Select Prüfung äöüß.txt",
       "a hit can be chosen");
    await page.keyboard.press("Escape");

    await picker.find("ent%");
    is(await found(picker), ["percent%41.txt"], "a per cent sign is one");

    /* A wildcard at ownCloud, which finds more than can be looked through. */
    if (cloud === "NC") {
        await picker.find("%");
        is(await found(picker), [...PERCENT].sort(), "all of them");
    }

    await picker.find("_");
    is(await picker.names(), [], "an underscore, too");
    ok(await picker.content.getByText("No files available").isVisible(),
       "no hit is said so");
    ok(!await page.locator("dialog.above").isVisible(), "and is no error");

    await picker.find("file 0");
    ok((await picker.names()).length < 1000, "many hits are limited");
    ok((await picker.message()).length > 10,
       `in words: ${await picker.message()}`);

    await picker.find("lecture");
    is(await picker.names(), ["Lecture 1"], "a folder");
    await picker.open("Lecture 1");
    is(await picker.names(), ["deep", "slides one.pdf", "slides.pdf"],
       "can be opened");
    is(await picker.path(), [root, "Documents", "Lecture 1"],
       "where it lies");
    is(await picker.message(), "", "nothing is left of the search");
    await picker.breadcrumb(root);
}


/* What is known of a folder is forgotten when it changed. */

async function changes(picker, cloud, root) {
    for (const folder of ["Empty folder", LARGE]) {
        await picker.open(folder);

        const before = await picker.names();

        await control(cloud, "file", { user: "alice",
                                       path: `/${folder}/a new one.txt` });
        await picker.press("Refresh");
        is((await picker.names()).slice(0, before.length || 1),
           ["a new one.txt", ...before.slice(0, -1)], `${folder}: one more`);

        await control(cloud, "file", { user: "alice", content: "hello\n",
                                       path: `/${folder}/another.txt` });
        await picker.breadcrumb(root);
        await picker.open(folder);
        is((await picker.names()).slice(0, 2),
           ["a new one.txt", "another.txt"], `${folder}: opened again`);
        await picker.breadcrumb(root);
    }
}


async function expired(picker, cloud, root) {
    await forget(cloud, "log");
    await control(cloud, "expire", {});
    await picker.press("Refresh");
    ok((await picker.names()).includes("alice.txt"), "the folder again");
    is(await picker.path(), [root], "where it was");

    await control(cloud, "expire", {});
    await picker.find("leaf");
    is(await picker.names(), ["leaf.txt"], "a search as well");
    await picker.press("Refresh");
    ok((await picker.names()).includes("alice.txt"), "and back");

    is((await control(cloud, "refreshes")).map(({ times, status }) =>
       [times, ...status]), [[1, 200], [1, 200]],
       "two refreshes, each token was sent once");
}


/* Not by is(): ten thousand names say nothing. */

function same(got, expected) {
    const differs = expected.findIndex((name, i) => got[i] !== name);

    if (got.length !== expected.length || differs !== -1) {
        diag(`${got.length} of ${expected.length}, number ${differs} is `
             + got[differs]);
        return false;
    }

    return true;
}
