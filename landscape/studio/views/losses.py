"""Losses: what each punishes, where it comes from, and the landscape it makes."""

import streamlit as st

from landscape.studio import controls, links
from landscape.studio.studies.losses import STUDIES
from landscape.studio.texts import _, lesson

titles = {name: _(title) for name, (title, _show) in STUDIES.items()}
topic = controls.segments(_("Topic"), "topic", titles, "curves", labelled=False)
plain = controls.is_on("wide")
page, beside = (st.container(), None) if plain else st.columns([3.4, 1])
with page:
    keys = STUDIES[topic][1]()
with st.sidebar:
    controls.switch(_("Hide the lesson"), "wide")
links.keep([*keys, "topic", "wide"])
if beside is not None:
    beside.container(key="lesson").markdown(lesson(f"losses-{topic}"))
