"""Rates: the learning rate of each step, and how a run with a growing one finds a good one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.figures.axes import NEUTRAL, Figure, Trace, axis, compact, layout, log_axis
from landscape.figures.classes import LEGEND
from landscape.figures.colours import BLUE, SKY_BLUE, VERMILLION
from landscape.figures.edges import edge_marks, edges, up_to_edge
from landscape.figures.finals import check_rates
from landscape.figures.fits import columns
from landscape.figures.heights import number

# A smoothed loss that falls by more than this factor is drawn on a logarithmic axis.
WIDE = 100.0
# How far above the first losses the picture goes, in parts of how far they fall.
RISE = 0.5
# Where a loss curve ends and the strip above it begins, in parts of the picture.
STRIP = (0.72, 0.8)


def finder_curve(
    rates: ArrayLike,
    losses: ArrayLike,
    smoothed: ArrayLike,
    suggestion: float | None,
    *,
    titles: tuple[str, str],
    words: Mapping[str, str],
    steepest: float | None = None,
) -> Figure:
    """The loss while the learning rate grows from step to step, and the rate that it suggests.

    Losses above the picture, where the run blows up, are triangles at its upper edge, and those that are
    not finite crosses.

    Args:
        rates: the growing rate (n,), above 0 and increasing, at least two.
        losses: the loss at each step (n,).
        smoothed: the smoothed loss (n,).
        suggestion: the suggested rate, or None; a line.
        titles: translated titles of the rate and of the loss.
        words: translated words for "raw", "smoothed" and "suggestion".
        steepest: the rate at which the smoothed loss falls fastest; a dot on it. By default the suggestion.

    Returns:
        A Plotly figure as plain data: raw losses, smoothed ones, the dot, the marks at the upper edge; the
        last two where there are any.

    Raises:
        ValueError: where the shapes do not agree, the rates are not as said, or a word is missing.

    Example:
        >>> words = {"raw": "raw", "smoothed": "smoothed", "suggestion": "suggestion"}
        >>> titles = ("η", "loss")
        >>> figure = finder_curve([0.01, 0.1, 1], [3, 1, 9], [3, 2, 4], 0.1, titles=titles, words=words)
        >>> figure["data"][2]["x"].tolist(), figure["data"][2]["y"].tolist()
        ([0.1], [2.0])

    Reference:
        Smith (2017), Cyclical learning rates for training neural networks, doi:10.1109/WACV.2017.58.
    """
    steps, raw = check_rates(rates, losses)
    smooth = check_rates(rates, smoothed)[1]
    missing = sorted({"raw", "smoothed", "suggestion"} - set(words))
    if missing:
        raise ValueError(f"`words` must have raw, smoothed and suggestion, got none for {missing}.")
    marked = {"suggestion": suggestion, "steepest": suggestion if steepest is None else steepest}
    for name, value in marked.items():
        if value is not None and not (np.isfinite(value) and value > 0):
            raise ValueError(f"`{name}` must be finite and above 0, got {value}.")
    across = log_axis(titles[0], steps[0], steps[-1])
    up, top = _fall_axis(titles[1], raw, smooth)
    hover = f"{titles[0]}: %{{x:.4g}}<br>{titles[1]}: "
    data = [
        _line(steps, raw, top, words["raw"], hover, "rgba(128,128,128,0.6)", 1.2),
        _line(steps, smooth, top, words["smoothed"], hover, BLUE, 3.0),
    ]
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    dot = marked["steepest"]
    if dot is not None:
        data.append(_dot(dot, steps, smooth, top, hover))
    if suggestion is not None:
        shapes.append(
            {"type": "line", "x0": suggestion, "x1": suggestion, "yref": "paper", "y0": 0, "y1": 1}
            | {"line": {"color": VERMILLION, "width": 2, "dash": "dash"}}
        )
        notes.append(_beside(words["suggestion"], suggestion, across["range"]))
    data += edge_marks(steps, raw, ~(raw <= top), top, hover=hover, colour=NEUTRAL, log=True)
    return {"data": data, "layout": layout(across, up, shapes=shapes, annotations=notes, **LEGEND)}


def schedule_curve(
    rates: ArrayLike, *, titles: tuple[str, str], clock_range: tuple[float, float] | None = None
) -> Figure:
    """The learning rate of each step, as a low picture.

    Args:
        rates: the learning rate of each step (T,), finite; that of step t holds from t to t + 1.
        titles: translated titles of the clock, for the text under the pointer, and of the rate.
        clock_range: the first and last clock reading shown; by default 0 and T.

    Returns:
        A Plotly figure as plain data.

    Raises:
        ValueError: where there is no rate or one that is not finite, or the range does not increase.

    Example:
        >>> figure = schedule_curve([0.1, 0.1, 0.01], titles=("step", "η"))
        >>> figure["data"][0]["x"].tolist(), figure["layout"]["xaxis"]["range"]
        ([0.0, 1.0, 2.0, 3.0], [0.0, 3.0])
    """
    curve, up = _schedule(rates, np.arange(np.size(rates) + 1), titles)
    first, last = clock_range or (0.0, float(np.size(rates)))
    if not (np.isfinite([first, last]).all() and first < last):
        raise ValueError(f"`clock_range` must be finite and increasing, got ({first}, {last}).")
    across = axis("", limits=(first, last), showticklabels=False)
    return {"data": [curve], "layout": layout(across, up, margin={"l": 56, "r": 12, "t": 8, "b": 10})}


def with_schedule(
    figure: Figure, rates: ArrayLike, *, titles: tuple[str, str], clock: ArrayLike | None = None
) -> Figure:
    """A loss curve with the learning rate of each step in a strip above it, on the same horizontal axis.

    Args:
        figure: a figure from `loss_curve`; it is left as it is.
        rates: the learning rate of each step (T,), finite.
        titles: translated titles of the clock, for the text under the pointer, and of the rate.
        clock: the clock readings at which the steps begin and the last one ends (T + 1,); by default 0 to T.

    Returns:
        A new Plotly figure as plain data, with one trace more on its second vertical axis, and one without a
        point that keeps the first.

    Raises:
        ValueError: where a rate is not finite or the shapes do not agree.

    Example:
        >>> from landscape.figures import loss_curve
        >>> below = loss_curve(("step", "loss"), log=True, clock_range=(0, 2), loss_range=(1, 9))
        >>> figure = with_schedule(below, [0.1, 0.01], titles=("step", "η"))
        >>> figure["layout"]["yaxis"]["domain"], figure["layout"]["yaxis2"]["domain"]
        ([0.0, 0.72], [0.8, 1.0])
    """
    readings = np.arange(np.size(rates) + 1) if clock is None else np.asarray(clock, dtype=np.float64)
    curve, up = _schedule(rates, readings, titles)
    below = figure["layout"]
    nothing: Trace = {"type": "scatter", "x": [None], "y": [None], "hoverinfo": "skip", "showlegend": False}
    return {
        "data": [*figure["data"], nothing, curve | {"yaxis": "y2"}],
        "layout": below
        | {
            "yaxis": below["yaxis"] | {"domain": [0.0, STRIP[0]]},
            "yaxis2": up | {"domain": [STRIP[1], 1.0], "anchor": "x", "fixedrange": True},
        },
    }


def _schedule(rates: ArrayLike, clock: NDArray[Any], titles: tuple[str, str]) -> tuple[Trace, dict[str, Any]]:
    """The rate as steps over the clock, and its axis, which shows 0."""
    (steps,) = columns(rates=rates)
    if not np.isfinite(steps).all():
        raise ValueError(f"`rates` must be finite, got {steps}.")
    if clock.shape != (steps.size + 1,):
        raise ValueError(f"`clock` must have the shape ({steps.size + 1},), got {clock.shape}.")
    low, high = min(0.0, float(steps.min())), max(0.0, float(steps.max()))
    high = high if high > low else low + 1.0
    margin = 0.12 * (high - low)
    curve: Trace = {
        "type": "scatter",
        "mode": "lines",
        "x": compact(clock),
        "y": compact(np.append(steps, steps[-1])),
        "line": {"color": SKY_BLUE, "width": 2.5, "shape": "hv"},
        "fill": "tozeroy",
        "fillcolor": "rgba(86,180,233,0.18)",
        "hovertemplate": f"{titles[0]}: %{{x}}<br>{titles[1]}: %{{y:.4g}}<extra></extra>",
        "showlegend": False,
    }
    return curve, axis(titles[1], limits=(low - (margin if low < 0 else 0.0), high + margin), nticks=3)


def _fall_axis(
    title: str, raw: NDArray[np.float64], smooth: NDArray[np.float64]
) -> tuple[dict[str, Any], float]:
    """The vertical axis, which shows the fall of the loss and the foot of what follows, and where it ends."""
    known = np.isfinite(smooth)
    least = int(np.where(known, smooth, np.inf).argmin()) + 1
    shown = np.concatenate([smooth[:least], raw[:least]])
    shown = shown[np.isfinite(shown)]
    if shown.size == 0:
        shown = np.array([0.0, 1.0])
    low, high = float(shown.min()), float(shown.max())
    if low > 0 and high > WIDE * low:
        settings = log_axis(title, low, high * (high / low) ** RISE)
        return settings, edges(settings["range"], log=True)[1]
    span = high - low if high > low else max(abs(high), 1e-12)
    limits = (low - 0.08 * span, high + RISE * span)
    return axis(title, limits=limits), edges(limits, log=False)[1]


def _line(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    top: float,
    name: str,
    hover: str,
    colour: str,
    width: float,
) -> Trace:
    """A curve that goes up to the edge where it leaves the picture and is broken while it is out of it."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": compact(x),
        "y": compact(up_to_edge(y, top)),
        "customdata": y,
        "line": {"color": colour, "width": width},
        "hovertemplate": f"<b>{name}</b><br>{hover}%{{customdata:.5g}}<extra></extra>",
    }


def _dot(
    rate: float, rates: NDArray[np.float64], smooth: NDArray[np.float64], top: float, hover: str
) -> Trace:
    place = float(np.interp(np.log(rate), np.log(rates), smooth))
    return {
        "type": "scatter",
        "mode": "markers",
        "x": np.array([rate]),
        "y": np.array([np.fmin(place, top)]),
        "marker": {"size": 12, "color": VERMILLION, "opacity": 1, "line": {"color": "#ffffff", "width": 1.5}},
        "hovertemplate": f"{hover}%{{y:.5g}}<extra></extra>",
        "showlegend": False,
    }


def _beside(word: str, rate: float, ends: Sequence[float]) -> dict[str, Any]:
    """The suggestion in words at the foot of its line, on the side that has room."""
    place = float(np.log10(rate))
    return {
        "text": f"{word}: {number(float(f'{rate:.2g}'))}",
        "x": place,
        "y": 0,
        "yref": "paper",
        "xanchor": "right" if place > (ends[0] + ends[1]) / 2 else "left",
        "yanchor": "bottom",
        "showarrow": False,
        "borderpad": 4,
        "font": {"size": 12},
    }
