/* A context that is drawn in like a canvas's, and writes SVG. */

const round = (value) => String(Math.round(value * 100) / 100);
const escaped = (text) => String(text).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "")
    .replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
const BASELINES = { middle: 0.35, top: 0.8, alphabetic: 0 }; // of the letters' size, below the given place
const ANCHORS = { left: "start", center: "middle", right: "end" };
const STYLES_KEPT = ["strokeStyle", "fillStyle", "lineWidth", "lineCap", "lineJoin", "font", "textAlign", "textBaseline", "dash"];

export class VectorContext {
    constructor() {
        Object.assign(this, {
            strokeStyle: "#000000", fillStyle: "#000000", lineWidth: 1, lineCap: "butt", lineJoin: "miter",
            font: "10px sans-serif", textAlign: "left", textBaseline: "alphabetic", dash: [],
        });
        this.parts = [];
        this.path = [];
        this.open = 0; // groups
        this.saved = [];
        this.clips = 0;
        this.ruler = document.createElement("canvas").getContext("2d");
    }

    save() {
        this.saved.push({ open: this.open, ...Object.fromEntries(STYLES_KEPT.map((name) => [name, this[name]])) });
    }

    restore() {
        const { open, ...style } = this.saved.pop();
        Object.assign(this, style);
        for (; this.open > open; this.open--) this.parts.push("</g>");
    }

    group(attributes) {
        this.parts.push(`<g ${attributes}>`);
        this.open++;
    }

    translate(x, y) {
        this.group(`transform="translate(${round(x)} ${round(y)})"`);
    }

    rotate(angle) {
        this.group(`transform="rotate(${round((angle * 180) / Math.PI)})"`);
    }

    clip() {
        const id = `lp-clip-${++this.clips}`;
        this.parts.push(`<clipPath id="${id}"><path d="${this.path.join("")}"/></clipPath>`);
        this.group(`clip-path="url(#${id})"`);
    }

    beginPath() {
        this.path = [];
    }

    /* A canvas leaves out what has no place; so does this. */
    add(letter, ...numbers) {
        if (numbers.every(Number.isFinite)) this.path.push(letter + numbers.map(round).join(" "));
    }

    moveTo(x, y) {
        this.add("M", x, y);
    }

    lineTo(x, y) {
        this.add(this.path.length ? "L" : "M", x, y);
    }

    closePath() {
        this.path.push("Z");
    }

    rect(x, y, width, height) {
        this.moveTo(x, y);
        for (const corner of [[x + width, y], [x + width, y + height], [x, y + height]]) this.lineTo(...corner);
        this.closePath();
    }

    roundRect(x, y, width, height, radius) {
        const turn = (left, top) => this.add("A", radius, radius, 0, 0, 1, left, top);
        this.moveTo(x + radius, y);
        this.lineTo(x + width - radius, y);
        turn(x + width, y + radius);
        this.lineTo(x + width, y + height - radius);
        turn(x + width - radius, y + height);
        this.lineTo(x + radius, y + height);
        turn(x, y + height - radius);
        this.lineTo(x, y + radius);
        turn(x + radius, y);
        this.closePath();
    }

    arc(x, y, radius, from, to) {
        const at = (angle) => [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
        const halves = Math.max(1, Math.ceil((to - from) / Math.PI - 1e-9));
        this.lineTo(...at(from));
        if (!this.path.length) return;
        for (let half = 1; half <= halves; half++) {
            this.add("A", radius, radius, 0, 0, 1, ...at(from + ((to - from) * half) / halves));
        }
    }

    setLineDash(dash) {
        this.dash = dash;
    }

    stroke() {
        const { lineCap, lineJoin, dash } = this;
        const dashed = dash.length ? ` stroke-dasharray="${dash.join(" ")}"` : "";
        this.draw(`fill="none" ${paint("stroke", this.strokeStyle)} stroke-width="${round(this.lineWidth)}" `
            + `stroke-linecap="${lineCap}" stroke-linejoin="${lineJoin}"${dashed}`);
    }

    fill() {
        this.draw(paint("fill", this.fillStyle));
    }

    draw(style) {
        if (this.path.length) this.parts.push(`<path d="${this.path.join("")}" ${style}/>`);
    }

    fillRect(x, y, width, height) {
        const box = [["x", x], ["y", y], ["width", width], ["height", height]];
        this.parts.push(`<rect ${box.map(([name, value]) => `${name}="${round(value)}"`).join(" ")} ${paint("fill", this.fillStyle)}/>`);
    }

    measureText(text) {
        this.ruler.font = this.font;
        return this.ruler.measureText(text);
    }

    fillText(text, x, y) {
        const [, weight, size, family] = /^(bold )?([\d.]+)px (.*)$/.exec(this.font);
        const below = Number(size) * BASELINES[this.textBaseline];
        this.parts.push(`<text x="${round(x)}" y="${round(y + below)}" font-family="${escaped(family)}" font-size="${size}" `
            + `${weight ? 'font-weight="bold" ' : ""}text-anchor="${ANCHORS[this.textAlign]}" ${paint("fill", this.fillStyle)}>${escaped(text)}</text>`);
    }

    /* A picture that is SVG itself. */
    nest(svg, x, y) {
        this.parts.push(`<g transform="translate(${round(x)} ${round(y)})">${svg}</g>`);
    }

    /* The whole document, `wide` and `high` in pixels. */
    document(wide, high, box, title) {
        return `<?xml version="1.0" encoding="UTF-8"?>\n`
            + `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${wide}" height="${high}" `
            + `viewBox="0 0 ${box.map(round).join(" ")}"><title>${escaped(title)}</title>${this.parts.join("\n")}</svg>\n`;
    }
}

/* A colour of CSS as every program reads it: without an alpha of its own. */
function paint(name, color) {
    const [, channels, alpha] = /^rgba\((.*),\s*([\d.]+)\)$/.exec(color) ?? [];
    return channels ? `${name}="rgb(${channels})" ${name}-opacity="${alpha}"` : `${name}="${escaped(color)}"`;
}
