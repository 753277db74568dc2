/* What a user does with the file picker of the demo. */

export class PickerPage {

    constructor(page) {
        this.page = page;
        this.dialogue = page.locator("dialog.picker");
        this.content = this.dialogue.locator(".content");
    }

    async signInToMoodle(url, user, password) {
        await this.page.goto(url);
        await this.page.getByLabel("Username").fill(user);
        await this.page.getByLabel("Password").fill(password);
        await this.page.getByRole("button", { name: "Log in" }).click();
        await this.page.getByRole("button", { name: "Add..." }).waitFor();
    }

    /* Opens the picker, or changes its view. */

    async show(view) {
        if (view) {
            await this.dialogue.locator(`[data-tool="${view}"]`).click();
            return;
        }

        await this.page.getByRole("button", { name: "Add..." }).click();
        await this.content.waitFor();
        await this.settled();
    }

    async choose(name) {
        await this.answered("list", () => this.dialogue
            .getByRole("navigation", { name: "Repositories" })
            .getByRole("button", { name, exact: true }).click());
    }

    loginButton() {
        return this.content.getByRole("button",
                                      { name: "Log in to your account" });
    }

    tool(label) {
        return this.dialogue.getByLabel(label, { exact: true });
    }

    search() {
        return this.dialogue.getByRole("searchbox");
    }

    managed() {
        return this.tool("Manage").getAttribute("href");
    }

    /* The pop-up: the cloud's login, then its consent, whatever the order. */

    async signIn(user, password) {
        const [popup] = await Promise.all([this.page.waitForEvent("popup"),
                                           this.loginButton().click()]);

        await this.answered("list", () => grant(popup, user, password));
        await this.search().waitFor();
    }

    async open(name) {
        const button = this.item(name);
        const folder = await button.evaluate((node) =>
            Boolean(node.closest(".folder")));

        if (folder) {
            await this.answered("list", () => button.click());

        } else {
            await button.click();
        }
    }

    /*
     * Opens a folder: milliseconds from the click to the next frame after its
     * first page was drawn.
     */

    async timed(name) {
        const time = await this.item(name).evaluate((node) =>
            new Promise((resolve) => {
                const content = node.closest(".content");
                const start = performance.now();
                const observer = new MutationObserver(() => {
                    if (!content.contains(node)) {
                        observer.disconnect();
                        requestAnimationFrame(() => setTimeout(() =>
                            resolve(performance.now() - start)));
                    }
                });

                observer.observe(content, { childList: true });
                node.click();
            }));

        await this.settled();

        return time;
    }

    /* Scrolls down until there is nothing more; how often there was more. */

    async scroll() {
        for (let pages = 0; ; pages++) {
            if (await this.content.locator(".more").count() === 0) {
                return pages;
            }

            const count = await this.content.locator(".name").count();

            await this.content.evaluate((node) => {
                node.scrollTop = node.scrollHeight;
            });
            await this.page.waitForFunction((before) => document
                .querySelectorAll("dialog.picker .name").length > before,
                count);
        }
    }

    async find(text) {
        await this.search().fill(text);
        await this.answered("search", () => this.search().press("Enter"));
    }

    message() {
        return this.dialogue.locator(".message").textContent();
    }

    item(name) {
        return this.content.locator(button(name));
    }

    async breadcrumb(name) {
        await this.answered("list", () => this.dialogue
            .getByRole("navigation", { name: "Path" })
            .locator("button").filter({ hasText: name }).first().click());
    }

    async press(label) {
        await this.answered(label === "Log out" ? "logout" : "list",
                            () => this.tool(label).click());
    }

    /* Waits until the answer to the action has been drawn. */

    async answered(action, work) {
        await Promise.all([
            this.page.waitForResponse((response) => response.url()
                .endsWith(`/repository_ajax.php?action=${action}`)),
            work(),
        ]);
        await this.settled();
    }

    async settled() {
        await this.dialogue.locator(".content[aria-busy=false]").waitFor();
    }

    names() {
        return this.content.locator(".name").allTextContents();
    }

    path() {
        return this.dialogue.getByRole("navigation", { name: "Path" })
            .locator("button").allTextContents();
    }

    async row(name) {
        const cells = await this.content.locator("tr")
            .filter({ has: this.page.locator(button(name)) })
            .locator("td").allTextContents();

        return cells.slice(2);
    }

    async sort(column) {
        await this.content.getByRole("columnheader", { name: column })
            .getByRole("button").click();
    }

    dialogueTitle() {
        return this.page.locator("dialog.above h2").textContent();
    }

    dialogueText() {
        return this.page.locator("dialog.above .body").textContent();
    }

    /* Which of the ways in the dialogue of a file can be chosen. */

    ways() {
        return this.page.locator("dialog.select input[type=radio]")
            .evaluateAll((inputs) => inputs.map((input) => !input.disabled));
    }

    async select(way, { title, wait = true } = {}) {
        const dialogue = this.page.locator("dialog.select");

        await dialogue.getByLabel(way, { exact: true }).check();

        if (title) {
            await dialogue.getByLabel("Save as").fill(title);
        }

        await dialogue.getByRole("button", { name: "Select this file" })
            .click();

        if (wait) {
            await this.selected();
        }
    }

    selected() {
        return this.page.locator("dialog.select .result :is(.good, .failed)")
            .waitFor();
    }

    failed() {
        return this.page.locator("dialog.select .failed").allTextContents();
    }

    /* Closes the dialogue, and with it the picker. */

    async closeSelect() {
        await this.page.locator("dialog.select")
            .getByRole("button", { name: "Close" }).click();
        await this.dialogue.waitFor({ state: "hidden" });
    }

    async upload(name, text) {
        await this.content.locator("input[type=file]").setInputFiles(
            { name, mimeType: "text/plain", buffer: Buffer.from(text) });
        await this.content.getByRole("button", { name: "Upload this file" })
            .click();
        await this.page.locator("#draft a").waitFor();
    }
}


async function grant(popup, user, password) {
    const closed = popup.waitForEvent("close");

    for (let pages = 0; pages < 5 && !popup.isClosed(); pages++) {
        const left = await Promise.race([
            popup.locator("button[type=submit]").waitFor()
                .then(() => false, () => true),
            closed.then(() => true),
        ]);

        if (left) {
            break;
        }

        await Promise.race([submit(popup, user, password),
                            closed]).catch(() => {});
    }

    await closed;
}


/* The same pages where there is no pop-up; then the browser is back at "url". */

export async function signInAtCloud(page, url, user, password) {
    const { origin } = new URL(url);
    const titles = [];

    while (new URL(page.url()).origin !== origin && titles.length < 5) {
        titles.push(await page.title());
        await submit(page, user, password);
    }

    return titles;
}


/* A page of the cloud: its login, or a question. */

async function submit(page, user, password) {
    if (await page.locator("input[name=user][type=text]").count()) {
        await page.locator("input[name=user]").fill(user);
        await page.locator("input[name=password]").fill(password);
    }

    await Promise.all([page.waitForNavigation(),
                       page.locator("button[type=submit]").click()]);
}


function button(name) {
    return `button[title="${name.replace(/["\\]/g, "\\$&")}"]`;
}
