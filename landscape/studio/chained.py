"""Chains of units as the study Vanishing gradient asks for them, kept by names and numbers."""

from dataclasses import dataclass

import numpy as np

from landscape import LOSSES, Path, Surface
from landscape.paths import descend
from landscape.studio import cached
from landscape.studio.cached import Numbers, Point
from landscape.studio.shared import shared
from landscape.surfaces import evaluate
from landscape.tasks.chains import (
    TARGET,
    Chain,
    Factors,
    chain_factors,
    chain_landscape,
    good_enough,
    gradient_norms,
    reach,
    steps_to_learn,
)

PAIR = ("mse", "binary-cross-entropy")
"""The two losses that are seen side by side."""

RESOLUTION = 97
"""Grid points along each axis: the landscapes are smooth."""


@dataclass(frozen=True)
class Lesson:
    """What a chain is taught with: an optimizer with its numbers, and where it starts."""

    chain: Chain
    optimizer: str
    numbers: Numbers
    start: Point


@shared(maxsize=64)
def surface(chain: Chain, loss: str) -> Surface:
    """The landscape of a loss over (w, b)."""
    return evaluate(chain_landscape(chain, LOSSES[loss]), resolution=RESOLUTION)


@shared(maxsize=64)
def path(lesson: Lesson, loss: str) -> Path:
    """The path, always of one length: the part that is shown is cut from it, and compiles nothing."""
    built = cached.built_optimizer(lesson.optimizer, lesson.numbers)
    objective = chain_landscape(lesson.chain, LOSSES[loss])
    return descend(objective, built, lesson.start, cached.MAX_STEPS, capacity=cached.CAPACITY)


@shared(maxsize=64)
def factors(lesson: Lesson, loss: str) -> Factors:
    """What the gradient is made of at every iterate; row 0 is the start."""
    return chain_factors(lesson.chain, LOSSES[loss], path(lesson, loss).params)


def at_start(lesson: Lesson, loss: str) -> dict[str, np.ndarray]:
    """The factors of the gradient at the start, by name."""
    found = factors(lesson, loss)
    return {name: getattr(found, name)[0] for name in Factors._fields}


@shared(maxsize=64)
def steps_needed(lesson: Lesson, loss: str) -> int | None:
    """Steps until the unit has learned; None where the longest path is too short for it."""
    return steps_to_learn(lesson.chain, path(lesson, loss).params)


@shared(maxsize=128)
def norms(chain: Chain, loss: str, start: Point) -> np.ndarray:
    """The length of the gradient at the start for every depth."""
    return gradient_norms(chain, LOSSES[loss], start)


@shared(maxsize=128)
def outputs(chain: Chain) -> tuple[float, float]:
    """The least and the largest output that the learning unit can bring about."""
    return reach(chain)


@shared(maxsize=128)
def level(lesson: Lesson) -> float:
    """The error that is good enough."""
    return good_enough(lesson.chain, abs(float(factors(lesson, PAIR[0]).output[0]) - TARGET))
