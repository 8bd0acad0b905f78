"""Fits of more than one number: the numbers in a figure are the arrays given."""

import numpy as np
import plotly.graph_objects as go
import pytest

from landscape import figures

X, PLACES = np.array([3.0, 0.5, 2.0]), np.linspace(0, 4, 9)


def test_a_spread_is_one_and_two_deviations_around_the_mean():
    targets, means, spread = np.array([9.0, 1.0, -4.0]), 2 * PLACES + 1, 0.5 * PLACES
    figure = go.Figure(figures.spread_fit(X, targets, PLACES, means, spread, ("x", "y")))
    wide, narrow, points, curve = figure.data
    for band, factor in ((wide, 2.0), (narrow, 1.0)):
        np.testing.assert_allclose(band.x, np.concatenate([PLACES, PLACES[::-1]]))
        np.testing.assert_allclose(band.y[:9], means + factor * spread)
        np.testing.assert_allclose(band.y[9:], (means - factor * spread)[::-1])
        assert band.fill == "toself"
    np.testing.assert_array_equal(points.y, targets)
    np.testing.assert_allclose(curve.y, means)
    low, high = figure.layout.yaxis.range
    assert low < -4 < 13 < high


def test_an_endless_spread_does_not_hide_the_data():
    figure = figures.spread_fit([0, 1], [0, 1], [0, 1], [0, 1], [1e9, np.inf], ("", ""))
    low, high = figure["layout"]["yaxis"]["range"]
    assert -1.2 < low < 0 < 1 < high < 2.2


def test_several_targets_stand_beside_their_curves():
    targets, curves = np.arange(6.0).reshape(3, 2), np.stack([PLACES, -PLACES], axis=1)
    figure = go.Figure(figures.several_fits(X, targets, PLACES, curves, ("a", "b"), ("x", "parts")))
    assert [trace.name for trace in figure.data] == ["a", "a", "b", "b"]
    for column, (points, curve) in enumerate(zip(figure.data[::2], figure.data[1::2], strict=True)):
        np.testing.assert_array_equal(points.x, X)
        np.testing.assert_array_equal(points.y, targets[:, column])
        np.testing.assert_allclose(curve.y, curves[:, column])
        assert points.marker.color == curve.line.color
    assert len({trace.marker.symbol for trace in figure.data[::2]}) == 2
    assert sum(trace.showlegend is not False for trace in figure.data) == 2


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: figures.spread_fit([1], [1], [0, 1], [0, 1], [1], ("", "")), "`curve_x` and `curve_y`"),
        (
            lambda: figures.several_fits([1], [[1, 2]], [0], [[1]], ("a",), ("", "")),
            "`targets` and `curves` must have the same number of columns",
        ),
        (
            lambda: figures.several_fits([1], np.ones((1, 6)), [0], np.ones((1, 6)), "abcdef", ("", "")),
            "at most 5",
        ),
    ],
)
def test_arrays_that_do_not_fit_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()
