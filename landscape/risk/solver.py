"""Solver: the minimizer of a convex risk by damped Newton steps.

The loop is Python's and the compiled program one expansion of the loss: it compiles in a fraction of
the time of the whole.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from landscape.objectives import Objective, Params, as_program, check_params
from landscape.risk.empirical import RiskProgram
from landscape.risk.expansions import Expand, Expansion, expansion_of, flat, shaped

MAX_STEPS = 60
"""Newton steps, tried or taken, at each width of the rounding."""

NUM_WIDTHS = 21
"""Widths of the rounding: each √10 smaller than the last, so 10⁻¹⁰ of the first in the end."""

STEP_TOLERANCE = 1e-10
"""A step this small beside the parameters, both in units of curvature, has arrived."""

CERTAIN = 1000.0
"""A logit so large that an example on its own side costs nothing."""

RANK_TOLERANCE = 1e-12
"""A direction whose curvature is this small beside the largest, and which has no slope, is left alone."""


def minimize(objective: Objective, start: Params | None = None) -> tuple[Params, bool]:
    r"""The minimizer of a convex objective, by damped Newton steps.

    \theta <- \theta - (|H| + \mu I)^{-1} \nabla L in coordinates in which H begins with a diagonal
    of ones; \mu grows after a step that does not lower the loss and shrinks after one that does.
    A risk with corners (mae, an l1 penalty) is solved with the corners rounded over a width that
    shrinks to 10^{-10} of the targets' size, each solution the start of the next; the loss is then
    above the minimum by no more than that width (times n for a sum). If many points are minimizers,
    it is the one nearest to the start in those coordinates.

    Args:
        objective: A convex objective: an `empirical_risk`, or any that is twice differentiable. Of
            one that is not convex a local minimizer is found.
        start: Where to start, shaped like `objective.start`, which is the default.

    Returns:
        (params, converged). Not converged where the loss has no minimizer, as for classes that a
        plane separates without a penalty: the params then stand where all examples together cost
        less than log 2, so that each is on its own side.

    Raises:
        ValueError: The start does not fit the objective.

    Example:
        >>> import landscape
        >>> from landscape import DATASETS, LOSSES, MODELS
        >>> from landscape.risk import minimize
        >>> risk = landscape.empirical_risk(MODELS["linear"], DATASETS["line"], LOSSES["mse"])
        >>> params, converged = minimize(risk)
        >>> converged, float(params["weights"][0]), float(params["bias"])
        (True, 2.058, 1.142)

    Reference:
        Nocedal, Wright (2006), Numerical Optimization, 2nd edition, section 3.4; the rounding:
        Nesterov (2005), Smooth minimization of non-smooth functions, doi:10.1007/s10107-004-0552-5
    """
    params = check_params(objective, objective.start if start is None else start)
    solution, converged = solve(smoothing(objective), params)
    return jax.tree.map(jnp.asarray, solution), converged


@dataclass(frozen=True, eq=False)
class Smoothing:
    """An objective for Newton's method.

    Attributes:
        expand: (width, params) -> the loss with its corners rounded over the width, to second order.
        first_width: Of the rounding.
        num_widths: How many, each √10 smaller than the last.
        floor: A loss that is reached only if there is no minimizer.
    """

    expand: Expand
    first_width: float = 1.0
    num_widths: int = 1
    floor: float = -np.inf


def smoothing(objective: Objective) -> Smoothing:
    """What Newton's method needs to know of an objective."""
    loss = as_program(objective.loss)
    program, expand = loss.func, expansion_of(loss, objective.start)
    if not isinstance(program, RiskProgram):
        return Smoothing(expand)
    data, penalty = loss.args
    corners = program.rounded is not None or penalty.strength * penalty.l1_ratio > 0
    endless = program.unending and penalty.strength == 0
    return Smoothing(
        expand,
        first_width=float(np.max(np.abs(data["targets"]))) or 1.0,
        num_widths=NUM_WIDTHS if corners else 1,
        floor=_undecided(program, data, objective.start) if endless else -np.inf,
    )


def _undecided(program: RiskProgram, data: dict[str, Any], start: Params) -> float:
    """What classes cost if one example is undecided and all others are certain and right.

    What costs less has every example on its own side: a plane separates the classes, and longer weights
    cost less still.
    """
    targets = np.asarray(data["targets"])
    classes = np.argmax(targets, axis=-1) if targets.ndim > 1 else targets.astype(int)
    raw = np.asarray(program.model.apply(start, data["inputs"]))
    right = CERTAIN * ((np.arange(raw.shape[1]) == classes[:, None]) if raw.ndim > 1 else 2.0 * classes - 1.0)
    costs = []
    for example in np.unique(classes, return_index=True)[1]:
        # Between its own class and another, which are two logits of one height, or one logit of 0.
        torn = right.copy()
        torn[example] = np.roll(right[example], 1) + right[example] if raw.ndim > 1 else 0.0
        costs.append(float(program.misfit(data, jnp.zeros(()), jnp.asarray(torn))))
    return min(costs)


def solve(smoothing: Smoothing, start: Params, directions: np.ndarray | None = None) -> tuple[Params, bool]:
    """The minimizer by Newton's method, in NumPy's arrays, and whether it was reached.

    Args:
        smoothing: The objective.
        start: Where to start.
        directions: Orthonormal columns (n, m): only parameters that differ from the start along
            these are searched. None for all parameters.
    """
    origin = flat(start)
    basis = np.eye(origin.size) if directions is None else directions
    point, converged = np.zeros(basis.shape[1]), False
    with np.errstate(all="ignore"):
        first = smoothing.expand(smoothing.first_width, start).along(basis)
        if not first.is_finite:
            return shaped(start, origin), False
        scaling, size = _coordinates(first, basis.T @ origin)
        basis = basis @ scaling
        for width in smoothing.first_width * 10.0 ** (-0.5 * np.arange(smoothing.num_widths)):

            def expand(point: np.ndarray, width: float = width) -> Expansion:
                return smoothing.expand(width, shaped(start, origin + basis @ point)).along(basis)

            point, converged = _newton(expand, point, size, smoothing.floor)
    return shaped(start, origin + basis @ point), converged


def _coordinates(first: Expansion, origin: np.ndarray) -> tuple[np.ndarray, float]:
    """Directions in columns along which the curvature is of the size 1, and the origin's length in them.

    Directions without curvature and slope are 0.
    """
    diagonal = np.sqrt(np.abs(np.diag(first.hessian)))
    scale = 1.0 / np.where(diagonal > 0, diagonal, 1.0)
    values, vectors = np.linalg.eigh(scale[:, None] * first.hessian * scale)
    slopes = np.abs(vectors.T @ (scale * first.gradient))
    level = np.abs(values) <= RANK_TOLERANCE * np.max(np.abs(values))
    # At the bottom all slopes are rounding errors, in units in which a slope is the root of a loss.
    kept = ~level | (slopes > 1e-8 * np.max(slopes) + 1e-12 * np.sqrt(abs(first.value)))
    return scale[:, None] * vectors * kept, float(np.linalg.norm(origin / scale))


def _newton(
    expand: Callable[[np.ndarray], Expansion], point: np.ndarray, size: float, floor: float
) -> tuple[np.ndarray, bool]:
    """Damped Newton steps from a point; where they end, and whether it is a minimizer."""
    here, damping = expand(point), 0.0
    if not here.is_finite:
        return point, False
    values, vectors = np.linalg.eigh(here.hessian)
    for _ in range(MAX_STEPS):
        sizes, slopes = np.abs(values), vectors.T @ here.gradient
        components = -slopes / np.maximum(sizes + damping, max(1e-14 * sizes.max(), 1e-200))
        step, expected = vectors @ components, -components @ slopes
        there = expand(point + step)
        noise = 4 * np.finfo(float).eps * abs(here.value)
        taken = there.is_finite and there.value <= here.value - 1e-4 * expected + noise
        undamped = damping <= 1e-10
        if taken:
            point, here = point + step, there
            values, vectors = np.linalg.eigh(here.hessian)
            damping = 0.0 if undamped else damping / 10
        else:
            damping = max(10 * damping, 1e-8 * sizes.max() + 1e-10)
        small = np.linalg.norm(step) <= STEP_TOLERANCE * (size + np.linalg.norm(point))
        if undamped and (small or expected <= 1e-26 * abs(here.value)):
            return point, True
        if here.value < floor:
            break
    return point, False
