"""Borders: where training still works and where not, over two numbers, and how rough the border is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.figures.axes import NEUTRAL, Figure, Trace, layout, log_axis
from landscape.figures.basins import HOVER_CELLS
from landscape.figures.colours import BLUE, VERMILLION
from landscape.figures.fits import columns
from landscape.figures.heights import number
from landscape.figures.maps import cell_axis, cell_places, check_axis

# From the smallest final loss to the border, and from the border to what blows up at once.
CONVERGED_COLOURS: tuple[str, ...] = ("#071d49", "#0d4382", "#1878b0", "#55b7d3", "#d3f4f4")
DIVERGED_COLOURS: tuple[str, ...] = ("#4a0c08", "#8f2508", "#cf5a0c", "#f2a03a", "#ffe9a8")
# The codes of a byte that each of the two has.
CONVERGED, DIVERGED = (0, 124), (131, 255)


def trainability_map(
    x: ArrayLike,
    y: ArrayLike,
    values: ArrayLike,
    converged: ArrayLike,
    *,
    titles: tuple[str, str, str],
    words: Mapping[str, str],
    logs: tuple[bool, bool] = (True, True),
    diverged_at: ArrayLike | None = None,
) -> Figure:
    """Where training converges, in blues, and where it does not, in reds, each by how well or how fast.

    Colours follow ranks, not sizes, so that each of the two uses all its shades in any window: equal steps
    of colour are equal parts of the picture. Blues run from the smallest value, dark, to the border, light;
    reds from the border, dark, to what is not finite, light, and that by the step at which it was left.

    Args:
        x: the number across (nx,), increasing, at least two; above 0 where logarithmic.
        y: the number up (ny,), alike.
        values: the final loss in parts of the initial one (ny, nx), or another number that is the smaller the
            better; what is not finite has diverged.
        converged: whether training converged (ny, nx).
        titles: translated titles of the two numbers and of the value.
        words: translated words for "converges" and "diverges".
        logs: whether each axis is logarithmic.
        diverged_at: the step at which a run was no longer finite (ny, nx), −1 for never, or None.

    Returns:
        A Plotly figure as plain data; a cell travels as a byte, and up to 65,536 cells also tell their
        values.

    Raises:
        ValueError: where the shapes do not agree, a coordinate cannot stand on its axis, or a word is
            missing.

    Example:
        >>> figure = trainability_map(
        ...     [1, 2, 4], [1, 2], [[1e-3, 0.1, 9], [0.2, float("inf"), 5]], [[1, 1, 0], [1, 0, 0]],
        ...     titles=("η₁", "η₂", "loss"), words={"converges": "converges", "diverges": "diverges"},
        ... )
        >>> figure["data"][0]["z"].tolist()
        [[0, 62, 193], [124, 255, 131]]

    Reference:
        Sohl-Dickstein (2024), The boundary of neural network trainability is fractal, arXiv:2402.06184.
    """
    across, up = check_axis("x", x, logs[0]), check_axis("y", y, logs[1])
    ratios, good = np.asarray(values, dtype=np.float64), np.asarray(converged).astype(bool)
    shape = (up.size, across.size)
    left = np.full(shape, -1) if diverged_at is None else np.asarray(diverged_at)
    if not ratios.shape == good.shape == left.shape == shape:
        raise ValueError(
            f"`values`, `converged` and `diverged_at` must have the shape {shape}, "
            f"got {ratios.shape}, {good.shape} and {left.shape}."
        )
    if not {"converges", "diverges"} <= set(words):
        raise ValueError(f"`words` must have converges and diverges, got {sorted(words)}.")
    finite = np.isfinite(ratios)
    well, badly = good & finite, ~good & finite
    z = np.zeros(shape, dtype=np.uint8)
    z[well] = _spread(ratios[well], CONVERGED)
    # What is not finite is beyond all that is, the sooner the farther; without steps all of it alike.
    order = np.zeros(shape)
    order[badly] = np.unique(ratios[badly], return_inverse=True)[1]
    soon = np.where(left < 0, 0, left.max(initial=0) + 1 - left)
    order[~finite] = order.max(initial=0.0) + 1 + soon[~finite]
    z[~well] = _spread(order[~well], DIVERGED)
    cells: Trace = {
        "type": "heatmap",
        **cell_places("x", across, logs[0]),
        **cell_places("y", up, logs[1]),
        "z": z,
        "zmin": 0,
        "zmax": 255,
        "colorscale": _scale(),
        "colorbar": _bar(ratios, well, titles[2], words),
        "hovertemplate": f"{titles[0]}: %{{x:.8g}}<br>{titles[1]}: %{{y:.8g}}<extra></extra>",
    }
    if z.size <= HOVER_CELLS:
        with np.errstate(divide="ignore", invalid="ignore"):
            cells["customdata"] = np.log10(ratios).astype(np.float32)
        cells["hovertemplate"] = (
            f"{titles[0]}: %{{x:.8g}}<br>{titles[1]}: %{{y:.8g}}<br>"
            f"log₁₀({titles[2]}): %{{customdata:.2f}}<extra></extra>"
        )
    return {
        "data": [cells],
        "layout": layout(cell_axis(titles[0], across, logs[0]), cell_axis(titles[1], up, logs[1])),
    }


def dimension_fit(
    sizes: ArrayLike,
    counts: ArrayLike,
    dimension: float,
    *,
    titles: tuple[str, str],
    error: float | None = None,
) -> Figure:
    """Boxes that the border needs against their size, both logarithmic, with the line of the dimension.

    The line is count ∝ size^(−D), through the middle of the points.

    Args:
        sizes: sides of the boxes (k,), above 0.
        counts: how many boxes of each size meet the border (k,); those without a box are left out.
        dimension: D.
        titles: translated titles of the size and of the count.
        error: the error of D, or None.

    Returns:
        A Plotly figure as plain data: the line and the points.

    Raises:
        ValueError: where the shapes do not agree, a size is not above 0, no box is counted, or D is not
            finite.

    Example:
        >>> figure = dimension_fit([1, 2, 4], [64, 32, 16], 1.0, titles=("size", "boxes"))
        >>> figure["data"][0]["y"].round(6).tolist()
        [64.0, 16.0]
    """
    sides, boxes = columns(sizes=sizes, counts=counts)
    if not (np.isfinite(sides) & (sides > 0)).all():
        raise ValueError(f"`sizes` must be finite and above 0, got {sides}.")
    if not (np.isfinite(boxes) & (boxes >= 0)).all() or not boxes.any():
        raise ValueError(f"`counts` must be finite and at least 0, one of them above 0, got {boxes}.")
    if not np.isfinite(dimension):
        raise ValueError(f"`dimension` must be finite, got {dimension}.")
    sides, boxes = sides[boxes > 0], boxes[boxes > 0]
    ends = np.array([sides.min(), sides.max()])
    middle = np.mean(np.log(boxes) + dimension * np.log(sides))
    name = f"D = {dimension:.3f}" + ("" if error is None else f" ± {error:.3f}")
    line: Trace = {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": ends,
        "y": np.exp(middle - dimension * np.log(ends)),
        "line": {"color": VERMILLION, "width": 2.5},
        "hoverinfo": "skip",
    }
    points: Trace = {
        "type": "scatter",
        "mode": "markers",
        "x": sides,
        "y": boxes,
        "marker": {"size": 9, "color": BLUE, "opacity": 1, "line": {"color": "#ffffff", "width": 1}},
        "hovertemplate": f"{titles[0]}: %{{x:.4g}}<br>{titles[1]}: %{{y}}<extra></extra>",
    }
    # The line falls, so the upper right corner is free.
    label = {"text": f"<b>{name}</b>", "x": 0.98, "y": 0.96, "xref": "paper", "yref": "paper"}
    label |= {"xanchor": "right", "yanchor": "top", "showarrow": False, "font": {"size": 15}}
    across = log_axis(titles[0], float(ends[0]), max(float(ends[1]), 1.5 * float(ends[0])))
    up = log_axis(titles[1], float(boxes.min()), max(float(boxes.max()), 1.5 * float(boxes.min())))
    return {"data": [line, points], "layout": layout(across, up, annotations=[label])}


def _spread(values: NDArray[np.float64], codes: tuple[int, int]) -> NDArray[np.uint8]:
    """Codes by rank: from the first to the last code, equal values alike."""
    if values.size == 0:
        return np.zeros(0, dtype=np.uint8)
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    below = np.cumsum(counts) - counts
    share = below / max(float(below[-1]), 1.0)
    return np.rint(codes[0] + share[which] * (codes[1] - codes[0])).astype(np.uint8)


def _scale() -> list[list[float | str]]:
    scale: list[list[float | str]] = []
    for (first, last), colours in ((CONVERGED, CONVERGED_COLOURS), (DIVERGED, DIVERGED_COLOURS)):
        places = np.linspace(first, last, len(colours)) / 255
        scale += [[float(place), colour] for place, colour in zip(places, colours, strict=True)]
    return scale


def _bar(
    ratios: NDArray[np.float64], well: NDArray[np.bool_], title: str, words: Mapping[str, str]
) -> dict[str, Any]:
    """The colour bar: the words of the two parts, and the values at which the better one begins and ends."""
    places = [sum(CONVERGED) / 2, sum(DIVERGED) / 2, DIVERGED[1]]
    texts = [words["converges"], words["diverges"], "∞"]
    if well.any():
        ends = (float(ratios[well].min()), float(ratios[well].max()))
        places += CONVERGED
        texts += [number(float(f"{end:.1e}")) for end in ends]
    if np.isfinite(ratios).all():
        # Nothing is infinite: the other part ends with the largest value.
        texts[2] = number(float(f"{ratios.max():.1e}"))
    return {
        "title": {"text": title, "side": "right"},
        "thickness": 14,
        "len": 1.0,
        "outlinecolor": NEUTRAL,
        "outlinewidth": 1,
        "ticks": "outside",
        "ticklen": 3,
        "tickcolor": NEUTRAL,
        "xpad": 6,
        "tickmode": "array",
        "tickvals": places,
        "ticktext": texts,
    }
