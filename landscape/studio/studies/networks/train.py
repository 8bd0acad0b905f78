"""Train: a network learns a table before the reader's eyes, and walks down its landscape."""

import streamlit as st

from landscape.studio import choosing, links, trained


def show() -> list[str]:
    """Draw the part; the keys of its controls."""
    with st.sidebar:
        recipe, keys = choosing.recipe("net")
    links.show_notes(st)
    st.write(trained.num_steps(recipe))
    return keys
