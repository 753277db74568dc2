/* The page: the draft area and the button that opens the file picker. */

import { Picker } from "./picker.js";
import { Wire } from "./wire.js";
import { element } from "./dom.js";

const config = JSON.parse(document.getElementById("picker-config").textContent);
const wire = new Wire(config);
const picker = new Picker(config, wire, showDraft);

/* The sign-in pop-up finds the picker here. */
window.M = { core_filepicker: { active_filepicker: null } };

document.getElementById("add").addEventListener("click", () => picker.show());
showDraft();


async function showDraft() {
    const draft = await wire.draft();
    const list = document.getElementById("draft");

    list.replaceChildren(...draft.list.map((file) => element("li", {},
        element("img", { src: file.thumbnail, alt: "" }),
        element("a", { href: file.url }, file.fullname),
        element("span", {}, file.filesize))));
    list.hidden = draft.list.length === 0;
    document.getElementById("draft-empty").hidden = draft.list.length > 0;
}
