"""L-BFGS: Newton's step without a Hessian, from the last ten differences of gradients."""

from typing import Any

import jax
import jax.numpy as jnp
import optax

from landscape.objectives import Params
from landscape.optimizers import hyperparameters as numbers
from landscape.optimizers.optimizer import Numbers, Optimizer, Quantity, State

MEMORY = 10
"""How many past differences of parameters and gradients are kept."""

MAX_TRIALS = 20
"""How many step lengths the line search may try."""


def l_bfgs(learning_rate: Any) -> optax.GradientTransformation:
    """L-BFGS with a line search: θ ← θ − αPg, where α satisfies the strong Wolfe conditions.

    P stands for the inverse Hessian. The line search first tries α = η, and may go further.
    """
    search = optax.scale_by_zoom_linesearch(MAX_TRIALS, initial_guess_strategy="one")
    transformation = optax.lbfgs(learning_rate, memory_size=MEMORY, linesearch=search)

    def update(
        gradient: Params,
        state: State,
        params: Params,
        *,
        value: Any,
        grad: Params,
        value_fn: Any,
        **extra: Any,
    ) -> tuple[Params, State]:
        # Optax reads the signature of the function, which a `Partial` hides.
        def loss(point: Params) -> Any:
            return value_fn(point)

        return transformation.update(gradient, state, params, value=value, grad=grad, value_fn=loss)

    return optax.GradientTransformationExtraArgs(transformation.init, update)


def _line_search(state: State, updates: Params, values: Numbers) -> dict[str, Any]:
    search = state[-1]
    return {
        "step_length": values["learning_rate"] * search.learning_rate,
        "trials": search.info.num_linesearch_steps,
    }


def _evaluations(state: State) -> jax.Array:
    """One gradient for each step length tried: the last one serves the next step; and one at the start."""
    trials = jnp.asarray(state[-1].info.num_linesearch_steps, jnp.int32)
    return trials + (state[0].count == 1)


L_BFGS = Optimizer(
    name="l-bfgs",
    title="L-BFGS",
    formula=r"\theta \leftarrow \theta - \alpha\, P g,\quad P \approx H^{-1}",
    hyperparameters=(numbers.learning_rate(1.0),),
    make=l_bfgs,
    internals=_line_search,
    quantities={
        "step_length": Quantity(r"\alpha", "step length found by the line search"),
        "trials": Quantity("k", "step lengths tried"),
    },
    evaluations=_evaluations,
    reference="D. C. Liu and J. Nocedal (1989), On the limited memory BFGS method for large scale "
    "optimization, doi:10.1007/BF01589116; line search: J. Nocedal and S. Wright (1999), Numerical "
    "Optimization, algorithms 3.5 and 3.6.",
)
