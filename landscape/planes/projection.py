"""Projection: a path seen from a plane."""

from dataclasses import dataclass

import jax
import numpy as np

from landscape.paths import Path
from landscape.planes.nearest import basis_of, nearest
from landscape.planes.plane import Plane
from landscape.planes.principal import chunks
from landscape.planes.vectors import check_like


@dataclass(frozen=True, eq=False)
class Projection:
    """A path seen from a plane.

    Attributes:
        coordinates: Coordinates of the nearest point of the plane, shape (T + 1, 2).
        distances: Euclidean distance from the plane, shape (T + 1,).
        explained_variance: Share of the path's variance about its mean that lies in the
            plane, from 0 to 1; NaN for a path that does not move.
    """

    coordinates: np.ndarray
    distances: np.ndarray
    explained_variance: float


def project(path: Path, plane: Plane) -> Projection:
    """Project a path orthogonally onto a plane.

    The coordinates c minimize ‖origin + [u v] c − θ‖ for each iterate θ; u and v need not be
    orthogonal or of length one.

    Args:
        path: The path, whose parameters have the plane's structure.
        plane: The plane.

    Returns:
        The `Projection`: coordinates, distances and the share of the variance that the plane holds.

    Raises:
        ValueError: u and v are parallel, or the path's parameters have another structure or other shapes.

    Example:
        >>> import landscape
        >>> from landscape import FUNCTIONS, OPTIMIZERS, Plane
        >>> bowl = FUNCTIONS["bowl"]
        >>> path = landscape.descend(bowl, OPTIMIZERS["gd"].build(learning_rate=0.1), num_steps=5)
        >>> seen = landscape.project(path, Plane.coordinates(bowl.start, 0, 1))
        >>> bool(abs(seen.coordinates - path.params).max() < 1e-12), bool(seen.distances.max() < 1e-12)
        (True, True)
    """
    check_like(jax.tree.map(lambda leaf: leaf[0], path.params), plane.origin, "path")
    basis, triangle = basis_of([plane.u, plane.v], "`plane.u` and `plane.v`")
    with np.errstate(invalid="ignore", over="ignore"):
        coordinates, distances = nearest(path.params, plane.origin, basis, triangle)
        total = sum(
            float(np.sum((chunk - chunk.mean(axis=0)) ** 2)) for chunk in chunks(jax.tree.leaves(path.params))
        )
        held = (coordinates - coordinates.mean(axis=0)) @ triangle.T
        share = float(np.sum(held**2) / total) if total > 0 else float("nan")
    return Projection(coordinates, distances, share)
