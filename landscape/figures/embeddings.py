"""Embeddings: the ground on which labelled points move, and counts of what still moves them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from landscape.figures.axes import Figure, Trace, axis, compact, layout
from landscape.figures.colours import BLUE, GREEN, PURPLE

# Apart from the colours of gradient descent, momentum and Adam; symbols as a mark and as Plotly name them.
POINT_COLOURS: tuple[str, ...] = (BLUE, GREEN, PURPLE)
POINT_SYMBOLS: tuple[str, ...] = ("circle", "square", "triangle")
PLOTLY_SYMBOLS = ("circle", "square", "triangle-up")
STRIP = (0.62, 0.72)


def embedding_ground(names: Sequence[str], reach: float, titles: tuple[str, str]) -> Figure:
    """An empty square of the plane, with a legend of the classes whose points will move in it.

    Args:
        names: translated names of the classes, at most 3.
        reach: half the side of the square around the origin.
        titles: translated titles of the two axes.

    Returns:
        A Plotly figure as plain data: a trace without a point for each class.

    Raises:
        ValueError: where there are more classes than symbols.

    Example:
        >>> figure = embedding_ground(("A", "B"), 3.0, ("x", "y"))
        >>> [trace["name"] for trace in figure["data"]], figure["layout"]["xaxis"]["range"]
        (['A', 'B'], [-3.0, 3.0])
    """
    if len(names) > len(POINT_SYMBOLS):
        raise ValueError(f"`names` must be at most {len(POINT_SYMBOLS)}, got {len(names)}.")
    data: list[Trace] = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": [None],
            "y": [None],
            "marker": {"color": color, "symbol": symbol, "size": 10},
            "hoverinfo": "skip",
            "showlegend": True,
        }
        for name, color, symbol in zip(names, POINT_COLOURS, PLOTLY_SYMBOLS, strict=False)
    ]
    limits = (-reach, reach)
    return {
        "data": data,
        "layout": layout(
            axis(titles[0], limits=limits, constrain="domain"),
            axis(titles[1], limits=limits, constrain="domain", scaleanchor="x"),
            showlegend=True,
            legend={"orientation": "h", "x": 0.0, "y": 1.0, "yanchor": "bottom", "bgcolor": "rgba(0,0,0,0)"},
            margin={"l": 48, "r": 12, "t": 30, "b": 44},
        ),
    }


def with_counts(
    figure: Figure, counts: Sequence[tuple[str, ArrayLike, str]], *, titles: tuple[str, str]
) -> Figure:
    """A loss curve with counts at each step in a strip above it, on the same horizontal axis.

    Args:
        figure: a figure from `loss_curve`; it is left as it is.
        counts: translated name, counts at each step (T + 1,), and colour of each.
        titles: translated titles of the step, for the text under the pointer, and of the counts.

    Returns:
        A new Plotly figure as plain data, with one trace more for each count, on its second vertical axis,
        and one without a point that keeps the first.

    Example:
        >>> from landscape.figures import loss_curve
        >>> below = loss_curve(("step", "loss"), log=False, clock_range=(0, 2), loss_range=(1, 9))
        >>> above = with_counts(below, [("pairs", [9, 4, 0], "#000000")], titles=("step", "active"))
        >>> above["data"][1]["y"].tolist(), above["layout"]["yaxis2"]["domain"]
        ([9.0, 4.0, 0.0], [0.72, 1.0])
    """
    nothing: Trace = {"type": "scatter", "x": [None], "y": [None], "hoverinfo": "skip", "showlegend": False}
    lines: list[Trace] = []
    most = 1.0
    for name, values, color in counts:
        numbers = np.asarray(values, dtype=np.float64)
        most = max(most, float(numbers.max(initial=1.0)))
        lines.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                "x": compact(np.arange(numbers.size)),
                "y": compact(numbers),
                "yaxis": "y2",
                "line": {"color": color, "width": 2, "shape": "hv"},
                "hovertemplate": f"{titles[0]}: %{{x}}<br>{name}: %{{y}}<extra></extra>",
                "showlegend": True,
            }
        )
    below = figure["layout"]
    up = axis(titles[1], limits=(-0.05 * most, 1.08 * most), nticks=3)
    return {
        "data": [*figure["data"], nothing, *lines],
        "layout": below
        | {
            "yaxis": below["yaxis"] | {"domain": [0.0, STRIP[0]]},
            "yaxis2": up | {"domain": [STRIP[1], 1.0], "anchor": "x", "fixedrange": True},
            "showlegend": True,
            "legend": {
                "orientation": "h",
                "x": 0.0,
                "y": 1.0,
                "yanchor": "bottom",
                "bgcolor": "rgba(0,0,0,0)",
            },
            "margin": below["margin"] | {"t": 30},
        },
    }
