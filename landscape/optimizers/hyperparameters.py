"""The numbers that several update rules share, with the ranges worth trying."""

from landscape.optimizers.optimizer import Hyperparameter


def learning_rate(default: float, low: float = 1e-5, high: float = 10.0) -> Hyperparameter:
    """The length of a step, η."""
    return Hyperparameter("learning_rate", "Learning rate", r"\eta", default, low, high, "log")


def momentum(default: float = 0.9) -> Hyperparameter:
    """The part β of the velocity that lasts from one step to the next; 1 is no friction."""
    return Hyperparameter("momentum", "Momentum", r"\beta", default, 0.0, 0.99, "linear", maximum=1.0)


def beta1(default: float = 0.9) -> Hyperparameter:
    """Decay of the mean of gradients."""
    return _decay("beta1", "First-moment decay", r"\beta_1", default)


def beta2(default: float = 0.999) -> Hyperparameter:
    """Decay of the mean of squared gradients."""
    return _decay("beta2", "Second-moment decay", r"\beta_2", default)


def decay(default: float) -> Hyperparameter:
    """Decay of a mean of squares, ρ."""
    return _decay("decay", "Decay", r"\rho", default)


def epsilon(default: float) -> Hyperparameter:
    """The small number that keeps a denominator away from 0."""
    return Hyperparameter("epsilon", "Epsilon", r"\varepsilon", default, 1e-12, 1e-1, "log")


def weight_decay(default: float) -> Hyperparameter:
    """How strongly parameters are drawn to 0, apart from the gradient."""
    return Hyperparameter("weight_decay", "Weight decay", r"\lambda", default, 0.0, 1.0, "linear")


def damping(default: float, symbol: str = r"\mu") -> Hyperparameter:
    """What is added to the curvature before it divides the gradient."""
    return Hyperparameter("damping", "Damping", symbol, default, 1e-8, 1e3, "log")


def _decay(name: str, title: str, symbol: str, default: float) -> Hyperparameter:
    return Hyperparameter(name, title, symbol, default, 0.0, 0.9999, "linear", maximum=1.0, open=True)
