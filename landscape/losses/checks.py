"""Checks: what the values that a loss is given must be; each names argument, rule and value."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import numpy as np

from landscape.losses.loss import Check

ROUNDING = 1e-6
"""How far from 1 the sum of probabilities may be: more than rounding, less than a slip."""


def each(name: str, words: str, holds: Callable[[np.ndarray], np.ndarray]) -> Check:
    """A check that every number of an argument passes a test; NaN is left alone, as a result.

    Example:
        >>> check = each("target", "must be a count, 0, 1, 2, …", lambda x: (x >= 0) & (x == np.floor(x)))
        >>> check({"target": np.array([1.0, -2.0])})
        Traceback (most recent call last):
        ValueError: `target` must be a count, 0, 1, 2, …, got -2
    """

    def check(arrays: Mapping[str, np.ndarray]) -> None:
        if name not in arrays:
            return
        array = arrays[name]
        bad = array[~holds(array) & ~np.isnan(array)]
        if bad.size:
            raise ValueError(f"`{name}` {words}, got {bad.ravel()[0]:g}")

    return check


def zero_or_one(name: str) -> Check:
    """A check for what is either so or not."""
    return each(name, "must be 0 or 1", lambda x: (x == 0) | (x == 1))


def share(name: str) -> Check:
    """A check for probabilities, each by itself."""
    return each(name, "must be from 0 to 1", lambda x: (x >= 0) & (x <= 1))


def at_least_zero(name: str) -> Check:
    """A check for numbers that cannot be negative."""
    return each(name, "must be at least 0", lambda x: x >= 0)


def count(name: str) -> Check:
    """A check for how many of something there were."""
    return each(name, "must be a count, 0, 1, 2, …", lambda x: (x >= 0) & (x == np.floor(x)))


def variances(arrays: Mapping[str, np.ndarray]) -> None:
    """The check that the second numbers of a prediction, beside the means, can be variances."""
    if "prediction" in arrays:
        second = {"prediction": arrays["prediction"][..., 1]}
        each("prediction", "must hold variances, at least 0", lambda x: x >= 0)(second)


def probabilities(name: str) -> Check:
    """A check for probabilities that sum to 1 over the last axis."""

    def check(arrays: Mapping[str, np.ndarray]) -> None:
        if name not in arrays:
            return
        share(name)(arrays)
        sums = np.atleast_1d(arrays[name].sum(axis=-1))
        bad = sums[np.abs(sums - 1.0) > ROUNDING]
        if bad.size:
            raise ValueError(f"`{name}` must be probabilities that sum to 1, got the sum {bad.ravel()[0]:g}")

    return check


def labels(arrays: Mapping[str, np.ndarray]) -> None:
    """The check that targets are classes: of as many as there are predictions beside each, or of two."""
    if "target" in arrays and "prediction" in arrays:
        prediction, target = arrays["prediction"], arrays["target"]
        check_labels(target, 2 if prediction.ndim == target.ndim else prediction.shape[-1])


def check_labels(target: Any, num_classes: int) -> None:
    """Refuse labels that are not whole numbers from 0 to num_classes - 1.

    Raises:
        ValueError: With the first such label. Traced labels are not looked at.
    """
    if isinstance(target, jax.core.Tracer):
        return
    array = np.asarray(target)
    outside = ~((array >= 0) & (array < num_classes) & (array == np.floor(array)))
    if outside.any():
        value = array[outside].ravel()[0]
        raise ValueError(f"`target` must be class numbers 0 to {num_classes - 1}, got {value:g}")
