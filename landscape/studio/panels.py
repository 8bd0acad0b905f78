"""What the plot component draws: panels, the marks over them, and the paths that are played on them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

Figure = dict[str, Any]
Align = Literal["step", "evaluations"]


@dataclass(frozen=True)
class Mark:
    """Something light drawn over a plane panel: a start point, an eigenvector, a ball's outline.

    Args:
        kind: "point"; "segment", an open line through the given points; "arrow" from the first
            point to the last.
        x: Abscissae in data coordinates; a number for a point.
        y: Ordinates in data coordinates, as many as `x`.
        color: A CSS colour; empty for the colour of the text.
        symbol: "circle", "cross", "x", "diamond", "square", "star", "triangle" or "ring" for a point;
            "solid", "dash" or "dot" for a line.
        label: Words beside the first point; empty for none.
    """

    kind: Literal["point", "segment", "arrow"]
    x: Any
    y: Any
    color: str = ""
    symbol: str = ""
    label: str = ""


@dataclass(frozen=True)
class Panel:
    """One picture of the component.

    Args:
        id: Name of the panel in a `Click`, unique in its component.
        figure: A Plotly figure as plain data, `{"data": [...], "layout": {...}}`.
        role: "plane" has parameter-space axes, and paths and marks are drawn over it; "scene" is 3-D,
            and paths run on its surface; "curve" has the clock (steps or evaluations) across and the
            loss up; "plain" is only drawn.
        label: Accessible name, a sentence that says what is seen.
        clickable: Whether a click comes back as a `Click`.
        marks: What is drawn over a plane, below the paths.
        title: Heading above the panel; empty for none.
        paths: Names of the paths that run in it; empty for all.
    """

    id: str
    figure: Figure
    role: Literal["plane", "scene", "curve", "plain"]
    label: str
    clickable: bool = False
    marks: Sequence[Mark] = ()
    title: str = ""
    paths: Sequence[str] = ()


@dataclass(frozen=True)
class Track:
    """One path that the player plays.

    Args:
        name: What the path is, in every language; hidden paths are remembered by it.
        label: The name as the reader sees it.
        color: A CSS colour.
        dash: "solid", "dash", "dot" or "dashdot".
        points: Positions in the plane, (T + 1, 2); row 0 is the start.
        heights: Heights in 3-D, (T + 1,), in the units of the scene's vertical axis; empty for none.
        losses: Losses for the curve and the read-out, (T + 1,).
        evaluations: Gradient evaluations spent before each iterate, (T + 1,), not decreasing; empty
            for one per step.
        arrows: Name to vectors in the plane, (T, 2), drawn from the point of the same row; by the name,
            the same in every language, it is remembered which kinds of arrow are shown.
        arrow_labels: Name of an arrow to its name as the reader sees it; empty where they are the same.
        readout: Label to numbers per step, (T,) or (T, k), or one row more.
        diverged_at: First step with a value that is not finite, or None.
        note: What the legend says beside the label, such as "diverged at step 7".
    """

    name: str
    label: str
    color: str
    points: np.ndarray
    losses: np.ndarray
    heights: np.ndarray | None = None
    evaluations: np.ndarray | None = None
    arrows: Mapping[str, np.ndarray] = field(default_factory=dict)
    arrow_labels: Mapping[str, str] = field(default_factory=dict)
    readout: Mapping[str, np.ndarray] = field(default_factory=dict)
    diverged_at: int | None = None
    note: str = ""
    dash: str = "solid"


def check(
    panels: Sequence[Panel], tracks: Sequence[Track], align: str, columns: Sequence[float], height: int
) -> None:
    """Refuse what could not be drawn."""
    for argument, names in (("panels", [p.id for p in panels]), ("tracks", [t.name for t in tracks])):
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(
                f"`{argument}` must have different names, got {', '.join(twice)} more than once."
            )
    if align not in ("step", "evaluations"):
        raise ValueError(f"`align` must be 'step' or 'evaluations', got {align!r}.")
    if not columns or not all(math.isfinite(width) and width > 0 for width in columns):
        raise ValueError(f"`columns` must be one or more positive widths, got {tuple(columns)!r}.")
    if height < 160:
        raise ValueError(f"`height` must be at least 160 pixels, got {height}.")
    for track in tracks:
        rows = np.shape(track.points)[0] if np.ndim(track.points) == 2 else 0
        expected: dict[str, tuple[Any, tuple[int, ...]]] = {
            "points": (track.points, (rows, 2)),
            "losses": (track.losses, (rows,)),
            "heights": (track.heights, (rows,)),
            "evaluations": (track.evaluations, (rows,)),
        }
        for arrow, vectors in track.arrows.items():
            expected[f"arrows[{arrow!r}]"] = (vectors, (rows - 1, 2))
        unknown = sorted(set(track.arrow_labels) - set(track.arrows))
        if unknown:
            raise ValueError(
                f"`arrow_labels` of the path {track.name!r} must name its arrows, got {', '.join(unknown)}."
            )
        for name, (array, shape) in expected.items():
            if array is not None and (rows == 0 or np.shape(array) != shape):
                raise ValueError(
                    f"`{name}` of the path {track.name!r} must have the shape {shape}, got {np.shape(array)}."
                )
        if track.evaluations is not None and np.any(np.diff(track.evaluations) < 0):
            raise ValueError(
                f"`evaluations` of the path {track.name!r} must not decrease, got {track.evaluations}."
            )
        for label, numbers in track.readout.items():
            if np.ndim(numbers) not in (1, 2) or np.shape(numbers)[0] not in (rows - 1, rows):
                raise ValueError(
                    f"`readout[{label!r}]` of the path {track.name!r} must have {rows - 1} or {rows} rows, "
                    f"got the shape {np.shape(numbers)}."
                )
