"""Sweeps: the final loss against the learning rate, with what the rate does written above it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.figures.axes import NEUTRAL, Figure, layout, log_axis
from landscape.figures.colours import BLUE, GREEN, ORANGE, SKY_BLUE, VERMILLION, PathStyle
from landscape.figures.edges import WIDTH
from landscape.figures.finals import check_rates, loss_axis, rate_traces

OUTCOME_COLOURS: dict[str, str] = {
    "crawls": SKY_BLUE,
    "converges": GREEN,
    "oscillates": ORANGE,
    "diverges": VERMILLION,
}
# Of a band's colour: in its strip above the picture, where its word stands, and over the picture.
STRIP, TINT = 0.45, 0.13
STRIP_HEIGHT = 20
# Pixels from one line of text to the next.
LINE_HEIGHT = 16


def sweep_curve(
    rates: ArrayLike,
    losses: ArrayLike,
    outcomes: Sequence[str] | NDArray[np.str_],
    *,
    titles: tuple[str, str],
    words: Mapping[str, str],
    limits: Sequence[tuple[float, str, str]] = (),
    floor: float = 0.0,
    start_loss: float | None = None,
    style: PathStyle | None = None,
) -> Figure:
    """The final loss against the learning rate, both logarithmic, in bands of what the rate does.

    Losses above the picture are triangles at its upper edge and those that are not finite crosses; losses
    at the floor lie on its lower edge. `layout["meta"]` holds the floor, and as "bottom" and "top" the
    ordinates of the two edges.

    Args:
        rates: learning rates (n,), above 0 and increasing, at least two.
        losses: the loss after the last step at each rate (n,).
        outcomes: what each rate does (n,): "crawls", "converges", "oscillates" or "diverges".
        titles: translated titles of the rate and of the loss.
        words: outcome to translated word, for every outcome that occurs.
        limits: vertical lines (rate, label, Plotly's name of the dash), such as 2/λmax; left out where the
            rate lies outside the picture.
        floor: the known minimum, subtracted before the logarithm.
        start_loss: the loss at the start, from which it is judged what lies above the picture.
        style: the optimizer's, for the curve.

    Returns:
        A Plotly figure as plain data: the curve, then the marks at the upper edge, if any.

    Raises:
        ValueError: where the shapes do not agree, the rates are not as said, or an outcome has no word.

    Example:
        >>> words = {"converges": "converges", "diverges": "diverges"}
        >>> figure = sweep_curve(
        ...     [0.1, 0.2, 0.4], [1e-2, 1e-5, float("inf")], ["converges", "converges", "diverges"],
        ...     titles=("η", "loss"), words=words, start_loss=1.0,
        ... )
        >>> [trace["text"][-1] for trace in figure["data"]]
        ['diverges', '∞<br>diverges']
    """
    steps, finals = check_rates(rates, losses)
    kinds = [str(outcome) for outcome in outcomes]
    if len(kinds) != steps.size:
        raise ValueError(f"`outcomes` must have the shape ({steps.size},), got ({len(kinds)},).")
    unknown = sorted({kind for kind in kinds if kind not in OUTCOME_COLOURS or kind not in words})
    if unknown:
        raise ValueError(
            f"`outcomes` must be of {', '.join(OUTCOME_COLOURS)} and have a word, got {unknown}."
        )
    across = log_axis(titles[0], steps[0], steps[-1])
    up = loss_axis(titles[1], finals, floor=floor, start_loss=start_loss)
    shapes, notes = _bands(steps, kinds, words, across["range"])
    lines, labels = _limits(limits, across["range"])
    said = [words[kind] for kind in kinds]
    style = style or PathStyle(BLUE, "solid", "circle")
    return {
        "data": rate_traces(steps, finals, up, style, titles=titles, said=said),
        "layout": layout(
            across,
            up.axis,
            shapes=[*shapes, *lines],
            annotations=[*notes, *labels],
            margin={"l": 56, "r": 12, "t": STRIP_HEIGHT + 6, "b": 44},
            meta={"floor": float(floor), "bottom": up.bottom, "top": up.top},
        ),
    }


def _bands(
    rates: NDArray[np.float64], kinds: Sequence[str], words: Mapping[str, str], ends: Sequence[float]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A tint and a strip above it for each run of one outcome, and each word in its widest strip."""
    logs = np.log10(rates)
    turns = [row for row in range(1, len(kinds)) if kinds[row] != kinds[row - 1]]
    edges = [float(ends[0]), *((logs[row - 1] + logs[row]) / 2 for row in turns), float(ends[1])]
    runs = [kinds[row] for row in (0, *turns)]
    shapes: list[dict[str, Any]] = []
    widest: dict[str, tuple[float, float]] = {}
    for kind, left, right in zip(runs, edges[:-1], edges[1:], strict=True):
        box = {"type": "rect", "x0": 10.0**left, "x1": 10.0**right, "yref": "paper", "layer": "below"}
        box |= {"fillcolor": OUTCOME_COLOURS[kind], "line": {"width": 0}}
        strip = {"ysizemode": "pixel", "yanchor": 1, "y0": 1, "y1": STRIP_HEIGHT, "opacity": STRIP}
        shapes += [box | {"y0": 0, "y1": 1, "opacity": TINT}, box | strip]
        if right - left > np.diff(widest.get(kind, (0.0, 0.0)))[0]:
            widest[kind] = (left, right)
    scale = WIDTH / (ends[1] - ends[0])
    notes = [
        {
            "text": words[kind],
            "x": (left + right) / 2,
            "y": 1,
            "yref": "paper",
            "yanchor": "bottom",
            "yshift": 0,
            "showarrow": False,
            "borderpad": 0,
            "font": {"size": 12},
        }
        for kind, (left, right) in widest.items()
        if (right - left) * scale >= text_width(words[kind])
    ]
    return shapes, notes


def _limits(
    limits: Sequence[tuple[float, str, str]], ends: Sequence[float]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Vertical lines, and beside each its words, one line below the other; the first is left to marks."""
    known = [limit for limit in limits if np.isfinite(limit[0]) and limit[0] > 0]
    inside = sorted(limit for limit in known if ends[0] <= np.log10(limit[0]) <= ends[1])
    shapes, notes = [], []
    for row, (value, label, dash) in enumerate(inside):
        place = float(np.log10(value))
        shapes.append(
            {"type": "line", "x0": value, "x1": value, "yref": "paper", "y0": 0, "y1": 1}
            | {"line": {"color": NEUTRAL, "width": 2, "dash": dash}}
        )
        # On the left, where the curve is low beneath the limit, unless there is no room.
        room = (place - ends[0]) / (ends[1] - ends[0]) * WIDTH
        notes.append(
            {
                "text": label,
                "x": place,
                "y": 1,
                "yref": "paper",
                "xanchor": "right" if room > text_width(label) else "left",
                "yanchor": "top",
                "yshift": -LINE_HEIGHT * (row + 1),
                "showarrow": False,
                "borderpad": 3,
                "font": {"size": 12},
            }
        )
    return shapes, notes


def text_width(text: str) -> float:
    """About how many pixels a text of 12 pixels needs; letters of the East are twice as wide."""
    return 4.0 + sum(12.0 if ord(letter) > 0x1100 else 6.2 for letter in text)
