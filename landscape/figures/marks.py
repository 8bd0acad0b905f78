"""Marks: the critical points of a landscape, a symbol for each kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from landscape.figures.axes import Trace
from landscape.figures.heights import Heights

# Symbols that Plotly has in two and in three dimensions, so that a kind looks alike in both.
KIND_SYMBOLS: dict[str, str] = {
    "minimum": "circle",
    "saddle": "diamond",
    "maximum": "square",
    "degenerate": "cross",
}
INK, HALO = "#1a1a1a", "#ffffff"
PIN = 0.1


def critical_marks(
    points: ArrayLike,
    kinds: Sequence[str],
    names: Mapping[str, str],
    losses: ArrayLike,
    *,
    titles: tuple[str, str, str] = ("", "", ""),
    heights: Heights | None = None,
) -> list[Trace]:
    """The critical points of a landscape, above its contour or on its surface.

    Args:
        points: their parameters (k, 2).
        kinds: the kind of each: "minimum", "saddle", "maximum" or "degenerate".
        names: kind to translated word, for every kind that occurs.
        losses: the loss at each (k,).
        titles: translated titles of the two axes and of the loss, for the text under the pointer.
        heights: the surface's `Heights`: the marks are then 3-D and lie on it.

    Returns:
        One trace for each kind that occurs, in the order minimum, saddle, maximum, degenerate.

    Raises:
        ValueError: where the shapes do not agree, a kind is unknown or has no name.

    Example:
        >>> names = {"saddle": "s", "minimum": "m"}
        >>> traces = critical_marks([[0, 0], [1, 2]], ["saddle", "minimum"], names, [1, 0])
        >>> [(trace["name"], trace["x"].tolist()) for trace in traces]
        [('m', [1.0]), ('s', [0.0])]
    """
    places, values = np.asarray(points, dtype=np.float64), np.asarray(losses, dtype=np.float64)
    if places.size == 0:
        places = places.reshape(0, 2)
    if places.shape != (len(kinds), 2) or values.shape != (len(kinds),):
        raise ValueError(
            "`points`, `kinds` and `losses` must have the shapes (k, 2), (k,) and (k,), "
            f"got {places.shape}, ({len(kinds)},) and {values.shape}."
        )
    unknown = sorted({kind for kind in kinds if kind not in KIND_SYMBOLS or kind not in names})
    if unknown:
        raise ValueError(f"`kinds` must be of {', '.join(KIND_SYMBOLS)} and have a name, got {unknown}.")
    traces = []
    for kind, symbol in KIND_SYMBOLS.items():
        chosen = np.array([other == kind for other in kinds], dtype=bool)
        if chosen.any():
            traces.append(_mark(places[chosen], values[chosen], names[kind], symbol, titles, heights))
    return traces


def _mark(
    points: np.ndarray,
    losses: np.ndarray,
    name: str,
    symbol: str,
    titles: tuple[str, str, str],
    heights: Heights | None,
) -> Trace:
    first, second, loss = (title or other for title, other in zip(titles, ("x", "y", "z"), strict=True))
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": points[:, 0],
        "y": points[:, 1],
        "customdata": losses,
        "marker": {"symbol": symbol, "size": 11, "color": INK, "line": {"color": HALO, "width": 2}},
        "hovertemplate": (
            f"<b>{name}</b><br>{first}: %{{x:.6g}}<br>{second}: %{{y:.6g}}<br>"
            f"{loss}: %{{customdata:.6g}}<extra></extra>"
        ),
        "showlegend": False,
    }
    if heights is None:
        return trace | {"cliponaxis": False}
    # A pin: the foot on the surface, the head above it, where the surface hides it less.
    feet = heights(losses)
    heads = feet + PIN * (heights.high - heights.low)
    gaps = np.full_like(feet, np.nan)
    size = np.tile([0.0, 12.0 if symbol == "circle" else 9.0, 0.0], feet.size)
    return trace | {
        "type": "scatter3d",
        "mode": "lines+markers",
        "x": np.repeat(points[:, 0], 3),
        "y": np.repeat(points[:, 1], 3),
        "z": np.stack([feet, heads, gaps], axis=-1).ravel(),
        "customdata": np.repeat(losses, 3),
        "marker": {
            "symbol": symbol,
            "size": size,
            "color": HALO,
            "opacity": 1,
            "line": {"color": INK, "width": 2},
        },
        "line": {"color": HALO, "width": 4},
    }
