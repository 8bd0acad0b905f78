"""Optimizers: every rule by which a point walks down a loss, as optax transformations."""

from landscape.optimizers.adam import ADAM
from landscape.optimizers.descent import GD, MOMENTUM, NESTEROV
from landscape.optimizers.optimizer import BuiltOptimizer, Hyperparameter, Optimizer, Quantity
from landscape.registries import Registry

OPTIMIZERS: Registry[Optimizer] = Registry("optimizer", [GD, MOMENTUM, NESTEROV, ADAM])

__all__ = ["OPTIMIZERS", "BuiltOptimizer", "Hyperparameter", "Optimizer", "Quantity"]
