"""Tasks of similarity and of imbalance: against closed forms, plain loops and scikit-learn."""

from itertools import combinations

import jax
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    f1_score,
    precision_score,
    recall_score,
    roc_curve,
)
from sklearn.neighbors import KNeighborsClassifier

import landscape
from landscape import LOSSES, OPTIMIZERS
from landscape.tasks import loss_landscape, task_of
from landscape.tasks.embeddings import (
    DIRECTION,
    LABELS,
    STRAY,
    Embedding,
    embedded_points,
    right_neighbours,
    scores_along,
)
from landscape.tasks.imbalance import fitted_line, imbalanced_clouds, line_landscape, line_risk
from landscape.tasks.scores import expected_rates, operating_curve, scores

NAMES = ("contrastive", "triplet", "pairwise-ranking")


@jax.jit
def value_and_slope(loss, params):
    return jax.value_and_grad(loss)(params)


def value(objective, params):
    return float(value_and_slope(objective.loss, params)[0])


def by_hand(name, points, margin, labels=LABELS):
    """The losses of all terms in plain loops, sorted, since their order is nobody's business."""
    found, n = [], len(labels)
    if name == "triplet":
        for a in range(n):
            for p in range(n):
                for q in range(n):
                    if a != p and labels[a] == labels[p] and labels[a] != labels[q]:
                        near, far = (
                            np.linalg.norm(points[a] - points[p]),
                            np.linalg.norm(points[a] - points[q]),
                        )
                        found.append(max(0.0, near - far + margin))
        return np.sort(found)
    for a, b in combinations(range(n), 2):
        gap = np.linalg.norm(points[a] - points[b])
        if name == "contrastive":
            same = labels[a] == labels[b]
            found.append(gap**2 / 2 if same else max(0.0, margin - gap) ** 2 / 2)
        elif labels[a] != labels[b]:
            high, low = (a, b) if labels[a] > labels[b] else (b, a)
            found.append(max(0.0, margin - (points[high] - points[low]) @ DIRECTION))
    return np.sort(found)


@pytest.mark.parametrize("margin", [0.6, 1.7])
@pytest.mark.parametrize("name", NAMES)
def test_every_term_is_that_of_a_plain_loop(name, margin):
    embedding, points = Embedding(LOSSES[name].replace(margin=margin)), embedded_points(seed=3)
    wanted = by_hand(name, points, margin)
    np.testing.assert_allclose(np.sort(embedding.terms(points)), wanted, rtol=1e-12, atol=1e-12)
    assert value(embedding.objective(points), points) == pytest.approx(wanted.mean(), rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_the_landscape_of_one_point_is_the_loss_of_all(name):
    embedding, points = Embedding(LOSSES[name]), embedded_points(seed=1)
    one = embedding.landscape(points, 7)
    np.testing.assert_array_equal(one.start, points[7])
    for place in ([0.3, -1.2], [2.0, 2.0]):
        moved = points.copy()
        moved[7] = place
        assert value(one, np.array(place)) == pytest.approx(by_hand(name, moved, 1.0).mean(), rel=1e-12)


def test_pulls_alone_lead_to_the_mean_of_the_mates():
    """Where no push is active the best place of a point is the mean of the others of its class."""
    embedding, points = Embedding(LOSSES["contrastive"].replace(margin=0.1)), embedded_points("sorted", 2)
    mates = points[(LABELS == 0) & (np.arange(15) != STRAY)].mean(axis=0)
    loss = embedding.landscape(points, STRAY).loss
    np.testing.assert_allclose(value_and_slope(loss, mates)[1], 0.0, atol=1e-12)
    # Each of its four pairs pulls with its distance, in a mean over 105 pairs.
    away = np.array([0.03, -0.02])
    np.testing.assert_allclose(value_and_slope(loss, mates + away)[1], away * 4 / 105, rtol=1e-9)


def test_a_collapse_is_stationary_for_pairs_and_triplets_and_not_for_ranks():
    together = embedded_points("together")
    slopes, losses = {}, {}
    for name in NAMES:
        objective = Embedding(LOSSES[name].replace(margin=2.0)).objective(together)
        losses[name], slopes[name] = value_and_slope(objective.loss, together)
    assert float(losses["contrastive"]) == pytest.approx(75 / 105 * 2.0**2 / 2)  # 75 of 105 pairs are pushed
    assert float(losses["triplet"]) == float(losses["pairwise-ranking"]) == 2.0
    assert not np.any(slopes["contrastive"])
    assert not np.any(slopes["triplet"])
    # Five points in each rank: the highest outdo ten others, the lowest are outdone by ten.
    wanted = -np.repeat([-10, 0, 10], 5)[:, None] * DIRECTION / 75
    np.testing.assert_allclose(slopes["pairwise-ranking"], wanted, atol=1e-12)


def test_without_a_margin_to_speak_of_all_points_meet_in_nearly_one_place():
    embedding, points = Embedding(LOSSES["contrastive"].replace(margin=0.1)), embedded_points(seed=0)
    optimizer = OPTIMIZERS["gd"].build(learning_rate=5.0)
    path = landscape.descend(embedding.objective(points), optimizer, num_steps=300, capacity=512)
    ends = path.params[-1]
    for label in range(3):  # Each class is in one place, the mean of where it began.
        np.testing.assert_allclose(
            ends[label == LABELS], np.tile(ends[label == LABELS][:1], (5, 1)), atol=1e-3
        )
    assert path.final_loss < 1e-4 * path.losses[0]


def test_right_neighbours_are_those_of_scikit_learn():
    for seed in range(4):
        points = embedded_points(seed=seed)
        found = 0
        for index in range(len(LABELS)):  # each by all the others
            kept = np.arange(len(LABELS)) != index
            nearest = KNeighborsClassifier(1).fit(points[kept], LABELS[kept])
            found += int(nearest.predict(points[[index]])[0] == LABELS[index])
        assert right_neighbours(points) == found
    assert right_neighbours(np.zeros((2, 15, 2))).tolist() == [0, 0]
    np.testing.assert_allclose(scores_along([[0.0, 2.0]]), [2 * np.sin(np.pi / 6)])


@pytest.mark.parametrize("name", NAMES)
def test_each_has_its_task_and_no_margin_compiles_anything(name):
    assert task_of(LOSSES[name]).equal
    first = loss_landscape(LOSSES[name])
    second = loss_landscape(LOSSES[name].replace(margin=2.5))
    assert jax.tree.structure(first.loss) == jax.tree.structure(second.loss)
    (left, right), (low, high) = first.domain
    assert left < first.start[0] < right
    assert low < first.start[1] < high
    assert value(second, first.start) > value(first, first.start) > 0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: Embedding(LOSSES["mse"]), "`loss` must be one of contrastive, triplet, .* got mse"),
        (lambda: Embedding(LOSSES["triplet"], np.zeros(4, int)), "`labels` must make a term of triplet"),
        (
            lambda: Embedding(LOSSES["triplet"]).objective(np.zeros((3, 2))),
            r"`points` .* \(15, 2\), got \(3, 2\)",
        ),
        (lambda: Embedding(LOSSES["triplet"]).landscape(np.zeros((15, 2)), 15), "`moved` must be at most 14"),
        (lambda: embedded_points("neat"), "`layout` must be one of scattered, sorted, together, got 'neat'"),
        (lambda: imbalanced_clouds(0.6, 10), "`share` must be above 0 and at most 0.5, got 0.6"),
        (lambda: imbalanced_clouds(0.1, 10, -1.0), "`distance` must be .* at least 0, got -1"),
        (
            lambda: line_risk(imbalanced_clouds(0.1, 10), LOSSES["cross-entropy"]),
            "`loss` must fit the sigmoid",
        ),
        (
            lambda: scores([0, 1], [True]),
            r"`called_rare` must have the shape of the labels \(2,\), got \(1,\)",
        ),
        (lambda: operating_curve([0, 0], [1.0, 2.0]), "`labels` must hold both classes, got 0 of 2 rare"),
    ],
)
def test_what_cannot_be_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        wrong()


@pytest.mark.parametrize(("share", "count"), [(0.5, 100), (0.08, 250), (0.02, 500)])
def test_plain_and_balanced_lines_are_those_of_scikit_learn(share, count):
    clouds = imbalanced_clouds(share, count, 1.7, seed=5)
    for name, weights in (("binary-cross-entropy", None), ("balanced-cross-entropy", "balanced")):
        for penalty in (1e-3, 1e-7):
            line, converged = fitted_line(clouds, LOSSES[name], penalty)
            # There ½‖w‖² + C Σ ℓ, with balanced weights of mean 1; here the mean and λ‖w‖².
            oracle = LogisticRegression(
                C=1 / (2 * count * penalty), class_weight=weights, tol=1e-10, max_iter=10_000
            )
            oracle.fit(clouds.inputs, clouds.targets)
            assert converged
            np.testing.assert_allclose(line, [*oracle.coef_[0], *oracle.intercept_], rtol=2e-4, atol=2e-4)


def test_a_focal_loss_that_fades_nothing_is_half_the_plain_one():
    clouds = imbalanced_clouds(0.1, 100, 2.0, seed=2)
    half = LOSSES["focal"].replace(gamma=0.0, alpha=0.5)
    # Half of everything, so the penalty is halved, too.
    focal, _ = fitted_line(clouds, half, 5e-4)
    plain, _ = fitted_line(clouds, LOSSES["binary-cross-entropy"], 1e-3)
    np.testing.assert_allclose(focal, plain, rtol=1e-7)


def test_a_focal_line_is_where_its_slope_is_zero():
    clouds = imbalanced_clouds(0.06, 250, 2.0, seed=1)
    loss = LOSSES["focal"].replace(gamma=1.5, alpha=0.7)
    line, converged = fitted_line(clouds, loss)
    assert converged

    def risk(w1, w2, b):
        p = 1 / (1 + np.exp(-(clouds.inputs @ [w1, w2] + b)))
        right = np.where(clouds.targets == 1, p, 1 - p)
        alpha = np.where(clouds.targets == 1, 0.7, 0.3)
        return np.mean(-alpha * (1 - right) ** 1.5 * np.log(right)) + 1e-3 * (w1**2 + w2**2)

    lowest = risk(*line)
    for step in 1e-3 * np.vstack([np.eye(3), -np.eye(3)]):
        assert risk(*(line + step)) > lowest
    window = ((-1.0, 5.0), (-6.0, 3.0))
    over = line_landscape(clouds, loss, line[1], window)
    for place in ([0.4, -1.1], [3.0, 2.0]):
        assert value(over, np.array(place)) == pytest.approx(risk(place[0], line[1], place[1]), rel=1e-12)


def test_examples_may_be_repeated_and_stay_where_they_are():
    few, more = imbalanced_clouds(0.1, 50, seed=4), imbalanced_clouds(0.2, 50, seed=4)
    assert few.targets.sum() == 5
    assert more.targets.sum() == 10
    np.testing.assert_array_equal(few.inputs[:40], more.inputs[:40])
    np.testing.assert_array_equal(few.inputs[45:], more.inputs[40:45])
    # 50 divides the rows of a program, 49 does not; the loss is the mean all the same.
    for clouds in (few, imbalanced_clouds(0.1, 49, seed=4)):
        risk = line_risk(clouds, LOSSES["balanced-cross-entropy"], 0.0)
        logits = clouds.inputs @ [1.0, 0.5] - 0.3
        each = np.log1p(np.exp(np.where(clouds.targets == 1, -logits, logits)))
        wanted = (each[clouds.targets == 0].mean() + each[clouds.targets == 1].mean()) / 2
        found = value(risk, {"weights": np.array([1.0, 0.5]), "bias": np.array(-0.3)})
        assert found == pytest.approx(wanted, rel=1e-12)


def test_scores_are_those_of_scikit_learn():
    random = np.random.default_rng(0)
    for share in (0.02, 0.3):
        labels = (random.random(200) < share).astype(int)
        heights = random.standard_normal(200) + labels
        called = heights > 0.4
        found = scores(labels, called)
        common, rare = confusion_matrix(labels, called)
        assert [found.passed, found.alarms, found.missed, found.found] == [*common, *rare]
        assert found.recall == pytest.approx(recall_score(labels, called))
        assert found.precision == pytest.approx(precision_score(labels, called))
        assert found.accuracy == pytest.approx(accuracy_score(labels, called))
        assert found.f1 == pytest.approx(f1_score(labels, called))
        thresholds, alarms, recalls = operating_curve(labels, np.round(heights, 1))
        wanted = roc_curve(labels, np.round(heights, 1), drop_intermediate=False)
        for mine, theirs in zip((alarms, recalls, thresholds), wanted, strict=True):
            np.testing.assert_allclose(mine, theirs)
    none = scores([1, 0], [False, False])
    assert np.isnan(none.precision)
    assert (none.recall, none.f1, none.false_alarm_rate) == (0.0, 0.0, 0.0)


def test_what_is_expected_is_what_many_points_show():
    line = np.array([1.3, -0.4, -0.9])
    clouds = imbalanced_clouds(0.5, 200_000, 1.5, seed=9)
    found = scores(clouds.targets, clouds.inputs @ line[:2] + line[2] >= 0.7)
    alarms, recall = expected_rates(line, 1.5, 0.7)
    # Three standard errors of a share of 100,000.
    assert found.false_alarm_rate == pytest.approx(alarms, abs=5e-3)
    assert found.recall == pytest.approx(recall, abs=5e-3)
    assert np.isnan(expected_rates([0.0, 0.0, 1.0], 1.5)).all()
