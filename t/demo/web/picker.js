/* The file picker's dialogue: repositories, tool bar, path, content. */

import { element, icon, logo, parseHtml } from "./dom.js";
import { iconsView, tableView } from "./views.js";
import { showError } from "./dialogues.js";
import { SelectDialogue } from "./select.js";

export class Picker {

    constructor(config, wire, added) {
        this.config = config;
        this.wire = wire;
        this.added = added;
        this.repository = null;
        this.view = "icons";
        this.state = null;         /* the listing that is shown */
        this.folder = "";          /* the one that was last asked for */
        this.turn = 0;             /* answers to older requests are dropped */
    }

    show() {
        if (!this.dialogue) {
            this.build();
        }

        this.dialogue.showModal();
        this.select(this.repository ?? this.config.repositories.find(
            (repository) => repository.type === "owncloud"));
    }

    build() {
        this.repositories = this.config.repositories.map((repository) =>
            element("button", { type: "button", "data-id": repository.id,
                                click: () => this.select(repository) },
                    logo(logoName(repository)), repository.name));

        this.search = element("form", { class: "search", role: "search",
            submit: (event) => this.find(event) });
        this.reload = this.tool("reload", "Refresh",
                                () => this.list(this.folder));
        this.logout = this.tool("logout", "Log out", () => this.signOut());
        this.manage = element("a", { class: "tool", target: "_blank",
            rel: "noopener", title: "Manage", "aria-label": "Manage" },
            icon("manage"));

        this.views = ["icons", "table"].map((name) => this.tool(name,
            name === "icons" ? "Display folder with file icons"
                             : "Display folder with file details",
            () => this.setView(name)));

        this.message = element("p", { class: "message" });
        this.path = element("ol");
        this.content = element("div", { class: "content", tabindex: -1 });
        this.status = element("p", { class: "status", role: "status" });

        this.dialogue = element("dialog",
            { class: "picker", "aria-labelledby": "picker-title" },
            element("header", {},
                element("h2", { id: "picker-title" }, "File picker"),
                element("button", { type: "button", class: "close",
                    "aria-label": "Close", click: () => this.hide() },
                    icon("close"))),
            element("div", { class: "columns" },
                element("nav", { "aria-label": "Repositories" },
                        ...this.repositories),
                element("section", { class: "listing",
                                     "aria-label": "Files" },
                    element("div", { class: "tools" }, this.search,
                            this.reload, this.logout, this.manage,
                            this.message,
                            element("span", { class: "views", role: "group",
                                "aria-label": "View" }, ...this.views)),
                    element("nav", { class: "path", "aria-label": "Path" },
                            this.path),
                    this.status, this.content)));

        document.body.append(this.dialogue);
    }

    tool(name, label, click) {
        return element("button", { type: "button", class: "tool", title: label,
            "aria-label": label, "data-tool": name, click }, icon(name));
    }

    hide() {
        this.dialogue.close();
    }

    select(repository) {
        this.repository = repository;

        for (const button of this.repositories) {
            const current = button.dataset.id === String(repository.id);
            button.toggleAttribute("data-current", current);
            button.setAttribute("aria-current", current);
        }

        this.list("");
    }

    setView(name) {
        this.view = name;

        if (this.state) {
            this.draw();
        }
    }

    /* Also called by the sign-in pop-up, without an argument. */

    list(p = "") {
        this.folder = p;

        return this.request("list", { p });
    }

    signOut() {
        return this.request("logout", {});
    }

    find(event) {
        event.preventDefault();

        const s = new FormData(this.search).get("s") ?? "";

        return this.request("search", { s, p: "" });
    }

    async request(action, parameters) {
        const turn = ++this.turn;
        const id = this.repository.id;

        this.busy(true);

        const answer = await this.wire.action(action, id, parameters)
            .catch(() => ({ error: "The server cannot be reached." }));

        if (turn !== this.turn) {
            return;
        }

        this.busy(false);
        this.answered(action, answer);
    }

    answered(action, answer) {
        if (answer.error) {
            this.blank();
            showError(answer.error);
            return;
        }

        if (String(answer.repo_id) !== String(this.repository.id)) {
            return;
        }

        this.state = { action, answer, sort: null };

        if (answer.login) {
            this.drawLogin(answer.login);

        } else if (answer.upload) {
            this.drawUpload(answer.upload);

        } else {
            this.draw();
            this.searchForm();
        }
    }

    busy(busy) {
        this.content.setAttribute("aria-busy", busy);
        this.content.classList.toggle("busy", busy);
        this.status.textContent = busy ? "Loading..." : "";
    }

    blank() {
        this.state = null;
        this.content.replaceChildren();
        this.toolbar({ norefresh: true, nologin: true, nosearch: true });
    }

    toolbar(answer) {
        this.reload.hidden = Boolean(answer.norefresh || answer.login);
        this.logout.hidden = Boolean(answer.nologin || answer.login);
        this.search.hidden = Boolean(answer.nosearch || answer.login);
        this.manage.hidden = !answer.manage;

        /* HTML, as in Moodle. */
        this.message.replaceChildren(...parseHtml(answer.message ?? ""));

        if (answer.manage) {
            this.manage.href = answer.manage;
        }

        for (const button of this.views) {
            button.setAttribute("aria-pressed",
                                button.dataset.tool === this.view);
        }

        this.path.replaceChildren(...(answer.path ?? []).map((step) =>
            element("li", {}, element("button",
                { type: "button", click: () => this.list(step.path) },
                icon("folder"), step.name))));
        this.path.lastChild?.firstChild.setAttribute("aria-current",
                                                     "location");
    }

    drawLogin(items) {
        const popup = items.find((item) => item.type === "popup");

        this.toolbar({ login: items });
        this.content.replaceChildren(element("div", { class: "login" },
            popup ? element("button", { type: "button", class: "primary",
                                        click: () => this.signIn(popup.url) },
                            "Log in to your account")
                  : "This kind of sign-in is not part of the demo."));
    }

    signIn(url) {
        window.M.core_filepicker.active_filepicker = this;
        window.open(url, "repo_auth",
                    "location=0,status=0,width=500,height=600,scrollbars=yes");
    }

    drawUpload(upload) {
        this.toolbar({ norefresh: true, nologin: true, nosearch: true });
        this.content.replaceChildren(element("form", { class: "upload",
                submit: (event) => this.sendFile(event) },
            element("label", { for: "upload-file" }, upload.label),
            element("input", { id: "upload-file", type: "file", name: "file",
                               required: true }),
            element("button", { class: "primary" }, "Upload this file")));
    }

    async sendFile(event) {
        event.preventDefault();

        const answer = await this.wire.upload(this.repository.id,
            event.target.elements.file.files[0]);

        if (answer.error) {
            showError(answer.error);
            return;
        }

        this.hide();
        this.added();
    }

    draw() {
        const { answer } = this.state;

        if (!answer.list) {
            return;
        }

        this.toolbar(answer);

        const make = this.view === "icons" ? iconsView : tableView;

        this.state.view = make(answer.list, {
            state: this.state,
            more: hasMore(answer),
            open: (node) => this.open(node),
            redraw: () => this.draw(),
        });

        this.content.replaceChildren(this.state.view.root);
        this.content.scrollTop = 0;
        this.drawn();
    }

    drawn() {
        const { answer, view } = this.state;

        this.status.textContent = `${answer.list.length} items`;

        if (hasMore(answer)) {
            this.watchMore();

        } else {
            view.complete();
        }
    }

    open(node) {
        if (node.children) {
            this.list(node.path);

        } else {
            new SelectDialogue(node, this.repository, this.config, this.wire,
                { added: this.added, done: () => this.hide() });
        }
    }

    /* The form in the user's language; sent for once, then cached. */

    async searchForm() {
        const { answer } = this.state;

        if (answer.nosearch) {
            return;
        }

        const id = this.repository.id;
        const form = await this.wire.action("searchform", id, {})
            .catch(() => ({}));

        if (form.form && String(form.repo_id) === String(this.repository.id)) {
            const text = this.search.elements.s?.value ?? "";

            this.search.replaceChildren(...parseHtml(form.form));
            this.search.elements.s.value =
                this.state?.action === "search" ? text : "";
        }
    }

    /* The next page is sent for when the end of this one is seen. */

    watchMore() {
        const end = element("p", { class: "more" }, "Loading more...");

        this.content.append(end);
        new IntersectionObserver(([entry], observer) => {
            if (entry.isIntersecting) {
                observer.disconnect();
                this.nextPage();
            }
        }, { root: this.content }).observe(end);
    }

    async nextPage() {
        const { state } = this;
        const { answer } = state;
        const id = this.repository.id;
        const p = lastPath(answer);
        const page = answer.page + 1;

        if (state.loading) {
            return;
        }

        state.loading = true;

        const next = await this.wire.action(
            answer.issearchresult ? "search" : "list", id, { p, page })
            .catch(() => ({ error: "The server cannot be reached." }));

        if (state !== this.state) {
            return;
        }

        state.loading = false;
        this.content.querySelector(".more")?.remove();

        if (next.error) {
            showError(next.error);

        } else if (next.page === page && String(next.repo_id) === String(id)
                   && lastPath(next) === p)
        {
            state.answer = { ...next, list: [...answer.list, ...next.list] };
            state.view.add(next.list);
            this.drawn();
        }
    }
}


function lastPath(answer) {
    return answer.path?.at(-1)?.path ?? "";
}


function hasMore(answer) {
    return Boolean(answer.page && answer.pages
        && (answer.page < answer.pages || answer.pages === -1));
}


function logoName(repository) {
    return repository.type === "owncloud" ? `cloud-${repository.id}`
                                          : repository.type;
}
