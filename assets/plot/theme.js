/* The page's colours and letters, read from Streamlit's custom properties, and a figure dressed in them. */

export function readTheme(element) {
    const style = getComputedStyle(element);
    const property = (name, otherwise) => {
        const value = style.getPropertyValue(name).trim();
        return value && value !== "unset" ? value : otherwise;
    };
    const theme = {
        text: property("--st-text-color", "#1f2530"),
        background: property("--st-background-color", "#ffffff"),
        surface: property("--st-secondary-background-color", "#f5f6f8"),
        border: property("--st-border-color", "#dfe3e8"),
        font: property("--st-font", "system-ui, sans-serif"),
    };
    theme.dark = luminance(theme.background) < 0.5;
    theme.name = JSON.stringify(theme);
    return theme;
}

/* Red, green and blue of any CSS colour, 0 to 255. */
export function channels(color) {
    if (!channels.known.has(color)) {
        const context = channels.canvas.getContext("2d", { willReadFrequently: true });
        context.clearRect(0, 0, 1, 1);
        context.fillStyle = color;
        context.fillRect(0, 0, 1, 1);
        channels.known.set(color, Array.from(context.getImageData(0, 0, 1, 1).data.slice(0, 3)));
    }
    return channels.known.get(color);
}
channels.known = new Map();
channels.canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });

function luminance(color) {
    const [red, green, blue] = channels(color);
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
}

/* An opaque colour between two: 0 is the first, 1 the second. */
export function mix(first, second, share) {
    const [from, to] = [channels(first), channels(second)];
    return `rgb(${from.map((value, i) => Math.round(value + (to[i] - value) * share)).join(",")})`;
}

export function fade(color, alpha) {
    return `rgba(${channels(color).join(",")},${alpha})`;
}

/* The layout of a figure with the page's colours where it names none. */
export function dress(layout, theme) {
    const dressed = {
        ...layout,
        paper_bgcolor: layout.paper_bgcolor ?? "rgba(0,0,0,0)",
        plot_bgcolor: layout.plot_bgcolor ?? "rgba(0,0,0,0)",
        font: { family: theme.font, size: 12, color: theme.text, ...layout.font },
        hoverlabel: {
            bgcolor: theme.surface, bordercolor: theme.border, font: { family: theme.font, color: theme.text },
            ...layout.hoverlabel,
        },
    };
    for (const name of Object.keys(layout)) {
        if (/^[xy]axis\d*$/.test(name)) dressed[name] = { automargin: true, ...layout[name] };
    }
    return dressed;
}
