"""Layers: sizes and shares from the first layer of a network to its last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from landscape.figures.axes import Figure, axis
from landscape.figures.colours import PathStyle
from landscape.figures.depths import depth_curves
from landscape.figures.heights import nice_step

LEGEND: dict[str, Any] = {
    "showlegend": True,
    "legend": {"orientation": "h", "x": 0.0, "y": 1.02, "xanchor": "left", "yanchor": "bottom"}
    | {"font": {"size": 11}, "bgcolor": "rgba(0,0,0,0)", "itemwidth": 30},
}


def layer_curves(
    curves: Mapping[str, ArrayLike],
    styles: Mapping[str, PathStyle],
    *,
    titles: tuple[str, str],
    share: bool = False,
    legend: bool = True,
) -> Figure:
    """Sizes from layer to layer on a logarithmic axis, or shares in per cent on a linear one.

    Args:
        curves: translated name to sizes (n,), n at least 2, as of `depth_curves`.
        styles: name to style, for every curve.
        titles: translated titles of the layer and of the size.
        share: whether they are shares, from 0 to 1.
        legend: whether the names stand above the picture.

    Returns:
        A Plotly figure as plain data.

    Raises:
        ValueError: where there is no curve, the lengths differ or a size is negative.

    Example:
        >>> from landscape.figures.colours import cycle_style
        >>> curves, styles = {"he": [1.0, 1.0], "zeros": [0.0, 0.0]}, {}
        >>> styles = {"he": cycle_style(0), "zeros": cycle_style(1)}
        >>> figure = layer_curves(curves, styles, titles=("layer", "spread"))
        >>> [trace["name"] for trace in figure["data"] if trace.get("showlegend")]
        ['he', 'zeros']
    """
    words = {style.dash: style.dash for style in styles.values()}
    figure = depth_curves(curves, styles, titles=titles, words=words)
    figure["data"] = [trace for trace in figure["data"] if trace["x"][0] is not None]
    for trace in figure["data"]:
        if trace.get("name") in curves:
            trace["showlegend"] = legend
    count = len(next(iter(curves.values())))  # type: ignore[arg-type]
    figure["layout"]["xaxis"] |= {"dtick": max(1, round(nice_step(count, 8))), "tick0": 0}
    figure["layout"] |= LEGEND if legend else {"showlegend": False}
    figure["layout"]["margin"] = {"l": 56, "r": 8, "t": 44, "b": 44}
    if share:
        figure["layout"]["yaxis"] = axis(titles[1], limits=(-0.02, 1.04), tickformat=".0%")
        lines = [trace for trace in figure["data"] if trace.get("name") in curves]
        for trace in lines:
            trace["y"] = np.asarray(curves[trace["name"]], float)
            trace["hovertemplate"] = trace["hovertemplate"].replace("%{y:.3g}", "%{y:.1%}")
        figure["data"] = lines
    return figure
