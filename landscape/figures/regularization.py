"""Regularization: a loss with and without its penalty, the penalty's ball and the minimizer's way to zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.figures.axes import Figure, Trace, compact
from landscape.figures.heights import Heights, Scale, measure, power_of_ten
from landscape.figures.landscapes import Titles, contour, grid, spacing, surface
from landscape.figures.marks import HALO, INK

RIM = "rgba(0,0,0,0.55)"
# How many times the plain loss's height a shared picture is high.
MOST_TIMES = 2.0


def landscape_pair(
    x: ArrayLike,
    y: ArrayLike,
    plain: ArrayLike,
    penalized: ArrayLike,
    *,
    titles: Titles = ("", "", ""),
    view: Literal["contour", "surface"] = "contour",
    scale: Scale = "linear",
    floor: float | None = None,
    traces: tuple[Sequence[Trace], Sequence[Trace]] = ((), ()),
    no_value: str = "",
    **settings: Any,
) -> tuple[Figure, Figure]:
    """The same two weights without and with a penalty, in the same colours, levels and lines.

    Args:
        x: the first weight (nx,), increasing in equal steps.
        y: the second weight (ny,), increasing in equal steps.
        plain: losses without the penalty (ny, nx); `plain[i, j]` belongs to (x[j], y[i]).
        penalized: losses with it (ny, nx).
        titles: translated titles of the two axes and of the loss.
        view: "contour" from above, "surface" from the side.
        scale: "linear", or "log" for log10(loss - floor).
        floor: the known minimum of the plain loss; by default the smallest loss of both grids.
        traces: what is drawn over the first and over the second.
        no_value: the translated words for "no value".
        **settings: further settings of `contour` or of `surface`.

    Returns:
        Two Plotly figures as plain data.

    Raises:
        ValueError: where the shapes do not agree, or `view`, `scale` or `floor` is not allowed.

    Example:
        >>> first, second = landscape_pair([0, 1], [0, 1], [[0, 1], [2, 3]], [[0, 5], [6, 9]])
        >>> first["data"][0]["zmax"] == second["data"][0]["zmax"]
        True
    """
    if view not in ("contour", "surface"):
        raise ValueError(f"`view` must be 'contour' or 'surface', got {view!r}.")
    losses = [grid(x, y, values)[2] for values in (plain, penalized)]
    heights = shared_heights(*losses, scale=scale, floor=floor)
    draw = contour if view == "contour" else surface
    first, second = (
        draw(x, y, values, titles=titles, heights=heights, traces=above, no_value=no_value, **settings)
        for values, above in zip(losses, traces, strict=True)
    )
    return first, second


def shared_heights(
    plain: ArrayLike, penalized: ArrayLike, *, scale: Scale = "linear", floor: float | None = None
) -> Heights:
    """Heights for a loss and the same loss with a penalty, on which the first is still to be read.

    They span both, but where linear at most twice the height of the plain loss: under a strong penalty
    the higher losses keep the last colour, instead of the plain valley becoming a single one.

    Args:
        plain: losses without the penalty, any shape.
        penalized: losses with it, any shape.
        scale: "linear", or "log" for log10(loss - floor).
        floor: the known minimum of the plain loss; by default the smallest loss of both.

    Returns:
        The `Heights` of both pictures, also to lay paths on their surfaces.

    Raises:
        ValueError: where `scale` or `floor` is not allowed.

    Example:
        >>> shared_heights([0.0, 1.0], [0.0, 1.5]).high, shared_heights([0.0, 1.0], [0.0, 1000.0]).high
        (1.5, 2.0)
    """
    both = measure(np.ravel(plain), np.ravel(penalized), scale=scale, floor=floor)
    if scale == "log":
        return both
    alone = measure(plain)
    highest = both.low + MOST_TIMES * (alone.high - alone.low)
    return both if both.high <= highest else replace(both, high=highest, open_top=True)


def penalty_outline(
    point: ArrayLike, l1_ratio: float, *, count: int = 361
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The weights that the penalty charges as much as a given point.

    With ρ = `l1_ratio` the outline is ρ‖w‖₁ + (1 − ρ)‖w‖₂² = constant: a circle at ρ = 0 (ridge), a diamond
    at ρ = 1 (lasso), a rounded diamond between them (elastic net). The strength λ scales both sides alike.

    Args:
        point: two weights on the outline, in general the penalized minimizer.
        l1_ratio: ρ, from 0 to 1.
        count: how many points, one more than a multiple of 4 so that the corners are among them.

    Returns:
        The first and the second weight along the closed outline, each (count,).

    Raises:
        ValueError: where the point is not two finite numbers, the ratio is not from 0 to 1, or the count
            is not one more than a multiple of 4.

    Example:
        >>> first, second = penalty_outline([3.0, 1.0], 1.0, count=5)
        >>> first.round(6).tolist()
        [4.0, 0.0, -4.0, 0.0, 4.0]
    """
    weights = np.asarray(point, dtype=np.float64)
    if weights.shape != (2,) or not np.isfinite(weights).all():
        raise ValueError(f"`point` must be two finite numbers, got {weights}.")
    if not 0.0 <= l1_ratio <= 1.0:
        raise ValueError(f"`l1_ratio` must be from 0 to 1, got {l1_ratio}.")
    if count < 5 or count % 4 != 1:
        raise ValueError(f"`count` must be one more than a multiple of 4, at least 5, got {count}.")
    cost = l1_ratio * np.abs(weights).sum() + (1.0 - l1_ratio) * (weights**2).sum()
    angles = np.linspace(0.0, 2.0 * np.pi, count)
    across, up = np.cos(angles), np.sin(angles)
    across[-1], up[-1] = across[0], up[0]
    # Along each direction (1 − ρ) r² + ρ (|cos| + |sin|) r = cost; this root also holds at ρ = 0 and ρ = 1.
    linear = l1_ratio * (np.abs(across) + np.abs(up))
    radius = 2.0 * cost / (linear + np.sqrt(linear**2 + 4.0 * (1.0 - l1_ratio) * cost)) if cost > 0 else 0.0
    return radius * across, radius * up


def penalty_ball(w1: ArrayLike, w2: ArrayLike, *, name: str) -> list[Trace]:
    """The outline of a penalty's ball, lightly filled.

    Args:
        w1: the first weight along the closed outline (m,), from `penalty_outline`.
        w2: the second weight (m,).
        name: the translated name of the ball.

    Returns:
        Two scatter traces, a dark rim and the light outline above it.

    Raises:
        ValueError: where the shapes do not agree.

    Example:
        >>> [trace["name"] for trace in penalty_ball([1, 0, 1], [0, 1, 0], name="ball")]
        ['ball', 'ball']
    """
    first, second = np.asarray(w1, dtype=np.float64), np.asarray(w2, dtype=np.float64)
    if first.ndim != 1 or first.shape != second.shape or first.size == 0:
        raise ValueError(
            f"`w1` and `w2` must be columns of one length, got {first.shape} and {second.shape}."
        )
    return [
        _line(first, second, name, RIM, 4.5) | {"fill": "toself", "fillcolor": "rgba(255,255,255,0.10)"},
        _line(first, second, name, HALO, 2.2),
    ]


def loss_level(x: ArrayLike, y: ArrayLike, values: ArrayLike, level: float, *, name: str) -> list[Trace]:
    """The line on which a loss has one value, to be seen touching a penalty's ball.

    Args:
        x: the first weight (nx,), increasing in equal steps.
        y: the second weight (ny,), increasing in equal steps.
        values: losses (ny, nx); `values[i, j]` belongs to (x[j], y[i]).
        level: the loss on the line.
        name: the translated name of the line.

    Returns:
        Two contour traces, a dark rim and the light dashed line above it.

    Raises:
        ValueError: where the shapes do not agree or the level is not finite.

    Example:
        >>> loss_level([0, 1], [0, 1], [[0, 1], [2, 3]], 1.5, name="level")[1]["contours"]["start"]
        1.5
    """
    first, second, losses = grid(x, y, values)
    if not np.isfinite(level):
        raise ValueError(f"`level` must be finite, got {level}.")
    line: Trace = {
        "type": "contour",
        "name": name,
        **spacing(first),
        **spacing(second, "y"),
        "z": compact(losses),
        "autocontour": False,
        "contours": {"coloring": "none", "start": float(level), "end": float(level), "size": 1.0},
        "showscale": False,
        "showlegend": False,
        "hoverinfo": "skip",
    }
    return [
        line | {"line": {"color": RIM, "width": 4}},
        line | {"line": {"color": HALO, "width": 2, "dash": "dash"}},
    ]


def minimizer_way(
    points: ArrayLike,
    strengths: ArrayLike,
    *,
    name: str,
    titles: tuple[str, str, str] = ("", "", "λ"),
    extent: tuple[tuple[float, float], tuple[float, float]] | None = None,
) -> list[Trace]:
    """The minimizer's way from least squares to zero as the penalty grows, with dots at powers of ten.

    Args:
        points: the penalized minimizers (L, 2); rows that are not finite are left out.
        strengths: the strengths λ (L,), increasing, from 0 or more.
        name: the translated name of the way.
        titles: titles of the two weights and of the strength, for the text under the pointer.
        extent: the limits of the picture, ((xmin, xmax), (ymin, ymax)), by default those of the way;
            strengths that would overlap in it are not written.

    Returns:
        Three scatter traces: a light rim, the dark way, and the dots with their strengths beside them. A
        power of ten between two strengths stands between their points, in proportion to log λ.

    Raises:
        ValueError: where the shapes do not agree, or the strengths are negative or do not increase.

    Example:
        >>> rim, way, dots = minimizer_way([[4, 2], [2, 1], [0, 0]], [0, 1, 100], name="minimizer")
        >>> dots["x"].tolist(), dots["customdata"].tolist()
        ([2.0, 1.0, 0.0], [1.0, 10.0, 100.0])
    """
    places, amounts = np.asarray(points, dtype=np.float64), np.asarray(strengths, dtype=np.float64)
    if amounts.ndim != 1 or places.shape != (amounts.size, 2) or amounts.size == 0:
        raise ValueError(
            "`points` and `strengths` must have the shapes (L, 2) and (L,), "
            f"got {places.shape} and {amounts.shape}."
        )
    if not (np.isfinite(amounts).all() and amounts[0] >= 0 and (np.diff(amounts) > 0).all()):
        raise ValueError(f"`strengths` must be finite, at least 0 and increasing, got {amounts}.")
    known = np.isfinite(places).all(axis=1)
    places, amounts = places[known], amounts[known]
    powers = _powers_of_ten(amounts)
    logs, positive = np.log10(amounts[amounts > 0]), places[amounts > 0]
    dots = [np.interp(powers, logs, positive[:, axis]) if powers.size else np.zeros(0) for axis in (0, 1)]
    spans = np.ptp(places, axis=0) if extent is None else np.ptp(np.asarray(extent, dtype=np.float64), axis=1)
    first, second, strength = (title or other for title, other in zip(titles, ("x", "y", "λ"), strict=True))
    return [
        _line(places[:, 0], places[:, 1], name, HALO, 4.5),
        _line(places[:, 0], places[:, 1], name, INK, 2.2),
        {
            "type": "scatter",
            "mode": "markers+text",
            "name": name,
            "x": dots[0],
            "y": dots[1],
            "customdata": 10.0**powers,
            "text": _spaced(np.stack(dots, axis=-1), [power_of_ten(int(power)) for power in powers], spans),
            "textposition": "middle right",
            "textfont": {"color": HALO, "size": 12, "shadow": f"0 0 3px {INK}, 0 0 2px {INK}, 0 0 1px {INK}"},
            "marker": {"size": 8, "color": INK, "line": {"color": HALO, "width": 1.5}},
            "hovertemplate": (
                f"{strength} = %{{customdata:.3g}}<br>"
                f"{first}: %{{x:.5g}}<br>{second}: %{{y:.5g}}<extra></extra>"
            ),
            "showlegend": False,
        },
    ]


def _powers_of_ten(amounts: NDArray[np.float64]) -> NDArray[np.float64]:
    positive = amounts[amounts > 0]
    if positive.size == 0:
        return np.zeros(0)
    low, high = np.log10(positive[0]), np.log10(positive[-1])
    return np.arange(np.ceil(low - 1e-9), np.floor(high + 1e-9) + 1)


def _spaced(points: NDArray[np.float64], texts: list[str], spans: NDArray[np.float64]) -> list[str]:
    """The texts, without those too near another to be read."""
    places = points / np.where(spans > 0, spans, 1.0)
    shown: list[int] = []
    for index, place in enumerate(places):
        # A text is about twice as wide as high.
        if all(np.abs(place - places[other]) @ (1.0, 2.0) > 0.12 for other in shown):
            shown.append(index)
    return [text if index in shown else "" for index, text in enumerate(texts)]


def _line(x: NDArray[np.float64], y: NDArray[np.float64], name: str, colour: str, width: float) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": y,
        "line": {"color": colour, "width": width},
        "hoverinfo": "skip",
        "showlegend": False,
    }
