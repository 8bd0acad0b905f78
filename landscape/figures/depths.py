"""Depths: the length of a gradient against the number of units that it comes through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from landscape.figures.axes import NEUTRAL, Figure, Trace, axis, layout, log_axis
from landscape.figures.colours import PathStyle
from landscape.figures.curves import loss_curve
from landscape.figures.edges import edge_marks, edges, up_to_edge
from landscape.figures.heights import number

# How many decades are shown at most, from the largest value down.
MOST_DECADES = 24.0
LEGEND = {
    "showlegend": True,
    "legend": {"x": 0.02, "y": 0.03, "xanchor": "left", "yanchor": "bottom", "font": {"size": 11}}
    | {"bgcolor": "rgba(0,0,0,0)"},
}


def depth_curves(
    curves: Mapping[str, ArrayLike],
    styles: Mapping[str, PathStyle],
    *,
    titles: tuple[str, str],
    words: Mapping[str, str],
    bound: ArrayLike | None = None,
) -> Figure:
    """Sizes of gradients for the depths 1, 2, … on a logarithmic axis.

    Args:
        curves: translated name to sizes (n,), at least 0; what is 0 stands at the foot of the picture and
            what is not finite at its top, and both say so.
        styles: name to style, for every curve.
        titles: translated titles of the depth and of the size.
        words: translated words for each dash that occurs, and for "dot", the bound; colours are explained
            elsewhere.
        bound: what the sizes cannot exceed (n,), drawn dotted in grey; None for none.

    Returns:
        A Plotly figure as plain data: the bound, for each curve its line and what is at the edges, and the
        samples of the legend.

    Raises:
        ValueError: where there is no curve, the lengths differ, a size is negative, or a dash has no word.

    Example:
        >>> from landscape.figures.colours import cycle_style
        >>> curves, styles = {"first": [1.0, 0.25, 0.0625]}, {"first": cycle_style(0)}
        >>> figure = depth_curves(curves, styles, titles=("depth", "size"), words={"solid": "first unit"})
        >>> figure["data"][0]["x"].tolist(), figure["layout"]["yaxis"]["type"]
        ([1.0, 2.0, 3.0], 'log')
    """
    found = {name: np.asarray(sizes, dtype=np.float64) for name, sizes in curves.items()}
    everything = [*found.values(), *([] if bound is None else [np.asarray(bound, dtype=np.float64)])]
    shapes = {sizes.shape for sizes in everything}
    if not found or len(shapes) != 1 or len(everything[0].shape) != 1 or everything[0].size < 2:
        raise ValueError(f"`curves` must be columns of one length, at least 2, got {sorted(shapes)}.")
    if any((sizes < 0).any() for sizes in everything):
        raise ValueError("`curves` must be sizes, at least 0, got a negative one.")
    dashes = list(dict.fromkeys([*(styles[name].dash for name in found), *(["dot"] * (bound is not None))]))
    if not set(dashes) <= set(words):
        raise ValueError(f"`words` must name each of {', '.join(dashes)}, got {', '.join(words)}.")
    depths = np.arange(1.0, everything[0].size + 1)
    up, low, top = _size_axis(titles[1], everything)
    data: list[Trace] = []
    if bound is not None:
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": words["dot"],
                "x": depths,
                "y": np.where(everything[-1] >= low, everything[-1], np.nan),
                "line": {"color": NEUTRAL, "width": 2, "dash": "dot"},
                "hovertemplate": f"{words['dot']}<br>{titles[0]}: %{{x}}<br>%{{y:.3g}}<extra></extra>",
                "showlegend": False,
            }
        )
    for name, sizes in found.items():
        hover = f"<b>{name}</b><br>{titles[0]}: %{{x}}<br>{titles[1]}: "
        style = styles[name]
        seen = np.where(sizes >= low, sizes, np.nan)
        data.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": name,
                "x": depths,
                "y": up_to_edge(seen, top),
                "line": {"color": style.color, "width": 2.5, "dash": style.dash},
                "marker": {"color": style.color, "size": 6, "symbol": style.symbol},
                "hovertemplate": hover + "%{y:.3g}<extra></extra>",
                "showlegend": False,
            }
        )
        data += edge_marks(depths, sizes, ~(sizes <= top), top, hover=hover, colour=style.color)
        data += _at_the_foot(depths, sizes, low, hover, style.color)
    data += [
        {"type": "scatter", "mode": "lines", "x": [None], "y": [None], "name": words[dash]}
        | {"line": {"color": NEUTRAL, "width": 2, "dash": dash}, "hoverinfo": "skip"}
        for dash in dashes
    ]
    across = axis(titles[0], limits=(0.6, depths[-1] + 0.4), dtick=1, grid=False)
    return {"data": data, "layout": layout(across, up, **LEGEND)}


def learning_curve(titles: tuple[str, str], *, num_steps: int, level: float | None, name: str = "") -> Figure:
    """The axes of |y − t| against the step, from 0 to 1, with the level at which something is learned.

    Args:
        titles: translated titles of the step and of the error.
        num_steps: the last step shown, at least 1.
        level: the error that is good enough; None for no line.
        name: the translated words on the line.

    Returns:
        A Plotly figure as plain data, without the paths.

    Raises:
        ValueError: where there is no step.

    Example:
        >>> learning_curve(("step", "error"), num_steps=9, level=0.1)["layout"]["shapes"][0]["y0"]
        0.1
    """
    figure = loss_curve(titles, log=False, clock_range=(0.0, float(num_steps)), loss_range=(0.0, 1.0))
    if level is not None:
        line = {"color": NEUTRAL, "width": 1.5, "dash": "dot"}
        figure["layout"]["shapes"] = [
            {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": level, "y1": level, "line": line}
        ]
        figure["layout"]["annotations"] = [
            {"xref": "paper", "x": 0.01, "y": level, "text": name, "showarrow": False, "font": {"size": 11}}
            | {"xanchor": "left", "yanchor": "top"}
        ]
    return figure


def _size_axis(title: str, columns: Sequence[np.ndarray]) -> tuple[dict, float, float]:
    """The vertical axis, and the lowest and the highest size that is drawn as a line."""
    sizes = np.concatenate(columns)
    shown = sizes[np.isfinite(sizes) & (sizes > 0)]
    if shown.size == 0:
        shown = np.array([0.1, 1.0])
    high = min(float(shown.max()), 1e12)
    low = max(float(shown.min()), high * 10.0**-MOST_DECADES)
    if high < 10 * low:
        low, high = low / 3, high * 3
    settings = log_axis(title, low, high)
    # Room above, where what is not finite stands, and below, for what is 0.
    first, last = settings["range"]
    span = last - first
    settings["range"] = [first - 0.06 * span, last + 0.04 * span]
    return settings, low * (1 - 1e-9), edges(settings["range"], log=True)[1]


def _at_the_foot(depths: np.ndarray, sizes: np.ndarray, low: float, hover: str, colour: str) -> list[Trace]:
    """Triangles for what is too small to be drawn, 0 above all, with its value for the pointer."""
    rows = np.flatnonzero(sizes < low)
    if rows.size == 0:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": depths[rows],
            "y": np.full(rows.size, low),
            "text": [number(size) for size in sizes[rows]],
            "marker": {"symbol": "triangle-down", "size": 10, "color": colour}
            | {"line": {"color": "#ffffff", "width": 1}},
            "cliponaxis": False,
            "hovertemplate": f"{hover}%{{text}}<extra></extra>",
            "showlegend": False,
        }
    ]
