"""Points: gradient, Hessian, eigenvalues and the kind of critical point."""

from dataclasses import dataclass
from typing import Any, Literal

import jax
import numpy as np
from jax.flatten_util import ravel_pytree
from jax.tree_util import Partial

from landscape.objectives import Objective, Params, as_program, check_params

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
        tolerance: The gradient vanishes where Newton's step is shorter than this (relative to
            1 + ‖θ‖) along every eigenvector of H.

    Returns:
        A `Curvature`; where the loss is not finite its numbers are NaN and the kind is "not-critical".

    Raises:
        ValueError: The point does not fit the objective.

    Example:
        >>> from landscape import FUNCTIONS
        >>> from landscape.curvature import curvature
        >>> at = curvature(FUNCTIONS["saddle"], [0.0, 0.0])
        >>> at.kind, bool(at.eigenvalues[0] < 0 < at.eigenvalues[1])
        ('saddle', True)
    """
    params = check_params(objective, point, "point")
    vector, loss, gradient, hessian = map(np.asarray, _second_order(as_program(objective.loss), params))
    if not (np.isfinite(gradient).all() and np.isfinite(hessian).all()):
        nothing = np.full(vector.size, np.nan)
        return Curvature(
            vector, float(loss), gradient, hessian, nothing, hessian * np.nan, np.nan, "not-critical"
        )
    eigenvalues, eigenvectors = np.linalg.eigh(hessian)
    condition = condition_number(eigenvalues)
    critical = _vanishes(vector, gradient, (eigenvalues, eigenvectors), tolerance)
    kind = kind_of(eigenvalues) if critical else "not-critical"
    return Curvature(vector, float(loss), gradient, hessian, eigenvalues, eigenvectors, condition, kind)


def _vanishes(point: np.ndarray, gradient: np.ndarray, eigenpairs: Any, tolerance: float) -> bool:
    """Whether Newton's step is short in each eigendirection, or the gradient is 0 beside the curvature."""
    eigenvalues, eigenvectors = eigenpairs
    sizes = np.abs(eigenvalues)
    longest = tolerance * (1 + np.linalg.norm(point))
    return bool(
        np.all(np.abs(eigenvectors.T @ gradient) <= longest * np.maximum(sizes, DEGENERATE * sizes.max()))
    )


def kind_of(eigenvalues: np.ndarray, negligible: float = 0.0) -> Kind:
    """The kind of a critical point; an eigenvalue up to `negligible` decides nothing."""
    sizes = np.abs(eigenvalues)
    if sizes.min() <= max(negligible, DEGENERATE * sizes.max()):
        return "degenerate"
    if (eigenvalues > 0).all():
        return "minimum"
    return "maximum" if (eigenvalues < 0).all() else "saddle"


def condition_number(eigenvalues: np.ndarray) -> float:
    """Max |λ| / min |λ|; infinite where one is 0."""
    sizes = np.abs(eigenvalues)
    return float(sizes.max() / sizes.min()) if sizes.min() > 0 else float("inf")


@jax.jit
def _second_order(loss: Partial, params: Params) -> tuple[jax.Array, ...]:
    vector, unravel = ravel_pytree(params)

    def flat(vector: jax.Array) -> jax.Array:
        return loss(unravel(vector))

    value, gradient = jax.value_and_grad(flat)(vector)
    return vector, value, gradient, jax.hessian(flat)(vector)
