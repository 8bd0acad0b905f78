"""Epochs: what a training costs and how well it answers, from epoch to epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from landscape.figures.axes import NEUTRAL, Figure, Trace, axis, compact, layout, log_axis
from landscape.figures.classes import LEGEND
from landscape.figures.colours import PathStyle
from landscape.figures.curves import loss_limits
from landscape.figures.heights import nice_step, number

# A curve of more points than a picture has pixels is thinned to so many.
POINTS = 800


@dataclass(frozen=True)
class EpochCurve:
    """One quantity along a training.

    Args:
        name: translated.
        epochs: when it was measured (n,), increasing.
        values: what was measured (n,); what is not finite is left out.
        style: of its line.
        faint: whether it stands behind the others and has no part in the axis: noise about them.
        least: whether its smallest value is marked.
    """

    name: str
    epochs: ArrayLike
    values: ArrayLike
    style: PathStyle
    faint: bool = False
    least: bool = False


def epoch_curves(
    curves: Sequence[EpochCurve],
    *,
    titles: tuple[str, str],
    num_epochs: float,
    steps_per_epoch: int,
    log: bool = False,
    share: bool = False,
    legend: bool = True,
    diverged: tuple[float, str] | None = None,
) -> Figure:
    """Curves of a training; across is the step, so that a player's clock runs on it, ticked in epochs.

    Args:
        curves: in the order in which they are drawn; none for the empty axes.
        titles: translated titles of the epoch and of the quantity.
        num_epochs: where the axis ends.
        steps_per_epoch: steps of the optimizer in an epoch.
        log: whether the vertical axis is logarithmic, where all that is known is positive.
        share: whether the quantity is a share, from 0 to 1, written in per cent.
        legend: whether the curves are named above the picture.
        diverged: the epoch at which the training diverged, with the translated word; or None.

    Returns:
        A Plotly figure as plain data: each curve, and behind it the mark of its least value.

    Raises:
        ValueError: where the axis is empty, or a curve's epochs and values differ in number.

    Example:
        >>> style = PathStyle("#000000", "solid", "circle")
        >>> curve = EpochCurve("training", [0, 1, 2], [4.0, 1.0, 0.5], style)
        >>> figure = epoch_curves([curve], titles=("epoch", "loss"), num_epochs=2, steps_per_epoch=10)
        >>> figure["data"][0]["x"].tolist(), figure["layout"]["xaxis"]["ticktext"]
        ([0.0, 10.0, 20.0], ['0', '0.5', '1', '1.5', '2'])
    """
    if not (num_epochs > 0 and steps_per_epoch >= 1):
        raise ValueError(
            f"`num_epochs` and `steps_per_epoch` must be above 0, got {num_epochs} and {steps_per_epoch}."
        )
    drawn = [_traces(curve, steps_per_epoch, titles, share) for curve in curves]
    # Of a training that diverges the mini-batches may be all there is.
    counted = [
        np.asarray(curve.values, np.float64) for curve in curves if not curve.faint or diverged is not None
    ]
    known = np.concatenate([each[np.isfinite(each)] for each in counted] or [np.zeros(0)])
    log = log and bool((known > 0).all())
    figure_layout = layout(
        _epochs(titles[0], num_epochs, steps_per_epoch),
        _up(titles[1], counted, log, share),
        meta={"floor": 0.0},
        showlegend=legend,
        legend=LEGEND["legend"],
        margin={"l": 56, "r": 12, "t": 26 if legend else 12, "b": 44},
    )
    if diverged is not None:
        epoch, word = diverged
        place = epoch * steps_per_epoch
        line = {"color": NEUTRAL, "width": 1.5, "dash": "dot"}
        figure_layout["shapes"] = [
            {"type": "line", "x0": place, "x1": place, "yref": "paper", "y0": 0, "y1": 1, "line": line}
        ]
        figure_layout["annotations"] = [
            {"x": place, "y": 1.0, "yref": "paper", "text": word, "showarrow": False}
            | {"xanchor": "left", "yanchor": "top", "xshift": 4}
        ]
    return {"data": [trace for traces in drawn for trace in traces], "layout": figure_layout}


def _epochs(title: str, num_epochs: float, steps_per_epoch: int) -> dict:
    """An axis of steps with its ticks at epochs."""
    step = nice_step(num_epochs, 6)
    epochs = step * np.arange(int(num_epochs / step + 1e-9) + 1)
    end = num_epochs * steps_per_epoch
    return axis(
        title,
        limits=(-0.01 * end, 1.015 * end),
        tickmode="array",
        tickvals=epochs * steps_per_epoch,
        ticktext=[number(float(f"{epoch:.6g}")) for epoch in epochs],
    )


def _up(title: str, values: Sequence[np.ndarray], log: bool, share: bool) -> dict:
    if share:
        return axis(title, limits=(-0.02, 1.04), tickformat=".0%")
    low, high = loss_limits(values, log=log)
    if log:
        return log_axis(title, low, high)
    margin = 0.05 * (high - low)
    return axis(title, limits=(low - margin, high + margin))


def _traces(curve: EpochCurve, steps_per_epoch: int, titles: tuple[str, str], share: bool) -> list[Trace]:
    epochs, values = np.asarray(curve.epochs, np.float64), np.asarray(curve.values, np.float64)
    if epochs.shape != values.shape or epochs.ndim != 1:
        raise ValueError(
            f"`values` of {curve.name!r} must be as many as its epochs, "
            f"got {values.shape} and {epochs.shape}."
        )
    values = np.where(np.isfinite(values), values, np.nan)
    thinned = slice(None, None, max(1, -(-values.size // POINTS)))
    form = ".1%" if share else ".4g"
    where = f"{titles[0]}: %{{customdata:.3g}}<br>{titles[1]}: %{{y:{form}}}"
    where = f"<b>{curve.name}</b><br>{where}<extra></extra>"
    line: Trace = {
        "type": "scatter",
        "mode": "lines",
        "name": curve.name,
        "x": compact(epochs[thinned] * steps_per_epoch),
        "y": compact(values[thinned]),
        "customdata": compact(epochs[thinned]),
        "line": {"color": curve.style.color, "dash": curve.style.dash, "width": 1 if curve.faint else 2.5},
        "opacity": 0.3 if curve.faint else 1.0,
        "hovertemplate": where,
        "showlegend": not curve.faint,
    }
    if not curve.least or not np.isfinite(values).any():
        return [line]
    best = int(np.nanargmin(values))
    mark: Trace = {
        "type": "scatter",
        "mode": "markers",
        "x": np.array([epochs[best] * steps_per_epoch]),
        "y": np.array([values[best]]),
        "customdata": np.array([epochs[best]]),
        "marker": {"symbol": "star", "size": 12, "color": curve.style.color},
        "hovertemplate": where,
        "showlegend": False,
        "cliponaxis": False,
    }
    return [line, mark]
