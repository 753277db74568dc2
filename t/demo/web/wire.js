/* What the file picker sends, as Moodle 5.1's does, in the same order. */

export class Wire {

    constructor(config) {
        this.config = config;
        this.client = Math.random().toString(16).slice(2, 15);
        this.cache = new Map();
    }

    /* One action of a repository; the HTTP status does not count. */

    async action(action, repository, more = {}) {
        const body = encode(this.parameters(action, repository, more));

        if (this.cache.has(body)) {
            return this.cache.get(body);
        }

        const answer = await this.post(
            `/repository/repository_ajax.php?action=${action}`, body);

        if (answer.allowcaching) {
            this.cache.set(body, answer);
        }

        return answer;
    }

    parameters(action, repository, { s, p = "", page = "" }) {
        const config = this.config;
        const search = s === undefined ? [] : [["s", s]];

        return [
            ...search,
            ["repo_id", repository],
            ["p", p],
            ["page", page],
            ["env", "filemanager"],
            ["sesskey", config.sesskey],
            ["client_id", action === "searchform" ? "undefined" : this.client],
            ["itemid", config.itemid],
            ["maxbytes", config.maxbytes],
            ["areamaxbytes", config.areamaxbytes],
            ["ctx_id", config.contextid],
        ];
    }

    /* A file that was chosen; the way is copy, link, alias or controlled. */

    download(repository, node, { way, title, author, license }) {
        const flags = {
            link: [["linkexternal", "yes"]],
            alias: [["usefilereference", 1]],
            controlled: [["usecontrolledlink", 1]],
        };

        return this.post("/repository/repository_ajax.php?action=download",
            encode([
                ...this.parameters("download", repository, {}),
                ["title", title],
                ["source", node.source],
                ["savepath", "/"],
                ["sourcekey", node.sourcekey],
                ["license", license],
                ["author", author],
                ...(flags[way] ?? []),
            ]));
    }

    /* How far the copy is that this picker waits for. */

    async progress() {
        const answer = await fetch(`${this.config.wwwroot}/repository/owncloud`
            + `/progress?id=${encodeURIComponent(this.client)}`);

        return answer.json();
    }

    draft() {
        return this.post("/repository/draftfiles_ajax.php?action=list", encode([
            ["sesskey", this.config.sesskey],
            ["client_id", this.client],
            ["filepath", "/"],
            ["itemid", this.config.itemid],
        ]));
    }

    /* A form posted as the real picker posts it into a hidden frame. */

    async upload(repository, file) {
        const form = new FormData();

        form.append("repo_upload_file", file);
        form.append("title", "");
        form.append("author", this.config.author);
        form.append("license", "unknown");

        for (const [name, value] of this.parameters("upload", repository, {})) {
            form.append(name, value);
        }

        form.append("savepath", "/");

        const answer = await fetch(
            `${this.config.wwwroot}/repository/repository_ajax.php?action=upload`,
            { method: "POST", body: form });

        return parse(await answer.text());
    }

    async post(path, body) {
        const answer = await fetch(this.config.wwwroot + path, {
            method: "POST",
            headers: {
                "Content-Type":
                    "application/x-www-form-urlencoded; charset=UTF-8",
                "X-Requested-With": "XMLHttpRequest",
            },
            body,
        });

        return parse(await answer.text());
    }
}


function encode(parameters) {
    return parameters.map(([name, value]) =>
        `${name}=${encodeURIComponent(value)}`).join("&");
}


function parse(text) {
    try {
        return JSON.parse(text);

    } catch (error) {
        return { error: String(error) };
    }
}
