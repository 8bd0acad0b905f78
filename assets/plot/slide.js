/* A picture as large as a slide: the panels once more off the screen, in light colours, and all that stands above them. */

import { arrange, rowsOf } from "./arrange.js";
import { clockEnd } from "./clock.js";
import { fill, make } from "./format.js";
import { arrow, DASHES } from "./ink.js";
import { ARROW_STYLES } from "./plane.js";
import { ROLES, seenBy } from "./roles.js";

const [LOWEST, HIGHEST] = [450, 620]; // of the slide, in the units in which its letters have their usual sizes
const SHARE = 16 / 9;
const AWAY = 1.08; // from how far a scene is seen at least, so that nothing of it is cut
const [MARGIN, GAP, LINE, SAMPLE] = [14, 8, 19, 26];
// Letters that every machine has, so that a picture looks elsewhere as it does here.
const FONT = "Arial, Helvetica, 'Liberation Sans', 'Noto Sans CJK KR', 'Noto Sans KR', 'Apple SD Gothic Neo', 'Malgun Gothic', 'NanumGothic', sans-serif";
const LIGHT = { text: "#1f2530", background: "#ffffff", surface: "#f5f6f8", border: "#dfe3e8", font: FONT, dark: false };

export class Slide {
    constructor(stage, title) {
        Object.assign(this, { stage, title });
        this.words = stage.words;
        this.align = stage.align;
        this.guess = stage.guess;
        this.theme = { ...LIGHT, name: `slide ${JSON.stringify(LIGHT)}` };
        this.tracks = stage.tracks.map((track) => ({ ...track }));
        this.remarks = new Map();
        this.away = AWAY;
        this.ruler = document.createElement("canvas").getContext("2d");
        this.panels = [];
    }

    /* What the panels ask of their host; a click or a zoom is nobody's here. */
    view(id) {
        this.views ??= new Map();
        if (!this.views.has(id)) this.views.set(id, structuredClone(this.stage.view(id)));
        return this.views.get(id);
    }

    click() {}

    choose() {}

    repaint() {}

    remark(id, text) {
        this.remarks.set(id, text);
    }

    get reading() {
        return this.stage.player.reading;
    }

    get end() {
        return clockEnd(this.tracks, this.align);
    }

    sceneAt(reading) {
        const tracks = this.tracks.filter((track) => !track.hidden);
        return { ...this.stage.sceneAt(reading), tracks, theme: this.theme, words: this.words };
    }

    /* Lay the panels out and draw their figures; afterwards the slide can be drawn at any reading. */
    async open(reading) {
        const live = [...this.stage.panels.values()].sort((first, second) =>
            (first.element.compareDocumentPosition(second.element) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
        const { columns, lead } = this.stage;
        const specs = live.map(({ spec }) => spec);
        this.high = Math.min(Math.max(0.85 * this.stage.grid.clientHeight + 70, LOWEST), HIGHEST);
        this.wide = this.high * SHARE;
        this.chips = this.layLegend();
        this.top = MARGIN + 26 + (this.chips.length ? this.chips.at(-1).y + LINE + 4 : 0);
        const room = this.high - this.top - MARGIN - (this.stage.arrows().length ? 12 : 0);
        const { rows, foot } = rowsOf({ panels: specs, columns, lead });
        this.grid = make("div", { class: "lp-panels" });
        arrange(this.grid, { panels: specs, columns, lead, height: (room - GAP * (rows - 1 + foot)) / (rows + foot / 2) });
        this.element = make("div", { class: "lp lp-slide", "aria-hidden": "true" }, this.grid);
        this.element.style.cssText = `position: fixed; left: -20000px; top: 0; width: ${this.wide - 2 * MARGIN}px; font-family: ${FONT};`;
        document.body.append(this.element);
        for (const { spec, figure } of live) {
            const panel = new ROLES[spec.role](spec, this);
            panel.figure = figure;
            panel.update(spec, null);
            this.grid.append(panel.element);
            this.panels.push(panel);
        }
        this.show(reading);
        for (const panel of this.panels) {
            await panel.paint();
            if (panel.alert) throw new Error(panel.alert.textContent);
        }
        this.show(reading);
        this.origin = this.grid.getBoundingClientRect();
        for (const panel of this.panels) panel.base = await baseOf(panel);
        return this;
    }

    show(reading) {
        this.scene = this.sceneAt(reading);
        for (const panel of this.panels) panel.draw(seenBy(panel, this.scene));
    }

    /* The legend's samples and words with their places, line after line. */
    layLegend() {
        const shown = this.tracks.filter((track) => !track.hidden);
        const arrows = this.stage.arrows().map((each, index) => ({ ...each, style: ARROW_STYLES[index % ARROW_STYLES.length] }));
        const cloud = this.stage.cloud();
        const entries = [
            ...shown.map((track) => ({ label: track.label, note: this.guess ? "" : track.note, track })),
            ...arrows.filter((each) => each.shown).map(({ label, style }) => ({ label, note: "", style })),
            ...(cloud?.shown ? [{ label: cloud.label, note: "", cloud }] : []),
        ];
        this.ruler.font = `13px ${FONT}`;
        const last = this.high * SHARE - MARGIN;
        let [x, y] = [MARGIN, 0];
        return entries.map((entry) => {
            const [label, note] = [entry.label, entry.note && ` ${entry.note}`].map((text) => this.ruler.measureText(text).width);
            const width = SAMPLE + 6 + label + note;
            if (x > MARGIN && x + width > last) [x, y] = [MARGIN, y + LINE];
            const chip = { ...entry, x, y, words: label };
            x += width + 18;
            return chip;
        });
    }

    /* Draw the slide as it stands at the scene's reading; `picture` puts a panel's figure to its place. */
    draw(context, picture) {
        context.fillStyle = this.theme.background;
        context.fillRect(0, 0, this.wide, this.high);
        this.drawHead(context);
        this.chips.forEach((chip) => this.drawChip(context, chip));
        const [left, top] = [MARGIN - this.origin.left, this.top - this.origin.top];
        for (const panel of this.panels) {
            const box = panel.picture.getBoundingClientRect();
            panel.scene = seenBy(panel, this.scene);
            picture(context, panel, box.left + left, box.top + top, box.width, box.height);
            context.save();
            context.translate(box.left + left, box.top + top);
            panel.inkOn?.(context);
            context.restore();
            for (const [element, weight, size] of [[panel.title, "bold ", 13], [panel.note, "", 11]]) {
                const place = element.getBoundingClientRect();
                if (!place.height || !element.textContent) continue;
                this.write(context, element.textContent, place.left + left + 4, place.top + top + size, place.width - 4, weight, size);
            }
        }
        const remarks = [...new Set(this.remarks.values())].filter(Boolean).join(" ");
        this.write(context, remarks, MARGIN, this.high - 6, this.wide - 2 * MARGIN, "", 10.5);
    }

    drawHead(context) {
        let room = this.wide - 2 * MARGIN;
        if (this.end) {
            const { align, words } = this;
            const unit = words[align === "evaluations" ? "evaluations" : "step"];
            const clock = `${unit} ${fill(words.clock, { now: this.scene.reading, end: this.end })}`;
            context.textAlign = "right";
            room -= this.write(context, clock, this.wide - MARGIN, MARGIN + 14, room, "", 13) + 16;
            context.textAlign = "left";
        }
        this.write(context, this.title, MARGIN, MARGIN + 15, room, "bold ", 18);
    }

    drawChip(context, { x, y, words, label, note, track, style, cloud }) {
        const middle = MARGIN + 26 + y + LINE / 2 - 4;
        context.save();
        if (track) {
            context.beginPath();
            context.moveTo(x + 2, middle);
            context.lineTo(x + SAMPLE - 2, middle);
            Object.assign(context, { lineWidth: 3, lineCap: "round", strokeStyle: track.color });
            context.setLineDash(DASHES[track.dash] ?? []);
            context.stroke();
            context.setLineDash([]);
        } else if (cloud) {
            context.fillStyle = "rgba(31,37,48,0.6)";
            for (const [dx, dy] of [[5, 2], [10, -3], [14, 3], [19, -1]]) {
                context.beginPath();
                context.arc(x + dx, middle + dy, 2, 0, 2 * Math.PI);
                context.fill();
            }
        } else {
            arrow(context, x + 1, middle, x + SAMPLE - 1, middle, { ...style, color: this.theme.text });
        }
        context.restore();
        this.write(context, label, x + SAMPLE + 6, middle + 4.5, this.wide, "", 13);
        if (note) this.write(context, ` ${note}`, x + SAMPLE + 6 + words, middle + 4.5, this.wide, "", 13, "#b42318");
    }

    /* Words in one line, smaller where there is not the room; their width. */
    write(context, text, x, y, room, weight, size, color = this.theme.text) {
        if (!text) return 0;
        const font = (pixels) => `${weight}${pixels}px ${FONT}`;
        Object.assign(context, { font: font(size), fillStyle: color, textBaseline: "alphabetic" });
        const wished = context.measureText(text).width;
        const scale = Math.min(1, room / wished);
        if (scale < 1) context.font = font(Math.floor(10 * size * scale) / 10);
        context.fillText(text, x, y);
        return wished * scale;
    }

    dispose() {
        for (const panel of this.panels) panel.dispose();
        this.element?.remove();
    }
}

/* A panel's figure as SVG, without the paths of a flat one; what is 3-D or a map is an image in it. */
async function baseOf(panel) {
    const { width, height } = panel.size;
    const text = await window.Plotly.toImage(panel.picture, { format: "svg", width, height, imageDataOnly: true });
    const svg = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    if (svg.querySelector("parsererror")) throw new Error("Plotly has made no SVG.");
    return svg;
}

export function svgText(svg) {
    return new XMLSerializer().serializeToString(svg);
}

/* An SVG as an image of so many pixels. */
export async function imageOf(svg, wide, high) {
    const copy = svg.cloneNode(true);
    if (!copy.getAttribute("viewBox")) copy.setAttribute("viewBox", `0 0 ${copy.getAttribute("width")} ${copy.getAttribute("height")}`);
    copy.setAttribute("width", wide);
    copy.setAttribute("height", high);
    copy.setAttribute("preserveAspectRatio", "none");
    const image = new Image(wide, high);
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(copy))}`;
    await image.decode();
    return image;
}
