"""A page of a path off its plane: gradient descent on (x² + 4y²)/2 + w from w = 2, seen in the plane w = 0.

w_k = 2 − η k, so at the rate 0.1 the path is above the surface until row 20 and below it afterwards. Its rows
are said to be 28 steps apart.
"""

import numpy as np
import streamlit as st

from landscape.studio.plot import Panel, Track, plot

START = np.array([-1.5, 0.75])
CURVATURES = np.array([1.0, 4.0])
X, Y = np.linspace(-2.0, 2.0, 61), np.linspace(-1.0, 1.0, 41)
ROWS = np.arange(31)

st.set_page_config(layout="wide")
guess = "guess" in st.query_params
rate = st.sidebar.number_input("rate", value=0.1, step=0.01, key="rate")

z = (X[None, :] ** 2 + 4 * Y[:, None] ** 2) / 2
axes = {"xaxis": {"range": [-2.0, 2.0]}, "yaxis": {"range": [-1.0, 1.0]}}
surface = {"type": "surface", "x": X, "y": Y, "z": z, "showscale": False}
scene = {"data": [surface], "layout": {"scene": axes | {"zaxis": {"range": [-2.0, 5.0]}}}}
panels = [
    Panel("side", scene, "scene", "The bowl from the side."),
    Panel("losses", {"data": [], "layout": {}}, "curve", "Loss against step."),
]
points = START * (1 - rate * CURVATURES) ** ROWS[:, None]
ground = (points**2 * CURVATURES).sum(axis=1) / 2
losses = ground + 2.0 - rate * ROWS
track = Track(
    *("a", "Run a", "#d55e00", points, losses),
    heights=losses,
    ground=ground,
    steps=28 * ROWS,
)
plot("heights", panels, [track], guess=guess, height=480)
