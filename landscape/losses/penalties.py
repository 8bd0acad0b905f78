"""Penalties: what large weights cost, whatever the data say."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from landscape.losses.loss import absolute


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Penalty:
    r"""The elastic net: \lambda (\rho ||w||_1 + (1 - \rho) ||w||_2^2).

    A pytree whose leaves are both numbers: a program traces them, so that no change of
    them compiles anything. Make one by `l1`, `l2` or `elastic_net`, which check the values.

    Args:
        strength: \lambda, at least 0.
        l1_ratio: \rho, the share of the absolute values, from 0 to 1.
    """

    strength: float
    l1_ratio: float

    def __call__(self, weights: Any, width: Any = None) -> jax.Array:
        """What the weights cost: a scalar. Every leaf of the pytree counts.

        Given a width, the corners are rounded over it: |w| becomes sqrt(w^2 + width^2).
        """
        leaves = [jnp.asarray(leaf) for leaf in jax.tree.leaves(weights)]
        sizes = [absolute(leaf) if width is None else jnp.sqrt(leaf**2 + width**2) for leaf in leaves]
        # Beginning at a zero of no type of its own, so that what float32 weights cost is float32.
        linear = sum((jnp.sum(size) for size in sizes), start=jnp.asarray(0.0))
        squared = sum((jnp.sum(leaf**2) for leaf in leaves), start=jnp.asarray(0.0))
        return self.strength * (self.l1_ratio * linear + (1.0 - self.l1_ratio) * squared)


def l1(strength: float) -> Penalty:
    r"""The lasso penalty \lambda ||w||_1 = \lambda \sum_j |w_j|, not on biases.

    Args:
        strength: \lambda, a finite number, at least 0.

    Returns:
        A penalty for `empirical_risk`, or to be called with weights.

    Raises:
        ValueError: The strength is negative or not finite.

    Example:
        >>> import landscape
        >>> float(landscape.l1(0.5)([3.0, -4.0]))
        3.5

    Reference:
        Tibshirani (1996), Regression shrinkage and selection via the lasso,
        doi:10.1111/j.2517-6161.1996.tb02080.x
    """
    return elastic_net(strength, 1.0)


def l2(strength: float) -> Penalty:
    r"""The ridge penalty \lambda ||w||_2^2 = \lambda \sum_j w_j^2, not on biases.

    Args:
        strength: \lambda, a finite number, at least 0.

    Returns:
        A penalty for `empirical_risk`, or to be called with weights.

    Raises:
        ValueError: The strength is negative or not finite.

    Example:
        >>> import landscape
        >>> float(landscape.l2(0.5)([3.0, -4.0]))
        12.5

    Reference:
        Hoerl, Kennard (1970), Ridge regression: biased estimation for nonorthogonal
        problems, doi:10.1080/00401706.1970.10488634
    """
    return elastic_net(strength, 0.0)


def elastic_net(strength: float, l1_ratio: float = 0.5) -> Penalty:
    r"""Both penalties: \lambda (\rho ||w||_1 + (1 - \rho) ||w||_2^2), not on biases.

    Args:
        strength: \lambda, a finite number, at least 0.
        l1_ratio: \rho, from 0 (ridge) to 1 (lasso).

    Returns:
        A penalty for `empirical_risk`, or to be called with weights.

    Raises:
        ValueError: The strength is negative or not finite, or the ratio not from 0 to 1.

    Example:
        >>> import landscape
        >>> float(landscape.elastic_net(0.5, l1_ratio=0.5)([3.0, -4.0]))
        8.0

    Reference:
        Zou, Hastie (2005), Regularization and variable selection via the elastic net, eq. 3,
        doi:10.1111/j.1467-9868.2005.00503.x (there with two strengths, \lambda \rho and
        \lambda (1 - \rho))
    """
    if not 0.0 <= strength < float("inf"):
        raise ValueError(f"`strength` must be a finite number, at least 0, got {strength}")
    if not 0.0 <= l1_ratio <= 1.0:
        raise ValueError(f"`l1_ratio` must be from 0 to 1, got {l1_ratio}")
    return Penalty(float(strength), float(l1_ratio))


def penalized_weights(params: Any, exempt: Collection[str] = ("bias",)) -> list[Any]:
    """The leaves of a parameter pytree that a penalty counts.

    Args:
        params: Any pytree of arrays.
        exempt: Names (of dictionary keys or fields) whose leaves do not count.

    Returns:
        The other leaves, in the pytree's order.

    Example:
        >>> from landscape.losses import penalized_weights
        >>> penalized_weights({"weights": 2.0, "bias": 5.0})
        [2.0]
    """
    leaves, _ = jax.tree_util.tree_flatten_with_path(params)
    return [leaf for path, leaf in leaves if not path or _name(path[-1]) not in exempt]


def _name(key: Any) -> str:
    return str(getattr(key, "key", getattr(key, "name", "")))
