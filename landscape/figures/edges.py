"""Edges: what lies above a picture is drawn at its upper edge, so that nothing is dropped silently."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from landscape.figures.axes import Trace, compact
from landscape.figures.heights import number

# What a picture is taken to be wide, in pixels, where it is decided what fits.
WIDTH = 560
# Pixels between two marks.
MARK_GAP = 14
# How far the lower and the upper edge stand inside the picture, so that marks on them are seen whole.
EDGES = (0.01, 0.03)


def edges(ends: Sequence[float], log: bool) -> tuple[float, float]:
    """The lowest and the highest coordinate at which something is drawn on an axis.

    Args:
        ends: the axis' range, as Plotly holds it: exponents where logarithmic.
        log: whether the axis is logarithmic.

    Returns:
        Two coordinates.

    Example:
        >>> edges((0.0, 100.0), log=False)
        (1.0, 97.0)
    """
    span = ends[1] - ends[0]
    low, high = ends[0] + EDGES[0] * span, ends[1] - EDGES[1] * span
    return (float(10.0**low), float(10.0**high)) if log else (float(low), float(high))


def up_to_edge(values: NDArray[np.float64], top: float) -> NDArray[np.float64]:
    """The ordinates of a curve that goes up to the edge where it leaves the picture and is broken while out.

    Args:
        values: the curve (n,).
        top: the edge.

    Returns:
        The ordinates (n,): NaN where neither the value nor a neighbour is in the picture.

    Example:
        >>> up_to_edge(np.array([1.0, 7.0, np.inf, 8.0]), 5.0).tolist()
        [1.0, 5.0, nan, nan]
    """
    inside = values <= top
    near = inside.copy()
    near[1:] |= inside[:-1]
    near[:-1] |= inside[1:]
    return np.where(near, np.where(inside, values, top), np.nan)


def edge_marks(
    x: NDArray[np.float64],
    values: NDArray[np.float64],
    gone: NDArray[np.bool_],
    top: float,
    *,
    hover: str,
    colour: str,
    name: str = "",
    said: Sequence[str] = (),
    log: bool = False,
) -> list[Trace]:
    """Marks at the edge: triangles for what lies above it, crosses for what is not finite.

    Of marks that would touch only the first is drawn, but all are there for the pointer.

    Args:
        x: the abscissae (n,), increasing.
        values: the curve (n,).
        gone: which of it leave the picture (n,).
        top: the edge.
        hover: what stands before the value in the text under the pointer.
        colour: the marks' colour.
        name: the translated name of the curve.
        said: further words for the pointer (n,).
        log: whether the horizontal axis is logarithmic.

    Returns:
        One trace, or none where nothing leaves.

    Example:
        >>> values = np.array([1, 9, np.inf])
        >>> [marks] = edge_marks(np.arange(3.0), values, values > 5, 5.0, hover="", colour="#000000")
        >>> marks["text"], marks["marker"]["symbol"]
        (['9', '∞'], ['triangle-up', 'x'])
    """
    rows = [int(row) for row in np.flatnonzero(gone)]
    if not rows:
        return []
    finite = np.isfinite(values[rows])
    texts = [number(value) for value in values[rows]]
    if said:
        texts = [f"{text}<br>{said[row]}" for text, row in zip(texts, rows, strict=True)]
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": compact(x[rows]),
            "y": compact(np.full(len(rows), top)),
            "text": texts,
            "marker": {
                "symbol": ["triangle-up" if known else "x" for known in finite],
                "size": _sizes(np.log(x) if log else x, rows, finite),
                "color": colour,
                "line": {"color": "#ffffff", "width": 1},
                "opacity": 1,
            },
            "cliponaxis": False,
            "hovertemplate": f"{hover}%{{text}}<extra></extra>",
            "showlegend": False,
        }
    ]


def _sizes(
    places: NDArray[np.float64], rows: Sequence[int], finite: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """0 where a mark would touch the last of its kind in the same run."""
    pixels = WIDTH * (places - places[0]) / max(float(places[-1] - places[0]), 1e-300)
    sizes = np.zeros(len(rows))
    last = -np.inf
    for index, row in enumerate(rows):
        new = index == 0 or rows[index - 1] != row - 1 or finite[index] != finite[index - 1]
        if new or pixels[row] - last >= MARK_GAP:
            sizes[index], last = 10.0, pixels[row]
    return sizes
