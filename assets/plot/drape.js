/* A path in 3-D, cut at the walls of the box: laid on the surface and never below it, or at its true heights. */

const PIECES = 24; // at most so many pieces for one step
const LIFT = 0.008; // of the box's height, so that the surface does not swallow the line
const VERTICES = 6000;
const DROPS = 64; // at most so many drop lines of one path, without that of the present iterate

/* The heights of a surface trace between its grid points; NaN outside. */
export function surfaceHeight(trace) {
    if (trace?.type !== "surface" || !trace.x || !trace.y || !Array.isArray(trace.z)) return null;
    const { x, y, z } = trace;
    const cell = (axis, value) => {
        const share = (value - axis[0]) / (axis[axis.length - 1] - axis[0]);
        const place = Math.min(share * (axis.length - 1), axis.length - 1 - 1e-9);
        return share >= 0 && share <= 1 ? [Math.floor(place), place - Math.floor(place)] : null;
    };
    return (a, b) => {
        const [column, row] = [cell(x, a), cell(y, b)];
        if (!column || !row) return NaN;
        const [[i, s], [j, t]] = [column, row];
        return (1 - t) * ((1 - s) * z[j][i] + s * z[j][i + 1]) + t * ((1 - s) * z[j + 1][i] + s * z[j + 1][i + 1]);
    };
}

/* The box of a 3-D figure: [low, high] of each axis; an axis without a range has no walls. */
export function boxOf(figure) {
    const scene = figure.layout?.scene ?? {};
    return ["xaxis", "yaxis", "zaxis"].map((name) => scene[name]?.range ?? [-Infinity, Infinity]);
}

/* The vertices x, y, z of the path with the row that each belongs to; NaN where the line is broken. */
export function drape(track, figure) {
    const box = boxOf(figure);
    if (!track.heights) return nothing();
    const place = (row) => [track.points.at(row, 0), track.points.at(row, 1), track.heights[row]];
    if (track.ground) return walk(track, box, place, (point) => point, 1);
    const height = surfaceHeight(figure.data[0]);
    const lift = liftOf(box);
    return walk(track, box, place, ([a, b, c]) => {
        const ground = height ? height(a, b) : NaN;
        return [a, b, Math.min((ground > c ? ground : c) + lift, box[2][1])];
    });
}

/* The path's shadow: straight from above, on the surface where there is one, as high as its ground elsewhere. */
export function shadowOf(track, figure) {
    const box = boxOf(figure);
    const height = surfaceHeight(figure.data[0]);
    const lift = liftOf(box);
    const [low, high] = box[2];
    const place = (row) => [track.points.at(row, 0), track.points.at(row, 1), height ? 0 : track.ground[row]];
    return walk(track, [box[0], box[1], [-Infinity, Infinity]], place, ([a, b, c]) => {
        const ground = height ? height(a, b) : c;
        return [a, b, ground >= low && ground <= high ? Math.min(ground + lift, high) : NaN];
    });
}

/* The line from an iterate in the box to the surface, as two ends, or null. */
export function dropAt(track, row, box) {
    const [x, y, top] = [track.points.at(row, 0), track.points.at(row, 1), track.heights[row]];
    const ground = track.ground[row];
    if (!Number.isFinite(ground) || !within(box, [x, y, top])) return null;
    return [[x, y, top], [x, y, Math.min(Math.max(ground, box[2][0]), box[2][1])]];
}

/* The drop lines of all iterates, or of so many that are spread evenly, with the row that each vertex belongs to. */
export function dropsOf(track, figure) {
    const box = boxOf(figure);
    const result = nothing();
    const count = Math.min(track.end + 1, DROPS);
    for (let drop = 0; drop < count; drop++) {
        const row = count > 1 ? Math.round((drop * track.end) / (count - 1)) : 0;
        const ends = dropAt(track, row, box);
        if (ends) for (const vertex of [...ends, [NaN, NaN, NaN]]) push(result, vertex, row);
    }
    return result;
}

function nothing() {
    return { x: [], y: [], z: [], row: [], exit: null };
}

function push(path, point, row) {
    path.x.push(point[0]);
    path.y.push(point[1]);
    path.z.push(point[2]);
    path.row.push(row);
}

function liftOf(box) {
    return Number.isFinite(box[2][1] - box[2][0]) ? LIFT * (box[2][1] - box[2][0]) : 0;
}

/* Go along the path inside the box, a longer step in more pieces, and put each vertex `onTop`. */
function walk(track, box, place, onTop, most = PIECES) {
    const result = nothing();
    const add = (point, row) => push(result, point, row);
    const end = besideAt(track, box);
    const stride = Math.max(1, Math.ceil(end / VERTICES));
    let drawn = false;
    let before = null;
    for (let row = 0; row <= end; row = row === end ? row + 1 : Math.min(row + stride, end)) {
        const here = place(row);
        if (!here.every(Number.isFinite)) break;
        const shares = before && cutBox(box, before, here);
        if (!before) {
            drawn = within(box, here);
            if (drawn) add(onTop(here), 0);
        }
        if (shares) {
            const [from, to] = shares;
            const pieces = Math.min(most, Math.max(1, Math.ceil(distance(box, before, here) * 60)));
            if (!drawn && result.x.length) add([NaN, NaN, NaN], row - 1);
            for (let piece = drawn ? 1 : 0; piece <= pieces; piece++) {
                const share = from + ((to - from) * piece) / pieces;
                add(onTop(before.map((value, i) => value + share * (here[i] - value))), row);
            }
            if (to < 1) result.exit ??= { row, index: result.x.length - 1 };
            drawn = to === 1;
        } else if (before) {
            drawn = false;
        }
        before = here;
    }
    return result;
}

/* The row at which a path is beside the box for good. */
function besideAt(track, box) {
    const over = (row) => [0, 1].every((i) => track.points.at(row, i) >= box[i][0] && track.points.at(row, i) <= box[i][1]);
    let row = track.end;
    while (row >= 0 && !over(row)) row--;
    return Math.min(row + 1, track.end);
}

/* How many vertices belong to the rows up to this one. */
export function verticesUpTo(path, row) {
    let [low, high] = [0, path.row.length];
    while (low < high) {
        const middle = (low + high) >> 1;
        if (path.row[middle] <= row) low = middle + 1;
        else high = middle;
    }
    return low;
}

function within(box, point) {
    return point.every((value, i) => value >= box[i][0] && value <= box[i][1]);
}

function cutBox(box, before, here) {
    let [from, to] = [0, 1];
    for (let i = 0; i < 3; i++) {
        const step = here[i] - before[i];
        for (const [sign, wall] of [[1, box[i][1]], [-1, box[i][0]]]) {
            const room = sign * (wall - before[i]);
            if (step * sign > 0) to = Math.min(to, room / (step * sign));
            else if (step * sign < 0) from = Math.max(from, room / (step * sign));
            else if (room < 0) return null;
        }
    }
    return from <= to ? [from, to] : null;
}

function distance(box, before, here) {
    return Math.max(...[0, 1].map((i) => Math.abs(here[i] - before[i]) / (box[i][1] - box[i][0] || 1)));
}
