"""Entropies: two distributions side by side, the areas that are their cross-entropy, and its two parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.figures.axes import Figure, Trace, axis, layout
from landscape.figures.classes import LEGEND
from landscape.figures.colours import BLUE, ORANGE, PURPLE, VERMILLION
from landscape.figures.fits import columns
from landscape.figures.heights import nice_step, number

TARGET, PREDICTION = BLUE, ORANGE
ENTROPY, DIVERGENCE, CROSS_ENTROPY = BLUE, VERMILLION, PURPLE
# A rectangle narrower than this part of the picture has no room for its number.
NARROW = 0.13
# The bars of the two distributions stand at this distance from the middle of their class.
BESIDE = 0.2


def probability_bars(
    target: ArrayLike,
    prediction: ArrayLike,
    names: Sequence[str],
    *,
    titles: tuple[str, str],
    words: tuple[str, str],
) -> Figure:
    """Two distributions side by side: at class k the target left of the abscissa k, the prediction right.

    Args:
        target: t (k,), each from 0 to 1.
        prediction: y (k,), likewise.
        names: of the classes.
        titles: translated titles of the classes and of the probability.
        words: what the target and the prediction are called.

    Returns:
        A Plotly figure as plain data.

    Raises:
        ValueError: where the shapes do not agree.

    Example:
        >>> figure = probability_bars(
        ...     [1, 0], [0.3, 0.7], ["1", "2"], titles=("class", "P"), words=("target t", "prediction y")
        ... )
        >>> [bar["y"].tolist() for bar in figure["data"]]
        [[1.0, 0.0], [0.3, 0.7]]
    """
    wanted, said = columns(target=target, prediction=prediction)
    if len(names) != wanted.size:
        raise ValueError(f"`names` must be {wanted.size}, got {len(names)}.")
    places = np.arange(wanted.size, dtype=np.float64)
    sides = ((wanted, words[0], -BESIDE, TARGET), (said, words[1], BESIDE, PREDICTION))
    bars: list[Trace] = [
        {
            "type": "bar",
            "name": name,
            "x": places + side,
            "y": values,
            "width": 2 * BESIDE,
            "marker": {"color": colour, "opacity": 0.9},
            "text": [number(float(value)) for value in values],
            "textposition": "outside",
            "cliponaxis": False,
            "customdata": list(names),
            "hovertemplate": f"<b>{name}</b><br>{titles[0]} %{{customdata}}: %{{y:.6g}}<extra></extra>",
        }
        for values, name, side, colour in sides
    ]
    across = axis(
        titles[0],
        limits=(-0.5, wanted.size - 0.5),
        grid=False,
        tickmode="array",
        tickvals=places,
        ticktext=list(names),
    )
    up = axis(titles[1], limits=(0.0, 1.25), tickmode="array", tickvals=[0.0, 0.25, 0.5, 0.75, 1.0])
    return {"data": bars, "layout": layout(across, up, **LEGEND)}


def surprise_areas(
    target: ArrayLike,
    prediction: ArrayLike,
    names: Sequence[str],
    *,
    titles: tuple[str, str],
    words: Mapping[str, str],
    unit: float = 1.0,
) -> Figure:
    """Cross-entropy as an area: class k is a rectangle as wide as t_k and as high as -log y_k.

    Up to -log t_k the area is of the entropy; what stands above it is of the divergence, and what is
    lacking below it, where y_k > t_k, is taken from the divergence again. Rectangles of infinite height
    reach the edge of the picture.

    Args:
        target: t (k,), probabilities that sum to 1.
        prediction: y (k,), likewise.
        names: of the classes.
        titles: translated titles of the width and of the height.
        words: translated words for "entropy", "more" and "less".
        unit: how many nats the unit has: log 2 for bits.

    Returns:
        A Plotly figure as plain data: what is under both heights, what is more, what is less.

    Raises:
        ValueError: where the shapes do not agree or a word is missing.

    Example:
        >>> words = {"entropy": "H", "more": "+", "less": "-"}
        >>> figure = surprise_areas([0.5, 0.5], [0.25, 0.75], "ab", titles=("t", "nats"), words=words)
        >>> [trace["y"].round(3).tolist() for trace in figure["data"]]
        [[0.693, 0.288], [0.693, 0.0], [0.0, 0.405]]
    """
    wanted, said = columns(target=target, prediction=prediction)
    if len(names) != wanted.size:
        raise ValueError(f"`names` must be {wanted.size}, got {len(names)}.")
    missing = sorted({"entropy", "more", "less"} - set(words))
    if missing:
        raise ValueError(f"`words` must have entropy, more and less, got none for {missing}.")
    shown = wanted > 0
    with np.errstate(divide="ignore"):
        own = np.where(shown, -np.log(np.where(shown, wanted, 1.0)), 0.0) / unit
        met = np.where(shown, -np.log(said), 0.0) / unit
    known = np.concatenate([own, met[np.isfinite(met)], [1.0]])
    top = 1.22 * float(known.max())
    drawn = np.minimum(met, top)
    centres = np.cumsum(wanted) - wanted / 2
    parts = (
        (
            np.minimum(own, drawn),
            np.zeros(wanted.size),
            words["entropy"],
            {"color": ENTROPY, "opacity": 0.75},
        ),
        (np.maximum(drawn - own, 0.0), own, words["more"], {"color": DIVERGENCE, "opacity": 0.8}),
        (
            np.maximum(own - drawn, 0.0),
            drawn,
            words["less"],
            {
                "color": "rgba(0,0,0,0)",
                "line": {"color": DIVERGENCE, "width": 1.5},
                "pattern": {"shape": "/", "fgcolor": DIVERGENCE, "size": 6, "solidity": 0.25},
            },
        ),
    )
    said_of = [
        f"{name}<br>t = {number(t)}, −log y = {number(high)}<br>−t log y = {number(t * high) if t else '0'}"
        for name, t, high in zip(names, wanted.tolist(), met.tolist(), strict=True)
    ]
    data: list[Trace] = [
        {
            "type": "bar",
            "name": name,
            "x": centres,
            "y": heights,
            "base": base,
            "width": wanted,
            "marker": {"line": {"color": "#ffffff", "width": 1}} | marker,
            "text": said_of,
            "textposition": "none",
            "hovertemplate": "%{text}<extra></extra>",
        }
        for heights, base, name, marker in parts
    ]
    ticks = np.flatnonzero(shown)
    across = axis(
        titles[0],
        limits=(0.0, float(max(wanted.sum(), 1e-9))),
        grid=False,
        tickmode="array",
        tickvals=centres[ticks],
        ticktext=[names[int(index)] for index in ticks],
    )
    up = axis(titles[1], limits=(0.0, top), nticks=5)
    notes = _numbers(centres, drawn, wanted, met, top)
    settings: dict[str, Any] = LEGEND | {"annotations": notes, "barmode": "overlay"}
    return {"data": data, "layout": layout(across, up, **settings)}


def entropy_bars(
    cross_entropy: float,
    entropy: float,
    divergence: float,
    *,
    title: str,
    words: tuple[str, str, str],
) -> Figure:
    """A cross-entropy as one bar, and under it its two parts end to end.

    Infinite ones reach the edge of the picture.

    Args:
        cross_entropy: H(p, q), at least 0.
        entropy: H(p), at least 0 and finite.
        divergence: KL(p‖q), at least 0.
        title: translated title of the axis, with the unit.
        words: what the three are called.

    Returns:
        A Plotly figure as plain data: the cross-entropy, the entropy, the divergence.

    Raises:
        ValueError: where one is negative or NaN, or the entropy is infinite.

    Example:
        >>> figure = entropy_bars(0.9, 0.7, 0.2, title="nats", words=("H(p, q)", "H(p)", "KL"))
        >>> [(trace["base"], trace["x"]) for trace in figure["data"]]
        [([0.0], [0.9]), ([0.0], [0.7]), ([0.7], [0.2])]
    """
    given = {"cross_entropy": cross_entropy, "entropy": entropy, "divergence": divergence}
    for name, value in given.items():
        # A sum of rounded terms may be a hair below 0.
        if not value >= -1e-12 or (name == "entropy" and np.isinf(value)):
            raise ValueError(f"`{name}` must be at least 0, got {value}.")
    known = [value for value in (cross_entropy, entropy, 1.0) if np.isfinite(value)]
    step = nice_step(1.15 * max(known), 4)
    end = step * np.ceil(1.15 * max(known) / step)
    rows = (
        (cross_entropy, 0.0, 1, CROSS_ENTROPY, "#14181f", words[0]),
        (entropy, 0.0, 0, ENTROPY, "#ffffff", words[1]),
        (divergence, entropy, 0, DIVERGENCE, "#ffffff", words[2]),
    )
    data: list[Trace] = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "x": [value if np.isfinite(value) else end - base],
            "base": [base],
            "y": [row],
            "width": 0.72,
            "marker": {"color": colour, "opacity": 0.85},
            "text": [number(value)],
            "textposition": "inside",
            "insidetextanchor": "middle",
            "insidetextfont": {"color": ink},
            "textangle": 0,
            "hovertemplate": f"<b>{name}</b> = {number(value)}<extra></extra>",
        }
        for value, base, row, colour, ink, name in rows
    ]
    across = axis(title, limits=(0.0, float(end)), nticks=6)
    up = axis("", limits=(-0.5, 1.5), grid=False, showticklabels=False, ticks="")
    settings: dict[str, Any] = LEGEND | {"barmode": "overlay"}
    settings["margin"] = settings["margin"] | {"l": 14}
    return {"data": data, "layout": layout(across, up, **settings)}


def _numbers(
    centres: NDArray[np.float64],
    heights: NDArray[np.float64],
    widths: NDArray[np.float64],
    surprises: NDArray[np.float64],
    top: float,
) -> list[dict[str, Any]]:
    """The term of each rectangle above it, where it is wide enough."""
    return [
        {
            "text": number(width * surprise),
            "x": float(centre),
            "y": float(min(high, 0.9 * top)),
            "yanchor": "bottom",
            "showarrow": False,
            "bgcolor": "rgba(255,255,255,0.85)",
            "borderpad": 1,
            "font": {"size": 12, "color": "#14181f"},
        }
        for centre, high, width, surprise in zip(centres, heights, widths, surprises, strict=True)
        if width >= NARROW
    ]
