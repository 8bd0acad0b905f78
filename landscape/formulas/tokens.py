"""Tokens: the numbers, names and signs of a formula, with their places in the text as it was typed.

Notation of calculators is brought to that of Python here: `^`, `×`, `−`, `²`, `√`, products without a sign.
"""

import re
import unicodedata
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from landscape.formulas.errors import FormulaError
from landscape.formulas.names import GREEK, NAME, usual
from landscape.formulas.operations import ALIASES, FUNCTIONS

Kind = Literal["number", "name", "function", "open", "close", "comma", "operator", "comparison"]

MOST_CHARACTERS = 1000
"""A formula has so many characters at most."""

_NUMBER = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_BLANK = re.compile("[ \u00a0\u2002-\u200a\u202f\u205f\u3000]+")
_OPERATORS = {
    "**": "**", "^": "**", "+": "+", "-": "-", "*": "*", "/": "/",
    "−": "-", "–": "-", "·": "*", "⋅": "*", "×": "*", "∗": "*", "÷": "/", "∕": "/", "⁄": "/",
}  # fmt: skip
_COMPARISONS = {
    "<=": "<=", ">=": ">=", "==": "==", "!=": "!=", "<": "<", ">": ">", "≤": "<=", "≥": ">=", "≠": "!=",
}  # fmt: skip
_SIGNS = re.compile("|".join(re.escape(sign) for sign in (*_OPERATORS, *_COMPARISONS)))
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True))
_EXPONENT = re.compile(f"([⁺⁻]?)([{''.join(_RAISED)}]+)")
_ROOTS = {"√": "sqrt", "∛": "cbrt"}


@dataclass(frozen=True)
class Token:
    """A part of a formula.

    Args:
        kind: What it is.
        text: What it stands for, in Python's notation: of × that is *.
        start: Where it begins in the text as it was typed.
        end: Where it ends.
        raised: Whether it is of an exponent such as ², or a root √.
    """

    kind: Kind
    text: str
    start: int
    end: int
    raised: bool = False

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands in the text."""
        return self.start, self.end


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text, roots and raised digits written out.

    Raises:
        FormulaError: The text is none, empty or too long, or something in it has no meaning.
    """
    if not isinstance(text, str):
        raise FormulaError("not-text", "", type=type(text).__name__)
    if len(text) > MOST_CHARACTERS:
        raise FormulaError("too-long", text, most=MOST_CHARACTERS, count=len(text))
    plain = usual(text)
    found: list[Token] = []
    position = 0
    while position < len(plain):
        blank = _BLANK.match(plain, position)
        if blank:
            position = blank.end()
            continue
        made = _next(text, plain, position)
        found += made
        position = made[-1].end
    if not found:
        raise FormulaError("empty", text)
    return _roots(found, text)


def _next(text: str, plain: str, position: int) -> list[Token]:
    """What begins at a position: one token, or a sign of power and an exponent."""
    number = _NUMBER.match(plain, position)
    if number:
        # 2exp(x) and 2e are products; 2e3 is a number.
        check_number(text, number[0], (position, number.end()))
        return [Token("number", number[0], position, number.end())]
    name = NAME.match(plain, position)
    if name and plain[name.end() : name.end() + 1] != "_":
        word = "pi" if name[0] == "π" else name[0]
        known = ALIASES.get(word, word)
        kind: Kind = "function" if known in FUNCTIONS else "name"
        return [Token(kind, known, position, name.end())]
    exponent = _EXPONENT.match(plain, position)
    if exponent:
        sign, digits = exponent[1], "".join(_RAISED[digit] for digit in exponent[2])
        made = [Token("operator", "**", position, exponent.end(), raised=True)]
        if sign == "⁻":
            made.append(Token("operator", "-", position, exponent.end(), raised=True))
        return [*made, Token("number", digits, position, exponent.end(), raised=True)]
    sign_found = _SIGNS.match(plain, position)
    if sign_found:
        end = sign_found.end()
        if plain[position:end] == "/" and plain[end : end + 1] == "/":
            raise FormulaError("not-arithmetic", text, (position, end + 1), found="//")
        if plain[position:end] in _COMPARISONS:
            return [Token("comparison", _COMPARISONS[plain[position:end]], position, end)]
        return [Token("operator", _OPERATORS[plain[position:end]], position, end)]
    single = plain[position]
    marks: dict[str, Kind] = {"(": "open", ")": "close", ",": "comma"}
    if single in marks:
        return [Token(marks[single], single, position, position + 1)]
    if single in _ROOTS:
        return [Token("function", _ROOTS[single], position, position + 1, raised=True)]
    raise _refusal(text, position)


def _refusal(text: str, position: int) -> FormulaError:
    """Why nothing begins at a position."""
    single = text[position]
    place = (position, position + 1)
    if single in "[]{}":
        return FormulaError("brackets", text, place, found=single)
    if single == "|":
        return FormulaError("bars", text, place)
    if single == "=":
        return FormulaError("equation", text, place, found=single)
    if single == "∞":
        return FormulaError("not-finite", text, place, name=single)
    if single == "_" or (single.isascii() and single.isalpha()):
        # A name whose underscores do not stand alone and inside.
        end = position
        while end < len(text) and (text[end] == "_" or text[end].isalnum()):
            end += 1
        return FormulaError("bad-name", text, (position, end), name=f"`{text[position:end]}`")
    if single.isascii() and single.isprintable():
        return FormulaError("not-arithmetic", text, place, found=single)
    near = unicodedata.normalize("NFKC", single)
    about = {"code": f"U+{ord(single):04X}", "character": single if single.isprintable() else "�"}
    if near != single and len(near) == 1 and near.isprintable() and (near.isascii() or near in GREEK):
        return FormulaError("character-near", text, place, near=near, **about)
    return FormulaError("character", text, place, **about)


def check_number(text: str, number: str, place: tuple[int, int]) -> None:
    """Refuse a number that no float64 holds.

    Raises:
        FormulaError: It would be infinite, or 0 though it is not.
    """
    value = float(number)
    shown = number if len(number) <= 24 else number[:12] + "…" + number[-8:]
    if not isfinite(value):
        raise FormulaError("number-too-large", text, place, number=shown)
    if value == 0 and re.search("[1-9]", re.split("[eE]", number)[0]):
        raise FormulaError("number-too-small", text, place, number=shown)


def _roots(found: list[Token], text: str) -> list[Token]:
    """The tokens with parentheses after each root: √2 and √x are sqrt(2) and sqrt(x)."""
    made: list[Token] = []
    for index, token in enumerate(found):
        made.append(token)
        if index == 0 or not (found[index - 1].kind == "function" and found[index - 1].raised):
            continue
        if token.kind in ("number", "name"):
            made[-1:] = [
                Token("open", "(", token.start, token.start),
                token,
                Token("close", ")", token.end, token.end),
            ]
            following = found[index + 1] if index + 1 < len(found) else None
            if following is not None and following.text == "**":
                raise FormulaError("ambiguous-power", text, (found[index - 1].start, following.end))
    return made
