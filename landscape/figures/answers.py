"""Answers: what a classifier says of examples, as a table of counts and as the pictures that it has read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.figures.axes import Figure, Trace, axis, layout
from landscape.figures.colours import GREEN, VERMILLION

# From nothing to the strongest; half transparent, so that numbers are read on a light and on a dark page.
COUNTS = [[0.0, "rgba(0,114,178,0)"], [1.0, "rgba(0,114,178,0.5)"]]
WRONG = [[0.0, "rgba(213,94,0,0)"], [1.0, "rgba(213,94,0,0.5)"]]
INK = [[0.0, "#f2f2f2"], [1.0, "#111111"]]
# Pixels of the picture between two images.
GAP = 3


def confusion_matrix(
    labels: ArrayLike, said: ArrayLike, class_names: Sequence[str], titles: tuple[str, str]
) -> Figure:
    """How many examples of each class were given to each: the right ones stand on the diagonal.

    Args:
        labels: the true class of each example (n,), from 0 to k − 1.
        said: the class that it was given (n,).
        class_names: translated names of the k classes.
        titles: translated titles of what was said (across) and of what is true (down).

    Returns:
        A Plotly figure as plain data: the diagonal, what is beside it, and the counts above 0.

    Raises:
        ValueError: where the shapes do not agree, or there are no examples.

    Example:
        >>> figure = confusion_matrix([0, 0, 1], [0, 1, 1], ("no", "yes"), ("said", "true"))
        >>> figure["data"][2]["x"].tolist(), figure["data"][2]["y"].tolist(), figure["data"][2]["text"]
        ([0, 1, 1], [0, 0, 1], ['1', '1', '1'])
    """
    true, given = np.asarray(labels), np.asarray(said)
    if true.shape != given.shape or true.ndim != 1 or true.size == 0:
        raise ValueError(
            f"`said` must be as many as `labels`, at least 1, got {given.shape} and {true.shape}."
        )
    count = len(class_names)
    table = np.zeros((count, count))
    np.add.at(table, (true, given), 1)
    right, most = np.eye(count, dtype=bool), float(table.sum(axis=1).max())
    data = [
        _counts(np.where(right, table, np.nan), COUNTS, class_names, titles, top=most),
        _counts(np.where(right, np.nan, table), WRONG, class_names, titles, top=most / 4),
    ]
    rows, columns = np.nonzero(table)
    data.append(
        {
            "type": "scatter",
            "mode": "text",
            "x": columns,
            "y": rows,
            "text": [str(int(each)) for each in table[rows, columns]],
            "hoverinfo": "skip",
        }
    )
    across = axis(titles[0], limits=(-0.5, count - 0.5), grid=False, **_ticks(class_names))
    up = axis(titles[1], limits=(count - 0.5, -0.5), grid=False, **_ticks(class_names))
    longest = max(map(len, class_names))
    margin = {"l": 44 + 7 * longest, "r": 12, "t": 12, "b": 44}
    return {"data": data, "layout": layout(across, up, margin=margin)}


def read_images(
    images: ArrayLike, labels: ArrayLike, said: ArrayLike, class_names: Sequence[str], across: int
) -> Figure:
    """Images with what they were taken for: the name where it is right, else the true name and the wrong one.

    Args:
        images: brightness of each pixel (n, height, width), the larger the darker.
        labels: the true class of each image (n,).
        said: the class that it was given (n,).
        class_names: names of the classes, short ones.
        across: how many images stand beside each other.

    Returns:
        A Plotly figure as plain data: one picture of all images, and a text below each.

    Raises:
        ValueError: where the shapes do not agree, or there are no images.

    Example:
        >>> figure = read_images(np.eye(4)[None], [3], [8], [str(digit) for digit in range(10)], 1)
        >>> figure["data"][1]["text"]
        ['3 → 8']
    """
    pixels, true, given = np.asarray(images, np.float64), np.asarray(labels), np.asarray(said)
    if pixels.ndim != 3 or not len(pixels) or true.shape != (len(pixels),) or given.shape != true.shape:
        raise ValueError(
            f"`images` must have a shape (n, height, width) with n labels and answers, at least 1, "
            f"got {pixels.shape}, {true.shape} and {given.shape}."
        )
    count, height, width = pixels.shape
    down = math.ceil(count / across)
    whole = np.full((down * (height + GAP), across * (width + GAP)), np.nan)
    for index, image in enumerate(pixels):
        row, column = divmod(index, across)
        top, left = row * (height + GAP), column * (width + GAP)
        whole[top : top + height, left : left + width] = image
    rows, places = np.divmod(np.arange(count), across)
    names = [class_names[label] for label in true]
    words = [
        name if label == answer else f"{name} → {class_names[answer]}"
        for name, label, answer in zip(names, true, given, strict=True)
    ]
    texts: Trace = {
        "type": "scatter",
        "mode": "text",
        "x": places * (width + GAP) + (width - 1) / 2,
        "y": rows * (height + GAP) + height + (GAP - 1) / 2,
        "text": words,
        "textfont": {"color": [GREEN if ok else VERMILLION for ok in true == given], "size": 13},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }
    picture: Trace = {
        "type": "heatmap",
        "z": whole.astype(np.float32),
        "colorscale": INK,
        "showscale": False,
        "hoverinfo": "skip",
        "hoverongaps": False,
    }
    hidden: dict[str, Any] = {"visible": False, "constrain": "domain"}
    return {
        "data": [picture, texts],
        "layout": layout(
            axis(limits=(-1.0, whole.shape[1] - GAP + 0.5), grid=False, **hidden),
            axis(limits=(whole.shape[0] + 0.5, -1.0), grid=False, scaleanchor="x", **hidden),
            margin={"l": 8, "r": 8, "t": 8, "b": 8},
        ),
    }


def _ticks(names: Sequence[str]) -> dict[str, Any]:
    return {"tickmode": "array", "tickvals": np.arange(len(names)), "ticktext": list(names)}


def _counts(
    table: NDArray[np.float64], scale: list, names: Sequence[str], titles: tuple[str, str], top: float
) -> Trace:
    return {
        "type": "heatmap",
        "z": table.astype(np.float32),
        "zmin": 0.0,
        "zmax": max(top, 1.0),
        "colorscale": scale,
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "hoverongaps": False,
        "hovertemplate": f"{titles[1]}: %{{y}}<br>{titles[0]}: %{{x}}<br>%{{z:d}}<extra></extra>",
    }
