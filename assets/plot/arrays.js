/* Arrays as they travel (base64 of their bytes) and the figures and paths that this page already holds. */

const TYPES = {
    f8: Float64Array, f4: Float32Array,
    i4: Int32Array, u4: Uint32Array, i2: Int16Array, u2: Uint16Array, i1: Int8Array, u1: Uint8Array,
};
const KEPT = 64e6; // bytes of text as it came; twice as many as the server takes us to hold
const parts = new Map(); // name to { value, bytes }, the oldest first
const shownParts = new Map(); // owner to the names that it shows

/* An array of several axes: one typed array, row after row, since a typed array for each row costs far more. */
export class Rows {
    constructor(flat, sizes) {
        this.flat = flat;
        this.sizes = sizes;
        this.length = sizes[0];
        this.stride = sizes.slice(1).reduce((product, size) => product * size, 1);
    }

    at(row, column) {
        return this.flat[row * this.stride + column];
    }

    /* The numbers of a row, a view that is thrown away. */
    row(row) {
        return this.flat.subarray(row * this.stride, (row + 1) * this.stride);
    }

    /* The rows as Plotly takes them. */
    nested() {
        return Array.from({ length: this.length }, (_, row) => {
            const flat = this.row(row);
            return this.sizes.length > 2 ? new Rows(flat, this.sizes.slice(1)).nested() : flat;
        });
    }
}

/* A structure with every encoded array in it decoded: one axis as a typed array, several as `Rows`. */
export function decode(value) {
    if (Array.isArray(value)) return value.map(decode);
    if (value === null || typeof value !== "object") return value;
    if (typeof value.bdata === "string") return decodeArray(value);
    return eachValue(value, decode);
}

/* The same structure with lists of rows for its `Rows`. */
export function nested(value) {
    if (value instanceof Rows) return value.nested();
    if (Array.isArray(value)) return value.map(nested);
    if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
    return eachValue(value, nested);
}

function eachValue(value, change) {
    const result = {};
    for (const key in value) result[key] = change(value[key]);
    return result;
}

function decodeArray({ dtype, bdata, shape }) {
    const flat = new TYPES[dtype](bytesOf(bdata).buffer);
    const sizes = String(shape).split(",").map(Number);
    return sizes.length < 2 ? flat : new Rows(flat, sizes);
}

function bytesOf(text) {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
    return bytes;
}

/* Keep what has just come, under the names of its content. */
export function keepParts(texts) {
    for (const name in texts) {
        if (!parts.has(name)) parts.set(name, { value: decode(JSON.parse(texts[name])), bytes: texts[name].length });
    }
}

/* The part of this name, or undefined. Asking makes it the youngest. */
export function partOf(name) {
    const part = parts.get(name);
    if (part === undefined) return undefined;
    parts.delete(name);
    parts.set(name, part);
    return part.value;
}

/* Say which parts an owner shows, and forget the oldest of those that none shows; without names it shows none. */
export function showParts(owner, names) {
    if (names) shownParts.set(owner, names);
    else shownParts.delete(owner);
    const shown = new Set([...shownParts.values()].flat());
    let total = 0;
    for (const { bytes } of parts.values()) total += bytes;
    for (const [name, { bytes }] of parts) {
        if (total <= KEPT) return;
        if (shown.has(name)) continue;
        parts.delete(name);
        total -= bytes;
    }
}
