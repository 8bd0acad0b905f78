"""Critical points: where the gradient of a two-parameter objective vanishes in a window."""

import jax
import numpy as np
from jax.tree_util import Partial

from landscape.curvature.points import Curvature, condition_number, kind_of
from landscape.objectives import Domain, Objective, as_program, check_domain, check_two_parameters

NEGLIGIBLE = 1e-10
"""So does one that is smaller than this share of the curvature about the point."""

FLAT = 1e-9
"""Where the curvature moves the loss by less than this share of its range, there is nothing to be found."""

STEEP = 1e-3
"""Where the slope over the whole window is more than this share of the loss's range, no point is critical."""

MAX_ITERATIONS = 60
"""Of Newton's method: enough for one bit an iteration, as at a degenerate point."""

EXACT = 1e-13
"""A Newton step shorter than this share of the window is the last."""

AT_REST = 1e-6
"""Where Newton's step is shorter than this share of the window, the iteration has come to rest."""

BATCH_SIZE = 64
"""Points at which a loss is expanded at once."""


def critical_points(
    objective: Objective, *, extent: Domain | None = None, resolution: int = 24, max_points: int = 60
) -> list[Curvature]:
    """The isolated critical points of a two-parameter objective in a window, found from a grid of starts.

    Newton's iteration on ∇L = 0 is run in steps of at most half a cell, from the known minimizers
    and from each point of the grid about which both parts of the gradient change sign or from
    which Newton's step is short; and, where that may lead elsewhere, once more with |H| for H,
    which leads downhill. The ends at which it comes to rest are kept, once each. Points may be
    missed where the landscape turns within less than a cell. A line or a region on which the
    gradient vanishes gives none, nor does a place where the loss is flat to a billionth of its
    range.

    Args:
        objective: An objective of two parameters in one vector.
        extent: ((xmin, xmax), (ymin, ymax)); `objective.domain` by default.
        resolution: Starts along each axis, at least 2.
        max_points: At most so many are returned, those of lowest loss first.

    Returns:
        The `Curvature` at each, by ascending loss.

    Raises:
        ValueError: There is no extent, or it is empty; `resolution` is below 2; or the objective
            does not have two parameters in one vector.

    Example:
        >>> from landscape import FUNCTIONS, critical_points
        >>> found = critical_points(FUNCTIONS["himmelblau"])
        >>> sorted(point.kind for point in found).count("minimum"), len(found)
        (4, 9)
    """
    check_two_parameters(objective)
    extent = objective.domain if extent is None else extent
    if extent is None:
        raise ValueError("`extent` must be given for an objective without a domain, got None")
    low, high = np.array(check_domain(extent, "extent")).T
    if resolution < 2:
        raise ValueError(f"`resolution` must be at least 2, got {resolution}")
    loss, cell = as_program(objective.loss), (high - low) / resolution
    # The middles of the cells lie off the symmetry lines of most functions.
    places = np.stack(np.meshgrid(np.arange(resolution), np.arange(resolution)), axis=-1).reshape(-1, 2)
    starts = low + cell * (places + 0.5)
    losses, gradients, hessians = _expand(loss, starts)
    usable = np.isfinite(losses) & np.isfinite(hessians).all(axis=(1, 2))
    if not usable.any():
        return []
    with np.errstate(over="ignore"):
        range_of_losses = np.ptp(losses[usable])
    flat = FLAT * (np.quantile(losses[usable], 0.25) - losses[usable].min())

    near = usable & (
        _turns(gradients.reshape(resolution, resolution, 2)) | _is_close(gradients, hessians, cell)
    )
    with np.errstate(invalid="ignore", over="ignore"):  # of those that are not usable
        bent = near & ~((np.linalg.det(hessians) > 0) & (hessians[:, 0, 0] > 0))
    known = np.empty((0, 2)) if objective.minimizers is None else objective.minimizers
    downhill = np.repeat([False, True], [len(known) + near.sum(), bent.sum()])
    ends = _rests(loss, np.concatenate([known, starts[near], starts[bent]]), downhill, low, high, cell / 2)
    found = []
    for end, value, gradient, hessian in zip(ends, *_expand(loss, ends), strict=True):
        # At x = 0 of log(x), and right beside it, Newton's step is short, but the gradient is not small.
        with np.errstate(over="ignore"):
            slope = np.max(np.abs(gradient) * (high - low))
        if not (np.isfinite(value) and slope <= STEEP * range_of_losses):
            continue
        # At a degenerate point its own curvature says nothing: look about, one cell each way.
        about = hessians[usable & (np.abs(starts - end) <= 1.5 * cell).all(axis=1)]
        if len(about) and np.max(np.abs(about) * np.outer(cell, cell)) > flat:
            eigenvalues, eigenvectors = np.linalg.eigh(hessian)
            kind = kind_of(eigenvalues, negligible=NEGLIGIBLE * np.abs(about).max())
            condition = condition_number(eigenvalues)
            found.append(
                Curvature(end, float(value), gradient, hessian, eigenvalues, eigenvectors, condition, kind)
            )
    return sorted(found, key=lambda point: point.loss)[:max_points]


def _turns(gradients: np.ndarray) -> np.ndarray:
    """Whether both parts of the gradient change sign within a cell each way, over a grid (n, n, 2)."""
    padded = np.pad(np.nan_to_num(gradients), ((1, 1), (1, 1), (0, 0)), mode="edge")
    blocks = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1))
    change = (blocks.min(axis=(-2, -1)) <= 0) & (blocks.max(axis=(-2, -1)) >= 0)
    return change.all(axis=-1).ravel()


def _is_close(gradients: np.ndarray, hessians: np.ndarray, cell: np.ndarray) -> np.ndarray:
    """Whether Newton's step stays within two cells."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        steps = _newton_steps(gradients, hessians, np.zeros(len(gradients), dtype=bool))
    return (np.abs(steps) <= 2 * cell).all(axis=1)


def _rests(
    loss: Partial,
    points: np.ndarray,
    downhill: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    longest: np.ndarray,
) -> np.ndarray:
    """Where Newton's iteration, with |H| where it is to go downhill, comes to rest in the window: each once.

    The loop is Python's and the compiled program one expansion of the loss: it compiles in a
    fraction of the time of the whole, and a point that has come to rest or gone costs nothing more.
    """
    span = high - low
    sizes = np.full(len(points), np.inf)
    moving = np.arange(len(points))
    for _ in range(MAX_ITERATIONS):
        _, gradients, hessians = _expand(loss, points[moving])
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            steps = _newton_steps(gradients, hessians, downhill[moving])
            sizes[moving] = np.max(np.abs(steps) / span, axis=1)
            points[moving] += steps / np.maximum(1.0, np.max(np.abs(steps) / longest, axis=1))[:, None]
            gone = np.any(np.abs(points[moving] - (low + high) / 2) > span, axis=1)
        moving = moving[np.isfinite(sizes[moving]) & (sizes[moving] > EXACT) & ~gone]
        if moving.size == 0:
            break
    inside = np.all((points >= low - 1e-9 * span) & (points <= high + 1e-9 * span), axis=1)
    order = np.argsort(sizes, kind="stable")
    return _distinct(points[order[(inside & (sizes < AT_REST))[order]]], span)


def _newton_steps(gradients: np.ndarray, hessians: np.ndarray, downhill: np.ndarray) -> np.ndarray:
    """−H⁻¹g, or −|H|⁻¹g to go downhill; in two dimensions |H| = (H² + |det H|) / √(tr H² + 2 |det H|)."""
    a, b, d = hessians[:, 0, 0], hessians[:, 0, 1], hessians[:, 1, 1]
    size = np.abs(a * d - b**2)
    root = np.sqrt(a**2 + 2 * b**2 + d**2 + 2 * size)
    absolute = (a**2 + b**2 + size) / root, b * (a + d) / root, (b**2 + d**2 + size) / root
    a, b, d = (np.where(downhill, *pair) for pair in zip(absolute, (a, b, d), strict=True))
    g0, g1 = gradients.T
    return -np.stack([d * g0 - b * g1, a * g1 - b * g0], axis=1) / (a * d - b**2)[:, None]


def _distinct(points: np.ndarray, span: np.ndarray) -> np.ndarray:
    """The points without those closer than a ten-thousandth of the window to one before them."""
    kept = []
    while len(points):
        kept.append(points[0])
        points = points[np.max(np.abs(points - points[0]) / span, axis=1) > 1e-4]
    return np.reshape(kept, (-1, 2))


def _expand(loss: Partial, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Losses (n,), gradients (n, 2) and Hessians (n, 2, 2), in batches of one size: one program."""
    losses, gradients, hessians = (
        np.empty(len(points)),
        np.empty((len(points), 2)),
        np.empty((len(points), 2, 2)),
    )
    for first in range(0, len(points), BATCH_SIZE):
        batch = points[first : first + BATCH_SIZE]
        padded = np.concatenate([batch, np.repeat(batch[:1], BATCH_SIZE - len(batch), axis=0)])
        rows = slice(first, first + len(batch))
        losses[rows], gradients[rows], hessians[rows] = (
            np.asarray(part)[: len(batch)] for part in _expand_batch(loss, padded)
        )
    return losses, gradients, hessians


@jax.jit
def _expand_batch(loss: Partial, points: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    def gradient_with_value(point: jax.Array) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
        value, gradient = jax.value_and_grad(loss)(point)
        return gradient, (value, gradient)

    hessians, (losses, gradients) = jax.vmap(jax.jacfwd(gradient_with_value, has_aux=True))(points)
    return losses, gradients, hessians
