"""Model: a function of inputs with parameters to be found."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from math import isqrt
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np

Params = Any
"""A pytree of arrays: here a dictionary of them, or of lists of such."""

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
        dtype: The floating-point type of its parameters, and of the data in a risk of it.
        images: Whether the features are the pixels of a square image, row by row.
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
    dtype: str = "float64"
    images: bool = False

    @property
    def tasks(self) -> tuple[str, ...]:
        """What it can be made for, by `for_task`."""
        return (self.task,)

    @property
    def program(self) -> "ModelProgram":
        """What a compiled program of it depends on."""
        return ModelProgram(self.apply, self.output_unit, self.unpenalized, self.affine)

    def for_task(self, task: str) -> "Model":
        """The model for a task: itself, if that is its own.

        Args:
            task: "regression" or "classification".

        Raises:
            ValueError: It is for another task.

        Example:
            >>> from landscape import MODELS
            >>> MODELS["linear"].for_task("regression") is MODELS["linear"]
            True
        """
        self.check_task(task)
        return self

    def check_task(self, task: str) -> None:
        """Refuse a task that the model is not for.

        Raises:
            ValueError: Saying which it is for.
        """
        if task not in self.tasks:
            raise ValueError(f"`task` must be {' or '.join(self.tasks)} for {self.name}, got {task!r}")

    def init(self, key: jax.Array, num_features: int, num_outputs: int | None = None) -> Params:
        """Random parameters.

        Args:
            key: A key of `jax.random.key(seed)`.
            num_features: d, at least 1.
            num_outputs: k; left out, the fewest the model can have.

        Returns:
            A dictionary of arrays: {"weights": (d,) or (d, k), "bias": () or (k,)}, or what
            the model's formula names; of a `Network` {"layers": [...]}.

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
        return _predict(self.program, as_arrays(params), np.asarray(inputs))

    def _outputs(self, num_features: int, num_outputs: int | None) -> int:
        if num_features < 1:
            raise ValueError(f"`num_features` must be at least 1, got {num_features}")
        if self.num_features not in (None, num_features):
            raise ValueError(f"`num_features` of {self.name} must be {self.num_features}, got {num_features}")
        if self.images and isqrt(num_features) ** 2 != num_features:
            rule = "must be a square, the pixels of an image"
            raise ValueError(f"`num_features` of {self.name} {rule}, got {num_features}")
        fewest, most = self.outputs
        wanted = fewest if num_outputs is None else num_outputs
        if wanted < fewest or (most is not None and wanted > most):
            rule = f"exactly {fewest}" if most == fewest else f"at least {fewest}"
            raise ValueError(f"`num_outputs` of {self.name} must be {rule}, got {num_outputs}")
        return wanted


@dataclass(frozen=True)
class ModelProgram:
    """What a compiled program of a model depends on: not how the model is drawn, nor what it is called.

    Args:
        apply: As of `Model`.
        output_unit: As of `Model`.
        unpenalized: As of `Model`.
        affine: As of `Model`.
    """

    apply: Callable[[Params, jax.Array], jax.Array]
    output_unit: OutputUnit
    unpenalized: tuple[str, ...]
    affine: bool


def as_arrays(params: Params) -> Params:
    """The parameters with an array at each name; lists of numbers will do where an array is meant."""
    if isinstance(params, dict):
        return {name: as_arrays(value) for name, value in params.items()}
    if isinstance(params, list | tuple) and params and isinstance(params[0], dict):
        return [as_arrays(value) for value in params]
    return params if isinstance(params, jax.Array) else np.asarray(params)


@lru_cache(maxsize=64)
def _zeros(model: Model, num_features: int, num_outputs: int) -> Params:
    shapes = jax.eval_shape(lambda: model.initialize(jax.random.key(0), num_features, num_outputs))
    return jax.tree.map(lambda leaf: jnp.asarray(np.zeros(leaf.shape, leaf.dtype)), shapes)


@partial(jax.jit, static_argnums=0)
def _predict(model: ModelProgram, params: Params, inputs: jax.Array) -> jax.Array:
    return UNITS[model.output_unit](model.apply(params, inputs))
