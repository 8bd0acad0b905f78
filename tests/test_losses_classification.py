"""Losses of classes against scikit-learn, SciPy, optax and published numbers, and at their edges."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import scipy.special
import scipy.stats
import sklearn.metrics
from sklearn.utils.class_weight import compute_class_weight

from landscape.losses import LOSSES
from landscape.losses.supervised import TWO_OR_MORE

RANDOM = np.random.default_rng(27)
LOGITS, LABELS = 3.0 * RANDOM.normal(size=50), (RANDOM.random(50) < 0.2).astype(int)
CLASS_LOGITS, CLASSES = 2.0 * RANDOM.normal(size=(50, 4)), RANDOM.integers(0, 4, 50)
CHANCES = scipy.special.softmax(CLASS_LOGITS, axis=1)
INF = np.inf


def slopes(name, prediction, target, **numbers):
    def total(prediction):
        return LOSSES[name](prediction, target, **numbers).sum()

    return np.asarray(jax.grad(total)(jnp.asarray(prediction)))


def test_the_cross_entropy_of_probabilities_is_entropy_and_divergence():
    shares = RANDOM.dirichlet(np.ones(4), 50)
    losses = LOSSES["categorical-cross-entropy"](CHANCES, shares)
    theirs = scipy.stats.entropy(shares, axis=1) + scipy.stats.entropy(shares, CHANCES, axis=1)
    np.testing.assert_allclose(losses, theirs, rtol=1e-12)
    certain = LOSSES["categorical-cross-entropy"](CHANCES, np.eye(4)[CLASSES])
    np.testing.assert_allclose(certain, LOSSES["cross-entropy"](CLASS_LOGITS, CLASSES), rtol=1e-12)


def test_certain_and_wrong_is_infinite_and_certain_and_right_is_0():
    entropy = LOSSES["categorical-cross-entropy"]
    assert entropy([[1, 0], [1, 0], [0.5, 0.5]], [[0, 1], [1, 0], [0, 1]]).tolist() == [INF, 0.0, np.log(2)]
    # The slope of what counts nothing is 0, also where its logarithm is not finite.
    assert slopes("categorical-cross-entropy", [1.0, 0.0], [1.0, 0.0]).tolist() == [-1.0, 0.0]


def test_balanced_weights_are_scikit_learns():
    weights = compute_class_weight("balanced", classes=np.arange(2), y=LABELS)[LABELS]
    theirs = sklearn.metrics.log_loss(LABELS, scipy.special.expit(LOGITS), sample_weight=weights)
    losses = LOSSES["balanced-cross-entropy"](LOGITS, LABELS)
    assert float(losses.mean()) == pytest.approx(theirs, rel=1e-12)
    classes = np.where(CLASSES == 2, 0, CLASSES)  # no example of class 2
    weights = compute_class_weight("balanced", classes=np.unique(classes), y=classes)
    weights = dict(zip(np.unique(classes), weights, strict=True))
    theirs = sklearn.metrics.log_loss(
        classes, CHANCES, sample_weight=[weights[each] for each in classes], labels=range(4)
    )
    assert float(LOSSES["balanced-cross-entropy"](CLASS_LOGITS, classes).mean()) == pytest.approx(theirs)


def test_all_classes_have_the_same_say():
    losses = np.asarray(LOSSES["balanced-cross-entropy"](np.zeros(50), LABELS))
    assert losses[LABELS == 1].sum() == pytest.approx(losses[LABELS == 0].sum())
    assert losses.mean() == pytest.approx(np.log(2))


@pytest.mark.parametrize(("gamma", "alpha"), [(2.0, 0.25), (0.0, 0.5), (0.5, 0.9), (5.0, 0.0)])
def test_focal_is_optaxs(gamma, alpha):
    theirs = optax.losses.sigmoid_focal_loss(jnp.asarray(LOGITS), LABELS, alpha=alpha, gamma=gamma)
    losses = LOSSES["focal"](LOGITS, LABELS, gamma=gamma, alpha=alpha)
    np.testing.assert_allclose(losses, theirs, rtol=1e-10, atol=1e-300)
    chances = CHANCES[np.arange(50), CLASSES]
    several = LOSSES["focal"](CLASS_LOGITS, CLASSES, gamma=gamma, alpha=alpha)
    np.testing.assert_allclose(several, -alpha * (1 - chances) ** gamma * np.log(chances), rtol=1e-10)


def test_focal_is_as_published():
    # Lin et al. (2017), section 3.2: at γ = 2 what is right with 0.9 costs 100 times less, with 0.968 1000.
    logits = scipy.special.logit([0.9, 0.968])
    focal = LOSSES["focal"](logits, [1, 1], gamma=2.0, alpha=1.0)
    ratios = np.asarray(LOSSES["binary-cross-entropy"](logits, [1, 1]) / focal)
    assert ratios[0] == pytest.approx(100.0)
    assert ratios[1] == pytest.approx(1000.0, rel=0.03)


@pytest.mark.parametrize("gamma", [0.0, 0.3, 2.0])
def test_focal_is_finite_at_any_certainty(gamma):
    sure = np.array([1000.0, -1000.0, 1000.0, -1000.0])
    losses = LOSSES["focal"](sure, [1, 1, 0, 0], gamma=gamma)
    np.testing.assert_allclose(losses, [0.0, 250.0, 750.0, 0.0])
    np.testing.assert_allclose(slopes("focal", sure, [1, 1, 0, 0], gamma=gamma), [0.0, -0.25, 0.75, 0.0])
    several = np.array([[1000.0, -1000.0, 0.0]] * 3)
    np.testing.assert_allclose(LOSSES["focal"](several, [0, 1, 2], gamma=gamma), [0.0, 500.0, 250.0])
    assert np.isfinite(slopes("focal", several, [0, 1, 2], gamma=gamma)).all()
    assert LOSSES["focal"]([INF, -INF, INF], [1, 1, 0], gamma=gamma).tolist() == [0.0, INF, INF]
    assert LOSSES["focal"]([INF], [0], gamma=gamma, alpha=1.0).tolist() == [0.0]


def test_hinges_are_scikit_learns():
    theirs = sklearn.metrics.hinge_loss(LABELS, LOGITS)
    assert float(LOSSES["hinge"](LOGITS, LABELS).mean()) == pytest.approx(theirs, rel=1e-13)
    squared = np.maximum(0.0, 1.0 - (2 * LABELS - 1) * LOGITS) ** 2
    np.testing.assert_allclose(LOSSES["squared-hinge"](LOGITS, LABELS), squared, rtol=1e-13)
    expected = np.where((2 * LABELS - 1) * LOGITS < 1, 1 - 2.0 * LABELS, 0.0)
    np.testing.assert_array_equal(slopes("hinge", LOGITS, LABELS), expected)


def test_hinges_end_where_the_margin_is_wide():
    for name in ("hinge", "squared-hinge"):
        assert LOSSES[name]([INF, -INF, -INF, 1.0], [1, 1, 0, 1]).tolist() == [0.0, INF, 0.0, 0.0]
        assert slopes(name, [1.0, -1.0], [1, 0]).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("width", [0.0, 1e-6, 0.1, 3.0])
def test_a_rounded_hinge_stays_near_it_and_ends_too(width):
    hinge = LOSSES["hinge"]
    above = np.asarray(hinge.rounded(LOGITS, LABELS, width) - hinge(LOGITS, LABELS))
    assert (above > -1e-12).all()
    assert (above <= width / 4 + 1e-12).all()
    assert hinge.rounded(jnp.array([1.0 + 1.001 * width]), jnp.array([1]), width).tolist() == [0.0]


@pytest.mark.parametrize("epsilon", [0.0, 0.1, 1.0])
def test_smoothed_labels_are_optaxs(epsilon):
    smooth = optax.losses.smooth_labels(jnp.eye(4)[CLASSES], epsilon)
    theirs = optax.losses.softmax_cross_entropy(jnp.asarray(CLASS_LOGITS), smooth)
    losses = LOSSES["label-smoothing"](CLASS_LOGITS, CLASSES, epsilon=epsilon)
    np.testing.assert_allclose(losses, theirs, rtol=1e-12)
    if epsilon == 0:
        np.testing.assert_allclose(losses, LOSSES["cross-entropy"](CLASS_LOGITS, CLASSES), rtol=1e-12)


def test_perplexity_counts_equal_choices():
    for choices in (2, 5):
        assert float(LOSSES["perplexity"](np.zeros((7, choices)), np.zeros(7))) == pytest.approx(choices)
    theirs = np.exp(sklearn.metrics.log_loss(CLASSES, CHANCES))
    assert float(LOSSES["perplexity"](CLASS_LOGITS, CLASSES)) == pytest.approx(theirs, rel=1e-12)
    assert float(LOSSES["perplexity"]([INF, 0.0], [0, 1])) == INF


@pytest.mark.parametrize("name", [name for name, loss in LOSSES.items() if loss.shapes == TWO_OR_MORE])
def test_one_logit_is_two_of_which_one_is_0(name):
    two = np.stack([np.zeros(50), LOGITS], axis=1)
    numbers = {"alpha": 0.5} if name == "focal" else {}
    one = LOSSES[name](LOGITS, LABELS, **numbers)
    np.testing.assert_allclose(LOSSES[name](two, LABELS, **numbers), one, rtol=1e-10)


@pytest.mark.parametrize(
    ("name", "prediction", "target", "words"),
    [
        ("binary-cross-entropy", [0.0, 1.0], [0.0, 1.5], r"`target` must be from 0 to 1, got 1\.5"),
        (
            "categorical-cross-entropy",
            [0.5, 0.6],
            [1.0, 0.0],
            r"`prediction` must be probabilities.*sum 1\.1",
        ),
        ("categorical-cross-entropy", [0.5, 0.5], [0.3, 0.3], r"`target` must be probabilities.*sum 0\.6"),
        ("categorical-cross-entropy", [1.5, -0.5], [1.0, 0.0], r"`prediction` must be from 0 to 1, got 1\.5"),
        ("focal", [0.0, 1.0], [0, 2], "`target` must be class numbers 0 to 1, got 2"),
        ("focal", np.zeros((2, 3)), [0, 3], "`target` must be class numbers 0 to 2, got 3"),
        ("hinge", [0.0, 1.0], [-1, 1], "`target` must be class numbers 0 to 1, got -1"),
        ("hinge", np.zeros((2, 3)), [0, 1], r"`target` must have the shape \(2, 3\)"),
        ("perplexity", np.zeros((2, 3)), [0, 1, 2], r"`target` must have the shape \(2, 3\), got \(3,\)"),
    ],
)
def test_what_does_not_fit_is_refused(name, prediction, target, words):
    with pytest.raises(ValueError, match=words):
        LOSSES[name](prediction, target)


@pytest.mark.parametrize(
    ("name", "numbers", "words"),
    [
        ("focal", {"gamma": -1.0}, "`gamma` must be a finite number, at least 0, got -1"),
        ("focal", {"alpha": 1.1}, r"`alpha` must be from 0 to 1, got 1\.1"),
        ("label-smoothing", {"epsilon": -0.1}, r"`epsilon` must be from 0 to 1, got -0\.1"),
    ],
)
def test_a_number_that_is_not_valid_is_refused(name, numbers, words):
    with pytest.raises(ValueError, match=words):
        LOSSES[name].replace(**numbers)
