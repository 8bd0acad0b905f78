"""Losses of distributions against SciPy, and at their edges."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special
import scipy.stats
from jax.test_util import check_grads
from scipy.spatial.distance import jensenshannon

from landscape import LOSSES

RANDOM = np.random.default_rng(5)
P, Q = RANDOM.dirichlet(np.ones(6), size=(2, 30))
SPARSE = np.where(RANDOM.uniform(size=P.shape) < 0.4, 0.0, P)
SPARSE = SPARSE / SPARSE.sum(axis=1, keepdims=True)

SAMPLES = {
    "sizes with no common factor": (RANDOM.normal(size=8), 2.0 + RANDOM.normal(size=13)),
    "ties": (np.array([1.0, 1.0, 2.0, 5.0]), np.array([1.0, 2.0, 2.0, 2.0, 1.0, 0.0])),
    "whole numbers": RANDOM.integers(0, 4, size=(2, 30)).astype(float),
}


def test_kl_is_scipys():
    kl = LOSSES["kl-divergence"]
    np.testing.assert_allclose(kl(P, Q), scipy.stats.entropy(P, Q, axis=1), rtol=1e-12)
    wanted = scipy.special.rel_entr(SPARSE, Q).sum(axis=1)
    np.testing.assert_allclose(kl(SPARSE, Q), wanted, rtol=1e-12)
    # PyTorch 2.13, float64: KLDivLoss(reduction="none")(q.log(), p).sum(-1).
    np.testing.assert_allclose(
        kl([[0.2, 0.5, 0.3], [0.0, 0.4, 0.6]], [[0.1, 0.6, 0.3], [0.3, 0.3, 0.4]]),
        [0.04746865771501174, 0.358351893845611],
        rtol=1e-14,
    )


def test_kl_is_infinite_where_something_that_happens_is_left_out():
    kl = LOSSES["kl-divergence"]
    np.testing.assert_array_equal(np.isinf(kl(P, SPARSE)), (SPARSE == 0).any(axis=1))
    assert kl([1.0, 0.0], [0.0, 1.0]).item() == np.inf
    assert kl([1.0, 0.0], [1.0, 0.0]).item() == 0.0
    assert kl([1.0, 0.0], [0.5, 0.5]).item() == pytest.approx(np.log(2.0), rel=1e-15)
    np.testing.assert_array_equal(kl(SPARSE, SPARSE), 0.0)


def test_js_is_the_square_of_scipys():
    js = LOSSES["js-divergence"]
    for p, q in ((P, Q), (SPARSE, Q)):
        np.testing.assert_allclose(js(p, q), jensenshannon(p, q, axis=1) ** 2, rtol=1e-10)
        np.testing.assert_allclose(js(p, q), js(q, p), rtol=1e-13)


def test_js_is_log_2_where_nothing_is_shared():
    assert LOSSES["js-divergence"]([0.3, 0.7, 0.0, 0.0], [0.0, 0.0, 0.9, 0.1]).item() == pytest.approx(
        np.log(2.0), rel=1e-15
    )
    np.testing.assert_array_equal(LOSSES["js-divergence"](SPARSE, SPARSE), 0.0)


def test_slopes_of_divergences_are_finite_where_they_are():
    p, q = jnp.array([0.25, 0.75, 0.0, 0.0]), jnp.array([0.0, 0.5, 0.5, 0.0])
    along_p, along_q = jax.jit(jax.grad(LOSSES["js-divergence"].function, argnums=(0, 1)))(p, q)
    # d/dp is ½ log(p / m). At p = 0 < q, where that is -∞, only what comes through m is left.
    np.testing.assert_allclose(
        along_p, [0.5 * np.log(2.0), 0.5 * np.log(0.75 / 0.625), -0.5, 0.0], rtol=1e-14
    )
    np.testing.assert_allclose(along_q, [-0.5, 0.5 * np.log(0.5 / 0.625), 0.5 * np.log(2.0), 0.0], rtol=1e-14)
    away, towards = jax.jit(jax.grad(LOSSES["kl-divergence"].function, argnums=(0, 1)))(q, jnp.full(4, 0.25))
    np.testing.assert_allclose(away, [0.0, 1.0 + np.log(2.0), 1.0 + np.log(2.0), 0.0], rtol=1e-14)
    np.testing.assert_allclose(towards, [0.0, -2.0, -2.0, 0.0], rtol=1e-14)


def test_slopes_are_differences_of_losses():
    # The functions look at no values, so these may leave the simplex.
    for name in ("kl-divergence", "js-divergence"):
        check_grads(jax.jit(LOSSES[name].function), (P[0] + 0.1, Q[0] + 0.1), order=1, modes=["rev"])
    samples = SAMPLES["sizes with no common factor"]
    check_grads(jax.jit(LOSSES["wasserstein"].function), samples, order=1, modes=["rev"])


@pytest.mark.parametrize("name", SAMPLES)
def test_wasserstein_is_scipys(name):
    first, second = SAMPLES[name]
    distance = LOSSES["wasserstein"](first, second).item()
    assert distance == pytest.approx(scipy.stats.wasserstein_distance(first, second), rel=1e-12)
    assert LOSSES["wasserstein"](second, first).item() == pytest.approx(distance, rel=1e-14)
    # A sample is as far from itself moved as it is moved, and a sample repeated is the same distribution.
    assert LOSSES["wasserstein"](first, first - 3.0).item() == pytest.approx(3.0, rel=1e-14)
    assert LOSSES["wasserstein"](first, np.tile(first, 3)).item() == 0.0


def test_wasserstein_has_the_slope_1_wherever_the_other_lies():
    move = jax.grad(
        lambda by: LOSSES["wasserstein"].function(SAMPLES["ties"][0] + by, jnp.array([20.0, 21.0]))
    )
    assert move(0.0) == pytest.approx(-1.0, rel=1e-15)
    assert move(100.0) == pytest.approx(1.0, rel=1e-15)
    # Each of a sample's numbers carries its share, equal ones too; where samples coincide the slope is 0.
    each = jax.grad(LOSSES["wasserstein"].function)
    np.testing.assert_allclose(each(jnp.array([1.0, 1.0]), jnp.array([3.0])), [-0.5, -0.5], rtol=1e-15)
    np.testing.assert_array_equal(each(jnp.array([1.0, 2.0]), jnp.array([2.0, 1.0])), 0.0)


def test_the_best_critic_of_slope_1_reaches_minus_the_wasserstein_distance():
    real, generated = SAMPLES["sizes with no common factor"]
    places = np.sort(np.concatenate([real, generated]))
    ahead = [np.mean(generated <= place) - np.mean(real <= place) for place in places[:-1]]
    # Kantorovich's potential in one dimension climbs where more has been generated than is real so far.
    heights = np.concatenate([[0.0], np.cumsum(np.sign(ahead) * np.diff(places))])
    scores = [np.interp(sample, places, heights) for sample in (real, generated)]
    assert LOSSES["wasserstein-critic"](*scores).item() == pytest.approx(
        -scipy.stats.wasserstein_distance(real, generated), rel=1e-12
    )
    for slope in (1.0, -1.0):
        other = LOSSES["wasserstein-critic"](slope * real, slope * generated).item()
        assert other >= -scipy.stats.wasserstein_distance(real, generated) - 1e-12


def test_the_critic_takes_means_of_samples_of_any_sizes():
    assert LOSSES["wasserstein-critic"]([1.0, 3.0], [0.0, 1.0, 5.0, 6.0]).item() == 1.0
    slopes = jax.grad(LOSSES["wasserstein-critic"].function, argnums=(0, 1))(jnp.zeros(2), jnp.zeros(4))
    assert [slope.tolist() for slope in slopes] == [[-0.5, -0.5], [0.25] * 4]


def test_nan_is_a_result():
    for name in ("kl-divergence", "js-divergence"):
        for arrays in (([np.nan, 0.0], [0.5, 0.5]), ([0.0, 1.0], [np.nan, 0.5])):
            assert np.isnan(LOSSES[name](*arrays))
    for name in ("wasserstein", "wasserstein-critic"):
        assert np.isnan(LOSSES[name]([np.nan, 0.0], [0.5]))


@pytest.mark.parametrize(
    ("name", "arrays", "words"),
    [
        (
            "kl-divergence",
            ([0.5, 0.6], [0.5, 0.5]),
            "`p` must be probabilities that sum to 1, got .* 1.1",
        ),
        (
            "js-divergence",
            ([0.5, 0.5], [0.5, 0.4]),
            "`q` must be probabilities that sum to 1, got .* 0.9",
        ),
        ("kl-divergence", ([0.5, 0.5], [1.5, -0.5]), "`q` must be from 0 to 1, got 1.5"),
        ("js-divergence", ([-0.5, 1.5], [0.5, 0.5]), "`p` must be from 0 to 1, got -0.5"),
        ("kl-divergence", ([0.5, 0.5], [1.0]), r"`q` must have the shape \(2,\), got \(1,\)"),
        ("wasserstein", ([], [1.0]), "`first` must hold at least 1 example"),
        ("wasserstein", ([[1.0]], [1.0]), r"`first` must have the shape \(n,\), got \(1, 1\)"),
        ("wasserstein-critic", ([1.0], []), "`generated` must hold at least 1 example"),
    ],
)
def test_what_does_not_fit_is_refused(name, arrays, words):
    with pytest.raises(ValueError, match=words):
        LOSSES[name](*arrays)
