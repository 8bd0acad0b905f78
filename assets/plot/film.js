/* The player's way as a film: the slide at one reading after the other, recorded as it is drawn. */

import { imageOf, Slide } from "./slide.js";

const [FILM_WIDE, FILM_HIGH] = [1280, 720];
const RATE = 25; // frames per second, where the machine keeps up
const [SHORTEST_FILM, LONGEST_FILM, HOLD] = [5, 10, 1]; // seconds; the last frame stands still for the hold
const STEPS_PER_SECOND = 20;
const FEWEST = 40; // frames for which a slow machine is given more time
const KINDS = ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm", "video/mp4"];
const BITS = 8e6; // per second
const [SLICE, QUIET] = [200, 1500]; // milliseconds between two parts of a film; without a part, after which it is whole

/* What this browser can record, or nothing. */
export function filmType() {
    const can = window.MediaRecorder && HTMLCanvasElement.prototype.captureStream;
    return can ? KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)) : undefined;
}

/* How many seconds the way takes, however many steps there are; `slowness` is the time in which a frame is drawn. */
export function secondsOf(count, slowness) {
    return Math.min(Math.max(count / STEPS_PER_SECOND, FEWEST * slowness, SHORTEST_FILM), LONGEST_FILM);
}

const next = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/* The film of a stage, or null where it has been cancelled. `tell` is told the share that is done. */
export async function filmOf(stage, title, tell, cancelled) {
    const slide = new Slide(stage, title);
    try {
        await slide.open(0);
        const scale = FILM_HIGH / slide.high;
        const layers = new Map();
        for (const panel of slide.panels) layers.set(panel, await layerOf(panel, scale));
        const canvas = Object.assign(document.createElement("canvas"), { width: FILM_WIDE, height: FILM_HIGH });
        const context = canvas.getContext("2d");
        context.setTransform(scale, 0, 0, scale, 0, 0);
        const draw = (reading) => {
            slide.scene = slide.sceneAt(reading);
            slide.draw(context, (pixels, panel, ...box) => layers.get(panel)(pixels, ...box));
        };
        draw(0);
        const since = performance.now();
        draw(0);
        const stops = stage.player.stops ?? Array.from({ length: slide.end + 1 }, (_, reading) => reading);
        const seconds = secondsOf(stops.length, (performance.now() - since) / 1000);
        const at = (share) => stops[Math.min(Math.floor(share * stops.length), stops.length - 1)];
        return await record(canvas, seconds, (share) => draw(at(share)), tell, cancelled);
    } finally {
        slide.dispose();
    }
}

/* What draws a panel's figure: an image once and for all; of a scene, its canvas with the paths as they stand. */
async function layerOf(panel, scale) {
    const { width, height } = panel.size;
    const base = panel.base.cloneNode(true);
    const inner = panel.picture._fullLayout?.scene?._scene;
    if (inner) for (const image of base.querySelectorAll(".glimages image")) image.remove();
    const still = await pixelsOf(base, Math.round(width * scale), Math.round(height * scale));
    if (!inner) return (context, ...box) => context.drawImage(still, ...box);
    return (context, x, y, wide, high) => {
        panel.move();
        const canvas = inner.glplot.canvas;
        const [place, whole] = [canvas, panel.picture].map((element) => element.getBoundingClientRect());
        context.drawImage(canvas, x + place.left - whole.left, y + place.top - whole.top, place.width, place.height);
        context.drawImage(still, x, y, wide, high);
    };
}

/* An image that is drawn in no time. */
async function pixelsOf(svg, width, height) {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    canvas.getContext("2d").drawImage(await imageOf(svg, width, height), 0, 0);
    return canvas;
}

/* Record what is drawn at each time: a recorder knows no clock but the wall's, so a slow machine shows fewer frames. */
async function record(canvas, seconds, draw, tell, cancelled) {
    const stream = canvas.captureStream(0);
    const [track] = stream.getVideoTracks();
    const type = filmType();
    const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: BITS });
    const parts = [];
    let came = performance.now();
    recorder.addEventListener("dataavailable", ({ data }) => {
        parts.push(data);
        if (data.size) came = performance.now();
    });
    const stopped = new Promise((resolve) => { recorder.addEventListener("stop", resolve); });
    recorder.start(SLICE);
    const start = performance.now();
    for (let share = 0; share < 1 + HOLD / seconds && !cancelled();) {
        draw(Math.min(share, 1));
        track.requestFrame();
        tell(Math.min(1, share / (1 + HOLD / seconds)));
        const due = (1000 / RATE) * Math.ceil(((performance.now() - start) * RATE) / 1000 + 0.01);
        await next(due - (performance.now() - start));
        share = (performance.now() - start) / 1000 / seconds;
    }
    /* What the recorder has not come to yet it would throw away when it is stopped. */
    while (performance.now() - came < QUIET && !cancelled()) await next(SLICE);
    recorder.stop();
    await stopped;
    track.stop();
    return cancelled() ? null : new Blob(parts, { type: type.split(";")[0] });
}
