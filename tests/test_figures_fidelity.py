"""Fidelity's pictures: the numbers that are handed in are those that are drawn."""

import numpy as np
import plotly.graph_objects as go
import pytest

from landscape import figures
from landscape.figures import Heights

WORDS = {"true": "true", "shown": "on the surface"}


def test_true_heights_leave_room_for_both_and_gaps_for_none():
    shown = [0.5, np.nan, 3.0]
    figure = figures.true_and_shown([0, 5, 10], [9.0, 2.0, 1.0], shown, titles=("step", "L"), words=WORDS)
    go.Figure(figure)
    surface, sample = figure["data"]
    np.testing.assert_array_equal(surface["y"], shown)
    assert surface["x"].tolist() == [0, 5, 10]
    assert surface["line"]["dash"] == "dot"
    assert sample["x"] == [None]
    low, high = figure["layout"]["yaxis"]["range"]
    assert low < 0.5
    assert high > 9.0


def test_on_the_logarithmic_scale_the_floor_is_subtracted():
    figure = figures.true_and_shown(
        [0, 1], [5.0, 1.5], [3.0, 1.0], titles=("step", "L"), words=WORDS, scale="log", floor=1.0
    )
    np.testing.assert_array_equal(figure["data"][0]["y"], [2.0, np.nan])
    np.testing.assert_array_equal(figure["data"][0]["customdata"], [3.0, 1.0])
    assert figure["layout"]["meta"]["floor"] == 1.0
    assert figure["layout"]["yaxis"]["type"] == "log"


def test_shares_are_in_per_cent():
    figure = figures.shares_along([0, 1, 2], {"off": [1, 0.5, np.nan], "in": [0, 0, 1]}, titles=("e", "%"))
    go.Figure(figure)
    np.testing.assert_array_equal(figure["data"][0]["y"], [100, 50, np.nan])
    np.testing.assert_array_equal(figure["data"][1]["y"], [0, 0, 100])
    assert len({(trace["line"]["color"], trace["line"]["dash"]) for trace in figure["data"]}) == 2
    with pytest.raises(ValueError, match="columns of one length"):
        figures.shares_along([0, 1], {"off": [1]}, titles=("e", "%"))


def test_curvatures_hold_zero_and_both_ends():
    figure = figures.curvature_ranges({"all": (2.0, 9.0), "plane": (3.0, 4.0)}, title="curvature")
    go.Figure(figure)
    low, high = figure["layout"]["xaxis"]["range"]
    assert low < 0
    assert high > 9
    assert [trace["text"][1] for trace in figure["data"]] == ["2 … 9", "3 … 4"]
    assert go.Figure(figures.curvature_ranges({"all": (np.nan, np.nan)}, title="c")).data[0].y == (
        "all",
        "all",
    )
    with pytest.raises(ValueError, match="pairs"):
        figures.curvature_ranges({"all": (2.0, 1.0)}, title="c")


def test_panes_share_their_colours():
    heights = Heights("linear", 0.0, 0.0, 10.0)
    panes = [
        figures.slice_pane([0, 1], [0, 1], values, titles=("a", "b", "L"), heights=heights)
        for values in ([[0, 1], [2, 3]], [[5, 6], [7, 10]])
    ]
    for pane in panes:
        go.Figure(pane)
        assert (pane["data"][0]["zmin"], pane["data"][0]["zmax"]) == (0.0, 10.0)
        assert pane["layout"]["yaxis"]["scaleanchor"] == "x"
    assert panes[1]["data"][0]["z"][1, 0] == 7
