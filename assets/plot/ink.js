/* Strokes on a canvas that are seen on light and dark ground: every line and symbol has a halo. */

import { inside } from "./pixels.js";

export const DASHES = { solid: [], dash: [7, 4], dot: [1.5, 3.5], dashdot: [7, 3, 1.5, 3] };
const HALO = "rgba(255,255,255,0.85)";
const HEAD = 8;

/* Stroke what `draw` adds to a new path: first the halo, then the colour. */
export function stroke(context, draw, { color, width = 2, dash = "solid", halo = HALO }) {
    context.beginPath();
    draw(context);
    context.lineCap = context.lineJoin = "round";
    context.setLineDash([]);
    if (halo) {
        context.strokeStyle = halo;
        context.lineWidth = width + 2.2;
        context.setLineDash(DASHES[dash] ?? []);
        context.stroke();
    }
    context.strokeStyle = color;
    context.lineWidth = width;
    context.setLineDash(DASHES[dash] ?? []);
    context.stroke();
    context.setLineDash([]);
}

export function dot(context, x, y, radius, color, ring = "#ffffff") {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = color;
    context.fill();
    if (!ring) return;
    context.lineWidth = 2;
    context.strokeStyle = ring;
    context.stroke();
    context.beginPath();
    context.arc(x, y, radius + 1.3, 0, 2 * Math.PI);
    context.lineWidth = 0.8;
    context.strokeStyle = "rgba(0,0,0,0.65)";
    context.stroke();
}

/* An arrow with a filled head; `hollow` leaves the head open. */
export function arrow(context, x0, y0, x1, y1, { color, width = 2, dash = "solid", hollow = false, halo = HALO }) {
    const angle = Math.atan2(y1 - y0, x1 - x0);
    const length = Math.hypot(x1 - x0, y1 - y0);
    const head = Math.min(HEAD + width, 0.6 * length);
    const [backX, backY] = [x1 - head * Math.cos(angle), y1 - head * Math.sin(angle)];
    stroke(context, (path) => {
        path.moveTo(x0, y0);
        path.lineTo(backX, backY);
    }, { color, width, dash, halo });
    context.beginPath();
    context.moveTo(x1, y1);
    for (const side of [0.42, -0.42]) {
        context.lineTo(x1 - head * Math.cos(angle + side) * 1.1, y1 - head * Math.sin(angle + side) * 1.1);
    }
    context.closePath();
    context.lineWidth = 2;
    context.strokeStyle = halo;
    context.stroke();
    context.fillStyle = hollow ? "#ffffff" : color;
    context.fill();
    context.lineWidth = hollow ? 1.6 : 0.6;
    context.strokeStyle = color;
    context.stroke();
}

/* A triangle on the border that points where the path goes. */
export function pointer(context, x, y, angle, color) {
    context.save();
    context.translate(x, y);
    context.rotate(angle);
    context.beginPath();
    context.moveTo(1, 0);
    context.lineTo(-11, 7);
    context.lineTo(-11, -7);
    context.closePath();
    context.lineWidth = 2.5;
    context.strokeStyle = HALO;
    context.stroke();
    context.fillStyle = color;
    context.fill();
    context.restore();
}

/* Words beside a place, inside the window; left out where other words already stand. True when written. */
export function writeWords(context, text, x, y, { window, taken, font }) {
    context.font = `12px ${font}`;
    const [width, height] = [context.measureText(text).width + 8, 18];
    const left = Math.min(Math.max(x + 9, window.left + 2), window.right - width - 2);
    const top = Math.min(Math.max(y - height - 5, window.top + 2), window.bottom - height - 2);
    const box = [left, top, left + width, top + height];
    if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) {
        return false;
    }
    taken.push(box);
    context.fillStyle = "rgba(255,255,255,0.86)";
    context.beginPath();
    context.roundRect(left, top, width, height, 4);
    context.fill();
    context.fillStyle = "#14181f";
    context.textBaseline = "middle";
    context.fillText(text, left + 4, top + height / 2 + 0.5);
    return true;
}

const SHAPES = {
    cross: [[[-1, 0], [1, 0]], [[0, -1], [0, 1]]],
    x: [[[-0.75, -0.75], [0.75, 0.75]], [[-0.75, 0.75], [0.75, -0.75]]],
    diamond: [[[0, -1.1], [0.9, 0], [0, 1.1], [-0.9, 0], [0, -1.1]]],
    square: [[[-0.8, -0.8], [0.8, -0.8], [0.8, 0.8], [-0.8, 0.8], [-0.8, -0.8]]],
    triangle: [[[0, -1], [0.95, 0.75], [-0.95, 0.75], [0, -1]]],
    star: [Array.from({ length: 11 }, (_, i) => {
        const [angle, radius] = [(i * Math.PI) / 5 - Math.PI / 2, i % 2 ? 0.5 : 1.2];
        return [radius * Math.cos(angle), radius * Math.sin(angle)];
    })],
};

/* One symbol of a mark; a cross, an x and a ring are open, the others filled. */
export function symbol(context, name, x, y, { color, halo = HALO, size = 6 }) {
    if (name === "ring" || !(name in SHAPES)) {
        if (name !== "ring") return dot(context, x, y, size - 1, color);
        return stroke(context, (path) => path.arc(x, y, size, 0, 2 * Math.PI), { color, halo });
    }
    const draw = (path) => {
        for (const line of SHAPES[name]) {
            line.forEach(([dx, dy], i) => path[i ? "lineTo" : "moveTo"](x + dx * size, y + dy * size));
        }
    };
    stroke(context, draw, { color, halo });
    if (name !== "cross" && name !== "x") {
        context.fillStyle = color;
        context.fill();
    }
    return undefined;
}

/* Points, lines and arrows in data coordinates; `pen` is the colour of those that name none. */
export function drawMarks(context, marks, x, y, { pen = "#14181f", halo = HALO, ...style }) {
    for (const mark of marks) {
        const places = placesOf(mark, x, y);
        if (!places.length || (mark.kind !== "segment" && !places.flat().every(Number.isFinite))) continue;
        const [first, last] = [places[0], places[places.length - 1]];
        const color = mark.color || pen;
        if (mark.kind === "point") symbol(context, mark.symbol, ...first, { color, halo });
        else if (mark.kind === "arrow") arrow(context, ...first, ...last, { color, dash: mark.symbol, halo });
        else stroke(context, (path) => drawLine(path, places), { color, dash: mark.symbol, halo });
        if (mark.label && inside(style.window, ...first)) writeWords(context, mark.label, ...first, style);
    }
}

/* A mark in pixels; its words stand beside the first place. A line across the picture has only one number. */
function placesOf(mark, x, y) {
    if (mark.kind === "vline") return [y.low, y.high].map((top) => [x.place(mark.x[0]), top]);
    if (mark.kind === "hline") return [x.high, x.low].map((left) => [left, y.place(mark.y[0])]);
    return Array.from(mark.x, (value, i) => [x.place(value), y.place(mark.y[i])]);
}

/* A line through places in pixels, broken where one is missing. */
function drawLine(path, places) {
    let pen = "moveTo";
    for (const [left, top] of places) {
        if (Number.isFinite(left + top)) path[pen](left, top);
        pen = Number.isFinite(left + top) ? "lineTo" : "moveTo";
    }
}
