"""Quadratics: one minimizer at most, and a constant Hessian."""

import jax
import jax.numpy as jnp

from landscape.functions.points import SURVEY, points, start_at
from landscape.objectives import Objective


def bowl(point: jax.Array) -> jax.Array:
    """x² + y²: the same curvature in every direction, so every gradient points at the minimizer."""
    x, y = point
    return x**2 + y**2


def bowl_residuals(point: jax.Array) -> jax.Array:
    """(x, y), whose squares sum to the bowl."""
    x, y = point
    return jnp.stack([x, y])


def ravine(point: jax.Array) -> jax.Array:
    """(x² + 25y²)/2: condition number 25, so gradient descent diverges above a rate of 2/25."""
    x, y = point
    return (x**2 + 25 * y**2) / 2


def ravine_residuals(point: jax.Array) -> jax.Array:
    """(x, 5y), half of whose squares sum to the ravine."""
    x, y = point
    return jnp.stack([x, 5 * y])


def booth(point: jax.Array) -> jax.Array:
    """(x + 2y − 7)² + (2x + y − 5)²: a quadratic whose axes lie along the diagonals."""
    x, y = point
    return (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2


def booth_residuals(point: jax.Array) -> jax.Array:
    """(x + 2y − 7, 2x + y − 5), whose squares sum to booth."""
    x, y = point
    return jnp.stack([x + 2 * y - 7, 2 * x + y - 5])


def saddle(point: jax.Array) -> jax.Array:
    """x² − y²: a critical point at the origin that is no minimizer; unbounded below."""
    x, y = point
    return x**2 - y**2


QUADRATICS = (
    Objective(
        name="bowl",
        title="Bowl",
        loss=bowl,
        residuals=bowl_residuals,
        residual_scale="sum",
        formula=r"x^2 + y^2",
        domain=((-3.0, 3.0), (-3.0, 3.0)),
        start=start_at(-2.5, 1.5),
        minimizers=points((0.0, 0.0)),
        minimum=0.0,
        known_point=(1.0, 2.0),
        known_value=5.0,
        reference=SURVEY,
    ),
    Objective(
        name="ravine",
        title="Ravine (ill-conditioned quadratic)",
        loss=ravine,
        residuals=ravine_residuals,
        residual_scale="half",
        formula=r"\tfrac{1}{2} \left( x^2 + 25 y^2 \right)",
        domain=((-3.0, 3.0), (-1.5, 1.5)),
        start=start_at(-2.5, 1.0),
        minimizers=points((0.0, 0.0)),
        minimum=0.0,
        known_point=(2.0, 1.0),
        known_value=14.5,
        reference="Goh, G. (2017). Why momentum really works. Distill. doi:10.23915/distill.00006",
    ),
    Objective(
        name="booth",
        title="Booth",
        loss=booth,
        residuals=booth_residuals,
        residual_scale="sum",
        formula=r"(x + 2y - 7)^2 + (2x + y - 5)^2",
        domain=((-10.0, 10.0), (-10.0, 10.0)),
        start=start_at(-8.0, -4.0),
        minimizers=points((1.0, 3.0)),
        minimum=0.0,
        known_point=(2.0, 0.0),
        known_value=26.0,
        reference=SURVEY,
    ),
    Objective(
        name="saddle",
        title="Saddle",
        loss=saddle,
        formula=r"x^2 - y^2",
        domain=((-2.0, 2.0), (-2.0, 2.0)),
        start=start_at(1.5, 0.01),
        minimizers=points(),
        known_point=(0.5, 1.5),
        known_value=-2.0,
        reference="Dauphin, Y. et al. (2014). Identifying and attacking the saddle point problem in "
        "high-dimensional non-convex optimization. doi:10.48550/arXiv.1406.2572",
    ),
)
