r"""Adagrad, RMSprop and Adadelta: a gradient divided by the size it has had so far, coordinate by coordinate.

The conventions are PyTorch's: sums and means of squares start at 0, and ε stands outside the
root (inside it for Adadelta).
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax

from landscape.objectives import Params
from landscape.optimizers import hyperparameters as numbers
from landscape.optimizers.optimizer import Numbers, Optimizer, Quantity, State


class AdagradState(NamedTuple):
    """The sum of squared gradients, shaped like the parameters."""

    accumulator: Params


def adagrad(learning_rate: Any, epsilon: Any) -> optax.GradientTransformation:
    """Adagrad: G ← G + g², θ ← θ − ηg / (√G + ε), from G = 0.

    Optax's own version has ε inside the root and begins at G = 0.1; this one is PyTorch's.
    """

    def init(params: Params) -> AdagradState:
        return AdagradState(optax.tree.zeros_like(params))

    def update(gradient: Params, state: AdagradState, params: Params = None) -> tuple[Params, AdagradState]:
        total = jax.tree.map(lambda s, g: s + g * g, state.accumulator, gradient)
        updates = jax.tree.map(lambda g, s: -learning_rate * g / (jnp.sqrt(s) + epsilon), gradient, total)
        return updates, AdagradState(total)

    return optax.GradientTransformation(init, update)


def rmsprop(learning_rate: Any, decay: Any, epsilon: Any) -> optax.GradientTransformation:
    """RMSprop: v ← ρv + (1 − ρ)g², θ ← θ − ηg / (√v + ε), from v = 0."""
    return optax.rmsprop(learning_rate, decay, epsilon, eps_in_sqrt=False)


def adadelta(learning_rate: Any, decay: Any, epsilon: Any) -> optax.GradientTransformation:
    """Adadelta: v ← ρv + (1 − ρ)g², δ = g √(u + ε) / √(v + ε), u ← ρu + (1 − ρ)δ², θ ← θ − ηδ."""
    return optax.chain(optax.scale_by_adadelta(decay, epsilon), optax.scale_by_learning_rate(learning_rate))


def _accumulator(state: State, updates: Params, values: Numbers) -> dict[str, Any]:
    return {"accumulator": state.accumulator}


def _mean_square(state: State, updates: Params, values: Numbers) -> dict[str, Any]:
    return {"v": optax.tree.get(state, "nu")}


def _mean_squares(state: State, updates: Params, values: Numbers) -> dict[str, Any]:
    return {"v": optax.tree.get(state, "e_g"), "u": optax.tree.get(state, "e_x")}


ADAGRAD = Optimizer(
    name="adagrad",
    title="Adagrad",
    formula=r"G \leftarrow G + g^2,\quad \theta \leftarrow \theta - \eta\, g / (\sqrt{G} + \varepsilon)",
    hyperparameters=(numbers.learning_rate(0.5), numbers.epsilon(1e-10)),
    make=adagrad,
    internals=_accumulator,
    quantities={"accumulator": Quantity("G", "sum of squared gradients")},
    reference="J. Duchi, E. Hazan and Y. Singer (2011), Adaptive subgradient methods for online learning and "
    "stochastic optimization, Journal of Machine Learning Research 12, 2121-2159.",
)

RMSPROP = Optimizer(
    name="rmsprop",
    title="RMSprop",
    formula=r"v \leftarrow \rho v + (1-\rho)\, g^2,\quad "
    r"\theta \leftarrow \theta - \eta\, g / (\sqrt{v} + \varepsilon)",
    hyperparameters=(numbers.learning_rate(0.01), numbers.decay(0.99), numbers.epsilon(1e-8)),
    make=rmsprop,
    internals=_mean_square,
    quantities={"v": Quantity("v", "mean of squared gradients")},
    reference="T. Tieleman and G. Hinton (2012), Lecture 6.5: RMSprop, Coursera: Neural networks for machine "
    "learning.",
)

ADADELTA = Optimizer(
    name="adadelta",
    title="Adadelta",
    formula=r"""\begin{aligned}
v &\leftarrow \rho v + (1-\rho)\, g^2, & \delta &= g\, \sqrt{u + \varepsilon} / \sqrt{v + \varepsilon} \\
u &\leftarrow \rho u + (1-\rho)\, \delta^2, & \theta &\leftarrow \theta - \eta\, \delta
\end{aligned}""",
    hyperparameters=(numbers.learning_rate(1.0), numbers.decay(0.9), numbers.epsilon(1e-6)),
    make=adadelta,
    internals=_mean_squares,
    quantities={
        "v": Quantity("v", "mean of squared gradients"),
        "u": Quantity("u", "mean of squared steps"),
    },
    reference="M. D. Zeiler (2012), ADADELTA: an adaptive learning rate method, algorithm 1, "
    "arXiv:1212.5701.",
)
