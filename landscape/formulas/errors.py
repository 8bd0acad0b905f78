"""What a formula can be refused for: a kind, the words' values, and the place in the text as it was typed."""

import unicodedata
from collections.abc import Mapping
from typing import Any

KINDS: Mapping[str, str] = {
    "not-text": "A formula must be text, got {type}.",
    "empty": "The formula is empty.",
    "too-long": "A formula must have at most {most} characters, got {count}.",
    "too-large": "A formula must have at most {most} numbers, names and operations, got {count}.",
    "too-deep": "Parentheses, signs and powers must be nested at most {most} deep.",
    "too-folded": "{names} must stand in each other at most {most} deep, got {count}.",
    "too-many-cases": "`where` must stand in another at most {most} deep, got {count}.",
    "character": "`{character}` ({code}) has no meaning in a formula.",
    "character-near": "`{character}` ({code}) has no meaning in a formula; did you mean `{near}`?",
    "not-arithmetic": "A formula holds nothing but arithmetic, got `{found}`.",
    "brackets": "`{found}` has no meaning in a formula: group with ( and ).",
    "bars": "Absolute values are written abs(x), got `|`.",
    "equation": "A formula stands for one number: leave out `{found}` and what is left of it.",
    "comma": "A comma stands between the arguments of a function only; decimals have a point, such as 0.5.",
    "reserved-name": "`{name}` is a word of Python and cannot be a name.",
    "not-finite": "`{name}` cannot be typed: a formula's numbers are finite.",
    "unknown-name": "`{name}` is unknown; known are {known}.",
    "unknown-name-near": "`{name}` is unknown; did you mean `{near}`?",
    "unknown-function": "`{name}` is no function; for a product write `{name}*(`.",
    "unknown-function-near": "`{name}` is no function; did you mean `{near}`?",
    "name-called": "`{name}` is no function: for a product write `{name}*(`.",
    "function-without-arguments": "`{name}` is a function: its arguments follow in parentheses, `{name}(x)`.",
    "power-of-function": "A power of a function stands behind its arguments: `{name}(x)^2`.",
    "argument-count": "`{name}` takes {wanted} arguments, got {count}.",
    "ambiguous-product": "After `{after}` a product needs its `*` (and parentheses where it is meant first).",
    "ambiguous-power": "What the power belongs to is not clear here: write parentheses.",
    "missing-operator": "An operator such as `*` is missing before `{found}`.",
    "missing-operand": "A number, a name or a function is missing before `{found}`.",
    "missing-end": "The formula ends where a number, a name or a function is missing.",
    "unclosed-parenthesis": "This parenthesis is never closed.",
    "unopened-parenthesis": "This parenthesis was never opened.",
    "comparison": "A comparison can stand only as the first argument of `where`.",
    "condition": "The first argument of `where` must be a comparison, such as x < 0.",
    "number-too-large": "Numbers must be smaller than 1.8e308 in size, got `{number}`.",
    "number-too-small": "Numbers other than 0 must be at least 5e-324 in size, got `{number}`.",
    "exponent": "An exponent that is a number must lie between -{most} and {most}, got {exponent}.",
    "bad-name": "A name must be letters, then letters, digits and single underscores between, got {name}.",
    "name-taken": "`{name}` is a function or a constant of its own, and cannot be a name.",
    "name-twice": "Each name must be given once, got `{name}` twice.",
    "name-count": "`{argument}` must name {least} to {most}, got {count}.",
    "unused-constant": "The constant `{name}` must stand in the formula.",
    "unused-parameter": "The parameter `{name}` must stand in the formula.",
    "constant-value": "The constant `{name}` must be a finite number, got {value}.",
}
"""Every kind of refusal, with its sentence; other languages translate it by its kind."""

SHOWN = 72
"""So many characters of a long formula are shown around the place."""


class FormulaError(ValueError):
    """A formula that is refused.

    Args:
        kind: A key of `KINDS`.
        text: The formula as it was typed.
        place: (start, end) of what is refused, in characters of the text; or None.
        **values: What the kind's sentence says, by name.

    Example:
        >>> from landscape.formulas import FormulaError, parse
        >>> try:
        ...     parse("x + sqr(y)", ("x", "y"))
        ... except FormulaError as error:
        ...     print(error)
        `sqr` is no function; did you mean `sqrt`?
          x + sqr(y)
              ^^^
    """

    def __init__(self, kind: str, text: str, place: tuple[int, int] | None = None, **values: Any) -> None:
        self.kind = kind
        self.text = text
        self.place = place
        self.values = values
        super().__init__(KINDS[kind].format(**values) + _marked(text, place))

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.kind, self.text, self.place, self.values)


def _again(kind: str, text: str, place: tuple[int, int] | None, values: dict[str, Any]) -> FormulaError:
    return FormulaError(kind, text, place, **values)


def shown(value: Any) -> str:
    """What was given, in short; of what is neither text nor a decimal number, its type."""
    return repr(value)[:40] if isinstance(value, str | float) else f"a value of type {type(value).__name__}"


def _marked(text: str, place: tuple[int, int] | None) -> str:
    """The text and, in a line of carets, the place; of a long text what stands around it."""
    if place is None:
        return ""
    start, end = place
    first = max(0, min(start - SHOWN // 2, len(text) - SHOWN))
    last = min(len(text), first + SHOWN)
    before, after = "…" if first else "", "…" if last < len(text) else ""
    line = "".join(character if character.isprintable() else "�" for character in text[first:last])
    carets = max(1, _width(text[start : min(end, last)]))
    return f"\n  {before}{line}{after}\n  {' ' * (len(before) + _width(text[first:start]))}{'^' * carets}"


def _width(text: str) -> int:
    """How many columns a text takes where letters have one width, and those of Korean two."""
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )
