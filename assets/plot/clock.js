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

/* What the clock counts at each row, or nothing where it counts the rows. */
function countsOf(track, align) {
    return align === "evaluations" ? track.evaluations : track.steps;
}

/* The reading of the clock at a row. */
export function clockAt(track, row, align) {
    return countsOf(track, align)?.[row] ?? row;
}

export function clockEnd(tracks, align) {
    return tracks.reduce((end, track) => Math.max(end, clockAt(track, track.last, align)), 0);
}

/* The readings between which nothing changes, where rows are not one step apart; else null, for every number. */
export function clockStops(tracks, align) {
    if (align !== "step" || !tracks.some(({ steps }) => steps)) return null;
    const all = tracks.flatMap((track) => Array.from(track.losses, (_, row) => clockAt(track, row, align)));
    return [...new Set(all)].sort((first, second) => first - second);
}

/* The last row at or before a reading of the clock. */
export function rowAt(track, reading, align) {
    const counts = countsOf(track, align);
    return counts ? lastWithin(counts, reading) : Math.min(Math.floor(reading), track.last);
}

/* The last place of numbers in order at which they are at most this, or 0. */
export function lastWithin(numbers, most) {
    let [low, high] = [0, numbers.length - 1];
    while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (numbers[middle] <= most) low = middle;
        else high = middle - 1;
    }
    return low;
}
