"""Losses of similarity against PyTorch's numbers, SciPy's distances and the published gradients."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.spatial.distance import cdist

from landscape import LOSSES

RANDOM = np.random.default_rng(3)
FIRST, SECOND = RANDOM.normal(size=(2, 40, 3))
SAME = RANDOM.integers(0, 2, 40)
DISTANCES = cdist(FIRST, SECOND).diagonal()

ANCHORS = [[0.3, -1.2, 0.5], [1.0, 2.0, -0.5], [-0.7, 0.1, 2.2], [0.4, 0.4, 0.4]]
POSITIVES = [[0.1, -1.0, 0.9], [0.0, 1.0, 0.5], [-0.6, 0.3, 2.0], [1.4, -0.6, 0.4]]
NEGATIVES = [[1.5, 0.2, -0.3], [1.1, 1.8, -0.4], [2.0, -1.0, 0.5], [0.4, 0.5, 0.6]]

# PyTorch 2.13, float64: TripletMarginLoss(margin, eps=0.0, reduction="none")(anchors, positives, negatives),
# and what autograd gives for the anchors of the sum, the same for both margins.
TRIPLETS = {
    1.0: [0.0, 2.4871018332905592, 0.0, 2.190606764623116],
    0.4: [0.0, 1.8871018332905594, 0.0, 1.590606764623116],
}
TRIPLET_SLOPES = [
    [0.0, 0.0, 0.0],
    [0.9855985596534893, -0.23914631173810008, -0.16910197872576288],
    [0.0, 0.0, 0.0],
    [-0.7071067811865475, 1.1543203766865056, 0.894427190999916],
]
# The same with PyTorch's default eps, 1e-6, which it adds to every coordinate of the differences.
TRIPLETS_WITH_EPS = [0.0, 2.4871024106354747, 0.0, 2.1906081062622795]

SCORES, OTHERS = [0.2, 1.5, -0.3, 2.0, 0.0], [0.7, 0.1, -0.3, -1.0, 0.4]
ORDERS = [1, 1, -1, 1, -1]
# PyTorch 2.13, float64: MarginRankingLoss(margin, reduction="none")(scores, others, orders).
RANKINGS = {0.0: [0.5, 0.0, 0.0, 0.0, 0.0], 0.5: [1.0, 0.0, 0.5, 0.0, 0.1], 1.0: [1.5, 0.0, 1.0, 0.0, 0.6]}


def slopes(name, *arrays, of=0, **numbers):
    def total(array):
        return LOSSES[name](*arrays[:of], array, *arrays[of + 1 :], **numbers).sum()

    return np.asarray(jax.jit(jax.grad(total))(jnp.asarray(arrays[of], dtype=float)))


def test_contrastive_is_the_published_loss_of_scipys_distances():
    margin = 2.0
    lacking = np.maximum(0.0, margin - DISTANCES)
    wanted = np.where(SAME == 1, DISTANCES**2 / 2, lacking**2 / 2)
    np.testing.assert_allclose(
        LOSSES["contrastive"](FIRST, SECOND, SAME, margin=margin), wanted, rtol=1e-13, atol=1e-15
    )
    # Hadsell et al., eq. 5 and 6: a spring of rest length 0, and one of rest length m that only pushes.
    ways = (FIRST - SECOND) / DISTANCES[:, None]
    pull = np.where(SAME == 1, DISTANCES, -lacking)[:, None] * ways
    np.testing.assert_allclose(
        slopes("contrastive", FIRST, SECOND, SAME, margin=margin), pull, rtol=1e-12, atol=1e-15
    )
    np.testing.assert_allclose(
        slopes("contrastive", FIRST, SECOND, SAME, of=1, margin=margin), -pull, rtol=1e-12, atol=1e-15
    )


def test_contrastive_of_a_triangle_of_sides_3_4_and_5():
    loss = LOSSES["contrastive"].replace(margin=7.0)
    assert loss([3.0, 0.0], [0.0, 4.0], 1).item() == 12.5
    assert loss([3.0, 0.0], [0.0, 4.0], 0).item() == 2.0
    assert loss([3.0, 0.0], [0.0, 4.0], 0, margin=5.0).item() == 0.0


def test_pairs_of_equal_or_infinitely_distant_points_have_losses():
    loss = LOSSES["contrastive"]
    point, far = [[1.0, 2.0]] * 2, [[np.inf, 0.0]] * 2
    assert loss(point, point, [1, 0]).tolist() == [0.0, 0.5]
    assert loss(point, far, [1, 0]).tolist() == [np.inf, 0.0]
    for of in (0, 1):
        np.testing.assert_array_equal(slopes("contrastive", point, point, [1, 0], of=of), 0.0)


@pytest.mark.parametrize("margin", TRIPLETS)
def test_triplet_is_pytorchs_without_its_eps(margin):
    losses = LOSSES["triplet"](ANCHORS, POSITIVES, NEGATIVES, margin=margin)
    np.testing.assert_allclose(losses, TRIPLETS[margin], rtol=1e-14)
    np.testing.assert_allclose(
        slopes("triplet", ANCHORS, POSITIVES, NEGATIVES, margin=margin), TRIPLET_SLOPES, rtol=1e-13
    )


def test_what_pytorchs_eps_does_to_triplets():
    away = np.add(ANCHORS, 1e-6)
    moved = cdist(away, POSITIVES).diagonal() - cdist(away, NEGATIVES).diagonal() + 1.0
    np.testing.assert_allclose(np.maximum(0.0, moved), TRIPLETS_WITH_EPS, rtol=1e-14)
    np.testing.assert_allclose(LOSSES["triplet"](ANCHORS, POSITIVES, NEGATIVES), TRIPLETS_WITH_EPS, atol=2e-6)


def test_triplets_of_coincident_points_have_slopes():
    loss = LOSSES["triplet"]
    assert loss([1.0, 1.0], [1.0, 1.0], [1.0, 1.0]).item() == 1.0
    for of in range(3):
        np.testing.assert_array_equal(slopes("triplet", *[[1.0, 1.0]] * 3, of=of), 0.0)
    # At the anchor's place the positive does not pull, and the negative still pushes.
    np.testing.assert_array_equal(slopes("triplet", [0.0, 0.0], [0.0, 0.0], [0.5, 0.0]), [1.0, 0.0])
    # At the corner, where the loss has just become 0, nothing does.
    np.testing.assert_array_equal(slopes("triplet", [0.0, 0.0], [0.0, 0.0], [1.0, 0.0]), 0.0)


@pytest.mark.parametrize("margin", RANKINGS)
def test_pairwise_ranking_is_pytorchs(margin):
    losses = LOSSES["pairwise-ranking"](SCORES, OTHERS, ORDERS, margin=margin)
    np.testing.assert_allclose(losses, RANKINGS[margin], rtol=1e-14, atol=1e-16)


def test_slopes_of_a_ranking_are_those_of_its_order():
    assert slopes("pairwise-ranking", SCORES, OTHERS, ORDERS).tolist() == [-1.0, 0.0, 1.0, 0.0, 1.0]
    assert slopes("pairwise-ranking", SCORES, OTHERS, ORDERS, of=1).tolist() == [1.0, 0.0, -1.0, 0.0, -1.0]
    assert slopes("pairwise-ranking", [0.5], [0.5], [1], margin=0.0).tolist() == [0.0]


def test_nan_is_a_result():
    pair = ([[np.nan, 0.0], [1.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]])
    for same in ([0, 0], [1, 1]):
        assert np.isnan(LOSSES["contrastive"](*pair, same)).tolist() == [True, False]
    assert np.isnan(LOSSES["triplet"](*pair, pair[1])).tolist() == [True, False]
    assert np.isnan(LOSSES["pairwise-ranking"]([np.nan, 1.0], [0.0, 0.0], [1, 1])).tolist() == [True, False]


@pytest.mark.parametrize(
    ("name", "arrays", "words"),
    [
        ("contrastive", ([[0.0]], [[1.0]], [0.5]), "`same` must be 0 or 1, got 0.5"),
        ("contrastive", ([[0.0]], [[1.0, 2.0]], [0]), r"`second` must have the shape \(1, 1\), got \(1, 2\)"),
        ("contrastive", ([[0.0]], [[1.0]], [0, 1]), r"`same` must have the shape \(1,\), got \(2,\)"),
        ("triplet", ([[0.0]], [[1.0]], [0.0]), r"`negative` must have the shape \(1, 1\), got \(1,\)"),
        ("triplet", ([[0.0]], [[1.0]]), "must be given `anchor`, `positive`, `negative`, got 2 arrays"),
        ("pairwise-ranking", ([0.0], [1.0], [0]), "`order` must be -1 or 1, got 0"),
        ("pairwise-ranking", ([0.0], [1.0, 2.0], [1]), r"`second` must have the shape \(1,\), got \(2,\)"),
    ],
)
def test_what_does_not_fit_is_refused(name, arrays, words):
    with pytest.raises(ValueError, match=words):
        LOSSES[name](*arrays)


@pytest.mark.parametrize(
    ("name", "margin"), [("contrastive", 0.0), ("triplet", -1.0), ("pairwise-ranking", -0.1)]
)
def test_a_margin_that_is_none_is_refused(name, margin):
    with pytest.raises(ValueError, match=f"`margin` must be .*, got {margin}"):
        LOSSES[name].replace(margin=margin)
