"""Plotly's plain data: what a figure is, its axes, layout and colour bar."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.figures.heights import Heights, tick_settings

Trace = dict[str, Any]
Figure = dict[str, Any]

# A grey that is read on a white and on a black page.
NEUTRAL = "#808080"
FAINT = "rgba(128,128,128,0.25)"


def axis(
    title: str = "",
    *,
    log: bool = False,
    limits: tuple[float, float] | None = None,
    grid: bool = True,
    **settings: Any,
) -> dict[str, Any]:
    """A Plotly axis.

    Args:
        title: the translated title.
        log: whether the axis is logarithmic; ticks are then powers of ten.
        limits: the first and last coordinate shown (losses, not their logarithms).
        grid: whether grid lines are drawn.
        **settings: further attributes of Plotly's axis.

    Returns:
        The attributes as a dict.

    Example:
        >>> axis("step", limits=(0, 10))["range"]
        [0.0, 10.0]
    """
    result: dict[str, Any] = {
        "title": {"text": title, "standoff": 6},
        "showgrid": grid,
        "gridcolor": FAINT,
        "zeroline": False,
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": NEUTRAL,
        "linecolor": NEUTRAL,
        "showline": True,
    }
    if log:
        result |= {"type": "log", "exponentformat": "power", "dtick": 1, "minor": {"ticks": ""}}
    if limits is not None:
        first, last = (float(np.log10(limit)) if log else float(limit) for limit in limits)
        result["range"] = [first, last]
    return result | settings


def log_axis(title: str, low: float, high: float) -> dict[str, Any]:
    """A logarithmic Plotly axis from `low` to `high`, with ticks that can be read on few and on many decades.

    Args:
        title: the translated title.
        low: the lowest value shown, above 0.
        high: the highest value shown, above `low`.

    Returns:
        The attributes as a dict, with a narrow margin at both ends.

    Example:
        >>> log_axis("loss", 1.0, 20.0)["ticktext"]
        ['1', '2', '5', '10', '20']
        >>> log_axis("loss", 1e-9, 1e5)["dtick"]
        2
    """
    bottom, top = math.log10(low), math.log10(high)
    margin = max(0.04 * (top - bottom), 0.02)
    settings: dict[str, Any] = {"range": [bottom - margin, top + margin]}
    if top - bottom >= 2.5:
        settings["dtick"] = math.ceil((top - bottom) / 7)
    elif top - bottom < 0.7:
        settings["dtick"] = None  # Plotly's own ticks, which are those of a linear axis here
    else:
        places, texts = Heights("log", 0.0, bottom, top).ticks()
        settings |= {"tickmode": "array", "tickvals": 10.0**places, "ticktext": texts}
    return axis(title, log=True) | settings


def layout(x: dict[str, Any], y: dict[str, Any], **settings: Any) -> dict[str, Any]:
    """A Plotly layout of one pair of axes with narrow margins and no colours of its own.

    Args:
        x: the horizontal axis.
        y: the vertical axis.
        **settings: further attributes of Plotly's layout.

    Returns:
        The layout as a dict.

    Example:
        >>> sorted(layout(axis(), axis()))[:2]
        ['hovermode', 'margin']
    """
    return {
        "xaxis": x,
        "yaxis": y,
        "margin": {"l": 56, "r": 12, "t": 12, "b": 44},
        "showlegend": False,
        "hovermode": "closest",
    } | settings


def colour_bar(heights: Heights, title: str) -> dict[str, Any]:
    """The colour bar of a picture of heights, with losses at its ticks.

    Args:
        heights: the picture's `Heights`.
        title: the translated word for the loss.

    Returns:
        The attributes of Plotly's colour bar.

    Example:
        >>> colour_bar(Heights("log", 0.0, -2.0, 1.0), "loss")["ticktext"]
        ['10⁻²', '10⁻¹', '10⁰', '10¹']
    """
    return {
        "title": {"text": heights.title(title), "side": "right"},
        "thickness": 12,
        "len": 1.0,
        "outlinewidth": 0,
        "ticks": "outside",
        "ticklen": 3,
        "tickcolor": NEUTRAL,
        "xpad": 6,
    } | tick_settings(heights)


def compact(values: ArrayLike) -> NDArray[Any]:
    """The same numbers in four bytes each, where a picture cannot show the difference.

    Args:
        values: real numbers, any shape; NaN allowed.

    Returns:
        float32, or float64 where float32 would overflow or blur differences of a thousandth of the span.

    Example:
        >>> compact([0.0, 1.0]).dtype, compact([0.0, 1e300]).dtype, compact([1e9, 1e9 + 1]).dtype
        (dtype('float32'), dtype('float64'), dtype('float64'))
    """
    array = np.asarray(values, dtype=np.float64)
    finite = array[np.isfinite(array)]
    if finite.size == 0:
        return array.astype(np.float32)
    largest = float(np.abs(finite).max())
    span = float(finite.max()) - float(finite.min())
    if largest > 1e37 or 0 < span < 1e-4 * largest:
        return array
    return array.astype(np.float32)


def exponents(values: ArrayLike) -> str:
    """How Plotly writes the numbers of an axis: in full, or with powers of ten; never as 600µ.

    Example:
        >>> exponents([-2.0, 2.0]), exponents([0.0, 6e-4]), exponents([0.0, 3e-7])
        ('none', 'none', 'power')
    """
    largest = float(np.max(np.abs(values)))
    return "none" if largest == 0 or 1e-4 <= largest < 1e6 else "power"


def note(text: str, *, x: float = 0.01, y: float = 0.01) -> dict[str, Any]:
    """A short text in a corner of the picture, in figure coordinates from 0 to 1.

    Example:
        >>> note("3 points")["text"]
        '3 points'
    """
    return {
        "text": text,
        "showarrow": False,
        "xref": "paper",
        "yref": "paper",
        "x": x,
        "y": y,
        "xanchor": "left",
        "yanchor": "bottom",
        "bgcolor": "rgba(20,20,20,0.65)",
        "font": {"color": "#ffffff", "size": 12},
        "borderpad": 3,
    }
