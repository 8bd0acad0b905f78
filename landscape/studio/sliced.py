"""Slices of trained networks that readers share, kept by names and numbers."""

from dataclasses import dataclass, replace
from typing import Literal

import jax
import numpy as np

from landscape import Plane, Projection, Surface, evaluate, project
from landscape.objectives import Domain, Objective, Params
from landscape.planes import Normalization
from landscape.studio import trained
from landscape.studio.jobs import Jobs, job
from landscape.studio.shared import shared
from landscape.studio.trained import Recipe
from landscape.sweeps.parts import Progress
from landscape.training import Training

Kind = Literal["principal", "random", "hessian", "gradient"]

KINDS: tuple[Kind, ...] = ("principal", "random", "hessian", "gradient")
"""How a plane is chosen: where the path runs, at random, where it is most curved, downhill."""

SIZES = (13, 25, 49, 97)
"""Grid points along each axis: each grid holds the one before, and is some four times the work."""

MARGIN = 0.25
"""How far a picture goes beyond the path, in parts of it."""


@dataclass(frozen=True)
class Cut:
    """A plane through the end of a training.

    Args:
        recipe: The training.
        kind: How the plane is chosen.
        normalize: How random directions are scaled; of no other plane.
        seed: Of random directions.
        reach: How far the picture reaches from the middle, in the units of random directions; for the
            other planes in multiples of what shows the path.
    """

    recipe: Recipe
    kind: Kind = "principal"
    normalize: Normalization = "filter"
    seed: int = 0
    reach: float = 1.0

    def with_seed(self, seed: int) -> "Cut":
        """The same slice along other random directions."""
        return replace(self, seed=seed)


def training(recipe: Recipe) -> Training:
    """The training, which is there: a slice is asked for when it has ended."""
    found = trained.training.kept(recipe)
    while found is None:
        found = trained.training.found(recipe, seconds=60.0)
    return found


def objective(recipe: Recipe) -> Objective:
    """The loss that was trained."""
    return trained.risk(recipe.network, recipe.penalty)


def end(recipe: Recipe) -> Params:
    """The parameters that a training has ended with."""
    return trained.params_at(training(recipe))


@shared(maxsize=48)
def plane(cut: Cut) -> Plane:
    """The plane of a slice, through the end of the training."""
    recipe, origin = cut.recipe, end(cut.recipe)
    if cut.kind == "principal":
        return Plane.principal(training(recipe))
    if cut.kind == "hessian":
        return Plane.hessian(objective(recipe), origin)
    if cut.kind == "gradient":
        update = jax.tree.map(lambda leaf: leaf[-1], training(recipe).updates)
        return Plane.gradient(objective(recipe), origin, update)
    return Plane.random(origin, cut.seed, cut.normalize, ignore="bias")


@shared(maxsize=48)
def projection(cut: Cut) -> Projection:
    """The path of the training, seen from the plane."""
    return project(training(cut.recipe), plane(cut))


@shared(maxsize=48)
def extent(cut: Cut) -> Domain:
    """What the picture shows: the path and a margin, or what random directions reach."""
    if cut.kind == "random":
        return ((-cut.reach, cut.reach), (-cut.reach, cut.reach))
    points = projection(cut).coordinates
    points = points[np.isfinite(points).all(axis=1)]
    low, high = points.min(axis=0), points.max(axis=0)
    middle, half = (low + high) / 2, (high - low) / 2
    # True to scale: the shorter side is as long as the longer one.
    half = np.full(2, max(float(half.max()), 1e-3)) * (1 + MARGIN) * cut.reach
    (left, bottom), (right, top) = middle - half, middle + half
    return ((float(left), float(right)), (float(bottom), float(top)))


@job(maxsize=64)
def surface(cut: Cut, size: int, height: str, progress: Progress) -> Surface:
    """The loss, or another measure of the network, over the slice."""
    found = objective(cut.recipe)
    if height != "loss":
        found = found.measuring(height)
    return evaluate(found, plane(cut), resolution=size, extent=extent(cut), progress=progress)


def finest(surfaces: Jobs[Surface], cut: Cut, size: int, height: str) -> tuple[Surface, int] | None:
    """The finest surface that is at hand up to a size, and its size; None where there is none yet."""
    for each in sorted((each for each in SIZES if each <= size), reverse=True):
        found = surfaces.kept(cut, each, height)
        if found is not None:
            return found, each
    return None
