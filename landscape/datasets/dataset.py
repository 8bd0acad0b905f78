"""Dataset: a table of examples with the quantity to be predicted."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

Task = Literal["regression", "classification"]
"""What is predicted: a number, or one of a few classes."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """A table of n examples with d features and one target each, or k targets in a regression.

    The arrays are copied, converted and made read-only, so that a dataset can be shared.

    Args:
        name: Lower-case hyphenated name, the text of a link.
        title: What a reader sees.
        inputs: The features, shape (n, d), finite; kept as float64.
        targets: Shape (n,), or (n, k) for a regression of k quantities: finite numbers (kept as
            float64) for a regression, class numbers 0 .. k - 1 (kept as int64) for a classification.
        feature_names: d distinct names, with the unit in parentheses where there is one.
        target_name: What the targets are, with unit.
        task: "regression" or "classification".
        class_names: The k >= 2 names of the classes; empty for a regression.
        description: One or two sentences.
        reference: Where the data come from.
        target_names: The k distinct names of targets of shape (n, k); empty for those of shape (n,).

    Raises:
        ValueError: The table is empty, a shape does not fit, a value is not finite, or a
            label is none of the classes.

    Example:
        >>> from landscape.datasets import Dataset
        >>> stars = Dataset("stars", "Stars", [[1.0], [2.0]], [3.0, 5.0], ("mass",), "light")
        >>> stars.num_examples, stars.num_features, stars.num_classes
        (2, 1, 0)
    """

    name: str
    title: str
    inputs: np.ndarray
    targets: np.ndarray
    feature_names: tuple[str, ...]
    target_name: str = "target"
    task: Task = "regression"
    class_names: tuple[str, ...] = ()
    description: str = ""
    reference: str = ""
    target_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.task not in ("regression", "classification"):
            raise ValueError(f"`task` must be 'regression' or 'classification', got {self.task!r}")
        inputs = np.array(self.inputs, dtype=np.float64)
        targets = np.array(self.targets, dtype=np.float64)
        _check_table(inputs, targets, self.feature_names, self.target_names)
        if self.task == "classification":
            if targets.ndim > 1:
                raise ValueError(
                    f"`targets` of a classification must have the shape (n,), got {targets.shape}"
                )
            targets = _as_labels(targets, self.class_names)
        elif self.class_names:
            raise ValueError(f"`class_names` must be empty for a regression, got {self.class_names}")
        for array in (inputs, targets):
            array.setflags(write=False)
        object.__setattr__(self, "inputs", inputs)
        object.__setattr__(self, "targets", targets)
        object.__setattr__(self, "feature_names", tuple(self.feature_names))
        object.__setattr__(self, "class_names", tuple(self.class_names))
        object.__setattr__(self, "target_names", tuple(self.target_names))

    @property
    def num_examples(self) -> int:
        """How many rows there are."""
        return self.inputs.shape[0]

    @property
    def num_features(self) -> int:
        """How many columns the inputs have."""
        return self.inputs.shape[1]

    @property
    def num_classes(self) -> int:
        """How many classes there are; 0 for a regression."""
        return len(self.class_names)

    @property
    def num_targets(self) -> int:
        """How many quantities are to be predicted for each example."""
        return 1 if self.targets.ndim == 1 else self.targets.shape[1]

    def select(self, *features: str) -> "Dataset":
        """The same examples with the named features only, in the order given.

        Args:
            features: One or more distinct names out of `feature_names`.

        Returns:
            A dataset with inputs of shape (n, len(features)).

        Raises:
            ValueError: No feature is named, one is named twice, or one does not exist.

        Example:
            >>> from landscape import DATASETS
            >>> DATASETS["diabetes"].select("s1", "s2").inputs.shape
            (442, 2)
        """
        if not features:
            raise ValueError("`features` must name at least 1 feature, got none")
        for feature in features:
            if feature not in self.feature_names:
                names = ", ".join(self.feature_names)
                raise ValueError(f"`features` must be among {names}, got {feature!r}")
        if len(set(features)) < len(features):
            raise ValueError(f"`features` must be distinct, got {', '.join(features)}")
        columns = [self.feature_names.index(feature) for feature in features]
        return replace(self, inputs=self.inputs[:, columns], feature_names=features)

    def select_classes(self, *classes: str) -> "Dataset":
        """The examples of the named classes only, numbered 0, 1, ... in the order given.

        Args:
            classes: Two or more distinct names out of `class_names`.

        Returns:
            A dataset with `len(classes)` classes.

        Raises:
            ValueError: The dataset has no classes, fewer than two are named, one is named
                twice, or one does not exist.

        Example:
            >>> from landscape import DATASETS
            >>> DATASETS["iris"].select_classes("versicolor", "virginica").num_examples
            100
        """
        if len(set(classes)) < max(len(classes), 2):
            raise ValueError(f"`classes` must be at least 2 distinct names, got {classes}")
        for name in classes:
            if name not in self.class_names:
                raise ValueError(f"`classes` must be among {self.class_names}, got {name!r}")
        number = np.full(self.num_classes, -1)
        number[[self.class_names.index(name) for name in classes]] = np.arange(len(classes))
        labels = number[self.targets]
        kept = labels >= 0
        return replace(self, inputs=self.inputs[kept], targets=labels[kept], class_names=classes)

    def center(self) -> "Dataset":
        """Subtract its mean from every feature, and from the targets of a regression.

        A linear model of centred data has the bias 0, so that it can be left out.

        Returns:
            A dataset whose columns have mean 0, in the units they had.

        Example:
            >>> from landscape import DATASETS
            >>> abs(DATASETS["diabetes"].center().targets.mean()) < 1e-10
            np.True_
        """
        targets = self.targets
        if self.task == "regression":
            targets = targets - targets.mean(axis=0)
        return replace(self, inputs=self.inputs - self.inputs.mean(axis=0), targets=targets)

    def standardize(self, targets: bool = False, *, by: "Dataset | None" = None) -> "Dataset":
        r"""Bring every feature to mean 0 and variance 1.

        x'_{ij} = (x_{ij} - mean_j) / s_j with s_j^2 = (1/n) \sum_i (x_{ij} - mean_j)^2.
        A feature that is the same in every example becomes 0.

        Args:
            targets: Whether the targets of a regression are standardized too.
            by: The dataset whose means and deviations are used, such as the training part for
                held-out examples; left out, this one.

        Returns:
            A dataset of the same shape.

        Raises:
            ValueError: `targets` is asked for class labels, or `by` has other features.

        Example:
            >>> from landscape import DATASETS
            >>> DATASETS["iris"].standardize().inputs.std(axis=0).round(12).tolist()
            [1.0, 1.0, 1.0, 1.0]
        """
        if targets and self.task != "regression":
            raise ValueError("`targets` must be False for class labels, got True")
        source = self if by is None else by
        if source.feature_names != self.feature_names:
            rule = f"must have the features {', '.join(self.feature_names)}"
            raise ValueError(f"`by` {rule}, got {', '.join(source.feature_names)}")
        scaled = self.targets
        if targets:
            scaled = _standardized(self._target_columns, source._target_columns).reshape(scaled.shape)
        return replace(self, inputs=_standardized(self.inputs, source.inputs), targets=scaled)

    def split(self, held_out: float = 0.3, seed: int = 0) -> tuple["Dataset", "Dataset"]:
        """Divide the examples at random into a training and a held-out part.

        Args:
            held_out: The share held out, between 0 and 1; rounded to whole examples.
            seed: The same seed gives the same parts.

        Returns:
            (training, held_out), two datasets with at least one example each.

        Raises:
            ValueError: One of the parts would be empty.

        Example:
            >>> from landscape import DATASETS
            >>> [part.num_examples for part in DATASETS["diabetes"].split(0.25)]
            [332, 110]
        """
        count = round(held_out * self.num_examples) if 0 < held_out < 1 else 0
        if not 0 < count < self.num_examples:
            rule = f"must leave at least 1 of {self.num_examples} examples in each part"
            raise ValueError(f"`held_out` {rule}, got {held_out}")
        order = np.random.default_rng(seed).permutation(self.num_examples)
        return self._rows(order[count:]), self._rows(order[:count])

    @property
    def _target_columns(self) -> np.ndarray:
        return self.targets.reshape(self.num_examples, self.num_targets)

    def _rows(self, rows: np.ndarray) -> "Dataset":
        return replace(self, inputs=self.inputs[rows], targets=self.targets[rows])


def check_sizes(num_examples: int, noise: float, **numbers: float) -> None:
    """Refuse sizes that no seeded dataset has.

    Raises:
        ValueError: There are fewer than 2 examples, the noise is negative, or a number is not finite.
    """
    if num_examples < 2:
        raise ValueError(f"`num_examples` must be at least 2, got {num_examples}")
    if not (np.isfinite(noise) and noise >= 0):
        raise ValueError(f"`noise` must be a finite number, at least 0, got {noise}")
    for argument, value in numbers.items():
        if not np.isfinite(value):
            raise ValueError(f"`{argument}` must be a finite number, got {value}")


def _standardized(columns: np.ndarray, source: np.ndarray) -> np.ndarray:
    # A constant column leaves rounding errors after centring; they are no signal.
    constant = np.ptp(source, axis=0) == 0
    deviations = np.where(constant, 1.0, source.std(axis=0))
    return np.where(constant, 0.0, (columns - source.mean(axis=0)) / deviations)


def _check_table(
    inputs: np.ndarray, targets: np.ndarray, feature_names: tuple[str, ...], target_names: tuple[str, ...]
) -> None:
    if inputs.ndim != 2:
        raise ValueError(f"`inputs` must have the shape (n, d), got {inputs.shape}")
    if inputs.size == 0:
        raise ValueError(f"`inputs` must hold at least 1 example and 1 feature, got {inputs.shape}")
    if targets.shape[:1] != inputs.shape[:1] or targets.ndim > 2:
        raise ValueError(f"`targets` must have the shape {inputs.shape[:1]}, got {targets.shape}")
    several = targets.shape[1] if targets.ndim == 2 else 0
    if len(target_names) != several or len(set(target_names)) != several:
        rule = f"must be {several} distinct names" if several else "must be empty for 1 target per example"
        raise ValueError(f"`target_names` {rule}, got {tuple(target_names)}")
    if len(feature_names) != inputs.shape[1] or len(set(feature_names)) != len(feature_names):
        rule = f"must be {inputs.shape[1]} distinct names"
        raise ValueError(f"`feature_names` {rule}, got {feature_names}")
    for argument, array in (("inputs", inputs), ("targets", targets)):
        bad = np.argwhere(~np.isfinite(array))
        if len(bad):
            place = tuple(int(index) for index in bad[0])
            raise ValueError(f"`{argument}` must be finite numbers, got {array[place]} at row {place[0]}")


def _as_labels(targets: np.ndarray, class_names: tuple[str, ...]) -> np.ndarray:
    if len(set(class_names)) < max(len(class_names), 2):
        raise ValueError(f"`class_names` must be at least 2 distinct names, got {tuple(class_names)}")
    labels = targets.astype(np.int64)
    outside = (labels != targets) | (labels < 0) | (labels >= len(class_names))
    if outside.any():
        value = targets[outside][0]
        rule = f"must be class numbers 0 to {len(class_names) - 1}"
        raise ValueError(f"`targets` {rule}, got {value:g}")
    return labels
