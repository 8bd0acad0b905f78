/* Arrays as they travel (base64 of their bytes) and the figures and paths that this page already holds. */

const TYPES = {
    f8: Float64Array, f4: Float32Array,
    i4: Int32Array, u4: Uint32Array, i2: Int16Array, u2: Uint16Array, i1: Int8Array, u1: Uint8Array,
};
const KEPT = 400; // twice as many as the server takes us to hold
const parts = new Map();

/* A structure with every encoded array in it decoded: one axis as a typed array, two as a list of rows. */
export function decode(value) {
    if (Array.isArray(value)) return value.map(decode);
    if (value === null || typeof value !== "object") return value;
    if (typeof value.bdata === "string") return decodeArray(value);
    const result = {};
    for (const key in value) result[key] = decode(value[key]);
    return result;
}

export function decodeArray({ dtype, bdata, shape }) {
    const flat = new TYPES[dtype](bytesOf(bdata).buffer);
    const sizes = String(shape).split(",").map(Number);
    return nest(flat, sizes);
}

function bytesOf(text) {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
    return bytes;
}

function nest(flat, sizes) {
    if (sizes.length < 2) return flat;
    const stride = sizes.slice(1).reduce((product, size) => product * size, 1);
    return Array.from({ length: sizes[0] }, (_, row) =>
        nest(flat.subarray(row * stride, (row + 1) * stride), sizes.slice(1)));
}

/* Keep what has just come, under the names of its content; the oldest are forgotten. */
export function keepParts(texts) {
    for (const name in texts) {
        if (!parts.has(name)) parts.set(name, decode(JSON.parse(texts[name])));
    }
}

/* The part of this name, or undefined. Asking makes it the youngest. */
export function partOf(name) {
    const part = parts.get(name);
    if (part !== undefined) {
        parts.delete(name);
        parts.set(name, part);
    }
    return part;
}

export function forgetOldParts() {
    for (const name of parts.keys()) {
        if (parts.size <= KEPT) return;
        parts.delete(name);
    }
}
