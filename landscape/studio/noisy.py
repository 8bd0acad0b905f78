"""Noisy runs that readers share: paths, the clouds around them, their averages, and range tests."""

from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from landscape import OPTIMIZERS, Path
from landscape.noise import average_iterates, noise_clouds
from landscape.optimizers.optimizer import one_evaluation
from landscape.studio import cached
from landscape.studio.cached import Numbers, Plan, Point
from landscape.studio.landscapes import Choice, DataChoice, objective
from landscape.studio.shared import shared
from landscape.sweeps import Finder, find_learning_rate

MAX_STEPS = 1000
"""Of a run, whatever a link asks for."""

SAMPLES = 60
"""Points of a cloud at most."""

FEWEST = 8
"""Points of a cloud at least."""

CLOUD_POINTS = 24_000
"""Points of all clouds of a picture, unless that would be too few in each: what is sent stays small."""


@dataclass(frozen=True)
class Run:
    """An optimizer's run over mini-batches, under a schedule.

    Args:
        choice: The landscape.
        optimizer: A name of `OPTIMIZERS`.
        numbers: Its hyper-parameters.
        start: Where it starts.
        batch: Examples that each step sees; None where there are no examples.
        seed: Of the order of the examples.
        plan: How the learning rate changes.
    """

    choice: Choice
    optimizer: str
    numbers: Numbers
    start: Point
    batch: int | None
    seed: int
    plan: Plan


@dataclass(frozen=True)
class RangeTest:
    """A range test: a run whose learning rate grows from step to step.

    Args:
        choice: The landscape.
        optimizer: A name of `OPTIMIZERS`, of a rule with a learning rate.
        numbers: Its other hyper-parameters.
        start: Where it starts.
        lowest: The first rate.
        highest: The last rate.
        num_steps: How many steps it takes.
        batch: Examples that each step sees.
        seed: Of the order of the examples.
        smoothing: How much the smoothed loss keeps of what it was.
    """

    choice: DataChoice
    optimizer: str
    numbers: Numbers
    start: Point
    lowest: float
    highest: float
    num_steps: int
    batch: int
    seed: int
    smoothing: float

    def rates(self) -> np.ndarray:
        """The rate of each step."""
        return np.geomspace(self.lowest, self.highest, self.num_steps)


@shared(maxsize=64)
def found(test: RangeTest) -> Finder:
    """What a range test has seen."""
    fixed: dict[str, Any] = dict(test.numbers)
    return find_learning_rate(
        objective(test.choice),
        test.optimizer,
        lowest=test.lowest,
        highest=test.highest,
        num_steps=test.num_steps,
        start=test.start,
        batch_size=test.batch,
        seed=test.seed,
        smoothing=test.smoothing,
        **fixed,
    )


def walk(run: Run) -> Path:
    """The run's path, always of one length: the part that is shown is cut from it, and compiles nothing."""
    return cached.path(
        run.choice,
        run.optimizer,
        run.numbers,
        run.start,
        MAX_STEPS + 1,
        run.batch,
        run.seed,
        run.plan,
    )


def cloud(run: Run, num_steps: int, num_paths: int) -> np.ndarray | None:
    """Where the next step could have led from each iterate, (num_steps + 1, s, 2).

    None where there is no noise, as with all examples in the batch, and for a rule whose step asks
    for more than one gradient.

    Args:
        run: The run.
        num_steps: How many steps are shown.
        num_paths: How many paths the picture has: the more there are, the fewer points has a cloud.
    """
    if run.batch is None or OPTIMIZERS[run.optimizer].evaluations is not one_evaluation:
        return None
    if run.batch == objective(run.choice).num_examples:
        return None
    rows = num_steps + 1
    samples = max(FEWEST, min(SAMPLES, CLOUD_POINTS // (rows * num_paths)))
    return _cloud(run, run.batch)[:rows, :samples]


def passes(path: Path, batch: int, num_examples: int) -> float:
    """How often a path went through the data: the examples of all its gradients, in parts of all examples."""
    in_an_epoch = -(-num_examples // batch)
    sizes = np.full(path.num_steps, batch)
    sizes[in_an_epoch - 1 :: in_an_epoch] = num_examples - (in_an_epoch - 1) * batch
    return float(np.diff(path.evaluations) @ sizes) / num_examples


@shared(maxsize=64)
def average(run: Run, first: int) -> Path:
    """The average of the run's iterates from the iterate `first` on, as long as the run itself."""
    return average_iterates(objective(run.choice), walk(run), first)


@shared(maxsize=32)
def _cloud(run: Run, batch: int) -> np.ndarray:
    path = walk(run)
    points = np.asarray(path.params)[:-1]
    gradients = noise_clouds(objective(run.choice), points, batch, SAMPLES, run.seed)
    stepper = cached.built_optimizer(run.optimizer, run.numbers, run.plan)
    with np.errstate(over="ignore"):
        return np.asarray(_next_points(stepper, points, path.gradients, gradients), np.float32)


@jax.jit
def _next_points(stepper: Any, points: Any, gradients: Any, clouds: Any) -> jax.Array:
    """Where the optimizer would go from each point, if it saw each of the gradients of a cloud there."""

    def step(state: Any, row: Any) -> tuple[Any, jax.Array]:
        point, gradient, others = row

        def lead(other: jax.Array) -> jax.Array:
            return point + stepper.update(other, state, point)[0]

        return stepper.update(gradient, state, point)[1], jax.vmap(lead)(others)

    found: jax.Array = jax.lax.scan(step, stepper.init(points[0]), (points, gradients, clouds))[1]
    return found
