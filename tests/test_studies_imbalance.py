"""The study Imbalance: its table against scikit-learn, its threshold, its links, and what it gives away."""

import re

import numpy as np
import pytest
from compiling import counted
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score
from taking import loaded, numbers, printed, table, taken
from visiting import rerun, rows, text, visit, warnings

from landscape.figures.boundaries import Curve, class_boundaries, line_in, operating_curves
from landscape.figures.colours import PathStyle
from landscape.studio import rare
from landscape.studio.plot import Click
from landscape.studio.rare import BALANCED, FOCAL, NAMES, PLAIN, Setting
from landscape.studio.studies.losses import imbalance
from landscape.tasks.imbalance import imbalanced_clouds

TOPIC = {"topic": "imbalance"}
SETTING = Setting(0.06, 100, 2.0, 3, (("gamma", 2.0), ("alpha", 0.25)))
STYLE = PathStyle("#000000", "solid", "circle")


def percent(value):
    return f"{100 * value:.1f}\u00a0%"


def test_the_numbers_of_the_focal_loss_are_nothing_to_the_others():
    other = Setting(0.06, 100, 2.0, 3, (("gamma", 0.5), ("alpha", 0.9)))
    for name in (PLAIN, BALANCED):
        assert rare.line(other, name) is rare.line(SETTING, name)
    assert rare.line(other, FOCAL) != rare.line(SETTING, FOCAL)


def test_each_minimizer_is_lowest_in_its_own_landscape():
    (left, right), (low, high) = rare.window(SETTING)
    for name in NAMES:
        w1, _w2, b = rare.line(SETTING, name)
        assert left < w1 < right
        assert low < b < high
        found = rare.surface(SETTING, name)
        row, column = np.unravel_index(found.values.argmin(), found.values.shape)
        assert abs(found.x[column] - w1) <= found.x[1] - found.x[0]
        assert abs(found.y[row] - b) <= found.y[1] - found.y[0]


def test_a_click_on_the_curve_chooses_its_threshold():
    fit = rare.line(SETTING, PLAIN)
    _thresholds, alarms, recalls = rare.curve(SETTING, fit)
    for place in (0, 3, len(alarms) // 2, len(alarms) - 1):
        logit = imbalance._nearest(SETTING, Click("curve", alarms[place], recalls[place]))
        found = imbalance._scores(SETTING, fit, 1 / (1 + np.exp(-logit)))
        assert (found.false_alarm_rate, found.recall) == pytest.approx((alarms[place], recalls[place]))
    # Where the plain line has the place's own logit it goes through that place.
    x, y = line_in(
        (fit[0], fit[1], fit[2] - imbalance._logit_at(fit, Click("data", 0.3, -1.0))), ((-9, 9), (-9, 9))
    )
    direction = np.array([x[1] - x[0], y[1] - y[0]])
    assert np.cross([*direction, 0], [0.3 - x[0], -1.0 - y[0], 0])[2] == pytest.approx(0.0, abs=1e-9)


def test_lines_are_cut_at_the_window():
    window = ((-1.0, 2.0), (-3.0, 1.0))
    for line in ((1.0, 0.0, -0.5), (0.0, 2.0, 1.0), (1.0, -1.0, 0.3), (0.2, 3.0, 0.1)):
        x, y = line_in(line, window)
        np.testing.assert_allclose(line[0] * x + line[1] * y + line[2], 0.0, atol=1e-12)
        on_sides = np.isclose(x, -1) | np.isclose(x, 2) | np.isclose(y, -3) | np.isclose(y, 1)
        assert on_sides.all()
    for line in ((1.0, 0.0, -5.0), (0.0, 0.0, 1.0), (1.0, 1.0, 9.0), (np.nan, 1.0, 0.0)):
        assert np.isnan(line_in(line, window)[0]).all()
    with pytest.raises(ValueError, match=r"`inputs` must have the shape \(1, 2\), got \(2, 2\)"):
        class_boundaries(np.eye(2), [1], ("a", "b"), [], limits=window, titles=("x", "y"))
    with pytest.raises(ValueError, match=r"`recalls` must have the shape \(2,\) of the alarms, got \(3,\)"):
        operating_curves([Curve("a", [0, 1], [0, 0, 1], (0, 0), STYLE)], ("x", "y"), "by lot")


def test_the_table_is_that_of_scikit_learn():
    link = {
        "share-imbalance": "0.08",
        "count-imbalance": "250",
        "distance-imbalance": "1.6",
        "seed-imbalance": "7",
    }
    app = visit("losses", TOPIC | link | {"threshold-imbalance": "0.2"})
    assert warnings(app) == []
    data = imbalanced_clouds(0.08, 250, 1.6, seed=7)
    inputs, labels = data.inputs, data.targets
    plain, balanced = (
        LogisticRegression(C=1 / (2 * 250 * 1e-3), class_weight=weights, tol=1e-10).fit(inputs, labels)
        for weights in (None, "balanced")
    )
    answers = {
        0: np.zeros(250, int),
        1: plain.predict(inputs),
        2: (plain.predict_proba(inputs)[:, 1] >= 0.2).astype(int),
        3: balanced.predict(inputs),
    }
    found = rows(app)
    assert [cells[0] for cells in found] == ["Always “common”", "Plain", "Plain, moved", "Balanced", "Focal"]
    assert [cells[1] for cells in found] == ["–", "0.5", "0.2", "0.5", "0.5"]
    for index, answer in answers.items():
        cells = found[index]
        hits, alarms = int((answer & labels).sum()), int((answer & (1 - labels)).sum())
        assert cells[2] == f"{percent(recall_score(labels, answer))}\u00a0({hits}/20)"
        precision = precision_score(labels, answer, zero_division=np.nan)
        assert cells[3] == ("–" if np.isnan(precision) else percent(precision))
        assert cells[4] == f"{percent(alarms / 230)}\u00a0({alarms}/230)"
        assert cells[5] == f"{f1_score(labels, answer):.3f}"
        assert cells[6] == percent(accuracy_score(labels, answer))
    at_share = (plain.predict_proba(inputs)[:, 1] >= 0.08).astype(int)
    assert f"right in {percent(0.92)}" in text(app)
    assert f"finds {recall_score(labels, at_share) * 20:.0f} of 20 at the price of" in text(app)
    # Without a moved threshold there is no row of it.
    app.number_input(key="threshold-imbalance").set_value(0.5)
    rerun(app)
    assert len(rows(app)) == 4


def test_no_control_compiles():
    app = visit("losses", TOPIC)
    with counted() as programs:
        for key, value in {
            "share-imbalance": 0.01,
            "distance-imbalance": 0.0,
            "threshold-imbalance": 0.001,
            "gamma-focal": 0.0,
            "alpha-focal": 1.0,
            "seed-imbalance": 4,
        }.items():
            app.number_input(key=key).set_value(value)
            rerun(app)
        app.session_state["count-imbalance"] = "50"
        rerun(app)
        assert programs == []
    assert "no minimizer here" in text(app)  # with α = 1 the common class counts nothing
    assert rows(app)[1][2].endswith("/1)")  # 1 % of 50 is not even one; one there is


def test_what_a_link_cannot_have_is_said():
    link = {
        "share-imbalance": "0.6",
        "count-imbalance": "77",
        "threshold-imbalance": "1",
        "seed-imbalance": "x",
    }
    said = "\n".join(warnings(visit("losses", TOPIC | link)))
    for key, instead in (("share", "0.05"), ("count", "500"), ("threshold", "0.5"), ("seed", "0")):
        assert re.search(rf"`{key}-imbalance` – .*Shown instead: {instead}\.", said), said


def test_what_it_gives_away_is_what_it_shows(monkeypatch):
    link = {"share-imbalance": "0.03", "alpha-focal": "0.8", "threshold-imbalance": "0.1"}
    app, offers = taken(monkeypatch, "losses", TOPIC | link)
    arrays, columns, found = loaded(offers), table(offers), rows(app)
    assert arrays["inputs"].shape == (500, 2)
    assert arrays["labels"].sum() == 15
    said = re.findall(
        r"^(\S+) at (\S+): recall (\S+), accuracy (\S+), (\d+) false",
        printed(offers["script"]()),
        re.MULTILINE,
    )
    assert [(name, float(at)) for name, at, *_rest in said] == [
        *((name, 0.5) for name in NAMES),
        (PLAIN, 0.1),
    ]
    for index, (name, _at, recall, accuracy, alarms) in enumerate(said):
        cells = found[(1, 3, 4, 2)[index]]  # in the table the moved threshold stands after the plain one
        assert columns["loss"][index] == name
        assert numbers(columns["recall"])[index] == pytest.approx(float(recall), rel=1e-5)
        assert cells[2].startswith(percent(float(recall)))
        assert cells[4].endswith(f"({alarms}/485)")
        assert cells[6] == percent(float(accuracy))
        np.testing.assert_allclose(arrays[f"{name}/line"][0], numbers(columns["w1"])[index])
    assert offers["html"]().count("</html>") == 1
