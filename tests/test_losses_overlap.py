"""Losses of overlap against scikit-learn's F1 score, the published formulas by hand, and at their edges."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special
import sklearn.metrics

from landscape.losses import LOSSES

RANDOM = np.random.default_rng(37)
MASK = (RANDOM.random(200) < 0.15).astype(int)
CHANCES = RANDOM.random(200)
LOGITS = scipy.special.logit(CHANCES)
INF = np.inf


def test_dice_of_hard_masks_is_one_less_the_f1_score():
    hard = (CHANCES > 0.6).astype(int)
    assert float(LOSSES["dice"](hard, MASK)) == pytest.approx(1 - sklearn.metrics.f1_score(MASK, hard))


@pytest.mark.parametrize("smoothing", [0.0, 1.0, 7.5])
def test_dice_of_probabilities_is_the_formula(smoothing):
    by_hand = 1 - (2 * (CHANCES * MASK).sum() + smoothing) / (CHANCES.sum() + MASK.sum() + smoothing)
    assert float(LOSSES["dice"](CHANCES, MASK, smoothing=smoothing)) == pytest.approx(by_hand, rel=1e-13)
    image = LOSSES["dice"](CHANCES.reshape(10, 20), MASK.reshape(10, 20), smoothing=smoothing)
    assert float(image) == pytest.approx(by_hand, rel=1e-13)


def test_generalized_dice_is_the_formula_of_sudre_et_al():
    r, p = np.stack([MASK, 1 - MASK]), np.stack([CHANCES, 1 - CHANCES])
    w = 1 / r.sum(axis=1) ** 2
    by_hand = 1 - 2 * (w * (r * p).sum(axis=1)).sum() / (w * (r + p).sum(axis=1)).sum()
    assert float(LOSSES["generalized-dice"](CHANCES, MASK)) == pytest.approx(by_hand, rel=1e-12)
    swapped = float(LOSSES["generalized-dice"](1 - CHANCES, 1 - MASK))
    assert swapped == pytest.approx(by_hand, rel=1e-12), "object and background count alike"


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_dice_and_cross_entropy_are_shares_of_both(share):
    dice = float(LOSSES["dice"](CHANCES, MASK))
    entropy = sklearn.metrics.log_loss(MASK, CHANCES)
    both = float(LOSSES["dice-cross-entropy"](LOGITS, MASK, share=share))
    assert both == pytest.approx(share * dice + (1 - share) * entropy, rel=1e-12)


def test_the_same_mask_costs_nothing_and_the_opposite_one_all():
    for name in ("dice", "generalized-dice"):
        assert float(LOSSES[name](MASK, MASK)) == pytest.approx(0.0, abs=1e-15)
        assert float(LOSSES[name](1 - MASK, MASK)) == pytest.approx(1.0)
    sure = np.where(MASK == 1, INF, -INF)
    assert float(LOSSES["dice-cross-entropy"](sure, MASK)) == 0.0
    assert float(LOSSES["dice-cross-entropy"](-sure, MASK)) == INF
    assert float(LOSSES["dice-cross-entropy"](-sure, MASK, share=1.0)) == 1.0


def test_a_true_background_says_nothing_to_dice():
    # More background that is rightly left empty changes the mean cross-entropy, and dice not at all.
    wider, empty = np.append(CHANCES, np.zeros(500)), np.append(MASK, np.zeros(500))
    assert float(LOSSES["dice"](wider, empty)) == pytest.approx(float(LOSSES["dice"](CHANCES, MASK)))


def test_an_empty_mask_is_a_number_in_a_program_and_a_sentence_in_a_call():
    nothing = jnp.zeros(5)
    assert float(LOSSES["dice"].function(nothing, nothing, smoothing=0.0)) == 0.0
    assert float(LOSSES["generalized-dice"].function(nothing, nothing)) == 0.0
    slope = jax.grad(lambda p: LOSSES["dice"].function(p, nothing, smoothing=0.0))(nothing)
    assert np.isfinite(slope).all()
    assert float(LOSSES["dice"](nothing, nothing, smoothing=1.0)) == 0.0
    assert float(LOSSES["dice"]([0.5, 0.0], [0, 0])) == 1.0


@pytest.mark.parametrize(
    ("name", "prediction", "target", "words"),
    [
        ("dice", [0.0, 0.0], [0, 0], "`prediction` and `target` must not both be empty without smoothing"),
        ("dice-cross-entropy", [-INF, -2000.0], [0, 0], "`prediction` and `target` must not both be empty"),
        (
            "generalized-dice",
            [0.5, 0.5],
            [0, 0],
            r"`target` must hold both object \(1\) and background \(0\)",
        ),
        ("generalized-dice", [0.5, 0.5], [1, 1], r"`target` must hold both.*got only 1"),
        ("dice", [0.5, 1.2], [0, 1], r"`prediction` must be from 0 to 1, got 1\.2"),
        ("dice", [0.5, 0.2], [0, 0.5], r"`target` must be 0 or 1, got 0\.5"),
        ("dice", [0.5, 0.2], [0], r"`target` must have the shape \(2,\), got \(1,\)"),
    ],
)
def test_what_does_not_fit_is_refused(name, prediction, target, words):
    with pytest.raises(ValueError, match=words):
        LOSSES[name](prediction, target)
