"""Two layers: the risk of a small two-layer network in double precision, as an objective of its weights."""

from dataclasses import dataclass
from typing import Literal, get_args

import jax

from landscape.datasets import Dataset
from landscape.losses import LOSSES, Loss, Penalty
from landscape.models import ACTIVATIONS, Activation, Model, Params
from landscape.objectives import Objective, check_count
from landscape.risk import empirical_risk


def two_layer_risk(
    dataset: Dataset,
    width: int = 16,
    activation: Activation = "tanh",
    loss: Loss | None = None,
    *,
    penalty: Penalty | None = None,
    seed: int = 0,
) -> Objective:
    r"""What a small two-layer network costs on a dataset, as an objective of its weights.

    f(x) = a^\top \phi(W^\top x + b) + c, with the parameters {"inner": W (d, width),
    "inner_bias": b (width,), "outer": a (width,), "outer_bias": c ()}. For two classes f is what
    goes into the sigmoid unit.

    The start is drawn as PyTorch draws it: weights and biases of a layer with k inputs uniform on
    [-1/\sqrt{k}, 1/\sqrt{k}]. Data of one shape share their compiled programs, whatever the seed.

    Args:
        dataset: A regression, or a classification with two classes; n examples, d features.
            `standardize(targets=True)` suits the scale of the start.
        width: Hidden units, at least 1.
        activation: \phi: "tanh", "relu", "gelu", "sigmoid" or "identity".
        loss: From `LOSSES`; left out, the squared error of a regression and the binary
            cross-entropy of two classes. The mean over the examples.
        penalty: From `l1`, `l2` or `elastic_net`, on W and a; None for none.
        seed: Of the start.

    Returns:
        The `Objective`, whose `start` is the drawn parameters.

    Raises:
        ValueError: The width is less than 1, the activation is unknown, there are more than two
            classes, or the loss does not fit the dataset.

    Example:
        >>> from landscape import DATASETS
        >>> from landscape.networks import two_layer_risk
        >>> risk = two_layer_risk(DATASETS["diabetes"].standardize(targets=True), width=8)
        >>> risk.num_parameters, risk.start["inner"].shape
        (97, (10, 8))

    Reference:
        Rumelhart, Hinton, Williams (1986), Learning representations by back-propagating errors,
        doi:10.1038/323533a0; the start: LeCun et al. (1998), Efficient backprop,
        doi:10.1007/3-540-49430-8_2
    """
    if activation not in ACTIVATIONS:
        raise ValueError(f"`activation` must be one of {', '.join(get_args(Activation))}, got {activation!r}")
    model = _two_layer(check_count("width", width), activation, dataset.task)
    if loss is None:
        loss = LOSSES["binary-cross-entropy" if dataset.task == "classification" else "mse"]
    risk = empirical_risk(model, dataset, loss, penalty)
    return risk.replace(start=model.init(jax.random.key(seed), dataset.num_features))


@dataclass(frozen=True)
class _Drawn:
    """The start of a network of some width, as a function that equals another of that width."""

    width: int

    def __call__(self, key: jax.Array, num_features: int, num_outputs: int) -> Params:
        inner, outer = 1.0 / num_features**0.5, 1.0 / self.width**0.5
        shapes = {
            "inner": ((num_features, self.width), inner),
            "inner_bias": ((self.width,), inner),
            "outer": ((self.width,), outer),
            "outer_bias": ((), outer),
        }
        keys = jax.random.split(key, len(shapes))
        return {
            name: jax.random.uniform(each, shape, float, -bound, bound)
            for each, (name, (shape, bound)) in zip(keys, shapes.items(), strict=True)
        }


@dataclass(frozen=True)
class _Applied:
    """The raw output of a network, as a function that equals another with that activation."""

    activation: str

    def __call__(self, params: Params, inputs: jax.Array) -> jax.Array:
        hidden = ACTIVATIONS[self.activation](inputs @ params["inner"] + params["inner_bias"])
        return hidden @ params["outer"] + params["outer_bias"]


def _two_layer(width: int, activation: str, task: Literal["regression", "classification"]) -> Model:
    """The network as a model; equal numbers make equal models, so that they share compiled programs."""
    return Model(
        name=f"two-layer-{activation}",
        title=f"Two-layer network ({width} {activation} units)",
        formula=r"f(x) = a^\top \phi(W^\top x + b) + c",
        initialize=_Drawn(width),
        apply=_Applied(activation),
        output_unit="sigmoid" if task == "classification" else "identity",
        task=task,
        unpenalized=("inner_bias", "outer_bias"),
    )
