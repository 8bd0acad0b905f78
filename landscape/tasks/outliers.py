"""Outliers: a line through points of which some have been moved, and what each loss makes of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax.tree_util import Partial

from landscape.datasets import Dataset, line
from landscape.losses import Loss
from landscape.models import MODELS
from landscape.objectives import Domain, Objective, as_program
from landscape.risk import empirical_risk, minimize, supervised

SLOPE, INTERCEPT, NOISE = 2.0, 1.0, 0.5
"""The truth, and the standard deviation around it."""

NUM_EXAMPLES = 16
"""Points on the picture, those that are moved among them."""

MOST_MOVED = 3

ROUNDING = 1e-12
"""A point this near to a line, beside its own height, is on it."""

STRAIGHT = ("mae", "quantile")
"""Losses of two straight pieces with a corner at 0: some best line goes through two of the points."""

HALF_WINDOW = 2.5
"""How far a landscape reaches from the truth, unless a minimizer lies further out."""

SPAN = (-2.0, 2.0)
"""Where the points' x are drawn from, and where a line is compared with the truth."""

Combination = Literal["mean", "median"]
"""How an ensemble combines what its members predict."""


@dataclass(frozen=True, eq=False)
class LineFit:
    r"""A line fitted to points, and how hard each point pulls at it.

    Attributes:
        slope: Of the line.
        intercept: Its height at x = 0.
        converged: Whether the minimizer was reached.
        residuals: y - t of every point, shape (n,).
        pulls: |\partial \ell / \partial y| of every point, shape (n,): the size of its part of the
            gradient; 0 where the line goes through the point.
    """

    slope: float
    intercept: float
    converged: bool
    residuals: np.ndarray
    pulls: np.ndarray

    def at(self, x: Any) -> np.ndarray:
        """The line's heights."""
        return self.slope * np.asarray(x, dtype=float) + self.intercept

    def relative_pull(self, index: int, moved: int) -> float:
        """How hard a point pulls beside an ordinary one: its pull over the median of those not moved.

        Args:
            index: Of the point.
            moved: How many of the points, the first ones, are moved.

        Returns:
            A number, at least 0; NaN where no ordinary point pulls at all.
        """
        usual = float(np.median(self.pulls[moved:]))
        return float(self.pulls[index]) / usual if usual > 0 else float("nan")


def contaminated_line(moved: Sequence[tuple[float, float]] = (), seed: int = 0) -> Dataset:
    """Points around the line y = 2x + 1, the first of which have been moved somewhere else.

    Moving keeps the number of points: whatever is moved, the data have one shape, so that no
    program is compiled anew.

    Args:
        moved: The new (x, y) of the first points, at most three.
        seed: Of the points.

    Returns:
        A regression of shape (16, 1).

    Raises:
        ValueError: More are moved than may be, or a place is not two finite numbers.

    Example:
        >>> from landscape.tasks.outliers import contaminated_line
        >>> contaminated_line([(1.5, -9.0)]).targets[:1].tolist()
        [-9.0]
    """
    if len(moved) > MOST_MOVED:
        raise ValueError(f"`moved` must be at most {MOST_MOVED} places, got {len(moved)}")
    clean = line(NUM_EXAMPLES, SLOPE, INTERCEPT, NOISE, seed)
    inputs, targets = clean.inputs.copy(), clean.targets.copy()
    for index, place in enumerate(moved):
        if np.shape(place) != (2,) or not np.isfinite(place).all():
            raise ValueError(f"`moved` must be places of two finite numbers, got {place}")
        inputs[index, 0], targets[index] = place
    return replace(clean, name="contaminated-line", inputs=inputs, targets=targets)


def fit_line(dataset: Dataset, loss: Loss) -> LineFit:
    """The line with the least mean loss.

    Of a loss that is straight on both sides of 0 it is found exactly, among the lines through two points:
    a linear program has a solution at a corner. Of any other loss `risk.minimize` finds it.

    Args:
        dataset: A regression of one feature.
        loss: From `LOSSES`, a supervised and convex one of numbers.

    Returns:
        The `LineFit`.

    Raises:
        ValueError: Dataset and loss do not fit a linear model.

    Example:
        >>> from landscape import LOSSES
        >>> from landscape.tasks.outliers import contaminated_line, fit_line
        >>> data = contaminated_line([(1.5, -9.0)])
        >>> [round(fit_line(data, LOSSES[name]).slope, 2) for name in ("mse", "mae")]
        [1.41, 1.9]

    Reference:
        Huber (1964), Robust estimation of a location parameter, doi:10.1214/aoms/1177703732; Koenker,
        Bassett (1978), Regression quantiles, theorem 3.1, doi:10.2307/1913643
    """
    loss = supervised(loss)
    risk = _risk(dataset, loss)
    x, targets = dataset.inputs[:, 0], dataset.targets
    each, numbers = Partial(_Each(loss.function)), dict(loss.parameters)
    if loss.name in STRAIGHT:
        lines = _candidates(x, targets)
        losses = np.asarray(_mean_losses(each, lines[0], lines[1], x, targets, numbers))
        slope, intercept = lines[:, np.nanargmin(losses)].tolist()
        converged = True
    else:
        params, converged = minimize(risk)
        slope, intercept = float(params["weights"][0]), float(params["bias"])
    residuals = slope * x + intercept - targets
    residuals[np.abs(residuals) <= ROUNDING * (1.0 + np.abs(targets))] = 0.0
    slopes = _slopes(each, residuals, np.zeros_like(residuals), numbers)
    return LineFit(slope, intercept, converged, residuals, np.abs(slopes))


def line_landscape(dataset: Dataset, loss: Loss, domain: Domain | None = None) -> Objective:
    """The mean loss of a line over its slope and its intercept.

    Args:
        dataset: A regression of one feature.
        loss: From `LOSSES`, a supervised one of numbers.
        domain: What to look at; 2.5 around the truth by default.

    Returns:
        An `Objective` of an array (slope, intercept), which begins at the flat line through 0.

    Raises:
        ValueError: Dataset and loss do not fit a linear model.

    Example:
        >>> from landscape import LOSSES
        >>> from landscape.tasks.outliers import contaminated_line, line_landscape
        >>> round(float(line_landscape(contaminated_line(), LOSSES["mse"]).loss(np.array([2.0, 1.0]))), 3)
        0.12
    """
    risk = _risk(dataset, loss)
    return Objective(
        loss=Partial(_on_line, as_program(risk.loss)),
        start=np.zeros(2),
        name=risk.name,
        title=risk.title,
        formula=risk.formula,
        domain=domain or seen([]),
        reference=risk.reference,
    )


def seen(fits: Sequence[LineFit]) -> Domain:
    """A window around the truth in which the minimizers are, too; its sides stand at multiples of a half.

    Example:
        >>> from landscape.tasks.outliers import seen
        >>> seen([])
        ((-0.5, 4.5), (-1.5, 3.5))
    """
    sides = []
    for truth, values in (
        (SLOPE, [fit.slope for fit in fits]),
        (INTERCEPT, [fit.intercept for fit in fits]),
    ):
        known = [value for value in values if np.isfinite(value)]
        low, high = min([truth - HALF_WINDOW, *known]), max([truth + HALF_WINDOW, *known])
        # A minimizer does not stand on the frame.
        low, high = (2 * end + 0.04 * (end - truth) * (abs(end - truth) > HALF_WINDOW) for end in (low, high))
        sides.append((float(np.floor(low)) / 2, float(np.ceil(high)) / 2))
    return sides[0], sides[1]


def combine(fits: Sequence[LineFit], x: Any, how: Combination) -> np.ndarray:
    """What an ensemble of lines predicts: the mean or the median of its members' predictions, at each x.

    The mean is a line again, that of the mean slope and the mean intercept: each member pulls at it
    by its share. The median need not be one; it stays where most members are.

    Args:
        fits: The members, at least one.
        x: Where, any shape.
        how: "mean" or "median".

    Returns:
        The predictions, shaped like x.

    Raises:
        ValueError: There is no member, or `how` is another word.

    Example:
        >>> from landscape import LOSSES
        >>> from landscape.tasks.outliers import combine, contaminated_line, fit_line
        >>> fits = [fit_line(contaminated_line(), LOSSES[name]) for name in ("mse", "mae")]
        >>> combine(fits, [0.0], "mean").shape
        (1,)

    Reference:
        Perrone, Cooper (1993), When networks disagree: ensemble methods for hybrid neural networks,
        doi:10.1142/9789812795885_0025
    """
    if not fits:
        raise ValueError("`fits` must be at least 1, got 0")
    if how not in ("mean", "median"):
        raise ValueError(f"`how` must be 'mean' or 'median', got {how!r}")
    predictions = np.stack([fit.at(x) for fit in fits])
    return np.mean(predictions, axis=0) if how == "mean" else np.median(predictions, axis=0)


def distance_from_truth(predict: Callable[[np.ndarray], np.ndarray]) -> float:
    """How far predictions are from the true line: the root of their mean squared distance on [-2, 2].

    Args:
        predict: x of shape (m,) -> predictions (m,).

    Returns:
        The distance, in units of y.

    Example:
        >>> from landscape.tasks.outliers import distance_from_truth
        >>> distance_from_truth(lambda x: 2.0 * x + 1.5)
        0.5
    """
    x = np.linspace(*SPAN, 401)
    return float(np.sqrt(np.mean((np.asarray(predict(x)) - (SLOPE * x + INTERCEPT)) ** 2)))


@dataclass(frozen=True)
class _Each:
    """A loss of one prediction as a function with a hash of its own."""

    function: Callable[..., jax.Array]

    def __call__(self, prediction: jax.Array, target: jax.Array, numbers: dict[str, Any]) -> jax.Array:
        return self.function(prediction, target, **numbers)


def _on_line(risk: Partial, point: jax.Array) -> jax.Array:
    slope, intercept = point
    return risk({"weights": jnp.reshape(slope, (1,)), "bias": intercept})


def _risk(dataset: Dataset, loss: Loss) -> Objective:
    if dataset.num_features != 1:
        raise ValueError(f"`dataset` must have 1 feature, got {dataset.name} with {dataset.num_features}")
    return empirical_risk(MODELS["linear"], dataset, loss)


def _candidates(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Slopes and intercepts of the lines through two of n points, NaN if upright, and of the flat ones.

    Where all points stand one above the other no line goes through two of them, and a flat one through one
    of them is best.
    """
    first, second = np.triu_indices(x.size, 1)
    width = x[second] - x[first]
    slopes = (y[second] - y[first]) / np.where(width == 0, np.nan, width)
    flat = np.stack([np.zeros_like(y), y])
    return np.concatenate([np.stack([slopes, y[first] - slopes * x[first]]), flat], axis=1)


@jax.jit
def _mean_losses(
    loss: Partial,
    slopes: jax.Array,
    intercepts: jax.Array,
    x: jax.Array,
    targets: jax.Array,
    numbers: dict[str, Any],
) -> jax.Array:
    predictions = slopes[:, None] * x + intercepts[:, None]
    return loss(predictions, targets[None, :], numbers).mean(axis=1)


@jax.jit
def _slopes(loss: Partial, predictions: jax.Array, targets: jax.Array, numbers: dict[str, Any]) -> jax.Array:
    each = jax.vmap(jax.grad(partial(loss)), in_axes=(0, 0, None))
    return each(predictions, targets, numbers)
