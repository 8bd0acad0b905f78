"""Panes: a landscape from the side in a picture that is small, one of several in a row."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from landscape.figures.axes import Figure
from landscape.figures.heights import tick_settings
from landscape.figures.landscapes import Titles, surface

TICKS = 4


def small_surface(
    x: ArrayLike, y: ArrayLike, values: ArrayLike, *, titles: Titles = ("", "", ""), **settings: Any
) -> Figure:
    """A landscape from the side with few ticks and no title of its height, which stands above the picture.

    Args:
        x: the first parameter (nx,), increasing.
        y: the second parameter (ny,), increasing.
        values: losses (ny, nx).
        titles: translated titles of the two axes and of the loss, for the text under the pointer.
        **settings: further settings of `surface`, `heights` among them.

    Returns:
        A Plotly figure as plain data.

    Raises:
        ValueError: where the shapes do not agree.

    Example:
        >>> figure = small_surface([0, 1, 2], [0, 1], [[0, 1, 4], [1, 2, 5]], titles=("a", "b", "loss"))
        >>> figure["layout"]["scene"]["zaxis"]["title"]["text"], figure["layout"]["scene"]["xaxis"]["nticks"]
        ('', 4)
    """
    figure = surface(x, y, values, titles=titles, **settings)
    scene = figure["layout"]["scene"]
    scene["xaxis"]["nticks"] = scene["yaxis"]["nticks"] = TICKS
    scene["zaxis"]["title"] = {"text": ""}
    if heights := settings.get("heights"):
        scene["zaxis"] |= tick_settings(heights, TICKS - 1)
    return figure
