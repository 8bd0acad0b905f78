"""The frame of every page: navigation, language, and the page itself."""

from pathlib import Path

import streamlit as st

from landscape.studio import controls
from landscape.studio.texts import KEY, LANGUAGES, _, language

VIEWS = Path(__file__).parent / "views"

st.set_page_config(page_title="Landscape", page_icon=":material/landscape:", layout="wide")
st.html(
    """<style>
    .stMainBlockContainer { padding: 3.6rem 1.4rem 1rem; }
    .stSidebar [data-testid="stSidebarHeader"] { height: 2.2rem; margin-bottom: 0; }
    .stSidebar [data-testid="stVerticalBlock"] { gap: 0.55rem; }
    .stSidebar [data-testid="stNumberInputStepDown"], .stSidebar [data-testid="stNumberInputStepUp"] { width: 1.5rem; }
    </style>"""
)
page = st.navigation(
    [
        st.Page(VIEWS / "home.py", title=_("Home"), icon=":material/home:", default=True),
        st.Page(VIEWS / "surfaces.py", title=_("Surfaces"), icon=":material/landscape:", url_path="surfaces"),
        st.Page(VIEWS / "paths.py", title=_("Paths"), icon=":material/timeline:", url_path="paths"),
        st.Page(VIEWS / "ridge.py", title=_("Ridge"), icon=":material/tune:", url_path="ridge"),
    ],
    position="top",
)
with st.sidebar:
    controls.segments("Language · 언어", KEY, LANGUAGES, language())
page.run()
