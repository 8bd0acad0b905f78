"""Objectives: a scalar loss of a parameter pytree and all that is known of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jax.tree_util import Partial

Params = Any
"""A pytree of arrays: the point at which a loss is evaluated."""

Domain = tuple[tuple[float, float], tuple[float, float]]
"""((xmin, xmax), (ymin, ymax)) of a two-parameter objective."""

ResidualScale = Literal["half", "mean", "sum"]
"""How a loss is made of its residuals r: ½ Σ r², (1/n) Σ r² or Σ r²."""


@dataclass(frozen=True, eq=False)
class Objective:
    """A scalar loss of a parameter pytree, with all that is known of it.

    The loss is any JAX-differentiable function. Numbers that a reader moves (a penalty's
    strength, the data) travel as leaves of a `jax.tree_util.Partial`, so that a compiled
    program serves all of their values; a plain function works too and is compiled once.

    Args:
        loss: params -> scalar.
        start: Where an optimizer starts when nothing else is said; any pytree of arrays.
        name: Lower-case hyphenated name, the text of a link.
        title: What a reader sees.
        formula: LaTeX of the loss, without dollar signs.
        domain: ((xmin, xmax), (ymin, ymax)) worth looking at, for two parameters; or None.
        minimizers: Every known global minimizer, shape (k, 2); or None.
        minimum: The loss at the minimizers; or None.
        residuals: params -> residuals of shape (n,), for least-squares losses; or None.
        residual_scale: How the loss is made of the residuals r: "half" (½ Σ r²),
            "mean" ((1/n) Σ r²) or "sum" (Σ r²).
        known_point: A point away from the minimizers whose loss is published; or None.
        known_value: The published loss at `known_point`.
        reference: Where the definition comes from.

    Raises:
        ValueError: The domain is empty, reversed or not finite.

    Example:
        >>> import jax.numpy as jnp
        >>> from landscape import Objective
        >>> own = Objective(loss=lambda w: jnp.sum(w["a"] ** 2), start={"a": jnp.ones(3)})
        >>> float(own.loss(own.start))
        3.0
    """

    loss: Callable[[Params], jax.Array]
    start: Params
    name: str = "objective"
    title: str = ""
    formula: str = ""
    domain: Domain | None = None
    minimizers: np.ndarray | None = None
    minimum: float | None = None
    residuals: Callable[[Params], jax.Array] | None = None
    residual_scale: ResidualScale = "half"
    known_point: tuple[float, float] | None = None
    known_value: float | None = None
    reference: str = ""

    def __post_init__(self) -> None:
        if self.domain is not None:
            check_domain(self.domain)

    @property
    def num_parameters(self) -> int:
        """How many numbers the parameters hold."""
        return sum(int(np.size(leaf)) for leaf in jax.tree.leaves(self.start))

    def replace(self, **changes: Any) -> "Objective":
        """The same objective with some fields changed."""
        return replace(self, **changes)


def check_domain(domain: Domain) -> None:
    """Refuse an empty, reversed or non-finite domain.

    Raises:
        ValueError: Naming the axis and its limits.
    """
    for axis, (low, high) in zip("xy", domain, strict=True):
        if not (np.isfinite(low) and np.isfinite(high) and low < high):
            raise ValueError(
                f"the domain of {axis} must run from a finite number to a larger one, got {low} to {high}"
            )


def as_program(function: Callable[..., jax.Array]) -> Partial:
    """The function as a pytree, so that it can be an argument of a compiled program.

    The leaves of a `Partial` are traced; a plain function is static, known by its identity.
    """
    return function if isinstance(function, Partial) else Partial(function)


def check_params(objective: Objective, params: Params) -> Params:
    """The parameters as floating-point arrays, of the objective's own structure and shapes.

    Raises:
        ValueError: The structure or a shape differs from `objective.start`.
    """
    wanted, given = jax.tree.structure(objective.start), jax.tree.structure(params)
    if wanted.num_leaves == 1 and given != wanted:  # a list of numbers where an array is meant
        params = jax.tree.unflatten(wanted, [np.asarray(params, dtype=float)])
    elif given != wanted:
        raise ValueError(f"the parameters must have the structure {wanted}, got {given}")

    def as_array(reference: Any, value: Any) -> jax.Array:
        array = jnp.asarray(value)
        if not jnp.issubdtype(array.dtype, jnp.floating):
            array = array.astype(float)
        if array.shape != np.shape(reference):
            raise ValueError(f"a parameter must have the shape {np.shape(reference)}, got {array.shape}")
        return array

    return jax.tree.map(as_array, objective.start, params)


def flatten(params: Params) -> jax.Array:
    """All numbers of a pytree in one vector."""
    return ravel_pytree(params)[0]
