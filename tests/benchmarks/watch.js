/* When does a pressed key show? `watch.arm(signs)`, press, then await `watch.seen`: milliseconds by sign.

   A sign has shown in the frame after the one that drew it. A canvas counts only if other lines are drawn on
   it than before the press; its picture is not read back, which would take longer than what is measured. */
window.watch = {
    marks: new Set(),

    arm(signs) {
        this.marks.clear();
        this.pressed = null;
        const before = this.drawn;
        this.seen = new Promise((resolve) => {
            const found = {};
            const frame = () => {
                const now = performance.now();
                for (const sign of signs) {
                    if (sign in found || !this.marks.delete(sign) || this.pressed === null) continue;
                    if (sign === "contour" && this.drawn === before) continue;
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

    /* A sum over the lines that stand on the overlay now. */
    drawn: 0,
};

/* Do something after each call of a method. */
const after = (type, method, note) => {
    const original = type.prototype[method];
    type.prototype[method] = function (...given) {
        const result = original.apply(this, given);
        note(this, ...given);
        return result;
    };
};

const isOverlay = ({ canvas }) => canvas.matches("figure.lp-plane canvas.lp-overlay");
after(CanvasRenderingContext2D, "clearRect", (context) => {
    if (isOverlay(context)) watch.drawn = 0;
});
after(CanvasRenderingContext2D, "lineTo", (context, x, y) => {
    if (isOverlay(context)) watch.drawn = (watch.drawn * 31 + x + 7 * y) % 1e9;
});
after(CanvasRenderingContext2D, "stroke", (context) => {
    if (isOverlay(context)) watch.marks.add("contour");
});
for (const type of [window.WebGLRenderingContext, window.WebGL2RenderingContext].filter(Boolean)) {
    for (const method of ["drawArrays", "drawElements"]) after(type, method, () => watch.marks.add("scene"));
}
new MutationObserver((changes) => {
    const texts = changes.map(({ target }) => (target.nodeType === Node.TEXT_NODE ? target.parentElement : target));
    if (texts.some((node) => node instanceof Element && node.closest("[data-testid=stText]"))) watch.marks.add("text");
}).observe(document, { subtree: true, childList: true, characterData: true });
