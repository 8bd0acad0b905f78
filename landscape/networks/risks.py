"""Risks of networks: what one costs on training data, with measures of how well it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
from jax.tree_util import Partial

from landscape.datasets import Dataset
from landscape.losses import LOSSES, Loss, Penalty
from landscape.models import Model, ModelProgram, Params
from landscape.objectives import Objective, check_count
from landscape.risk import empirical_risk, num_outputs

NATURAL = {
    "identity": "mse",
    "sigmoid": "binary-cross-entropy",
    "softmax": "cross-entropy",
    "gaussian": "gaussian-nll",
    "exponential": "poisson-nll",
}
"""The loss of which an output unit makes predictions, where none is named."""


def network_risk(
    model: Model,
    training: Dataset,
    held_out: Dataset | None = None,
    loss: Loss | None = None,
    penalty: Penalty | None = None,
    seed: int = 0,
) -> Objective:
    r"""What a network costs on training data, with a random start and measures of how well it answers.

    L(\theta) = \frac{1}{n} \sum_i \ell(f_\theta(x_i), t_i) + \lambda ||w||^2, as of `empirical_risk`.

    Networks that differ in their start alone share their compiled programs, as do data of one shape.

    Args:
        model: From `MODELS`: a network, `MODELS["mlp"].replace(width=64, depth=2)`, or any other.
        training: n examples, of `Dataset.split` and `standardize`.
        held_out: Other examples of the same features and classes, standardized `by` the training
            part; None for none.
        loss: From `LOSSES`; left out, the cross-entropy of classes and the squared error of numbers.
        penalty: From `l1`, `l2` or `elastic_net`, on all weights and no bias; None for none.
        seed: Of the start, `model.init(jax.random.key(seed), ...)`, at least 0.

    Returns:
        The `Objective`. Its `measures` are "accuracy" (of classes: the share of training examples whose
        largest output is the right one), and with held-out examples "held_out_loss" (without the
        penalty) and "held_out_accuracy".

    Raises:
        ValueError: Model, data and loss do not fit together, or the seed is no whole number from 0 on.

    Example:
        >>> import landscape
        >>> from landscape import DATASETS, MODELS
        >>> training, held_out = DATASETS["iris"].split(0.3, seed=0)
        >>> training, held_out = training.standardize(), held_out.standardize(by=training)
        >>> risk = landscape.network_risk(MODELS["mlp"].replace(width=8), training, held_out)
        >>> risk.num_parameters, sorted(risk.measures)
        (139, ['accuracy', 'held_out_accuracy', 'held_out_loss'])

    Reference:
        Goodfellow, Bengio, Courville (2016), Deep learning, sections 5.2 and 8.1
    """
    if training.task in model.tasks:
        model = model.for_task(training.task)
    if loss is None:
        loss = LOSSES[NATURAL[model.output_unit]]
    risk = empirical_risk(model, training, loss, penalty)
    key = jax.random.key(check_count("seed", seed, least=0))
    start = model.init(key, training.num_features, num_outputs(model, training))
    return risk.replace(start=start, measures=_measures(model, training, held_out, loss))


def _measures(
    model: Model, training: Dataset, held_out: Dataset | None, loss: Loss
) -> dict[str, Callable[[Params], jax.Array]]:
    measures: dict[str, Callable[[Params], jax.Array]] = {}
    if training.task == "classification":
        measures["accuracy"] = _accuracy(model, training)
    if held_out is not None:
        _check_alike(training, held_out)
        measures["held_out_loss"] = empirical_risk(model, held_out, loss).loss
        if training.task == "classification":
            measures["held_out_accuracy"] = _accuracy(model, held_out)
    return measures


def _accuracy(model: Model, dataset: Dataset) -> Partial:
    data = {"inputs": jnp.asarray(dataset.inputs, model.dtype), "targets": jnp.asarray(dataset.targets)}
    return Partial(_Accuracy(model.program), data)


@dataclass(frozen=True)
class _Accuracy:
    """The share of right answers, as a function that equals another of the same model."""

    model: ModelProgram

    def __call__(self, data: dict[str, Any], params: Params) -> jax.Array:
        raw = self.model.apply(params, data["inputs"])
        if raw.ndim == 1:  # the logit of class 1; that of class 0 is 0
            raw = jnp.stack([jnp.zeros_like(raw), raw], axis=1)
        # Of outputs that are no numbers none is the largest, though argmax names one.
        right = (jnp.argmax(raw, axis=1) == data["targets"]) & ~jnp.isnan(raw).any(axis=1)
        return jnp.sum(right) / len(right)


def _check_alike(training: Dataset, held_out: Dataset) -> None:
    """Refuse held-out examples of another table."""
    for field in ("task", "feature_names", "class_names", "target_names"):
        wanted, given = getattr(training, field), getattr(held_out, field)
        if wanted != given:
            rule = f"must have the {field.replace('_', ' ')} of {training.name}"
            raise ValueError(f"`held_out` {rule}, {wanted}, got {given}")
