"""Residuals: what a fitted model leaves over, against the feature or against the prediction."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from landscape.figures.axes import Figure, Trace, axis, layout
from landscape.figures.colours import SKY_BLUE, VERMILLION
from landscape.figures.fits import RIM, columns, limits, marker_size, pair


def residual_plot(places: ArrayLike, residuals: ArrayLike, titles: tuple[str, str]) -> Figure:
    """Residuals about the line of 0; what still has a form, the model has not explained.

    Args:
        places: the feature or the prediction of each example (n,).
        residuals: measured minus predicted (n,); NaN where there is none.
        titles: translated titles of what lies across and of the residuals.

    Returns:
        A Plotly figure as plain data: the line of 0, points. Its vertical limits are as far above 0 as below.

    Raises:
        ValueError: where the shapes do not agree.

    Example:
        >>> figure = residual_plot([0, 1, 2], [0.5, -1.0, 0.5], ("x", "residual"))
        >>> figure["layout"]["yaxis"]["range"]
        [-1.1, 1.1]
    """
    across, rest = columns(places=places, residuals=residuals)
    first, last = limits(across)
    known = np.abs(rest[np.isfinite(rest)])
    reach = 1.1 * (float(known.max(initial=0.0)) or 1.0)
    zero: Trace = {
        "type": "scatter",
        "mode": "lines",
        "x": np.array([first, last]),
        "y": np.zeros(2),
        "line": {"color": VERMILLION, "width": 2},
        "hoverinfo": "skip",
    }
    points: Trace = {
        "type": "scatter",
        "mode": "markers",
        "x": across,
        "y": rest,
        "marker": {
            "color": SKY_BLUE,
            "size": marker_size(across.size),
            "opacity": 0.85,
            "line": {"color": RIM, "width": 0.7},
        },
        "hovertemplate": pair(titles),
    }
    return {
        "data": [zero, points],
        "layout": layout(axis(titles[0], limits=(first, last)), axis(titles[1], limits=(-reach, reach))),
    }
