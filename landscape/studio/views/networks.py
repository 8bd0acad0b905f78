"""Networks: train one on real data, slice its landscape, and see how far the picture can be trusted."""

import streamlit as st

from landscape.studio import controls, links
from landscape.studio.studies.networks import STUDIES
from landscape.studio.texts import _, lesson

titles = {name: _(title) for name, (title, _show) in STUDIES.items()}
links.recall("part", "networks")
part = controls.segments(_("Part"), "part", titles, "train", labelled=False)
links.keep_for("part", "networks")
plain = controls.is_on("wide")
page, beside = (st.container(), None) if plain else st.columns([3.4, 1])
with page:
    keys = STUDIES[part][1]()
with st.sidebar:
    controls.switch(_("Hide the lesson"), "wide")
links.keep([*keys, "part", "wide"])
if beside is not None:
    beside.container(key="lesson").markdown(lesson(f"networks-{part}"))
