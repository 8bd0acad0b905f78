/* What Streamlit itself carries: a small script that fetches the component's files once. */

const base = () => {
    const script = document.querySelector('script[src*="static/js/"]');
    return script ? script.src.split("static/js/")[0] : document.baseURI;
};
const once = new Map();
const keep = (url, load) => {
    if (!once.has(url)) once.set(url, load().catch((error) => { once.delete(url); throw error; }));
    return once.get(url);
};
const element = (tag, attributes) => new Promise((resolve, reject) => {
    const node = Object.assign(document.createElement(tag), attributes);
    node.onload = () => resolve(node);
    node.onerror = () => reject(new Error(attributes.src || attributes.href));
    document.head.append(node);
});

/* Streamlit calls this at every change of the data or the theme, with the same parent element. */
export default async function (component) {
    const { data, parentElement: parent, setTriggerValue } = component;
    const url = (name) => new URL("landscape/" + data.files[name], base()).href;
    const plotly = keep(url("plotly"), () => element("script", { src: url("plotly"), async: true }))
        .catch(() => null); // the component says so itself
    const turn = (parent.landscapeTurn ?? 0) + 1;
    Object.assign(parent, { landscapeTurn: turn, landscapeData: data });
    try {
        const [module] = await Promise.all([
            keep(url("script"), () => import(url("script"))),
            keep(url("style"), () => element("link", { rel: "stylesheet", href: url("style") })),
            plotly,
        ]);
        /* Data that arrived while the files were loading is drawn instead of what it replaced. */
        module.render(parent, parent.landscapeData, {
            click: (value) => setTriggerValue("click", value),
            window: (value) => setTriggerValue("window", value),
            missing: (names) => setTriggerValue("missing", names),
        });
        /* Streamlit also cleans up after a turn that a later one has overtaken; only the last may clear the place. */
        return () => { if (parent.landscapeTurn === turn) module.render(parent, null, {}); };
    } catch (error) {
        console.warn(error);
        parent.innerHTML = '<p role="alert"></p>';
        parent.firstChild.textContent = data.words.no_plotly;
    }
}
