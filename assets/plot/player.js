/* The player: where the clock stands, moved by buttons, a slider, keys, or by itself. */

import { lastWithin } from "./clock.js";
import { fill, make } from "./format.js";

const RATES = [1, 5, 20, 60, 200]; // stops of the clock per second
const ICONS = {
    first: "M4 4h2v12H4zM16 4v12L7 10z",
    previous: "M14 4v12L5 10z",
    play: "M6 3.5v13l11-6.5z",
    pause: "M5 4h3.5v12H5zM11.5 4H15v12h-3.5z",
    next: "M6 4v12l9-6z",
    last: "M14 4h2v12h-2zM4 4v12l9-6z",
};

export class Player {
    /* `memory` keeps reading and rate; `show` is called with every new reading. */
    constructor(memory, show) {
        this.memory = memory;
        this.show = show;
        this.end = 0;
        this.reading = 0;
        const button = (name, act) => make("button", { class: "lp-button", type: "button", click: act });
        this.buttons = {
            first: button("first", () => this.go(0)),
            previous: button("previous", () => this.move(-1)),
            play: button("play", () => this.toggle()),
            next: button("next", () => this.move(1)),
            last: button("last", () => this.go(this.end)),
        };
        this.buttons.play.classList.add("lp-play");
        this.range = make("input", {
            type: "range", class: "lp-range", min: 0, step: 1, input: () => this.go(Number(this.range.value)),
        });
        this.clock = make("output", { class: "lp-clock" });
        this.rate = make("select", { class: "lp-rate", change: () => this.setRate() });
        this.element = make("div", { class: "lp-player", role: "group" },
            make("div", { class: "lp-buttons" }, ...Object.values(this.buttons)), this.range, this.clock, this.rate);
        memory.rate ??= matchMedia("(prefers-reduced-motion: reduce)").matches ? RATES[0] : RATES[2];
    }

    /* With `guess` the clock begins at 0, once each time that it is asked for. `stops`: where it can stand, or null. */
    update(end, stops, align, words, guess) {
        if (guess && !this.memory.guess) this.memory.position = 0;
        this.memory.guess = guess;
        const before = this.end;
        Object.assign(this, { end, stops, words, align });
        this.element.hidden = end === 0;
        this.element.setAttribute("aria-label", words.player);
        this.range.setAttribute("aria-label", words.position);
        this.range.max = end;
        this.rate.setAttribute("aria-label", words.speed);
        const rates = RATES.map((rate) => fill(words.per_second, { rate }));
        if (String(rates) !== this.rateWords) {
            this.rateWords = String(rates);
            this.rate.replaceChildren(...RATES.map((rate, i) => make("option", { value: rate, ".textContent": rates[i] })));
            this.rate.value = this.memory.rate;
        }
        this.element.title = words.keys;
        const { position } = this.memory;
        const atEnd = position === undefined || position === null
            || (this.memory.align && align !== this.memory.align && before === 0);
        this.memory.align = align;
        this.set(atEnd ? end : Math.min(position, end));
        for (const name of ["first", "previous", "next", "last"]) this.dress(name, name);
        this.dress("play", this.playing ? "pause" : "play");
    }

    dress(name, icon) {
        const button = this.buttons[name];
        if (button.icon !== icon) {
            button.icon = icon;
            button.innerHTML = `<svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true"><path d="${ICONS[icon]}"/></svg>`;
        }
        button.setAttribute("aria-label", this.words[icon]);
        button.title = this.words[icon];
    }

    /* Put the clock to a reading. At the end it is remembered as the end, wherever that will be. */
    set(reading) {
        const wished = Math.min(Math.max(Math.round(reading), 0), this.end);
        this.reading = this.stops ? this.stops[lastWithin(this.stops, wished)] : wished;
        this.memory.position = this.reading === this.end && !this.playing ? null : this.reading;
        this.range.value = this.reading;
        const clock = fill(this.words.clock, { now: this.reading, end: this.end });
        const unit = this.words[this.align === "evaluations" ? "evaluations" : "step"];
        this.clock.textContent = `${unit} ${clock}`;
        this.range.setAttribute("aria-valuetext", this.clock.textContent);
        this.range.style.setProperty("--lp-share", this.end ? this.reading / this.end : 0);
    }

    /* The reader moves the clock. */
    go(reading) {
        this.pause();
        this.set(reading);
        this.show();
    }

    /* The reading so many stops later, from a reading at which the clock stops. */
    later(reading, count) {
        if (!this.stops) return reading + count;
        return this.stops[Math.min(Math.max(lastWithin(this.stops, reading) + count, 0), this.stops.length - 1)];
    }

    move(count) {
        this.go(this.later(this.reading, count));
    }

    setRate() {
        this.memory.rate = Number(this.rate.value);
        if (this.playing) this.playing = { since: performance.now(), from: this.reading };
    }

    toggle() {
        if (this.playing) this.pause();
        else this.play();
    }

    play() {
        if (!this.end) return;
        if (this.reading === this.end) {
            this.set(0);
            this.show();
        }
        this.playing = { since: performance.now(), from: this.reading };
        this.dress("play", "pause");
        this.frame = requestAnimationFrame((now) => this.tick(now));
    }

    tick(now) {
        if (!this.playing) return;
        const elapsed = Math.max(0, now - this.playing.since) / 1000;
        const reading = Math.min(this.end, this.later(this.playing.from, Math.floor(elapsed * this.memory.rate)));
        if (reading !== this.reading) {
            this.set(reading);
            this.show();
        }
        if (reading >= this.end) this.pause();
        else this.frame = requestAnimationFrame((next) => this.tick(next));
    }

    pause() {
        if (!this.playing) return;
        this.playing = null;
        cancelAnimationFrame(this.frame);
        this.set(this.reading);
        this.dress("play", "play");
    }

    /* Keys anywhere in the component; those of a selection box stay its own. */
    key(event) {
        if (event.altKey || event.ctrlKey || event.metaKey || event.target === this.rate || !this.end) return;
        const elsewhere = event.target instanceof HTMLButtonElement && !this.element.contains(event.target);
        const stride = event.shiftKey ? 10 : 1;
        const page = Math.max(1, Math.round((this.stops?.length ?? this.end) / 10));
        const acts = {
            " ": () => this.toggle(),
            ArrowRight: () => this.move(stride),
            ArrowUp: () => this.move(stride),
            ArrowLeft: () => this.move(-stride),
            ArrowDown: () => this.move(-stride),
            PageUp: () => this.move(page),
            PageDown: () => this.move(-page),
            Home: () => this.go(0),
            End: () => this.go(this.end),
        };
        if (!(event.key in acts) || (event.key === " " && elsewhere)) return;
        event.preventDefault();
        acts[event.key]();
    }

    dispose() {
        this.pause();
    }
}
