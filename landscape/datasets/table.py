"""Table: columns of numbers and texts as they were read, and the dataset that is made of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, get_args

import numpy as np

from landscape.datasets.columns import MAX_CLASSES, Column
from landscape.datasets.dataset import Dataset, Task
from landscape.datasets.table_errors import TableError, shortened

MissingRule = Literal["refuse", "drop", "mean"]
"""What is done where values are missing: nothing, drop the rows, or put the mean of the column there."""


@dataclass(frozen=True, eq=False)
class Table:
    r"""A table as it was read, with all that was decided in reading it.

    Attributes:
        name: Lower-case hyphenated name, after the file's.
        columns: In the file's order.
        num_rows: Rows of data, n.
        encoding: As found or told: "utf-8", "utf-16-le", "cp949", …
        delimiter: As found or told: ",", ";", "\t".
        decimal: As found or told: "." or ",".
        header: Whether the first row is a header; without one the columns are x1, x2, …
        first_rows: The first rows of data as they are written, for a look at them.
        num_blank_rows: Rows left out because nothing stands in them.
        renamed: Of names that occur again in the header, (name, what it became).
    """

    name: str
    columns: tuple[Column, ...]
    num_rows: int
    encoding: str
    delimiter: str
    decimal: str
    header: bool
    first_rows: tuple[tuple[str, ...], ...] = ()
    num_blank_rows: int = 0
    renamed: tuple[tuple[str, str], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of a name.

        Raises:
            TableError: There is none; names like it are suggested.
        """
        for column in self.columns:
            if column.name == name:
                return column
        near = get_close_matches(str(name)[:100], self.names, n=3, cutoff=0.6)
        near = near or [other for other in self.names if other.lower() == str(name).strip().lower()]
        known = ", ".join(f"“{shortened(other)}”" for other in near or self.names[:10])
        known += ", …" if not near and len(self.names) > 10 else ""
        suggestion = f"is {known} meant?" if near else f"there are {known}"
        raise TableError("unknown-column", column=str(name), suggestion=suggestion.rstrip("?"), near=near)

    def dataset(
        self,
        target: str,
        features: Sequence[str] | str,
        missing: MissingRule = "refuse",
        task: Task | None = None,
    ) -> Dataset:
        r"""A dataset of some of the columns.

        Args:
            target: The column to be predicted.
            features: One or more columns of numbers to predict it from.
            missing: What is done where values are missing in these columns: "refuse" says where;
                "drop" leaves out their rows; "mean" puts the mean of its column in the place of a
                feature, and leaves out rows whose target is missing. The dataset's description
                says what was done.
            task: "regression" or "classification"; left out, what the target's column is: numbers
                or texts. Different numbers are classes too, in ascending order.

        Returns:
            A dataset of at least 2 examples.

        Raises:
            TableError: A column is none of the table's or cannot be used as asked, or values are missing.
            ValueError: `missing` or `task` is another word.

        Example:
            >>> from landscape.datasets import read_table
            >>> table = read_table(b"x;y;kind\n1,5;2;a\n;3;b\n2;4;a\n")
            >>> table.dataset("y", "x", missing="drop").inputs.tolist()
            [[1.5], [2.0]]
            >>> table.dataset("kind", ["x", "y"], missing="mean").class_names
            ('a', 'b')
        """
        if missing not in get_args(MissingRule):
            raise ValueError(f"`missing` must be one of {', '.join(get_args(MissingRule))}, got {missing!r}")
        if task not in (None, *get_args(Task)):
            raise ValueError(f"`task` must be 'regression' or 'classification', got {task!r}")
        answer = self.column(target)
        chosen = self._features([features] if isinstance(features, str) else list(features), answer)
        if answer.kind == "empty":
            raise TableError("empty-column", column=answer.name)
        task = task or ("regression" if answer.kind == "number" else "classification")
        if answer.problem is not None and (task == "regression" or answer.mistaken):
            raise answer.problem
        targets, class_names = _targets(answer, task)
        inputs = np.stack([column.numbers for column in chosen if column.numbers is not None], axis=1)
        inputs, targets, done = self._without_missing(inputs, targets, [*chosen, answer], missing)
        if task == "classification":
            targets, class_names = _present_classes(targets, class_names)
        _check_targets(answer, targets, class_names)
        return Dataset(
            name=self.name,
            title=self.name,
            inputs=inputs,
            targets=targets,
            feature_names=tuple(column.name for column in chosen),
            target_name=answer.name,
            task=task,
            class_names=class_names,
            description=" ".join([f"{len(inputs)} rows of a table.", *done]),
        )

    def _features(self, names: list[str], target: Column) -> list[Column]:
        if not names:
            raise TableError("no-feature")
        chosen = [self.column(name) for name in names]
        for place, column in enumerate(chosen):
            if column.name in names[:place]:
                raise TableError("repeated-feature", column=column.name)
            if column is target:
                raise TableError("target-among-features", column=column.name)
            if column.problem is not None:
                raise column.problem
            if column.kind == "empty":
                raise TableError("empty-column", column=column.name)
        return chosen

    def _without_missing(
        self, inputs: np.ndarray, targets: np.ndarray, columns: list[Column], rule: MissingRule
    ) -> tuple[np.ndarray, np.ndarray, list[str]]:
        """Inputs and targets without gaps, and sentences that say what became of those."""
        gaps, unknown = np.isnan(inputs), np.isnan(targets)
        incomplete = gaps.any(axis=1) | unknown
        if not incomplete.any():
            return inputs, targets, []
        counts = [*gaps.sum(axis=0).tolist(), int(unknown.sum())]
        where = [
            f"“{shortened(column.name)}” ({count})"
            for column, count in zip(columns, counts, strict=True)
            if count
        ]
        if rule == "refuse":
            named = ", ".join(where[:10]) + (", …" if len(where) > 10 else "")
            raise TableError(
                "missing", rows=int(incomplete.sum()), total=self.num_rows, columns=_Words(named)
            )
        dropped = incomplete if rule == "drop" else unknown
        num_dropped, kept = int(dropped.sum()), ~dropped
        if kept.sum() < 2:
            left = int(kept.sum())
            raise TableError("too-few-rows", dropped=num_dropped, left=left, total=self.num_rows)
        inputs, targets, gaps = inputs[kept], targets[kept], gaps[kept]
        done = [f"{num_dropped} rows with missing values were dropped."] if num_dropped else []
        for place, column in enumerate(columns[:-1]):
            gap = gaps[:, place]
            if gap.all():
                raise TableError("empty-column", column=column.name)
            if gap.any():
                present = inputs[~gap, place]
                # Divided before they are added: the sum may be too large where the mean is not.
                inputs[gap, place] = np.sum(present / len(present))
                done.append(f"{int(gap.sum())} missing values of “{column.name}” became its mean.")
        return inputs, targets, done


class _Words(str):
    """A text of ours in a sentence, which is not cut as one of the file would be."""


def _targets(column: Column, task: Task) -> tuple[np.ndarray, tuple[str, ...]]:
    """The targets, NaN where they are missing, and the names of classes."""
    if column.numbers is None:
        if column.labels is None:
            raise TableError("too-many-classes", column=column.name, most=MAX_CLASSES)
        return np.where(column.labels < 0, np.nan, column.labels), column.classes
    if task == "regression":
        return column.numbers, ()
    values = np.unique(column.numbers[~np.isnan(column.numbers)])
    if len(values) > MAX_CLASSES:
        raise TableError("too-many-classes", column=column.name, most=MAX_CLASSES)
    labels = np.searchsorted(values, column.numbers).astype(float)
    labels[np.isnan(column.numbers)] = np.nan
    return labels, tuple(repr(float(value)).removesuffix(".0") for value in values)


def _present_classes(targets: np.ndarray, names: tuple[str, ...]) -> tuple[np.ndarray, tuple[str, ...]]:
    """The same without classes whose rows were dropped."""
    present = np.unique(targets.astype(int))
    return np.searchsorted(present, targets), tuple(names[number] for number in present)


def _check_targets(column: Column, targets: np.ndarray, class_names: tuple[str, ...]) -> None:
    if (targets == targets[0]).all():
        value = class_names[0] if class_names else f"{targets[0]:g}"
        raise TableError("constant-target", column=column.name, value=value)
    if len(class_names) == len(targets) > 2 and column.numbers is None:
        raise TableError("all-different", column=column.name)
