"""Loss: what something costs, as a function of one or more arrays, and all that is known of it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

import jax
import jax.numpy as jnp
import numpy as np

from landscape.losses.shapes import check_shapes

Family = Literal["regression", "classification", "similarity", "distributions", "overlap", "penalties"]
"""What a loss is about."""

Check = Callable[[Mapping[str, np.ndarray]], None]
"""Looks at the values of the arguments and of the numbers inside, by name; raises a `ValueError`.

Traced arguments are left out.
"""


@dataclass(frozen=True)
class Rule:
    """What a number must be: words for a message, and the interval; infinity is never in it.

    Args:
        words: Such as "must be from 0 to 1".
        low: Where the valid numbers begin.
        high: Where they end.
        open: Whether both ends are excluded.
    """

    words: str
    low: float
    high: float
    open: bool = False

    def holds(self, value: float) -> bool:
        """Whether a number is valid."""
        inside = self.low < value < self.high if self.open else self.low <= value <= self.high
        return inside and math.isfinite(value)


POSITIVE = Rule("must be a positive finite number", 0.0, math.inf, open=True)
NOT_NEGATIVE = Rule("must be a finite number, at least 0", 0.0, math.inf)
SHARE = Rule("must be from 0 to 1", 0.0, 1.0)
INNER_SHARE = Rule("must be above 0 and below 1", 0.0, 1.0, open=True)


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


@dataclass(frozen=True)
class Argument:
    """One of the arrays that a loss is called with: its name, and what it holds, in a few words."""

    name: str
    meaning: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Loss:
    """What something costs, given one or more arrays.

    Call it: `loss(*arrays, **numbers)`, with the arrays of `arguments` in their order and in one of the
    `shapes`. The function itself is JAX alone (`loss.function`), takes the numbers by keyword and checks
    nothing, so that programs can hold it and trace them.

    Args:
        name: Lower-case hyphenated name, the text of a link.
        title: What a reader sees.
        family: What it is about.
        formula: LaTeX.
        function: (*arrays, **numbers) -> an array of losses, or one loss of the whole (see `use`).
        arguments: The arrays, in order.
        shapes: The combinations of shapes that fit, in the notation of `check_shapes`.
        likelihood: What it is the negative logarithm of, or "none".
        use: When to use it, one sentence.
        reference: Where the definition comes from.
        checks: What the values of the arguments must fulfil.
        inner: The numbers inside it; see `parameters` for their values.
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
    family: Family
    formula: str
    function: Callable[..., jax.Array]
    arguments: tuple[Argument, ...]
    shapes: tuple[tuple[str, ...], ...]
    likelihood: str = "none"
    use: str
    reference: str
    checks: tuple[Check, ...] = ()
    inner: tuple[LossParameter, ...] = ()
    values: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not self.values:
            object.__setattr__(self, "values", tuple(number.default for number in self.inner))
        for number, value in zip(self.inner, self.values, strict=True):
            if not number.rule.holds(value):
                raise ValueError(f"`{number.name}` {number.rule.words}, got {value}")

    @property
    def parameters(self) -> dict[str, float]:
        """The numbers inside the loss, by name."""
        return {number.name: value for number, value in zip(self.inner, self.values, strict=True)}

    def replace(self, **parameters: float) -> Self:
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

    def __call__(self, *arrays: Any, **parameters: float) -> jax.Array:
        """The loss.

        Args:
            arrays: One for each of `arguments`, in one of the combinations of `shapes`.
            parameters: Other numbers inside, as of `replace`.

        Returns:
            As documented in the entry: one loss per example (not averaged), or a scalar. NaN and
            infinity are results.

        Raises:
            ValueError: Something is no array of real numbers, the shapes do not fit, an array is empty, or
                a value breaks a rule.
        """
        loss = self.replace(**parameters) if parameters else self
        names = [argument.name for argument in self.arguments]
        if len(arrays) != len(names):
            wanted = ", ".join(f"`{name}`" for name in names)
            raise ValueError(f"{self.name} must be given {wanted}, got {len(arrays)} arrays")
        given = [_numbers(name, array) for name, array in zip(names, arrays, strict=True)]
        for name, array in zip(names, given, strict=True):
            if array.size == 0:
                raise ValueError(f"`{name}` must hold at least 1 example, got the shape {array.shape}")
        check_shapes(names, [array.shape for array in given], self.shapes)
        seen = {
            name: np.asarray(array)
            for name, array in zip(names, given, strict=True)
            if not isinstance(array, jax.core.Tracer)
        }
        seen |= {name: np.asarray(value) for name, value in loss.parameters.items()}
        for check in self.checks:
            check(seen)
        return loss.function(*self._converted(given), **loss.parameters)

    def _converted(self, arrays: list[jax.Array]) -> list[jax.Array]:
        return [array.astype(float) for array in arrays]


def _numbers(name: str, array: Any) -> jax.Array:
    try:
        found = jnp.asarray(array)
    except (TypeError, ValueError):
        raise ValueError(f"`{name}` must be an array of numbers, got {array!r}") from None
    if jnp.iscomplexobj(found):
        raise ValueError(f"`{name}` must be real numbers, got {found.dtype}")
    return found


def absolute(x: jax.Array) -> jax.Array:
    """|x|, with the slope 0 at 0, as in PyTorch; `jnp.abs` has the slope 1 there."""
    return x * jnp.sign(x)
