"""Risks of every supervised loss: what they are the mean of, their minimizers, and what fits together."""

import jax
import numpy as np
import pytest
import scipy.optimize
import scipy.special
import scipy.stats
import sklearn.metrics
from sklearn.linear_model import LinearRegression, LogisticRegression, PoissonRegressor, QuantileRegressor
from sklearn.svm import SVC

from landscape import DATASETS, LOSSES, MODELS, empirical_risk, evaluate, l2
from landscape.datasets import Dataset
from landscape.losses import SupervisedLoss
from landscape.risk import fitting_losses, is_convex, minimize, on_two_parameters

RANDOM = np.random.default_rng(41)
X = RANDOM.normal(size=(40, 2))
Y = X @ [2.0, -1.0] + 3.0 + RANDOM.standard_t(2, size=40)
NAMES = ("x1", "x2")
NUMBERS = Dataset("numbers", "Numbers", X, Y, NAMES)
COUNTS = Dataset("counts", "Counts", X, RANDOM.poisson(np.exp(X @ [0.5, -0.3] + 1.0)), NAMES)
PARTS = ("centre", "size", "overlap")
BOXES = Dataset("boxes", "Boxes", X, X @ RANDOM.normal(size=(2, 3)) + 1.0, NAMES, target_names=PARTS)
LABELS = (X @ [1.0, -0.5] + 1.2 * RANDOM.normal(size=40) > 1.0).astype(int)
TWO = Dataset("two", "Two", X, LABELS, NAMES, task="classification", class_names=("no", "yes"))
CLASSES = np.arange(40) % 3
THREE = Dataset("three", "Three", X, CLASSES, NAMES, task="classification", class_names=tuple("abc"))
APART = Dataset("apart", "Apart", X, X[:, 0] > 0.4, NAMES, task="classification", class_names=("no", "yes"))

WEIGHTS, BIAS = np.array([0.7, -0.3]), 0.4
ONE = {"weights": WEIGHTS, "bias": np.array(BIAS)}
RAW = X @ WEIGHTS + BIAS
CHANCES = scipy.special.expit(RAW)
MATRIX = {"weights": RANDOM.normal(size=(2, 3)), "bias": RANDOM.normal(size=3)}
RAWS = X @ MATRIX["weights"] + MATRIX["bias"]
SHARES = scipy.special.softmax(RAWS, axis=1)
PAIR = {"weights": RANDOM.normal(size=(2, 2)), "bias": RANDOM.normal(size=2)}
MEAN, LOG_VARIANCE = (X @ PAIR["weights"] + PAIR["bias"]).T
BALANCE = np.where(LABELS == 1, 40 / (2 * LABELS.sum()), 40 / (2 * (1 - LABELS).sum()))

CASES = [
    ("linear", NUMBERS, "log-cosh", ONE, np.log(np.cosh(RAW - Y)).mean()),
    ("linear", NUMBERS, "quantile", ONE, sklearn.metrics.mean_pinball_loss(Y, RAW, alpha=0.5)),
    ("linear", BOXES, "mse", MATRIX, 3 * sklearn.metrics.mean_squared_error(BOXES.targets, RAWS)),
    (
        *("linear", BOXES, "weighted-least-squares", MATRIX),
        11 * sklearn.metrics.mean_squared_error(BOXES.targets, RAWS, multioutput=np.array([5, 5, 1]) / 11),
    ),
    (
        *("gaussian", NUMBERS, "gaussian-nll", PAIR),
        -scipy.stats.norm.logpdf(Y, MEAN, np.exp(LOG_VARIANCE / 2)).mean(),
    ),
    (
        *("poisson", COUNTS, "poisson-nll", ONE),
        -scipy.stats.poisson.logpmf(COUNTS.targets, np.exp(RAW)).mean(),
    ),
    (
        *("logistic", TWO, "balanced-cross-entropy", ONE),
        sklearn.metrics.log_loss(LABELS, CHANCES, sample_weight=BALANCE),
    ),
    ("logistic", TWO, "hinge", ONE, sklearn.metrics.hinge_loss(LABELS, RAW)),
    ("logistic", TWO, "squared-hinge", ONE, (np.maximum(0, 1 - (2 * LABELS - 1) * RAW) ** 2).mean()),
    ("logistic", TWO, "perplexity", ONE, np.exp(sklearn.metrics.log_loss(LABELS, CHANCES))),
    ("logistic", TWO, "dice", ONE, 1 - 2 * CHANCES[LABELS == 1].sum() / (CHANCES.sum() + LABELS.sum())),
    ("softmax", THREE, "perplexity", MATRIX, np.exp(sklearn.metrics.log_loss(CLASSES, SHARES))),
    ("softmax", THREE, "categorical-cross-entropy", MATRIX, sklearn.metrics.log_loss(CLASSES, SHARES)),
    (
        *("softmax", THREE, "label-smoothing", MATRIX),
        0.9 * sklearn.metrics.log_loss(CLASSES, SHARES) - 0.1 * np.log(SHARES).mean(),
    ),
    (
        *("softmax", THREE, "focal", MATRIX),
        (-0.25 * (1 - SHARES) ** 2 * np.log(SHARES))[np.arange(40), CLASSES].mean(),
    ),
]


def risk(model, data, loss, *more, **numbers):
    return empirical_risk(MODELS[model], data, LOSSES[loss].replace(**numbers), *more)


@pytest.mark.parametrize(("model", "data", "loss", "params", "expected"), CASES)
def test_a_risk_is_scikit_learns_and_scipys_number(model, data, loss, params, expected):
    found = risk(model, data, loss, l2(0.3))
    penalty = 0.3 * np.sum(params["weights"] ** 2)
    assert float(found.loss(params)) == pytest.approx(expected + penalty, rel=1e-12)
    assert jax.tree.structure(found.start) == jax.tree.structure(params)
    if LOSSES[loss].whole:
        assert found.on_examples is None
        with pytest.raises(
            ValueError, match=f"`reduction` must be 'mean' for {loss}, a loss of all examples"
        ):
            risk(model, data, loss, None, "sum")
    else:
        once = np.ones(40)
        assert float(found.on_examples(params, once)) == pytest.approx(expected + penalty, rel=1e-12)
        total = risk(model, data, loss, None, "sum").loss(params)
        assert float(total) == pytest.approx(40 * expected, rel=1e-12)


def test_every_supervised_loss_has_a_risk():
    pairs = [(MODELS[m], d) for m in MODELS for d in (NUMBERS, COUNTS, BOXES, TWO, THREE)]
    reached = {loss.name for model, data in pairs for loss in fitting_losses(model, data)}
    assert reached == {name for name, loss in LOSSES.items() if isinstance(loss, SupervisedLoss)}


def test_an_example_counted_twice_counts_twice_with_several_targets():
    boxes = risk("linear", BOXES, "mse")
    counts = RANDOM.integers(0, 3, 40)
    by_hand = (counts @ ((RAWS - BOXES.targets) ** 2).sum(axis=1)) / 40
    assert float(boxes.on_examples(MATRIX, counts)) == pytest.approx(by_hand, rel=1e-12)
    assert np.sum(np.asarray(boxes.residuals(MATRIX)) ** 2) == pytest.approx(float(boxes.loss(MATRIX)))


def test_balanced_weights_stay_those_of_all_examples_in_a_batch():
    balanced = risk("logistic", TWO, "balanced-cross-entropy")
    counts = (np.arange(40) < 10).astype(float)
    losses = BALANCE * np.log1p(np.exp(-RAW * (2 * LABELS - 1)))
    assert float(balanced.on_examples(ONE, counts)) == pytest.approx((counts @ losses) / 40, rel=1e-12)


# --- minimizers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tau", [0.2, 0.8])
def test_quantiles_are_the_linear_programs(tau):
    other = QuantileRegressor(quantile=tau, alpha=0.0).fit(X, Y)
    params, converged = minimize(risk("linear", NUMBERS, "quantile", tau=tau))
    assert converged
    np.testing.assert_allclose(params["weights"], other.coef_, atol=1e-6)
    np.testing.assert_allclose(params["bias"], other.intercept_, atol=1e-6)


def test_rates_are_scikit_learns():
    other = PoissonRegressor(alpha=0.0, tol=1e-10, solver="newton-cholesky").fit(X, COUNTS.targets)
    params, converged = minimize(risk("poisson", COUNTS, "poisson-nll"))
    assert converged
    np.testing.assert_allclose(params["weights"], other.coef_, rtol=1e-7)
    np.testing.assert_allclose(params["bias"], other.intercept_, rtol=1e-7)


def test_weights_of_targets_that_share_nothing_move_no_minimizer():
    other = LinearRegression().fit(X, BOXES.targets)
    params, converged = minimize(risk("linear", BOXES, "weighted-least-squares"))
    assert converged
    np.testing.assert_allclose(params["weights"], other.coef_.T, rtol=1e-9)


def test_balanced_logistic_regression_is_scikit_learns():
    other = LogisticRegression(
        class_weight="balanced", C=1 / (2 * 40 * 0.05), tol=1e-12, solver="newton-cholesky"
    ).fit(X, LABELS)
    params, converged = minimize(risk("logistic", TWO, "balanced-cross-entropy", l2(0.05)))
    assert converged
    np.testing.assert_allclose(params["weights"], other.coef_[0], rtol=1e-6)
    np.testing.assert_allclose(params["bias"], other.intercept_[0], rtol=1e-6)


def test_a_support_vector_machine_is_scikit_learns():
    other = SVC(kernel="linear", C=1 / (2 * 40 * 0.05), tol=1e-9).fit(X, LABELS)
    objective = risk("logistic", TWO, "hinge", l2(0.05))
    params, converged = minimize(objective)
    assert converged
    np.testing.assert_allclose(params["weights"], other.coef_[0], atol=1e-5)
    theirs = {"weights": other.coef_[0], "bias": other.intercept_[0]}
    assert float(objective.loss(params)) == pytest.approx(float(objective.loss(theirs)), abs=1e-8)


def test_a_mean_and_its_spread_are_what_scipy_finds():
    objective = risk("gaussian", DATASETS["spreading-line"], "gaussian-nll")
    params, converged = minimize(objective)
    assert converged
    x, y = DATASETS["spreading-line"].inputs[:, 0], DATASETS["spreading-line"].targets

    def surprise(theta):
        return -scipy.stats.norm.logpdf(
            y, theta[0] * x + theta[1], np.exp((theta[2] * x + theta[3]) / 2)
        ).mean()

    other = scipy.optimize.minimize(surprise, [0.0, 2.0, 0.0, 0.0], method="BFGS", options={"gtol": 1e-8})
    assert float(objective.loss(params)) <= other.fun + 1e-9
    np.testing.assert_allclose(params["weights"][0], other.x[[0, 2]], atol=1e-4)
    np.testing.assert_allclose(params["bias"], other.x[[1, 3]], atol=1e-4)


def test_perplexity_has_the_minimizer_of_cross_entropy():
    entropy, _ = minimize(risk("logistic", TWO, "binary-cross-entropy"))
    perplexed, converged = minimize(risk("logistic", TWO, "perplexity"))
    assert converged
    np.testing.assert_allclose(perplexed["weights"], entropy["weights"], rtol=1e-7)


@pytest.mark.parametrize(
    ("loss", "ends"),
    [("balanced-cross-entropy", False), ("perplexity", False), ("hinge", True), ("label-smoothing", True)],
)
def test_of_classes_apart_only_an_ending_loss_has_a_minimizer(loss, ends):
    objective = risk("logistic", APART, loss)
    params, converged = minimize(objective)
    assert converged == ends
    right = (np.asarray(MODELS["logistic"].predict(params, X)) > 0.5) == APART.targets
    assert right.all() or loss == "label-smoothing"  # which would rather not be too sure of the others
    if loss == "hinge":
        assert float(objective.loss(params)) == pytest.approx(0.0, abs=1e-9)


# --- what fits together ----------------------------------------------------------------------------------


def test_convexity_is_that_of_the_raw_output():
    convex = {
        (model, loss.name): is_convex(MODELS[model], loss)
        for model, data in (("logistic", TWO), ("softmax", THREE), ("poisson", COUNTS), ("gaussian", NUMBERS))
        for loss in fitting_losses(MODELS[model], data)
    }
    assert convex["softmax", "categorical-cross-entropy"]
    assert convex["poisson", "poisson-nll"]
    assert convex["logistic", "hinge"]
    assert convex["softmax", "perplexity"]
    for loss in ("mse", "mae", "huber", "dice", "generalized-dice", "dice-cross-entropy", "focal"):
        assert not convex["logistic", loss]
    assert not convex["gaussian", "gaussian-nll"]


def test_losses_are_offered_where_they_make_sense():
    names = [loss.name for loss in fitting_losses(MODELS["linear"], BOXES)]
    assert names[0] == "weighted-least-squares"
    assert "weighted-least-squares" not in [each.name for each in fitting_losses(MODELS["linear"], NUMBERS)]
    assert fitting_losses(MODELS["poisson"], NUMBERS) == []
    assert fitting_losses(MODELS["polynomial"], NUMBERS) == []
    assert fitting_losses(MODELS["gaussian"], BOXES) == []
    assert fitting_losses(MODELS["softmax"], THREE)[0].name == "cross-entropy"


@pytest.mark.parametrize(
    ("model", "data", "loss", "words"),
    [
        (
            "poisson",
            NUMBERS,
            "poisson-nll",
            "`dataset` must fit poisson-nll, got numbers: `target` must be a count",
        ),
        (
            *("linear", NUMBERS, "weighted-least-squares"),
            r"`loss` must take predictions \(40,\) of linear beside targets \(40,\) of numbers, got weighted",
        ),
        ("gaussian", BOXES, "gaussian-nll", r"`loss` must take predictions \(40, 2\).*targets \(40, 3\)"),
        ("linear", NUMBERS, "triplet", "`loss` must take predictions and targets, got triplet"),
    ],
)
def test_what_does_not_fit_together_is_refused(model, data, loss, words):
    with pytest.raises(ValueError, match=words):
        risk(model, data, loss)


def test_a_slice_of_a_loss_that_is_not_convex_goes_through_the_optimum_of_cross_entropy():
    data = DATASETS["rare-class"].select("x1")
    dice = on_two_parameters(MODELS["logistic"], data, LOSSES["dice"], ("weights", 0), ("bias",))
    entropy = on_two_parameters(
        MODELS["logistic"], data, LOSSES["binary-cross-entropy"], ("weights", 0), ("bias",)
    )
    assert dice.domain == entropy.domain
    assert dice.minimizers is None
    assert dice.formula.startswith("1 - ")


def test_no_place_in_the_window_of_a_spread_lies_below_its_minimizer():
    first, second = ("weights", 0, 0), ("weights", 0, 1)
    part = on_two_parameters(
        MODELS["gaussian"], DATASETS["spreading-line"], LOSSES["gaussian-nll"], first, second
    )
    values = evaluate(part, resolution=101).values
    assert values.min() >= part.minimum
    assert values.min() == pytest.approx(part.minimum, abs=0.01)
    assert values.max() < 1e4, "the window ends before the loss explodes"
    at = jax.grad(part.loss)(part.minimizers[0])
    np.testing.assert_allclose(at, 0.0, atol=1e-8)
