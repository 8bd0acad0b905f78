"""Descents side by side: the same start on several landscapes, each in a small picture of its own."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

import numpy as np

from landscape import Path, figures
from landscape.figures import Figure, Heights, PathStyle
from landscape.studio import cached
from landscape.studio.panels import Track
from landscape.studio.texts import _

View = Literal["above", "side"]
STEPS = [1, 2, 5, 10, 20, 30, 50, 100, 150, 200, 300, 500, 700, 1000, 1500, cached.MAX_STEPS]


def views() -> dict[View, str]:
    """From where the landscapes can be seen, in the reader's language."""
    return {"above": _("From above"), "side": _("From the side")}


def small_map(
    axes: tuple[np.ndarray, np.ndarray],
    values: np.ndarray,
    titles: tuple[str, str, str],
    heights: Heights,
    view: View,
    infinite: str,
) -> Figure:
    """A landscape without a colour bar, from above or from the side."""
    if view == "above":
        return figures.contour(
            *axes, values, titles=titles, heights=heights, no_value=infinite, show_bar=False
        )
    return figures.small_surface(*axes, values, titles=titles, heights=heights, no_value=infinite)


def track(name: str, label: str, style: PathStyle, walk: Path, num_steps: int, heights: Heights) -> Track:
    """The first steps of a descent; the walk is longer, so that the last point has its gradient, too."""
    path, ahead = walk.first(num_steps), walk.first(num_steps + 1)
    # Where a loss is infinite it has no gradient, and one that begins there has nowhere diverged.
    known = np.isfinite(ahead.losses[:-1, None])
    gradients = np.where(known, ahead.gradients, np.nan)
    return Track(
        name=name,
        label=label,
        color=style.color,
        dash=style.dash,
        points=np.asarray(path.params, float),
        heights=heights(path.losses),
        losses=path.losses,
        arrows={"−gradient": -gradients[:num_steps]},
        arrow_labels={"−gradient": _("−gradient")},
        readout={f"g · {_('gradient')}": gradients},
        diverged_at=path.diverged_at or None,
        note=note(path),
    )


def note(path: Path) -> str:
    """What the legend says of a descent that meets what is not finite."""
    if path.diverged_at is None:
        return ""
    if path.diverged_at == 0:
        return _("no gradient here")
    return _("diverged at step {step}").format(step=path.diverged_at)


def together(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """The results of several calls, which compile side by side where they have to: none knows the page."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [waiting.result() for waiting in [pool.submit(call) for call in calls]]
