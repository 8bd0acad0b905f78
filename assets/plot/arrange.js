/* Where the panels stand: rows of a grid, or the first at the left and the others at its right. */

/* Rows of a grid in its whole height, and whether its last panel runs below all the others, half as high. */
export function rowsOf({ panels, columns, lead }) {
    if (lead && panels.length > 1) return { rows: 1, foot: false };
    const full = Math.floor(panels.length / columns.length);
    const alone = panels.length % columns.length === 1;
    const foot = !lead && full > 0 && alone && panels.at(-1).role === "curve";
    return { rows: foot ? full : Math.ceil(panels.length / columns.length), foot };
}

export function arrange(grid, { panels, columns, height, lead }) {
    grid.style.setProperty("--lp-columns", columns.map((width) => `minmax(0, ${width}fr)`).join(" "));
    grid.style.setProperty("--lp-height", `${height}px`);
    const beside = Math.max(1, columns.length - 1); // panels in each row at the right of the first
    const tall = panels.slice(1).map(({ role }) => (role === "scene" ? 1.35 : 1));
    const stacked = tall.filter((_, index) => index % beside === 0)
        .map((_, row) => `minmax(0, ${Math.max(...tall.slice(row * beside, (row + 1) * beside))}fr)`);
    grid.style.setProperty("--lp-rows", stacked.join(" ") || "1fr");
    grid.classList.toggle("lp-lead", lead && panels.length > 1);
    const { rows, foot } = rowsOf({ panels, columns, lead });
    grid.classList.toggle("lp-foot", foot);
    grid.style.setProperty("--lp-full-rows", rows || 1);
}
