"""Masks: the object that was wanted and the one that is predicted, pixel on pixel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.figures.axes import Figure, Trace, axis, layout
from landscape.figures.colours import PathStyle
from landscape.figures.landscapes import spacing

WANTED, PREDICTED = "rgba(0,114,178,{})", "rgba(230,159,0,{})"
"""Blue and orange, which give a third colour where they overlap."""


def mask_overlap(
    places: ArrayLike,
    wanted: ArrayLike,
    predicted: ArrayLike,
    outlines: Sequence[ArrayLike],
    *,
    names: Sequence[str],
    styles: Sequence[PathStyle],
) -> Figure:
    """A mask and the probabilities predicted of it, one over the other, and outlines of other predictions.

    Args:
        places: the coordinates of the pixels (n,), increasing in equal steps, the same along both sides.
        wanted: the mask (n, n) of zeros and ones, the lowest row first.
        predicted: the probabilities (n, n).
        outlines: k discs as radius, across and up of the centre (3,); without an outline where the radius
            is not above 0.
        names: translated names of the mask, of the prediction and of the k discs.
        styles: k styles of the discs.

    Returns:
        A Plotly figure as plain data: the mask, the prediction, the outlines that there are.

    Raises:
        ValueError: where the shapes do not agree.

    Example:
        >>> figure = mask_overlap(
        ...     [0, 1], np.eye(2), np.full((2, 2), 0.5), [], names=("wanted", "predicted"), styles=()
        ... )
        >>> figure["data"][0]["z"].tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    pixels = np.asarray(places, dtype=np.float64)
    square = (pixels.size, pixels.size)
    truth, chances = (np.asarray(each, dtype=np.float64) for each in (wanted, predicted))
    if truth.shape != square or chances.shape != square or pixels.size < 2:
        raise ValueError(
            f"`wanted` and `predicted` must have the shape {square}, at least 2 × 2, "
            f"got {truth.shape} and {chances.shape}."
        )
    if not len(names) - 2 == len(outlines) == len(styles):
        raise ValueError(
            "`names` must be two more than `outlines` and `styles`, "
            f"got {len(names)} for {len(outlines)} and {len(styles)}."
        )
    data = [
        _layer(pixels, truth, WANTED, f"{names[0]}: %{{z}}", skip=True),
        _layer(pixels, chances, PREDICTED, f"{names[1]}: %{{z:.3g}}<br>{names[0]}: %{{customdata}}")
        | {"customdata": truth},
    ]
    data += [
        _circle(np.asarray(disc, dtype=np.float64), name, style)
        for disc, name, style in zip(outlines, names[2:], styles, strict=True)
        if np.isfinite(disc).all() and np.asarray(disc)[0] > 0
    ]
    half = 0.5 * (pixels[1] - pixels[0])
    ends = (float(pixels[0] - half), float(pixels[-1] + half))
    across = axis("", limits=ends, grid=False, constrain="domain")
    up = axis("", limits=ends, grid=False, constrain="domain", scaleanchor="x")
    return {"data": data, "layout": layout(across, up, margin={"l": 36, "r": 12, "t": 8, "b": 30})}


def _layer(
    pixels: NDArray[np.float64], values: NDArray[np.float64], colour: str, hover: str, *, skip: bool = False
) -> Trace:
    trace: Trace = {
        "type": "heatmap",
        **spacing(pixels),
        **spacing(pixels, "y"),
        "z": values.astype(np.float32),
        "zmin": 0.0,
        "zmax": 1.0,
        "colorscale": [[0.0, colour.format(0)], [1.0, colour.format(0.8)]],
        "showscale": False,
    }
    return trace | ({"hoverinfo": "skip"} if skip else {"hovertemplate": f"{hover}<extra></extra>"})


def _circle(disc: NDArray[np.float64], name: str, style: PathStyle) -> Trace:
    radius, across, up = disc
    angles = np.linspace(0.0, 2.0 * np.pi, 61)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": across + radius * np.cos(angles),
        "y": up + radius * np.sin(angles),
        "line": {"color": style.color, "width": 2.5, "dash": style.dash},
        "hovertemplate": f"<b>{name}</b><extra></extra>",
    }
