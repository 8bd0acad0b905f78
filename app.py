"""Landscape: `streamlit run app.py`, or `uvicorn app:app`."""

from pathlib import Path

import streamlit as st

from landscape.studio import server

app = st.App(
    Path(__file__).resolve().parent / "landscape" / "studio" / "main.py",
    lifespan=server.lifespan,
    routes=server.routes(),
)
