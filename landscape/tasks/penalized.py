"""Tasks of penalties: a valley that is turned into a bowl."""

from landscape.datasets import DATASETS
from landscape.losses import LOSSES, Loss, elastic_net
from landscape.models import MODELS
from landscape.objectives import Objective
from landscape.ridge import elastic_net_path
from landscape.risk import on_two_parameters
from landscape.tasks.task import Task, check_loss

RATIOS = {"l1": 1.0, "l2": 0.0}
"""The share of the absolute values, where it is no number inside the loss."""


def penalized_regression(loss: Loss) -> Objective:
    r"""Least squares of two collinear features with a penalty.

    \frac{1}{n} \sum_i (w_1 x_{i1} + w_2 x_{i2} - t_i)^2 + \lambda (\rho ||w||_1 + (1 - \rho) ||w||_2^2)

    Args:
        loss: `LOSSES["l1"]`, `["l2"]` or `["elastic-net"]`, with its numbers.

    Returns:
        An `Objective` of (w_1, w_2), with its exact minimizer and, without an l1 part, its residuals.

    Raises:
        ValueError: The loss is another one.

    Example:
        >>> from landscape import LOSSES
        >>> lasso = penalized_regression(LOSSES["l1"].replace(strength=5.5))
        >>> lasso.minimizers.round(3).tolist()  # one weight is left
        [[0.0, 0.152]]

    Reference:
        Hastie, Tibshirani, Friedman (2009), The elements of statistical learning, 2nd edition, section 3.4,
        doi:10.1007/978-0-387-84858-7
    """
    check_loss(loss, "l1", "l2", "elastic-net")
    data, strength = DATASETS["collinear"], loss.parameters["strength"]
    ratio = loss.parameters.get("l1_ratio", RATIOS.get(loss.name, 1.0))
    risk = on_two_parameters(
        MODELS["linear"],
        data,
        LOSSES["mse"],
        ("weights", 0),
        ("weights", 1),
        elastic_net(strength, ratio),
    )
    # The risk is a mean, and the path that of the sum.
    minimizers = elastic_net_path(data.inputs, data.targets, [strength * data.num_examples], ratio)
    return risk.replace(
        name=loss.name,
        title=loss.title,
        formula=rf"\frac1n \sum_i (w_1 x_{{i1}} + w_2 x_{{i2}} - t_i)^2 + {loss.formula}",
        minimizers=minimizers,
        minimum=float(risk.loss(minimizers[0])),
        reference=loss.reference,
    )


PENALIZED: tuple[Task, ...] = (
    Task(
        name="collinear-features",
        title="Two features that say nearly the same",
        statement="Least squares of 60 examples whose two features have the correlation 0.95, and the penalty"
        " on their weights w₁ and w₂. Without it the landscape is a long valley: only the sum of the"
        " weights is well known.",
        axes=("w₁", "w₂"),
        losses=("l1", "l2", "elastic-net"),
        make=penalized_regression,
        equal=True,
        reference="Belsley, Kuh, Welsch (1980), Regression diagnostics, doi:10.1002/0471725153",
    ),
)
