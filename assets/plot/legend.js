/* The legend: one button for each path, which hides and shows it, one for each kind of arrow, one for clouds. */

import { fill, make } from "./format.js";
import { ARROW_STYLES } from "./plane.js";

const DASH_ARRAYS = { solid: "", dash: "7 4", dot: "1.5 4", dashdot: "7 3 1.5 3" };
const GRAINS = [[5, 7], [9, 3], [11, 8], [15, 5], [18, 9], [21, 4]];
const CLOUD_SAMPLE = `<svg width="26" height="12" aria-hidden="true" fill="currentColor" opacity="0.7">
    ${GRAINS.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="1.8"/>`).join("")}</svg>`;

export class Legend {
    constructor(toggleTrack, toggleArrow, toggleCloud) {
        Object.assign(this, { toggleTrack, toggleArrow, toggleCloud });
        this.tracks = make("div", { class: "lp-chips", role: "group" });
        this.arrows = make("div", { class: "lp-chips lp-arrows", role: "group" });
        this.element = make("div", { class: "lp-legend" }, this.tracks, this.arrows);
    }

    update(tracks, arrows, cloud, words, guess) {
        this.tracks.setAttribute("aria-label", words.legend);
        this.arrows.setAttribute("aria-label", words.arrows);
        this.element.hidden = !tracks.length;
        keepChips(this.tracks, tracks.map((track) => ({
            pressed: !track.hidden,
            label: track.label,
            note: guess ? "" : track.note,
            title: fill(words.hide, { name: track.label }),
            sample: lineSample(track.color, track.dash),
            toggle: () => this.toggleTrack(track.name),
        })));
        const kind = ({ label, shown }, sample, toggle) => ({
            pressed: shown, label, note: "", title: fill(words.hide, { name: label }), sample, toggle,
        });
        keepChips(this.arrows, [
            ...arrows.map((arrow, index) => kind(
                arrow, arrowSample(ARROW_STYLES[index % ARROW_STYLES.length]), () => this.toggleArrow(arrow.name))),
            ...(cloud ? [kind(cloud, CLOUD_SAMPLE, () => this.toggleCloud())] : []),
        ]);
    }
}

/* Change the buttons in place, so that the focus stays where it is. */
function keepChips(parent, chips) {
    while (parent.children.length > chips.length) parent.lastChild.remove();
    chips.forEach((chip, index) => {
        let button = parent.children[index];
        if (!button) {
            button = make("button", { class: "lp-chip", type: "button", click: () => button.toggle() });
            parent.append(button);
        }
        button.toggle = chip.toggle;
        button.title = chip.title;
        button.setAttribute("aria-pressed", String(chip.pressed));
        const content = JSON.stringify([chip.label, chip.note, chip.sample]);
        if (button.content !== content) {
            button.content = content;
            button.innerHTML = chip.sample;
            button.append(make("span", { ".textContent": chip.label }));
            if (chip.note) button.append(make("small", { ".textContent": chip.note }));
        }
    });
}

export function lineSample(color, dash) {
    const safe = CSS.supports("color", color) ? color : "currentColor";
    return `<svg width="26" height="10" aria-hidden="true"><line x1="2" y1="5" x2="24" y2="5" stroke="${safe}"
        stroke-width="3" stroke-linecap="round" stroke-dasharray="${DASH_ARRAYS[dash] ?? ""}"/></svg>`;
}

function arrowSample({ width, dash, hollow }) {
    return `<svg width="26" height="12" aria-hidden="true" stroke="currentColor" stroke-width="${width - 0.4}">
        <line x1="1" y1="6" x2="16" y2="6" stroke-dasharray="${dash === "solid" ? "" : DASH_ARRAYS[dash]}"/>
        <path d="M25 6 L16 1.5 L16 10.5 Z" stroke-width="1.2" fill="${hollow ? "none" : "currentColor"}"/></svg>`;
}
