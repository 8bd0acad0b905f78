"""Losses of distributions: divergences and distances."""

import jax
import jax.numpy as jnp
import numpy as np

from landscape.losses.checks import probabilities
from landscape.losses.loss import Argument, Loss, absolute


def kl_divergence(p: jax.Array, q: jax.Array) -> jax.Array:
    """The sum of p log(p / q) over the last axis: a term with p = 0 is 0, one with q = 0 < p infinite.

    At p = 0 the slope along p, which is minus infinity, is taken as 0.
    """
    # optax's form multiplies 0 by an infinite logarithm where both are 0.
    gone = p == 0
    logarithms = jnp.log(jnp.where(gone, 1.0, p)) - jnp.log(jnp.where(gone, 1.0, q))
    # 0 q and not 0: NaN stays a result.
    return jnp.sum(jnp.where(gone, 0.0 * q, p * logarithms), axis=-1)


def js_divergence(p: jax.Array, q: jax.Array) -> jax.Array:
    """The mean of the divergences of p and of q from their mixture m = (p + q) / 2; at most log 2."""
    mixture = 0.5 * (p + q)
    return 0.5 * (kl_divergence(p, mixture) + kl_divergence(q, mixture))


def wasserstein(first: jax.Array, second: jax.Array) -> jax.Array:
    """The mean distance |Q_1(u) - Q_2(u)| of the samples' quantiles, over all u from 0 to 1.

    Where quantiles coincide the slope is taken as 0.
    """
    n, m = first.size, second.size
    # Both quantile functions are steps. In units of 1 / (n m) the steps are whole numbers, so nothing
    # is rounded, whatever the sizes.
    ends = np.union1d(m * np.arange(1, n + 1), n * np.arange(1, m + 1))
    starts = np.concatenate([[0], ends[:-1]])
    apart = absolute(jnp.sort(first)[starts // m] - jnp.sort(second)[starts // n])
    return jnp.sum((ends - starts) * apart) / (n * m)


def wasserstein_critic(real: jax.Array, generated: jax.Array) -> jax.Array:
    """The mean score of what was generated minus the mean score of what is real."""
    return jnp.mean(generated) - jnp.mean(real)


VECTORS = (("... k", "... k"),)
"""Two vectors of k probabilities."""

PQ = (
    Argument("p", "the probabilities of what happens, or of the data"),
    Argument("q", "the probabilities that a model gives"),
)

DISTRIBUTIONS: tuple[Loss, ...] = (
    Loss(
        name="kl-divergence",
        title="Kullback–Leibler divergence",
        family="distributions",
        formula=r"\sum_k p_k \log \frac{p_k}{q_k}",
        function=kl_divergence,
        arguments=PQ,
        shapes=VECTORS,
        likelihood="categorical, less the entropy of p",
        use="One distribution is to imitate another and must leave out nothing that happens;"
        " infinite where it does.",
        reference="Kullback, Leibler (1951), On information and sufficiency, doi:10.1214/aoms/1177729694",
        checks=(probabilities("p"), probabilities("q")),
    ),
    Loss(
        name="js-divergence",
        title="Jensen–Shannon divergence",
        family="distributions",
        formula=r"\tfrac12 \sum_k p_k \log \frac{p_k}{m_k} + \tfrac12 \sum_k q_k \log \frac{q_k}{m_k},"
        r" \quad m = \tfrac12 (p + q)",
        function=js_divergence,
        arguments=PQ,
        shapes=VECTORS,
        use="Two distributions are compared with neither coming first; finite even where they have"
        " nothing in common, and flat there: log 2.",
        reference="Lin (1991), Divergence measures based on the Shannon entropy, sec. IV with equal weights,"
        " doi:10.1109/18.61115",
        checks=(probabilities("p"), probabilities("q")),
    ),
    Loss(
        name="wasserstein",
        title="Wasserstein distance",
        family="distributions",
        formula=r"W_1 = \int_0^1 \left| F_1^{-1}(u) - F_2^{-1}(u) \right| \mathrm{d}u",
        function=wasserstein,
        arguments=(
            Argument("first", "a sample of numbers"),
            Argument("second", "another sample, of the same or another size"),
        ),
        shapes=(("n", "m"),),
        use="How far two distributions lie apart matters, even where they have nothing in common:"
        " the distance that mass must be carried.",
        reference="Vallender (1974), Calculation of the Wasserstein distance between probability"
        " distributions on the line, doi:10.1137/1118101",
    ),
    Loss(
        name="wasserstein-critic",
        title="Wasserstein critic",
        family="distributions",
        formula=r"\frac{1}{m} \sum_j f(\tilde{x}_j) - \frac{1}{n} \sum_i f(x_i)",
        function=wasserstein_critic,
        arguments=(
            Argument("real", "f(x), the critic's scores of real examples"),
            Argument("generated", "f(x̃), its scores of generated ones"),
        ),
        shapes=(("n", "m"),),
        use="A critic f learns to tell generated examples from real ones. Of all f whose slope is"
        " nowhere above 1 the best reaches −W₁; without that bound the loss has no minimum.",
        reference="Arjovsky, Chintala, Bottou (2017), Wasserstein generative adversarial networks, eq. 2,"
        " doi:10.48550/arXiv.1701.07875",
    ),
)
