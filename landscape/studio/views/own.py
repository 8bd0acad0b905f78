"""Your own: a landscape of the reader's, from a formula, a table or a program."""

import streamlit as st

from landscape.studio import controls, links
from landscape.studio.studies.own import STUDIES
from landscape.studio.texts import _, lesson

titles = {name: _(title) for name, (title, _show) in STUDIES.items()}
links.recall("part", "own")
part = controls.segments(_("Part"), "part", titles, "formula", labelled=False)
links.keep_for("part", "own")
plain = controls.is_on("wide")
page, beside = (st.container(), None) if plain else st.columns([3.4, 1])
with page:
    keys = STUDIES[part][1]()
with st.sidebar:
    controls.switch(_("Hide the lesson"), "wide")
links.keep([*keys, "part", "wide"])
if beside is not None:
    beside.container(key="lesson").markdown(lesson(f"own-{part}"))
