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
from landscape.studio.studies import border
from landscape.sweeps import AXES, border_dimension

COARSE = {"study": "border", "detail": "64"}
RATES = ("inner_rate", "outer_rate")


@pytest.mark.parametrize(
    ("link", "settings"),
    [
        ({}, {}),
        ({"map": "start", "activation": "relu", "seed": "3"}, {"x": "rate", "y": "scale", "seed": 3}),
        ({"window": "0.5,1,0.75,1.25", "activation": "identity"}, {"extent": ((0.5, 1.0), (0.75, 1.25))}),
    ],
)
def test_the_share_that_converges_is_that_of_the_library(link, settings):
    app = visit("rates", COARSE | link)
    assert warnings(app) == []
    activation = link.get("activation", "tanh")
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
    app = visit("rates", COARSE | {"detail": "128", "seed": "11"})
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
    app.session_state["border-windows"] = [app.session_state["window"]]
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
