"""Pictures of likelihoods and entropies: areas, edges, units, and what is refused."""

import numpy as np
import plotly.graph_objects as go
import pytest

from landscape import figures
from landscape.figures.heights import number
from landscape.figures.likelihoods import STEMS

NAN, INF = float("nan"), float("inf")
WORDS = {"model": "model", "data": "data"}
AREAS = {"entropy": "H", "more": "+", "less": "−"}
STYLE = figures.loss_style("mse")


def valid(figure):
    return go.Figure(figure)


# --- data under a density --------------------------------------------------------------------------------


def density(data, at_data, **settings):
    grid = np.linspace(-3, 3, 61)
    return valid(
        figures.density_picture(
            grid, np.exp(-(grid**2)), data, at_data, titles=("x", "p"), words=WORDS, **settings
        )
    )


def test_each_datum_is_a_stem_as_high_as_the_density():
    figure = density([-1.0, 2.0], [0.4, 0.1])
    stems, dots = figure.data[1], figure.data[2]
    np.testing.assert_array_equal(stems.x, [-1, -1, NAN, 2, 2, NAN])
    np.testing.assert_array_equal(stems.y, [0, 0.4, NAN, 0, 0.1, NAN])
    np.testing.assert_array_equal(dots.y, [0.4, 0.1])
    assert [trace.name for trace in figure.data if trace.showlegend is not False] == ["model", "data"]


def test_many_data_are_a_histogram_of_area_one():
    data = np.random.default_rng(0).normal(size=STEMS + 1)
    figure = density(data, np.exp(-(data**2)))
    bars = figure.data[1]
    assert bars.type == "bar"
    assert bars.width * np.sum(bars.y) == pytest.approx(1.0)
    assert figure.layout.yaxis.range[1] > max(bars.y)


def test_the_picture_of_a_moving_density_stays():
    tops = {density([0.0], [height], top=2.0).layout.yaxis.range for height in (0.1, 1.0)}
    assert len(tops) == 1


def test_bars_of_the_model_stand_beside_shares_of_the_data():
    figure = valid(
        figures.mass_picture("abc", [0.2, 0.3, 0.5], [3, 0, 1], titles=("class", "P"), words=WORDS)
    )
    bars, dots = figure.data
    np.testing.assert_array_equal(bars.x, [0, 1, 2])
    # What was never seen has no dot.
    np.testing.assert_array_equal(dots.x, [0, 2])
    np.testing.assert_array_equal(dots.y, [0.75, 0.25])
    assert dots.text == ("3 / 4", "1 / 4")
    assert figure.layout.xaxis.ticktext == ("a", "b", "c")


def test_names_of_many_outcomes_do_not_overlap():
    names = [str(count) for count in range(40)]
    figure = figures.mass_picture(names, [0.025] * 40, [1] * 40, titles=("x", "P"), words=WORDS)
    assert valid(figure).layout.xaxis.ticktext == tuple(names[::5])


# --- likelihoods -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("highest", "unit", "title"), [(0.5, 1.0, "L"), (3e-7, 1e-7, "L / 10⁻⁷"), (2e-320, 1e-320, "L / 10⁻³²⁰")]
)
def test_a_likelihood_is_drawn_in_a_unit_that_can_be_read(highest, unit, title):
    values = highest * np.array([0.0, 0.5, 1.0, 0.25])
    figure = figures.likelihood_curve([0, 1, 2, 3], values, titles=("θ", "L"))
    assert figure["layout"]["meta"]["unit"] == pytest.approx(unit)
    drawn = valid(figure)
    assert drawn.layout.yaxis.title.text == title
    np.testing.assert_allclose(drawn.data[0].y, values / unit, rtol=1e-3)
    assert 1 < drawn.layout.yaxis.range[1] / max(drawn.data[0].y) < 1.5


def test_a_likelihood_that_has_become_0_everywhere_says_so():
    figure = valid(figures.likelihood_curve([0, 1], [0.0, 0.0], titles=("θ", "L"), nothing="gone"))
    assert figure.layout.annotations[0].text == "gone"
    assert figure.layout.yaxis.range[0] < figure.layout.yaxis.range[1]
    plane = figures.likelihood_map([0, 1], [0, 1], np.zeros((2, 2)), titles=("a", "b", "L"), nothing="gone")
    assert valid(plane).layout.annotations[0].text == "gone"


def test_a_map_keeps_its_orientation_and_its_top():
    values = 1e-200 * np.arange(6.0).reshape(2, 3)
    figure = valid(figures.likelihood_map([0, 1, 2], [0, 1], values, titles=("a", "b", "L")))
    np.testing.assert_allclose(figure.data[0].z, values * 1e200)
    assert figure.data[0].zmax == pytest.approx(5.0)
    assert figure.data[0].colorbar.title.text == "L / 10⁻²⁰⁰"


def surprise(values, other=None):
    places = np.linspace(0, 1, len(values))
    other = values if other is None else other
    return valid(
        figures.surprise_curve(places, values, other, titles=("p", "nats"), words=("a", "b"), style=STYLE)
    )


def test_a_curve_to_infinity_leaves_the_picture_and_keeps_its_numbers():
    places = np.linspace(0, 1, 101)
    with np.errstate(divide="ignore"):
        values = -np.log(places)
    figure = surprise(values)
    np.testing.assert_array_equal(figure.data[0].customdata, values)
    low, high = figure.layout.yaxis.range
    assert low < 0
    assert 2 < high < 4
    assert np.nanmax(figure.data[0].y) <= high * (1 + 1e-6)
    np.testing.assert_allclose(figure.data[1].y[50:], values[50:], rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("values", [[INF] * 3, [NAN] * 3, [2.0] * 3, [0.0, INF, 1.0], [-1e300, 0.0, 1e300]])
def test_any_curve_has_a_finite_axis(values):
    low, high = surprise(values).layout.yaxis.range
    assert np.isfinite([low, high]).all()
    assert low < high


# --- entropies -------------------------------------------------------------------------------------------

T, Y = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.3, 0.5])


@pytest.mark.parametrize("unit", [1.0, np.log(2)])
def test_areas_are_the_entropy_the_divergence_and_the_sum(unit):
    figure = valid(figures.surprise_areas(T, Y, "abc", titles=("t", "nats"), words=AREAS, unit=unit))
    under, more, less = (np.dot(trace.y, trace.width) for trace in figure.data)
    assert under + more == pytest.approx(-(T @ np.log(Y)) / unit)
    assert under + less == pytest.approx(-(T @ np.log(T)) / unit)
    # The rectangles stand side by side, each from where the last one ends.
    np.testing.assert_allclose(figure.data[0].x - T / 2, [0, 0.5, 0.8])
    np.testing.assert_allclose(np.array(figure.data[1].base, float), -np.log(T) / unit)
    assert [note.text for note in figure.layout.annotations] == [
        number(term) for term in -T * np.log(Y) / unit
    ]


def test_an_infinite_rectangle_reaches_the_edge_and_says_so():
    figure = valid(figures.surprise_areas([1, 0], [0, 1], "ab", titles=("t", "nats"), words=AREAS))
    top = figure.layout.yaxis.range[1]
    assert figure.data[1].y[0] == pytest.approx(top)
    assert figure.layout.annotations[0].text == "∞"
    assert figure.layout.xaxis.ticktext == ("a",)
    bars = valid(figures.entropy_bars(INF, 0.5, INF, title="nats", words=("c", "h", "kl")))
    end = bars.layout.xaxis.range[1]
    assert [bars.data[0].x[0], bars.data[2].base[0] + bars.data[2].x[0]] == [end, end]
    assert bars.data[0].text == ("∞",)


def test_bars_of_the_parts_are_as_long_as_the_whole():
    whole, own, more = (
        trace
        for trace in valid(figures.entropy_bars(1.3, 1.0, 0.3, title="nats", words=("c", "h", "kl"))).data
    )
    assert more.base[0] == own.x[0]
    assert own.x[0] + more.x[0] == pytest.approx(whole.x[0])
    assert own.y[0] == more.y[0] != whole.y[0]


def test_the_two_lists_stand_left_and_right_of_their_class():
    figure = valid(figures.probability_bars(T, Y, "abc", titles=("class", "P"), words=("t", "y")))
    left, right = figure.data
    assert (np.array(left.x) < [0, 1, 2]).all()
    assert (np.array(right.x) > [0, 1, 2]).all()
    np.testing.assert_array_equal(left.y, T)
    assert right.text == ("0.2", "0.3", "0.5")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: density([0.0], [0.1, 0.2]), "must be columns of one length"),
        (
            lambda: figures.mass_picture("a", [1.0], [0], titles=("", ""), words=WORDS),
            "`counts` must be together at least 1",
        ),
        (
            lambda: figures.mass_picture("ab", [1.0], [1], titles=("", ""), words=WORDS),
            "`names` must be 1, got 2",
        ),
        (
            lambda: figures.mass_picture("a", [1.0], [1], titles=("", ""), words={"data": ""}),
            "`words` must have model and data",
        ),
        (
            lambda: figures.likelihood_curve([0, 1], [0.1, -0.1], titles=("", "")),
            "`likelihoods` must be finite and at least 0",
        ),
        (
            lambda: figures.surprise_areas(T, Y, "abc", titles=("", ""), words={"more": ""}),
            "`words` must have entropy, more and less",
        ),
        (
            lambda: figures.surprise_areas(T, Y, "ab", titles=("", ""), words=AREAS),
            "`names` must be 3, got 2",
        ),
        (
            lambda: figures.entropy_bars(1.0, NAN, 0.1, title="", words=("", "", "")),
            "`entropy` must be at least 0",
        ),
        (
            lambda: figures.probability_bars(T, Y, "ab", titles=("", ""), words=("", "")),
            "`names` must be 3, got 2",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
