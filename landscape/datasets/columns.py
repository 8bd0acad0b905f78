"""Columns of a table: numbers, or texts of which a few are classes, or nothing at all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from landscape.datasets.numerals import (
    LONGEST_NUMBER,
    SEPARATOR,
    is_missing,
    is_numeral,
    read_number,
    read_quickly,
)
from landscape.datasets.table_errors import TableError

ColumnKind = Literal["number", "text", "empty"]
"""What a column holds: numbers, texts, or nothing but missing values."""

MAX_CLASSES = 100
"""A text of more different values is no class."""


@dataclass(frozen=True, eq=False)
class Column:
    """A column of a table.

    Attributes:
        name: Its name, distinct from all others of the table.
        kind: What it holds.
        num_missing: How many values are missing.
        numbers: Shape (n,), NaN where a value is missing; of a column of numbers, else None.
        labels: Of a column of texts with at most `MAX_CLASSES` different ones: the number of each row's
            class, -1 where it is missing, shape (n,); else None.
        classes: The different texts, in alphabetical order.
        unit: "%" where all numbers have that sign, which is then no part of them; else empty.
        problem: Of a column of texts, why it is no column of numbers: the first field that is none.
        mistaken: Whether it would be a column of numbers but for single fields.
    """

    name: str
    kind: ColumnKind
    num_missing: int
    numbers: np.ndarray | None = None
    labels: np.ndarray | None = None
    classes: tuple[str, ...] = ()
    unit: str = ""
    problem: TableError | None = None
    mistaken: bool = False

    @property
    def missing(self) -> np.ndarray | None:
        """Where a value is missing, shape (n,); None for a text of too many different ones."""
        if self.numbers is not None:
            return np.isnan(self.numbers)
        return None if self.labels is None else self.labels < 0


@dataclass
class ColumnReader:
    """Gathers a column, some rows at a time, in little more memory than its numbers or its text.

    Args:
        name: Its name.
        decimal: The decimal mark, "." or ",".
    """

    name: str
    decimal: str
    _parts: list[np.ndarray] = field(default_factory=list)
    _texts: list[str] = field(default_factory=list)
    _percent: bool | None = None
    _problem: TableError | None = None
    _num_numerals: int = 0
    _num_others: int = 0

    def add(self, fields: Sequence[str], rows: Sequence[int]) -> None:
        """Some more fields and the numbers of their rows."""
        joined = SEPARATOR.join(fields)
        # Kept until the end: the last field may be a text, and then all are.
        self._texts.append(joined)
        if self._problem is not None:
            return
        quick = read_quickly(joined, fields, self.decimal)
        if quick is None or self._percent not in (None, quick[1]):
            numbers = self._slowly(fields, rows)
        else:
            numbers, percent = quick
            present = len(numbers) - int(np.isnan(numbers).sum())
            self._percent = percent if present else self._percent
            self._num_numerals += present
        self._parts.append(numbers)

    def column(self) -> Column:
        """The column, once all fields have been added."""
        if self._problem is not None:
            return self._text_column()
        numbers = np.concatenate(self._parts) if self._parts else np.zeros(0)
        self._parts, self._texts = [], []
        num_missing = int(np.isnan(numbers).sum())
        if num_missing == len(numbers):
            return Column(self.name, "empty", num_missing, numbers=_read_only(numbers))
        unit = "%" if self._percent else ""
        return Column(self.name, "number", num_missing, numbers=_read_only(numbers), unit=unit)

    def _slowly(self, fields: Sequence[str], rows: Sequence[int]) -> np.ndarray:
        numbers = np.full(len(fields), np.nan)
        for place, (given, row) in enumerate(zip(fields, rows, strict=True)):
            text = given.strip()
            if is_missing(text):
                continue
            percent = text.endswith("%")
            number = read_number(text[:-1].rstrip() if percent else text, self.decimal)
            if not isinstance(number, str):
                if self._percent in (None, percent):
                    self._percent = percent
                    numbers[place] = number
                    continue
                number = "percent"
            self._refuse(number, text, row)
            self._count(fields)
            return np.zeros(0)
        self._num_numerals += int(np.isfinite(numbers).sum())
        return numbers

    def _refuse(self, kind: str, text: str, row: int) -> None:
        values: dict[str, Any] = {"row": row, "column": self.name}
        if kind == "long-number":
            values |= {"length": f"{len(text):,}", "most": f"{LONGEST_NUMBER:,}"}
        else:
            values["value"] = text
        if kind == "other-decimal":
            values["decimal"] = self.decimal
        self._problem = TableError(kind, **values)

    def _count(self, fields: Sequence[str]) -> None:
        present = [text for text in map(str.strip, fields) if not is_missing(text)]
        numerals = sum(is_numeral(text, ".") or is_numeral(text, ",") for text in present)
        self._num_numerals += numerals
        self._num_others += len(present) - numerals

    def _text_column(self) -> Column:
        places: dict[str, int] = {}
        labels: list[np.ndarray] | None = []
        num_missing = 0
        for joined in self._texts:
            texts = [text.strip() for text in joined.split(SEPARATOR)]
            # Among numbers Na stands for no value, among texts for sodium.
            missing = [is_missing(text) and text != "Na" for text in texts]
            num_missing += sum(missing)
            if labels is None:
                continue
            numbers = [
                -1 if gone else places.setdefault(text, len(places))
                for text, gone in zip(texts, missing, strict=True)
            ]
            labels = [*labels, np.array(numbers)] if len(places) <= MAX_CLASSES else None
        mistaken = self._num_numerals > self._num_others
        if labels is None:
            return Column(self.name, "text", num_missing, problem=self._problem, mistaken=mistaken)
        # In alphabetical order; the place after the last is that of what is missing, -1.
        classes = tuple(sorted(places))
        order = np.full(len(places) + 1, -1)
        order[[places[name] for name in classes]] = np.arange(len(classes))
        return Column(
            self.name,
            "text",
            num_missing,
            labels=_read_only(order[np.concatenate(labels)]),
            classes=classes,
            problem=self._problem,
            mistaken=mistaken,
        )


def _read_only(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array
