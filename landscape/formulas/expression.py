"""Expression: a parsed formula: its value at given numbers, its names, its LaTeX."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp

from landscape.formulas.latex import latex_of
from landscape.formulas.names import check_names
from landscape.formulas.nodes import Node, Values, names_of
from landscape.formulas.parsing import tree_of


@dataclass(frozen=True)
class Expression:
    """A formula as a tree of numbers, names and operations; equal for texts that say the same.

    Two are equal, and have one hash, if they have the same operations in the same order: blanks, and whether
    a product or a power was written in Python's notation or a calculator's, make no difference.

    Args:
        key: What it is known by.
        node: The tree.
    """

    key: str
    node: Node = field(compare=False, repr=False)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names in it, in the order of their appearance."""
        return names_of(self.node)

    @cached_property
    def latex(self) -> str:
        r"""LaTeX without dollar signs.

        Example:
            >>> from landscape.formulas import parse
            >>> parse("exp(-x^2/2) / sqrt(2pi)", ("x",)).latex
            '\\frac{e^{-\\frac{x^{2}}{2}}}{\\sqrt{2 \\pi}}'
        """
        return latex_of(self.node)

    def evaluate(self, values: Mapping[str, Any]) -> jax.Array:
        """The value where the names stand for numbers; differentiable, and traced inside `jit`.

        Args:
            values: A number or an array for each of `names`; they are broadcast.

        Returns:
            float64, of the broadcast shape.

        Raises:
            ValueError: A name has no value.

        Example:
            >>> from landscape.formulas import parse
            >>> parse("x^2 + y", ("x", "y")).evaluate({"x": [1.0, 2.0], "y": 3.0}).tolist()
            [4.0, 7.0]
        """
        missing = [name for name in self.names if name not in values]
        if missing:
            raise ValueError(f"`values` must hold each name of the formula, got none for {missing[0]}")
        arrays = [jnp.asarray(values[name], float) for name in self.names]
        if all(array.ndim == 0 for array in arrays):
            return self.value(dict(zip(self.names, arrays, strict=True)))
        # At one point after the other, as far as the formula knows: so cases are branches everywhere.
        return jnp.vectorize(lambda *scalars: self.value(dict(zip(self.names, scalars, strict=True))))(
            *arrays
        )

    def value(self, values: Values) -> jax.Array:
        """The value where the names stand for scalars of float64."""
        return self.node.value(values)


def parse(text: str, names: Iterable[str]) -> Expression:
    """A formula, read; nothing but arithmetic can be said, and nothing is evaluated.

    Numbers, the names, `pi` and `e`; + - * / and powers (`^` or `**`), with Python's precedence; the
    functions of `FUNCTIONS`; `where(x < 0, a, b)`, the one place of comparisons. As people type: θ, π,
    ², √, ×, −, ≤; and products without a sign behind a number or a closing parenthesis (`2x`,
    `3 sin(x)`, `(x + 1)(x - 1)`) and between names (`x y`). What could be read in two ways is refused:
    `x(y + 1)`, `1/2x`, `2^3x`.

    Args:
        text: At most 1000 characters.
        names: What may stand in it besides; letters (Latin, Greek or Korean), digits and underscores.

    Returns:
        An `Expression`.

    Raises:
        FormulaError: It is no formula, too long, too deep or too large; with the place marked.

    Example:
        >>> from landscape.formulas import parse
        >>> parse("(1 − x)² + 100(y − x²)²", ("x", "y")).evaluate({"x": -1.2, "y": 1.0}).item()
        24.2
        >>> parse("2x", ["x"]) == parse("2 * x", ["x"])
        True
    """
    node = tree_of(text, check_names("names", names, text, least=0))
    return Expression(repr(node), node)


def free_names(text: str, parameters: Iterable[str]) -> tuple[str, ...]:
    """The names in a formula that are no parameters: those it needs constants for.

    Args:
        text: As of `parse`.
        parameters: The names of the parameters.

    Returns:
        In the order of their appearance.

    Raises:
        FormulaError: As of `parse`.

    Example:
        >>> from landscape.formulas import free_names
        >>> free_names("a x^2 + b y^2", ("x", "y"))
        ('a', 'b')
    """
    known = check_names("parameters", parameters, text, least=0)
    node = tree_of(text, None, known)
    return tuple(name for name in names_of(node) if name not in known)
