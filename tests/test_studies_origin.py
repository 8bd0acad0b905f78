"""Where it comes from: the numbers on the screen against SciPy, clicks, links, and what does not compile."""

import re

import numpy as np
import pytest
from compiling import counted
from scipy import stats
from taking import loaded, numbers, printed, table, taken
from visiting import rerun, rows, text, visit, warnings

from landscape.figures.heights import number
from landscape.likelihoods import LIKELIHOODS
from landscape.studio.plot import Click
from landscape.studio.studies.losses import origin

ORIGIN = {"topic": "origin"}


def read(cell):
    """A number as the page writes it."""
    return float(cell.replace("−", "-"))


@pytest.fixture
def drawn(monkeypatch):
    """What the page hands to the plot."""
    found = {}
    monkeypatch.setattr(origin, "plot", lambda key, panels, **settings: found.update(settings, panels=panels))
    return found


def test_the_two_numbers_agree_for_every_distribution_and_the_slope_ends_at_zero():
    app = visit("losses", ORIGIN)
    assert warnings(app) == []
    for name, likelihood in LIKELIHOODS.items():
        app.selectbox(key="distribution-origin").set_value(name)
        rerun(app)
        data = likelihood.sample(10, 0)
        now, best = rows(app)
        assert [now[0], best[0]] == ["now", "estimate"]
        assert now[1] == ", ".join(number(value) for value in likelihood.start)
        for row in (now, best):
            assert abs(read(row[3]) - read(row[4])) <= 1e-10
            assert len(row[3].split(".")[1]) >= 11
        assert all(
            abs(float(re.sub(r"×10.*", "", cell.replace("−", "-")))) == 0 or "10⁻" in cell
            for cell in best[6].split(", ")
        )
        assert f"${likelihood.formula}" in text(app)
        estimate = np.asarray(likelihood.estimate(data))
        wanted = likelihood.measure(data, estimate[None]).negative_log_likelihoods[0]
        assert read(best[3]) == pytest.approx(wanted, abs=1e-12)
        assert "has become 0" not in text(app)


def test_a_gaussian_says_what_scipy_says():
    app = visit("losses", ORIGIN, **{"theta-origin": "2.25", "count-origin": "7", "seed-origin": "4"})
    data = np.random.default_rng(4).normal(1.0, 1.0, 7)
    densities = stats.norm.pdf(data, 2.25)
    now, best = rows(app)
    assert now[2] == number(densities.prod())
    assert read(now[3]) == pytest.approx(-np.log(densities).mean(), abs=1e-12)
    assert now[6] == number(2.25 - data.mean())
    assert best[1] == number(data.mean())


def test_a_product_of_many_underflows_and_it_is_said():
    app = visit("losses", ORIGIN, **{"count-origin": "1000"})
    data = np.random.default_rng(0).normal(1.0, 1.0, 1000)
    decades = stats.norm.logpdf(data, -0.5).sum() / np.log(10)
    assert rows(app)[0][2] == "0"
    assert f"product of 1000 densities has become 0:** it is $10^{{{decades:.1f}}}$" in text(app)
    app.number_input(key="count-origin").set_value(100)
    rerun(app)
    assert "has become 0" not in text(app)


def test_what_is_impossible_costs_everything_and_a_class_never_seen_leaves_no_estimate():
    app = visit("losses", ORIGIN, **{"distribution-origin": "bernoulli", "theta-origin": "0"})
    assert rows(app)[0][2:6] == ["0", "∞", "∞", "–"]
    assert "impossible" in text(app)
    app.number_input(key="count-origin").set_value(1)
    rerun(app)
    assert rows(app)[1][1:] == ["1", "1", *["0.0000000000000"] * 2, "0", "−1"]
    assert "at the edge of what is possible" in text(app)
    app = visit("losses", ORIGIN, **{"distribution-origin": "categorical", "count-origin": "1"})
    assert "A class was never seen" in text(app)
    assert rows(app)[1][2:] == ["–"] * 5
    assert app.button(key="go-origin").disabled


@pytest.mark.parametrize(
    ("name", "panel", "place", "wanted"),
    [
        ("gaussian", "data", (2.345678, 0.1), {"theta-origin": 2.35}),
        ("laplace", "likelihood", (-1.5, 0.1), {"theta-origin": -1.5}),
        ("poisson", "data", (-0.4, 0.1), {"theta-origin": 0.0}),
        ("bernoulli", "data", (1.1, 0.8), {"theta-origin": 0.8}),
        ("bernoulli", "data", (-0.2, 0.8), {"theta-origin": 0.2}),
        ("categorical", "surprise", (1.5, -2.0), {"z1-origin": 1.5, "z2-origin": -2.0}),
    ],
)
def test_a_click_moves_the_parameter(name, panel, place, wanted, drawn):
    app = visit("losses", ORIGIN, **{"distribution-origin": name})
    shown = {each.id: each for each in drawn["panels"]}
    assert all(each.clickable for each in shown.values())
    state = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(origin.st, "session_state", state)
        drawn["on_click"](Click(panel, *place))
    assert state == pytest.approx(wanted)
    assert warnings(app) == []


def test_a_click_on_a_class_gives_it_its_probability_and_keeps_the_others_in_proportion():
    seen, parameter = origin.Seen("categorical", 5, 0), (0.5, -1.0)
    before = LIKELIHOODS["categorical"].density([0, 1, 2], parameter)
    for place in range(3):
        moved = origin._placed(seen, parameter, Click("data", place + 0.2, 0.6))
        after = LIKELIHOODS["categorical"].density([0, 1, 2], moved)
        assert after[place] == pytest.approx(0.6)
        others = [each for each in range(3) if each != place]
        assert after[others[0]] / after[others[1]] == pytest.approx(before[others[0]] / before[others[1]])


def test_the_button_goes_to_the_estimate(drawn):
    app = visit("losses", ORIGIN, **{"distribution-origin": "categorical", "seed-origin": "2"})
    app.button(key="go-origin").click()
    rerun(app)
    likelihood = LIKELIHOODS["categorical"]
    estimate = likelihood.estimate(likelihood.sample(10, 2))
    assert [app.session_state["z1-origin"], app.session_state["z2-origin"]] == estimate.tolist()
    marks = drawn["panels"][2].marks
    assert (marks[0].x, marks[0].y) == (marks[1].x, marks[1].y) == tuple(estimate)


def test_the_marks_lie_on_the_curves(drawn):
    visit("losses", ORIGIN, **{"distribution-origin": "poisson", "theta-origin": "4"})
    for panel in drawn["panels"][1:]:
        points = [mark for mark in panel.marks if mark.kind == "point"]
        assert [mark.symbol for mark in points] == ["", "star"]
        curve = panel.figure["data"][0]
        for mark in points:
            height = np.interp(mark.x, curve["x"], curve["y"])
            assert mark.y == pytest.approx(height, abs=0.01 * float(np.nanmax(curve["y"])))


def test_what_a_link_cannot_have_is_said():
    bad = {
        "distribution-origin": "cauchy",
        "theta-origin": "nan",
        "count-origin": "2001",
        "seed-origin": "1.5",
    }
    [said] = warnings(visit("losses", ORIGIN | bad))
    for key, instead in {
        "distribution-origin": "gaussian",
        "theta-origin": "-0.5",
        "count-origin": "10",
    }.items():
        assert re.search(rf"`{key}` – .*Shown instead: {instead}\.", said), said
    assert "1.5 is not a whole number" in said


@pytest.mark.parametrize("name", ["laplace", "categorical"])
def test_what_it_gives_away_is_what_it_shows(name, monkeypatch):
    app, offers = taken(monkeypatch, "losses", ORIGIN | {"distribution-origin": name, "seed-origin": "8"})
    arrays, columns, now = loaded(offers), table(offers), rows(app)[0]
    likelihood, said = LIKELIHOODS[name], printed(offers["script"]())
    np.testing.assert_array_equal(arrays["data"], likelihood.sample(10, 8))
    for label, place in (("mean negative log-likelihood", 1), (likelihood.identity, 2)):
        value = float(re.search(rf"^{re.escape(label)}: (\S+)$", said, re.MULTILINE)[1])
        assert value == arrays["at_present"][place]
        assert value == pytest.approx(read(now[3]), abs=1e-12)
    np.testing.assert_array_equal(numbers(columns["loss"]), arrays["loss"])
    first = numbers(columns["z1" if name == "categorical" else "parameter"])
    assert first.min() == likelihood.low
    assert offers["html"]().count("</html>") == 1


def test_no_slider_compiles():
    app = visit("losses", ORIGIN)
    with counted() as programs:
        for key, values in {
            "theta-origin": (-3.7, 0.3, 5.0),
            "count-origin": (1, 20, 2000),
            "seed-origin": (3, 99),
        }.items():
            for value in values:
                app.number_input(key=key).set_value(value)
                rerun(app)
        assert programs == []
