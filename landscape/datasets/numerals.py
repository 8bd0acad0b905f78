"""Numerals: how a table writes numbers, and reading them exactly.

Each number is read by Python's `float`, the nearest one to what is written; the faster parsers of table
libraries are off by a last digit. `float` would also take "1_000", "inf" and digits of any script, so that
only the characters of a numeral come to it.
"""

import math
import re
from collections.abc import Sequence

import numpy as np

MISSING = frozenset({"", "na", "n/a", "nan", "null", "-", "#n/a", "#na"})
"""What stands for a missing value, in lower case."""

LONGEST_NUMBER = 1000
"""Characters of a number; the longest that a double needs to be told from others has fewer than 800."""

NUMERAL = {
    ".": re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII),
    ",": re.compile(r"[+-]?(\d+(,\d*)?|,\d+)([eE][+-]?\d+)?", re.ASCII),
}
"""A number by the decimal mark. No two parts match the same digits, so that a long field takes no longer."""

CHARACTERS = {mark: frozenset("0123456789+-eE \x1f%NAnaulUL/#" + mark) for mark in ".,"}
"""Those of numerals, percent signs and missing values: of these `float` takes nothing else for a number."""

SIGNED_NAN = re.compile("[+-][nN]")

SPELLINGS = frozenset({"", "-", "NA", "na", "N/A", "n/a", "NaN", "nan", "NULL", "null", "#N/A"})
"""Missing values as they are usually written."""

THOUSANDS = re.compile(
    r"[+-]?\d{1,3}((,\d{3})+(\.\d*)?|(\.\d{3})+(,\d*)?|([ \xa0\u202f']\d{3})+([.,]\d*)?)",
    re.ASCII,
)

SEPARATOR = "\x1f"
"""Stands in no table, since control characters are refused."""


def is_missing(field: str) -> bool:
    """Whether a field, without spaces around it, says that there is no value."""
    return len(field) <= 4 and field.lower() in MISSING


def is_numeral(field: str, decimal: str) -> bool:
    """Whether a field is a number, maybe with a percent sign."""
    return len(field) <= LONGEST_NUMBER and bool(
        NUMERAL[decimal].fullmatch(normalized(field).removesuffix("%").rstrip())
    )


def normalized(field: str) -> str:
    """The field without spaces around it and with the minus sign of the keyboard."""
    return field.strip().replace("\u2212", "-")


def read_quickly(joined: str, fields: Sequence[str], decimal: str) -> tuple[np.ndarray, bool] | None:
    """The numbers of fields that are all usual numerals or missing, NaN there, or None.

    Args:
        joined: The fields, joined by `SEPARATOR`.
        fields: The fields.
        decimal: "." or ",".

    Returns:
        The numbers, and whether all have a percent sign (which is no part of them); none if only some have.
    """
    if not set(joined) <= CHARACTERS[decimal] or max(map(len, fields)) > LONGEST_NUMBER:
        return None
    if SIGNED_NAN.search(joined):  # what `float` alone takes for a number
        return None
    signs = joined.count("%")
    if signs:
        if signs != sum(field[-1:] == "%" for field in fields):
            return None
        fields = joined.replace("%", "").replace(decimal, ".").split(SEPARATOR)
    elif decimal == ",":
        fields = joined.replace(",", ".").split(SEPARATOR)
    try:
        numbers = np.fromiter(map(_number_or_nan, fields), float, len(fields))
    except ValueError:
        return None
    if np.isinf(numbers).any() or (signs and signs != len(fields) - np.isnan(numbers).sum()):
        return None
    return numbers, signs > 0


def _number_or_nan(field: str) -> float:
    return math.nan if field in SPELLINGS else float(field)


def read_number(field: str, decimal: str) -> float | str:
    """The number that a field (which is not missing) is, or the kind of what it is instead.

    Args:
        field: Without spaces around it, without a percent sign.
        decimal: "." or ",".

    Returns:
        A finite number; or "long-number", "overflow", "thousands", "other-decimal" or "text".
    """
    field = normalized(field)
    if len(field) > LONGEST_NUMBER:
        return (
            "long-number" if field[:LONGEST_NUMBER].strip("+-").replace(decimal, "").isdecimal() else "text"
        )
    if NUMERAL[decimal].fullmatch(field):
        number = float(field.replace(",", "."))
        return number if math.isfinite(number) else "overflow"
    if THOUSANDS.fullmatch(field):
        return "thousands"
    return "other-decimal" if NUMERAL["," if decimal == "." else "."].fullmatch(field) else "text"
