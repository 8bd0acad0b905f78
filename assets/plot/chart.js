/* A flat picture whose axes have a meaning of their own: marks are drawn over it, and no paths. */

import { FlatPanel } from "./flat.js";
import { drawMarks } from "./ink.js";
import { fade } from "./theme.js";

export class ChartPanel extends FlatPanel {
    /* Its ground may be the page's own, so marks take the page's colours. */
    ink(ink, { theme }) {
        const style = { ...ink, pen: theme.text, halo: fade(theme.background, 0.85) };
        drawMarks(ink.context, this.spec.marks, ink.x, ink.y, style);
    }
}
