"""Supervised losses: what a prediction costs beside the target that was wanted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import jax

from landscape.losses.loss import Argument, Loss

Takes = Literal["value", "logits"]
"""Whether a loss is fed the model's output unit or what goes into that unit."""

OutputUnit = Literal["identity", "sigmoid", "softmax", "gaussian", "exponential"]
"""What turns a model's raw output into its value."""

Targets = Literal["numbers", "labels", "shares"]
"""Whether targets are any numbers, class numbers 0 .. k - 1, or a probability of each class."""

PREDICTION = Argument("prediction", "what the model says")
TARGET = Argument("target", "what was wanted")
PAIR = (PREDICTION, TARGET)

EACH = (("...", "..."),)
"""One number beside one number."""

CLASSES = (("... k", "..."),)
"""k numbers beside one class number."""

TWO_OR_MORE = (*EACH, *CLASSES)
"""One number beside 0 or 1, or k numbers beside one class number."""


@dataclass(frozen=True, eq=False, kw_only=True)
class SupervisedLoss(Loss):
    """A loss of predictions beside targets: `loss(prediction, target)`.

    In the formula y is the prediction (z if it takes logits), t the target and p_t the probability that the
    prediction gives to the class t.

    Args:
        takes: "value" if the prediction is the model's value (its output unit applied),
            "logits" if it is the raw output that goes into the unit.
        output_units: The output units it can stand behind, the natural one first.
        convex: Whether it is convex in what goes into its natural output unit.
        unending: Whether to be more certain of what is right always costs less, so that classes which
            a plane separates have no minimizer.
        rounded: (prediction, target, width, **numbers) -> the loss with its corners rounded
            over that width, for solvers that need curvature: exact in the limit width -> 0,
            smooth and of the same slopes far out. None if it has curvature as it is.
        targets: "numbers", "labels" for class numbers, or "shares" for a probability of each class.
        whole: Whether it is one loss of all examples together, which is no mean of theirs.
    """

    arguments: tuple[Argument, ...] = PAIR
    shapes: tuple[tuple[str, ...], ...] = EACH
    takes: Takes
    output_units: tuple[OutputUnit, ...]
    convex: bool = True
    unending: bool = False
    rounded: Callable[..., jax.Array] | None = None
    targets: Targets = "numbers"
    whole: bool = False

    @property
    def output_unit(self) -> OutputUnit:
        """The output unit that it naturally goes with."""
        return self.output_units[0]

    @property
    def summand(self) -> str:
        r"""The formula as it stands behind a sum over examples: in brackets if it has several terms.

        Example:
            >>> from landscape import LOSSES
            >>> print(LOSSES["poisson-nll"].summand)
            \Bigl( e^z - t z + \log t! \Bigr)
            >>> print(LOSSES["mae"].summand)
            |y - t|
        """
        term, comma, definition = self.formula.partition(r",\quad")
        depth, inside = 0, False
        for place, sign in enumerate(term):
            depth += (sign in "({[") - (sign in ")}]")
            inside ^= sign == "|"
            if place and sign in "+-" and depth == 0 and not inside:
                return rf"\Bigl( {term} \Bigr)" + comma + definition
        return self.formula

    def _converted(self, arrays: list[jax.Array]) -> list[jax.Array]:
        prediction, target = arrays
        return [prediction.astype(float), target.astype(int if self.targets == "labels" else float)]
