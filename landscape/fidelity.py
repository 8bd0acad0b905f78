"""Fidelity: how far a two-dimensional slice of a many-dimensional landscape can be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.tree_util import Partial

from landscape.curvature import eigenpairs
from landscape.objectives import Objective, Params, as_program, check_batch
from landscape.parts import Progress
from landscape.paths import Path
from landscape.planes import Normalization, Plane, project
from landscape.planes.nearest import basis_of
from landscape.planes.vectors import host, like, vector
from landscape.roughness import principal_curvatures
from landscape.surfaces import Surface

BATCH_SIZE = 16
"""Iterates that one call of the compiled program looks at, one after the other."""


@dataclass(frozen=True, eq=False)
class Fidelity:
    """What a plane shows of a path, beside what is true; T + 1 iterates θ, and p their projections.

    Attributes:
        coordinates: Coordinates of p, shape (T + 1, 2).
        losses: L(θ), the true losses, shape (T + 1,).
        plane_losses: L(p), the heights of the surface there, shape (T + 1,).
        distances: ‖θ − p‖, how far off the plane, shape (T + 1,).
        relative_distances: ‖θ − p‖ / ‖θ − origin‖, from 0 to 1, shape (T + 1,); 0 at the origin itself.
        gradient_shares: ‖Pg‖² / ‖g‖² of the gradient g = ∇L(θ) of all data, P the orthogonal projection
            onto the plane's directions, from 0 to 1, shape (T + 1,); NaN where the gradient is 0 or not
            finite. Random directions of n numbers hold about 2/n of it.
        explained_variance: Share of the path's variance about its mean that lies in the plane.
        num_nonfinite: Iterates with a loss, at them or at their projections, that is not finite.
    """

    coordinates: np.ndarray
    losses: np.ndarray
    plane_losses: np.ndarray
    distances: np.ndarray
    relative_distances: np.ndarray
    gradient_shares: np.ndarray
    explained_variance: float
    num_nonfinite: int


@dataclass(frozen=True, eq=False)
class PlaneCurvature:
    """Curvatures at a plane's origin: λmin ≤ μmin ≤ μmax ≤ λmax.

    Attributes:
        smallest_in_plane: μmin, the smaller eigenvalue of the Hessian restricted to the plane, QᵀHQ.
        largest_in_plane: μmax.
        smallest: λmin of the Hessian H of all parameters.
        largest: λmax.
        residuals: ‖Hv − λv‖ / |λ|max of λmin and of λmax.
        converged: Whether λmin and λmax have.
        num_products: How many products of H and a vector they took.
    """

    smallest_in_plane: float
    largest_in_plane: float
    smallest: float
    largest: float
    residuals: tuple[float, float]
    converged: bool
    num_products: int


@dataclass(frozen=True, eq=False)
class Cosines:
    """Cosines between random directions.

    Attributes:
        values: cos of the angle of each pair of the 2k directions, the u and v of every seed, shape
            (k (2k − 1),).
        expected: 1/√n for n numbers: the standard deviation for directions that are not normalized.
    """

    values: np.ndarray
    expected: float

    @property
    def size(self) -> float:
        """The root of the mean square of the cosines."""
        return float(np.sqrt(np.mean(self.values**2)))


@dataclass(frozen=True, eq=False)
class Spread:
    """The heights of several slices, point by point.

    Attributes:
        x: The common grid, shape (nx,).
        y: Likewise, shape (ny,).
        mean: Mean over the slices, shape (ny, nx); not finite where one of them is not.
        deviation: Standard deviation over the k slices (of k − 1), shape (ny, nx).
    """

    x: np.ndarray
    y: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray


def fidelity(objective: Objective, plane: Plane, path: Path, *, progress: Progress | None = None) -> Fidelity:
    r"""What a plane shows of a path against what is true: losses, distances, gradients, variance.

    Each iterate \theta is projected to the nearest point p of the plane; the loss is computed at both,
    and the gradient of all data at \theta, a few at a time.

    Args:
        objective: The objective that is drawn.
        plane: The slice.
        path: The path, or a training's checkpoints; its parameters are like the plane's.
        progress: Called with the share done, from 0 to 1; what it raises stops the computation.

    Returns:
        The `Fidelity`.

    Raises:
        ValueError: u and v are parallel, or path and plane do not fit the objective.

    Example:
        >>> import jax.numpy as jnp
        >>> import landscape
        >>> from landscape import OPTIMIZERS, Objective, Plane
        >>> from landscape.fidelity import fidelity
        >>> bowl = Objective(lambda w: jnp.sum(w**2) / 2, start=jnp.array([3.0, 4.0, 12.0]))
        >>> path = landscape.descend(bowl, OPTIMIZERS["gd"].build(learning_rate=0.5), num_steps=1)
        >>> found = fidelity(bowl, Plane.coordinates(jnp.zeros(3), 0, 1), path)
        >>> found.losses.tolist(), found.plane_losses.tolist(), found.distances.tolist()
        ([84.5, 21.125], [12.5, 3.125], [12.0, 6.0])
        >>> found.gradient_shares.round(4).tolist()  # 25/169
        [0.1479, 0.1479]

    Reference:
        Li, Xu, Taylor, Studer, Goldstein (2018), Visualizing the loss landscape of neural nets,
        section 7, arXiv:1712.09913
    """
    seen = project(path, plane)
    basis, _ = basis_of([plane.u, plane.v], "`plane.u` and `plane.v`")
    points = jax.tree.map(np.asarray, check_batch(objective, path.params, "path"))
    directions = tuple(like(host(plane.origin), column, float) for column in basis.T)
    loss, count = as_program(objective.loss), len(seen.coordinates)
    rows = np.empty((count, 4))
    for first in range(0, count, BATCH_SIZE):
        some = np.minimum(np.arange(first, first + BATCH_SIZE), count - 1)
        part = jax.tree.map(lambda leaf, some=some: leaf[some], points)
        found = np.asarray(_look(loss, plane, directions, part, seen.coordinates[some]))
        rows[some] = found
        if progress is not None:
            progress(min(1.0, (first + BATCH_SIZE) / count))
    losses, plane_losses, inside, whole = rows.T
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        # ‖θ − origin‖² = ‖θ − p‖² + ‖p − origin‖², and the plane's own lengths are those of R c
        triangle = basis.T @ np.stack([vector(plane.u), vector(plane.v)], axis=1)
        away = np.hypot(seen.distances, np.linalg.norm(seen.coordinates @ triangle.T, axis=1))
        relative = np.where(seen.distances == 0, 0.0, seen.distances / away)
        shares = inside / whole
    nonfinite = int(np.count_nonzero(~(np.isfinite(losses) & np.isfinite(plane_losses))))
    return Fidelity(
        seen.coordinates, losses, plane_losses, seen.distances, relative, shares,
        seen.explained_variance, nonfinite,
    )  # fmt: skip


def plane_curvature(
    objective: Objective, plane: Plane, *, seed: int = 0, tolerance: float = 1e-4
) -> PlaneCurvature:
    r"""The curvatures of a slice at its origin beside the extreme ones of the whole Hessian there.

    For an orthonormal basis Q of the plane the eigenvalues of Q^\top H Q lie between the smallest and the
    largest of H (Cauchy's interlacing theorem): a slice never looks sharper, or bends further down, than
    the loss does in some direction.

    Args:
        objective: The objective.
        plane: The slice; its origin fits the objective.
        seed: Of Lanczos's method.
        tolerance: Of its residuals.

    Returns:
        The `PlaneCurvature`.

    Raises:
        ValueError: u and v are parallel, or the origin does not fit the objective.

    Example:
        >>> from landscape import FUNCTIONS, Plane
        >>> from landscape.fidelity import plane_curvature
        >>> ravine = FUNCTIONS["ravine"]
        >>> found = plane_curvature(ravine, Plane.coordinates(ravine.start, 0, 1))
        >>> round(found.smallest_in_plane, 9), round(found.largest, 9)
        (1.0, 25.0)

    Reference:
        Horn, Johnson (2013), Matrix analysis, 2nd edition, corollary 4.3.16
    """
    full = eigenpairs(objective, plane.origin, 1, 1, seed=seed, tolerance=tolerance)
    _, inside = principal_curvatures(objective, plane, np.zeros((1, 2)))
    (largest, smallest), (above, below) = full.values.tolist(), full.residuals.tolist()
    low, high = inside[0].tolist()
    return PlaneCurvature(low, high, smallest, largest, (below, above), full.converged, full.num_products)


def cosines(
    params: Params,
    seeds: Sequence[int] = range(8),
    normalize: Normalization = "filter",
    *,
    ignore: Literal["bias"] | None = None,
    filter_axis: int = -1,
) -> Cosines:
    r"""How nearly orthogonal random directions are: the cosines between those of several seeds.

    Between directions of n independent normal numbers the cosine has mean 0 and standard deviation
    1/\sqrt{n}; normalization makes it somewhat larger, since some numbers then count for more.

    Args:
        params: The point that the directions leave from.
        seeds: Each gives two directions, those of `Plane.random`.
        normalize: As for `Plane.random`.
        ignore: Likewise.
        filter_axis: Likewise.

    Returns:
        The `Cosines`.

    Raises:
        ValueError: There is no seed, or a word or an axis is unknown.

    Example:
        >>> import jax.numpy as jnp
        >>> from landscape.fidelity import cosines
        >>> found = cosines(jnp.ones((100, 100)), seeds=range(4), normalize="none")
        >>> found.expected, found.values.shape, bool(abs(found.size - 0.01) < 0.003)
        (0.01, (28,), True)

    Reference:
        Vershynin (2018), High-dimensional probability, remark 3.2.5
    """
    if len(seeds) == 0:
        raise ValueError("`seeds` must be at least 1 seed, got none")
    planes = (Plane.random(params, seed, normalize, ignore=ignore, filter_axis=filter_axis) for seed in seeds)
    rows = np.stack([vector(direction) for plane in planes for direction in (plane.u, plane.v)])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    pairs = np.triu_indices(len(rows), 1)
    return Cosines((rows @ rows.T)[pairs], rows.shape[1] ** -0.5)


def spread(surfaces: Sequence[Surface]) -> Spread:
    """How much slices through the same point differ: mean and standard deviation of their heights.

    Args:
        surfaces: At least two on the same grid, such as those of `Plane.random` with other seeds.

    Returns:
        The `Spread`.

    Raises:
        ValueError: There are fewer than two, or their grids differ.

    Example:
        >>> from landscape import FUNCTIONS, evaluate
        >>> from landscape.fidelity import spread
        >>> window = ((0, 1), (0, 1))
        >>> two = [evaluate(FUNCTIONS[name], resolution=2, extent=window) for name in ("bowl", "ravine")]
        >>> spread(two).mean.tolist()
        [[0.0, 0.75], [6.75, 7.5]]
    """
    if len(surfaces) < 2:
        raise ValueError(f"`surfaces` must be at least 2, got {len(surfaces)}")
    x, y = surfaces[0].x, surfaces[0].y
    for each in surfaces:
        if not (np.array_equal(each.x, x) and np.array_equal(each.y, y)):
            raise ValueError("`surfaces` must have one grid, got other x or y")
    heights = np.stack([np.asarray(each.values, dtype=float) for each in surfaces])
    with np.errstate(invalid="ignore", over="ignore"):
        return Spread(x, y, heights.mean(axis=0), heights.std(axis=0, ddof=1))


@jax.jit
def _look(
    loss: Partial, plane: Plane, directions: tuple[Params, Params], points: Params, coordinates: jax.Array
) -> jax.Array:
    """At each point: the loss, the loss at its projection, ‖Pg‖² and ‖g‖²; shape (k, 4)."""

    def product(first: Params, second: Params) -> jax.Array:
        # Squares of small or large float32 numbers leave the range of float32.
        pairs = zip(*map(jax.tree.leaves, (first, second)), strict=True)
        return sum((jnp.vdot(one.astype(float), other.astype(float)) for one, other in pairs), jnp.zeros(()))

    def at(row: tuple[Params, jax.Array]) -> jax.Array:
        point, (a, b) = row
        value, gradient = jax.value_and_grad(loss)(point)
        inside = sum(product(direction, gradient) ** 2 for direction in directions)
        return jnp.stack([value, loss(plane.at(a, b)), inside, product(gradient, gradient)])

    return lax.map(at, (points, coordinates))
