"""Choosing a number that belongs to an entry of a catalogue."""

import math

from landscape.optimizers import Hyperparameter
from landscape.studio import controls
from landscape.studio.texts import _

LARGEST_NUMBER = 1e6
"""What may be typed where a hyper-parameter has no largest value."""

SHORT = {"learning_rate": "lr"}
"""Names in the link where the full name is long: `lr-adam=0.05`."""


def key_of(owner: str, number: Hyperparameter) -> str:
    """The parameter of the link for the number of an optimizer, or of a second one's slot."""
    return f"{SHORT.get(number.name, number.name)}-{owner}"


def number(title: str, key: str, each: Hyperparameter, *, drawn: bool) -> float:
    """A number of what has an English title."""
    label = f"{_(title)} · {_(each.title)}"
    ends = (each.low, each.high)
    if each.whole:
        low, high = (round(end) for end in ends)
        return controls.count(
            label, key, round(each.default), low, high, options=range(low, high + 1), drawn=drawn
        )
    if each.scale == "log":
        return controls.log_number(label, key, each.default, ends, limits(each), drawn=drawn)
    return controls.linear_number(label, key, each.default, ends, limits(each), drawn=drawn)


def limits(each: Hyperparameter) -> tuple[float, float]:
    """What may be typed for a hyper-parameter."""
    high = min(each.maximum, LARGEST_NUMBER)
    return each.minimum, math.nextafter(high, 0) if each.open else high
