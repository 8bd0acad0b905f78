"""Distributions: two densities, and how far apart several measures say that they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from landscape.figures.axes import NEUTRAL, Figure, Trace, axis, compact, layout
from landscape.figures.colours import ORANGE, PathStyle
from landscape.figures.edges import edge_marks, edges, up_to_edge
from landscape.figures.fits import columns

FILLS = {"p": "rgba(128,128,128,0.35)", "q": "rgba(230,159,0,0.30)"}
"""What is filled under the density that is wanted, and under the one that is moved."""


def densities(
    x: ArrayLike,
    p: ArrayLike,
    q: ArrayLike,
    ends: Sequence[ArrayLike],
    *,
    names: Sequence[str],
    styles: Sequence[PathStyle],
    titles: tuple[str, str],
) -> Figure:
    """Two densities, the areas below them filled, and lines for others, such as where descents end.

    Args:
        x: where they are known (n,), increasing.
        p: the density that is wanted (n,).
        q: the one that is moved (n,).
        ends: k further densities, (n,) each; one that is nowhere a number leaves a trace without a line.
        names: translated names of P, of Q and of the k others.
        styles: k styles of the others.
        titles: translated titles of the axes.

    Returns:
        A Plotly figure as plain data, as high as the higher of P and Q.

    Raises:
        ValueError: where the shapes do not agree.

    Example:
        >>> figure = densities([0, 1], [1, 0], [0, 2], [], names=("P", "Q"), styles=(), titles=("x", ""))
        >>> [trace["name"] for trace in figure["data"]], figure["layout"]["yaxis"]["range"]
        (['P', 'Q'], [0.0, 2.3])
    """
    places, wanted, moved = columns(x=x, p=p, q=q)
    others = [columns(x=x, ends=end)[1] for end in ends]
    if not len(names) - 2 == len(others) == len(styles):
        raise ValueError(
            "`names` must be two more than `ends` and `styles`, "
            f"got {len(names)} for {len(others)} and {len(styles)}."
        )
    hover = f"{titles[0]}: %{{x:.4g}}<br>%{{y:.4g}}"
    data: list[Trace] = []
    for name, values, color, fill in (
        (names[0], wanted, NEUTRAL, FILLS["p"]),
        (names[1], moved, ORANGE, FILLS["q"]),
    ):
        data.append(
            _line(places, values, name, color, "solid", 2.0, hover) | {"fill": "tozeroy", "fillcolor": fill}
        )
    data += [
        _line(places, values, name, style.color, style.dash, 2.0, hover)
        for name, values, style in zip(names[2:], others, styles, strict=True)
    ]
    known = np.concatenate([wanted, moved])
    top = float(known[np.isfinite(known)].max(initial=0.0)) or 1.0
    notes = [
        _peak(places, values, name, color)
        for values, name, color in ((wanted, names[0], NEUTRAL), (moved, names[1], ORANGE))
    ]
    return {
        "data": data,
        "layout": layout(
            axis(titles[0], limits=(places[0], places[-1])),
            axis(titles[1], limits=(0.0, 1.15 * top)),
            annotations=[note for note in notes if note],
        ),
    }


def measure_curves(
    x: ArrayLike,
    values: Sequence[ArrayLike],
    *,
    names: Sequence[str],
    styles: Sequence[PathStyle],
    titles: tuple[str, str],
    top: float,
    levels: Mapping[str, float] | None = None,
) -> Figure:
    """Several measures against one number, on one linear scale.

    What lies above the picture is a triangle at its upper edge, and what is not finite a cross.

    Args:
        x: the number (n,), increasing.
        values: k measures, (n,) each.
        names: their translated names.
        styles: their styles.
        titles: translated titles of the axes.
        top: where the picture ends, above 0.
        levels: heights to mark by dotted lines, by what is written there.

    Returns:
        A Plotly figure as plain data: of each measure the curve and its marks at the upper edge, if any.

    Raises:
        ValueError: where the shapes do not agree, or `top` is not above 0.

    Example:
        >>> from landscape.figures import loss_style
        >>> style = loss_style("kl-divergence")
        >>> figure = measure_curves(
        ...     [0, 1, 2], [[0, 1, np.inf]], names=["KL"], styles=[style], titles=("m", ""), top=2.0
        ... )
        >>> figure["data"][1]["text"], figure["data"][1]["marker"]["symbol"]
        (['∞'], ['x'])
    """
    if not (np.isfinite(top) and top > 0):
        raise ValueError(f"`top` must be finite and above 0, got {top}.")
    if not len(values) == len(names) == len(styles):
        raise ValueError(
            "`values`, `names` and `styles` must be of one length, "
            f"got {len(values)}, {len(names)} and {len(styles)}."
        )
    limits = (-0.02 * top, top)
    edge = edges(limits, log=False)[1]
    data: list[Trace] = []
    for each, name, style in zip(values, names, styles, strict=True):
        places, heights = columns(x=x, values=each)
        hover = f"<b>{name}</b><br>{titles[0]}: %{{x:.4g}}<br>{titles[1]}: "
        line = _line(places, up_to_edge(heights, edge), name, style.color, style.dash, 2.5, hover)
        line["customdata"] = heights
        line["hovertemplate"] = f"{hover}%{{customdata:.5g}}<extra></extra>"
        data.append(line)
        gone = edge_marks(places, heights, ~(heights <= edge), edge, hover=hover, colour=style.color)
        data += [_thinned(marks) for marks in gone]
    places = columns(x=x)[0]
    lines = [
        {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": height, "y1": height}
        | {"line": {"color": NEUTRAL, "width": 1, "dash": "dot"}, "layer": "below"}
        for height in (levels or {}).values()
    ]
    notes = [
        {"text": text, "xref": "paper", "x": 0, "y": height, "xanchor": "left", "yanchor": "bottom"}
        | {"showarrow": False, "font": {"size": 11, "color": NEUTRAL}}
        for text, height in (levels or {}).items()
    ]
    return {
        "data": data,
        "layout": layout(
            axis(titles[0], limits=(places[0], places[-1])),
            axis(titles[1], limits=limits),
            shapes=lines,
            annotations=notes,
        ),
    }


def _line(x: np.ndarray, y: np.ndarray, name: str, color: str, dash: str, width: float, hover: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": compact(x),
        "y": compact(y),
        "line": {"color": color, "width": width, "dash": dash},
        "hovertemplate": f"<b>{name}</b><br>{hover}<extra></extra>",
    }


def _peak(x: np.ndarray, values: np.ndarray, name: str, color: str) -> dict[str, Any]:
    """A name above the highest place of a density; nothing where it has none in the picture."""
    top = float(np.nanmax(values, initial=0.0))
    if not (np.isfinite(top) and top > 0):
        return {}
    place = float(x[values == top].mean())
    return {
        "text": f"<b>{name}</b>",
        "x": place,
        "y": top,
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 13, "color": color},
    }


def _thinned(marks: Trace) -> Trace:
    """Marks at the edge of a picture that is only a third as wide: every fourth of them."""
    sizes = np.array(marks["marker"]["size"])
    drawn = np.flatnonzero(sizes)
    kept = np.zeros_like(sizes)
    kept[drawn[::4]] = 8.0
    return marks | {"marker": marks["marker"] | {"size": kept}}
