"""Home: what this is, and a gallery to begin with."""

from pathlib import Path

import streamlit as st

from landscape.studio.presets import PRESETS
from landscape.studio.texts import KEY, _, language, lesson

COLUMNS = 4
VIEWS = Path(__file__).parent

with st.sidebar.container(key="lesson"):
    st.markdown(lesson("home"))
st.title(_("Loss landscapes you can walk on"))
st.markdown(
    _(
        "A loss turns parameters into a landscape of mountains and valleys; an optimizer walks down it, "
        "step by step. Pick a landscape, from test functions to real data, click where to start, and see "
        "every number behind every step."
    )
)
with st.container(key="gallery"):
    for first in range(0, len(PRESETS), COLUMNS):
        for column, preset in zip(st.columns(COLUMNS), PRESETS[first : first + COLUMNS], strict=False):
            with column.container(border=True, key=f"card-{preset.name}", height="stretch"):
                st.html(f'<img alt="" src="{preset.picture}">')
                st.page_link(
                    VIEWS / f"{preset.page}.py",
                    label=_(preset.title),
                    query_params=preset.params | {KEY: language()},
                )
                st.caption(_(preset.line))
