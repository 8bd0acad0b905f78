"""Rests: the isolated minimizers at which runs have come to rest, told from where they ended."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.tree_util import Partial

MAX_MINIMIZERS = 128
"""Minimizers found at most, those of lowest loss; rastrigin has 121 in its domain."""

NEWTON_STEPS = 6
"""From an end at rest to the minimizer it is at: convergence is quadratic."""

SINGULAR = 1e-8
"""A minimum is isolated where the smallest curvature is at least this share of the largest."""

SAME = 2.0**-20
"""Points at rest are rounded to this share of the tolerance, so that few are left of many."""


def rests(loss: Partial, ends: np.ndarray, tolerance: float, size: int) -> np.ndarray:
    """The minimizers within `tolerance` of which some of the ends lie, rounded, and each once.

    Newton's method leads from an end to a point without a gradient; it counts where the Hessian
    is positive definite and the end is no farther than `tolerance`.

    Args:
        loss: Of two parameters in one vector.
        ends: Shape (2, n), with n up to `size`.
        tolerance: A distance.
        size: Points that the compiled program takes.

    Returns:
        Shape (m, 2): the same points, however many ends rest at each.
    """
    points, _, minimal = _polished(loss, ends, size)
    with np.errstate(invalid="ignore", over="ignore"):
        at_rest = minimal & (np.sum((points - ends) ** 2, axis=0) <= tolerance**2)
    return np.unique(np.round(points[:, at_rest].T / (SAME * tolerance)), axis=0) * (SAME * tolerance)


def distinct(loss: Partial, found: list[np.ndarray], tolerance: float, size: int) -> np.ndarray:
    """The minimizers behind what `rests` gave, each once, whatever the order and the division of the ends.

    Returns:
        Shape (k, 2), by loss, and those of equal loss by their coordinates; k is at most 128.
    """
    rounded = np.unique(np.concatenate([np.empty((0, 2)), *found]), axis=0).T
    parts = [_polished(loss, rounded[:, i : i + size], size) for i in range(0, rounded.shape[1], size)]
    points = np.concatenate([np.empty((2, 0)), *(part[0] for part in parts)], axis=1)
    losses = np.concatenate([np.empty(0), *(part[1] for part in parts)])
    # Losses that differ only by rounding are equal: symmetric minimizers come in a fixed order.
    left = points[:, np.lexsort([points[1], points[0], losses.astype(np.float32)])].T
    kept: list[np.ndarray] = []
    while len(left) and len(kept) < MAX_MINIMIZERS:
        kept.append(left[0])
        left = left[np.sum((left - left[0]) ** 2, axis=1) > tolerance**2]
    return np.reshape(kept, (-1, 2))


def _polished(loss: Partial, points: np.ndarray, size: int) -> tuple[np.ndarray, ...]:
    """Where Newton's method leads, (2, n); the losses there; and whether there is an isolated minimum."""
    count = points.shape[1]
    filled = points[:, np.arange(size) % count]  # a full part: one program serves all
    ends, losses, minimal = jax.device_get(_polish(loss, filled))
    return ends[:, :count], losses[:count], minimal[:count]


@jax.jit
def _polish(loss: Partial, points: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    return jax.vmap(lambda point: _newton(loss, point), in_axes=1, out_axes=(1, 0, 0))(points)


def _newton(loss: Partial, point: jax.Array) -> tuple[Any, ...]:
    def expand(point: Any) -> tuple[Any, ...]:
        (a, b), (c, d) = jax.jacfwd(jax.grad(loss))(point)
        return jax.grad(loss)(point), a, (b + c) / 2, d

    def step(_: Any, point: Any) -> Any:
        (gx, gy), a, b, d = expand(point)
        return point - jnp.stack([d * gx - b * gy, a * gy - b * gx]) / (a * d - b * b)

    before = lax.fori_loop(0, NEWTON_STEPS - 1, step, point)
    end = step(0, before)
    _, a, b, d = expand(end)
    largest = (a + d + jnp.hypot(a - d, 2 * b)) / 2
    smallest = (a * d - b * b) / largest
    settled = jnp.sum((end - before) ** 2) <= 1e-12 * (1 + jnp.sum(end**2))
    return end, loss(end), settled & (largest > 0) & (smallest > SINGULAR * largest)
