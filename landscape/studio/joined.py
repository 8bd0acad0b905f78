"""Several solutions of one network, and the landscape between them, kept by names and numbers."""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import jax
import numpy as np

from landscape import Line, Plane, Profile, Surface, evaluate, profile, train
from landscape.networks import permute_units
from landscape.objectives import Domain, Objective, Params
from landscape.parts import Progress
from landscape.studio import answered, trained
from landscape.studio.jobs import Wanted, job
from landscape.studio.shared import shared
from landscape.studio.trained import Recipe
from landscape.training import Record, Training

Second = Literal["start", "order", "shuffled"]

SECONDS: tuple[Second, ...] = ("start", "order", "shuffled")
"""What makes the others: another start, another order of the examples, another order of the units."""

PAIRS = ((0, 1), (0, 2), (1, 2))
"""The pairs of three solutions."""

BEYOND, POINTS = 0.25, 61
"""How far a line is followed beyond its ends, and points on it: every tenth of them is a quarter."""

FIRST, LAST = 10, 50
"""The points that are the two solutions."""

SIZES = (13, 25, 49)
"""Grid points along each axis of the plane, coarse to fine."""

MARGIN = 0.35
"""How far the picture of the plane goes beyond the three solutions, in parts of what they span."""

TOGETHER = (0, 1, 2, 3, 5, 10, 20, 50, 100)
"""Epochs together that are compared."""


@dataclass(frozen=True)
class Family:
    """Three solutions.

    Args:
        recipe: The training of the first one; its seed is that of the start and of the order.
        second: What the others differ in.
        together: Epochs that all are trained together before each sees an order of its own; of
            "order" only.
    """

    recipe: Recipe
    second: Second = "start"
    together: int = 0


def num_orders(recipe: Recipe) -> int:
    """In how many orders the hidden units can stand: with skips all layers have one order."""
    network = recipe.network
    layers = 1 if network.model.startswith("residual") else network.depth
    return math.factorial(network.width) ** layers


def refused(family: Family, count: int = 2) -> Literal["order", "units", "epochs", ""]:
    """Why there are not so many different solutions; empty where there are."""
    recipe = family.recipe
    if family.second == "order" and recipe.batch is None:
        return "order"
    if family.second == "order" and family.together >= recipe.epochs:
        return "epochs"
    return "units" if family.second == "shuffled" and num_orders(recipe) < count else ""


def training(family: Family, index: int) -> Wanted:
    """The training that leads to one of the solutions."""
    recipe = family.recipe
    if family.second == "shuffled":
        return Wanted(trained.training, (recipe,))
    if family.second == "start":
        other = recipe.network.with_seed(recipe.network.seed + index)
        return Wanted(trained.training, (replace(recipe, network=other),))
    if index == 0 and family.together == 0:
        return Wanted(trained.training, (recipe,))
    return Wanted(child, (recipe, index, family.together))


@shared(maxsize=16)
def ancestor(recipe: Recipe, together: int) -> Params:
    """Where the trainings part."""
    risk = trained.risk(recipe.network, recipe.penalty)
    if together == 0:
        return risk.start
    part = replace(recipe, epochs=together)
    found = train(
        risk, trained.optimizer(part), together, recipe.batch, recipe.network.seed, max_checkpoints=1
    )
    return trained.params_at(found)


@job(maxsize=48)
def child(recipe: Recipe, index: int, together: int, progress: Callable[..., Any]) -> Training:
    """The rest of a training from its ancestor, with an optimizer and an order of the examples of its own."""
    seen: list[Record] = []
    part = replace(recipe, epochs=recipe.epochs - together)
    start = ancestor(recipe, together)

    def note(record: Record) -> None:
        seen.append(record._replace(params=None))
        progress(record.step / trained.num_steps(part), tuple(seen))

    return train(
        trained.risk(recipe.network, recipe.penalty),
        trained.optimizer(part),
        part.epochs,
        recipe.batch,
        recipe.network.seed + index,
        start=start,
        max_checkpoints=1,
        on_record=note,
    )


def is_there(family: Family, index: int) -> bool:
    """Whether the training of a solution has ended."""
    return training(family, index).kept() is not None


@shared(maxsize=32)
def solution(family: Family, index: int) -> Params:
    """The parameters of a solution, whose training has ended."""
    wanted, found = training(family, index), None
    while found is None:
        found = wanted.found(60.0)
    params = trained.params_at(found)
    if family.second == "shuffled" and index:
        return permute_units(trained.model(family.recipe.network), params, shuffles(family, index)[-1])
    return params


@shared(maxsize=32)
def shuffles(family: Family, count: int) -> tuple[int, ...]:
    """Seeds of orders of the units that differ from the network's own and from each other."""
    first = solution(family, 0)
    model, seeds, known = trained.model(family.recipe.network), [], [first]
    for seed in itertools.count():
        other = permute_units(model, first, seed)
        if not any(_equal(other, each) for each in known):
            seeds.append(seed)
            known.append(other)
        if len(seeds) == count:
            break
    return tuple(seeds)


def _equal(first: Params, second: Params) -> bool:
    pairs = zip(jax.tree.leaves(first), jax.tree.leaves(second), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def is_finite(family: Family, index: int) -> bool:
    """Whether a training has ended with numbers."""
    return all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(solution(family, index)))


def objective(recipe: Recipe, height: str = "loss") -> Objective:
    """The loss, or a measure, over the parameters."""
    risk = trained.risk(recipe.network, recipe.penalty)
    return risk if height == "loss" else risk.measuring(height)


def heights(recipe: Recipe) -> tuple[str, ...]:
    """What can be a height."""
    return ("loss", *objective(recipe).measures)


@job(maxsize=192)
def line(family: Family, pair: tuple[int, int], height: str, progress: Progress) -> Profile:
    """A height along the line through two solutions, from a little before the one to a little beyond."""
    first, second = (solution(family, index) for index in pair)
    return profile(
        objective(family.recipe, height),
        Line.between(first, second),
        resolution=POINTS,
        extent=(-BEYOND, 1.0 + BEYOND),
        progress=progress,
    )


def between(found: Profile) -> Profile:
    """The part of a line between the two solutions, whose barrier is that of the two."""
    values = found.values[FIRST : LAST + 1]
    return Profile(found.t[FIRST : LAST + 1], values, int(np.count_nonzero(~np.isfinite(values))))


@shared(maxsize=32)
def distance(family: Family, pair: tuple[int, int]) -> tuple[float, float]:
    """How far two solutions are apart, and the length of the first one's parameters."""
    first, second = (jax.tree.leaves(solution(family, index)) for index in pair)
    squares = [np.square(np.subtract(a, b, dtype=float)).sum() for a, b in zip(first, second, strict=True)]
    return float(np.sqrt(np.sum(squares))), float(
        np.sqrt(np.sum([np.square(leaf.astype(float)).sum() for leaf in first]))
    )


@shared(maxsize=32)
def agreement(family: Family, pair: tuple[int, int]) -> float | None:
    """The share of held-out examples that two solutions answer alike; None where answers are numbers."""
    network = family.recipe.network
    held_out = trained.parts(network.dataset, network.split)[1]
    if held_out.task == "regression":
        return None
    first, second = (
        answered.predictions(network, solution(family, index), held_out.inputs).argmax(axis=1)
        for index in pair
    )
    return float(np.mean(first == second))


@shared(maxsize=16)
def plane(family: Family) -> Plane:
    """The plane through the three solutions."""
    return Plane.through(*(solution(family, index) for index in range(3)))


@shared(maxsize=16)
def places(family: Family) -> np.ndarray:
    """Where the three solutions are in their plane, (3, 2)."""
    found = plane(family)
    return np.array([[0.0, 0.0], [1.0, 0.0], found.locate(solution(family, 2))])


def extent(family: Family) -> Domain:
    """What the picture of the plane shows: the three solutions and a margin, true to scale."""
    points = places(family)
    low, high = points.min(axis=0), points.max(axis=0)
    half, middle = float((high - low).max()) * (0.5 + MARGIN), (low + high) / 2
    (left, bottom), (right, top) = (middle - half).tolist(), (middle + half).tolist()
    return ((left, right), (bottom, top))


@job(maxsize=48)
def surface(family: Family, size: int, height: str, progress: Progress) -> Surface:
    """A height over the plane."""
    return evaluate(
        objective(family.recipe, height),
        plane(family),
        resolution=size,
        extent=extent(family),
        progress=progress,
    )


def finest(family: Family, height: str) -> tuple[Surface, int] | None:
    """The finest surface that is there, and its size."""
    for size in reversed(SIZES):
        found = surface.kept(family, size, height)
        if found is not None:
            return found, size
    return None


def compared(recipe: Recipe) -> list[int]:
    """The epochs together that are compared for a training."""
    return [each for each in TOGETHER if each < recipe.epochs]
