"""Finders, schedules and sharpness: the learning rate along a run, and what it can stand."""

import numpy as np
import plotly.graph_objects as go
import pytest

from landscape import figures
from landscape.studio.encoding import serialize

NAN, INF = float("nan"), float("inf")
TITLES = ("η", "loss")


def valid(figure):
    return go.Figure(figure)


# --- the finder ------------------------------------------------------------------------------------------

FINDER = {"raw": "raw", "smoothed": "smoothed", "suggestion": "suggested"}


def finder(raw, smooth, suggestion=0.1, **settings):
    rates = np.geomspace(1e-3, 10, len(raw))
    return rates, valid(
        figures.finder_curve(rates, raw, smooth, suggestion, titles=TITLES, words=FINDER, **settings)
    )


def test_a_finder_shows_the_fall_of_the_loss_and_not_what_follows():
    rates = np.geomspace(1e-3, 10, 101)
    smooth = np.where(rates < 1, 3 - 2 / (1 + (0.1 / rates) ** 2), 1.0 + (rates - 1) ** 6)
    raw = smooth + 0.1 * np.cos(40 * np.arange(101))
    raw[-3:] = (1e80, INF, NAN)
    _, figure = finder(raw, smooth)
    low, high = figure.layout.yaxis.range
    assert figure.layout.yaxis.type != "log"
    assert 0.5 < low < 1
    assert 3.5 < high < 5
    edge = figure.data[3]
    assert edge.text[-3:] == ("10⁸⁰", "∞", "NaN")
    np.testing.assert_array_equal(figure.data[0].customdata, raw)
    dot = figure.data[2]
    assert dot.x[0] == 0.1
    assert dot.y[0] == pytest.approx(2.0, abs=1e-3)
    [line] = figure.layout.shapes
    assert line.x0 == line.x1 == 0.1
    assert figure.layout.annotations[0].text == "suggested: 0.1"


def test_a_finder_over_many_decades_is_logarithmic():
    rates = np.geomspace(1e-3, 10, 50)
    _, figure = finder(1e4 * rates, 1e4 / rates**2, suggestion=0.05, steepest=0.5)
    assert figure.layout.yaxis.type == "log"
    assert figure.layout.shapes[0].x0 == 0.05
    assert figure.data[2].x[0] == 0.5


def test_a_finder_without_a_suggestion_has_no_line():
    _, figure = finder([3.0, 2.0, 1.0], [3.0, 2.0, 1.0], suggestion=None)
    assert not figure.layout.shapes
    assert len(figure.data) == 2


@pytest.mark.parametrize("raw", [[INF] * 3, [NAN] * 3, [2.0] * 3, [0.0] * 3, [-1e300, 1.0, 1e300]])
def test_any_finder_has_a_finite_axis(raw):
    _, figure = finder(raw, raw)
    assert np.isfinite(figure.layout.yaxis.range).all()
    assert figure.layout.yaxis.range[0] < figure.layout.yaxis.range[1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"suggestion": -0.1}, "`suggestion` must be finite and above 0"),
        ({"steepest": INF}, "`steepest` must be finite and above 0"),
        ({"words": {"raw": "r"}}, "`words` must have"),
        ({"smoothed": [1.0]}, "must have the shape"),
    ],
)
def test_a_bad_finder_is_refused(change, words):
    given = {"rates": [0.1, 0.2], "losses": [1, 2], "smoothed": [1, 2], "suggestion": 0.1, "words": FINDER}
    with pytest.raises(ValueError, match=words):
        figures.finder_curve(**given | change, titles=TITLES)


# --- schedules -------------------------------------------------------------------------------------------


def test_a_schedule_holds_each_rate_for_its_step():
    rates = [0.1, 0.2, 0.05]
    figure = valid(figures.schedule_curve(rates, titles=("step", "η")))
    [curve] = figure.data
    assert curve.line.shape == "hv"
    np.testing.assert_array_equal(curve.x, [0, 1, 2, 3])
    np.testing.assert_allclose(curve.y, [*rates, 0.05], rtol=1e-6)
    low, high = figure.layout.yaxis.range
    assert low == 0
    assert 0.2 < high < 0.25


def test_a_schedule_above_a_loss_curve_shares_its_axis_and_leaves_it_as_it_was():
    below = figures.loss_curve(("step", "loss"), log=True, clock_range=(0, 3), loss_range=(1, 9), floor=0.5)
    before = serialize(below)
    figure = valid(figures.with_schedule(below, [0.1, 0.2, 0.05], titles=("step", "η"), clock=[0, 2, 4, 6]))
    assert serialize(below) == before
    assert figure.data[-1].yaxis == "y2"
    assert figure.data[-1].xaxis in (None, "x")
    np.testing.assert_array_equal(figure.data[-1].x, [0, 2, 4, 6])
    assert figure.layout.yaxis.domain[1] < figure.layout.yaxis2.domain[0]
    assert figure.layout.yaxis.range == tuple(below["layout"]["yaxis"]["range"])
    assert figure.layout.meta["floor"] == 0.5


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: figures.schedule_curve([0.1, NAN], titles=("", "")), "`rates` must be finite"),
        (lambda: figures.schedule_curve([], titles=("", "")), "`rates` must be columns"),
        (lambda: figures.schedule_curve([1.0], titles=("", ""), clock_range=(2, 1)), "`clock_range` must"),
        (
            lambda: figures.with_schedule({"data": [], "layout": {}}, [1.0], titles=("", ""), clock=[0.0]),
            "`clock` must have the shape",
        ),
    ],
)
def test_a_bad_schedule_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


# --- sharpness -------------------------------------------------------------------------------------------

SHARP = {"limit": "2/η", "sharpness": "λmax", "loss": "loss"}


def sharpness(values, limit, losses=None):
    return valid(
        figures.sharpness_curve(
            np.arange(len(values)), values, limit, losses, titles=("step", "λ", "loss"), words=SHARP
        )
    )


def test_sharpness_starts_at_zero_beside_its_limit():
    figure = sharpness([2.0, 8.0, 11.0, 9.0], 10.0)
    low, high = figure.layout.yaxis.range
    assert low == 0
    assert 11 < high < 14
    limit = figure.data[-1]
    assert (limit.name, set(limit.y)) == ("2/η", {10.0})
    # What is above the limit is tinted.
    assert figure.data[0].fill == "toself"
    assert set(np.round(figure.data[0].y, 3)) == {10.0, np.float32(high).round(3)}


def test_sharpness_over_many_sizes_is_logarithmic_and_its_explosion_is_at_the_edge():
    figure = sharpness([3.0, 1000.0, 20.0, 1e200, INF, NAN], 40.0)
    assert figure.layout.yaxis.type == "log"
    low, high = figure.layout.yaxis.range
    assert low < np.log10(3)
    assert np.log10(1000) < high < 4
    curve, marks = figure.data[1], figure.data[2]
    assert marks.text == ("10²⁰⁰", "∞", "NaN")
    np.testing.assert_array_equal(curve.customdata[:3], [3, 1000, 20])
    np.testing.assert_array_equal(marks.x, [3, 4, 5])


def test_a_scheduled_limit_follows_the_rate_and_losses_have_an_axis_of_their_own():
    figure = sharpness([1.0, 2.0, 3.0], [10.0, 20.0, INF], [4.0, 2.0, 1e-3])
    np.testing.assert_array_equal(figure.data[-1].y, [10.0, 20.0, NAN])
    loss = figure.data[1]
    assert (loss.yaxis, figure.layout.yaxis2.type, figure.layout.yaxis2.side) == ("y2", "log", "right")
    np.testing.assert_array_equal(loss.y, [4.0, 2.0, 1e-3])


@pytest.mark.parametrize("values", [[-3.0, -1.0, -2.0], [0.0, 0.0, 0.0], [INF] * 3, [NAN, 1.0, 2.0]])
@pytest.mark.parametrize("limit", [1e-6, 1.0, INF])
def test_any_sharpness_has_a_finite_axis(values, limit):
    figure = sharpness(values, limit)
    assert np.isfinite(figure.layout.yaxis.range).all()
    assert figure.layout.yaxis.range[0] < figure.layout.yaxis.range[1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"limit": 0.0}, "`limit` must be one number above 0"),
        ({"limit": [1.0, 2.0, 3.0]}, "`limit` must"),
        ({"losses": [1.0]}, "`losses` must have the shape"),
        ({"titles": ("step", "λ"), "losses": [1.0, 2.0]}, "`titles` and `words` must have"),
        ({"sharpness": [1.0]}, "must be columns of one length"),
    ],
)
def test_a_bad_sharpness_is_refused(change, words):
    given = {"steps": [0, 1], "sharpness": [1, 2], "limit": 1.0, "titles": ("step", "λ", "l"), "words": SHARP}
    with pytest.raises(ValueError, match=words):
        figures.sharpness_curve(**given | change)
