/* The dialogues above the picker. */

import { element, icon } from "./dom.js";


export function showError(text) {
    openAbove("Error", "error", element("p", {}, text));
}


export function openAbove(title, kind, ...content) {
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

    return dialogue;
}
