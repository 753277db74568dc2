/* The page of the system account: connected, replaced and disconnected. */

import { browser } from "./browser.mjs";
import { is, ok, step } from "./tap.mjs";
import { signInAtCloud } from "./picker.mjs";

await browser(test);


async function test(page, url, complaints, another) {
    for (const [cloud, name] of [["OC", "ownCloud <&>"], ["NC", "Nextcloud"]]) {
        const at = `${url}repository/owncloud/connect-${cloud.toLowerCase()}`;

        await step(`${name}: connecting`,
                   () => connecting(page, at, cloud, name));
        await step(`${name}: another account`,
                   () => replacing(another, at, cloud));
        await step(`${name}: disconnecting`, () => disconnecting(page, at));
    }

    is(complaints, [], "no console errors, no failed requests");
}


async function connecting(page, at, cloud, name) {
    await page.goto(at);
    is(await page.locator("h1").textContent(), `System account of ${name}`,
       "the page");
    is(await buttons(page), ["Connect an account"], "one button");
    await connect(page, at, cloud, "Connect an account", "moodle-system");

    is(page.url(), at, "back at the page");
    is(await told(page, "Account"), "moodle-system", "who is connected");
    ok(/^20\d\d-\d\d-\d\d \d\d:\d\d UTC$/.test(
           await told(page, "Connected since")), "since when");
    is(await told(page, "Links"), "0", "no links yet");
    is(await buttons(page), ["Connect again", "Disconnect"], "two buttons");

    await page.reload();
    is(await told(page, "Account"), "moodle-system", "it stays so");

    /* Nextcloud knows this browser by now; ownCloud's cookies are strict. */

    await connect(page, at, cloud, "Connect again", "moodle-system");
    is(page.url(), at, "once more");
    is(await told(page, "Account"), "moodle-system", "the same account");
}


/* By an administrator who signs in as somebody else by mistake. */

async function replacing(another, at, cloud) {
    const [page, complaints] = await another();

    await page.goto(at);
    is(await told(page, "Account"), "moodle-system", "another browser sees it");

    for (const [button, account] of [["Keep it", "moodle-system"],
                                     ["Replace it", "bob"]])
    {
        await connect(page, at, cloud, "Connect again", "bob");
        ok(await page.getByText("signed in as bob, which is a different account")
            .isVisible(), `${button}: is asked`);
        is(await buttons(page), ["Replace it", "Keep it"],
           `${button}: two buttons`);
        await press(page, button);
        is(page.url(), at, `${button}: back at the page`);
        is(await told(page, "Account"), account, `${button}: done`);
    }

    is(complaints, [], "no errors");
}


async function disconnecting(page, at) {
    await page.goto(at);
    await press(page, "Disconnect");
    is(await buttons(page), ["Disconnect it", "Keep it"], "is asked");
    await press(page, "Keep it");
    is(await told(page, "Account"), "bob", "kept");
    await press(page, "Disconnect");
    await press(page, "Disconnect it");
    is(page.url(), at, "back at the page");
    is(await buttons(page), ["Connect an account"], "nothing is connected");
}


/* The button, the pages of the cloud, and back. */

async function connect(page, at, cloud, button, user) {
    await press(page, button);
    is(new URL(page.url()).origin, new URL(process.env[`CLOUD_${cloud}_URL`])
        .origin, "to the cloud");

    const titles = await signInAtCloud(page, at, user, `${user}-password`);

    ok(titles.length > 0, "its pages");
}


async function press(page, name) {
    await Promise.all([page.waitForNavigation(),
                       page.getByRole("button", { name, exact: true }).click()]);
}


function buttons(page) {
    return page.getByRole("button").allTextContents();
}


/* What is said of something in the list. */

function told(page, term) {
    return page.locator("dt").filter({ hasText: term })
        .locator("+ dd").first().textContent();
}
