/* Paths from starts all over a plane, of which one at a time is seen: that which starts nearest to the pointer. */

import { dot, stroke } from "./ink.js";
import { inside, pixelPath, trace } from "./pixels.js";

export const THREAD_COLOR = "#14181f";

/* The index of the path whose start is nearest to a place in pixels; -1 outside the axes. */
export function nearestThread(threads, x, y, { left, top }) {
    if (!(left >= x.low && left <= x.high && top >= y.low && top <= y.high)) return -1;
    const { flat, stride, length } = threads;
    let [found, least] = [-1, Infinity];
    for (let index = 0; index < length; index++) {
        const [across, up] = [x.place(flat[index * stride]) - left, y.place(flat[index * stride + 1]) - top];
        const distance = across * across + up * up;
        if (distance < least) [found, least] = [index, distance];
    }
    return found;
}

/* Draw one path with its start and its end; the path in pixels. */
export function drawThread({ context, x, y, window, bounds }, threads, index) {
    const numbers = threads.row(index);
    let count = 0;
    while (count < numbers.length / 2 && Number.isFinite(numbers[2 * count] + numbers[2 * count + 1])) count++;
    const path = pixelPath(count, (row) => x.place(numbers[2 * row]), (row) => y.place(numbers[2 * row + 1]));
    stroke(context, (pen) => trace(pen, path, 0, count - 1, bounds), { color: THREAD_COLOR, width: 1.8 });
    dot(context, path.xs[0], path.ys[0], 3, "#ffffff", THREAD_COLOR);
    const last = count - 1;
    if (inside(window, path.xs[last], path.ys[last])) dot(context, path.xs[last], path.ys[last], 4.5, THREAD_COLOR);
    return path;
}
