"""Slices of trained networks that readers share, kept by names and numbers."""

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import jax
import numpy as np
from jax.tree_util import Partial

from landscape import Plane, Projection, Surface, evaluate, project
from landscape.curvature import sharpness
from landscape.fidelity import Cosines, Fidelity, PlaneCurvature, cosines, fidelity, plane_curvature
from landscape.objectives import Domain, Objective, Params, as_program
from landscape.parts import Progress
from landscape.planes import Normalization
from landscape.studio import trained, weights
from landscape.studio.jobs import Jobs, job
from landscape.studio.shared import shared
from landscape.studio.trained import Recipe
from landscape.training import Training

Kind = Literal["principal", "random", "hessian", "gradient"]

KINDS: tuple[Kind, ...] = ("principal", "random", "hessian", "gradient")
"""How a plane is chosen: where the path runs, at random, where it is most curved, downhill."""

SIZES = (13, 25, 49, 97)
"""Grid points along each axis: each grid holds the one before, and is some four times the work."""

SHARP_SIZES = (7, 13, 25)
"""The same where each point is a Lanczos run."""

SHARPNESS = "sharpness"
"""The height that is no measure of the network, but of its loss."""

MARGIN = 0.25
"""How far a picture goes beyond the path, in parts of it."""

ALONE = 0.25
"""How far a picture reaches without a path, in parts of the length of the parameters."""

FAMILY = 5
"""Seeds that are compared: the one that is chosen, and those beside it."""


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
        upload: Digest of parameters that a reader has given, sliced instead of those trained.
    """

    recipe: Recipe
    kind: Kind = "principal"
    normalize: Normalization = "filter"
    seed: int = 0
    reach: float = 1.0
    upload: str = ""

    def with_seed(self, seed: int) -> "Cut":
        """The same slice along other random directions."""
        return replace(self, seed=seed)

    @property
    def others(self) -> tuple["Cut", ...]:
        """The same slice along the other random directions of its family."""
        first = self.seed - self.seed % FAMILY
        return tuple(self.with_seed(seed) for seed in range(first, first + FAMILY) if seed != self.seed)


class Frame(NamedTuple):
    """What a slice is drawn in.

    Attributes:
        plane: The plane.
        extent: What the picture shows of it.
        projection: The path as seen from it; None without a path.
    """

    plane: Plane
    extent: Domain
    projection: Projection | None


class Refused(NamedTuple):
    """There is no such plane."""

    reason: str


class Along(NamedTuple):
    """A height along a path: at its iterates, and of the surface at their projections, (T + 1,) each."""

    true: np.ndarray
    ground: np.ndarray


def training(recipe: Recipe) -> Training:
    """The training, which is there: a slice is asked for when it has ended."""
    found = trained.training.kept(recipe)
    while found is None:
        found = trained.training.found(recipe, seconds=60.0)
    return found


def path(recipe: Recipe) -> Training:
    """The training until it diverges, if it does."""
    found = training(recipe)
    return found if found.diverged_at is None else found.first(found.diverged_at - 1)


def objective(recipe: Recipe, height: str = "loss") -> Objective:
    """The loss that was trained, or another height over the same parameters."""
    risk = trained.risk(recipe.network, recipe.penalty)
    if height == SHARPNESS:
        return sharpness(risk)
    return risk if height == "loss" else risk.measuring(height)


def heights(recipe: Recipe) -> tuple[str, ...]:
    """What can be a height: the loss, the network's measures, the sharpness."""
    return ("loss", *objective(recipe).measures, SHARPNESS)


def end(recipe: Recipe) -> Params:
    """The parameters that a training has ended with, the last ones before it diverged."""
    return trained.params_at(path(recipe))


def origin(cut: Cut) -> Params:
    """The point that a slice goes through."""
    return weights.held(cut.upload) if cut.upload else end(cut.recipe)


@shared(maxsize=48)
def plane(cut: Cut) -> Plane:
    """The plane of a slice, through the end of the training or what was uploaded."""
    recipe, point = cut.recipe, origin(cut)
    if cut.kind == "principal":
        return Plane.principal(path(recipe))
    if cut.kind == "hessian":
        return Plane.hessian(objective(recipe), point)
    if cut.kind == "gradient":
        update = None if cut.upload else jax.tree.map(lambda leaf: leaf[-1], path(recipe).updates)
        return Plane.gradient(objective(recipe), point, update)
    return Plane.random(point, cut.seed, cut.normalize, ignore="bias")


@shared(maxsize=48)
def projection(cut: Cut) -> Projection:
    """The path of the training, seen from the plane."""
    return project(path(cut.recipe), plane(cut))


@shared(maxsize=48)
def extent(cut: Cut) -> Domain:
    """What the picture shows: the path and a margin, seen closer about its end, or what directions reach."""
    if cut.kind == "random":
        return _square((0.0, 0.0), cut.reach)
    if cut.upload:
        length = np.sqrt(sum(float(np.sum(np.square(leaf))) for leaf in jax.tree.leaves(origin(cut))))
        return _square((0.0, 0.0), cut.reach * max(ALONE * float(length), 1e-3))
    points = projection(cut).coordinates
    points = points[np.isfinite(points).all(axis=1)]
    low, high = points.min(axis=0), points.max(axis=0)
    # True to scale: the shorter side is as long as the longer one.
    half = max(float((high - low).max()) / 2, 1e-3) * (1 + MARGIN)
    # Closer or farther from the end: what is measured there stays in the picture.
    return _square((low + high) / 2 * cut.reach, half * cut.reach)


def _square(middle: tuple[float, float] | np.ndarray, half: float) -> Domain:
    (left, right), (bottom, top) = ((float(each) - half, float(each) + half) for each in middle)
    return ((left, right), (bottom, top))


@job(maxsize=48)
def frame(cut: Cut, progress: Progress) -> Frame | Refused:
    """What a slice is drawn in; a plane may be refused, such as that of a path that is a line."""
    try:
        found = plane(cut)
        seen = None if cut.upload else projection(cut)
        return Frame(found, extent(cut), seen)
    except ValueError as error:
        return Refused(str(error))


@job(maxsize=256)
def trust(cut: Cut, progress: Progress) -> Fidelity:
    """What the slice shows of the path's loss, beside what is true."""
    return fidelity(objective(cut.recipe), plane(cut), path(cut.recipe), progress=progress)


@job(maxsize=256)
def along(cut: Cut, height: str, progress: Progress) -> Along:
    """A height other than the loss along the path."""
    points, found = path(cut.recipe).params, as_program(objective(cut.recipe, height).loss)
    true, ground = heights_along(found, plane(cut), points, projection(cut).coordinates)
    return Along(np.asarray(true), np.asarray(ground))


@jax.jit
def heights_along(
    height: Partial, plane: Plane, points: Params, coordinates: jax.Array
) -> tuple[jax.Array, jax.Array]:
    """A height at the points of a path, and at their places in a plane."""

    def at(row: tuple[Params, jax.Array]) -> tuple[jax.Array, jax.Array]:
        point, (a, b) = row
        return height(point), height(plane.at(a, b))

    return jax.lax.map(at, (points, coordinates))


@job(maxsize=48)
def slope(recipe: Recipe, progress: Progress) -> float:
    """The length of the gradient of all examples where a training has ended; its path tells the others."""
    gradient = _gradient(as_program(objective(recipe).loss), end(recipe))
    return float(np.sqrt(sum(np.sum(np.square(leaf, dtype=float)) for leaf in jax.tree.leaves(gradient))))


@jax.jit
def _gradient(loss: Partial, params: Params) -> Params:
    return jax.grad(loss)(params)


@job(maxsize=256)
def curvature(cut: Cut, progress: Progress) -> PlaneCurvature:
    """How the slice is curved in its middle, beside the ends of the whole Hessian's spectrum."""
    return plane_curvature(objective(cut.recipe), plane(cut))


@shared(maxsize=48)
def angles(cut: Cut) -> Cosines:
    """The cosines between the random directions of a family of slices."""
    seeds = sorted(each.seed for each in (cut, *cut.others))
    return cosines(origin(cut), seeds, cut.normalize, ignore="bias")


@job(maxsize=1024)
def surface(cut: Cut, size: int, height: str, progress: Progress) -> Surface:
    """The loss, or another height, over the slice."""
    found = objective(cut.recipe, height)
    return evaluate(found, plane(cut), resolution=size, extent=extent(cut), progress=progress)


def sizes(height: str) -> tuple[int, ...]:
    """The grids of a height, from coarse to fine."""
    return SHARP_SIZES if height == SHARPNESS else SIZES


def finest(surfaces: Jobs[Surface], cut: Cut, size: int, height: str) -> tuple[Surface, int] | None:
    """The finest surface that is at hand up to a size, and its size; None where there is none yet."""
    for each in sorted((each for each in sizes(height) if each <= size), reverse=True):
        found = surfaces.kept(cut, each, height)
        if found is not None:
            return found, each
    return None
