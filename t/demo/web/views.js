/* The listing as icons or as a table. */

import { element } from "./dom.js";

const COLUMNS = [
    ["Name", (node) => node.title.toUpperCase()],
    ["Last modified", (node) => node.datemodified ?? 0],
    ["Size", (node) => node.size ?? 0],
    ["Type", (node) => node.mimetype ?? ""],
];


/*
 * A view is { root, add(list), complete() }: further pages are added at its
 * end, and it is told when there are no more.
 */

export function iconsView(list, { open }) {
    if (list.length === 0) {
        return empty();
    }

    const root = element("ul", { class: "icons" });
    const add = (more) => root.append(...more.map((node) => box(node, open)));

    add(list);

    return { root, add, complete() {} };
}


function box(node, open) {
    return element("li", { class: node.children ? "folder" : "file" },
        element("button", { type: "button", title: node.title,
                            click: () => open(node) },
            element("span", { class: "thumbnail" }, thumbnail(node)),
            element("span", { class: "name" }, name(node))));
}


/* The picture of a file is sent for when it is seen. */

function thumbnail(node) {
    const size = node.realthumbnail ? 90 : 64;

    return element("img", { src: node.realthumbnail ?? node.thumbnail, alt: "",
                            loading: "lazy",
                            width: node.thumbnail_width ?? size,
                            height: node.thumbnail_height ?? size });
}


/* Sorting has to wait for the last page, as in Moodle. */

export function tableView(list, { state, more, open, redraw }) {
    if (list.length === 0) {
        return empty();
    }

    const head = (waiting) => COLUMNS.map(([label], i) =>
        heading(label, i, state, waiting, redraw));
    const titles = element("tr", {}, ...head(more));
    const body = element("tbody");
    const add = (nodes) =>
        body.append(...nodes.map((node) => row(node, open)));

    add(more || !state.sort ? list : sorted(list, state.sort));

    return {
        root: element("table", {}, element("thead", {}, titles), body),
        add,
        complete: () => titles.replaceChildren(...head(false)),
    };
}


function heading(label, column, state, more, redraw) {
    const { sort } = state;
    const order = sort?.column === column
        ? (sort.down ? "descending" : "ascending") : "none";

    const click = () => {
        state.sort = { column, down: order === "ascending" };
        redraw();
    };

    return element("th", { scope: "col", "aria-sort": order },
        more ? label : element("button", { type: "button", click }, label));
}


function row(node, open) {
    return element("tr", { class: node.children ? "folder" : "file" },
        element("td", {}, element("button", { type: "button",
                                              title: node.title,
                                              click: () => open(node) },
            element("img", { src: node.icon ?? node.thumbnail, alt: "",
                             loading: "lazy", width: 24, height: 24 }),
            element("span", { class: "name" }, name(node)))),
        element("td", {}, node.datemodified_f_s ?? ""),
        element("td", {}, node.children ? "" : node.size_f ?? ""),
        element("td", {}, node.children ? "" : node.mimetype ?? ""));
}


/* Folders stay first, whatever the order. */

function sorted(list, { column, down }) {
    const key = COLUMNS[column][1];

    return [...list].sort((a, b) => {
        const folders = Boolean(b.children) - Boolean(a.children);

        if (folders !== 0) {
            return folders;
        }

        const order = key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;

        return down ? -order : order;
    });
}


function name(node) {
    return node.shorttitle ?? node.title;
}


function empty() {
    return {
        root: element("p", { class: "empty" }, "No files available"),
        add() {},
        complete() {},
    };
}
