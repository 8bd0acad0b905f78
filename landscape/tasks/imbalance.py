"""Imbalance: two clouds of points of which one is rare, and lines that tell them apart."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.tree_util import Partial

from landscape.losses import Loss
from landscape.objectives import Domain, Objective, check_count
from landscape.risk import minimize, supervised

MOST = 1000
"""Examples at most; so many are drawn always, and those beyond the number asked for weigh nothing."""

PENALTY = 1e-3
"""Strength of the l2 penalty: classes that a line separates have a minimizer, too."""


@dataclass(frozen=True, eq=False)
class Clouds:
    """Examples of a common class 0 and a rare class 1, padded to one length.

    Attributes:
        inputs: Places in the plane, (m, 2), with m the same for all shares and numbers.
        labels: 0 for common, 1 for rare, (m,).
        weights: 1 for the examples that are seen, 0 for the padding, (m,).
        distance: Of the two centres, in standard deviations; the clouds' centres are (∓distance/2, 0).
    """

    inputs: np.ndarray
    labels: np.ndarray
    weights: np.ndarray
    distance: float

    @property
    def seen(self) -> tuple[np.ndarray, np.ndarray]:
        """Places (n, 2) and labels (n,) without the padding."""
        kept = self.weights > 0
        return self.inputs[kept], self.labels[kept]

    @property
    def share(self) -> float:
        """The share of the rare class among the examples that are seen."""
        return float(self.seen[1].mean())


def imbalanced_clouds(share: float, num_examples: int, distance: float = 2.0, seed: int = 0) -> Clouds:
    r"""Two round Gaussian clouds of which one is rare.

    x | 0 \sim N((-d/2, 0), I), x | 1 \sim N((d/2, 0), I). A smaller share takes rare examples away
    and puts common ones in their place; all others stay where they are.

    Args:
        share: Of the rare class, above 0 and at most 1/2; at least one example is rare.
        num_examples: n, from 2 to 1,000.
        distance: d, of the centres in standard deviations, at least 0.
        seed: Of the places.

    Returns:
        The `Clouds`, whose arrays have one shape for all arguments.

    Raises:
        ValueError: An argument is out of range.

    Example:
        >>> clouds = imbalanced_clouds(0.05, 200)
        >>> clouds.seen[0].shape, int(clouds.seen[1].sum())
        ((200, 2), 10)
    """
    if not 0 < share <= 0.5:
        raise ValueError(f"`share` must be above 0 and at most 0.5, got {share}")
    if not (np.isfinite(distance) and distance >= 0):
        raise ValueError(f"`distance` must be a finite number, at least 0, got {distance}")
    count = check_count("num_examples", num_examples, 2, MOST)
    rare = max(1, round(share * count))
    random = np.random.default_rng(check_count("seed", seed, 0))
    places = random.standard_normal((2, MOST, 2)) + np.array([[[-distance / 2, 0]], [[distance / 2, 0]]])
    inputs = np.concatenate([places[0], places[1, : MOST // 2]])
    labels = np.repeat([0, 1], [MOST, MOST // 2])
    order = np.concatenate([np.arange(MOST), np.arange(MOST // 2)])
    weights = (order < np.where(labels == 1, rare, count - rare)).astype(float)
    return Clouds(inputs, labels, weights, float(distance))


@dataclass(frozen=True)
class _Risk:
    """The penalized mean loss of a line; a program that is known by the loss's function."""

    function: Callable[..., jax.Array]

    def __call__(self, data: dict[str, Any], params: jax.Array) -> jax.Array:
        logits = data["inputs"] @ params[:2] + params[2]
        losses = self.function(logits, data["labels"], **data["numbers"])
        # What weighs nothing counts nothing, even where its loss is infinite.
        counted = jnp.where(data["weights"] > 0, data["weights"] * losses, 0.0)
        return jnp.sum(counted) / jnp.sum(data["weights"]) + data["penalty"] * jnp.sum(params[:2] ** 2)


@dataclass(frozen=True)
class _Slice:
    """The same over (w₁, b), with w₂ held fixed."""

    risk: _Risk

    def __call__(self, data: dict[str, Any], across: jax.Array, params: jax.Array) -> jax.Array:
        return self.risk(data, jnp.stack([params[0], across, params[1]]))


def line_risk(clouds: Clouds, loss: Loss, penalty: float = PENALTY) -> Objective:
    r"""What a line costs that tells the clouds apart: logistic regression with any loss of two classes.

    L(w, b) = \frac{1}{n} \sum_i \ell(w \cdot x_i + b, t_i) + \lambda ||w||_2^2

    Args:
        clouds: The examples.
        loss: A supervised loss of the logit of class 1 beside 0 and 1, with its numbers.
        penalty: λ, at least 0.

    Returns:
        An `Objective` of (w₁, w₂, b), shape (3,). Places, weights, λ and the numbers inside the loss are
        leaves of its program.

    Raises:
        ValueError: The loss takes something else, or λ is negative or not finite.

    Example:
        >>> from landscape import LOSSES
        >>> risk = line_risk(imbalanced_clouds(0.5, 100), LOSSES["binary-cross-entropy"])
        >>> round(float(risk.loss(risk.start)), 4)  # log 2
        0.6931

    Reference:
        Cox (1958), The regression analysis of binary sequences,
        doi:10.1111/j.2517-6161.1958.tb00292.x
    """
    loss = supervised(loss)
    if loss.takes != "logits" or "sigmoid" not in loss.output_units:
        raise ValueError(f"`loss` must take the logit of one of two classes, got {loss.name}")
    if not (np.isfinite(penalty) and penalty >= 0):
        raise ValueError(f"`penalty` must be a finite number, at least 0, got {penalty}")
    data = {
        "inputs": jnp.asarray(clouds.inputs),
        "labels": jnp.asarray(clouds.labels, dtype=int if loss.targets == "labels" else float),
        "weights": jnp.asarray(clouds.weights),
        "penalty": float(penalty),
        "numbers": {name: float(value) for name, value in loss.parameters.items()},
    }
    return Objective(
        loss=Partial(_Risk(loss.function), data),
        start=np.zeros(3),
        name=f"line-{loss.name}",
        title=loss.title,
        formula=rf"\frac{{1}}{{n}} \sum_i \left[ {loss.formula} \right] + \lambda \lVert w \rVert_2^2",
        reference=loss.reference,
    )


def fitted_line(clouds: Clouds, loss: Loss, penalty: float = PENALTY) -> tuple[np.ndarray, bool]:
    """The line that costs least.

    Args:
        clouds: As of `line_risk`.
        loss: As of `line_risk`.
        penalty: As of `line_risk`.

    Returns:
        (w₁, w₂, b), and whether it is a minimizer: a local one where the loss is not convex. There may be
        none without a penalty.

    Raises:
        ValueError: As `line_risk`.

    Example:
        >>> from landscape import LOSSES
        >>> line, converged = fitted_line(imbalanced_clouds(0.5, 1000), LOSSES["binary-cross-entropy"])
        >>> converged, bool(abs(line[0] - 2) < 0.3)  # as far as the clouds are apart
        (True, True)
    """
    params, converged = minimize(line_risk(clouds, loss, penalty))
    return np.asarray(params), converged


def line_landscape(clouds: Clouds, loss: Loss, across: float, domain: Domain) -> Objective:
    """What a line costs over its weight along the way between the clouds and its bias.

    Args:
        clouds: As of `line_risk`.
        loss: As of `line_risk`.
        across: w₂, the weight that is held fixed.
        domain: Limits of w₁ and of b.

    Returns:
        An `Objective` of (w₁, b), shape (2,).

    Raises:
        ValueError: As `line_risk`; or the domain is empty.

    Example:
        >>> from landscape import LOSSES
        >>> clouds = imbalanced_clouds(0.1, 100)
        >>> plain = line_landscape(clouds, LOSSES["binary-cross-entropy"], 0.0, ((-1, 4), (-6, 2)))
        >>> round(float(plain.loss(plain.start)), 4)
        0.6931
    """
    risk = line_risk(clouds, loss)
    program: Any = risk.loss
    return risk.replace(
        loss=Partial(_Slice(program.func), *program.args, float(across)), start=np.zeros(2), domain=domain
    )
