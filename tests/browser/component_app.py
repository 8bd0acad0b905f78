"""The server of `component_main.py`."""

from pathlib import Path

import streamlit as st

from landscape.studio import server

app = st.App(Path(__file__).with_name("component_main.py"), lifespan=server.lifespan, routes=server.routes())
