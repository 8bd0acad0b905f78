"""Sweeps that readers share, kept by names and numbers within bounds."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import numpy as np

from landscape import Objective
from landscape.parts import Progress
from landscape.stability import quadratic_eigenvalues
from landscape.studio import landscapes
from landscape.studio.cached import Numbers, Point
from landscape.studio.jobs import job
from landscape.studio.landscapes import Choice, DataChoice
from landscape.studio.shared import shared
from landscape.sweeps import Sweep, sweep

NUM_RATES = {True: 256, False: 96}
"""Rates of a sweep, on a function and on data, where a step costs as much as there are examples."""

GRID = {True: (81, 61), False: (41, 31)}
"""Values of the two numbers of a map, likewise."""

COARSE = (11, 9)
"""The same of the map that is seen while the fine one is under way."""

TOLERANCE = 1e-4
"""The part of the height above the minimum that a run may leave, where steps are counted."""

ARRIVED = 1e-2
"""The same where a run is only asked whether it has arrived."""

PENALTY, BATCH = "penalty", "batch_size"
"""Numbers of a landscape on data that a map may change, besides those of the optimizer and the start."""


@dataclass(frozen=True)
class Runner:
    """An optimizer and everything that its runs share.

    Args:
        choice: The landscape.
        optimizer: A name of `OPTIMIZERS`.
        numbers: Its hyper-parameters, but those that change.
        start: Where the runs start.
        num_steps: How many steps they take.
    """

    choice: Choice
    optimizer: str
    numbers: Numbers
    start: Point
    num_steps: int

    def without(self, *names: str) -> "Runner":
        """The runner whose named numbers change."""
        kept = tuple((name, value) for name, value in self.numbers if name not in names)
        return Runner(self.choice, self.optimizer, kept, self.start, self.num_steps)


@dataclass(frozen=True)
class Axis:
    """A number that changes from one end to the other."""

    name: str
    low: float
    high: float
    scale: Literal["log", "linear"]

    def values(self, count: int) -> np.ndarray:
        """So many values, evenly spaced on the axis; whole numbers for examples of a batch."""
        space = np.geomspace if self.scale == "log" else np.linspace
        found = space(self.low, self.high, count)
        return np.unique(np.round(found)) if self.name == BATCH else found

    def source(self, count: int) -> str:
        """The Python expression of `values`."""
        space = "geomspace" if self.scale == "log" else "linspace"
        made = f"np.{space}({float(self.low)!r}, {float(self.high)!r}, {count})"
        return f"np.unique(np.round({made}))" if self.name == BATCH else made


@shared(maxsize=128)
def over_rates(runner: Runner, low: float, high: float) -> Sweep:
    """The runs at learning rates from `low` to `high`, evenly spaced in their logarithm."""
    return _run(runner, np.geomspace(low, high, num_rates(runner.choice)))


@shared(maxsize=512)
def at_rate(runner: Runner, rate: float) -> Sweep:
    """The run at one learning rate."""
    return _run(runner, np.array([rate]))


def num_rates(choice: Choice) -> int:
    """How many rates a sweep has."""
    return NUM_RATES[landscapes.is_cheap(choice)]


def grid(choice: Choice) -> tuple[int, int]:
    """How many values of each of two numbers a map has."""
    return GRID[landscapes.is_cheap(choice)]


@job(maxsize=64)
def over_two(
    runner: Runner, across: Axis, up: Axis, size: tuple[int, int], progress: Progress | None = None
) -> Sweep:
    """The runs over so many values of two numbers."""
    wide, high = size
    first, second = across.values(wide), up.values(high)
    fixed: dict[str, Any] = dict(runner.numbers)
    objective: Objective | Callable[[float], Objective] = landscapes.objective(runner.choice)
    if up.name == PENALTY and isinstance(runner.choice, DataChoice):
        objective = partial(_penalized, runner.choice)
    return sweep(
        objective,
        runner.optimizer,
        first,
        runner.start,
        runner.num_steps,
        first=across.name,
        second=(up.name, second),
        tolerance=TOLERANCE,
        progress=progress,
        **fixed,
    )


def _penalized(choice: DataChoice, strength: float) -> Objective:
    return landscapes.made(replace(choice, penalty=strength))  # not kept: there are as many as values


def _run(runner: Runner, rates: np.ndarray) -> Sweep:
    fixed: dict[str, Any] = dict(runner.numbers)
    return sweep(
        landscapes.objective(runner.choice),
        runner.optimizer,
        rates,
        runner.start,
        runner.num_steps,
        tolerance=ARRIVED,
        **fixed,
    )


@shared(maxsize=64)
def quadratic(choice: Choice) -> np.ndarray | None:
    """The eigenvalues of a landscape's Hessian, ascending, if it is the same everywhere; else None."""
    return quadratic_eigenvalues(landscapes.objective(choice))
