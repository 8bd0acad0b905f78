"""Curvature: gradient, Hessian, eigenvalues and the kind of critical point."""

from dataclasses import dataclass
from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.flatten_util import ravel_pytree
from jax.tree_util import Partial

from landscape.objectives import Domain, Objective, Params, as_program, check_domain, check_params

Kind = Literal["minimum", "maximum", "saddle", "degenerate", "not-critical"]

DEGENERATE = 1e-8
"""An eigenvalue smaller than this share of the largest says nothing of the kind of a critical point."""


@dataclass(frozen=True, eq=False)
class Curvature:
    """The loss around a point, to second order: L(θ + δ) ≈ L + gᵀδ + ½ δᵀHδ.

    Attributes:
        point: The parameters in one vector, shape (n,).
        loss: L at the point.
        gradient: g, shape (n,).
        hessian: H, shape (n, n).
        eigenvalues: Of H, ascending, shape (n,).
        eigenvectors: Unit eigenvectors in columns, shape (n, n).
        condition_number: max |λ| / min |λ|; infinite where H is singular.
        kind: "minimum", "maximum" or "saddle" where the gradient vanishes and H decides it,
            "degenerate" where it vanishes and H has a zero eigenvalue, else "not-critical".
    """

    point: np.ndarray
    loss: float
    gradient: np.ndarray
    hessian: np.ndarray
    eigenvalues: np.ndarray
    eigenvectors: np.ndarray
    condition_number: float
    kind: Kind

    @property
    def sharpness(self) -> float:
        """The largest eigenvalue of the Hessian, λmax."""
        return float(self.eigenvalues[-1])

    @property
    def largest_stable_learning_rate(self) -> float | None:
        """2/λmax: gradient descent on the quadratic of this curvature diverges above it; None if λmax ≤ 0."""
        return 2.0 / self.sharpness if self.sharpness > 0 else None


def curvature(objective: Objective, point: Params, *, tolerance: float = 1e-6) -> Curvature:
    """Gradient, Hessian, its eigenvalues and the kind of critical point.

    Args:
        objective: The objective.
        point: Where to look, shaped like `objective.start`; small enough for a full Hessian.
        tolerance: The gradient vanishes if a Newton step from here is shorter than this
            (relative to 1 + ‖θ‖), or if it is this small beside the curvature.

    Returns:
        A `Curvature`; where the loss is not finite its numbers are NaN and the kind is "not-critical".

    Raises:
        ValueError: The point does not fit the objective.

    Example:
        >>> import landscape
        >>> at = landscape.curvature(landscape.FUNCTIONS["saddle"], [0.0, 0.0])
        >>> at.kind, bool(at.eigenvalues[0] < 0 < at.eigenvalues[1])
        ('saddle', True)
    """
    params = check_params(objective, point)
    vector, loss, gradient, hessian = map(np.asarray, _second_order(as_program(objective.loss), params))
    if not (np.isfinite(gradient).all() and np.isfinite(hessian).all()):
        nothing = np.full(vector.size, np.nan)
        return Curvature(
            vector, float(loss), gradient, hessian, nothing, hessian * np.nan, np.nan, "not-critical"
        )
    eigenvalues, eigenvectors = np.linalg.eigh(hessian)
    sizes = np.abs(eigenvalues)
    condition = float(sizes.max() / sizes.min()) if sizes.min() > 0 else float("inf")
    kind = _kind(vector, gradient, eigenvalues, tolerance)
    return Curvature(vector, float(loss), gradient, hessian, eigenvalues, eigenvectors, condition, kind)


def critical_points(
    objective: Objective, *, extent: Domain | None = None, resolution: int = 24, max_points: int = 60
) -> list[Curvature]:
    """The critical points of a two-parameter objective in a window, found from a grid of starts.

    From every point of the grid a damped Newton iteration on ∇L = 0 is run, all at once; its ends
    are kept where the gradient vanishes, once each. Points may be missed where they lie closer
    together than the grid.

    Args:
        objective: An objective of two parameters in one vector.
        extent: ((xmin, xmax), (ymin, ymax)); `objective.domain` by default.
        resolution: Starts along each axis.
        max_points: At most so many are returned, those of lowest loss first.

    Returns:
        The `Curvature` at each, by ascending loss.

    Raises:
        ValueError: There is no extent, or it is empty.

    Example:
        >>> import landscape
        >>> found = landscape.critical_points(landscape.FUNCTIONS["himmelblau"])
        >>> sorted(point.kind for point in found).count("minimum"), len(found)
        (4, 9)
    """
    extent = extent or objective.domain
    if extent is None:
        raise ValueError("`extent` must be given for an objective without a domain")
    check_domain(extent)
    (xmin, xmax), (ymin, ymax) = extent
    low, high = np.array([xmin, ymin]), np.array([xmax, ymax])
    span = high - low
    # cell centres, off the symmetry lines of most functions
    steps = (np.arange(resolution) + 0.5) / resolution
    starts = low + span * np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    ends, sizes = map(np.asarray, _newton_ends(as_program(objective.loss), starts, span))
    inside = np.all((ends >= low - 1e-9 * span) & (ends <= high + 1e-9 * span), axis=1)
    kept: list[np.ndarray] = []
    for end in ends[inside & np.isfinite(sizes) & (sizes < 1e-6)]:
        if all(np.max(np.abs(end - other) / span) > 1e-4 for other in kept):
            kept.append(end)
    found = [curvature(objective, end) for end in kept]
    found = [point for point in found if point.kind != "not-critical"]
    return sorted(found, key=lambda point: point.loss)[:max_points]


def _kind(point: np.ndarray, gradient: np.ndarray, eigenvalues: np.ndarray, tolerance: float) -> Kind:
    largest = np.abs(eigenvalues).max()
    if np.linalg.norm(gradient) > tolerance * (1 + np.linalg.norm(point)) * max(largest, tolerance):
        return "not-critical"
    if largest == 0 or np.abs(eigenvalues).min() <= DEGENERATE * largest:
        return "degenerate"
    if (eigenvalues > 0).all():
        return "minimum"
    return "maximum" if (eigenvalues < 0).all() else "saddle"


@jax.jit
def _second_order(loss: Partial, params: Params) -> tuple[jax.Array, ...]:
    vector, unravel = ravel_pytree(params)

    def flat(vector: jax.Array) -> jax.Array:
        return loss(unravel(vector))

    value, gradient = jax.value_and_grad(flat)(vector)
    return vector, value, gradient, jax.hessian(flat)(vector)


@jax.jit
def _newton_ends(loss: Partial, starts: jax.Array, span: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Newton's iteration on ∇L = 0, steps of at most a tenth of the window: ends, size of the next step."""
    gradient, hessian = jax.grad(loss), jax.hessian(loss)

    def newton_step(point: jax.Array) -> jax.Array:
        (a, b), (c, d) = hessian(point)
        g0, g1 = gradient(point)
        determinant = a * d - b * c
        step = -jnp.array([d * g0 - b * g1, a * g1 - c * g0]) / determinant
        return jnp.where(jnp.isfinite(step), step, 0.0)

    def body(_: jax.Array, point: jax.Array) -> jax.Array:
        step = newton_step(point)
        return point + step / jnp.maximum(1.0, 10 * jnp.max(jnp.abs(step) / span))

    def run(start: jax.Array) -> tuple[jax.Array, jax.Array]:
        end = lax.fori_loop(0, 60, body, start)
        return end, jnp.max(jnp.abs(newton_step(end)) / span)

    return jax.vmap(run)(starts)
