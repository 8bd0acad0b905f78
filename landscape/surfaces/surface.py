"""Surfaces: a loss on a grid of a plane or of a two-parameter domain."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from landscape.objectives import Domain, Objective, as_program, check_two_parameters
from landscape.parts import MEMORY_LIMIT, Progress, between
from landscape.planes import Plane
from landscape.surfaces.grids import axes, grid
from landscape.surfaces.slices import losses_at


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
    objective: Objective,
    plane: Plane | None = None,
    *,
    resolution: int | tuple[int, int] = 101,
    extent: Domain | None = None,
    memory_limit: int = MEMORY_LIMIT,
    progress: Progress | None = None,
    devices: Sequence[Any] | None = None,
) -> Surface:
    r"""Evaluate a loss on a grid.

    On a plane the grid is evaluated in parts: some points at a time, shared among all devices, and, where the
    memory does not hold one point with all data, some examples at a time, whose means are averaged.
    What the loss computes as an affine function of the coordinates before its first nonlinearity (the
    first layer of a network) is made three times and not once for each point. The values are those of
    `objective.loss` but for the rounding of the parameters' type: about 10^{-7} of them in float32.

    Args:
        objective: The objective; without a plane it must have two parameters in one vector.
        plane: The plane to look at; the grid is in its coordinates (a, b).
        resolution: Points along each axis, or (nx, ny); from 2 to 2,049.
        extent: ((xmin, xmax), (ymin, ymax)); `objective.domain` by default, or with a plane
            ((-1, 1), (-1, 1)).
        memory_limit: Bytes that the evaluation on a plane may take beside the parameters and the data, by an
            estimate from above.
        progress: Called with the share done, from 0 to 1; what it raises stops the computation.
        devices: JAX's devices that share the points of a plane; by default all that JAX sees.

    Returns:
        The `Surface`, (ny, nx).

    Raises:
        ValueError: There is no extent, the resolution is out of range, one point does not fit the
            memory, or the objective does not have two parameters in one vector and no plane is given.

    Example:
        >>> import landscape
        >>> surface = landscape.evaluate(landscape.FUNCTIONS["booth"], resolution=5, extent=((0, 4), (1, 5)))
        >>> float(surface.values[2, 1])  # at x = 1, y = 3, the minimizer
        0.0
    """
    report = between(progress, 0.0, 1.0)
    if plane is None:
        check_two_parameters(objective)
        x, y = axes(objective.domain if extent is None else extent, resolution)
        values = np.asarray(grid(as_program(objective.loss), x, y))
        report(1.0)
    else:
        x, y = axes(((-1.0, 1.0), (-1.0, 1.0)) if extent is None else extent, resolution)
        points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        values = losses_at(
            objective, plane, points, memory_limit=memory_limit, progress=report, devices=devices
        ).reshape(y.size, x.size)
    return Surface(x, y, values, int(np.count_nonzero(~np.isfinite(values))))
