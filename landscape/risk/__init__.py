"""Risk: what a model costs on data, its minimizer, its slices over two parameters; standard errors."""

from landscape.risk.empirical import Reduction, empirical_risk
from landscape.risk.fitting import fitting_losses, is_convex, num_outputs, supervised, supervised_losses
from landscape.risk.slices import on_two_parameters, params_at, window
from landscape.risk.solver import minimize
from landscape.risk.statistics import REASONS, FitStatistics, StatisticsError, fit_statistics

__all__ = [
    "REASONS",
    "FitStatistics",
    "Reduction",
    "StatisticsError",
    "empirical_risk",
    "fit_statistics",
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
