"""Slices through several minima and the spectra of their Hessians."""

import numpy as np
import plotly.graph_objects as go
import pytest

from landscape import figures
from landscape.figures import MinimumSlice

TITLES, WORDS = ("t", "loss"), ("training", "held out")
T = np.linspace(-1, 1, 5)


def sliced(*slices, **settings):
    return go.Figure(figures.minima_slices(T, slices, titles=TITLES, words=WORDS, **settings))


def test_training_is_solid_and_held_out_is_dashed_in_one_colour():
    figure = sliced(
        MinimumSlice("a", 4 * T**2, 5 * T**2 + 1, "#111111"), MinimumSlice("b", T**2, T**2, "#222222")
    )
    assert [(trace.line.color, trace.line.dash) for trace in figure.data[:4]] == [
        ("#111111", "solid"), ("#111111", "dash"), ("#222222", "solid"), ("#222222", "dash")
    ]  # fmt: skip
    np.testing.assert_allclose(figure.data[1].y, 5 * T**2 + 1)
    assert [trace.name for trace in figure.data if trace.showlegend is not False] == ["a", "b", *WORDS]
    low, high = figure.layout.yaxis.range
    assert -0.5 < low <= 0
    assert 6 < high < 6.5


def test_what_is_not_finite_or_not_positive_is_a_gap():
    values = [np.inf, 2.0, 0.0, 1.0, np.nan]
    figure = sliced(MinimumSlice("a", values, np.ones(5), "#111111"), log=True)
    np.testing.assert_array_equal(figure.data[0].y, [np.nan, 2.0, np.nan, 1.0, np.nan])
    assert figure.layout.yaxis.type == "log"
    assert np.isfinite(figure.layout.yaxis.range).all()


def test_no_slices_are_empty_axes():
    figure = sliced()
    assert [trace.name for trace in figure.data] == list(WORDS)
    assert tuple(figure.layout.xaxis.range) == (-1, 1)


def test_a_bad_slice_is_refused():
    with pytest.raises(ValueError, match=r"`slices\[0\].training`"):
        sliced(MinimumSlice("a", [1.0], [1.0], "#111111"))
    with pytest.raises(ValueError, match="`t` must increase"):
        figures.minima_slices([0.0, 0.0], [], titles=TITLES, words=WORDS)


def test_a_spectrum_reaches_below_the_peak_of_one_eigenvalue():
    width, count = 0.1, 50
    places = np.linspace(-1, 5, 601)

    def peak(middle):
        return np.exp(-(((places - middle) / width) ** 2) / 2) / (width * np.sqrt(2 * np.pi))

    density = (peak(0.0) * (count - 1) + peak(4.0)) / count
    figure = go.Figure(
        figures.hessian_spectra(
            {"a": (places, density, width), "lost": (places, places * np.nan, np.nan)},
            {"a": "#111111"},
            num_parameters=count,
            titles=("λ", "density"),
        )
    )
    assert [trace.name for trace in figure.data] == ["a"]
    bottom, top = 10 ** np.array(figure.layout.yaxis.range)
    assert bottom < density[places.searchsorted(4.0)] / 10
    assert top > density.max()
    np.testing.assert_allclose(figure.layout.xaxis.range, [-1, 5])
    with pytest.raises(ValueError, match="`num_parameters` must be at least 1"):
        figures.hessian_spectra({}, {}, num_parameters=0, titles=("", ""))


def test_no_spectra_have_finite_axes():
    figure = figures.hessian_spectra({}, {}, num_parameters=3, titles=("", ""))
    assert np.isfinite(figure["layout"]["yaxis"]["range"]).all()
