"""Threads: the ways of an optimizer from starts all over a window, each at a few of its steps."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax

from landscape.objectives import Domain, Objective, check_count, check_domain, check_two_parameters
from landscape.optimizers import BuiltOptimizer
from landscape.parts import MEMORY_LIMIT, Progress, between, check_resolution, in_parts, part_size
from landscape.walkers import Walker, walker

MAX_RESOLUTION = 128
"""Starts along an axis beyond which `threads` refuses: each way is kept."""

MAX_POINTS = 1024
"""Points of a way beyond which `threads` refuses."""


@dataclass(frozen=True, eq=False)
class Threads:
    """Where each run is after some of its steps.

    Attributes:
        points: Shape (ny nx, m, 2), the starts in Plotly's own order, x first; row 0 is the start.
        steps: The steps after which a run is there, shape (m,): 0, then ever more from one to the next,
            and `num_steps` at last, again and again where there are fewer steps than points.
    """

    points: np.ndarray
    steps: np.ndarray


def threads(
    objective: Objective,
    optimizer: BuiltOptimizer | optax.GradientTransformation,
    resolution: int | tuple[int, int] = 21,
    num_steps: int = 300,
    num_points: int = 40,
    *,
    extent: Domain | None = None,
    memory_limit: int = MEMORY_LIMIT,
    progress: Progress | None = None,
) -> Threads:
    """The ways of an optimizer from a grid of starts, dense at first, where a run goes far at each step.

    Every start walks `num_steps` steps, of which those are kept that `milestones` tells. A run that
    diverges keeps its values, whatever they are.

    Args:
        objective: An objective of two parameters in one vector.
        optimizer: From `OPTIMIZERS[name].build(...)`, or any optax transformation.
        resolution: Starts along each axis, or (nx, ny); from 2 to 128.
        num_steps: How many steps to take from each, at least 1; traced.
        num_points: Points that are kept of each way, from 2 to 1,024.
        extent: ((xmin, xmax), (ymin, ymax)) of the starts; `objective.domain` by default.
        memory_limit: Bytes that the runs walked at one time may take, by an estimate from above.
        progress: Called with the share done, from 0 to 1; what it raises stops the computation.

    Returns:
        The `Threads`.

    Raises:
        ValueError: There is no extent, a number is out of range, a run does not fit the memory,
            the objective does not have two parameters in one vector, or the optimizer needs
            residuals that it does not have.

    Example:
        >>> from landscape import FUNCTIONS, OPTIMIZERS
        >>> from landscape.sweeps.threads import threads
        >>> found = threads(FUNCTIONS["bowl"], OPTIMIZERS["gd"].build(learning_rate=0.25), 3, 8, 5)
        >>> found.steps
        array([0, 1, 2, 4, 8])
        >>> found.points[0]  # each step halves both coordinates
        array([[-3.       , -3.       ],
               [-1.5      , -1.5      ],
               [-0.75     , -0.75     ],
               [-0.1875   , -0.1875   ],
               [-0.01171875, -0.01171875]])
    """
    check_two_parameters(objective)
    num_steps = check_count("num_steps", num_steps)
    num_points = check_count("num_points", num_points, least=2, most=MAX_POINTS)
    if extent is None and objective.domain is None:
        raise ValueError("`extent` must be given for an objective without a domain, got None")
    window = check_domain(objective.domain if extent is None else extent, "extent")
    sizes = check_resolution(resolution, MAX_RESOLUTION)
    x, y = (np.linspace(low, high, size) for (low, high), size in zip(window, sizes, strict=True))
    starts = np.stack([np.tile(x, y.size), np.repeat(y, x.size)], axis=-1)
    walking, steps = walker(objective, optimizer), milestones(num_steps, num_points)
    count = len(starts)
    size = part_size(_one, walking, steps, starts[0], count=count, memory_limit=memory_limit)
    points = np.empty((count, num_points, 2))

    def walk(first: int) -> None:
        rows = np.arange(first, min(first + size, count))
        filled = starts[rows[np.arange(size) % rows.size]]  # a full part: one program serves all
        points[rows] = jax.device_get(_walk(walking, steps, filled))[: rows.size]

    in_parts(walk, count, size, between(progress, 0.0, 1.0))
    return Threads(points, steps)


def milestones(num_steps: int, num_points: int) -> np.ndarray:
    """The steps of which the points are kept: 0, and from 1 to `num_steps` in equal ratios, each once.

    Args:
        num_steps: At least 1.
        num_points: At least 2.

    Returns:
        Shape (num_points,), not decreasing; the last step fills what is left.

    Example:
        >>> milestones(100, 8)
        array([  0,   1,   2,   5,  10,  22,  46, 100])
    """
    # Small steps that rounding would repeat stand for themselves; the others share the rest of the way.
    for first in range(1, num_points):
        rest = np.rint(np.geomspace(first, max(num_steps, first), num_points - first)).astype(int)
        found = np.append(np.arange(first), rest)
        if first >= num_steps or (np.diff(found) > 0).all():
            break
    found[-1] = num_steps
    return np.minimum(found, num_steps)


@jax.jit
def _walk(walking: Walker, steps: jax.Array, starts: jax.Array) -> jax.Array:
    return jax.vmap(partial(_one, walking, steps))(starts)


def _one(walking: Walker, steps: jax.Array, start: jax.Array) -> jax.Array:
    """One run, from each milestone to the next."""

    def step(k: Any, at: Any) -> Any:
        params, state = at
        _, _, updates, state = walking.step(params, state, k)
        return optax.apply_updates(params, updates), state

    def stretch(at: Any, ends: Any) -> Any:
        at = lax.fori_loop(ends[0], ends[1], step, at)
        return at, at[0]

    ends = jnp.stack([steps[:-1], steps[1:]], axis=-1)
    _, later = lax.scan(stretch, (start, walking.init(start)), ends)
    return jnp.concatenate([start[None], later])
