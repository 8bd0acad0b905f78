/* The slide as a file: PNG in pixels, SVG in lines and letters. */

import { imageOf, Slide, svgText } from "./slide.js";
import { VectorContext } from "./vectors.js";

const [SLIDE_WIDE, SLIDE_HIGH] = [1920, 1080];

/* Draw a stage's slide as it stands now, and let go of it whatever happens. */
async function withSlide(stage, title, draw) {
    const slide = new Slide(stage, title);
    try {
        await slide.open(slide.reading);
        return await draw(slide);
    } finally {
        slide.dispose();
    }
}

export function svgOf(stage, title) {
    return withSlide(stage, title, (slide) => {
        const context = new VectorContext();
        slide.draw(context, (vectors, panel, x, y) => vectors.nest(svgText(panel.base), x, y));
        const text = context.document(SLIDE_WIDE, SLIDE_HIGH, [slide.wide, slide.high], title);
        return new Blob([text], { type: "image/svg+xml" });
    });
}

export function pngOf(stage, title) {
    return withSlide(stage, title, async (slide) => {
        const scale = SLIDE_HIGH / slide.high;
        const images = new Map();
        for (const panel of slide.panels) {
            const { width, height } = panel.size;
            images.set(panel, await imageOf(panel.base, Math.round(width * scale), Math.round(height * scale)));
        }
        const canvas = Object.assign(document.createElement("canvas"), { width: SLIDE_WIDE, height: SLIDE_HIGH });
        const context = canvas.getContext("2d");
        context.setTransform(scale, 0, 0, scale, 0, 0);
        slide.draw(context, (pixels, panel, ...box) => pixels.drawImage(images.get(panel), ...box));
        return new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
    });
}
