"""The style sheet around the pages: narrow margins, a dense sidebar, a mark in each path's colour."""

from functools import cache

from landscape.figures import PATH_COLOURS
from landscape.studio.texts import ASSETS


@cache
def frame_style(bare: bool = False) -> str:
    """The text of assets/frame.css, and a rule for each optimizer's colour.

    Args:
        bare: Whether the page stands in another, so that nothing but its pictures is seen: assets/bare.css.
    """
    colours = (
        f".st-key-numbers-{name}{place} label p::before {{ background: {colour}; }}"
        for name, colour in PATH_COLOURS.items()
        for place in ("", "-beside")
    )
    names = ("frame.css", "bare.css") if bare else ("frame.css",)
    return "".join((ASSETS / name).read_text(encoding="utf-8") for name in names) + "\n".join(colours)
