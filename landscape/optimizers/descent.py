r"""Gradient descent, alone and with a velocity.

The conventions are PyTorch's: the velocity is v ← βv + g, not v ← βv + (1 − β)g, and
Nesterov's step is g + βv with the new velocity.
"""

from typing import Any

import optax

from landscape.objectives import Params
from landscape.optimizers import hyperparameters as numbers
from landscape.optimizers.optimizer import Numbers, Optimizer, Quantity, State

VELOCITY = {"velocity": Quantity("v", "velocity")}


def velocity(state: State, updates: Params, values: Numbers) -> dict[str, Any]:
    """The velocity v after the update, shaped like the parameters."""
    return {"velocity": optax.tree.get(state, "trace")}


def gd(learning_rate: Any) -> optax.GradientTransformation:
    """Gradient descent: θ ← θ − ηg."""
    return optax.sgd(learning_rate)


def heavy_ball(learning_rate: Any, momentum: Any) -> optax.GradientTransformation:
    """Gradient descent with a velocity: v ← βv + g, θ ← θ − ηv, from v = 0."""
    return optax.sgd(learning_rate, momentum)


def nesterov(learning_rate: Any, momentum: Any) -> optax.GradientTransformation:
    """Nesterov's momentum: v ← βv + g, θ ← θ − η(g + βv), from v = 0."""
    return optax.sgd(learning_rate, momentum, nesterov=True)


GD = Optimizer(
    name="gd",
    title="Gradient descent",
    formula=r"\theta \leftarrow \theta - \eta\, g",
    hyperparameters=(numbers.learning_rate(1e-3),),
    make=gd,
    reference="A.-L. Cauchy (1847), Méthode générale pour la résolution des systèmes d'équations "
    "simultanées, Comptes rendus 25, 536-538.",
)

MOMENTUM = Optimizer(
    name="momentum",
    title="Momentum",
    formula=r"v \leftarrow \beta v + g,\quad \theta \leftarrow \theta - \eta\, v",
    hyperparameters=(numbers.learning_rate(1e-3), numbers.momentum()),
    make=heavy_ball,
    internals=velocity,
    quantities=VELOCITY,
    reference="B. T. Polyak (1964), Some methods of speeding up the convergence of iteration methods, "
    "doi:10.1016/0041-5553(64)90137-5; scaled as by I. Sutskever et al. (2013) and PyTorch.",
)

NESTEROV = Optimizer(
    name="nesterov",
    title="Nesterov momentum",
    formula=r"v \leftarrow \beta v + g,\quad \theta \leftarrow \theta - \eta\,(g + \beta v)",
    hyperparameters=(numbers.learning_rate(1e-3), numbers.momentum()),
    make=nesterov,
    internals=velocity,
    quantities=VELOCITY,
    reference="Y. Nesterov (1983), A method of solving a convex programming problem with convergence rate "
    "O(1/k²), Soviet Mathematics Doklady 27, 372-376; in the form of PyTorch.",
)
