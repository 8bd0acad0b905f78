"""What the plot component draws: panels, the marks over them, and the paths that are played on them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np

Figure = dict[str, Any]
Align = Literal["step", "evaluations"]
Role = Literal["plane", "scene", "curve", "chart", "plain"]
Kind = Literal["point", "segment", "arrow", "vline", "hline"]
FLAT = ("plane", "chart")
"""The roles with axes that marks are drawn in and windows are dragged open in."""


@dataclass(frozen=True)
class Mark:
    """Something light drawn over a plane or a chart: a start point, an eigenvector, the present rate.

    Args:
        kind: "point"; "segment", an open line through the given points; "arrow" from the first
            point to the last; "vline" at one abscissa, as high as the picture, with its label at the
            top; "hline" at one ordinate, as wide as the picture, with its label at the right.
        x: Abscissae in data coordinates, on a logarithmic axis the values themselves; a number for a
            point or a "vline"; unused by an "hline".
        y: Ordinates in data coordinates, as many as `x`; a number for an "hline"; unused by a "vline".
        color: A CSS colour; empty for the colour of the text.
        symbol: "circle", "cross", "x", "diamond", "square", "star", "triangle" or "ring" for a point;
            "solid", "dash" or "dot" for a line.
        label: Words beside the first point; empty for none.
    """

    kind: Kind
    x: Any = ()
    y: Any = ()
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
            and paths run on its surface, or above and below it where their `ground` is given; "curve" has
            the clock (steps or evaluations) across and the loss up; "chart" is flat and has axes of its own
            meaning, linear or logarithmic, with marks drawn over it and no paths; "plain" is only drawn.
        label: Accessible name, a sentence that says what is seen.
        clickable: Whether a click comes back as a `Click`.
        marks: What is drawn over a plane or a chart, below the paths; a mark that moves repaints no figure.
        title: Heading above the panel; empty for none.
        paths: Names of the paths that run in it; empty for all.
        zoomable: Whether a rectangle that is dragged open in a plane or a chart comes back as a `Window`.
            Until a figure with other ranges comes, the picture is zoomed in the browser.
        threads: Paths from many starts over a plane, (n, m, 2), the unused rows NaN: under the pointer
            the one that starts nearest is drawn. Travels as float32; a float32 array that a cache hands
            out anew is encoded once.
        private: Whether the figure shows what belongs to one reader: it is then not remembered on the server
            for others, nor for the next run.
    """

    id: str
    figure: Figure
    role: Role
    label: str
    clickable: bool = False
    marks: Sequence[Mark] = ()
    title: str = ""
    paths: Sequence[str] = ()
    zoomable: bool = False
    threads: np.ndarray | None = None
    private: bool = False


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
        ground: Height of the surface below or above each iterate, (T + 1,), in the same units; NaN where it
            is not known. Given, the points are projections of iterates that lie off the plane: the scene
            draws the path at its true heights, with drop lines to the ground and its shadow on the surface.
        losses: Losses for the curve and the read-out, (T + 1,).
        evaluations: Gradient evaluations spent before each iterate, (T + 1,), not decreasing; empty
            for one per step.
        steps: Step that each row stands for, (T + 1,), whole numbers that increase, where rows are
            checkpoints: the clock and the read-out say them, and go from one row to the next; empty for
            0 to T. A word other than "step" for them is given in `words`.
        arrows: Name to vectors in the plane, (T, 2), drawn from the point of the same row; by the name,
            the same in every language, it is remembered which kinds of arrow are shown.
        arrow_labels: Name of an arrow to its name as the reader sees it; empty where they are the same.
        readout: Label to numbers per step, (T,) or (T, k), or one row more.
        diverged_at: First step with a value that is not finite, one of `steps` where they are given; or None.
        note: What the legend says beside the label, such as "diverged at step 7".
        cloud: Points in the plane, (T, s, 2) or (T + 1, s, 2), where a step from the point of the same row
            could have led; NaN for none. Travels as float32.
        cloud_label: Name of the cloud as the reader sees it, such as "gradient noise".
        swarm: Points in the plane that move together, (T + 1, s, 2), each with its way so far; the path's
            own point is one of them, and gets a ring. Travels as float32.
        swarm_colors: Their CSS colours, s of them.
        swarm_symbols: Their symbols, as those of a mark, s of them.
    """

    name: str
    label: str
    color: str
    points: np.ndarray
    losses: np.ndarray
    heights: np.ndarray | None = None
    ground: np.ndarray | None = None
    evaluations: np.ndarray | None = None
    steps: np.ndarray | None = None
    arrows: Mapping[str, np.ndarray] = field(default_factory=dict)
    arrow_labels: Mapping[str, str] = field(default_factory=dict)
    readout: Mapping[str, np.ndarray] = field(default_factory=dict)
    diverged_at: int | None = None
    note: str = ""
    dash: str = "solid"
    cloud: np.ndarray | None = None
    cloud_label: str = ""
    swarm: np.ndarray | None = None
    swarm_colors: Sequence[str] = ()
    swarm_symbols: Sequence[str] = ()


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
    for panel in panels:
        _check_panel(panel)
    for track in tracks:
        _check_track(track)


def _check_panel(panel: Panel) -> None:
    place = f"of the panel {panel.id!r}"
    if panel.role not in get_args(Role):
        raise ValueError(f"`role` {place} must be one of {', '.join(get_args(Role))}, got {panel.role!r}.")
    for argument, wanted, roles in (
        ("marks", bool(panel.marks), FLAT),
        ("zoomable", panel.zoomable, FLAT),
        ("threads", panel.threads is not None, ("plane",)),
    ):
        if wanted and panel.role not in roles:
            raise ValueError(
                f"`{argument}` {place} must be left out unless its role is {' or '.join(roles)}, "
                f"got the role {panel.role!r}."
            )
    if panel.threads is not None:
        shape = np.shape(panel.threads)
        if len(shape) != 3 or shape[2] != 2 or 0 in shape:
            raise ValueError(
                f"`threads` {place} must have a shape (n, m, 2) with n and m at least 1, got {shape}."
            )
    for mark in panel.marks:
        _check_mark(mark, place)


def _check_mark(mark: Mark, place: str) -> None:
    if mark.kind not in get_args(Kind):
        raise ValueError(
            f"`kind` of a mark {place} must be one of {', '.join(get_args(Kind))}, got {mark.kind!r}."
        )
    sizes = {"x": np.shape(np.atleast_1d(mark.x)), "y": np.shape(np.atleast_1d(mark.y))}
    if mark.kind in ("vline", "hline"):
        axis = "x" if mark.kind == "vline" else "y"
        if sizes[axis] != (1,):
            raise ValueError(
                f"`{axis}` of a mark {mark.kind!r} {place} must be one number, got the shape {sizes[axis]}."
            )
    elif len(sizes["x"]) != 1 or sizes["x"] != sizes["y"] or (mark.kind != "segment" and sizes["x"] == (0,)):
        raise ValueError(
            f"`x` and `y` of a mark {mark.kind!r} {place} must be equally many numbers, at least 1, "
            f"got the shapes {sizes['x']} and {sizes['y']}."
        )


def _check_track(track: Track) -> None:
    rows = np.shape(track.points)[0] if np.ndim(track.points) == 2 else 0
    expected: dict[str, tuple[Any, tuple[int, ...]]] = {
        "points": (track.points, (rows, 2)),
        "losses": (track.losses, (rows,)),
        "heights": (track.heights, (rows,)),
        "ground": (track.ground, (rows,)),
        "evaluations": (track.evaluations, (rows,)),
        "steps": (track.steps, (rows,)),
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
    if track.ground is not None and track.heights is None:
        raise ValueError(
            f"`ground` of the path {track.name!r} must be left out where `heights` is, "
            f"got the shape {np.shape(track.ground)}."
        )
    if track.steps is not None and not _whole_and_increasing(np.asarray(track.steps)):
        raise ValueError(
            f"`steps` of the path {track.name!r} must be whole numbers from 0 that increase, "
            f"got {track.steps}."
        )
    for label, numbers in track.readout.items():
        if np.ndim(numbers) not in (1, 2) or np.shape(numbers)[0] not in (rows - 1, rows):
            raise ValueError(
                f"`readout[{label!r}]` of the path {track.name!r} must have {rows - 1} or {rows} rows, "
                f"got the shape {np.shape(numbers)}."
            )
    _check_swarm(track, rows)
    if track.cloud is None:
        return
    shape = np.shape(track.cloud)
    if len(shape) != 3 or shape[0] not in (rows - 1, rows) or shape[1] == 0 or shape[2] != 2:
        raise ValueError(
            f"`cloud` of the path {track.name!r} must have a shape ({rows - 1} or {rows}, s, 2), got {shape}."
        )
    if not track.cloud_label:
        raise ValueError(
            f"`cloud_label` of the path {track.name!r} must name its cloud, got {track.cloud_label!r}."
        )


def _whole_and_increasing(steps: np.ndarray) -> bool:
    return bool(
        np.all(np.isfinite(steps) & (steps == np.round(steps)))
        and steps[0] >= 0
        and np.all(np.diff(steps) > 0)
    )


def _check_swarm(track: Track, rows: int) -> None:
    shape = (0, 0, 2) if track.swarm is None else np.shape(track.swarm)
    if track.swarm is not None and (len(shape) != 3 or shape[0] != rows or shape[1] == 0 or shape[2] != 2):
        raise ValueError(f"`swarm` of the path {track.name!r} must have a shape ({rows}, s, 2), got {shape}.")
    for argument, each in (("swarm_colors", track.swarm_colors), ("swarm_symbols", track.swarm_symbols)):
        if len(each) != shape[1]:
            raise ValueError(
                f"`{argument}` of the path {track.name!r} must be one for each of the {shape[1]} points "
                f"of its swarm, got {len(each)}."
            )
