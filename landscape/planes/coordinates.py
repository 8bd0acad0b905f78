"""Coordinates: single numbers of a pytree, and the directions that move only them."""

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from landscape.objectives import Params

Coordinate = int | tuple[Any, ...]
"""One number of a pytree: the keys and indices that lead to it, ("weights", 0), or an index of a vector."""


def unit(params: Params, coordinate: Coordinate) -> Params:
    """A pytree of zeros with a one at a coordinate.

    Raises:
        ValueError: The coordinate leads to no single number.
    """
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
