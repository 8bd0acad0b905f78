"""Discs beside a mask: against scikit-learn's scores and losses, and what a small object costs."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, jaccard_score, log_loss
from sklearn.utils.class_weight import compute_sample_weight

from landscape import LOSSES, loss_landscape
from landscape.tasks.masks import PLACES, disc, overlap, segmented, soft_disc, soft_mask
from landscape.tasks.slopes import slopes

POINTS = [(3.0, 5.0), (2.0, 0.0), (6.5, -3.2), (0.3, 1.0), (-4.0, 0.0)]


NAMES = ("binary-cross-entropy", "dice", "dice-cross-entropy", "generalized-dice")


def found(name, points, radius=2.0, softness=0.5):
    """Losses and gradients of a landscape: all losses by one program."""
    losses, gradients = slopes([segmented(LOSSES[each], radius, softness) for each in NAMES], points)
    return losses[NAMES.index(name)], gradients[NAMES.index(name)]


@pytest.mark.parametrize("radius", [2.0, 5.5])
def test_cross_entropy_is_scikit_learns(radius):
    wanted = [log_loss(disc(radius).ravel(), soft_mask(point, 0.5).ravel()) for point in POINTS]
    np.testing.assert_allclose(found("binary-cross-entropy", POINTS, radius)[0], wanted, rtol=1e-9)


def test_dice_of_hard_masks_is_scikit_learns_f1():
    # An edge so sharp that every pixel is 0 or 1.
    for r, c in ((2.0, 1.0), (3.1, 1.7), (6.2, 3.4)):
        wanted = f1_score(disc(3.0).ravel(), disc(r, c).ravel())
        assert found("dice", [(r, c)], 3.0, 1e-6)[0] == pytest.approx(1 - wanted, abs=1e-12)
        iou, dice = overlap(np.array([[r, c]]), 3.0)
        assert dice[0] == pytest.approx(wanted)
        assert iou[0] == pytest.approx(jaccard_score(disc(3.0).ravel(), disc(r, c).ravel()))


def test_soft_dice_is_its_sum():
    t = disc(2.0)
    values = [found(name, POINTS, softness=0.7)[0] for name in NAMES[1:]]
    for point, dice, combined, generalized in zip(POINTS, *values, strict=True):
        p = soft_mask(point, 0.7)
        wanted = 1 - 2 * (p * t).sum() / (p.sum() + t.sum())
        assert dice == pytest.approx(wanted, rel=1e-9)
        mixed = 0.5 * wanted + 0.5 * log_loss(t.ravel(), p.ravel())
        assert combined == pytest.approx(mixed, rel=1e-9)
        weights = np.array([1 / t.sum() ** 2, 1 / (1 - t).sum() ** 2])
        both = np.array([[(p * t).sum(), ((1 - p) * (1 - t)).sum()], [(p + t).sum(), (2 - p - t).sum()]])
        general = 1 - 2 * (weights @ both[0]) / (weights @ both[1])
        assert generalized == pytest.approx(general, rel=1e-9)


def test_a_disc_is_where_it_is_said_to_be():
    far, up = disc(3.0, 5.0), PLACES[:, None] * np.ones(32)
    assert (up * far).sum() / far.sum() == pytest.approx(5.0, abs=0.2)
    np.testing.assert_array_equal(far, far[:, ::-1])
    np.testing.assert_array_equal(np.asarray(soft_disc(np.array([3.0, 5.0]), 2.0)) >= 0, far > 0)
    assert disc(2.0).sum() == 12
    assert disc(5.0).sum() == sum(x * x + y * y <= 25 for x in PLACES for y in PLACES)


def test_predicting_nothing_costs_less_for_a_smaller_object_and_not_under_dice():
    nothing = (-2.0, 0.0)
    entropy, dice = (
        [found(name, [nothing], radius)[0][0] for radius in (1.0, 2.0, 4.0, 8.0)]
        for name in ("binary-cross-entropy", "dice")
    )
    assert (np.diff(entropy) > 0).all()
    assert entropy[0] < 0.03
    assert entropy[-1] > 1
    assert min(dice) > 0.98


def test_without_overlap_dice_is_flat_and_cross_entropy_is_not():
    steepness = {name: found(name, [(3.0, 8.0)])[1][0] for name in ("dice", "binary-cross-entropy")}
    assert np.hypot(*steepness["dice"]) < 1e-3
    assert steepness["binary-cross-entropy"][1] > 0.02
    # Of each of the 12 pixels of the object the logit falls by 1 / τ for each pixel of distance.
    assert steepness["binary-cross-entropy"][1] == pytest.approx(12 / 1024 / 0.5, rel=0.02)


def test_the_overlap_of_nothing_and_of_what_is_no_number_is_0():
    iou, dice = overlap(np.array([[-1.0, 0.0], [np.nan, 0.0], [1.0, np.nan], [2.0, 0.0]]), 2.0)
    assert iou.tolist() == dice.tolist() == [0, 0, 0, 1]


def test_every_loss_of_overlap_has_its_landscape():
    for name in ("dice", "generalized-dice", "dice-cross-entropy"):
        landscape = loss_landscape(LOSSES[name])
        assert float(landscape.loss(landscape.start)) == pytest.approx(found(name, [landscape.start])[0][0])


def test_balanced_pixels_weigh_as_scikit_learn_says():
    point, wanted = (3.0, 1.0), disc(2.0).ravel()
    weights = compute_sample_weight("balanced", wanted)
    theirs = log_loss(wanted, soft_mask(point, 0.5).ravel(), sample_weight=weights)
    assert float(segmented(LOSSES["balanced-cross-entropy"]).loss(np.array(point))) == pytest.approx(theirs)


def test_the_numbers_inside_a_loss_count():
    chosen = [segmented(LOSSES["dice"].replace(smoothing=s)) for s in (0.0, 10.0)]
    values = [float(each.loss(np.array([3.0, 8.0]))) for each in chosen]
    assert values[1] < values[0] - 0.1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: segmented(LOSSES["dice"], 0.5), "`radius` must be from 1 to 15 pixels, got 0.5"),
        (lambda: segmented(LOSSES["dice"], softness=0.0), "`softness` must be a positive finite number"),
        (lambda: segmented(LOSSES["cross-entropy"]), "`loss` must stand behind a sigmoid, got cross-entropy"),
        (lambda: segmented(LOSSES["wasserstein"]), "`loss` must take predictions and targets"),
    ],
)
def test_what_is_no_mask_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
