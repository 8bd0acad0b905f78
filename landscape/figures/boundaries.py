"""Boundaries: two classes of points with the lines that tell them apart, and what each line finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.figures.axes import NEUTRAL, Figure, Trace, axis, compact, layout
from landscape.figures.classes import LEGEND
from landscape.figures.colours import BLUE, PathStyle
from landscape.figures.fits import RIM


@dataclass(frozen=True)
class Boundary:
    """A line w₁x + w₂y + b = 0 with its translated name and its style."""

    name: str
    line: tuple[float, float, float]
    style: PathStyle


@dataclass(frozen=True)
class Curve:
    """Shares found against shares raised in vain, both rising from 0 to 1, with name and style.

    Args:
        name: translated.
        alarms: horizontal places (k,).
        recalls: vertical places (k,).
        now: where the answer stands at present.
        style: of the line.
    """

    name: str
    alarms: ArrayLike
    recalls: ArrayLike
    now: tuple[float, float]
    style: PathStyle


def class_boundaries(
    inputs: ArrayLike,
    labels: ArrayLike,
    class_names: tuple[str, str],
    boundaries: Sequence[Boundary],
    *,
    limits: tuple[tuple[float, float], tuple[float, float]],
    titles: tuple[str, str],
) -> Figure:
    """A common and a rare class of points, and lines between them.

    Args:
        inputs: places (n, 2).
        labels: 0 for common, 1 for rare (n,).
        class_names: translated names of the two.
        boundaries: the lines; of one that lies outside the picture the legend has the name alone.
        limits: of the two axes.
        titles: translated titles of the two axes.

    Returns:
        A Plotly figure as plain data: common points, rare points, and a trace for each line.

    Raises:
        ValueError: where the shapes do not agree.

    Example:
        >>> line = Boundary("plain", (1.0, 0.0, -0.5), PathStyle("#000000", "solid", "circle"))
        >>> figure = class_boundaries(
        ...     [[0, 1], [1, 0]], [0, 1], ("no", "yes"), [line], limits=((-1, 2), (-1, 2)), titles=("x", "y")
        ... )
        >>> figure["data"][2]["x"].tolist(), figure["data"][2]["y"].tolist()
        ([0.5, 0.5], [-1.0, 2.0])
    """
    places, classes = np.asarray(inputs, dtype=np.float64), np.asarray(labels)
    if places.shape != (classes.size, 2) or classes.ndim != 1:
        raise ValueError(f"`inputs` must have the shape ({classes.size}, 2), got {places.shape}.")
    data = [
        _points(places[classes == 0], class_names[0], NEUTRAL, "circle", 6.0, 0.55, titles),
        _points(places[classes == 1], class_names[1], BLUE, "diamond", 10.0, 1.0, titles),
    ]
    for boundary in boundaries:
        x, y = line_in(boundary.line, limits)
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": boundary.name,
                "x": x,
                "y": y,
                "line": {"color": boundary.style.color, "dash": boundary.style.dash, "width": 3},
                "hoverinfo": "name",
                "showlegend": True,
            }
        )
    return {
        "data": data,
        "layout": layout(
            axis(titles[0], limits=limits[0], grid=False),
            axis(titles[1], limits=limits[1], grid=False),
            **LEGEND,
        ),
    }


def operating_curves(curves: Sequence[Curve], titles: tuple[str, str], guess: str) -> Figure:
    """What is found against what is raised in vain, as the threshold goes from the highest to the lowest.

    Args:
        curves: one for each way to tell the classes apart.
        titles: translated titles of false alarms (across) and of recall (up).
        guess: translated name of the diagonal, on which answers are drawn by lot.

    Returns:
        A Plotly figure as plain data: the diagonal, the curves, and where each stands at present.

    Raises:
        ValueError: where the shapes of a curve do not agree.

    Example:
        >>> curve = Curve("plain", [0, 0, 1], [0, 1, 1], (0.0, 1.0), PathStyle("#000000", "solid", "circle"))
        >>> [trace["mode"] for trace in operating_curves([curve], ("alarms", "recall"), "by lot")["data"]]
        ['lines', 'lines', 'markers']
    """
    where = f"{titles[0]}: %{{x:.3f}}<br>{titles[1]}: %{{y:.3f}}"
    diagonal: Trace = {
        "type": "scatter",
        "mode": "lines",
        "name": guess,
        "x": np.array([0.0, 1.0]),
        "y": np.array([0.0, 1.0]),
        "line": {"color": NEUTRAL, "dash": "dot", "width": 1.5},
        "hoverinfo": "name",
    }
    lines, places = [], []
    for curve in curves:
        across, up = (np.asarray(part, dtype=np.float64) for part in (curve.alarms, curve.recalls))
        if across.shape != up.shape or across.ndim != 1:
            raise ValueError(f"`recalls` must have the shape {across.shape} of the alarms, got {up.shape}.")
        lines.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": curve.name,
                "x": compact(across),
                "y": compact(up),
                "line": {"color": curve.style.color, "dash": curve.style.dash, "width": 1.8},
                "hovertemplate": f"{curve.name}<br>{where}<extra></extra>",
            }
        )
        places.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": curve.name,
                "x": np.array([curve.now[0]]),
                "y": np.array([curve.now[1]]),
                "marker": {
                    "color": curve.style.color,
                    "symbol": curve.style.symbol,
                    "size": 12,
                    "line": {"color": RIM, "width": 1.5},
                },
                "hovertemplate": f"<b>{curve.name}</b><br>{where}<extra></extra>",
                "cliponaxis": False,
            }
        )
    return {
        "data": [diagonal, *lines, *places],
        "layout": layout(
            axis(titles[0], limits=(-0.02, 1.02), tickformat=".0%"),
            axis(titles[1], limits=(-0.02, 1.04), tickformat=".0%"),
        ),
    }


def line_in(
    line: tuple[float, float, float], limits: tuple[tuple[float, float], tuple[float, float]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The ends of the part of a line w₁x + w₂y + b = 0 that lies in a window.

    Args:
        line: (w₁, w₂, b).
        limits: of the two axes.

    Returns:
        Abscissae (2,) and ordinates (2,), NaN where no part of it does.

    Example:
        >>> line_in((1.0, 1.0, 0.0), ((-1, 1), (-2, 2)))[1].tolist()
        [1.0, -1.0]
    """
    first, second, bias = line
    (left, right), (bottom, top) = limits
    nowhere = np.full(2, np.nan)
    length = np.hypot(first, second)
    if not (np.isfinite(length) and length > 0):
        return nowhere, nowhere
    # From the foot of the perpendicular both ways, cut at each pair of sides in turn.
    foot, way = np.array([first, second]) * (-bias / length**2), np.array([-second, first]) / length
    start, end = -np.inf, np.inf
    for place, step, (low, high) in zip(foot, way, ((left, right), (bottom, top)), strict=True):
        if step == 0:
            if not low <= place <= high:
                return nowhere, nowhere
            continue
        ends = sorted(((low - place) / step, (high - place) / step))
        start, end = max(start, ends[0]), min(end, ends[1])
    if start > end:
        return nowhere, nowhere
    both = np.stack([foot + start * way, foot + end * way])
    both = both[np.lexsort((both[:, 1], both[:, 0]))]
    return both[:, 0], both[:, 1]


def _points(
    places: NDArray[np.float64],
    name: str,
    color: str,
    symbol: str,
    size: float,
    opacity: float,
    titles: tuple[str, str],
) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": compact(places[:, 0]),
        "y": compact(places[:, 1]),
        "marker": {
            "color": color,
            "symbol": symbol,
            "size": size,
            "opacity": opacity,
            "line": {"color": RIM, "width": 1},
        },
        "hovertemplate": f"{name}<br>{titles[0]}: %{{x:.3g}}<br>{titles[1]}: %{{y:.3g}}<extra></extra>",
        "showlegend": True,
    }
