"""Grammar: whether tokens follow each other as in a formula, and products that were typed without a sign."""

from collections.abc import Collection
from difflib import get_close_matches

from landscape.formulas.errors import FormulaError
from landscape.formulas.operations import ALIASES, FUNCTIONS, HINTS
from landscape.formulas.tokens import Token

MOST_LEVELS = 40
"""Parentheses, signs and powers are nested so deep at most."""

_ENDS = ("number", "name", "close")
"""What an operand ends with."""


class _Level:
    """What stands between one pair of parentheses, as far as it has been read."""

    def __init__(self, opening: Token | None, called: bool) -> None:
        self.opening = opening
        self.called = called
        self.before: str | None = None  # the operator that the last operand stands behind
        self.pending = 0  # signs and powers that nest in each other


def completed(tokens: list[Token], text: str, names: Collection[str]) -> list[Token]:
    """The tokens with a * wherever a product was typed without one.

    A product needs no sign between a number or a closing parenthesis and what follows, nor between two names;
    behind / and ^ it does, for 1/2x could be read in two ways.

    Raises:
        FormulaError: Something is missing, too much, ambiguous, or nested too deep.
    """
    levels = [_Level(None, called=False)]
    made: list[Token] = []
    last: Token | None = None
    for token in tokens:
        level = levels[-1]
        ended = last is not None and last.kind in _ENDS
        if last is not None and last.kind == "function" and token.kind != "open":
            raised = token.text == "**"
            kind = "power-of-function" if raised else "function-without-arguments"
            raise FormulaError(kind, text, last.place, name=last.text)
        if token.kind in ("number", "name", "function", "open"):
            if ended and last is not None:
                made.append(_product(last, token, level, text, names))
            if token.kind == "open":
                levels.append(_Level(token, called=last is not None and last.kind == "function"))
        elif token.kind == "operator" and not ended and token.text in "+-":
            level.pending += 1  # a sign
        elif not ended:
            raise FormulaError("missing-operand", text, token.place, found=text[token.start : token.end])
        elif token.kind == "close":
            if len(levels) == 1:
                raise FormulaError("unopened-parenthesis", text, token.place)
            levels.pop()
        elif token.kind == "comma":
            if not level.called:
                raise FormulaError("comma", text, token.place)
            level.before, level.pending = None, 0
        elif token.text == "**":
            if last is not None and last.raised:
                raise FormulaError("ambiguous-power", text, (last.start, token.end))
            # What stands behind / stays there: 1/x² y could be read in two ways as well.
            level.before, level.pending = "/" if level.before == "/" else "**", level.pending + 1
        else:
            level.before, level.pending = token.text, 0
        if sum(1 + level.pending for level in levels) > MOST_LEVELS:
            raise FormulaError("too-deep", text, token.place, most=MOST_LEVELS)
        made.append(token)
        last = token
    if last is not None and last.kind == "function":
        raise FormulaError("function-without-arguments", text, last.place, name=last.text)
    if last is None or last.kind not in _ENDS:
        raise FormulaError("missing-end", text, (len(text.rstrip()), len(text.rstrip()) + 1))
    if len(levels) > 1 and levels[-1].opening is not None:
        raise FormulaError("unclosed-parenthesis", text, levels[-1].opening.place)
    return made


def _product(last: Token, token: Token, level: _Level, text: str, names: Collection[str]) -> Token:
    """The * between two operands that stand side by side.

    Raises:
        FormulaError: It could be something else, or it could belong elsewhere.
    """
    if last.kind == "name" and token.kind == "open":
        raise unknown_function(last, text, names)
    if token.kind == "number":
        raise FormulaError("missing-operator", text, token.place, found=text[token.start : token.end])
    apart = last.end < token.start and token.kind != "open"
    if level.before == "/" or (level.before == "**" and not last.raised and not apart):
        after = "/" if level.before == "/" else "^"
        raise FormulaError("ambiguous-product", text, (last.start, token.end), after=after)
    level.before, level.pending = "*", 0
    return Token("operator", "*", token.start, token.start)


def unknown_function(name: Token, text: str, names: Collection[str]) -> FormulaError:
    """Why a name is no function, and which was meant."""
    if name.text in names:
        return FormulaError("name-called", text, name.place, name=name.text)
    near = HINTS.get(name.text) or nearest(name.text, (*FUNCTIONS, *ALIASES))
    if near:
        return FormulaError("unknown-function-near", text, name.place, name=name.text, near=near)
    return FormulaError("unknown-function", text, name.place, name=name.text)


def nearest(name: str, known: Collection[str]) -> str | None:
    """The known name that is spelled nearly so, if there is one."""
    close = get_close_matches(name.lower(), known, n=1, cutoff=0.7)
    return close[0] if close else None
