"""Results that pages share, kept by names and numbers within bounds; nothing here knows a language."""

from functools import lru_cache

from landscape import OPTIMIZERS, Curvature, Path, Surface
from landscape import critical_points as find_critical_points
from landscape import curvature as find_curvature
from landscape.paths import descend
from landscape.studio.landscapes import Choice, minimizers, objective
from landscape.surfaces import evaluate, gradient_field

MAX_STEPS = 2000
"""Steps of a path at most, whatever a link asks for."""

MAX_OPTIMIZERS = 6
"""Paths in one picture at most."""

CAPACITY = 2048
"""Rows of the one compiled program that serves every number of steps."""

RESOLUTION = 129
"""Grid points along each axis of a surface."""

Numbers = tuple[tuple[str, float], ...]
"""Hyper-parameters by name, hashable."""

Point = tuple[float, float]


@lru_cache(maxsize=64)
def surface(choice: Choice, resolution: int = RESOLUTION) -> Surface:
    """The loss on a grid over the landscape's domain."""
    return evaluate(objective(choice), resolution=resolution)


@lru_cache(maxsize=64)
def slopes(choice: Choice, resolution: int = 19) -> tuple:
    """The gradient on a coarse grid over the landscape's domain."""
    return gradient_field(objective(choice), resolution=resolution)


@lru_cache(maxsize=256)
def path(choice: Choice, optimizer: str, numbers: Numbers, start: Point, num_steps: int) -> Path:
    """The path of an optimizer; every number is traced, so none of them compiles anything."""
    built = OPTIMIZERS[optimizer].build(**dict(numbers))
    return descend(objective(choice), built, start, min(num_steps, MAX_STEPS + 1), capacity=CAPACITY)


@lru_cache(maxsize=512)
def curvature(choice: Choice, point: Point) -> Curvature:
    """The loss around a point, to second order."""
    return find_curvature(objective(choice), point)


@lru_cache(maxsize=64)
def critical_points(choice: Choice) -> tuple[Curvature, ...]:
    """The critical points within the landscape's domain."""
    return tuple(find_critical_points(objective(choice)))


@lru_cache(maxsize=64)
def sharpness(choice: Choice) -> float | None:
    """The largest eigenvalue of the Hessian at the sharpest known minimizer; None where there is none."""
    known = minimizers(objective(choice))
    sharpest = max((curvature(choice, (float(x), float(y))).sharpness for x, y in known), default=0.0)
    return sharpest if sharpest > 0 else None
