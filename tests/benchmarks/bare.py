"""A page with one slider and one line of text: what a press on a key costs at the least."""

import streamlit as st

rate = st.select_slider("Learning rate", list(range(200)), 100, key="rate")
st.text(f"{rate}")
