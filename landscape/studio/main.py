"""The frame of every page: navigation, language, and the page itself."""

from pathlib import Path

import streamlit as st

from landscape.studio import controls, later, links, sharing, shown
from landscape.studio.frame import frame_style
from landscape.studio.texts import ASSETS, KEY, LANGUAGES, _, first_language

VIEWS = Path(__file__).parent / "views"

shown.give_back_main()
links.open_link()
later.forget()
bare = sharing.embedded()
st.set_page_config(
    page_title="Landscape",
    page_icon=str(ASSETS / "favicon.svg"),
    layout="wide",
    initial_sidebar_state="collapsed" if bare else "auto",
)
st.html(f"<style>{frame_style(bare)}</style>")
page = st.navigation(
    [
        st.Page(VIEWS / "home.py", title=_("Home"), icon=":material/home:", default=True),
        st.Page(VIEWS / "surfaces.py", title=_("Surfaces"), icon=":material/landscape:", url_path="surfaces"),
        st.Page(VIEWS / "paths.py", title=_("Paths"), icon=":material/timeline:", url_path="paths"),
        st.Page(VIEWS / "losses.py", title=_("Losses"), icon=":material/balance:", url_path="losses"),
        st.Page(VIEWS / "rates.py", title=_("Learning rates"), icon=":material/speed:", url_path="rates"),
        st.Page(VIEWS / "networks.py", title=_("Networks"), icon=":material/hub:", url_path="networks"),
        st.Page(VIEWS / "own.py", title=_("Your own"), icon=":material/edit_square:", url_path="own"),
        st.Page(VIEWS / "ridge.py", title=_("Ridge"), icon=":material/tune:", url_path="ridge"),
    ],
    position="hidden" if bare else "top",
)
with st.sidebar:
    controls.segments("Language · 언어", KEY, LANGUAGES, first_language())
links.show_notes(st)
page.run()
links.write_link()
later.run()
