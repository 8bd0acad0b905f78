"""Grids: a function of two parameters at every point of a window, in one program."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.extend.core import subjaxprs
from jax.tree_util import Partial

from landscape.objectives import (
    Domain,
    Objective,
    as_program,
    check_count,
    check_domain,
    check_two_parameters,
)

MAX_RESOLUTION = 2049
"""Points along an axis beyond which `evaluate` refuses."""

BATCH_SIZE = 1024
"""Grid points evaluated at once at most."""

BATCH_NUMBERS = 2**17
"""Numbers that any one array may hold while points are evaluated at once: 1 MB, which a cache holds."""


def gradient_field(
    objective: Objective, *, resolution: int | tuple[int, int] = 21, extent: Domain | None = None
) -> tuple[np.ndarray, ...]:
    """The gradient of a two-parameter objective on a grid.

    Args:
        objective: An objective of two parameters in one vector.
        resolution: Points along each axis, or (nx, ny); from 2 to 2,049.
        extent: ((xmin, xmax), (ymin, ymax)); `objective.domain` by default.

    Returns:
        x (nx,), y (ny,), ∂L/∂x (ny, nx) and ∂L/∂y (ny, nx), the last two in the order of `Surface.values`.

    Raises:
        ValueError: There is no extent, the resolution is out of range, or the objective
            does not have two parameters in one vector.

    Example:
        >>> import landscape
        >>> from landscape.surfaces import gradient_field
        >>> square = ((-1, 1), (-1, 1))
        >>> x, y, gx, gy = gradient_field(landscape.FUNCTIONS["bowl"], resolution=3, extent=square)
        >>> gx[0].tolist() == gx[2].tolist()
        True
    """
    check_two_parameters(objective)
    x, y = axes(objective.domain if extent is None else extent, resolution)
    field = np.asarray(_gradients(as_program(objective.loss), x, y))
    return x, y, field[..., 0], field[..., 1]


def axes(window: Domain | None, resolution: int | tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """The grid along each axis of a window.

    Raises:
        ValueError: There is no window, or the resolution is out of range.
    """
    pair = resolution if isinstance(resolution, (tuple, list)) else (resolution, resolution)
    counts = [check_count("resolution", each, least=0) for each in pair]
    if len(counts) != 2 or not all(2 <= count <= MAX_RESOLUTION for count in counts):
        raise ValueError(
            f"`resolution` must be from 2 to {MAX_RESOLUTION}, or (nx, ny) of such numbers, got {resolution}"
        )
    if window is None:
        raise ValueError("`extent` must be given for an objective without a domain, got None")
    x, y = (
        np.linspace(low, high, count)
        for (low, high), count in zip(check_domain(window, "extent"), counts, strict=True)
    )
    return x, y


@jax.jit
def grid(loss: Partial, x: jax.Array, y: jax.Array) -> jax.Array:
    """The loss at (x[j], y[i]), shape (ny, nx)."""
    return _at_each(loss, x, y)


@jax.jit
def _gradients(loss: Partial, x: jax.Array, y: jax.Array) -> jax.Array:
    return _at_each(jax.grad(loss), x, y)


def _at_each(function: Callable[[jax.Array], Any], x: jax.Array, y: jax.Array) -> jax.Array:
    """A function of (x, y) on the grid, (ny, nx, ...), in batches that bound the memory it takes."""
    points = jnp.stack(jnp.meshgrid(x, y), axis=-1).reshape(-1, 2)
    largest = _largest(jax.make_jaxpr(function)(points[0]).jaxpr)
    batch = min(BATCH_SIZE, max(1, BATCH_NUMBERS // largest))
    # Filled up to whole batches, so that no second program is compiled for the rest.
    padded = jnp.pad(points, ((0, -len(points) % batch), (0, 0)), mode="edge")
    values = lax.map(jax.vmap(function), padded.reshape(-1, batch, 2))
    return values.reshape(-1, *values.shape[2:])[: len(points)].reshape(y.size, x.size, *values.shape[2:])


def _largest(program: Any) -> int:
    """How many numbers the largest array holds that a program makes on its way."""
    sizes = [variable.aval.size for equation in program.eqns for variable in equation.outvars]
    inner = [_largest(each) for each in subjaxprs(program)]
    return max([1, *sizes, *inner])
