/* Pictures of files, and the ways in which a file can be chosen. */

import { browser, control, forget } from "./browser.mjs";
import { is, ok, step } from "./tap.mjs";
import { PickerPage } from "./picker.mjs";

await browser(test);


async function test(page, url, complaints) {
    const picker = new PickerPage(page);

    await picker.signInToMoodle(url, "student1", "Moodle-1-student1");
    await picker.show();

    for (const [cloud, name] of [["OC", "ownCloud (below /oc)"],
                                 ["NC", "Nextcloud"]])
    {
        await picker.choose(name);
        await picker.signIn("alice", "alice-password");

        await step(`${name}: pictures`, () => pictures(page, picker, cloud));
        await step(`${name}: a copy`, () => copy(page, picker, cloud, name));
        await step(`${name}: a copy that fails`,
                   () => failure(page, picker, cloud));
        await step(`${name}: a public link`,
                   () => link(page, picker, cloud));
        await step(`${name}: an alias`,
                   () => alias(page, picker, cloud, name));
        await step(`${name}: the fourth way`, () => controlled(page, picker));
    }

    is(complaints, [], "no console errors, no failed requests");
}


async function pictures(page, picker, cloud) {
    const image = picker.item("picture.png").locator("img");

    await image.scrollIntoViewIfNeeded();
    await page.waitForFunction((node) => node.complete && node.naturalWidth,
                               await image.elementHandle());
    is(await image.evaluate((node) => [node.naturalWidth,
                                       new URL(node.src).pathname]),
       [128, `/repository/owncloud/preview/${cloud === "OC" ? 7 : 8}`],
       "a picture in place of the icon");
    ok(!(await picker.item("report.pdf").locator("img").getAttribute("src"))
        .includes("preview"), "an icon where there is none");

    await forget(cloud, "log");
    await picker.press("Refresh");
    await page.waitForFunction((node) => node.complete && node.naturalWidth,
        await picker.item("picture.png").locator("img").elementHandle());
    is((await control(cloud, "log")).filter(
           ({ method, uri }) => method === "GET" && uri.includes("preview")),
       [], "the browser keeps them");
}


async function copy(page, picker, cloud, name) {
    const title = `copy of ${cloud} + ü.txt`;

    await picker.open("notes.txt");
    is(await picker.ways(), [true, true, true, true], "the four ways");

    /* Slow enough for the bar to be seen. */
    await control(cloud, "faults", { match: "^GET .*notes\\.txt", delay: 1.5 });
    await picker.select("Make a copy of the file", { title, wait: false });
    ok(await page.locator("dialog.above progress").isVisible(),
       "a bar while it runs");
    await picker.selected();
    is(await picker.failed(), [], "no error");

    const result = page.locator("dialog.above .result a");

    is(await result.textContent(), title, "it is told");
    is(await text(page, await result.getAttribute("href")),
       "hello stand-in\n".repeat(100), "every byte of it is in Moodle");
    await picker.closeSelect();
    ok((await page.locator("#draft a").allTextContents()).includes(title),
       "it is in the draft area");

    await picker.show();
    await picker.choose(name);
}


async function failure(page, picker, cloud) {
    await picker.open("report.pdf");
    await control(cloud, "faults", { match: "^GET .*report\\.pdf", times: -1,
                                     action: "status", status: 500 });
    await picker.select("Make a copy of the file");
    ok((await page.locator("dialog.above .failed").textContent()).length > 20,
       "is said so in words");
    await forget(cloud, "faults");
    await page.keyboard.press("Escape");
    ok(!(await page.locator("#draft a").allTextContents())
        .includes("report.pdf"), "nothing is stored");
}


async function link(page, picker, cloud) {
    await picker.open("report.pdf");
    await picker.select("Link to the file (public link)");

    const url = await page.locator("dialog.above .result a")
        .getAttribute("href");

    ok(/\/s\/\w+\/download$/.test(url), "a URL that downloads");
    is(await plain(url), "%PDF-1.4\n% report of alice\n%%EOF\n",
       "it leads to the file, for everybody");
    await picker.closeSelect();
    await picker.show();
    await picker.choose(cloud === "OC" ? "ownCloud (below /oc)" : "Nextcloud");
}


async function alias(page, picker, cloud, name) {
    const title = `alias of ${cloud}.pdf`;

    await picker.open("report.pdf");
    await picker.select("Create an alias/shortcut to the file", { title });
    is(await page.locator("dialog.above .result a").textContent(), title,
       "it is told");
    await picker.closeSelect();
    ok((await page.locator("#draft a").allTextContents()).includes(title),
       "it is in the draft area");
    await picker.show();
    await picker.choose(name);
}


async function controlled(page, picker) {
    await picker.open("report.pdf");
    ok(await page.getByLabel("Create an access controlled link", {
        exact: false }).isEnabled(), "can be chosen");
    await page.keyboard.press("Escape");
}


/* What the signed-in user of Moodle gets. */

function text(page, href) {
    return page.evaluate(async (url) => (await fetch(url)).text(), href);
}


/* What anybody gets. */

async function plain(url) {
    return (await fetch(url)).text();
}
