/* Time: which iterate each path shows when the clock reads a step or a number of gradient evaluations. */

/* A path with its arrays and how far it can be drawn. `last` is its last row, `end` the last finite one. */
export function makeTrack(spec, arrays) {
    const { points, losses } = arrays;
    const last = points.length - 1;
    let end = last;
    for (let row = 0; row <= last; row++) {
        if (!(Number.isFinite(points.at(row, 0)) && Number.isFinite(points.at(row, 1)))) {
            end = row - 1;
            break;
        }
    }
    return { ...spec, ...arrays, points, losses, last, end };
}

/* The reading of the clock at a row. */
export function clockAt(track, row, align) {
    return align === "evaluations" && track.evaluations ? track.evaluations[row] : row;
}

export function clockEnd(tracks, align) {
    return tracks.reduce((end, track) => Math.max(end, clockAt(track, track.last, align)), 0);
}

/* The last row at or before a reading of the clock. */
export function rowAt(track, reading, align) {
    if (align !== "evaluations" || !track.evaluations) return Math.min(Math.floor(reading), track.last);
    let [low, high] = [0, track.last];
    while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (track.evaluations[middle] <= reading) low = middle;
        else high = middle - 1;
    }
    return low;
}
