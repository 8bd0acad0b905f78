"""Runs of gradient descent with the sharpness along them, kept by names and numbers."""

from dataclasses import dataclass

import jax
import numpy as np

from landscape import DATASETS, OPTIMIZERS, Objective, Path
from landscape.networks import Activation, two_layer_risk
from landscape.paths import descend
from landscape.stability import sharpness_along
from landscape.studio import cached
from landscape.studio.cached import Point
from landscape.studio.landscapes import Choice
from landscape.studio.shared import shared

MEASURED = 200
"""Iterates at most whose sharpness is measured: each needs a whole Hessian."""


@dataclass(frozen=True)
class Network:
    """A two-layer network on a dataset, by names and numbers."""

    dataset: str
    width: int
    activation: Activation
    seed: int


def every(num_steps: int) -> int:
    """At how many steps' distance the sharpness is measured; a round number."""
    return next(each for each in (1, 2, 5, 10, 20, 50) if num_steps <= each * MEASURED)


@shared(maxsize=32)
def risk(network: Network) -> Objective:
    """The network's loss on the standardized data."""
    data = DATASETS[network.dataset]
    data = data.standardize(targets=True) if data.task == "regression" else data.standardize()
    return two_layer_risk(data, network.width, network.activation, seed=network.seed)


@shared(maxsize=32)
def training(network: Network, rate: float, num_steps: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Training by gradient descent: losses (num_steps + 1,), and the sharpness at some steps."""
    built = OPTIMIZERS["gd"].build(learning_rate=rate)
    path = descend(risk(network), built, num_steps=num_steps, capacity=cached.CAPACITY)
    steps, sharpness = _measure(risk(network), path)
    return path.losses, steps, sharpness


@shared(maxsize=64)
def walk(choice: Choice, rate: float, start: Point, num_steps: int) -> tuple[np.ndarray, np.ndarray]:
    """The sharpness at some steps of gradient descent on a landscape."""
    path = cached.path(choice, "gd", (("learning_rate", rate),), start, num_steps + 1).first(num_steps)
    return _measure(cached.objective(choice), path)


def _measure(objective: Objective, path: Path) -> tuple[np.ndarray, np.ndarray]:
    steps = np.arange(0, path.num_steps + 1, every(path.num_steps))
    # Filled up to one number of points, so that no number of steps compiles anything.
    rows = np.resize(steps, MEASURED + 1)
    points = jax.tree.map(lambda leaf: np.asarray(leaf)[rows], path.params)
    return steps, sharpness_along(objective, points)[: len(steps)]
