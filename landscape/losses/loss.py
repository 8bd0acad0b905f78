"""Loss: what one example costs, and all that is known of the formula."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np

Takes = Literal["value", "logits"]
"""Whether a loss is fed the model's output unit or what goes into that unit."""

OutputUnit = Literal["identity", "sigmoid", "softmax"]
"""What turns a model's raw output into its value."""

Targets = Literal["numbers", "labels"]
"""Whether targets are any numbers, or class numbers 0 .. k - 1 beside k predictions each."""


@dataclass(frozen=True)
class Rule:
    """What a number must be, as words of a message and as a test."""

    words: str
    holds: Callable[[float], bool]


POSITIVE = Rule("must be a positive finite number", lambda value: 0 < value < math.inf)


@dataclass(frozen=True)
class LossParameter:
    """A number inside a loss: name, default, the range of a control, and what is valid.

    Args:
        name: The keyword of the loss's function.
        default: Its value where nothing else is said.
        low: Where a control begins.
        high: Where a control ends.
        scale: How a control is spaced, "linear" or "log".
        title: What a reader sees, with the symbol of the formula.
        rule: What values are valid; wider than the control's range.
    """

    name: str
    default: float
    low: float
    high: float
    scale: Literal["linear", "log"]
    title: str
    rule: Rule


@dataclass(frozen=True, eq=False)
class Loss:
    """What one example costs, given a prediction and a target.

    Call it: `loss(prediction, target)` gives one number per example. The function itself is
    JAX alone (`loss.function`), takes the parameters by keyword and checks nothing, so that
    programs can hold it and trace them.

    Args:
        name: Lower-case hyphenated name, the text of a link.
        title: What a reader sees.
        formula: LaTeX, with y the prediction (z if it takes logits) and t the target.
        function: (prediction, target, **parameters) -> per-example losses, shape (n,).
        takes: "value" if the prediction is the model's value (its output unit applied),
            "logits" if it is the raw output that goes into the unit.
        output_units: The output units it can stand behind, the natural one first.
        likelihood: What it is the negative logarithm of, or "none".
        use: When to use it, one sentence.
        reference: Where the definition comes from.
        inner: The numbers inside it; see `parameters` for their values.
        convex: Whether it is convex in what it takes.
        rounded: (prediction, target, width, **parameters) -> the loss with its corners rounded
            over that width, for solvers that need curvature: exact in the limit width -> 0,
            smooth and of the same slopes far out. None if it has curvature as it is.
        targets: "numbers" of the predictions' own shape, or "labels" where the predictions
            have one more axis, the classes.
        values: The values of the numbers inside; left out, the defaults.

    Raises:
        ValueError: A parameter's name is unknown or its value is not valid.

    Example:
        >>> from landscape import LOSSES
        >>> LOSSES["huber"].replace(delta=2.0)([0.0, 5.0], [1.0, 0.0]).tolist()
        [0.5, 8.0]
    """

    name: str
    title: str
    formula: str
    function: Callable[..., jax.Array]
    takes: Takes
    output_units: tuple[OutputUnit, ...]
    likelihood: str
    use: str
    reference: str
    inner: tuple[LossParameter, ...] = ()
    convex: bool = True
    rounded: Callable[..., jax.Array] | None = None
    targets: Targets = "numbers"
    values: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not self.values:
            object.__setattr__(self, "values", tuple(number.default for number in self.inner))
        for number, value in zip(self.inner, self.values, strict=True):
            if not number.rule.holds(value):
                raise ValueError(f"`{number.name}` {number.rule.words}, got {value}")

    @property
    def output_unit(self) -> OutputUnit:
        """The output unit that it naturally goes with."""
        return self.output_units[0]

    @property
    def parameters(self) -> dict[str, float]:
        """The numbers inside the loss, by name."""
        return {number.name: value for number, value in zip(self.inner, self.values, strict=True)}

    def replace(self, **parameters: float) -> "Loss":
        """The same loss with other numbers inside.

        Raises:
            ValueError: A name is unknown or a value is not valid.

        Example:
            >>> from landscape import LOSSES
            >>> LOSSES["huber"].replace(delta=0.5).parameters
            {'delta': 0.5}
        """
        known = self.parameters
        for name in parameters:
            if name not in known:
                names = ", ".join(known) or "none"
                raise ValueError(f"`{name}` must be a parameter of {self.name} ({names})")
        chosen = known | {name: float(value) for name, value in parameters.items()}
        return replace(self, values=tuple(chosen[number.name] for number in self.inner))

    def __call__(self, prediction: Any, target: Any, **parameters: float) -> jax.Array:
        """The loss of each example.

        Args:
            prediction: Values or logits (see `takes`), shape (n,) or (), or (n, k) for labels.
            target: Numbers of the same shape, or labels of shape (n,) in 0 .. k - 1.
            parameters: Other numbers inside, as of `replace`.

        Returns:
            Shape (n,): not averaged. NaN and infinity are results.

        Raises:
            ValueError: The shapes do not fit, there is no example, or a label is no class.
        """
        loss = self.replace(**parameters) if parameters else self
        prediction, target = jnp.asarray(prediction), jnp.asarray(target)
        _check_shapes(self, prediction, target)
        if self.targets == "labels":
            check_labels(target, prediction.shape[-1])
            target = target.astype(int)
        else:
            target = target.astype(float)
        return loss.function(prediction.astype(float), target, **loss.parameters)


def absolute(x: jax.Array) -> jax.Array:
    """|x|, with the slope 0 at 0, as in PyTorch; `jnp.abs` has the slope 1 there."""
    return x * jnp.sign(x)


def check_labels(labels: Any, num_classes: int) -> None:
    """Refuse labels that are not whole numbers from 0 to num_classes - 1.

    Raises:
        ValueError: With the first such label. Traced labels are not looked at.
    """
    if isinstance(labels, jax.core.Tracer):
        return
    array = np.asarray(labels)
    outside = ~((array >= 0) & (array < num_classes) & (array == np.floor(array)))
    if outside.any():
        value = array[outside].ravel()[0]
        raise ValueError(f"`target` must be class numbers 0 to {num_classes - 1}, got {value:g}")


def _check_shapes(loss: Loss, prediction: jax.Array, target: jax.Array) -> None:
    if prediction.size == 0:
        raise ValueError(f"`prediction` must hold at least 1 example, got the shape {prediction.shape}")
    if loss.targets == "labels" and prediction.ndim == 0:
        raise ValueError("`prediction` must have the shape (n, classes), got ()")
    wanted = prediction.shape[:-1] if loss.targets == "labels" else prediction.shape
    if target.shape != wanted:
        raise ValueError(f"`target` must have the shape {wanted}, got {target.shape}")
