"""Basins: shares, steps and limits on the screen against a loop in NumPy; links; what is given away."""

import re
import threading
from types import SimpleNamespace

import numpy as np
import pytest
from compiling import counted
from taking import loaded, numbers, printed, table, taken
from visiting import rerun, rows, text, visit, warnings

from landscape import FUNCTIONS, OPTIMIZERS, descend
from landscape.figures.heights import number
from landscape.studio import attracted
from landscape.studio.jobs import Wanted, job
from landscape.studio.studies.rates import basins as study
from landscape.sweeps import Basins

EMPTY = {"data": [], "layout": {}}
MINIMA = np.array([[3.0, 2.0], [-2.805118, 3.131312], [-3.779310, -3.283186], [3.584428, -1.848126]])


def ends(rate, momentum, resolution, num_steps, tolerance=0.1):
    """Himmelblau's function, its derivative by hand: the share of starts at each minimum, and their steps."""
    x, y = np.meshgrid(np.linspace(-5, 5, resolution), np.linspace(-5, 5, resolution))
    velocity, last = np.zeros((2, *x.shape)), np.zeros(x.shape, int)
    gaps = []
    with np.errstate(all="ignore"):
        for _step in range(num_steps + 1):
            gaps.append(np.hypot(*(np.stack([x, y])[:, None] - MINIMA.T[:, :, None, None])) > tolerance)
            a, b = x**2 + y - 11, x + y**2 - 7
            velocity = momentum * velocity + np.stack([4 * a * x + 2 * b, 2 * a + 4 * b * y])
            x, y = np.stack([x, y]) - rate * velocity
    away = np.array(gaps)
    reached = np.where(~away[-1].all(axis=0), (~away[-1]).argmax(axis=0), -1)
    outside = np.take_along_axis(away, np.maximum(reached, 0)[None, None], axis=1)[:, 0]
    last = np.where(outside, np.arange(num_steps + 1)[:, None, None], -1).max(axis=0) + 1
    return [(reached == row).mean() for row in range(4)], last[reached >= 0]


def cells(app):
    """The table: its rows by their first cell."""
    return {row[0]: row[1:] for row in rows(app)}


def test_the_first_picture_says_what_a_loop_in_numpy_says():
    found = list(cells(visit("rates", study="basins")).values())
    assert len(found) == 7
    for side, (rate, momentum) in enumerate([(0.006, 0.0), (0.003, 0.9)]):
        shares, steps = ends(rate, momentum, 160, 200)
        for row, share in enumerate(shares):
            assert float(found[row][1 + side].removesuffix(" %")) == pytest.approx(100 * share, abs=0.11)
        assert found[6][1 + side] == number(float(np.median(steps)))
    for row, (x, y) in enumerate(MINIMA):
        hessian = np.array([[12 * x * x + 4 * y - 42, 4 * (x + y)], [4 * (x + y), 4 * x + 12 * y * y - 26]])
        assert found[row][0] == number(2 / np.linalg.eigvalsh(hessian)[-1])


def test_beyond_its_limit_a_minimum_has_no_basin():
    link = {"study": "basins", "versus": "gd", "lr-gd": "0.014", "lr-versus": "0.0155", "resolution": "96"}
    found = list(cells(visit("rates", link)).values())
    assert 0.014 < float(found[2][0]) < 0.0155  # 2/λmax of the third
    assert float(found[2][1].removesuffix(" %")) > 20
    assert found[2][2] == "0.0 %"
    assert float(found[4][2].removesuffix(" %")) > 20
    assert "Gradient descent · η = 0.014" in text(visit("rates", link))


def test_far_beyond_it_all_diverge():
    link = {"study": "basins", "landscape": "bowl", "lr-gd": "1.1", "steps": "100", "resolution": "48"}
    found = cells(visit("rates", link))
    assert found["nowhere: they diverge"][1] == "100.0 %"
    assert found["Steps to a minimum, median"][1] == "–"
    assert found["at minimum 1 (0, 0)"][0] == number(1.0)  # the curvature is 2


def test_where_newton_rests_that_is_no_minimum(monkeypatch):
    link = {"study": "basins", "optimizer": "newton-undamped", "versus": "gd", "resolution": "64"}
    app, offers = taken(monkeypatch, "rates", link)
    found, arrays = cells(app), loaded(offers)
    grey = arrays["left/labels"] == -2
    assert found["at no minimum"][1] == f"{100 * grey.mean():.1f} %"
    assert grey.mean() > 0.3
    built = OPTIMIZERS["newton-undamped"].build()
    kinds = set()
    for row, column in np.argwhere(grey)[:: grey.sum() // 12]:
        start = arrays["x"][column], arrays["y"][row]
        end = np.asarray(descend(FUNCTIONS["himmelblau"], built, start, 200).params)[-1]
        x, y = end
        hessian = np.array([[12 * x * x + 4 * y - 42, 4 * (x + y)], [4 * (x + y), 4 * x + 12 * y * y - 26]])
        kinds.add(int((np.linalg.eigvalsh(hessian) > 0).sum()))
    assert kinds == {0, 1}, "a maximum, or a saddle"


OTHERS = [
    {"landscape": "rosenbrock", "versus": "levenberg-marquardt", "resolution": "32"},
    {"landscape": "rastrigin", "versus": "adam", "resolution": "64", "steps": "50"},
    {"landscape": "line", "versus": "lion", "steps": "30"},
    {"landscape": "six-hump-camel", "optimizer": "rmsprop", "resolution": "40", "steps": "30"},
]


@pytest.mark.parametrize("link", OTHERS, ids=lambda link: "-".join(link.values()))
def test_other_landscapes(link, monkeypatch):
    app, offers = taken(monkeypatch, "rates", {"study": "basins"} | link)
    assert warnings(app) == []
    arrays = loaded(offers)
    shares = [
        cell.removeprefix("<").removesuffix(" %") for cell in list(zip(*rows(app)[:-1], strict=True))[2]
    ]
    assert sum(map(float, shares)) == pytest.approx(100, abs=0.1 * len(shares))
    size = app.session_state["resolution"]
    for side in ("left", "right"):
        assert arrays[f"{side}/labels"].shape == arrays[f"{side}/steps"].shape == (size, size)
        assert arrays[f"{side}/labels"].max() < len(arrays["minimizers"])
        assert ((arrays[f"{side}/steps"] >= 0) == (arrays[f"{side}/labels"] >= 0)).all()


def test_one_numbering_for_both_sides():
    def made(points, labels):
        labels = np.array(labels)
        window = ((0.0, 1.0), (0.0, 1.0))
        return Basins(np.zeros(2), np.zeros(2), labels, labels, np.reshape(points, (-1, 2)), window, 0.1)

    first = made([[0, 0], [5, 5], [7, 7]], [[0, 1], [2, -1]])
    second = made([[0, 0], [7.01, 7], [9, 9]], [[1, 2], [-2, -1]])
    left, right = attracted.together(first, second, 1)
    np.testing.assert_array_equal(left.minimizers, [[0, 0], [5, 5], [7, 7], [9, 9]])
    np.testing.assert_array_equal(right.minimizers, left.minimizers)
    np.testing.assert_array_equal(left.labels, first.labels)
    np.testing.assert_array_equal(right.labels, [[2, 3], [-2, -1]])
    none = attracted.together(made([], [[-1, -2], [-2, -1]]), second, 0)
    np.testing.assert_array_equal(none[1].labels, second.labels)


def test_both_paths_start_where_the_page_says(monkeypatch):
    drawn = {}

    def plot(key, panels, tracks, **_settings):
        drawn.update(panels=panels, tracks=tracks)

    monkeypatch.setattr(study, "plot", plot)
    app = visit("rates", study="basins", versus="gd", **{"lr-versus": "0.01"})
    left, right, curve = drawn["panels"]
    assert (left.paths, right.paths) == (("left",), ("right",))
    assert curve.role == "curve"
    assert [track.name for track in drawn["tracks"]] == ["left", "right"]
    assert drawn["tracks"][0].dash != drawn["tracks"][1].dash, "one colour"
    for panel, rate in ((left, 0.006), (right, 0.01)):
        assert panel.threads.dtype == np.float32
        assert panel.threads.shape == (21 * 21, 40, 2)
        start = panel.threads[100, 0]
        iterates = descend(FUNCTIONS["himmelblau"], OPTIMIZERS["gd"].build(learning_rate=rate), start, 200)
        np.testing.assert_allclose(panel.threads[100, -1], iterates.params[-1], rtol=1e-4)
    before = left.threads
    app.session_state["x"], app.session_state["y"] = 1.5, -2.5
    rerun(app)
    for track in drawn["tracks"]:
        np.testing.assert_array_equal(track.points[0], (1.5, -2.5))
    assert drawn["panels"][0].threads is before, "what has not changed is not encoded anew"


def made(resolution):
    """Basins of a coarser or finer grid, all starts at the one minimizer."""
    axis = np.linspace(0.0, 1.0, resolution)
    labels = np.zeros((resolution, resolution), int)
    return Basins(axis, axis, labels, labels + resolution, np.zeros((1, 2)), ((0.0, 1.0), (0.0, 1.0)), 0.1)


def test_both_sides_are_of_one_grid_though_one_is_ready_sooner(monkeypatch):
    monkeypatch.setattr(study, "SOON", 0.1)
    free = threading.Event()

    @job(maxsize=1)
    def late(side, resolution, progress):
        if (side, resolution) == (1, 64):
            free.wait(60)
        return made(resolution)

    fine, coarse = ([Wanted(late, (side, size)) for side in (0, 1)] for size in (64, 16))
    fine += [Wanted(late, (side, 2)) for side in (0, 1)]
    place = SimpleNamespace(progress=lambda share, text: None)
    assert fine[0].found(30) is not None
    pair, ways = study._now(fine, coarse, place)
    assert [len(each.x) for each in pair] == [16, 16]
    assert len(ways) == 2
    free.set()
    while len(pair[1].x) < 64:
        pair, ways = study._now(fine, coarse, place)
    assert [len(each.x) for each in pair] == [64, 64]


def test_both_sides_have_the_same_shades(monkeypatch):
    given = []
    monkeypatch.setattr(
        study.figures, "basins_map", lambda *arrays, **more: given.append((arrays, more)) or EMPTY
    )
    study._map.cache_clear()
    visit("rates", study="basins", resolution="48", **{"lr-versus": "0.0015"})
    study._map.cache_clear()
    (_left, first), (_right, second) = given[-2:]
    assert first["step_range"] == second["step_range"]
    steps = [arrays[3][arrays[2] >= 0] for arrays, _more in given[-2:]]
    middles = [np.median(each) for each in steps]
    assert first["step_range"][0] <= min(middles)
    assert first["step_range"][1] >= max(middles)


def test_what_is_given_away(monkeypatch):
    link = {"study": "basins", "optimizer": "adam", "lr-adam": "0.3", "steps": "120", "resolution": "64"}
    app, offers = taken(monkeypatch, "rates", link)
    arrays, columns = loaded(offers), table(offers)
    for side in ("left", "right"):
        np.testing.assert_array_equal(numbers(columns[f"{side}_label"]), arrays[f"{side}/labels"].ravel())
        np.testing.assert_array_equal(numbers(columns[f"{side}_steps"]), arrays[f"{side}/steps"].ravel())
        np.testing.assert_array_equal(
            arrays[f"{side}/path"][0], (app.session_state["x"], app.session_state["y"])
        )
    np.testing.assert_array_equal(numbers(columns["x"])[:64], arrays["x"])
    said = printed(offers["script"]())
    for side in ("left", "right"):
        part = said.split(f"{side}: ")[1].split("left: ")[0]
        shares = [float(share) for share in re.findall(r"\): (\S+)", part)][:4]
        wanted = [(arrays[f"{side}/labels"] == row).mean() for row in range(4)]
        np.testing.assert_allclose(shares, wanted, atol=5e-5)
    assert offers["html"]().startswith("<!doctype html>")


@pytest.fixture
def programs():
    """A list that fills with the programs that are compiled."""
    with counted() as found:
        yield found


def test_no_slider_compiles(programs):
    app = visit("rates", study="basins", resolution="64")
    for key in ("lr-gd~", "lr-versus~", "steps~"):
        options = app.select_slider(key=key).options
        for option in (options[1], options[-2]):
            app.select_slider(key=key).set_value(float(option))
            programs.clear()
            rerun(app)
            assert programs == [], f"{key} at {option}"
    app.number_input(key="x").set_value(2.125)
    rerun(app)
    assert programs == []


def test_another_kind_of_landscape_begins_with_its_own_number_of_starts():
    app = visit("rates", study="basins", resolution="64", steps="10")
    app.selectbox(key="landscape").set_value("line")
    assert rerun(app).session_state["resolution"] == 32
    app.selectbox(key="landscape").set_value("himmelblau")
    assert rerun(app).session_state["resolution"] == 160


BAD = [
    ({"resolution": "400"}, "resolution", "400 is above 384"),
    ({"landscape": "line", "resolution": "96", "steps": "10"}, "resolution", "96 is above 64"),
    ({"resolution": "33.5"}, "resolution", "33.5 is not a whole number"),
    ({"steps": "1001"}, "steps", "1001 is above 1000"),
    ({"versus": "gauss"}, "versus", "there is no “gauss”"),
    ({"lr-versus": "-1"}, "lr-versus", "-1 is below 0"),
]


@pytest.mark.parametrize(("link", "key", "reason"), BAD, ids=[each[2] for each in BAD])
def test_a_link_that_cannot_be_used(link, key, reason):
    app = visit("rates", {"study": "basins"} | link)
    (warning,) = warnings(app)
    assert warning.startswith(f"Link: `{key}` – {reason}")
    assert warnings(rerun(app)) == []
