/* Access controlled links: a student hands in, others open, each at home. */

import { readFile } from "node:fs/promises";

import { browser, control } from "./browser.mjs";
import { is, ok, step } from "./tap.mjs";
import { PickerPage, signInAtCloud } from "./picker.mjs";

const CONTROLLED = "Create an access controlled link to the file";

const NAMES = { OC: "ownCloud (below /oc)", NC: "Nextcloud" };

const HTML = `<!DOCTYPE html><title>run</title><body>Essay
    <script>document.title = "it ran"; fetch("/it-ran")</script>`;

const LINK = /\/repository\/owncloud\/link\//;

await browser(test);


async function test(page, url, complaints, another) {
    const student = new PickerPage(page);
    const [desk, notices] = await another();
    const teacher = new PickerPage(desk);

    await student.signInToMoodle(url, "student1", "Moodle-1-student1");

    /* All of it in one cloud, what differs in the other. */

    await step("handing in", () => handIn(student, "OC",
        { "essay.txt": "My essay.\n", "essay.html": HTML, "report.pdf": null,
          "sheet.pdf": pdf(), "picture.png": null, "speech.wav": wav(60) }));
    await step("the student", () => reading(page));
    await step("what browsers show", () => shown(page));
    await step("a page", () => markup(page));
    await step("the teacher", () => marking(teacher, url, "OC"));
    await step("somebody else", () => stranger(page, url, another));

    await step("the other cloud", async () => {
        await page.goto(`${url}mod/assign/view.php?id=2`);
        await page.getByRole("link", { name: "Edit submission" }).click();
        await handIn(student, "NC", { "second.txt": "The second part.\n" });
        await submissions(desk, url);
        await opened(teacher, url, "NC", "second.txt", "The second part.\n");
    });

    is(complaints, [], "the student: no errors");
    is(notices, [], "the teacher: no errors");
}


/* Files of alice, null: one that is there, as links; then the form is sent. */

async function handIn(student, cloud, files) {
    const { page } = student;

    for (const [path, content] of Object.entries(files)) {
        if (content !== null) {
            await control(cloud, "file", { user: "alice", path,
                content64: Buffer.from(content).toString("base64") });
        }
    }

    await student.show();
    await student.choose(NAMES[cloud]);
    await student.signIn("alice", "alice-password");

    for (const [at, name] of Object.keys(files).entries()) {
        if (at > 0) {
            await student.show();
            await student.choose(NAMES[cloud]);
        }

        await student.open(name);
        await student.select(CONTROLLED);
        is(await student.failed(), [], `${name}: no error`);
        is(await page.locator("dialog.above .result a").textContent(), name,
           `${name}: in the draft area`);
        await student.closeSelect();
    }

    is((await control(cloud, "holdings?user=alice")).shares, [],
       "nothing of it stays shared");

    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByRole("heading", { name: "Submission status" }).waitFor();
    ok(await page.getByText("Submitted for grading").isVisible(), "saved");

    for (const name of Object.keys(files)) {
        ok(await file(page, name).isVisible(), `${name}: handed in`);
    }
}


async function reading(page) {
    const { origin } = new URL(page.url());

    await file(page, "essay.txt").click();
    await page.waitForURL(LINK);
    is(await page.locator("body").textContent(), "My essay.\n",
       "the text is shown");
    is(new URL(page.url()).origin, origin, "at Moodle");
    await page.goBack();

    await control("OC", "file", { user: "alice", path: "essay.txt",
                                  content: "Changed afterwards." });
    await file(page, "essay.txt").click();
    await page.waitForURL(LINK);
    is(await page.locator("body").textContent(), "My essay.\n",
       "as it was handed in");
    await page.goBack();

    const saved = await save(page, page.getByRole("link",
        { name: "Download report.pdf" }));

    is(saved, ["report.pdf", "%PDF-1.4\n% report of alice\n%%EOF\n"],
       "the PDF is saved");
}


async function shown(page) {
    await file(page, "picture.png").click();
    await page.waitForURL(LINK);
    ok(await page.locator("img").evaluate((img) => img.complete
                                                   && img.naturalWidth > 0),
       "a picture");
    await page.goBack();

    /* Chromium has a viewer of its own, which takes the place of the page. */

    await file(page, "sheet.pdf").click();
    await page.waitForURL(LINK);

    for (let tries = 0; tries < 50 && page.frames().length < 2; tries++) {
        await page.waitForTimeout(200);
    }

    is(await page.evaluate(() => document.contentType), "application/pdf",
       "a PDF");
    is(page.frames().length, 2, "in the viewer");
    await page.goBack();

    /* What is asked for again in parts, and wound. */

    await file(page, "speech.wav").click();
    await page.waitForURL(LINK);

    /* Nothing runs there, timers neither: it is looked at from here. */

    const video = page.locator("video");
    const state = () => video.evaluate((node) =>
        [node.readyState, node.duration, node.currentTime]);

    for (const start of [0, 50]) {
        await video.evaluate((node, time) => { node.currentTime = time; },
                             start);
        await page.waitForTimeout(200);

        for (let tries = 0; tries < 50 && (await state())[0] < 3; tries++) {
            await page.waitForTimeout(200);
        }

        is(await state(), ([ready, length, at]) => ready >= 3 && length === 60
                                                   && at >= start,
           `a sound, from second ${start}`);
    }

    await page.goBack();
}


/* What could run something is saved, whatever link was clicked. */

async function markup(page) {
    const title = await page.title();
    const asked = [];

    page.on("request", (request) => asked.push(request.url()));

    is(await save(page, file(page, "essay.html")), ["essay.html", HTML],
       "is saved");
    is(await save(page, page.getByRole("link",
                                       { name: "Download essay.html" })),
       ["essay.html", HTML], "by the other link, too");
    is(await page.title(), title, "the browser stays where it was");
    ok(!asked.some((uri) => uri.includes("it-ran")), "nothing of it ran");
}


async function marking(teacher, url, cloud) {
    const { page } = teacher;

    await page.goto(`${url}mod/assign/view.php?id=2`);
    await page.getByLabel("Username").fill("teacher1");
    await page.getByLabel("Password").fill("Moodle-1-teacher1");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("heading", { name: "Submissions", exact: true })
        .waitFor();

    await opened(teacher, url, cloud, "essay.txt", "My essay.\n");
    await page.goBack();
    await submissions(page, url);

    await file(page, "essay.txt").click();
    await page.waitForURL(LINK);
    is(await page.locator("body").textContent(), "My essay.\n",
       "another time, at once");

    is((await control(cloud, "holdings?user=teacher1")).shares
           .filter((share) => share.with_user === "teacher1")
           .map(({ target, permissions }) => [target, permissions]),
       [["/Moodlefiles/essay.txt", 3]], "the teacher may change it");
    is((await control(cloud, "holdings?user=alice")).shares
           .filter((share) => share.with_user === "alice")
           .map(({ permissions }) => permissions),
       (all) => all.length === 6 && all.every((one) => one === 1),
       "the student may not");
}


/* Whoever is not signed in at the cloud is sent there, and comes back. */

async function opened({ page }, url, cloud, name, text) {
    await file(page, name).click();
    await page.locator("button[type=submit]").waitFor();
    is(new URL(page.url()).origin,
       new URL(process.env[`CLOUD_${cloud}_CONTROL`]).origin,
       `${name}: sent to the cloud`);

    is(await signInAtCloud(page, url, "teacher1", "teacher1-password"),
       (titles) => titles.includes("Log in"), `${name}: to sign in there`);

    await page.waitForURL(LINK);
    is(new URL(page.url()).origin, new URL(url).origin, `${name}: and back`);
    is(await page.locator("body").textContent(), text, `${name}: is shown`);
}


/* An address that was copied, with its ticket or without. */

async function stranger(page, url, another) {
    await page.goto(`${url}mod/assign/view.php?id=2`);
    await file(page, "essay.txt").click();
    await page.waitForURL(LINK);

    const link = page.url();
    const [theirs, complaints] = await another();

    for (const user of [null, "outsider"]) {
        if (user) {
            await theirs.goto(`${url}login/index.php?wantsurl=/filter/`);
            await theirs.getByLabel("Username").fill(user);
            await theirs.getByLabel("Password").fill(`Moodle-1-${user}`);
            await theirs.getByRole("button", { name: "Log in" }).click();
            await theirs.waitForURL((at) => at.pathname !== "/login/index.php");
        }

        const who = user ?? "nobody";

        for (const [address, why] of
             [[link, "or by somebody else"],
              [link.replace(/\?.*/, ""), "opens only from Moodle"]])
        {
            await theirs.goto(address);
            is(await theirs.locator("h1").textContent(),
               "This file cannot be opened", `${who}: no file`);
            ok(await theirs.getByText(why).isVisible(),
               `${who}: is told why`);
            ok(!(await theirs.content()).includes("My essay"),
               `${who}: nothing of it`);
        }
    }

    is(complaints.filter((line) => /Content.Security|Uncaught/.test(line)), [],
       "a page without errors");

    await page.goBack();
}


async function submissions(page, url) {
    await page.goto(`${url}mod/assign/view.php?id=2`);
    await page.getByRole("heading", { name: "Submissions", exact: true })
        .waitFor();
}


function file(page, name) {
    return page.locator("table.submissions")
        .getByRole("link", { name, exact: true });
}


/* What is saved by a click: [name, content]. */

async function save(page, link) {
    const [download] = await Promise.all([page.waitForEvent("download"),
                                          link.click()]);

    return [download.suggestedFilename(),
            await readFile(await download.path(), "utf8")];
}


/* A sheet of paper. */

function pdf() {
    const objects = ["<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>"];
    const starts = [];
    let text = "%PDF-1.4\n";

    for (const [at, object] of objects.entries()) {
        starts.push(String(text.length).padStart(10, "0"));
        text += `${at + 1} 0 obj\n${object}\nendobj\n`;
    }

    return `${text}xref\n0 4\n0000000000 65535 f \n`
           + starts.map((start) => `${start} 00000 n \n`).join("")
           + "trailer<</Size 4/Root 1 0 R>>\n"
           + `startxref\n${text.length}\n%%EOF\n`;
}


/* Seconds of silence. */

function wav(seconds) {
    const rate = 8000;
    const size = rate * seconds;
    const head = Buffer.alloc(44);

    head.write("RIFF", 0);
    head.writeUInt32LE(36 + size, 4);
    head.write("WAVEfmt ", 8);
    head.writeUInt32LE(16, 16);
    head.writeUInt16LE(1, 20);          /* PCM */
    head.writeUInt16LE(1, 22);          /* mono */
    head.writeUInt32LE(rate, 24);
    head.writeUInt32LE(rate, 28);
    head.writeUInt16LE(1, 32);
    head.writeUInt16LE(8, 34);          /* bits */
    head.write("data", 36);
    head.writeUInt32LE(size, 40);

    return Buffer.concat([head, Buffer.alloc(size, 128)]);
}
