r"""Adam and its relatives: a mean of gradients divided by the root of a mean of their squares.

The conventions are PyTorch's: both means start at 0 and are corrected for it, and ε stands
outside the root of the corrected second moment.
"""

from typing import Any

import jax
import optax

from landscape.objectives import Params
from landscape.optimizers import hyperparameters as numbers
from landscape.optimizers.optimizer import Numbers, Optimizer, Quantity, State

MOMENTS = {
    "m": Quantity("m", "first moment"),
    "v": Quantity("v", "second moment"),
    "m_hat": Quantity(r"\hat m", "first moment, bias-corrected"),
    "v_hat": Quantity(r"\hat v", "second moment, bias-corrected"),
}


def moments(state: State, updates: Params, values: Numbers) -> dict[str, Any]:
    """Both moments after the update, as they are and bias-corrected, shaped like the parameters."""
    count, m, v = (optax.tree.get(state, name) for name in ("count", "mu", "nu"))
    return {
        "m": m,
        "v": v,
        "m_hat": jax.tree.map(lambda x: x / (1 - values["beta1"] ** count), m),
        "v_hat": jax.tree.map(lambda x: x / (1 - values["beta2"] ** count), v),
    }


def adam(learning_rate: Any, beta1: Any, beta2: Any, epsilon: Any) -> optax.GradientTransformation:
    """Adam: θ ← θ − η m̂ / (√v̂ + ε)."""
    return optax.adam(learning_rate, beta1, beta2, epsilon)


ADAM = Optimizer(
    name="adam",
    title="Adam",
    formula=r"""\begin{aligned}
m &\leftarrow \beta_1 m + (1-\beta_1)\, g, & \hat m &= m / (1-\beta_1^t) \\
v &\leftarrow \beta_2 v + (1-\beta_2)\, g^2, & \hat v &= v / (1-\beta_2^t) \\
\theta &\leftarrow \theta - \eta\, \hat m / (\sqrt{\hat v} + \varepsilon)
\end{aligned}""",
    hyperparameters=(numbers.learning_rate(1e-2), numbers.beta1(), numbers.beta2(), numbers.epsilon(1e-8)),
    make=adam,
    internals=moments,
    quantities=MOMENTS,
    reference="D. P. Kingma and J. Ba (2015), Adam: a method for stochastic optimization, algorithm 1, "
    "arXiv:1412.6980.",
)
