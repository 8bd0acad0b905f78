"""Penalties and combinations against SciPy's densities, closed forms and counts by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special
import scipy.stats

from landscape import LOSSES, elastic_net

WEIGHTS = np.array([3.0, -4.0, 0.0, 0.5])
RANDOM = np.random.default_rng(11)


def test_penalties_are_negative_log_priors():
    for strength in (0.3, 2.0):
        laplace = scipy.stats.laplace(scale=1.0 / strength)
        gaussian = scipy.stats.norm(scale=np.sqrt(0.5 / strength))
        for name, prior in (("l1", laplace), ("l2", gaussian)):
            wanted = np.sum(prior.logpdf(0.0) - prior.logpdf(WEIGHTS))
            assert LOSSES[name](WEIGHTS, strength=strength).item() == pytest.approx(wanted, rel=1e-13)


@pytest.mark.parametrize("l1_ratio", [0.0, 0.25, 1.0])
def test_the_elastic_net_is_the_penalty_of_a_risk(l1_ratio):
    entry = LOSSES["elastic-net"].replace(strength=0.7, l1_ratio=l1_ratio)
    wanted = 0.7 * (l1_ratio * 7.5 + (1.0 - l1_ratio) * 25.25)
    assert entry(WEIGHTS).item() == pytest.approx(wanted, rel=1e-14)
    assert entry(WEIGHTS).item() == elastic_net(0.7, l1_ratio)(WEIGHTS).item()


def test_slopes_of_penalties():
    def slopes(name):
        return jax.grad(lambda weights: LOSSES[name](weights, strength=2.0))(jnp.asarray(WEIGHTS))

    np.testing.assert_array_equal(slopes("l1"), 2.0 * np.sign(WEIGHTS))
    np.testing.assert_array_equal(slopes("l2"), 4.0 * WEIGHTS)


def test_a_weighted_sum_takes_its_shares():
    loss = LOSSES["weighted-sum"]
    assert loss([8.0, 4.0]).item() == 6.0
    assert loss([[8.0, 4.0], [1.0, 2.0]], share=0.25).tolist() == [5.0, 1.75]
    # What has no share does not count, not even if it is infinite.
    assert loss([np.inf, 4.0], share=0.0).item() == 4.0
    assert loss([3.0, np.inf], share=1.0).item() == 3.0
    assert loss([3.0, np.inf], share=0.5).item() == np.inf


def test_uncertainty_weighting_is_a_gaussian_likelihood_of_each_task():
    residuals, log_variances = RANDOM.normal(size=(2, 20, 3))
    densities = scipy.stats.norm.logpdf(residuals, scale=np.exp(log_variances / 2))
    wanted = -densities.sum(axis=1) - 1.5 * np.log(2.0 * np.pi)
    losses = LOSSES["uncertainty-weighting"](residuals**2, log_variances)
    np.testing.assert_allclose(losses, wanted, rtol=1e-12)
    # Kendall, Gal, Cipolla (2018), eq. 7, at σ = (2, ½): L₁ / 8 + 2 L₂ + log 2 + log ½.
    assert LOSSES["uncertainty-weighting"]([8.0, 3.0], np.log([4.0, 0.25])).item() == pytest.approx(7.0)


def test_the_demographic_parity_gap_is_counted_by_hand():
    loss = LOSSES["demographic-parity"]
    # Group 1: (0.9 + 0.6) / 2 = 0.75; group 0: (0.2 + 0.1 + 0.6) / 3 = 0.3.
    probabilities, group = [0.9, 0.2, 0.1, 0.6, 0.6], np.array([1, 0, 0, 1, 0])
    assert loss(probabilities, group).item() == pytest.approx(0.45, rel=1e-14)
    assert loss(probabilities, 1 - group, strength=2.0).item() == pytest.approx(0.9, rel=1e-14)
    slopes = jax.grad(lambda p: loss(p, group))
    third = 1 / 3
    np.testing.assert_allclose(slopes(jnp.array(probabilities)), [0.5, -third, -third, 0.5, -third])
    np.testing.assert_array_equal(slopes(jnp.full(5, 0.5)), 0.0)


def test_expected_reward_is_the_mean_over_the_policy():
    logits, rewards = RANDOM.normal(size=(2, 10, 4))
    policies = scipy.special.softmax(logits, axis=1)
    wanted = -np.sum(policies * rewards, axis=1)
    np.testing.assert_allclose(LOSSES["expected-reward"](logits, rewards), wanted, rtol=1e-13)
    certain = LOSSES["expected-reward"]([1000.0, 0.0, -np.inf], [2.0, 5.0, 9.0])
    assert certain.item() == -2.0


def test_reinforce_estimates_the_gradient_of_the_expected_reward():
    logits, rewards = RANDOM.normal(size=(2, 4))
    policy = scipy.special.softmax(logits)
    # Williams (1992): -r ∇ log π(a), each action as often as the policy takes it; a baseline changes nothing.
    for baseline in (0.0, 3.0):
        estimates = -(rewards - baseline)[:, None] * (np.eye(4) - policy)
        gradient = jax.grad(LOSSES["expected-reward"].function)(jnp.asarray(logits), jnp.asarray(rewards))
        np.testing.assert_allclose(gradient, policy @ estimates, rtol=1e-12, atol=1e-15)


def test_nan_is_a_result():
    for name, arrays in {
        "l1": ([np.nan, 1.0],),
        "l2": ([np.nan, 1.0],),
        "elastic-net": ([np.nan, 1.0],),
        "weighted-sum": ([np.nan, 1.0],),
        "uncertainty-weighting": ([np.nan, 1.0], [0.0, 0.0]),
        "demographic-parity": ([np.nan, 0.5], [0, 1]),
        "expected-reward": ([np.nan, 0.0], [1.0, 2.0]),
    }.items():
        assert np.isnan(LOSSES[name](*arrays)), name


@pytest.mark.parametrize(
    ("name", "arrays", "words"),
    [
        ("l1", ([[1.0]],), r"`weights` must have the shape \(d,\), got \(1, 1\)"),
        ("elastic-net", ([],), "`weights` must hold at least 1 example"),
        ("weighted-sum", ([1.0, 2.0, 3.0],), r"`losses` must have the shape \(2,\), got \(3,\)"),
        ("weighted-sum", ([1.0, 2.0], [0.5, 0.5]), "must be given `losses`, got 2 arrays"),
        ("uncertainty-weighting", ([1.0, -2.0], [0.0, 0.0]), "`losses` must be at least 0, got -2"),
        ("uncertainty-weighting", ([1.0, 2.0], [0.0]), r"`log_variances` must have the shape \(2,\)"),
        ("demographic-parity", ([0.5, 1.2], [0, 1]), "`probabilities` must be from 0 to 1, got 1.2"),
        ("demographic-parity", ([0.5, 0.2], [0, 2]), "`group` must be 0 or 1, got 2"),
        ("demographic-parity", ([0.5, 0.2], [1, 1]), "`group` must hold both groups, 0 and 1, got only 1"),
        ("expected-reward", ([0.0, 0.0], [1.0]), r"`rewards` must have the shape \(2,\), got \(1,\)"),
    ],
)
def test_what_does_not_fit_is_refused(name, arrays, words):
    with pytest.raises(ValueError, match=words):
        LOSSES[name](*arrays)


@pytest.mark.parametrize(
    ("name", "numbers", "words"),
    [
        ("l1", {"strength": -1.0}, "`strength` must be a finite number, at least 0, got -1"),
        ("l2", {"strength": np.inf}, "`strength` must be a finite number, at least 0, got inf"),
        ("elastic-net", {"l1_ratio": 1.1}, "`l1_ratio` must be from 0 to 1, got 1.1"),
        ("weighted-sum", {"share": -0.1}, "`share` must be from 0 to 1, got -0.1"),
        (
            "demographic-parity",
            {"strength": np.nan},
            "`strength` must be a finite number, at least 0, got nan",
        ),
        ("expected-reward", {"strength": 1.0}, r"`strength` must be a parameter of expected-reward \(none\)"),
    ],
)
def test_a_number_that_is_not_valid_is_refused(name, numbers, words):
    with pytest.raises(ValueError, match=words):
        LOSSES[name].replace(**numbers)
