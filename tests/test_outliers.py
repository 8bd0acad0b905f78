"""A line with outliers: each fit against SciPy and scikit-learn, the pulls and the ensembles by hand."""

import numpy as np
import pytest
from compiling import counted
from scipy.optimize import linprog, minimize
from sklearn.linear_model import LinearRegression, QuantileRegressor

import landscape
from landscape import DATASETS, LOSSES
from landscape.datasets import Dataset
from landscape.tasks.outliers import (
    NUM_EXAMPLES,
    combine,
    contaminated_line,
    distance_from_truth,
    fit_line,
    line_landscape,
    seen,
)

SCENES = ([], [(1.8, -9.0)], [(1.8, -9.0), (-2.0, 40.0), (0.5, -8.0)], [(25.0, -9.0)])


def columns(moved, seed=0):
    data = contaminated_line(moved, seed)
    return data, data.inputs[:, 0], data.targets


@pytest.mark.parametrize("moved", SCENES)
def test_least_squares_is_scikit_learns(moved):
    data, x, y = columns(moved)
    wanted, found = LinearRegression().fit(data.inputs, y), fit_line(data, LOSSES["mse"])
    assert (found.slope, found.intercept) == pytest.approx((wanted.coef_[0], wanted.intercept_), rel=1e-9)
    np.testing.assert_allclose(found.residuals, found.at(x) - y, atol=1e-12)


@pytest.mark.parametrize("tau", [0.1, 0.5, 0.8])
@pytest.mark.parametrize("moved", SCENES)
def test_a_quantile_costs_what_a_linear_program_says(moved, tau):
    data, x, y = columns(moved, seed=3)
    found = fit_line(data, LOSSES["quantile"].replace(tau=tau))
    # Koenker and Bassett's program: slope and intercept as differences, residuals as u − v.
    line = np.stack([x, -x, np.ones_like(x), -np.ones_like(x)], axis=1)
    costs = np.concatenate([np.zeros(4), np.full(y.size, tau), np.full(y.size, 1 - tau)])
    solved = linprog(costs, A_eq=np.hstack([line, np.eye(y.size), -np.eye(y.size)]), b_eq=y)
    above = -found.residuals
    cost = np.sum(np.maximum(tau * above, (tau - 1) * above))
    assert cost == pytest.approx(solved.fun, rel=1e-9)


def test_the_absolute_error_is_the_median_line():
    data, _x, y = columns([(1.8, -9.0)])
    wanted = QuantileRegressor(quantile=0.5, alpha=0.0).fit(data.inputs, y)
    for found in (fit_line(data, LOSSES["mae"]), fit_line(data, LOSSES["quantile"].replace(tau=0.5))):
        assert (found.slope, found.intercept) == pytest.approx((wanted.coef_[0], wanted.intercept_), rel=1e-7)
    assert np.count_nonzero(found.residuals == 0) == 2


@pytest.mark.parametrize(("name", "numbers"), [("huber", {"delta": 0.3}), ("huber", {}), ("log-cosh", {})])
@pytest.mark.parametrize("moved", SCENES[1:])
def test_rounded_losses_are_those_of_scipy(name, numbers, moved):
    data, x, y = columns(moved)
    found = fit_line(data, LOSSES[name].replace(**numbers))

    def risk(point):
        size = np.abs(point[0] * x + point[1] - y)
        if name == "log-cosh":
            return np.sum(np.logaddexp(size, -size) - np.log(2))
        delta = numbers.get("delta", 1.0)
        return np.sum(np.where(size <= delta, size**2 / 2, delta * (size - delta / 2)))

    wanted = minimize(risk, [2.0, 1.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12})
    assert found.converged
    assert (found.slope, found.intercept) == pytest.approx(tuple(wanted.x), abs=1e-5)


def test_points_one_above_the_other_have_the_quantile_at_their_place():
    data = Dataset(
        "upright", "Upright", np.ones((5, 1)), [1.0, 4.0, 2.0, 8.0, 16.0], ("x",), "y", "regression"
    )
    for tau, quantile in ((0.5, 4.0), (0.9, 16.0)):
        found = fit_line(data, LOSSES["quantile"].replace(tau=tau))
        assert float(found.at(1.0)) == quantile


def test_upright_pairs_are_no_lines():
    data, x, _y = columns([(0.0, 5.0), (0.0, -5.0), (0.0, 50.0)])
    found = fit_line(data, LOSSES["mae"])
    assert np.count_nonzero(x == 0.0) == 3
    assert np.isfinite([found.slope, found.intercept]).all()


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("mse", lambda r: 2 * np.abs(r)),
        ("mae", lambda r: (r != 0) * 1.0),
        ("huber", lambda r: np.minimum(np.abs(r), 1.0)),
        ("log-cosh", lambda r: np.tanh(np.abs(r))),
    ],
)
def test_a_pull_is_the_slope_of_the_loss(name, size):
    data, _x, _y = columns([(1.8, -9.0), (-2.0, 4.0)])
    found = fit_line(data, LOSSES[name])
    pulls = size(found.residuals)
    np.testing.assert_allclose(found.pulls, pulls, rtol=1e-9)
    assert found.relative_pull(1, 2) == pytest.approx(pulls[1] / np.median(pulls[2:]))


def test_the_squared_error_runs_after_the_outlier_and_the_absolute_error_stands():
    lines = {
        name: [fit_line(contaminated_line([(1.8, -height)]), LOSSES[name]) for height in (10, 1010)]
        for name in ("mse", "mae", "huber")
    }
    near, far = lines["mse"]
    # Linear in the height of a point: its leverage says how much.
    _data, x, _y = columns([(1.8, 0.0)])
    leverage = np.linalg.pinv(np.stack([x, np.ones_like(x)], axis=1))[:, 0]
    np.testing.assert_allclose(
        [far.slope - near.slope, far.intercept - near.intercept], -1000 * leverage, rtol=1e-8
    )
    for name in ("mae", "huber"):
        near, far = lines[name]
        assert (far.slope, far.intercept) == pytest.approx((near.slope, near.intercept), abs=1e-7)


def test_the_mean_is_a_line_and_the_median_is_where_most_are():
    data, _x, _y = columns([(1.8, -200.0)])
    fits = [fit_line(data, LOSSES[name]) for name in ("mse", "mae", "huber")]
    x = np.linspace(-3, 3, 7)
    slope, intercept = (np.mean([getattr(fit, name) for fit in fits]) for name in ("slope", "intercept"))
    np.testing.assert_allclose(combine(fits, x, "mean"), slope * x + intercept)
    lines = np.sort([fit.at(x) for fit in fits], axis=0)
    np.testing.assert_allclose(combine(fits, x, "median"), lines[1])
    mean, median = (
        distance_from_truth(lambda x, how=how: combine(fits, x, how)) for how in ("mean", "median")
    )
    assert median < 0.3 < 1.0 < mean


def test_the_distance_from_the_truth_is_that_of_the_integral():
    # ∫ (Δs x + Δb)² dx / 4 over [−2, 2] = Δs² · 4/3 + Δb².
    found = distance_from_truth(lambda x: 2.9 * x + 0.5)
    assert found == pytest.approx(np.sqrt(0.9**2 * 4 / 3 + 0.5**2), rel=0.01)


def test_the_landscape_is_lowest_at_the_fit():
    data, x, y = columns([(1.8, -9.0)])
    for name in ("mse", "log-cosh"):
        found = fit_line(data, LOSSES[name])
        surface = landscape.evaluate(line_landscape(data, LOSSES[name], seen([found])), resolution=41)
        row, column = np.unravel_index(surface.values.argmin(), surface.values.shape)
        assert abs(surface.x[column] - found.slope) < 0.13
        assert abs(surface.y[row] - found.intercept) < 0.13
    surface = landscape.evaluate(line_landscape(data, LOSSES["mse"]), resolution=3)
    wanted = [[np.mean((slope * x + height - y) ** 2) for slope in surface.x] for height in surface.y]
    np.testing.assert_allclose(surface.values, wanted, rtol=1e-12)


def test_the_window_holds_every_minimizer():
    fits = [fit_line(contaminated_line([(1.8, -300.0)]), LOSSES[name]) for name in ("mse", "mae")]
    (left, right), (bottom, top) = seen(fits)
    for fit in fits:
        assert left < fit.slope < right
        assert bottom < fit.intercept < top
    assert {2 * end % 1 for end in (left, right, bottom, top)} == {0.0}


def test_moving_keeps_all_other_points():
    clean, moved = contaminated_line(seed=4), contaminated_line([(9.0, 8.0)], seed=4)
    assert (moved.inputs[0, 0], moved.targets[0]) == (9.0, 8.0)
    np.testing.assert_array_equal(moved.inputs[1:], clean.inputs[1:])
    np.testing.assert_array_equal(moved.targets[1:], clean.targets[1:])
    assert clean.num_examples == NUM_EXAMPLES


def test_moving_a_point_compiles_nothing():
    def everything(moved, seed, delta):
        data = contaminated_line(moved, seed)
        for loss in (LOSSES["mse"], LOSSES["mae"], LOSSES["huber"].replace(delta=delta)):
            fit_line(data, loss)
            landscape.evaluate(line_landscape(data, loss), resolution=5)

    everything([], 0, 1.0)
    with counted() as programs:
        everything([(1.0, -7.0)], 1, 0.2)
        everything([(1.0, 70.0), (3.0, 3.0)], 2, 5.0)
    assert programs == []


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (lambda: contaminated_line([(0.0, 0.0)] * 4), "`moved` must be at most 3 places, got 4"),
        (lambda: contaminated_line([(0.0, float("inf"))]), "`moved` must be places of two finite numbers"),
        (lambda: contaminated_line([(0.0,)]), "`moved` must be places of two finite numbers"),
        (lambda: combine([], [0.0], "mean"), "`fits` must be at least 1, got 0"),
        (
            lambda: combine([fit_line(contaminated_line(), LOSSES["mae"])], 0.0, "mode"),
            "`how` must be 'mean'",
        ),
        (
            lambda: fit_line(contaminated_line(), LOSSES["cross-entropy"]),
            "`loss` must fit the identity output",
        ),
        (lambda: fit_line(DATASETS["blobs"].select("x1"), LOSSES["mae"]), "`dataset` must be a regression"),
        (
            lambda: fit_line(DATASETS["collinear"], LOSSES["mae"]),
            "`dataset` must have 1 feature, got collinear",
        ),
        (lambda: line_landscape(DATASETS["collinear"], LOSSES["mse"]), "`dataset` must have 1 feature"),
    ],
)
def test_what_is_no_line_is_refused(bad, words):
    with pytest.raises(ValueError, match=words):
        bad()
