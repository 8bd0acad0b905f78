/* The player's way as a film: the slide at one reading after the other, recorded as it is drawn. */

import { imageOf, Slide } from "./slide.js";

const [FILM_WIDE, FILM_HIGH] = [1280, 720];
const RATES_OF_FILMS = [25, 12, 8]; // frames per second: the slower a frame is drawn, the fewer
const SLOW = 2; // so many times longer than it is shown, a frame may take to be drawn
const [SHORTEST_FILM, LONGEST_FILM, HOLD] = [5, 10, 1]; // seconds; the last frame stands still for the hold
const STEPS_PER_SECOND = 20;
const KINDS = ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm", "video/mp4"];
const BITS = 8e6; // per second

/* What this browser can record, or nothing. */
export function filmType() {
    const can = window.MediaRecorder && HTMLCanvasElement.prototype.captureStream;
    return can ? KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)) : undefined;
}

/* The readings of the frames: from the first to the last in 5 to 10 seconds, however many steps there are. */
export function readingsOf(end, stops, rate) {
    const count = stops?.length ?? end + 1;
    const seconds = Math.min(Math.max(count / STEPS_PER_SECOND, SHORTEST_FILM), LONGEST_FILM);
    const frames = Math.round(seconds * rate);
    return Array.from({ length: frames + 1 }, (_, frame) => {
        const stop = Math.min(Math.floor((frame / frames) * count), count - 1);
        return stops ? stops[stop] : stop;
    });
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
        const took = (performance.now() - since) / 1000;
        const rate = RATES_OF_FILMS.find((each) => took < SLOW / each) ?? RATES_OF_FILMS.at(-1);
        const readings = readingsOf(slide.end, stage.player.stops, rate);
        return await record(canvas, readings, rate, draw, tell, cancelled);
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

/* Record the frames. While one is drawn the recorder pauses, so that a slow machine makes no slow film. */
async function record(canvas, readings, rate, draw, tell, cancelled) {
    const stream = canvas.captureStream(0);
    const [track] = stream.getVideoTracks();
    const type = filmType();
    const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: BITS });
    const parts = [];
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    const stopped = new Promise((resolve) => { recorder.addEventListener("stop", resolve); });
    recorder.start();
    const total = readings.length + HOLD * rate;
    for (let frame = 0; frame < total && !cancelled(); frame++) {
        if (frame < readings.length) {
            recorder.pause();
            draw(readings[frame]);
            recorder.resume();
        }
        const since = performance.now();
        track.requestFrame();
        tell(frame / total);
        await next(Math.max(0, 1000 / rate - (performance.now() - since)));
    }
    recorder.stop();
    await stopped;
    track.stop();
    return cancelled() ? null : new Blob(parts, { type: type.split(";")[0] });
}
