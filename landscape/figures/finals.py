"""Finals: the losses at which many runs end, on one axis that the diverging ones do not flatten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.figures.axes import Trace, compact, log_axis
from landscape.figures.colours import PathStyle
from landscape.figures.curves import CLIMB, RESOLVED
from landscape.figures.edges import edge_marks, edges, up_to_edge
from landscape.figures.heights import Heights

# Beyond these no power of ten is taken, so that the ends of an axis are numbers.
TINY, HUGE = 1e-290, 1e290
# Dots are drawn where there are at most as many rates.
DOTS = 80


@dataclass(frozen=True)
class LossAxis:
    """A logarithmic axis of loss − floor and where each loss stands on it.

    Attributes:
        floor: the loss subtracted.
        axis: the attributes of Plotly's axis.
        bottom: the least loss − floor shown, where all below it are drawn.
        top: the greatest one shown, where all above it, ∞ and NaN are drawn.
    """

    floor: float
    axis: dict[str, Any]
    bottom: float
    top: float

    def places(self, losses: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where losses stand on the axis, all of them between `bottom` and `top`; −∞ at the bottom."""
        above = np.where(np.isnan(losses), np.inf, losses - self.floor)
        return np.clip(above, self.bottom, self.top)

    def leaves(self, losses: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which losses lie above the picture or are no number."""
        return ~(losses - self.floor <= self.top)


def loss_axis(
    title: str, losses: ArrayLike, *, floor: float = 0.0, start_loss: float | None = None
) -> LossAxis:
    """The axis of final losses that those of diverging runs do not flatten.

    It ends at 1,000 times the start's height above the floor, or, where no start is known, 1,000 times the
    median height, and 16 decades below the start.

    Args:
        title: the translated title of the loss.
        losses: final losses, any shape.
        floor: the known minimum, subtracted before the logarithm.
        start_loss: the loss at the start; one that is not finite counts as unknown.

    Returns:
        The `LossAxis`.

    Raises:
        ValueError: where `floor` is not finite.

    Example:
        >>> shown = loss_axis("loss", [1e-3, 1.0, 1e300], start_loss=1.0)
        >>> 1e-4 < shown.bottom < 1e-3, 1e3 <= shown.top < 1e4
        (True, True)
    """
    if not np.isfinite(floor):
        raise ValueError(f"`floor` must be finite, got {floor}.")
    finals = np.asarray(losses, dtype=np.float64).ravel()
    above = np.minimum(finals[np.isfinite(finals)] - floor, HUGE)
    above = above[above > TINY]
    known = start_loss is not None and np.isfinite(start_loss) and start_loss - floor > TINY
    start = min(start_loss - floor, HUGE) if start_loss is not None and known else 0.0
    if above.size == 0:
        low, high = (start / 10, start) if known else (0.1, 10.0)
    else:
        reference = start if known else float(np.median(above))
        wall = CLIMB["log"] * reference
        # A wall is seen as one also where nothing finite stands on it.
        high = float(above.max()) if (finals - floor <= wall).all() else wall
        low = max(float(above.min()), RESOLVED * reference)
        high = max(high, start, low)
    if high <= 3 * low:
        low, high = low / 3, high * 3
    settings = log_axis(Heights("log", floor, 0.0, 1.0).title(title), low, high)
    return LossAxis(floor, settings, *edges(settings["range"], log=True))


def check_rates(rates: ArrayLike, losses: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rates and losses as float64, refused where the rates cannot stand on a logarithmic axis."""
    steps, finals = np.asarray(rates, dtype=np.float64), np.asarray(losses, dtype=np.float64)
    good = steps.ndim == 1 and steps.size >= 2 and np.isfinite(steps).all()
    if not (good and steps[0] > 0 and (np.diff(steps) > 0).all()):
        raise ValueError(f"`rates` must be at least two finite increasing numbers above 0, got {steps}.")
    if finals.shape != steps.shape:
        raise ValueError(f"`losses` must have the shape {steps.shape}, got {finals.shape}.")
    return steps, finals


def rate_traces(
    rates: NDArray[np.float64],
    losses: NDArray[np.float64],
    up: LossAxis,
    style: PathStyle,
    *,
    titles: tuple[str, str],
    name: str = "",
    said: Sequence[str] = (),
    dots: bool = True,
) -> list[Trace]:
    """A curve over the rates, up to the edge where it leaves the picture, and the marks of what left it."""
    gone = up.leaves(losses)
    places = np.where(gone, np.inf, up.places(losses))
    head = f"<b>{name}</b><br>" if name else ""
    where = f"{head}{titles[0]}: %{{x:.4g}}<br>{titles[1]}: "
    shown = dots and rates.size <= DOTS
    curve: Trace = {
        "type": "scatter",
        "mode": "lines+markers" if shown else "lines",
        "name": name,
        "x": compact(rates),
        "y": compact(up_to_edge(places, up.top)),
        "customdata": losses,
        "line": {"color": style.color, "dash": style.dash, "width": 2.8},
        "hovertemplate": where + "%{customdata:.5g}" + ("<br>%{text}" if said else "") + "<extra></extra>",
        "showlegend": False,
    }
    if said:
        curve["text"] = list(said)
    if shown:
        curve["marker"] = {"size": np.where(gone, 0.0, 5.0), "color": style.color, "line": {"width": 0}}
    marks = edge_marks(
        rates, losses, gone, up.top, hover=where, colour=style.color, name=name, said=said, log=True
    )
    return [curve, *marks]
