"""Optimizers: every rule by which a point walks down a loss, as optax transformations."""

from landscape.optimizers.adagrad import ADADELTA, ADAGRAD, RMSPROP
from landscape.optimizers.adam import ADAM, ADAMW, AMSGRAD, NADAM
from landscape.optimizers.descent import GD, MOMENTUM, NESTEROV
from landscape.optimizers.lbfgs import L_BFGS
from landscape.optimizers.least_squares import GAUSS_NEWTON, LEVENBERG_MARQUARDT
from landscape.optimizers.lion import LION
from landscape.optimizers.newton import NEWTON, NEWTON_UNDAMPED
from landscape.optimizers.optimizer import BuiltOptimizer, Hyperparameter, Optimizer, Quantity
from landscape.registries import Registry

OPTIMIZERS: Registry[Optimizer] = Registry(
    "optimizer",
    [
        *(GD, MOMENTUM, NESTEROV),
        *(ADAGRAD, RMSPROP, ADADELTA),
        *(ADAM, ADAMW, AMSGRAD, NADAM, LION),
        *(L_BFGS, NEWTON, NEWTON_UNDAMPED, GAUSS_NEWTON, LEVENBERG_MARQUARDT),
    ],
)

__all__ = ["OPTIMIZERS", "BuiltOptimizer", "Hyperparameter", "Optimizer", "Quantity"]
