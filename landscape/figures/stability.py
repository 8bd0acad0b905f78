"""Stability: the sharpness along a path beside what the learning rate can stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.figures.axes import Figure, Trace, axis, compact, layout, log_axis
from landscape.figures.classes import LEGEND
from landscape.figures.colours import BLUE, VERMILLION
from landscape.figures.curves import loss_limits
from landscape.figures.edges import edge_marks, edges, up_to_edge
from landscape.figures.fits import columns

# More than this factor between the least and the greatest sharpness needs a logarithmic axis.
WIDE = 50.0
# A sharpness above this many times the limit, and what the path began with, leaves the picture.
CLIMB = 30.0
UNSTABLE = "rgba(213,94,0,0.10)"
FAINT_LOSS = "rgba(128,128,128,0.75)"


def sharpness_curve(
    steps: ArrayLike,
    sharpness: ArrayLike,
    limit: ArrayLike,
    losses: ArrayLike | None = None,
    *,
    titles: Sequence[str],
    words: Mapping[str, str],
) -> Figure:
    """The largest eigenvalue of the Hessian along a path, below or above what the learning rate can stand.

    Where it is above 2/η, gradient descent on the local quadratic diverges; that part is tinted. A sharpness
    above the picture is a triangle at its upper edge, and one that is not finite a cross.

    Args:
        steps: the steps at which it is known (k,), increasing.
        sharpness: λmax there (k,).
        limit: 2/η, one number, or one for each step (k,) where the rate is scheduled; ∞ where η is 0.
        losses: the loss at the same steps (k,), drawn faintly against an axis on the right, or None.
        titles: translated titles of the step, of the sharpness and, with losses, of the loss.
        words: translated words for the "limit", such as "2/η", the "sharpness" and, with losses, the "loss".

    Returns:
        A Plotly figure as plain data: the tint, the loss if given, the sharpness, its marks at the upper
        edge, if any, and the limit.

    Raises:
        ValueError: where the shapes do not agree, a title or a word is missing, or a limit is not above 0.

    Example:
        >>> words = {"limit": "2/η", "sharpness": "λmax"}
        >>> figure = sharpness_curve([0, 1, 2], [3, 9, 11], 10, titles=("step", "λmax"), words=words)
        >>> figure["data"][-1]["y"].tolist()
        [10.0, 10.0, 10.0]

    Reference:
        Cohen, Kaur, Li, Kolter, Talwalkar (2021), Gradient descent on neural networks typically occurs at the
        edge of stability, arXiv:2103.00065.
    """
    clock, sharp = columns(steps=steps, sharpness=sharpness)
    limits = np.asarray(limit, dtype=np.float64)
    if limits.shape not in ((), clock.shape) or not (limits > 0).all():
        raise ValueError(f"`limit` must be one number above 0, or one for each of the steps, got {limits}.")
    limits = np.array(np.broadcast_to(limits, clock.shape))
    needed = ["limit", "sharpness", *([] if losses is None else ["loss"])]
    if len(titles) < len(needed) or not set(needed) <= set(words):
        raise ValueError(f"`titles` and `words` must have {', '.join(needed)}, got {titles} and {words}.")
    up, top = _sharpness_axis(titles[1], sharp, limits)
    span = max(float(clock[-1] - clock[0]), 1.0)
    across = axis(titles[0], limits=(float(clock[0]) - 0.01 * span, float(clock[-1]) + 0.015 * span))
    settings: dict[str, Any] = {**LEGEND}
    where = f"{titles[0]}: %{{x}}<br>"
    data = [_tint(clock, limits, up)]
    if losses is not None:
        (values,) = columns(losses=losses)
        if values.shape != clock.shape:
            raise ValueError(f"`losses` must have the shape {clock.shape}, got {values.shape}.")
        data.append(_loss(clock, values, words["loss"], where))
        settings["yaxis2"] = _right(titles[2], values)
        settings["margin"] = {"l": 56, "r": 60, "t": 36, "b": 44}
    data += _sharpness(clock, sharp, top, words["sharpness"], where)
    data.append(_limit(clock, limits, words["limit"], where))
    return {"data": data, "layout": layout(across, up, **settings)}


def _sharpness_axis(
    title: str, sharp: NDArray[np.float64], limits: NDArray[np.float64]
) -> tuple[dict[str, Any], float]:
    """The axis and where it ends for the curve: from 0, or logarithmic where the sharpness is wide."""
    known = sharp[np.isfinite(sharp)]
    stands = limits[np.isfinite(limits)]
    base = max(float(known[0]) if known.size else 1.0, float(np.median(stands)) if stands.size else 0.0)
    high = max(min(float(known.max(initial=base)), CLIMB * base), float(stands.max(initial=0.0)), base)
    low = float(known.min(initial=high))
    if not high > 0:
        high = max(1.0, low + 1.0)
    if 0 < low < high / WIDE:
        settings = log_axis(title, low, high * 1.3)
        return settings, edges(settings["range"], log=True)[1]
    ends = (min(0.0, 1.05 * low), 1.18 * high)
    return axis(title, limits=ends), edges(ends, log=False)[1]


def _tint(clock: NDArray[np.float64], stands: NDArray[np.float64], up: dict[str, Any]) -> Trace:
    """The part of the picture above the limit."""
    log = up.get("type") == "log"
    high = 10.0 ** up["range"][1] if log else up["range"][1]
    below = np.minimum(stands, high)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": compact(np.concatenate([clock, clock[::-1]])),
        "y": compact(np.concatenate([below, np.full(clock.size, high)])),
        "fill": "toself",
        "fillcolor": UNSTABLE,
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _limit(clock: NDArray[np.float64], stands: NDArray[np.float64], name: str, where: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": compact(clock),
        "y": np.where(np.isfinite(stands), stands, np.nan),
        "line": {"color": VERMILLION, "width": 2.2, "dash": "dash"},
        "hovertemplate": f"{where}{name}: %{{y:.5g}}<extra></extra>",
    }


def _loss(clock: NDArray[np.float64], losses: NDArray[np.float64], name: str, where: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": compact(clock),
        "y": np.where(np.isfinite(losses), losses, np.nan),
        "yaxis": "y2",
        "line": {"color": FAINT_LOSS, "width": 1.5},
        "hovertemplate": f"{where}{name}: %{{y:.5g}}<extra></extra>",
    }


def _right(title: str, losses: NDArray[np.float64]) -> dict[str, Any]:
    """The axis of the loss, logarithmic where it can be, without a grid of its own."""
    low, high = loss_limits([losses], log=True)
    settings = log_axis(title, low, high)
    return settings | {"side": "right", "overlaying": "y", "showgrid": False}


def _sharpness(
    clock: NDArray[np.float64], sharp: NDArray[np.float64], top: float, name: str, where: str
) -> list[Trace]:
    hover = f"{where}{name}: "
    curve: Trace = {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": compact(clock),
        "y": compact(up_to_edge(sharp, top)),
        "customdata": sharp,
        "line": {"color": BLUE, "width": 2.8},
        "hovertemplate": f"{hover}%{{customdata:.5g}}<extra></extra>",
    }
    return [curve, *edge_marks(clock, sharp, ~(sharp <= top), top, hover=hover, colour=BLUE)]
