/* Numbers and words as the reader sees them. */

const DIGITS = 4;
const SUPERSCRIPTS = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

/* Four significant digits; powers of ten with real superscripts where the number is large or small. */
export function short(value) {
    if (Number.isNaN(value)) return "NaN";
    if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
    if (value === 0) return "0";
    const [mantissa, exponent] = value.toExponential(DIGITS - 1).split("e");
    const power = Number(exponent);
    if (power >= -3 && power < 5) return minus(trim(value.toPrecision(DIGITS + Math.max(0, power - DIGITS + 1))));
    const raised = String(power).replace(/./g, (sign) => SUPERSCRIPTS[sign]);
    return `${minus(trim(mantissa))}×10${raised}`;
}

function trim(text) {
    return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function minus(text) {
    return text.replace("-", "−");
}

/* A number, or a tuple of numbers in brackets. */
export function numbers(values) {
    return values.length === 1 ? short(values[0]) : `(${Array.from(values, short).join(", ")})`;
}

/* "{now} of {end}" with its places filled in. */
export function fill(words, places) {
    return words.replace(/\{(\w+)\}/g, (whole, name) => (name in places ? String(places[name]) : whole));
}

/* An element with attributes, properties (a leading dot), listeners (a function) and children. */
export function make(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (typeof value === "function") node.addEventListener(name, value);
        else if (name.startsWith(".")) node[name.slice(1)] = value;
        else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
}
