"""Networks that readers train, kept by names and numbers: their data, their loss, and their training."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import jax
import numpy as np

from landscape import (
    DATASETS,
    MODELS,
    OPTIMIZERS,
    SCHEDULES,
    Dataset,
    Objective,
    l2,
    network_risk,
    scheduled,
    train,
)
from landscape.models import Network
from landscape.objectives import Params
from landscape.studio.cached import Numbers
from landscape.studio.jobs import job
from landscape.studio.shared import shared
from landscape.training import Record, Training

DATA = ("digits", "moons", "spirals", "xor", "iris", "wine", "breast-cancer", "diabetes")
"""Tables that a small network learns while one waits."""

NETWORKS = ("mlp", "residual-mlp", "convolutional", "residual-convolutional")
"""Names of `MODELS`."""

IMAGES = ("digits",)
"""Tables whose features are the pixels of a square image."""

HELD_OUT = 0.3
"""The share of the examples that is held out."""

MAX_EPOCHS, MAX_WIDTH, MAX_CHANNELS, MAX_DEPTH = 200, 128, 32, 40
"""What a page trains at most, whatever a link asks for."""

CHECKPOINTS, FEWEST = 64, 8
"""Iterates of a training that are kept besides the start: of a large network fewer."""

KEPT_BYTES = 2**25
"""What they may take together, of each training, where that leaves the fewest."""


@dataclass(frozen=True)
class NetworkChoice:
    """A network on the training part of a table.

    Args:
        dataset: A name of `DATA`.
        model: A name of `NETWORKS`.
        width: Units, or channels, of a hidden layer.
        depth: Hidden layers.
        activation: A name of `ACTIVATIONS`.
        initialization: A name of `INITIALIZATIONS`.
        scale: What the first weights are multiplied by.
        seed: Of the first weights and of the order of the examples.
        split: Of which examples are held out.
    """

    dataset: str = "digits"
    model: str = "mlp"
    width: int = 32
    depth: int = 2
    activation: str = "tanh"
    initialization: str = "xavier"
    scale: float = 1.0
    seed: int = 0
    split: int = 0

    def with_seed(self, seed: int) -> "NetworkChoice":
        """The same network from another start."""
        return replace(self, seed=seed)


@dataclass(frozen=True)
class Recipe:
    """How a network is trained.

    Args:
        network: The network and its data.
        optimizer: A name of `OPTIMIZERS`.
        numbers: Its hyper-parameters.
        epochs: How often it goes through the examples.
        batch: Examples that a step sees; None for all.
        penalty: Strength λ of λ‖w‖² on the weights.
        schedule: A name of `SCHEDULES`.
        schedule_numbers: Its numbers.
    """

    network: NetworkChoice = NetworkChoice()
    optimizer: str = "adam"
    numbers: Numbers = (("learning_rate", 0.01),)
    epochs: int = 20
    batch: int | None = 64
    penalty: float = 0.0
    schedule: str = "constant"
    schedule_numbers: Numbers = ()


@shared(maxsize=16)
def parts(dataset: str, split: int) -> tuple[Dataset, Dataset]:
    """The training and the held-out part of a table, standardized by the training part."""
    training, held_out = DATASETS[dataset].split(HELD_OUT, split)
    both = training.task == "regression"
    return training.standardize(targets=both), held_out.standardize(targets=both, by=training)


def model(network: NetworkChoice) -> Network:
    """The network itself, made for the task of its table."""
    named = MODELS[network.model]
    assert isinstance(named, Network)
    made = named.replace(
        width=network.width,
        depth=network.depth,
        activation=network.activation,
        initialization=network.initialization,
        scale=network.scale,
    )
    return made.for_task(DATASETS.recipes[network.dataset].task)


@shared(maxsize=32)
def risk(network: NetworkChoice, penalty: float = 0.0) -> Objective:
    """The network's loss on its training examples; it starts at the first weights."""
    training, held_out = parts(network.dataset, network.split)
    # A penalty of 0 is one too: its strength is traced, so all strengths share their programs.
    return network_risk(model(network), training, held_out, penalty=l2(penalty), seed=network.seed)


def num_steps(recipe: Recipe) -> int:
    """How many steps a training takes."""
    count = parts(recipe.network.dataset, recipe.network.split)[0].num_examples
    return recipe.epochs * (1 if recipe.batch is None else -(-count // recipe.batch))


def optimizer(recipe: Recipe) -> Any:
    """The optimizer with its numbers and its schedule."""
    built = OPTIMIZERS[recipe.optimizer].build(**dict(recipe.numbers))
    if recipe.schedule == "constant":
        return built
    plan = SCHEDULES[recipe.schedule].build(num_steps(recipe), **dict(recipe.schedule_numbers))
    return scheduled(built, plan)


def checkpoints(recipe: Recipe) -> int:
    """How many iterates of a training are kept besides the start; each with its gradient and its update."""
    each = 3 * 4 * risk(recipe.network, recipe.penalty).num_parameters
    return max(FEWEST, min(CHECKPOINTS, KEPT_BYTES // each))


@job(maxsize=24)
def training(recipe: Recipe, progress: Callable[..., Any]) -> Training:
    """Train a network; what is known so far is a list of its records, without the parameters."""
    seen: list[Record] = []

    def note(record: Record) -> None:
        seen.append(record._replace(params=None))
        progress(record.step / num_steps(recipe), tuple(seen))

    return train(
        risk(recipe.network, recipe.penalty),
        optimizer(recipe),
        recipe.epochs,
        recipe.batch,
        recipe.network.seed,
        max_checkpoints=checkpoints(recipe),
        on_record=note,
    )


def params_at(found: Training, row: int = -1) -> Params:
    """The parameters at one of a training's checkpoints; the last one where nothing is said."""
    return jax.tree.map(lambda leaf: np.asarray(leaf[row]), found.params)
