"""Restriction: an objective on a plane is an objective of the plane's two coordinates."""

from typing import Any

import jax
import numpy as np
from jax.tree_util import Partial

from landscape.objectives import Domain, Objective, as_program
from landscape.planes.plane import Plane


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


def _on_plane(function: Partial, plane: Plane, point: jax.Array, *rest: jax.Array) -> jax.Array:
    return function(plane.at(point[0], point[1]), *rest)
