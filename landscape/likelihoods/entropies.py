"""Entropies: how surprised one is by what happens, with the right probabilities and with wrong ones."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import xlogy
from numpy.typing import ArrayLike

from landscape.losses import LOSSES


@dataclass(frozen=True)
class Decomposition:
    """The parts of a cross-entropy, in nats: cross_entropy = entropy + divergence.

    Args:
        cross_entropy: H(p, q), from `LOSSES["categorical-cross-entropy"]`.
        entropy: H(p), what no q can be below.
        divergence: KL(p‖q), from `LOSSES["kl-divergence"]`.
    """

    cross_entropy: float
    entropy: float
    divergence: float


def cross_entropy_terms(target: ArrayLike, prediction: ArrayLike) -> np.ndarray:
    """The terms -t_k log y_k of a cross-entropy.

    A term with t = 0 is 0, whatever y; one with t > 0 and y = 0 is infinite.

    Args:
        target: Probabilities t (k,).
        prediction: Probabilities y (k,).

    Returns:
        The terms (k,), in nats, none negative.

    Example:
        >>> cross_entropy_terms([1.0, 0.0], [0.25, 0.75]).round(4).tolist()
        [1.3863, 0.0]
        >>> cross_entropy_terms([1.0, 0.0], [0.0, 1.0]).tolist()
        [inf, 0.0]
    """
    return np.asarray(_terms(np.asarray(target, float), np.asarray(prediction, float)))


def entropy(probabilities: ArrayLike) -> float:
    """The entropy H(p) = -sum_k p_k log p_k, with 0 log 0 = 0.

    Args:
        probabilities: p (k,).

    Returns:
        From 0, where one thing is certain, to log k, where all are alike; in nats.

    Example:
        >>> round(entropy([0.5, 0.5]), 4), entropy([0.0, 1.0])
        (0.6931, 0.0)

    Reference:
        Shannon (1948), A mathematical theory of communication, section 6,
        doi:10.1002/j.1538-7305.1948.tb01338.x
    """
    return float(cross_entropy_terms(probabilities, probabilities).sum())


def decompose(p: ArrayLike, q: ArrayLike) -> Decomposition:
    """A cross-entropy and its two parts, each computed for itself: H(p, q) = H(p) + KL(p‖q).

    Args:
        p: Probabilities of what happens (k,).
        q: Probabilities that a model gives (k,).

    Returns:
        A `Decomposition`; infinite where q rules out what p does not.

    Raises:
        ValueError: One is not made of probabilities that sum to 1, or the shapes differ.

    Example:
        >>> parts = decompose([0.5, 0.5], [0.25, 0.75])
        >>> round(parts.entropy, 4), round(parts.divergence, 4), round(parts.cross_entropy, 4)
        (0.6931, 0.1438, 0.837)

    Reference:
        Kullback, Leibler (1951), On information and sufficiency, doi:10.1214/aoms/1177729694
    """
    # First of all, since it calls p and q by these names where it refuses them.
    divergence = float(LOSSES["kl-divergence"](p, q))
    return Decomposition(float(LOSSES["categorical-cross-entropy"](q, p)), entropy(p), divergence)


def softmax(logits: ArrayLike) -> np.ndarray:
    """The probabilities e^z_k / sum_j e^z_j.

    Args:
        logits: z (k,).

    Returns:
        Probabilities (k,).

    Example:
        >>> softmax([0.0, 0.0]).tolist()
        [0.5, 0.5]
    """
    return np.asarray(jax.nn.softmax(jnp.asarray(np.asarray(logits, float))))


def to_logits(probabilities: ArrayLike) -> np.ndarray:
    """Logits whose softmax gives these probabilities: log p, minus infinity where p is 0.

    Args:
        probabilities: p (k,).

    Returns:
        Logits (k,); any number added to all of them gives the same probabilities.

    Example:
        >>> to_logits([1.0, 0.0]).tolist()
        [0.0, -inf]
    """
    return np.asarray(jnp.log(np.asarray(probabilities, float)))


def logit_gradient(target: ArrayLike, logits: ArrayLike) -> np.ndarray:
    """The gradient of a cross-entropy with respect to the logits, by automatic differentiation.

    Of sum_k t_k LOSSES["cross-entropy"](z, k); by hand it is softmax(z) - t.

    Args:
        target: Probabilities t (k,).
        logits: z (k,); minus infinity for a probability 0, where the gradient is that of the limit.

    Returns:
        The gradient (k,).

    Example:
        >>> logit_gradient([1.0, 0.0], [0.0, 0.0]).tolist()
        [-0.5, 0.5]
    """
    return np.asarray(_logit_gradient(np.asarray(target, float), np.asarray(logits, float)))


@jax.jit
def _terms(target: jax.Array, prediction: jax.Array) -> jax.Array:
    return 0.0 - xlogy(target, prediction)  # and not -0 where a term is 0


@jax.jit
def _logit_gradient(target: jax.Array, logits: jax.Array) -> jax.Array:
    each = LOSSES["cross-entropy"].function

    def cost(logits: jax.Array) -> jax.Array:
        classes = jnp.arange(logits.size)
        return jnp.dot(target, jax.vmap(each, in_axes=(None, 0))(logits, classes))

    return jax.grad(cost)(logits)
