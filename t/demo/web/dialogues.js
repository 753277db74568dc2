/* The dialogues above the picker: an error, the details of a file. */

import { element, icon } from "./dom.js";

const NEXT_RELEASE = "comes with the next release";


export function showError(text) {
    open("Error", "error", element("p", {}, text));
}


export function showFile(node, author) {
    const details = [
        ["Last modified", node.datemodified_f],
        ["Size", node.size_f],
        ["Type", node.mimetype],
    ];

    open(`Select ${node.title}`, "select",
        element("fieldset", {},
            choice("copy", "Make a copy of the file", true),
            choice("link", "Create an access controlled link to the file")),
        field("Save as", "save-as", node.title),
        field("Author", "save-author", author),
        element("p", { class: "actions" },
            element("button", { type: "button", class: "primary",
                                disabled: true, title: NEXT_RELEASE,
                                "aria-describedby": "next-release" },
                    "Select this file"),
            element("button", { type: "button", class: "secondary",
                                "data-close": true }, "Cancel"),
            element("span", { id: "next-release", class: "hint" },
                    NEXT_RELEASE)),
        element("div", { class: "details" },
            element("img", { src: node.thumbnail, alt: "", width: 90,
                             height: 90 }),
            element("dl", {}, ...details.flatMap(([term, text]) => [
                element("dt", {}, term), element("dd", {}, text ?? "")]))));
}


function choice(value, label, checked = false) {
    return element("label", { class: "choice" },
        element("input", { type: "radio", name: "linktype", value, checked,
                           disabled: value !== "copy" }),
        label);
}


function field(label, id, value) {
    return element("p", { class: "field" },
        element("label", { for: id }, label),
        element("input", { id, value, readonly: true }));
}


function open(title, kind, ...content) {
    const dialogue = element("dialog",
        { class: `above ${kind}`, "aria-labelledby": "above-title",
          close: () => dialogue.remove() },
        element("header", {},
            element("h2", { id: "above-title" }, title),
            element("button", { type: "button", class: "close",
                "aria-label": "Close", "data-close": true }, icon("close"))),
        element("div", { class: "body" }, ...content));

    for (const button of dialogue.querySelectorAll("[data-close]")) {
        button.addEventListener("click", () => dialogue.close());
    }

    document.body.append(dialogue);
    dialogue.showModal();
}
