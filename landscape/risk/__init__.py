"""Risk: what a model costs on a dataset, its minimizer, and its slices over two parameters."""

from landscape.risk.empirical import Reduction, empirical_risk
from landscape.risk.fitting import fitting_losses, is_convex, num_outputs, supervised, supervised_losses
from landscape.risk.slices import on_two_parameters, params_at, window
from landscape.risk.solver import minimize

__all__ = [
    "Reduction",
    "empirical_risk",
    "fitting_losses",
    "is_convex",
    "minimize",
    "num_outputs",
    "on_two_parameters",
    "params_at",
    "supervised",
    "supervised_losses",
    "window",
]
