"""Curves: profiles of losses against other programs and closed forms; the study's words, links and offers."""

import re

import numpy as np
import pytest
from compiling import counted
from scipy import special, stats
from sklearn import metrics
from taking import loaded, numbers, printed, table, taken
from visiting import rerun, rows, text, visit, warnings

from landscape import LOSSES
from landscape.figures.heights import number
from landscape.losses import has_profile, profile, zero_one
from landscape.studio import profiled
from landscape.studio.plot import Click
from landscape.studio.profiled import Curve
from landscape.studio.studies.losses import curves, entries

RESIDUALS = np.array([-2.7, -1.0, -0.4, 0.6, 1.0, 2.9])
MARGINS = np.array([-31.0, -2.5, -0.3, 0.0, 0.8, 4.0])
CHANCES = np.array([1e-9, 0.03, 0.25, 0.5, 0.9, 0.999])
PLACES = {"residual": RESIDUALS, "margin": MARGINS, "probability": CHANCES}
CURVES = {"topic": "curves"}

LOG_LOSS = np.log1p(np.exp(-MARGINS))
BY_OTHERS = {
    ("mse", "residual"): RESIDUALS**2,
    ("mae", "residual"): np.abs(RESIDUALS),
    ("huber", "residual"): special.huber(1.0, RESIDUALS),
    ("log-cosh", "residual"): np.log(np.cosh(RESIDUALS)),
    ("quantile", "residual"): np.array([metrics.mean_pinball_loss([0], [r], alpha=0.5) for r in RESIDUALS]),
    ("weighted-least-squares", "residual"): 5 * RESIDUALS**2,
    ("gaussian-nll", "residual"): -stats.norm.logpdf(RESIDUALS),
    ("poisson-nll", "residual"): -stats.poisson.logpmf(3, 3 + RESIDUALS),
    ("mse", "margin"): special.expit(-MARGINS) ** 2,
    ("binary-cross-entropy", "margin"): LOG_LOSS,
    ("cross-entropy", "margin"): LOG_LOSS,
    ("categorical-cross-entropy", "margin"): LOG_LOSS,
    ("balanced-cross-entropy", "margin"): 5 * LOG_LOSS,
    ("focal", "margin"): 0.25 * special.expit(-MARGINS) ** 2 * LOG_LOSS,
    ("hinge", "margin"): np.array([metrics.hinge_loss([1, -1], [m, -m]) for m in MARGINS]),
    ("squared-hinge", "margin"): np.maximum(0, 1 - MARGINS) ** 2,
    ("label-smoothing", "margin"): LOG_LOSS + 0.05 * MARGINS,
    ("perplexity", "margin"): 1 + np.exp(-MARGINS),
    ("pairwise-ranking", "margin"): np.array([metrics.hinge_loss([1, -1], [m, -m]) for m in MARGINS]),
    ("mse", "probability"): (1 - CHANCES) ** 2,
    ("binary-cross-entropy", "probability"): -np.log(CHANCES),
    ("cross-entropy", "probability"): -np.log(CHANCES),
    ("categorical-cross-entropy", "probability"): -np.log(CHANCES),
    ("balanced-cross-entropy", "probability"): -5 * np.log(CHANCES),
    ("focal", "probability"): -0.25 * (1 - CHANCES) ** 2 * np.log(CHANCES),
    ("label-smoothing", "probability"): -0.95 * np.log(CHANCES) - 0.05 * np.log1p(-CHANCES),
    ("perplexity", "probability"): 1 / CHANCES,
}
"""SciPy, scikit-learn or the closed form, at the default numbers."""

SLOPES = {
    "residual": [0.3, 1.7, -2.2],
    "margin": [-3.1, 0.4, 1.6],
    "probability": [0.07, 0.4, 0.93],
}
"""Places without a corner."""


def offered():
    return {(name, over) for over in PLACES for name in LOSSES if has_profile(LOSSES[name], over)}


def test_every_profile_is_what_others_say():
    assert set(BY_OTHERS) == offered()
    for (name, over), expected in BY_OTHERS.items():
        found = profile(LOSSES[name], over, PLACES[over]).values
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12, err_msg=f"{name}, {over}")


def test_slopes_are_those_of_the_values():
    for name, over in offered():
        x, step = np.array(SLOPES[over]), 1e-5
        found = profile(LOSSES[name], over, np.concatenate([x, x + step, x - step]))
        difference = (found.values[3:6] - found.values[6:]) / (2 * step)
        np.testing.assert_allclose(found.slopes[:3], difference, rtol=1e-6, atol=1e-9, err_msg=name)


def test_numbers_inside_bend_the_curve():
    loss = LOSSES["quantile"].replace(tau=0.8)
    expected = [metrics.mean_pinball_loss([0], [r], alpha=0.8) for r in RESIDUALS]
    np.testing.assert_allclose(profile(loss, "residual", RESIDUALS).values, expected, rtol=1e-12)
    loss = LOSSES["pairwise-ranking"].replace(margin=2.0)
    np.testing.assert_array_equal(profile(loss, "margin", [-1.0, 1.5, 3.0]).values, [3.0, 0.5, 0.0])
    loss = LOSSES["focal"].replace(gamma=0.0, alpha=0.5)
    np.testing.assert_allclose(profile(loss, "margin", MARGINS).values, LOG_LOSS / 2, rtol=1e-12)


def test_certain_and_wrong_costs_without_end_and_nothing_is_clipped():
    for name, expected in {
        "binary-cross-entropy": (np.inf, 0.0),
        "cross-entropy": (np.inf, 0.0),
        "categorical-cross-entropy": (np.inf, 0.0),
        "focal": (np.inf, 0.0),
        "perplexity": (np.inf, 1.0),
        "mse": (1.0, 0.0),
        "label-smoothing": (np.inf, np.inf),
    }.items():
        found = profile(LOSSES[name], "probability", [0.0, 1.0])
        assert found.values.tolist() == list(expected), name
        assert (found.slopes == -np.inf).tolist() == [expected[0] == np.inf, False], name
    assert profile(LOSSES["label-smoothing"], "probability", [1.0]).slopes.tolist() == [np.inf]
    np.testing.assert_allclose(
        profile(LOSSES["binary-cross-entropy"], "probability", [1e-300, 1.0]).slopes, [-1e300, -1.0]
    )


def test_a_rate_cannot_be_negative():
    found = profile(LOSSES["poisson-nll"], "residual", [-3.5, -3.0])
    assert np.isnan(found.values[0])
    assert found.values[1] == np.inf


def test_the_step_counts_a_tie_as_wrong():
    assert zero_one("margin", MARGINS).tolist() == [1, 1, 1, 1, 0, 0]
    assert zero_one("probability", CHANCES).tolist() == [1, 1, 1, 1, 0, 0]
    hinge = profile(LOSSES["hinge"], "margin", MARGINS).values
    assert (hinge >= zero_one("margin", MARGINS)).all()


@pytest.mark.parametrize(
    ("loss", "over", "x", "message"),
    [
        ("mse", "time", [0.0], "`over` must be one of residual, margin, probability"),
        ("triplet", "residual", [0.0], "`loss` must have a profile over the residual, got triplet"),
        ("hinge", "probability", [0.5], "`loss` must have a profile over the probability, got hinge"),
        ("mse", "residual", [np.nan], "`x` must be finite numbers"),
        ("mse", "residual", [], "`x` must be finite numbers"),
        ("mse", "probability", [0.5, 1.2], "`x` must be probabilities, from 0 to 1, got 0.5 to 1.2"),
    ],
)
def test_what_has_no_profile_is_refused(loss, over, x, message):
    with pytest.raises(ValueError, match=message):
        profile(LOSSES[loss], over, x)


def test_no_slider_and_no_number_of_places_compiles():
    profile(LOSSES["huber"], "residual", [1.0])
    with counted() as compiled:
        for delta, size in ((0.3, 1), (2.0, 400), (7.0, 700)):
            found = profile(LOSSES["huber"].replace(delta=delta), "residual", np.linspace(-3, 3, size))
            assert found.values.shape == found.slopes.shape == (size,)
    assert compiled == []


def test_jumps_stand_upright():
    for name, over, jump in (("mae", "residual", 0.0), ("hinge", "margin", 1.0)):
        found = profiled.along(Curve(name), over, 4.0)
        where = np.flatnonzero(np.abs(np.diff(found.slopes)) > 0.5)
        np.testing.assert_allclose(found.x[where], jump, atol=1e-6)
        np.testing.assert_allclose(found.x[where + 1], jump, atol=1e-6)


def test_the_two_pictures_have_one_abscissa_and_the_table_their_numbers():
    app = visit("losses", CURVES, **{"losses-curves": "mse,huber", "delta-huber": "0.5", "at-curves": "-3"})
    assert not warnings(app)
    found = {row[0]: row[1:3] for row in rows(app)}
    assert found == {"Squared error": ["9", "−6"], "Huber": [number(0.5 * (3 - 0.25)), "−0.5"]}
    said = text(app)
    for name in ("mse", "huber"):
        assert LOSSES[name].reference in said
        assert LOSSES[name].use in said
    assert "surfaces?landscape=huber&delta-huber=0.5&" in said
    app.session_state["over-curves"] = "margin"
    rerun(app)
    assert [row[0] for row in rows(app)] == ["Squared error · σ(m)", "Binary cross-entropy", "Hinge"]


def test_infinity_is_read_off_as_such():
    app = visit("losses", CURVES, **{"over-curves": "probability", "at-curves": "0"})
    found = {row[0]: row[1:3] for row in rows(app)}
    assert found["Binary cross-entropy"] == ["∞", "−∞"]
    assert found["Squared error"] == ["1", "−2"]


def test_what_a_link_cannot_mean_is_told():
    app = visit("losses", CURVES, **{"losses-curves": "mse,hinge,nonsense", "at-curves": "2000"})
    [said] = warnings(app)
    assert "Hinge is not drawn against this" in said
    assert "2000 is above 1000" in said
    assert [row[0] for row in rows(app)] == ["Squared error"]


def test_a_click_moves_the_place(monkeypatch):
    clicks = []
    monkeypatch.setattr(curves, "plot", lambda *args, on_click, **settings: clicks.append(on_click))
    app = visit("losses", CURVES)
    app.session_state["at-curves"] = 0.0
    monkeypatch.setattr(curves.st, "session_state", app.session_state)
    clicks[-1](Click("slopes", 1.23456, 0.0))
    assert app.session_state["at-curves"] == 1.235


def test_every_loss_is_found_in_the_catalogue_with_its_links():
    app = visit("losses", CURVES, **{"over-curves": "catalogue"})
    said = text(app)
    for name, loss in LOSSES.items():
        [line] = [line for line in said.splitlines() if line.startswith(f"| **{loss.title}** |")]
        assert line.count("|") == 7, f"{name}: a bar in a formula would end the cell"
        assert loss.use in line
        assert f"(surfaces?landscape={name}&lang=en)" in line
        curve = re.search(r"\(losses\?topic=curves&over-curves=(\w+)&losses-curves=([\w,-]+)&lang=en\)", line)
        assert (curve is not None) == any(has_profile(loss, over) for over in PLACES)
        if curve:
            drawn = curve[2].split(",")
            assert name in drawn
            assert len(drawn) <= curves.LIMIT
            assert all(has_profile(LOSSES[each], curve[1]) for each in drawn)
    assert {loss.family for loss in LOSSES.values()} == set(entries.FAMILIES)


def test_what_is_taken_along_is_what_is_seen_and_the_script_makes_it_again(monkeypatch):
    link = CURVES | {"losses-curves": "mae,quantile", "tau-quantile": "0.9", "window-curves": "2"}
    _app, offers = taken(monkeypatch, "losses", link)
    arrays, columns = loaded(offers), table(offers)
    x = arrays["residual"]
    assert (x[0], x[-1]) == (-2.0, 2.0)
    expected = np.maximum(-0.9 * x, 0.1 * x)
    np.testing.assert_allclose(arrays["quantile/loss"], expected, atol=1e-15)
    np.testing.assert_allclose(numbers(columns["quantile/loss"]), expected, atol=1e-15)
    np.testing.assert_array_equal(numbers(columns["mae/slope"]), np.sign(x))
    said = re.findall(r"quantile: L\((.+)\) = (.+), slope (.+)", printed(offers["script"]()))
    lines = np.array([[float(each) for each in line] for line in said])
    every = [arrays[name][::40] for name in ("residual", "quantile/loss", "quantile/slope")]
    np.testing.assert_allclose(lines, np.transpose(every), rtol=1e-5, atol=1e-12)
