"""Strengths: what changes as the penalty's λ grows, with λ = 0 as a place of its own on the left."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.figures.axes import NEUTRAL, Figure, Trace, axis, compact, layout, log_axis
from landscape.figures.classes import LEGEND
from landscape.figures.colours import SKY_BLUE, VERMILLION, PathStyle, cycle_style
from landscape.figures.heights import power_of_ten
from landscape.figures.labels import label_room, line_labels

# How far λ = 0 stands left of the smallest other λ, in parts of the axis.
ZERO_GAP = 0.08
CURRENT = {"color": NEUTRAL, "width": 1.5, "dash": "dot"}


def condition_numbers(
    strengths: ArrayLike, condition_numbers: ArrayLike, current: float, titles: tuple[str, str]
) -> Figure:
    """The Hessian's condition number against the strength, both logarithmic.

    Args:
        strengths: λ (L,), increasing, from 0 or more, at least two above 0.
        condition_numbers: of the Hessian at each λ (L,); an infinite one is written ∞ at the top.
        current: the λ of the page, marked by a line and a dot.
        titles: translated titles of the strength and of the condition number.

    Returns:
        A Plotly figure as plain data.

    Raises:
        ValueError: where the shapes do not agree, or the strengths are not as said.

    Example:
        >>> figure = condition_numbers([0, 1, 100], [1000, 100, 2], 1, ("λ", "κ"))
        >>> figure["data"][0]["y"].tolist()
        [1000.0, 100.0, 2.0]
    """
    amounts, numbers = _check(strengths, condition_numbers=condition_numbers)
    places = _places(amounts)
    known = numbers[np.isfinite(numbers) & (numbers > 0)]
    low, high = (float(known.min()), float(known.max())) if known.size else (1.0, 10.0)
    top = max(high, 3.0 * low)
    vertical = log_axis(titles[1], low, top)
    finite = np.where(np.isfinite(numbers), numbers, np.nan)
    here = _place(current, amounts)
    data = [
        _curve(places, finite, amounts, PathStyle(SKY_BLUE, "solid", "circle"), titles[1], titles),
        _dot(here, 10.0 ** _between(here, places, np.log10(finite)), SKY_BLUE),
    ]
    infinite = np.isinf(numbers)
    if infinite.any():
        data.append(
            {
                "type": "scatter",
                "mode": "text",
                "x": places[infinite],
                "y": np.full(int(infinite.sum()), top),
                "text": ["∞"] * int(infinite.sum()),
                "textposition": "middle right",
                "textfont": {"size": 24},
                "hoverinfo": "skip",
            }
        )
    return {
        "data": data,
        "layout": layout(_strength_axis(amounts, titles[0]), vertical, shapes=[_rule(here)]),
    }


def coefficient_paths(
    strengths: ArrayLike,
    coefficients: ArrayLike,
    names: Sequence[str],
    current: float,
    titles: tuple[str, str],
) -> Figure:
    """Every coefficient against the strength, with its name where its line begins.

    Args:
        strengths: λ (L,), increasing, from 0 or more, at least two above 0.
        coefficients: the coefficients at each λ (L, d); `coefficients[l, j]` belongs to `names[j]`.
        names: d names.
        current: the λ of the page, marked by a line.
        titles: translated titles of the strength and of the coefficients.

    Returns:
        A Plotly figure as plain data: the d lines, then what leads from each name to its line.

    Raises:
        ValueError: where the shapes do not agree, or the strengths are not as said.

    Example:
        >>> figure = coefficient_paths([1, 10], [[3, -1], [1, 0]], ("a", "b"), 1, ("λ", "w"))
        >>> [(trace["name"], trace["y"].tolist()) for trace in figure["data"][:2]]
        [('a', [3.0, 1.0]), ('b', [-1.0, 0.0])]
    """
    table = np.asarray(coefficients, dtype=np.float64)
    (amounts,) = _check(strengths)
    if table.shape != (amounts.size, len(names)) or not len(names):
        raise ValueError(
            f"`coefficients` must have the shape ({amounts.size}, {len(names)}) of `strengths` and `names`, "
            f"got {table.shape}."
        )
    places = _places(amounts)
    data = [
        _curve(places, table[:, number], amounts, cycle_style(number), name, titles)
        for number, name in enumerate(names)
    ]
    labels, leaders, (bottom, top) = line_labels(
        places, table, names, [cycle_style(number).color for number in range(len(names))]
    )
    horizontal = _strength_axis(amounts, titles[0])
    # Room for the names, left of where the lines begin.
    width = places[-1] - places[0]
    horizontal["range"] = [places[0] - 0.06 * width - label_room(names) * width, places[-1] + 0.02 * width]
    vertical = axis(titles[1], limits=(bottom, top))
    zero = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0, "line": {"color": NEUTRAL}}
    return {
        "data": [*data, *leaders],
        "layout": layout(
            horizontal,
            vertical,
            annotations=labels,
            shapes=[zero | {"layer": "below"}, _rule(_place(current, amounts))],
        ),
    }


def error_curves(
    strengths: ArrayLike,
    training: ArrayLike,
    held_out: ArrayLike,
    current: float,
    titles: tuple[str, str],
    names: tuple[str, str, str] = ("", "", ""),
) -> Figure:
    """Training and held-out error against the strength, with the λ of the least held-out error marked.

    Args:
        strengths: λ (L,), increasing, from 0 or more, at least two above 0.
        training: the error on the examples that were fitted (L,).
        held_out: the error on the examples that were not (L,).
        current: the λ of the page, marked by a line and two dots.
        titles: translated titles of the strength and of the error.
        names: translated names of the two curves and of the least held-out error.

    Returns:
        A Plotly figure as plain data: the two curves, their dots at the current λ, and the best.

    Raises:
        ValueError: where the shapes do not agree, or the strengths are not as said.

    Example:
        >>> figure = error_curves([0, 1, 10], [1, 2, 3], [5, 4, 6], 0, ("λ", "error"), ("fit", "new", "best"))
        >>> figure["data"][-1]["customdata"].tolist()
        [1.0]
    """
    amounts, fitted, unseen = _check(strengths, training=training, held_out=held_out)
    places, here = _places(amounts), _place(current, amounts)
    styles = (PathStyle(SKY_BLUE, "solid", "circle"), PathStyle(VERMILLION, "dash", "square"))
    curves = list(zip((fitted, unseen), styles, names[:2], strict=True))
    data = [
        _curve(places, errors, amounts, style, name, titles) | {"showlegend": True}
        for errors, style, name in curves
    ]
    data += [_dot(here, _between(here, places, errors), style.color) for errors, style, _ in curves]
    if np.isfinite(unseen).any():
        best = int(np.nanargmin(np.where(np.isfinite(unseen), unseen, np.nan)))
        star: dict[str, Any] = {"symbol": "star", "size": 14, "color": VERMILLION}
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": names[2],
                "x": places[[best]],
                "y": unseen[[best]],
                "customdata": amounts[[best]],
                "marker": star | {"line": {"color": "#ffffff", "width": 1.5}},
                "hovertemplate": _hover(names[2], titles),
                "showlegend": True,
            }
        )
    return {
        "data": data,
        "layout": layout(_strength_axis(amounts, titles[0]), axis(titles[1]), shapes=[_rule(here)], **LEGEND),
    }


def _check(strengths: ArrayLike, **columns: ArrayLike) -> list[NDArray[np.float64]]:
    amounts = np.asarray(strengths, dtype=np.float64)
    good = amounts.ndim == 1 and np.isfinite(amounts).all() and np.count_nonzero(amounts > 0) >= 2
    if not (good and amounts[0] >= 0 and (np.diff(amounts) > 0).all()):
        raise ValueError(
            f"`strengths` must be finite, at least 0 and increasing, two of them above 0, got {amounts}."
        )
    arrays = [np.asarray(column, dtype=np.float64) for column in columns.values()]
    for name, array in zip(columns, arrays, strict=True):
        if array.shape != amounts.shape:
            raise ValueError(f"`{name}` must have the shape {amounts.shape}, got {array.shape}.")
    return [amounts, *arrays]


def _places(amounts: NDArray[np.float64]) -> NDArray[np.float64]:
    """log10 λ, and for λ = 0 a place left of the others."""
    positive = amounts[amounts > 0]
    first, last = np.log10(positive[0]), np.log10(positive[-1])
    zero = first - max(ZERO_GAP * (last - first), 0.1)
    return np.where(amounts > 0, np.log10(np.where(amounts > 0, amounts, 1.0)), zero)


def _place(amount: float, amounts: NDArray[np.float64]) -> float:
    """Where one λ stands, within the axis."""
    if not (math.isfinite(amount) and amount >= 0):
        raise ValueError(f"`current` must be finite and at least 0, got {amount}.")
    places = _places(amounts)
    if amount == 0:
        return float(places[0])
    low = float(places[0] if amounts[0] > 0 else places[1])
    return float(np.clip(math.log10(amount), low, places[-1]))


def _between(place: float, places: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    return float(np.interp(place, places, values))


def _strength_axis(amounts: NDArray[np.float64], title: str) -> dict[str, Any]:
    places = _places(amounts)
    positive = places[amounts > 0]
    first, last = math.ceil(positive[0] - 1e-9), math.floor(positive[-1] + 1e-9)
    step = max(1, math.ceil((last - first + 1) / 7))
    powers = [power for power in range(first, last + 1) if power % step == 0]
    ticks, texts = [float(power) for power in powers], [power_of_ten(power) for power in powers]
    if amounts[0] == 0:
        ticks, texts = [float(places[0]), *ticks], ["0", *texts]
    width = float(places[-1] - places[0])
    return axis(
        title,
        limits=(float(places[0]) - 0.03 * width, float(places[-1]) + 0.03 * width),
        tickmode="array",
        tickvals=ticks,
        ticktext=texts,
    )


def _curve(
    places: NDArray[np.float64],
    values: NDArray[np.float64],
    amounts: NDArray[np.float64],
    style: PathStyle,
    name: str,
    titles: tuple[str, str],
) -> Trace:
    trace: Trace = {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": compact(places),
        "y": values,
        "customdata": amounts,
        "line": {"color": style.color, "dash": style.dash, "width": 2.5},
        "hovertemplate": _hover(name, titles),
        "showlegend": False,
    }
    if amounts[0] == 0:
        # λ = 0 is no neighbour of the others on this axis: a dot of its own.
        sizes = np.zeros(amounts.size)
        sizes[0] = 7
        trace |= {
            "mode": "lines+markers",
            "marker": {"size": sizes, "color": style.color, "opacity": 1, "line": {"width": 0}},
        }
    return trace


def _hover(name: str, titles: tuple[str, str]) -> str:
    return f"<b>{name}</b><br>{titles[0]} = %{{customdata:.3g}}<br>{titles[1]}: %{{y:.5g}}<extra></extra>"


def _dot(place: float, value: float, colour: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": np.array([place]),
        "y": np.array([value]),
        "marker": {"size": 11, "color": colour, "line": {"color": "#ffffff", "width": 1.5}},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _rule(place: float) -> dict[str, Any]:
    return {"type": "line", "x0": place, "x1": place, "yref": "paper", "y0": 0, "y1": 1, "line": CURRENT}
