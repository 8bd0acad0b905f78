"""Ridge, lasso and elastic net against scikit-learn, their conditions of optimality and real descents."""

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, Ridge
from sklearn.metrics import mean_squared_error

from landscape import DATASETS, LOSSES, MODELS, OPTIMIZERS, descend, l2
from landscape.datasets import Dataset, collinear
from landscape.ridge import (
    condition_numbers,
    elastic_net_path,
    held_out_errors,
    ridge_path,
    ridge_solution,
    steps_needed,
)
from landscape.risk import on_two_parameters

STRENGTHS = np.array([0.0, 1e-3, 0.1, 1.0, 30.0, 1e3])
PAIR = DATASETS["diabetes"].select("s1", "s2").center()
TABLES = {
    "pair": PAIR,
    "collinear": collinear(correlation=0.99).center(),
    "diabetes": DATASETS["diabetes"].center(),
    "measured": DATASETS["diabetes"].standardize().center(),
}
PRECISE = {"tol": 1e-14, "max_iter": 1_000_000, "fit_intercept": False}


@pytest.mark.parametrize("table", TABLES)
def test_ridge_is_scikit_learns(table):
    X, y = TABLES[table].inputs, TABLES[table].targets
    path = ridge_path(X, y, STRENGTHS)
    for strength, weights in zip(STRENGTHS, path, strict=True):
        plain = LinearRegression(fit_intercept=False)
        other = Ridge(alpha=strength, fit_intercept=False) if strength else plain
        np.testing.assert_allclose(weights, other.fit(X, y).coef_, rtol=1e-8)
        np.testing.assert_allclose(ridge_solution(X, y, strength), weights, rtol=1e-13)


@pytest.mark.parametrize("table", TABLES)
def test_lasso_and_elastic_net_are_scikit_learns(table):
    X, y = TABLES[table].inputs, TABLES[table].targets
    lasso = elastic_net_path(X, y, STRENGTHS, 1.0)
    net = elastic_net_path(X, y, STRENGTHS, 0.3)
    for k, strength in enumerate(STRENGTHS[1:], start=1):
        other = Lasso(alpha=strength / (2 * len(y)), **PRECISE).fit(X, y)
        np.testing.assert_allclose(lasso[k], other.coef_, rtol=1e-8, atol=1e-9)
        alpha = strength * (2 - 0.3) / (2 * len(y))
        other = ElasticNet(alpha=alpha, l1_ratio=0.3 / (2 - 0.3), **PRECISE).fit(X, y)
        np.testing.assert_allclose(net[k], other.coef_, rtol=1e-8, atol=1e-9)


def test_without_an_l1_part_the_elastic_net_is_ridge():
    X, y = TABLES["diabetes"].inputs, TABLES["diabetes"].targets
    np.testing.assert_array_equal(elastic_net_path(X, y, STRENGTHS, 0.0), ridge_path(X, y, STRENGTHS))
    np.testing.assert_allclose(elastic_net_path(X, y, [0.0], 1.0), ridge_path(X, y, [0.0]), rtol=1e-13)


@pytest.mark.parametrize("l1_ratio", [0.2, 1.0])
@pytest.mark.parametrize("seed", range(20))
def test_solutions_fulfil_the_conditions_of_optimality(l1_ratio, seed):
    random = np.random.default_rng(seed)
    n, d = random.integers(3, 40), random.integers(2, 20)
    X = random.normal(size=(n, d)) * 10.0 ** random.uniform(-1, 1, d)
    X[:, 0] = X[:, 1] * (-1) ** seed  # perfectly collinear, and often more features than examples
    y = random.normal(size=n) + X[:, 0]
    strengths = np.logspace(-4, 4, 9)[random.permutation(9)]
    largest = np.abs(2 * X.T @ y).max()
    for strength, w in zip(strengths, elastic_net_path(X, y, strengths, l1_ratio), strict=True):
        slope = 2 * X.T @ (y - X @ w) - 2 * strength * (1 - l1_ratio) * w
        charge = strength * l1_ratio
        assert (np.abs(slope) <= charge + 1e-8 * largest).all()
        np.testing.assert_allclose(slope[w != 0], charge * np.sign(w[w != 0]), atol=1e-8 * largest)


def test_the_lasso_takes_up_the_features_in_the_published_order():
    # Efron et al. (2004), figure 1: the covariates enter in the order j = 3, 9, 4, 7, ..., 1
    X, y = TABLES["diabetes"].inputs, TABLES["diabetes"].targets
    path = elastic_net_path(X, y, np.logspace(3.5, -1, 400), 1.0)
    entered = np.where((path != 0).any(axis=0), np.argmax(path != 0, axis=0), len(path))
    order = np.argsort(entered, kind="stable") + 1
    assert order[:4].tolist() == [3, 9, 4, 7]
    assert order[-1] == 1
    assert not path[0].any()


def test_least_squares_of_diabetes_are_the_published_coefficients():
    # Efron et al. (2004), the full least-squares solution, as R's `lars` prints it
    published = [-10.0, -239.8, 519.8, 324.4, -792.2, 476.7, 101.0, 177.1, 751.3, 67.6]
    found = ridge_solution(TABLES["diabetes"].inputs, TABLES["diabetes"].targets, 0.0)
    np.testing.assert_allclose(found, published, atol=0.05)


def test_where_many_weights_fit_equally_well_the_shortest_are_found():
    data = collinear(correlation=1.0)
    w = ridge_solution(data.inputs, data.targets, 0.0)
    np.testing.assert_allclose(w, np.linalg.pinv(data.inputs) @ data.targets, rtol=1e-12)
    np.testing.assert_allclose(w[0], w[1])
    wide = np.random.default_rng(0).normal(size=(3, 5))
    assert ridge_path(wide, np.ones(3), [0.0, 1.0]).shape == (2, 5)
    np.testing.assert_allclose(wide @ ridge_solution(wide, np.ones(3), 0.0), 1.0)


def test_condition_numbers_are_those_of_the_hessian():
    X = TABLES["diabetes"].inputs
    expected = [np.linalg.cond(2 * (X.T @ X + strength * np.eye(10))) for strength in STRENGTHS]
    np.testing.assert_allclose(condition_numbers(X, STRENGTHS), expected, rtol=1e-9)
    for correlation in (0.0, 0.5, 0.99):
        ratio = condition_numbers(collinear(correlation=correlation).inputs, [0.0])[0]
        assert ratio == pytest.approx((1 + correlation) / (1 - correlation), rel=1e-11)


def test_a_singular_hessian_has_no_finite_condition_number_until_it_is_penalized():
    inputs = collinear(60, correlation=1.0).inputs
    np.testing.assert_allclose(condition_numbers(inputs, [0.0, 60.0]), [np.inf, 3.0], rtol=1e-9)
    assert condition_numbers(np.ones((1, 2)), [0.0])[0] == np.inf
    assert condition_numbers(np.zeros((2, 2)), [0.0, 1.0]).tolist() == [np.inf, 1.0]


def ridge_landscape(strength):
    return on_two_parameters(
        *(MODELS["linear"], PAIR, LOSSES["mse"], ("weights", 0), ("weights", 1)), l2(strength), "sum"
    )


def test_closed_form_descent_and_scikit_learn_agree():
    strength = 0.2
    X, y = PAIR.inputs, PAIR.targets
    closed = ridge_solution(X, y, strength)
    landscape = ridge_landscape(strength)
    optimizer = OPTIMIZERS["gd"].build(learning_rate=0.4)
    path = descend(landscape, optimizer, start=[-1500.0, 800.0], num_steps=200)
    np.testing.assert_allclose(path.params[-1], closed, rtol=1e-8)
    np.testing.assert_allclose(landscape.minimizers[0], closed, rtol=1e-8)
    np.testing.assert_allclose(Ridge(alpha=strength, fit_intercept=False).fit(X, y).coef_, closed, rtol=1e-8)


@pytest.mark.parametrize(("strength", "learning_rate"), [(0.0, 0.4), (0.0, 0.52), (0.3, 0.4), (0.3, 0.02)])
def test_the_predicted_number_of_steps_is_the_one_taken(strength, learning_rate):
    X, y = PAIR.inputs, PAIR.targets
    closed = ridge_solution(X, y, strength)
    start = np.array([-1500.0, 800.0])
    hessian = 2 * (X.T @ X + strength * np.eye(2))
    predicted = steps_needed(hessian, learning_rate, start - closed, tolerance=1e-4)
    optimizer = OPTIMIZERS["gd"].build(learning_rate=learning_rate)
    path = descend(ridge_landscape(strength), optimizer, start=start, num_steps=1000)
    distances = np.linalg.norm(path.params - closed, axis=1)
    assert predicted == np.argmax(distances <= 1e-4 * distances[0])
    assert 0 < predicted < 1000


def test_a_learning_rate_above_the_limit_never_arrives():
    hessian = np.diag([2.0, 0.5])
    assert steps_needed(hessian, 0.99, [1.0, 1.0]) is not None
    assert steps_needed(hessian, 1.0, [1.0, 1.0]) is None
    assert steps_needed(hessian, 1.5, [1.0, 1.0]) is None
    assert steps_needed(hessian, 1.5, [0.0, 1.0]) is not None
    assert steps_needed(np.diag([2.0, 0.0]), 0.1, [1.0, 1.0]) is None
    assert steps_needed(hessian, 0.1, [0.0, 0.0]) == 0


def test_held_out_errors_are_scikit_learns():
    training, held_out = DATASETS["diabetes"].split(0.3, seed=1)
    ours = held_out_errors(training, held_out, STRENGTHS)
    lasso = held_out_errors(training, held_out, STRENGTHS[1:], l1_ratio=1.0)
    for k, strength in enumerate(STRENGTHS[1:], start=1):
        other = Ridge(alpha=strength).fit(training.inputs, training.targets)
        sparse = Lasso(alpha=strength / (2 * training.num_examples), **PRECISE | {"fit_intercept": True})
        sparse.fit(training.inputs, training.targets)
        for errors, fewer, part in zip(ours, lasso, (training, held_out), strict=True):
            expected = mean_squared_error(part.targets, other.predict(part.inputs))
            assert errors[k] == pytest.approx(expected, rel=1e-8)
            expected = mean_squared_error(part.targets, sparse.predict(part.inputs))
            assert fewer[k - 1] == pytest.approx(expected, rel=1e-8)
    assert (np.diff(ours[0]) > 0).all()


IRIS, LINE = DATASETS["iris"], DATASETS["line"]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ridge_path([1.0], [1.0], [0.0]), r"`inputs` must have the shape \(n, d\), got \(1,\)"),
        (lambda: ridge_path([[1.0]], [1.0, 2.0], [0.0]), r"`targets` must have the shape \(1,\), got \(2,\)"),
        (lambda: ridge_path([[np.nan]], [1.0], [0.0]), "`inputs` and `targets` must be finite numbers"),
        (lambda: ridge_path([[1.0]], [1.0], 0.0), r"`strengths` must have the shape \(L,\), got \(\)"),
        (lambda: ridge_path([[1.0]], [1.0], [0.0, -2.0]), "`strengths` must be .* at least 0, got -2"),
        (lambda: ridge_solution([[1.0]], [1.0], np.nan), "`strengths` must be .* at least 0, got nan"),
        (lambda: condition_numbers([[1.0]], [np.inf]), "`strengths` must be .* at least 0, got inf"),
        (lambda: elastic_net_path([[1.0]], [1.0], [1.0], 1.5), "`l1_ratio` must be from 0 to 1, got 1.5"),
        (lambda: held_out_errors(IRIS, IRIS, [1.0]), "must be regressions, got iris"),
        (
            lambda: held_out_errors(LINE, PAIR, [1.0]),
            r"`held_out` must have the features x, got \('s1', 's2'\)",
        ),
        (lambda: steps_needed(np.eye(3), 0.1, [1.0, 1.0]), r"`hessian` must have the shape \(2, 2\)"),
        (lambda: steps_needed([[np.nan]], 0.1, [1.0]), "must be finite numbers"),
        (
            lambda: steps_needed([[1.0]], 0.0, [1.0]),
            "`learning_rate` must be a positive finite number, got 0",
        ),
        (lambda: steps_needed([[1.0]], 0.1, [1.0], 1.0), "`tolerance` must be between 0 and 1, got 1"),
    ],
)
def test_bad_input_is_refused_by_name(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_a_single_example_held_out_is_enough():
    training = Dataset("t", "T", [[0.0], [1.0]], [0.0, 2.0], ("x",))
    held_out = Dataset("h", "H", [[3.0]], [7.0], ("x",))
    fitted, other = held_out_errors(training, held_out, [0.0])
    assert (fitted[0], other[0]) == pytest.approx((0.0, 1.0), abs=1e-14)
