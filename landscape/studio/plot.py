"""The plot component: panels that play paths together, redraw in place and hand clicks back.

A panel's figure travels to the browser once; afterwards only its name does, until its content changes.
So a control that moves the paths alone sends the paths alone, and repaints no surface.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import streamlit as st

from landscape.studio import server
from landscape.studio.encoding import encode, serialize
from landscape.studio.texts import _, language

Figure = dict[str, Any]
Align = Literal["step", "evaluations"]

REMEMBERED = 200
"""How many figures and paths the server takes the browser to still hold; the browser holds twice as many."""


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
    """

    id: str
    figure: Figure
    role: Literal["plane", "scene", "curve", "plain"]
    label: str
    clickable: bool = False
    marks: Sequence[Mark] = ()
    title: str = ""


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
        arrows: Label to vectors in the plane, (T, 2), drawn from the point of the same row.
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
    readout: Mapping[str, np.ndarray] = field(default_factory=dict)
    diverged_at: int | None = None
    note: str = ""
    dash: str = "solid"


@dataclass(frozen=True)
class Click:
    """Where the reader clicked, in data coordinates; `z` only in a scene."""

    panel: str
    x: float
    y: float
    z: float | None = None


def plot(
    key: str,
    panels: Sequence[Panel],
    tracks: Sequence[Track] = (),
    *,
    align: Align = "step",
    on_click: Callable[[Click], None] | None = None,
    columns: Sequence[float] = (1, 1),
    height: int = 420,
    words: Mapping[str, str] | None = None,
) -> Click | None:
    """Draw the panels with one player and one legend; a figure already on the screen is changed in place.

    Args:
        key: Name of the component on the page, without a double underscore. Camera, zoom, hidden
            paths and the player's position belong to it.
        panels: The pictures, in reading order.
        tracks: The paths that are played on every panel.
        align: "step" shows every path at the same step; "evaluations" at the same number of gradient
            evaluations, each at its last iterate within them.
        on_click: Called with the click before the script runs again; it may set session state.
        columns: Relative widths of the panels of one row; more panels begin a new row.
        height: Height of each row of panels in pixels, at least 160.
        words: Words that replace those of `player_words`.

    Returns:
        The click that caused this run, or None.

    Raises:
        ValueError: A panel's or a path's arrays do not fit together, or a name stands twice.
    """
    payload, parts = describe(panels, tracks, align=align, columns=columns, height=height, words=words)
    clickable = {panel.id for panel in panels if panel.clickable}
    memory = f"_plot_parts_{key}"
    held: dict[str, None] = st.session_state.setdefault(memory, {})

    def clicked() -> None:
        click = read_click(st.session_state[key].get("click"), clickable)
        if click is not None and on_click is not None:
            on_click(click)

    def missing() -> None:
        st.session_state[memory] = {}

    payload |= {
        "key": key,
        "files": server.names(),
        "parts": {name: text for name, text in parts.items() if name not in held},
        "language": language(),
    }
    result = _mount(key=key, data=payload, on_click_change=clicked, on_missing_change=missing)
    for name in parts:
        held.pop(name, None)
        held[name] = None
    for name in list(held)[:-REMEMBERED]:
        del held[name]
    return read_click(result.get("click"), clickable)


def describe(
    panels: Sequence[Panel],
    tracks: Sequence[Track],
    *,
    align: Align = "step",
    columns: Sequence[float] = (1, 1),
    height: int = 420,
    words: Mapping[str, str] | None = None,
) -> tuple[dict[str, Any], dict[str, str]]:
    """What the browser is told: the arrangement, and the figures and paths by the name of their content."""
    check(panels, tracks, align, columns, height)
    parts: dict[str, str] = {}

    def part(value: Any) -> str:
        name, text = serialize(value)
        parts[name] = text
        return name

    payload = {
        "panels": [
            {
                "id": panel.id,
                "role": panel.role,
                "label": panel.label,
                "title": panel.title,
                "clickable": panel.clickable,
                "figure": part(panel.figure),
                "marks": [_mark(mark) for mark in panel.marks],
            }
            for panel in panels
        ],
        "tracks": [
            {
                "name": track.name,
                "label": track.label,
                "color": track.color,
                "dash": track.dash,
                "note": track.note,
                "divergedAt": track.diverged_at,
                "arrays": part(_arrays(track)),
            }
            for track in tracks
        ],
        "align": align,
        "columns": [float(width) for width in columns],
        "height": int(height),
        "words": player_words() | dict(words or {}),
    }
    return payload, parts


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
        for label, vectors in track.arrows.items():
            expected[f"arrows[{label!r}]"] = (vectors, (rows - 1, 2))
        for name, (array, shape) in expected.items():
            if array is not None and (rows == 0 or np.shape(array) != shape):
                raise ValueError(
                    f"`{name}` of the path {track.name!r} must have the shape {shape}, got {np.shape(array)}."
                )
        for label, numbers in track.readout.items():
            if np.ndim(numbers) not in (1, 2) or np.shape(numbers)[0] not in (rows - 1, rows):
                raise ValueError(
                    f"`readout[{label!r}]` of the path {track.name!r} must have {rows - 1} or {rows} rows, "
                    f"got the shape {np.shape(numbers)}."
                )


def read_click(value: Any, clickable: set[str]) -> Click | None:
    """The click that the browser reports, if it is one: a clickable panel and finite numbers.

    Example:
        >>> read_click({"panel": "contour", "x": 1, "y": 2.5}, {"contour"})
        Click(panel='contour', x=1.0, y=2.5, z=None)
        >>> read_click({"panel": "contour", "x": "1; drop", "y": 2.5}, {"contour"}) is None
        True
    """
    if not isinstance(value, Mapping) or value.get("panel") not in clickable:
        return None
    numbers = [value.get(axis) for axis in ("x", "y", "z") if value.get(axis) is not None]
    if len(numbers) < 2 or not all(
        isinstance(number, int | float) and math.isfinite(number) for number in numbers
    ):
        return None
    return Click(str(value["panel"]), *(float(number) for number in numbers))


def player_words() -> dict[str, str]:
    """Every word that the component itself shows, in the reader's language."""
    return {
        "legend": _("Paths"),
        "arrows": _("Arrows"),
        "player": _("Player"),
        "play": _("Play"),
        "pause": _("Pause"),
        "first": _("First step"),
        "previous": _("One step back"),
        "next": _("One step forward"),
        "last": _("Last step"),
        "position": _("Position"),
        "speed": _("Speed"),
        "step": _("Step"),
        "evaluations": _("Gradient evaluations"),
        "per_second": _("{rate} per second"),
        "clock": _("{now} of {end}"),
        "readout": _("Numbers at this step"),
        "point": _("θ"),
        "loss": _("Loss"),
        "none": _("none"),
        "ended": _("ended"),
        "diverged": _("diverged at step {step}"),
        "leaves": _("leaves the picture here"),
        "reset": _("Reset the view"),
        "hide": _("Hide or show {name}"),
        "scaled": _("Arrows drawn to scale, except: {list}."),
        "shortened": _("{name} shortened"),
        "lengthened": _("{name} lengthened"),
        "clipped": _("Values above {limit} are not in the picture; the numbers below have them."),
        "nonpositive": _("Values of zero and below have no place on a logarithmic axis."),
        "no_plotly": _(
            "The picture cannot be drawn: plotly.js did not load. Start the app with `streamlit run app.py`."
        ),
        "no_webgl": _(
            "This 3-D picture needs WebGL, which this browser does not offer. The other pictures work without it."
        ),
        "failed": _("This picture could not be drawn: {reason}"),
        "keys": _("Keys: space plays, arrow keys step, Home and End jump."),
    }


def standalone_html(
    panels: Sequence[Panel],
    tracks: Sequence[Track] = (),
    *,
    title: str = "Landscape",
    align: Align = "step",
    columns: Sequence[float] = (1, 1),
    height: int = 420,
    words: Mapping[str, str] | None = None,
) -> str:
    """The same panels and player as one HTML file that opens without a network.

    Args:
        panels: As in `plot`.
        tracks: As in `plot`.
        title: Title of the document, as plain text.
        align: As in `plot`.
        columns: As in `plot`.
        height: As in `plot`.
        words: As in `plot`.

    Returns:
        The document, about 5 megabytes: plotly.js is in it.
    """
    import html
    import json

    payload, parts = describe(panels, tracks, align=align, columns=columns, height=height, words=words)
    payload |= {"key": "standalone", "parts": parts, "language": language()}
    data = json.dumps(encode(payload), ensure_ascii=False).replace("</", "<\\/")
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{language()}"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{html.escape(title)}</title>",
            f"<style>{server.style()}</style>",
            f"<script>{server.plotly_js().decode()}</script>",
            '</head><body class="lp-document">',
            f'<h1>{html.escape(title)}</h1><main id="plot"></main>',
            f"<script>{server.script()}",
            f"render(document.getElementById('plot'), {data}, {{}});",
            "</script></body></html>",
        ]
    )


def _mark(mark: Mark) -> dict[str, Any]:
    return {
        "kind": mark.kind,
        "x": encode(np.atleast_1d(np.asarray(mark.x, np.float64))),
        "y": encode(np.atleast_1d(np.asarray(mark.y, np.float64))),
        "color": mark.color,
        "symbol": mark.symbol,
        "label": mark.label,
    }


def _arrays(track: Track) -> dict[str, Any]:
    def numbers(array: Any) -> np.ndarray:
        return np.asarray(array, np.float64)

    return {
        "points": numbers(track.points),
        "heights": None if track.heights is None else numbers(track.heights),
        "losses": numbers(track.losses),
        "evaluations": None if track.evaluations is None else numbers(track.evaluations),
        "arrows": {label: numbers(vectors) for label, vectors in track.arrows.items()},
        "readout": {label: numbers(rows) for label, rows in track.readout.items()},
    }


LOADER = """
const base = () => {
    const script = document.querySelector('script[src*="static/js/"]');
    return script ? script.src.split("static/js/")[0] : document.baseURI;
};
const once = new Map();
const keep = (url, load) => {
    if (!once.has(url)) once.set(url, load().catch((error) => { once.delete(url); throw error; }));
    return once.get(url);
};
const element = (tag, attributes) => new Promise((resolve, reject) => {
    const node = Object.assign(document.createElement(tag), attributes);
    node.onload = () => resolve(node);
    node.onerror = () => reject(new Error(attributes.src || attributes.href));
    document.head.append(node);
});

/* Streamlit calls this at every change of the data or the theme, with the same parent element. */
export default async function (component) {
    const { data, parentElement: parent, setTriggerValue } = component;
    const url = (name) => new URL("landscape/" + data.files[name], base()).href;
    const plotly = keep(url("plotly"), () => element("script", { src: url("plotly"), async: true })).catch(() => null);
    parent.landscapeData = data;
    try {
        const [module] = await Promise.all([
            keep(url("script"), () => import(url("script"))),
            keep(url("style"), () => element("link", { rel: "stylesheet", href: url("style") })),
            plotly,
        ]);
        /* Data that arrived while the files were loading is drawn instead of what it replaced. */
        module.render(parent, parent.landscapeData, {
            click: (value) => setTriggerValue("click", value),
            missing: (names) => setTriggerValue("missing", names),
        });
        return () => module.render(parent, null, {});
    } catch (error) {
        console.warn(error);
        parent.innerHTML = '<p role="alert"></p>';
        parent.firstChild.textContent = data.words.no_plotly;
    }
}
"""
"""A small script that travels with every change; it fetches the component's files once."""

_mount = st.components.v2.component("landscape_plot", js=LOADER, isolate_styles=False)
