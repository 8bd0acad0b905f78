"""Nodes: the tree of a formula, whose parts compute their values from those of the names.

A sum or a product of many terms is one node, so that a tree is as deep as its text is nested.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import jax
import jax.numpy as jnp

from landscape.formulas.operations import CONSTANTS, FUNCTIONS

Values = Mapping[str, jax.Array]
"""A scalar for each name."""


@dataclass(frozen=True)
class Number:
    """A number as it was typed."""

    number: float

    def value(self, values: Values) -> jax.Array:
        """Itself."""
        return jnp.asarray(self.number, float)


@dataclass(frozen=True)
class Name:
    """A parameter, a variable or a constant of the reader's."""

    name: str

    def value(self, values: Values) -> jax.Array:
        """What stands for the name."""
        return values[self.name]


@dataclass(frozen=True)
class Constant:
    """π or e."""

    name: str

    def value(self, values: Values) -> jax.Array:
        """Its number."""
        return jnp.asarray(CONSTANTS[self.name], float)


@dataclass(frozen=True)
class Negative:
    """−a."""

    of: "Node"

    def value(self, values: Values) -> jax.Array:
        """As written."""
        return -self.of.value(values)


@dataclass(frozen=True)
class Sum:
    """a + b − c …, from left to right: the first, then a sign and a term at a time."""

    first: "Node"
    others: tuple[tuple[str, "Node"], ...]

    def value(self, values: Values) -> jax.Array:
        """As written."""
        total = self.first.value(values)
        for sign, term in self.others:
            total = total + term.value(values) if sign == "+" else total - term.value(values)
        return total


@dataclass(frozen=True)
class Product:
    """a · b / c …, from left to right: the first, then an operator and a factor at a time."""

    first: "Node"
    others: tuple[tuple[str, "Node"], ...]

    def value(self, values: Values) -> jax.Array:
        """As written."""
        total = self.first.value(values)
        for operator, factor in self.others:
            total = total * factor.value(values) if operator == "*" else total / factor.value(values)
        return total


@dataclass(frozen=True)
class Power:
    """aᵇ; with a whole number b for every a, and differentiable there."""

    base: "Node"
    exponent: "Node"

    def value(self, values: Values) -> jax.Array:
        """By multiplication for a whole number, by the exponential function for e."""
        number = number_of(self.exponent)
        if number is not None and number.is_integer():
            return jax.lax.integer_pow(self.base.value(values), int(number))
        if self.base == Constant("e"):
            return jnp.exp(self.exponent.value(values))
        exponent = self.exponent.value(values) if number is None else number
        return jnp.power(self.base.value(values), exponent)


@dataclass(frozen=True)
class Call:
    """A function of its arguments."""

    function: str
    arguments: tuple["Node", ...]

    def value(self, values: Values) -> jax.Array:
        """The function's."""
        return FUNCTIONS[self.function].compute(*(argument.value(values) for argument in self.arguments))


@dataclass(frozen=True)
class Comparison:
    """a < b ≤ c …: each beside the next."""

    first: "Node"
    others: tuple[tuple[str, "Node"], ...]

    def holds(self, values: Values) -> jax.Array:
        """Whether all of it is so."""
        result = jnp.asarray(True)
        left = self.first.value(values)
        for comparison, node in self.others:
            right = node.value(values)
            result = result & _COMPARE[comparison](left, right)
            left = right
        return result


@dataclass(frozen=True)
class Cases:
    """One node where a comparison holds, another elsewhere."""

    condition: Comparison
    then: "Node"
    otherwise: "Node"

    def value(self, values: Values) -> jax.Array:
        """The value of the one that holds, and its derivatives alone.

        A branch, not a selection of two values: in reverse mode the derivative of the value that is not
        taken would be multiplied by 0, and 0 · ∞ is NaN.
        """
        return jax.lax.cond(
            self.condition.holds(values),
            lambda: self.then.value(values),
            lambda: self.otherwise.value(values),
        )


Node = Number | Name | Constant | Negative | Sum | Product | Power | Call | Cases

_COMPARE = {
    "<": jnp.less, "<=": jnp.less_equal, ">": jnp.greater, ">=": jnp.greater_equal,
    "==": jnp.equal, "!=": jnp.not_equal,
}  # fmt: skip


def children(node: "Node | Comparison") -> Iterator["Node | Comparison"]:
    """The nodes that a node is made of, in the order in which they were typed."""
    match node:
        case Negative(of):
            yield of
        case Sum(first, others) | Product(first, others) | Comparison(first, others):
            yield first
            yield from (other for _, other in others)
        case Power(base, exponent):
            yield base
            yield exponent
        case Call(_, arguments):
            yield from arguments
        case Cases(condition, then, otherwise):
            yield condition
            yield then
            yield otherwise


def names_of(node: "Node | Comparison") -> tuple[str, ...]:
    """The names in a tree, in the order of their first appearance."""
    if isinstance(node, Name):
        return (node.name,)
    return tuple(dict.fromkeys(name for child in children(node) for name in names_of(child)))


def number_of(node: "Node") -> float | None:
    """The number that a node without names and functions is, by Python's own arithmetic; else None.

    Raises:
        ArithmeticError: It has none: a division by 0, a number too large.
    """
    match node:
        case Number(number):
            return number
        case Constant(name):
            return CONSTANTS[name]
        case Negative(of):
            inner = number_of(of)
            return None if inner is None else -inner
        case Sum(first, others) | Product(first, others):
            total = number_of(first)
            for sign, other in others:
                right = number_of(other)
                if total is None or right is None:
                    return None
                total = _ARITHMETIC[sign](total, right)
            return total
        case Power(base, exponent):
            below, above = number_of(base), number_of(exponent)
            if below is None or above is None:
                return None
            power = below**above
            if isinstance(power, complex):
                raise ArithmeticError("a root of a negative number")
            return power
    return None


_ARITHMETIC = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
}
