/* The whole component: panels, legend, player and read-out, and what is remembered of them. */

import { arrange } from "./arrange.js";
import { decode, keepParts, partOf, showParts } from "./arrays.js";
import { clockEnd, clockStops, makeTrack, rowAt } from "./clock.js";
import { make } from "./format.js";
import { Legend } from "./legend.js";
import { PlanePanel } from "./plane.js";
import { Player } from "./player.js";
import { Readout } from "./readout.js";
import { ROLES, seenBy } from "./roles.js";
import { enlist, refresh, strike } from "./takes.js";
import { readTheme } from "./theme.js";

const PATIENCE = 3000; // milliseconds until a part is asked for again, then twice as long
const memories = new Map(); // by the component's key, for as long as the page is open

export class Stage {
    constructor(parent, key) {
        if (!memories.has(key)) memories.set(key, { hidden: new Set(), arrows: new Map(), views: new Map() });
        this.memory = memories.get(key);
        this.parent = parent;
        this.panels = new Map();
        this.tracks = [];
        this.grid = make("div", { class: "lp-panels", tabindex: -1 });
        this.legend = new Legend(
            (name) => this.toggleTrack(name), (name) => this.toggleArrow(name), () => this.toggleCloud());
        this.player = new Player(this.memory, () => this.show());
        this.readout = new Readout();
        this.remarks = make("p", { class: "lp-remarks" });
        this.remarked = new Map();
        this.element = make("div", { class: "lp", keydown: (event) => this.player.key(event) },
            this.legend.element, this.grid, this.player.element, this.remarks, this.readout.element);
        this.grid.addEventListener("pointerdown", () => this.grid.focus({ preventScroll: true }));
        parent.replaceChildren(this.element);
        enlist(this);
    }

    /* What the panels ask of the stage. */
    view(id) {
        const { views } = this.memory;
        if (!views.has(id)) views.set(id, {});
        return views.get(id);
    }

    /* What a picture remarks on the present step; it has a line of its own, so that nothing moves. */
    remark(id, text) {
        this.remarked.set(id, text);
        const all = [...new Set(this.remarked.values())].filter(Boolean).join(" ");
        if (this.remarks.textContent !== all) this.remarks.textContent = all;
    }

    click(value) {
        this.send.click?.(value);
    }

    /* The reader has chosen a window. */
    choose(value) {
        this.send.window?.(value);
    }

    update(data, send) {
        this.send = send;
        keepParts(data.parts);
        const names = [
            ...data.panels.flatMap(({ figure, threads }) => (threads ? [figure, threads] : [figure])),
            ...data.tracks.map((track) => track.arrays),
        ];
        if (!this.complete([...new Set(names)])) return;
        showParts(this, names);
        this.words = data.words;
        this.align = data.align;
        this.guess = data.guess;
        this.theme = readTheme(this.parent);
        this.element.lang = data.language;
        this.element.classList.toggle("lp-dark", this.theme.dark);
        this.setTracks(data.tracks);
        this.setPanels(data);
        this.refresh();
        this.remarks.hidden = !this.arrows().length;
        const stops = clockStops(this.tracks, this.align);
        this.player.update(clockEnd(this.tracks, this.align), stops, this.align, this.words, this.guess);
        this.readout.update(this.visible(), this.words);
        this.show();
        this.repaint();
        refresh();
    }

    /* Whether all parts are here. Those that are not are asked for, and again while no answer comes. */
    complete(names) {
        const missing = names.filter((name) => partOf(name) === undefined);
        if (String(missing) === this.missed) return !missing.length;
        this.missed = String(missing);
        clearTimeout(this.asking);
        if (missing.length) this.ask(missing, PATIENCE);
        return !missing.length;
    }

    /* An answer that is on its way is not asked for again: that would begin it anew. */
    ask(missing, patience) {
        this.send.missing?.(missing);
        this.asking = setTimeout(() => this.ask(missing, 2 * patience), patience);
    }

    setTracks(specs) {
        const known = new Map(this.tracks.map((track) => [track.name, track]));
        this.tracks = specs.map((spec) => {
            const old = known.get(spec.name);
            const track = old?.content === spec.arrays
                ? { ...old, ...spec } : makeTrack({ ...spec, content: spec.arrays }, partOf(spec.arrays));
            track.hidden = this.memory.hidden.has(track.name);
            return track;
        });
    }

    setPanels({ panels, columns, height, lead }) {
        Object.assign(this, { columns, height, lead });
        const wanted = new Set(panels.map((panel) => `${panel.role} ${panel.id}`));
        for (const [name, panel] of this.panels) {
            if (!wanted.has(name)) {
                panel.dispose();
                this.panels.delete(name);
                this.remark(panel.spec.id, "");
            }
        }
        panels.forEach((spec, index) => {
            const name = `${spec.role} ${spec.id}`;
            if (!this.panels.has(name)) this.panels.set(name, new ROLES[spec.role](spec, this));
            const panel = this.panels.get(name);
            const threads = spec.threads && partOf(spec.threads);
            panel.update({ ...spec, marks: decode(spec.marks), threads }, partOf(spec.figure));
            if (this.grid.children[index] !== panel.element) {
                this.grid.insertBefore(panel.element, this.grid.children[index] ?? null);
            }
        });
        arrange(this.grid, { panels, columns, height, lead });
    }

    visible() {
        return this.tracks.filter((track) => !track.hidden);
    }

    /* Every kind of arrow that a path has; at first only the first kind where several paths would crowd. */
    arrows() {
        const labels = new Map(this.tracks.flatMap((track) =>
            Object.keys(track.arrows).map((name) => [name, track.arrowLabels[name] ?? name])));
        return Array.from(labels, ([name, label], index) => ({
            name, label, shown: this.memory.arrows.get(name) ?? (index === 0 || this.tracks.length === 1),
        }));
    }

    /* The clouds of all paths, if there are any: shown or hidden together. */
    cloud() {
        const track = this.tracks.find(({ cloud }) => cloud);
        return track ? { label: track.cloudLabel, shown: this.memory.cloud ?? true } : null;
    }

    toggleTrack(name) {
        const { hidden } = this.memory;
        if (!hidden.delete(name)) hidden.add(name);
        for (const track of this.tracks) track.hidden = hidden.has(track.name);
        this.refresh();
        this.readout.update(this.visible(), this.words);
        this.show();
        this.repaint();
    }

    toggleArrow(name) {
        const { shown } = this.arrows().find((arrow) => arrow.name === name);
        this.memory.arrows.set(name, !shown);
        this.refresh();
        this.show();
    }

    toggleCloud() {
        this.memory.cloud = !this.cloud().shown;
        this.refresh();
        this.show();
    }

    refresh() {
        this.legend.update(this.tracks, this.arrows(), this.cloud(), this.words, this.guess);
    }

    /* What is seen where the clock reads so. */
    sceneAt(reading) {
        return {
            tracks: this.visible(), arrows: this.arrows(), cloud: this.cloud(), guess: this.guess, reading,
            align: this.align, words: this.words, theme: this.theme, row: (track) => rowAt(track, reading, this.align),
        };
    }

    /* Everything that the clock moves. */
    show() {
        const scene = this.sceneAt(this.player.reading);
        this.readout.show(scene);
        for (const panel of this.panels.values()) panel.draw(seenBy(panel, scene));
    }

    /* Draw the figures that have changed: planes now, the others one by one when the screen has shown them. */
    repaint() {
        for (const panel of this.panels.values()) {
            if (panel.stale && panel instanceof PlanePanel) panel.paint();
        }
        const next = () => [...this.panels.values()].find((panel) => panel.stale && panel.visible);
        if (this.waiting || !next()) return;
        this.waiting = requestAnimationFrame(() => setTimeout(() => {
            this.waiting = null;
            next()?.paint();
            this.repaint();
        }));
    }

    dispose() {
        strike(this);
        cancelAnimationFrame(this.waiting);
        this.waiting = true;
        clearTimeout(this.asking);
        showParts(this, null);
        for (const panel of this.panels.values()) panel.dispose();
        this.player.dispose();
        this.element.remove();
    }
}
