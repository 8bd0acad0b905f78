"""The style sheet around the pages: narrow margins, a dense sidebar, a mark in each path's colour."""

from functools import cache

from landscape.figures import PATH_COLOURS
from landscape.studio.texts import ASSETS


@cache
def frame_style() -> str:
    """The text of assets/frame.css, and a rule for each optimizer's colour."""
    colours = (
        f".st-key-numbers-{name}{place} label p::before {{ background: {colour}; }}"
        for name, colour in PATH_COLOURS.items()
        for place in ("", "-beside")
    )
    return (ASSETS / "frame.css").read_text(encoding="utf-8") + "\n".join(colours)
