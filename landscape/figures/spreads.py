"""Spreads: data beside a model that predicts more than one number: a mean and its spread, several targets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from landscape.figures.axes import Figure, Trace, axis, compact, layout
from landscape.figures.colours import BLUE, GREEN, ORANGE, PURPLE, SKY_BLUE, VERMILLION
from landscape.figures.fits import RIM, columns, limits, marker_size, pair

BAND = "rgba(213,94,0,0.16)"
"""The vermillion of a fitted curve, seen through."""

SERIES = (
    (VERMILLION, "circle", "solid"),
    (BLUE, "square", "dash"),
    (GREEN, "diamond", "dot"),
    (PURPLE, "triangle-up", "dashdot"),
    (ORANGE, "x", "longdash"),
)
"""Colour, symbol and dash of each of several targets."""


def spread_fit(
    x: ArrayLike,
    targets: ArrayLike,
    curve_x: ArrayLike,
    curve_y: ArrayLike,
    spread: ArrayLike,
    titles: tuple[str, str],
) -> Figure:
    """Data of one feature with the predicted mean, and bands of one and of two predicted deviations.

    Args:
        x: the feature (n,).
        targets: the measured values (n,).
        curve_x: where the prediction is known (m,).
        curve_y: the means there (m,); NaN where there is none.
        spread: the standard deviations there (m,).
        titles: translated titles of the feature and of the target.

    Returns:
        A Plotly figure as plain data: two bands (the wider one first), points, curve. Its limits are those of
        the data, widened for the wider band by at most the height of the data on either side.

    Raises:
        ValueError: where the shapes do not agree.

    Example:
        >>> figure = spread_fit([0, 2], [1, 5], [0, 2], [0, 4], [1, 3], ("x", "y"))
        >>> figure["data"][0]["y"].tolist()  # two deviations above, and back below
        [2.0, 10.0, -2.0, -2.0]
    """
    feature, measured = columns(x=x, targets=targets)
    places, means, deviations = columns(curve_x=curve_x, curve_y=curve_y, spread=spread)
    low, high = limits(measured, np.concatenate([means - 2 * deviations, means + 2 * deviations]))
    data = [_band(places, means, factor * deviations) for factor in (2.0, 1.0)]
    data.append(_points(feature, measured, titles, (SKY_BLUE, "circle")))
    data.append(_curve(places, means, titles, (VERMILLION, "solid")))
    return {
        "data": data,
        "layout": layout(axis(titles[0], limits=limits(places)), axis(titles[1], limits=(low, high))),
    }


def several_fits(
    x: ArrayLike,
    targets: ArrayLike,
    curve_x: ArrayLike,
    curves: ArrayLike,
    names: Sequence[str],
    titles: tuple[str, str],
) -> Figure:
    """Data of one feature and several targets, each with its fitted curve.

    Args:
        x: the feature (n,).
        targets: the measured values (n, k), k from 1 to 5.
        curve_x: where the predictions are known (m,).
        curves: the predictions there (m, k).
        names: translated names of the k targets.
        titles: translated titles of the feature and of all targets together.

    Returns:
        A Plotly figure as plain data: of each target the points and the curve, one entry of the legend.

    Raises:
        ValueError: where the shapes do not agree or there are more than 5 targets.

    Example:
        >>> figure = several_fits([0, 1], [[1, 5], [2, 4]], [0, 1], [[1, 5], [2, 4]], ("a", "b"), ("x", "y"))
        >>> [trace["name"] for trace in figure["data"]]
        ['a', 'a', 'b', 'b']
    """
    measured, predicted = (np.asarray(array, dtype=float) for array in (targets, curves))
    if measured.ndim != 2 or measured.shape[1] > len(SERIES) or predicted.shape[1:] != measured.shape[1:]:
        raise ValueError(
            f"`targets` and `curves` must have the same number of columns, at most {len(SERIES)}, "
            f"got {measured.shape} and {predicted.shape}."
        )
    data: list[Trace] = []
    for series, name, column, curve in zip(SERIES, names, measured.T, predicted.T, strict=False):
        feature, values = columns(x=x, targets=column)
        places, heights = columns(curve_x=curve_x, curves=curve)
        colour, symbol, dash = series
        said = (titles[0], name)
        data += [
            _points(feature, values, said, (colour, symbol)) | {"name": name, "legendgroup": name},
            _curve(places, heights, said, (colour, dash))
            | {"name": name, "legendgroup": name, "showlegend": False},
        ]
    return {
        "data": data,
        "layout": layout(
            axis(titles[0], limits=limits(places)),
            axis(titles[1], limits=limits(measured.ravel(), predicted.ravel())),
            showlegend=True,
            legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        ),
    }


def _band(places: np.ndarray, means: np.ndarray, half: np.ndarray) -> Trace:
    upper, lower = means + half, (means - half)[::-1]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": compact(np.concatenate([places, places[::-1]])),
        "y": compact(np.concatenate([upper, lower])),
        "fill": "toself",
        "fillcolor": BAND,
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def _points(x: np.ndarray, y: np.ndarray, titles: tuple[str, str], style: tuple[str, str]) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": y,
        "marker": {
            "color": style[0],
            "symbol": style[1],
            "size": marker_size(x.size),
            "opacity": 0.85,
            "line": {"color": RIM, "width": 0.7},
        },
        "hovertemplate": pair(titles),
    }


def _curve(x: np.ndarray, y: np.ndarray, titles: tuple[str, str], style: tuple[str, str]) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": compact(x),
        "y": compact(y),
        "line": {"color": style[0], "dash": style[1], "width": 3},
        "hovertemplate": pair(titles),
    }
