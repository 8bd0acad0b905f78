"""A loss over two parameters: the contour seen from above and the surface seen from the side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.figures.axes import NEUTRAL, Figure, Trace, axis, colour_bar, compact, exponents, layout, note
from landscape.figures.colours import LINE_COLOURS, NO_VALUE, colourscale
from landscape.figures.heights import Heights, Scale, measure, tick_settings

Titles = tuple[str, str, str]

HIGHEST = 1e3
"""A surface rises so many times its own height above what is shown of it, and no higher."""


def contour(
    x: ArrayLike,
    y: ArrayLike,
    values: ArrayLike,
    *,
    titles: Titles = ("", "", ""),
    scale: Scale = "linear",
    floor: float | None = None,
    heights: Heights | None = None,
    traces: Sequence[Trace] = (),
    no_value: str = "",
    equal: bool = False,
    show_bar: bool = True,
) -> Figure:
    """A landscape from above: colours for heights, lines at equal steps of height.

    Grid points without a finite loss are grey and crossed, and counted in a corner.

    Args:
        x: the horizontal parameter (nx,), increasing in equal steps.
        y: the vertical parameter (ny,), increasing in equal steps.
        values: losses (ny, nx); `values[i, j]` belongs to (x[j], y[i]).
        titles: translated titles of the two axes and of the loss.
        scale: "linear", or "log" for log10(loss - floor); not used where `heights` is given.
        floor: the known minimum, subtracted on the log scale; by default the smallest loss of the grid.
        heights: heights from `measure`, to share colours and lines with another picture.
        traces: what is drawn above the map: `gradient_arrows`, `critical_marks`, lines.
        no_value: the translated words for "no value", written with the count of such grid points.
        equal: whether both parameters have the same scale on screen.
        show_bar: whether the colour bar is drawn.

    Returns:
        A Plotly figure as plain data.

    Raises:
        ValueError: where the shapes do not agree, or `scale` or `floor` is not allowed.

    Example:
        >>> figure = contour([0, 1, 2], [0, 1], [[0, 1, 4], [1, 2, 5]], titles=("a", "b", "loss"))
        >>> figure["data"][0]["z"].shape
        (2, 3)
    """
    horizontal, vertical, losses = grid(x, y, values)
    shown = heights or measure(losses, scale=scale, floor=floor)
    place = spacing(horizontal) | spacing(vertical, "y")
    z = compact(shown(losses))
    colours: Trace = {
        "type": "heatmap",
        **place,
        "z": z,
        "zmin": shown.low,
        "zmax": shown.high,
        "zsmooth": "fast",
        "colorscale": colourscale(),
        "showscale": show_bar,
        "colorbar": colour_bar(shown, titles[2]),
        "hoverongaps": False,
        **hover(losses, shown, titles),
    }
    lines: Trace = {
        "type": "contour",
        **place,
        "z": z,
        "zmin": shown.low,
        "zmax": shown.high,
        "autocontour": False,
        "contours": {"coloring": "lines", **line_levels(shown)},
        "colorscale": colourscale(LINE_COLOURS),
        "line": {"width": 1},
        "showscale": False,
        "hoverinfo": "skip",
        "connectgaps": False,
    }
    missing = ~np.isfinite(losses)
    data = [colours, lines, *_missing(horizontal, vertical, missing), *traces]
    figure_layout = layout(
        *(
            axis(title, limits=(at[0], at[-1]), grid=False, exponentformat=exponents(at))
            for title, at in zip(titles[:2], (horizontal, vertical), strict=True)
        ),
    )
    if equal:
        figure_layout["xaxis"]["constrain"] = figure_layout["yaxis"]["constrain"] = "domain"
        figure_layout["yaxis"]["scaleanchor"] = "x"
        figure_layout["yaxis"]["constraintoward"] = "top"
        if show_bar:
            # Above the map, where it takes no width from it.
            figure_layout["margin"] |= {"t": 58}
            colours["colorbar"] |= {
                "orientation": "h",
                "title": {"text": colours["colorbar"]["title"]["text"], "side": "top"},
                "ticklabelposition": "outside top",
                "thickness": 9,
                "x": 0.5,
                "xanchor": "center",
                "y": 1.0,
                "yanchor": "bottom",
                "ypad": 4,
            }
    if missing.any():
        figure_layout["annotations"] = [note(f"{no_value}: {int(missing.sum())}")]
    return {"data": data, "layout": figure_layout}


def surface(
    x: ArrayLike,
    y: ArrayLike,
    values: ArrayLike,
    *,
    titles: Titles = ("", "", ""),
    scale: Scale = "linear",
    floor: float | None = None,
    heights: Heights | None = None,
    traces: Sequence[Trace] = (),
    no_value: str = "",
    show_bar: bool = False,
) -> Figure:
    """A landscape from the side, with its contour lines on the surface and on the floor below it.

    Args:
        x: the first parameter (nx,), increasing.
        y: the second parameter (ny,), increasing.
        values: losses (ny, nx); `values[i, j]` belongs to (x[j], y[i]). Non-finite ones are holes.
        titles: translated titles of the two axes and of the loss.
        scale: "linear", or "log" for log10(loss - floor); not used where `heights` is given.
        floor: the known minimum, subtracted on the log scale; by default the smallest loss of the grid.
        heights: heights from `measure`; call the same ones on a path's losses to lay it on the surface.
        traces: further 3-D traces.
        no_value: the translated words for "no value", written with the count of such grid points.
        show_bar: whether the colour bar is drawn.

    Returns:
        A Plotly figure as plain data.

    Raises:
        ValueError: where the shapes do not agree, or `scale` or `floor` is not allowed.

    Example:
        >>> figure = surface([0, 1, 2], [0, 1], [[0, 1, 4], [1, 2, 5]], titles=("a", "b", "loss"))
        >>> figure["layout"]["scene"]["xaxis"]["title"]["text"]
        'a'
    """
    horizontal, vertical, losses = grid(x, y, values)
    shown = heights or measure(losses, scale=scale, floor=floor)
    span = shown.high - shown.low
    bottom = shown.low - 0.22 * span
    levels = line_levels(shown)
    # Far above the picture it makes no difference how far, but Plotly would hang on 10³⁰⁰.
    z = np.minimum(shown(losses), shown.high + HIGHEST * span)
    lines = {
        "show": True,
        **levels,
        "color": "#b4b4b4",
        "width": 1,
        "project": {"z": True},
        "highlight": False,
        "usecolormap": False,
    }
    data: list[Trace] = [
        {
            "type": "surface",
            "x": horizontal,
            "y": vertical,
            "z": compact(z),
            "cmin": shown.low,
            "cmax": shown.high,
            "colorscale": colourscale(),
            "showscale": show_bar,
            "colorbar": colour_bar(shown, titles[2]),
            "contours": {"z": lines, "x": {"highlight": False}, "y": {"highlight": False}},
            "lighting": {
                "ambient": 0.72,
                "diffuse": 0.55,
                "specular": 0.12,
                "roughness": 0.7,
                "fresnel": 0.1,
            },
            "lightposition": {"x": -2000, "y": -1000, "z": 4000},
            "connectgaps": False,
            **hover(losses, shown, titles),
        },
        *traces,
    ]
    scene = {
        "xaxis": _scene_axis(titles[0], (horizontal[0], horizontal[-1])),
        "yaxis": _scene_axis(titles[1], (vertical[0], vertical[-1])),
        "zaxis": _scene_axis(shown.title(titles[2]), (bottom, shown.high + 0.03 * span))
        | tick_settings(shown, 5),
        "aspectmode": "manual",
        "aspectratio": {"x": 1.15, "y": 1.15, "z": 0.75},
        "camera": {"eye": {"x": 1.2, "y": -1.55, "z": 1.5}, "center": {"x": 0, "y": 0, "z": -0.12}},
    }
    figure_layout: dict[str, Any] = {
        "scene": scene,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "showlegend": False,
    }
    missing = int(np.count_nonzero(~np.isfinite(losses)))
    if missing:
        figure_layout["annotations"] = [note(f"{no_value}: {missing}")]
    return {"data": data, "layout": figure_layout}


def grid(
    x: ArrayLike, y: ArrayLike, values: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Check that `values[i, j]` can belong to (x[j], y[i]) and return the three as float64.

    Raises:
        ValueError: where the shapes do not agree.

    Example:
        >>> grid([0, 1, 2], [0, 1], [[0, 1, 2], [3, 4, 5]])[2].shape
        (2, 3)
    """
    horizontal = np.asarray(x, dtype=np.float64)
    vertical = np.asarray(y, dtype=np.float64)
    losses = np.asarray(values, dtype=np.float64)
    if losses.shape != (vertical.size, horizontal.size) or horizontal.size < 2 or vertical.size < 2:
        raise ValueError(
            "`values` must have the shape (len(y), len(x)) with at least 2 of each, "
            f"got {losses.shape} for {vertical.size} and {horizontal.size}."
        )
    return horizontal, vertical, losses


def spacing(places: NDArray[np.float64], name: str = "x") -> dict[str, float]:
    """Equally spaced coordinates as Plotly's start and step, which is lighter than an array."""
    return {f"{name}0": float(places[0]), f"d{name}": float(places[-1] - places[0]) / (places.size - 1)}


def line_levels(heights: Heights) -> dict[str, float]:
    """The contour lines of `heights` in Plotly's words: start, end and size."""
    levels = heights.levels()
    if levels.size == 0:
        middle = (heights.low + heights.high) / 2
        return {"start": middle, "end": middle, "size": heights.high - heights.low}
    return {"start": float(levels[0]), "end": float(levels[-1]) + 1e-6 * heights.step, "size": heights.step}


def hover(losses: NDArray[np.float64], heights: Heights, titles: Titles) -> dict[str, Any]:
    """What is read under the pointer: both parameters and the loss itself, also where heights are logs."""
    first, second, name = (title or fallback for title, fallback in zip(titles, ("x", "y", "z"), strict=True))
    where = f"{first}: %{{x:.4g}}<br>{second}: %{{y:.4g}}<br>{name}: "
    if heights.scale == "linear" and not heights.open_top:
        return {"hovertemplate": where + "%{z:.5g}<extra></extra>"}
    return {"customdata": compact(losses), "hovertemplate": where + "%{customdata:.5g}<extra></extra>"}


def _scene_axis(title: str, limits: tuple[float, float]) -> dict[str, Any]:
    return {
        "title": {"text": title},
        "range": [float(limits[0]), float(limits[1])],
        "showbackground": False,
        "gridcolor": "rgba(128,128,128,0.3)",
        "zeroline": False,
        "showspikes": False,
        "linecolor": NEUTRAL,
        "exponentformat": exponents(limits),
    }


def _missing(x: NDArray[np.float64], y: NDArray[np.float64], missing: NDArray[np.bool_]) -> list[Trace]:
    """Grey cells and crosses where there is no value; nothing where every value is finite."""
    if not missing.any():
        return []
    grey: Trace = {
        "type": "heatmap",
        **spacing(x),
        **spacing(y, "y"),
        "z": np.where(missing, 1.0, np.nan).astype(np.float32),
        "colorscale": colourscale((NO_VALUE, NO_VALUE)),
        "showscale": False,
        "hoverinfo": "skip",
    }
    stride = max(1, x.size // 25, y.size // 25)
    rows, columns = np.nonzero(missing[::stride, ::stride])
    crosses: Trace = {
        "type": "scatter",
        "mode": "markers",
        "x": x[::stride][columns],
        "y": y[::stride][rows],
        "marker": {"symbol": "x-thin", "size": 7, "line": {"color": "#444444", "width": 1}},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    return [grey, crosses]
