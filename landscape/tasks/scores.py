"""Scores: what a decision between a rare and a common class gets right, counted."""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Scores:
    """How often each of two answers was right; rates are NaN where there is nothing to divide by.

    Attributes:
        found: Rare ones called rare.
        missed: Rare ones called common.
        alarms: Common ones called rare.
        passed: Common ones called common.
    """

    found: int
    missed: int
    alarms: int
    passed: int

    @property
    def recall(self) -> float:
        """The share of the rare that is found."""
        return _ratio(self.found, self.found + self.missed)

    @property
    def precision(self) -> float:
        """The share of what is called rare that is."""
        return _ratio(self.found, self.found + self.alarms)

    @property
    def accuracy(self) -> float:
        """The share of right answers."""
        return _ratio(self.found + self.passed, self.found + self.missed + self.alarms + self.passed)

    @property
    def false_alarm_rate(self) -> float:
        """The share of the common that is called rare."""
        return _ratio(self.alarms, self.alarms + self.passed)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return _ratio(2 * self.found, 2 * self.found + self.alarms + self.missed)


def scores(labels: Any, called_rare: Any) -> Scores:
    """Count the answers.

    Args:
        labels: 1 for rare, 0 for common, (n,).
        called_rare: Whether each is called rare, (n,).

    Returns:
        The `Scores`.

    Raises:
        ValueError: The shapes differ.

    Example:
        >>> found = scores([1, 1, 0, 0, 0], [True, False, True, False, False])
        >>> found.recall, found.precision, found.accuracy
        (0.5, 0.5, 0.6)

    Reference:
        van Rijsbergen (1979), Information Retrieval, 2nd edition, chapter 7
    """
    rare, called = np.asarray(labels) == 1, np.asarray(called_rare, dtype=bool)
    if rare.shape != called.shape or rare.ndim != 1:
        raise ValueError(f"`called_rare` must have the shape of the labels {rare.shape}, got {called.shape}")
    counts = [(a & b).sum() for a, b in ((rare, called), (rare, ~called), (~rare, called), (~rare, ~called))]
    return Scores(*map(int, counts))


def operating_curve(labels: Any, logits: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """False alarms and recall at every threshold that makes a difference.

    Args:
        labels: 1 for rare, 0 for common, (n,), at least one of each.
        logits: What is compared with the threshold, (n,).

    Returns:
        Thresholds (k,), falling from ∞; false alarm rates (k,) and recalls (k,), both rising from 0 to 1:
        rare is called what lies at or above the threshold.

    Raises:
        ValueError: The shapes differ, or a class is empty.

    Example:
        >>> thresholds, alarms, recalls = operating_curve([1, 0, 1, 0], [3.0, 2.0, 1.0, 0.0])
        >>> alarms.tolist(), recalls.tolist()
        ([0.0, 0.0, 0.5, 0.5, 1.0], [0.0, 0.5, 0.5, 1.0, 1.0])

    Reference:
        Fawcett (2006), An introduction to ROC analysis, doi:10.1016/j.patrec.2005.10.010
    """
    rare, heights = np.asarray(labels) == 1, np.asarray(logits, dtype=float)
    if rare.shape != heights.shape or rare.ndim != 1:
        raise ValueError(f"`logits` must have the shape of the labels {rare.shape}, got {heights.shape}")
    if not 0 < rare.sum() < rare.size:
        raise ValueError(f"`labels` must hold both classes, got {int(rare.sum())} of {rare.size} rare")
    order = np.argsort(-heights, kind="stable")
    last = np.append(np.diff(heights[order]) != 0, True)
    found, alarms = np.cumsum(rare[order])[last], np.cumsum(~rare[order])[last]
    thresholds = np.concatenate([[np.inf], heights[order][last]])
    return (
        thresholds,
        np.concatenate([[0.0], alarms / alarms[-1]]),
        np.concatenate([[0.0], found / found[-1]]),
    )


def expected_rates(line: Any, distance: float, offset: float = 0.0) -> tuple[float, float]:
    r"""What a line would find and raise on infinitely many new points of the clouds.

    P(w \cdot x + b > c) = \Phi((w \cdot \mu + b - c) / ||w||) for x \sim N(\mu, I)

    Args:
        line: (w₁, w₂, b).
        distance: Of the centres, which are (∓distance/2, 0).
        offset: c, the logit of the threshold.

    Returns:
        The false alarm rate and the recall; NaN where w = 0.

    Example:
        >>> alarms, recall = expected_rates([2.0, 0.0, 0.0], 2.0)
        >>> round(alarms, 4), round(recall, 4)  # Φ(−1) and Φ(1)
        (0.1587, 0.8413)
    """
    first, second, bias = (float(number) for number in line)
    length = float(np.hypot(first, second))
    if length == 0:
        return float("nan"), float("nan")
    phi = NormalDist().cdf
    low, high = (phi((side * first * distance / 2 + bias - offset) / length) for side in (-1, 1))
    return low, high


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
