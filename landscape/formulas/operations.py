"""Operations: the functions and constants of a formula, what they compute and how they are set."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from math import e, pi

import jax
import jax.numpy as jnp
from jax.scipy import special

MOST_ARGUMENTS = 8
"""How many arguments `min` and `max` take at most."""


@dataclass(frozen=True)
class Function:
    """A function of numbers.

    Args:
        compute: Scalars -> scalar.
        latex: Its LaTeX, with {0}, {1}, … for those of its arguments, or {all} for all of them.
        least: The fewest arguments.
        most: The most of them.
        binds: How tightly the LaTeX holds together: a key of `latex.BINDING`.
        arguments: How tightly the arguments must hold together in it.
    """

    compute: Callable[..., jax.Array]
    latex: str
    least: int = 1
    most: int = 1
    binds: str = "atom"
    arguments: str = "any"


def _called(name: str) -> str:
    return name + r" \left( {all} \right)"


def _named(name: str) -> str:
    return _called(rf"\operatorname{{{{{name}}}}}")


def _absolute(number: jax.Array) -> jax.Array:
    # The slope of jnp.abs at 0 is that of its right side.
    return number * jnp.sign(number)


def _minimum(*numbers: jax.Array) -> jax.Array:
    return reduce(jnp.minimum, numbers)


def _maximum(*numbers: jax.Array) -> jax.Array:
    return reduce(jnp.maximum, numbers)


FUNCTIONS: Mapping[str, Function] = {
    "sin": Function(jnp.sin, _called(r"\sin")),
    "cos": Function(jnp.cos, _called(r"\cos")),
    "tan": Function(jnp.tan, _called(r"\tan")),
    "asin": Function(jnp.arcsin, _called(r"\arcsin")),
    "acos": Function(jnp.arccos, _called(r"\arccos")),
    "atan": Function(jnp.arctan, _called(r"\arctan")),
    "atan2": Function(jnp.arctan2, _named("atan2"), 2, 2),
    "sinh": Function(jnp.sinh, _called(r"\sinh")),
    "cosh": Function(jnp.cosh, _called(r"\cosh")),
    "tanh": Function(jnp.tanh, _called(r"\tanh")),
    "asinh": Function(jnp.arcsinh, _named("arsinh")),
    "acosh": Function(jnp.arccosh, _named("arcosh")),
    "atanh": Function(jnp.arctanh, _named("artanh")),
    "exp": Function(jnp.exp, "e^{{{0}}}", binds="power"),
    "expm1": Function(jnp.expm1, "e^{{{0}}} - 1", binds="sum"),
    "log": Function(jnp.log, _called(r"\log")),
    "log2": Function(jnp.log2, _called(r"\log_{{2}}")),
    "log10": Function(jnp.log10, _called(r"\log_{{10}}")),
    "log1p": Function(jnp.log1p, r"\log \left( 1 + {0} \right)", arguments="term"),
    "sqrt": Function(jnp.sqrt, r"\sqrt{{{0}}}"),
    "cbrt": Function(jnp.cbrt, r"\sqrt[3]{{{0}}}"),
    "abs": Function(_absolute, r"\left| {0} \right|"),
    "sign": Function(jnp.sign, _named("sign")),
    "floor": Function(jnp.floor, r"\left\lfloor {0} \right\rfloor"),
    "ceil": Function(jnp.ceil, r"\left\lceil {0} \right\rceil"),
    "mod": Function(jnp.mod, r"{0} \bmod {1}", 2, 2, binds="any", arguments="fraction"),
    "min": Function(_minimum, _called(r"\min"), 2, MOST_ARGUMENTS),
    "max": Function(_maximum, _called(r"\max"), 2, MOST_ARGUMENTS),
    "clip": Function(jnp.clip, _named("clip"), 3, 3),
    "hypot": Function(jnp.hypot, _named("hypot"), 2, 2),
    "pow": Function(jnp.power, "{0}^{{{1}}}", 2, 2),
    "sigmoid": Function(jax.nn.sigmoid, _called(r"\sigma")),
    "softplus": Function(jax.nn.softplus, _named("softplus")),
    "relu": Function(jax.nn.relu, _named("relu")),
    "erf": Function(special.erf, _named("erf")),
    "where": Function(jnp.where, "", 3, 3),
}
"""Every function by its name. Angles are in radians, and log is the natural one.

At a kink the derivative is between those on its two sides: of `abs` and `relu` 0, of `min` and `max`
their mean. `pow` is written as a power, `where` by cases.
"""

ALIASES: Mapping[str, str] = {
    "ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2",
    "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "power": "pow", "logistic": "sigmoid",
    "expit": "sigmoid", "sgn": "sign", "minimum": "min", "maximum": "max",
}  # fmt: skip
"""Other names of functions, by which they are known elsewhere."""

HINTS: Mapping[str, str] = {
    "sqr": "sqrt", "root": "sqrt", "tg": "tan", "arctg": "atan", "heaviside": "where", "step": "where",
    "if": "where", "σ": "sigmoid", "fabs": "abs",
}  # fmt: skip
"""What may have been meant by names that are no functions, beside those that are nearly spelled so."""

CONSTANTS: Mapping[str, float] = {"pi": pi, "e": e}
"""Numbers with a name of their own."""
