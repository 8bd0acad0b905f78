"""Surfaces: a loss on a grid of a plane or of a two-parameter domain."""

from collections.abc import Callable
from dataclasses import dataclass
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
from landscape.planes import Plane

MAX_RESOLUTION = 2049
"""Points along an axis beyond which `evaluate` refuses."""

BATCH_SIZE = 1024
"""Grid points evaluated at once at most."""

BATCH_NUMBERS = 2**17
"""Numbers that any one array may hold while points are evaluated at once: 1 MB, which a cache holds."""


@dataclass(frozen=True, eq=False)
class Surface:
    """A loss over a grid, in Plotly's own order: `values[i, j]` is the loss at (x[j], y[i]).

    Attributes:
        x: Grid along the first coordinate, shape (nx,).
        y: Grid along the second coordinate, shape (ny,).
        values: The losses, shape (ny, nx); what is not finite stays so.
        num_nonfinite: How many of the values are infinite or NaN.
    """

    x: np.ndarray
    y: np.ndarray
    values: np.ndarray
    num_nonfinite: int


def evaluate(
    objective: Objective, plane: Plane | None = None, *, resolution: int = 101, extent: Domain | None = None
) -> Surface:
    """Evaluate a loss on a grid.

    Args:
        objective: The objective; without a plane it must have two parameters in one vector.
        plane: The plane to look at; the grid is in its coordinates (a, b).
        resolution: Points along each axis, from 2 to 2,049.
        extent: ((xmin, xmax), (ymin, ymax)); `objective.domain` by default, or with a plane
            ((-1, 1), (-1, 1)).

    Returns:
        The `Surface`, (resolution, resolution).

    Raises:
        ValueError: There is no extent, the resolution is out of range, or the objective
            does not have two parameters in one vector and no plane is given.

    Example:
        >>> import landscape
        >>> surface = landscape.evaluate(landscape.FUNCTIONS["booth"], resolution=5, extent=((0, 4), (1, 5)))
        >>> float(surface.values[2, 1])  # at x = 1, y = 3, the minimizer
        0.0
    """
    if plane is None:
        check_two_parameters(objective)
    window = ((-1.0, 1.0), (-1.0, 1.0)) if plane is not None else objective.domain
    x, y = _axes(window if extent is None else extent, resolution)
    values = np.asarray(_grid(as_program(objective.loss), plane, x, y))
    return Surface(x, y, values, int(np.count_nonzero(~np.isfinite(values))))


def gradient_field(
    objective: Objective, *, resolution: int = 21, extent: Domain | None = None
) -> tuple[np.ndarray, ...]:
    """The gradient of a two-parameter objective on a grid.

    Args:
        objective: An objective of two parameters in one vector.
        resolution: Points along each axis, from 2 to 2,049.
        extent: ((xmin, xmax), (ymin, ymax)); `objective.domain` by default.

    Returns:
        x (n,), y (n,), ∂L/∂x (n, n) and ∂L/∂y (n, n), the last two in the order of `Surface.values`.

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
    x, y = _axes(objective.domain if extent is None else extent, resolution)
    field = np.asarray(_gradients(as_program(objective.loss), x, y))
    return x, y, field[..., 0], field[..., 1]


def _axes(window: Domain | None, resolution: int) -> tuple[np.ndarray, np.ndarray]:
    """The grid along each axis of a window."""
    if not 2 <= check_count("resolution", resolution) <= MAX_RESOLUTION:
        raise ValueError(f"`resolution` must be from 2 to {MAX_RESOLUTION}, got {resolution}")
    if window is None:
        raise ValueError("`extent` must be given for an objective without a domain, got None")
    x, y = (np.linspace(low, high, resolution) for low, high in check_domain(window, "extent"))
    return x, y


@jax.jit
def _grid(loss: Partial, plane: Plane | None, x: jax.Array, y: jax.Array) -> jax.Array:
    def value(point: jax.Array) -> Any:
        return loss(point if plane is None else plane.at(point[0], point[1]))

    return _at_each(value, x, y)


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
