/* The dialogue in which a file is chosen: in which way, and what came of it. */

import { element } from "./dom.js";
import { openAbove } from "./dialogues.js";

const LOOK = 500;           /* ms between two looks at a copy's progress */

const WAYS = [
    ["copy", "Make a copy of the file"],
    ["link", "Link to the file (public link)"],
    ["alias", "Create an alias/shortcut to the file"],
    ["controlled", "Create an access controlled link to the file"],
];

const LICENCES = [
    ["unknown", "Licence not specified"],
    ["allrightsreserved", "All rights reserved"],
    ["public", "Public domain"],
    ["cc-4.0", "Creative Commons - 4.0 International"],
    ["cc-sa-4.0", "Creative Commons - ShareAlike 4.0 International"],
];


export class SelectDialogue {

    constructor(node, repository, config, wire, { added, done }) {
        this.node = node;
        this.repository = repository;
        this.wire = wire;
        this.added = added;        /* the draft area has changed */
        this.done = done;          /* there is nothing more to choose */

        this.button = element("button", { class: "primary" },
                              "Select this file");
        this.result = element("div", { class: "result", role: "status" });

        this.form = element("form", { submit: (event) => this.submit(event) },
            element("fieldset", {}, ...WAYS.map(way)),
            field("Save as", "save-as",
                  element("input", { id: "save-as", name: "title",
                                     value: node.title, required: true })),
            field("Author", "save-author",
                  element("input", { id: "save-author", name: "author",
                                     value: config.author })),
            field("Choose licence", "save-licence",
                  element("select", { id: "save-licence", name: "license" },
                          ...LICENCES.map(([value, label]) =>
                              element("option", { value }, label)))),
            element("p", { class: "actions" }, this.button,
                element("button", { type: "button", class: "secondary",
                                    "data-close": true }, "Cancel")));

        this.dialogue = openAbove(`Select ${node.title}`, "select", this.form,
                                  this.result, details(node));
    }

    async submit(event) {
        event.preventDefault();

        const { way, title, author, license } =
            Object.fromEntries(new FormData(this.form));

        this.button.disabled = true;
        this.result.replaceChildren();

        const stop = way === "copy" ? this.progress() : () => {};
        const answer = await this.wire.download(this.repository.id, this.node,
                                                { way, title, author, license })
            .catch(() => ({ error: "The server cannot be reached." }));

        stop();
        this.button.disabled = false;
        this.answered(answer);
    }

    answered(answer) {
        if (answer.error) {
            this.show("failed", answer.error);
            return;
        }

        /* After this, closing the dialogue closes the picker. */

        this.form.remove();
        this.dialogue.addEventListener("close", this.done);

        if (answer.type === "link") {
            this.show("good", "The link to ", answer.file, ": ", anchor(
                answer.url, answer.url));
            return;
        }

        const file = answer.event === "fileexists" ? answer.newfile : answer;

        this.show("good", "In the draft area: ",
                  anchor(file.url, file.file ?? file.filename),
                  answer.event === "fileexists"
                  ? ", since there was a file of that name" : "");
        this.added();
    }

    show(kind, ...text) {
        this.result.replaceChildren(element("p", { class: kind }, ...text));
    }

    /* Looks how far the copy is; returns what ends that. */

    progress() {
        const bar = element("progress", { "aria-label": "Progress" });
        const text = element("span", {}, "Waiting...");

        this.result.replaceChildren(element("p", { class: "progress" }, bar,
                                            text));

        const timer = setInterval(async () => {
            const now = await this.wire.progress().catch(() => null);

            if (now && now.phase !== "none") {
                draw(bar, text, now);
            }
        }, LOOK);

        return () => {
            clearInterval(timer);
            this.result.replaceChildren();
        };
    }
}


function draw(bar, text, { phase, done, total }) {
    if (total > 0) {
        bar.max = total;
        bar.value = done;

    } else {
        bar.removeAttribute("value");
    }

    text.textContent = phase === "fetch" ? "From the cloud..."
                                         : "Into Moodle...";
}


function way([value, label]) {
    return element("label", { class: "choice" },
        element("input", { type: "radio", name: "way", value,
                           checked: value === "copy" }),
        label);
}


function field(label, id, input) {
    return element("p", { class: "field" },
        element("label", { for: id }, label), input);
}


function anchor(href, text) {
    return element("a", { href, target: "_blank", rel: "noopener" }, text);
}


function details(node) {
    const lines = [
        ["Last modified", node.datemodified_f],
        ["Size", node.size_f],
        ["Type", node.mimetype],
    ];

    return element("div", { class: "details" },
        element("img", { src: node.realthumbnail ?? node.thumbnail, alt: "",
                         width: 90, height: 90 }),
        element("dl", {}, ...lines.flatMap(([term, text]) => [
            element("dt", {}, term), element("dd", {}, text ?? "")])));
}
