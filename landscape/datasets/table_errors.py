"""TableError: what is wrong with a reader's table, as a kind, its values and an English sentence.

ValueError
└── TableError

All sentences stand here, each with its cause and, where there is one, its remedy. Rows are counted as a
spreadsheet counts them: the header is row 1, and blank rows count.
"""

from typing import Any

KINDS: dict[str, str] = {
    # The file is no table of text.
    "empty": "The file is empty.",
    "too-large": "The file is larger than {most} MB; a sample of its rows will do.",
    "zip": "This is a zip archive, maybe an Excel file (.xlsx); open it and save it as CSV.",
    "old-excel": "This is an Excel file of the old kind (.xls); open it and save it as CSV.",
    "archive": "This is a compressed file ({format}); unpack it first.",
    "pdf": "This is a PDF document; copy its table into a spreadsheet and save it as CSV.",
    "image": "This is a picture ({format}), not a table; save the table itself as CSV.",
    "database": "This is a {format} file; export its table as CSV.",
    "html": "This is a web page (HTML), not a table; download the data themselves as CSV.",
    "control-characters": "The file holds null bytes or other control characters: it is no text. "
    "Save the table as CSV.",
    "not-decodable": "The file is not text in {encoding}: byte {byte} in row {row} stands for nothing. "
    "Save it as CSV UTF-8.",
    # The text is no table.
    "only-header": "The file has a header, “{names}”, and no row of data under it.",
    "one-row": "The file has 1 row of data; a model needs at least 2.",
    "one-column": "The file has 1 column, “{column}”; there must be at least 2, a feature and a target, "
    "separated by commas, semicolons or tabs.",
    "too-many-columns": "The file has {columns} columns; at most {most} can be read.",
    "too-many-cells": "The file has more than {most} fields; a sample of its rows will do.",
    "ragged-row": "Row {row} has {fields} fields, where {expected} are expected: one for each column, "
    "separated by {delimiter}.",
    "unclosed-quote": "A quotation mark that is opened in row {row} is never closed.",
    "stray-quote": "In row {row} more text follows the quotation mark that closes a field; "
    'a quotation mark inside a field is written twice, "".',
    "long-field": "Row {row} has a field of more than {most} characters: "
    "a number without end, or a quotation mark that is never closed.",
    # A field is no number.
    "text": "“{value}” in row {row}, column “{column}”, is no number.",
    "thousands": "“{value}” in row {row}, column “{column}”, has a mark between thousands; "
    "save the numbers without it.",
    "other-decimal": "“{value}” in row {row}, column “{column}”, is no number: "
    "the decimal mark of this file is taken to be “{decimal}”.",
    "overflow": "“{value}” in row {row}, column “{column}”, is too large: numbers end at 1.8e308.",
    "long-number": "The number in row {row}, column “{column}”, has {length} characters; "
    "at most {most} can be read.",
    "percent": "“{value}” in row {row}, column “{column}”: some numbers of this column have a percent sign "
    "and some have none.",
    # The columns do not fit what is asked of them.
    "unknown-column": "There is no column “{column}”; {suggestion}.",
    "no-feature": "No feature is chosen; a model needs at least one column to predict the target from.",
    "repeated-feature": "The column “{column}” is chosen twice as a feature.",
    "target-among-features": "The target “{column}” is among the features: it would predict itself.",
    "missing": "Values are missing in {rows} of {total} rows, in the columns {columns}; "
    "say what to do: drop these rows, or put the mean of its column in each place.",
    "empty-column": "The column “{column}” has no values at all.",
    "too-few-rows": "After {dropped} rows with missing values are dropped, {left} of {total} are left; "
    "a model needs at least 2.",
    "constant-target": "The target “{column}” is {value} in every row: there is nothing to predict.",
    "too-many-classes": "The target “{column}” has more than {most} different values; "
    "these are too many for classes.",
    "all-different": "The target “{column}” has another value in each row: these are names, not classes.",
}
"""Every kind of bad table, with its English sentence."""

LONGEST_QUOTE = 40
"""Characters of a field or a name that a sentence repeats."""


class TableError(ValueError):
    """A table that cannot be read, or columns that cannot be used; a sentence says why.

    Args:
        kind: One of `KINDS`.
        values: What the sentence of the kind names: rows, columns, values of the file.

    Example:
        >>> from landscape.datasets import TableError
        >>> error = TableError("text", value="abc", row=3, column="x")
        >>> print(error)
        “abc” in row 3, column “x”, is no number.
        >>> error.kind, error.values["row"]
        ('text', 3)
    """

    def __init__(self, kind: str, **values: Any) -> None:
        self.kind = kind
        self.values = values = {name: shortened(value) for name, value in values.items()}
        super().__init__(KINDS[kind].format(**values))

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.kind, self.values)


def _again(kind: str, values: dict[str, Any]) -> TableError:
    return TableError(kind, **values)


def shortened(value: Any, most: int = LONGEST_QUOTE) -> Any:
    """The value, a long text cut to its beginning; line breaks become spaces."""
    if not isinstance(value, str):
        return value
    words = " ".join(value[: 2 * most].split())
    return words if len(value) <= most else words[:most] + "…"
