"""Spectra: the trace of a Hessian and the density of its eigenvalues, from products with random vectors."""

from dataclasses import dataclass

import jax
import numpy as np

from landscape.curvature.lanczos import Basis, flat_product, rounding
from landscape.objectives import Objective, Params, check_count, check_params

REACH = 7.0
"""Widths of the kernel by which the grid of a density goes beyond its outermost nodes."""


@dataclass(frozen=True, eq=False)
class Estimate:
    """A mean over random samples, with its uncertainty.

    Attributes:
        value: The mean; NaN where a sample is not finite.
        error: Its standard error, s / √m with the m samples' standard deviation s (of m − 1).
        samples: The samples, shape (m,).
    """

    value: float
    error: float
    samples: np.ndarray


@dataclass(frozen=True, eq=False)
class SpectralDensity:
    """How the eigenvalues of a Hessian are spread.

    Attributes:
        nodes: The quadrature's nodes of each probe, shape (k, m), ascending; NaN where the Hessian is
            not finite.
        weights: Their weights, shape (k, m): of each probe they add up to 1. A basis that is complete
            before m products has its last node repeated with weight 0.
        grid: Where the density stands, shape (num_points,).
        density: Share of the eigenvalues per unit of λ, smoothed, shape (num_points,): its integral is 1.
        width: The standard deviation of the Gaussian that it is smoothed with, in units of λ.
        num_products: How many products with the Hessian it took.
    """

    nodes: np.ndarray
    weights: np.ndarray
    grid: np.ndarray
    density: np.ndarray
    width: float
    num_products: int

    def mean(self, power: int = 1) -> float:
        """The mean of λ to a power over all n eigenvalues: 1/n of the trace of H to that power."""
        return float(np.mean(np.sum(self.weights * self.nodes**power, axis=1)))


def trace(objective: Objective, params: Params, num_samples: int = 64, seed: int = 0) -> Estimate:
    r"""The trace of a loss's Hessian, the sum of its eigenvalues, by Hutchinson's estimator.

    tr H = E[z^\top H z] for random signs z. One sample has the variance
    2 \sum_{i \ne j} H_{ij}^2: there is none for a diagonal Hessian.

    Args:
        objective: The objective, over any pytree.
        params: Where to look, shaped like `objective.start`.
        num_samples: m, products with the Hessian; at least 2.
        seed: Of the signs, at least 0.

    Returns:
        The `Estimate`: the mean of the samples and its standard error.

    Raises:
        ValueError: The point does not fit the objective, or a number is out of its range.

    Example:
        >>> from landscape import FUNCTIONS, trace
        >>> found = trace(FUNCTIONS["ravine"], [3.0, 2.0])
        >>> found.value, found.error
        (26.0, 0.0)

    Reference:
        Hutchinson (1989), A stochastic estimator of the trace of the influence matrix for Laplacian
        smoothing splines, doi:10.1080/03610918908812806
    """
    point = check_params(objective, params)
    count = check_count("num_samples", num_samples, 2)
    random = np.random.default_rng(check_count("seed", seed, 0))
    product = flat_product(objective, point)
    size = sum(leaf.size for leaf in jax.tree.leaves(point))
    # One after the other: the products of eight vectors at once take longer than eight products.
    signs = (random.integers(0, 2, size) * 2.0 - 1.0 for _ in range(count))
    samples = np.array([z @ product(z) for z in signs])
    with np.errstate(invalid="ignore"):
        return Estimate(float(samples.mean()), float(samples.std(ddof=1) / np.sqrt(count)), samples)


def spectral_density(
    objective: Objective,
    params: Params,
    num_steps: int = 64,
    num_probes: int = 4,
    seed: int = 0,
    *,
    width: float = 0.01,
    num_points: int = 1024,
) -> SpectralDensity:
    r"""The density of a Hessian's eigenvalues, by stochastic Lanczos quadrature.

    From a random unit vector v Lanczos's method makes a matrix of m rows, whose eigenvalues \ell_i
    and squared first components \omega_i of its eigenvectors are a Gaussian quadrature:
    v^\top f(H) v = \sum_i \omega_i f(\ell_i), exact for polynomials up to degree 2 m - 1. Its mean
    over probes is the density \frac1n \sum_i \delta(\lambda - \lambda_i), here smoothed with a
    Gaussian. The outermost peaks stand where the outermost eigenvalues are; the weight of a
    single eigenvalue, 1/n, is met on average only.

    Args:
        objective: The objective, over any pytree of n numbers.
        params: Where to look, shaped like `objective.start`.
        num_steps: m, products with the Hessian for each probe, at least 1; no more than n are made.
        num_probes: Random vectors, at least 1.
        seed: Of the vectors, at least 0.
        width: The Gaussian's standard deviation as a share of the range of the nodes, above 0 and at
            most 1.
        num_points: Points of the grid; at least 8 / `width` resolve every peak.

    Returns:
        The `SpectralDensity`; its numbers are NaN where the Hessian is not finite.

    Raises:
        ValueError: The point does not fit the objective, or a number is out of its range.

    Example:
        >>> from landscape import FUNCTIONS, spectral_density
        >>> found = spectral_density(FUNCTIONS["ravine"], [3.0, 2.0])
        >>> found.nodes[0].round(6).tolist(), round(found.width, 6)
        ([1.0, 25.0], 0.24)

    Reference:
        Ghorbani, Krishnan, Xiao (2019), An investigation into neural net optimization via Hessian
        eigenvalue density, algorithm 1, arXiv:1901.10159
    """
    point = check_params(objective, params)
    if not 0 < width <= 1:
        raise ValueError(f"`width` must be above 0 and at most 1, got {width:g}")
    check_count("num_points", num_points, int(np.ceil(8 / width)))
    size = sum(leaf.size for leaf in jax.tree.leaves(point))
    steps = min(check_count("num_steps", num_steps), size)
    check_count("seed", seed, 0)
    nodes = np.empty((check_count("num_probes", num_probes), steps))
    weights, products = np.zeros(nodes.shape), 0
    for probe in range(num_probes):
        random = np.random.default_rng([seed, probe])
        basis = Basis(flat_product(objective, point), size, steps, random)
        while basis.extend(rounding(point)) and not basis.complete and basis.size < steps:
            pass
        products += basis.size
        if not basis.finite:
            nothing = np.full(num_points, np.nan)
            return SpectralDensity(nodes * np.nan, nodes * np.nan, nothing, nothing, np.nan, products)
        values, shares, _ = basis.ritz()
        nodes[probe, : basis.size], weights[probe, : basis.size] = values, shares[0] ** 2
        nodes[probe, basis.size :] = values[-1]
    low, high = float(nodes.min()), float(nodes.max())
    # A Hessian with one eigenvalue has no range: its size stands for it, or 1.
    spread = width * ((high - low) or abs(high) or 1.0)
    grid = np.linspace(low - REACH * spread, high + REACH * spread, num_points)
    kernels = np.exp(-(((grid[:, None] - nodes.ravel()) / spread) ** 2) / 2) / (np.sqrt(2 * np.pi) * spread)
    density = kernels @ weights.ravel() / num_probes
    return SpectralDensity(nodes, weights, grid, density, spread, products)
