"""Learning rates: what they do, from one slider to the border between settling and exploding."""

import streamlit as st

from landscape.studio import controls, links
from landscape.studio.studies.rates import STUDIES
from landscape.studio.texts import _, lesson

titles = {name: _(title) for name, (title, _show) in STUDIES.items()}
study = controls.segments(_("Study"), "study", titles, "one-rate", labelled=False)
plain = controls.is_on("wide")
page, beside = (st.container(), None) if plain else st.columns([3.4, 1])
with page:
    keys = STUDIES[study][1]()
with st.sidebar:
    controls.switch(_("Hide the lesson"), "wide")
links.keep([*keys, "study", "wide"])
if beside is not None:
    beside.container(key="lesson").markdown(lesson(f"rates-{study}"))
