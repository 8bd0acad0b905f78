"""Splitting: a text into rows of fields, and which marks it is written with.

The rows are split by Python's `csv`: pandas comes with Streamlit, but the numerics know no screen, it
reads numbers inexactly unless told not to, and its guesses are slow and silent.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from landscape.datasets.numerals import NUMERAL, THOUSANDS, is_missing, is_numeral, normalized
from landscape.datasets.table_errors import TableError

DELIMITERS = {"\t": "tabs", ";": "semicolons", ",": "commas"}
"""What may stand between fields, and what it is called. A comma may be a decimal mark, so it comes last."""

SAMPLE = 65_536
"""Characters from whose rows the marks are told."""

MAX_COLUMNS = 1_000
"""A table with more is refused."""

LONGEST_FIELD = 131_072
"""Characters of a field: the limit of Python's `csv`, which no table needs to change."""

Row = tuple[int, list[str]]
"""The number of a row, as a spreadsheet counts, and its fields."""


@dataclass(frozen=True)
class Marks:
    """What a table is written with: delimiter, decimal mark, and whether its first row is a header."""

    delimiter: str
    decimal: str
    header: bool


def without_separator_line(text: str) -> tuple[str, str | None]:
    """The text without the line `sep=;` that Excel understands, and the delimiter that it tells."""
    found = re.match(r'"?sep=(.)"?\r?(\n|$)', text)
    return (text[found.end() :], found[1]) if found else (text, None)


def find_marks(text: str, delimiter: str | None, decimal: str | None, header: bool | None) -> Marks:
    """The marks of a table: those told, and of the others what the first rows and the numbers show.

    Args:
        text: The whole text.
        delimiter: As told, or None.
        decimal: As told, or None.
        header: As told, or None.
    """
    sample = text[:SAMPLE]
    cut = len(text) > SAMPLE
    if delimiter is None:
        delimiter = _delimiter(sample, cut)
    rows = _sampled(sample, cut, delimiter)
    if decimal is None:
        decimal = _decimal(text, rows, delimiter)
    if header is None:
        header = _has_header(rows, decimal)
    return Marks(delimiter, decimal, header)


def split(text: str, delimiter: str) -> Iterator[Row]:
    """The rows of a text that are not blank, with their numbers, beginning with 1.

    Raises:
        TableError: A quotation mark is not closed or stands where none can, or a field is too long.
    """
    # A StringIO would hold four bytes for each character.
    lines = _Lines(io.TextIOWrapper(io.BytesIO(text.encode("utf-8")), encoding="utf-8", newline=""))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        lines.first = ""
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _refusal(str(error), lines.first, number) from None
        if any(fields) and not (len(fields) == 1 and fields[0].isspace()):
            yield number, fields


class _Lines:
    """Lines, of which the first of the present row is remembered."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.first = ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        self.first = self.first or line
        return line


def _refusal(message: str, line: str, row: int) -> TableError:
    if "field larger" in message and line.count('"') % 2 == 0:
        return TableError("long-field", row=row, most=f"{LONGEST_FIELD:,}")
    if "field larger" in message or "unexpected end" in message:
        return TableError("unclosed-quote", row=row)
    return TableError("stray-quote", row=row)


def _sampled(sample: str, cut: bool, delimiter: str) -> list[list[str]]:
    """The rows of a sample that are not blank; the last may be a part of a row and is left out."""
    rows: list[list[str]] = []
    try:
        rows.extend(filter(any, csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)))
    except csv.Error:
        cut = False
    return rows[:-1] if cut and len(rows) > 1 else rows


def _delimiter(sample: str, cut: bool) -> str:
    """The delimiter that gives most rows the same number of fields, above 1, and most fields a number."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        rows = _sampled(sample, cut, delimiter)
        usual, times = Counter(map(len, rows)).most_common(1)[0] if rows else (1, 0)
        if usual < 2:
            usual = max(map(len, rows), default=1)
            times = 0
        if usual < 2:
            continue
        fields = [field for row in rows[:200] for field in row[:MAX_COLUMNS]]
        numbers = sum(_is_any_numeral(field) for field in fields)
        score = 1e-6 + times / len(rows) + numbers / len(fields)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _is_any_numeral(field: str) -> bool:
    return is_numeral(field, ".") or is_numeral(field, ",")


def _decimal(text: str, rows: list[list[str]], delimiter: str) -> str:
    points = commas = 0
    for row in rows:
        for field in row:
            number = normalized(field).removesuffix("%")
            if "." in number:
                points += bool(NUMERAL["."].fullmatch(number))
            elif "," in number and NUMERAL[","].fullmatch(number):
                # Where no semicolon speaks for a decimal comma, 1,234 may be a thousand.
                commas += delimiter == ";" or not THOUSANDS.fullmatch(number)
    if points == commas == 0 and delimiter == ";":
        commas = bool(re.search(r"\d,\d", text))
        points = bool(re.search(r"\d\.\d", text))
    return "," if commas > points else "."


def _has_header(rows: list[list[str]], decimal: str) -> bool:
    """Whether the first row is no data: a word over numbers, nothing but words, or words and years."""
    if not rows:
        return False
    first, rest = rows[0], rows[1:200]
    for column, field in enumerate(first):
        if is_missing(field.strip()) or is_numeral(field, decimal):
            continue
        below = [row[column] for row in rest if column < len(row) and not is_missing(row[column].strip())]
        if below and all(is_numeral(other, decimal) for other in below):
            return True
    numerals = [field.strip() for field in first if _is_any_numeral(field)]
    return not numerals or (_are_years(numerals) and len(numerals) < len(first))


def _are_years(numerals: list[str]) -> bool:
    """Whether numbers are years that follow each other: 2019, 2020, the columns of many a statistic."""
    if len(numerals) < 2 or not all(re.fullmatch("(1[5-9]|20)[0-9]{2}", numeral) for numeral in numerals):
        return False
    return all(int(second) - int(first) == 1 for first, second in pairwise(numerals))
