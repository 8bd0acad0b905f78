/* In a page that stands in another: the way to the whole page. */

export default function ({ data, parentElement }) {
    let link = parentElement.querySelector("a");
    if (!link) {
        link = document.createElement("a");
        Object.assign(link, { target: "_blank", rel: "noopener" });
        parentElement.append(link);
    }
    link.textContent = data.label;
    /* The address may change after this: it is read anew when the link is about to be followed. */
    const point = () => {
        const url = new URL(window.location.href);
        for (const name of ["embed", "embed_options"]) url.searchParams.delete(name);
        link.href = url.href;
    };
    for (const event of ["pointerenter", "pointerdown", "focus"]) link[`on${event}`] = point;
    point();
}
