/* The demo as a user sees it. */

import { browser, control } from "./browser.mjs";
import { is, ok, step } from "./tap.mjs";
import { PickerPage } from "./picker.mjs";
import { SPECIAL } from "./names.mjs";

await browser(test);


async function test(page, url, complaints) {
    const picker = new PickerPage(page);

    await step("Moodle", async () => {
        await picker.signInToMoodle(url, "student1", "Moodle-1-student1");
        await picker.show();
        await picker.choose("ownCloud (below /oc)");
        ok(await picker.loginButton().isVisible(), "the login button");
        ok(!await picker.tool("Log out").isVisible(), "no log out yet");
    });

    await step("sign-in by pop-up", async () => {
        await picker.signIn("alice", "alice-password");
        ok((await picker.names()).includes("Documents"),
           "the pop-up closed itself, the listing appeared");
        ok(await picker.search().isVisible(), "the search form");
        is(await picker.path(), ["ownCloud"], "the path");
        is(await picker.managed(), (href) => href.endsWith("/oc/"),
           "the manage link");
    });

    if (process.env.SCREENSHOT) {
        await page.mouse.move(5, 5);
        await page.screenshot({ path: process.env.SCREENSHOT });
    }

    await step("two folders deep and back", async () => {
        await picker.open("Documents");
        ok((await picker.names()).includes("Ümlaut Ördner"), "umlauts");
        await picker.open("Lecture 1");
        is(await picker.names(), ["deep", "slides one.pdf", "slides.pdf"],
           "folders first, then by name");
        is(await picker.path(), ["ownCloud", "Documents", "Lecture 1"],
           "the path");
        await picker.breadcrumb("Documents");
        ok((await picker.names()).includes("plan.md"), "breadcrumb");
        await picker.breadcrumb("ownCloud");
        ok((await picker.names()).includes("alice.txt"), "the root");
    });

    await step("table", async () => {
        await picker.show("table");
        is(await picker.row("notes.txt"), ["1.5\u00a0KB", "Text file"],
           "size and type");
        await picker.sort("Size");
        await picker.sort("Size");
        is((await picker.names()).slice(-1), ["zero.bin"],
           "largest first, and the folders still before");
    });

    await step("reload", async () => {
        const before = (await picker.names()).sort();

        await picker.press("Refresh");
        is((await picker.names()).sort(), before, "the same folder again");
    });

    await step("special names", async () => {
        await picker.open("special-folders");

        const names = await picker.names();

        for (const name of SPECIAL) {
            ok(names.includes(name), `listed: ${name}`);
        }

        for (const name of names) {
            await picker.open(name);
            is(await picker.names(), ["inside.txt"], `opened: ${name}`);
            await picker.breadcrumb("special-folders");
        }
    });

    await step("details", async () => {
        await picker.breadcrumb("ownCloud");
        await picker.open("report.pdf");
        is(await picker.dialogueTitle(), "Select report.pdf", "the file");
        await page.keyboard.press("Escape");
    });

    await step("a cloud in trouble", async () => {
        if (!process.env.CLOUD_OC_CONTROL) {
            return;
        }

        await control("OC", "faults",
                      { match: "^PROPFIND", action: "status", status: 500 });
        await picker.press("Refresh");
        is(await picker.dialogueTitle(), "Error", "is said so");
        ok((await picker.dialogueText()).length > 20, "in words");
        await page.keyboard.press("Escape");
        await picker.choose("ownCloud (below /oc)");
        ok((await picker.names()).includes("alice.txt"), "and it goes on");
    });

    await step("the other cloud", async () => {
        await picker.choose("Nextcloud");
        ok(await picker.loginButton().isVisible(), "has a session of its own");
        await picker.signIn("bob", "bob-password");
        ok((await picker.names()).includes("bob.txt"), "and another user");
        is(await picker.path(), ["Nextcloud"], "its name");
        await picker.choose("ownCloud (below /oc)");
        ok((await picker.names()).includes("alice.txt"),
           "the first one is still there");
    });

    await step("log out", async () => {
        await picker.press("Log out");
        ok(await picker.loginButton().isVisible(), "the login form again");
        await picker.choose("Nextcloud");
        ok((await picker.names()).includes("bob.txt"),
           "the other cloud is not concerned");
    });

    await step("other repositories", async () => {
        await picker.choose("Upload a file");
        await picker.upload("hello.txt", "hello\n");
        is(await page.locator("#draft a").allTextContents(), ["hello.txt"],
           "uploaded by Moodle itself");
        await picker.show();
        await picker.choose("Recent files");
        is(await picker.names(), ["hello.txt"], "listed by Moodle itself");
    });

    is(complaints, [], "no console errors, no failed requests");
}
