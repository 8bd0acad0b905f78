"""Between two solutions: its barriers and distances against NumPy, links, refusals, files."""

import jax
import numpy as np
import pytest
from taking import loaded, numbers, printed, table, taken
from visiting import text, visit, warnings

from landscape import figures
from landscape.figures.heights import number
from landscape.studio import joined, trained
from landscape.studio.joined import Family
from landscape.studio.trained import NetworkChoice, Recipe

TINY = {
    "part": "between",
    "data-between": "moons",
    "depth-between": "1",
    "width-between": "3",
    "optimizer-between": "gd",
    "epochs-between": "3",
    "batch-between": "64",
}
RECIPE = Recipe(NetworkChoice("moons", width=3, depth=1), "gd", (("learning_rate", 0.1),), epochs=3)


def layers(tree):
    return [(np.asarray(each["weights"], float), np.asarray(each["bias"], float)) for each in tree["layers"]]


def cross_entropy(network, data):
    """The loss of a perceptron with tanh units in NumPy."""
    hidden = data.inputs
    for weights, bias in network[:-1]:
        hidden = np.tanh(hidden @ weights + bias)
    raw = hidden @ network[-1][0] + network[-1][1]
    raw = raw - raw.max(axis=1, keepdims=True)
    log = raw - np.log(np.exp(raw).sum(axis=1, keepdims=True))
    return -np.mean(log[np.arange(len(raw)), data.targets.astype(int)])


def barrier(first, second, data):
    """The greatest rise above the straight line, on the page's own grid."""
    t = np.linspace(0, 1, 41)
    mixed = [
        [((1 - s) * w + s * v, (1 - s) * b + s * c) for (w, b), (v, c) in zip(first, second, strict=True)]
        for s in t
    ]
    losses = np.array([cross_entropy(each, data) for each in mixed])
    return max(np.max(losses - (1 - t) * losses[0] - t * losses[-1]), 0.0)


@pytest.mark.parametrize("second", ["start", "shuffled"])
def test_barrier_distance_and_losses_are_those_of_numpy(second):
    said = text(visit("networks", TINY, **{"second-between": second}))
    family = Family(RECIPE, second)
    ends = [layers(joined.solution(family, index)) for index in (0, 1)]
    training = trained.parts("moons", 0)[0]
    wanted = barrier(*ends, training)
    found = joined.between(joined.line.kept(family, (0, 1), "loss")).barrier
    assert found == pytest.approx(wanted, abs=2e-6)
    assert f"barrier between the two is {number(found)}" in said
    for end, network in zip((0, -1), ends, strict=True):
        loss = joined.between(joined.line.kept(family, (0, 1), "loss")).values[end]
        assert loss == pytest.approx(cross_entropy(network, training), rel=1e-5)
        assert number(float(loss)) in said
    apart = np.sqrt(
        sum(np.sum((w - v) ** 2) + np.sum((b - c) ** 2) for (w, b), (v, c) in zip(*ends, strict=True))
    )
    assert joined.distance(family, (0, 1))[0] == pytest.approx(apart)
    assert f"They are {number(float(apart))} apart" in said
    if second == "shuffled":
        assert "There are 6 such points" in said  # 3!
        assert joined.agreement(family, (0, 1)) == 1.0


def test_shuffles_are_other_orders():
    # One in six permutations of three units is none.
    for depth in (1, 2):
        recipe = Recipe(NetworkChoice("moons", width=2, depth=depth), "gd", RECIPE.numbers, epochs=1)
        family = Family(recipe, "shuffled")
        assert joined.num_orders(recipe) == 2**depth
        assert joined.refused(family, 3) == ("units" if depth == 1 else "")
        assert joined.refused(family, 2) == ""
        points = [np.ravel(joined.solution(family, index)["layers"][0]["bias"]) for index in (0, 1)]
        assert joined.distance(family, (0, 1))[0] > 0
        assert sorted(points[0]) == sorted(points[1])


def test_trained_together_they_part_where_the_ancestor_is():
    family = Family(RECIPE, "order", 2)
    wanted, whole = joined.ancestor(RECIPE, 2), joined.solution(Family(RECIPE, "start"), 0)
    first = trained.train(trained.risk(RECIPE.network), trained.optimizer(RECIPE), 2, 64, RECIPE.network.seed)
    for ours, theirs in zip(jax.tree.leaves(wanted), jax.tree.leaves(first.params), strict=True):
        np.testing.assert_array_equal(ours, theirs[-1])
    ends = [joined.solution(family, index) for index in (0, 1)]
    assert any((a != b).any() for a, b in zip(*map(jax.tree.leaves, ends), strict=True))
    # From the start and in the first order it is the training itself.
    same = joined.solution(Family(RECIPE, "order"), 0)
    assert all((a == b).all() for a, b in zip(*map(jax.tree.leaves, (same, whole)), strict=True))


def test_three_solutions_stand_in_their_plane(monkeypatch):
    app, offers = taken(monkeypatch, "networks", TINY | {"view-between": "plane", "lang": "ko"})
    family, file = Family(RECIPE), loaded(offers)
    assert "한 평면 위의 세 해" in text(app)
    assert file["solutions"] == pytest.approx(joined.places(family))
    plane = joined.plane(family)
    for index, (a, b) in enumerate(file["solutions"]):
        for ours, theirs in zip(
            jax.tree.leaves(plane.at(a, b)), jax.tree.leaves(joined.solution(family, index)), strict=True
        ):
            np.testing.assert_allclose(ours, theirs, atol=1e-5)
    risk = trained.risk(RECIPE.network)
    row, column = 11, 30
    wanted = risk.loss(plane.at(file["a"][column], file["b"][row]))
    assert file["loss"][row, column] == pytest.approx(float(wanted), rel=1e-5)
    assert len(numbers(table(offers)["loss"])) == file["loss"].size
    out = printed(offers["script"]())
    for index, pair in enumerate(((1, 2), (1, 3), (2, 3))):
        assert f"barrier {pair[0]}, {pair[1]}: {file['barriers/loss'][index]:.6g}" in out
    assert f"loss {file['loss'].min():.6g} to {file['loss'].max():.6g}" in out


@pytest.mark.parametrize("second", ["start", "shuffled", "order"])
def test_the_script_of_a_line_says_the_same(monkeypatch, second):
    link = TINY | {"second-between": second} | ({"together-between": "1"} if second == "order" else {})
    _app, offers = taken(monkeypatch, "networks", link)
    file, out = loaded(offers), printed(offers["script"]())
    assert file["t"][[10, 50]] == pytest.approx([0, 1], abs=1e-12)
    found = joined.line.kept(Family(RECIPE, second, int(second == "order")), (0, 1), "loss")
    assert f"loss barrier {joined.between(found).barrier:.6g}" in out
    accuracy = file["held_out_accuracy"]
    assert f"held_out_accuracy {accuracy.min():.6g} to {accuracy.max():.6g}" in out


def test_the_barriers_after_epochs_together(monkeypatch):
    _app, offers = taken(monkeypatch, "networks", TINY | {"view-between": "together", "epochs-between": "2"})
    file, out = loaded(offers), printed(offers["script"]())
    assert file["epochs_together"].tolist() == [0, 1]
    for epochs, height in zip(file["epochs_together"], file["barrier_loss"], strict=True):
        assert f"{epochs} epochs together: barrier {height:.6g}" in out


def test_what_cannot_be_is_told():
    full = str(trained.parts("moons", 0)[0].num_examples)
    for link, words in (
        ({"second-between": "order", "batch-between": full}, "no other order. Take a batch size"),
        ({"second-between": "shuffled", "width-between": "1"}, "Take more units"),
        ({"second-between": "order", "together-between": "3"}, "must be fewer than the epochs"),
        ({"lr-between": "10", "penalty-between": "1000", "epochs-between": "9"}, "diverged"),
    ):
        with pytest.raises(AssertionError, match=words):
            visit("networks", TINY, **link)


def test_bad_links_are_told():
    app = visit("networks", TINY, **{"second-between": "twin", "view-between": "cube"})
    assert any("second-between" in each and "view-between" in each for each in warnings(app))


STYLE = figures.PathStyle("#000000", "solid", "circle")


def test_the_picture_of_a_barrier():
    t = np.linspace(-0.5, 1.5, 9)  # 0 and 1 are the third and the seventh
    values = np.array([9.0, 5.0, 1.0, 2.0, 4.0, 2.5, 2.0, 1e9, np.nan])
    curve = figures.ProfileCurve("training", t, values, STYLE, "barrier 2.5")
    figure = figures.profile_curves([curve], titles=("t", "loss"), ends=("1", "2"), chord="straight")
    line, chord, arrow, ends = figure["data"]
    assert np.isnan(line["y"][-1])
    assert chord["y"].tolist() == [1.0, 2.0]
    assert arrow["y"].tolist() == [1.5, 4.0]
    assert ends["x"].tolist() == [0.0, 1.0]
    assert figure["layout"]["yaxis"]["range"][1] < 10  # what lies far beyond does not flatten the barrier
    with pytest.raises(ValueError, match="must hold 0 and 1"):
        figures.profile_curves(
            [figures.ProfileCurve("x", [0.2, 0.4], [1, 2], STYLE)], titles=("t", "y"), ends=("", ""), chord=""
        )
    with pytest.raises(ValueError, match="at least one curve"):
        figures.profile_curves([], titles=("t", "y"), ends=("", ""), chord="")
