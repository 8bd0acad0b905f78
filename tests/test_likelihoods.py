"""Likelihoods against SciPy's distributions, and entropies against SciPy's and closed forms."""

import math
import re

import numpy as np
import pytest
from compiling import counted
from scipy import optimize, special, stats

from landscape.likelihoods import (
    LIKELIHOODS,
    cross_entropy_terms,
    decompose,
    entropy,
    logit_gradient,
    softmax,
    to_logits,
)
from landscape.losses import LOSSES

INF = math.inf
CATEGORICAL = LIKELIHOODS["categorical"]
SINGLE = [name for name in LIKELIHOODS if name != "categorical"]


def scipy_logarithms(name, data, parameter):
    """What SciPy says of the same."""
    if name == "categorical":
        chances = special.softmax(np.append(parameter, 0.0))
        return stats.multinomial.logpmf(np.eye(3)[data], 1, chances)
    return {
        "gaussian": lambda: stats.norm.logpdf(data, parameter),
        "laplace": lambda: stats.laplace.logpdf(data, parameter),
        "bernoulli": lambda: stats.bernoulli.logpmf(data, parameter),
        "poisson": lambda: stats.poisson.logpmf(data, parameter),
    }[name]()


def somewhere(likelihood):
    """Parameters all over the range, its inside only."""
    places = np.linspace(likelihood.low, likelihood.high, 9)[1:-1]
    if len(likelihood.symbols) == 1:
        return places
    return np.stack([places, 1.5 - places[::-1] ** 2 / 9], axis=1)


def test_every_likelihood_is_of_a_loss():
    assert list(LIKELIHOODS) == ["gaussian", "laplace", "bernoulli", "categorical", "poisson"]
    for likelihood in LIKELIHOODS.values():
        assert likelihood.loss in LOSSES
        assert len(likelihood.symbols) == len(likelihood.truth) == len(likelihood.start)


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_the_density_is_scipys_and_its_logarithm_is_the_loss(name):
    likelihood = LIKELIHOODS[name]
    data, parameters = likelihood.sample(17, seed=3), somewhere(LIKELIHOODS[name])
    wanted = np.array([scipy_logarithms(name, data, parameter) for parameter in parameters])
    for parameter, logarithms in zip(parameters, wanted, strict=True):
        np.testing.assert_allclose(likelihood.density(data, parameter), np.exp(logarithms), rtol=1e-12)
    found = likelihood.measure(data, parameters)
    np.testing.assert_allclose(found.likelihoods, np.exp(wanted).prod(axis=1), rtol=1e-11)
    np.testing.assert_allclose(found.negative_log_likelihoods, -wanted.mean(axis=1), rtol=1e-12)
    np.testing.assert_allclose(found.losses, -wanted.mean(axis=1), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_the_estimate_is_where_the_slope_is_zero(name):
    likelihood = LIKELIHOODS[name]
    for count in (9, 40):
        data = likelihood.sample(count, seed=7)
        estimate = likelihood.estimate(data)

        def cost(parameter, data=data):
            return -scipy_logarithms(name, data, parameter).mean()

        if name == "categorical":
            goal = optimize.minimize(cost, np.zeros(2), tol=1e-12).x
        else:
            bounds = likelihood.low + 1e-6, likelihood.high - 1e-6
            goal = optimize.minimize_scalar(cost, bounds=bounds, options={"xatol": 1e-9}).x
        assert cost(estimate) <= cost(goal) + 1e-12
        if (name, count) != ("laplace", 40):  # whose minimizers are an interval
            np.testing.assert_allclose(estimate, goal, atol=2e-4)
        np.testing.assert_allclose(likelihood.slope(data, estimate), 0.0, atol=1e-14)


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_the_slope_is_the_difference_quotient_of_scipys(name):
    likelihood = LIKELIHOODS[name]
    data, parameter = likelihood.sample(8, seed=1), np.asarray(somewhere(likelihood)[2])
    step = 1e-6 * np.eye(parameter.size).reshape(-1, *parameter.shape)
    wanted = [
        -(scipy_logarithms(name, data, parameter + h) - scipy_logarithms(name, data, parameter - h)).mean()
        / 2e-6
        for h in step
    ]
    np.testing.assert_allclose(np.atleast_1d(likelihood.slope(data, parameter)), wanted, rtol=1e-7)


@pytest.mark.parametrize(
    ("name", "data", "parameter", "surprise", "slope"),
    [
        ("bernoulli", [0.0, 0.0], 0.0, 0.0, 1.0),
        ("bernoulli", [1.0, 1.0], 1.0, 0.0, -1.0),
        ("bernoulli", [1.0, 0.0], 1.0, INF, INF),
        ("poisson", [0.0, 0.0], 0.0, 0.0, 1.0),
        ("poisson", [0.0, 3.0], 0.0, INF, -INF),
        ("poisson", [3.0], 0.0, INF, -INF),
        ("laplace", [2.0], 2.0, math.log(2.0), 0.0),
    ],
)
def test_at_the_edges_what_is_certain_costs_nothing_and_what_is_impossible_everything(
    name, data, parameter, surprise, slope
):
    likelihood = LIKELIHOODS[name]
    found = likelihood.measure(data, [parameter])
    assert found.negative_log_likelihoods[0] == pytest.approx(surprise, abs=1e-15)
    assert found.losses[0] == pytest.approx(surprise, abs=1e-15)
    assert found.likelihoods[0] == pytest.approx(math.exp(-len(data) * surprise))
    assert float(likelihood.slope(data, parameter)) == slope


def test_the_product_underflows_and_the_sum_does_not():
    gaussian = LIKELIHOODS["gaussian"]
    data = gaussian.sample(1000, seed=0)
    found = gaussian.measure(data, [float(gaussian.estimate(data))])
    assert found.likelihoods[0] == 0 == stats.norm.pdf(data, data.mean()).prod()
    assert found.negative_log_likelihoods[0] == pytest.approx(
        0.5 * math.log(2 * math.pi) + data.var() / 2, rel=1e-13
    )


def test_a_class_that_was_never_seen_has_an_infinite_logit():
    assert CATEGORICAL.estimate([0, 2, 2]).tolist() == pytest.approx([-math.log(2.0), -INF])
    assert CATEGORICAL.estimate([0, 1]).tolist() == [INF, INF]


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_more_data_begin_with_the_same_and_come_near_the_truth(name):
    likelihood = LIKELIHOODS[name]
    many = likelihood.sample(2000, seed=5)
    np.testing.assert_array_equal(many[:30], likelihood.sample(30, seed=5))
    assert (many[:30] != likelihood.sample(30, seed=6)).any()
    # Five standard errors, the widest of which are of the logits.
    np.testing.assert_allclose(np.atleast_1d(likelihood.estimate(many)), likelihood.truth, atol=0.4)


def test_neither_data_nor_parameters_nor_their_number_compile_anything():
    gaussian = LIKELIHOODS["gaussian"]
    grid = np.linspace(-1, 1, 11)
    for call in (gaussian.measure, gaussian.slope, gaussian.density):
        call(gaussian.sample(3, 0), grid if call == gaussian.measure else 0.5)
    with counted() as programs:
        for count in (1, 10, 2000):
            data = gaussian.sample(count, 1)
            gaussian.measure(data, grid + 1.0)
            gaussian.slope(data, 0.25)
            gaussian.density(data, 0.25)
    assert programs == []


def test_more_data_than_the_room_are_all_counted():
    poisson = LIKELIHOODS["poisson"]
    data = poisson.sample(5000, seed=2)
    found = poisson.measure(data, [2.5])
    assert found.negative_log_likelihoods[0] == pytest.approx(-stats.poisson.logpmf(data, 2.5).mean())
    assert found.losses[0] == pytest.approx(-stats.poisson.logpmf(data, 2.5).mean())


def test_without_data_there_is_nothing_to_measure():
    with pytest.raises(ValueError, match="`count` must be at least 1, got 0"):
        CATEGORICAL.sample(0, seed=0)
    for call in (CATEGORICAL.estimate, lambda data: CATEGORICAL.measure(data, [[0.0, 0.0]])):
        with pytest.raises(ValueError, match="`data` must be numbers of a shape"):
            call([])


# --- entropies -------------------------------------------------------------------------------------------

PAIRS = [
    ([1.0, 0.0], [0.7, 0.3]),
    ([0.5, 0.3, 0.2], [0.2, 0.3, 0.5]),
    ([0.1, 0.2, 0.3, 0.25, 0.15], [0.4, 0.05, 0.05, 0.3, 0.2]),
    ([0.0, 1.0, 0.0], [0.0, 0.5, 0.5]),
]


@pytest.mark.parametrize(("p", "q"), PAIRS)
def test_the_parts_are_scipys_and_add_up(p, q):
    parts = decompose(p, q)
    assert parts.entropy == pytest.approx(stats.entropy(p), abs=1e-15)
    assert parts.divergence == pytest.approx(stats.entropy(p, q), abs=1e-15)
    assert parts.cross_entropy == pytest.approx(stats.entropy(p) + special.rel_entr(p, q).sum(), abs=1e-14)
    terms = cross_entropy_terms(p, q)
    np.testing.assert_allclose(terms, special.entr(p) + special.rel_entr(p, q), atol=1e-15)
    assert terms.sum() == pytest.approx(parts.cross_entropy, abs=1e-15)


def test_certain_and_wrong_is_infinite_certain_and_right_costs_nothing():
    wrong, right = decompose([1, 0], [0, 1]), decompose([1, 0], [1, 0])
    assert (wrong.cross_entropy, wrong.entropy, wrong.divergence) == (INF, 0, INF)
    assert (right.cross_entropy, right.entropy, right.divergence) == (0, 0, 0)
    terms = cross_entropy_terms([1, 0], [1, 0])
    assert not np.signbit(terms).any()
    assert entropy([0.25] * 4) == pytest.approx(math.log(4))


def test_what_does_not_sum_to_one_is_refused():
    with pytest.raises(ValueError, match="must be probabilities that sum to 1"):
        decompose([0.5, 0.5], [0.5, 0.6])
    with pytest.raises(ValueError, match="must have the shape"):
        decompose([0.5, 0.5], [0.5, 0.3, 0.2])


@pytest.mark.parametrize(("p", "q"), PAIRS)
def test_the_gradient_is_prediction_minus_target(p, q):
    logits = to_logits(q)
    np.testing.assert_allclose(logit_gradient(p, logits), np.subtract(q, p), atol=1e-15)
    np.testing.assert_allclose(logit_gradient(p, logits + 3.0), np.subtract(q, p), atol=1e-15)
    np.testing.assert_allclose(softmax(logits + 3.0), special.softmax(logits + 3.0), rtol=1e-14)
    assert logit_gradient([1, 0], [-INF, 0.0]).tolist() == [-1, 1]


@pytest.mark.parametrize(
    ("name", "call", "said"),
    [
        (
            "categorical",
            lambda each: each.density([0, 3], [0.0, 0.0]),
            "`data` must be class numbers 0 to 2, got 3",
        ),
        ("categorical", lambda each: each.estimate([-1]), "`data` must be class numbers 0 to 2, got -1"),
        ("bernoulli", lambda each: each.measure([0.3], [0.5]), "`data` must be 0 or 1, got 0.3"),
        ("bernoulli", lambda each: each.measure([1.0], [2.0]), "`parameter` must be from 0 to 1, got 2"),
        ("poisson", lambda each: each.slope([1.5], 1.0), "`data` must be a count, 0, 1, 2, …, got 1.5"),
        ("poisson", lambda each: each.density([1.0], -1.0), "`parameter` must be at least 0, got -1"),
        ("gaussian", lambda each: each.measure([1.0], 0.0), "`parameters` must have the shape (m,), got ()"),
        ("gaussian", lambda each: each.measure([1.0], []), "`parameters` must have the shape (m,), got (0,)"),
        ("categorical", lambda each: each.measure([1], [0.0, 0.0]), "must have the shape (m, 2), got (2,)"),
        (
            "categorical",
            lambda each: each.slope([1], [0.0]),
            "`parameter` must have the shape (2,), got (1,)",
        ),
        ("gaussian", lambda each: each.sample(0, seed=0), "`count` must be at least 1, got 0"),
        ("gaussian", lambda each: each.sample(3, seed=-1), "`seed` must be at least 0, got -1"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(name, call, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        call(LIKELIHOODS[name])


def test_classes_may_be_written_as_numbers_and_their_logits_may_be_far_apart():
    np.testing.assert_array_equal(
        CATEGORICAL.density([0.0, 2.0], [1.0, -1.0]), CATEGORICAL.density([0, 2], [1.0, -1.0])
    )
    found = CATEGORICAL.measure([0], [[-800.0, 0.0]])
    assert found.negative_log_likelihoods[0] == pytest.approx(800.0 + math.log(2.0), rel=1e-14)
    assert found.losses[0] == pytest.approx(800.0 + math.log(2.0), rel=1e-14)


def test_a_decomposition_names_what_it_was_given():
    with pytest.raises(ValueError, match="`p` must be probabilities that sum to 1, got the sum 2"):
        decompose([1.0, 1.0], [0.5, 0.5])
    with pytest.raises(ValueError, match=r"`q` must be from 0 to 1, got -0\.5"):
        decompose([0.5, 0.5], [-0.5, 1.5])
