"""Networks at their start: their signals, their first steps and the landscape there, by names and numbers."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import jax
import numpy as np

from landscape import Plane, Surface, evaluate, train
from landscape.networks import Signals, signals
from landscape.objectives import Params
from landscape.parts import Progress
from landscape.studio import trained
from landscape.studio.jobs import job
from landscape.studio.shared import shared
from landscape.studio.trained import NetworkChoice, Recipe

STARTS = ("xavier", "he", "lecun", "orthogonal", "zeros", "scaled", "small", "large")
"""Names of `INITIALIZATIONS`, and Xavier's weights divided and multiplied by a factor."""

SIZES = (13, 25)
"""Grid points along each axis of a small picture."""

RECORDS = 64
"""Checkpoints of a training, at which the loss over all examples is measured."""


@dataclass(frozen=True)
class Beginning:
    """A network at one of several starts.

    Args:
        recipe: The network and how it is trained; how its weights are drawn is told by `name`.
        name: A name of `STARTS`.
        factor: What Xavier's weights are divided or multiplied by.
    """

    recipe: Recipe
    name: str
    factor: float = 2.0

    @property
    def network(self) -> NetworkChoice:
        """The network with its start."""
        if self.name in ("small", "large"):
            scale = self.factor if self.name == "large" else 1.0 / self.factor
            return replace(self.recipe.network, initialization="xavier", scale=scale)
        return replace(self.recipe.network, initialization=self.name, scale=1.0)


class FirstSteps(NamedTuple):
    """How a training begins.

    Attributes:
        steps: When the losses were measured, (k,).
        losses: Over all training examples, (k,).
        held_out: Over the held-out examples, (k,).
        spread: The greatest difference between two units of a hidden layer at the end, of all weights into
            them: 0 where all units of each layer are still alike.
    """

    steps: np.ndarray
    losses: np.ndarray
    held_out: np.ndarray
    spread: float


def named(recipe: Recipe, name: str, factor: float) -> Beginning:
    """A beginning, with no factor where it has no part: equal beginnings are computed once."""
    return Beginning(recipe, name, factor if name in ("small", "large") else 2.0)


@shared(maxsize=48)
def start(beginning: Beginning) -> Params:
    """The first weights."""
    return jax.tree.map(np.asarray, trained.risk(beginning.network, beginning.recipe.penalty).start)


@job(maxsize=64)
def measured(beginning: Beginning, progress: Progress) -> Signals:
    """The signals from layer to layer."""
    network = beginning.network
    training = trained.parts(network.dataset, network.split)[0]
    return signals(trained.model(network), training, seed=network.seed)


@job(maxsize=64)
def first_steps(beginning: Beginning, progress: Callable[..., Any]) -> FirstSteps:
    """The first steps of the training."""
    recipe = beginning.recipe
    found = train(
        trained.risk(beginning.network, recipe.penalty),
        trained.optimizer(recipe),
        recipe.epochs,
        recipe.batch,
        recipe.network.seed,
        max_checkpoints=RECORDS,
        progress=progress,
    )
    steps = np.round(found.epochs * found.steps_per_epoch).astype(int)
    layers = trained.params_at(found)["layers"][:-1]
    with np.errstate(invalid="ignore"):
        apart = max(float(np.max(np.ptp(layer["weights"], axis=-1))) for layer in layers)
    return FirstSteps(steps, found.records["loss"], found.records["held_out_loss"], apart)


@shared(maxsize=48)
def plane(beginning: Beginning) -> Plane:
    """Random directions through the start, each filter as long as the start's own.

    Where all filters are 0 they give directions no length: those of Xavier's weights are taken.
    """
    lender = beginning if beginning.name != "zeros" else named(beginning.recipe, "xavier", 2.0)
    found = Plane.random(start(lender), beginning.recipe.network.seed, "filter", ignore="bias")
    return found if lender is beginning else replace(found, origin=start(beginning))


@job(maxsize=96)
def surface(beginning: Beginning, size: int, reach: float, progress: Progress) -> Surface:
    """The loss about the start."""
    risk = trained.risk(beginning.network, beginning.recipe.penalty)
    extent = ((-reach, reach), (-reach, reach))
    return evaluate(risk, plane(beginning), resolution=size, extent=extent, progress=progress)


def finest(beginning: Beginning, reach: float) -> Surface | None:
    """The finest surface that is there."""
    found = (surface.kept(beginning, size, reach) for size in reversed(SIZES))
    return next((each for each in found if each is not None), None)


def per_layer(sizes: np.ndarray) -> float:
    """What a layer multiplies a size by on its way from the first number to the last, on average.

    Example:
        >>> import numpy as np
        >>> per_layer(np.array([8.0, 3.0, 2.0]))
        0.5
    """
    with np.errstate(all="ignore"):
        return float((sizes[-1] / sizes[0]) ** (1.0 / (sizes.size - 1)))


def blind_loss(recipe: Recipe) -> float | None:
    """The cross-entropy of answering every example with the shares of the classes; None for numbers."""
    training = trained.parts(recipe.network.dataset, recipe.network.split)[0]
    if training.task == "regression":
        return None
    shares = np.bincount(training.targets.astype(int)) / training.num_examples
    shares = shares[shares > 0]
    return float(-np.sum(shares * np.log(shares)))
