"""The fractal border: maps, windows, refinement that stops, the dimension, and what the study gives away."""

import re

import numpy as np
import pytest
from taking import loaded, numbers, printed, table, taken
from visiting import rerun, text, visit, warnings

from landscape import trainability
from landscape.figures.heights import number
from landscape.studio import bordered
from landscape.studio.bordered import Setting
from landscape.studio.plot import Window
from landscape.studio.studies.rates import border
from landscape.sweeps import AXES, border_dimension

COARSE = {"study": "border", "detail": "64"}
RATES = ("inner_rate", "outer_rate")


@pytest.mark.parametrize(
    ("link", "settings"),
    [
        ({}, {}),
        (
            {"map": "start", "activation-border": "relu", "seed-border": "3"},
            {"x": "rate", "y": "scale", "seed": 3},
        ),
        (
            {"window": "0.5,1,0.75,1.25", "activation-border": "identity"},
            {"extent": ((0.5, 1.0), (0.75, 1.25))},
        ),
    ],
)
def test_the_share_that_converges_is_that_of_the_library(link, settings):
    app = visit("rates", COARSE | link)
    assert warnings(app) == []
    activation = link.get("activation-border", "tanh")
    found = trainability(resolution=64, activation=activation, **settings)
    share = re.search(r"(\S+) % of the 4,096 runs converge", text(app))[1]
    assert float(share) == pytest.approx(100 * found.converged.mean(), rel=1e-3)


def test_strips_make_the_map():
    setting = Setting(RATES, "tanh", 7, (AXES["inner_rate"].extent, AXES["outer_rate"].extent))
    assert [bordered.strips(size)[-1][1] for size in bordered.SIZES] == list(bordered.SIZES)
    found, whole = bordered.whole(setting, 128), trainability(resolution=128)
    assert len(bordered.strips(128)) > 1
    for name in ("x", "y", "values", "converged", "shade"):
        np.testing.assert_array_equal(getattr(found, name), getattr(whole, name), name)


def test_it_begins_coarse_and_ends_as_fine_as_asked():
    app = visit("rates", COARSE | {"detail": "128"})
    said = text(app)
    assert "% of the 16,384 runs converge" in said
    found = border_dimension(trainability(resolution=128).converged)
    assert f"dimension {found.dimension:.3f} ± {found.error:.3f}" in said
    assert not [button for button in app.button if button.label == "Stop"]


def test_refining_stops_when_asked_and_goes_on_when_asked(monkeypatch):
    monkeypatch.setattr(border.later, "go_on", lambda work: None)
    app = visit("rates", COARSE | {"detail": "128", "seed-border": "11"})
    next(button for button in app.button if button.label == "Stop").click()
    rerun(app)
    assert "Stopped at 64² cells." in [caption.value for caption in app.caption]
    next(button for button in app.button if button.label == "Go on").click()
    rerun(app)
    assert [button for button in app.button if button.label == "Stop"]


def test_work_that_is_interrupted_is_not_taken_up_again():
    app = visit("rates", COARSE)
    done = []
    app.session_state["later"] = lambda: done.append(True)
    rerun(app)
    assert done == []


def test_a_zoom_is_in_the_link_and_can_be_undone():
    app = visit("rates", COARSE | {"window": "0,1,0.5,1.5"})
    # As a drag does in the browser, where tests/browser drags.
    app.session_state["border-windows"] = {"rates": [app.session_state["window"]]}
    app.session_state["window"] = ["0.25", "0.5", "0.75", "1.0"]
    rerun(app)
    assert app.query_params["window"] == "0.25,0.5,0.75,1.0"
    low, high = AXES["inner_rate"].extent
    assert f"Zoom {number((high - low) / 0.25)}×" in [caption.value for caption in app.caption]
    next(button for button in app.button if button.label == "Back").click()
    rerun(app)
    assert app.query_params["window"] == "0.0,1.0,0.5,1.5"
    next(button for button in app.button if button.label == "Whole map").click()
    rerun(app)
    assert "window" not in app.query_params


def test_each_map_has_windows_of_its_own():
    def back():
        return next(button for button in app.button if button.label == "Back")

    app = visit("rates", COARSE | {"window": "0,1,0.5,1.5"})
    app.session_state["border-windows"]["rates"].append(["-1.0", "1.0", "-1.0", "1.0"])
    rerun(app)
    assert not back().disabled
    app.segmented_control(key="map").set_value("start")
    rerun(app)
    assert back().disabled
    assert "window" not in app.query_params
    app.segmented_control(key="map").set_value("rates")
    rerun(app)
    assert app.query_params["window"] == "0.0,1.0,0.5,1.5"
    back().click()
    rerun(app)
    assert app.query_params["window"] == "-1.0,1.0,-1.0,1.0"


def test_numbers_of_other_studies_are_not_those_of_the_border():
    app = visit("rates", study="noise", seed="3")
    app.session_state["study"] = "border"
    rerun(app)
    assert app.session_state["seed-border"] == 7
    assert "activation" not in app.session_state


@pytest.mark.parametrize(
    ("dragged", "wanted"),
    [
        ((0.5, 1.0), ["0.5", "1.0"]),
        ((5.5, 6.5), ["5.0", "6.0"]),
        ((-9.0, -8.0), ["-6.0", "-5.0"]),
        ((-50.0, 20.0), ["-6.0", "6.0"]),
        ((1.0, 1.0 + 1e-13), None),
    ],
)
def test_a_drag_beyond_the_limits_stays_within(dragged, wanted, monkeypatch):
    said, state = [], {"window": ["0.0", "1.0", "0.0", "1.0"]}
    monkeypatch.setattr(border.st, "session_state", state)
    monkeypatch.setattr(border.st, "toast", lambda words, icon: said.append(words))
    monkeypatch.setattr(border, "_", str)
    border._zoom("rates", Window("border", dragged, (0.0, 1.0)))
    if wanted is None:
        assert said[0].startswith("No closer")
        assert state["window"] == ["0.0", "1.0", "0.0", "1.0"]
    else:
        assert said == []
        assert state["window"] == [*wanted, "0.0", "1.0"]
        assert state["border-windows"] == {"rates": [["0.0", "1.0", "0.0", "1.0"]]}


def test_a_value_is_a_mean_of_the_loss_or_a_harmonic_one():
    setting = Setting(RATES, "tanh", 7, (AXES["inner_rate"].extent, AXES["outer_rate"].extent))
    found = bordered.whole(setting, 64)
    shown = 10.0 ** np.asarray(border._map(setting, 64, "en")["data"][0]["customdata"], float)
    well = found.converged
    np.testing.assert_allclose(shown[well], found.shade[well], rtol=1e-5)
    np.testing.assert_allclose(1 / shown[~well], found.shade[~well], rtol=1e-5)


def test_maps_that_are_kept_are_not_computed_again(monkeypatch):
    monkeypatch.setattr(bordered, "KEPT", 2)
    settings = [Setting(RATES, "identity", seed, ((0.0, 1.0), (0.0, 1.0))) for seed in range(3)]
    made = []
    for setting in settings:
        parts = [bordered.strip(setting, 128, rows) for rows in bordered.strips(128)]
        made.append(bordered.keep(setting, 128, parts))
    bordered.strip.cache_clear()
    monkeypatch.setattr(bordered, "strip", None)
    assert [bordered.reached(setting, 512) for setting in settings] == [64, 128, 128]
    assert bordered.reached(settings[1], 64) == 64
    assert bordered.whole(settings[2], 128) is made[2]


def test_what_is_kept_is_as_large_as_is_said():
    setting = Setting(RATES, "identity", 0, ((0.0, 1.0), (0.0, 1.0)))
    part = bordered.strip(setting, 512, (0, 8))
    cells = part.values.nbytes + part.shade.nbytes + part.converged.nbytes
    assert cells == 17 * bordered.STRIP
    assert bordered.strip._maxsize == bordered.READERS * len(bordered.strips(512))
    assert bordered.strip._maxsize * cells < 90e6
    assert bordered.KEPT * 17 * 512**2 < 180e6


def test_a_map_that_is_no_longer_kept_is_refined_again():
    app = visit("rates", COARSE | {"detail": "128"})
    assert "of the 16,384 runs" in text(app)
    bordered._maps.clear()
    rerun(app)
    assert "of the 16,384 runs" in text(app)


def test_a_limit_has_no_more_digits_than_the_picture():
    assert border._short(0.123456789, 1.0) == "0.1235"
    assert border._short(0.123456789012345, 1e-9) == "0.1234567890123"


@pytest.mark.parametrize(
    ("window", "reason"),
    [
        ("0,1,2", "“0,1,2” is not four numbers"),
        ("a,b,c,d", "“a,b,c,d” is not four numbers"),
        ("0,nan,0,1", "“0,nan,0,1” is not four numbers"),
        ("1,0,0,1", "the window is reversed, or narrower than the 7e-12 that float64 resolves"),
        ("0,1e-13,0,1", "the window is reversed, or narrower than"),
        ("0,7,0,1", "the window reaches beyond ±6"),
    ],
)
def test_a_window_that_cannot_be_used(window, reason):
    app = visit("rates", COARSE | {"window": window})
    (warning,) = warnings(app)
    assert warning.startswith(f"Link: `window` – {reason}")
    assert "window" not in app.query_params


def test_a_window_without_a_border():
    said = text(visit("rates", COARSE | {"window": "-3,-2,-3,-2"}))
    assert "100 % of the 4,096 runs converge. There is no border in this window." in said


def test_the_narrowest_window_is_one_that_the_library_takes():
    width = border.NARROWEST
    edges = (border.FARTHEST - width, border.FARTHEST)
    setting = Setting(RATES, "tanh", 0, (edges, edges))
    assert np.diff(bordered.strip(setting, bordered.SIZES[-1], (0, 1)).x).min() > 0


def test_what_it_gives_away(monkeypatch):
    _app, offers = taken(monkeypatch, "rates", COARSE)
    arrays, columns = loaded(offers), table(offers)
    whole = trainability(resolution=64)
    np.testing.assert_array_equal(arrays["converged"], whole.converged)
    np.testing.assert_array_equal(numbers(columns["final_over_first_loss"]), whole.values.ravel())
    np.testing.assert_array_equal(numbers(columns["inner_rate"])[:64], whole.x)
    _app, offers = taken(monkeypatch, "rates", COARSE | {"detail": "128"})
    said = printed(offers["script"]())
    converged = loaded(offers)["converged"]
    assert f"{converged.mean():.6g} of the runs converge" in said
    assert f"dimension {border_dimension(converged).dimension:.6g}" in said
