"""Standard errors against NumPy's closed forms: lines, ridges, logistic and Poisson regressions."""

import numpy as np
import pytest
import scipy.special

from landscape import DATASETS, FUNCTIONS, LOSSES, MODELS, elastic_net, empirical_risk, l1, l2
from landscape.datasets import Dataset
from landscape.risk import StatisticsError, fit_statistics, minimize

DIABETES = DATASETS["diabetes"].select("bmi", "bp", "s5")
DESIGN = np.column_stack([np.ones(442), DIABETES.inputs])
"""A pytree's leaves stand in alphabetical order: the bias before the weights."""


def fit(model, data, loss, penalty=None, reduction="mean"):
    risk = empirical_risk(MODELS[model], data, LOSSES[loss], penalty, reduction)
    params, converged = minimize(risk)
    assert converged
    return fit_statistics(risk, params), params


def numbers(params):
    return np.concatenate([np.ravel(params["bias"]), np.ravel(params["weights"])])


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_a_linear_regression_against_its_closed_form(reduction):
    found, _ = fit("linear", DIABETES, "mse", reduction=reduction)
    solution, squares, *_ = np.linalg.lstsq(DESIGN, DIABETES.targets)
    spread = squares[0] / (442 - 4)
    covariance = spread * np.linalg.inv(DESIGN.T @ DESIGN)
    np.testing.assert_allclose(found.covariance, covariance, rtol=1e-9, atol=1e-9 * np.abs(covariance).max())
    np.testing.assert_allclose(numbers(found.standard_errors), np.sqrt(np.diag(covariance)), rtol=1e-9)
    np.testing.assert_allclose(found.residuals, DIABETES.targets - DESIGN @ solution, atol=1e-7)
    assert found.residual_standard_deviation == pytest.approx(np.sqrt(spread), rel=1e-10)
    scaled = DESIGN / np.linalg.norm(DESIGN, axis=0)
    assert found.condition_number == pytest.approx(np.linalg.cond(scaled), rel=1e-8)
    assert found.unscaled_condition_number == pytest.approx(np.linalg.cond(DESIGN), rel=1e-8)


def test_errors_away_from_the_minimizer_follow_the_residuals_there():
    risk = empirical_risk(MODELS["linear"], DIABETES, LOSSES["mse"])
    found = fit_statistics(risk, risk.start)
    np.testing.assert_array_equal(found.residuals, DIABETES.targets)
    assert found.residual_sum_of_squares == pytest.approx(np.sum(DIABETES.targets**2), rel=1e-12)


def test_a_ridge_against_its_closed_form():
    strength = 0.02
    found, _ = fit("linear", DIABETES, "mse", l2(strength))
    system = DESIGN.T @ DESIGN + 442 * strength * np.diag([0.0, 1.0, 1.0, 1.0])
    inverse = np.linalg.inv(system)
    estimate = inverse @ DESIGN.T @ DIABETES.targets
    squares = np.sum((DIABETES.targets - DESIGN @ estimate) ** 2)
    degrees = 442 - np.trace(DESIGN @ inverse @ DESIGN.T)
    assert found.method == "ridge"
    assert found.degrees_of_freedom == pytest.approx(degrees, rel=1e-10)
    np.testing.assert_allclose(found.covariance, squares / degrees * inverse, rtol=1e-8, atol=1e-8)


def test_a_logistic_regression_against_its_closed_form():
    data = DATASETS["breast-cancer"].select("mean radius", "mean texture").standardize()
    found, params = fit("logistic", data, "binary-cross-entropy")
    design = np.column_stack([np.ones(data.num_examples), data.inputs])
    chance = scipy.special.expit(design @ numbers(params))
    information = design.T @ ((chance * (1 - chance))[:, None] * design)
    np.testing.assert_allclose(found.covariance, np.linalg.inv(information), rtol=1e-8)
    np.testing.assert_allclose(found.residuals, data.targets - chance, atol=1e-12)
    assert (found.method, found.residual_standard_deviation) == ("likelihood", None)


def test_a_poisson_regression_against_its_closed_form():
    found, params = fit("poisson", DATASETS["counts"], "poisson-nll", reduction="sum")
    design = np.column_stack([np.ones(60), DATASETS["counts"].inputs])
    rates = np.exp(design @ numbers(params))
    np.testing.assert_allclose(
        found.covariance, np.linalg.inv(design.T @ (rates[:, None] * design)), rtol=1e-8
    )


def test_what_the_data_do_not_tell_has_an_infinite_error():
    x = np.linspace(0.0, 1.0, 9)
    twice = Dataset("twice", "Twice", np.column_stack([x, 2 * x]), x**2, ("a", "b"))
    risk = empirical_risk(MODELS["linear"], twice, LOSSES["mse"])
    found = fit_statistics(risk, risk.start)
    assert (found.rank, found.condition_number) == (2, np.inf)
    assert found.degrees_of_freedom == len(found.residuals) - 2
    assert np.isposinf(found.standard_errors["weights"]).all()
    assert np.isfinite(found.standard_errors["bias"])
    softmax = empirical_risk(MODELS["softmax"], DATASETS["iris"], LOSSES["cross-entropy"])
    many = fit_statistics(softmax, softmax.start)
    # One class's logits can be chosen at will.
    assert many.rank == 10
    assert many.residuals is None
    assert np.isposinf(many.standard_errors["weights"]).all()


@pytest.mark.parametrize(
    ("model", "data", "loss", "penalty", "kind"),
    [
        ("linear", DIABETES, "mae", None, "no-likelihood"),
        ("linear", DIABETES, "huber", None, "no-likelihood"),
        ("logistic", DATASETS["moons"], "hinge", None, "no-likelihood"),
        ("linear", DIABETES, "mse", l1(0.1), "corners"),
        ("linear", DIABETES, "mse", elastic_net(0.1, 0.5), "corners"),
    ],
)
def test_what_is_no_likelihood_has_no_standard_errors(model, data, loss, penalty, kind):
    risk = empirical_risk(MODELS[model], data, LOSSES[loss], penalty)
    with pytest.raises(StatisticsError) as error:
        fit_statistics(risk, risk.start)
    assert error.value.kind == kind
    assert str(error.value).startswith("`risk` must")


def test_no_more_examples_than_parameters_are_told():
    few = Dataset("few", "Few", [[0.0], [1.0]], [1.0, 2.0], ("x",))
    risk = empirical_risk(MODELS["linear"], few, LOSSES["mse"])
    with pytest.raises(StatisticsError, match="got 2 and 2"):
        fit_statistics(risk, risk.start)
    ridge = empirical_risk(MODELS["linear"], few, LOSSES["mse"], l2(1.0))
    assert 0 < fit_statistics(ridge, ridge.start).degrees_of_freedom < 2


def test_only_a_risk_and_its_own_parameters_are_taken():
    with pytest.raises(ValueError, match="`risk` must be an empirical risk, got booth"):
        fit_statistics(FUNCTIONS["booth"], [0.0, 0.0])
    risk = empirical_risk(MODELS["linear"], DIABETES, LOSSES["mse"])
    with pytest.raises(ValueError, match="`params` must"):
        fit_statistics(risk, [0.0, 0.0])
    with pytest.raises(StatisticsError, match="finite"):
        fit_statistics(risk, {"weights": [np.nan, 0.0, 0.0], "bias": 0.0})
