"""Objectives of formulas: a loss of the reader's own, typed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.tree_util import Partial

from landscape.formulas.errors import FormulaError, shown
from landscape.formulas.expression import Expression, parse
from landscape.formulas.names import MOST_NAMES, check_name, check_names, usual
from landscape.objectives import Objective

DOMAIN = ((-5.0, 5.0), (-5.0, 5.0))
"""The window of a formula of two parameters, where nothing else is said."""

START = (-3.8, 2.2)
"""Where an optimizer starts: high up in that window, and on no axis of symmetry."""


@dataclass(frozen=True)
class FormulaLoss:
    """A formula as a loss of a vector; equal formulas are equal functions, and share compiled programs.

    Args:
        expression: The formula.
        parameters: The names of the vector's numbers.
        constants: The names of its constants, whose values are the first argument.
    """

    expression: Expression
    parameters: tuple[str, ...]
    constants: tuple[str, ...] = ()

    def __call__(self, constants: Mapping[str, Any], params: jax.Array) -> jax.Array:
        """The value at params of shape (k,)."""
        values = {name: jnp.asarray(constants[name], float) for name in self.constants}
        vector = jnp.asarray(params, float)
        values |= {name: vector[index] for index, name in enumerate(self.parameters)}
        return self.expression.value(values)


def formula(text: str, /, parameters: Iterable[str] = ("x", "y"), **constants: float) -> Objective:
    r"""A loss typed as a formula, in Python's or a calculator's notation.

    What can be said, and how, tells `landscape.formulas.parse`: nothing but arithmetic. Constants are
    arguments of the compiled programs: other values of them compile nothing, and neither does the same
    formula typed again.

    Where two cases meet, or at the corner of abs, min, max or relu, the derivative is one between those on
    the two sides. `where` has the derivatives of the case that holds, those of the other never matter;
    elsewhere NaN and infinity are results, as in `sqrt(x^2 + y^2)`, whose gradient at 0 is NaN.

    Args:
        text: At most 1000 characters, 200 operations, numbers and names.
        parameters: The names of the parameters, 1 to 16 of them; one that is not in the text makes a valley.
        **constants: The values of the other names in the text, each finite.

    Returns:
        An `Objective` of a vector of shape (k,), float64; of two parameters with the domain
        ((-5, 5), (-5, 5)). `replace` gives it another domain, start or title.

    Raises:
        FormulaError: A `ValueError` with the place marked: the text is no such formula; or a name is
            unknown, twice or taken; or a constant is not in the text, or not finite.

    Example:
        >>> import landscape
        >>> valley = landscape.formula("(a - x)^2 + b*(y - x^2)^2", a=1, b=100)
        >>> float(valley.loss([-1.2, 1.0]))
        24.2
        >>> valley.formula
        '\\left( a - x \\right)^{2} + b \\left( y - x^{2} \\right)^{2}'
    """
    names = check_names("parameters", parameters, text)
    numbers = check_constants(constants, names, text)
    expression = parse(text, (*names, *numbers))
    check_used(expression, numbers, text, "unused-constant")
    start = np.resize(np.array(START), len(names))
    return Objective(
        loss=Partial(FormulaLoss(expression, names, tuple(sorted(numbers))), numbers),
        start=start,
        name="formula",
        title="Formula",
        formula=expression.latex,
        domain=DOMAIN if len(names) == 2 else None,
    )


def check_constants(constants: Mapping[str, Any], taken: Iterable[str], text: str) -> dict[str, float]:
    """The constants as floats.

    Raises:
        FormulaError: A name is none, or taken, or a value is no finite number.
    """
    numbers: dict[str, float] = {}
    if len(constants) > MOST_NAMES:
        raise FormulaError(
            "name-count", text, argument="constants", least=0, most=MOST_NAMES, count=len(constants)
        )
    for given, value in constants.items():
        check_name(usual(given), text)
        name = usual(given)
        if name in taken or name in numbers:
            raise FormulaError("name-twice", text, name=name)
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            number = float("nan")
        if not isfinite(number):
            raise FormulaError("constant-value", text, name=name, value=shown(value))
        numbers[name] = number
    return numbers


def check_used(expression: Expression, names: Iterable[str], text: str, kind: str) -> None:
    """Refuse names that are not in a formula.

    Raises:
        FormulaError: Of that kind, naming the first of them.
    """
    for name in names:
        if name not in expression.names:
            raise FormulaError(kind, text, name=name)
