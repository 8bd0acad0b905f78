/* One picture: its element, its figure drawn in place by Plotly, its zoom or camera, and its clicks. */

import { nested } from "./arrays.js";
import { fill, make } from "./format.js";
import { dress } from "./theme.js";

const CONFIG = { displayModeBar: false, doubleClick: false, responsive: false, scrollZoom: "gl3d", showTips: false };
const STILL = 5; // a pointer that moves fewer pixels than this clicks, it does not drag
const DOUBLE = 300; // milliseconds in which a second click makes a double click

export class Panel {
    constructor(spec, host) {
        this.spec = spec;
        this.host = host; // words, theme, view(id), click(value), choose(value)
        this.painted = null; // what the picture on the screen was made of
        this.title = make("figcaption", { class: "lp-title" });
        this.picture = make("div", { class: "lp-picture" });
        this.canvas = make("canvas", { class: "lp-overlay", "aria-hidden": "true" });
        this.note = make("p", { class: "lp-note", ".hidden": true });
        this.reset = make("button", {
            class: "lp-reset", type: "button", ".hidden": true, ".textContent": "⤢", click: () => this.resetView(),
        });
        this.frame = make("div", { class: "lp-frame" }, this.picture, this.canvas, this.reset);
        this.element = make("figure", { class: `lp-panel lp-${spec.role}` }, this.title, this.note, this.frame);
        this.picture.addEventListener("pointerdown", (event) => this.press(event), true);
        this.sizes = new ResizeObserver(() => this.resize());
        this.sizes.observe(this.frame);
    }

    /* Whether a path runs in this picture: in every one, unless the picture names its own. */
    plays(track) {
        return !this.spec.paths?.length || this.spec.paths.includes(track.name);
    }

    get view() {
        return this.host.view(this.spec.id);
    }

    update(spec, figure) {
        // Plotly's lists of rows are made for what is on the screen, and only there.
        if (!this.figure || this.spec.figure !== spec.figure) this.figure = nested(figure);
        this.spec = spec;
        this.title.textContent = spec.title;
        this.title.hidden = !spec.title;
        this.picture.setAttribute("role", "img");
        this.picture.setAttribute("aria-label", spec.label);
        this.reset.setAttribute("aria-label", this.host.words.reset);
        this.reset.title = this.host.words.reset;
        this.element.classList.toggle("lp-clickable", spec.clickable);
    }

    /* What the picture is made of: the same signature needs no new picture. */
    signature() {
        return `${this.spec.figure} ${this.host.theme.name}`;
    }

    get stale() {
        return this.painted !== this.signature();
    }

    data() {
        return this.figure.data.map((trace) => ({ ...trace }));
    }

    layout() {
        // A copy: Plotly writes the reader's zoom into the layout that it is given.
        const layout = dress(structuredClone(this.figure.layout ?? {}), this.host.theme);
        const base = this.base();
        if (this.view.base !== base) {
            delete this.view.zoom;
            this.view.base = base;
            this.forgetRanges();
        }
        for (const [name, range] of Object.entries(this.view.zoom ?? {})) {
            layout[name] = { ...layout[name], range: [...range], autorange: false };
        }
        return layout;
    }

    /* Plotly would take new ranges of two axes of one scale for a zoom into the first ranges that it has seen. */
    forgetRanges() {
        for (const name of ["xaxis", "yaxis"]) delete this.picture._fullLayout?.[name]?._inputRange;
    }

    /* What the zoom belongs to; when it changes the zoom has lost its meaning. */
    base() {
        const { xaxis, yaxis } = this.figure.layout ?? {};
        return JSON.stringify([xaxis?.range, yaxis?.range, xaxis?.type, yaxis?.type]);
    }

    get visible() {
        const { width, height } = this.size;
        return width > 0 && height > 0;
    }

    get size() {
        return { width: this.frame.clientWidth, height: this.frame.clientHeight };
    }

    /* Draw the figure in place. */
    async paint() {
        if (!this.visible) return;
        const { width, height } = this.size;
        this.painted = this.signature();
        try {
            this.refuse();
            this.clearBars();
            const first = !this.plotted;
            this.plotted = { width, height };
            const done = window.Plotly.react(this.picture, this.data(), { ...this.layout(), width, height }, CONFIG);
            if (first) this.listen();
            await done;
            this.failed(null);
        } catch (error) {
            console.warn(error);
            this.forget();
            this.failed(fill(this.host.words.failed, { reason: error.message }));
        }
        this.reset.hidden = !(this.view.zoom || this.view.camera);
    }

    /* Let go of a picture that failed half-drawn: the next one would fail on what it left. */
    forget() {
        if (!this.plotted) return;
        this.plotted = null;
        try {
            window.Plotly.purge(this.picture);
        } catch (error) {
            console.warn(error);
            this.picture.replaceChildren();
        }
    }

    /* Begin anew where a colour bar turns: Plotly would leave the ticks of the upright one, and room for them. */
    clearBars() {
        const bars = String([...new Set(this.figure.data.map((trace) => trace.colorbar?.orientation ?? ""))]);
        if (this.plotted && this.bars !== undefined && this.bars !== bars) {
            window.Plotly.purge(this.picture);
            this.plotted = null;
        }
        this.bars = bars;
    }

    /* Throw the reason why nothing can be drawn. */
    refuse() {
        if (!window.Plotly) throw new Error(this.host.words.no_plotly);
    }

    failed(message) {
        this.alert?.remove();
        this.alert = message ? make("p", { class: "lp-alert", role: "alert", ".textContent": message }) : null;
        if (this.alert) this.frame.append(this.alert);
    }

    listen() {
        this.picture.on("plotly_relayout", (change) => this.moved(change));
        this.picture.on("plotly_doubleclick", () => this.resetView());
    }

    /* The reader has zoomed, or the picture has a new size; whether an axis has moved. */
    moved(change) {
        const keys = Object.keys(change).map((key) => /^([xy]axis\d*)\.(range|autorange)/.exec(key)?.[1]);
        const names = new Set(keys.filter(Boolean));
        for (const name of names) {
            this.view.zoom = { ...this.view.zoom, [name]: [...this.picture.layout[name].range] };
        }
        this.reset.hidden = !(this.view.zoom || this.view.camera);
        return names.size > 0;
    }

    resetView() {
        clearTimeout(this.waiting);
        if (!this.view.zoom && !this.view.camera) return;
        delete this.view.zoom;
        delete this.view.camera;
        this.paint();
    }

    resize() {
        if (!this.visible || !window.Plotly) return;
        const { width, height } = this.size;
        if (!this.plotted) {
            this.host.repaint();
        } else if (this.plotted.width !== width || this.plotted.height !== height) {
            this.plotted = { width, height };
            window.Plotly.relayout(this.picture, { width, height });
        }
    }

    /* A press that is let go at the same place is a click; what moves is a zoom or a turn. */
    press(down) {
        if (!this.spec.clickable || down.button !== 0 || !down.isPrimary) return;
        const release = (up) => {
            window.removeEventListener("pointerup", release, true);
            window.removeEventListener("pointercancel", release, true);
            const moved = Math.hypot(up.clientX - down.clientX, up.clientY - down.clientY);
            if (up.type === "pointerup" && moved < STILL) this.released(up);
        };
        window.addEventListener("pointerup", release, true);
        window.addEventListener("pointercancel", release, true);
        this.pressed(down);
    }

    pressed() {}

    /* Zoomed in, a click waits whether it becomes the double click that zooms out. */
    released(event) {
        const place = this.placeOf(event);
        if (!place) return;
        const again = event.timeStamp - (this.lastRelease ?? -Infinity) < DOUBLE;
        this.lastRelease = event.timeStamp;
        clearTimeout(this.waiting);
        if (again) return;
        const send = () => this.host.click({ panel: this.spec.id, ...place });
        if (this.view.zoom) this.waiting = setTimeout(send, DOUBLE);
        else send();
    }

    placeOf() {
        return null;
    }

    /* Show the paths at the present reading of the clock. */
    draw() {}

    say(messages) {
        const text = messages.filter(Boolean).join(" ");
        if (this.note.textContent !== text) this.note.textContent = text;
        this.note.hidden = !text;
    }

    dispose() {
        clearTimeout(this.waiting);
        this.sizes.disconnect();
        if (this.plotted && window.Plotly) window.Plotly.purge(this.picture);
        this.element.remove();
    }
}
