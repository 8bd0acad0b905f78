"""Classes: labelled data beside the landscape, over the probability that the model gives."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.figures.axes import NEUTRAL, Figure, Trace, axis, compact, layout
from landscape.figures.colours import CYCLE
from landscape.figures.fits import RIM, columns, limits, marker_size, pair
from landscape.figures.landscapes import spacing

CLASS_SYMBOLS = ("circle", "square", "triangle-up", "diamond", "cross", "star", "pentagon", "hourglass")
LEGEND = {
    "showlegend": True,
    "legend": {"orientation": "h", "x": 0.0, "y": 1.0, "yanchor": "bottom", "bgcolor": "rgba(0,0,0,0)"},
    "margin": {"l": 56, "r": 12, "t": 36, "b": 44},
}
Grid = NDArray[np.float64]
Colours = list[list[float | str]]


def classification_fit(
    inputs: ArrayLike,
    labels: ArrayLike,
    class_names: Sequence[str],
    grid_x: ArrayLike,
    grid_y: ArrayLike,
    probabilities: ArrayLike,
    titles: tuple[str, str, str],
) -> Figure:
    """Data of two features in their classes over the model's probability, with the line between the classes.

    The stronger a class's colour, the more probable it is; the line stands where two classes are equally
    probable, which is 1/2 where there are two.

    Args:
        inputs: the two features (n, 2).
        labels: class numbers (n,), from 0 to k − 1.
        class_names: translated names of the k classes, from 2 to 8.
        grid_x: the first feature (nx,), increasing in equal steps.
        grid_y: the second feature (ny,), increasing in equal steps.
        probabilities: the probability of class 1 of two (ny, nx), or of each class (ny, nx, k);
            `probabilities[i, j]` belongs to (grid_x[j], grid_y[i]); NaN where there is none.
        titles: translated titles of the two features and of the probability.

    Returns:
        A Plotly figure as plain data: probabilities, lines between classes, and last the points of each of
        the k classes, with a legend.

    Raises:
        ValueError: where the shapes do not agree, or a label is none of the classes.

    Example:
        >>> figure = classification_fit(
        ...     [[0, 1], [2, 0]], [0, 1], ("no", "yes"), [0, 1, 2], [0, 1],
        ...     [[0.1, 0.5, 0.9], [0.1, 0.4, 0.8]], ("a", "b", "probability"),
        ... )
        >>> [trace.get("name") for trace in figure["data"][2:]]
        ['no', 'yes']
    """
    features = np.asarray(inputs, dtype=np.float64)
    across, up = np.asarray(grid_x, dtype=np.float64), np.asarray(grid_y, dtype=np.float64)
    chances = np.asarray(probabilities, dtype=np.float64)
    classes = _classes(labels, class_names)
    if features.shape != (classes.size, 2):
        raise ValueError(f"`inputs` must have the shape ({classes.size}, 2), got {features.shape}.")
    shape = (up.size, across.size)
    if min(shape) < 2 or (chances.shape, len(class_names)) != (shape, 2):
        if min(shape) < 2 or chances.shape != (*shape, len(class_names)):
            raise ValueError(
                "`probabilities` must have the shape (len(grid_y), len(grid_x)) for two classes, or one more "
                f"axis of the {len(class_names)} classes, got {chances.shape} for {shape}."
            )
        if len(class_names) == 2:
            chances = chances[..., 1]
    place = spacing(across) | spacing(up, "y")
    data = (_two if chances.ndim == 2 else _many)(chances, place, titles, class_names)
    size = 1 + marker_size(classes.size)
    for number, name in enumerate(class_names):
        chosen = classes == number
        data.append(_class_points(features[chosen, 0], features[chosen, 1], number, name, titles, size))
    return {
        "data": data,
        "layout": layout(
            axis(titles[0], limits=(across[0], across[-1]), grid=False),
            axis(titles[1], limits=(up[0], up[-1]), grid=False),
            **LEGEND,
        ),
    }


def classification_curve(
    x: ArrayLike,
    labels: ArrayLike,
    curve_x: ArrayLike,
    probability: ArrayLike,
    titles: tuple[str, str],
    class_names: Sequence[str] = ("0", "1"),
) -> Figure:
    """Data of one feature at 0 and 1 by their class, and the model's probability of class 1.

    Args:
        x: the feature (n,), or any one number of each example.
        labels: class numbers (n,), 0 or 1.
        curve_x: where the probability is known (m,).
        probability: the probability of class 1 there (m,); NaN where there is none.
        titles: translated titles of the feature and of the probability.
        class_names: translated names of the two classes.

    Returns:
        A Plotly figure as plain data: line of 1/2, curve, and the points of each class, with a legend.

    Raises:
        ValueError: where the shapes do not agree, or a label is none of two classes.

    Example:
        >>> figure = classification_curve([1, 5, 6], [0, 1, 1], [0, 9], [0.1, 0.9], ("x", "p"), ("no", "yes"))
        >>> figure["data"][3]["x"].tolist(), figure["data"][3]["y"].tolist()
        ([5.0, 6.0], [1.0, 1.0])
    """
    places, chances = columns(curve_x=curve_x, probability=probability)
    classes = _classes(labels, class_names)
    if len(class_names) != 2:
        raise ValueError(f"`class_names` must be two names, got {len(class_names)}.")
    feature = np.asarray(x, dtype=np.float64)
    if feature.shape != classes.shape:
        raise ValueError(f"`x` must have the shape {classes.shape}, got {feature.shape}.")
    first, last = limits(np.concatenate([places, feature]), margin=0.02)
    half: Trace = {
        "type": "scatter",
        "mode": "lines",
        "x": np.array([first, last]),
        "y": np.array([0.5, 0.5]),
        "line": {"color": NEUTRAL, "width": 1.5, "dash": "dash"},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    curve: Trace = {
        "type": "scatter",
        "mode": "lines",
        "x": compact(places),
        "y": compact(chances),
        "line": {"color": NEUTRAL, "width": 3},
        "hovertemplate": pair(titles),
        "showlegend": False,
    }
    data = [half, curve]
    size = 1 + marker_size(classes.size)
    for number, name in enumerate(class_names):
        chosen = feature[classes == number]
        data.append(_class_points(chosen, np.full(chosen.size, float(number)), number, name, titles, size))
    return {
        "data": data,
        "layout": layout(
            axis(titles[0], limits=(first, last)), axis(titles[1], limits=(-0.08, 1.08)), **LEGEND
        ),
    }


def _two(chances: Grid, place: dict[str, float], titles: Sequence[str], names: Sequence[str]) -> list[Trace]:
    """One map from the colour of class 0 through nothing at 1/2 to the colour of class 1."""
    scale: Colours = [
        [0.0, _soft(0, 0.42)],
        [0.5, _soft(0, 0.0)],
        [0.5, _soft(1, 0.0)],
        [1.0, _soft(1, 0.42)],
    ]
    return [_map(chances, 0.0, scale, place, titles), _line(chances, 0.5, place)]


def _many(chances: Grid, place: dict[str, float], titles: Sequence[str], names: Sequence[str]) -> list[Trace]:
    """A map of each class where it is the most probable, and lines where two are equally so."""
    known = np.asarray(np.isfinite(chances).all(axis=-1))
    ranked = np.where(known[..., None], chances, -1.0)
    winner = np.where(known, ranked.argmax(axis=-1), -1)
    maps, lines = [], []
    for number, name in enumerate(names):
        mine, others = ranked[..., number], np.delete(ranked, number, axis=-1).max(axis=-1)
        scale: Colours = [[0.0, _soft(number, 0.05)], [1.0, _soft(number, 0.42)]]
        words = (titles[0], titles[1], f"{titles[2]} ({name})")
        maps.append(_map(np.where(winner == number, mine, np.nan), 1.0 / len(names), scale, place, words))
        lines.append(_line(np.where(known, mine - others, np.nan), 0.0, place))
    return maps + lines


def _map(z: Grid, lowest: float, scale: Colours, place: dict[str, float], titles: Sequence[str]) -> Trace:
    return {
        "type": "heatmap",
        **place,
        "z": compact(z),
        "zmin": lowest,
        "zmax": 1.0,
        "zsmooth": "fast" if np.isfinite(z).all() else False,
        "colorscale": scale,
        "showscale": False,
        "hoverongaps": False,
        "hovertemplate": f"{pair(titles, '')}<br>{titles[2]}: %{{z:.3f}}<extra></extra>",
    }


def _line(z: Grid, level: float, place: dict[str, float]) -> Trace:
    return {
        "type": "contour",
        **place,
        "z": compact(z),
        "autocontour": False,
        "contours": {"coloring": "none", "start": level, "end": level, "size": 1.0},
        "line": {"color": NEUTRAL, "width": 2.5},
        "showscale": False,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _classes(labels: ArrayLike, class_names: Sequence[str]) -> NDArray[np.int64]:
    if not 2 <= len(class_names) <= len(CLASS_SYMBOLS):
        raise ValueError(f"`class_names` must be from 2 to {len(CLASS_SYMBOLS)}, got {len(class_names)}.")
    classes = np.asarray(labels)
    if classes.ndim != 1 or not np.isin(classes, range(len(class_names))).all():
        raise ValueError(
            f"`labels` must be a column of numbers from 0 to {len(class_names) - 1}, "
            f"got {np.unique(classes)[:8]}."
        )
    return classes.astype(np.int64)


def _class_points(
    x: NDArray[np.float64], y: NDArray[np.float64], number: int, name: str, titles: Sequence[str], size: float
) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": x,
        "y": y,
        "marker": {
            "color": class_colour(number),
            "symbol": CLASS_SYMBOLS[number],
            "size": size,
            "opacity": 0.9,
            "line": {"color": RIM, "width": 0.8},
        },
        "hovertemplate": f"<b>{name}</b><br>{pair(titles)}",
    }


def class_colour(number: int) -> str:
    """The colour of a class, the same in every figure."""
    return CYCLE[number % len(CYCLE)]


def _soft(number: int, alpha: float) -> str:
    colour = class_colour(number)
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"
