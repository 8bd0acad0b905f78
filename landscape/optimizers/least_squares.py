r"""Gauss–Newton and Levenberg–Marquardt: Newton's method for sums of squares, without second derivatives.

With the residuals r(θ) and their Jacobian J, the loss is ½‖r‖² up to a constant factor, and JᵀJ
stands for its Hessian.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax
from jax.flatten_util import ravel_pytree

from landscape.objectives import Params
from landscape.optimizers import hyperparameters as numbers
from landscape.optimizers.optimizer import Numbers, Optimizer, Quantity, State


class GaussNewtonState(NamedTuple):
    """JᵀJ at the point that the last step left."""

    matrix: jax.Array


class LevenbergMarquardtState(NamedTuple):
    """The last trial (JᵀJ, its damping, gain ratio and fate) and the damping of the next."""

    matrix: jax.Array
    damping: jax.Array
    gain_ratio: jax.Array
    accepted: jax.Array
    next_damping: jax.Array
    growth: jax.Array
    num_steps: jax.Array


def gauss_newton(learning_rate: Any) -> optax.GradientTransformation:
    """Gauss–Newton: θ ← θ − ηJ⁺r, the shortest least-squares solution of Jδ = −r."""

    def init(params: Params) -> GaussNewtonState:
        return GaussNewtonState(_no_matrix(params))

    def update(
        gradient: Params, state: GaussNewtonState, params: Params, *, residuals_fn: Any, **extra: Any
    ) -> tuple[Params, GaussNewtonState]:
        point, unravel = ravel_pytree(params)
        _, residuals, jacobian = _linearize(residuals_fn, point, unravel)
        step = -jnp.linalg.lstsq(jacobian, residuals)[0]
        return unravel(learning_rate * step), GaussNewtonState(jacobian.T @ jacobian)

    return optax.GradientTransformationExtraArgs(init, update)


def levenberg_marquardt(damping: Any) -> optax.GradientTransformation:
    """Levenberg–Marquardt: try δ = −(JᵀJ + μI)⁻¹Jᵀr, and take it if it lowers the loss.

    The gain ratio ϱ is the decrease of ½‖r‖² over the decrease of its model. After a step that
    is taken, μ ← μ max(⅓, 1 − (2ϱ − 1)³); after one that is not, μ ← μν and ν ← 2ν, with ν = 2
    to begin with and after each success. The first μ is `damping` times the largest diagonal
    entry of JᵀJ. A step that is not taken is a step of length 0.
    """

    def init(params: Params) -> LevenbergMarquardtState:
        matrix = _no_matrix(params)
        zero, two = jnp.zeros((), matrix.dtype), jnp.full((), 2, matrix.dtype)
        return LevenbergMarquardtState(matrix, zero, zero, zero, zero, two, jnp.zeros((), jnp.int32))

    def update(
        gradient: Params, state: LevenbergMarquardtState, params: Params, *, residuals_fn: Any, **extra: Any
    ) -> tuple[Params, LevenbergMarquardtState]:
        point, unravel = ravel_pytree(params)
        function, residuals, jacobian = _linearize(residuals_fn, point, unravel)
        matrix, slope = jacobian.T @ jacobian, jacobian.T @ residuals
        largest = jnp.max(jnp.diag(matrix))
        scale = jnp.where(largest > 0, largest, 1)
        mu = jnp.where(state.num_steps == 0, damping * scale, state.next_damping)

        system = matrix + mu * jnp.eye(point.size, dtype=point.dtype)
        step = -jax.scipy.linalg.solve(system, slope, assume_a="pos")
        trial = function(point + step)
        decrease = (residuals @ residuals - trial @ trial) / 2
        predicted = step @ (mu * step - slope) / 2
        gain = jnp.where(predicted == 0, 0, decrease / predicted)
        # A trial that is not finite compares as false: it is a failure like any other.
        accepted = gain > 0

        eased = mu * jnp.maximum(1 / 3, 1 - (2 * gain - 1) ** 3)
        # Beyond this damping a step is smaller than the rounding of the parameters.
        raised = jnp.minimum(mu * state.growth, scale / jnp.finfo(point.dtype).eps)
        # From μ = 0 no factor leads away.
        raised = jnp.maximum(raised, scale * jnp.finfo(point.dtype).eps)
        return unravel(jnp.where(accepted, step, 0)), LevenbergMarquardtState(
            matrix=matrix,
            damping=mu,
            gain_ratio=gain,
            accepted=accepted,
            next_damping=jnp.where(accepted, eased, raised),
            growth=jnp.where(accepted, 2, 2 * state.growth),
            num_steps=state.num_steps + 1,
        )

    return optax.GradientTransformationExtraArgs(init, update)


def _no_matrix(params: Params) -> jax.Array:
    point = ravel_pytree(params)[0]
    return jnp.zeros((point.size, point.size), point.dtype)


def _linearize(
    residuals_fn: Callable[[Params], jax.Array] | None,
    point: jax.Array,
    unravel: Callable[[jax.Array], Params],
) -> tuple[Callable[[jax.Array], jax.Array], jax.Array, jax.Array]:
    """The residuals as a function of a vector, their values (n,) and their Jacobian (n, p) at the point."""
    if residuals_fn is None:
        raise ValueError("`residuals_fn` must give the residuals that the loss is made of, got None")

    def function(x: jax.Array) -> jax.Array:
        return jnp.ravel(residuals_fn(unravel(x)))

    return function, function(point), jax.jacfwd(function)(point)


def _matrix(state: State, updates: Params, values: Numbers) -> dict[str, Any]:
    return {"gauss_newton": state.matrix}


def _trial(state: State, updates: Params, values: Numbers) -> dict[str, Any]:
    return {
        "gauss_newton": state.matrix,
        "damping": state.damping,
        "gain_ratio": state.gain_ratio,
        "accepted": state.accepted,
    }


def _evaluations(state: State) -> jax.Array:
    """The gradient, and one forward product with J per parameter; a trial's residuals serve the next step."""
    return jnp.asarray(1 + state.matrix.shape[-1], jnp.int32)


MATRIX = {"gauss_newton": Quantity(r"J^{\top} J", "Gauss–Newton matrix")}

GAUSS_NEWTON = Optimizer(
    name="gauss-newton",
    title="Gauss–Newton",
    formula=r"\theta \leftarrow \theta - \eta\, (J^{\top} J)^{+} J^{\top} r",
    hyperparameters=(numbers.learning_rate(1.0, low=1e-2, high=2.0),),
    make=gauss_newton,
    internals=_matrix,
    quantities=MATRIX,
    evaluations=_evaluations,
    needs_residuals=True,
    reference="J. Nocedal and S. Wright (2006), Numerical Optimization, 2nd edition, section 10.3, "
    "doi:10.1007/978-0-387-40065-5.",
)

LEVENBERG_MARQUARDT = Optimizer(
    name="levenberg-marquardt",
    title="Levenberg–Marquardt",
    formula=r"\theta \leftarrow \theta - (J^{\top} J + \mu I)^{-1} J^{\top} r"
    r"\quad \text{if that lowers the loss}",
    hyperparameters=(numbers.damping(1e-3, symbol=r"\tau"),),
    make=levenberg_marquardt,
    internals=_trial,
    quantities=MATRIX
    | {
        "damping": Quantity(r"\mu", "damping"),
        "gain_ratio": Quantity(r"\varrho", "gain ratio"),
        "accepted": Quantity("a", "step taken (1) or not (0)"),
    },
    evaluations=_evaluations,
    needs_residuals=True,
    reference="D. W. Marquardt (1963), An algorithm for least-squares estimation of nonlinear parameters, "
    "doi:10.1137/0111030; damping: K. Madsen, H. B. Nielsen and O. Tingleff (2004), Methods for non-linear "
    "least squares problems, algorithm 3.16.",
)
