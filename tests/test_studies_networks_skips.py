"""Skips or not: both networks against NumPy, what is counted over seeds, links, files and the script."""

import re

import numpy as np
import pytest
from taking import loaded, numbers, printed, table, taken
from visiting import rows, text, visit, warnings

from landscape import DATASETS
from landscape.roughness import Roughness
from landscape.studio import skipped, sliced
from landscape.studio.skipped import Both, Outcome, Pair
from landscape.studio.studies.networks import skips, skips_files, skips_words
from landscape.studio.trained import NetworkChoice, Recipe

TINY = {
    "part": "skips",
    "data-skips": "iris",
    "depth-skips": "3",
    "width-skips": "3",
    "epochs-skips": "2",
    "seed-skips": "4",
}
NETWORK = NetworkChoice("iris", "mlp", width=3, depth=3, seed=4)
PAIR = Pair("perceptron", Recipe(NETWORK, "adam", (("learning_rate", 0.005),), epochs=2, batch=16))


@pytest.fixture(scope="module")
def opened():
    return visit("networks", TINY, lang="en")


def cross_entropy(params, inputs, targets, residual):
    """The loss of a perceptron of tanh units as NumPy computes it."""
    *layers, readout = [
        {name: np.asarray(leaf, float) for name, leaf in layer.items()} for layer in params["layers"]
    ]
    hidden = np.zeros((len(inputs), 0))
    for index, layer in enumerate(layers):
        after = np.tanh((hidden if index else inputs) @ layer["weights"] + layer["bias"])
        hidden = hidden + after if residual and index else after
    outputs = hidden @ readout["weights"] + readout["bias"]
    logs = outputs - np.log(np.exp(outputs).sum(axis=1, keepdims=True))
    return -logs[np.arange(len(inputs)), targets.astype(int)].mean()


@pytest.mark.parametrize("residual", [False, True])
def test_the_slice_is_that_of_numpys_network(opened, residual):
    training, _held_out = DATASETS["iris"].split(0.3, 0)
    inputs = (training.inputs - training.inputs.mean(axis=0)) / training.inputs.std(axis=0)
    cut = PAIR.cuts[residual]
    found, plane = skipped.both(PAIR)[residual], sliced.plane(cut)
    rough = found.roughness
    for i, j in ((0, 0), (12, 12), (3, 20), (24, 7)):
        point = plane.at(rough.x[j], rough.y[i])
        expected = cross_entropy(point, inputs, np.asarray(training.targets), residual)
        np.testing.assert_allclose(rough.values[i, j], expected, rtol=1e-4)
    assert rough.x[[0, 12, 24]].tolist() == [-1.0, 0.0, 1.0]
    np.testing.assert_allclose(rough.values[12, 12], found.last("loss"), rtol=1e-5)
    # The curvature by second differences, where none of its signs is near 0.
    zaa, zbb = (np.diff(rough.values, 2, axis=axis)[_inner(axis)] for axis in (1, 0))
    corners = rough.values[2:, 2:] - rough.values[2:, :-2] - rough.values[:-2, 2:] + rough.values[:-2, :-2]
    step = rough.x[1] - rough.x[0]
    hessians = np.stack([zaa, corners / 4, corners / 4, zbb], axis=-1).reshape(*zaa.shape, 2, 2) / step**2
    u, v = (_flat(each) for each in (plane.u, plane.v))
    inverse = np.linalg.inv(np.linalg.cholesky([[u @ u, u @ v], [u @ v, v @ v]]))
    smallest = np.linalg.eigvalsh(inverse @ hessians @ inverse.T)[..., 0]
    clear = np.abs(smallest) > 0.1 * np.abs(smallest).max()
    assert clear.mean() > 0.3
    assert np.mean((smallest < 0) == (rough.smallest[1:-1, 1:-1] < 0), where=clear) > 0.98


def _inner(axis):
    return (slice(1, -1), slice(None)) if axis == 1 else (slice(None), slice(1, -1))


def _flat(tree):
    return np.concatenate([np.ravel(leaf) for layer in tree["layers"] for leaf in layer.values()]).astype(
        float
    )


def test_both_begin_with_the_same_weights(opened):
    plain, residual = (sliced.objective(recipe).start for recipe in PAIR.recipes)
    for first, second in zip(plain["layers"], residual["layers"], strict=True):
        assert first["weights"].tobytes() == second["weights"].tobytes()


def test_the_table_says_what_was_measured_and_counts_it(opened):
    assert warnings(opened) == []
    cells = rows(opened)
    assert [row[0] for row in cells] == ["3", "4", "5", "better with skips in"]
    known = [skipped.both(PAIR.with_seed(seed)) for seed in (3, 4, 5)]
    for row, found in zip(cells, known, strict=False):
        losses = [float(each.strip("*\u00a0")) for each in row[1].split("/")]
        np.testing.assert_allclose(losses, [each.records["loss"][-1] for each in found], rtol=6e-3)
        assert [each.startswith("**") for each in row[1].split("\u00a0/\u00a0")] == [
            losses[0] < losses[1],
            losses[1] < losses[0],
        ]
        shares = [np.mean(each.roughness.smallest < 0) for each in found]
        said = [float(each.strip("*\u00a0")) for each in row[4].split("/")]
        np.testing.assert_allclose(said, 100 * np.array(shares), atol=0.06)
    lower = sum(b.records["loss"][-1] < a.records["loss"][-1] for a, b in known)
    assert cells[-1][1] == f"{lower} of 3"
    assert f"**Of 3 seeds** the network with skips trains to a lower loss in **{lower}**" in text(opened)


def test_korean_and_the_view_from_the_side():
    app = visit("networks", TINY, lang="ko", **{"view-skips": "side", "scale-skips": "log"})
    assert warnings(app) == []
    assert re.search("[가-힣]", text(app))
    assert [row[0] for row in rows(app)][:3] == ["3", "4", "5"]


def test_links_that_cannot_be_are_told():
    app = visit("networks", TINY, **{"epochs-skips": "201", "init-skips": "zeros", "seeds-skips": "4"})
    told = "\n".join(warnings(app))
    assert "201 is above 200" in told
    assert "zeros" in told
    assert "“4”" in told


def test_files_and_the_script_give_the_same_numbers(monkeypatch, opened):
    _app, offers = taken(monkeypatch, "networks", TINY | {"seeds-skips": "1"})
    arrays, columns = loaded(offers), table(offers)
    assert columns["network"] == ["mlp", "residual-mlp"]
    assert columns["seed"] == ["4", "4"]
    found = skipped.both(PAIR)
    for name, each in zip(columns["network"], found, strict=True):
        np.testing.assert_array_equal(arrays[f"{name}/slice/values"], each.roughness.values)
    said = printed(offers["script"]())
    pattern = r"seed 4 (\S+): loss (\S+), held out (\S+), negative (\S+), ratio (\S+), minima (\d+)"
    lines = re.findall(pattern, said)
    assert [line[0] for line in lines] == columns["network"]
    names = ("loss", "held_out_loss", "negative_share", "ratio", "num_minima")
    for index, name in enumerate(names, 1):
        values = [float(line[index]) for line in lines]
        np.testing.assert_allclose(values, numbers(columns[name]), rtol=1e-4, err_msg=name)


def test_a_training_that_diverges_is_worse_than_any_other():
    rough = Roughness(*[np.zeros((2, 2))] * 6, 0.5, 1, 1.0, 0)
    good = Outcome(np.arange(2), {"loss": np.array([2.0, 1.0])}, rough, 25, None)
    bad = Outcome(np.arange(2), {"loss": np.array([2.0, np.nan])}, None, 25, 1.5)
    for found, sign in ((Both(good, bad), -1), (Both(bad, good), 1), (Both(good, good), 0)):
        assert {each.better for each in skips_words.measures(found) if each.name != "held_out_loss"} == {sign}
    assert skips_words.measures(Both(good, bad))[0].text() == "**1**\u00a0/\u00a0NaN"
    assert "diverged after 1.5 epochs" in skips_words.verdict(PAIR, Both(good, bad), {}, (4,))
    assert skips_files.arrays(PAIR, Both(good, bad))["mlp/slice/ratios"].shape == (2, 2)


def test_seeds_come_in_blocks():
    assert [skipped.seeds(seed, 3) for seed in (0, 2, 3)] == [(0, 1, 2), (0, 1, 2), (3, 4, 5)]
    assert max(skipped.seeds(skips.LARGEST_SEED - skips.COUNTS[-1], 5)) <= skips.LARGEST_SEED
