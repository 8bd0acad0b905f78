/* What can be taken along of the page's first picture: buttons for PNG, SVG and a film, wherever a place asks for them. */

import { filmOf, filmType } from "./film.js";
import { fill, make } from "./format.js";
import { pngOf, svgOf } from "./picture.js";

const SHOWN = 4000; // milliseconds for which a reason is read
const stagesHere = new Set();
const places = new Map(); // element to its buttons

/* The first picture of the page. */
function firstStage() {
    return [...stagesHere].filter(({ element }) => element.isConnected && element.offsetParent !== null)
        .reduce((first, stage) => (!first || first.element.compareDocumentPosition(stage.element)
            & Node.DOCUMENT_POSITION_PRECEDING ? stage : first), null);
}

export function enlist(stage) {
    stagesHere.add(stage);
    window.dispatchEvent(new CustomEvent("landscape:ready"));
}

export function strike(stage) {
    stagesHere.delete(stage);
}

/* The pictures have changed: a film is offered where there are paths. */
export function refresh() {
    for (const takes of places.values()) takes.refresh();
}

/* Put the buttons into a place: their words, and the name and the title of the files. */
export function offerTakes(place, { words, name, title }) {
    if (!places.has(place)) places.set(place, new Takes(place));
    // A document of its own gives its pictures its own name.
    const own = decodeURIComponent(window.location.pathname).split("/").pop().replace(/\.html?$/, "");
    places.get(place).update({ words, name: name ?? (own || "landscape"), title });
}

/* A place asks for its buttons by an event, since it may stand in a component of its own. */
window.addEventListener("landscape:take", ({ detail: { place, gone, ...offer } }) => {
    if (!gone) return void offerTakes(place, offer);
    places.get(place)?.cancel();
    places.delete(place);
});

export class Takes {
    constructor(place) {
        const button = (act) => make("button", { type: "button", class: "lp-take", click: act });
        this.buttons = {
            png: button(() => this.take("png", pngOf)),
            svg: button(() => this.take("svg", svgOf)),
            film: button(() => this.film()),
        };
        this.said = make("span", { class: "lp-take-said", role: "status" });
        this.element = make("div", { class: "lp-takes", role: "group" }, ...Object.values(this.buttons), this.said);
        place.append(this.element);
    }

    /* `words`, and the name and the title of the files. */
    update({ words, name, title }) {
        Object.assign(this, { words, name, title });
        this.element.setAttribute("aria-label", words.takes);
        this.refresh();
    }

    refresh() {
        const stage = firstStage();
        const type = filmType();
        this.kind = type?.startsWith("video/mp4") ? "mp4" : "webm";
        this.buttons.film.hidden = !(type && stage?.player.end);
        for (const button of Object.values(this.buttons)) button.disabled = !stage || (this.busy && button !== this.busy);
        if (this.busy) return;
        const kind = { webm: "WebM", mp4: "MP4" }[this.kind];
        const labels = { png: this.words.png, svg: this.words.svg, film: fill(this.words.film, { kind }) };
        for (const [name, label] of Object.entries(labels)) this.buttons[name].textContent = label;
    }

    /* The title of a picture is the page's own where none is given. */
    get heading() {
        return this.title || document.title;
    }

    async take(kind, draw) {
        const button = this.buttons[kind];
        await this.during(button, async () => {
            button.textContent = this.words.drawing;
            save(await draw(firstStage(), this.heading), `${this.name}.${kind}`);
        });
    }

    /* Pressed once more, the button of the film stops it. */
    async film() {
        const button = this.buttons.film;
        if (this.busy) return void this.cancel();
        this.cancelled = false;
        await this.during(button, async () => {
            const tell = (share) => { button.textContent = fill(this.words.recording, { percent: Math.round(100 * share) }); };
            tell(0);
            const film = await filmOf(firstStage(), this.heading, tell, () => this.cancelled);
            if (film) save(film, `${this.name}.${this.kind}`);
        });
    }

    cancel() {
        this.cancelled = true;
    }

    async during(button, act) {
        this.busy = button;
        this.refresh();
        this.said.textContent = "";
        try {
            await act();
        } catch (error) {
            console.warn(error);
            this.said.textContent = fill(this.words.failed, { reason: error.message });
            setTimeout(() => { this.said.textContent = ""; }, SHOWN);
        }
        this.busy = null;
        this.refresh();
    }
}

function save(blob, name) {
    const url = URL.createObjectURL(blob);
    const link = make("a", { href: url, download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
}
