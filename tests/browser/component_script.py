"""A page with nothing but the plot component: gradient descent on (x² + 4y²)/2, in closed form.

θ_k = ((1 − η)^k x_0, (1 − 4η)^k y_0): beyond η = 1/2 it diverges along y.
"""

import numpy as np
import streamlit as st

from landscape.studio.plot import Click, Mark, Panel, Track, describe, plot

START = np.array([-1.5, 0.75])
CURVATURES = np.array([1.0, 4.0])
X, Y = np.linspace(-2.0, 4.0, 61), np.linspace(-1.0, 1.0, 41)
Z = (X[None, :] ** 2 + 4 * Y[:, None] ** 2) / 2


def track(name: str, color: str, rate: float, num_steps: int, cost: int) -> Track:
    """One run whose every step costs so many gradient evaluations."""
    with np.errstate(over="ignore", invalid="ignore"):
        points = START * (1 - rate * CURVATURES) ** np.arange(num_steps + 1)[:, None]
        losses = (points**2 * CURVATURES).sum(axis=1) / 2
        gradients = points[:-1] * CURVATURES
    bad = ~(np.isfinite(losses) & np.isfinite(points).all(axis=1))
    return Track(
        name,
        f"Run {name}",
        color,
        points,
        losses,
        heights=losses,
        evaluations=cost * np.arange(num_steps + 1),
        arrows={"−gradient": -gradients, "update": -rate * gradients},
        arrow_labels={"update": "이동량"} if korean else {},
        readout={"gradient": gradients, "update": -rate * gradients},
        diverged_at=int(np.argmax(bad)) if bad.any() else None,
        note=f"diverged at step {int(np.argmax(bad))}" if bad.any() else "",
    )


st.set_page_config(layout="wide")
with st.sidebar:
    rate = st.number_input("rate", value=0.1, step=0.01, key="rate", bind="query-params")
    num_steps = st.number_input("steps", value=40, key="steps", bind="query-params")
    align = st.selectbox("align", ["step", "evaluations"], key="align", bind="query-params")
    korean = st.checkbox("korean")
    runs = st.selectbox("runs", [1, 2], key="runs", bind="query-params")

axes = {"margin": {"l": 50, "r": 10, "t": 10, "b": 40}}
plane = {
    "data": [{"type": "heatmap", "x": X, "y": Y, "z": Z, "showscale": False}],
    "layout": axes | {"xaxis": {"range": [-2.0, 4.0]}, "yaxis": {"range": [-1.0, 1.0]}},
}
scene = {
    "data": [{"type": "surface", "x": X, "y": Y, "z": Z, "showscale": False}],
    "layout": {
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "scene": {
            "xaxis": {"range": [-2.0, 4.0]},
            "yaxis": {"range": [-1.0, 1.0]},
            "zaxis": {"range": [0.0, 10.0]},
        },
    },
}
curve = {"data": [], "layout": axes | {"yaxis": {"type": "log"}}}
panels = [
    Panel("map", plane, "plane", "The bowl from above.", True, [Mark("point", 0, 0, symbol="star")]),
    Panel("side", scene, "scene", "The bowl from the side.", True),
    Panel("losses", curve, "curve", "Loss against step."),
]
tracks = [track("a", "#d55e00", rate, num_steps, 1), track("b", "#0072b2", rate / 2, num_steps, 2)][:runs]

if st.session_state.setdefault("runs_lost", 0) < int(st.query_params.get("lost", 0)):
    # The server takes the browser to hold what it does not.
    st.session_state["runs_lost"] += 1
    _, parts = describe(panels, tracks, align=align)
    st.session_state["_plot_parts_demo"] = dict.fromkeys(parts, 1)


def clicked(click: Click) -> None:
    st.session_state["clicked"] = [click.panel, click.x, click.y, click.z]


plot("demo", panels, tracks, align=align, on_click=clicked, columns=(1, 1), lead=True, height=420)
st.json({"clicked": st.session_state.get("clicked"), "rate": rate, "steps": num_steps, "align": align})
