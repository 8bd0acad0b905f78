"""Roughness: how often a slice of a landscape bends down, and how many valleys it has, as numbers."""

from dataclasses import dataclass

import jax
import numpy as np
from jax import lax
from jax.tree_util import Partial

from landscape.curvature import eigenpairs
from landscape.objectives import Domain, Objective, as_program, check_count, check_domain, check_params
from landscape.parts import Progress
from landscape.planes import Plane
from landscape.planes.nearest import basis_of

WINDOW = ((-1.0, 1.0), (-1.0, 1.0))
"""What is looked at where nothing else is said, in the plane's coordinates."""

BATCH_SIZE = 64
"""Points of a slice that one call of the compiled program expands, one after the other."""

NEGLIGIBLE = 1e-6
"""A curvature below this share of the other at the same point has no sign beyond the rounding of float32."""


@dataclass(frozen=True, eq=False)
class Roughness:
    """How rough a slice is; maps have the shape (ny, nx), `values[i, j]` at (x[j], y[i]).

    Attributes:
        x: Grid along the first coordinate, shape (nx,).
        y: Grid along the second coordinate, shape (ny,).
        values: The loss.
        smallest: The smaller principal curvature λmin of the slice: of the 2 × 2 Hessian of the loss in
            an orthonormal basis of the plane.
        largest: The larger one, λmax.
        ratios: |λmin / λmax| where λmin is negative, 0 where it is not.
        negative_share: Share of the grid points at which λmin < −10⁻⁶ |λmax|; of those where
            loss and Hessian are finite, NaN where there are none.
        num_minima: Local minima of the grid, see `count_minima`.
        variation: Σ total variation / Σ range of the loss along all lines of the grid: 1 where every
            line only rises or only falls, at most 2 where every line is one valley, more for ripples;
            NaN for a flat slice. Lines that are not finite are left out.
        num_nonfinite: Grid points with a loss or a Hessian that is not finite.
    """

    x: np.ndarray
    y: np.ndarray
    values: np.ndarray
    smallest: np.ndarray
    largest: np.ndarray
    ratios: np.ndarray
    negative_share: float
    num_minima: int
    variation: float
    num_nonfinite: int


@dataclass(frozen=True, eq=False)
class NegativeCurvature:
    """The ends of the full Hessian's spectrum over a slice; maps have the shape (ny, nx).

    Attributes:
        x: Grid along the first coordinate, shape (nx,).
        y: Grid along the second coordinate, shape (ny,).
        smallest: λmin of the Hessian of all parameters; NaN where it is not finite.
        largest: λmax.
        ratios: |λmin / λmax| where λmin is negative, 0 where it is not.
        converged: Whether both have converged.
        num_products: How many products with the Hessian all of it took.
    """

    x: np.ndarray
    y: np.ndarray
    smallest: np.ndarray
    largest: np.ndarray
    ratios: np.ndarray
    converged: np.ndarray
    num_products: int


def roughness(
    objective: Objective,
    plane: Plane,
    *,
    resolution: int = 41,
    extent: Domain | None = None,
    progress: Progress | None = None,
) -> Roughness:
    r"""How rough a slice of a loss is: its share of negative curvature, its minima, its ripples.

    At every grid point the loss on the plane, \ell(a, b) = L(\theta_0 + a u + b v), is differentiated
    twice. With [u v] = QR the principal curvatures are the eigenvalues of
    R^{-\top} \nabla^2 \ell R^{-1}: those of Q^\top H Q, so that no scale of u and v changes them. Where
    one is negative the full Hessian H has a negative eigenvalue there too; where both are positive it
    may still have many.

    Args:
        objective: The objective.
        plane: The slice.
        resolution: Points along each axis, from 3 to 1,001.
        extent: ((xmin, xmax), (ymin, ymax)) in the plane's coordinates; ((-1, 1), (-1, 1)) by default.
        progress: Called with the share done, from 0 to 1; what it raises stops the computation.

    Returns:
        The `Roughness`.

    Raises:
        ValueError: The resolution is out of range, the extent is empty, the plane does not fit the
            objective, or u and v are parallel.

    Example:
        >>> import jax.numpy as jnp
        >>> from landscape import Objective, Plane
        >>> from landscape.roughness import roughness
        >>> bumps = Objective(lambda w: jnp.sum(w**2) - jnp.cos(9 * w[0]), start=jnp.zeros(3))
        >>> found = roughness(bumps, Plane.coordinates(bumps.start, 0, 1), resolution=41)
        >>> round(found.negative_share, 2), found.num_minima
        (0.49, 3)

    Reference:
        Li, Xu, Taylor, Studer, Goldstein (2018), Visualizing the loss landscape of neural nets,
        section 6, arXiv:1712.09913
    """
    check_count("resolution", resolution, 3, 1001)
    window = check_domain(WINDOW if extent is None else extent, "extent")
    x, y = (np.linspace(low, high, resolution) for low, high in window)
    points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    values, curvatures = principal_curvatures(objective, plane, points, progress)
    values, smallest, largest = (
        each.reshape(resolution, resolution) for each in (values, curvatures[:, 0], curvatures[:, 1])
    )
    known = np.isfinite(smallest)  # and the loss with it
    negative = is_negative(smallest, largest)
    share = float(negative[known].mean()) if known.any() else float("nan")
    return Roughness(
        *(x, y, values, smallest, largest, _ratios(smallest, largest), share),
        num_minima=count_minima(values),
        variation=_variation(values),
        num_nonfinite=int(np.count_nonzero(~known)),
    )


def negative_curvature(
    objective: Objective,
    plane: Plane,
    *,
    resolution: int = 9,
    extent: Domain | None = None,
    tolerance: float = 1e-3,
    max_products: int = 100,
    progress: Progress | None = None,
) -> NegativeCurvature:
    r"""How far from convex a loss is, in all its dimensions, over a slice: |\lambda_{min} / \lambda_{max}|.

    What Li et al. draw in section 6: the extreme eigenvalues of the Hessian of all parameters at each
    point of the slice, by Lanczos's method. A ratio near 0 says that the convex look of a slice is
    not an effect of the slicing. On a coarse grid, for each point takes some twenty to forty products.

    Args:
        objective: The objective.
        plane: The slice.
        resolution: Points along each axis, from 2 to 201.
        extent: ((xmin, xmax), (ymin, ymax)) in the plane's coordinates; ((-1, 1), (-1, 1)) by default.
        tolerance: Of ||Hv - \lambda v|| / |\lambda|_{max} at both ends, above 0.
        max_products: For each point at most.
        progress: Called with the share done, from 0 to 1; what it raises stops the computation.

    Returns:
        The `NegativeCurvature`.

    Raises:
        ValueError: A number is out of its range, or the extent is empty.

    Example:
        >>> from landscape import FUNCTIONS, Plane
        >>> from landscape.roughness import negative_curvature
        >>> saddle = FUNCTIONS["saddle"]
        >>> found = negative_curvature(saddle, Plane.coordinates(saddle.start, 0, 1), resolution=2)
        >>> found.ratios.round(9).tolist(), found.num_products
        ([[1.0, 1.0], [1.0, 1.0]], 8)

    Reference:
        Li, Xu, Taylor, Studer, Goldstein (2018), Visualizing the loss landscape of neural nets,
        section 6, figure 7, arXiv:1712.09913
    """
    check_count("resolution", resolution, 2, 201)
    window = check_domain(WINDOW if extent is None else extent, "extent")
    x, y = (np.linspace(low, high, resolution) for low, high in window)
    ends, converged = np.empty((2, resolution, resolution)), np.empty((resolution, resolution), dtype=bool)
    products = 0
    for done, (i, j) in enumerate(np.ndindex(resolution, resolution), start=1):
        found = eigenpairs(
            objective, plane.at(x[j], y[i]), 1, 1, tolerance=tolerance, max_products=max_products
        )
        ends[:, i, j], converged[i, j] = found.values, found.converged
        products += found.num_products
        if progress is not None:
            progress(done / resolution**2)
    largest, smallest = ends
    return NegativeCurvature(x, y, smallest, largest, _ratios(smallest, largest), converged, products)


def principal_curvatures(
    objective: Objective, plane: Plane, points: np.ndarray, progress: Progress | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The loss (k,) and the two principal curvatures (k, 2), ascending, at coordinates (k, 2) of a plane.

    The curvatures are NaN where the loss or its Hessian is not finite.

    In calls of one size, point by point, so that memory is that of one point and no number of
    points compiles anything anew.
    """
    check_params(objective, plane.origin, "plane.origin")
    _, triangle = basis_of([plane.u, plane.v], "`plane.u` and `plane.v`")
    loss, count = as_program(objective.loss), len(points)
    values, hessians = np.empty(count), np.empty((count, 2, 2))
    for first in range(0, count, BATCH_SIZE):
        rows = np.arange(first, min(first + BATCH_SIZE, count))
        batch = points[np.minimum(np.arange(first, first + BATCH_SIZE), count - 1)]
        values[rows], hessians[rows] = (np.asarray(part)[: len(rows)] for part in _expand(loss, plane, batch))
        if progress is not None:
            progress((first + len(rows)) / count)
    inverse = np.linalg.inv(triangle)
    turned = inverse.T @ ((hessians + hessians.transpose(0, 2, 1)) / 2) @ inverse
    finite = np.isfinite(values) & np.isfinite(turned).all(axis=(1, 2))
    curvatures = np.linalg.eigvalsh(np.where(finite[:, None, None], turned, 0.0))
    return values, np.where(finite[:, None], curvatures, np.nan)


def is_negative(smallest: np.ndarray, largest: np.ndarray) -> np.ndarray:
    """Whether the smaller curvature is negative beyond rounding: λmin < −10⁻⁶ |λmax|."""
    return smallest < -NEGLIGIBLE * np.abs(largest)


def count_minima(values: np.ndarray) -> int:
    """The local minima of a map: inner points that are below all of their eight neighbours.

    Points of equal value that touch, also at a corner, are one plateau: it counts once if all around it
    is higher and it does not reach the border. Beside a NaN nothing is known, so there is no minimum.

    Args:
        values: The map, shape (ny, nx).

    Returns:
        How many there are.

    Example:
        >>> import numpy as np
        >>> from landscape.roughness import count_minima
        >>> count_minima(np.array([[9, 9, 9, 9], [9, 1, 1, 9], [9, 9, 9, 9]]))
        1
    """
    values = np.asarray(values, dtype=float)
    if min(values.shape) < 3:
        return 0
    around = np.lib.stride_tricks.sliding_window_view(values, (3, 3))
    inside = values[1:-1, 1:-1]
    # Also a point of a plateau is not above any neighbour; a comparison with NaN is false.
    low = np.zeros(values.shape, dtype=bool)
    low[1:-1, 1:-1] = (inside[..., None, None] <= around).all(axis=(-2, -1)) & np.isfinite(inside)
    left = {(int(i), int(j)) for i, j in np.argwhere(low)}
    count = 0
    while left:
        waiting = [left.pop()]
        plateau = set(waiting)
        while waiting:
            i, j = place = waiting.pop()
            rows = range(max(i - 1, 0), min(i + 2, len(values)))
            columns = range(max(j - 1, 0), min(j + 2, len(values[0])))
            same = {(k, m) for k in rows for m in columns if values[k, m] == values[place]} - plateau
            plateau |= same
            waiting += same
        left -= plateau
        count += all(low[place] for place in plateau)
    return count


def _ratios(smallest: np.ndarray, largest: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(is_negative(smallest, largest), np.abs(smallest / largest), 0.0)
    return np.where(np.isfinite(smallest), ratios, np.nan)


def _variation(values: np.ndarray) -> float:
    lines = [line for line in (*values, *values.T) if np.isfinite(line).all()]
    total = sum(float(np.abs(np.diff(line)).sum()) for line in lines)
    span = sum(float(np.ptp(line)) for line in lines)
    return total / span if span > 0 else float("nan")


@jax.jit
def _expand(loss: Partial, plane: Plane, points: jax.Array) -> tuple[jax.Array, jax.Array]:
    """The loss on the plane and its 2 × 2 Hessian in (a, b) at each point."""

    def on_plane(point: jax.Array) -> jax.Array:
        return loss(plane.at(point[0], point[1]))

    def gradient_with_value(point: jax.Array) -> tuple[jax.Array, jax.Array]:
        value, gradient = jax.value_and_grad(on_plane)(point)
        return gradient, value

    def at(point: jax.Array) -> tuple[jax.Array, jax.Array]:
        hessian, value = jax.jacfwd(gradient_with_value, has_aux=True)(point)
        return value, hessian

    return lax.map(at, points)
