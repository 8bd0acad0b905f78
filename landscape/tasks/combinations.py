"""Tasks of combinations: two aims, two tasks with their uncertainties, a policy of two actions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.tree_util import Partial

from landscape.losses import Loss
from landscape.objectives import Objective
from landscape.tasks.fairness import FAIRNESS
from landscape.tasks.task import Task, check_loss

AIMS = np.array([[-1.5, -0.5], [1.5, 1.0]])
"""Where each of two losses is 0."""

CURVATURES = np.array([[1.0, 4.0], [2.0, 0.5]])
"""How steeply each of them rises along each parameter."""

TASK_LOSSES = np.array([4.0, 0.25])
"""The squared errors of two tasks, in units of their own."""

REWARDS = np.array([1.0, 0.2])
"""What each of two actions earns on average."""


@dataclass(frozen=True)
class _TwoAims:
    """A combination of two quadratic losses; a program that is known by the combination."""

    function: Callable[..., jax.Array]

    def __call__(self, data: dict[str, Any], numbers: dict[str, Any], weights: jax.Array) -> jax.Array:
        losses = jnp.sum(data["curvatures"] * (weights - data["aims"]) ** 2, axis=-1)
        return self.function(losses, **numbers)


@dataclass(frozen=True)
class _Beside:
    """A loss of what is given beside the parameters; a program that is known by the loss."""

    function: Callable[..., jax.Array]
    given_first: bool

    def __call__(self, given: jax.Array, numbers: dict[str, Any], params: jax.Array) -> jax.Array:
        pair = (given, params) if self.given_first else (params, given)
        return self.function(*pair, **numbers)


def two_aims(loss: Loss) -> Objective:
    r"""Two quadratic losses with different minimizers, weighted.

    \alpha L_1 + (1 - \alpha) L_2 with L_1 = (w_1 + \frac32)^2 + 4 (w_2 + \frac12)^2 and
    L_2 = 2 (w_1 - \frac32)^2 + \frac12 (w_2 - 1)^2. As \alpha goes from 0 to 1 the minimizer walks from
    one to the other, on a bend of points at which neither loss can be lowered without raising the other.

    Args:
        loss: `LOSSES["weighted-sum"]`, with its share.

    Returns:
        An `Objective` of (w_1, w_2), with its minimizer.

    Raises:
        ValueError: The loss is another one.

    Example:
        >>> from landscape import LOSSES
        >>> two_aims(LOSSES["weighted-sum"].replace(share=0.2)).minimizers.round(3).tolist()
        [[1.167, 0.0]]

    Reference:
        Zadeh (1963), Optimality and non-scalar-valued performance criteria, doi:10.1109/TAC.1963.1105511
    """
    check_loss(loss, "weighted-sum")
    share = loss.parameters["share"]
    weights = np.array([[share], [1.0 - share]]) * CURVATURES
    lowest = np.sum(weights * AIMS, axis=0) / np.sum(weights, axis=0)
    data = {"aims": jnp.asarray(AIMS), "curvatures": jnp.asarray(CURVATURES)}
    program = Partial(_TwoAims(loss.function), data, {"share": share})
    return Objective(
        loss=program,
        start=np.array([-2.0, 2.0]),
        name=loss.name,
        title=loss.title,
        formula=rf"{loss.formula}, \quad L_1 = (w_1 + \tfrac32)^2 + 4 (w_2 + \tfrac12)^2,"
        r" \; L_2 = 2 (w_1 - \tfrac32)^2 + \tfrac12 (w_2 - 1)^2",
        domain=((-3.0, 3.0), (-2.5, 3.0)),
        minimizers=lowest[None],
        minimum=float(program(lowest)),
        reference=loss.reference,
    )


def two_tasks(loss: Loss) -> Objective:
    r"""The uncertainties of two tasks whose squared errors are 4 and 1/4.

    \sum_k \frac12 e^{-s_k} L_k + \frac12 s_k; at the minimizer s_k = \log L_k: each variance is its task's
    squared error, and each weighted loss is 1/2.

    Args:
        loss: `LOSSES["uncertainty-weighting"]`.

    Returns:
        An `Objective` of (s_1, s_2), with its minimizer.

    Raises:
        ValueError: The loss is another one.

    Example:
        >>> from landscape import LOSSES
        >>> tasks = two_tasks(LOSSES["uncertainty-weighting"])
        >>> tasks.minimizers.round(3).tolist(), tasks.minimum
        ([[1.386, -1.386]], 1.0)

    Reference:
        Kendall, Gal, Cipolla (2018), Multi-task learning using uncertainty to weigh losses for scene
        geometry and semantics, eq. 7, doi:10.1109/CVPR.2018.00781
    """
    check_loss(loss, "uncertainty-weighting")
    return Objective(
        loss=Partial(_Beside(loss.function, given_first=True), jnp.asarray(TASK_LOSSES), {}),
        start=np.array([-0.5, 2.5]),
        name=loss.name,
        title=loss.title,
        formula=rf"{loss.formula}, \quad L_1 = 4, \; L_2 = \tfrac14",
        domain=((-1.0, 4.0), (-3.0, 3.0)),
        minimizers=np.log(TASK_LOSSES)[None],
        minimum=float(np.sum(0.5 + 0.5 * np.log(TASK_LOSSES))),
        reference=loss.reference,
    )


def two_actions(loss: Loss) -> Objective:
    r"""A policy of two actions that earn 1 and 0.2 on average.

    -\pi_1 - 0.2 \pi_2 = -0.2 - 0.8 \sigma(z_1 - z_2): only the difference of the logits counts. There is no
    minimizer: the loss falls towards -1 as the better action becomes certain. Where the worse one is nearly
    certain, the better one is hardly ever tried and the landscape is flat.

    Args:
        loss: `LOSSES["expected-reward"]`.

    Returns:
        An `Objective` of (z_1, z_2) that starts near the wrong plateau.

    Raises:
        ValueError: The loss is another one.

    Example:
        >>> import numpy as np
        >>> from landscape import LOSSES
        >>> policy = two_actions(LOSSES["expected-reward"])
        >>> round(float(policy.loss(np.array([2.0, 2.0]))), 12)
        -0.6

    Reference:
        Williams (1992), Simple statistical gradient-following algorithms for connectionist reinforcement
        learning, doi:10.1007/BF00992696
    """
    check_loss(loss, "expected-reward")
    return Objective(
        loss=Partial(_Beside(loss.function, given_first=False), jnp.asarray(REWARDS), {}),
        start=np.array([-2.0, 2.0]),
        name=loss.name,
        title=loss.title,
        formula=rf"{loss.formula}, \quad r = (1, \; 0.2)",
        domain=((-5.0, 5.0), (-5.0, 5.0)),
        minimizers=np.zeros((0, 2)),
        reference=loss.reference,
    )


COMBINED: tuple[Task, ...] = (
    Task(
        name="two-aims",
        title="Two aims at once",
        statement="Two quadratic losses of the same w₁ and w₂, the first lowest at (−1.5, −0.5), the second"
        " at (1.5, 1): the share of the first moves the minimum of the sum from one to the other.",
        axes=("w₁", "w₂"),
        losses=("weighted-sum",),
        make=two_aims,
        equal=True,
    ),
    Task(
        name="two-tasks",
        title="Two tasks with their uncertainties",
        statement="Two tasks whose squared errors are 4 and 0.25, in units of their own; s₁ and s₂ are the"
        " logarithms of the variances that they are divided by.",
        axes=("s₁", "s₂"),
        losses=("uncertainty-weighting",),
        make=two_tasks,
        equal=True,
    ),
    FAIRNESS,
    Task(
        name="two-actions",
        title="A policy of two actions",
        statement="A policy chooses between two actions that earn 1 and 0.2 on average; z₁ and z₂ are their"
        " logits. Where the worse one is nearly certain, the landscape is flat: the better is hardly ever"
        " tried.",
        axes=("z₁", "z₂"),
        losses=("expected-reward",),
        make=two_actions,
        equal=True,
    ),
)
