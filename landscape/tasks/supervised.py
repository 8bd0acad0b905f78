"""Tasks of supervised losses: small models on small data, over two of their parameters."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.tree_util import Partial

from landscape.datasets import DATASETS, Dataset
from landscape.losses import Loss
from landscape.models import MODELS
from landscape.objectives import Domain, Objective
from landscape.risk import on_two_parameters
from landscape.tasks.task import Task, check_loss

SHARES = (0.6, 0.3, 0.1)
"""The fixed distribution of the task of two logits."""

PETALS = ("petal length (cm)", "petal width (cm)")
WEIGHT, BIAS = ("weights", 0), ("bias",)


@dataclass(frozen=True)
class _TwoLogits:
    """A loss of the probabilities of the logits (z_1, z_2, 0) beside fixed ones."""

    function: Callable[..., jax.Array]

    def __call__(self, numbers: dict[str, Any], logits: jax.Array) -> jax.Array:
        chances = jax.nn.softmax(jnp.append(logits, 0.0))
        return self.function(chances, jnp.asarray(SHARES), **numbers)


def _line(loss: Loss) -> Objective:
    """A straight line through points of which a few are far off, over slope and height."""
    return _over_both(
        "linear", DATASETS["line-with-outliers"], loss, ((-3.0, 4.0), (-3.0, 8.0)), (-2.2, -1.4)
    )


def _classes(loss: Loss) -> Objective:
    """A sigmoid unit on one feature, with 8 examples of 200 in the rarer class, over weight and bias."""
    data = replace(DATASETS["rare-class"].select("x1"), feature_names=("x",))
    return _over_both("logistic", data, loss, ((-3.0, 6.0), (-9.0, 4.0)), (-1.8, 2.6))


def _counts(loss: Loss) -> Objective:
    """A log-linear rate of counts, over slope and height of its logarithm."""
    return _over_both("poisson", DATASETS["counts"], loss, ((-1.0, 2.0), (-1.5, 2.5)), (-0.7, 2.1))


def _spread(loss: Loss) -> Objective:
    """A line with its spread, over the slopes of the mean and of the log-variance."""
    part = on_two_parameters(
        MODELS["gaussian"], DATASETS["spreading-line"], loss, ("weights", 0, 0), ("weights", 0, 1)
    )
    return part.replace(domain=((0.2, 1.8), (-1.0, 2.5)), start=np.array([0.35, -0.6]))


def _boxes(loss: Loss) -> Objective:
    """Boxes that move with time, over the speeds of the centre and of the overlap."""
    part = on_two_parameters(MODELS["linear"], DATASETS["boxes"], loss, ("weights", 0, 0), ("weights", 0, 2))
    return part.replace(domain=((-0.2, 0.8), (-0.7, 0.3)), start=np.array([-0.1, 0.2]))


def _flowers(loss: Loss) -> Objective:
    """Three species of irises, over two weights of the classifier."""
    data = DATASETS["iris"].select(*PETALS).standardize()
    return on_two_parameters(MODELS["softmax"], data, loss, ("weights", 0, 0), ("weights", 1, 2))


def _two_logits(loss: Loss) -> Objective:
    """Three probabilities beside fixed ones, over the first two logits."""
    check_loss(loss, "categorical-cross-entropy")
    least = np.log(np.array(SHARES[:2]) / SHARES[2])
    return Objective(
        loss=Partial(_TwoLogits(loss.function), loss.parameters),
        start=np.array([-2.5, 4.0]),
        name=f"two-logits-{loss.name}",
        title=loss.title,
        formula=loss.formula + r", \quad y = \operatorname{softmax}(z_1, z_2, 0)",
        domain=((-4.0, 6.0), (-4.0, 6.0)),
        minimizers=least[None],
        minimum=float(loss(jax.nn.softmax(jnp.append(jnp.asarray(least), 0.0)), jnp.asarray(SHARES))),
        reference=loss.reference,
    )


def _over_both(
    model: str, data: Dataset, loss: Loss, domain: Domain, start: tuple[float, float]
) -> Objective:
    """The risk of a model of one weight and one bias, in a window that is the same for all losses."""
    part = on_two_parameters(MODELS[model], data, loss, WEIGHT, BIAS)
    return part.replace(domain=domain, start=np.array(start))


SUPERVISED: tuple[Task, ...] = (
    Task(
        name="fitted-line",
        title="A line through points",
        statement="The line $y = wx + b$ through 40 points, 4 of which are moved far up; over its slope $w$"
        " and its height $b$.",
        axes=("w", "b"),
        losses=("mse", "mae", "huber", "log-cosh", "quantile"),
        make=_line,
    ),
    Task(
        name="boxes",
        title="A detector's boxes",
        statement="A box whose centre, size and overlap change evenly with time, fitted to 40 measured boxes;"
        " over the speeds of its centre and of its overlap. The other four numbers are at their optimum.",
        axes=("w (centre)", "w (overlap)"),
        losses=("weighted-least-squares",),
        make=_boxes,
        equal=True,
    ),
    Task(
        name="spreading-line",
        title="A line that spreads",
        statement="80 points around a line whose noise grows with $x$: mean $w_1 x + b_1$, log-variance"
        " $w_2 x + b_2$; over $w_1$ and $w_2$, with $b_1$ and $b_2$ at their optimum.",
        axes=("w₁", "w₂"),
        losses=("gaussian-nll",),
        make=_spread,
    ),
    Task(
        name="counts",
        title="Counts",
        statement="60 Poisson counts with the rate $e^{wx + b}$; over $w$ and $b$.",
        axes=("w", "b"),
        losses=("poisson-nll",),
        make=_counts,
    ),
    Task(
        name="two-classes",
        title="A rare class along a line",
        statement="200 places along a line, 8 of them of class 1, and one sigmoid unit $\\sigma(wx + b)$;"
        " over its weight $w$ and its bias $b$.",
        axes=("w", "b"),
        losses=(
            "binary-cross-entropy",
            "balanced-cross-entropy",
            "focal",
            "hinge",
            "squared-hinge",
            "label-smoothing",
            "perplexity",
        ),
        make=_classes,
    ),
    Task(
        name="three-classes",
        title="Three species of irises",
        statement="A softmax classifier of 150 irises by length and width of the petal, both of variance 1;"
        " over the weight of the length for setosa and that of the width for virginica, the other seven"
        " numbers at their optimum.",
        axes=("w (length, setosa)", "w (width, virginica)"),
        losses=("cross-entropy",),
        make=_flowers,
        reference="Fisher (1936), doi:10.1111/j.1469-1809.1936.tb02137.x",
    ),
    Task(
        name="two-logits",
        title="Two logits",
        statement="The probabilities $\\operatorname{softmax}(z_1, z_2, 0)$ beside the fixed ones"
        " 0.6, 0.3 and 0.1; over the logits $z_1$ and $z_2$.",
        axes=("z₁", "z₂"),
        losses=("categorical-cross-entropy",),
        make=_two_logits,
        equal=True,
    ),
)
