"""Sweep: one optimizer at many learning rates, and along a second number, from one start."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from landscape.objectives import Objective, Params, check_count
from landscape.schedules import BuiltSchedule
from landscape.sweeps.families import Family, Values, family
from landscape.sweeps.runs import MEMORY_LIMIT, Progress, Seen, walk_all

MAX_RUNS = 2**20
"""Runs beyond which `sweep` refuses."""

OUTCOMES = np.array(["crawls", "converges", "oscillates", "diverges"])
"""What a run may do."""

SWINGS = 0.25
"""Part of its falls by which the loss of a run that oscillates rises."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """What became of each run of a sweep; all arrays are NumPy.

    The arrays of results have the shape (n,), or (m, n) where there is a second axis.

    Attributes:
        learning_rates: The values of the first axis, shape (n,).
        second_name: The number that changes along the second axis, or None.
        second_values: Its values, shape (m,), or None.
        final_losses: The loss after the last step.
        best_losses: The least loss on the way, the start included.
        steps_to_tolerance: The first step k with L(θ_k) − L* ≤ tolerance (L(θ₀) − L*), or -1.
        diverged_at: The first step with a loss, parameter or gradient that is not finite, or -1.
        outcomes: "crawls", "converges", "oscillates" or "diverges".
    """

    learning_rates: np.ndarray
    second_name: str | None
    second_values: np.ndarray | None
    final_losses: np.ndarray
    best_losses: np.ndarray
    steps_to_tolerance: np.ndarray
    diverged_at: np.ndarray
    outcomes: np.ndarray


def sweep(
    objective: Objective | Callable[[float], Objective],
    optimizer_name: str,
    learning_rates: Values,
    start: Params | None = None,
    num_steps: int = 100,
    *,
    first: str = "learning_rate",
    second: tuple[str, Values] | None = None,
    schedule: BuiltSchedule | None = None,
    batch_size: int | None = None,
    seed: int = 0,
    tolerance: float = 1e-6,
    memory_limit: float = MEMORY_LIMIT,
    progress: Progress | None = None,
    **fixed: float,
) -> Sweep:
    """Run an optimizer at many learning rates at once, and say what becomes of each run.

    With the losses L_k, the updates u_k = θ_{k+1} − θ_k, T = `num_steps`, and L* the objective's
    minimum, or the least finite loss that any run of the sweep reached where that is not known (the
    sweep is then walked twice), a run

    - "diverges" if a loss, a parameter or a gradient is not finite, or all losses of the last half of
      the run are above L_0;
    - "oscillates" if it goes back and forth: Σ ⟨u_k, u_{k−1}⟩ < 0, its updates turn back more than
      they go on, or Σ max(L_k − L_{k−1}, 0) > ¼ Σ max(L_{k−1} − L_k, 0), its loss rises by more than
      a quarter of what it falls. The sums run over the whole run or, for one that has not arrived,
      over its last half: there some runs only hover;
    - "converges" if it does neither and has arrived: L_k − L* ≤ tolerance (L_0 − L*) at some step, or
      it has come to rest elsewhere, its loss moving in the last half, up and down together, by at
      most tolerance (L_0 − L_T);
    - "crawls" if it has not arrived.

    For gradient descent on a quadratic the part of u_k along a direction of curvature λ is (1 − ηλ)^k
    times the first one. In the sum of ⟨u_k, u_{k−1}⟩ each direction counts with its share of the loss
    at the start, so where the steepest one has most of it, runs oscillate from η = 1/λmax, where that
    direction is overshot. From η = 2/λmax they diverge, wherever they start.

    Everything is one compiled program, whose arguments are all the numbers. Only a few numbers of
    each run are kept, never its path. The results do not depend on the size of the batches.

    Args:
        objective: What to minimize; or a function from the values of the second axis, then called
            "penalty", to objectives that differ in numbers only.
        optimizer_name: A name in `OPTIMIZERS`.
        learning_rates: The values of the hyper-parameter `first`, shape (n,), increasing; a
            learning rate is above 0.
        start: Where to start, shaped like `objective.start`, which is the default.
        num_steps: How many steps to take, at least 1.
        first: The hyper-parameter that changes along the first axis.
        second: (name, values) of a second axis, increasing, shape (m,): another hyper-parameter,
            "batch_size", "x" or "y" for a coordinate of a start of two numbers, "start[i]" for the
            i-th number of any start, or "penalty" where `objective` is a function.
        schedule: What the learning rate is multiplied by at each step: a built schedule.
        batch_size: Examples that each step sees; None for all of them.
        seed: Of the order of the examples.
        tolerance: The part of the distance L_0 − L* that may be left, above 0 and below 1.
        memory_limit: Bytes that the runs in hand may take, by an estimate from above; the results
            take some 300 bytes per run beside them.
        progress: Called with the part that is done, from 0 to 1, after each batch; what it raises
            stops the sweep.
        fixed: The other hyper-parameters; those not given keep their defaults.

    Returns:
        The `Sweep`.

    Raises:
        ValueError: A name is unknown, or a number or a number of runs out of range.

    Example:
        >>> import landscape
        >>> from landscape import FUNCTIONS
        >>> from landscape.sweeps.sweep import sweep
        >>> found = sweep(FUNCTIONS["bowl"], "gd", [0.001, 0.1, 0.9, 1.1], start=[1.0, 2.0])
        >>> found.outcomes.tolist()  # the curvature is 2: the borders are 1/2 and 2/2
        ['crawls', 'converges', 'oscillates', 'diverges']
        >>> bool(found.final_losses[2] < found.final_losses[0])
        True
    """
    num_steps = check_count("num_steps", num_steps)
    if not 0 < tolerance < 1:
        raise ValueError(f"`tolerance` must be above 0 and below 1, got {tolerance}")
    runs = family(
        objective,
        optimizer_name,
        start,
        (first, learning_rates),
        second,
        schedule=schedule,
        batch_size=batch_size,
        seed=seed,
        fixed=fixed,
    )
    if runs.num_runs > MAX_RUNS:
        raise ValueError(f"`learning_rates` must make at most {MAX_RUNS} runs, got {runs.num_runs}")
    seen = _walk(runs, num_steps, tolerance, memory_limit, progress)
    shape = (runs.first.length,) if second is None else (runs.second.length, runs.first.length)
    best = np.minimum(seen.halves[0].lowest, seen.halves[1].lowest)
    found = {
        "final_losses": seen.halves[1].end,
        "best_losses": best,
        "steps_to_tolerance": seen.within,
        "diverged_at": seen.diverged_at,
        "outcomes": outcomes(seen, tolerance),
    }
    return Sweep(
        np.array(learning_rates, float),
        None if second is None else second[0],
        None if second is None else np.array(second[1], float),
        **{name: values.reshape(shape) for name, values in found.items()},
    )


def outcomes(seen: Seen, tolerance: float) -> np.ndarray:
    """What each run does, as `sweep` defines it."""
    first, last = seen.halves
    # What is not finite compares as false; it has diverged.
    with np.errstate(invalid="ignore", over="ignore"):
        fall, late_fall = seen.start - last.end, first.end - last.end
        diverges = (seen.diverged_at >= 0) | (last.lowest > seen.start)
        rests = (fall > 0) & (late_fall + 2 * last.rises <= tolerance * fall)
        arrived = (seen.within >= 0) | rests
        swings = _swings(first.turning + last.turning, first.rises + last.rises, fall)
        hovers = _swings(last.turning, last.rises, late_fall)
    chosen = np.where(arrived, 1, 0)
    chosen = np.where(swings | (~arrived & hovers), 2, chosen)
    return OUTCOMES[np.where(diverges, 3, chosen)]


def _swings(turning: np.ndarray, rises: np.ndarray, fall: np.ndarray) -> np.ndarray:
    """Whether some steps go back and forth, of the sums over them and of what the loss falls in the end."""
    return (turning < 0) | (rises > SWINGS * (fall + rises))


def _walk(
    runs: Family, num_steps: int, tolerance: float, memory_limit: float, progress: Progress | None
) -> Seen:
    """Walk the runs; twice, where it takes a first walk to know what there is to reach."""
    known = [each.minimum for each in runs.objectives]
    passes = 1 if all(each is not None for each in known) else 2
    count = runs.num_runs // len(known)
    minima = np.repeat([-np.inf if each is None else each for each in known], count)

    def walk(number: int) -> Seen:
        def report(share: float) -> None:
            if progress is not None:
                progress((number + share) / passes)

        return walk_all(runs, num_steps, minima, tolerance, memory_limit=memory_limit, progress=report)

    seen = walk(0)
    if passes == 1:
        return seen
    lowest = np.minimum(seen.halves[0].lowest, seen.halves[1].lowest).reshape(len(known), count)
    finite = np.where(np.isfinite(lowest), lowest, np.inf).min(axis=1)
    minima = np.where(np.isfinite(minima), minima, np.repeat(finite, count))
    return walk(1)
