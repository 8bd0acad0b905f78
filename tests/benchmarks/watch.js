/* When does a pressed key show? `watch.arm(signs)`, press, then await `watch.seen`: milliseconds by sign.

   A sign has shown in the frame after the one that drew it. A canvas counts only if its picture differs
   from the one before the press. */
window.watch = {
    marks: new Set(),

    arm(signs) {
        this.marks.clear();
        this.pressed = null;
        const before = this.overlay()?.toDataURL();
        this.seen = new Promise((resolve) => {
            const found = {};
            const frame = () => {
                const now = performance.now();
                for (const sign of signs) {
                    if (sign in found || !this.marks.delete(sign) || this.pressed === null) continue;
                    if (sign === "contour" && this.overlay().toDataURL() === before) continue;
                    if (sign === "scene" && !("contour" in found)) continue;
                    found[sign] = now - this.pressed;
                }
                if (signs.every((sign) => sign in found)) resolve(found);
                else requestAnimationFrame(frame);
            };
            window.addEventListener("keydown", () => {
                this.pressed = performance.now();
                requestAnimationFrame(frame);
            }, { capture: true, once: true });
        });
    },

    overlay() {
        return document.querySelector("figure.lp-plane canvas.lp-overlay");
    },
};

/* Do something after each call of a method. */
const after = (type, method, note) => {
    const original = type.prototype[method];
    type.prototype[method] = function (...given) {
        const result = original.apply(this, given);
        note(this);
        return result;
    };
};

after(CanvasRenderingContext2D, "stroke", ({ canvas }) => {
    if (canvas.matches("figure.lp-plane canvas.lp-overlay")) watch.marks.add("contour");
});
for (const type of [window.WebGLRenderingContext, window.WebGL2RenderingContext].filter(Boolean)) {
    for (const method of ["drawArrays", "drawElements"]) after(type, method, () => watch.marks.add("scene"));
}
new MutationObserver((changes) => {
    const texts = changes.map(({ target }) => (target.nodeType === Node.TEXT_NODE ? target.parentElement : target));
    if (texts.some((node) => node instanceof Element && node.closest("[data-testid=stText]"))) watch.marks.add("text");
}).observe(document, { subtree: true, childList: true, characterData: true });
