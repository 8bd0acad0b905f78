"""Fidelity: what a slice shows of a path beside what is true, and how it is curved beside the whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from landscape.figures.axes import NEUTRAL, Figure, Trace, axis, compact, layout
from landscape.figures.colours import BLUE, GREEN, VERMILLION
from landscape.figures.curves import loss_curve, loss_limits
from landscape.figures.fits import columns
from landscape.figures.heights import Heights, Scale, number
from landscape.figures.landscapes import Titles, contour

LEGEND: dict[str, Any] = {
    "showlegend": True,
    "legend": {"x": 0.99, "y": 0.99, "xanchor": "right", "yanchor": "top", "font": {"size": 11}}
    | {"bgcolor": "rgba(0,0,0,0)"},
}
PANE = {"l": 30, "r": 4, "t": 4, "b": 22}
"""Margins of one of several small pictures."""


def true_and_shown(
    steps: ArrayLike,
    true: ArrayLike,
    shown: ArrayLike,
    *,
    titles: tuple[str, str],
    words: Mapping[str, str],
    scale: Scale = "linear",
    floor: float = 0.0,
    colour: str = VERMILLION,
) -> Figure:
    """The axes on which the player draws a path's true heights, with those of the surface below it, dotted.

    Args:
        steps: when the iterates were reached (k,), increasing.
        true: their heights (k,), which the player draws.
        shown: heights of the surface at their projections (k,).
        titles: translated titles of the clock and of the height.
        words: translated words for the "true" and the "shown" heights.
        scale: "linear" or "log"; the latter shows heights above the floor.
        floor: what is subtracted from heights on the logarithmic scale.
        colour: of the path.

    Returns:
        A Plotly figure as plain data: the surface's heights, and the sample of the path for the legend.

    Raises:
        ValueError: where the lengths differ or there are fewer than two iterates.

    Example:
        >>> words = {"true": "true", "shown": "on the surface"}
        >>> figure = true_and_shown([0, 1], [2, 1], [3, 1], titles=("step", "loss"), words=words)
        >>> [trace["name"] for trace in figure["data"]]
        ['on the surface', 'true']
    """
    clock, real, drawn = columns(steps=steps, true=true, shown=shown)
    log = scale == "log"
    low, high = loss_limits([real, drawn], log=log, floor=floor)
    figure = loss_curve(
        titles,
        log=log,
        clock_range=(float(clock[0]), float(clock[-1])),
        loss_range=(low, high),
        floor=floor,
    )
    above = drawn - floor if log else drawn
    visible = np.isfinite(above) & ((above > 0) | (not log))
    figure["data"] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": words["shown"],
            "x": compact(clock),
            "y": np.where(visible, above, np.nan),
            "customdata": drawn,
            "line": {"color": NEUTRAL, "width": 2.5, "dash": "dot"},
            "hovertemplate": f"{titles[0]}: %{{x}}<br>{words['shown']}: %{{customdata:.5g}}<extra></extra>",
        },
        _sample(words["true"], colour),
    ]
    figure["layout"] |= LEGEND
    return figure


def shares_along(steps: ArrayLike, shares: Mapping[str, ArrayLike], *, titles: tuple[str, str]) -> Figure:
    """Shares of a path's distances and gradients against the clock, in per cent.

    Args:
        steps: when the iterates were reached (k,), increasing.
        shares: translated name to shares from 0 to 1 (k,); what is not finite is a gap.
        titles: translated titles of the clock and of the shares.

    Returns:
        A Plotly figure as plain data, with one trace for each.

    Raises:
        ValueError: where the lengths differ.

    Example:
        >>> shares_along([0, 1], {"off": [0.5, 0]}, titles=("step", "%"))["data"][0]["y"].tolist()
        [50.0, 0.0]
    """
    clock, *found = columns(steps=steps, **shares)
    data: list[Trace] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": compact(clock),
            "y": np.where(np.isfinite(share), 100 * share, np.nan),
            "line": {"color": colour, "width": 2.5, "dash": dash},
            "hovertemplate": f"{titles[0]}: %{{x}}<br>{name}: %{{y:.3g}} %<extra></extra>",
        }
        for name, share, colour, dash in zip(shares, found, (BLUE, GREEN), ("solid", "dash"), strict=False)
    ]
    across = axis(titles[0], limits=(float(clock[0]), float(clock[-1])))
    return {"data": data, "layout": layout(across, axis(titles[1], limits=(-2.0, 102.0)), **_legend_above())}


def curvature_ranges(ranges: Mapping[str, tuple[float, float]], *, title: str) -> Figure:
    """From the smallest to the largest curvature, as bars below one another, with both ends written.

    Args:
        ranges: translated name to (smallest, largest), the first on top; of what is not finite there
            is no bar.
        title: translated title of the curvature.

    Returns:
        A Plotly figure as plain data, with one trace for each.

    Raises:
        ValueError: where there is none, or one is reversed.

    Example:
        >>> figure = curvature_ranges({"all": (-1.0, 9.0), "plane": (0.0, 2.0)}, title="curvature")
        >>> [trace["x"] for trace in figure["data"]]
        [[-1.0, 9.0], [0.0, 2.0]]
    """
    if not ranges or any(low > high for low, high in ranges.values()):
        raise ValueError(f"`ranges` must be pairs (smallest, largest), got {dict(ranges)}.")
    ends = np.array([end for pair in ranges.values() for end in pair if np.isfinite(end)] or [0.0, 1.0])
    low, high = min(float(ends.min()), 0.0), max(float(ends.max()), 0.0)
    span = (high - low) or 1.0
    data: list[Trace] = [
        {
            "type": "scatter",
            "mode": "lines+markers+text",
            "name": name,
            "x": [float(end) for end in pair],
            "y": [name, name],
            "text": ["", f"{_short(pair[0])} … {_short(pair[1])}"],
            "textposition": "top left" if pair[1] > (low + high) / 2 else "top right",
            "cliponaxis": False,
            "line": {"color": colour, "width": 6},
            "marker": {
                "color": colour,
                "size": 11,
                "symbol": "line-ns",
                "line": {"color": colour, "width": 3},
            },
            "hovertemplate": f"<b>{name}</b>: {number(pair[0])} … {number(pair[1])}<extra></extra>",
        }
        for (name, pair), colour in zip(ranges.items(), (NEUTRAL, BLUE), strict=False)
    ]
    limits = (low - 0.06 * span, high + 0.06 * span)
    across = axis(title, limits=limits, zeroline=True, zerolinecolor=NEUTRAL)
    up = axis(
        "", grid=False, ticks="", automargin=True, range=[len(ranges) - 0.4, -0.8], tickfont={"size": 12}
    )
    return {"data": data, "layout": layout(across, up)}


def slice_pane(
    x: ArrayLike, y: ArrayLike, values: ArrayLike, *, titles: Titles, heights: Heights, no_value: str = ""
) -> Figure:
    """A slice from above in a picture that is small, one of several with one scale of colours.

    Args:
        x: the horizontal coordinate (nx,), increasing in equal steps.
        y: the vertical coordinate (ny,), increasing in equal steps.
        values: losses (ny, nx).
        titles: translated titles of the two axes and of the loss, for the text under the pointer.
        heights: of all of the pictures.
        no_value: as of `contour`.

    Returns:
        A Plotly figure as plain data, without a colour bar and titles of axes.

    Raises:
        ValueError: where the shapes do not agree.

    Example:
        >>> heights = Heights("linear", 0.0, 0.0, 5.0)
        >>> figure = slice_pane([0, 1], [0, 1], [[1, 2], [3, 5]], titles=("a", "b", "L"), heights=heights)
        >>> figure["layout"]["xaxis"]["title"]["text"], figure["data"][0]["showscale"]
        ('', False)
    """
    figure = contour(
        x, y, values, titles=titles, heights=heights, no_value=no_value, equal=True, show_bar=False
    )
    for name in ("xaxis", "yaxis"):
        figure["layout"][name] |= {"title": {"text": ""}, "nticks": 3, "tickfont": {"size": 10}}
    figure["layout"]["margin"] = PANE
    return figure


def _short(value: float) -> str:
    """Two digits that count."""
    return number(float(f"{value:.2g}"))


def _sample(name: str, colour: str) -> Trace:
    """A line for the legend alone."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": [None],
        "y": [None],
        "line": {"color": colour, "width": 2.5},
        "hoverinfo": "skip",
    }


def _legend_above() -> dict[str, Any]:
    legend = {"orientation": "h", "x": 0.0, "y": 1.02, "xanchor": "left", "yanchor": "bottom"}
    return {
        "showlegend": True,
        "legend": legend | {"font": {"size": 11}, "bgcolor": "rgba(0,0,0,0)"},
        "margin": {"l": 56, "r": 12, "t": 30, "b": 44},
    }
