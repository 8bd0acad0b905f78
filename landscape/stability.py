"""Stability: which learning rates gradient descent and momentum can stand, and how sharp a path is."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.flatten_util import ravel_pytree
from jax.tree_util import Partial

from landscape.curvature import curvature
from landscape.curvature.sharpness import lanczos_round
from landscape.objectives import Objective, Params, as_program, check_batch

MAX_EXACT = 64
"""Parameters up to which the sharpness is taken from a full Hessian; beyond, from its products."""

BATCH_SIZE = 32
"""Points whose sharpness one call of the compiled program gives."""

BASIS = 32
"""Products of the Hessian with vectors in one round of Lanczos's method."""

MAX_ROUNDS = 16
"""Rounds of Lanczos's method at most."""

NUM_PROBES = 12
"""Points at which a loss is compared with a quadratic."""

QUADRATIC = 1e-8
"""A loss that departs from a quadratic by less than this share of its terms is one."""


class Optimum(NamedTuple):
    """The numbers that contract a quadratic fastest.

    Attributes:
        learning_rate: α.
        momentum: β; 0 for gradient descent.
        rate: What the error is multiplied by at each step, in the long run.
    """

    learning_rate: float
    momentum: float
    rate: float


def largest_stable_learning_rate(curvature: Any, momentum: Any = 0.0) -> Any:
    r"""The learning rate above which momentum diverges along a direction of some curvature.

    v <- \beta v + \lambda \theta, \theta <- \theta - \alpha v is stable for
    0 < \alpha \lambda < 2 + 2 \beta, so the largest is (2 + 2 \beta) / \lambda; with \beta = 0,
    gradient descent, it is 2 / \lambda.

    Args:
        curvature: \lambda, the largest eigenvalue of a Hessian; a number or an array.
        momentum: \beta, between -1 and 1; a number or an array.

    Returns:
        A number, or an array of the common shape: infinite where the curvature is 0, NaN where it
        is negative, since no rate is stable there.

    Raises:
        ValueError: A momentum is not between -1 and 1.

    Example:
        >>> from landscape.stability import largest_stable_learning_rate
        >>> [float(largest_stable_learning_rate(25.0, beta)) for beta in (0.0, 0.5)]
        [0.08, 0.12]

    Reference:
        Polyak (1964), Some methods of speeding up the convergence of iteration methods,
        doi:10.1016/0041-5553(64)90137-5; Goh (2017), Why momentum really works,
        doi:10.23915/distill.00006
    """
    return _limit(np.asarray(curvature, dtype=float), _check_momentum(momentum))


def largest_stable_sharpness(learning_rate: Any, momentum: Any = 0.0) -> Any:
    r"""The curvature above which momentum of some learning rate diverges: (2 + 2 \beta) / \alpha.

    At the edge of stability the sharpness of a network hovers about it.

    Args:
        learning_rate: \alpha, at least 0; a number or an array.
        momentum: \beta, between -1 and 1; a number or an array.

    Returns:
        A number, or an array of the common shape; infinite where the learning rate is 0.

    Raises:
        ValueError: A learning rate is negative, or a momentum is not between -1 and 1.

    Example:
        >>> from landscape.stability import largest_stable_sharpness
        >>> float(largest_stable_sharpness(0.08))
        25.0

    Reference:
        Cohen et al. (2021), Gradient descent on neural networks typically occurs at the edge of
        stability, appendix B, doi:10.48550/arXiv.2103.00065
    """
    return _limit(_check_learning_rate(learning_rate), _check_momentum(momentum))


def contraction(learning_rate: Any, momentum: Any, eigenvalues: Any) -> Any:
    r"""What momentum multiplies the error on a quadratic by at each step, in the long run.

    Along an eigenvector with eigenvalue \lambda the error follows
    e_{k+1} = (1 + \beta - \alpha \lambda) e_k - \beta e_{k-1}, so the rate is the largest |z| over
    the roots of z^2 - (1 + \beta - \alpha \lambda) z + \beta = 0 and over all \lambda. It
    converges below 1 and diverges above.

    Args:
        learning_rate: \alpha, at least 0; a number or an array.
        momentum: \beta, between -1 and 1; a number or an array that broadcasts with it.
        eigenvalues: Of the Hessian; one number or more.

    Returns:
        A number, or an array of the common shape of learning rate and momentum.

    Raises:
        ValueError: A learning rate is negative, a momentum is not between -1 and 1, or there is no
            eigenvalue.

    Example:
        >>> from landscape.stability import contraction
        >>> contraction([0.01, 0.02, 0.1], 0.0, [1.0, 25.0]).round(12).tolist()
        [0.99, 0.98, 1.5]

    Reference:
        Goh (2017), Why momentum really works, doi:10.23915/distill.00006
    """
    alpha, beta = _check_learning_rate(learning_rate), _check_momentum(momentum)
    spectrum = np.ravel(np.asarray(eigenvalues, dtype=float))
    if spectrum.size == 0:
        raise ValueError("`eigenvalues` must be at least 1 number, got none")
    # |z| grows with |1 + β − αλ|, which is largest at an end of the spectrum.
    sums = (np.abs(1 + beta - alpha * end) for end in (spectrum.min(), spectrum.max()))
    total = np.maximum(*sums)
    discriminant = total**2 - 4 * beta
    real = (total + np.sqrt(np.maximum(discriminant, 0.0))) / 2
    return np.where(discriminant < 0, np.sqrt(np.maximum(beta, 0.0)), real)[()]


def polyak_optimum(eigenvalues: Any) -> Optimum:
    r"""The learning rate and the momentum that contract a quadratic fastest.

    With \mu and L the smallest and the largest eigenvalue and \kappa = L / \mu:
    \alpha = (2 / (\sqrt{\mu} + \sqrt{L}))^2, \sqrt{\beta} = (\sqrt{\kappa} - 1) / (\sqrt{\kappa} + 1),
    which is the rate.

    Args:
        eigenvalues: Of the Hessian, all positive.

    Returns:
        The `Optimum`.

    Raises:
        ValueError: There is no eigenvalue, or one is not a positive finite number.

    Example:
        >>> from landscape.stability import polyak_optimum
        >>> polyak_optimum([1.0, 25.0])
        Optimum(learning_rate=0.1111111, momentum=0.4444444, rate=0.6666666)

    Reference:
        Polyak (1964), Some methods of speeding up the convergence of iteration methods,
        doi:10.1016/0041-5553(64)90137-5
    """
    low, high = (float(np.sqrt(end)) for end in _ends(eigenvalues))
    rate = (high - low) / (high + low)
    return Optimum((2 / (low + high)) ** 2, rate**2, rate)


def gradient_descent_optimum(eigenvalues: Any) -> Optimum:
    r"""The learning rate with which gradient descent contracts a quadratic fastest.

    \alpha = 2 / (\mu + L), with the rate (\kappa - 1) / (\kappa + 1), where \mu and L are the
    smallest and the largest eigenvalue and \kappa = L / \mu.

    Args:
        eigenvalues: Of the Hessian, all positive.

    Returns:
        The `Optimum`, with momentum 0.

    Raises:
        ValueError: There is no eigenvalue, or one is not a positive finite number.

    Example:
        >>> from landscape.stability import gradient_descent_optimum
        >>> gradient_descent_optimum([1.0, 3.0])
        Optimum(learning_rate=0.5, momentum=0.0, rate=0.5)

    Reference:
        Polyak (1987), Introduction to optimization, section 1.4
    """
    low, high = _ends(eigenvalues)
    return Optimum(2 / (low + high), 0.0, (high - low) / (high + low))


def quadratic_eigenvalues(objective: Objective) -> np.ndarray | None:
    r"""The eigenvalues of an objective's Hessian, if the objective is a quadratic.

    The loss and its gradient are compared with L + g^T d + d^T H d / 2 and g + H d, all of them at
    the start, at random points d away: in the domain, or at many scales if there is none.

    Args:
        objective: The objective.

    Returns:
        The eigenvalues, ascending, shape (n,); None for an objective that is no quadratic.

    Example:
        >>> from landscape import FUNCTIONS
        >>> from landscape.stability import quadratic_eigenvalues
        >>> quadratic_eigenvalues(FUNCTIONS["ravine"]).tolist()
        [1.0, 25.0]
        >>> quadratic_eigenvalues(FUNCTIONS["rosenbrock"]) is None
        True
    """
    departures = np.asarray(_departures(as_program(objective.loss), objective.start, _probes(objective)))
    if not np.all(departures <= QUADRATIC):
        return None
    return curvature(objective, objective.start).eigenvalues


def sharpness_along(objective: Objective, params: Params) -> np.ndarray:
    r"""The sharpness at many points: the largest eigenvalue \lambda_{max} of the Hessian.

    Up to 64 parameters it is that of the full Hessian. Beyond, Lanczos's method with products
    of the Hessian and vectors, in rounds of 32 that begin with the best vector of the last one,
    until ||Hv - \lambda v|| is below 10^{-8} of the largest eigenvalue (in float64), or 16 rounds.

    The points are taken one after the other, so that memory does not grow with their number,
    and no number of them compiles anything anew.

    Args:
        objective: The objective.
        params: The points, shaped like `objective.start` with a leading axis of T: a path's
            `params`, or every tenth of them.

    Returns:
        The sharpness at each, shape (T,); NaN where the point or the Hessian there is not finite.

    Raises:
        ValueError: The points do not fit the objective.

    Example:
        >>> from landscape import FUNCTIONS
        >>> from landscape.stability import sharpness_along
        >>> sharpness_along(FUNCTIONS["ravine"], [[1.0, 1.0], [2.0, -3.0]]).tolist()
        [25.0, 25.0]

    Reference:
        Golub, Van Loan (2013), Matrix computations, 4th edition, chapter 10
    """
    points = jax.tree.map(np.asarray, check_batch(objective, params, "params"))
    count = len(jax.tree.leaves(points)[0])
    program = _sharpness_exact if objective.num_parameters <= MAX_EXACT else _sharpness_by_products
    found = []
    for first in range(0, count, BATCH_SIZE):
        rows = np.minimum(np.arange(first, first + BATCH_SIZE), count - 1)
        part = jax.tree.map(lambda leaf, rows=rows: leaf[rows], points)
        found.append(np.asarray(program(as_program(objective.loss), part), dtype=float))
    return np.concatenate(found)[:count]


def _limit(divisor: np.ndarray, momentum: np.ndarray) -> Any:
    with np.errstate(divide="ignore"):
        return np.where(divisor >= 0, (2 + 2 * momentum) / np.abs(divisor), np.nan)[()]


def _check_momentum(momentum: Any) -> np.ndarray:
    values = np.asarray(momentum, dtype=float)
    bad = values[~(np.abs(values) < 1)]
    if bad.size:
        raise ValueError(f"`momentum` must be between -1 and 1, got {bad[0]:.17g}")
    return values


def _check_learning_rate(learning_rate: Any) -> np.ndarray:
    values = np.asarray(learning_rate, dtype=float)
    bad = values[~(values >= 0)]
    if bad.size:
        raise ValueError(f"`learning_rate` must be at least 0, got {bad[0]:g}")
    return values


def _ends(eigenvalues: Any) -> tuple[float, float]:
    """The smallest and the largest eigenvalue of a positive definite matrix."""
    spectrum = np.ravel(np.asarray(eigenvalues, dtype=float))
    bad = spectrum[~((spectrum > 0) & np.isfinite(spectrum))]
    if bad.size or not spectrum.size:
        got = bad[0] if bad.size else "none"
        raise ValueError(f"`eigenvalues` must be positive finite numbers, got {got}")
    return float(spectrum.min()), float(spectrum.max())


def _probes(objective: Objective) -> np.ndarray:
    """Points in the domain, or about the start at scales from a hundredth to ten thousand; (12, n)."""
    random = np.random.default_rng(0)
    start = np.asarray(ravel_pytree(objective.start)[0], dtype=float)
    if objective.domain is not None and start.size == 2:
        low, high = np.transpose(objective.domain)
        return random.uniform(low, high, (NUM_PROBES, 2))
    scales = np.logspace(-2, 4, NUM_PROBES)[:, None] * (1 + np.abs(start).max())
    return start + scales * random.normal(size=(NUM_PROBES, start.size))


@jax.jit
def _departures(loss: Partial, start: Params, points: jax.Array) -> jax.Array:
    """How far loss and gradient at each point are from a quadratic's, as shares of the terms; (k, 2)."""
    base, unravel = ravel_pytree(start)

    def flat(vector: jax.Array) -> jax.Array:
        return loss(unravel(vector))

    value, gradient = jax.value_and_grad(flat)(base)

    def share(total: jax.Array, *terms: jax.Array) -> jax.Array:
        size = jnp.max(jnp.abs(jnp.stack([total, *terms])))
        return jnp.max(jnp.abs(total - sum(terms))) / jnp.where(size > 0, size, 1.0)

    def departure(point: jax.Array) -> jax.Array:
        offset = (point - base).astype(base.dtype)
        turn = jax.jvp(jax.grad(flat), (base,), (offset,))[1]
        there, slope = jax.value_and_grad(flat)(base + offset)
        return jnp.stack(
            [share(there, value, gradient @ offset, offset @ turn / 2), share(slope, gradient, turn)]
        )

    return lax.map(departure, points)


@jax.jit
def _sharpness_exact(loss: Partial, points: Params) -> jax.Array:
    def at(point: Params) -> jax.Array:
        vector, unravel = ravel_pytree(point)
        hessian = jax.hessian(lambda vector: loss(unravel(vector)))(vector)
        finite = jnp.all(jnp.isfinite(hessian)) & jnp.all(jnp.isfinite(vector))
        return jnp.where(finite, jnp.linalg.eigvalsh(jnp.where(finite, hessian, 0.0))[-1], jnp.nan)

    return lax.map(at, points)


@jax.jit
def _sharpness_by_products(loss: Partial, points: Params) -> jax.Array:
    def at(point: Params) -> jax.Array:
        vector, unravel = ravel_pytree(point)
        tolerance = jnp.sqrt(jnp.finfo(vector.dtype).eps)

        def product(direction: jax.Array) -> jax.Array:
            return jax.jvp(jax.grad(lambda v: loss(unravel(v))), (vector,), (direction,))[1]

        def moves(carry: tuple[Any, ...]) -> jax.Array:
            rounds, _, _, residual, size = carry
            return (rounds < MAX_ROUNDS) & (residual > tolerance * size)

        def go_on(carry: tuple[Any, ...]) -> tuple[Any, ...]:
            return (carry[0] + 1, *lanczos_round(product, carry[1], BASIS))

        first = jax.random.normal(jax.random.key(0), vector.shape, vector.dtype)
        infinite = jnp.asarray(jnp.inf, vector.dtype)
        beginning = (0, first / jnp.linalg.norm(first), infinite, infinite, jnp.zeros_like(infinite))
        largest = lax.while_loop(moves, go_on, beginning)[2]
        return jnp.where(jnp.all(jnp.isfinite(vector)) & jnp.isfinite(largest), largest, jnp.nan)

    return lax.map(at, points)
