/* A picture in 3-D: the paths run on its surface, or above and below it, and do not make it anew. */

import { boxOf, drape, dropAt, dropsOf, shadowOf, verticesUpTo } from "./drape.js";
import { Panel } from "./panel.js";
import { mix } from "./theme.js";

const ANSWER = 600; // milliseconds in which Plotly tells what was hit
const WIDE = 1.32; // width over height of a picture that shows the whole box
const LONG = 10; // letters of an axis title that stand in one line
const WIDER = 1.4; // where a long title stands beside the vertical axis
const CLEAR = 0.65; // the opacity of a surface below which a path may run
const BASE = { type: "scatter3d", hoverinfo: "none", showlegend: false, connectgaps: false };
const NOTHING = { x: [NaN], y: [NaN], z: [NaN] };

export class ScenePanel extends Panel {
    constructor(spec, host) {
        super(spec, host);
        this.draped = new Map();
    }

    refuse() {
        super.refuse();
        if (!hasWebGL()) throw new Error(this.host.words.no_webgl);
        const surfaces = this.figure.data.filter((trace) => trace.type === "surface");
        const empty = surfaces.every(({ z }) => z.every((row) => !row.some(Number.isFinite)));
        if (surfaces.length && empty) throw new Error(this.host.words.no_height);
    }

    data() {
        const clear = this.host.tracks.some((track) => track.ground && this.plays(track));
        const figure = super.data().map((trace) =>
            (clear && trace.type === "surface" ? { opacity: CLEAR, ...trace } : trace));
        return [...figure, ...this.traces()];
    }

    layout() {
        const layout = super.layout();
        const { text, font, background } = this.host.theme;
        const scene = { ...layout.scene, dragmode: layout.scene?.dragmode ?? "turntable" };
        for (const name of ["xaxis", "yaxis", "zaxis"]) {
            const axis = { color: text, tickfont: { family: font, size: 11 }, ...scene[name] };
            const words = axis.title?.text ?? "";
            const title = { ...axis.title, text: name === "zaxis" ? words : folded(words), font: { size: 12 } };
            // Transparent lines would be white in 3-D.
            scene[name] = { ...axis, title, gridcolor: mix(background, text, 0.14) };
        }
        scene.camera = this.view.camera ? structuredClone(this.view.camera) : stepBack(scene, this.size, this.host.away);
        return { ...layout, scene };
    }

    listen() {
        super.listen();
        this.picture.on("plotly_relayouting", (change) => this.turned(change));
        this.picture.on("plotly_relayout", (change) => this.turned(change));
        for (const event of ["plotly_hover", "plotly_click"]) {
            this.picture.on(event, ({ points }) => this.hit(points[0]));
        }
        this.picture.on("plotly_unhover", () => this.hit(null));
        this.picture.addEventListener("pointermove", () => { this.fresh = false; });
    }

    turned(change) {
        if (!change["scene.camera"]) return;
        this.view.camera = structuredClone(change["scene.camera"]);
        this.reset.hidden = false;
    }

    pressed() {
        this.asked = -Infinity;
    }

    /* Plotly names the point under the pointer when it next draws, before or after the button is let go. */
    released() {
        this.asked = performance.now();
        if (this.fresh) this.answer();
    }

    hit(point) {
        this.under = point;
        this.fresh = true;
        if (performance.now() - this.asked < ANSWER) this.answer();
    }

    answer() {
        if (!this.under) return;
        this.asked = -Infinity;
        const { x, y, z } = this.under;
        if (![x, y, z].every(Number.isFinite)) return;
        this.host.click({ panel: this.spec.id, x: Number(x), y: Number(y), z: Number(z) });
    }

    path(track) {
        const known = this.draped.get(track.name);
        if (known?.content === track.content && known.figure === this.spec.figure) return known;
        const path = { ...drape(track, this.figure), content: track.content, figure: this.spec.figure };
        if (track.ground) {
            Object.assign(path, { shadow: shadowOf(track, this.figure), drops: dropsOf(track, this.figure) });
        }
        this.draped.set(track.name, path);
        return path;
    }

    /* Three traces for each path: its whole way faded, its way so far, and where it is; more at true heights. */
    traces() {
        const scene = this.scene;
        if (!scene) return [];
        return this.host.tracks.filter((track) => this.plays(track)).flatMap((track) => {
            const path = this.path(track);
            const row = Math.min(scene.row(track), track.end);
            const count = verticesUpTo(path, row);
            const part = (from, to) => (track.hidden ? NOTHING : slice(path, from, to));
            const faded = mix(track.color, scene.theme.background, 0.35);
            const now = count > 0 && row === path.row[count - 1] ? part(count - 1, count) : NOTHING;
            const left = path.exit && path.exit.row <= row ? part(path.exit.index, path.exit.index + 1) : null;
            return [
                line(scene.guess ? NOTHING : part(Math.max(0, count - 1), path.x.length), { color: faded, width: 2 }),
                line(part(0, count), { color: track.color, width: 5, dash: track.dash }),
                { ...BASE, ...(left ?? now), mode: "markers", marker: {
                    color: track.color, size: left ? 6 : 7, symbol: left ? "diamond-open" : "circle",
                    line: { color: "#ffffff", width: 1.5 },
                } },
                ...(track.ground ? this.footing(track, path, row) : []),
            ];
        });
    }

    /* What ties a path at its true heights to the surface: its shadow and drop lines, and the drop line now. */
    footing(track, path, row) {
        const { guess, theme } = this.scene;
        const later = mix(track.color, theme.background, 0.6);
        const sooner = mix(track.color, theme.background, 0.3);
        const pair = (lines, width) => {
            const count = verticesUpTo(lines, row);
            const part = (from, to) => (track.hidden ? NOTHING : slice(lines, from, to));
            return [
                line(guess ? NOTHING : part(Math.max(0, count - 1), lines.x.length), { color: later, width }),
                line(part(0, count), { color: sooner, width }),
            ];
        };
        const now = track.hidden || row < 0 ? null : dropAt(track, row, boxOf(this.figure));
        const [x, y, z] = [0, 1, 2].map((axis) => now?.map((end) => end[axis]));
        return [
            ...pair(path.shadow, 3), ...pair(path.drops, 2),
            line(now ? { x, y, z } : NOTHING, { color: track.color, width: 5 }),
        ];
    }

    async paint() {
        await super.paint();
        if (this.scene) this.tell();
    }

    /* Drawn as often as the screen follows, and never more than half of the time. */
    draw(scene) {
        this.scene = scene;
        if (this.busy) return;
        this.busy = true;
        // First the screen shows what the flat pictures have drawn.
        requestAnimationFrame(() => setTimeout(() => {
            const { scene: drawn } = this;
            const start = performance.now();
            if (this.element.isConnected && this.plotted && !this.stale) {
                this.tell();
                this.move();
            }
            requestAnimationFrame(() => requestAnimationFrame((now) => setTimeout(() => {
                this.busy = false;
                if (this.scene !== drawn) this.draw(this.scene);
            }, Math.min(now - start - 40, 400))));
        }));
    }

    /* Change the paths alone, past Plotly's own way, which would build the surface again. */
    move() {
        const traces = this.traces();
        const inner = this.picture._fullLayout?.scene?._scene;
        const full = this.picture._fullData;
        const first = this.figure.data.length;
        const same = inner?.traces && full?.length === first + traces.length
            && traces.every((_, i) => inner.traces[full[first + i].uid]);
        if (!same) return void this.paint();
        traces.forEach((trace, i) => {
            const old = full[first + i];
            Object.assign(old, { x: trace.x, y: trace.y, z: trace.z, _length: trace.x.length });
            if (trace.line && old.line) Object.assign(old.line, trace.line);
            if (trace.marker && old.marker) Object.assign(old.marker, trace.marker, { line: old.marker.line });
            inner.traces[old.uid].update(old);
        });
        return void inner.glplot.redraw?.();
    }

    tell() {
        const { words } = this.host;
        const { scene } = this;
        const gone = (track) => this.path(track).exit?.row <= (scene.guess ? scene.row(track) : Infinity);
        const away = scene.tracks.filter(gone).map((track) => track.label);
        this.say([away.length ? `◇ ${away.join(", ")}: ${words.leaves}` : ""]);
    }
}

function line(vertices, style) {
    return { ...BASE, ...vertices, mode: "lines", line: style };
}

/* Some vertices of a path, or nothing that Plotly would leave out. */
function slice({ x, y, z }, from, to) {
    return to > from ? { x: x.slice(from, to), y: y.slice(from, to), z: z.slice(from, to) } : NOTHING;
}

/* A long title in two lines, broken at the space nearest to its middle: in one the border would cut it. */
function folded(text) {
    const spaces = [...text.matchAll(/ /g)].map(({ index }) => index);
    if (text.length <= LONG || !spaces.length || text.includes("<br>")) return text;
    const off = (index) => Math.abs(index - (text.length - 1) / 2);
    const middle = spaces.reduce((best, index) => (off(index) < off(best) ? index : best));
    return `${text.slice(0, middle)}<br>${text.slice(middle + 1)}`;
}

/* A narrow picture would cut the box at its sides: look from further away. */
function stepBack({ camera, zaxis }, { width, height }, least = 1) {
    const wide = zaxis.title.text.length > LONG ? WIDER : WIDE;
    const away = Math.min(Math.max((wide * height) / width, least), 2.5);
    const { x, y, z } = camera?.eye ?? { x: 1.25, y: 1.25, z: 1.25 };
    return { ...camera, eye: { x: x * away, y: y * away, z: z * away } };
}

export function hasWebGL() {
    hasWebGL.answer ??= Boolean(document.createElement("canvas").getContext("webgl2")
        ?? document.createElement("canvas").getContext("webgl"));
    return hasWebGL.answer;
}
