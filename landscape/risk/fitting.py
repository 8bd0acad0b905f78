"""Fitting: which models, datasets and losses go together, and what a risk of them is like."""

from math import isqrt

import numpy as np

from landscape.datasets import Dataset
from landscape.losses import LOSSES, Loss, OutputUnit, SupervisedLoss, fitting_shapes
from landscape.models import Model


def supervised(loss: Loss) -> SupervisedLoss:
    """The loss, if it is one of predictions beside targets.

    Raises:
        ValueError: It is about something else.
    """
    if not isinstance(loss, SupervisedLoss):
        names = ", ".join(f"`{argument.name}`" for argument in loss.arguments)
        raise ValueError(f"`loss` must take predictions and targets, got {loss.name}, which takes {names}")
    return loss


def supervised_losses(output_unit: OutputUnit) -> list[SupervisedLoss]:
    """The losses that can stand behind an output unit.

    Example:
        >>> [loss.name for loss in supervised_losses("sigmoid")][:2]
        ['mse', 'mae']
    """
    return [
        loss
        for loss in LOSSES.values()
        if isinstance(loss, SupervisedLoss) and output_unit in loss.output_units
    ]


def fitting_losses(model: Model, dataset: Dataset) -> list[SupervisedLoss]:
    """The losses that fit a model on a dataset, those made for its output first; none if the two do not fit.

    Args:
        model: From `MODELS`.
        dataset: Any.

    Returns:
        Losses for `empirical_risk`: the model's output unit is what they naturally stand behind, before
        the others; of k targets those made for k together, before those of each by itself.

    Example:
        >>> from landscape import DATASETS, MODELS
        >>> from landscape.risk import fitting_losses
        >>> [loss.name for loss in fitting_losses(MODELS["poisson"], DATASETS["counts"])]
        ['poisson-nll']
        >>> fitting_losses(MODELS["poisson"], DATASETS["line"])
        []
    """
    found: list[SupervisedLoss] = []
    if dataset.task not in model.tasks:
        return found
    model = model.for_task(dataset.task)
    for loss in supervised_losses(model.output_unit):
        try:
            check_fit(model, dataset, loss)
        except ValueError:
            continue
        found.append(loss)
    each = SupervisedLoss.shapes
    return sorted(
        found,
        key=lambda loss: (
            loss.output_unit != model.output_unit,
            dataset.num_targets > 1 and loss.shapes == each,
        ),
    )


def is_convex(model: Model, loss: Loss) -> bool:
    """Whether the risk is a convex function of the parameters, whatever the data.

    Args:
        model: From `MODELS`.
        loss: From `LOSSES`.

    Returns:
        True for a convex loss of an output that is affine in the parameters.

    Example:
        >>> from landscape import LOSSES, MODELS
        >>> from landscape.risk import is_convex
        >>> [is_convex(MODELS["logistic"], LOSSES[name]) for name in ("binary-cross-entropy", "mse")]
        [True, False]
    """
    if not isinstance(loss, SupervisedLoss):
        return False
    natural = loss.takes == "logits" or model.output_unit == loss.output_unit
    return model.affine and loss.convex and natural


def num_outputs(model: Model, dataset: Dataset) -> int:
    """How many outputs a model needs on a dataset: as it has, or one for each class or target."""
    fewest, most = model.outputs
    if fewest == most:
        return fewest
    return dataset.num_classes if dataset.task == "classification" else dataset.num_targets


def check_fit(model: Model, dataset: Dataset, loss: SupervisedLoss) -> Model:
    """The model made for the dataset's task, if it, the dataset and the loss fit together.

    Raises:
        ValueError: Saying which of the three does not fit the others, and why.
    """
    if dataset.task not in model.tasks:
        raise ValueError(
            f"`dataset` must be a {model.task} for {model.name}, got {dataset.name}, a {dataset.task}"
        )
    model = model.for_task(dataset.task)
    if model.num_features not in (None, dataset.num_features):
        rule = f"must have {model.num_features} feature for {model.name}"
        raise ValueError(f"`dataset` {rule}, got {dataset.name} with {dataset.num_features}")
    if model.images and isqrt(dataset.num_features) ** 2 != dataset.num_features:
        rule = f"must have a square number of features, the pixels of an image, for {model.name}"
        raise ValueError(f"`dataset` {rule}, got {dataset.name} with {dataset.num_features}")
    if model.output_unit == "sigmoid" and dataset.num_classes != 2:
        rule = f"must have 2 classes for {model.name}"
        raise ValueError(f"`dataset` {rule}, got {dataset.name} with {dataset.num_classes}")
    if model.output_unit not in loss.output_units:
        fitting = [other.name for other in supervised_losses(model.output_unit)]
        rule = f"must fit the {model.output_unit} output of {model.name} ({', '.join(fitting)})"
        raise ValueError(f"`loss` {rule}, got {loss.name}")
    targets = targets_for(loss, dataset)
    outputs = num_outputs(model, dataset)
    predicted = (dataset.num_examples,) if outputs == 1 else (dataset.num_examples, outputs)
    if not fitting_shapes((predicted, targets.shape), loss.shapes):
        rule = f"must take predictions {predicted} of {model.name} beside targets {targets.shape}"
        raise ValueError(f"`loss` {rule} of {dataset.name}, got {loss.name}")
    numbers = {name: np.asarray(value) for name, value in loss.parameters.items()}
    for check in loss.checks:
        try:
            check({"target": targets, **numbers})
        except ValueError as error:
            raise ValueError(f"`dataset` must fit {loss.name}, got {dataset.name}: {error}") from None
    return model


def targets_for(loss: SupervisedLoss, dataset: Dataset) -> np.ndarray:
    """The targets of a dataset as a loss takes them: numbers, class numbers, or certain probabilities."""
    if loss.targets == "labels":
        return np.asarray(dataset.targets, dtype=int)
    if loss.targets == "shares":
        return np.eye(max(dataset.num_classes, 1))[np.asarray(dataset.targets, dtype=int)]
    return np.asarray(dataset.targets, dtype=float)
