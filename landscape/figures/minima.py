"""Minima: slices through several of them, one over the other, and the spectra of their Hessians."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.figures.axes import NEUTRAL, Figure, Trace, axis, compact, layout, log_axis
from landscape.figures.curves import RESOLVED, loss_limits
from landscape.figures.fidelity import PANE
from landscape.figures.fits import columns

# What is drawn of a spectrum below the peak of one eigenvalue, in parts of it.
DEPTH = 0.05
LEGEND = {"orientation": "h", "x": 0.0, "y": 1.02, "xanchor": "left", "yanchor": "bottom"} | {
    "font": {"size": 12},
    "bgcolor": "rgba(0,0,0,0)",
}
MARGIN = {"l": 60, "r": 12, "t": 48, "b": 44}


@dataclass(frozen=True)
class MinimumSlice:
    """A loss along a line through a minimum, on the training examples and on those held out.

    Args:
        name: the translated name of the minimum.
        training: losses (n,).
        held_out: losses (n,).
        colour: of both lines.
    """

    name: str
    training: ArrayLike
    held_out: ArrayLike
    colour: str


def minima_slices(
    t: ArrayLike,
    slices: Sequence[MinimumSlice],
    *,
    titles: tuple[str, str],
    words: tuple[str, str],
    log: bool = False,
) -> Figure:
    """Slices through several minima, one over the other: solid in training, dashed held out.

    Args:
        t: the coordinate along the lines (n,), increasing; 0 is each minimum.
        slices: in the order in which they are drawn; none for the empty axes.
        titles: translated titles of the coordinate and of the loss.
        words: translated words for the training and for the held-out examples.
        log: whether the losses are drawn on a logarithmic axis.

    Returns:
        A Plotly figure as plain data: both lines of each slice, and two samples for the legend. What is not
        finite breaks its line, and where logarithmic what is not positive too.

    Raises:
        ValueError: where the numbers of losses and of coordinates differ, or `t` does not increase.

    Example:
        >>> one = MinimumSlice("small batch", [2.0, 0.5, 3.0], [2.1, 0.7, 3.3], "#000000")
        >>> figure = minima_slices([-1, 0, 1], [one], titles=("t", "loss"), words=("training", "held out"))
        >>> [trace["line"]["dash"] for trace in figure["data"]]
        ['solid', 'dash', 'solid', 'dash']
    """
    across = columns(t=t)[0]
    if across.size < 2 or not (np.diff(across) > 0).all():
        raise ValueError(f"`t` must increase, got {across}.")
    data: list[Trace] = []
    everything: list[NDArray[np.float64]] = []
    for index, each in enumerate(slices):
        rows = {f"slices[{index}].training": each.training, f"slices[{index}].held_out": each.held_out}
        for values, word, dash in zip(columns(t=t, **rows)[1:], words, ("solid", "dash"), strict=True):
            everything.append(values)
            known = np.isfinite(values) & ((values > 0) | (not log))
            data.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "name": each.name,
                    "legendgroup": each.name,
                    "showlegend": dash == "solid",
                    "x": compact(across),
                    "y": compact(np.where(known, values, np.nan)),
                    "line": {"color": each.colour, "dash": dash, "width": 2.5},
                    "hovertemplate": f"<b>{each.name}</b><br>{word}<br>{titles[0]}: %{{x:.3g}}<br>"
                    f"{titles[1]}: %{{y:.4g}}<extra></extra>",
                }
            )
    data += [
        {"type": "scatter", "mode": "lines", "name": word, "x": [None], "y": [None], "hoverinfo": "skip"}
        | {"line": {"color": NEUTRAL, "dash": dash, "width": 2.5}}
        for word, dash in zip(words, ("solid", "dash"), strict=True)
    ]
    low, high = loss_limits(everything, log=log)
    if log:
        up = log_axis(titles[1], max(low, RESOLVED * high), high)
    else:
        low = min(low, 0.0)
        up = axis(titles[1], limits=(low - 0.03 * (high - low), high + 0.03 * (high - low)))
    return {
        "data": data,
        "layout": layout(
            axis(titles[0], limits=(float(across[0]), float(across[-1]))),
            up,
            margin=MARGIN,
            showlegend=True,
            legend=LEGEND,
        ),
    }


def unknown_slice(reach: float) -> Figure:
    """The frame of a slice that is not known yet, as large as that of `slice_pane`.

    Args:
        reach: where both axes end, above 0.

    Returns:
        A Plotly figure as plain data, with no trace.

    Example:
        >>> unknown_slice(1.0)["layout"]["yaxis"]["range"]
        [-1.0, 1.0]
    """
    ends: dict[str, Any] = {"limits": (-reach, reach), "grid": False, "nticks": 3, "tickfont": {"size": 10}}
    figure_layout = layout(axis(**ends, constrain="domain"), axis(**ends, constrain="domain"), margin=PANE)
    figure_layout["yaxis"] |= {"scaleanchor": "x", "constraintoward": "top"}
    return {"data": [], "layout": figure_layout}


def hessian_spectra(
    spectra: Mapping[str, tuple[ArrayLike, ArrayLike, float]],
    colours: Mapping[str, str],
    *,
    num_parameters: int,
    titles: tuple[str, str],
) -> Figure:
    """Densities of the eigenvalues of Hessians on a logarithmic axis, one over the other.

    The axis ends a little below the peak that one eigenvalue of `num_parameters` makes.

    Args:
        spectra: translated name to eigenvalues (n,), the density there (n,), and the standard deviation of
            the Gaussian that it is smoothed with; not finite ones are left out.
        colours: name to colour, for every spectrum.
        num_parameters: how many eigenvalues there are.
        titles: translated titles of the eigenvalue and of the density.

    Returns:
        A Plotly figure as plain data with a trace for each spectrum.

    Raises:
        ValueError: where the lengths differ, or there are no parameters.

    Example:
        >>> spectra = {"small batch": ([0.0, 0.5, 1.0], [9.0, 1e-30, 1.0], 0.1)}
        >>> colours = {"small batch": "#000000"}
        >>> figure = hessian_spectra(spectra, colours, num_parameters=10, titles=("λ", "density"))
        >>> figure["layout"]["yaxis"]["type"]
        'log'
    """
    if num_parameters < 1:
        raise ValueError(f"`num_parameters` must be at least 1, got {num_parameters}.")
    found = {}
    for name, (places, density, width) in spectra.items():
        across, height = columns(**{f"places of {name}": places, f"density of {name}": density})
        if np.isfinite(across).all() and np.isfinite(height).all():
            found[name] = across, height, float(width)
    lowest = [DEPTH / (num_parameters * width * np.sqrt(2 * np.pi)) for *_others, width in found.values()]
    low, high = min(lowest, default=0.1), max((float(each[1].max()) for each in found.values()), default=10.0)
    low = min(low, 0.1 * high)
    data: list[Trace] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": compact(across),
            # Far from every eigenvalue the density is 0 to all digits: the line leaves the picture.
            "y": compact(np.maximum(height, 1e-3 * low)),
            "line": {"color": colours[name], "width": 2.5},
            "hovertemplate": f"<b>{name}</b><br>{titles[0]}: %{{x:.4g}}<br>{titles[1]}: %{{y:.3g}}"
            "<extra></extra>",
        }
        for name, (across, height, _width) in found.items()
    ]
    ends = np.concatenate([each[0][[0, -1]] for each in found.values()] or [np.array([0.0, 1.0])])
    horizontal = axis(
        titles[0], limits=(float(ends.min()), float(ends.max())), zeroline=True, zerolinecolor=NEUTRAL
    )
    settings = {"margin": MARGIN | {"t": 30}, "showlegend": True, "legend": LEGEND}
    return {"data": data, "layout": layout(horizontal, log_axis(titles[1], low, high), **settings)}
