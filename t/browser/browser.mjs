/* Chromium, and the frame of a test: node SCRIPT URL CHROMIUM prints TAP. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

import { done, ok } from "./tap.mjs";

const [url, executablePath] = process.argv.slice(2);


/* test(page, url, complaints) */

export async function browser(test) {
    const profile = await mkdtemp(join(tmpdir(), "owncloud-chromium-"));

    const context = await chromium.launchPersistentContext(profile, {
        executablePath,
        headless: true,
        viewport: { width: 1280, height: 800 },
        args: ["--no-sandbox", "--disable-gpu", "--disable-quic",
               "--no-first-run", "--disable-background-networking",
               "--disable-component-update", "--disable-sync"],
    });

    context.setDefaultTimeout(15000);

    try {
        await test(await context.newPage(), url, watch(context));

    } catch (error) {
        ok(false, `no exception: ${String(error).split("\n")[0]}`);
        console.error(error);

    } finally {
        await context.close();
        await rm(profile, { recursive: true, force: true });
    }

    done();
}


/* What the console and the network complain about. */

function watch(context) {
    const complaints = [];

    context.on("console", (message) => {
        const { url } = message.location();

        if (["error", "warning"].includes(message.type())
            && !url.endsWith("/favicon.ico"))
        {
            complaints.push(`${message.text()} ${url}`);
        }
    });
    context.on("weberror", (error) => complaints.push(String(error.error())));
    context.on("response", (response) => {
        if (response.status() >= 400) {
            complaints.push(`${response.status()} ${response.url()}`);
        }
    });

    return complaints;
}


/* A call to a stand-in cloud, "OC" or "NC"; see ../cloud/README.md. */

export async function control(cloud, call, input) {
    const answer = await fetch(process.env[`CLOUD_${cloud}_CONTROL`] + call,
        input === undefined ? {} : { method: "POST",
                                     body: JSON.stringify(input) });

    if (!answer.ok) {
        throw new Error(`${call}: ${answer.status} ${await answer.text()}`);
    }

    return answer.json();
}


export async function forget(cloud, call) {
    await fetch(process.env[`CLOUD_${cloud}_CONTROL`] + call,
                { method: "DELETE" });
}
