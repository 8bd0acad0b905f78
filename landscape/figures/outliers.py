"""Outliers: points of which some were moved, the lines of several losses, and how hard each point pulls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from landscape.figures.axes import NEUTRAL, Figure, Trace, axis, compact, layout
from landscape.figures.colours import SKY_BLUE, PathStyle
from landscape.figures.fits import RIM, columns, pair
from landscape.figures.heights import number
from landscape.figures.landscapes import contour
from landscape.figures.marks import HALO, INK

MARGIN = {"l": 34, "r": 6, "t": 4, "b": 26}
"""Of a small picture, whose axes have no titles."""

LEGEND: dict[str, Any] = {
    "showlegend": True,
    "legend": {"x": 0.01, "y": 0.995, "xanchor": "left", "yanchor": "top", "font": {"size": 11}}
    | {"bgcolor": "rgba(0,0,0,0)", "itemwidth": 30},
}


def fitted_lines(
    x: ArrayLike,
    y: ArrayLike,
    origins: ArrayLike,
    curves: Mapping[str, ArrayLike],
    styles: Mapping[str, PathStyle],
    *,
    curve_x: ArrayLike,
    truth: ArrayLike,
    limits: tuple[tuple[float, float], tuple[float, float]],
    titles: tuple[str, str],
    words: Mapping[str, str],
    chosen: int | None = None,
    combined: Mapping[str, ArrayLike] | None = None,
) -> Figure:
    """Points, the first of which were moved, and several curves through them.

    Args:
        x: the abscissae (n,).
        y: the ordinates (n,).
        origins: where the moved points, the first k, stood before (k, 2).
        curves: translated name to ordinates (m,).
        styles: name to style, for every curve.
        curve_x: where the curves are known (m,), increasing.
        truth: the true curve (m,).
        limits: ((xmin, xmax), (ymin, ymax)) of the picture.
        titles: translated titles of both axes.
        words: translated "truth", "point" and "outlier".
        chosen: the index of the moved point that is marked by a ring; None for none.
        combined: further curves made of the others, (m,) each: drawn thick below them, first solid, then
            dashed.

    Returns:
        A Plotly figure as plain data: truth, combined curves, curves, ways of the moved points, points,
        outliers.

    Raises:
        ValueError: where the shapes do not agree.

    Example:
        >>> from landscape.figures.colours import cycle_style
        >>> figure = fitted_lines(
        ...     [0, 1], [5, 1], [[0, 0]], {"mse": [4, 2]}, {"mse": cycle_style(0)}, curve_x=[0, 1],
        ...     truth=[0, 1], limits=((0, 1), (0, 6)), titles=("x", "y"),
        ...     words={"truth": "truth", "point": "point", "outlier": "outlier"},
        ... )
        >>> [trace["name"] for trace in figure["data"]]
        ['truth', 'mse', '', 'point', 'outlier']
    """
    across, up = columns(x=x, y=y)
    before = np.asarray(origins, dtype=np.float64).reshape(-1, 2)
    count = len(before)
    known = {"truth": truth, **(combined or {}), **curves}
    places, *lines = columns(curve_x=curve_x, **known)
    named = dict(zip(known, lines, strict=True))
    data = [_line(places, named["truth"], words["truth"], NEUTRAL, 2.0, "dot", titles)]
    for dash, name in zip(("solid", "dash"), combined or {}, strict=False):
        data.append(_line(places, named[name], name, "rgba(128,128,128,0.55)", 7.0, dash, titles))
    for name in curves:
        style = styles[name]
        data.append(_line(places, named[name], name, style.color, 2.5, style.dash, titles))
    data.append(_ways(before, across[:count], up[:count]))
    data.append(_points(across[count:], up[count:], words["point"], titles))
    if count:
        data.append(_outliers(across[:count], up[:count], words["outlier"], titles, chosen))
    both = (axis(title, limits=ends) for title, ends in zip(titles, limits, strict=True))
    return {"data": data, "layout": layout(*both, **_legend(across, up, *limits))}


def _legend(
    across: np.ndarray, up: np.ndarray, x_limits: tuple[float, float], y_limits: tuple[float, float]
) -> dict[str, Any]:
    """The names of the curves in the upper corner that holds fewer points; at a tie on the left."""
    middle_x, middle_y = np.mean(x_limits), np.mean(y_limits)
    high = up > middle_y
    left, right = np.sum(high & (across < middle_x)), np.sum(high & (across > middle_x))
    if left <= right:
        return LEGEND
    return LEGEND | {"legend": LEGEND["legend"] | {"x": 0.99, "xanchor": "right"}}


def small_landscape(x: ArrayLike, y: ArrayLike, values: ArrayLike, *, titles: tuple[str, str, str]) -> Figure:
    """A landscape from above without a colour bar and titles of axes: one of several beside each other.

    Args:
        x: the horizontal parameter (nx,), increasing in equal steps.
        y: the vertical parameter (ny,), increasing in equal steps.
        values: losses (ny, nx).
        titles: translated titles of the two axes and of the loss, for the text under the pointer.

    Returns:
        A Plotly figure as plain data.

    Raises:
        ValueError: where the shapes do not agree.

    Example:
        >>> figure = small_landscape([0, 1], [0, 1], [[1, 2], [3, 5]], titles=("a", "b", "L"))
        >>> figure["layout"]["xaxis"]["title"]["text"], figure["data"][0]["showscale"]
        ('', False)
    """
    figure = contour(x, y, values, titles=titles, show_bar=False)
    for name in ("xaxis", "yaxis"):
        figure["layout"][name] |= {"title": {"text": ""}, "nticks": 4, "tickfont": {"size": 10}}
    figure["layout"]["margin"] = MARGIN
    return figure


def pull_bars(names: Sequence[str], pulls: ArrayLike, colours: Sequence[str], *, title: str) -> Figure:
    """How hard a point pulls under each of several losses, as bars from 1, an ordinary point's pull.

    Args:
        names: translated names (k,), the first on top.
        pulls: in parts of an ordinary point's (k,); what is not finite has no bar and says so.
        colours: of the bars (k,).
        title: translated title of the pull, for the text under the pointer.

    Returns:
        A Plotly figure as plain data: one trace of bars, on a logarithmic axis.

    Raises:
        ValueError: where the lengths differ or there is no bar.

    Example:
        >>> figure = pull_bars(["mse", "mae"], [15.0, 1.0], ["#000", "#111"], title="pull")
        >>> figure["data"][0]["text"]
        ['15×', '1×']
    """
    sizes = np.asarray(pulls, dtype=np.float64)
    if sizes.shape != (len(names),) or len(colours) != len(names) or not names:
        raise ValueError(
            f"`names`, `pulls` and `colours` must have one length, got {len(names)}, {sizes.shape}."
        )
    seen = np.isfinite(sizes) & (sizes > 0)
    shown = np.where(seen, sizes, 1.0)
    low, high = min(0.5, float(shown.min()) / 1.2), max(2.0, float(shown.max()))
    texts = [f"{number(float(f'{size:.2g}'))}×" if np.isfinite(size) else "–" for size in sizes]
    bars: Trace = {
        "type": "bar",
        "orientation": "h",
        "y": list(names),
        # On a logarithmic axis a bar begins at the lower edge, unless it has a base.
        "base": np.minimum(shown, 1.0),
        "x": np.abs(shown - 1.0),
        "text": texts,
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": list(colours)},
        "customdata": sizes,
        "hovertemplate": f"<b>%{{y}}</b><br>{title}: %{{customdata:.3g}}<extra></extra>",
    }
    across = axis("", log=True, limits=(low, high**1.35), tickfont={"size": 10})
    up = axis("", autorange="reversed", ticks="", tickfont={"size": 10}, automargin=True, grid=False)
    one = {"type": "line", "x0": 1, "x1": 1, "yref": "paper", "y0": 0, "y1": 1}
    return {
        "data": [bars],
        "layout": layout(
            across,
            up,
            margin=MARGIN,
            bargap=0.35,
            shapes=[one | {"line": {"color": NEUTRAL, "width": 1.5, "dash": "dot"}}],
        ),
    }


def _line(
    x: np.ndarray, y: np.ndarray, name: str, colour: str, width: float, dash: str, titles: tuple[str, str]
) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": compact(x),
        "y": compact(y),
        "line": {"color": colour, "width": width, "dash": dash},
        "hovertemplate": f"<b>{name}</b><br>{pair(titles)}",
    }


def _ways(before: np.ndarray, x: np.ndarray, y: np.ndarray) -> Trace:
    """From where each moved point stood, an open circle, a thin line to where it stands."""
    gaps = np.full(len(before), np.nan)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "",
        "x": np.stack([before[:, 0], x, gaps], axis=-1).ravel(),
        "y": np.stack([before[:, 1], y, gaps], axis=-1).ravel(),
        "line": {"color": "rgba(128,128,128,0.6)", "width": 1, "dash": "dot"},
        "marker": {"symbol": "circle-open", "size": np.tile([7.0, 0.0, 0.0], len(before)), "color": NEUTRAL},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _points(x: np.ndarray, y: np.ndarray, name: str, titles: tuple[str, str]) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": x,
        "y": y,
        "marker": {"color": SKY_BLUE, "size": 7, "line": {"color": RIM, "width": 0.7}},
        "hovertemplate": pair(titles),
        "showlegend": False,
    }


def _outliers(x: np.ndarray, y: np.ndarray, name: str, titles: tuple[str, str], chosen: int | None) -> Trace:
    picked = np.arange(x.size) == chosen
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": name,
        "x": x,
        "y": y,
        "text": [str(place + 1) for place in range(x.size)] if x.size > 1 else [""],
        "textposition": "middle right",
        "textfont": {"size": 12},
        "marker": {
            "symbol": "diamond",
            "size": np.where(picked, 15.0, 12.0),
            "color": INK,
            "line": {"color": HALO, "width": np.where(picked, 2.5, 1.2)},
        },
        "cliponaxis": False,
        "hovertemplate": f"<b>{name}</b><br>{pair(titles)}",
        "showlegend": False,
    }
