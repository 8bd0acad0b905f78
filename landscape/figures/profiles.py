"""Profiles: heights along the line between two solutions, and the barrier between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from landscape.figures.axes import NEUTRAL, Figure, Trace, axis, compact, layout
from landscape.figures.classes import LEGEND
from landscape.figures.colours import PathStyle

# What lies beyond the two solutions is shown up to so many times the height of what lies between.
BEYOND = 2.0
# The barrier's words stand at the foot of its arrow, where the curve is far.
FOOT = 0.03


@dataclass(frozen=True)
class ProfileCurve:
    """One height along the line.

    Args:
        name: translated.
        t: coordinates (n,), rising, 0 at the first solution and 1 at the second; both are among them.
        values: heights (n,); what is not finite is a gap.
        style: of its line.
        barrier: translated words with the barrier's height, written beside it; empty for no barrier.
    """

    name: str
    t: ArrayLike
    values: ArrayLike
    style: PathStyle
    barrier: str = ""


def profile_curves(
    curves: Sequence[ProfileCurve],
    *,
    titles: tuple[str, str],
    ends: tuple[str, str],
    chord: str,
    share: bool = False,
) -> Figure:
    """Heights along a line, with the straight line between the two solutions and the barrier above it.

    Args:
        curves: one or more.
        titles: translated titles of the coordinate and of the height.
        ends: translated names of the two solutions.
        chord: translated words for the straight line between the two heights.
        share: whether the heights are shares, written in per cent.

    Returns:
        A Plotly figure as plain data: for each curve its line, with a barrier the straight line, its
        arrow and the two ends; vertical lines at both solutions.

    Raises:
        ValueError: where there is no curve, lengths differ, or 0 or 1 is not among the coordinates.

    Example:
        >>> style = PathStyle("#000000", "solid", "circle")
        >>> curve = ProfileCurve("training", [0, 0.5, 1], [1.0, 3.0, 2.0], style, "barrier 1.5")
        >>> figure = profile_curves([curve], titles=("t", "loss"), ends=("1", "2"), chord="straight")
        >>> figure["data"][2]["x"].tolist(), figure["data"][2]["y"].tolist()
        ([0.5, 0.5], [1.5, 3.0])
    """
    if not curves:
        raise ValueError("`curves` must hold at least one curve, got none.")
    found = [_between(curve) for curve in curves]
    data: list[Trace] = []
    notes = []
    for curve, (t, values, first, last) in zip(curves, found, strict=True):
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": curve.name,
                "x": compact(t),
                "y": compact(values),
                "line": {"color": curve.style.color, "dash": curve.style.dash, "width": 2.5},
                "hovertemplate": f"<b>{curve.name}</b><br>{titles[0]}: %{{x:.3g}}<br>{titles[1]}: "
                f"%{{y:{'.1%' if share else '.4g'}}}<extra></extra>",
            }
        )
        if curve.barrier:
            traces, note = _barrier(curve, t, values, first, last, chord)
            data += traces
            notes += note
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": np.array([t[first], t[last]]),
                "y": np.array([values[first], values[last]]),
                "marker": {"color": curve.style.color, "size": 10, "symbol": "circle"},
                "hoverinfo": "skip",
                "showlegend": False,
                "cliponaxis": False,
            }
        )
    low, high = min(float(t[0]) for t, *_ in found), max(float(t[-1]) for t, *_ in found)
    up = axis(titles[1], limits=(-0.02, 1.04), tickformat=".0%") if share else _up(titles[1], found)
    figure_layout = layout(axis(titles[0], limits=(low, high)), up, **LEGEND)
    line = {"color": NEUTRAL, "width": 1, "dash": "dot"}
    figure_layout["shapes"] = [
        {"type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1, "line": line} for x in (0, 1)
    ]
    figure_layout["annotations"] = [
        {"x": x, "yref": "paper", "text": name, "showarrow": False, "font": {"size": 12}}
        | {"xanchor": side, "xshift": shift}
        | ({"y": 0.0, "yanchor": "bottom"} if share else {"y": 1.0, "yanchor": "top"})
        for x, name, side, shift in ((0, ends[0], "right", -4), (1, ends[1], "left", 4))
    ] + notes
    return {"data": data, "layout": figure_layout}


def barriers_against(
    clock: ArrayLike,
    curves: Sequence[tuple[str, ArrayLike, PathStyle]],
    *,
    titles: tuple[str, str],
) -> Figure:
    """The barrier's height against how long two networks were trained together.

    Args:
        clock: epochs together (n,), increasing from 0; they stand at equal distances.
        curves: translated name, barriers (n,) and style; what is not finite is a gap.
        titles: translated titles of both axes.

    Returns:
        A Plotly figure as plain data, one trace for each curve.

    Raises:
        ValueError: where lengths differ.

    Example:
        >>> style = PathStyle("#000000", "solid", "circle")
        >>> figure = barriers_against([0, 5], [("training", [2.0, 0.1], style)], titles=("k", "barrier"))
        >>> figure["layout"]["xaxis"]["ticktext"]
        ['0', '5']
    """
    epochs = np.asarray(clock, np.float64)
    places = np.arange(epochs.size, dtype=float)
    data: list[Trace] = []
    known = [np.zeros(0)]
    for name, values, style in curves:
        heights = np.asarray(values, np.float64)
        if heights.shape != epochs.shape:
            raise ValueError(
                f"`curves` must be as many barriers as epochs, got {heights.shape} and {epochs.shape}."
            )
        known.append(heights[np.isfinite(heights)])
        data.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": name,
                "x": places,
                "y": np.where(np.isfinite(heights), heights, np.nan),
                "customdata": epochs,
                "line": {"color": style.color, "dash": style.dash, "width": 2.5},
                "marker": {"color": style.color, "size": 9, "symbol": "circle"},
                "hovertemplate": f"<b>{name}</b><br>{titles[0]}: %{{customdata}}<br>{titles[1]}: "
                "%{y:.4g}<extra></extra>",
            }
        )
    high = float(np.concatenate(known).max(initial=0.0)) or 1.0
    across = axis(
        titles[0],
        limits=(-0.3, max(places.size - 1, 1) + 0.3),
        tickmode="array",
        tickvals=places,
        ticktext=[f"{epoch:g}" for epoch in epochs],
    )
    return {
        "data": data,
        "layout": layout(across, axis(titles[1], limits=(-0.03 * high, 1.08 * high)), **LEGEND),
    }


def _between(curve: ProfileCurve) -> tuple[np.ndarray, np.ndarray, int, int]:
    """Coordinates, heights, and the rows of the two solutions."""
    t, values = np.asarray(curve.t, np.float64), np.asarray(curve.values, np.float64)
    if t.shape != values.shape or t.ndim != 1 or t.size < 2:
        raise ValueError(f"`values` of {curve.name!r} must be as many as `t`, got {values.shape}, {t.shape}.")
    first, last = (int(np.argmin(np.abs(t - end))) for end in (0.0, 1.0))
    if max(abs(t[first]), abs(t[last] - 1.0)) > 1e-9:
        raise ValueError(f"`t` of {curve.name!r} must hold 0 and 1, got {t[0]:g} to {t[-1]:g}.")
    return t, np.where(np.isfinite(values), values, np.nan), first, last


def _barrier(
    curve: ProfileCurve, t: np.ndarray, values: np.ndarray, first: int, last: int, chord: str
) -> tuple[list[Trace], list[dict]]:
    """The straight line, the arrow from it up to the greatest rise, and its words."""
    within = t[first : last + 1]
    straight = values[first] + (values[last] - values[first]) * (within - within[0]) / (
        within[-1] - within[0]
    )
    faint = {"color": curve.style.color, "width": 1.5, "dash": "dot"}
    line: Trace = {
        "type": "scatter",
        "mode": "lines",
        "name": chord,
        "x": compact(within[[0, -1]]),
        "y": compact(straight[[0, -1]]),
        "line": faint,
        "hoverinfo": "skip",
        "showlegend": False,
    }
    rise = values[first : last + 1] - straight
    if not np.isfinite(rise).any():
        return [line], []
    top = int(np.nanargmax(rise))
    x = np.array([within[top], within[top]])
    arrow: Trace = {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": np.array([straight[top], straight[top] + rise[top]]),
        "line": {"color": NEUTRAL, "width": 2},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    note = {
        "x": float(x[0]),
        "y": float(straight[top] + FOOT * rise[top]),
        "text": curve.barrier,
        "showarrow": False,
        "xanchor": "left",
        "yanchor": "bottom",
        "xshift": 4,
        "font": {"size": 12, "color": curve.style.color},
    }
    return [line, arrow], [note]


def _up(title: str, found: Sequence[tuple[np.ndarray, np.ndarray, int, int]]) -> dict:
    """The vertical axis: all between the solutions, and a part of what lies beyond."""
    within = np.concatenate([values[first : last + 1] for _t, values, first, last in found])
    everything = np.concatenate([values for _t, values, *_ in found])
    low = float(np.nanmin(everything)) if np.isfinite(everything).any() else 0.0
    most = float(np.nanmax(within)) if np.isfinite(within).any() else 1.0
    high = min(float(np.nanmax(everything, initial=most)), low + BEYOND * (most - low))
    if not high > low:
        low, high = low - 0.5, high + 0.5
    return axis(title, limits=(low - 0.05 * (high - low), high + 0.12 * (high - low)))
