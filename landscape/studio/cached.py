"""Results that pages share, kept by names and numbers within bounds; nothing here knows a language."""

from dataclasses import dataclass

import numpy as np

from landscape import OPTIMIZERS, SCHEDULES, Curvature, Path, Surface, scheduled
from landscape import critical_points as find_critical_points
from landscape import curvature as find_curvature
from landscape.optimizers import BuiltOptimizer
from landscape.paths import descend
from landscape.studio.formulated import FormulaChoice, solved
from landscape.studio.landscapes import Choice, minimizers, objective
from landscape.studio.shared import shared
from landscape.surfaces import evaluate, gradient_field

MAX_STEPS = 2000
"""Steps of a path at most, whatever a link asks for."""

MAX_OPTIMIZERS = 6
"""Paths in one picture at most."""

CAPACITY = 2048
"""Rows of the one compiled program that serves every number of steps."""

RESOLUTION = 129
"""Grid points along each axis of a surface."""

BESIDE = 1e-6
"""Right beside a point, in parts of the window."""

Numbers = tuple[tuple[str, float], ...]
"""Hyper-parameters by name, hashable."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Plan:
    """A schedule with its numbers chosen, for a run of so many steps.

    Args:
        schedule: A name of `SCHEDULES`.
        numbers: Its numbers.
        num_steps: How many steps the run takes.
    """

    schedule: str
    numbers: Numbers
    num_steps: int

    def factors(self) -> np.ndarray:
        """What the learning rate is multiplied by at each step, (num_steps,)."""
        return SCHEDULES[self.schedule].build(self.num_steps, **dict(self.numbers)).factors


@shared(maxsize=64)
def surface(choice: Choice, resolution: int = RESOLUTION) -> Surface:
    """The loss on a grid over the landscape's domain."""
    return evaluate(objective(choice), resolution=resolution)


@shared(maxsize=64)
def slopes(choice: Choice, resolution: int = 19) -> tuple:
    """The gradient on a coarse grid over the landscape's domain."""
    return gradient_field(objective(choice), resolution=resolution)


@shared(maxsize=256)
def path(
    choice: Choice,
    optimizer: str,
    numbers: Numbers,
    start: Point,
    num_steps: int,
    batch: int | None = None,
    seed: int = 0,
    plan: Plan | None = None,
) -> Path:
    """The path of an optimizer; every number is traced, so none of them compiles anything."""
    count = min(num_steps, MAX_STEPS + 1)
    built = built_optimizer(optimizer, numbers, plan)
    return descend(objective(choice), built, start, count, batch_size=batch, seed=seed, capacity=CAPACITY)


def built_optimizer(optimizer: str, numbers: Numbers, plan: Plan | None = None) -> BuiltOptimizer:
    """An optimizer with its numbers, whose learning rate follows a plan if it has both."""
    built = OPTIMIZERS[optimizer].build(**dict(numbers))
    if plan is None or "learning_rate" not in built.hyperparameters:
        return built
    return scheduled(built, SCHEDULES[plan.schedule].build(plan.num_steps, **dict(plan.numbers)))


@shared(maxsize=512)
def curvature(choice: Choice, point: Point) -> Curvature:
    """The loss around a point, to second order."""
    return find_curvature(objective(choice), point)


@shared(maxsize=64)
def critical_points(choice: Choice) -> tuple[Curvature, ...]:
    """The critical points within the landscape's domain."""
    if isinstance(choice, FormulaChoice):
        return solved(choice).points
    return tuple(find_critical_points(objective(choice)))


def is_smooth(choice: Choice, point: Point) -> bool:
    """Whether the curvature at a point is also that right beside it: at the tip of a cone it is not."""
    (left, right), (bottom, top) = objective(choice).domain or ((-1.0, 1.0), (-1.0, 1.0))
    beside = (point[0] + BESIDE * (right - left), point[1] + BESIDE * (top - bottom))
    here, there = (curvature(choice, place).eigenvalues for place in (point, beside))
    return bool(np.abs(there - here).max() <= np.abs(here).max() + np.finfo(float).tiny)


@shared(maxsize=64)
def sharpness(choice: Choice) -> float | None:
    """The largest eigenvalue of the Hessian at the sharpest known minimizer; None where there is none."""
    known = [(float(x), float(y)) for x, y in minimizers(objective(choice))]
    sharpest = max(
        (curvature(choice, point).sharpness for point in known if is_smooth(choice, point)), default=0.0
    )
    return sharpest if sharpest > 0 else None
