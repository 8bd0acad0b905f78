"""Polynomials of higher degree: curved valleys, several minima, a degenerate saddle."""

import jax
import jax.numpy as jnp

from landscape.functions.points import points, start_at
from landscape.objectives import Objective


def monkey_saddle(point: jax.Array) -> jax.Array:
    """x³ − 3xy²: three ways down from the origin, where the whole Hessian vanishes; unbounded below."""
    x, y = point
    return x**3 - 3 * x * y**2


def rosenbrock(point: jax.Array) -> jax.Array:
    """100(y − x²)² + (1 − x)²: a curved valley, found at once and slow to follow."""
    x, y = point
    return 100 * (y - x**2) ** 2 + (1 - x) ** 2


def rosenbrock_residuals(point: jax.Array) -> jax.Array:
    """(10(y − x²), 1 − x), whose squares sum to rosenbrock."""
    x, y = point
    return jnp.stack([10 * (y - x**2), 1 - x])


def beale(point: jax.Array) -> jax.Array:
    """Σₖ (cₖ − x(1 − yᵏ))² for k = 1, 2, 3, c = (1.5, 2.25, 2.625): flat valleys, steep corners."""
    x, y = point
    return (1.5 - x * (1 - y)) ** 2 + (2.25 - x * (1 - y**2)) ** 2 + (2.625 - x * (1 - y**3)) ** 2


def beale_residuals(point: jax.Array) -> jax.Array:
    """cₖ − x(1 − yᵏ) for k = 1, 2, 3, whose squares sum to beale."""
    x, y = point
    return jnp.stack([1.5 - x * (1 - y), 2.25 - x * (1 - y**2), 2.625 - x * (1 - y**3)])


def himmelblau(point: jax.Array) -> jax.Array:
    """(x² + y − 11)² + (x + y² − 7)²: four minimizers of equal value around a local maximum."""
    x, y = point
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def himmelblau_residuals(point: jax.Array) -> jax.Array:
    """(x² + y − 11, x + y² − 7), whose squares sum to himmelblau."""
    x, y = point
    return jnp.stack([x**2 + y - 11, x + y**2 - 7])


def six_hump_camel(point: jax.Array) -> jax.Array:
    """(4 − 2.1x² + x⁴/3)x² + xy + (4y² − 4)y²: six minima in three pairs, f(x, y) = f(−x, −y)."""
    x, y = point
    return (4 - 2.1 * x**2 + x**4 / 3) * x**2 + x * y + (4 * y**2 - 4) * y**2


def styblinski_tang(point: jax.Array) -> jax.Array:
    """½ Σ (x⁴ − 16x² + 5x) over both coordinates: four basins, of which one is the deepest."""
    return jnp.sum(point**4 - 16 * point**2 + 5 * point) / 2


def goldstein_price(point: jax.Array) -> jax.Array:
    """A product of two quartics over five orders of magnitude; its four minima are 3, 30, 84, 840."""
    x, y = point
    first = 19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2
    second = 18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2
    return (1 + (x + y + 1) ** 2 * first) * (30 + (2 * x - 3 * y) ** 2 * second)


POLYNOMIALS = (
    Objective(
        name="monkey-saddle",
        title="Monkey saddle",
        loss=monkey_saddle,
        formula=r"x^3 - 3 x y^2",
        domain=((-1.5, 1.5), (-1.5, 1.5)),
        start=start_at(1.2, 0.1),
        minimizers=points(),
        known_point=(1.0, 0.5),
        known_value=0.25,
        reference="Hilbert, D. and Cohn-Vossen, S. (1952). Geometry and the Imagination. Chelsea",
    ),
    Objective(
        name="rosenbrock",
        title="Rosenbrock valley",
        loss=rosenbrock,
        residuals=rosenbrock_residuals,
        residual_scale="sum",
        formula=r"100 \left( y - x^2 \right)^2 + (1 - x)^2",
        domain=((-2.0, 2.0), (-1.0, 3.0)),
        start=start_at(-1.2, 1.0),
        minimizers=points((1.0, 1.0)),
        minimum=0.0,
        known_point=(-1.2, 1.0),
        known_value=24.2,
        reference="Rosenbrock, H. H. (1960). An automatic method for finding the greatest or least value "
        "of a function. doi:10.1093/comjnl/3.3.175",
    ),
    Objective(
        name="beale",
        title="Beale",
        loss=beale,
        residuals=beale_residuals,
        residual_scale="sum",
        formula=r"(1.5 - x + x y)^2 + \left( 2.25 - x + x y^2 \right)^2 + \left( 2.625 - x + x y^3 \right)^2",
        domain=((-4.5, 4.5), (-4.5, 4.5)),
        start=start_at(1.0, 1.0),
        minimizers=points((3.0, 0.5)),
        minimum=0.0,
        known_point=(1.0, 1.0),
        known_value=14.203125,
        reference="Moré, J. J., Garbow, B. S. and Hillstrom, K. E. (1981). Testing unconstrained "
        "optimization software, problem 5. doi:10.1145/355934.355936",
    ),
    Objective(
        name="himmelblau",
        title="Himmelblau",
        loss=himmelblau,
        residuals=himmelblau_residuals,
        residual_scale="sum",
        formula=r"\left( x^2 + y - 11 \right)^2 + \left( x + y^2 - 7 \right)^2",
        domain=((-5.0, 5.0), (-5.0, 5.0)),
        start=start_at(-0.5, -0.5),
        minimizers=points(
            (3.0, 2.0),
            (-2.8051180869527449, 3.1313125182505730),
            (-3.7793102533777469, -3.2831859912861694),
            (3.5844283403304917, -1.8481265269644036),
        ),
        minimum=0.0,
        known_point=(-0.27084459066734761, -0.92303855647998146),  # the local maximum
        known_value=181.61652152258270,
        reference="Himmelblau, D. M. (1972). Applied Nonlinear Programming. McGraw-Hill",
    ),
    Objective(
        name="six-hump-camel",
        title="Six-hump camel",
        loss=six_hump_camel,
        formula=r"\left( 4 - 2.1 x^2 + \tfrac{1}{3} x^4 \right) x^2 + x y + \left( 4 y^2 - 4 \right) y^2",
        domain=((-2.0, 2.0), (-1.2, 1.2)),
        start=start_at(-1.4, 0.1),
        minimizers=points(
            (0.089842013100318062, -0.71265640302073963), (-0.089842013100318062, 0.71265640302073963)
        ),
        minimum=-1.0316284534898774,
        known_point=(1.7036067149699808, -0.79608356867262512),  # a local minimum
        known_value=-0.21546382438371764,
        reference="Dixon, L. C. W. and Szegő, G. P. (1978). Towards Global Optimisation 2. North-Holland",
    ),
    Objective(
        name="styblinski-tang",
        title="Styblinski–Tang",
        loss=styblinski_tang,
        formula=r"\tfrac{1}{2} \left( x^4 - 16x^2 + 5x + y^4 - 16y^2 + 5y \right)",
        domain=((-5.0, 5.0), (-5.0, 5.0)),
        start=start_at(0.5, -0.5),
        minimizers=points((-2.9035340277711771, -2.9035340277711771)),
        minimum=-78.332331407542831,
        known_point=(1.0, 2.0),
        known_value=-24.0,
        reference="Styblinski, M. A. and Tang, T.-S. (1990). Experiments in nonconvex optimization. "
        "doi:10.1016/0893-6080(90)90029-K",
    ),
    Objective(
        name="goldstein-price",
        title="Goldstein–Price",
        loss=goldstein_price,
        formula=r"\left[ 1 + (x + y + 1)^2 \left( 19 - 14x + 3x^2 - 14y + 6xy + 3y^2 \right) \right] "
        r"\left[ 30 + (2x - 3y)^2 \left( 18 - 32x + 12x^2 + 48y - 36xy + 27y^2 \right) \right]",
        domain=((-2.0, 2.0), (-2.0, 2.0)),
        start=start_at(-1.0, 0.5),
        minimizers=points((0.0, -1.0)),
        minimum=3.0,
        known_point=(1.8, 0.2),  # a local minimum
        known_value=84.0,
        reference="Goldstein, A. A. and Price, J. F. (1971). On descent from local minima. "
        "doi:10.1090/S0025-5718-1971-0312365-X",
    ),
)
