"""Slices: the risk of a model over two of its parameters, the others held at their optimum."""

from typing import Any

import numpy as np
from jax.tree_util import Partial

from landscape.datasets import Dataset
from landscape.losses import Loss, Penalty, l2
from landscape.models import Model
from landscape.objectives import Domain, Objective, Params, as_program
from landscape.planes import Coordinate, Plane, restrict
from landscape.risk.empirical import Reduction, empirical_risk
from landscape.risk.expansions import Expansion, expansion_of, flat
from landscape.risk.fitting import fitting_losses, is_convex
from landscape.risk.solver import smoothing, solve

MARGIN = 1.5
"""How far a window reaches beyond the origin, in distances from its centre to the origin."""

RISE = 0.5
"""A window reaches at least to where the quadratic model has risen by this share of the loss."""

CLIMB = 4.0
"""Where a variance is predicted, a window reaches no further than to where the quadratic model has risen so.

In nats for an example: beyond it the loss grows like the exponential of an exponential.
"""

START = (0.12, 0.72)
"""Where in the window an optimizer starts, as shares of its sides: high up, and on no axis of symmetry."""

SLIGHT = 1e-3
"""The ridge penalty that gives classes that a plane separates an optimum to be looked at."""


def on_two_parameters(
    model: Model,
    dataset: Dataset,
    loss: Loss,
    first: Coordinate,
    second: Coordinate,
    penalty: Penalty | None = None,
    reduction: Reduction = "mean",
) -> Objective:
    """The empirical risk over two of the parameters, the others at their optimum without penalty.

    The plane and the window follow from the risk without its penalty: they stand still while the
    penalty changes, so that what moves in the picture is the landscape. Where the loss is not
    convex (a squared error behind a sigmoid), they are those of the model's cross-entropy, and
    where that has no optimum (classes that a plane separates), of it with l2(0.001) (times n for a
    sum). Of a model without a convex loss (a line with its spread) the optimum, and the minimizer in
    the plane, are the ones that `minimize` finds.

    Args:
        model: From `MODELS`.
        dataset: Of the model's task.
        loss: From `LOSSES`.
        first: The parameter on the first axis, such as ("weights", 0), ("bias",) or ("a",).
        second: The parameter on the second axis, likewise.
        penalty: From `l1`, `l2` or `elastic_net`; None for none.
        reduction: "mean" or "sum", of the examples' losses.

    Returns:
        An `Objective` of an array of shape (2,), with a domain, a start in it, and, where the risk
        is convex (or no loss of the model is) and has one, its minimizer in the plane. `params_at`
        gives all parameters at a point.

    Raises:
        ValueError: Model, dataset and loss do not fit together, or a coordinate leads to no
            parameter or to the other's.

    Example:
        >>> from landscape import DATASETS, LOSSES, MODELS
        >>> from landscape.risk import on_two_parameters
        >>> stone = on_two_parameters(
        ...     MODELS["polynomial"], DATASETS["thrown-stone"], LOSSES["mse"], ("a",), ("b",)
        ... )
        >>> [round(float(value), 1) for value in stone.minimizers[0]]
        [-4.6, 14.2]
    """
    risk = empirical_risk(model, dataset, loss, penalty, reduction)
    bare, optimum = _guide(model, dataset, loss, reduction)
    plane = Plane.coordinates(optimum, first, second)
    directions = np.stack([flat(plane.u), flat(plane.v)], axis=1)
    seen = smoothing(bare)
    around = seen.expand(seen.first_width / 10, optimum).along(directions)
    total = 1 if reduction == "mean" else dataset.num_examples
    most = np.sqrt(2 * CLIMB * total) if model.output_unit == "gaussian" else np.inf
    domain = _window(flat(optimum) @ directions, around, most)
    start = np.array([low + share * (high - low) for (low, high), share in zip(domain, START, strict=True)])
    part = restrict(risk, plane, domain=domain, start=start)
    if not is_convex(model, loss) and _convex(model, dataset, loss) is not loss:
        return part
    whole = smoothing(risk)
    lowest, converged = solve(whole, optimum, directions)
    if not converged:
        return part
    minimum = whole.expand(0.0, lowest).value
    return part.replace(minimizers=(flat(lowest) @ directions)[None], minimum=minimum)


def window(objective: Objective, center: Any) -> Domain:
    r"""A window around a point of a two-parameter objective in which its valley can be seen.

    The sides are in the ratio of the box around the ellipse \delta^T H \delta = 1, with the Hessian
    H at the centre. They reach half as far again as the origin, on both sides, and at least to where
    \frac12 \delta^T H \delta is half of the loss; then outwards to round numbers. Where there is no
    curvature, the sides follow from the centre alone.

    Args:
        objective: A loss of an array of shape (2,), without its penalty.
        center: The minimizer, shape (2,).

    Returns:
        ((xmin, xmax), (ymin, ymax)).

    Raises:
        ValueError: The centre is not two finite numbers.

    Example:
        >>> import landscape
        >>> from landscape.risk import window
        >>> window(landscape.FUNCTIONS["booth"], [1.0, 3.0])
        ((-3.5, 5.5), (-1.5, 7.5))
    """
    middle = np.asarray(center, dtype=float)
    if middle.shape != (2,) or not np.isfinite(middle).all():
        raise ValueError(f"`center` must be 2 finite numbers, got {center}")
    return _window(middle, expansion_of(as_program(objective.loss), middle)(0.0, middle))


def params_at(objective: Objective, point: Any) -> Params:
    """All parameters of the model at a point of `on_two_parameters`.

    Args:
        objective: What `on_two_parameters` (or `restrict`) gave.
        point: The two coordinates, shape (2,).

    Returns:
        The parameters, of the model's own structure.

    Raises:
        ValueError: The objective is no slice.

    Example:
        >>> from landscape import DATASETS, LOSSES, MODELS
        >>> from landscape.risk import on_two_parameters, params_at
        >>> fit = on_two_parameters(
        ...     MODELS["linear"], DATASETS["line"], LOSSES["mse"], ("weights", 0), ("bias",)
        ... )
        >>> float(params_at(fit, [3.0, 4.0])["bias"])
        4.0
    """
    parts = objective.loss.args if isinstance(objective.loss, Partial) else ()
    planes = [part for part in parts if isinstance(part, Plane)]
    if not planes:
        raise ValueError(f"`objective` must be a slice of a risk, got {objective.name}")
    a, b = np.asarray(point, dtype=float)
    return planes[0].at(a, b)


def _guide(model: Model, dataset: Dataset, loss: Loss, reduction: Reduction) -> tuple[Objective, Params]:
    """The risk whose optimum the plane goes through, and that optimum."""
    loss = _convex(model, dataset, loss)
    risk = empirical_risk(model, dataset, loss, None, reduction)
    optimum, converged = solve(smoothing(risk), risk.start)
    if not converged:
        total = 1 if reduction == "mean" else dataset.num_examples
        risk = empirical_risk(model, dataset, loss, l2(SLIGHT * total), reduction)
        optimum, _ = solve(smoothing(risk), risk.start)
    return risk, optimum


def _convex(model: Model, dataset: Dataset, loss: Loss) -> Loss:
    """The loss if it is convex, else the first that is and fits; the loss itself if there is none."""
    if is_convex(model, loss):
        return loss
    return next((other for other in fitting_losses(model, dataset) if is_convex(model, other)), loss)


def _window(middle: np.ndarray, around: Expansion, most: float = np.inf) -> Domain:
    sides = _spread(around.hessian)
    if sides is None:
        half = MARGIN * np.where(middle == 0, 1.0, np.abs(middle))
    else:
        reach = max(MARGIN * np.max(np.abs(middle) / sides), np.sqrt(2 * RISE * max(around.value, 0.0)))
        half = sides * min(reach or 1.0 / np.max(sides), most)
    return _round(middle[0], half[0]), _round(middle[1], half[1])


def _spread(hessian: np.ndarray) -> np.ndarray | None:
    """Half the sides of the box around the ellipse δᵀHδ = 1; None where H is not positive."""
    diagonal = np.diag(hessian)
    if not (np.isfinite(hessian).all() and (diagonal > 0).all()):
        return None
    # 1 / (H⁻¹)ⱼⱼ = Hⱼⱼ (1 − r²); a long valley is drawn as if no more than a thousand times as long as
    # wide, and one without end, which no window holds, is seen across.
    squared = min(float(hessian[0, 1] ** 2 / (diagonal[0] * diagonal[1])), 1.0 - 4e-6)
    if np.linalg.matrix_rank(hessian / np.sqrt(np.outer(diagonal, diagonal)), tol=1e-10) < 2:
        squared = 0.0
    return 1.0 / np.sqrt(diagonal * (1.0 - squared))


def _round(middle: float, half: float) -> tuple[float, float]:
    """Limits at least `half` away from the middle, at multiples of half a power of ten."""
    step = 0.5 * 10.0 ** np.floor(np.log10(half))
    low, high = np.floor((middle - half) / step), np.ceil((middle + half) / step)
    return float(low * step), float(high * step)
