"""A page of charts, windows, threads and clouds: gradient descent on (x² + 4y²)/2, in closed form.

The chart is the loss after 20 steps against the learning rate; the map is |1 − η c|, the factor of a step
along a direction of curvature c, in the window that the reader has dragged open.
"""

import json

import numpy as np
import streamlit as st

from landscape.studio.plot import Click, Mark, Panel, Track, Window, plot

START = np.array([-1.5, 0.75])
CURVATURES = np.array([1.0, 4.0])
STEPS = np.arange(21)
WHOLE = ((1e-3, 1.0), (0.0, 8.0))
MARGINS = {"margin": {"l": 50, "r": 10, "t": 10, "b": 40}}


@st.cache_data
def threads() -> np.ndarray:
    """Paths at the rate 0.2 from a grid of starts; every second one ends after five steps."""
    x, y = np.meshgrid(np.linspace(-1.5, 1.5, 7), np.linspace(-0.75, 0.75, 7))
    starts = np.column_stack([x.ravel(), y.ravel()])
    paths = starts[:, None, :] * (1 - 0.2 * CURVATURES) ** STEPS[:, None]
    paths[::2, 6:] = np.nan
    return paths.astype(np.float32)


@st.cache_data
def sweep() -> dict:
    rates = np.geomspace(1e-3, 1.0, 61)
    ends = START * (1 - rates[:, None] * CURVATURES) ** STEPS[-1]
    return {
        "data": [{"type": "scatter", "x": rates, "y": (ends**2 * CURVATURES).sum(axis=1) / 2}],
        "layout": MARGINS
        | {
            "xaxis": {"type": "log", "range": [-3.0, 0.0]},
            "yaxis": {"type": "log", "range": [-6.0, 3.0]},
        },
    }


@st.cache_data
def border(window: tuple) -> dict:
    (left, right), (low, high) = window
    rates, curvatures = np.geomspace(left, right, 41), np.linspace(low, high, 31)
    return {
        "data": [
            {
                "type": "heatmap",
                "x": rates,
                "y": curvatures,
                "showscale": False,
                "z": np.abs(1 - rates * curvatures[:, None]),
            }
        ],
        "layout": MARGINS
        | {
            "xaxis": {"type": "log", "range": [np.log10(left), np.log10(right)]},
            "yaxis": {"range": [low, high]},
        },
    }


st.set_page_config(layout="wide")
seen = st.session_state
with st.sidebar:
    rate = st.number_input("rate", value=0.1, step=0.01, key="rate")

plane = {
    "data": [{"type": "contour", "x": [-2, 0, 2], "y": [-1, 0, 1], "z": np.ones((3, 3)), "showscale": False}],
    "layout": MARGINS | {"xaxis": {"range": [-2.0, 2.0]}, "yaxis": {"range": [-1.0, 1.0]}},
}
marks = [
    Mark("vline", x=rate, color="#009e73", label="rate now"),
    Mark("hline", y=3.0, symbol="dash", label="start"),
]
panels = [
    Panel("sweep", sweep(), "chart", "Loss against learning rate.", clickable=True, marks=marks),
    Panel(
        *("border", border(seen.get("window", WHOLE)), "chart", "Factors of a step."),
        clickable=True,
        zoomable=True,
        marks=[Mark("point", rate, 4.0, symbol="ring")],
        title="Factors",
    ),
    Panel("map", plane, "plane", "The bowl from above.", threads=threads()),
]
points = START * (1 - rate * CURVATURES) ** STEPS[:, None]
around = np.random.default_rng(0).uniform(-0.2, 0.2, (60, 2)) + [0.0, -0.5]
track = Track(
    *("a", "Run a", "#d55e00", points, (points**2 * CURVATURES).sum(axis=1) / 2),
    arrows={"−gradient": -points[:-1] * CURVATURES},
    cloud=points[:-1, None, :] + around,
    cloud_label="gradient noise",
)


def clicked(click: Click) -> None:
    seen["clicks"] = [*seen.get("clicks", []), [click.panel, click.x, click.y]]


def windowed(window: Window) -> None:
    seen["windows"] = [*seen.get("windows", []), [window.panel, window.x, window.y]]
    seen["window"] = (window.x, window.y)


plot("charts", panels, [track], on_click=clicked, on_window=windowed, columns=(1, 1), height=300)
st.code(json.dumps({"rate": rate, "clicks": seen.get("clicks", []), "windows": seen.get("windows", [])}))
