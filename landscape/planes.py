"""Planes: two-dimensional slices (a, b) ↦ origin + a·u + b·v of a parameter space."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.tree_util import Partial, register_dataclass

from landscape.objectives import Domain, Objective, Params, as_program, flatten, floating
from landscape.paths import Path

Coordinate = int | tuple[Any, ...]
"""One number of a pytree: the keys and indices that lead to it, ("weights", 0), or an index of a vector."""


@register_dataclass
@dataclass(frozen=True, eq=False)
class Plane:
    """A plane in parameter space: (a, b) ↦ origin + a·u + b·v.

    Attributes:
        origin: The point with coordinates (0, 0); any pytree of arrays.
        u: The direction of the first coordinate, shaped like the origin.
        v: The direction of the second coordinate, likewise.
    """

    origin: Params
    u: Params
    v: Params

    def at(self, a: Any, b: Any) -> Params:
        """The parameters with coordinates (a, b).

        Example:
            >>> import numpy as np
            >>> from landscape import Plane
            >>> plane = Plane(np.zeros(3), np.array([1.0, 0, 0]), np.array([0, 0, 2.0]))
            >>> plane.at(3.0, 0.5).tolist()
            [3.0, 0.0, 1.0]
        """

        def combine(origin: Any, u: Any, v: Any) -> jax.Array:
            # float64 coordinates do not widen float32 weights
            return jnp.asarray(origin + a * u + b * v, dtype=floating(origin).dtype)

        return jax.tree.map(combine, self.origin, self.u, self.v)

    @classmethod
    def coordinates(cls, params: Params, first: Coordinate, second: Coordinate) -> "Plane":
        """The plane of two of the parameters themselves, the others held where they are.

        The coordinates are the two parameters' own values: `at(a, b)` sets them to a and b.

        Args:
            params: The point that the plane goes through; any pytree of arrays.
            first: The keys and indices that lead to the number on the first axis, such as
                ("weights", 0); for a single vector an index is enough.
            second: Likewise for the second axis.

        Raises:
            ValueError: The two are the same number, or one of them leads to no single number.

        Example:
            >>> from landscape import Plane
            >>> params = {"weights": [1.0, 2.0], "bias": 5.0}
            >>> Plane.coordinates(params, ("weights", 1), ("bias",)).at(7.0, 8.0)["weights"]
            [Array(1., dtype=float64), Array(7., dtype=float64)]
        """
        # In NumPy: a picture of two numbers of a network should not wait for compiled programs.
        params = jax.tree.map(lambda leaf: np.asarray(floating(leaf)), params)
        u, v = _unit(params, first), _unit(params, second)
        if all(map(np.array_equal, jax.tree.leaves(u), jax.tree.leaves(v))):
            raise ValueError(f"`first` and `second` must be two different parameters, got {first!r} twice")
        origin = jax.tree.map(
            lambda leaf, du, dv: np.where(du + dv > 0, leaf.dtype.type(0), leaf), params, u, v
        )
        return cls(origin, u, v)


def restrict(objective: Objective, plane: Plane, domain: Domain | None = None, **changes: Any) -> Objective:
    """The objective on a plane: a loss of the two coordinates (a, b), an array of shape (2,).

    Args:
        objective: The objective over the whole parameter space.
        plane: The plane; its numbers are traced, so another plane is no new program.
        domain: What to look at, in the plane's coordinates.
        **changes: Further fields of the new objective (`start`, `title`, …).

    Returns:
        An `Objective` with two parameters; its residuals and its loss on some of the examples are
        those of the whole, on the plane.

    Example:
        >>> import jax.numpy as jnp
        >>> from landscape import Objective, Plane
        >>> from landscape.planes import restrict
        >>> whole = Objective(loss=lambda w: jnp.sum(w**2), start=jnp.ones(3))
        >>> part = restrict(whole, Plane.coordinates(whole.start, 0, 2))
        >>> float(part.loss(jnp.array([3.0, 4.0])))
        26.0
    """
    def part(function: Any) -> Partial | None:
        return None if function is None else Partial(_on_plane, as_program(function), plane)

    fields: dict[str, Any] = dict.fromkeys(("minimizers", "minimum", "known_point", "known_value")) | {
        "start": np.zeros(2)
    }
    return objective.replace(
        loss=Partial(_on_plane, as_program(objective.loss), plane),
        residuals=part(objective.residuals),
        on_examples=part(objective.on_examples),
        on_batch=part(objective.on_batch),
        measures={name: part(measure) for name, measure in objective.measures.items()},
        domain=domain,
        **(fields | changes),
    )


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
    given, wanted = _shapes(jax.tree.map(lambda leaf: leaf[0], path.params)), _shapes(plane.origin)
    if given != wanted:
        raise ValueError(f"`path` must have parameters like the plane's, {wanted}, got {given}")
    directions = np.stack([np.asarray(flatten(plane.u)), np.asarray(flatten(plane.v))], axis=1)
    if np.linalg.matrix_rank(directions) < 2:
        raise ValueError("`plane.u` and `plane.v` must not be parallel or zero")
    points = np.concatenate(
        [np.reshape(leaf, (path.num_steps + 1, -1)) for leaf in jax.tree.leaves(path.params)], axis=1
    )
    offsets = points - np.asarray(flatten(plane.origin))
    with np.errstate(invalid="ignore", over="ignore"):
        coordinates = offsets @ np.linalg.pinv(directions).T
        distances = np.linalg.norm(offsets - coordinates @ directions.T, axis=1)
        centred = points - points.mean(axis=0)
        basis, _ = np.linalg.qr(directions)
        total = np.sum(centred**2)
        share = float(np.sum((centred @ basis) ** 2) / total) if total > 0 else float("nan")
    return Projection(coordinates, distances, share)


def _on_plane(function: Partial, plane: Plane, point: jax.Array, *rest: jax.Array) -> jax.Array:
    return function(plane.at(point[0], point[1]), *rest)


def _shapes(params: Params) -> dict[str, tuple[int, ...]]:
    """The shape of each leaf, by the way that leads to it."""
    return {jax.tree_util.keystr(keys): np.shape(leaf) for keys, leaf in jax.tree.leaves_with_path(params)}


def _unit(params: Params, coordinate: Coordinate) -> Params:
    """A pytree of zeros with a one at a coordinate."""
    keys = coordinate if isinstance(coordinate, tuple) else (coordinate,)
    leaves, structure = jax.tree.flatten(params)
    ends = np.cumsum([leaf.size for leaf in leaves])
    numbered = [
        np.arange(end - leaf.size, end).reshape(leaf.shape) for leaf, end in zip(leaves, ends, strict=True)
    ]
    found = _follow(jax.tree.unflatten(structure, numbered), keys)
    if found is None or np.size(found) != 1:
        raise ValueError(f"a coordinate must lead to one number of the parameters, got {coordinate!r}")
    units = [(numbers == found).astype(leaf.dtype) for numbers, leaf in zip(numbered, leaves, strict=True)]
    return jax.tree.unflatten(structure, units)


def _follow(tree: Any, keys: Sequence[Any]) -> Any:
    for key in keys:
        try:
            tree = tree[key]
        except (KeyError, IndexError, TypeError):
            return None
    return tree
