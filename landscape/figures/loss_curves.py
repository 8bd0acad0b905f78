"""Loss curves: what losses cost, or how steep they are, along one number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.figures.axes import NEUTRAL, Figure, Trace, axis, compact, layout
from landscape.figures.colours import PathStyle
from landscape.figures.fits import columns

# What stays free above and below the curves, in parts of the picture.
MARGIN = 0.04
# Pixels from one sign of infinity to the next at the same place, and of the first from the edge.
SIGNS, INSET = {True: 20, False: 34}, {True: 14, False: 22}

Corner = Literal["top", "right", "none"]


@dataclass(frozen=True)
class LossCurve:
    """One loss along the abscissa.

    Args:
        name: the translated name.
        y: its values (n,); infinite ones are marked at the edge, NaN breaks the line.
        style: how it is drawn.
        note: further translated words for the text under the pointer.
    """

    name: str
    y: ArrayLike
    style: PathStyle
    note: str = ""


def loss_curves(
    x: ArrayLike,
    curves: Sequence[LossCurve],
    *,
    titles: tuple[str, str],
    limits: tuple[float, float],
    reference: tuple[str, ArrayLike] | None = None,
    legend: Corner = "none",
    above: bool = False,
) -> Figure:
    """Losses, or their slopes, along one number.

    A curve that leaves the picture goes on beyond its edge; where it is infinite, ∞ stands at the edge.

    Args:
        x: the abscissa (n,), increasing, at least two.
        curves: at least one; drawn in this order.
        titles: translated titles of the abscissa and of what is drawn.
        limits: the lowest and highest ordinate, as of `reach`.
        reference: translated name and values (n,) of a line in the background, a grey one.
        legend: where the names stand: at the "top" in the middle, at the top "right", or nowhere.
        above: whether another picture of the same abscissa stands below, whose title serves for both.

    Returns:
        A Plotly figure as plain data: the reference where there is one, then one trace for each curve.

    Raises:
        ValueError: where the shapes do not agree, the abscissa does not increase, or there is no curve.

    Example:
        >>> from landscape.figures import loss_style
        >>> curve = LossCurve("Squared error", [1.0, 0.0, 1.0], loss_style("mse"))
        >>> figure = loss_curves([-1, 0, 1], [curve], titles=("y − t", "loss"), limits=(0, 1))
        >>> figure["data"][0]["name"], figure["layout"]["yaxis"]["range"]
        ('Squared error', [-0.04, 1.04])
    """
    if not curves:
        raise ValueError(f"`curves` must be at least one, got {curves}.")
    if not (np.isfinite(limits).all() and limits[0] < limits[1]):
        raise ValueError(f"`limits` must be finite and increasing, got {limits}.")
    lines = {f"curves[{index}]": curve.y for index, curve in enumerate(curves)}
    lines |= {"reference": reference[1]} if reference else {}
    across, *ordinates = columns(x=x, **lines)
    if across.size < 2 or not (np.diff(across) > 0).all():
        raise ValueError(f"`x` must increase, got {across}.")
    margin = MARGIN * (limits[1] - limits[0])
    ends = (limits[0] - margin, limits[1] + margin)
    data: list[Trace] = []
    if reference:
        data.append(_line(across, ordinates[-1], reference[0], PathStyle(NEUTRAL, "solid", ""), 2.0, titles))
    signs: list[dict[str, Any]] = []
    seen: dict[tuple[float, bool], int] = {}
    for curve, y in zip(curves, ordinates, strict=False):
        data.append(_line(across, y, curve.name, curve.style, 3.0, titles, curve.note))
        for place in np.flatnonzero(np.isinf(y)):
            spot = (float(across[place]), bool(y[place] > 0))
            signs.append(_infinity(*spot, seen.get(spot, 0), curve.style.color, across))
            seen[spot] = seen.get(spot, 0) + 1
    horizontal = axis("" if above else titles[0], limits=(float(across[0]), float(across[-1])))
    vertical = axis(titles[1], limits=ends, zeroline=True, zerolinecolor=NEUTRAL, zerolinewidth=1)
    settings: dict[str, Any] = {"margin": {"l": 60, "r": 14, "t": 8, "b": 26 if above else 44}}
    if legend != "none":
        settings |= {"showlegend": True, "legend": _legend(legend)}
    return {"data": data, "layout": layout(horizontal, vertical, annotations=signs, **settings)}


def reach(
    x: ArrayLike,
    rows: Sequence[ArrayLike],
    inner: tuple[float, float] = (-np.inf, np.inf),
    times: float = 2.2,
) -> tuple[float, float]:
    """The ordinates that a picture of several curves shows: all of most, and as much of the steepest.

    From 0 as far, upward and downward, as the curve that goes furthest, but no further than so many `times`
    as far as the middle one of them.

    Args:
        x: the abscissa (n,).
        rows: the curves, each (n,); values that are not finite are left out.
        inner: the part of the abscissa that counts.
        times: how much further than the middle curve the picture goes.

    Returns:
        Two finite ordinates, the first below the second.

    Example:
        >>> reach([-3, 0, 3], [[9, 0, 9], [3, 0, 3], [2.5, 0, 2.5]])
        (0.0, 6.6)
        >>> reach([-3, 0, 3], [[-6, 0, 6]])
        (-6.0, 6.0)
    """
    across, *curves = columns(x=x, **{f"rows[{index}]": row for index, row in enumerate(rows)})
    inside = (across >= inner[0]) & (across <= inner[1])
    known = [curve[inside & np.isfinite(curve)] for curve in curves]
    high = _furthest([float(each.max(initial=0.0)) for each in known], times)
    low = 0.0 - _furthest([float(-each.min(initial=0.0)) for each in known], times)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _furthest(ends: list[float], times: float) -> float:
    going = [end for end in ends if end > 0]
    return float(f"{min(max(going), times * float(np.median(going))):.3g}") if going else 0.0


def _line(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    name: str,
    style: PathStyle,
    width: float,
    titles: tuple[str, str],
    note: str = "",
) -> Trace:
    more = f"<br>{note}" if note else ""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": compact(x),
        "y": compact(np.where(np.isfinite(y), y, np.nan)),
        "line": {"color": style.color, "dash": style.dash, "width": width, "simplify": False},
        "hovertemplate": f"<b>{name}</b><br>{titles[0]}: %{{x:.4g}}<br>{titles[1]}: %{{y:.4g}}{more}"
        "<extra></extra>",
    }


def _infinity(x: float, up: bool, before: int, colour: str, across: NDArray[np.float64]) -> dict[str, Any]:
    """∞ where a curve is infinite, beside those that are there already."""
    inward = 1 if x < (across[0] + across[-1]) / 2 else -1
    return {
        "text": "<b>∞</b>" if up else "<b>−∞</b>",
        "x": x,
        "y": 1 if up else 0,
        "yref": "paper",
        "xshift": inward * (INSET[up] + SIGNS[up] * before),
        "yanchor": "top" if up else "bottom",
        "showarrow": False,
        "font": {"size": 20, "color": colour},
    }


def _legend(corner: Corner) -> dict[str, Any]:
    place = {"x": 0.5, "xanchor": "center"} if corner == "top" else {"x": 1.0, "xanchor": "right"}
    return place | {"y": 1.0, "yanchor": "top", "bgcolor": "rgba(0,0,0,0)", "font": {"size": 14}}
