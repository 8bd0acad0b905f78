"""Functions with sines and cosines in them: many local minima, a narrow pit."""

import jax
import jax.numpy as jnp

from landscape.functions.points import SURVEY, points, start_at
from landscape.objectives import Objective


def mccormick(point: jax.Array) -> jax.Array:
    """sin(x + y) + (x − y)² − 1.5x + 2.5y + 1: a wave on a parabolic trough; unbounded below."""
    x, y = point
    return jnp.sin(x + y) + (x - y) ** 2 - 1.5 * x + 2.5 * y + 1


def branin(point: jax.Array) -> jax.Array:
    """(y − 5.1x²/4π² + 5x/π − 6)² + 10(1 − 1/8π) cos x + 10: three minimizers of equal value."""
    x, y = point
    along = y - 5.1 / (4 * jnp.pi**2) * x**2 + 5 / jnp.pi * x - 6
    return along**2 + 10 * (1 - 1 / (8 * jnp.pi)) * jnp.cos(x) + 10


def easom(point: jax.Array) -> jax.Array:
    """−cos x cos y exp(−(x − π)² − (y − π)²): one narrow pit in a plain that says nothing of it."""
    x, y = point
    return -jnp.cos(x) * jnp.cos(y) * jnp.exp(-((x - jnp.pi) ** 2) - (y - jnp.pi) ** 2)


def rastrigin(point: jax.Array) -> jax.Array:
    """20 + Σ (x² − 10 cos 2πx) over both coordinates: a minimum near every pair of integers."""
    return 20 + jnp.sum(point**2 - 10 * jnp.cos(2 * jnp.pi * point))


def ackley(point: jax.Array) -> jax.Array:
    """Ackley's function, a field of ripples around a cone.

    −20 exp(−0.2 √((x² + y²)/2)) − exp((cos 2πx + cos 2πy)/2) + 20 + e

    The tip of the cone is the minimizer, and there the function has no gradient: the slope in
    every direction is 2√2. JAX is given 0 there, which is a subgradient (the smallest one), so
    that an optimizer at the minimizer stays; the Hessian it reports there is that of the ripples
    alone. The loss is written with expm1, which makes it exactly 0 at the tip and accurate near it.
    """
    squares = jnp.sum(point**2) / 2
    at_tip = squares == 0
    radius = jnp.where(at_tip, 0.0, jnp.sqrt(jnp.where(at_tip, 1.0, squares)))  # √ has no slope at 0
    ripples = jnp.sum(jnp.sin(jnp.pi * point) ** 2)  # 1 − (cos 2πx + cos 2πy)/2
    return -20 * jnp.expm1(-0.2 * radius) - jnp.e * jnp.expm1(-ripples)


WAVES = (
    Objective(
        name="mccormick",
        title="McCormick",
        loss=mccormick,
        formula=r"\sin(x + y) + (x - y)^2 - 1.5 x + 2.5 y + 1",
        domain=((-1.5, 4.0), (-3.0, 4.0)),
        start=start_at(0.5, 3.0),
        minimizers=points((-0.54719755119659775, -1.5471975511965977)),
        minimum=-1.9132229549810364,
        known_point=(1.0, 0.0),
        known_value=1.3414709848078965,
        reference=SURVEY,
    ),
    Objective(
        name="branin",
        title="Branin",
        loss=branin,
        formula=r"\left( y - \frac{5.1}{4 \pi^2} x^2 + \frac{5}{\pi} x - 6 \right)^2 "
        r"+ 10 \left( 1 - \frac{1}{8 \pi} \right) \cos x + 10",
        domain=((-5.0, 10.0), (0.0, 15.0)),
        start=start_at(6.0, 13.0),
        minimizers=points(
            (-3.1415926535897932, 12.275), (3.1415926535897932, 2.275), (9.4247779607693797, 2.475)
        ),
        minimum=0.39788735772973834,
        known_point=(0.0, 0.0),
        known_value=55.602112642270262,
        reference="Branin, F. H. (1972). Widely convergent method for finding multiple solutions of "
        "simultaneous nonlinear equations. doi:10.1147/rd.165.0504",
    ),
    Objective(
        name="easom",
        title="Easom",
        loss=easom,
        formula=r"-\cos x \, \cos y \; e^{-(x - \pi)^2 - (y - \pi)^2}",
        domain=((-1.0, 7.0), (-1.0, 7.0)),
        start=start_at(1.9, 2.2),
        minimizers=points((3.1415926535897932, 3.1415926535897932)),
        minimum=-1.0,
        known_point=(3.1415926535897932, 4.1887902047863910),
        known_value=-0.16699859299306590,
        reference=SURVEY,
    ),
    Objective(
        name="rastrigin",
        title="Rastrigin",
        loss=rastrigin,
        formula=r"20 + x^2 - 10 \cos 2 \pi x + y^2 - 10 \cos 2 \pi y",
        domain=((-5.12, 5.12), (-5.12, 5.12)),
        start=start_at(-3.4, 2.6),
        minimizers=points((0.0, 0.0)),
        minimum=0.0,
        known_point=(0.5, 1.0),
        known_value=21.25,
        reference="Mühlenbein, H., Schomisch, M. and Born, J. (1991). The parallel genetic algorithm as "
        "function optimizer. doi:10.1016/S0167-8191(05)80052-3",
    ),
    Objective(
        name="ackley",
        title="Ackley",
        loss=ackley,
        formula=r"-20 \, e^{-0.2 \sqrt{(x^2 + y^2) / 2}} - e^{(\cos 2 \pi x + \cos 2 \pi y) / 2} + 20 + e",
        domain=((-5.0, 5.0), (-5.0, 5.0)),
        start=start_at(-3.4, 2.6),
        minimizers=points((0.0, 0.0)),
        minimum=0.0,
        known_point=(1.0, 1.0),
        known_value=3.6253849384403627,
        reference="Ackley, D. H. (1987). A Connectionist Machine for Genetic Hillclimbing. "
        "doi:10.1007/978-1-4613-1997-9",
    ),
)
