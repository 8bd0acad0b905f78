/* Losses against the clock, with a line where the clock stands. */

import { clockAt } from "./clock.js";
import { FlatPanel } from "./flat.js";
import { fill, short } from "./format.js";
import { fade } from "./theme.js";

const TALLEST = 100; // on a linear axis, times the losses' own spread at the start
const DECADES = 14; // on a logarithmic axis, above the larger of the starts

export class CurvePanel extends FlatPanel {
    /* The axes of a curve follow the paths, so the picture is made of them too. */
    signature() {
        return `${super.signature()} ${JSON.stringify(this.extent())}`;
    }

    /* Losses change with every control, so a zoom into them outlives all but another kind of axis. */
    base() {
        return `${this.log} ${this.host.align}`;
    }

    /* What is subtracted from the losses before they are drawn. */
    get floor() {
        return Number(this.figure.layout?.meta?.floor ?? 0);
    }

    get log() {
        return this.figure.layout?.yaxis?.type === "log";
    }

    layout() {
        const layout = super.layout();
        const zoom = this.view.zoom ?? {};
        const { across, up } = this.extent();
        const { words } = this.host;
        const title = layout.xaxis?.title ?? { text: words[this.host.align === "evaluations" ? "evaluations" : "step"] };
        layout.xaxis = { title, ...layout.xaxis };
        layout.yaxis = { title: { text: words.loss }, ...layout.yaxis };
        if (!zoom.xaxis && !this.figure.layout?.xaxis?.range) Object.assign(layout.xaxis, { range: across });
        if (!zoom.yaxis && !this.figure.layout?.yaxis?.range && up) Object.assign(layout.yaxis, { range: up });
        return layout;
    }

    data() {
        const data = super.data();
        // Without a trace Plotly draws no axes.
        return data.length ? data : [{ type: "scatter", x: [null], y: [null], hoverinfo: "skip" }];
    }

    /* The ranges of the axes that show every path, save what a diverging one piles up. */
    extent() {
        const { tracks, align } = this.host;
        const key = `${this.spec.figure} ${align} ${tracks.map((track) => `${track.content}${track.hidden}`)}`;
        if (this.extentKey !== key) {
            this.extentKey = key;
            this.known = this.measure(tracks.filter((track) => !track.hidden && this.plays(track)), align);
        }
        return this.known;
    }

    measure(tracks, align) {
        let [low, high, start, end, nonpositive] = [Infinity, -Infinity, -Infinity, 1, false];
        for (const track of tracks) {
            end = Math.max(end, clockAt(track, track.last, align));
            start = Math.max(start, track.losses[0] - this.floor);
            for (const value of track.losses) {
                const loss = value - this.floor;
                if (!Number.isFinite(loss)) continue;
                if (this.log && loss <= 0) nonpositive = true;
                else [low, high] = [Math.min(low, loss), Math.max(high, loss)];
            }
        }
        const across = [-0.01 * end, 1.015 * end];
        if (low > high) return { across, up: null, limit: null, nonpositive };
        const given = this.figure.layout?.yaxis?.range;
        if (given) {
            const top = this.log ? 10 ** given[1] : Number(given[1]);
            return { across, up: null, limit: high > top ? top : null, nonpositive };
        }
        const spread = Math.max(start - low, 1e-12 * Math.abs(start));
        const limit = this.log ? start * 10 ** DECADES : low + TALLEST * spread;
        const cut = Number.isFinite(limit) && high > limit && limit > low;
        const top = cut ? (this.log ? Math.max(start * 1e3, low * 10) : low + 3 * spread) : high;
        const [from, to] = this.log ? [Math.log10(low), Math.log10(top)] : [low, top];
        const margin = 0.05 * (to - from || Math.abs(to) || 1);
        return { across, up: [from - margin, to + margin], limit: cut ? top : null, nonpositive };
    }

    ink(ink, scene) {
        const { context, x, y, window } = ink;
        const { limit, nonpositive } = this.extent();
        const cursor = x.place(scene.reading);
        context.beginPath();
        context.moveTo(cursor, window.top);
        context.lineTo(cursor, window.bottom);
        context.strokeStyle = fade(scene.theme.text, 0.6);
        context.lineWidth = 1;
        context.stroke();
        for (const track of scene.tracks) {
            const path = this.pixels(track, x, y,
                (row) => clockAt(track, row, scene.align), (row) => track.losses[row] - this.floor);
            const row = Math.min(scene.row(track), track.end);
            this.inkPath(ink, track, path, row, null);
            this.inkExit(ink, track, path, row, "");
            this.inkNow(ink, track, path, row);
        }
        this.say([
            limit === null ? "" : fill(scene.words.clipped, { limit: short(limit + this.floor) }),
            nonpositive ? scene.words.nonpositive : "",
        ]);
    }
}
