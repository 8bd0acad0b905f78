"""Densities: the five distributions that the usual losses come from."""

import math

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import gammaln
from jax.scipy.stats import norm

from landscape.likelihoods.likelihood import Likelihood
from landscape.losses.checks import at_least_zero, count, each, share, zero_or_one
from landscape.losses.loss import absolute

CLASS_SHARES = (0.5, 0.3, 0.2)
"""How probable the three classes are where data are drawn."""


def laplace(data: jax.Array, mean: jax.Array) -> jax.Array:
    """-|x - m| - log 2; at the corner, which `jax.scipy.stats.laplace` gives a slope of 1, the slope is 0."""
    return -absolute(data - mean) - math.log(2.0)


def times_log(count: jax.Array, chance: jax.Array) -> jax.Array:
    """The product n log p, with the value and the slope 0 where n is 0, whatever p."""
    never = count == 0
    return jnp.where(never, 0.0, count * jnp.log(jnp.where(never, 1.0, chance)))


def bernoulli(data: jax.Array, chance: jax.Array) -> jax.Array:
    """The logarithm of p for 1, of 1 - p for 0."""
    return times_log(data, chance) + times_log(1.0 - data, 1.0 - chance)


def poisson(data: jax.Array, rate: jax.Array) -> jax.Array:
    """The logarithm of the probability of a count; no count at the rate 0 is certain."""
    return times_log(data, rate) - rate - gammaln(data + 1.0)


def three_logits(logits: jax.Array) -> jax.Array:
    """Two logits and the third, which is 0: only differences of logits count."""
    return jnp.append(logits, 0.0)


def _logits_of_shares(data: np.ndarray) -> np.ndarray:
    """The logits of the shares of three classes; infinite, or NaN, where classes were never seen."""
    counts = np.bincount(data.astype(int), minlength=3).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(counts[:2]) - np.log(counts[2])


DENSITIES = (
    Likelihood(
        name="gaussian",
        title="Gaussian",
        loss="mse",
        support="numbers",
        symbols=("μ",),
        meaning="the mean",
        formula=r"p(x \mid \mu) = \frac{1}{\sqrt{2\pi}}\, e^{-(x - \mu)^2 / 2}",
        logarithm=r"-\log p = \tfrac12 (x - \mu)^2 + \tfrac12 \log 2\pi",
        identity="½ · mse + ½ log 2π",
        factor=0.5,
        constant=0.5 * math.log(2.0 * math.pi),
        log_density=norm.logpdf,
        prediction=lambda mean: mean,
        maximizer=np.mean,
        draw=lambda random, count: random.normal(1.0, 1.0, count),
        truth=(1.0,),
        low=-4.0,
        high=6.0,
        start=(-0.5,),
        reference="Gauss (1809), Theoria motus corporum coelestium, §§ 175–179",
    ),
    Likelihood(
        name="laplace",
        title="Laplace",
        loss="mae",
        support="numbers",
        symbols=("m",),
        meaning="the median",
        formula=r"p(x \mid m) = \tfrac12\, e^{-|x - m|}",
        logarithm=r"-\log p = |x - m| + \log 2",
        identity="mae + log 2",
        factor=1.0,
        constant=math.log(2.0),
        log_density=laplace,
        prediction=lambda median: median,
        maximizer=np.median,
        draw=lambda random, count: random.laplace(1.0, 1.0, count),
        truth=(1.0,),
        low=-4.0,
        high=6.0,
        start=(-0.5,),
        reference="Laplace (1774), Mémoire sur la probabilité des causes par les évènements",
    ),
    Likelihood(
        name="bernoulli",
        title="Bernoulli",
        loss="binary-cross-entropy",
        support="classes",
        symbols=("p",),
        meaning="the probability of a 1",
        formula=r"P(x \mid p) = p^x (1 - p)^{1 - x}",
        logarithm=r"-\log P = -x \log p - (1 - x) \log (1 - p)",
        identity="binary-cross-entropy",
        factor=1.0,
        constant=0.0,
        log_density=bernoulli,
        prediction=lambda chance: jnp.log(chance) - jnp.log1p(-chance),
        maximizer=np.mean,
        draw=lambda random, count: (random.uniform(size=count) < 0.7).astype(float),
        truth=(0.7,),
        low=0.0,
        high=1.0,
        start=(0.4,),
        reference="Cox (1958), The regression analysis of binary sequences,"
        " doi:10.1111/j.2517-6161.1958.tb00292.x",
        checks=(zero_or_one("data"), share("parameter")),
    ),
    Likelihood(
        name="categorical",
        title="Categorical",
        loss="cross-entropy",
        support="classes",
        symbols=("z₁", "z₂"),
        meaning="two logits; the third is 0",
        formula=r"P(x = k \mid z) = \frac{e^{z_k}}{e^{z_1} + e^{z_2} + e^{z_3}}, \quad z_3 = 0",
        logarithm=r"-\log P = -z_x + \log \textstyle\sum_k e^{z_k}",
        identity="cross-entropy",
        factor=1.0,
        constant=0.0,
        log_density=lambda data, logits: jax.nn.log_softmax(three_logits(logits))[jnp.asarray(data, int)],
        prediction=three_logits,
        maximizer=_logits_of_shares,
        draw=lambda random, count: np.searchsorted(
            np.cumsum(CLASS_SHARES)[:-1], random.uniform(size=count), side="right"
        ),
        truth=(math.log(CLASS_SHARES[0] / CLASS_SHARES[2]), math.log(CLASS_SHARES[1] / CLASS_SHARES[2])),
        low=-5.0,
        high=5.0,
        start=(-2.0, -1.0),
        reference="Bridle (1990), Probabilistic interpretation of feedforward classification network"
        " outputs, doi:10.1007/978-3-642-76153-9_28",
        checks=(each("data", "must be class numbers 0 to 2", lambda x: (x == 0) | (x == 1) | (x == 2)),),
    ),
    Likelihood(
        name="poisson",
        title="Poisson",
        loss="poisson-nll",
        support="counts",
        symbols=("λ",),
        meaning="the mean count",
        formula=r"P(x \mid \lambda) = \frac{\lambda^x}{x!}\, e^{-\lambda}",
        logarithm=r"-\log P = \lambda - x \log \lambda + \log x!",
        identity="poisson-nll",
        factor=1.0,
        constant=0.0,
        log_density=poisson,
        prediction=jnp.log,
        maximizer=np.mean,
        draw=lambda random, count: random.poisson(3.0, count).astype(float),
        truth=(3.0,),
        low=0.0,
        high=10.0,
        start=(6.0,),
        reference="Nelder, Wedderburn (1972), Generalized linear models, doi:10.2307/2344614",
        checks=(count("data"), at_least_zero("parameter")),
    ),
)
