"""Races: optimizers side by side, each at its own best learning rate or at a shared one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.figures.axes import NEUTRAL, Figure, Trace, axis, layout, log_axis
from landscape.figures.classes import LEGEND
from landscape.figures.colours import PathStyle
from landscape.figures.finals import LossAxis, check_rates, loss_axis, rate_traces
from landscape.figures.heights import number

# In parts of the axis.
TEXT_ROOM = 0.12


def sweep_family(
    rates: Sequence[ArrayLike],
    losses: Sequence[ArrayLike],
    names: Sequence[str],
    styles: Sequence[PathStyle],
    best: Sequence[float | None],
    *,
    titles: tuple[str, str],
    floor: float = 0.0,
    start_loss: float | None = None,
) -> Figure:
    """The final loss of several optimizers against the learning rate, with a mark at the best rate of each.

    Args:
        rates: of each of k optimizers its learning rates (n,), above 0 and increasing, at least two.
        losses: of each its final losses (n,).
        names: k translated names, for the legend.
        styles: k styles from `path_style`.
        best: of each its best rate, one of its `rates`, or None.
        titles: translated titles of the rate and of the loss.
        floor: the known minimum, subtracted before the logarithm.
        start_loss: the loss at the start, from which it is judged what lies above the picture.

    Returns:
        A Plotly figure as plain data: of each optimizer the curve, the marks at the upper edge, if any, and
        the mark at the best rate.

    Raises:
        ValueError: where the shapes do not agree, or a best rate is none of the rates.

    Example:
        >>> from landscape.figures import path_style
        >>> figure = sweep_family(
        ...     [[0.1, 0.2]], [[1.0, 0.5]], ["Adam"], [path_style("adam")], [0.2], titles=("η", "loss")
        ... )
        >>> figure["data"][-1]["x"].tolist()
        [0.2]
    """
    count = len(names)
    if not count or not len(rates) == len(losses) == len(styles) == len(best) == count:
        raise ValueError(
            "`rates`, `losses`, `names`, `styles` and `best` must be of one length, at least 1, "
            f"got {len(rates)}, {len(losses)}, {count}, {len(styles)} and {len(best)}."
        )
    families = [check_rates(*pair) for pair in zip(rates, losses, strict=True)]
    up = loss_axis(
        titles[1], np.concatenate([finals for _, finals in families]), floor=floor, start_loss=start_loss
    )
    data: list[Trace] = []
    for (steps, finals), name, style, rate in zip(families, names, styles, best, strict=True):
        curve, *edge = rate_traces(steps, finals, up, style, titles=titles, name=name, dots=False)
        data += [curve | {"showlegend": True}, *edge]
        if rate is not None:
            data.append(_best(steps, finals, rate, up, style, name, titles))
    first = min(float(steps[0]) for steps, _ in families)
    last = max(float(steps[-1]) for steps, _ in families)
    return {
        "data": data,
        "layout": layout(
            log_axis(titles[0], first, last),
            up.axis,
            meta={"floor": float(floor), "bottom": up.bottom, "top": up.top},
            **LEGEND,
        ),
    }


def race_result(
    names: Sequence[str],
    losses: ArrayLike,
    styles: Sequence[PathStyle],
    *,
    title: str,
    notes: Sequence[str] = (),
    floor: float = 0.0,
    start_loss: float | None = None,
) -> Figure:
    """The loss at which each optimizer ends, the lowest on top, with a line from where all of them began.

    A loss above the picture is written at its right edge, and so is ∞.

    Args:
        names: k translated names.
        losses: the final losses (k,).
        styles: k styles from `path_style`.
        title: the translated title of the loss.
        notes: k texts for the pointer, such as the rate and the steps taken.
        floor: the known minimum, subtracted before the logarithm.
        start_loss: the loss at the start; without it the lines begin at the right edge.

    Returns:
        A Plotly figure as plain data: the lines, then the marks, in the order of the losses; equal losses
        keep the order given.

    Raises:
        ValueError: where the shapes do not agree.

    Example:
        >>> from landscape.figures import path_style
        >>> styles = [path_style("gd"), path_style("adam")]
        >>> figure = race_result(["GD", "Adam"], [1.0, 0.1], styles, title="loss", start_loss=9.0)
        >>> figure["layout"]["yaxis"]["ticktext"]
        ['Adam', 'GD']
    """
    finals = np.asarray(losses, dtype=np.float64)
    count = len(names)
    notes = notes or [""] * count
    if not count or finals.shape != (count,) or len(styles) != count or len(notes) != count:
        raise ValueError(
            "`names`, `losses`, `styles` and `notes` must be of one length, at least 1, "
            f"got {count}, {finals.shape}, {len(styles)} and {len(notes)}."
        )
    across = loss_axis(title, finals, floor=floor, start_loss=start_loss)
    order = np.argsort(np.where(np.isnan(finals), np.inf, finals), kind="stable")
    places, gone = across.places(finals)[order], across.leaves(finals)[order]
    rows = np.arange(count)
    begin = across.top if start_loss is None else float(across.places(np.array([start_loss]))[0])
    chosen = [styles[row] for row in order]
    stems: Trace = {
        "type": "scatter",
        "mode": "lines",
        "x": np.stack([np.full(count, begin), places, np.full(count, np.nan)], axis=-1).ravel(),
        "y": np.repeat(rows, 3),
        "line": {"color": "rgba(128,128,128,0.55)", "width": 3},
        "hoverinfo": "skip",
    }
    texts = [number(finals[row]) for row in order]
    hints = [f"<br>{notes[row]}" if notes[row] else "" for row in order]
    marks: Trace = {
        "type": "scatter",
        "mode": "markers+text",
        "x": places,
        "y": rows,
        "text": [f"{text}  " for text in texts],
        "textposition": "middle left",
        "customdata": [
            f"<b>{names[row]}</b><br>{title}: {text}{hint}"
            for row, text, hint in zip(order, texts, hints, strict=True)
        ],
        "marker": {
            "color": [style.color for style in chosen],
            "symbol": [
                "triangle-right" if left else style.symbol for style, left in zip(chosen, gone, strict=True)
            ],
            "size": 13,
            "opacity": 1,
            "line": {"color": "#ffffff", "width": 1},
        },
        "cliponaxis": False,
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    up = axis(
        grid=False, limits=(count - 0.4, -0.6), tickmode="array", tickvals=rows, showline=False, ticks=""
    )
    up |= {"ticktext": [names[row] for row in order], "fixedrange": True}
    # Room for the numbers left of the marks.
    first, last = across.axis["range"]
    across.axis["range"] = [first - TEXT_ROOM * (last - first), last]
    shapes: list[dict[str, Any]] = []
    if start_loss is not None:
        shapes.append(
            {"type": "line", "x0": begin, "x1": begin, "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
            | {"line": {"color": NEUTRAL, "width": 1.5, "dash": "dot"}}
        )
    return {"data": [stems, marks], "layout": layout(across.axis, up, shapes=shapes)}


def _best(
    rates: NDArray[np.float64],
    losses: NDArray[np.float64],
    best: float,
    up: LossAxis,
    style: PathStyle,
    name: str,
    titles: tuple[str, str],
) -> Trace:
    rows = np.flatnonzero(np.isclose(rates, best, rtol=1e-9, atol=0.0))
    if rows.size == 0:
        raise ValueError(f"`best` must be one of the `rates` of {name}, got {best}.")
    row = rows[:1]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": rates[row],
        "y": up.places(losses[row]),
        "customdata": losses[row],
        "marker": {
            "symbol": style.symbol,
            "size": 13,
            "color": style.color,
            "opacity": 1,
            "line": {"color": "#ffffff", "width": 1.5},
        },
        "cliponaxis": False,
        "hovertemplate": (
            f"<b>{name}</b><br>{titles[0]}: %{{x:.4g}}<br>{titles[1]}: %{{customdata:.5g}}<extra></extra>"
        ),
        "showlegend": False,
    }
