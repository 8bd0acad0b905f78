"""Sharp or flat: what the page says of four minima, against NumPy and SciPy; links and downloads."""

import re

import jax
import numpy as np
import pytest
from compiling import counted
from jax.flatten_util import ravel_pytree
from scipy.stats import kendalltau
from taking import loaded, numbers, printed, table, taken
from visiting import rerun, rows, text, visit, warnings

from landscape.objectives import as_program
from landscape.studio import flattened
from landscape.studio.flattened import RUNS, Comparison, Place, Setting, Slice
from landscape.studio.studies.networks import sharpness_words
from landscape.studio.studies.networks.sharpness_words import short
from landscape.studio.trained import NetworkChoice

LINK = {
    "part": "sharpness",
    "data-sharp": "iris",
    "depth-sharp": "1",
    "width-sharp": "3",
    "activation-sharp": "relu",
    "epochs-sharp": "3",
    "large-sharp": "64",
    "decay-sharp": "0.01",
}
NETWORK = NetworkChoice("iris", "mlp", 3, 1, "relu")
SETTING = Setting(NETWORK, "momentum", 0.03, 16, 64, 0.01, 3, "epochs")


def settled(app):
    """The page when all is there."""
    for _ in range(60):
        if "…" not in text(app) and not app.get("progress"):
            return app
        rerun(app)
    raise AssertionError("it does not end")


def ended(setting, run):
    found = None
    while found is None:
        found = flattened.minimum.found(setting.recipe(run), seconds=60)
    return found


@jax.jit
def whole(loss, params):
    flat, unravel = ravel_pytree(params)
    return jax.hessian(lambda vector: loss(unravel(vector)))(flat)


def eigenvalues_of(objective, params):
    """NumPy's, of the whole Hessian."""
    return np.linalg.eigvalsh(np.asarray(whole(as_program(objective.loss), params), float))


def test_the_four_differ_in_batch_and_penalty_alone():
    recipes = {run: SETTING.recipe(run) for run in RUNS}
    assert [(each.batch, each.penalty, each.epochs) for each in recipes.values()] == [
        (16, 0.0, 3), (16, 0.01, 3), (64, 0.0, 3), (64, 0.01, 3)
    ]  # fmt: skip
    assert {each.network for each in recipes.values()} == {NETWORK}
    # 105 examples: 7 steps an epoch against 2; 21 steps are 11 epochs of the large batch.
    as_many = Setting(NETWORK, "momentum", 0.03, 16, 64, 0.01, 3, "steps")
    assert [as_many.recipe(run).epochs for run in RUNS] == [3, 3, 11, 11]
    endless = Setting(NETWORK, "momentum", 0.03, 1, None, 0.01, 100, "steps")
    assert endless.recipe("large").epochs == flattened.MOST_EPOCHS


def test_the_table_is_numpys():
    app = settled(visit("networks", LINK))
    assert warnings(app) == []
    for cells, run in zip(rows(app), RUNS, strict=True):
        found, objective = ended(SETTING, run), flattened.risk(SETTING.recipe(run))
        eigenvalues = eigenvalues_of(objective, found.params)
        weights = [np.asarray(layer["weights"]) for layer in found.params["layers"]]
        bent = flattened.bend.kept(Place(SETTING.recipe(run)))
        np.testing.assert_allclose([bent.largest, bent.smallest], eigenvalues[[-1, 0]], rtol=1e-3, atol=1e-5)
        assert abs(bent.trace - eigenvalues.sum()) < 4 * bent.error
        assert cells[1] == str({"small": 21, "large": 6}[run.split("-")[0]])
        assert cells[2:4] == [short(bent.largest), short(bent.smallest)]
        assert cells[5] == short(np.sqrt(sum(np.sum(each.astype(float) ** 2) for each in weights)))
        assert cells[6] == short(float(objective.loss(found.params)))
        errors = 1 - float(objective.measures["held_out_accuracy"](found.params))
        assert float(cells[8].rstrip(" %")) == pytest.approx(100 * errors, rel=0.06)
    assert "21 steps with the small batch, 6 with the large one" in text(app)


def test_pairs_are_those_of_kendalls_correlation():
    random = np.random.default_rng(0)
    for _ in range(5):
        x, y = random.normal(size=(2, 4))
        found = sharpness_words.pairs(list(x), list(y))
        tau = (found.agreeing - found.contrary) / found.total
        assert tau == pytest.approx(kendalltau(x, y).statistic)
    assert sharpness_words.pairs([1.0, 2.0], [3.0, 3.0]).even == 1


def test_rescaled_layers_leave_the_function_and_the_filter_normalized_slice_as_they_are():
    found, recipe = ended(SETTING, "small"), SETTING.recipe("small")
    objective, place = flattened.risk(recipe), Place(recipe, 4.0)
    params = flattened.params(place)
    assert float(objective.loss(params)) == pytest.approx(float(objective.loss(found.params)), rel=1e-5)
    kwargs = {"seconds": 60}
    plain, moved = (flattened.curves.found(Slice(each), **kwargs) for each in (Place(recipe), place))
    np.testing.assert_allclose(moved.training.values, plain.training.values, rtol=1e-4)
    np.testing.assert_allclose(moved.held_out.values, plain.held_out.values, rtol=1e-4)
    sharper = eigenvalues_of(objective, params)[-1]
    assert sharper > 1.5 * eigenvalues_of(objective, found.params)[-1]
    # Without filter normalization the picture is another.
    other = flattened.curves.found(Slice(place, filters=False), **kwargs)
    raw = flattened.curves.found(Slice(Place(recipe), filters=False), **kwargs)
    assert np.abs(other.training.values / raw.training.values - 1).max() > 0.05


def test_directions_without_normalization_are_the_same_for_all_four():
    planes = []
    for run in RUNS:
        ended(SETTING, run)
        planes.append(flattened.plane(Slice(Place(SETTING.recipe(run)), filters=False)))
    first = [np.asarray(layer["weights"]) for layer in planes[0].u["layers"]]
    start = flattened.risk(SETTING.recipe("small")).start
    for plane in planes:
        for mine, theirs in zip(plane.u["layers"], first, strict=True):
            np.testing.assert_array_equal(mine["weights"], theirs)
            assert not np.any(mine["bias"])
    length = np.sqrt(sum(np.sum(each.astype(float) ** 2) for each in first))
    wanted = np.sqrt(sum(np.sum(np.asarray(layer["weights"], float) ** 2) for layer in start["layers"]))
    assert length == pytest.approx(wanted, rel=1e-5)


def test_what_it_gives_away_is_what_it_shows(monkeypatch):
    settled(visit("networks", LINK))
    _app, offers = taken(monkeypatch, "networks", LINK | {"lang": "ko"})
    arrays, columns, said = loaded(offers), table(offers), printed(offers["script"]())
    assert columns["run"] == list(RUNS)
    for row, run in enumerate(RUNS):
        curve = arrays[f"{run}/training_loss"]
        loss, held_out, norm = re.search(
            rf"^{run}: loss (\S+), held out (\S+), norm (\S+)", said, re.MULTILINE
        ).groups()
        bends = re.search(rf"^{run}: eigenvalues (\S+) to (\S+), trace (\S+)", said, re.MULTILINE).groups()
        ends = re.search(rf"^{run}: slice (\S+) to (\S+)", said, re.MULTILINE).groups()
        names = (
            "loss",
            "held_out_loss",
            "norm_of_weights",
            "smallest_eigenvalue",
            "largest_eigenvalue",
            "trace",
        )
        shown = [numbers(columns[name])[row] for name in names]
        np.testing.assert_allclose([float(each) for each in (loss, held_out, norm, *bends)], shown, rtol=1e-4)
        np.testing.assert_allclose([float(each) for each in ends], curve[[0, -1]], rtol=1e-4)
        assert curve[curve.size // 2] == pytest.approx(float(loss), rel=1e-5)
        middle = arrays["u"].size // 2
        assert arrays[f"{run}/surface"][middle, middle] == pytest.approx(float(loss), rel=1e-5)
        np.testing.assert_allclose(arrays[f"{run}/weights"].sum(axis=1), 1.0)
    assert offers["html"]().count("</html>") == 1


def test_what_a_link_cannot_have_is_said():
    bad = {"large-sharp": "3", "plain-sharp": "perhaps", "reach-sharp": "0", "epochs-sharp": "1000"}
    said = "\n".join(warnings(visit("networks", LINK | bad)))
    for key, instead in (
        ("large-sharp", 105),
        ("plain-sharp", "false"),
        ("reach-sharp", 1),
        ("epochs-sharp", 20),
    ):
        assert re.search(rf"`{key}` – .*Shown instead: {instead}\.", said), said


def test_divergence_is_said():
    app = settled(visit("networks", LINK | {"data-sharp": "diabetes", "lr-sharp": "10"}))
    assert [cells[2] for cells in rows(app)] == ["diverged"] * 4


def test_no_number_compiles():
    app = settled(visit("networks", LINK))
    with counted() as programs:
        for key, value in (
            ("decay-sharp", 0.05),
            ("lr-sharp", 0.05),
            ("factor-sharp", 2.0),
            ("reach-sharp", 0.5),
        ):
            app.session_state[key] = value
            settled(rerun(app))
        app.session_state["plain-sharp"] = True
        settled(rerun(app))
    assert programs == []


def test_a_comparison_is_a_name():
    one = Comparison(SETTING, 1.0, True, 0, 1.0)
    assert one == Comparison(Setting(*vars(SETTING).values()), 1.0, True, 0, 1.0)
    assert len({one.slice(run) for run in RUNS}) == 4
