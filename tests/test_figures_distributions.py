"""Densities, measures against a distance, masks: what is drawn is what was given, and nothing is hidden."""

import numpy as np
import plotly.graph_objects as go
import pytest

from landscape import figures

INF, NAN = float("inf"), float("nan")
STYLES = [figures.loss_style(name) for name in ("kl-divergence", "js-divergence")]


def test_densities_are_as_high_as_the_higher_of_both_and_named_at_their_peaks():
    x = np.linspace(-1, 1, 5)
    figure = go.Figure(
        figures.densities(
            x,
            [0, 1, 2, 1, 0],
            [0, 0, 0, 3, 0],
            [[9, 9, 9, 9, 9]],
            names="PQE",
            styles=STYLES[:1],
            titles=("x", "p"),
        )
    )
    assert [trace.name for trace in figure.data] == ["P", "Q", "E"]
    assert 3 < figure.layout.yaxis.range[1] < 4
    places = {note.text: (note.x, note.y) for note in figure.layout.annotations}
    assert places == {"<b>P</b>": (0.0, 2.0), "<b>Q</b>": (0.5, 3.0)}


@pytest.mark.parametrize("q", [[NAN] * 3, [0.0] * 3, [INF] * 3])
def test_what_is_no_density_is_drawn_without_a_name(q):
    figure = go.Figure(
        figures.densities([0, 1, 2], [0, 1, 0], q, [], names="PQ", styles=[], titles=("x", ""))
    )
    assert np.isfinite(figure.layout.yaxis.range).all()
    assert [note.text for note in figure.layout.annotations] == ["<b>P</b>"]


def test_measures_above_the_picture_are_marked_at_its_edge():
    x = np.arange(5.0)
    figure = go.Figure(
        figures.measure_curves(
            x,
            [[INF, 9, 1, 9, NAN], [0.1] * 5],
            names="AB",
            styles=STYLES,
            titles=("m", "d"),
            top=2.0,
            levels={"here": 0.7},
        )
    )
    curve, marks, low = figure.data
    np.testing.assert_array_equal(curve.customdata, [INF, 9, 1, 9, NAN])
    assert marks.text == ("∞", "9", "9", "NaN")
    assert max(marks.marker.size) > 0
    np.testing.assert_allclose(low.y, 0.1, rtol=1e-6)
    assert figure.layout.shapes[0].y0 == 0.7
    assert figure.layout.annotations[0].text == "here"


def test_masks_are_drawn_over_each_other_with_the_discs_that_there_are():
    wanted, predicted = np.eye(3), np.full((3, 3), 0.25)
    figure = go.Figure(
        figures.mask_overlap(
            [-1, 0, 1],
            wanted,
            predicted,
            [(2.0, 0.0, 1.0), (-1.0, 0.0, 0.0), (NAN, 0.0, 0.0)],
            names=["object", "prediction", "A", "B", "C"],
            styles=[*STYLES, STYLES[0]],
        )
    )
    np.testing.assert_array_equal(figure.data[0].z, wanted)
    np.testing.assert_array_equal(figure.data[1].z, predicted)
    assert [trace.name for trace in figure.data[2:]] == ["A"]
    np.testing.assert_allclose(np.hypot(figure.data[2].x, np.array(figure.data[2].y) - 1), 2.0)
    assert figure.layout.xaxis.range == figure.layout.yaxis.range == (-1.5, 1.5)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: figures.densities([0, 1], [0, 1], [0], [], names="PQ", styles=[], titles=("", "")),
            "must be columns of one length",
        ),
        (
            lambda: figures.densities([0, 1], [0, 1], [0, 1], [], names="P", styles=[], titles=("", "")),
            "`names` must be two more",
        ),
        (
            lambda: figures.measure_curves([0], [[1]], names="A", styles=STYLES, titles=("", ""), top=1.0),
            "must be of one length",
        ),
        (
            lambda: figures.measure_curves([0], [], names="", styles=[], titles=("", ""), top=0.0),
            "`top` must be finite and above 0",
        ),
        (
            lambda: figures.mask_overlap([0, 1], np.eye(2), np.eye(3), [], names="AB", styles=[]),
            "`wanted` and `predicted` must have the shape",
        ),
        (
            lambda: figures.mask_overlap([0, 1], np.eye(2), np.eye(2), [], names="A", styles=[]),
            "`names` must be two more",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
