"""Vectors: pytrees of parameters as one vector of double precision in NumPy, and back.

What a plane is made of is computed here and not in JAX: it happens once for a picture, which should
not wait for compiled programs, and lengths are to be right to the last digit of float32 parameters.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from landscape.objectives import Params, floating


def host(params: Params) -> Params:
    """The parameters as NumPy arrays of a floating-point type: their own, or the default one.

    Raises:
        ValueError: A leaf is no number, such as the activation in a network that is an object.
    """

    def leaf_on_host(leaf: Any) -> np.ndarray:
        if isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f":
            return leaf
        try:
            return np.asarray(floating(leaf))
        except (TypeError, ValueError):
            raise ValueError(
                f"the leaves of parameters must be numbers, got {leaf!r} (of a model that is an object, "
                "such as Equinox's, take its arrays: `eqx.partition(model, eqx.is_inexact_array)`)"
            ) from None

    return jax.tree.map(leaf_on_host, params)


def shapes(params: Params) -> dict[str, tuple[int, ...]]:
    """The shape of each leaf, by the way that leads to it."""
    return {jax.tree_util.keystr(keys): np.shape(leaf) for keys, leaf in jax.tree.leaves_with_path(params)}


def check_like(params: Params, reference: Params, name: str) -> None:
    """Refuse parameters of another structure or of other shapes than the reference's.

    Raises:
        ValueError: Naming both.
    """
    given, wanted = shapes(params), shapes(reference)
    if given != wanted:
        raise ValueError(f"`{name}` must have the shapes {wanted}, got {given}")


def vector(params: Params) -> np.ndarray:
    """All numbers of a pytree in one vector of double precision."""
    return np.concatenate([np.asarray(leaf, dtype=float).ravel() for leaf in jax.tree.leaves(params)])


def like(params: Params, numbers: np.ndarray, dtype: Any = None) -> Params:
    """A vector's numbers in the structure of some parameters, and of their types unless one is given."""
    leaves, structure = jax.tree.flatten(params)
    parts = np.split(numbers, np.cumsum([np.size(leaf) for leaf in leaves])[:-1])
    return jax.tree.unflatten(
        structure,
        [
            part.reshape(np.shape(leaf)).astype(leaf.dtype if dtype is None else dtype)
            for part, leaf in zip(parts, leaves, strict=True)
        ],
    )


def rounding(params: Params) -> float:
    """The relative rounding of the coarsest type among the leaves."""
    return max(float(jnp.finfo(leaf.dtype).eps) for leaf in jax.tree.leaves(params))


def across(numbers: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """The part of a vector that is orthogonal to a direction."""
    along = direction / np.linalg.norm(direction)
    for _ in range(2):  # once more, for what the rounding of the first time has left
        numbers = numbers - (numbers @ along) * along
    return numbers
