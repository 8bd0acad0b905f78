"""Links and fields that cannot be used: the page says which and what it shows instead, and stays itself."""

from functools import cache

import pytest
from visiting import rerun, text, visit, warnings

from landscape import DATASETS, OPTIMIZERS
from landscape.studio import cached, landscapes
from landscape.studio.texts import LANGUAGES

pytestmark = pytest.mark.usefixtures("coarse")

LONG = "a" * 5000
MARKUP = "<img src=x onerror=alert(1)> **bold** [a](http://example.com) `code` $x$"
THOUSAND = ",".join(f"optimizer-{index}" for index in range(1000))

DEFAULT = object()
BAD = [
    # page, the link, the parameter, words of the reason, what is shown instead
    ("paths", {"x": "nan"}, "x", "“nan” is not a finite number", DEFAULT),
    ("paths", {"x": "-inf"}, "x", "“-inf” is not a finite number", DEFAULT),
    ("paths", {"y": "1e400"}, "y", "“1e400” is not a finite number", DEFAULT),
    ("paths", {"y": "1e300"}, "y", "1e+300 is above ", DEFAULT),
    ("paths", {"x": ""}, "x", "“” is not a finite number", DEFAULT),
    ("paths", {"x": "0x10"}, "x", "“0x10” is not a finite number", DEFAULT),
    ("paths", {"x": "1;drop"}, "x", "“1;drop” is not a finite number", DEFAULT),
    ("paths", {"x": ["0.5", "nan"]}, "x", "“nan” is not a finite number", DEFAULT),
    ("paths", {"steps": "1e9"}, "steps", "1e+09 is above 2000", DEFAULT),
    ("paths", {"steps": "2001"}, "steps", "2001 is above 2000", DEFAULT),
    ("paths", {"steps": "0"}, "steps", "0 is below 1", DEFAULT),
    ("paths", {"steps": "-5"}, "steps", "-5 is below 1", DEFAULT),
    ("paths", {"steps": "10.5"}, "steps", "10.5 is not a whole number", DEFAULT),
    ("paths", {"lr-gd": "-1"}, "lr-gd", "-1 is below 0", DEFAULT),
    ("paths", {"lr-gd": "1e300"}, "lr-gd", "1e+300 is above 1e+06", DEFAULT),
    ("paths", {"beta1-adam": "1"}, "beta1-adam", "1 is above 1", DEFAULT),
    ("paths", {"landscape": "no-such-thing"}, "landscape", "there is no “no-such-thing”", "rosenbrock"),
    ("paths", {"landscape": ""}, "landscape", "there is no “”", "rosenbrock"),
    ("paths", {"landscape": LONG}, "landscape", "there is no “aaaaaaaaaa", "rosenbrock"),
    ("paths", {"landscape": MARKUP}, "landscape", "there is no “?img src=x onerror=alert(1)?", "rosenbrock"),
    (
        "paths",
        {"optimizers": THOUSAND},
        "optimizers",
        "there is no “optimizer-0”",
        ["gd", "momentum", "adam"],
    ),
    ("paths", {"optimizers": "adam,nope,gd"}, "optimizers", "there is no “nope”", ["adam", "gd"]),
    ("paths", {"optimizers": ["adam", "nope"]}, "optimizers", "there is no “nope”", ["adam"]),
    ("paths", {"optimizers": ""}, "optimizers", "there is no “”", ["gd", "momentum", "adam"]),
    (
        "paths",
        {"optimizers": ",".join(OPTIMIZERS)},
        "optimizers",
        "16 are more than 6",
        list(OPTIMIZERS)[: cached.MAX_OPTIMIZERS],
    ),
    ("paths", {"race": "maybe"}, "race", "there is no “maybe”", False),
    ("paths", {"table": "2"}, "table", "there is no “2”", False),
    ("paths", {"height": "deep"}, "height", "there is no “deep”", "log"),
    ("paths", {"lang": "xx"}, "lang", "there is no “xx”", "en"),
    ("surfaces", {"landscape": "iris", "model": "linear"}, "model", "there is no “linear”", "softmax"),
    ("surfaces", {"landscape": "line", "axis-x": "w9"}, "axis-x", "there is no “w9”", "w1"),
    ("surfaces", {"landscape": "line", "axis-y": "w1"}, "axis-y", "there is no “w1”", "b"),
    (
        "surfaces",
        {"landscape": "breast-cancer", "features": ",".join(DATASETS["breast-cancer"].feature_names)},
        "features",
        "30 are more than 10",
        list(DATASETS["breast-cancer"].feature_names[: landscapes.MAX_FEATURES]),
    ),
    ("ridge", {"lambda": "nan"}, "lambda", "“nan” is not a finite number", DEFAULT),
    ("ridge", {"lambda": "-1"}, "lambda", "-1 is below 0", DEFAULT),
    ("ridge", {"lambda": "1e9"}, "lambda", "1e+09 is above 1e+08", DEFAULT),
    ("ridge", {"data": "collinear", "rho": "1"}, "rho", "1 is above 0.9999", 0.95),
    ("ridge", {"penalty": "elastic-net", "l1-ratio": "2"}, "l1-ratio", "2 is above 1", 0.5),
    ("ridge", {"seed": "1.5"}, "seed", "1.5 is not a whole number", DEFAULT),
    ("ridge", {"seed": "99999999999999999999999"}, "seed", "1e+23 is above 9999", DEFAULT),
    ("home", {"lang": MARKUP}, "lang", "there is no “?img", "en"),
]


@cache
def default(page, key):
    """What a page shows where its link says nothing."""
    return visit(page).session_state[key]


def said(value):
    """A value as the message writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(value) if isinstance(value, list) else f"{value:g}" if value != str(value) else value


@pytest.mark.parametrize(
    ("page", "link", "key", "reason", "instead"), BAD, ids=[f"{row[0]}-{row[2]}-{row[3]}"[:60] for row in BAD]
)
def test_a_link_that_cannot_be_used(page, link, key, reason, instead):
    if instead is DEFAULT:
        instead = default(page, key)
    app = visit(page, link)
    (warning,) = warnings(app)
    assert warning.startswith(f"Link: `{key}` – {reason}")
    assert warning.endswith(f"Shown instead: {said(instead)}.")
    assert len(warning) < 400
    assert app.session_state[key] == instead
    assert key not in app.query_params or isinstance(instead, list), "the address has let go of it"
    assert warnings(rerun(app)) == [], "it is said once"


def test_everything_at_once():
    """Each control that cannot use its value says so, and the others keep theirs."""
    link = {"landscape": "booth", "x": "nan", "y": "2", "steps": "inf", "lr-gd": "fast", "optimizers": "gd"}
    app = visit("paths", link, unknown="1", **{"lr-adam": "0.5"})
    (warning,) = warnings(app)
    assert [line.split("`")[1] for line in warning.splitlines()] == ["lr-gd", "steps", "x"]
    assert app.session_state["y"] == 2.0
    assert app.query_params == {"landscape": "booth", "y": "2", "optimizers": "gd"}


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_the_reason_is_in_the_language_of_the_reader(code):
    (warning,) = warnings(visit("paths", lang=code, x="nan", landscape="nope"))
    assert "`x`" in warning
    assert "`landscape`" in warning
    assert "Shown instead" not in warning


@pytest.mark.parametrize(
    ("page", "key", "value"),
    [
        ("paths", "steps", 1e9),
        ("paths", "steps", -1.0),
        ("paths", "x", float("nan")),
        ("paths", "y", float("inf")),
        ("paths", "lr-gd", -1.0),
        ("paths", "lr-adam", 1e12),
        ("ridge", "lambda", 1e12),
        ("ridge", "lr", float("nan")),
        ("ridge", "seed", -3),
    ],
)
def test_a_field_that_a_browser_would_not_send(page, key, value):
    app = visit(page)
    before = app.session_state[key]
    app.number_input(key=key).set_value(value)
    rerun(app)
    rerun(app)
    assert app.session_state[key] == before


def test_more_choices_than_a_browser_would_send():
    app = visit("paths", optimizers="gd")
    app.multiselect(key="optimizers").set_value(list(OPTIMIZERS))
    rerun(app)
    assert len(app.session_state["optimizers"]) <= cached.MAX_OPTIMIZERS


def test_no_choice_at_all_is_the_first_one():
    app = visit("paths", optimizers="newton")
    app.multiselect(key="optimizers").set_value([])
    assert rerun(app).session_state["optimizers"] == ["gd", "momentum", "adam"]


def test_the_steps_of_a_path_have_a_limit_beneath_the_page():
    choice = landscapes.FunctionChoice("bowl")
    path = cached.path(choice, "gd", (("learning_rate", 0.1),), (1.0, 1.0), 10**9)
    assert path.num_steps <= cached.MAX_STEPS + 1 < cached.CAPACITY


@pytest.mark.parametrize("rate", ["1e6", "0"])
def test_a_rate_that_is_useless_is_a_result(rate):
    app = visit("paths", landscape="rosenbrock", optimizers="gd,adam", steps="2000", **{"lr-gd": rate})
    assert warnings(app) == []
    assert ("diverged at step" in text(app)) == (rate == "1e6")
