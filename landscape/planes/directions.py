"""Directions: random ones in a parameter space, and lengths that suit the parameters they leave from."""

from typing import Literal, get_args

import jax
import numpy as np

from landscape.objectives import Params

Normalization = Literal["filter", "layer", "weight", "none"]
"""What gives a direction its length: each filter's norm, each leaf's, each number's size, or nothing."""


def check_normalization(params: Params, normalize: str, ignore: str | None, filter_axis: int) -> None:
    """Refuse words and axes that there are not.

    Raises:
        ValueError: The normalization or what to ignore is unknown, an axis is missing, or all leaves
            are ignored.
    """
    if normalize not in get_args(Normalization):
        known = ", ".join(get_args(Normalization))
        raise ValueError(f"`normalize` must be one of {known}, got {normalize!r}")
    if ignore not in (None, "bias"):
        raise ValueError(f"`ignore` must be 'bias' or None, got {ignore!r}")
    axes = [leaf.ndim for leaf in jax.tree.leaves(params)]
    if ignore == "bias" and max(axes, default=0) < 2:
        raise ValueError("`ignore` must leave something, got 'bias' for parameters with no leaf of two axes")
    short = [ndim for ndim in axes if ndim >= 2 and not -ndim <= filter_axis < ndim]
    if short and normalize == "filter":
        raise ValueError(
            f"`filter_axis` must be an axis of every leaf, got {filter_axis} for {short[0]} axes"
        )


def random_direction(params: Params, rng: np.random.Generator) -> Params:
    """A direction of independent standard normal numbers, in double precision."""
    return jax.tree.map(lambda leaf: rng.standard_normal(leaf.shape), params)


def normalized(
    direction: Params,
    params: Params,
    normalize: Normalization = "filter",
    ignore: Literal["bias"] | None = None,
    filter_axis: int = -1,
) -> Params:
    """The direction with lengths that suit the parameters, in their types.

    Args:
        direction: Shaped like the parameters.
        params: NumPy arrays.
        normalize: "filter", "layer", "weight" or "none".
        ignore: "bias" makes the direction 0 in leaves of fewer than two axes.
        filter_axis: The axis that counts the filters.
    """

    def one(numbers: np.ndarray, leaf: np.ndarray) -> np.ndarray:
        numbers, weights = np.asarray(numbers, dtype=float), np.asarray(leaf, dtype=float)
        if ignore == "bias" and leaf.ndim < 2:
            numbers = np.zeros_like(numbers)
        elif normalize == "weight":
            numbers = numbers * weights
        elif normalize != "none":
            whole = normalize == "layer" or leaf.ndim < 2
            axes = tuple(axis for axis in range(leaf.ndim) if whole or axis != filter_axis % leaf.ndim)
            lengths = _norm(numbers, axes)
            numbers = numbers * np.divide(
                _norm(weights, axes), lengths, out=np.zeros_like(lengths), where=lengths > 0
            )
        return numbers.astype(leaf.dtype)

    return jax.tree.map(one, direction, params)


def _norm(numbers: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    return np.sqrt(np.sum(numbers**2, axis=axes, keepdims=True))
