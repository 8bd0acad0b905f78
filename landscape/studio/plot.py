"""The plot component: panels that play paths together, redraw in place and hand clicks and windows back.

A panel's figure travels to the browser once; afterwards only its name does, until its content changes.
So a control that moves the paths alone sends the paths alone, and repaints no surface.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from landscape.studio import server, texts
from landscape.studio.encoding import Serializer, encode, serialize
from landscape.studio.panels import Align, Mark, Panel, Track, check
from landscape.studio.player_words import player_words, take_words

__all__ = [
    *("Align", "Click", "Mark", "Panel", "Track", "Window"),
    *("describe", "plot", "read_click", "read_window", "standalone_html"),
]

REMEMBERED = 200
"""How many figures and paths the server takes the browser to still hold."""

REMEMBERED_BYTES = 32_000_000
"""How much text they are together; the browser holds twice as much, and asks for what it lacks."""


FAR = 1e300
"""No picture reaches as far; a click beyond it is none, and NaN and infinity are beyond it."""


@dataclass(frozen=True)
class Click:
    """Where the reader clicked, in data coordinates; `z` only in a scene."""

    panel: str
    x: float
    y: float
    z: float | None = None


@dataclass(frozen=True)
class Window:
    """The rectangle that the reader dragged open, in data coordinates, each axis as (low, high)."""

    panel: str
    x: tuple[float, float]
    y: tuple[float, float]


def plot(
    key: str,
    panels: Sequence[Panel],
    tracks: Sequence[Track] = (),
    *,
    align: Align = "step",
    on_click: Callable[[Click], None] | None = None,
    on_window: Callable[[Window], None] | None = None,
    columns: Sequence[float] = (1, 1),
    lead: bool = False,
    guess: bool = False,
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
        on_window: Called likewise with the rectangle that was dragged open in a zoomable panel. The script
            answers with a figure whose axes have the new ranges; until then the browser shows its zoom.
        columns: Relative widths of the panels of one row; more panels begin a new row.
        lead: Whether the first panel stands at the left in the full height, and the others at its
            right: in a stack, or with three columns and more in rows.
        guess: Whether the player begins at 0 and what is to come stays hidden.
        height: Height of each row of panels in pixels, at least 160; with `lead`, of all panels together.
        words: Words that replace those of `player_words`.

    Returns:
        The click that caused this run, or None.

    Raises:
        ValueError: A panel's or a path's arrays do not fit together, or a name stands twice.
    """
    payload, parts = describe(
        panels, tracks, align=align, columns=columns, lead=lead, guess=guess, height=height, words=words
    )
    clickable = {panel.id for panel in panels if panel.clickable}
    zoomable = {panel.id for panel in panels if panel.zoomable}
    memory = f"_plot_parts_{key}"
    held: dict[str, int] = st.session_state.setdefault(memory, {})

    def clicked() -> None:
        click = read_click(st.session_state[key].get("click"), clickable)
        if click is not None and on_click is not None:
            on_click(click)

    def windowed() -> None:
        window = read_window(st.session_state[key].get("window"), zoomable)
        if window is not None and on_window is not None:
            on_window(window)

    def missing() -> None:
        st.session_state[memory] = {}  # Nothing is held for sure: everything travels anew.

    payload |= {
        "key": key,
        "files": server.names(),
        "parts": {name: text for name, text in parts.items() if name not in held},
        "language": texts.language(),
    }
    result = _mount(
        key=key,
        data=payload,
        on_click_change=clicked,
        on_window_change=windowed,
        on_missing_change=missing,
    )
    remember(held, parts)
    return read_click(result.get("click"), clickable)


def describe(
    panels: Sequence[Panel],
    tracks: Sequence[Track],
    *,
    align: Align = "step",
    columns: Sequence[float] = (1, 1),
    lead: bool = False,
    guess: bool = False,
    height: int = 420,
    words: Mapping[str, str] | None = None,
) -> tuple[dict[str, Any], dict[str, str]]:
    """What the browser is told: the arrangement, and the figures and paths by the name of their content."""
    check(panels, tracks, align, columns, height)
    parts: dict[str, str] = {}

    def part(value: Any, serialize: Callable[[Any], tuple[str, str]] = serialize) -> str:
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
                "zoomable": panel.zoomable,
                "figure": part(panel.figure, serialize if panel.private else _figure),
                "marks": [_mark(mark) for mark in panel.marks],
                "paths": list(panel.paths),
                "threads": None if panel.threads is None else part(_single(panel.threads), _threads),
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
                "arrowLabels": dict(track.arrow_labels),
                "cloudLabel": track.cloud_label,
                "swarmColors": list(track.swarm_colors),
                "swarmSymbols": list(track.swarm_symbols),
                "arrays": part(_arrays(track)),
            }
            for track in tracks
        ],
        "align": align,
        "columns": [float(width) for width in columns],
        "lead": bool(lead),
        "guess": bool(guess),
        "height": int(height),
        "words": player_words() | dict(words or {}),
    }
    return payload, parts


_figure = Serializer(kept=64)
_threads = Serializer(kept=8)


def remember(held: dict[str, int], parts: Mapping[str, str]) -> None:
    """Note that the browser holds these parts now, and forget the oldest of the others beyond the bounds.

    Example:
        >>> held = {"old": REMEMBERED_BYTES, "new": 2}
        >>> remember(held, {"now": "text"})
        >>> held
        {'new': 2, 'now': 4}
    """
    for name, text in parts.items():
        held.pop(name, None)
        held[name] = len(text)
    total = sum(held.values())
    for name in list(held)[: len(held) - len(parts)]:
        if len(held) <= REMEMBERED and total <= REMEMBERED_BYTES:
            break
        total -= held.pop(name)


def read_click(value: Any, clickable: set[str]) -> Click | None:
    """The click that the browser reports, if it is one: a clickable panel and finite numbers.

    Example:
        >>> read_click({"panel": "contour", "x": 1, "y": 2.5}, {"contour"})
        Click(panel='contour', x=1.0, y=2.5, z=None)
        >>> read_click({"panel": "contour", "x": "1; drop", "y": 2.5}, {"contour"}) is None
        True
    """
    if not isinstance(value, Mapping) or not isinstance(value.get("panel"), str):
        return None
    place = [value.get("x"), value.get("y")] + ([] if value.get("z") is None else [value["z"]])
    numbers = [float(number) for number in place if isinstance(number, int | float) and abs(number) < FAR]
    if value["panel"] not in clickable or len(numbers) < len(place):
        return None
    return Click(value["panel"], *numbers)


def read_window(value: Any, zoomable: set[str]) -> Window | None:
    """The window that the browser reports, if it is one: a zoomable panel, finite numbers, low below high.

    Example:
        >>> read_window({"panel": "border", "x": [0.5, 1], "y": [-2, 3]}, {"border"})
        Window(panel='border', x=(0.5, 1.0), y=(-2.0, 3.0))
        >>> read_window({"panel": "border", "x": [1, 0.5], "y": [-2, 3]}, {"border"}) is None
        True
    """
    if not isinstance(value, Mapping) or not isinstance(value.get("panel"), str):
        return None
    x, y = _range(value.get("x")), _range(value.get("y"))
    if value["panel"] not in zoomable or x is None or y is None:
        return None
    return Window(value["panel"], x, y)


def _range(value: Any) -> tuple[float, float] | None:
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    numbers = [float(end) for end in value if isinstance(end, int | float) and abs(end) < FAR]
    return (numbers[0], numbers[1]) if len(numbers) == 2 and numbers[0] < numbers[1] else None


def standalone_html(
    panels: Sequence[Panel],
    tracks: Sequence[Track] = (),
    *,
    title: str = "Landscape",
    align: Align = "step",
    columns: Sequence[float] = (1, 1),
    lead: bool = False,
    guess: bool = False,
    height: int = 420,
    words: Mapping[str, str] | None = None,
    taking: Mapping[str, str] | None = None,
    language: str = "en",
) -> str:
    """The same panels and player as one HTML file that opens without a network.

    It may be made outside a run of the page, where no reader's language is known: so the caller says
    the words and the language.

    Args:
        panels: As in `plot`.
        tracks: As in `plot`.
        title: Title of the document, as plain text.
        align: As in `plot`.
        columns: As in `plot`.
        lead: As in `plot`.
        guess: As in `plot`.
        height: As in `plot`.
        words: Every word of `player_words`; empty for those that it gives here and now.
        taking: Every word of `take_words`; empty for those that it gives here and now.
        language: The language of all words, one of `LANGUAGES`.

    Returns:
        The document, about 5 megabytes: plotly.js is in it.
    """
    import html
    import json

    payload, parts = describe(
        panels, tracks, align=align, columns=columns, lead=lead, guess=guess, height=height, words=words
    )
    payload |= {"key": "standalone", "parts": parts, "language": language}
    takes = {"words": dict(taking or take_words()), "title": title}

    def text(value: Any) -> str:
        return json.dumps(encode(value), ensure_ascii=False).replace("<", "\\u003c")

    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{html.escape(language)}"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{html.escape(title)}</title>",
            f"<style>{server.style()}</style>",
            f"<script>{server.plotly_js().decode()}</script>",
            '</head><body class="lp-document">',
            f'<h1>{html.escape(title)}</h1><main id="plot"></main><footer id="takes"></footer>',
            f'<script type="module">{server.script()}',
            f"render(document.getElementById('plot'), {text(payload)}, {{}});",
            f"offerTakes(document.getElementById('takes'), {text(takes)});",
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

    def optional(array: Any) -> np.ndarray | None:
        return None if array is None else numbers(array)

    return {
        "points": numbers(track.points),
        "heights": optional(track.heights),
        "ground": optional(track.ground),
        "losses": numbers(track.losses),
        "evaluations": optional(track.evaluations),
        "steps": optional(track.steps),
        "arrows": {name: numbers(vectors) for name, vectors in track.arrows.items()},
        "readout": {label: numbers(rows) for label, rows in track.readout.items()},
        "cloud": None if track.cloud is None else _single(track.cloud),
        "swarm": None if track.swarm is None else _single(track.swarm),
    }


def _single(array: Any) -> np.ndarray:
    """Places that are only looked at, in half the bytes; what has this form stays the same array."""
    with np.errstate(over="ignore"):  # too far for single precision is too far for a picture
        return np.asarray(array, np.float32)


_mount = st.components.v2.component("landscape_plot", js=server.loader(), isolate_styles=False)
