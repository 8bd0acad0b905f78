"""Initialisation: what it says of signals and first steps, against NumPy; links, files, pictures."""

import jax
import numpy as np
import pytest
from taking import loaded, numbers, printed, table, taken
from visiting import text, visit, warnings

from landscape import MODELS, figures
from landscape.figures.heights import number
from landscape.studio import initialized, trained
from landscape.studio.trained import NetworkChoice, Recipe

TINY = {
    "part": "start",
    "data-start": "moons",
    "width-start": "3",
    "depth-start": "2",
    "epochs-start": "2",
    "inits-start": "xavier,zeros,small",
    "factor-start": "4",
}
RECIPE = Recipe(NetworkChoice("moons", width=3, depth=2), "gd", (("learning_rate", 0.1),), epochs=2, batch=64)


def drawn(name):
    """The layers of Xavier's start, times a factor."""
    model = MODELS["mlp"].replace(width=3, depth=2).for_task("classification")
    layers = model.init(jax.random.key(0), 2, 2)["layers"]
    scale = {"xavier": 1.0, "zeros": 0.0, "small": 0.25}[name]
    return [scale * np.asarray(layer["weights"], float) for layer in layers]


def test_signals_and_losses_are_those_of_numpy():
    said = text(visit("networks", TINY))
    training = trained.parts("moons", 0)[0]
    for name, title in (("xavier", "Xavier"), ("zeros", "Zeros"), ("small", "Xavier ÷ 4")):
        first, second, last = drawn(name)
        one = np.tanh(training.inputs @ first)
        two = np.tanh(one @ second)
        raw = two @ last
        log = raw - np.log(np.exp(raw).sum(axis=1, keepdims=True))
        loss = -np.mean(log[np.arange(len(raw)), training.targets.astype(int)])
        found = initialized.measured.kept(initialized.named(RECIPE, name, 4.0))
        np.testing.assert_allclose(found.spreads, [one.std(), two.std()], rtol=1e-5, atol=1e-12)
        spread = f"{number(float(found.spreads[0]))} → {number(float(found.spreads[1]))}"
        row = next(line for line in said.splitlines() if line.startswith(f"| {title} |"))
        assert spread in row
        walked = initialized.first_steps.kept(initialized.named(RECIPE, name, 4.0))
        assert walked.losses[0] == pytest.approx(loss, rel=1e-5)
        assert f"{number(float(walked.losses[0]))} → {number(float(walked.losses.min()))}" in row
    assert "nothing comes through" in said
    shares = np.bincount(training.targets.astype(int)) / training.num_examples
    assert f"below {number(float(-np.sum(shares * np.log(shares))))}, the loss" in said
    zeros = initialized.first_steps.kept(initialized.named(RECIPE, "zeros", 4.0))
    assert zeros.spread == 0.0
    assert zeros.losses.min() >= -np.sum(shares * np.log(shares)) - 1e-6


def test_zeros_borrow_the_directions_of_xavier():
    zeros, xavier = (initialized.plane(initialized.named(RECIPE, name, 4.0)) for name in ("zeros", "xavier"))
    assert all((a == b).all() for a, b in zip(*map(jax.tree.leaves, (zeros.u, xavier.u)), strict=True))
    assert not any(leaf.any() for leaf in jax.tree.leaves(zeros.origin))
    norms = [np.linalg.norm(layer["weights"], axis=0) for layer in xavier.u["layers"]]
    wanted = [np.linalg.norm(weights, axis=0) for weights in drawn("xavier")]
    for ours, theirs in zip(norms, wanted, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)


def test_what_it_gives_away(monkeypatch):
    _app, offers = taken(monkeypatch, "networks", TINY)
    file, out = loaded(offers), printed(offers["script"]())
    for name in ("xavier", "zeros", "small"):
        spreads, losses = file[f"{name}/spreads"], file[f"{name}/losses"]
        landscape = file[f"{name}/landscape"]
        assert f"{name}: spread {spreads[0]:.6g} to {spreads[-1]:.6g}" in out
        assert f"{name}: loss {losses[0]:.6g} to {losses[-1]:.6g}" in out
        assert f"{name}: landscape {landscape.min():.6g} to {landscape.max():.6g}" in out
        assert landscape[12, 12] == pytest.approx(losses[0], rel=1e-6)
    columns = table(offers)
    assert columns["start"] == ["xavier"] * 2 + ["zeros"] * 2 + ["small"] * 2
    assert numbers(columns["spreads"])[:2] == pytest.approx(file["xavier/spreads"])


def test_korean_relu_and_skips_and_bad_links():
    app = visit(
        "networks",
        TINY,
        **{"lang": "ko", "activation-start": "relu", "model-start": "residual-mlp", "inits-start": "he,nix"},
    )
    said = text(app)
    assert "초기화" in said
    assert "죽은 유닛, 2층" in said
    assert any("inits-start" in each for each in warnings(app))


def test_layers_in_a_picture():
    styles = {name: figures.cycle_style(index) for index, name in enumerate(("a", "b"))}
    figure = figures.layer_curves({"a": [1.0, 0.1], "b": [0.0, 0.0]}, styles, titles=("layer", "spread"))
    lines = [trace for trace in figure["data"] if trace.get("showlegend")]
    assert [trace["name"] for trace in lines] == ["a", "b"]
    assert any(trace.get("marker", {}).get("symbol") == "triangle-down" for trace in figure["data"])
    shares = figures.layer_curves(
        {"a": [0.5, 1.0]}, styles, titles=("layer", "dead"), share=True, legend=False
    )
    assert shares["layout"]["yaxis"]["tickformat"] == ".0%"
    assert shares["data"][0]["y"].tolist() == [0.5, 1.0]
