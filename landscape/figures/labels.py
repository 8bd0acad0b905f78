"""Labels: names beside the lines that they name, moved apart where they would overlap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landscape.figures.axes import Trace

# The least distance of two names, in parts of the vertical axis: a line of text in a panel of 260 pixels.
LABEL_GAP = 0.065
# How far the names stand left of the lines, in parts of the horizontal axis.
THREAD = 0.05


def line_labels(
    places: NDArray[np.float64], table: NDArray[np.float64], names: Sequence[str], colours: Sequence[str]
) -> tuple[list[dict[str, Any]], list[Trace], tuple[float, float]]:
    """Names left of the first finite number of each line, and a thread from each name to its line.

    Args:
        places: the horizontal coordinates (L,), increasing.
        table: the lines (L, d); one without a finite number gets no name.
        names: d names.
        colours: the d lines' colours.

    Returns:
        Plotly's annotations, the threads as scatter traces, and the vertical limits that show all of it.

    Example:
        >>> places, table = np.array([0.0, 1.0]), np.array([[2.0, 2.1], [0.0, 9.0]])
        >>> labels, threads, limits = line_labels(places, table, ("a", "b"), ("#000000", "#ffffff"))
        >>> [label["text"] for label in labels], bool(labels[1]["y"] - labels[0]["y"] > 0.5)
        (['a', 'b'], True)
    """
    known = table[np.isfinite(table)]
    low, high = (float(known.min()), float(known.max())) if known.size else (-1.0, 1.0)
    span = high - low if high > low else max(abs(high), 1.0)
    starts = [(int(np.isfinite(line).argmax()), number) for number, line in enumerate(table.T)]
    shown = [(row, number) for row, number in starts if np.isfinite(table[row, number])]
    values = np.array([table[row, number] for row, number in shown], dtype=np.float64)
    spots = low + span * apart((values - low) / span, LABEL_GAP)
    begin = float(places[0] - THREAD * (places[-1] - places[0]))
    labels: list[dict[str, Any]] = []
    threads: list[Trace] = []
    for (row, number), value, spot in zip(shown, values, spots, strict=True):
        labels.append(
            {
                "text": names[number],
                "x": begin,
                "y": float(spot),
                "xanchor": "right",
                "yanchor": "middle",
                "showarrow": False,
                "font": {"size": 12},
            }
        )
        threads.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": np.array([begin, float(places[row])]),
                "y": np.array([spot, value]),
                "line": {"color": colours[number], "width": 1},
                "hoverinfo": "skip",
                "showlegend": False,
            }
        )
    margin = LABEL_GAP * span
    limits = (min(low, float(spots.min(initial=low))), max(high, float(spots.max(initial=high))))
    return labels, threads, (limits[0] - margin, limits[1] + margin)


def label_room(names: Sequence[str]) -> float:
    """The width of the longest name in parts of the axis, in a panel of 560 pixels.

    Example:
        >>> label_room(["s1", "age"])
        0.051
    """
    return min(0.42, 0.017 * max(len(name) for name in names))


def apart(values: NDArray[np.float64], gap: float) -> NDArray[np.float64]:
    """The nearest places to `values`, in the same order, of which no two are nearer than `gap`.

    The least sum of squared displacements: with i the rank, places − i·gap must not decrease, which pooling
    neighbours that do decrease into their mean solves exactly.

    Args:
        values: where each label wants to stand (k,).
        gap: the least distance, above 0.

    Returns:
        Where each stands (k,).

    Example:
        >>> apart(np.array([0.0, 5.0, 0.1]), 1.0).round(6).tolist()
        [-0.45, 5.0, 0.55]

    Reference:
        Barlow, Bartholomew, Bremner, Brunk (1972), Statistical inference under order restrictions.
    """
    order = np.argsort(values, kind="stable")
    wanted = values[order] - gap * np.arange(values.size)
    blocks: list[tuple[float, int]] = []
    for want in wanted:
        mean, count = float(want), 1
        while blocks and blocks[-1][0] > mean:
            other, size = blocks.pop()
            mean, count = (mean * count + other * size) / (count + size), count + size
        blocks.append((mean, count))
    pooled = np.repeat([mean for mean, _ in blocks], [count for _, count in blocks])
    result = np.empty_like(wanted)
    result[order] = pooled + gap * np.arange(values.size)
    return result
