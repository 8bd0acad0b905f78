"""Slices of what a program shows, kept by the showing's number; an error of its loss is a result."""

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import jax
import numpy as np

from landscape import Plane, Projection, Surface, evaluate, project, roughness
from landscape.fidelity import Cosines, Fidelity, PlaneCurvature, cosines, fidelity, plane_curvature
from landscape.objectives import Domain, Objective, Params, as_program
from landscape.parts import Progress
from landscape.planes import Normalization
from landscape.planes.given import of_numbers, pooled
from landscape.planes.vectors import vector
from landscape.roughness import Roughness
from landscape.studio import shown
from landscape.studio.jobs import Jobs, Unwanted, job
from landscape.studio.shared import shared
from landscape.studio.shown import Showing
from landscape.studio.sliced import ALONE, FAMILY, MARGIN, SIZES, Along, heights_along

Kind = Literal["given", "principal", "coordinates", "random", "hessian", "gradient"]

LOSS = "loss"

MEMORY_LIMIT = 2**32
"""Bytes that a slice may take, 4 GB: the machine is the reader's own, and may hold many weights."""

ROUGH_SIZE = 25
"""Grid points along each axis where the slice is differentiated twice."""


@dataclass(frozen=True)
class View:
    """A slice of what is shown.

    Args:
        number: Of the showing.
        kind: How the plane is chosen.
        normalize: How random directions are scaled; of no other plane.
        filter_axis: The axis that counts filters, likewise.
        seed: Of random directions.
        reach: How far the picture reaches, in multiples of what it shows at first.
    """

    number: int
    kind: Kind
    normalize: Normalization = "filter"
    filter_axis: int = -1
    seed: int = 0
    reach: float = 1.0

    @property
    def others(self) -> tuple["View", ...]:
        """The same slice along the other random directions of its family."""
        first = self.seed - self.seed % FAMILY
        return tuple(replace(self, seed=seed) for seed in range(first, first + FAMILY) if seed != self.seed)


class Frame(NamedTuple):
    """What a slice is drawn in: the plane, what the picture shows of it, and each path as seen from it."""

    plane: Plane
    extent: Domain
    projections: tuple[Projection, ...]


class Failed(NamedTuple):
    """What came instead of a result."""

    reason: str


def told(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make what a function raises its result: the loss is the reader's own, and may raise anything."""

    @functools.wraps(function)
    def run(*args: Any, progress: Progress) -> Any:
        try:
            return function(*args, progress=progress)
        except (Unwanted, shown.GoneError):
            raise
        except Exception as error:
            logging.getLogger("landscape").exception("The objective that is shown has raised an error.")
            lines = str(error).strip().splitlines() or [""]
            return Failed(f"{type(error).__name__}: {lines[0]}")

    return run


def kinds(showing: Showing) -> tuple[Kind, ...]:
    """The planes that there are, the one to begin with first."""
    found: list[Kind] = []
    if showing.plane is not None:
        found.append("given")
    if showing.objective.num_parameters == 2:
        found.append("coordinates")
    if any(len(walked.steps) > 2 for walked in showing.paths):
        found.append("principal")
    return (*found, "random", "hessian", "gradient")


def heights(showing: Showing) -> tuple[str, ...]:
    """What can be a height: the loss, and the objective's measures."""
    return (LOSS, *(name for name in showing.objective.measures if name != LOSS))


def objective(view: View, height: str = LOSS) -> Objective:
    """The loss that is shown, or another height over the same parameters."""
    found = shown.showing(view.number).objective
    return found if height == LOSS else found.measuring(height)


def ignored(params: Params) -> Literal["bias"] | None:
    """Whether random directions leave biases alone: where there is anything else."""
    return "bias" if any(np.ndim(leaf) >= 2 for leaf in jax.tree.leaves(params)) else None


@shared(maxsize=48)
def plane(view: View) -> Plane:
    """The plane of a slice."""
    showing = shown.showing(view.number)
    point = showing.end
    if view.kind == "given":
        assert showing.plane is not None
        return showing.plane
    if view.kind == "principal":
        return Plane.principal(pooled([walked.path for walked in showing.paths]))
    if view.kind == "hessian":
        return Plane.hessian(showing.objective, point)
    if view.kind == "gradient":
        return Plane.gradient(showing.objective, point)
    if view.kind == "coordinates":
        return of_numbers(point)
    return Plane.random(point, view.seed, view.normalize, ignore=ignored(point), filter_axis=view.filter_axis)


@shared(maxsize=48)
def _extent(view: View) -> Domain:
    """What the picture shows: the paths and a margin, or what directions reach."""
    showing = shown.showing(view.number)
    if view.kind == "random":
        return _square(np.zeros(2), np.ones(2), view.reach)
    if view.kind == "given" and showing.extent is not None:
        return _scaled(showing.extent, view.reach)
    if view.kind == "coordinates" and showing.objective.domain is not None:
        return _scaled(showing.objective.domain, view.reach)
    middle = vector(showing.end) if view.kind == "coordinates" else np.zeros(2)
    if not showing.paths:
        size = 1.0
        if view.kind in ("hessian", "gradient"):
            size = ALONE * float(np.linalg.norm(vector(showing.end))) or 1.0
        return _square(middle, np.full(2, size), view.reach)
    points = np.concatenate([seen.coordinates for seen in projections(view)])
    low, high = points.min(axis=0), points.max(axis=0)
    # True to scale: the shorter side is as long as the longer one.
    half = max(float((high - low).max()) / 2, 1e-3) * (1 + MARGIN)
    # Closer or farther from the end: what is measured there stays in the picture.
    centre = middle + ((low + high) / 2 - middle) * min(view.reach, 1.0)
    return _square(centre, np.full(2, half), view.reach)


def _square(middle: np.ndarray, half: np.ndarray, reach: float) -> Domain:
    (left, bottom), (right, top) = (middle - half * reach).tolist(), (middle + half * reach).tolist()
    return ((left, right), (bottom, top))


def _scaled(window: Domain, reach: float) -> Domain:
    ends = np.asarray(window)
    return _square(ends.mean(axis=1), np.ptp(ends, axis=1) / 2, reach)


@shared(maxsize=48)
def projections(view: View) -> tuple[Projection, ...]:
    """Each path, seen from the plane."""
    return tuple(project(walked.path, plane(view)) for walked in shown.showing(view.number).paths)


@job(maxsize=48)
@told
def frame(view: View, progress: Progress) -> Frame:
    """What a slice is drawn in; a plane may be refused, such as that of a path that is a line."""
    return Frame(plane(view), _extent(view), projections(view))


@job(maxsize=256)
@told
def surface(view: View, size: int, height: str, progress: Progress) -> Surface:
    """The loss, or another height, over the slice."""
    found = objective(view, height)
    return evaluate(
        found,
        plane(view),
        resolution=size,
        extent=_extent(view),
        progress=progress,
        memory_limit=MEMORY_LIMIT,
    )


@job(maxsize=128)
@told
def trust(view: View, index: int, progress: Progress) -> Fidelity:
    """What the slice shows of a path's loss, beside what is true."""
    walked = shown.showing(view.number).paths[index]
    return fidelity(objective(view), plane(view), walked.path, progress=progress)


@job(maxsize=128)
@told
def along(view: View, index: int, height: str, progress: Progress) -> Along:
    """A height other than the loss along a path."""
    walked = shown.showing(view.number).paths[index]
    found = as_program(objective(view, height).loss)
    true, ground = heights_along(found, plane(view), walked.path.params, projections(view)[index].coordinates)
    return Along(np.asarray(true), np.asarray(ground))


@job(maxsize=128)
@told
def curvature(view: View, progress: Progress) -> PlaneCurvature:
    """How the slice is curved in its middle, beside the ends of the whole Hessian's spectrum."""
    found = plane(view)
    if view.kind == "coordinates":  # its origin is (0, 0), which is no point of interest
        found = Plane(shown.showing(view.number).end, found.u, found.v)
    return plane_curvature(objective(view), found)


@job(maxsize=128)
@told
def rough(view: View, progress: Progress) -> Roughness:
    """How rough the slice is."""
    return roughness(
        objective(view), plane(view), resolution=ROUGH_SIZE, extent=_extent(view), progress=progress
    )


@shared(maxsize=48)
def angles(view: View) -> Cosines:
    """The cosines between the random directions of a family of slices."""
    point = shown.showing(view.number).end
    seeds = sorted(each.seed for each in (view, *view.others))
    return cosines(point, seeds, view.normalize, ignore=ignored(point), filter_axis=view.filter_axis)


def there(jobs: Jobs[Any], *args: Any) -> Any:
    """A result that has been there a moment ago, made again if it has gone."""
    found = jobs.found(*args, seconds=60.0)
    while found is None:
        found = jobs.found(*args, seconds=60.0)
    return found


def finest(view: View, size: int, height: str) -> tuple[Surface, int] | Failed | None:
    """The finest surface that is at hand up to a size, and its size; None where there is none yet."""
    for each in sorted((each for each in SIZES if each <= size), reverse=True):
        found = surface.kept(view, each, height)
        if found is not None:
            return found if isinstance(found, Failed) else (found, each)
    return None
