"""Datasets: real tables and seeded synthetic ones, by name; and users' own, read from CSV."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from landscape.datasets.classes import blobs, moons, rare_class, spirals, xor
from landscape.datasets.columns import Column
from landscape.datasets.dataset import Dataset, Task
from landscape.datasets.reading import read_csv, read_table
from landscape.datasets.regressions import (
    collinear,
    collinear_ingredients,
    correlated_features,
    line,
    line_with_outliers,
    thrown_stone,
)
from landscape.datasets.spreads import boxes, counts, spreading_line
from landscape.datasets.table import MissingRule, Table
from landscape.datasets.table_errors import KINDS, TableError
from landscape.datasets.tables import breast_cancer, diabetes, digits, iris, wine
from landscape.registries import Registry

__all__ = [
    "DATASETS",
    "KINDS",
    "Column",
    "Dataset",
    "DatasetRegistry",
    "MissingRule",
    "Recipe",
    "Table",
    "TableError",
    "Task",
    "blobs",
    "boxes",
    "breast_cancer",
    "collinear",
    "collinear_ingredients",
    "correlated_features",
    "counts",
    "diabetes",
    "digits",
    "iris",
    "line",
    "line_with_outliers",
    "moons",
    "rare_class",
    "read_csv",
    "read_table",
    "spirals",
    "spreading_line",
    "thrown_stone",
    "wine",
    "xor",
]


@dataclass(frozen=True)
class Recipe:
    """How a dataset is made, and what a selector says of it before it is."""

    name: str
    title: str
    task: Task
    make: Callable[[], Dataset]


class DatasetRegistry(Mapping[str, Dataset]):
    """A mapping from names to datasets, each made (or read) when it is first asked for.

    `recipes` lists name, title and task of every one without making any.

    Example:
        >>> from landscape import DATASETS
        >>> DATASETS.recipes["iris"].task
        'classification'
        >>> DATASETS["iris"].num_examples
        150
    """

    def __init__(self, recipes: Registry[Recipe]):
        self.recipes = recipes
        self._made = cache(lambda name: recipes[name].make())

    def __getitem__(self, name: str) -> Dataset:
        return self._made(name)

    def __contains__(self, name: object) -> bool:
        return name in self.recipes

    def __iter__(self) -> Iterator[str]:
        return iter(self.recipes)

    def __len__(self) -> int:
        return len(self.recipes)

    def __repr__(self) -> str:
        return repr(self.recipes)


DATASETS = DatasetRegistry(
    Registry(
        "dataset",
        [
            Recipe("line", "A line", "regression", line),
            Recipe("line-with-outliers", "A line with outliers", "regression", line_with_outliers),
            Recipe("thrown-stone", "A thrown stone", "regression", thrown_stone),
            Recipe("spreading-line", "A line that spreads", "regression", spreading_line),
            Recipe("counts", "Counts", "regression", counts),
            Recipe("boxes", "A detector's boxes", "regression", boxes),
            Recipe("collinear", "Two collinear features", "regression", collinear),
            Recipe("diabetes", "Diabetes progression", "regression", diabetes),
            Recipe("blobs", "Two blobs", "classification", blobs),
            Recipe("rare-class", "A rare class", "classification", rare_class),
            Recipe("moons", "Two moons", "classification", moons),
            Recipe("spirals", "Two spirals", "classification", spirals),
            Recipe("xor", "Exclusive or", "classification", xor),
            Recipe("breast-cancer", "Breast cancer (Wisconsin)", "classification", breast_cancer),
            Recipe("iris", "Irises", "classification", iris),
            Recipe("wine", "Wines", "classification", wine),
            Recipe("digits", "Handwritten digits", "classification", digits),
        ],
    )
)
"""Every dataset by its name, from simple to rich; scikit-learn is imported on first use."""
