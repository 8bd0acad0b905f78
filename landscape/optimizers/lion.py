"""Lion: a step of one length in every coordinate, in the direction that a mean of gradients points to."""

from typing import Any

import optax

from landscape.objectives import Params
from landscape.optimizers import hyperparameters as numbers
from landscape.optimizers.optimizer import Numbers, Optimizer, Quantity, State


def lion(learning_rate: Any, beta1: Any, beta2: Any, weight_decay: Any) -> optax.GradientTransformation:
    """Lion: θ ← θ − η (sign(β₁m + (1 − β₁)g) + λθ), then m ← β₂m + (1 − β₂)g, from m = 0."""
    return optax.lion(learning_rate, beta1, beta2, weight_decay=weight_decay)


def _moment(state: State, updates: Params, values: Numbers) -> dict[str, Any]:
    return {"m": optax.tree.get(state, "mu")}


LION = Optimizer(
    name="lion",
    title="Lion",
    formula=r"""\begin{aligned}
\theta &\leftarrow \theta - \eta\, \big(\operatorname{sign}(c) + \lambda \theta\big),
\quad c = \beta_1 m + (1-\beta_1)\, g \\
m &\leftarrow \beta_2 m + (1-\beta_2)\, g
\end{aligned}""",
    hyperparameters=(
        numbers.learning_rate(0.01),
        numbers.beta1(0.9),
        numbers.beta2(0.99),
        numbers.weight_decay(0.0),
    ),
    make=lion,
    internals=_moment,
    quantities={"m": Quantity("m", "mean of gradients")},
    reference="X. Chen et al. (2023), Symbolic discovery of optimization algorithms, algorithm 2, "
    "arXiv:2302.06675.",
)
