"""Risks against NumPy by hand and scikit-learn, their minimizers, slices and compiled programs."""

from dataclasses import replace

import jax
import numpy as np
import pytest
import scipy.special
from sklearn.linear_model import (
    ElasticNet,
    HuberRegressor,
    LinearRegression,
    LogisticRegression,
    QuantileRegressor,
    Ridge,
)

from landscape import (
    DATASETS,
    LOSSES,
    MODELS,
    OPTIMIZERS,
    Objective,
    descend,
    elastic_net,
    empirical_risk,
    l1,
    l2,
)
from landscape.datasets import Dataset, collinear
from landscape.risk import is_convex, minimize

RANDOM = np.random.default_rng(11)
X = RANDOM.normal(size=(40, 2)) * [1.0, 3.0] + [0.5, -1.0]
Y = X @ [2.0, -1.0] + 3.0 + RANDOM.standard_t(2, size=40)
NAMES = ("x1", "x2")
NUMBERS = Dataset("numbers", "Numbers", X, Y, NAMES)
LABELS = (X @ [1.0, -0.5] + 1.5 * RANDOM.normal(size=40) > 0.5).astype(int)
TWO = Dataset("two", "Two", X, LABELS, NAMES, task="classification", class_names=("no", "yes"))
THREE = Dataset(
    "three", "Three", X, np.arange(40) % 3, NAMES, task="classification", class_names=tuple("abc")
)
APART = Dataset("apart", "Apart", X, X[:, 0] > 0.4, NAMES, task="classification", class_names=("no", "yes"))
PARAMS = {"weights": np.array([0.7, -0.3]), "bias": np.array(0.4)}
MATRIX = {"weights": RANDOM.normal(size=(2, 3)), "bias": RANDOM.normal(size=3)}
RAW = X @ PARAMS["weights"] + 0.4
FIRST, SECOND, BIAS = ("weights", 0), ("weights", 1), ("bias",)


def risk(model, data, loss, *more):
    return empirical_risk(MODELS[model], data, LOSSES[loss], *more)


def optimum(objective):
    params, converged = minimize(objective)
    assert converged
    return np.asarray(params["weights"]), np.asarray(params["bias"])


@pytest.mark.parametrize(
    ("model", "data", "loss", "params", "by_hand"),
    [
        ("linear", NUMBERS, "mse", PARAMS, (RAW - Y) ** 2),
        ("linear", NUMBERS, "mae", PARAMS, np.abs(RAW - Y)),
        ("linear", NUMBERS, "huber", PARAMS, scipy.special.huber(1.0, RAW - Y)),
        ("logistic", TWO, "mse", PARAMS, (scipy.special.expit(RAW) - LABELS) ** 2),
        ("logistic", TWO, "binary-cross-entropy", PARAMS, np.log1p(np.exp(-RAW * (2 * LABELS - 1)))),
        (
            *("softmax", THREE, "cross-entropy", MATRIX),
            -scipy.special.log_softmax(X @ MATRIX["weights"] + MATRIX["bias"], axis=1)[
                np.arange(40), np.arange(40) % 3
            ],
        ),
    ],
)
def test_a_risk_is_the_mean_or_the_sum_of_its_examples(model, data, loss, params, by_hand):
    assert float(risk(model, data, loss).loss(params)) == pytest.approx(by_hand.mean(), rel=1e-13)
    assert float(risk(model, data, loss, None, "sum").loss(params)) == pytest.approx(by_hand.sum(), rel=1e-13)
    squares = np.sum(params["weights"] ** 2)
    penalized = risk(model, data, loss, l2(0.3))
    assert float(penalized.loss(params)) == pytest.approx(by_hand.mean() + 0.3 * squares, rel=1e-13)
    assert all(not np.any(leaf) for leaf in jax.tree.leaves(penalized.start))
    assert jax.tree.structure(penalized.start) == jax.tree.structure(params)


@pytest.mark.parametrize("penalty", [l1(5.0), l2(5.0), elastic_net(5.0, 0.3)])
def test_a_penalty_never_touches_a_bias(penalty):
    params = {"weights": np.zeros(2), "bias": np.array(7.0)}
    plain, penalized = risk("linear", NUMBERS, "mse"), risk("linear", NUMBERS, "mse", penalty)
    assert penalized.loss(params) == plain.loss(params)
    assert jax.grad(penalized.loss)(PARAMS)["bias"] == jax.grad(plain.loss)(PARAMS)["bias"]
    stone, values = DATASETS["thrown-stone"], {"a": np.array(-4.0), "b": np.array(3.0), "c": np.array(9.0)}
    extra = risk("polynomial", stone, "mse", penalty).loss(values) - risk("polynomial", stone, "mse").loss(
        values
    )
    assert float(extra) == pytest.approx(float(penalty([-4.0, 3.0])), rel=1e-12)


def test_a_number_inside_the_loss_reaches_the_risk():
    huber = empirical_risk(MODELS["linear"], NUMBERS, LOSSES["huber"].replace(delta=0.2))
    assert float(huber.loss(PARAMS)) == pytest.approx(scipy.special.huber(0.2, RAW - Y).mean(), rel=1e-13)


@pytest.mark.parametrize("penalty", [None, l2(0.3), l2(0.0), elastic_net(0.0, 0.5)])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize(("model", "data"), [("linear", NUMBERS), ("logistic", TWO)])
def test_the_squares_of_the_residuals_add_up_to_the_risk(penalty, reduction, model, data):
    squared = risk(model, data, "mse", penalty, reduction)
    residuals = np.asarray(squared.residuals(PARAMS))
    assert squared.residual_scale == "sum"
    assert np.sum(residuals**2) == pytest.approx(float(squared.loss(PARAMS)), rel=1e-13)
    assert residuals.shape == (40 if penalty is None else 42,)


def test_other_risks_have_no_residuals():
    assert risk("linear", NUMBERS, "mae").residuals is None
    assert risk("linear", NUMBERS, "mse", l1(0.1)).residuals is None
    with pytest.raises(ValueError, match="residuals"):
        descend(risk("linear", NUMBERS, "mse", l1(0.1)), OPTIMIZERS["gauss-newton"].build(), num_steps=1)


def test_one_gauss_newton_step_solves_ridge():
    ridge = risk("linear", NUMBERS, "mse", l2(0.3))
    path = descend(ridge, OPTIMIZERS["gauss-newton"].build(learning_rate=1.0), num_steps=1)
    other = Ridge(alpha=40 * 0.3).fit(X, Y)
    np.testing.assert_allclose(path.params["weights"][-1], other.coef_, rtol=1e-10)


@pytest.mark.parametrize("strength", [0.0, 0.1, 5.0])
def test_squared_errors_are_scikit_learns(strength):
    for reduction, alpha in (("mean", 40 * strength), ("sum", strength)):
        other = (Ridge(alpha=alpha) if strength else LinearRegression()).fit(X, Y)
        weights, bias = optimum(risk("linear", NUMBERS, "mse", l2(strength), reduction))
        np.testing.assert_allclose(weights, other.coef_, rtol=1e-9)
        np.testing.assert_allclose(bias, other.intercept_, rtol=1e-9)


@pytest.mark.parametrize(("strength", "l1_ratio"), [(0.5, 0.4), (4.0, 0.9), (100.0, 0.5)])
def test_the_elastic_net_is_scikit_learns(strength, l1_ratio):
    alpha, ratio = strength * (2 - l1_ratio) / 2, l1_ratio / (2 - l1_ratio)
    other = ElasticNet(alpha=alpha, l1_ratio=ratio, tol=1e-14, max_iter=100_000).fit(X, Y)
    weights, bias = optimum(risk("linear", NUMBERS, "mse", elastic_net(strength, l1_ratio)))
    np.testing.assert_allclose(weights, other.coef_, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(bias, other.intercept_, rtol=1e-7)


@pytest.mark.parametrize("strength", [0.0, 0.2])
def test_absolute_errors_are_the_linear_programs(strength):
    other = QuantileRegressor(quantile=0.5, alpha=strength / 2).fit(X, Y)
    least = np.abs(other.predict(X) - Y).mean() + strength * np.abs(other.coef_).sum()
    objective = risk("linear", NUMBERS, "mae", l1(strength))
    params, converged = minimize(objective)
    assert converged
    assert float(objective.loss(params)) == pytest.approx(least, abs=1e-8)
    np.testing.assert_allclose(params["weights"], other.coef_, atol=1e-6)


def test_huber_is_scikit_learns_with_the_scale_that_it_finds():
    other = HuberRegressor(epsilon=1.35, alpha=0.0, tol=1e-10, max_iter=10_000).fit(X, Y)
    objective = empirical_risk(MODELS["linear"], NUMBERS, LOSSES["huber"].replace(delta=1.35 * other.scale_))
    weights, bias = optimum(objective)
    theirs = {"weights": other.coef_, "bias": other.intercept_}
    np.testing.assert_allclose(weights, theirs["weights"], rtol=1e-4)  # L-BFGS stops earlier than Newton
    np.testing.assert_allclose(bias, theirs["bias"], rtol=1e-4)
    assert objective.loss({"weights": weights, "bias": bias}) <= objective.loss(theirs)


@pytest.mark.parametrize("delta", [1e-3, 0.1, 1e3])
def test_huber_converges_wherever_its_square_ends(delta):
    objective = empirical_risk(MODELS["linear"], NUMBERS, LOSSES["huber"].replace(delta=delta))
    params, converged = minimize(objective)
    assert converged
    slope = jax.grad(objective.loss)(params)
    assert max(float(np.max(np.abs(leaf))) for leaf in slope.values()) < 1e-9 * delta


@pytest.mark.parametrize("strength", [0.0, 0.05])
def test_logistic_regression_is_scikit_learns(strength):
    inverse = 1 / (2 * 40 * strength) if strength else np.inf
    other = LogisticRegression(C=inverse, tol=1e-12, solver="newton-cholesky", max_iter=1000).fit(X, LABELS)
    weights, bias = optimum(risk("logistic", TWO, "binary-cross-entropy", l2(strength)))
    np.testing.assert_allclose(weights, other.coef_[0], rtol=1e-7)
    np.testing.assert_allclose(bias, other.intercept_[0], rtol=1e-7)


def test_softmax_regression_is_scikit_learns():
    other = LogisticRegression(C=1 / (2 * 40 * 0.05), tol=1e-12, solver="newton-cg", max_iter=1000)
    other.fit(X, THREE.targets)
    weights, bias = optimum(risk("softmax", THREE, "cross-entropy", l2(0.05)))
    np.testing.assert_allclose(weights.T, other.coef_, atol=1e-7)
    np.testing.assert_allclose(bias - bias.mean(), other.intercept_ - other.intercept_.mean(), atol=1e-7)


def test_classes_apart_have_no_optimum_until_weights_cost():
    free = risk("logistic", APART, "binary-cross-entropy")
    params, converged = minimize(free)
    assert not converged
    assert float(free.loss(params)) * 40 < np.log(2)
    right = (np.asarray(MODELS["logistic"].predict(params, X)) > 0.5) == APART.targets
    assert right.all()
    assert minimize(risk("logistic", APART, "binary-cross-entropy", l2(1e-4)))[1]


def test_of_collinear_weights_the_ones_nearest_to_the_start_are_found():
    objective = risk("linear", collinear(40, correlation=1.0), "mse")
    weights, _ = optimum(objective)
    np.testing.assert_allclose(weights[0], weights[1], rtol=1e-10)
    params, _ = minimize(objective, {"weights": [1.0, -1.0], "bias": 0.0})
    np.testing.assert_allclose(params["weights"], weights + [1.0, -1.0], rtol=1e-10)


def test_any_smooth_objective_can_be_minimized():
    own = Objective(
        lambda w: np.cosh(1.0) * (w["a"] - 3.0) ** 2 + jax.numpy.exp(w["b"]) - w["b"], {"a": 0.0, "b": 1.0}
    )
    params, converged = minimize(own)
    assert converged
    assert (float(params["a"]), float(params["b"])) == pytest.approx((3.0, 0.0), abs=1e-9)
    with pytest.raises(ValueError, match="structure"):
        minimize(own, {"a": 0.0})


def test_convexity_is_known_of_model_and_loss_together():
    assert is_convex(MODELS["linear"], LOSSES["huber"])
    assert is_convex(MODELS["softmax"], LOSSES["cross-entropy"])
    assert not is_convex(MODELS["logistic"], LOSSES["mae"])
    assert not is_convex(replace(MODELS["linear"], affine=False), LOSSES["mse"])


@pytest.mark.parametrize(
    ("model", "data", "loss", "words"),
    [
        ("linear", TWO, "mse", "`dataset` must be a regression for linear, got two, a classification"),
        ("logistic", NUMBERS, "mse", "`dataset` must be a classification for logistic, got numbers"),
        ("polynomial", NUMBERS, "mse", "`dataset` must have 1 feature for polynomial, got numbers with 2"),
        ("logistic", THREE, "mse", "`dataset` must have 2 classes for logistic, got three with 3"),
        (
            "linear",
            NUMBERS,
            "cross-entropy",
            r"`loss` must fit the identity output of linear \(mse, mae, huber",
        ),
        ("softmax", THREE, "mse", r"`loss` must fit the softmax output of softmax \(cross-entropy.*got mse"),
    ],
)
def test_what_does_not_fit_together_is_refused(model, data, loss, words):
    with pytest.raises(ValueError, match=words):
        risk(model, data, loss)


def test_an_unknown_reduction_is_refused():
    with pytest.raises(ValueError, match="`reduction` must be 'mean' or 'sum', got 'median'"):
        risk("linear", NUMBERS, "mse", None, "median")


def test_a_risk_says_what_it_is():
    ridge = risk("linear", NUMBERS, "mse", l2(0.1))
    assert ridge.name == "numbers-linear-mse"
    assert ridge.title == "Numbers · Linear model · Squared error"
    assert ridge.formula == (
        r"\frac{1}{n} \sum_{(x, t)} (y - t)^2 + \lambda \lVert w \rVert_2^2, \quad y = f(x) = w^\top x + b"
    )
    assert r"\rho" in risk("linear", NUMBERS, "mse", elastic_net(1.0, 0.5)).formula
    assert r"\sigma(z)" in risk("logistic", TWO, "binary-cross-entropy", None, "sum").formula
