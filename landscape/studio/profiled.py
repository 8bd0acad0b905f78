"""Losses along one number: what can be drawn against what, and the two pictures, of losses and of slopes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from landscape import LOSSES, Loss, figures
from landscape.figures import Figure, LossCurve
from landscape.losses import Abscissa, Profile, SupervisedLoss, abscissae, has_profile, profile, zero_one
from landscape.losses.profiles import COUNT, RARE
from landscape.studio.landscapes import Numbers
from landscape.studio.shared import shared
from landscape.studio.texts import N_, _, language

AXES: Mapping[Abscissa, tuple[str, str]] = {
    "residual": ("r", N_("residual r = y − t")),
    "margin": ("m", N_("margin m: the right class ahead of the other")),
    "probability": ("p", N_("probability p of the right class")),
}
"""What losses are drawn against: its symbol, and its English title."""

FIXED: Mapping[tuple[str, Abscissa], str] = {
    ("gaussian-nll", "residual"): "σ² = 1",
    ("poisson-nll", "residual"): f"t = {COUNT:g}",
    ("weighted-least-squares", "residual"): N_("only the centre is off"),
    ("pairwise-ranking", "margin"): "m = x₁ − x₂",
    ("balanced-cross-entropy", "margin"): N_("1 of {count} is of this class"),
    ("balanced-cross-entropy", "probability"): N_("1 of {count} is of this class"),
}
"""What stands still beside the number, in English."""

FIRST: Mapping[Abscissa, tuple[str, ...]] = {
    "residual": ("mse", "mae", "huber"),
    "margin": ("mse", "binary-cross-entropy", "hinge"),
    "probability": ("mse", "binary-cross-entropy", "focal"),
}
"""What is drawn first, and beside what a reader comes for."""

INNER = {"value": (0.01, 0.99), "slope": (0.1, 0.9)}
"""Probabilities whose losses and whose slopes are surely in the picture."""


@dataclass(frozen=True)
class Curve:
    """A loss with its numbers, plain and hashable.

    Args:
        loss: A name of `LOSSES`.
        numbers: The numbers inside it.
    """

    loss: str
    numbers: Numbers = ()

    def made(self) -> Loss:
        """The loss."""
        return LOSSES[self.loss].replace(**dict(self.numbers))


def names(over: Abscissa) -> list[str]:
    """The losses that can be drawn against something."""
    return [name for name, loss in LOSSES.items() if has_profile(loss, over)]


def abscissa_of(name: str) -> Abscissa | None:
    """What a loss is best drawn against; None if against nothing."""
    return next((over for over in AXES if has_profile(LOSSES[name], over)), None)


def title(name: str, over: Abscissa) -> str:
    """What a loss's curve is called: its title, with what it is given and what stands still beside it."""
    loss = LOSSES[name]
    squashed = over == "margin" and isinstance(loss, SupervisedLoss) and loss.takes == "value"
    given = " · σ(m)" if squashed else ""
    fixed = FIXED.get((name, over))
    return _(loss.title) + given + (f" ({_(fixed).format(count=RARE)})" if fixed else "")


def ends(over: Abscissa, window: float) -> tuple[float, float]:
    """Where the abscissa begins and ends."""
    return (0.0, 1.0) if over == "probability" else (-window, window)


def places(over: Abscissa, window: float) -> np.ndarray:
    """The abscissae, (n,)."""
    return abscissae(over, *ends(over, window))


@shared(maxsize=256)
def along(curve: Curve, over: Abscissa, window: float) -> Profile:
    """A loss and its slopes along the abscissa."""
    return profile(curve.made(), over, places(over, window))


def at(curve: Curve, over: Abscissa, x: float) -> tuple[float, float]:
    """A loss and its slope at one place."""
    found = profile(curve.made(), over, [x])
    return float(found.values[0]), float(found.slopes[0])


def pictures(
    curves: Sequence[Curve], over: Abscissa, window: float, *, named: bool = True
) -> tuple[Figure, Figure]:
    """The losses, with their names or without, and their slopes, in the reader's language."""
    return _pictures(tuple(curves), over, window, named, language())


@shared(maxsize=64)
def _pictures(
    curves: tuple[Curve, ...], over: Abscissa, window: float, named: bool, code: str
) -> tuple[Figure, Figure]:
    x = places(over, window)
    found = [along(curve, over, window) for curve in curves]
    styles = [figures.loss_style(curve.loss) for curve in curves]
    titles = [title(curve.loss, over) for curve in curves]
    symbol, axis = AXES[over]

    def drawn(rows: list[np.ndarray]) -> list[LossCurve]:
        return [LossCurve(*each) for each in zip(titles, rows, styles, strict=True)]

    values, slopes = [each.values for each in found], [each.slopes for each in found]
    upper = figures.loss_curves(
        x,
        drawn(values),
        titles=(_(axis), _("loss")),
        limits=_limits(over, x, values, "value"),
        reference=None if over == "residual" else (_("0–1 loss"), zero_one(over, x)),
        legend="none" if not named else "top" if over == "residual" else "right",
        above=True,
    )
    lower = figures.loss_curves(
        x,
        drawn(slopes),
        titles=(_(axis), _("slope dL/d{symbol}").format(symbol=symbol)),
        limits=_limits(over, x, slopes, "slope"),
    )
    return upper, lower


def _limits(over: Abscissa, x: np.ndarray, rows: list[np.ndarray], kind: str) -> tuple[float, float]:
    if over == "probability":
        return figures.reach(x, rows, INNER[kind], times=5.0)
    return figures.reach(x, rows)
