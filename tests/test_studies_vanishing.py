"""Vanishing gradient: what the page says, against the chain rule; its links, clicks and downloads."""

import re

import numpy as np
import pytest
from compiling import counted
from scipy.special import expit
from taking import loaded, numbers, printed, table, taken
from visiting import rerun, rows, text, visit, warnings

from landscape.figures.heights import number
from landscape.studio.plot import Click
from landscape.studio.studies.losses import vanishing

TOPIC = {"topic": "vanishing"}


def test_the_factors_and_steps_are_those_of_a_sigmoid_unit():
    app = visit("losses", TOPIC, x="3", y="1.5", **{"lr-gd": "2"})
    assert warnings(app) == []
    y = expit(4.5)
    found = rows(app)
    for cells, slope, start_gradient in zip(
        found, (2 * y, 1 / (1 - y)), (2 * y * y * (1 - y), y), strict=True
    ):
        wanted = [y, slope, y * (1 - y), start_gradient, np.sqrt(2), np.sqrt(2) * start_gradient]
        assert cells[1:7] == [number(value) for value in wanted]
    # Gradient descent in z = w + b, of which both numbers move: z ← z − 2η ∂L/∂z.
    for cells, gradient in zip(found, (lambda y: 2 * y * y * (1 - y), lambda y: y), strict=True):
        z, steps = 4.5, 0
        while expit(z) > 0.1 * y:
            z, steps = z - 2 * 2.0 * gradient(expit(z)), steps + 1
        assert cells[7] == f"{steps} steps"
    assert f"|y − t| ≤ {number(0.1 * y)}" in text(app)


def test_deep_chains_say_how_far_they_reach():
    app = visit("losses", TOPIC, **{"depth-vanishing": "2"})
    said = text(app)
    assert f"between {number(expit(-0.5))} and {number(expit(0.5))}" in said
    passed = expit(4.0) * expit(-4.0)
    assert f"∂z/∂b = {number(passed)}" in said
    app.session_state["depth-vanishing"] = 7.0
    rerun(app)
    assert [cells[-1] for cells in rows(app)] == ["more than 2,000 steps"] * 2


def test_divergence_is_said():
    # Along the stripes there is no curvature to divide by.
    app = visit("losses", TOPIC, optimizer="newton-undamped", **{"view-vanishing": "side"})
    assert warnings(app) == []
    assert [cells[-1] for cells in rows(app)] == ["diverged at step 1"] * 2


def test_what_a_link_cannot_have_is_said():
    link = {"depth-vanishing": "11", "unit-vanishing": "second", "weight-vanishing": "0", "steps": "2.5"}
    said = "\n".join(warnings(visit("losses", TOPIC | link, view_vanishing="x")))
    for key, instead in (("depth-vanishing", 1), ("unit-vanishing", "first"), ("weight-vanishing", 1)):
        assert f"`{key}` –" in said
        assert re.search(rf"`{key}` – .*Shown instead: {instead}\.", said), said


def test_clicks_choose_the_start_and_the_depth(monkeypatch):
    drawn = {}
    monkeypatch.setattr(
        vanishing,
        "plot",
        lambda key, panels, tracks=(), **given: drawn.update(given, panels=panels, tracks=tracks),
    )
    app = visit("losses", TOPIC, steps="20")
    assert [panel.id for panel in drawn["panels"]] == [*vanishing.PAIR, "error", "depths"]
    assert [track.points.shape for track in drawn["tracks"]] == [(21, 2)] * 2
    arrows = [next(mark for mark in panel.marks if mark.kind == "arrow") for panel in drawn["panels"][:2]]
    lengths = [float(np.hypot(np.diff(arrow.x), np.diff(arrow.y))[0]) for arrow in arrows]
    y = expit(4.0)
    np.testing.assert_allclose(lengths, [np.sqrt(8) * y * y * (1 - y), np.sqrt(2) * y])
    state = {}
    monkeypatch.setattr(vanishing.st, "session_state", state)
    for x, depth in ((3.2, 3.0), (0.1, 1.0), (99.0, 10.0)):
        drawn["on_click"](Click("depths", x, 1e-3))
        assert state["depth-vanishing"] == depth
    drawn["on_click"](Click("mse", -1.23456, 2.0))
    assert (state["x"], state["y"]) == (-1.23, 2.0)
    assert app.number_input(key="x").value == 2.0


def test_what_it_gives_away_is_what_it_shows(monkeypatch):
    link = {
        "depth-vanishing": "2",
        "optimizer": "momentum",
        "lr-momentum": "0.2",
        "steps": "30",
        "lang": "ko",
    }
    app, offers = taken(monkeypatch, "losses", TOPIC | link)
    arrays, columns, found = loaded(offers), table(offers), rows(app)
    said = printed(offers["script"]())
    for cells, loss in zip(found, vanishing.PAIR, strict=True):
        mine = np.array(columns["loss_function"]) == loss
        np.testing.assert_array_equal(numbers(np.array(columns["w"])[mine]), arrays[f"{loss}/path"][:, 0])
        assert arrays[f"{loss}/surface"].shape == (arrays["b"].size, arrays["w"].size)
        np.testing.assert_array_equal(numbers(np.array(columns["loss"])[mine]), arrays[f"{loss}/loss"])
        gradient = np.linalg.norm(arrays[f"{loss}/gradient"][0])
        assert cells[6] == number(gradient)
        assert arrays[f"{loss}/gradient_by_depth"][1] == pytest.approx(gradient)
        steps = re.search(rf"^{loss}: learned after (\d+) steps", said, re.MULTILINE)
        assert steps[1] == re.search(r"\d+", cells[7])[0]
        first = re.search(rf"^{loss}: gradient (\S+), ", said, re.MULTILINE)
        assert float(first[1]) == pytest.approx(arrays[f"{loss}/gradient"][0, 0], rel=1e-5)
    assert offers["html"]().count("</html>") == 1


def test_no_control_compiles():
    app = visit("losses", TOPIC)
    with counted() as programs:
        for key in ("depth-vanishing~", "weight-vanishing~", "lr-gd~", "steps~"):
            slider = app.select_slider(key=key)
            slider.set_value(
                slider.options[-1] if isinstance(slider.options[-1], float) else float(slider.options[-1])
            )
            rerun(app)
        for key, value in (("unit-vanishing", "all"), ("activation-vanishing", "tanh"), ("x", -5.0)):
            app.session_state[key] = value
            rerun(app)
        app.session_state["view-vanishing"] = "side"
        rerun(app)
    assert programs == []
