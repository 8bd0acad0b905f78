"""Basins of attraction: which minimizer an optimizer reaches from each start of a window, and how soon."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax
from jax.tree_util import Partial

from landscape.objectives import (
    Domain,
    Objective,
    as_program,
    check_count,
    check_domain,
    check_two_parameters,
)
from landscape.optimizers import BuiltOptimizer
from landscape.parts import (
    MEMORY_LIMIT,
    Progress,
    between,
    check_resolution,
    in_parts,
    part_size,
)
from landscape.sweeps.rests import distinct, rests
from landscape.walkers import Walker, walker

DIVERGED = -1
"""The label of a start whose run ends in no number, or far outside the window."""

MOVING = -2
"""The label of a start whose run ends near no minimizer: it is on its way, or at rest elsewhere."""

FAR = 100.0
"""A run that ends farther from the middle of the window than so many of its spans has diverged."""

LOOK = 8192
"""Starts or ends whose nearest minimizer is looked for at once."""

PARTS_AT_ONCE = 8
"""Parts walked in one call where there are many: to begin a call costs as much as fifty steps of a part."""

MANY_PARTS = 64
"""Parts that are many: enough for all cores even so."""

MAX_RESOLUTION = 2048
"""Starts along an axis beyond which `basins` refuses."""


@dataclass(frozen=True, eq=False)
class Basins:
    """The minimizer reached from each start of a grid, in Plotly's own order: row i is y[i].

    Attributes:
        x: Starts along the first coordinate, shape (nx,).
        y: Starts along the second coordinate, shape (ny,).
        labels: The index in `minimizers` of the one within `tolerance` of which the run from
            (x[j], y[i]) ends; −1 where it diverged, −2 where it is still moving or at rest
            elsewhere; shape (ny, nx).
        steps: The number of steps after which the run stayed within `tolerance` of that
            minimizer, 0 where it began there; −1 where it reached none; shape (ny, nx).
        minimizers: Shape (k, 2): the objective's own in their order, then those found, by loss.
        extent: ((xmin, xmax), (ymin, ymax)) of the starts.
        tolerance: How close is reached, in the units of the parameters.
    """

    x: np.ndarray
    y: np.ndarray
    labels: np.ndarray
    steps: np.ndarray
    minimizers: np.ndarray
    extent: Domain
    tolerance: float


def basins(
    objective: Objective,
    optimizer: BuiltOptimizer | optax.GradientTransformation,
    resolution: int | tuple[int, int] = 256,
    num_steps: int = 300,
    tolerance: float = 1e-3,
    *,
    extent: Domain | None = None,
    memory_limit: int = MEMORY_LIMIT,
    progress: Progress | None = None,
) -> Basins:
    """Which minimizer an optimizer reaches from each start of a window, and in how many steps.

    Every start walks `num_steps` steps. Its end θ_T is given the nearest minimizer θ* if
    ‖θ_T − θ*‖ ≤ `tolerance`, and its steps are the least k for which ‖θ_j − θ*‖ ≤ `tolerance` at
    all j from k to T. It has diverged if θ_T is not finite or lies farther than 100 spans from the
    middle of the window.

    The minimizers are the objective's own, and all that the ends tell of: an end has come to rest
    at a minimizer that is not listed where Newton's method leads from it to a point that is no
    farther than `tolerance` and whose Hessian is positive definite. Ends that lead to the same point
    are one cluster; at most 128 are found. A valley without a lowest point and a minimum without
    curvature give none.

    No number depends on how the starts are divided into parts.

    Args:
        objective: An objective of two parameters in one vector.
        optimizer: From `OPTIMIZERS[name].build(...)`, or any optax transformation.
        resolution: Starts along each axis, or (nx, ny); from 2 to 2,048.
        num_steps: How many steps to take from each, at least 1.
        tolerance: How close is reached: a distance in the units of the parameters, positive.
        extent: ((xmin, xmax), (ymin, ymax)); `objective.domain` by default.
        memory_limit: Bytes that the runs walked at one time may take, by an estimate from above. The
            ends and results take at most another 64 bytes a start: 268 MB for 2,048 × 2,048.
        progress: Called with the share done, from 0 to 1; what it raises stops the computation.

    Returns:
        The `Basins`, (ny, nx).

    Raises:
        ValueError: There is no extent, a number is out of range, a run does not fit the memory,
            the objective does not have two parameters in one vector, or the optimizer needs
            residuals that it does not have.

    Example:
        >>> from landscape import FUNCTIONS, OPTIMIZERS
        >>> from landscape.sweeps.basins import basins
        >>> found = basins(FUNCTIONS["himmelblau"], OPTIMIZERS["gd"].build(learning_rate=0.01), resolution=5)
        >>> print(found.labels)
        [[2 2 2 3 3]
         [2 2 3 3 3]
         [2 1 0 0 3]
         [1 1 1 0 0]
         [1 1 1 0 0]]

    Reference:
        Nusse, H. E. and Yorke, J. A. (1996). Basins of attraction. Science 271, 1376-1380.
        doi:10.1126/science.271.5254.1376
    """
    check_two_parameters(objective)
    num_steps = check_count("num_steps", num_steps)
    if not 0 < tolerance < np.inf:
        raise ValueError(f"`tolerance` must be a positive number, got {tolerance}")
    window, x, y = _grid(objective, resolution, extent)
    walking = walker(objective, optimizer)
    count, origin = x.size * y.size, np.zeros(2)
    size = part_size(_one, walking, origin, origin, 1.0, 1, count=count, memory_limit=memory_limit)
    at_once = size * (PARTS_AT_ONCE if count >= MANY_PARTS * size else 1)
    known = np.empty((0, 2)) if objective.minimizers is None else np.asarray(objective.minimizers, float)

    def starts(rows: np.ndarray) -> np.ndarray:
        return np.stack([x[rows % x.size], y[rows // x.size]])

    def walk(rows: np.ndarray, minimizers: np.ndarray, goals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where the runs of one call end, and after how many steps each stayed about its goal."""
        if rows.size < at_once:  # filled up: one program serves all
            filled = np.arange(at_once) % rows.size
            end, entered = walk(rows[filled], minimizers, goals[filled])
            return end[:, : rows.size], entered[: rows.size]
        places = minimizers[goals].T if len(minimizers) else np.zeros((2, at_once))
        return jax.device_get(_walk(walking, starts(rows), places, tolerance, num_steps, size=size))

    # A run counts its steps to one goal: first the known minimizer nearest to its start, and once
    # its end is known, that one, if it is another. The program is the same, and so is the run.
    ends, steps, goals = np.empty((2, count)), np.empty(count, np.int32), np.empty(count, np.int32)

    def aim(first: int) -> None:
        rows = np.arange(first, min(first + LOOK, count))
        goals[rows] = _nearest(starts(rows), known)[0]

    def first_walk(first: int) -> None:
        rows = np.arange(first, min(first + at_once, count))
        part = slice(first, first + at_once)
        ends[:, part], steps[part] = walk(rows, known, goals[part])

    in_parts(aim, count, LOOK, between(None, 0.0, 1.0))
    in_parts(first_walk, count, at_once, between(progress, 0.0, 0.4))
    looking = between(progress, 0.4, 0.6)
    labels, minimizers = _label(as_program(objective.loss), ends, known, window, tolerance, size, looking)
    again = np.flatnonzero((labels >= 0) & (labels != goals))

    def second_walk(first: int) -> None:
        rows = again[first : first + at_once]
        steps[rows] = walk(rows, minimizers, labels[rows])[1]

    in_parts(second_walk, again.size, at_once, between(progress, 0.6, 1.0))
    steps[labels < 0] = -1
    shape = (y.size, x.size)
    return Basins(x, y, labels.reshape(shape), steps.reshape(shape), minimizers, window, float(tolerance))


@partial(jax.jit, static_argnames="size")
def _walk(walking: Walker, starts: Any, goals: Any, tolerance: Any, num_steps: Any, *, size: int) -> Any:
    """All runs of one call, one part after the other."""

    def part(given: tuple[Any, Any]) -> tuple[Any, Any]:
        one = partial(_one, walking)
        return jax.vmap(one, in_axes=(1, 1, None, None), out_axes=(1, 0))(*given, tolerance, num_steps)

    parts = tuple(each.reshape(2, -1, size).swapaxes(0, 1) for each in (starts, goals))
    ends, entered = lax.map(part, parts)
    return ends.swapaxes(0, 1).reshape(2, -1), entered.ravel()


def _one(walking: Walker, start: Any, goal: Any, tolerance: Any, num_steps: Any) -> tuple[Any, Any]:
    """One run. The whole of it is mapped over the starts: an optimizer's count of steps stays one number."""

    def step(k: Any, carry: Any) -> Any:
        params, state, entered = carry
        outside = jnp.sum((params - goal) ** 2) > tolerance**2
        _, _, updates, state = walking.step(params, state, k)
        entered = jnp.where(outside, jnp.asarray(k + 1, jnp.int32), entered)
        return optax.apply_updates(params, updates), state, entered

    end, _, entered = lax.fori_loop(0, num_steps, step, (start, walking.init(start), jnp.int32(0)))
    return end, entered


def _label(
    loss: Partial,
    ends: np.ndarray,
    known: np.ndarray,
    window: Domain,
    tolerance: float,
    size: int,
    progress: Progress,
) -> tuple[np.ndarray, np.ndarray]:
    """The label of each end, and the minimizers: those known, then those at which ends are found to rest."""
    labels = np.full(ends.shape[1], MOVING, np.int32)
    low, high = np.array(window).T[:, :, None]
    found: list[np.ndarray] = []

    def begin(first: int) -> None:
        here, own = ends[:, first : first + LOOK], labels[first : first + LOOK]
        with np.errstate(invalid="ignore", over="ignore"):
            own[~(np.abs(here - (low + high) / 2) <= FAR * (high - low)).all(axis=0)] = DIVERGED
        _reached(own, here, known, tolerance)
        unknown = np.flatnonzero(own == MOVING)
        groups = (unknown[i : i + size] for i in range(0, unknown.size, size))
        found.extend(rests(loss, here[:, group], tolerance, size) for group in groups)

    in_parts(begin, labels.size, LOOK, progress)
    minimizers = np.concatenate([known, distinct(loss, found, tolerance, size)])
    if len(minimizers) > len(known):

        def finish(first: int) -> None:
            _reached(labels[first : first + LOOK], ends[:, first : first + LOOK], minimizers, tolerance)

        in_parts(finish, labels.size, LOOK, between(None, 0.0, 1.0))
    return labels, minimizers


def _reached(labels: np.ndarray, ends: np.ndarray, minimizers: np.ndarray, tolerance: float) -> None:
    """Give the nearest minimizer to those ends that are within `tolerance` of it and have not diverged."""
    nearest, distance = _nearest(ends, minimizers)
    np.copyto(labels, nearest, where=(labels != DIVERGED) & (distance <= tolerance))


def _nearest(points: np.ndarray, minimizers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The index of the minimizer nearest to each of the points (2, n), or -1; and how far it is."""
    nearest, least = np.full(points.shape[1], -1, np.int32), np.full(points.shape[1], np.inf)
    with np.errstate(invalid="ignore", over="ignore"):
        for index, (x, y) in enumerate(minimizers):
            squares = (points[0] - x) ** 2 + (points[1] - y) ** 2
            np.copyto(nearest, index, where=squares < least)
            np.fmin(least, squares, out=least)
    return nearest, np.sqrt(least)


def _grid(
    objective: Objective, resolution: int | tuple[int, int], extent: Domain | None
) -> tuple[Domain, np.ndarray, np.ndarray]:
    """The window and the starts along each of its axes."""
    if extent is None and objective.domain is None:
        raise ValueError("`extent` must be given for an objective without a domain, got None")
    window = check_domain(objective.domain if extent is None else extent, "extent")
    sizes = check_resolution(resolution, MAX_RESOLUTION)
    x, y = (np.linspace(low, high, size) for (low, high), size in zip(window, sizes, strict=True))
    return window, x, y
