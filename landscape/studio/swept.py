"""Sweeps that readers share, kept by names and numbers within bounds."""

from dataclasses import dataclass

import numpy as np

from landscape import sweep
from landscape.studio.cached import Numbers, Point
from landscape.studio.landscapes import Choice, FunctionChoice, objective
from landscape.studio.shared import shared
from landscape.sweeps import Sweep

NUM_RATES = {True: 256, False: 96}
"""Rates of a sweep, on a function and on data, where a step costs as much as there are examples."""


@dataclass(frozen=True)
class Runner:
    """An optimizer and everything that its runs share, but the learning rate.

    Args:
        choice: The landscape.
        optimizer: A name of `OPTIMIZERS`.
        numbers: Its other hyper-parameters.
        start: Where the runs start.
        num_steps: How many steps they take.
    """

    choice: Choice
    optimizer: str
    numbers: Numbers
    start: Point
    num_steps: int


@shared(maxsize=128)
def over_rates(runner: Runner, low: float, high: float) -> Sweep:
    """The runs at learning rates from `low` to `high`, evenly spaced in their logarithm."""
    rates = np.geomspace(low, high, NUM_RATES[isinstance(runner.choice, FunctionChoice)])
    return _run(runner, rates)


@shared(maxsize=512)
def at_rate(runner: Runner, rate: float) -> Sweep:
    """The run at one learning rate."""
    return _run(runner, np.array([rate]))


def _run(runner: Runner, rates: np.ndarray) -> Sweep:
    return sweep(
        objective(runner.choice),
        runner.optimizer,
        rates,
        runner.start,
        runner.num_steps,
        **dict(runner.numbers),
    )
