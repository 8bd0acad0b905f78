"""Outliers: what the page says, against scikit-learn and by hand; its links, clicks and downloads."""

import re

import numpy as np
import pytest
from compiling import counted
from sklearn.linear_model import LinearRegression
from taking import loaded, numbers, printed, table, taken
from visiting import rerun, rows, text, visit, warnings

from landscape.figures.heights import number
from landscape.studio.contaminated import FITS
from landscape.studio.plot import Click
from landscape.studio.studies.losses import outliers
from landscape.tasks.outliers import contaminated_line

TOPIC = {"topic": "outliers"}


def short(value):
    return number(float(f"{value:.3g}"))


@pytest.fixture
def drawn(monkeypatch):
    """What the page hands to the plot component."""
    found = {}
    monkeypatch.setattr(outliers, "plot", lambda key, panels, **given: found.update(given, panels=panels))
    return found


def test_the_table_says_what_scikit_learn_finds():
    link = {
        "count-outliers": "2",
        "outlier-x-outliers": "1",
        "outlier-y2-outliers": "30",
        "seed-outliers": "7",
    }
    app = visit("losses", TOPIC | link, **{"selected-outliers": "2"})
    assert warnings(app) == []
    moved = [(1.0, outliers.PLACES[0][1]), (outliers.PLACES[1][0], 30.0)]
    data = contaminated_line(moved, seed=7)
    line = LinearRegression().fit(data.inputs, data.targets)
    residuals = line.predict(data.inputs) - data.targets
    pull = abs(residuals[1]) / np.median(np.abs(residuals[2:]))
    found = rows(app)
    assert len(found) == len(FITS) + 2
    assert found[0][1:3] == [short(line.coef_[0]), short(line.intercept_)]
    assert found[0][4:] == [short(residuals[1]), f"{short(pull)}×"]
    assert f"{short(pull)}× as hard" in text(app)
    means = np.mean([[float(cell.replace("−", "-")) for cell in row[1:3]] for row in found[:5]], axis=0)
    mean = [float(cell.replace("−", "-")) for cell in found[5][1:3]]
    np.testing.assert_allclose(mean, means, atol=0.01)


def test_without_outliers_nothing_is_said_of_them(drawn):
    app = visit("losses", TOPIC, **{"count-outliers": "0"})
    assert "Without an outlier" in text(app)
    assert len(rows(app)[0]) == 4
    assert [panel.id for panel in drawn["panels"]] == ["data", *FITS]
    keys = {widget.key for widget in app.select_slider}
    assert not any(key.startswith("outlier-") for key in keys)


def test_the_numbers_of_the_losses_and_the_minimizers_are_drawn(drawn):
    visit("losses", TOPIC, **{"delta-huber": "0.1", "tau-quantile": "0.9", "ensemble-outliers": "median"})
    panels = {panel.id: panel for panel in drawn["panels"]}
    assert list(panels) == ["data", *FITS, "pulls"]
    names = [trace["name"] for trace in panels["data"].figure["data"]]
    assert "Median of the fits" in names
    assert "Mean of the fits" not in names
    for name in FITS:
        *_, (way, before, after) = [panels[name].marks]
        assert (before.x, before.y, after.x, after.y) == (way.x[0], way.y[0], way.x[1], way.y[1])
        low, high = panels[name].figure["layout"]["xaxis"]["range"]
        assert low < after.x < high
    shifts = {name: np.hypot(panels[name].marks[0].x[1] - panels[name].marks[0].x[0], 0) for name in FITS}
    assert max(shifts, key=shifts.get) == "mse"


def test_a_click_moves_the_outlier_that_is_picked(drawn, monkeypatch):
    app = visit("losses", TOPIC, **{"count-outliers": "3", "selected-outliers": "3"})
    click = drawn["on_click"]
    visit("losses", TOPIC, **{"count-outliers": "0"})
    first = drawn["on_click"]
    state = {}
    monkeypatch.setattr(outliers.st, "session_state", state)
    click(Click("data", 1.23456, -7.8912))
    assert state == {"outlier-x3-outliers": 1.235, "outlier-y3-outliers": -7.89}
    state.clear()
    first(Click("data", 0.5, 3.0))
    assert state == {"count-outliers": "1", "outlier-x-outliers": 0.5, "outlier-y-outliers": 3.0}
    assert app.select_slider(key="outlier-x3-outliers~") is not None


def test_far_outliers_stay_in_the_picture_and_break_the_absolute_error(drawn):
    app = visit("losses", TOPIC, **{"outlier-x-outliers": "-40", "outlier-y-outliers": "900"})
    assert "the line of the absolute error goes through it" in text(app)
    assert rows(app)[1][4:] == ["0", "0×"]
    layout = drawn["panels"][0].figure["layout"]
    assert layout["xaxis"]["range"][0] < -40
    assert layout["yaxis"]["range"][1] > 900


def test_what_a_link_cannot_have_is_said():
    link = {"count-outliers": "4", "outlier-x-outliers": "inf", "delta-huber": "0", "seed-outliers": "-1"}
    said = "\n".join(warnings(visit("losses", TOPIC | link)))
    for key in link:
        assert re.search(rf"`{key}` – .*Shown instead", said), said


def test_what_it_gives_away_is_what_it_shows(monkeypatch):
    link = {"count-outliers": "2", "delta-huber": "0.5", "tau-quantile": "0.3", "lang": "ko"}
    app, offers = taken(monkeypatch, "losses", TOPIC | link)
    arrays, columns, found = loaded(offers), table(offers), rows(app)
    said = dict(re.findall(r"^(\S+): .*off (\S+)$", printed(offers["script"]()), re.MULTILINE))
    assert columns["loss"] == list(FITS)
    for index, name in enumerate(FITS):
        assert found[index][1] == short(numbers(columns["slope"])[index])
        assert float(said[name]) == pytest.approx(numbers(columns["distance_from_truth"])[index], rel=1e-5)
        assert arrays[f"{name}/loss"].shape == (arrays["intercepts"].size, arrays["slopes"].size)
    assert [row[3] for row in found[5:]] == [short(float(said[how])) for how in ("mean", "median")]
    assert offers["html"]().count("</html>") == 1


def test_no_control_compiles():
    app = visit("losses", TOPIC)
    with counted() as programs:
        for key in ("outlier-x-outliers~", "outlier-y-outliers~", "delta-huber~", "tau-quantile~"):
            slider = app.select_slider(key=key)
            slider.set_value(float(slider.options[0]))
            rerun(app)
        for key, value in (("count-outliers", "3"), ("selected-outliers", "2"), ("seed-outliers", 5)):
            app.session_state[key] = value
            rerun(app)
    assert programs == []
