"""Numbers to begin with: learning rates that suit the size and the curvature of a landscape."""

import math

from landscape import OPTIMIZERS
from landscape.studio import cached
from landscape.studio.controls import rounded
from landscape.studio.landscapes import Choice, objective

SHARE_OF_LIMIT = {"gd": 0.8, "momentum": 0.4, "nesterov": 0.4}
"""Rules whose steps grow with the gradient: a share of 1/λmax."""

SHARE_OF_WINDOW = {
    "adagrad": 0.1,
    "rmsprop": 0.01,
    "adam": 0.05,
    "adamw": 0.05,
    "amsgrad": 0.05,
    "nadam": 0.05,
    "lion": 0.01,
    "adadelta": 1.0,
}
"""Rules whose steps are about as long as the learning rate: a share of the window."""


SPAN = (2e-3, 6.0)
"""Ends of a sweep, in parts of the stability limit, or of ten times the rate to begin with."""

SMALLEST_RATE, LARGEST_RATE = 1e-12, 1e5
"""What a sweep never leaves, however flat or steep a landscape is."""


def learning_rate(optimizer: str, choice: Choice) -> float:
    """A learning rate to begin with: stable, and visible within a few dozen steps."""
    default = next(each for each in OPTIMIZERS[optimizer].hyperparameters if each.name == "learning_rate")
    low, high = default.low, default.high
    if optimizer in SHARE_OF_LIMIT:
        curvature = largest_curvature(choice)
        value = SHARE_OF_LIMIT[optimizer] / curvature if curvature else default.default
    elif optimizer in SHARE_OF_WINDOW:
        (left, right), (bottom, top) = objective(choice).domain or ((-1, 1), (-1, 1))
        value = SHARE_OF_WINDOW[optimizer] * math.sqrt((right - left) * (top - bottom)) / 2
    else:
        value = default.default
    return rounded(min(max(value, low), high))


def span(optimizer: str, choice: Choice) -> tuple[float, float]:
    """Learning rates from far too small to far too large for a landscape, both round numbers."""
    curvature = largest_curvature(choice) if optimizer in SHARE_OF_LIMIT else None
    middle = 2 / curvature if curvature else 10 * learning_rate(optimizer, choice)
    middle = min(max(middle, SMALLEST_RATE / SPAN[0]), LARGEST_RATE / SPAN[1])
    low, high = (min(max(middle * share, SMALLEST_RATE), LARGEST_RATE) for share in SPAN)
    return rounded(low), rounded(high)


def numbers(optimizer: str, choice: Choice) -> tuple[tuple[str, float], ...]:
    """Every hyper-parameter by name: a learning rate that suits the landscape, defaults else."""
    named = {each.name: each.default for each in OPTIMIZERS[optimizer].hyperparameters}
    if "learning_rate" in named:
        named["learning_rate"] = learning_rate(optimizer, choice)
    return tuple(named.items())


def below(value: float) -> float:
    """The largest round number that is not above a value.

    Example:
        >>> below(0.00119)
        0.001
    """
    nearest = rounded(value)
    return nearest if nearest <= value else rounded(value / 1.2)


def largest_curvature(choice: Choice) -> float | None:
    """The largest curvature at the start and at the minimizers, None where it is flat or unknown."""
    x, y = (float(value) for value in objective(choice).start)
    sizes = [abs(value) for value in cached.curvature(choice, (x, y)).eigenvalues]
    sizes.append(cached.sharpness(choice) or 0.0)
    known = [size for size in sizes if math.isfinite(size)]
    return max(known, default=0.0) or None
