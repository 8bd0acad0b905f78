"""Imbalance: two clouds of points of which one is rare, and lines that tell them apart."""

from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.tree_util import Partial

from landscape.datasets import Dataset
from landscape.losses import Loss, Penalty, l2
from landscape.models import MODELS
from landscape.objectives import Domain, Objective, check_count
from landscape.risk import empirical_risk, minimize

ROWS = 500
"""Rows of the tables that programs see: fewer examples are repeated, where that comes out even."""

SLIGHT = 1e-3
"""Strength of the l2 penalty: classes that a line separates have a minimizer, too."""


def imbalanced_clouds(share: float, num_examples: int, distance: float = 2.0, seed: int = 0) -> Dataset:
    r"""Two round Gaussian clouds of which one is rare.

    x | 0 \sim N((-d/2, 0), I), x | 1 \sim N((d/2, 0), I). A smaller share takes rare examples away
    and puts common ones in their place; all others stay where they are.

    Args:
        share: Of the rare class 1, above 0 and at most 1/2; at least one example is rare.
        num_examples: n, at least 2.
        distance: d, of the centres in standard deviations, at least 0.
        seed: Of the places.

    Returns:
        A two-class classification of shape (n, 2); the rare examples come last.

    Raises:
        ValueError: An argument is out of range.

    Example:
        >>> clouds = imbalanced_clouds(0.05, 200)
        >>> clouds.inputs.shape, int(clouds.targets.sum())
        ((200, 2), 10)
    """
    if not 0 < share <= 0.5:
        raise ValueError(f"`share` must be above 0 and at most 0.5, got {share}")
    if not (np.isfinite(distance) and distance >= 0):
        raise ValueError(f"`distance` must be a finite number, at least 0, got {distance}")
    count = check_count("num_examples", num_examples, 2)
    rare = max(1, round(share * count))
    # A stream for each cloud, so that a point stays where it is whatever the number of others.
    common_places, rare_places = (
        np.random.default_rng([check_count("seed", seed, 0), label]).standard_normal((number, 2))
        for label, number in ((0, count - rare), (1, rare))
    )
    half = np.array([distance / 2, 0.0])
    return Dataset(
        name="imbalanced-clouds",
        title="Imbalanced clouds",
        inputs=np.concatenate([common_places - half, rare_places + half]),
        targets=np.repeat([0, 1], [count - rare, rare]),
        feature_names=("x1", "x2"),
        target_name="class",
        task="classification",
        class_names=("common", "rare"),
        description="Two round clouds of points, one of them rare.",
        reference="Synthetic, after Fisher (1936), doi:10.1111/j.1469-1809.1936.tb02137.x",
    )


@dataclass(frozen=True)
class _Slice:
    """A line's risk over (w₁, b), with w₂ held fixed; a function with the hash of its program."""

    program: Any

    def __call__(self, data: Any, penalty: Penalty, second: jax.Array, params: jax.Array) -> jax.Array:
        whole = {"weights": jnp.stack([params[0], second]), "bias": params[1]}
        found: jax.Array = self.program(data, penalty, whole)
        return found


def line_risk(clouds: Dataset, loss: Loss, penalty: float = SLIGHT) -> Objective:
    r"""What a line costs that tells two classes apart: logistic regression with any loss of two classes.

    L(w, b) = \frac{1}{n} \sum_i \ell(w \cdot x_i + b, t_i) + \lambda ||w||_2^2

    Args:
        clouds: Two classes of points in the plane. Where n divides 500 the examples are repeated up to
            500, which no mean notices: one compiled program then serves all such n.
        loss: A supervised loss that stands behind a sigmoid, with its numbers.
        penalty: λ, at least 0.

    Returns:
        An `Objective` of {"weights": (2,), "bias": ()}. Places, labels, λ and the numbers inside the loss
        are leaves of its program.

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
    times, rest = divmod(ROWS, clouds.num_examples)
    if times and not rest:
        clouds = replace(
            clouds, inputs=np.tile(clouds.inputs, (times, 1)), targets=np.tile(clouds.targets, times)
        )
    return empirical_risk(MODELS["logistic"], clouds, loss, l2(penalty))


def fitted_line(clouds: Dataset, loss: Loss, penalty: float = SLIGHT) -> tuple[np.ndarray, bool]:
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
        >>> line, converged = fitted_line(imbalanced_clouds(0.5, 500), LOSSES["binary-cross-entropy"])
        >>> converged, bool(abs(line[0] - 2) < 0.3)  # as far as the clouds are apart
        (True, True)
    """
    params, converged = minimize(line_risk(clouds, loss, penalty))
    return np.append(np.asarray(params["weights"]), float(params["bias"])), converged


def line_landscape(
    clouds: Dataset, loss: Loss, second: float, domain: Domain, penalty: float = SLIGHT
) -> Objective:
    """What a line costs over its weight along the way between the clouds and its bias.

    Args:
        clouds: As of `line_risk`.
        loss: As of `line_risk`.
        second: w₂, the weight that is held fixed.
        domain: Limits of w₁ and of b.
        penalty: As of `line_risk`.

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
    risk = line_risk(clouds, loss, penalty)
    program: Any = risk.loss
    return Objective(
        loss=Partial(_Slice(program.func), *program.args, float(second)),
        start=np.zeros(2),
        name=risk.name,
        title=risk.title,
        formula=risk.formula,
        domain=domain,
        reference=risk.reference,
    )
