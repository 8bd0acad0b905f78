"""Loss curves, fits and classes: the numbers in a figure are the arrays given."""

import numpy as np
import plotly.graph_objects as go
import pytest

from landscape import figures
from landscape.figures.classes import CLASS_SYMBOLS, class_colour

NAN = float("nan")


def valid(figure):
    return go.Figure(figure)


# --- loss against the clock ------------------------------------------------------------------------------


def test_a_loss_curve_spans_its_ranges():
    figure = valid(
        figures.loss_curve(("step", "loss"), log=False, clock_range=(0, 50), loss_range=(-10.0, 30.0))
    )
    assert list(figure.layout.xaxis.range) == [0, 50]
    low, high = figure.layout.yaxis.range
    assert low < -10 < 30 < high < 35
    assert figure.layout.meta["floor"] == 0
    assert len(figure.data) == 0


def test_a_logarithmic_loss_curve_subtracts_its_floor_and_says_so():
    figure = valid(
        figures.loss_curve(
            ("step", "loss"), log=True, clock_range=(0, 9), loss_range=(-1.99, 98.0), floor=-2.0
        )
    )
    assert figure.layout.yaxis.type == "log"
    assert figure.layout.yaxis.title.text == "loss + 2"
    assert figure.layout.meta["floor"] == -2.0
    low, high = figure.layout.yaxis.range
    assert low == pytest.approx(-2 - 0.04 * 4)
    assert high == pytest.approx(2 + 0.04 * 4)


def test_a_loss_at_the_floor_does_not_stretch_the_axis_for_ever():
    figure = figures.loss_curve(("", ""), log=True, clock_range=(0, 9), loss_range=(3.0, 13.0), floor=3.0)
    assert figure["layout"]["yaxis"]["range"][0] == pytest.approx(-15, abs=1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"clock_range": (5, 5)}, "`clock_range` must be finite and increasing"),
        ({"loss_range": (1.0, np.inf)}, "`loss_range` must be finite and increasing"),
        ({"floor": NAN}, "`floor` must be finite"),
        ({"floor": 9.0}, "`loss_range` must end above the floor"),
    ],
)
def test_bad_ranges_are_refused(change, words):
    good = {"log": True, "clock_range": (0, 9), "loss_range": (1.0, 2.0), "floor": 0.0}
    with pytest.raises(ValueError, match=words):
        figures.loss_curve(("", ""), **(good | change))


def test_a_diverging_path_does_not_flatten_the_others():
    calm, wild = 5.0 * 0.9 ** np.arange(100), 5.0 * 3.0 ** np.arange(100)
    wild[80:] = np.inf
    assert figures.loss_limits([calm, wild], log=True) == (calm[-1], 5e3)
    low, high = figures.loss_limits([calm, wild], log=False)
    assert low == calm[-1]
    assert high == pytest.approx(10, rel=1e-3)


@pytest.mark.parametrize(
    "losses", [[], [[NAN, NAN]], [[np.inf]], [[2.0]], [[2.0, 2.0]], [[0.0, 0.0]], [[-1.0]]]
)
@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("floor", [0.0, 2.0, -1e9])
def test_odd_losses_still_give_a_picture(losses, log, floor):
    limits = figures.loss_limits(losses, log=log, floor=floor)
    valid(figures.loss_curve(("", ""), log=log, clock_range=(0, 1), loss_range=limits, floor=floor))


@pytest.mark.parametrize("span", [1e-3, 0.3, 1.0, 2.0, 5.0, 30.0])
def test_a_logarithmic_axis_has_few_ticks_but_some(span):
    axis = figures.loss_curve(("", ""), log=True, clock_range=(0, 1), loss_range=(1.0, 10.0**span))["layout"][
        "yaxis"
    ]
    if axis.get("tickmode") == "array":
        assert len(axis["tickvals"]) == len(axis["ticktext"])
        assert 3 <= len(axis["tickvals"]) <= 9
        assert np.log10(axis["tickvals"]).min() >= axis["range"][0]
    elif axis["dtick"] is not None:
        assert 2 <= (axis["range"][1] - axis["range"][0]) / axis["dtick"] <= 9


# --- fits ------------------------------------------------------------------------------------------------


def test_a_regression_shows_points_curve_and_residuals():
    x, targets = np.array([3.0, 0.5, 2.0]), np.array([9.0, 1.0, -4.0])
    places = np.linspace(0, 4, 9)
    figure = valid(figures.regression_fit(x, targets, places, 2 * places + 1, ("x", "y")))
    residuals, points, curve = figure.data
    np.testing.assert_array_equal(points.x, x)
    np.testing.assert_array_equal(points.y, targets)
    np.testing.assert_allclose(curve.y, 2 * places + 1)
    np.testing.assert_array_equal(residuals.x[::3], x)
    np.testing.assert_array_equal(residuals.y[::3], targets)
    np.testing.assert_allclose(residuals.y[1::3], 2 * x + 1)
    assert np.isnan(residuals.y[2::3]).all()
    low, high = figure.layout.yaxis.range
    assert low < -4 < 9 < high


def test_a_wild_curve_does_not_hide_the_data():
    figure = figures.regression_fit([0, 1], [0, 1], [0, 1], [0, 1e9], ("", ""))
    assert figure["layout"]["yaxis"]["range"][1] < 2.1


def test_a_curve_without_numbers_leaves_the_data():
    figure = valid(figures.regression_fit([0, 1], [3, 5], [0, 1], [NAN, np.inf], ("", "")))
    assert figure.layout.yaxis.range[0] == pytest.approx(2.9)


def test_predictions_stand_above_their_targets():
    figure = valid(
        figures.predicted_against_target([1.0, 5.0, NAN], [2.0, 3.0, 4.0], ("target", "prediction"))
    )
    points, diagonal = figure.data
    np.testing.assert_array_equal(points.x, [2, 3, 4])
    np.testing.assert_array_equal(points.y, [1, 5, NAN])
    np.testing.assert_array_equal(diagonal.x, diagonal.y)
    assert figure.layout.xaxis.title.text == "target"


INPUTS = np.array([[0.0, 5.0], [1.0, 6.0], [2.0, 5.5], [0.5, 6.5]])
LABELS = np.array([1, 0, 1, 1])
GRID_X, GRID_Y = np.linspace(0, 2, 4), np.linspace(5, 7, 3)
CHANCES = np.linspace(0.05, 0.95, 12).reshape(3, 4)


def test_classes_stand_over_their_probability():
    figure = valid(
        figures.classification_fit(INPUTS, LABELS, ("no", "yes"), GRID_X, GRID_Y, CHANCES, ("a", "b", "p"))
    )
    background, line, no, yes = figure.data
    np.testing.assert_allclose(background.z, CHANCES, rtol=1e-6)
    np.testing.assert_allclose(background.x0 + background.dx * np.arange(4), GRID_X)
    np.testing.assert_allclose(background.y0 + background.dy * np.arange(3), GRID_Y)
    assert (line.contours.start, line.contours.end) == (0.5, 0.5)
    assert (no.name, list(no.x), list(no.y)) == ("no", [1.0], [6.0])
    assert (yes.name, list(yes.x), list(yes.y)) == ("yes", [0.0, 2.0, 0.5], [5.0, 5.5, 6.5])
    assert no.marker.symbol != yes.marker.symbol
    assert figure.layout.showlegend


def test_several_classes_share_the_plane_by_the_largest_probability():
    chances = np.stack([CHANCES, 0.6 * (1 - CHANCES), 0.4 * (1 - CHANCES)], axis=-1)
    chances[2, 0] = NAN
    figure = valid(
        figures.classification_fit(
            INPUTS, [2, 0, 1, 1], ("a", "b", "c"), GRID_X, GRID_Y, chances, ("", "", "p")
        )
    )
    maps = np.stack([figure.data[number].z for number in range(3)], axis=-1)
    known = np.isfinite(chances).all(axis=-1)
    assert (np.isfinite(maps).sum(axis=-1) == known).all()
    np.testing.assert_allclose(np.nanmax(maps[known], axis=-1), chances[known].max(axis=-1), rtol=1e-6)
    np.testing.assert_array_equal(
        np.nanargmax(np.where(known[..., None], maps, 0.0), axis=-1)[known], chances[known].argmax(axis=-1)
    )
    assert [trace.name for trace in figure.data[6:]] == ["a", "b", "c"]


def test_two_classes_are_the_same_with_one_probability_or_two():
    both = np.stack([1 - CHANCES, CHANCES], axis=-1)
    one, two = (
        figures.classification_fit(INPUTS, LABELS, ("no", "yes"), GRID_X, GRID_Y, chances, ("", "", ""))
        for chances in (CHANCES, both)
    )
    np.testing.assert_array_equal(one["data"][0]["z"], two["data"][0]["z"])


def test_one_feature_shows_the_probability_curve():
    places, chance = np.linspace(-3, 3, 7), 1 / (1 + np.exp(-np.linspace(-3, 3, 7)))
    figure = valid(
        figures.classification_curve([2.0, -1.0, 1.0], [1, 0, 1], places, chance, ("x", "p"), ("n", "y"))
    )
    half, curve, no, yes = figure.data
    assert set(half.y) == {0.5}
    np.testing.assert_allclose(curve.y, chance, rtol=1e-6)
    assert (list(no.x), list(no.y)) == ([-1.0], [0.0])
    assert (list(yes.x), list(yes.y)) == ([2.0, 1.0], [1.0, 1.0])


def test_the_first_classes_differ_in_colour_and_every_class_in_symbol():
    assert len({class_colour(number) for number in range(6)}) == 6
    assert len(set(CLASS_SYMBOLS)) == len(CLASS_SYMBOLS)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: figures.regression_fit([1, 2], [1], [0, 1], [0, 1], ("", "")), "`x` and `targets` must"),
        (lambda: figures.regression_fit([1], [1], [1, 0], [0, 1], ("", "")), "`curve_x` must"),
        (lambda: figures.regression_fit([1], [1], [0, 1], [0], ("", "")), "`curve_x` and `curve_y` must"),
        (lambda: figures.predicted_against_target([[1]], [[1]], ("", "")), "`predicted` and `targets` must"),
        (
            lambda: figures.classification_fit(
                INPUTS, LABELS, ("n", "y"), GRID_X, GRID_Y, CHANCES.T, [""] * 3
            ),
            "`probabilities` must have the shape",
        ),
        (
            lambda: figures.classification_fit(
                INPUTS.T, LABELS, ("n", "y"), GRID_X, GRID_Y, CHANCES, [""] * 3
            ),
            "`inputs` must have the shape",
        ),
        (
            lambda: figures.classification_fit(
                INPUTS, LABELS + 1, ("n", "y"), GRID_X, GRID_Y, CHANCES, [""] * 3
            ),
            "`labels` must be a column of numbers from 0 to 1",
        ),
        (
            lambda: figures.classification_curve([1], [1], [0], [0.5], ("", ""), "abc"),
            "`class_names` must be two",
        ),
        (lambda: figures.classification_curve([1, 2], [1], [0], [0.5], ("", "")), "`x` must have the shape"),
    ],
)
def test_bad_data_are_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
