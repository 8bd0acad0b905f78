"""Controls and their links: where a value comes from, what the address says, slider and field in step."""

import math
from itertools import pairwise
from types import SimpleNamespace

import pytest
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.testing.v1 import AppTest
from visiting import visit

from landscape.studio import links
from landscape.studio.controls import SERIES, multiples, rounded, series
from landscape.studio.links import KEPT, NOTES, quoted, written


def page():
    """A page with a control of each kind."""
    import streamlit as st

    from landscape.studio import controls, links

    links.open_link()
    dataset = controls.choice("Data", "data", ["line", "moons"], "moons", titles={"line": "A line"})
    if dataset == "line":
        controls.choice("Loss", "loss", ["mse", "mae"])
    default = {"line": 0.5, "moons": 0.1}[dataset]
    rate = controls.log_number("Rate", "rate", default, (0.001, 10.0), (0.0, 100.0))
    share = controls.linear_number("Share", "share", 0.9, (0.0, 0.99), (0.0, 1.0))
    steps = controls.count("Steps", "steps", 200, 1, 2000, options=[1, 10, 100, 200, 1000, 2000])
    x = controls.number("x", "x", -1.5, -10.0, 10.0)
    seed = controls.whole("Seed", "seed", 0, 0, 99)
    names = controls.choices("Names", "names", ["a", "b", "c"], ["a", "b"], limit=2, refused={"d": "no d"})
    scale = controls.segments("Scale", "scale", {"log": "Log", "linear": "Linear"}, "log")
    race = controls.switch("Race", "race")
    links.keep(["data", "loss", "rate", "x"])
    links.show_notes(st)
    st.json([dataset, rate, share, steps, x, seed, names, scale, race])
    links.write_link()


DEFAULTS = ["moons", 0.1, 0.9, 200, -1.5, 0, ["a", "b"], "log", False]
CHOSEN = ["line", 0.123456789, 1.0, 7, 2.25, 42, ["c", "a"], "linear", True]
LINK = {
    "data": "line",
    "rate": "0.123456789",
    "share": "1",
    "steps": "7",
    "x": "2.25",
    "seed": "42",
    "names": "c,a",
    "scale": "linear",
    "race": "true",
}


def opened(script=page, state=None, **link):
    app = AppTest.from_function(script)
    for key, value in (state or {}).items():
        app.session_state[key] = value
    app.query_params.update(link)
    return run(app)


def run(app):
    app.run()
    assert not app.exception, [error.message for error in app.exception]
    return app


def values(app):
    import json

    return json.loads(app.json[0].value)


def test_without_a_link_the_defaults():
    app = opened()
    assert values(app) == DEFAULTS
    assert app.query_params == {}


def test_a_link_decides():
    app = opened(**LINK)
    assert values(app) == CHOSEN
    assert app.query_params == LINK, "a link that holds stays as it came"
    assert not app.warning


def test_the_address_says_what_is_not_the_default_and_makes_the_same_page():
    app = opened()
    app.selectbox(key="data").set_value("line")
    app.number_input(key="rate").set_value(0.123456789)
    app.number_input(key="share").set_value(1.0)
    app.number_input(key="steps").set_value(7.0)
    app.number_input(key="x").set_value(2.25)
    app.number_input(key="seed").set_value(42)
    app.multiselect(key="names").set_value(["c", "a"])
    app.toggle(key="race").set_value(True)
    app.get("button_group")[0].set_value("linear")
    run(app)
    assert values(app) == CHOSEN
    assert app.query_params == LINK
    assert values(opened(**app.query_params)) == CHOSEN
    app.number_input(key="x").set_value(-1.5)
    assert "x" not in run(app).query_params, "what is the default again leaves the address"


def test_a_link_comes_before_what_was_kept_and_that_before_the_default():
    kept = {KEPT: {"x": 3.0, "rate": 7.0}}
    assert values(opened(state=kept))[4] == 3.0
    assert values(opened(state=kept))[1] == 7.0
    assert opened(state=kept).query_params == {"x": "3", "rate": "7"}
    app = opened(state=kept, x="4")
    assert values(app)[4] == 4.0
    assert values(app)[1] == 0.1, "a link stands for the whole page"


def test_what_was_kept_must_still_hold():
    assert values(opened(state={KEPT: {"x": 1e9, "data": "gone"}})) == DEFAULTS


def test_what_the_reader_does_comes_before_the_link():
    app = opened(x="4")
    app.number_input(key="x").set_value(5.0)
    assert values(run(app))[4] == 5.0
    assert values(run(app))[4] == 5.0


def test_back_restores_every_control(monkeypatch):
    app = opened(x="4", data="line", loss="mae")
    app.number_input(key="x").set_value(5.0)
    app.number_input(key="seed").set_value(9)
    app.selectbox(key="data").set_value("moons")
    app.toggle(key="race").set_value(True)
    left = {"x": "5", "seed": "9", "race": "true", "rate": "0.5"}  # the rate that the line began with
    assert run(app).query_params == left

    def going_back():
        context = get_script_run_ctx()
        return SimpleNamespace(page_script_hash=context.page_script_hash, is_history_navigation=True)

    monkeypatch.setattr(links, "get_script_run_ctx", going_back)
    for address in ({"x": "4", "data": "line", "loss": "mae"}, {}, left):
        app.query_params.clear()
        app.query_params.update(address)
        run(app)
        assert app.query_params == address
        assert values(app) == values(opened(**address))


def test_a_control_that_was_away_comes_back_as_it_was():
    app = opened(data="line")
    app.selectbox(key="loss").set_value("mae")
    run(app)
    app.selectbox(key="data").set_value("moons")
    assert "loss" not in run(app).query_params
    app.selectbox(key="data").set_value("line")
    assert run(app).selectbox(key="loss").value == "mae"
    assert app.query_params == {"data": "line", "loss": "mae"}


def test_the_slider_moves_the_field_and_the_field_the_slider():
    app = opened()
    assert app.select_slider(key="rate~").value == 0.1
    app.select_slider(key="rate~").set_value(0.25)
    assert values(run(app))[1] == 0.25
    assert app.number_input(key="rate").value == 0.25
    app.number_input(key="rate").set_value(0.0999)
    assert values(run(app))[1] == 0.0999
    assert app.select_slider(key="rate~").value == 0.1, "the nearest of the slider's numbers"
    app.number_input(key="rate").set_value(0.0)
    assert values(run(app))[1] == 0.0
    assert app.select_slider(key="rate~").value == 0.001
    app.number_input(key="rate").set_value(100.0)
    run(app)
    assert app.select_slider(key="rate~").value == 10.0
    app.select_slider(key="steps~").set_value(1000.0)
    assert values(run(app))[3] == 1000


def test_a_linear_slider_can_stand_at_its_default():
    app = opened()
    assert "0.9" in app.select_slider(key="share~").options
    assert app.select_slider(key="share~").value == 0.9


def test_the_last_name_cannot_be_taken_away():
    app = opened(names="c")
    app.multiselect(key="names").set_value([])
    assert values(run(app))[6] == ["a", "b"]


def test_notes_name_the_parameter_the_reason_and_what_is_shown():
    app = opened(x="nan", rate="1e9", data="gone", names="d", seed="1.5", steps="0", race="perhaps")
    (warning,) = app.warning
    assert warning.value.splitlines() == [
        "Link: `data` – there is no “gone”. Shown instead: moons.  ",
        "Link: `rate` – 1e+09 is above 100. Shown instead: 0.1.  ",
        "Link: `steps` – 0 is below 1. Shown instead: 200.  ",
        "Link: `x` – “nan” is not a finite number. Shown instead: -1.5.  ",
        "Link: `seed` – 1.5 is not a whole number. Shown instead: 0.  ",
        "Link: `names` – no d. Shown instead: a, b.  ",
        "Link: `race` – there is no “perhaps”. Shown instead: false.",
    ]
    assert values(app) == DEFAULTS
    assert app.query_params == {}
    assert not run(app).warning
    assert NOTES not in app.session_state


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("plain", "plain"),
        ("", ""),
        ("`a` *b* _c_ [d](e) <f> $g$ \\h ~i #j |k", "?a? ?b? ?c? ?d?(e) ?f? ?g? ?h ?i ?j ?k"),
        ("line\nbreak\ttab\0", "line?break?tab?"),
        ("\u202egnp.exe", "?gnp.exe"),
        ("손실", "손실"),
        ("x" * 40, "x" * 40),
        ("x" * 41, "x" * 39 + "…"),
    ],
)
def test_what_is_quoted_is_short_and_harmless(said, shown):
    assert quoted(said) == shown


@pytest.mark.parametrize("value", [0.1, 1 / 3, -8.0, 1e-12, 123456789.0, 5e-324, 1.7976931348623157e308])
def test_a_number_in_a_link_keeps_all_its_digits(value):
    assert float(written(value)) == value


def test_series_are_the_renard_numbers():
    """ISO 3: R″10, ten numbers to a decade in even ratios, as far as two digits allow."""
    exact = [10 ** (index / 10) for index in range(10)]
    for number, true in zip(SERIES, exact, strict=True):
        assert abs(number / true - 1) < 0.06
    numbers = series(1e-5, 10.0)
    assert (numbers[0], numbers[-1], len(numbers)) == (1e-5, 10.0, 61)
    for first, second in pairwise(numbers):
        assert 1.19 < second / first < 1.34
    assert all(len(f"{number:e}".split("e")[0].rstrip("0").rstrip(".")) <= 3 for number in numbers)


@pytest.mark.parametrize("value", [1e-7, 0.0107, 0.7, 0.99, 1.0, 1.1, 9.4, 3e5])
def test_rounded_is_the_nearest_by_ratio(value):
    numbers = series(1e-8, 1e7)
    best = min(numbers, key=lambda number: abs(math.log(number / value)))
    assert rounded(value) == best


@pytest.mark.parametrize(("low", "high", "count"), [(0.0, 0.9999, 100), (0.0, 1.0, 20), (-2.0, 3.0, 50)])
def test_multiples_have_both_ends_and_even_steps(low, high, count):
    numbers = multiples(low, high, count)
    assert (numbers[0], numbers[-1]) == (low, high)
    assert count / 1.5 <= len(numbers) <= 1.5 * count + 2
    gaps = {round(second - first, 9) for first, second in pairwise(numbers[1:-1])}
    assert len(gaps) == 1


@pytest.mark.parametrize("page", ["losses", "rates"])
def test_a_link_can_hide_the_lesson(page):
    shown, hidden = (len(visit(page, link).markdown) for link in ({}, {"wide": "true"}))
    assert hidden == shown - 1
