"""The study Embeddings: its words against the library, its points in links, and what it gives away."""

import re

import numpy as np
import pytest
from compiling import counted
from taking import loaded, numbers, printed, table, taken
from visiting import rerun, rows, text, visit, warnings

import landscape
from landscape import LOSSES, OPTIMIZERS
from landscape.figures.curves import loss_curve
from landscape.figures.embeddings import embedding_ground, with_counts
from landscape.figures.heights import number
from landscape.studio import embedded
from landscape.studio.embedded import Scene
from landscape.studio.links import UnusableError
from landscape.studio.plot import Click
from landscape.studio.studies.losses import embeddings, moved
from landscape.tasks.embeddings import LABELS, Embedding, embedded_points, right_neighbours

TOPIC = {"topic": "embeddings"}


def scene(loss="contrastive", layout="scattered", margin=1.0, elsewhere=()):
    return Scene(loss, (("margin", margin),), layout, 0, elsewhere)


def gd(rate):
    return "gd", (("learning_rate", rate),)


def test_pulls_and_pushes_are_counted_apart():
    chosen = scene(margin=0.8)
    path, counts = embedded.walk(chosen, *gd(2.0)), embedded.active(chosen, *gd(2.0))
    for step in (0, 3, 40):
        points = path.params[step]
        gaps = np.linalg.norm(points[:, None] - points, axis=2)[np.triu_indices(15, 1)]
        same = (LABELS[:, None] == LABELS)[np.triu_indices(15, 1)]
        # Below the square root of the smallest number a squared distance is 0.
        assert counts[step].tolist() == [(gaps[same] > 1e-160).sum(), (gaps[~same] < 0.8).sum()]


def test_the_picture_holds_all_points_unless_they_diverge():
    assert embedded.reach(embedded.walk(scene(layout="together"), *gd(1.0))) == embedded.NARROW
    path = embedded.walk(scene(elsewhere=((3, 4.0, 0.0),)), *gd(1.0))
    assert embedded.reach(path) == 4.5
    assert embedded.reach(embedded.walk(scene(), *gd(50.0))) == embedded.WIDE


def test_a_click_near_a_point_is_its_own():
    path, half = embedded.walk(scene(), *gd(1.0)).first(50), 2.5
    for row in (0, -1):
        x, y = path.params[row][11] + [0.0, 0.02]
        others = np.linalg.norm(path.params[[0, -1]] - [x, y], axis=2).min(axis=0)
        assert embeddings._near(Click("points", x, y), path, half) == int(others.argmin())
    assert embeddings._near(Click("points", 2.4, 2.4), path, half) is None


def test_moved_points_are_read_as_they_are_written():
    assert moved.parse("7:0:1,5:0.3:-1.2,7:2:2", 15, 30.0) == ((4, 0.3, -1.2), (6, 2.0, 2.0))
    assert moved.written(moved.parse("7:0.10:1e0", 15, 30.0)) == "7:0.1:1"
    assert moved.parse("", 15, 30.0) == ()
    for wrong in ("16:0:0", "0:0:0", "5:nan:0", "5:31:0", "5:0", "5:0:0:0", "a:0:0", "5.0:1:1"):
        with pytest.raises(UnusableError, match="which point stands where"):
            moved.parse(wrong, 15, 30.0)


def test_figures_have_what_they_are_given():
    ground = embedding_ground(("A", "B", "C"), 2.5, ("x", "y"))
    assert [trace["marker"]["symbol"] for trace in ground["data"]] == ["circle", "square", "triangle-up"]
    assert ground["layout"]["yaxis"]["scaleanchor"] == "x"
    below = loss_curve(("step", "loss"), log=False, clock_range=(0, 2), loss_range=(0, 9))
    above = with_counts(below, [("a", [3, 1, 0], "#111"), ("b", [0, 0, 7], "#222")], titles=("step", "n"))
    assert [trace.get("yaxis") for trace in above["data"]] == [None, "y2", "y2"]
    low, high = above["layout"]["yaxis2"]["range"]
    assert low < 0
    assert 7 < high < 8
    assert below["data"] == []
    with pytest.raises(ValueError, match="`names` must be at most 3, got 4"):
        embedding_ground("ABCD", 1.0, ("x", "y"))


def test_the_table_says_what_the_library_finds():
    link = {"loss-embeddings": "triplet", "margin-triplet": "0.7", "optimizer": "adam", "lr-adam": "0.03"}
    app = visit(
        "losses", TOPIC | link, steps="40", **{"seed-embeddings": "5", "moved-embeddings": "2:1.5:-1"}
    )
    assert warnings(app) == []
    embedding, points = Embedding(LOSSES["triplet"].replace(margin=0.7)), embedded_points(seed=5)
    points[1] = 1.5, -1.0
    path = landscape.descend(
        embedding.objective(points), OPTIMIZERS["adam"].build(learning_rate=0.03), num_steps=40, capacity=512
    )
    for cells, row in zip(rows(app), (0, -1), strict=True):
        active = int((embedding.terms(path.params[row]) > 0).sum())
        near = int(right_neighbours(path.params[row]))
        assert cells[1:] == [number(path.losses[row]), f"{active} / 600", f"{near} / 15"]
    # The chosen point is another; then typed away, which the link says with the one that was moved before.
    app.number_input(key="point-embeddings").set_value(9)
    rerun(app)
    app.number_input(key="place-x~").set_value(0.5)
    rerun(app)
    said = app.session_state["moved-embeddings"]
    assert re.fullmatch(r"2:1\.5:-1,9:0\.5:-?[\d.]+", said)
    app.button[0].click()
    rerun(app)
    assert app.session_state["moved-embeddings"] == ""


def test_a_collapse_stays_and_one_point_elsewhere_ends_it():
    app = visit("losses", TOPIC, **{"start-embeddings": "together"})
    assert "Nothing moves." in text(app)
    assert rows(app)[0][1:] == rows(app)[1][1:] == [number(75 / 105 / 2), "0 / 30", "75 / 75", "0 / 15"]
    app.session_state["moved-embeddings"] = "5:0.5:0.2"
    rerun(app)
    assert "Nothing moves." not in text(app)
    assert rows(app)[0][1] != rows(app)[1][1]


def test_what_a_link_cannot_have_is_said():
    link = {"moved-embeddings": "5:x:1", "loss-embeddings": "mse", "point-embeddings": "16", "steps": "501"}
    said = "\n".join(warnings(visit("losses", TOPIC | link)))
    for key, instead in (
        ("moved-embeddings", "no point moved"),
        ("loss-embeddings", "contrastive"),
        ("point-embeddings", "5"),
        ("steps", "100"),
    ):
        assert re.search(rf"`{key}` – .*Shown instead: {instead}\.", said), said


def test_no_slider_compiles_and_divergence_is_shown():
    app = visit("losses", TOPIC)
    with counted() as programs:
        for key, value in {
            "margin-contrastive": 2.0,
            "lr-gd": 50.0,
            "steps": 500,
            "seed-embeddings": 3,
            "point-embeddings": 1,
        }.items():
            app.number_input(key=key).set_value(value)
            rerun(app)
        assert programs == []
    assert re.search(r"diverges at step|higher than it began", text(app))


def test_what_it_gives_away_is_what_it_shows(monkeypatch):
    link = {"loss-embeddings": "pairwise-ranking", "optimizer": "momentum", "moved-embeddings": "3:1:1"}
    app, offers = taken(monkeypatch, "losses", TOPIC | link | {"steps": "20", "others-embeddings": "end"})
    arrays, columns = loaded(offers), table(offers)
    assert arrays["points"].shape == (21, 15, 2)
    assert arrays["points"][0, 2].tolist() == [1.0, 1.0]
    np.testing.assert_array_equal(numbers(columns["point_3_2"]), arrays["points"][:, 2, 1])
    np.testing.assert_array_equal(numbers(columns["active_1"]), arrays["active"][:, 0])
    found = re.search(r"loss (\S+) after 20 steps, (\d+) active terms", printed(offers["script"]()))
    assert float(found[1]) == pytest.approx(arrays["losses"][-1], rel=1e-5)
    assert rows(app)[1][2] == f"{found[2]} / 75"
    # The landscape of the chosen point passes through the loss at its end.
    x, y = arrays["points"][-1, 4]
    at = np.abs(arrays["x"] - x).argmin(), np.abs(arrays["y"] - y).argmin()
    assert arrays["landscape"][at[1], at[0]] == pytest.approx(arrays["losses"][-1], abs=0.02)
    assert offers["html"]().count("</html>") == 1
