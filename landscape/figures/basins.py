"""Basins: the domain coloured by the minimizer that each start reaches, the darker the later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.figures.axes import NEUTRAL, Figure, Trace, layout
from landscape.figures.classes import LEGEND
from landscape.figures.colours import BLUE, GREEN, NO_VALUE, ORANGE, PURPLE, SKY_BLUE, VERMILLION, YELLOW
from landscape.figures.heights import number
from landscape.figures.landscapes import spacing
from landscape.figures.maps import DIVERGED, cell_axis
from landscape.figures.marks import INK

# Okabe-Ito's hues and wine, the most different first.
BASIN_COLOURS: tuple[str, ...] = (
    BLUE, ORANGE, GREEN, PURPLE, SKY_BLUE, VERMILLION, YELLOW, "#882255",
)  # fmt: skip
# How far a hue is mixed with white where steps are few, and with black where they are many.
LIGHT, DARK = 0.55, 0.5
# Shades of one hue; with the two categories they fill a byte.
SHADES = 30
# Grids up to this size say under the pointer what each cell holds; it would double larger ones.
HOVER_CELLS = 65_536
# The labels of starts that reach no minimizer, and the word of each.
OTHERS: dict[int, tuple[str, str]] = {-1: ("diverges", DIVERGED), -2: ("moving", NO_VALUE)}


def basins_map(
    x: ArrayLike,
    y: ArrayLike,
    labels: ArrayLike,
    steps: ArrayLike,
    minimizers: ArrayLike,
    *,
    titles: tuple[str, str, str],
    words: Mapping[str, str],
    step_range: tuple[float, float] | None = None,
    traces: Sequence[Trace] = (),
    equal: bool = False,
) -> Figure:
    """Where each start ends: a hue for each minimizer, light where few steps are taken and dark where many.

    Shades follow the logarithm of the steps. Each minimizer is a numbered disc in its hue; with more than
    eight, hues come again, as far from their like as can be.

    Args:
        x: the first coordinate of the starts (nx,), increasing in equal steps.
        y: the second one (ny,), increasing in equal steps.
        labels: the index of the minimizer reached (ny, nx); −1 where the run diverges, −2 where it still
            moves.
        steps: the steps taken (ny, nx), not read where no minimizer is reached.
        minimizers: the minimizers (k, 2); their numbers on the screen begin with 1.
        titles: translated titles of the two coordinates and of the steps.
        words: translated words for "minimizer", "diverges" and "moving", as in "still moving".
        step_range: the steps of the lightest and of the darkest shade, to share them with another picture; by
            default all but the few least and most of this one.
        traces: what is drawn over the map, below the discs.
        equal: whether both coordinates have the same scale on screen.

    Returns:
        A Plotly figure as plain data: the map, what else was given, the legend's entries, the discs.

    Raises:
        ValueError: where the shapes do not agree, a label is none of those, or a word is missing.

    Example:
        >>> figure = basins_map(
        ...     [0, 1], [0, 1], [[0, 1], [0, -1]], [[3, 9], [4, 2]], [[0, 0], [1, 0]],
        ...     titles=("x", "y", "steps"),
        ...     words={"minimizer": "minimizer", "diverges": "diverges", "moving": "still moving"},
        ... )
        >>> figure["data"][0]["text"]
        [['1', '2'], ['1', 'diverges']]
    """
    across, up = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    reached, taken = np.asarray(labels), np.asarray(steps)
    points = np.asarray(minimizers, dtype=np.float64).reshape(-1, 2)
    shape = (up.size, across.size)
    if reached.shape != shape or taken.shape != shape or min(shape) < 2:
        raise ValueError(
            f"`labels` and `steps` must have the shape {shape}, at least 2 × 2, "
            f"got {reached.shape} and {taken.shape}."
        )
    if reached.min() < min(OTHERS) or reached.max() >= len(points):
        raise ValueError(
            f"`labels` must be from −2 to {len(points) - 1}, got {reached.min()} to {reached.max()}."
        )
    missing = sorted({"minimizer", "diverges", "moving"} - set(words))
    if missing:
        raise ValueError(f"`words` must have minimizer, diverges and moving, got none for {missing}.")
    if step_range is not None and not 0 < step_range[0] <= step_range[1]:
        raise ValueError(f"`step_range` must be above 0 and not decrease, got {step_range}.")
    shown = step_range or usual_steps(reached, taken)
    hues = basin_hues(points)
    horizontal, vertical = cell_axis(titles[0], across, False), cell_axis(titles[1], up, False)
    if equal:
        horizontal |= {"constrain": "domain"}
        vertical |= {"constrain": "domain", "scaleanchor": "x", "constraintoward": "top"}
    cells: Trace = {
        "type": "heatmap",
        **spacing(across),
        **spacing(up, "y"),
        "z": _codes(reached, taken, hues, shown),
        "zmin": 0,
        "zmax": 255,
        "colorscale": _scale(),
        "showscale": False,
        **_hover(reached, taken, titles, words, len(points)),
    }
    return {
        "data": [
            cells,
            *traces,
            *_entries(reached, words, titles[2], shown),
            *_discs(points, hues, titles, words["minimizer"]),
        ],
        "layout": layout(horizontal, vertical, **LEGEND),
    }


def usual_steps(labels: ArrayLike, steps: ArrayLike) -> tuple[float, float]:
    """The fewest and most steps of a picture, without the hundredth part at either end.

    Args:
        labels: as of `basins_map`; starts that reach no minimizer do not count.
        steps: the steps taken, of the same shape.

    Returns:
        Two numbers, at least 1.

    Example:
        >>> usual_steps([0, 0, 1, -1], [5, 7, 9, 200])
        (5.0, 9.0)
    """
    taken = np.maximum(np.asarray(steps)[np.asarray(labels) >= 0], 1)
    if taken.size == 0:
        return 1.0, 1.0
    first, last = np.quantile(taken, [0.01, 0.99], method="nearest")
    return float(first), float(last)


def basin_hues(minimizers: ArrayLike) -> NDArray[np.int64]:
    """Which of the eight hues each minimizer has: all different first, then far from their like.

    From the ninth on each takes the hue whose nearest bearer is farthest away, so that neighbours differ.

    Args:
        minimizers: the minimizers (k, 2).

    Returns:
        Indices of `BASIN_COLOURS` (k,).

    Example:
        >>> basin_hues([[0, 0], [1, 0], [2, 0]]).tolist()
        [0, 1, 2]
    """
    points = np.asarray(minimizers, dtype=np.float64).reshape(-1, 2)
    count = len(BASIN_COLOURS)
    hues = np.arange(len(points)) % count
    for row in range(count, len(points)):
        distances = np.linalg.norm(points[:row] - points[row], axis=1)
        nearest = [distances[hues[:row] == hue].min() for hue in range(count)]
        hues[row] = int(np.argmax(nearest))
    return hues


def _codes(
    reached: NDArray[Any], taken: NDArray[Any], hues: NDArray[np.int64], shown: tuple[float, float]
) -> NDArray[np.uint8]:
    """A byte for each start: its hue's shades one after the other, then the two categories."""
    first, last = np.log(shown)
    part = (np.log(np.maximum(taken, 1)) - first) / max(last - first, 1e-12)
    shades = np.rint(np.clip(part, 0.0, 1.0) * (SHADES - 1))
    own = hues if hues.size else np.zeros(1, dtype=np.int64)
    codes = own[np.maximum(reached, 0)] * SHADES + shades
    for label, place in zip(OTHERS, _places(), strict=True):
        codes = np.where(reached == label, place, codes)
    return codes.astype(np.uint8)


def _places() -> list[float]:
    """The codes of the two categories, in the middle of what the hues leave of a byte."""
    used = len(BASIN_COLOURS) * SHADES
    room = (255 - used) / len(OTHERS)
    return [float(np.rint(used + room * (index + 0.5))) for index in range(len(OTHERS))]


def _scale() -> list[list[float | str]]:
    scale: list[list[float | str]] = []
    for hue, colour in enumerate(BASIN_COLOURS):
        # Three stops, of which the pure hue is the middle one.
        ends = (hue * SHADES, hue * SHADES + (SHADES - 1) / 2, hue * SHADES + SHADES - 1)
        colours = (mix(colour, "#ffffff", LIGHT), colour, mix(colour, "#000000", DARK))
        scale += [[place / 255, shade] for place, shade in zip(ends, colours, strict=True)]
    used = len(BASIN_COLOURS) * SHADES
    middle = sum(_places()) / 2
    blocks = ((used - 0.5, middle), (middle, 255.0))
    for block, (_, colour) in zip(blocks, OTHERS.values(), strict=True):
        scale += [[place / 255, colour] for place in block]
    scale[0][0], scale[-1][0] = 0.0, 1.0
    return scale


def mix(first: str, second: str, share: float) -> str:
    """A colour between two, each a hex text: 0 is the first, 1 the second.

    Example:
        >>> mix("#000000", "#ff8000", 0.5)
        '#804000'
    """
    ends = [[int(colour[place : place + 2], 16) for place in (1, 3, 5)] for colour in (first, second)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(*ends, strict=True))


def _hover(
    reached: NDArray[Any], taken: NDArray[Any], titles: Sequence[str], words: Mapping[str, str], count: int
) -> dict[str, Any]:
    where = f"{titles[0]}: %{{x:.4g}}<br>{titles[1]}: %{{y:.4g}}"
    if reached.size > HOVER_CELLS:
        return {"hovertemplate": f"{where}<extra></extra>"}
    if (reached < 0).any():
        # Indexed by the label: −1 and −2 are the last two.
        names = np.array([*(str(index + 1) for index in range(count)), words["moving"], words["diverges"]])
        said: dict[str, Any] = {
            "text": names[reached].tolist(),
            "customdata": np.where(reached < 0, "–", taken.astype(object)).tolist(),
        }
    else:
        # Numbers as numbers are a third of what their texts are.
        small = np.result_type(*(np.min_scalar_type(int(end)) for end in (taken.min(), taken.max())))
        said = {"text": (reached + 1).astype(np.uint16), "customdata": taken.astype(small)}
    return said | {
        "hovertemplate": (
            f"{where}<br>{words['minimizer']}: %{{text}}<br>{titles[2]}: %{{customdata}}<extra></extra>"
        ),
    }


def _entries(
    reached: NDArray[Any], words: Mapping[str, str], title: str, shown: tuple[float, float]
) -> list[Trace]:
    """The legend: a light, a middle and a dark square with their steps, and what reaches no minimizer."""
    first, last = shown
    found = bool((reached >= 0).any())
    counts = sorted({round(first), round((first * last) ** 0.5), round(last)}) if found else []
    shades = (mix(BLUE, "#ffffff", LIGHT), BLUE, mix(BLUE, "#000000", DARK))
    texts = [number(count) for count in counts]
    entries = [(text, shade) for text, shade in zip(texts, shades, strict=False)]
    if found:
        entries[0] = (f"{title}: {texts[0]}", shades[0])
    entries += [(words[name], colour) for label, (name, colour) in OTHERS.items() if (reached == label).any()]
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": [None],
            "y": [None],
            "marker": {
                "symbol": "square",
                "size": 13,
                "color": colour,
                "opacity": 1,
                "line": {"color": NEUTRAL, "width": 1},
            },
            "hoverinfo": "skip",
        }
        for name, colour in entries
    ]


def _discs(
    points: NDArray[np.float64], hues: NDArray[np.int64], titles: Sequence[str], word: str
) -> list[Trace]:
    """The minimizers as discs in their hue, with their numbers."""
    if not len(points):
        return []
    colours = [BASIN_COLOURS[hue] for hue in hues]
    return [
        {
            "type": "scatter",
            "mode": "markers+text",
            "x": points[:, 0],
            "y": points[:, 1],
            "text": [str(row + 1) for row in range(len(points))],
            "textposition": "middle center",
            "textfont": {"size": 11, "color": [_on(colour) for colour in colours]},
            "marker": {
                "size": 20 if len(points) <= 12 else 17,
                "color": colours,
                "opacity": 1,
                "line": {"color": "#ffffff", "width": 2},
            },
            "hovertemplate": (
                f"<b>{word} %{{text}}</b><br>"
                f"{titles[0]}: %{{x:.6g}}<br>{titles[1]}: %{{y:.6g}}<extra></extra>"
            ),
            "showlegend": False,
        }
    ]


def _on(colour: str) -> str:
    """Black or white, whichever is read on a colour."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 130 else "#ffffff"
