"""Formulas to begin with, each with something to see."""

from collections.abc import Mapping
from dataclasses import dataclass

from landscape.objectives import Domain
from landscape.studio.formulated import TEXT, WINDOW, Numbers
from landscape.studio.texts import N_


@dataclass(frozen=True)
class Example:
    """A formula with its numbers and its window.

    Args:
        title: English title, to be translated.
        text: The formula.
        constants: A number for each name that is no parameter.
        domain: The window.
    """

    title: str
    text: str
    constants: Numbers = ()
    domain: Domain = WINDOW


EXAMPLES: Mapping[str, Example] = {
    "wells": Example(N_("Two wells"), TEXT, (("a", 0.5), ("b", 1.0))),
    "banana": Example(
        N_("Banana"), "(a - x)^2 + b*(y - x^2)^2", (("a", 1.0), ("b", 5.0)), ((-2.0, 2.0), (-1.0, 3.0))
    ),
    "egg-crate": Example(
        N_("Egg crate"),
        "x^2 + y^2 + a*(sin(x)^2 + sin(y)^2)",
        (("a", 5.0),),
        ((-5.0, 5.0), (-5.0, 5.0)),
    ),
    "craters": Example(
        N_("Two craters"),
        "1 - exp(-(x + 1)^2 - y^2) - a*exp(-3*(x - 1)^2 - 3*y^2)",
        (("a", 1.2),),
        ((-3.0, 3.0), (-3.0, 3.0)),
    ),
    "canyon": Example(
        N_("Canyon"),
        "softplus(a*(x - y)) + softplus(a*(y - x)) + 0.1*(x^2 + y^2)",
        (("a", 4.0),),
        ((-3.0, 3.0), (-3.0, 3.0)),
    ),
    "cliff": Example(
        N_("Cliff"),
        "where(x < a, (x - a)^2 + 3, 0) + 0.2*(x - 2)^2 + 0.2*y^2",
        (("a", 0.0),),
        ((-3.0, 4.0), (-3.0, 3.0)),
    ),
    "two-layers": Example(
        N_("Two layers"), "(x*y - 1)^2 + a*(x^2 + y^2)", (("a", 0.1),), ((-2.5, 2.5), (-2.5, 2.5))
    ),
}
"""Name in the keys of the page → the formula."""
