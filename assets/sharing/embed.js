/* The lines of HTML that put this page into another, with a button that copies them. */

const SIZE = { width: 800, height: 600 };

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");

/* The address of the bare page, in a language that it names. */
function address(language) {
    const url = new URL(window.location.href);
    url.searchParams.set("lang", language);
    url.searchParams.set("embed", "true");
    url.hash = "";
    return url.href.replace(/%2C/g, ",");
}

function snippet({ language, title }) {
    const { width, height } = SIZE;
    return `<iframe src="${escaped(address(language))}" title="${escaped(title || document.title)}" `
        + `width="${width}" height="${height}" style="border: 0" loading="lazy" allow="clipboard-write; fullscreen"></iframe>`;
}

export default function ({ data, parentElement }) {
    let text = parentElement.querySelector("textarea");
    if (!text) {
        const box = document.createElement("div");
        box.innerHTML = '<label><span></span><textarea readonly rows="4" spellcheck="false"></textarea></label><button type="button"></button>';
        parentElement.append(box);
        text = parentElement.querySelector("textarea");
    }
    const button = parentElement.querySelector("button");
    parentElement.querySelector("span").textContent = data.label;
    button.textContent = data.copy;
    /* The address may have changed since: it is read anew whenever someone looks. */
    const write = () => { text.value = snippet(data); };
    write();
    text.onfocus = () => { write(); text.select(); };
    parentElement.onpointerenter = write;
    button.onclick = async () => {
        write();
        try {
            await navigator.clipboard.writeText(text.value);
            button.textContent = data.done;
            setTimeout(() => { button.textContent = data.copy; }, 2000);
        } catch {
            text.focus(); // without https there is no clipboard: it is selected, to be copied by hand
        }
    };
}
