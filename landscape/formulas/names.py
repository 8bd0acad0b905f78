"""Names: what a parameter, a variable or a constant of a formula may be called, and how it is set."""

import keyword
import re
from collections.abc import Iterable

from landscape.formulas.errors import FormulaError, shown
from landscape.formulas.operations import ALIASES, CONSTANTS, FUNCTIONS

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi",
    "ρ": "rho", "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
    "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma",
    "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
"""Greek letters that look like no Latin one, with their English names."""

LETTER = "a-zA-Z" + "".join(GREEK) + "가-힣"
"""What names are made of besides digits and underscores, as inside brackets of a regular expression."""

NAME = re.compile(f"[{LETTER}][{LETTER}0-9]*(?:_[{LETTER}0-9]+)*")
"""A name: it begins with a letter, and its underscores stand alone and inside."""

RESERVED = {"inf", "nan", "infinity"}
"""What would be read as a number that is none."""

MOST_NAMES = 16
"""A formula has so many parameters, variables or constants at most."""

_LOWERED = {0x2080 + digit: str(digit) for digit in range(10)}
_LETTERS = {
    0x00B5: "μ", 0x2126: "Ω", 0x2206: "Δ", 0x03F5: "ε", 0x03D1: "θ", 0x03D5: "φ", 0x03F1: "ρ", 0x03F0: "κ",
}  # fmt: skip
_VARIANTS = {"epsilon": r"\varepsilon", "phi": r"\varphi"}


def usual(text: str) -> str:
    """The text with one form of each Greek letter, and digits for those below the line; of the same length.

    Example:
        >>> usual("w₁ + ϑ")
        'w1 + θ'
    """
    return text.translate(_LOWERED | _LETTERS)


def check_names(argument: str, names: Iterable[str], text: str, least: int = 1) -> tuple[str, ...]:
    """The names as a tuple.

    Raises:
        FormulaError: One of them is no name, or taken by a function, or there twice; or they are too many.
    """
    found = (names,) if isinstance(names, str) else tuple(names)
    found = tuple(usual(name) if isinstance(name, str) else name for name in found)
    if not least <= len(found) <= MOST_NAMES:
        raise FormulaError(
            "name-count", text, argument=argument, least=least, most=MOST_NAMES, count=len(found)
        )
    for index, name in enumerate(found):
        check_name(name, text)
        if name in found[:index]:
            raise FormulaError("name-twice", text, name=name)
    return found


def check_name(name: str, text: str, place: tuple[int, int] | None = None) -> None:
    """Refuse what cannot be the name of a number.

    Raises:
        FormulaError: Saying why not.
    """
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise FormulaError("bad-name", text, place, name=shown(name))
    if name in FUNCTIONS or name in ALIASES or name in CONSTANTS or name == "π":
        raise FormulaError("name-taken", text, place, name=name)
    if keyword.iskeyword(name):
        raise FormulaError("reserved-name", text, place, name=name)
    if name.lower() in RESERVED:
        raise FormulaError("not-finite", text, place, name=name)


def name_latex(name: str) -> str:
    r"""A name in LaTeX: theta and θ are \theta; w1 and w_1 are w_{1}; rate stands upright.

    Example:
        >>> [name_latex(name) for name in ("x", "theta_1", "w12", "rate", "w_max")]
        ['x', '\\theta_{1}', 'w_{12}', '\\mathrm{rate}', 'w_{\\mathrm{max}}']
    """
    head, *indices = name.split("_")
    numbered = re.fullmatch(r"(\D+)(\d+)", head)
    if numbered:
        head, indices = numbered[1], [numbered[2], *indices]
    below = ",".join(_word(index) for index in indices)
    return _word(head) + (f"_{{{below}}}" if below else "")


def _word(word: str) -> str:
    word = GREEK.get(word, word)
    if word in GREEK.values():
        return _VARIANTS.get(word, f"\\{word}")
    if len(word) == 1 or word.isdigit():
        return word if word.isascii() else rf"\text{{{word}}}"
    if word.isascii():
        return rf"\mathrm{{{word}}}"
    if all(letter in GREEK for letter in word):
        return " ".join(_word(letter) for letter in word)
    return rf"\text{{{word}}}"
