"""Penalties: balls, the minimizer's way and curves against the strength, beside SciPy and scikit-learn."""

import numpy as np
import plotly.graph_objects as go
import pytest
import scipy.optimize
from sklearn.linear_model import Ridge

import landscape
from landscape import figures
from landscape.figures.labels import LABEL_GAP, apart, line_labels

NAN = float("nan")


def valid(figure):
    return go.Figure(figure)


# --- penalties -------------------------------------------------------------------------------------------

W1, W2 = np.linspace(-1, 4, 6), np.linspace(-2, 2, 5)
PLAIN = (W1[None, :] - 3) ** 2 + 2 * (W2[:, None] - 1) ** 2
PENALIZED = PLAIN + 0.7 * (W1[None, :] ** 2 + W2[:, None] ** 2)


@pytest.mark.parametrize("view", ["contour", "surface"])
@pytest.mark.parametrize("scale", ["linear", "log"])
def test_a_pair_shares_colours_lines_and_axes(view, scale):
    first, second = (
        valid(figure) for figure in figures.landscape_pair(W1, W2, PLAIN, PENALIZED, view=view, scale=scale)
    )
    heights = figures.shared_heights(PLAIN, PENALIZED, scale=scale)
    for figure, losses in ((first, PLAIN), (second, PENALIZED)):
        np.testing.assert_allclose(figure.data[0].z, heights(losses), rtol=1e-6)
    if view == "contour":
        assert (first.data[0].zmin, first.data[0].zmax) == (second.data[0].zmin, second.data[0].zmax)
        assert first.data[1].contours == second.data[1].contours
    else:
        assert (first.data[0].cmin, first.data[0].cmax) == (second.data[0].cmin, second.data[0].cmax)
        assert first.layout.scene.zaxis.range == second.layout.scene.zaxis.range


def test_a_weak_penalty_is_seen_whole():
    assert figures.shared_heights(PLAIN, PENALIZED) == figures.measure(PLAIN, PENALIZED)


@pytest.mark.parametrize("strength", [1e2, 1e4, 1e8])
def test_a_strong_penalty_leaves_the_plain_valley_readable(strength):
    heights = figures.shared_heights(PLAIN, PLAIN + strength * (W1[None, :] ** 2 + W2[:, None] ** 2))
    assert heights.low == PLAIN.min()
    assert np.ptp(PLAIN) / (heights.high - heights.low) == pytest.approx(1 / 2)
    assert heights.open_top


@pytest.mark.parametrize("ratio", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("point", [[2.0, -0.5], [0.0, 3.0], [1e-9, 1e-9]])
def test_every_point_of_a_ball_costs_the_same_as_the_minimizer(ratio, point):
    penalty = landscape.elastic_net(1.0, l1_ratio=ratio)
    outline = np.stack(figures.penalty_outline(point, ratio), axis=-1)
    np.testing.assert_allclose(
        [float(penalty(w)) for w in outline[::20]], float(penalty(np.array(point))), rtol=1e-9
    )
    np.testing.assert_array_equal(outline[0], outline[-1])
    # Once round.
    turns = np.diff(np.unwrap(np.arctan2(outline[:, 1], outline[:, 0])))
    assert (turns > 0).all()
    assert turns.sum() == pytest.approx(2 * np.pi)


def test_the_ball_of_nothing_is_a_point():
    assert np.abs(figures.penalty_outline([0.0, 0.0], 0.5)).max() == 0


def test_ball_and_loss_level_touch_at_the_ridge_minimizer():
    """At the constrained optimum no point of the ball has a smaller loss (found by SciPy)."""
    found = scipy.optimize.minimize(
        lambda w: (w[0] - 3) ** 2 + 2 * (w[1] - 1) ** 2 + 0.7 * w @ w, [0, 0], tol=1e-12
    )
    w1, w2 = figures.penalty_outline(found.x, 0.0)
    losses = (w1 - 3) ** 2 + 2 * (w2 - 1) ** 2
    level = (found.x[0] - 3) ** 2 + 2 * (found.x[1] - 1) ** 2
    assert losses.min() >= level - 1e-9
    assert losses.min() == pytest.approx(level, rel=1e-3)
    traces = figures.penalty_ball(w1, w2, name="ball") + figures.loss_level(
        W1, W2, PLAIN, level, name="level"
    )
    figure = valid(figures.contour(W1, W2, PLAIN, traces=traces))
    np.testing.assert_array_equal(figure.data[2].x, w1)
    np.testing.assert_array_equal(figure.data[3].y, w2)
    np.testing.assert_allclose(figure.data[5].z, PLAIN, rtol=1e-6)
    assert figure.data[5].contours.start == figure.data[5].contours.end == level


def test_the_minimizers_way_runs_from_least_squares_to_zero():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(30, 2)) @ [[1, 0.9], [0, 0.3]]
    targets = x @ [2.0, -1.0] + 0.1 * rng.normal(size=30)
    strengths = np.concatenate([[0.0], 10.0 ** np.linspace(-2, 6, 81)])
    points = [Ridge(alpha=strength, fit_intercept=False).fit(x, targets).coef_ for strength in strengths]
    traces = figures.minimizer_way(points, strengths, name="way", titles=("a", "b", "λ"))
    figure = valid(figures.contour(W1, W2, PLAIN, traces=traces))
    way, dots = figure.data[3:]
    np.testing.assert_allclose([way.x[0], way.y[0]], np.linalg.lstsq(x, targets, rcond=None)[0], rtol=1e-6)
    assert np.hypot(way.x[-1], way.y[-1]) < 1e-3
    np.testing.assert_allclose(dots.customdata, 10.0 ** np.arange(-2, 7))
    for strength, across, up in zip(dots.customdata, dots.x, dots.y, strict=True):
        exact = Ridge(alpha=strength, fit_intercept=False).fit(x, targets).coef_
        np.testing.assert_allclose([across, up], exact, rtol=1e-6)
    assert dots.text[0] == "10⁻²"
    assert "" in dots.text, "strengths that would overlap are not written"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: figures.landscape_pair(W1, W2, PLAIN, PLAIN.T), "`values` must have the shape"),
        (lambda: figures.landscape_pair(W1, W2, PLAIN, PLAIN, view="top"), "`view` must"),
        (lambda: figures.penalty_outline([1.0, NAN], 0.5), "`point` must"),
        (lambda: figures.penalty_outline([1.0, 1.0], 1.5), "`l1_ratio` must"),
        (lambda: figures.penalty_outline([1.0, 1.0], 0.5, count=100), "`count` must"),
        (lambda: figures.penalty_ball([1, 2], [1], name=""), "`w1` and `w2` must"),
        (lambda: figures.loss_level(W1, W2, PLAIN, NAN, name=""), "`level` must"),
        (lambda: figures.minimizer_way([[1, 2]], [1, 2], name=""), "`points` and `strengths` must"),
        (lambda: figures.minimizer_way([[1, 2], [0, 0]], [2, 1], name=""), "`strengths` must"),
    ],
)
def test_bad_penalties_are_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


# --- against the strength --------------------------------------------------------------------------------

STRENGTHS = np.array([0.0, 1e-2, 1.0, 100.0])
TABLE = np.array([[5.0, -3.0, 4.9], [4.0, -2.0, 3.0], [2.0, -1.0, 1.0], [0.1, 0.0, 0.1]])


def test_zero_is_a_tick_of_its_own_on_the_left():
    figure = valid(figures.condition_numbers(STRENGTHS, [900.0, 300.0, 30.0, 2.0], 1.0, ("λ", "κ")))
    curve = figure.data[0]
    np.testing.assert_allclose(curve.x[1:], [-2, 0, 2])
    assert curve.x[0] < -2.05
    ticks = dict(zip(figure.layout.xaxis.ticktext, figure.layout.xaxis.tickvals, strict=True))
    assert ticks["0"] == pytest.approx(curve.x[0])
    assert ticks["10⁻²"] == -2
    assert ticks["10²"] == 2
    np.testing.assert_array_equal(curve.customdata, STRENGTHS)


@pytest.mark.parametrize(("current", "place"), [(1.0, 0.0), (10.0, 1.0), (1e9, 2.0), (1e-9, -2.0)])
def test_the_current_strength_is_marked(current, place):
    figure = valid(figures.condition_numbers(STRENGTHS, [900.0, 300.0, 30.0, 2.0], current, ("λ", "κ")))
    assert figure.layout.shapes[0].x0 == figure.layout.shapes[0].x1 == figure.data[1].x[0] == place
    expected = {0.0: 30.0, 1.0: np.sqrt(60.0), 2.0: 2.0, -2.0: 300.0}[place]
    assert figure.data[1].y[0] == pytest.approx(expected)


def test_the_current_strength_zero_stands_on_its_tick():
    figure = figures.condition_numbers(STRENGTHS, [900.0, 300.0, 30.0, 2.0], 0.0, ("λ", "κ"))
    assert figure["layout"]["shapes"][0]["x0"] == figure["layout"]["xaxis"]["tickvals"][0]


def test_an_infinite_condition_number_is_written():
    figure = valid(figures.condition_numbers(STRENGTHS, [np.inf, 300.0, 30.0, 2.0], 0.0, ("λ", "κ")))
    assert figure.data[-1].text == ("∞",)
    assert np.isnan(figure.data[0].y[0])
    assert figure.data[0].y[1] == 300


def test_coefficients_are_lines_with_their_names():
    figure = valid(figures.coefficient_paths(STRENGTHS, TABLE, ("a", "b", "c"), 1.0, ("λ", "w")))
    for number, name in enumerate("abc"):
        assert figure.data[number].name == name
        np.testing.assert_array_equal(figure.data[number].y, TABLE[:, number])
    labels = {label.text: label.y for label in figure.layout.annotations}
    assert labels["a"] > labels["c"] > labels["b"]
    assert labels["a"] - labels["c"] == pytest.approx(LABEL_GAP * 8.0)
    assert labels["b"] == -3.0
    assert figure.layout.xaxis.range[0] < min(label.x for label in figure.layout.annotations)


def test_errors_mark_the_best_strength():
    held_out = [5.0, 4.0, NAN, 7.0]
    figure = valid(
        figures.error_curves(
            STRENGTHS, [1.0, 2.0, 3.0, 9.0], held_out, 1e-2, ("λ", "error"), ("fit", "new", "best")
        )
    )
    fit, new = figure.data[:2]
    assert (fit.name, new.name) == ("fit", "new")
    np.testing.assert_array_equal(fit.y, [1, 2, 3, 9])
    np.testing.assert_array_equal(new.y, held_out)
    best = figure.data[-1]
    assert (best.name, best.x[0], best.y[0], best.customdata[0]) == ("best", -2.0, 4.0, 0.01)
    assert fit.line.dash != new.line.dash


def test_labels_are_apart_and_as_near_as_they_can_be():
    rng = np.random.default_rng(0)
    wanted = rng.uniform(0, 3, size=12)
    order = np.argsort(wanted)
    exact = scipy.optimize.minimize(
        lambda places: np.sum((places - wanted[order]) ** 2),
        np.arange(12) * 1.0,
        jac=lambda places: 2 * (places - wanted[order]),
        constraints=[{"type": "ineq", "fun": lambda places: np.diff(places) - 0.4}],
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    np.testing.assert_allclose(apart(wanted, 0.4)[order], exact.x, atol=1e-5)
    free = np.array([3.0, 1.0, 2.0])
    np.testing.assert_array_equal(apart(free, 0.5), free)


def test_a_line_without_numbers_gets_no_name():
    labels, threads, limits = line_labels(
        np.array([0.0, 1.0]), np.array([[NAN, 2.0], [NAN, 3.0]]), ("a", "b"), ("#000000", "#000000")
    )
    assert [label["text"] for label in labels] == ["b"]
    assert len(threads) == 1
    assert limits[0] < 2 < 3 < limits[1]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: figures.condition_numbers([0, 1], [2, 1], 1, ("", "")), "`strengths` must"),
        (lambda: figures.condition_numbers([-1, 1, 2], [2, 1, 1], 1, ("", "")), "`strengths` must"),
        (lambda: figures.condition_numbers([2, 1], [2, 1], 1, ("", "")), "`strengths` must"),
        (lambda: figures.condition_numbers([1, 2], [2, 1], -1, ("", "")), "`current` must"),
        (lambda: figures.condition_numbers([1, 2], [2, 1, 1], 1, ("", "")), "`condition_numbers` must"),
        (lambda: figures.coefficient_paths(STRENGTHS, TABLE.T, "abc", 1, ("", "")), "`coefficients` must"),
        (lambda: figures.coefficient_paths(STRENGTHS, TABLE, "ab", 1, ("", "")), "`coefficients` must"),
        (lambda: figures.error_curves(STRENGTHS, [1] * 4, [1] * 3, 1, ("", "")), "`held_out` must"),
    ],
)
def test_bad_strengths_are_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
