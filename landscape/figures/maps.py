"""Maps: steps to tolerance over two numbers, and the theory that is drawn over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.figures.axes import NEUTRAL, Figure, Trace, axis, compact, layout, log_axis
from landscape.figures.colours import VERMILLION
from landscape.figures.fits import columns
from landscape.figures.heights import Heights
from landscape.figures.landscapes import grid, spacing
from landscape.figures.marks import INK

# Cividis upside down, so that few steps shine, and not to its dark end, which is for what diverges.
STEP_COLOURS: tuple[str, ...] = ("#fee838", "#e1cc55", "#a59c74", "#707173", "#3f4c6b")
# What has no number of steps: not there in time, and gone.
NEVER, DIVERGED = "#cfcfcf", "#161214"
CATEGORIES = ("never", "diverges")
# Of the colour bar, the part of each of the two and of the gaps before them.
BLOCK, GAP = 0.07, 0.02
HALO = "0 0 3px #000, 0 0 3px #000, 0 0 3px #000"


def steps_map(
    x: ArrayLike,
    y: ArrayLike,
    steps: ArrayLike,
    outcomes: ArrayLike,
    *,
    titles: tuple[str, str, str],
    words: Mapping[str, str],
    num_steps: int,
    logs: tuple[bool, bool] = (True, False),
    traces: Sequence[Trace] = (),
) -> Figure:
    """Steps to tolerance over two numbers: few steps shine, and what never arrives has a colour of its own.

    Colours follow the logarithm of the steps. A cell that diverges is dark also where the run was within the
    tolerance before. Each cell reaches half way to its neighbours, on a logarithmic axis half way in the
    logarithm.

    Args:
        x: the number across (n,), increasing, at least two; above 0 where logarithmic.
        y: the number up (m,), alike.
        steps: steps to tolerance (m, n), from 0 to `num_steps`; −1 for never.
        outcomes: what each run does (m, n), in the words of a sweep; only "diverges" is told from the others.
        titles: translated titles of the two numbers and of the steps.
        words: translated words for "never", as in "not in 500 steps", and "diverges".
        num_steps: the steps that each run could take, at least 1.
        logs: whether each axis is logarithmic.
        traces: what is drawn over the map, from `stability_line`, `rate_lines` and `optimum_mark`.

    Returns:
        A Plotly figure as plain data.

    Raises:
        ValueError: where the shapes do not agree, a coordinate cannot stand on its axis, a count is out of
            range, or a word is missing.

    Example:
        >>> outcomes = [["converges", "diverges"], ["oscillates", "oscillates"]]
        >>> words = {"never": "never", "diverges": "diverges"}
        >>> figure = steps_map(
        ...     [0.1, 1], [0, 0.9], [[10, -1], [100, -1]], outcomes,
        ...     titles=("η", "β", "steps"), words=words, num_steps=500,
        ... )
        >>> figure["data"][0]["text"]
        [['10', 'diverges'], ['100', 'never']]
    """
    across, up = check_axis("x", x, logs[0]), check_axis("y", y, logs[1])
    counts, kinds = np.asarray(steps), np.asarray(outcomes)
    shape = (up.size, across.size)
    if counts.shape != shape or kinds.shape != shape:
        raise ValueError(
            f"`steps` and `outcomes` must have the shape {shape}, got {counts.shape} and {kinds.shape}."
        )
    if num_steps < 1 or counts.min() < -1 or counts.max() > num_steps:
        raise ValueError(
            f"`steps` must be from −1 to `num_steps`, got {counts.min()} to {counts.max()} for {num_steps}."
        )
    if not set(CATEGORIES) <= set(words):
        raise ValueError(f"`words` must have {' and '.join(CATEGORIES)}, got {sorted(words)}.")
    gone = kinds == "diverges"
    never = (counts < 0) & ~gone
    arrived = ~gone & ~never
    low = float(np.log10(max(counts[arrived].min(initial=num_steps), 1)))
    high = max(float(np.log10(num_steps)), low + 0.1)
    # The categories stand above the scale, as blocks of their own.
    span = (high - low) / (1.0 - 2 * (BLOCK + GAP))
    blocks = [high + (GAP + BLOCK / 2) * span, high + (2 * GAP + 1.5 * BLOCK) * span]
    # A little below the end of the scale, which rounding must not cross.
    logs10 = np.minimum(np.log10(np.maximum(counts, 1)), high - 1e-4 * span)
    z = np.select([gone, never], [blocks[1], blocks[0]], logs10)
    table = np.where(gone, words["diverges"], np.where(never, words["never"], counts.astype(str)))
    ticks, texts = Heights("log", 0.0, low, high).ticks()
    cells: Trace = {
        "type": "heatmap",
        **cell_places("x", across, logs[0]),
        **cell_places("y", up, logs[1]),
        "z": compact(z),
        "zmin": low,
        "zmax": low + span,
        "colorscale": _scale(),
        "text": table.tolist(),
        "colorbar": {
            "title": {"text": titles[2], "side": "right"},
            "thickness": 14,
            "len": 1.0,
            "outlinecolor": NEUTRAL,
            "outlinewidth": 1,
            "ticks": "outside",
            "ticklen": 3,
            "tickcolor": NEUTRAL,
            "xpad": 6,
            "tickmode": "array",
            "tickvals": [*ticks, *blocks],
            "ticktext": [*texts, words["never"], words["diverges"]],
        },
        "hovertemplate": (
            f"{titles[0]}: %{{x:.4g}}<br>{titles[1]}: %{{y:.4g}}<br>{titles[2]}: %{{text}}<extra></extra>"
        ),
    }
    return {
        "data": [cells, *traces],
        "layout": layout(cell_axis(titles[0], across, logs[0]), cell_axis(titles[1], up, logs[1])),
    }


def stability_line(
    x: ArrayLike, y: ArrayLike, *, name: str, at: float = 0.5, side: str = "middle left"
) -> list[Trace]:
    """The border of a region that theory knows, with its name beside it.

    Args:
        x: abscissae along the border (k,).
        y: its ordinates (k,).
        name: the translated name; empty for none.
        at: where along the border the name stands, from 0 to 1.
        side: where it stands beside that point, in Plotly's words.

    Returns:
        Traces for `steps_map`: the line's rim, the line and its name.

    Raises:
        ValueError: where the shapes do not agree or `at` is not from 0 to 1.

    Example:
        >>> [trace["mode"] for trace in stability_line([1, 2], [0, 1], name="η = 2(1 + β)/λ")]
        ['lines', 'lines', 'text']
    """
    first, second = columns(x=x, y=y)
    if not 0 <= at <= 1:
        raise ValueError(f"`at` must be from 0 to 1, got {at}.")
    line: Trace = {
        "type": "scatter",
        "mode": "lines",
        "x": compact(first),
        "y": compact(second),
        "hoverinfo": "skip",
        "showlegend": False,
    }
    rim = line | {"line": {"color": INK, "width": 5}}
    line = line | {"line": {"color": "#ffffff", "width": 2.5, "dash": "dash"}}
    row = round(at * (first.size - 1))
    return [rim, line, *_label(float(first[row]), float(second[row]), name, side)]


def optimum_mark(x: float, y: float, *, name: str, side: str = "middle left") -> list[Trace]:
    """A star where theory has the best pair of numbers, with its name beside it.

    Args:
        x: the abscissa.
        y: the ordinate.
        name: the translated name; empty for none.
        side: where the name stands beside the star, in Plotly's words.

    Returns:
        Traces for `steps_map`: the star and its name.

    Raises:
        ValueError: where a coordinate is not finite.

    Example:
        >>> star, words = optimum_mark(0.1, 0.9, name="Polyak")
        >>> star["x"].tolist(), words["text"][0].strip()
        ([0.1], 'Polyak')
    """
    if not np.isfinite([x, y]).all():
        raise ValueError(f"`x` and `y` must be finite, got {x} and {y}.")
    star: Trace = {
        "type": "scatter",
        "mode": "markers",
        "x": np.array([x]),
        "y": np.array([y]),
        "marker": {
            "symbol": "star",
            "size": 20,
            "color": VERMILLION,
            "opacity": 1,
            "line": {"color": "#ffffff", "width": 2},
        },
        "cliponaxis": False,
        "hovertemplate": f"<b>{name}</b><br>%{{x:.4g}}, %{{y:.4g}}<extra></extra>",
        "showlegend": False,
    }
    return [star, *_label(x, y, name, side)]


def rate_lines(
    x: ArrayLike, y: ArrayLike, rates: ArrayLike, *, levels: tuple[float, float, float]
) -> list[Trace]:
    """Lines of equal theoretical rate of convergence, each with its number.

    Args:
        x: the number across (n,), increasing.
        y: the number up (m,), increasing.
        rates: what each step multiplies the distance by (m, n); no line where it is not finite.
        levels: the first and the last level drawn, and the step between them, above 0.

    Returns:
        One trace for `steps_map`.

    Raises:
        ValueError: where the shapes do not agree or the levels are not as said.

    Example:
        >>> [lines] = rate_lines([0.1, 1], [0, 1], [[0.9, 0.5], [0.8, 0.7]], levels=(0.5, 0.9, 0.1))
        >>> lines["contours"]["size"]
        0.1
    """
    across, up, table = grid(x, y, rates)
    first, last, step = levels
    if not (np.isfinite(levels).all() and step > 0 and first <= last):
        raise ValueError(f"`levels` must be finite: first, last and a step above 0, got {levels}.")
    return [
        {
            "type": "contour",
            "x": compact(across),
            "y": compact(up),
            "z": compact(table),
            "autocontour": False,
            "contours": {
                "coloring": "none",
                "start": first,
                "end": last + 1e-6 * step,
                "size": step,
                "showlabels": True,
                "labelformat": ".2~f",
                "labelfont": {"size": 11, "color": "#ffffff", "shadow": HALO},
            },
            "line": {"color": "rgba(255,255,255,0.75)", "width": 1.2},
            "showscale": False,
            "hoverinfo": "skip",
            "showlegend": False,
        }
    ]


def check_axis(name: str, values: ArrayLike, log: bool) -> NDArray[np.float64]:
    """Coordinates of cells as float64, refused where they cannot stand on their axis."""
    places = np.asarray(values, dtype=np.float64)
    good = places.ndim == 1 and places.size >= 2 and np.isfinite(places).all() and (np.diff(places) > 0).all()
    if not good or (log and places[0] <= 0):
        rule = "finite and increasing, at least two" + (", and above 0 on a logarithmic axis" if log else "")
        raise ValueError(f"`{name}` must be {rule}, got {places}.")
    return places


def cell_places(name: str, places: NDArray[np.float64], log: bool) -> dict[str, Any]:
    """Where the cells stand: by start and step where these are equal, which Plotly draws far sooner.

    Of places on a logarithmic axis Plotly takes the geometric mean for the border between two cells.
    """
    steps = np.diff(places)
    if log or np.ptp(steps) > 1e-6 * steps.min():
        return {name: places}
    return spacing(places, name)


def cell_axis(title: str, places: NDArray[np.float64], log: bool) -> dict[str, Any]:
    """An axis from the outer edge of the first cell to that of the last, with a frame around all cells."""
    where = np.log10(places) if log else places
    first = float(1.5 * where[0] - 0.5 * where[1])
    last = float(1.5 * where[-1] - 0.5 * where[-2])
    frame = {"showgrid": False, "mirror": True}
    if log:
        return log_axis(title, float(places[0]), float(places[-1])) | {"range": [first, last]} | frame
    return axis(title, limits=(first, last)) | frame


def _label(x: float, y: float, name: str, side: str) -> list[Trace]:
    """A text that is read on light and on dark cells."""
    if not name:
        return []
    return [
        {
            "type": "scatter",
            "mode": "text",
            "x": np.array([x]),
            "y": np.array([y]),
            "text": [f"  {name}  "],
            "textposition": side,
            "textfont": {"color": "#ffffff", "size": 13, "shadow": HALO},
            "hoverinfo": "skip",
            "showlegend": False,
        }
    ]


def _scale() -> list[list[float | str]]:
    """The colours of steps up to where the two categories begin, each with a gap before it."""
    end = 1.0 - 2 * (BLOCK + GAP)
    scale: list[list[float | str]] = [
        [end * index / (len(STEP_COLOURS) - 1), colour] for index, colour in enumerate(STEP_COLOURS)
    ]
    for colour in (NEVER, DIVERGED):
        for width, fill in ((GAP, "rgba(0,0,0,0)"), (BLOCK, colour)):
            scale += [[end, fill], [end + width, fill]]
            end += width
    scale[-1][0] = 1.0
    return scale
