/* A picture over two parameters: marks, paths with what moves along, the cloud and the arrows of the present step. */

import { fill } from "./format.js";
import { FlatPanel } from "./flat.js";
import { arrow, drawMarks, dot, symbol } from "./ink.js";
import { cut, inside } from "./pixels.js";
import { drawPlaces, drawWays } from "./swarm.js";
import { fade } from "./theme.js";
import { drawThread, nearestThread, THREAD_COLOR } from "./threads.js";

const SHORTEST = 16; // pixels; a shorter arrow is drawn as long as this
const LONGEST = 0.4; // of the picture's smaller side; a longer arrow is drawn as long as this
const GRAIN = 2.6; // pixels, the radius of a point of a cloud
export const ARROW_STYLES = [
    { width: 2, dash: "solid" }, { width: 2, dash: "dash" }, { width: 3, dash: "solid", hollow: true },
    { width: 2, dash: "dot" }, { width: 3, dash: "dash", hollow: true },
];

export class PlanePanel extends FlatPanel {
    listen() {
        super.listen();
        for (const event of ["pointerdown", "pointermove"]) {
            this.picture.addEventListener(event, (pointer) => this.point(pointer));
        }
        // A finger that is lifted leaves what it has pointed at.
        this.picture.addEventListener("pointerleave", ({ pointerType }) => pointerType === "touch" || this.point(null));
    }

    /* Note where the pointer is; the canvas is drawn again where another thread begins nearest. */
    point(pointer) {
        const box = this.picture.getBoundingClientRect();
        this.pointer = pointer && { left: pointer.clientX - box.left, top: pointer.clientY - box.top };
        const axes = this.spec.threads && !this.drawing && this.axes();
        if (!axes || this.threadAt(...axes) === this.thread) return;
        this.drawing = requestAnimationFrame(() => {
            this.drawing = null;
            this.redraw();
        });
    }

    /* The thread that the pointer shows, or -1. */
    threadAt(x, y) {
        const { threads } = this.spec;
        return threads && this.pointer ? nearestThread(threads, x, y, this.pointer) : -1;
    }

    ink(ink, scene) {
        const { context, x, y } = ink;
        drawMarks(context, this.spec.marks, x, y, ink);
        const shown = scene.tracks.filter((track) => track.end >= 0).map((track) => {
            const path = this.pixels(track, x, y, (row) => track.points.at(row, 0), (row) => track.points.at(row, 1));
            return { track, path, row: Math.min(scene.row(track), track.end) };
        });
        for (const { track, row } of shown) if (track.swarm) drawWays(ink, track, row);
        for (const { track, path, row } of shown) this.inkPath(ink, track, path, row, "rgba(255,255,255,0.75)");
        for (const { track, path } of shown) dot(context, path.xs[0], path.ys[0], 3, "#ffffff", track.color);
        for (const { track, path, row } of shown) this.inkExit(ink, track, path, row, scene.words.leaves);
        for (const { track, row } of shown) this.inkCloud(ink, scene, track, row);
        const changed = new Map();
        for (const { track, row } of shown) this.inkArrows(ink, scene, track, row, changed);
        for (const { track, path, row } of shown) {
            if (track.swarm) this.inkSwarm(ink, track, path, row);
            else this.inkNow(ink, track, path, row);
        }
        this.inkThread(ink);
        this.host.remark(this.spec.id, this.scaleNote(scene, changed));
    }

    /* The points of a swarm have symbols of their own; the one whose path it is gets a ring. */
    inkSwarm(ink, track, path, row) {
        drawPlaces(ink, track, row);
        symbol(ink.context, "ring", path.xs[row], path.ys[row], { color: track.color, size: 9 });
    }

    inkThread(ink) {
        this.thread = this.threadAt(ink.x, ink.y);
        if (this.thread < 0) return;
        const path = drawThread(ink, this.spec.threads, this.thread);
        const last = path.count - 1;
        if (!inside(ink.window, path.xs[last], path.ys[last])) this.inkExit(ink, { color: THREAD_COLOR }, path, last, "");
    }

    /* Where a step from here could have led. */
    inkCloud({ context, x, y, window }, scene, track, row) {
        const { cloud } = track;
        if (!scene.cloud?.shown || !cloud || row >= cloud.length || scene.row(track) > track.end) return;
        const places = cloud.row(row);
        context.fillStyle = fade(track.color, 0.5);
        context.strokeStyle = "rgba(255,255,255,0.45)";
        context.lineWidth = 1;
        for (let i = 0; i < places.length; i += 2) {
            const [left, top] = [x.place(places[i]), y.place(places[i + 1])];
            if (!inside(window, left, top, GRAIN)) continue; // NaN is nowhere inside
            context.beginPath();
            context.arc(left, top, GRAIN, 0, 2 * Math.PI);
            context.fill();
            context.stroke();
        }
    }

    inkArrows({ context, x, y, window }, scene, track, row, changed) {
        if (scene.row(track) > track.end) return;
        const [left, top] = [x.place(track.points.at(row, 0)), y.place(track.points.at(row, 1))];
        if (!inside(window, left, top)) return;
        const longest = LONGEST * Math.min(window.right - window.left, window.bottom - window.top);
        scene.arrows.forEach(({ name, label, shown }, index) => {
            const vectors = track.arrows[name];
            if (!shown || !vectors || row >= vectors.length) return;
            let [dx, dy] = [vectors.at(row, 0) * x.scale, vectors.at(row, 1) * y.scale];
            const length = Math.hypot(dx, dy);
            if (!(length > 0)) return;
            const wished = Math.min(Math.max(length, SHORTEST), longest) / length;
            // The head stays in the picture, where there is room for an arrow at all.
            const [, room] = cut(window, left, top, left + wished * dx, top + wished * dy) ?? [0, 1];
            const drawn = Math.max(wished * room * length, Math.min(SHORTEST, wished * length));
            if (Math.abs(drawn - length) > 1e-6 * length) {
                changed.set(label, drawn < length ? scene.words.shortened : scene.words.lengthened);
                [dx, dy] = [(dx / length) * drawn, (dy / length) * drawn];
            }
            const style = ARROW_STYLES[index % ARROW_STYLES.length];
            arrow(context, left, top, left + dx, top + dy, { ...style, color: track.color });
        });
    }

    scaleNote(scene, changed) {
        if (!changed.size) return "";
        const list = Array.from(changed, ([name, words]) => fill(words, { name })).join(", ");
        return fill(scene.words.scaled, { list });
    }
}
