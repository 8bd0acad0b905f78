"""Race: optimizers on one landscape, each at its own best learning rate, with equal means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax

from landscape.objectives import Objective, Params, check_count, check_finite, check_params
from landscape.optimizers import OPTIMIZERS, BuiltOptimizer, Optimizer
from landscape.parts import Progress, between
from landscape.paths import Path, descend
from landscape.walkers import Walker, walker

MAX_RATES = 512
"""Learning rates that may be tried for one optimizer."""

SEARCHED = 0.9
"""The share of an optimizer's work that is done when its rate is found."""

SAME = 1e-12
"""Losses nearer to one another than this part of the minimum are equal: rounding wins no race."""


@dataclass(frozen=True, eq=False)
class Entry:
    """How one optimizer has done.

    Attributes:
        name: Its name in `OPTIMIZERS`.
        learning_rate: Its best learning rate of those tried, or the shared one; None where the rule has none.
        path: Its run, as many whole steps as the gradient evaluations of the race allow.
        steps_to_tolerance: The first step within the tolerance of the race, or None.
        rates: The rates that were tried, increasing, shape (n,); n is 0 where none was.
        losses: The last loss of each of them, shape (n,).
        search_evaluations: Gradient evaluations that trying them may have cost: n times those of the race.
    """

    name: str
    learning_rate: float | None
    path: Path
    steps_to_tolerance: int | None
    rates: np.ndarray
    losses: np.ndarray
    search_evaluations: int

    @property
    def final_loss(self) -> float:
        """The last loss of the run."""
        return self.path.final_loss

    @property
    def evaluations(self) -> int:
        """Gradient evaluations that the run has cost."""
        return int(self.path.evaluations[-1])


@dataclass(frozen=True, eq=False)
class Race:
    """A race and its result.

    Attributes:
        entries: From the first to the last.
        minimum: What the tolerance counts from: the objective's minimum, or the least loss of the runs.
        num_evaluations: Gradient evaluations that each run may cost.
        search_evaluations: Gradient evaluations that each optimizer had to look for its rate.
    """

    entries: tuple[Entry, ...]
    minimum: float
    num_evaluations: int
    search_evaluations: int


def race(
    objective: Objective,
    optimizer_names: Sequence[str],
    start: Params | None = None,
    num_evaluations: int = 200,
    num_rates: int = 40,
    *,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    shared_rate: float | None = None,
    tolerance: float = 1e-6,
    numbers: Mapping[str, Mapping[str, float]] | None = None,
    progress: Progress | None = None,
) -> Race:
    """Let optimizers race with equal numbers of gradient evaluations, each at its own best rate.

    Each optimizer first looks for its learning rate: with half of `num_rates` runs over its range,
    evenly spaced in the logarithm, then with the other half between the neighbours of the best. The
    best is the one with the least last loss; of equal ones, that which came within the tolerance of the
    known minimum first. A run takes as many whole steps as `num_evaluations` gradient evaluations allow,
    in the search as in the race: a step of Newton's method costs several.

    The order is that of the last losses; of equal ones, of the evaluations until the tolerance. Losses
    within 10⁻¹² |L*| of one another are equal. What is not finite comes last.

    Args:
        objective: What to minimize.
        optimizer_names: Different names in `OPTIMIZERS`, at least one.
        start: Where all start, shaped like `objective.start`, which is the default.
        num_evaluations: Gradient evaluations of each run, at least 1.
        num_rates: Learning rates that each optimizer may try, from 4 to 512.
        ranges: Name -> (lowest, highest) rate to be tried; the range of the rate's own control where not
            given.
        shared_rate: One rate for all: nothing is searched.
        tolerance: The part of the height L_0 − L* of the start above the minimum that may be left, above 0
            and below 1.
        numbers: Name -> its other hyper-parameters; those not given keep their defaults.
        progress: Called with the share done, from 0 to 1, between the halves of each search and before each
            run of the race; what it raises stops the computation.

    Returns:
        The `Race`.

    Raises:
        ValueError: A name is unknown or stands twice, an optimizer cannot run on the objective, or a
            number is out of range.

    Example:
        >>> from landscape import FUNCTIONS
        >>> from landscape.sweeps.race import race
        >>> found = race(FUNCTIONS["ravine"], ["gd", "momentum", "adam"], num_evaluations=100)
        >>> [entry.name for entry in found.entries]
        ['gd', 'adam', 'momentum']
        >>> 0.07 < found.entries[0].learning_rate < 0.08  # in the long run 2/26 is best
        True
    """
    budget = check_count("num_evaluations", num_evaluations)
    count = check_count("num_rates", num_rates, least=4, most=MAX_RATES)
    if not 0 < tolerance < 1:
        raise ValueError(f"`tolerance` must be above 0 and below 1, got {tolerance}")
    names = list(optimizer_names)
    unknown = [name for name in names if name not in OPTIMIZERS]
    if unknown or not names or len(set(names)) < len(names):
        rule = f"different names of {', '.join(OPTIMIZERS)}, at least one"
        raise ValueError(f"`optimizer_names` must be {rule}, got {names}")
    params = check_params(objective, objective.start if start is None else start, "start")
    check_finite(params, "start")

    found = []
    for place, name in enumerate(names):
        spec, tell = OPTIMIZERS[name], between(progress, place / len(names), (place + 1) / len(names))
        own = dict((numbers or {}).get(name, {}))
        rates, losses, rate = np.empty(0), np.empty(0), shared_rate
        if not has_rate(spec):
            rate = None
        elif shared_rate is None:
            ends = (ranges or {}).get(name) or _range(spec)
            rates, losses, rate = _search(objective, spec, own, params, budget, count, ends, tolerance, tell)
        # The halves of a search take as long as one another, and the run hardly any time.
        tell(0.0 if len(rates) == 0 else SEARCHED)
        built = spec.build(**own | ({} if rate is None else {"learning_rate": rate}))
        path = descend(objective, built, params, budget).within(budget)
        found.append((name, rate, path, rates, losses))
    entries = [
        Entry(name, rate, path, None, rates, losses, len(rates) * budget)
        for name, rate, path, rates, losses in found
    ]
    return Race(*ranked(objective, entries, tolerance), budget, count * budget)


def ranked(
    objective: Objective, entries: Sequence[Entry], tolerance: float = 1e-6
) -> tuple[tuple[Entry, ...], float]:
    """Put the entries of several races from one start in order, as those of one race.

    Args:
        objective: What all have minimized.
        entries: From `race`, with equal numbers of gradient evaluations.
        tolerance: As of `race`.

    Returns:
        The entries from the first to the last, each with its steps to the tolerance, and the minimum that
        these count from.
    """
    reached = np.concatenate([entry.path.losses for entry in entries])
    least = np.min(reached, where=np.isfinite(reached), initial=np.inf)
    minimum = float(least if objective.minimum is None else objective.minimum)
    arrived = [
        replace(entry, steps_to_tolerance=_arrival(entry.path, minimum, tolerance)) for entry in entries
    ]
    return tuple(sorted(arrived, key=partial(_place, minimum))), minimum


def has_rate(spec: Optimizer) -> bool:
    """Whether a rule has a learning rate."""
    return any(each.name == "learning_rate" for each in spec.hyperparameters)


def _range(spec: Optimizer) -> tuple[float, float]:
    rate = next(each for each in spec.hyperparameters if each.name == "learning_rate")
    return rate.low, rate.high


def _place(minimum: float, entry: Entry) -> tuple[bool, float, float]:
    finite = bool(np.isfinite(entry.final_loss))
    arrival = entry.steps_to_tolerance
    spent = np.inf if arrival is None else float(entry.path.evaluations[arrival])
    loss = entry.final_loss if finite else 0.0
    return not finite, float(_alike(loss, minimum)), spent


def _alike(losses: Any, minimum: float) -> np.ndarray:
    """Losses, those equal that lie within rounding of one another."""
    grain = SAME * abs(minimum)
    if not 0 < grain < np.inf:
        return np.asarray(losses)
    with np.errstate(over="ignore"):
        return np.rint((np.asarray(losses) - minimum) / grain)


def _arrival(path: Path, minimum: float, tolerance: float) -> int | None:
    """The first step within the tolerance."""
    with np.errstate(invalid="ignore", over="ignore"):
        near = path.losses - minimum <= tolerance * (path.losses[0] - minimum)
    return int(np.argmax(near)) if near.any() else None


def _search(
    objective: Objective,
    spec: Optimizer,
    own: dict[str, float],
    params: Params,
    budget: int,
    count: int,
    ends: tuple[float, float],
    tolerance: float,
    tell: Progress,
) -> tuple[np.ndarray, np.ndarray, float]:
    """The rates tried, their last losses, and the best rate."""
    low, high = ends
    if not (0 < low < high < np.inf):
        raise ValueError(f"`ranges` must be two finite rates above 0, the first below the second, got {ends}")
    walking = walker(objective, spec.build(**own))
    minimum = -np.inf if objective.minimum is None else float(objective.minimum)

    def tried(rates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        # Filled up to one size, so that both halves of every search share a program.
        filled = np.resize(rates, 1 << (count - count // 2 - 1).bit_length())
        seen = jax.device_get(_run_all(walking, params, filled, budget, minimum, tolerance))
        losses, arrivals = (np.asarray(each)[: len(rates)] for each in seen)
        return losses, arrivals

    first = np.geomspace(low, high, count - count // 2)
    losses, arrivals = tried(first)
    tell(SEARCHED / 2)
    best = _best(losses, arrivals, minimum)
    between = first[max(best - 1, 0)], first[min(best + 1, len(first) - 1)]
    second = np.geomspace(*between, count // 2 + 2)[1:-1]
    more, later = tried(second)
    rates = np.concatenate([first, second])
    losses, arrivals = np.concatenate([losses, more]), np.concatenate([arrivals, later])
    order = np.argsort(rates, kind="stable")
    rates, losses, arrivals = rates[order], losses[order], arrivals[order]
    return rates, losses, float(rates[_best(losses, arrivals, minimum)])


def _best(losses: np.ndarray, arrivals: np.ndarray, minimum: float) -> int:
    """The row with the least loss, and of equal ones that which arrived first."""
    finite = np.where(np.isfinite(losses), losses, np.inf)
    return int(np.lexsort((arrivals, _alike(finite, minimum)))[0])


@jax.jit
def _run_all(
    walking: Walker, params: Params, rates: jax.Array, budget: Any, minimum: Any, tolerance: Any
) -> tuple[jax.Array, jax.Array]:
    """The last loss of a run at each rate, and the evaluations until the tolerance; infinite if never."""
    start = walking.loss(params)
    threshold = minimum + tolerance * (start - minimum)
    spec, numbers = walking.stepper.spec, walking.stepper.hyperparameters

    def run(rate: jax.Array) -> tuple[jax.Array, jax.Array]:
        stepper = BuiltOptimizer.assemble(spec, numbers | {"learning_rate": rate})
        walk = walking._replace(stepper=stepper)

        # A step that the budget does not allow is tried, and not taken.
        def within(carry: Any) -> jax.Array:
            return carry[2] <= budget

        def take(carry: Any) -> Any:
            point, state, used, arrival, step = carry
            loss, _, updates, state = walk.step(point, state, step)
            arrival = jnp.where(loss <= threshold, jnp.minimum(arrival, used), arrival)
            after = used + walk.evaluations(state)
            following = optax.apply_updates(point, updates)
            kept = jax.tree.map(lambda new, old: jnp.where(after <= budget, new, old), following, point)
            return kept, state, after, arrival, step + 1

        first = (params, walk.init(params), jnp.zeros((), jnp.int32), jnp.asarray(jnp.inf), 0)
        point, _, _, arrival, _ = lax.while_loop(within, take, first)
        return walk.loss(point), arrival

    return jax.vmap(run)(rates)
