"""The pages on which the plot component is tried."""

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent
pages = [
    st.Page(HERE / "component_script.py", title="Paths", default=True),
    st.Page(HERE / "component_charts.py", title="Charts", url_path="charts"),
    st.Page(HERE / "component_heights.py", title="Heights", url_path="heights"),
]
st.navigation(pages, position="hidden").run()
