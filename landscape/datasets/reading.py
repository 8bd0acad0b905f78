"""Reading: a user's file of comma-separated values, or the like, as a table; bounded in time and memory."""

import os
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import IO, Any

from landscape.datasets.columns import ColumnReader
from landscape.datasets.dataset import Dataset, Task
from landscape.datasets.decoding import decode
from landscape.datasets.splitting import (
    DELIMITERS,
    MAX_COLUMNS,
    Row,
    find_marks,
    split,
    without_separator_line,
)
from landscape.datasets.table import MissingRule, Table
from landscape.datasets.table_errors import TableError, shortened

MAX_MEGABYTES = 20
"""A file of more is refused."""

MAX_CELLS = 5_000_000
"""Fields of a table: as many as 20 MB of numbers with three digits have."""

CHUNK = 100_000
"""Fields that are read at once."""

NUM_FIRST_ROWS = 10
"""Rows that a table keeps as they are written."""

Source = str | os.PathLike[str] | bytes | IO[bytes] | IO[str]
"""A path, the bytes of a file, or an open file."""


def read_table(
    path_or_buffer: Source,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
    header: bool | None = None,
) -> Table:
    r"""Read a table of numbers and texts: CSV of any usual kind, up to 20 MB.

    What is not told is found out, and the table says what was taken. Numbers are read exactly, with a
    decimal point or comma, an exponent, or a percent sign; a mark between thousands is refused. Nothing,
    NA, N/A, NaN, null and - are missing values. Nothing is written to disk.

    Args:
        path_or_buffer: A path, the bytes of a file, or an open file of bytes or of text.
        encoding: Any that Python knows; left out, UTF-8, UTF-16, cp949 (Korean) or cp1252 (Western
            European), whichever the bytes show.
        delimiter: ",", ";" or a tab; left out, the one that fits the first rows best, or that of a first
            line `sep=;`.
        decimal: "." or ","; left out, a comma if more numbers are written so.
        header: Whether the first row holds names; left out, whether it stands over numbers, or holds none
            (but years that follow each other).
            A name that occurs again gets a number, and an empty one the column's: x1, x2, ….

    Returns:
        The table; its columns may be texts, which `Table.dataset` refuses as features.

    Raises:
        TableError: The file is no such table; its kinds are `KINDS`.
        OSError: The file cannot be opened.
        ValueError: An argument is outside its range.

    Example:
        >>> from landscape.datasets import read_table
        >>> table = read_table("x;y\n1,5;2,0\n2,5;4,1\n".encode("utf-16"))
        >>> table.names, table.encoding, table.delimiter, table.decimal, table.header
        (('x', 'y'), 'utf-16', ';', ',', True)
        >>> table.column("x").numbers.tolist()
        [1.5, 2.5]
    """
    _check(delimiter, decimal, header)
    text, encoding = decode(_bytes(path_or_buffer), encoding)
    text, told = without_separator_line(text)
    marks = find_marks(text, delimiter or told, decimal, header)
    rows = split(text, marks.delimiter)
    first = next(rows, None)
    if first is None:
        raise TableError("empty")
    width = len(first[1])
    if width > MAX_COLUMNS:
        raise TableError("too-many-columns", columns=width, most=MAX_COLUMNS)
    if width == 1:
        raise TableError("one-column", column=first[1][0])
    names, renamed = _names(first[1]) if marks.header else (_numbered(width), ())
    body = rows if marks.header else chain([first], rows)
    readers = [ColumnReader(name, marks.decimal) for name in names]
    first_rows: list[tuple[str, ...]] = []
    num_rows, last = 0, first[0]
    for numbers, fields in _chunks(body, width, marks.delimiter):
        num_rows += len(fields)
        last = numbers[-1]
        if num_rows * width > MAX_CELLS:
            raise TableError("too-many-cells", most=f"{MAX_CELLS:,}")
        first_rows += [tuple(map(shortened, row)) for row in fields[: NUM_FIRST_ROWS - len(first_rows)]]
        for reader, column in zip(readers, zip(*fields, strict=True), strict=True):
            reader.add(column, numbers)
    if num_rows == 0:
        raise TableError("only-header", names=", ".join(names))
    if num_rows == 1:
        raise TableError("one-row")
    return Table(
        name=_name(path_or_buffer),
        columns=tuple(reader.column() for reader in readers),
        num_rows=num_rows,
        encoding=encoding,
        delimiter=marks.delimiter,
        decimal=marks.decimal,
        header=marks.header,
        first_rows=tuple(first_rows),
        num_blank_rows=last - num_rows - marks.header,
        renamed=renamed,
    )


def read_csv(
    path_or_buffer: Source,
    *,
    target: str,
    features: Sequence[str] | str,
    missing: MissingRule = "refuse",
    task: Task | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
    header: bool | None = None,
) -> Dataset:
    r"""Read a dataset out of a CSV file: `read_table` and `Table.dataset` in one.

    Args:
        path_or_buffer: As of `read_table`.
        target: The column to be predicted.
        features: One or more columns of numbers to predict it from.
        missing: What is done where values are missing: "refuse", "drop" the rows, or put the "mean".
        task: "regression" or "classification"; left out, what the target's column is.
        encoding: As of `read_table`.
        delimiter: As of `read_table`.
        decimal: As of `read_table`.
        header: As of `read_table`.

    Returns:
        A dataset of at least 2 examples.

    Raises:
        TableError: The file is no such table, or its columns cannot be used as asked.
        OSError: The file cannot be opened.
        ValueError: An argument is outside its range.

    Example:
        >>> import landscape
        >>> data = landscape.read_csv(b"x,y\n1,2.5\n2,3.5\n", target="y", features=["x"])
        >>> data.targets.tolist()
        [2.5, 3.5]
    """
    table = read_table(path_or_buffer, encoding=encoding, delimiter=delimiter, decimal=decimal, header=header)
    return table.dataset(target, features, missing, task)


def _check(delimiter: Any, decimal: Any, header: Any) -> None:
    if delimiter not in (None, *DELIMITERS):
        raise ValueError(f"`delimiter` must be ',', ';' or a tab, got {delimiter!r}")
    if decimal not in (None, ".", ","):
        raise ValueError(f"`decimal` must be '.' or ',', got {decimal!r}")
    if header not in (None, True, False):
        raise ValueError(f"`header` must be True, False or None, got {header!r}")


def _bytes(source: Source) -> bytes:
    """The bytes of a source, of which no more are read than may be."""
    most = MAX_MEGABYTES * 2**20
    if isinstance(source, str) and "\n" in source:
        raise ValueError("`path_or_buffer` must be a path, bytes or an open file, got the text of a table")
    if isinstance(source, str | os.PathLike):
        with open(source, "rb") as file:
            data: Any = file.read(most + 1)
    elif isinstance(source, bytes | bytearray | memoryview):
        data = source
    elif hasattr(source, "read"):
        data = source.read(most + 1)
    else:
        raise ValueError(f"`path_or_buffer` must be a path, bytes or an open file, got {source!r}")
    if isinstance(data, str):
        # What no encoding can hold is refused where it is read.
        data = data.encode("utf-8", "surrogatepass")
    if len(data) > most:
        raise TableError("too-large", most=MAX_MEGABYTES)
    return bytes(data)


def _name(source: Source) -> str:
    path = source if isinstance(source, str | os.PathLike) else getattr(source, "name", "")
    stem = Path(path).stem if isinstance(path, str | os.PathLike) else ""
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:40] or "table"


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(f"x{place}" for place in range(1, count + 1))


def _names(header: list[str]) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The names of a header, distinct; and of those that were not, what became of them."""
    names: dict[str, None] = {}
    renamed = []
    for place, given in enumerate(header, 1):
        wanted = shortened(given.strip(), 100) or f"x{place}"
        name, again = wanted, 1
        while name in names:
            again += 1
            name = f"{wanted} ({again})"
        if name != wanted:
            renamed.append((wanted, name))
        names[name] = None
    return tuple(names), tuple(renamed)


def _chunks(rows: Iterator[Row], width: int, delimiter: str) -> Iterator[tuple[list[int], list[list[str]]]]:
    """The numbers and the fields of the rows, some rows at a time.

    Raises:
        TableError: A row has more or fewer fields than the first.
    """
    size = max(1, CHUNK // width)
    numbers: list[int] = []
    chunk: list[list[str]] = []
    for number, fields in rows:
        if len(fields) != width:
            between = DELIMITERS.get(delimiter, f"“{delimiter}”")
            raise TableError("ragged-row", row=number, fields=len(fields), expected=width, delimiter=between)
        numbers.append(number)
        chunk.append(fields)
        if len(chunk) == size:
            yield numbers, chunk
            numbers, chunk = [], []
    if chunk:
        yield numbers, chunk
