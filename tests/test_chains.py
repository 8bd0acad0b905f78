"""Chains of units: published runs, the chain rule by hand in NumPy, bounds and limits."""

import numpy as np
import pytest
from compiling import counted
from scipy.special import expit

import landscape
from landscape import LOSSES, OPTIMIZERS
from landscape.tasks.chains import (
    DOMAIN,
    MAX_DEPTH,
    START,
    Chain,
    chain_factors,
    chain_landscape,
    good_enough,
    gradient_norms,
    reach,
    steps_to_learn,
)

MSE, ENTROPY = LOSSES["mse"], LOSSES["binary-cross-entropy"]
PHI = {
    "sigmoid": (expit, lambda z: expit(z) * (1 - expit(z))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": (lambda z: np.maximum(z, 0.0), lambda z: float(z > 0)),
}


def by_hand(chain, point):
    """Output, σ′(z) of the last unit, and ∂z/∂w, ∂z/∂b there, by the chain rule in NumPy."""
    phi, slope = PHI[chain.activation]
    signal, ways = 1.0, np.zeros(2)
    for place in range(1, chain.depth + 1):
        free = {"first": place == 1, "last": place == chain.depth, "all": True}[chain.unit]
        weight, bias = point if free else (chain.weight, chain.bias)
        z = weight * signal + bias
        ways = weight * ways + (np.array([signal, 1.0]) if free else 0.0)
        if place < chain.depth:
            signal, ways = phi(z), slope(z) * ways
    return expit(z), expit(z) * expit(-z), ways


def walk(loss, start, rate, num_steps=300):
    """The unit's output after some steps of gradient descent."""
    optimizer = OPTIMIZERS["gd"].build(learning_rate=rate)
    path = landscape.descend(chain_landscape(Chain(), loss), optimizer, start, num_steps)
    return float(chain_factors(Chain(), loss, path.params).output[-1])


def test_nielsens_unit_ends_where_he_says():
    # Neural networks and deep learning, chapter 3: C = (y − a)²/2, so half his rate for (y − a)²; 300 epochs.
    assert walk(MSE, [0.6, 0.9], 0.15 / 2) == pytest.approx(0.09, abs=0.005)
    assert walk(MSE, [2.0, 2.0], 0.15 / 2) == pytest.approx(0.20, abs=0.005)
    first = chain_factors(Chain(), MSE, [[0.6, 0.9], [2.0, 2.0]]).output
    np.testing.assert_allclose(first, [0.82, 0.98], atol=0.005)


@pytest.mark.parametrize("unit", ["first", "last", "all"])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_factors_are_those_of_the_chain_rule(unit, activation):
    for depth, weight, point in ((1, 1.0, (2.0, 2.0)), (2, 3.0, (-0.7, 0.4)), (6, 0.8, (1.3, 0.2))):
        chain = Chain(depth, unit, activation, weight)
        y, slope, ways = by_hand(chain, point)
        for loss, loss_slope in ((MSE, 2 * y), (ENTROPY, 1 / (1 - y))):
            found = chain_factors(chain, loss, point)
            assert found.output == pytest.approx(y, rel=1e-12)
            assert found.loss_slope == pytest.approx(loss_slope, rel=1e-9)
            assert found.output_slope == pytest.approx(slope, rel=1e-9)
            assert found.pull == pytest.approx(loss_slope * slope, rel=1e-9)
            np.testing.assert_allclose(found.chain_gradient, ways, rtol=1e-9, atol=1e-300)
            np.testing.assert_allclose(found.gradient, loss_slope * slope * ways, rtol=1e-9, atol=1e-300)


def test_cross_entropy_leaves_the_error_alone():
    points = np.array([[2.0, 2.0], [-1.0, 0.3], [6.0, 4.0], [30.0, 4.0]])
    found = chain_factors(Chain(), ENTROPY, points)
    np.testing.assert_allclose(found.pull, expit(points.sum(axis=1)), rtol=1e-12)
    np.testing.assert_allclose(found.loss, np.logaddexp(0, points.sum(axis=1)), rtol=1e-12)


def test_where_the_output_is_0_to_a_computer_the_slope_has_its_limit():
    for b, slope in ((-500.0, 1.0), (-2000.0, 1.0), (0.5, 1.0 / (1.0 - expit(0.5)))):
        found = chain_factors(Chain(), ENTROPY, [0.0, b])  # 1 / (1 - y)
        assert float(found.loss_slope) == pytest.approx(slope, rel=1e-12)
        assert float(found.pull) == pytest.approx(expit(b))


@pytest.mark.parametrize(("loss", "largest"), [(ENTROPY, 1.0), (MSE, 0.5)])
def test_first_units_gradient_is_below_its_bound_at_every_depth(loss, largest):
    for weight in (0.3, 1.0, 2.5):
        bound = largest * np.sqrt(2) * (weight / 4) ** np.arange(MAX_DEPTH)
        for point in (START, (0.0, 0.0), (-3.0, 1.0)):
            assert (gradient_norms(Chain(weight=weight), loss, point) <= bound).all()


def test_cross_entropy_saves_the_last_unit_and_not_the_deep_ones():
    first, last = (gradient_norms(Chain(unit=unit), ENTROPY, START) for unit in ("first", "last"))
    # Far from the first unit every signal is in the middle, where σ′ is a quarter.
    np.testing.assert_allclose(first[4:] / first[3:-1], 0.25, atol=0.01)
    assert (last > 1.0).all()
    squared = gradient_norms(Chain(), MSE, START)
    np.testing.assert_allclose(squared[5:] / first[5:], 0.5, atol=0.02)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
@pytest.mark.parametrize("unit", ["first", "last", "all"])
def test_no_output_is_out_of_reach(unit, activation):
    chain = Chain(3, unit, activation, 2.0)
    low, high = reach(chain)
    points = np.random.default_rng(0).uniform(-9, 9, (400, 2))
    outputs = chain_factors(chain, MSE, points).output
    assert low <= outputs.min()
    assert outputs.max() <= high
    far = [by_hand(chain, (1.0, bias))[0] for bias in (-300.0, 300.0)]
    np.testing.assert_allclose([low, high], far, atol=1e-12)


def test_steps_are_counted_to_the_level_that_can_be_reached():
    chain = Chain(depth=2)
    low, _high = reach(chain)
    assert low == pytest.approx(expit(-0.5))
    level = good_enough(chain, 0.62)
    assert level == pytest.approx(low + 0.1 * (0.62 - low))
    points = [[2.0, 2.0], [0.0, 0.0], [-3.0, -3.0], [2.0, 2.0]]
    assert steps_to_learn(chain, points) == 2
    assert steps_to_learn(chain, points[:2]) is None
    assert steps_to_learn(chain, [[-50.0, -50.0]]) == 0
    assert steps_to_learn(Chain(), [[2.0, 2.0], [np.nan, 0.0]]) is None


def test_a_dead_relu_has_no_gradient():
    assert (gradient_norms(Chain(activation="relu"), ENTROPY, (-2.0, 1.0))[1:] == 0).all()


def test_its_landscape_is_that_of_the_loss():
    objective = chain_landscape(Chain(4, "all", "tanh"), LOSSES["mae"])
    surface = landscape.evaluate(objective, resolution=5)
    assert objective.domain == DOMAIN
    wanted = [[by_hand(Chain(4, "all", "tanh"), (w, b))[0] for w in surface.x] for b in surface.y]
    np.testing.assert_allclose(surface.values, wanted, rtol=1e-12)


def test_no_number_of_a_chain_compiles():
    def everything(chain, point):
        found = chain_factors(chain, ENTROPY, point)
        gradient_norms(chain, ENTROPY, point)
        reach(chain)
        landscape.evaluate(chain_landscape(chain, ENTROPY), resolution=5)
        return found

    everything(Chain(), START)
    with counted() as programs:
        everything(Chain(7, "last", "relu", 0.2), (-1.0, 0.5))
        everything(Chain(10, "all", "tanh", 5.0), (3.0, 1.0))
    assert programs == []


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (lambda: Chain(0), "`depth` must be at least 1, got 0"),
        (lambda: Chain(11), "`depth` must be at most 10, got 11"),
        (lambda: Chain(unit="second"), "`unit` must be one of first, last, all, got 'second'"),
        (lambda: Chain(activation="gelu"), "`activation` must be one of sigmoid, tanh, relu, got 'gelu'"),
        (lambda: Chain(weight=0.0), "`weight` must be a positive finite number, got 0.0"),
        (lambda: Chain(weight=float("nan")), "`weight` must be a positive finite number, got nan"),
        (lambda: chain_landscape(Chain(), LOSSES["cross-entropy"]), "`loss` must stand behind a sigmoid"),
        (lambda: chain_factors(Chain(), MSE, [1.0]), r"`points` must have the shape \(2,\) or \(n, 2\)"),
        (lambda: gradient_norms(Chain(), MSE, [[1.0, 2.0]]), r"`point` must have the shape \(2,\)"),
        (lambda: steps_to_learn(Chain(), [1.0, 2.0]), r"`points` must have the shape \(n, 2\)"),
    ],
)
def test_what_is_no_chain_is_refused(bad, words):
    with pytest.raises(ValueError, match=words):
        bad()
