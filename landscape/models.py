"""Models: from parameters and inputs to predictions."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np

from landscape.registries import Registry

Params = Any
"""A pytree of arrays: here a dictionary."""

OutputUnit = Literal["identity", "sigmoid", "softmax", "gaussian", "exponential"]
"""What turns the raw output into the value of a model."""

UNITS: dict[str, Callable[[jax.Array], jax.Array]] = {
    "identity": lambda output: output,
    "sigmoid": jax.nn.sigmoid,
    "softmax": jax.nn.softmax,
    "gaussian": lambda output: jnp.stack([output[..., 0], jnp.exp(output[..., 1])], axis=-1),
    "exponential": jnp.exp,
}
"""The output units by name; softmax runs over the last axis, the classes.

A Gaussian unit makes of (m, s) the mean m and the variance exp(s); an exponential one makes rates.
"""


@dataclass(frozen=True)
class Model:
    """A function of inputs with parameters to be found.

    Args:
        name: Lower-case hyphenated name, the text of a link.
        title: What a reader sees.
        formula: LaTeX of the value.
        initialize: (key, num_features, num_outputs) -> params; see `init`.
        apply: (params, inputs of shape (n, d)) -> raw output, shape (n,) or (n, k). A
            module-level function of JAX alone.
        output_unit: What turns the raw output (logits) into the value (probabilities).
        task: "regression" or "classification".
        num_features: How many features it takes; None for any number.
        outputs: The fewest and the most outputs (None: any number).
        unpenalized: The names of parameters that no penalty counts.
        affine: Whether the raw output is affine in the parameters, so that a loss that is convex
            in it is convex in them.
        output_names: What its raw outputs are called, where that does not follow from the data.
    """

    name: str
    title: str
    formula: str
    initialize: Callable[[jax.Array, int, int], Params]
    apply: Callable[[Params, jax.Array], jax.Array]
    output_unit: OutputUnit
    task: Literal["regression", "classification"]
    num_features: int | None = None
    outputs: tuple[int, int | None] = (1, 1)
    unpenalized: tuple[str, ...] = ("bias",)
    affine: bool = False
    output_names: tuple[str, ...] = ()

    def init(self, key: jax.Array, num_features: int, num_outputs: int | None = None) -> Params:
        """Random parameters.

        Args:
            key: A key of `jax.random.key(seed)`.
            num_features: d, at least 1.
            num_outputs: k; left out, the fewest the model can have.

        Returns:
            A dictionary of arrays: {"weights": (d,) or (d, k), "bias": () or (k,)}, or what
            the model's formula names.

        Raises:
            ValueError: The model does not take so many features or outputs.

        Example:
            >>> import jax
            >>> from landscape import MODELS
            >>> MODELS["linear"].init(jax.random.key(0), 3)["weights"].shape
            (3,)
        """
        return self.initialize(key, num_features, self._outputs(num_features, num_outputs))

    def zeros(self, num_features: int, num_outputs: int | None = None) -> Params:
        """Parameters that are all 0, of the structure of `init`.

        Example:
            >>> from landscape import MODELS
            >>> MODELS["logistic"].zeros(2)["weights"].tolist()
            [0.0, 0.0]
        """
        return _zeros(self, num_features, self._outputs(num_features, num_outputs))

    def predict(self, params: Params, inputs: Any) -> jax.Array:
        """The values: the output unit of the raw output.

        Args:
            params: As of `init`.
            inputs: Shape (n, d).

        Returns:
            Shape (n,), or (n, k); probabilities for a sigmoid or softmax unit.

        Example:
            >>> from landscape import MODELS
            >>> MODELS["logistic"].predict({"weights": [2.0], "bias": -2.0}, [[1.0]]).tolist()
            [0.5]
        """
        arrays = {name: np.asarray(value) for name, value in params.items()}
        return _predict(self, arrays, np.asarray(inputs))

    def _outputs(self, num_features: int, num_outputs: int | None) -> int:
        if num_features < 1:
            raise ValueError(f"`num_features` must be at least 1, got {num_features}")
        if self.num_features not in (None, num_features):
            raise ValueError(f"`num_features` of {self.name} must be {self.num_features}, got {num_features}")
        fewest, most = self.outputs
        wanted = fewest if num_outputs is None else num_outputs
        if wanted < fewest or (most is not None and wanted > most):
            rule = f"exactly {fewest}" if most == fewest else f"at least {fewest}"
            raise ValueError(f"`num_outputs` of {self.name} must be {rule}, got {num_outputs}")
        return wanted


@lru_cache(maxsize=64)
def _zeros(model: Model, num_features: int, num_outputs: int) -> Params:
    shapes = jax.eval_shape(lambda: model.initialize(jax.random.key(0), num_features, num_outputs))
    return jax.tree.map(lambda leaf: jnp.asarray(np.zeros(leaf.shape, leaf.dtype)), shapes)


@partial(jax.jit, static_argnums=0)
def _predict(model: Model, params: Params, inputs: jax.Array) -> jax.Array:
    return UNITS[model.output_unit](model.apply(params, inputs))


def _init_affine(key: jax.Array, num_features: int, num_outputs: int) -> Params:
    shape = (num_features,) if num_outputs == 1 else (num_features, num_outputs)
    weights = jax.random.normal(key, shape, dtype=float) / jnp.sqrt(num_features)
    return {"weights": weights, "bias": jnp.zeros(shape[1:])}


def _affine(params: Params, inputs: jax.Array) -> jax.Array:
    return inputs @ params["weights"] + params["bias"]


def _init_polynomial(key: jax.Array, num_features: int, num_outputs: int) -> Params:
    a, b, c = jax.random.normal(key, (3,), dtype=float)
    return {"a": a, "b": b, "c": c}


def _polynomial(params: Params, inputs: jax.Array) -> jax.Array:
    t = inputs[:, 0]
    return (params["a"] * t + params["b"]) * t + params["c"]


MODELS: Registry[Model] = Registry(
    "model",
    [
        Model(
            name="linear",
            title="Linear model",
            formula=r"f(x) = w^\top x + b",
            initialize=_init_affine,
            apply=_affine,
            affine=True,
            output_unit="identity",
            task="regression",
            outputs=(1, None),
        ),
        Model(
            name="polynomial",
            title="Parabola",
            formula=r"f(t) = a t^2 + b t + c",
            initialize=_init_polynomial,
            apply=_polynomial,
            affine=True,
            output_unit="identity",
            task="regression",
            num_features=1,
            unpenalized=("c",),
        ),
        Model(
            name="gaussian",
            title="Line with its spread",
            formula=r"f(x) = (\mu, \sigma^2) = (w_1^\top x + b_1,\ e^{w_2^\top x + b_2})",
            initialize=_init_affine,
            apply=_affine,
            affine=True,
            output_unit="gaussian",
            task="regression",
            outputs=(2, 2),
            output_names=("mean", "log-variance"),
        ),
        Model(
            name="poisson",
            title="Log-linear rate",
            formula=r"f(x) = e^{w^\top x + b}",
            initialize=_init_affine,
            apply=_affine,
            affine=True,
            output_unit="exponential",
            task="regression",
        ),
        Model(
            name="logistic",
            title="Sigmoid unit",
            formula=r"f(x) = \sigma(w^\top x + b)",
            initialize=_init_affine,
            apply=_affine,
            affine=True,
            output_unit="sigmoid",
            task="classification",
        ),
        Model(
            name="softmax",
            title="Softmax classifier",
            formula=r"f(x) = \operatorname{softmax}(W^\top x + b)",
            initialize=_init_affine,
            apply=_affine,
            affine=True,
            output_unit="softmax",
            task="classification",
            outputs=(2, None),
        ),
    ],
)
"""Every model by its name; parameters are {"weights", "bias"}, or {"a", "b", "c"}."""
