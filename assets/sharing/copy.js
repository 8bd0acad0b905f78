/* A button that copies the address of the page, without what only an embedded page has. */

export default function ({ data, parentElement }) {
    let button = parentElement.querySelector("button");
    if (!button) {
        button = document.createElement("button");
        button.type = "button";
        parentElement.append(button);
    }
    button.textContent = data.label;
    button.onclick = async () => {
        const url = new URL(window.location.href);
        for (const name of ["embed", "embed_options"]) url.searchParams.delete(name);
        const link = url.searchParams.size === new URLSearchParams(window.location.search).size ? window.location.href : url.href;
        try {
            await navigator.clipboard.writeText(link);
            button.textContent = data.done;
        } catch {
            /* Without https there is no clipboard: the link is shown, to be copied by hand. */
            window.prompt(data.label, link);
        }
        setTimeout(() => { button.textContent = data.label; }, 2000);
    };
}
