/* From data coordinates to pixels of the picture, and lines that are cut where they leave it. */

/* The map of one Plotly axis: data to pixels and back, NaN where it has no place for a value; its `ends` in data. */
export function axisMap(axis) {
    const [first, last] = axis.range.map(Number);
    const log = axis.type === "log";
    const ends = [Math.min(first, last), Math.max(first, last)].map((end) => (log ? 10 ** end : end));
    const forward = axis._id.startsWith("y") ? -1 : 1;
    const origin = axis._offset + (forward > 0 ? 0 : axis._length);
    const scale = (forward * axis._length) / (last - first);
    const place = (value) => origin + ((log ? Math.log10(value) : value) - first) * scale;
    const value = (pixel) => {
        const linear = first + (pixel - origin) / scale;
        return log ? 10 ** linear : linear;
    };
    return { place, value, log, ends, low: axis._offset, high: axis._offset + axis._length, scale };
}

/* The rectangle of a pair of axes, in pixels. */
export function windowOf(x, y) {
    return { left: x.low, right: x.high, top: y.low, bottom: y.high };
}

export function inside(window, x, y, margin = 0) {
    return x >= window.left - margin && x <= window.right + margin
        && y >= window.top - margin && y <= window.bottom + margin;
}

/* The shares [from, to] of a segment that lie in the rectangle, or null (Liang and Barsky). */
export function cut(window, x0, y0, x1, y1) {
    let [from, to] = [0, 1];
    const [dx, dy] = [x1 - x0, y1 - y0];
    for (const [step, room] of [
        [-dx, x0 - window.left], [dx, window.right - x0], [-dy, y0 - window.top], [dy, window.bottom - y0],
    ]) {
        if (step === 0) {
            if (room < 0) return null;
        } else if (step < 0) {
            from = Math.max(from, room / step);
        } else {
            to = Math.min(to, room / step);
        }
    }
    return from <= to ? [from, to] : null;
}

/* A path in pixels: `xs` and `ys` of every row; `kept`, the rows that a line must visit to look the same. */
export function pixelPath(count, placeX, placeY) {
    const xs = new Float64Array(count);
    const ys = new Float64Array(count);
    const kept = [];
    for (let row = 0; row < count; row++) {
        xs[row] = placeX(row);
        ys[row] = placeY(row);
        const before = kept[kept.length - 1];
        const near = before !== undefined && Math.abs(xs[row] - xs[before]) + Math.abs(ys[row] - ys[before]) < 0.8;
        if (!near || row === count - 1) kept.push(row);
    }
    return { xs, ys, kept, count };
}

/* Add the path's line between two rows to the context; far ends are cut, since a canvas has its limits. */
export function trace(context, path, from, to, bounds) {
    let pen = null;
    const lineTo = (row, next) => {
        const [x0, y0, x1, y1] = [path.xs[row], path.ys[row], path.xs[next], path.ys[next]];
        const shares = cut(bounds, x0, y0, x1, y1);
        if (!shares || Number.isNaN(x0 + y0 + x1 + y1)) return;
        const [start, end] = shares;
        if (pen !== row || start > 0) context.moveTo(x0 + start * (x1 - x0), y0 + start * (y1 - y0));
        context.lineTo(x0 + end * (x1 - x0), y0 + end * (y1 - y0));
        pen = end === 1 ? next : null;
    };
    let row = from;
    for (let i = firstAfter(path.kept, from); i < path.kept.length && path.kept[i] <= to; i++) {
        lineTo(row, path.kept[i]);
        row = path.kept[i];
    }
    if (row < to) lineTo(row, to);
}

function firstAfter(rows, row) {
    let [low, high] = [0, rows.length];
    while (low < high) {
        const middle = (low + high) >> 1;
        if (rows[middle] > row) high = middle;
        else low = middle + 1;
    }
    return low;
}

/* The row at which a path is out of the rectangle for good: beyond it there is nothing to see but crossings. */
export function goneAt(path, window) {
    let row = path.count - 1;
    while (row >= 0 && !inside(window, path.xs[row], path.ys[row])) row--;
    return Math.min(row + 1, path.count - 1);
}

/* Where a path first leaves the rectangle up to a row: the place on its border and the direction, or null. */
export function exitOf(path, to, window) {
    for (let row = 0; row < to; row++) {
        const [x0, y0, x1, y1] = [path.xs[row], path.ys[row], path.xs[row + 1], path.ys[row + 1]];
        if (!inside(window, x0, y0) || inside(window, x1, y1) || Number.isNaN(x1 + y1)) continue;
        const shares = cut(window, x0, y0, x1, y1);
        const share = shares ? shares[1] : 0;
        return { row, x: x0 + share * (x1 - x0), y: y0 + share * (y1 - y0), angle: Math.atan2(y1 - y0, x1 - x0) };
    }
    return null;
}
