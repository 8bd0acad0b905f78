"""Network: a model of layers, with their number, their width, their activation and their start."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, cast

import jax
import jax.numpy as jnp

from landscape.models.activations import ACTIVATIONS, Activation
from landscape.models.initializations import INITIALIZATIONS
from landscape.models.model import Model, OutputUnit, Params, as_arrays
from landscape.objectives import check_count

Layers = list[dict[str, jax.Array]]
"""The layers of a network from the first to the readout, each {"weights", "bias"}."""

MOST_WIDE, MOST_DEEP = 1024, 200


@dataclass(frozen=True)
class Start:
    """How a network is drawn, as a function that equals another with the same numbers.

    Args:
        shapes: (num_features, num_outputs, width, depth) -> the shapes of the layers' weights.
        width: Units of a hidden layer.
        depth: Hidden layers.
        initialization: A name of `INITIALIZATIONS`.
        scale: What multiplies the weights.
    """

    shapes: Callable[[int, int, int, int], list[tuple[int, ...]]]
    width: int
    depth: int = 2
    initialization: str = "xavier"
    scale: float = 1.0

    def __call__(self, key: jax.Array, num_features: int, num_outputs: int) -> Params:
        """Random weights, and biases of 0. A deeper network begins with the same first layers."""
        draw, dtype = INITIALIZATIONS[self.initialization].draw, jnp.float32
        shapes = self.shapes(num_features, num_outputs, self.width, self.depth)
        return {
            "layers": [
                {
                    "weights": self.scale * draw(jax.random.fold_in(key, number), shape, dtype),
                    "bias": jnp.zeros(shape[-1:], dtype),
                }
                for number, shape in enumerate(shapes)
            ]
        }


@dataclass(frozen=True)
class Forward:
    """The raw output of a network, as a function that equals another of the same make.

    Args:
        hidden: (layers without the readout, inputs (n, d), activation, residual) -> every hidden
            layer's output, and what the readout takes, (n, m).
        activation: A name of `ACTIVATIONS`.
        residual: Whether a hidden layer adds to what it was given.
    """

    hidden: Callable[..., tuple[list[jax.Array], jax.Array]]
    activation: str = "tanh"
    residual: bool = False

    def __call__(self, params: Params, inputs: jax.Array) -> jax.Array:
        """Shape (n, k), or (n,) for one output; of the parameters' own floating-point type."""
        *layers, readout = params["layers"]
        _, last = self.through(layers, readout, inputs)
        raw = readout["weights"].T @ last.T + readout["bias"][:, None]  # the examples last, as in the layers
        return raw[0] if len(raw) == 1 else raw.T

    def activations(self, params: Params, inputs: jax.Array) -> list[jax.Array]:
        """What every hidden layer puts out."""
        *layers, readout = params["layers"]
        return self.through(layers, readout, inputs)[0]

    def through(self, layers: Layers, readout: dict[str, jax.Array], inputs: jax.Array) -> Any:
        """The hidden layers' outputs, and what the readout takes."""
        inputs = jnp.asarray(inputs, jnp.result_type(readout["weights"]))
        return self.hidden(layers, inputs, ACTIVATIONS[self.activation], self.residual)


@dataclass(frozen=True)
class Network(Model):
    r"""A model of `depth` hidden layers with `width` units each, and an affine readout.

    Its parameters are {"layers": [{"weights", "bias"}, ...]}, the readout last. Weights are matrices
    (inputs, outputs) or kernels (height, width, inputs, outputs): the last axis counts a layer's units.
    All are float32; where they are cast to another type, the output is of that type, too. With the same
    seed a network with skips starts at the very weights of the one without.

    The defaults are tanh units and the start of Xavier, who derived it for them: activations and
    gradients keep their size through a few layers, where relu wants "he". Take one from `MODELS` and
    change it by `replace`.

    Args:
        body: LaTeX of the raw output, of affine maps a_l.
        reference: Where the architecture comes from.

    Example:
        >>> import jax
        >>> from landscape import MODELS
        >>> network = MODELS["mlp"].replace(width=64, depth=1)
        >>> [layer["weights"].shape for layer in network.init(jax.random.key(0), 64, 10)["layers"]]
        [(64, 64), (64, 10)]
    """

    initialize: Start
    apply: Forward
    body: str = ""
    reference: str = ""

    @property
    def width(self) -> int:
        """Units (channels) of a hidden layer."""
        return self.initialize.width

    @property
    def depth(self) -> int:
        """Hidden layers."""
        return self.initialize.depth

    @property
    def activation(self) -> Activation:
        """What a hidden unit makes of its input: a name of `ACTIVATIONS`."""
        return cast(Activation, self.apply.activation)

    @property
    def initialization(self) -> str:
        """The law of the weights: a name of `INITIALIZATIONS`."""
        return self.initialize.initialization

    @property
    def scale(self) -> float:
        """What multiplies the drawn weights."""
        return self.initialize.scale

    @property
    def tasks(self) -> tuple[str, ...]:
        """What it can be made for."""
        return ("regression", "classification")

    def replace(
        self,
        width: int | None = None,
        depth: int | None = None,
        activation: str | None = None,
        initialization: str | None = None,
        scale: float | None = None,
    ) -> "Network":
        """The same network with other numbers; what is left out stays. Equal numbers give equal networks.

        Args:
            width: Units (channels) of a hidden layer, 1 to 1024.
            depth: Hidden layers, 1 to 200.
            activation: A name of `ACTIVATIONS`.
            initialization: A name of `INITIALIZATIONS`.
            scale: What multiplies the drawn weights: finite, at least 0.

        Returns:
            A network of the same name and task.

        Raises:
            ValueError: A number is out of its range, or a name unknown.

        Example:
            >>> from landscape import MODELS
            >>> deep = MODELS["residual-mlp"].replace(depth=20, activation="relu", initialization="he")
            >>> deep.width, deep.depth, deep.activation
            (32, 20, 'relu')
        """
        start, forward = self.initialize, self.apply
        if width is not None:
            start = replace(start, width=check_count("width", width, most=MOST_WIDE))
        if depth is not None:
            start = replace(start, depth=check_count("depth", depth, most=MOST_DEEP))
        if initialization is not None:
            _check_name("initialization", initialization, INITIALIZATIONS)
            start = replace(start, initialization=initialization)
        if scale is not None:
            start = replace(start, scale=_check_scale(scale))
        if activation is not None:
            _check_name("activation", activation, ACTIVATIONS)
            forward = replace(forward, activation=activation)
        return replace(self, initialize=start, apply=forward)

    def for_task(self, task: str) -> "Network":
        """The network that predicts probabilities of two or more classes, or numbers.

        Args:
            task: "classification" (softmax behind the readout) or "regression" (nothing).

        Raises:
            ValueError: The task is neither.

        Example:
            >>> from landscape import MODELS
            >>> [MODELS["mlp"].for_task(task).output_unit for task in ("classification", "regression")]
            ['softmax', 'identity']
        """
        self.check_task(task)
        unit: OutputUnit = "softmax" if task == "classification" else "identity"
        value = self.body if unit == "identity" else rf"\operatorname{{softmax}}\bigl({self.body}\bigr)"
        return replace(
            self,
            task=cast(Literal["regression", "classification"], task),
            output_unit=unit,
            outputs=(2 if unit == "softmax" else 1, None),
            formula=f"f(x) = {value}",
        )

    def activations(self, params: Params, inputs: Any) -> list[jax.Array]:
        """What the hidden layers put out, from the first to the last.

        Args:
            params: As of `init`.
            inputs: Shape (n, d).

        Returns:
            `depth` arrays, (n, width) each; of images (n, height, width of the image, channels).

        Example:
            >>> import jax, numpy as np
            >>> from landscape import MODELS
            >>> network = MODELS["mlp"].replace(depth=3)
            >>> params = network.init(jax.random.key(0), 2, 2)
            >>> [layer.shape for layer in network.activations(params, np.ones((5, 2)))]
            [(5, 32), (5, 32), (5, 32)]
        """
        return _activations(self.apply, as_arrays(params), inputs)


@partial(jax.jit, static_argnums=0)
def _activations(forward: Forward, params: Params, inputs: jax.Array) -> list[jax.Array]:
    return forward.activations(params, inputs)


def _check_name(argument: str, name: str, known: Any) -> None:
    if name not in known:
        raise ValueError(f"`{argument}` must be one of {', '.join(known)}, got {name!r}")


def _check_scale(scale: float) -> float:
    try:
        number = float(scale)
    except (TypeError, ValueError):
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        raise ValueError(f"`scale` must be a finite number, at least 0, got {scale!r}")
    return number
