r"""Location and scale: one shape of distribution, moved and stretched, as probabilities and as a sample.

P is the shape itself, with mean 0 and scale 1; Q = m + s P is moved by m and stretched by s.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from landscape.registries import Registry

Vectors = tuple[jax.Array, jax.Array]
"""The probabilities of P and of Q, cell by cell."""

NUM_QUANTILES = 200
"""Numbers of the sample that stands for a distribution: even, so that the median lies between two."""

REACH = {"gaussian": 6.0, "laplace": 20.0}
"""How far from its centre P is resolved; less than 1e-8 of it lies beyond, in a cell of its own."""

REST = 1e-12
"""What at least lies in that cell."""

NODES = {"gaussian": 160, "laplace": 96}
"""Points of the quadrature in each panel."""


@dataclass(frozen=True, eq=False)
class Shape:
    """A shape of distribution, symmetric about 0.

    Args:
        name: Lower-case hyphenated name, the text of a link.
        title: What a reader sees.
        density: LaTeX of the density at mean m and scale s.
        log_density: z -> the logarithm of the density of P at z, any shape.
        sample: The sample that stands for P, shape (NUM_QUANTILES,): the mean of each of as many equal
            parts of it, in order.
        vectors: (m, s) -> the probabilities of P and of Q in the same cells, each of a fixed shape (k,).
    """

    name: str
    title: str
    density: str
    log_density: Callable[[jax.Array], jax.Array]
    sample: np.ndarray
    vectors: Callable[[jax.Array, jax.Array], Vectors]


def density_of(shape: Shape, x: ArrayLike, mean: ArrayLike, scale: ArrayLike) -> jax.Array:
    r"""The density f((x - m) / |s|) / |s| of a shape that was moved and stretched.

    Args:
        shape: From `SHAPES`.
        x: Where, any shape.
        mean: m.
        scale: s, not 0; its sign changes nothing.

    Returns:
        The density at each x.

    Example:
        >>> float(density_of(SHAPES["uniform"], 3.0, 4.0, 2.0))
        0.25
    """
    size = jnp.abs(jnp.asarray(scale, dtype=float))
    return jnp.exp(shape.log_density((jnp.asarray(x) - mean) / size)) / size


def _gaussian(z: jax.Array) -> jax.Array:
    return -0.5 * z * z - 0.5 * jnp.log(2.0 * jnp.pi)


def _laplace(z: jax.Array) -> jax.Array:
    return -jnp.abs(z) - jnp.log(2.0)


def _uniform(z: jax.Array) -> jax.Array:
    return jnp.where(jnp.abs(z) <= 1, -jnp.log(2.0), -jnp.inf)


def _gaussian_vectors(mean: jax.Array, scale: jax.Array) -> Vectors:
    reach = REACH["gaussian"]
    nodes, weights = _quadrature("gaussian", jnp.array([-reach, reach]))
    return _with_rest(_gaussian, nodes, weights, mean, scale)


def _laplace_vectors(mean: jax.Array, scale: jax.Array) -> Vectors:
    reach = REACH["laplace"]
    # A panel ends at each of the two tips, so that the density is smooth in every panel.
    tip = jnp.clip(mean, -reach, reach)
    ends = jnp.stack([-reach, jnp.minimum(tip, 0.0), jnp.maximum(tip, 0.0), reach])
    nodes, weights = _quadrature("laplace", ends)
    return _with_rest(_laplace, nodes, weights, mean, scale)


def _with_rest(
    log_density: Callable[[jax.Array], jax.Array],
    nodes: jax.Array,
    weights: jax.Array,
    mean: jax.Array,
    scale: jax.Array,
) -> Vectors:
    """The probabilities at the nodes, and in one cell more all that lies beyond them."""
    p = weights * jnp.exp(log_density(nodes))
    q = weights * jnp.exp(log_density((nodes - mean) / scale)) / scale
    # Rounding may leave less than nothing for Q; the floor costs a divergence less than 1e-7.
    rests = [jnp.maximum(1.0 - jnp.sum(each), REST) for each in (p, q)]
    return jnp.append(p, rests[0]), jnp.append(q, rests[1])


def _uniform_vectors(mean: jax.Array, scale: jax.Array) -> Vectors:
    # Between two neighbouring ends both densities are constant: five cells are exact, two of them outside.
    low, high = mean - scale, mean + scale
    ends = jnp.sort(jnp.stack([jnp.array(-1.0), jnp.array(1.0), low, high]))
    lengths, middles = jnp.diff(ends), 0.5 * (ends[1:] + ends[:-1])
    # A cell is inside or it is not: its middle says so, and nothing is rounded to almost 0.
    p = jnp.where(jnp.abs(middles) < 1, 0.5 * lengths, 0.0)
    q = jnp.where((middles > low) & (middles < high), jnp.minimum(lengths / (2.0 * scale), 1.0), 0.0)
    return p, q


def _quadrature(name: str, ends: jax.Array) -> Vectors:
    """Nodes and weights of Gauss and Legendre between each two neighbouring ends."""
    at, weights = np.polynomial.legendre.leggauss(NODES[name])
    half, middle = 0.5 * jnp.diff(ends), 0.5 * (ends[1:] + ends[:-1])
    return (middle[:, None] + half[:, None] * at).ravel(), (half[:, None] * weights).ravel()


def _parts(integral: Callable[[float], float]) -> np.ndarray:
    """The means of equal parts, from the integral of the quantile function from 0 to u, u <= 1/2."""
    ends = [integral(index / NUM_QUANTILES) for index in range(NUM_QUANTILES // 2 + 1)]
    lower = NUM_QUANTILES * np.diff(ends)
    return np.concatenate([lower, -lower[::-1]])


def _laplace_integral(u: float) -> float:
    return u * (np.log(2 * u) - 1) if u > 0 else 0.0


def _gaussian_integral(u: float) -> float:
    standard = NormalDist()
    return -standard.pdf(standard.inv_cdf(u)) if u > 0 else 0.0


SHAPES: Registry[Shape] = Registry(
    "shape",
    [
        Shape(
            name="gaussian",
            title="Gaussian",
            density=r"\frac{1}{s \sqrt{2 \pi}} e^{-(x - m)^2 / 2 s^2}",
            log_density=_gaussian,
            sample=_parts(_gaussian_integral),
            vectors=_gaussian_vectors,
        ),
        Shape(
            name="laplace",
            title="Laplace",
            density=r"\frac{1}{2 s} e^{-|x - m| / s}",
            log_density=_laplace,
            sample=_parts(_laplace_integral),
            vectors=_laplace_vectors,
        ),
        Shape(
            name="uniform",
            title="Uniform",
            density=r"\frac{1}{2 s} \text{ for } |x - m| \le s",
            log_density=_uniform,
            sample=_parts(lambda u: u * u - u),
            vectors=_uniform_vectors,
        ),
    ],
)
"""Shapes by name: light tails, heavy tails, none."""
