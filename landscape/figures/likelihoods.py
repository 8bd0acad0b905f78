"""Likelihoods: data under a density, and what they say of its parameter."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.figures.axes import NEUTRAL, Figure, Trace, axis, compact, layout, note
from landscape.figures.classes import LEGEND
from landscape.figures.colours import BLUE, GREEN, ORANGE, PathStyle
from landscape.figures.edges import up_to_edge
from landscape.figures.fits import columns
from landscape.figures.heights import Heights, number, power_of_ten
from landscape.figures.landscapes import contour

# More data than this are a histogram: so many stems would be a wall.
STEMS = 60
MODEL, SEEN = BLUE, ORANGE
# Exponents of ten that stand in the title of an axis instead of at every tick.
PLAIN = range(-2, 4)
# The part of a curve that is in the picture where it climbs to infinity.
STEEP = 0.96


def density_picture(
    x: ArrayLike,
    densities: ArrayLike,
    data: ArrayLike,
    at_data: ArrayLike,
    *,
    titles: tuple[str, str],
    words: Mapping[str, str],
    top: float | None = None,
) -> Figure:
    """A density over data: a stem from each datum up to the density there, or a histogram of many.

    The likelihood is the product of the stems' heights.

    Args:
        x: places (n,), increasing.
        densities: the density there (n,).
        data: what was seen (m,).
        at_data: the density there (m,).
        titles: translated titles of the data and of the density.
        words: translated words for "model" and "data".
        top: the highest density shown, so that the picture stays as it is while the density moves; by
            default that of what is drawn.

    Returns:
        A Plotly figure as plain data: the density, then the data.

    Raises:
        ValueError: where the shapes do not agree or a word is missing.

    Example:
        >>> words = {"model": "model", "data": "data"}
        >>> figure = density_picture([0, 1, 2], [0, 1, 0], [1], [1], titles=("x", "p"), words=words)
        >>> figure["data"][1]["x"].tolist()[:2], figure["data"][1]["y"].tolist()[:2]
        ([1.0, 1.0], [0.0, 1.0])
    """
    _check_words(words)
    places, heights = columns(x=x, densities=densities)
    seen, stems = columns(data=data, at_data=at_data)
    hover = f"{titles[0]}: %{{x:.4g}}<br>{titles[1]}: %{{y:.4g}}<extra></extra>"
    model: Trace = {
        "type": "scatter",
        "mode": "lines",
        "name": words["model"],
        "x": compact(places),
        "y": compact(heights),
        "line": {"color": MODEL, "width": 3},
        "fill": "tozeroy",
        "fillcolor": "rgba(0,114,178,0.10)",
        "hovertemplate": hover,
    }
    if seen.size > STEMS:
        drawn, highest = _histogram(seen, words["data"], hover)
    else:
        drawn, highest = _stems(seen, stems, words["data"], hover), 0.0
    highest = max(highest, float(heights.max(initial=0.0)), float(stems.max(initial=0.0)), top or 0.0)
    across = axis(titles[0], limits=(places[0], places[-1]))
    up = axis(titles[1], limits=(0.0, 1.08 * (highest or 1.0)))
    return {"data": [model, *drawn], "layout": layout(across, up, bargap=0, **LEGEND)}


def mass_picture(
    names: Sequence[str],
    masses: ArrayLike,
    counts: ArrayLike,
    *,
    titles: tuple[str, str],
    words: Mapping[str, str],
    top: float | None = None,
) -> Figure:
    """The probability of each of some outcomes, beside how often each was seen.

    Outcome i stands at the abscissa i.

    Args:
        names: of the outcomes (k,).
        masses: their probabilities (k,).
        counts: how often each was seen (k,), together at least once.
        titles: translated titles of the outcomes and of the probability.
        words: translated words for "model" and "data".
        top: the highest probability shown; by default that of what is drawn.

    Returns:
        A Plotly figure as plain data: bars of the model, dots at the shares of what was seen.

    Raises:
        ValueError: where the shapes do not agree or a word is missing.

    Example:
        >>> words = {"model": "model", "data": "data"}
        >>> figure = mass_picture(["0", "1"], [0.4, 0.6], [1, 3], titles=("x", "P"), words=words)
        >>> figure["data"][0]["y"].tolist(), figure["data"][1]["y"].tolist()
        ([0.4, 0.6], [0.25, 0.75])
    """
    _check_words(words)
    chances, often = columns(masses=masses, counts=counts)
    if len(names) != chances.size:
        raise ValueError(f"`names` must be {chances.size}, got {len(names)}.")
    total = float(often.sum())
    if not total > 0:
        raise ValueError(f"`counts` must be together at least 1, got {total:g}.")
    shares = often / total
    places = np.arange(chances.size, dtype=np.float64)
    bars: Trace = {
        "type": "bar",
        "name": words["model"],
        "x": places,
        "y": chances,
        "width": 0.62,
        "marker": {"color": MODEL, "opacity": 0.75},
        "customdata": list(names),
        "hovertemplate": f"{titles[0]}: %{{customdata}}<br>{titles[1]}: %{{y:.4g}}<extra></extra>",
    }
    found = often > 0
    dots: Trace = {
        "type": "scatter",
        "mode": "markers",
        "name": words["data"],
        "x": places[found],
        "y": shares[found],
        "marker": {
            "size": 11,
            "color": SEEN,
            "symbol": "diamond",
            "line": {"color": "#ffffff", "width": 1.5},
        },
        "text": [f"{count:g} / {total:g}" for count in often[found]],
        "cliponaxis": False,
        "hovertemplate": f"<b>{words['data']}</b><br>%{{text}} = %{{y:.4g}}<extra></extra>",
    }
    highest = max(float(chances.max()), float(shares.max()), top or 0.0)
    # Names of many outcomes would overlap: every other, or every fifth, is enough.
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100) if chances.size / step <= 16 or step == 100)
    across = axis(
        titles[0],
        limits=(-0.6, chances.size - 0.4),
        grid=False,
        tickmode="array",
        tickvals=places[::step],
        ticktext=list(names)[::step],
    )
    up = axis(titles[1], limits=(0.0, min(1.08 * highest, max(1.03, highest))))
    return {"data": [bars, dots], "layout": layout(across, up, **LEGEND)}


def likelihood_curve(
    parameters: ArrayLike, likelihoods: ArrayLike, *, titles: tuple[str, str], nothing: str = ""
) -> Figure:
    """The likelihood against the parameter, in a unit that is a power of ten.

    Args:
        parameters: places (n,), increasing.
        likelihoods: the likelihood there (n,), at least 0.
        titles: translated titles of the parameter and of the likelihood.
        nothing: translated words that stand in the picture where every likelihood is 0.

    Returns:
        A Plotly figure as plain data; `layout["meta"]["unit"]` is what ordinates are multiples of.

    Raises:
        ValueError: where the shapes do not agree or a likelihood is negative or not finite.

    Example:
        >>> figure = likelihood_curve([0, 1, 2], [1e-9, 5e-8, 0], titles=("μ", "L"))
        >>> figure["layout"]["yaxis"]["title"]["text"], figure["layout"]["meta"]["unit"]
        ('L / 10⁻⁸', 1e-08)
    """
    places, values = columns(parameters=parameters, likelihoods=likelihoods)
    unit, title = _unit(values, titles[1])
    highest = float(values.max())
    curve: Trace = {
        "type": "scatter",
        "mode": "lines",
        "x": compact(places),
        "y": compact(values / unit),
        "text": [number(value) for value in values],
        "line": {"color": GREEN, "width": 3},
        "fill": "tozeroy",
        "fillcolor": "rgba(0,158,115,0.10)",
        "hovertemplate": f"{titles[0]}: %{{x:.4g}}<br>{titles[1]}: %{{text}}<extra></extra>",
    }
    # Above the curve there is room for the words of marks.
    up = axis(title, limits=(0.0, 1.35 * (highest / unit or 1.0)), nticks=5)
    settings: dict[str, Any] = {"annotations": [note(nothing, x=0.02, y=0.6)]} if highest == 0 else {}
    across = axis(titles[0], limits=(places[0], places[-1]))
    return {"data": [curve], "layout": layout(across, up, meta={"unit": unit}, **settings)}


def likelihood_map(
    x: ArrayLike,
    y: ArrayLike,
    likelihoods: ArrayLike,
    *,
    titles: tuple[str, str, str],
    nothing: str = "",
) -> Figure:
    """The likelihood over two parameters from above, in a unit that is a power of ten.

    Args:
        x: the first parameter (nx,), increasing in equal steps.
        y: the second (ny,), likewise.
        likelihoods: the likelihood (ny, nx), at least 0.
        titles: translated titles of the parameters and of the likelihood.
        nothing: translated words that stand in the picture where every likelihood is 0.

    Returns:
        A Plotly figure as plain data.

    Raises:
        ValueError: where the shapes do not agree or a likelihood is negative or not finite.

    Example:
        >>> figure = likelihood_map([0, 1], [0, 1], [[1e-60, 2e-60], [0, 4e-60]], titles=("a", "b", "L"))
        >>> figure["data"][0]["z"].round(6).tolist()
        [[1.0, 2.0], [0.0, 4.0]]
    """
    values = np.asarray(likelihoods, dtype=np.float64)
    unit, title = _unit(values, titles[2])
    heights = Heights("linear", 0.0, 0.0, float(values.max() / unit) or 1.0)
    figure = contour(x, y, values / unit, titles=(titles[0], titles[1], title), heights=heights)
    if values.max() == 0:
        figure["layout"]["annotations"] = [note(nothing, x=0.02, y=0.6)]
    return figure


def surprise_curve(
    parameters: ArrayLike,
    surprises: ArrayLike,
    losses: ArrayLike,
    *,
    titles: tuple[str, str],
    words: tuple[str, str],
    style: PathStyle,
) -> Figure:
    """The mean negative log-likelihood against the parameter, and on it the loss that it is.

    A curve that climbs to infinity leaves the picture.

    Args:
        parameters: places (n,), increasing.
        surprises: the mean negative log-likelihood there (n,); a broad pale line.
        losses: the loss there (n,); a narrow dashed line.
        titles: translated titles of the parameter and of both curves.
        words: what the two curves are called.
        style: of the loss.

    Returns:
        A Plotly figure as plain data.

    Raises:
        ValueError: where the shapes do not agree.

    Example:
        >>> style = PathStyle("#0072B2", "solid", "circle")
        >>> figure = surprise_curve(
        ...     [0, 1, 2], [float("inf"), 1, 3], [float("inf"), 1, 3], titles=("p", "nats"), words=("a", "b"),
        ...     style=style,
        ... )
        >>> [trace["name"] for trace in figure["data"]], figure["layout"]["yaxis"]["range"][1] > 3
        (['a', 'b'], True)
    """
    places, found, other = columns(parameters=parameters, surprises=surprises, losses=losses)
    both = np.concatenate([found, other])
    known = both[np.isfinite(both)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    if 0 < known.size < both.size:
        high = float(np.quantile(known, STEEP))  # the way to infinity would flatten the rest
    span = high - low if high > low else max(abs(high), 1.0)
    limits = (low - 0.12 * span, high + 0.06 * span)
    lines = (
        (found, words[0], {"color": style.color, "width": 9}, 0.35),
        (other, words[1], {"color": style.color, "width": 2.2, "dash": "dash"}, 1.0),
    )
    hover = f"{titles[0]}: %{{x:.4g}}<br>%{{customdata:.6g}}"
    curves: list[Trace] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": compact(places),
            "y": compact(up_to_edge(values, limits[1])),
            "customdata": values,
            "line": line,
            "opacity": opacity,
            "hovertemplate": f"<b>{name}</b><br>{hover}<extra></extra>",
        }
        for values, name, line, opacity in lines
    ]
    across = axis(titles[0], limits=(places[0], places[-1]))
    # In the hollow of the curve, where it takes no height from the picture.
    legend = {"orientation": "v", "x": 0.55, "xanchor": "center", "y": 1.0, "yanchor": "top"}
    settings: dict[str, Any] = {"showlegend": True, "legend": legend | {"bgcolor": "rgba(0,0,0,0)"}}
    return {"data": curves, "layout": layout(across, axis(titles[1], limits=limits, nticks=6), **settings)}


def _unit(likelihoods: NDArray[np.float64], title: str) -> tuple[float, str]:
    """The power of ten just below the highest, where it is not near 1, and the title that says so."""
    if not (np.isfinite(likelihoods).all() and (likelihoods >= 0).all()):
        raise ValueError(f"`likelihoods` must be finite and at least 0, got {likelihoods}.")
    highest = float(likelihoods.max())
    exponent = math.floor(math.log10(highest)) if highest > 0 else 0
    if exponent in PLAIN:
        return 1.0, title
    return 10.0**exponent, f"{title} / {power_of_ten(exponent)}"


def _check_words(words: Mapping[str, str]) -> None:
    missing = sorted({"model", "data"} - set(words))
    if missing:
        raise ValueError(f"`words` must have model and data, got none for {missing}.")


def _stems(data: NDArray[np.float64], heights: NDArray[np.float64], name: str, hover: str) -> list[Trace]:
    """A line from each datum up to its density, and a dot on top."""
    gap = np.full(data.size, np.nan)
    lines: Trace = {
        "type": "scatter",
        "mode": "lines",
        "x": np.stack([data, data, gap], axis=1).ravel(),
        "y": np.stack([np.zeros(data.size), heights, gap], axis=1).ravel(),
        "line": {"color": SEEN, "width": 1.5},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    dots: Trace = {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": data,
        "y": heights,
        "marker": {"size": 9, "color": SEEN, "opacity": 1, "line": {"color": "#ffffff", "width": 1}},
        "hovertemplate": hover,
    }
    return [lines, dots]


def _histogram(data: NDArray[np.float64], name: str, hover: str) -> tuple[list[Trace], float]:
    """Bars whose areas are the shares of the data, and the highest of them."""
    shares, ends = np.histogram(data, bins="fd", density=True)
    bars: Trace = {
        "type": "bar",
        "name": name,
        "x": (ends[:-1] + ends[1:]) / 2,
        "y": shares,
        "width": float(ends[1] - ends[0]),
        "marker": {"color": SEEN, "opacity": 0.45, "line": {"color": NEUTRAL, "width": 0.5}},
        "hovertemplate": hover,
    }
    return [bars], float(shares.max())
