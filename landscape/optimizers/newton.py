r"""Newton's method: the step to the stationary point of the local quadratic model.

With the Hessian H = QΛQᵀ and the gradient g, the undamped step −H⁻¹g goes to the model's
stationary point whatever its kind, so it is drawn to saddles and maxima. The damped method takes
the size of each curvature, |Λ| + μ, so that it always points downhill, and halves the step until
the loss has decreased enough. On a convex loss that is the textbook's −(H + μI)⁻¹g.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax
from jax import lax
from jax.flatten_util import ravel_pytree

from landscape.objectives import Params
from landscape.optimizers import hyperparameters as numbers
from landscape.optimizers.optimizer import Numbers, Optimizer, Quantity, State

SUFFICIENT_DECREASE = 1e-4
"""The part of the decrease promised by the gradient that a step has to keep (Armijo's rule)."""

MAX_HALVINGS = 30
"""After so many halvings the step is below the precision that matters; it is then taken as it is."""


class NewtonState(NamedTuple):
    """What the last step saw: H and its ascending eigenvalues at the point it left, and its length."""

    hessian: jax.Array
    eigenvalues: jax.Array
    step_length: jax.Array
    halvings: jax.Array


def newton(learning_rate: Any, damping: Any) -> optax.GradientTransformation:
    """Damped Newton: θ ← θ − α Q(|Λ| + μ)⁻¹Qᵀg, α = η, η/2, η/4, … until the loss has decreased."""

    def step(
        gradient: Params, state: NewtonState, params: Params, *, value: Any, value_fn: Any, **extra: Any
    ) -> tuple[Params, NewtonState]:
        point, unravel = ravel_pytree(params)
        slope = ravel_pytree(gradient)[0]
        hessian, eigenvalues, axes = _decompose(value_fn, params)
        direction = -axes @ ((axes.T @ slope) / (jnp.abs(eigenvalues) + damping))
        promise = SUFFICIENT_DECREASE * slope @ direction
        # Close to a minimum the decrease is lost in rounding, which must not stop the step.
        rounding = 10 * jnp.finfo(point.dtype).eps * jnp.abs(value)

        def too_long(trial: tuple[jax.Array, jax.Array]) -> jax.Array:
            length, halvings = trial
            enough = value_fn(unravel(point + length * direction)) <= value + length * promise + rounding
            return ~enough & (halvings < MAX_HALVINGS)

        def halve(trial: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
            return trial[0] / 2, trial[1] + 1

        first = (jnp.asarray(learning_rate, point.dtype), jnp.zeros((), jnp.int32))
        length, halvings = lax.while_loop(too_long, halve, first)
        return unravel(length * direction), NewtonState(hessian, eigenvalues, length, halvings)

    return optax.GradientTransformationExtraArgs(_init, step)


def newton_undamped(learning_rate: Any) -> optax.GradientTransformation:
    """Newton's pure step: θ ← θ − ηH⁻¹g. Where H is singular the step is not finite."""

    def step(
        gradient: Params, state: NewtonState, params: Params, *, value_fn: Any, **extra: Any
    ) -> tuple[Params, NewtonState]:
        slope, unravel = ravel_pytree(gradient)
        hessian, eigenvalues, axes = _decompose(value_fn, params)
        direction = -axes @ ((axes.T @ slope) / eigenvalues)
        return unravel(learning_rate * direction), state._replace(hessian=hessian, eigenvalues=eigenvalues)

    return optax.GradientTransformationExtraArgs(_init, step)


def _init(params: Params) -> NewtonState:
    point = ravel_pytree(params)[0]
    return NewtonState(
        hessian=jnp.zeros((point.size, point.size), point.dtype),
        eigenvalues=jnp.zeros_like(point),
        step_length=jnp.ones((), point.dtype),
        halvings=jnp.zeros((), jnp.int32),
    )


def _decompose(value_fn: Any, params: Params) -> tuple[jax.Array, jax.Array, jax.Array]:
    """H with its ascending eigenvalues and its eigenvectors, the columns of Q."""
    point, unravel = ravel_pytree(params)
    hessian = jax.hessian(lambda x: value_fn(unravel(x)))(point)
    # LAPACK decomposes a batch on the threads that XLA runs its programs on: two such programs at the
    # same time may wait for each other for ever. On pages there are two parameters.
    eigenvalues, axes = rotated(hessian) if point.size == 2 else jnp.linalg.eigh(hessian)
    return hessian, eigenvalues, axes


def rotated(matrix: jax.Array) -> tuple[jax.Array, jax.Array]:
    r"""The ascending eigenvalues and the eigenvectors, in columns, of a symmetric 2 × 2 matrix.

    Jacobi's rotation by the smaller angle: with \tau = (d - b) / 2c of ((b, c), (c, d)) the tangent
    t = sgn(\tau) / (|\tau| + \sqrt{1 + \tau^2}) makes the eigenvalues b - tc and d + tc.

    Args:
        matrix: Shape (2, 2).

    Returns:
        Shapes (2,) and (2, 2).

    Example:
        >>> import jax.numpy as jnp
        >>> values, vectors = rotated(jnp.array([[2.0, 1.0], [1.0, 2.0]]))
        >>> values.tolist()
        [1.0, 3.0]

    Reference:
        Golub, Van Loan (2013), Matrix Computations, 4th edition, section 8.5.2
    """
    (b, c), d = matrix[0], matrix[1, 1]
    diagonal = c == 0
    tau = (d - b) / (2 * jnp.where(diagonal, 1, c))
    tangent = jnp.where(tau < 0, -1, 1) / (jnp.abs(tau) + jnp.hypot(1.0, tau))
    tangent = jnp.where(diagonal, 0, tangent)
    cosine = 1 / jnp.hypot(1.0, tangent)
    sine = tangent * cosine
    values = jnp.stack([b - tangent * c, d + tangent * c])
    vectors = jnp.stack([jnp.stack([cosine, sine]), jnp.stack([-sine, cosine])])
    order = jnp.where(values[0] <= values[1], jnp.array([0, 1]), jnp.array([1, 0]))
    return values[order], vectors[:, order]


def _curvature(state: State, updates: Params, values: Numbers) -> dict[str, Any]:
    return {"hessian": state.hessian, "eigenvalues": state.eigenvalues}


def _curvature_and_length(state: State, updates: Params, values: Numbers) -> dict[str, Any]:
    return _curvature(state, updates, values) | {"step_length": state.step_length}


def _evaluations(state: State) -> jax.Array:
    """The gradient, one Hessian-vector product per parameter, and one for each halved step."""
    return 1 + state.eigenvalues.shape[-1] + state.halvings


CURVATURE = {
    "hessian": Quantity("H", "Hessian"),
    "eigenvalues": Quantity(r"\lambda", "eigenvalues of the Hessian"),
}

NEWTON = Optimizer(
    name="newton",
    title="Newton (damped)",
    formula=r"\theta \leftarrow \theta - \alpha\, Q\, (|\Lambda| + \mu I)^{-1} Q^{\top} g,\quad "
    r"H = Q \Lambda Q^{\top}",
    hyperparameters=(numbers.learning_rate(1.0, low=1e-2, high=2.0), numbers.damping(1e-3)),
    make=newton,
    internals=_curvature_and_length,
    quantities=CURVATURE | {"step_length": Quantity(r"\alpha", "step length after halving")},
    evaluations=_evaluations,
    reference="Y. Dauphin et al. (2014), Identifying and attacking the saddle point problem in "
    "high-dimensional non-convex optimization, arXiv:1406.2572; halving: L. Armijo (1966), "
    "doi:10.2140/pjm.1966.16.1.",
)

NEWTON_UNDAMPED = Optimizer(
    name="newton-undamped",
    title="Newton (undamped)",
    formula=r"\theta \leftarrow \theta - \eta\, H^{-1} g",
    hyperparameters=(numbers.learning_rate(1.0, low=1e-2, high=2.0),),
    make=newton_undamped,
    internals=_curvature,
    quantities=CURVATURE,
    evaluations=_evaluations,
    reference="J. Nocedal and S. Wright (2006), Numerical Optimization, 2nd edition, section 2.2, "
    "doi:10.1007/978-0-387-40065-5.",
)
