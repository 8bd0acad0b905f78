"""Solver: the minimizer of a convex risk by damped Newton steps, in one compiled program."""

from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.flatten_util import ravel_pytree
from jax.tree_util import Partial

from landscape.losses import Penalty
from landscape.objectives import Objective, Params, as_program, check_params, flatten
from landscape.planes import Plane
from landscape.risk.empirical import RiskProgram

MAX_STEPS = 60
"""Newton steps, tried or taken, at each width of the rounding."""

NUM_WIDTHS = 21
"""Widths of the rounding: each √10 smaller than the last, so 10⁻¹⁰ of the first in the end."""

FEW = 32
"""Parameters up to which a search along a plane shares the program of the search among all."""

STEP_TOLERANCE = 1e-10
"""A step this small beside the parameters, both in units of curvature, has arrived."""

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
    return solution, converged


class Smoothing(NamedTuple):
    """An objective for Newton's method: a program (width, params) -> loss, and the widths to go through.

    `floor` is a loss that is reached only if there is no minimizer.
    """

    program: Partial
    first_width: float
    num_widths: int
    floor: float

    def on(self, plane: Plane) -> "Smoothing":
        """The same on a plane, of its two coordinates."""
        return self._replace(program=Partial(_smooth_on_plane, self.program, plane))


def smoothing(objective: Objective) -> Smoothing:
    """What Newton's method needs to know of an objective."""
    loss = as_program(objective.loss)
    program = loss.func
    if not isinstance(program, RiskProgram):
        return Smoothing(Partial(_as_it_is, loss), 1.0, 1, -np.inf)
    data, penalty = loss.args
    corners = program.rounded is not None or penalty.strength * penalty.l1_ratio > 0
    # All examples together below log 2: each is right, so the data are separable.
    separable = program.model.task == "classification" and not program.takes_value and penalty.strength == 0
    return Smoothing(
        program=Partial(_SmoothRisk(program), data, penalty),
        first_width=float(np.max(np.abs(data["targets"]))) or 1.0,
        num_widths=NUM_WIDTHS if corners else 1,
        floor=float(np.log(2.0) / data["divisor"]) if separable else -np.inf,
    )


def solve(
    smoothing: Smoothing, start: Params, directions: tuple[Params, ...] | None = None
) -> tuple[Params, bool]:
    """The minimizer by Newton's method, and whether it was reached.

    Args:
        smoothing: The objective.
        start: Where to start.
        directions: Orthonormal, shaped like the start: only parameters that differ from it along
            these are searched. None for all parameters.
    """
    widths = smoothing.first_width * 10.0 ** (-0.5 * np.arange(NUM_WIDTHS))
    basis = np.eye(flatten(start).size)
    if directions is not None:
        chosen = np.stack([np.asarray(flatten(direction)) for direction in directions], axis=1)
        # Filled up with zeros, few directions need no other program than all of them.
        room = basis.shape[0] if basis.shape[0] <= FEW else chosen.shape[1]
        basis = np.pad(chosen, ((0, 0), (0, room - chosen.shape[1])))
    params, converged = _newton(
        smoothing.program, start, basis, widths, smoothing.num_widths, smoothing.floor
    )
    return params, bool(converged)


def _as_it_is(loss: Partial, width: jax.Array, params: Params) -> jax.Array:
    return loss(params)


@dataclass(frozen=True)
class _SmoothRisk:
    """The smoothed risk of a program as a function with a hash of its own."""

    program: RiskProgram

    def __call__(self, data: Any, penalty: Penalty, width: jax.Array, params: Params) -> jax.Array:
        return self.program.smooth(data, penalty, width, params)


def _smooth_on_plane(program: Partial, plane: Plane, width: jax.Array, point: jax.Array) -> jax.Array:
    return program(width, plane.at(point[0], point[1]))


class _State(NamedTuple):
    point: jax.Array
    loss: jax.Array
    damping: jax.Array
    step: jax.Array
    arrived: jax.Array
    unbounded: jax.Array


@jax.jit
def _newton(
    program: Partial,
    start: Params,
    directions: jax.Array,
    widths: jax.Array,
    num_widths: int,
    floor: float,
) -> tuple[Params, jax.Array]:
    origin, unravel = ravel_pytree(start)

    def along(basis: jax.Array, width: jax.Array, point: jax.Array) -> jax.Array:
        return program(width, unravel(origin + basis @ point))

    here = jnp.zeros(directions.shape[1], origin.dtype)
    scaling, size = _coordinates(partial(along, directions, widths[0]), here, directions.T @ origin)
    basis = directions @ scaling

    def at_width(k: jax.Array, carry: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        loss = partial(along, basis, widths[k])
        point, _ = carry
        false = jnp.zeros((), bool)
        state = _State(point, loss(point), jnp.zeros(()), jnp.zeros((), int), false, false)
        state = lax.while_loop(
            lambda state: (state.step < MAX_STEPS) & ~state.arrived & ~state.unbounded,
            partial(_newton_step, loss, size, floor),
            state,
        )
        return state.point, state.arrived

    point, converged = lax.fori_loop(0, num_widths, at_width, (here, jnp.zeros((), bool)))
    return unravel(origin + basis @ point), converged


def _coordinates(loss: Any, here: jax.Array, origin: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Directions in columns along which the curvature is of the size 1, and the origin's length in them.

    Directions without curvature and slope are 0.
    """
    gradient, hessian = jax.grad(loss)(here), jax.hessian(loss)(here)
    diagonal = jnp.sqrt(jnp.abs(jnp.diag(hessian)))
    scale = 1.0 / jnp.where(diagonal > 0, diagonal, 1.0)
    values, vectors = jnp.linalg.eigh(scale[:, None] * hessian * scale)
    slopes = jnp.abs(vectors.T @ (scale * gradient))
    flat = jnp.abs(values) <= RANK_TOLERANCE * jnp.max(jnp.abs(values))
    kept = ~flat | (slopes > 1e-8 * jnp.max(slopes))
    return scale[:, None] * vectors * kept, jnp.linalg.norm(origin / scale)


def _newton_step(loss: Any, size: jax.Array, floor: float, state: _State) -> _State:
    gradient, hessian = jax.grad(loss)(state.point), jax.hessian(loss)(state.point)
    values, vectors = jnp.linalg.eigh(hessian)
    sizes = jnp.abs(values)
    least = jnp.maximum(1e-14 * jnp.max(sizes), 1e-200)
    slopes = vectors.T @ gradient
    components = -slopes / jnp.maximum(sizes + state.damping, least)
    step = vectors @ components
    expected = -components @ slopes
    trial = loss(state.point + step)
    noise = 4 * jnp.finfo(float).eps * jnp.abs(state.loss)
    taken = trial <= state.loss - 1e-4 * expected + noise
    point = jnp.where(taken, state.point + step, state.point)
    value = jnp.where(taken, trial, state.loss)
    small = jnp.linalg.norm(step) <= STEP_TOLERANCE * (size + jnp.linalg.norm(point))
    level = expected <= 1e-26 * jnp.abs(value)
    eased = jnp.where(state.damping <= 1e-10, 0.0, state.damping / 10)
    return _State(
        point=point,
        loss=value,
        damping=jnp.where(taken, eased, jnp.maximum(10 * state.damping, 1e-8 * jnp.max(sizes) + 1e-10)),
        step=state.step + 1,
        arrived=(small | level) & (state.damping <= 1e-10),
        unbounded=value < floor,
    )
