"""Losses and penalties against scikit-learn, SciPy and the likelihoods that they stand for."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special
import scipy.stats
import sklearn.metrics

import landscape
from landscape.losses import LOSSES, Penalty, SupervisedLoss, penalized_weights
from landscape.losses.supervised import CLASSES
from landscape.models import UNITS

SUPERVISED = {name: loss for name, loss in LOSSES.items() if isinstance(loss, SupervisedLoss)}
RANDOM = np.random.default_rng(7)
PREDICTIONS, TARGETS = 3.0 * RANDOM.normal(size=(2, 50))
LABELS = RANDOM.integers(0, 2, 50)
CLASS_LOGITS, CLASS_LABELS = 2.0 * RANDOM.normal(size=(50, 4)), RANDOM.integers(0, 4, 50)


def mean(name, prediction, target, **parameters):
    return float(LOSSES[name](prediction, target, **parameters).mean())


def test_squared_and_absolute_error_are_scikit_learns():
    assert mean("mse", PREDICTIONS, TARGETS) == pytest.approx(
        sklearn.metrics.mean_squared_error(TARGETS, PREDICTIONS), rel=1e-14
    )
    assert mean("mae", PREDICTIONS, TARGETS) == pytest.approx(
        sklearn.metrics.mean_absolute_error(TARGETS, PREDICTIONS), rel=1e-14
    )


@pytest.mark.parametrize("delta", [0.01, 1.0, 2.5, 100.0])
def test_huber_is_scipys(delta):
    losses = LOSSES["huber"].replace(delta=delta)(PREDICTIONS, TARGETS)
    np.testing.assert_allclose(losses, scipy.special.huber(delta, PREDICTIONS - TARGETS), rtol=1e-13)


def test_cross_entropies_are_scikit_learns():
    probabilities = scipy.special.expit(PREDICTIONS)
    assert mean("binary-cross-entropy", PREDICTIONS, LABELS) == pytest.approx(
        sklearn.metrics.log_loss(LABELS, probabilities), rel=1e-12
    )
    assert mean("cross-entropy", CLASS_LOGITS, CLASS_LABELS) == pytest.approx(
        sklearn.metrics.log_loss(CLASS_LABELS, scipy.special.softmax(CLASS_LOGITS, axis=1)), rel=1e-12
    )


def test_losses_are_negative_log_likelihoods():
    gaussian = -2.0 * scipy.stats.norm.logpdf(TARGETS, PREDICTIONS) - np.log(2.0 * np.pi)
    np.testing.assert_allclose(LOSSES["mse"](PREDICTIONS, TARGETS), gaussian, rtol=1e-9, atol=1e-12)
    laplace = -scipy.stats.laplace.logpdf(TARGETS, PREDICTIONS) - np.log(2.0)
    np.testing.assert_allclose(LOSSES["mae"](PREDICTIONS, TARGETS), laplace, rtol=1e-9, atol=1e-12)
    bernoulli = -scipy.stats.bernoulli.logpmf(LABELS, scipy.special.expit(PREDICTIONS))
    np.testing.assert_allclose(LOSSES["binary-cross-entropy"](PREDICTIONS, LABELS), bernoulli, rtol=1e-9)


def slopes(name, prediction, target, **parameters):
    def total(prediction):
        return LOSSES[name](prediction, target, **parameters).sum()

    return np.asarray(jax.grad(total)(jnp.asarray(prediction)))


def test_slopes_are_the_textbooks():
    errors = PREDICTIONS - TARGETS
    np.testing.assert_allclose(slopes("mse", PREDICTIONS, TARGETS), 2.0 * errors)
    np.testing.assert_allclose(slopes("mae", PREDICTIONS, TARGETS), np.sign(errors))
    np.testing.assert_allclose(slopes("huber", PREDICTIONS, TARGETS, delta=1.5), np.clip(errors, -1.5, 1.5))
    np.testing.assert_allclose(
        slopes("binary-cross-entropy", PREDICTIONS, LABELS), scipy.special.expit(PREDICTIONS) - LABELS
    )
    np.testing.assert_allclose(
        slopes("cross-entropy", CLASS_LOGITS, CLASS_LABELS),
        scipy.special.softmax(CLASS_LOGITS, axis=1) - np.eye(4)[CLASS_LABELS],
        atol=1e-15,
    )


def test_the_slope_at_the_corner_of_the_absolute_error_is_0():
    assert slopes("mae", [2.0], [2.0]).tolist() == [0.0]


def test_certain_answers_neither_overflow_nor_turn_into_nan():
    loss = LOSSES["binary-cross-entropy"]
    np.testing.assert_allclose(loss([1000.0, -1000.0, 1000.0], [1, 0, 0]), [0.0, 0.0, 1000.0])
    assert loss([np.inf, -np.inf, np.inf, -np.inf], [1, 0, 0, 1]).tolist() == [0.0, 0.0, np.inf, np.inf]
    assert slopes("binary-cross-entropy", [1000.0, -1000.0], [0, 0]).tolist() == [1.0, 0.0]
    np.testing.assert_allclose(LOSSES["cross-entropy"]([[1000.0, 0.0]], [1]), [1000.0])


def examples(loss, seed=7, classes=None):
    """50 raw outputs, for the natural unit of a supervised loss, and targets that go with them."""
    random = np.random.default_rng(seed)
    widths = {"weighted-least-squares": 3, "gaussian-nll": 2}
    if classes is None and (loss.shapes[0][1] == "... k" or loss.shapes[0] == ("... k", "...")):
        classes = 4
    width = widths.get(loss.name, classes)
    raw = 3.0 * random.normal(size=50 if width is None else (50, width))
    if loss.name == "weighted-least-squares":
        return raw, random.normal(size=(50, 3))
    if loss.targets == "shares":
        return raw, random.dirichlet(np.ones(4), 50)
    if loss.family == "regression":
        return raw, random.poisson(3.0, 50).astype(float)
    return raw, random.integers(0, classes or 2, 50)


def of_raw(loss, raw, target):
    """The loss as a function of what goes into its natural output unit."""
    return np.asarray(
        loss(UNITS[loss.output_unit](jnp.asarray(raw)) if loss.takes == "value" else raw, target)
    )


@pytest.mark.parametrize("name", SUPERVISED)
def test_nan_is_a_result(name):
    raw, target = examples(LOSSES[name])
    raw.reshape(50, -1)[3, 0] = np.nan
    losses = of_raw(LOSSES[name], raw, target)
    assert np.isnan(losses).tolist() == (True if LOSSES[name].whole else [i == 3 for i in range(50)])


@pytest.mark.parametrize("name", SUPERVISED)
def test_only_convex_losses_lie_below_all_their_chords(name):
    loss, above = LOSSES[name], []
    if name == "dice-cross-entropy":
        loss = loss.replace(share=0.95)
    several = [None, 3] if len(loss.shapes) > 1 else [None]
    for seed, share, classes in itertools.product(range(3), (0.1, 0.9), several):
        (here, target), (there, _) = examples(loss, seed, classes), examples(loss, seed + 9, classes)
        chord = share * of_raw(loss, here, target) + (1 - share) * of_raw(loss, there, target)
        above.append(np.ravel(of_raw(loss, share * here + (1 - share) * there, target) - chord))
    assert (np.concatenate(above).max() <= 1e-10) == loss.convex


@pytest.mark.parametrize("name", [name for name, loss in SUPERVISED.items() if loss.family != "regression"])
def test_only_of_unending_losses_a_more_certain_right_answer_always_costs_less(name):
    loss = LOSSES[name]
    target = np.arange(6) % 2
    if loss.targets == "shares" or loss.shapes == CLASSES:
        right = 2.0 * np.eye(3)[target] - 1.0
        target = np.eye(3)[target] if loss.targets == "shares" else target
    else:
        right = 2.0 * target - 1.0
    costs = [np.sum(of_raw(loss, certainty * right, target)) for certainty in (0.5, 1.0, 2.0, 4.0, 8.0)]
    assert bool((np.diff(costs) < 0).all()) == loss.unending


@pytest.mark.parametrize("width", [1e-6, 0.1, 3.0])
def test_rounded_corners_stay_near_the_loss(width):
    absolute, huber = LOSSES["mae"], LOSSES["huber"].replace(delta=0.5)
    above = absolute.rounded(PREDICTIONS, TARGETS, width) - absolute(PREDICTIONS, TARGETS)
    assert (above > -1e-12).all()
    assert (above <= width).all()
    below = huber(PREDICTIONS, TARGETS) - huber.rounded(PREDICTIONS, TARGETS, width, delta=0.5)
    assert (below >= -1e-12).all()
    assert (below <= 0.5 * width / 2).all()
    if width < 0.5:
        np.testing.assert_array_equal(below, 0.0)


def test_a_number_inside_a_loss_is_replaced_by_name():
    huber = LOSSES["huber"].replace(delta=3)
    assert huber.parameters == {"delta": 3.0}
    assert LOSSES["huber"].parameters == {"delta": 1.0}
    np.testing.assert_array_equal(huber([4.0], [0.0]), LOSSES["huber"]([4.0], [0.0], delta=3.0))


@pytest.mark.parametrize(
    ("name", "prediction", "target", "words"),
    [
        ("mse", [1.0, 2.0], [1.0], r"`target` must have the shape \(2,\), got \(1,\)"),
        ("mse", [], [], "`prediction` must hold at least 1 example"),
        ("mse", [None], [1.0], r"`prediction` must be an array of numbers, got \[None\]"),
        ("mse", [[1.0], [1.0, 2.0]], [1.0], "`prediction` must be an array of numbers, got"),
        ("mse", [1.0], [1j], "`target` must be real numbers, got complex128"),
        ("cross-entropy", 1.0, 0, r"`prediction` must have the shape \(..., k\), got \(\)"),
        ("cross-entropy", [[0.0, 1.0]], [2], "`target` must be class numbers 0 to 1, got 2"),
        ("cross-entropy", [[0.0, 1.0]], [0.5], r"`target` must be class numbers 0 to 1, got 0\.5"),
        ("cross-entropy", [[0.0, 1.0]], [-1], "`target` must be class numbers 0 to 1, got -1"),
    ],
)
def test_what_does_not_fit_is_refused(name, prediction, target, words):
    with pytest.raises(ValueError, match=words):
        LOSSES[name](prediction, target)


@pytest.mark.parametrize("delta", [0.0, -1.0, np.inf, np.nan])
def test_a_number_that_is_not_valid_is_refused(delta):
    with pytest.raises(ValueError, match="`delta` must be a positive finite number, got"):
        LOSSES["huber"].replace(delta=delta)


def test_an_unknown_number_is_refused():
    with pytest.raises(ValueError, match=r"`epsilon` must be a parameter of huber \(delta\)"):
        LOSSES["huber"].replace(epsilon=1.0)
    with pytest.raises(ValueError, match=r"`delta` must be a parameter of mse \(none\)"):
        LOSSES["mse"]([0.0], [0.0], delta=1.0)


def test_penalties_are_norms():
    weights = {"first": RANDOM.normal(size=(3, 2)), "second": RANDOM.normal(size=4)}
    flat = np.concatenate([weights["first"].ravel(), weights["second"]])
    absolute, squared = np.linalg.norm(flat, 1), np.linalg.norm(flat) ** 2
    assert float(landscape.l1(0.3)(weights)) == pytest.approx(0.3 * absolute, rel=1e-14)
    assert float(landscape.l2(0.3)(weights)) == pytest.approx(0.3 * squared, rel=1e-14)
    assert float(landscape.elastic_net(2.0, 0.25)(weights)) == pytest.approx(
        0.5 * absolute + 1.5 * squared, rel=1e-14
    )
    assert float(landscape.l1(1.0)(weights, 1e-3)) == pytest.approx(np.sqrt(flat**2 + 1e-6).sum(), rel=1e-14)


def test_a_penaltys_numbers_are_what_a_program_is_given():
    leaves = jax.tree.leaves(landscape.elastic_net(2.0, 0.25))
    assert leaves == [2.0, 0.25]
    assert isinstance(jax.tree.map(lambda number: number, landscape.l2(1)), Penalty)


def test_the_ridge_penalty_pulls_twice_as_hard_as_the_weights_are_large():
    weights = jnp.array([3.0, -1.0, 0.0])
    np.testing.assert_allclose(jax.grad(landscape.l2(0.5))(weights), [3.0, -1.0, 0.0])
    np.testing.assert_allclose(jax.grad(landscape.l1(0.5))(weights), [0.5, -0.5, 0.0])


def test_biases_are_not_penalized():
    params = {"hidden": {"weights": 1.0, "bias": 2.0}, "bias": 3.0, "weights": 4.0}
    assert penalized_weights(params) == [1.0, 4.0]
    assert penalized_weights({"a": 1.0, "b": 2.0, "c": 3.0}, exempt=("c",)) == [1.0, 2.0]
    assert penalized_weights(5.0) == [5.0]


@pytest.mark.parametrize("strength", [-1.0, np.nan, np.inf])
@pytest.mark.parametrize("make", [landscape.l1, landscape.l2, landscape.elastic_net])
def test_a_strength_that_is_not_valid_is_refused(make, strength):
    with pytest.raises(ValueError, match="`strength` must be a finite number, at least 0, got"):
        make(strength)


@pytest.mark.parametrize("l1_ratio", [-0.1, 1.1, np.nan])
def test_a_ratio_that_is_not_valid_is_refused(l1_ratio):
    with pytest.raises(ValueError, match="`l1_ratio` must be from 0 to 1, got"):
        landscape.elastic_net(1.0, l1_ratio)
