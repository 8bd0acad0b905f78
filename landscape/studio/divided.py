"""A page divided into parts, one of which is shown: its controls, its pictures, its lesson beside them."""

from collections.abc import Callable, Mapping

import streamlit as st

from landscape.studio import controls, links
from landscape.studio.texts import _, lesson


def show(page: str, label: str, key: str, parts: Mapping[str, tuple[str, Callable[[], list[str]]]]) -> None:
    """Draw the page.

    Args:
        page: Its address, the first word of its lessons' names.
        label: Translated label of the choice among the parts.
        key: The parameter of the link that names the part.
        parts: Name in the link → English title, and what draws it and returns the keys of its controls; the
            first of them is shown where nothing else is said.
    """
    titles = {name: _(title) for name, (title, _show) in parts.items()}
    links.recall(key, page)
    part = controls.segments(label, key, titles, next(iter(parts)), labelled=False)
    links.keep_for(key, page)
    plain = controls.is_on("wide")
    left, beside = (st.container(), None) if plain else st.columns([3.4, 1])
    with left:
        keys = parts[part][1]()
    with st.sidebar:
        controls.switch(_("Hide the lesson"), "wide")
    links.keep([*keys, key, "wide"])
    if beside is not None:
        beside.container(key="lesson").markdown(lesson(f"{page}-{part}"))
