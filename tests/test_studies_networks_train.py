"""Train: what the page says, against NumPy and scikit-learn; its states, its links, what it gives away."""

import re
from dataclasses import replace

import jax
import numpy as np
import pytest
from compiling import counted
from scipy.special import log_softmax
from sklearn.decomposition import PCA
from sklearn.metrics import log_loss
from taking import loaded, numbers, printed, table, taken
from visiting import rerun, text, visit, warnings

from landscape import DATASETS
from landscape.figures.heights import number
from landscape.studio import later, sliced, trained, warmup
from landscape.studio.studies.networks import slice_words, train, train_words
from landscape.studio.studies.networks.train_pictures import Curves
from landscape.studio.trained import NetworkChoice, Recipe

TINY = {"data-net": "moons", "width-net": "4", "depth-net": "1", "epochs-net": "3"}
NETWORK = NetworkChoice("moons", width=4, depth=1)
DONE = TINY | {"trained": "true"}


def button(app):
    return app.button(key="train-button")


def shown(app):
    """What the page says that it shows, and its training."""
    recipe = app.session_state[train.SHOWN]
    return recipe, trained.training.kept(recipe)


def flat(params):
    return np.concatenate([np.reshape(leaf, (len(leaf), -1)) for leaf in jax.tree.leaves(params)], axis=1)


def probabilities(params, inputs):
    """A network of one hidden layer by hand."""
    first, last = params["layers"][0], params["layers"][-1]
    last = params.get("readout", last)
    hidden = np.tanh(inputs @ np.asarray(first["weights"], float) + np.asarray(first["bias"], float))
    return np.exp(log_softmax(hidden @ np.asarray(last["weights"], float) + last["bias"], axis=1))


def parts():
    """The split by hand: the same examples, standardized by the training part."""
    training, held_out = DATASETS["moons"].split(0.3, 0)
    mean, spread = training.inputs.mean(axis=0), training.inputs.std(axis=0)
    return [((each.inputs - mean) / spread, each.targets) for each in (training, held_out)]


@pytest.mark.parametrize("code", ["en", "ko"])
def test_a_newcomer_finds_the_data_and_what_the_button_will_do(code):
    app = visit("networks", TINY, lang=code)
    assert warnings(app) == []
    # 2 · 4 + 4 weights of the hidden layer, 4 · 2 + 2 of the readout; ⌈70 / 16⌉ = 5 steps an epoch.
    said = text(app)
    for count in ("22", "70", "15", "30"):
        assert re.search(rf"(?<!\d){count}(?!\d)", said), count
    assert button(app).label == {"en": "Train", "ko": "학습"}[code]


def test_pressing_trains_and_says_what_was_reached():
    app = visit("networks", TINY)
    button(app).click()
    rerun(app)
    assert button(app).label == "Another start"
    assert app.query_params == DONE
    recipe, found = shown(app)
    assert (recipe.network, recipe.epochs, recipe.batch) == (NETWORK, 3, 16)
    (inputs, targets), (others, labels) = parts()
    last = trained.params_at(found)
    said, elsewhere = probabilities(last, inputs), probabilities(last, others)
    words = text(app)
    line = re.search(r"\*\*Loss (\S+), held out (\S+)\*\*; \*\*accuracy (\S+) %, held out (\S+) %\*\*", words)
    assert float(line[1]) == pytest.approx(log_loss(targets, said), rel=1e-3)
    assert float(line[2]) == pytest.approx(log_loss(labels, elsewhere), rel=1e-3)
    assert float(line[3]) == pytest.approx(100 * np.mean(said.argmax(1) == targets), abs=0.5)
    assert float(line[4]) == pytest.approx(100 * np.mean(elsewhere.argmax(1) == labels), abs=0.5)
    share = PCA(2).fit(flat(found.params).astype(float)).explained_variance_ratio_.sum()
    assert f"**{slice_words.percent(share)} % of the path’s movement**" in words


def test_the_path_is_played_with_what_was_measured(monkeypatch):
    drawn = {}
    monkeypatch.setattr(
        train, "plot", lambda key, panels, tracks=(), **given: drawn.update({key: (panels, tracks)})
    )
    recipe, found = shown(visit("networks", DONE))
    panels, (track,) = drawn["train"]
    assert [(panel.id, panel.role) for panel in panels] == [
        *(("side", "scene"), ("loss", "curve"), ("accuracy", "curve"))
    ]
    assert drawn["train-answers"][0][0].id == "answers-0"
    assert track.steps.tolist() == found.steps.tolist()
    np.testing.assert_array_equal(track.losses, found.losses)
    points = flat(found.params).astype(float)
    others = PCA(2).fit(points).transform(points)
    np.testing.assert_allclose(
        np.linalg.norm(np.diff(track.points, axis=0), axis=1),
        np.linalg.norm(np.diff(others, axis=0), axis=1),
        rtol=1e-4,
    )
    assert (track.points[0] <= track.points[-1] + 1e-9).all(), "the path goes the way of both axes"
    last = jax.grad(trained.risk(NETWORK).loss)(sliced.end(recipe))
    length = np.linalg.norm(np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(last)]))
    assert track.readout["length of the gradient"][-1] == pytest.approx(length, rel=1e-5)
    assert track.readout["epoch"][-1] == 3
    assert track.readout["held-out loss"].shape == track.losses.shape


def test_a_link_shows_the_training_and_stays_as_it_came():
    app = visit("networks", DONE, **{"view-train": "above", "scale-train": "linear", "seed-net": "4"})
    assert warnings(app) == []
    link = DONE | {"view-train": "above", "scale-train": "linear", "seed-net": "4"}
    assert app.query_params == link
    rerun(app)
    assert app.query_params == link


def test_what_a_link_cannot_have_is_said():
    said = "\n".join(warnings(visit("networks", TINY, trained="perhaps", **{"view-train": "below"})))
    assert "`trained` –" in said
    assert "`view-train` –" in said


def test_other_settings_are_not_taken_for_those_of_the_picture():
    app = visit("networks", DONE)
    app.session_state["lr-net"] = 0.02
    rerun(app)
    assert button(app).label == "Train"
    assert "trained" not in app.query_params, "its link shows what is set, untrained"
    assert any("η = 0.01, 3 epochs, seed 0" in words for words in warnings(app))
    app.session_state["lr-net"] = 0.01
    rerun(app)
    assert app.query_params == DONE, "what has been trained is shown at once"
    app.session_state["data-net"] = "xor"
    rerun(app)
    assert warnings(app) == []
    assert "Loss" not in text(app).split("####")[0].replace("loss", ""), "of other data nothing is left"


def test_another_start_is_another_seed():
    app = visit("networks", DONE)
    button(app).click()
    rerun(app)
    assert app.query_params == DONE | {"seed-net": "1"}


def test_a_training_can_be_stopped(monkeypatch):
    monkeypatch.setattr(later, "go_on", lambda work: None)
    monkeypatch.setattr(train, "SOON", 0.0)
    app = visit("networks", DONE | {"epochs-net": "200", "seed-net": "77"})
    assert button(app).label == "Stop"
    button(app).click()
    rerun(app)
    assert button(app).label == "Train"
    assert "trained" not in app.query_params


def test_divergence_is_said_and_not_clipped(monkeypatch):
    drawn = {}
    monkeypatch.setattr(train, "plot", lambda key, panels, tracks=(), **given: drawn.update({key: panels}))
    link = {"data-net": "diabetes", "width-net": "4", "depth-net": "1", "activation-net": "relu"}
    link |= {"optimizer-net": "gd", "lr-net": "10", "epochs-net": "3", "trained": "true"}
    app = visit("networks", link)
    said, (_recipe, found) = text(app), shown(app)
    epoch = found.epochs[np.argmax(~np.isfinite(found.records["loss"]))]
    assert f"**The training diverged by epoch {number(float(f'{epoch:.3g}'))}:**" in said
    assert drawn["train"][1].figure["layout"]["annotations"][0]["text"] == "diverged"


def test_overfitting_is_told_from_noise():
    def told(values):
        return train_words.least(Curves(np.arange(5.0), {"held_out_loss": np.array(values)}, np.zeros(0)))

    assert "overfits" in told([1.0, 0.5, 0.6, 0.7, 0.8])
    assert "least, 0.5, after 1 epochs" in told([1.0, 0.5, 0.6, 0.7, 0.8])
    assert "hardly changed" in told([1.0, 0.5, 0.51, 0.52, 0.51])
    assert "least at the end" in told([1.0, 0.5, 0.4, 0.3, 0.2])
    assert "least at the start" in told([1.0, 1.5, 1.4, np.nan, 1.2])


def test_what_it_gives_away_is_what_it_shows(monkeypatch):
    app, offers = taken(monkeypatch, "networks", DONE | {"lang": "ko"})
    arrays, columns = loaded(offers), table(offers)
    _recipe, found = shown(app)
    for name, values in found.records.items():
        np.testing.assert_array_equal(numbers(columns[name]), values)
        np.testing.assert_array_equal(arrays[name], values)
    np.testing.assert_array_equal(arrays["batch_loss"], found.batch_losses)
    assert arrays["surface"].shape == (arrays["b"].size, arrays["a"].size)
    said = printed(offers["script"]())
    for name, values in found.records.items():
        assert float(re.search(rf"^{name} (\S+)$", said, re.MULTILINE)[1]) == pytest.approx(values[-1], 1e-4)
    low, high = re.search(r"^surface (\S+) to (\S+)$", said, re.MULTILINE).groups()
    assert float(low) == pytest.approx(arrays["surface"].min(), rel=1e-4)
    assert float(high) == pytest.approx(arrays["surface"].max(), rel=1e-4)
    assert offers["html"]().count("</html>") == 1


def test_no_number_compiles():
    visit("networks", DONE)
    with counted() as programs:
        for change in ({"lr-net": "0.03"}, {"seed-net": "9"}, {"epochs-net": "4"}, {"penalty-net": "0.01"}):
            visit("networks", DONE | change)
    assert programs == []


def test_after_the_warm_up_nothing_is_compiled():
    warmup.train_one(Recipe(replace(NETWORK, width=5), epochs=1, batch=16))
    with counted() as programs:
        app = visit("networks", TINY | {"width-net": "5"})
        button(app).click()
        rerun(app)
    assert programs == []
