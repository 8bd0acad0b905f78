"""Training: the loss of one run step by step, with the step from which something is different."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from landscape.figures.axes import NEUTRAL, Figure, compact
from landscape.figures.colours import ORANGE
from landscape.figures.curves import loss_curve, loss_limits


def training_curve(
    losses: ArrayLike,
    *,
    titles: tuple[str, str],
    turn: int | None = None,
    name: str = "",
    color: str = ORANGE,
) -> Figure:
    """The loss of a run against the step, on a logarithmic axis where it is positive.

    Args:
        losses: of every iterate (T + 1,), at least two; what is not finite is left out.
        titles: translated titles of the step and of the loss.
        turn: a step that is marked by a vertical line, or None.
        name: the translated words beside that line.
        color: of the curve.

    Returns:
        A Plotly figure as plain data: the curve.

    Raises:
        ValueError: where there are fewer than two losses.

    Example:
        >>> figure = training_curve([4.0, 1.0, 0.25], titles=("step", "loss"), turn=1, name="edge")
        >>> figure["data"][0]["y"].tolist(), figure["layout"]["shapes"][0]["x0"]
        ([4.0, 1.0, 0.25], 1)
    """
    values = np.asarray(losses, dtype=np.float64)
    if values.ndim != 1 or values.size < 2:
        raise ValueError(f"`losses` must be at least two, in one row, got the shape {values.shape}.")
    known = values[np.isfinite(values)]
    log = bool(known.size and (known > 0).all())
    low, high = loss_limits([values], log=log)
    figure = loss_curve(titles, log=log, clock_range=(0.0, values.size - 1.0), loss_range=(low, high))
    figure["data"] = [
        {
            "type": "scatter",
            "mode": "lines",
            "y": compact(np.where(np.isfinite(values), values, np.nan)),
            "line": {"color": color, "width": 2},
            "hovertemplate": f"{titles[0]}: %{{x}}<br>{titles[1]}: %{{y:.4g}}<extra></extra>",
        }
    ]
    if turn is not None:
        line = {"color": NEUTRAL, "width": 1.5, "dash": "dot"}
        figure["layout"]["shapes"] = [
            {"type": "line", "x0": turn, "x1": turn, "yref": "paper", "y0": 0, "y1": 1, "line": line}
        ]
        figure["layout"]["annotations"] = [
            {"x": turn, "y": 1.0, "yref": "paper", "text": name, "showarrow": False}
            | {"xanchor": "left", "yanchor": "top", "xshift": 4}
        ]
    return figure
