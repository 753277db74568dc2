/* element("a", { href: "/" }, "text", child) */

const FOLDER = new URL(".", import.meta.url).pathname;


export function element(name, attributes = {}, ...children) {
    const node = document.createElement(name);

    for (const [key, value] of Object.entries(attributes)) {
        if (typeof value === "function") {
            node.addEventListener(key, value);

        } else if (value === true) {
            node.setAttribute(key, "");

        } else if (value !== false && value !== undefined && value !== null) {
            node.setAttribute(key, value);
        }
    }

    node.append(...children.filter((child) => child !== null));

    return node;
}


export function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");

    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `${FOLDER}icons.svg#${name}`);
    svg.append(use);

    return svg;
}


export function logo(type) {
    return element("img", { src: `${FOLDER}${type}.svg`, alt: "", width: 20,
                            height: 20 });
}


/* A fragment of HTML that Moodle sent: the search form. */

export function parseHtml(text) {
    return new DOMParser().parseFromString(text, "text/html").body.childNodes;
}
