/* Points that move together with a path: the way of each so far, and where each stands now. */

import { stroke, symbol } from "./ink.js";
import { cut, inside } from "./pixels.js";
import { fade } from "./theme.js";

/* Draw the ways up to a row; the starts are hollow. */
export function drawWays({ context, x, y, window, bounds }, { swarm, swarmColors }, row) {
    const last = Math.min(row, swarm.length - 1);
    const [count] = swarm.sizes.slice(1);
    for (let point = 0; point < count; point++) {
        const color = swarmColors[point];
        const place = (step) => [x.place(swarm.at(step, 2 * point)), y.place(swarm.at(step, 2 * point + 1))];
        const draw = (pen) => {
            let before = place(0);
            for (let step = 1; step <= last; step++) {
                const here = place(step);
                // Far ends are cut, since a canvas has its limits; NaN is nowhere inside.
                const shares = Number.isFinite(here[0] + here[1]) && cut(bounds, ...before, ...here);
                if (shares) {
                    shares.forEach((share, end) => pen[end ? "lineTo" : "moveTo"](
                        ...before.map((value, i) => value + share * (here[i] - value))));
                }
                before = here;
            }
        };
        stroke(context, draw, { color: fade(color, 0.75), width: 1.2, halo: null });
        const [left, top] = place(0);
        if (last > 0 && inside(window, left, top)) hollow(context, left, top, color);
    }
}

function hollow(context, left, top, color) {
    context.beginPath();
    context.arc(left, top, 3, 0, 2 * Math.PI);
    context.fillStyle = "#ffffff";
    context.fill();
    context.strokeStyle = color;
    context.lineWidth = 1.5;
    context.stroke();
}

/* Draw each point where it stands at a row, in the symbol of its kind. */
export function drawPlaces({ context, x, y, window }, { swarm, swarmColors, swarmSymbols }, row) {
    const places = swarm.row(Math.min(row, swarm.length - 1));
    swarmColors.forEach((color, point) => {
        const [left, top] = [x.place(places[2 * point]), y.place(places[2 * point + 1])];
        if (inside(window, left, top, 6)) symbol(context, swarmSymbols[point], left, top, { color, size: 5.5 });
    });
}
