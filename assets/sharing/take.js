/* A place for the buttons that take the picture along; the plot component fills it. */

export default function ({ data, parentElement: place }) {
    const ask = () => window.dispatchEvent(new CustomEvent("landscape:take", { detail: { place, ...data } }));
    /* The pictures may come later than this place, or anew. */
    if (place.landscapeAsk) window.removeEventListener("landscape:ready", place.landscapeAsk);
    place.landscapeAsk = ask;
    window.addEventListener("landscape:ready", ask);
    ask();
    return () => {
        if (place.landscapeAsk !== ask) return;
        window.removeEventListener("landscape:ready", ask);
        window.dispatchEvent(new CustomEvent("landscape:take", { detail: { place, gone: true } }));
    };
}
