"""Losses of numbers against SciPy's densities, scikit-learn and closed forms, and at their edges."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
import sklearn.metrics

from landscape.losses import LOSSES

RANDOM = np.random.default_rng(17)
PREDICTIONS, TARGETS = 3.0 * RANDOM.normal(size=(2, 50))
COUNTS = RANDOM.poisson(3.0, 50)
INF = np.inf


def slopes(name, prediction, target, **numbers):
    def total(prediction):
        return LOSSES[name](prediction, target, **numbers).sum()

    return np.asarray(jax.grad(total)(jnp.asarray(prediction)))


def test_log_cosh_is_the_surprise_of_a_hyperbolic_secant():
    surprise = -scipy.stats.hypsecant.logpdf(TARGETS, PREDICTIONS) - np.log(np.pi)
    np.testing.assert_allclose(LOSSES["log-cosh"](PREDICTIONS, TARGETS), surprise, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(
        slopes("log-cosh", PREDICTIONS, TARGETS), np.tanh(PREDICTIONS - TARGETS), rtol=1e-12, atol=1e-15
    )


def test_log_cosh_never_overflows():
    # cosh(1000) is far beyond what a float holds; its logarithm is 1000 - log 2 to all digits.
    assert LOSSES["log-cosh"]([1000.0, -1000.0, INF], [0.0, 0.0, 0.0]).tolist() == [
        1000.0 - np.log(2.0),
        1000.0 - np.log(2.0),
        INF,
    ]
    assert slopes("log-cosh", [1000.0, -1000.0], [0.0, 0.0]).tolist() == [1.0, -1.0]


@pytest.mark.parametrize("tau", [0.05, 0.5, 0.8])
def test_the_quantile_loss_is_scikit_learns_and_an_asymmetric_laplace(tau):
    losses = LOSSES["quantile"](PREDICTIONS, TARGETS, tau=tau)
    assert float(losses.mean()) == pytest.approx(
        sklearn.metrics.mean_pinball_loss(TARGETS, PREDICTIONS, alpha=tau), rel=1e-14
    )
    scale = 1.0 / np.sqrt(tau * (1.0 - tau))
    surprise = -scipy.stats.laplace_asymmetric.logpdf(TARGETS, np.sqrt(tau / (1.0 - tau)), PREDICTIONS, scale)
    constant = -scipy.stats.laplace_asymmetric.logpdf(0.0, np.sqrt(tau / (1.0 - tau)), 0.0, scale)
    np.testing.assert_allclose(losses, surprise - constant, rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(
        slopes("quantile", PREDICTIONS, TARGETS, tau=tau), np.where(PREDICTIONS > TARGETS, 1.0 - tau, -tau)
    )


def test_the_median_costs_half_the_absolute_error_and_stands_still_at_its_corner():
    half = 0.5 * np.asarray(LOSSES["mae"](PREDICTIONS, TARGETS))
    np.testing.assert_allclose(LOSSES["quantile"](PREDICTIONS, TARGETS), half, rtol=1e-15)
    assert slopes("quantile", [2.0], [2.0], tau=0.9).tolist() == [0.0]
    assert LOSSES["quantile"]([-INF, INF, 3.0], [0.0, 0.0, 3.0], tau=0.2).tolist() == [INF, INF, 0.0]


@pytest.mark.parametrize("width", [1e-6, 0.1, 3.0])
@pytest.mark.parametrize("tau", [0.2, 0.9])
def test_a_rounded_quantile_stays_near_it(width, tau):
    quantile = LOSSES["quantile"].replace(tau=tau)
    above = quantile.rounded(PREDICTIONS, TARGETS, width, tau=tau) - quantile(PREDICTIONS, TARGETS)
    assert (above > -1e-12).all()
    assert (above <= width / 2 + 1e-12).all()


@pytest.mark.parametrize("tau", [0.0, 1.0, -0.1, np.nan])
def test_a_quantile_is_inside_0_and_1(tau):
    with pytest.raises(ValueError, match="`tau` must be above 0 and below 1, got"):
        LOSSES["quantile"].replace(tau=tau)


def test_a_box_costs_the_weighted_squares_of_its_parts():
    predicted, wanted = RANDOM.normal(size=(2, 7, 3))
    expected = ((predicted - wanted) ** 2) @ [5.0, 5.0, 1.0]
    box = LOSSES["weighted-least-squares"]
    np.testing.assert_allclose(box(predicted, wanted), expected, rtol=1e-14)
    assert float(box([1.0, 2.0, 3.0], [0.0, 0.0, 5.0])) == 5 * 1 + 5 * 4 + 1 * 4
    assert float(box([1.0, 2.0, INF], [0.0, 0.0, 5.0], centre=2.0, size=0.5, overlap=0.0)) == 4.0
    # As independent Gaussians with the variances 1 / (2 λ).
    surprise = -scipy.stats.norm.logpdf(wanted, predicted, 1 / np.sqrt(2.0 * np.array([5.0, 5.0, 1.0])))
    constant = 0.5 * np.log(np.pi / np.array([5.0, 5.0, 1.0])).sum()
    np.testing.assert_allclose(box(predicted, wanted), surprise.sum(axis=1) - constant, rtol=1e-10)


def test_a_gaussian_with_its_variance_is_scipys_and_pytorchs():
    variances = np.exp(RANDOM.normal(size=50))
    predicted = np.stack([PREDICTIONS, variances], axis=-1)
    losses = LOSSES["gaussian-nll"](predicted, TARGETS)
    surprise = -scipy.stats.norm.logpdf(TARGETS, PREDICTIONS, np.sqrt(variances))
    np.testing.assert_allclose(losses, surprise, rtol=1e-12)
    # torch.nn.GaussianNLLLoss(full=True): ½ (log var + (input - target)² / var) + ½ log 2π
    theirs = 0.5 * (np.log(variances) + (PREDICTIONS - TARGETS) ** 2 / variances) + 0.5 * np.log(2 * np.pi)
    np.testing.assert_allclose(losses, theirs, rtol=1e-13)


def test_without_variance_all_mass_stands_at_the_mean():
    predicted = [[1.0, 0.0], [2.0, 0.0], [1.0, INF]]
    assert LOSSES["gaussian-nll"](predicted, [1.0, 1.0, 1.0]).tolist() == [-INF, INF, INF]


def test_poisson_is_scipys():
    losses = LOSSES["poisson-nll"](PREDICTIONS, COUNTS)
    np.testing.assert_allclose(losses, -scipy.stats.poisson.logpmf(COUNTS, np.exp(PREDICTIONS)), rtol=1e-11)
    np.testing.assert_allclose(slopes("poisson-nll", PREDICTIONS, COUNTS), np.exp(PREDICTIONS) - COUNTS)


def test_a_rate_of_0_never_counts_and_an_endless_one_never_ends():
    assert LOSSES["poisson-nll"]([-INF, -INF, INF, INF], [0, 1, 0, 7]).tolist() == [0.0, INF, INF, INF]


@pytest.mark.parametrize(
    ("name", "prediction", "target", "words"),
    [
        ("weighted-least-squares", [1.0, 2.0], [1.0, 2.0], r"`prediction` must have the shape \(3,\)"),
        ("weighted-least-squares", np.zeros((5, 3)), np.zeros(5), r"`target` must have the shape \(5, 3\)"),
        (
            "gaussian-nll",
            [[0.0, 1.0], [0.0, -0.5]],
            [0.0, 0.0],
            r"`prediction` must hold variances.*got -0\.5",
        ),
        ("gaussian-nll", [0.0, 1.0], [0.0, 0.0], r"`target` must have the shape \(\), got \(2,\)"),
        ("poisson-nll", [0.0], [-1], "`target` must be a count, 0, 1, 2, …, got -1"),
        ("poisson-nll", [0.0], [0.5], r"`target` must be a count, 0, 1, 2, …, got 0\.5"),
    ],
)
def test_what_does_not_fit_is_refused(name, prediction, target, words):
    with pytest.raises(ValueError, match=words):
        LOSSES[name](prediction, target)
