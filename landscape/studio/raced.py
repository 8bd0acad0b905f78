"""Races as readers share them: each optimizer's part is looked for once, however many race with it."""

from dataclasses import dataclass
from typing import NamedTuple

from landscape import OPTIMIZERS, Path
from landscape.parts import Progress
from landscape.studio import cached, landscapes, suggestions
from landscape.studio.cached import Point
from landscape.studio.choosing import rate_of
from landscape.studio.jobs import job
from landscape.studio.landscapes import Choice
from landscape.sweeps import Entry
from landscape.sweeps import race as run_race

NUM_RATES = 32
"""Learning rates that each optimizer tries."""

TOLERANCE = 1e-6
"""The part of the start's height above the minimum that is left where a run has arrived."""


@dataclass(frozen=True)
class Course:
    """What all race over.

    Args:
        choice: The landscape.
        start: Where all start.
        budget: Gradient evaluations of each run.
    """

    choice: Choice
    start: Point
    budget: int


class Search(NamedTuple):
    """What an optimizer's search has found, without its run; as bytes, for NaN is not equal to itself.

    Args:
        name: The optimizer.
        best: Its best learning rate.
        rates: Those tried.
        losses: The last loss of each.
    """

    name: str
    best: float | None
    rates: bytes
    losses: bytes

    @classmethod
    def of(cls, found: Entry) -> "Search":
        """The search that an entry of a race began with."""
        return cls(found.name, found.learning_rate, found.rates.tobytes(), found.losses.tobytes())


@job(maxsize=256)
def entry(course: Course, optimizer: str, rate: float | None, progress: Progress) -> Entry:
    """How an optimizer does: at its own best rate where `rate` is None, else at that one."""
    found = run_race(
        landscapes.objective(course.choice),
        [optimizer],
        course.start,
        course.budget,
        NUM_RATES,
        ranges=ranges(course.choice, [optimizer]),
        shared_rate=rate,
        tolerance=TOLERANCE,
        progress=progress,
    )
    return found.entries[0]


def walk(course: Course, optimizer: str, rate: float | None) -> Path:
    """A run with one step more than the race has, of which the player wants the gradient."""
    numbers = {each.name: each.default for each in OPTIMIZERS[optimizer].hyperparameters}
    if rate is not None:
        numbers["learning_rate"] = rate
    return cached.path(course.choice, optimizer, tuple(numbers.items()), course.start, course.budget + 1)


def ranges(choice: Choice, optimizers: list[str]) -> dict[str, tuple[float, float]]:
    """Among which learning rates each optimizer looks for its own: from far too small to far too large."""
    return {name: suggestions.span(name, choice) for name in optimizers if rate_of(name) is not None}


def runnable(choice: Choice) -> list[str]:
    """The optimizers that can run on a landscape."""
    residuals = landscapes.objective(choice).residuals is not None
    return [name for name, spec in OPTIMIZERS.items() if residuals or not spec.needs_residuals]
