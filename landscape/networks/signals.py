"""Signals: what goes forward through the layers of a network, and what comes back."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.tree_util import Partial

from landscape.datasets import Dataset
from landscape.losses import Loss
from landscape.models import ACTIVATIONS, Network, Params
from landscape.models.network import Forward
from landscape.networks.risks import network_risk
from landscape.objectives import as_program, check_params

SATURATED = 0.05
"""A unit is saturated where its slope is below this share of the activation's greatest one."""


@dataclass(frozen=True, eq=False)
class Signals:
    r"""The sizes of what runs through a perceptron of L hidden layers: of the layers l = 1, …, L in turn.

    z_l = W_l h_{l-1} + b_l, h_l = \varphi(z_l), with skips h_l = h_{l-1} + \varphi(z_l).

    Attributes:
        spreads: Standard deviation of the outputs h_l, over all examples and units, shape (L,).
        distinctions: The same between examples only: the root of the mean over units of the variance
            over examples, (L,). Where it is small beside the spread, the layer says nearly the same of
            every example.
        gains: What the weights alone multiply a spread by: \sqrt{n \overline{w^2}}, n the fan-in, (L,).
            A relu, which takes half of the mean square away, multiplies by \sqrt{1/2} besides.
        saturated: Share of pairs of an example and a unit with a slope |\varphi'(z_l)| below a
            twentieth of the activation's greatest one, (L,).
        dead: Share of units for which that is so with every example, (L,).
        errors: Root mean square over examples and units of \partial \ell_i / \partial z_l, the error that
            comes back, (L,).
        gradients: Frobenius norms of \partial L / \partial W_l; the readout's last, (L + 1,).
    """

    spreads: np.ndarray
    distinctions: np.ndarray
    gains: np.ndarray
    saturated: np.ndarray
    dead: np.ndarray
    errors: np.ndarray
    gradients: np.ndarray


def signals(
    model: Network,
    training: Dataset,
    params: Params | None = None,
    *,
    loss: Loss | None = None,
    seed: int = 0,
) -> Signals:
    r"""How large the signals of a perceptron are from layer to layer, forward and back.

    If weights of variance \sigma_w^2 are independent of what they meet, a linear layer with n inputs
    multiplies the variance of what goes forward by n \sigma_w^2, and one with m outputs that of what
    comes back by m \sigma_w^2 \overline{\varphi'^2}: with both near 1 signals neither fade nor explode.

    Networks that differ in their weights alone share one compiled program.

    Args:
        model: A perceptron of `MODELS`, with skips or without.
        training: n examples.
        params: Where to look; left out, the start of `network_risk(model, training, seed=seed)`.
        loss: From `LOSSES`; left out, the natural one of the task.
        seed: Of the start.

    Returns:
        The `Signals`.

    Raises:
        ValueError: The model is no perceptron, the loss is no mean over examples, or model, data, loss and
            parameters do not fit together.

    Example:
        >>> from landscape import DATASETS, MODELS
        >>> from landscape.networks import signals
        >>> moons = DATASETS["moons"].standardize()
        >>> deep = MODELS["mlp"].replace(depth=20, activation="relu")
        >>> kept, lost = (signals(deep.replace(initialization=name), moons) for name in ("he", "lecun"))
        >>> round(float(kept.spreads[-1] / lost.spreads[-1]))  # the root of 2 for each layer
        1024

    Reference:
        Glorot, Bengio (2010), Understanding the difficulty of training deep feedforward neural networks,
        section 4.2; He et al. (2015), Delving deep into rectifiers, section 2.2,
        doi:10.1109/ICCV.2015.123; Saxe, McClelland, Ganguli (2014), arXiv:1312.6120
    """
    if not isinstance(model, Network) or model.images:
        raise ValueError(f"`model` must be a perceptron, got {model.name!r}")
    risk = network_risk(model, training, loss=loss, seed=seed)
    at = check_params(risk, risk.start if params is None else params)
    if risk.on_batch is None:
        raise ValueError(f"`loss` must be a mean over examples, got {risk.name!r}")
    programs = as_program(risk.loss), as_program(risk.on_batch)
    found = _signals(model.apply, *programs, at, training.inputs)
    return Signals(**{name: np.asarray(values) for name, values in found.items()})


@partial(jax.jit, static_argnums=0)
def _signals(
    forward: Forward, loss: Partial, on_batch: Partial, params: Params, inputs: jax.Array
) -> dict[str, jax.Array]:
    *layers, readout = params["layers"]
    inputs = inputs.astype(readout["weights"].dtype)
    outputs = forward.activations(params, inputs)
    small = [
        jnp.abs(_slope(ACTIVATIONS[forward.activation], before @ layer["weights"] + layer["bias"]))
        for layer, before in zip(layers, [inputs, *outputs], strict=False)
    ]
    small = [slope < SATURATED * _steepest(ACTIVATIONS[forward.activation]) for slope in small]
    slopes = jax.grad(loss)(params)["layers"]

    def errors(row: jax.Array) -> list[jax.Array]:
        """Of one example alone the gradient with respect to a bias is that with respect to z."""

        def of(biases: list[jax.Array]) -> jax.Array:
            moved = [{**layer, "bias": bias} for layer, bias in zip(layers, biases, strict=True)]
            value: jax.Array = on_batch({"layers": [*moved, readout]}, row[None], jnp.ones(1, inputs.dtype))
            return value

        return jax.grad(of)([layer["bias"] for layer in layers])

    back = jax.vmap(errors)(jnp.arange(len(inputs), dtype=jnp.int32))
    wide = [output.astype(float) for output in outputs]
    return {
        "spreads": jnp.stack([jnp.std(output) for output in wide]),
        "distinctions": jnp.stack([jnp.sqrt(jnp.mean(jnp.var(output, axis=0))) for output in wide]),
        "gains": jnp.stack([_rms(layer["weights"]) * len(layer["weights"]) ** 0.5 for layer in layers]),
        "saturated": jnp.stack([jnp.mean(each.astype(float)) for each in small]),
        "dead": jnp.stack([jnp.mean(each.all(axis=0).astype(float)) for each in small]),
        "errors": jnp.stack([_rms(error) for error in back]),
        "gradients": jnp.stack([_rms(layer["weights"]) * layer["weights"].size ** 0.5 for layer in slopes]),
    }


def _rms(values: jax.Array) -> jax.Array:
    """The root mean square in double precision, where squares of small numbers do not vanish."""
    return jnp.sqrt(jnp.mean(jnp.square(values.astype(float))))


def _slope(activate: Callable[[jax.Array], jax.Array], z: Any) -> jax.Array:
    found: jax.Array = jax.jvp(activate, (z,), (jnp.ones_like(z),))[1]
    return found


def _steepest(activate: Callable[[jax.Array], jax.Array]) -> jax.Array:
    return jnp.max(jnp.abs(_slope(activate, jnp.linspace(-4.0, 4.0, 801))))
