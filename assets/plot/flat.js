/* A flat picture with paths on a canvas above it: a path that changes or moves on repaints no surface. */

import { dot, pointer, stroke, writeWords } from "./ink.js";
import { Panel } from "./panel.js";
import { axisMap, exitOf, goneAt, pixelPath, trace, windowOf } from "./pixels.js";
import { fade } from "./theme.js";

const SPACED = 6; // pixels between two iterates that are both dotted

export class FlatPanel extends Panel {
    listen() {
        super.listen();
        for (const event of ["plotly_afterplot", "plotly_relayouting"]) {
            this.picture.on(event, () => this.redraw());
        }
    }

    layout() {
        const layout = super.layout();
        return this.spec.zoomable ? { ...layout, dragmode: "zoom" } : layout;
    }

    /* The window that the reader drags open is seen at once and told: a finer picture of it may come. */
    moved(change) {
        const axes = super.moved(change) && this.spec.zoomable && this.axes();
        if (!axes) return;
        const [x, y] = axes.map(({ ends }) => ends);
        this.host.choose({ panel: this.spec.id, x, y });
    }

    async paint() {
        const done = super.paint();
        this.redraw();
        await done;
        this.redraw();
    }

    /* Draw again what was drawn last, since the axes may have moved. */
    redraw() {
        if (this.scene) this.draw(this.scene);
    }

    axes() {
        const layout = this.picture._fullLayout;
        if (!layout?.xaxis?._length || !layout.yaxis?._length) return null;
        return [axisMap(layout.xaxis), axisMap(layout.yaxis)];
    }

    placeOf(event) {
        const axes = this.axes();
        if (!axes) return null;
        const box = this.picture.getBoundingClientRect();
        const [left, top] = [event.clientX - box.left, event.clientY - box.top];
        const [x, y] = axes;
        if (left < x.low || left > x.high || top < y.low || top > y.high) return null;
        return { x: x.value(left), y: y.value(top) };
    }

    draw(scene) {
        this.scene = scene;
        if (!this.stale) this.inkOn(this.context()); // else its axes are about to change
    }

    /* Draw what stands above the figure: on the canvas, or wherever its picture is made. */
    inkOn(context) {
        const { scene } = this;
        const axes = this.axes();
        if (!axes) return;
        const [x, y] = axes;
        const window = windowOf(x, y);
        const key = [this.canvas.width, x.low, x.high, y.low, y.high, x.place(1), x.place(2), y.place(1), y.place(2)];
        if (String(key) !== this.mapKey) {
            this.mapKey = String(key);
            this.paths = new Map();
        }
        const ink = {
            context, x, y, window, color: scene.theme.text, font: scene.theme.font, taken: [],
            bounds: {
                left: 2 * window.left - window.right, right: 2 * window.right - window.left,
                top: 2 * window.top - window.bottom, bottom: 2 * window.bottom - window.top,
            },
        };
        context.save();
        context.beginPath();
        context.rect(window.left, window.top, window.right - window.left, window.bottom - window.top);
        context.clip();
        this.ink(ink, scene);
        context.restore();
    }

    /* The canvas, cleared, in the units of the page. */
    context() {
        const { width, height } = this.size;
        const ratio = globalThis.devicePixelRatio || 1;
        const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
        if (this.canvas.width !== wide || this.canvas.height !== high) {
            Object.assign(this.canvas, { width: wide, height: high });
        }
        const context = this.canvas.getContext("2d");
        context.setTransform(ratio, 0, 0, ratio, 0, 0);
        context.clearRect(0, 0, width, height);
        return context;
    }

    /* The path in pixels, computed once for each pair of axes. */
    pixels(track, x, y, placeX, placeY) {
        let path = this.paths.get(track.name);
        if (!path || path.track !== track.content || path.align !== this.scene.align) {
            path = pixelPath(track.end + 1, (row) => x.place(placeX(row)), (row) => y.place(placeY(row)));
            path.track = track.content;
            path.align = this.scene.align;
            path.gone = goneAt(path, windowOf(x, y));
            this.paths.set(track.name, path);
        }
        return path;
    }

    /* The way to come faded, the way so far in full, dots where steps can be told apart. */
    inkPath({ context, bounds }, track, path, row, halo) {
        const last = path.gone;
        const now = Math.min(row, last);
        if (now < last && !this.scene.guess) {
            stroke(context, (pen) => trace(pen, path, now, last, bounds), {
                color: fade(track.color, 0.55), width: 1.3, dash: track.dash, halo: halo && "rgba(255,255,255,0.35)",
            });
        }
        stroke(context, (pen) => trace(pen, path, 0, now, bounds), {
            color: track.color, width: 2.2, dash: track.dash, halo,
        });
        context.fillStyle = track.color;
        let [lastX, lastY] = [-Infinity, -Infinity];
        for (const kept of path.kept) {
            if (kept > now) break;
            const [left, top] = [path.xs[kept], path.ys[kept]];
            if (Math.hypot(left - lastX, top - lastY) < SPACED) continue;
            [lastX, lastY] = [left, top];
            context.beginPath();
            context.arc(left, top, 2.4, 0, 2 * Math.PI);
            context.fill();
        }
    }

    /* A triangle where a path goes out of the picture, with words where there is room. */
    inkExit({ context, window, ...style }, track, path, row, words) {
        const exit = exitOf(path, Math.min(row, path.count - 1), window);
        if (!exit) return null;
        pointer(context, exit.x, exit.y, exit.angle, track.color);
        if (words) writeWords(context, words, exit.x, exit.y, { window, taken: style.taken, font: style.font });
        return exit;
    }

    inkNow({ context }, track, path, row) {
        const now = Math.min(row, path.count - 1);
        if (now >= 0) dot(context, path.xs[now], path.ys[now], 5, track.color);
    }
}

