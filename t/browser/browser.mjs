/* Chromium, and the frame of a test: node SCRIPT URL CHROMIUM prints TAP. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

import { done, ok } from "./tap.mjs";

const [url, executablePath] = process.argv.slice(2);


/*
 * test(page, url, complaints, another), where another() is the page of somebody
 * else, with whom nothing is shared: [page, complaints].
 */

export async function browser(test) {
    const running = [];

    const another = async () => {
        const profile = await mkdtemp(join(tmpdir(), "owncloud-chromium-"));

        running.push({ profile });

        const context = await start(profile);

        running.at(-1).context = context;

        return [await context.newPage(), watch(context)];
    };

    try {
        const [page, complaints] = await another();

        await test(page, url, complaints, another);

    } catch (error) {
        ok(false, `no exception: ${String(error).split("\n")[0]}`);
        console.error(error);

    } finally {
        for (const { profile, context } of running) {
            await context?.close();
            await rm(profile, { recursive: true, force: true });
        }
    }

    done();
}


async function start(profile) {
    const context = await chromium.launchPersistentContext(profile, {
        executablePath,
        headless: true,
        ignoreHTTPSErrors: true,    /* the stand-ins have a CA of their own */
        viewport: { width: 1280, height: 800 },
        args: ["--no-sandbox", "--disable-gpu", "--disable-quic",
               "--no-first-run", "--disable-background-networking",
               "--disable-component-update", "--disable-sync"],
    });

    context.setDefaultTimeout(15000);

    return context;
}


/* What the console and the network complain about. */

function watch(context) {
    const complaints = [];

    context.on("console", (message) => {
        const { url } = message.location();

        if (["error", "warning"].includes(message.type())
            && !`${message.text()} ${url}`.includes("/favicon.ico"))
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

const headers = { "Control-Token": process.env.CONTROL_TOKEN ?? "" };


export async function control(cloud, call, input) {
    const answer = await fetch(process.env[`CLOUD_${cloud}_CONTROL`] + call, {
        headers,
        ...(input === undefined ? {} : { method: "POST",
                                         body: JSON.stringify(input) }),
    });

    if (!answer.ok) {
        throw new Error(`${call}: ${answer.status} ${await answer.text()}`);
    }

    return answer.json();
}


export async function forget(cloud, call) {
    await fetch(process.env[`CLOUD_${cloud}_CONTROL`] + call,
                { method: "DELETE", headers });
}
