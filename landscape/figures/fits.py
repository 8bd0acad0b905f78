"""Fits: the data beside the landscape, with what the model at the clicked parameters says of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.figures.axes import Figure, Trace, axis, compact, layout
from landscape.figures.colours import SKY_BLUE, VERMILLION

RIM = "rgba(255,255,255,0.85)"


def regression_fit(
    x: ArrayLike, targets: ArrayLike, curve_x: ArrayLike, curve_y: ArrayLike, titles: tuple[str, str]
) -> Figure:
    """Data of one feature, the fitted curve and each residual as a faint line between them.

    Args:
        x: the feature (n,).
        targets: the measured values (n,).
        curve_x: where the curve is known (m,), increasing.
        curve_y: the predictions there (m,); NaN where there is none.
        titles: translated titles of the feature and of the target.

    Returns:
        A Plotly figure as plain data: residuals, points, curve. Its limits are those of the data, widened for
        the curve by at most the height of the data on either side.

    Raises:
        ValueError: where the shapes do not agree or `curve_x` does not increase.

    Example:
        >>> figure = regression_fit([0, 2], [1, 5], [0, 1, 2], [0, 2, 4], ("x", "y"))
        >>> figure["data"][0]["y"].tolist()  # from the target to the curve, twice
        [1.0, 0.0, nan, 5.0, 4.0, nan]
    """
    feature, measured = columns(x=x, targets=targets)
    places, predictions = columns(curve_x=curve_x, curve_y=curve_y)
    if places.size < 2 or not (np.diff(places) > 0).all():
        raise ValueError(f"`curve_x` must be at least two increasing numbers, got {places}.")
    at_data = np.interp(feature, places, predictions, left=np.nan, right=np.nan)
    gaps = np.full_like(feature, np.nan)
    residuals: Trace = {
        "type": "scatter",
        "mode": "lines",
        "x": np.repeat(feature, 3),
        "y": np.stack([measured, at_data, gaps], axis=-1).ravel(),
        "line": {"color": f"rgba(128,128,128,{min(0.6, max(0.2, 40 / feature.size)):.2f})", "width": 1},
        "hoverinfo": "skip",
    }
    curve: Trace = {
        "type": "scatter",
        "mode": "lines",
        "x": compact(places),
        "y": compact(predictions),
        "line": {"color": VERMILLION, "width": 3},
        "hovertemplate": pair(titles),
    }
    return {
        "data": [residuals, _points(feature, measured, titles), curve],
        "layout": layout(
            axis(titles[0], limits=limits(places)),
            axis(titles[1], limits=limits(measured, predictions)),
        ),
    }


def predicted_against_target(predicted: ArrayLike, targets: ArrayLike, titles: tuple[str, str]) -> Figure:
    """Predictions against measured values, for any number of features; exact ones lie on the diagonal.

    Args:
        predicted: the predictions (n,); NaN where there is none.
        targets: the measured values (n,).
        titles: translated titles of the measured values (across) and of the predictions (up).

    Returns:
        A Plotly figure as plain data: points, diagonal.

    Raises:
        ValueError: where the shapes do not agree.

    Example:
        >>> figure = predicted_against_target([1.5, 2.0], [1.0, 3.0], ("measured", "predicted"))
        >>> figure["data"][0]["x"].tolist()
        [1.0, 3.0]
    """
    predictions, measured = columns(predicted=predicted, targets=targets)
    first, last = limits(measured)
    diagonal: Trace = {
        "type": "scatter",
        "mode": "lines",
        "x": np.array([first, last]),
        "y": np.array([first, last]),
        "line": {"color": VERMILLION, "width": 2},
        "hoverinfo": "skip",
    }
    return {
        "data": [_points(measured, predictions, titles), diagonal],
        "layout": layout(
            axis(titles[0], limits=(first, last)),
            axis(titles[1], limits=limits(measured, predictions)),
        ),
    }


def columns(**arrays: ArrayLike) -> list[NDArray[np.float64]]:
    """The arrays as float64, refused where they are not columns of one length."""
    found = [np.asarray(array, dtype=np.float64) for array in arrays.values()]
    if any(column.ndim != 1 or column.size == 0 or column.shape != found[0].shape for column in found):
        raise ValueError(
            f"{' and '.join(f'`{name}`' for name in arrays)} must be columns of one length, "
            f"got {', '.join(str(column.shape) for column in found)}."
        )
    return found


def limits(
    data: NDArray[np.float64], model: NDArray[np.float64] | None = None, *, margin: float = 0.05
) -> tuple[float, float]:
    """The limits of the data, widened by at most their height on either side for what the model says."""
    known = data[np.isfinite(data)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    span = high - low if high > low else max(abs(high), 1.0)
    if model is not None and np.isfinite(model).any():
        said = model[np.isfinite(model)]
        low, high = (
            min(low, max(float(said.min()), low - span)),
            max(high, min(float(said.max()), high + span)),
        )
    return low - margin * span, high + margin * span


def marker_size(count: int) -> float:
    """Smaller points where there are many."""
    return 8.0 if count <= 100 else 6.0


def pair(titles: Sequence[str], end: str = "<extra></extra>") -> str:
    """What is read under the pointer: two coordinates by their titles."""
    return f"{titles[0]}: %{{x:.4g}}<br>{titles[1]}: %{{y:.4g}}{end}"


def _points(x: NDArray[np.float64], y: NDArray[np.float64], titles: tuple[str, str]) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": y,
        "marker": {
            "color": SKY_BLUE,
            "size": marker_size(x.size),
            "opacity": 0.85,
            "line": {"color": RIM, "width": 0.7},
        },
        "hovertemplate": pair(titles),
    }
