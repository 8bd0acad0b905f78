"""Finder: one run whose learning rate grows from step to step, to find a good one."""

from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from jax import lax

from landscape.objectives import Objective, Params, check_count
from landscape.optimizers import OPTIMIZERS
from landscape.optimizers.scheduled import ScheduledOptimizer
from landscape.paths import Path, descend
from landscape.schedules import SMALLEST_LENGTH
from landscape.walkers import Batches, batches

BLOWN_UP = 4.0
"""The test ends where the smoothed loss exceeds the least one so far by so many times its fall, or itself."""

SAFE = 10.0
"""The rate of the least smoothed loss, divided by this, is the cautious suggestion."""

REACH = 0.1
"""How far to each side a line reaches whose slope is taken, in parts of the range."""

FARTHEST = 0.5
"""The same in powers of ten, at most, though never less than one step."""

WARM_UP = 0.25
"""Part of the steps at most that go by before the smoothed loss counts."""

FEWEST = 3
"""Steps that a slope takes at least."""


@dataclass(frozen=True, eq=False)
class Finder:
    """What a range test has seen; all arrays are NumPy and have the shape (n,), n up to num_steps.

    Attributes:
        learning_rates: The rate of each step, up to where the loss blew up.
        losses: The loss that the step saw: of its mini-batch where there is one.
        smoothed: The losses smoothed.
        suggestion: The rate at which the smoothed loss falls fastest per power of ten; None where it
            never falls. Looked for from the step `first` on, along lines through half a power of ten
            to each side (less where the range is short), so that noise does not decide.
        cautious: A tenth of the rate at which the smoothed loss is least.
        first: The step from which on the smoothed loss counts: about 1 / (1 - smoothing), but at most
            a quarter of all steps, and at most the last one shown.
        stopped_at: The step at which the loss blew up, or None.
        path: The run itself, all of its steps.
    """

    learning_rates: np.ndarray
    losses: np.ndarray
    smoothed: np.ndarray
    suggestion: float | None
    cautious: float
    first: int
    stopped_at: int | None
    path: Path

    @property
    def too_short(self) -> bool:
        """Whether fewer steps count than a slope takes, so that there cannot be a suggestion."""
        return len(self.learning_rates) - self.first < FEWEST


def find_learning_rate(
    objective: Objective,
    optimizer_name: str,
    *,
    lowest: float = 1e-5,
    highest: float = 10.0,
    num_steps: int = 200,
    start: Params | None = None,
    batch_size: int | None = None,
    seed: int = 0,
    smoothing: float = 0.9,
    **fixed: float,
) -> Finder:
    r"""Find a learning rate by one run in which it grows from step to step: the range test.

    Step k of T has the rate \eta_k = \eta_{lowest} (\eta_{highest} / \eta_{lowest})^{k / (T - 1)}. The loss
    that it sees, L_k, is smoothed by s_k = \gamma s_{k-1} + (1 - \gamma) L_k from 0 on, divided by
    1 - \gamma^{k+1}. The test ends at the first step whose loss is not finite, or where s_k exceeds the
    least one so far by four times as much as that has fallen, or by four times its own size, whichever is
    more; this is counted from the step 1 / (1 - \gamma) on, or T / 4 if that comes sooner, since a mean of
    few losses says little.

    Args:
        objective: What to minimize: a loss over examples where there are mini-batches.
        optimizer_name: A name in `OPTIMIZERS` of a rule with a learning rate.
        lowest: The first rate, above 0.
        highest: The last rate, above the first.
        num_steps: T, from 2.
        start: Where to start, shaped like `objective.start`, which is the default.
        batch_size: Examples that each step sees; None for all of them.
        seed: Of the order of the examples.
        smoothing: \gamma, from 0 (none) to below 1.
        fixed: The other hyper-parameters; those not given keep their defaults.

    Returns:
        The `Finder`.

    Raises:
        ValueError: The rule is unknown or has no learning rate, or a number is out of range.

    Example:
        >>> from landscape import FUNCTIONS
        >>> from landscape.sweeps import find_learning_rate
        >>> found = find_learning_rate(FUNCTIONS["bowl"], "gd", num_steps=100)
        >>> 1e-3 < found.suggestion < 1.0, found.stopped_at is not None
        (True, True)

    Reference:
        Smith (2017), Cyclical learning rates for training neural networks, section 3.3,
        doi:10.1109/WACV.2017.58; smoothing and the end as in J. Howard and S. Gugger (2020), Fastai: a
        layered API for deep learning, doi:10.3390/info11020108
    """
    num_steps = check_count("num_steps", num_steps, least=2)
    if not (0 < lowest < np.inf):
        raise ValueError(f"`lowest` must be a finite number above 0, got {lowest}")
    if not (lowest < highest < np.inf):
        raise ValueError(f"`highest` must be a finite number above `lowest` = {lowest:g}, got {highest}")
    if not 0 <= smoothing < 1:
        raise ValueError(f"`smoothing` must be at least 0 and below 1, got {smoothing}")
    if optimizer_name not in OPTIMIZERS:
        raise ValueError(f"`optimizer_name` must be one of {', '.join(OPTIMIZERS)}, got {optimizer_name!r}")
    built = OPTIMIZERS[optimizer_name].build(**fixed)
    if "learning_rate" not in built.hyperparameters or "learning_rate" in fixed:
        reason = "with a rate of its own" if "learning_rate" in fixed else "which has no rate"
        raise ValueError(
            f"`optimizer_name` must be a rule whose rate can grow, got {optimizer_name}, {reason}"
        )

    rates = np.geomspace(lowest, highest, num_steps)
    growing = ScheduledOptimizer.over(
        built.spec, built.hyperparameters | {"learning_rate": 1.0}, _padded(rates, rates[-1])
    )
    path = descend(objective, growing, start, num_steps, batch_size=batch_size, seed=seed)
    losses = path.losses[:-1]
    if batch_size is not None:
        losses = _batch_losses(batches(objective, batch_size, seed), path)
    smoothed = _smooth(losses, smoothing)
    memory = max(1, min(round(1 / (1 - smoothing)), int(WARM_UP * num_steps)))
    stopped_at = _blown_up(losses, smoothed, memory)
    shown = slice(0, stopped_at)
    rates, losses, smoothed = rates[shown], losses[shown], smoothed[shown]
    begin = min(memory, len(rates)) - 1
    least = begin + int(np.argmin(smoothed[begin:]))
    return Finder(
        rates,
        losses,
        smoothed,
        _steepest(rates[begin : least + 1], smoothed[begin : least + 1]),
        float(rates[least] / SAFE),
        begin,
        stopped_at,
        path,
    )


def _padded(rows: np.ndarray, last: Any) -> np.ndarray:
    """The rows, with the last one repeated up to a power of two, so that few programs are compiled."""
    length = max(SMALLEST_LENGTH, 1 << (len(rows) - 1).bit_length())
    return np.concatenate([rows, np.repeat(np.asarray(last)[None], length - len(rows), axis=0)])


def _batch_losses(chosen: Batches, path: Path) -> np.ndarray:
    """The loss of each step's mini-batch at the point where it was drawn."""
    points = jax.tree.map(lambda leaf: _padded(leaf[:-1], leaf[-1]), path.params)
    return np.asarray(_losses_of(chosen, points))[: path.num_steps]


@jax.jit
def _losses_of(chosen: Batches, points: Params) -> jax.Array:
    steps = np.arange(len(jax.tree.leaves(points)[0]))
    return lax.map(lambda row: chosen.loss(row[0], chosen.weights(row[1])), (points, steps))


def _smooth(losses: np.ndarray, smoothing: float) -> np.ndarray:
    """The running mean that forgets, corrected for having begun at 0."""
    smoothed, mean = np.empty(len(losses)), 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        for k, loss in enumerate(losses):
            mean = smoothing * mean + (1 - smoothing) * loss
            smoothed[k] = mean / (1 - smoothing ** (k + 1))
    return smoothed


def _blown_up(losses: np.ndarray, smoothed: np.ndarray, memory: int) -> int | None:
    """The first step that is not counted any more; at least two are counted."""
    # What the first few examples happen to cost is no measure yet of what comes.
    begin = max(2, min(memory, len(smoothed)))
    first, later = smoothed[begin - 1], smoothed[begin - 1 :]
    with np.errstate(invalid="ignore", over="ignore"):
        least = np.minimum.accumulate(later)
        gone = ~(later - least <= BLOWN_UP * np.maximum(first - least, np.abs(least)))
    gone = np.concatenate([np.zeros(begin - 1, bool), gone]) | ~np.isfinite(losses)
    gone[:2] = False
    return int(np.argmax(gone)) if gone.any() else None


def _steepest(rates: np.ndarray, smoothed: np.ndarray) -> float | None:
    """The rate at which the smoothed loss falls fastest; from one step to the next noise decides."""
    if len(rates) < FEWEST:
        return None
    logs = np.log10(rates)
    reach = max(min(REACH * (logs[-1] - logs[0]), FARTHEST), logs[1] - logs[0])
    slopes = np.zeros(len(rates))
    for k, here in enumerate(logs):
        near = np.abs(logs - here) <= reach * (1 + 1e-9)
        offsets = logs[near] - logs[near].mean()
        if near.sum() > 1 and min(here - logs[0], logs[-1] - here) >= reach * (1 - 1e-9):
            slopes[k] = offsets @ smoothed[near] / (offsets @ offsets)
    return float(rates[np.argmin(slopes)]) if slopes.min() < 0 else None
