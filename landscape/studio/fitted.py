"""A model fitted to a reader's table: the path of an optimizer, the least loss that is known, and its slice.

All of it is kept in the reader's own `Memory`. Work on large tables is done in parts, between which the
reader may stop it.
"""

from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from jax.tree_util import Partial
from scipy.special import stdtrit  # type: ignore[import-untyped]

from landscape import LOSSES, OPTIMIZERS, Dataset, Objective, Path, Plane, descend, evaluate, train
from landscape.curvature import eigenpairs
from landscape.objectives import Domain, Params, as_program
from landscape.parts import Progress
from landscape.paths import endpoints
from landscape.risk import is_convex, minimize
from landscape.studio.cached import Numbers
from landscape.studio.controls import rounded
from landscape.studio.suggestions import SHARE_OF_LIMIT
from landscape.studio.tabled import Setup, coordinates, flat, model, shaped
from landscape.surfaces import Surface

MAX_STEPS = 2000
"""Steps of a path at most."""

CAPACITY = 2048
"""Rows of the one compiled program that serves every number of steps."""

MATRICES = ("newton", "newton-undamped", "gauss-newton", "levenberg-marquardt")
"""Rules that keep a matrix of all parameters at every step."""

MOST_IN_MATRICES = 64
"""Parameters that they are offered for."""

LARGEST_JACOBIAN = 2**24
"""Numbers in the Jacobian of the residuals: examples times parameters."""

HEAVY = 2e8
"""Examples times parameters times steps: a path that costs more is walked in parts, at checkpoints."""

CHECKPOINTS = 50
"""Iterates of such a path that are kept besides its start."""

HEAVY_GRID = 3e8
"""Grid points times examples: a picture that costs more begins coarse."""

SIZES, COARSE_SIZES = (129,), (17, 33, 65)
"""Grid points along each axis, of a table that is quickly evaluated and of a large one."""

TRIAL_STEPS, NUM_TRIALS = 300, 12
"""Of the search for the least loss: steps from each start, and starts."""

TRIAL_COST = 3e8
"""Examples times parameters times steps times starts, at most."""

ARRIVED = 1e-6
"""A loss that is above the least by no more than this share of the loss at the start, has arrived."""

LEVEL = 1e-2
"""Where the slope towards the best fit promises less than this share of what is to be gained, it is level."""


@dataclass(frozen=True)
class Walk:
    """An optimizer with its numbers, from a start, for so many steps.

    Args:
        optimizer: A name of `OPTIMIZERS`.
        numbers: Its numbers.
        start: All parameters, in the order of `coordinates`.
        num_steps: How many steps are shown.
    """

    optimizer: str
    numbers: Numbers
    start: tuple[float, ...]
    num_steps: int


@dataclass(frozen=True, eq=False)
class Fit:
    """The least loss that is known, and where; `exact` where it is the minimum of a convex loss."""

    params: Params
    loss: float
    exact: bool


@dataclass(frozen=True)
class Arrival:
    """Where an optimizer stands at its last step.

    Attributes:
        outcome: "arrived", "diverged", "level" (away from the best fit, with hardly any slope), or "moving".
        loss: The loss there.
        best: The least loss that is known.
        slope: Length of the gradient there.
        digits: Digits in which its parameters agree with those of the best fit, the worst of them.
    """

    outcome: str
    loss: float
    best: float
    slope: float
    digits: float


def is_heavy(data: Dataset, num_parameters: int, num_steps: int) -> bool:
    """Whether a path takes so long that it is walked in parts."""
    return data.num_examples * num_parameters * num_steps > HEAVY


def sizes(data: Dataset) -> tuple[int, ...]:
    """Grid points along each axis, from the first picture to the last."""
    return COARSE_SIZES if data.num_examples * SIZES[-1] ** 2 > HEAVY_GRID else SIZES


def refusal(optimizer: str, risk: Objective) -> str:
    """Why an optimizer is not offered: "residuals", "parameters", "jacobian"; empty where it is.

    Example:
        >>> import landscape
        >>> [refusal(name, landscape.FUNCTIONS["ackley"]) for name in ("gauss-newton", "adam")]
        ['residuals', '']
    """
    count = risk.num_parameters
    if OPTIMIZERS[optimizer].needs_residuals:
        if risk.residuals is None:
            return "residuals"
        if (risk.num_examples or 0) * count > LARGEST_JACOBIAN:
            return "jacobian"
    return "parameters" if optimizer in MATRICES and count > MOST_IN_MATRICES else ""


def walked(risk: Objective, data: Dataset, walk: Walk, progress: Progress | None = None) -> Path:
    """The path; of a large table its checkpoints, as a `Training` of whole-table steps.

    A path that is not heavy goes one step further than is shown, so that the last point shown has a gradient.
    """
    built = OPTIMIZERS[walk.optimizer].build(**dict(walk.numbers))
    start = shaped(risk.start, np.array(walk.start))
    if not is_heavy(data, risk.num_parameters, walk.num_steps):
        return descend(risk, built, start, walk.num_steps + 1, capacity=CAPACITY)
    return train(risk, built, walk.num_steps, start=start, max_checkpoints=CHECKPOINTS, progress=progress)


def rows(path: Path) -> np.ndarray:
    """All iterates of a path as vectors, (T + 1, p), in the order of `coordinates`."""
    leaves = [np.asarray(leaf, float) for leaf in jax.tree.leaves(path.params)]
    return np.concatenate([leaf.reshape(len(leaf), -1) for leaf in leaves], axis=1)


def slopes(tree: Any) -> np.ndarray:
    """Gradients or updates as vectors, (T, p)."""
    leaves = [np.asarray(leaf, float) for leaf in jax.tree.leaves(tree)]
    return np.concatenate([leaf.reshape(len(leaf), -1) for leaf in leaves], axis=1)


def best(risk: Objective, setup: Setup, data: Dataset, known: list[np.ndarray]) -> Fit:
    """The least loss that is found, from the points that are known and from starts around them.

    A convex loss is minimized by Newton's method; of another, Levenberg–Marquardt (where the loss is a
    sum of squares, else L-BFGS) walks from each of some starts, and what ends lowest counts.

    Args:
        risk: The loss.
        setup: What it is made of.
        data: The table.
        known: Points, each (p,): the start first, then what may be near to the minimum.
    """
    finite = [point for point in known if np.isfinite(point).all()]
    candidates = [shaped(risk.start, point) for point in finite]
    exact = False
    if is_convex(model(setup, data), LOSSES[setup.loss]):
        lowest, exact = minimize(risk)
        candidates.append(jax.tree.map(np.asarray, lowest))
    else:
        candidates += _trials(risk, data, finite)
    losses = [float(risk.loss(each)) for each in candidates]
    order = np.where(np.isfinite(losses), losses, np.inf)
    index = int(np.argmin(order))
    if exact and losses[-1] <= order[index] * (1 + 1e-12):
        index = len(losses) - 1
    return Fit(candidates[index], losses[index], exact)


def _trials(risk: Objective, data: Dataset, known: list[np.ndarray]) -> list[Params]:
    """Where Levenberg–Marquardt or L-BFGS ends from some starts; none where that would take too long."""
    count = risk.num_parameters
    cost = data.num_examples * count * TRIAL_STEPS
    number = int(min(NUM_TRIALS, TRIAL_COST // cost))
    if number < 1 or not known:
        return []
    marquardt = not refusal("levenberg-marquardt", risk)
    built = OPTIMIZERS["levenberg-marquardt" if marquardt else "l-bfgs"].build()
    # The last points known are the best guesses; further starts are the first one, other in size.
    rng = np.random.default_rng(0)
    starts = known[::-1][:number]
    while len(starts) < number:
        starts.append(known[0] * 10.0 ** rng.uniform(-1.5, 1.5, count))
    points = [shaped(risk.start, start) for start in starts]
    stacked = jax.tree.map(lambda *leaves: np.stack(leaves), *points)
    ends, _losses = endpoints(risk, built, stacked, TRIAL_STEPS)
    return [jax.tree.map(lambda leaf, row=row: np.asarray(leaf[row]), ends) for row in range(number)]


@jax.jit
def _slope(loss: Partial, params: Params) -> Params:
    return jax.grad(loss)(params)


def gradient(risk: Objective, params: Params) -> np.ndarray:
    """The gradient at some parameters, (p,)."""
    return flat(_slope(as_program(risk.loss), params))


def arrival(risk: Objective, path: Path, fit: Fit, num_steps: int) -> Arrival:
    """How the optimizer stands at its last step, beside the least loss that is known."""
    shown = path.first(num_steps)
    end, loss = rows(shown)[-1], float(shown.losses[-1])
    goal, start = flat(fit.params), float(shown.losses[0])
    if shown.diverged_at is not None or not np.isfinite(loss):
        return Arrival("diverged", loss, fit.loss, float("nan"), float("nan"))
    slope = gradient(risk, shaped(risk.start, end))
    gained, digits = loss - fit.loss, agreement(end, goal)
    scale = max(abs(fit.loss), ARRIVED * abs(start))
    if gained <= ARRIVED * scale or digits >= 6:
        outcome = "arrived"
    elif abs(float(slope @ (goal - end))) < LEVEL * gained:
        outcome = "level"
    else:
        outcome = "moving"
    return Arrival(outcome, loss, fit.loss, float(np.linalg.norm(slope)), digits)


def agreement(values: np.ndarray, certified: np.ndarray) -> float:
    """Digits in which numbers agree with others, the worst of them: −log₁₀ of the relative error.

    Example:
        >>> round(agreement(np.array([1.001, 200.0]), np.array([1.0, 200.0])), 1)
        3.0
    """
    values, certified = np.asarray(values, float), np.asarray(certified, float)
    if not np.isfinite(values).all():
        return float("nan")
    errors = np.abs(values - certified) / np.where(certified == 0, 1.0, np.abs(certified))
    return float(np.min(-np.log10(np.maximum(errors, 1e-16))))


def learning_rate(risk: Objective, optimizer: str, start: Params, goal: Params | None = None) -> float:
    """A learning rate to begin with: below the limit that the curvature sets, where there is one."""
    rate = next(each for each in OPTIMIZERS[optimizer].hyperparameters if each.name == "learning_rate")
    if optimizer not in SHARE_OF_LIMIT:
        return rate.default
    largest = 0.0
    for place in (start, goal):
        if place is not None:
            found = eigenpairs(risk, place, largest=1).values if risk.num_parameters > 1 else [0.0]
            largest = max([largest, *(abs(float(value)) for value in found if np.isfinite(value))])
    if largest == 0:
        return rate.default
    return rounded(float(np.clip(SHARE_OF_LIMIT[optimizer] / largest, 1e-12, 1e5)))


def plane(risk: Objective, point: np.ndarray, axes: tuple[str, str]) -> Plane:
    """The plane of two parameters, the others held where a point has them."""
    where = coordinates(risk.start)
    return Plane.coordinates(shaped(risk.start, point), where[axes[0]], where[axes[1]])


def surface(
    risk: Objective, seen: Plane, extent: Domain, size: int, progress: Progress | None = None
) -> Surface:
    """The loss over the plane."""
    return evaluate(risk, seen, resolution=size, extent=extent, progress=progress)


def window(points: list[np.ndarray], near: np.ndarray | None = None) -> Domain:
    """A window that holds some points of the plane with room around them.

    Args:
        points: The start and the best fit, each (2,), and what else is to be seen.
        near: A point to be looked at closely: the window is then a tenth as wide, and around it.

    Example:
        >>> window([np.array([0.0, 1.0]), np.array([10.0, 3.0])])
        ((-3.0, 13.0), (0.3, 3.6))
    """
    finite = np.array([point for point in points if np.isfinite(point).all()] or [np.zeros(2)])
    low, high = finite.min(axis=0), finite.max(axis=0)
    size = np.where(np.abs(finite).max(axis=0) > 0, np.abs(finite).max(axis=0), 1.0)
    half = np.maximum(0.5 * (high - low), 0.25 * size)
    middle = 0.5 * (low + high)
    if near is not None:
        middle, half = near, 0.1 * half
    (left, bottom), (right, top) = middle - 1.6 * half, middle + 1.6 * half
    return (_even(left, right), _even(bottom, top))


def _even(low: float, high: float) -> tuple[float, float]:
    """Ends with two digits less than their distance needs: a link and an axis can say them."""
    step = 10.0 ** (np.floor(np.log10(high - low)) - 1)
    return float(f"{np.floor(low / step) * step:.6g}"), float(f"{np.ceil(high / step) * step:.6g}")


def on_surface(grid: Surface, points: np.ndarray) -> np.ndarray:
    """Heights of a surface at points (n, 2), between its grid points; NaN outside of it."""
    places = []
    for axis, column in zip((grid.x, grid.y), points.T, strict=True):
        with np.errstate(invalid="ignore"):
            place = (column - axis[0]) / (axis[-1] - axis[0]) * (len(axis) - 1)
        places.append(np.where((place >= 0) & (place <= len(axis) - 1), place, np.nan))
    across, up = places
    known = np.isfinite(across) & np.isfinite(up)
    j = np.clip(np.where(known, across, 0).astype(int), 0, len(grid.x) - 2)
    i = np.clip(np.where(known, up, 0).astype(int), 0, len(grid.y) - 2)
    s, t = across - j, up - i
    values = grid.values
    low = values[i, j] * (1 - s) + values[i, j + 1] * s
    high = values[i + 1, j] * (1 - s) + values[i + 1, j + 1] * s
    return np.asarray(low * (1 - t) + high * t)


def interval(estimate: float, error: float, freedom: float) -> tuple[float, float]:
    """The 95 % interval of an estimate: t standard errors to either side.

    Example:
        >>> low, high = interval(1.0, 0.5, 10)
        >>> round(low, 4), round(high, 4)
        (-0.1141, 2.1141)
    """
    t = float(stdtrit(freedom, 0.975)) if freedom > 0 else float("nan")
    return estimate - t * error, estimate + t * error
