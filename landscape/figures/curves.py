"""Curves: the loss against the clock, as an empty picture on which the player draws its paths."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from landscape.figures.axes import Figure, axis, layout, log_axis
from landscape.figures.heights import Heights

# The least loss shown on a logarithmic axis, in parts of the highest: what double precision resolves.
RESOLVED = 1e-16
# A path that climbs further than this many times its start's height leaves the picture.
CLIMB = {"log": 1e3, "linear": 2.0}


def loss_curve(
    titles: tuple[str, str],
    *,
    log: bool,
    clock_range: tuple[float, float],
    loss_range: tuple[float, float],
    floor: float = 0.0,
) -> Figure:
    """The axes of loss against steps or gradient evaluations, without the paths.

    Args:
        titles: translated titles of the clock and of the loss.
        log: whether the vertical axis is logarithmic; it then shows loss − floor, and its title says so.
        clock_range: the first and last clock reading shown.
        loss_range: the lowest and highest loss shown, from `loss_limits`.
        floor: the known minimum that is subtracted on the logarithmic axis. What draws the paths reads it
            as `layout["meta"]["floor"]`, which is 0 where nothing is to be subtracted.

    Returns:
        A Plotly figure as plain data, with no trace.

    Raises:
        ValueError: where a range is not finite or not increasing, or lies below the floor where logarithmic.

    Example:
        >>> titles = ("step", "loss")
        >>> figure = loss_curve(titles, log=True, clock_range=(0, 9), loss_range=(3.01, 103), floor=3)
        >>> figure["layout"]["yaxis"]["title"]["text"], figure["layout"]["meta"]["floor"]
        ('loss − 3', 3.0)
    """
    ranges = {"clock_range": clock_range, "loss_range": loss_range}
    for name, (first, last) in ranges.items():
        if not (math.isfinite(first) and math.isfinite(last) and first < last):
            raise ValueError(f"`{name}` must be finite and increasing, got ({first}, {last}).")
    if not math.isfinite(floor):
        raise ValueError(f"`floor` must be finite, got {floor}.")
    low, high = loss_range
    if not log:
        margin = 0.04 * (high - low)
        vertical = axis(titles[1], limits=(low - margin, high + margin))
        shift = 0.0
    else:
        if high <= floor:
            raise ValueError(f"`loss_range` must end above the floor {floor}, got {loss_range}.")
        shift = floor
        top, bottom = high - floor, max(low - floor, RESOLVED * (high - floor))
        title = Heights("log", floor, bottom, top).title(titles[1])
        vertical = log_axis(title, bottom, top)
    return {
        "data": [],
        "layout": layout(axis(titles[0], limits=clock_range), vertical, meta={"floor": float(shift)}),
    }


def loss_limits(losses: Sequence[ArrayLike], *, log: bool, floor: float = 0.0) -> tuple[float, float]:
    """The lowest and highest loss that a picture of several paths shows.

    From the least loss of all paths to the greatest, but not above 1,000 times (where linear: twice) the
    greatest starting height above the least loss: a diverging path leaves the picture instead of
    flattening the others. Where logarithmic, losses at the floor are below every limit and left out.

    Args:
        losses: the losses of each path (T + 1,), row 0 the start; values that are not finite are left out.
        log: whether they are drawn on a logarithmic axis.
        floor: the loss subtracted there.

    Returns:
        Two finite losses, the first below the second.

    Example:
        >>> loss_limits([[8.0, 4.0, 2.0], [8.0, 1e3, 1e30]], log=False)
        (2.0, 14.0)
        >>> loss_limits([[8.0, 4.0, 2.0], [8.0, 1e3, 1e30]], log=True)
        (2.0, 8000.0)
    """
    paths = [np.asarray(path, dtype=np.float64) for path in losses]
    heights = np.concatenate([path.ravel() for path in paths] or [np.zeros(0)]) - (floor if log else 0.0)
    heights = heights[np.isfinite(heights) & ((heights > 0) | (not log))]
    if heights.size == 0:
        return (floor + 0.1, floor + 10.0) if log else (0.0, 1.0)
    low, high = float(heights.min()), float(heights.max())
    base = 0.0 if log else low
    starts = [float(path.flat[0]) - (floor if log else 0.0) for path in paths if path.size]
    climbs = [start - base for start in starts if math.isfinite(start) and start > base]
    if climbs:
        high = min(high, base + CLIMB["log" if log else "linear"] * max(climbs))
    if log:
        low = max(low, RESOLVED * high)
        if high <= low * (1 + 1e-9):
            low, high = low / 3, high * 3
        return floor + low, floor + high
    if high - low <= 1e-12 * max(abs(high), abs(low)):
        margin = 0.5 * max(abs(high), 1.0)
        low, high = low - margin, high + margin
    return low, high
