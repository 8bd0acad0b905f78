/* The numbers behind the present step: one column for each path that is shown. */

import { Rows } from "./arrays.js";
import { clockAt } from "./clock.js";
import { fill, make, numbers, short } from "./format.js";
import { lineSample } from "./legend.js";

export class Readout {
    constructor() {
        this.caption = make("caption", { class: "lp-hidden" });
        this.head = make("thead");
        this.body = make("tbody");
        this.table = make("table", {}, this.caption, this.head, this.body);
        this.element = make("div", { class: "lp-readout", tabindex: 0, role: "region" }, this.table);
        this.cells = [];
    }

    /* Rows and columns; only when the paths change. */
    update(tracks, words) {
        this.words = words;
        this.element.hidden = !tracks.length;
        this.caption.textContent = words.readout;
        this.element.setAttribute("aria-label", words.readout);
        const labels = merged(tracks.map((track) => Object.keys(track.readout)));
        const key = JSON.stringify([labels, tracks.map((track) => [track.label, track.color, track.dash]), words.point, words.loss]);
        if (key === this.key) return;
        this.key = key;
        this.head.replaceChildren(make("tr", {}, make("th", { scope: "col" }), ...tracks.map((track) => {
            const heading = make("th", { scope: "col", ".innerHTML": lineSample(track.color, track.dash) });
            heading.append(track.label);
            return heading;
        })));
        const rows = [words.step, words.point, words.loss, ...labels];
        this.cells = rows.map(() => tracks.map(() => make("td")));
        this.body.replaceChildren(...rows.map((label, i) =>
            make("tr", {}, make("th", { scope: "row", ".textContent": label }), ...this.cells[i])));
        this.labels = labels;
    }

    show(scene) {
        scene.tracks.forEach((track, column) => {
            const row = scene.row(track);
            const values = [
                this.state(track, clockAt(track, row, "step"), scene.reading > clockAt(track, track.last, scene.align)), numbers(track.points.row(row)), short(track.losses[row]),
                ...this.labels.map((label) => this.value(track.readout[label], row)),
            ];
            values.forEach((text, i) => {
                const cell = this.cells[i]?.[column];
                if (cell && cell.textContent !== text) cell.textContent = text;
            });
        });
    }

    state(track, step, passed) {
        const diverged = track.divergedAt;
        if (diverged !== null && diverged !== undefined && step >= diverged) {
            return fill(this.words.diverged, { step: diverged });
        }
        return passed ? `${step} · ${this.words.ended}` : String(step);
    }

    value(rows, row) {
        if (!rows || row >= rows.length) return "—";
        return rows instanceof Rows ? numbers(rows.row(row)) : short(rows[row]);
    }
}

/* One list of all labels, in which each path's own keep their order. */
function merged(lists) {
    const all = [];
    for (const list of lists) {
        let place = 0;
        for (const label of list) {
            const known = all.indexOf(label);
            if (known < 0) all.splice(place, 0, label);
            place = (known < 0 ? place : known) + 1;
        }
    }
    return all;
}
