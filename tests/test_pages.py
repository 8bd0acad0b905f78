"""Every entry of every registry on every page, opened by its link: no exception, no warning, numbers."""

import re
from urllib.parse import parse_qsl

import pytest
from visiting import go, rerun, rows, text, visit, warnings

from landscape import DATASETS, FUNCTIONS, LOSSES, OPTIMIZERS
from landscape.losses import SupervisedLoss
from landscape.studio import cached, landscapes, later
from landscape.studio.texts import ASSETS, LANGUAGES, catalogue

pytestmark = pytest.mark.usefixtures("coarse")

FITS = [
    {"landscape": dataset, "model": model, "loss": loss}
    for dataset in DATASETS
    for model in landscapes.models_for(dataset)
    for loss in landscapes.losses_for(dataset, model)
]
"""Every dataset with every model and loss that fit it."""

FIRST_FITS = list({fit["landscape"]: fit for fit in reversed(FITS)}.values())
"""Every dataset with the model and the loss that it begins with."""

PAIRS = list({(fit["model"], fit["loss"]): fit for fit in reversed(FITS)}.values())
"""Every loss behind every model that it fits, on the first dataset for both."""

LANDSCAPES = [{"landscape": name} for name in [*FUNCTIONS, *LOSSES]]
LANDSCAPES += FIRST_FITS + [fit for fit in PAIRS if fit["loss"] in ("mae", "perplexity", "focal", "dice")]
WALKED = [{"landscape": name} for name in FUNCTIONS] + FIRST_FITS
WALKED += [{"landscape": name} for name in ("quantile", "expected-reward", "triplet", "dice")]
RIDGES = [
    {"data": data, "penalty": penalty, "view": view}
    for data in ("diabetes", "collinear")
    for penalty in ("l2", "l1", "elastic-net")
    for view in ("above", "side")
]
SUPERVISED = [loss for loss in LOSSES.values() if isinstance(loss, SupervisedLoss)]
STRAIGHT = ("mae", "quantile", "hinge", "pairwise-ranking", "wasserstein")
"""Losses without curvature but at corners."""

NUMBER = r"−?\d[\d,.]*(×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?"


def name_of(link):
    return "-".join(link.values())


def opened(page, link):
    """A page that has used every word of its link."""
    app = visit(page, link)
    assert warnings(app) == []
    for key, value in link.items():
        assert app.session_state[key] == value
    return app


def pressed(app, key, value):
    """Press one of a few options side by side."""
    next(group for group in app.get("button_group") if group.key == key).set_value(value)
    return rerun(app)


def test_the_lists_hold_every_entry():
    assert {link["landscape"] for link in LANDSCAPES} == set(FUNCTIONS) | set(DATASETS) | set(LOSSES)
    assert {link["loss"] for link in PAIRS} == {loss.name for loss in SUPERVISED}
    assert {link["landscape"] for link in FIRST_FITS} == set(DATASETS)
    assert len(FITS) > 50


@pytest.mark.parametrize("link", LANDSCAPES, ids=name_of)
def test_surfaces(link):
    said = text(opened("surfaces", link))
    assert f"**{landscapes.title(link['landscape'])}**" in said
    assert re.search(r"\$[^$]+\$", said), "the formula"
    eigenvalues = re.search(rf"λ₁ = {NUMBER}, λ₂ = {NUMBER}", said)
    loss = link.get("loss", link["landscape"])
    assert eigenvalues or (loss in STRAIGHT and "The loss is straight here" in said)


@pytest.mark.parametrize("link", WALKED, ids=name_of)
def test_paths(link):
    app = visit("paths", link, optimizers="gd")
    assert warnings(app) == []
    ((name, steps, evaluations, loss, *_distance, ended),) = rows(app)
    asked = f"{app.session_state['steps']:.0f}"
    assert (name, steps, evaluations) == ("Gradient descent", asked, asked)
    assert re.fullmatch(NUMBER, loss) or ended.startswith("diverged at step")


@pytest.mark.parametrize("link", FIRST_FITS, ids=name_of)
def test_other_axes_and_units(link):
    features = landscapes.first_features(link["landscape"], link["model"])
    axes = list(landscapes.coordinates(link["landscape"], features, link["model"]))
    turned = {"axis-x": axes[-1], "axis-y": axes[0]}
    opened("surfaces", link | turned)
    if link["landscape"] in landscapes.MEASURED:
        app = visit("surfaces", link | turned, raw="true", field="true")
        assert warnings(app) == []
        assert app.session_state["raw"] is True


@pytest.mark.parametrize("dataset", ["diabetes", "breast-cancer"])
def test_as_many_features_as_a_page_allows(dataset):
    names = DATASETS[dataset].feature_names[: landscapes.MAX_FEATURES]
    app = visit("surfaces", landscape=dataset, features=",".join(names))
    assert warnings(app) == []
    assert app.session_state["features"] == list(names)


@pytest.mark.parametrize("first", range(0, len(OPTIMIZERS), cached.MAX_OPTIMIZERS))
def test_optimizers(first):
    names = list(OPTIMIZERS)[first : first + cached.MAX_OPTIMIZERS]
    app = visit("paths", landscape="rosenbrock", optimizers=",".join(names), table="true")
    assert warnings(app) == []
    assert [row[0] for row in rows(app)] == [OPTIMIZERS[name].title for name in names]
    assert len(app.dataframe) == len(names)
    for name, frame in zip(names, app.dataframe, strict=True):
        for quantity in OPTIMIZERS[name].quantities:
            assert len(frame.value) == app.session_state["steps"] + 1, quantity
    for number in app.number_input:
        link = f"{number.key}={number.value}"
        assert number.min <= number.value <= number.max, link


@pytest.mark.parametrize("name", [name for name, spec in OPTIMIZERS.items() if spec.needs_residuals])
def test_an_optimizer_that_needs_residuals_says_so(name):
    app = visit("paths", landscape="ackley", optimizers=f"adam,{name}")
    (warning,) = warnings(app)
    assert "`optimizers`" in warning
    assert "need a loss that is a sum of squares" in warning
    assert "Shown instead: adam" in warning
    assert name not in app.multiselect(key="optimizers").options
    assert [row[0] for row in rows(app)] == ["Adam"]


def test_an_optimizer_leaves_with_the_landscape_that_admits_it():
    app = opened("paths", {"landscape": "rosenbrock"})
    app.multiselect(key="optimizers").set_value(["gauss-newton", "adam"])
    assert [row[0] for row in rows(rerun(app))] == ["Gauss–Newton", "Adam"]
    app.selectbox(key="landscape").set_value("ackley")
    assert [row[0] for row in rows(rerun(app))] == ["Adam"]


@pytest.mark.parametrize("link", RIDGES, ids=name_of)
def test_ridge(link):
    app = opened("ridge", link)
    (first, second) = rows(app)
    assert first[0] == "(1)"
    assert second[0].startswith("(2)")
    for row in (first, second):
        assert re.fullmatch(rf"{NUMBER}, {NUMBER}", row[1])
        assert re.fullmatch(NUMBER, row[2])


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize(
    ("page", "link", "word"),
    [
        ("home", {}, "Loss landscapes you can walk on"),
        ("surfaces", {"landscape": "himmelblau", "critical": "true", "field": "true"}, "saddle point"),
        ("surfaces", {"landscape": "diabetes", "critical": "true"}, "condition number"),
        ("paths", {"landscape": "line", "optimizers": "gd,newton", "race": "true"}, "Gradient descent"),
        ("ridge", {"data": "collinear", "penalty": "elastic-net"}, "Condition number"),
    ],
)
def test_languages(page, link, word, code):
    app = visit(page, link, lang=code)
    assert warnings(app) == []
    said = text(app) + "".join(title.value for title in app.title)
    translated = word if code == "en" else catalogue(code).gettext(word)
    assert translated in said
    assert code == "en" or word not in said


def test_the_switch_of_the_language():
    app = visit("paths", landscape="bowl", optimizers="gd")
    for code, row in (("ko", "경사하강법"), ("en", "Gradient descent")):
        pressed(app, "lang", code)
        assert rows(app)[0][0] == row
        assert app.query_params.get("lang", "en") == code


def links_of(file):
    """Page and query of each link in a lesson."""
    return re.findall(r"\]\((\w+)\?([^)]*)\)", file.read_text(encoding="utf-8"))


def lesson_links():
    for file in sorted((ASSETS / "lessons/en").glob("*.md")):
        for page, query in links_of(file):
            yield pytest.param(page, query, id=f"{file.stem}-{query}"[:60])


@pytest.mark.parametrize("file", sorted((ASSETS / "lessons/ko").glob("*.md")), ids=lambda file: file.stem)
def test_a_lesson_has_the_same_links_in_every_language(file):
    here, there = (
        sorted((page, query.replace(f"lang={code}", "lang")) for page, query in links_of(path))
        for code, path in (("ko", file), ("en", ASSETS / "lessons/en" / file.name))
    )
    assert here == there
    assert all("lang" in query for _page, query in here)


@pytest.mark.parametrize(("page", "query"), list(lesson_links()))
def test_a_link_of_a_lesson(page, query, monkeypatch):
    monkeypatch.setattr(later, "go_on", lambda work: None)  # a coarse picture tells as much of a link
    assert warnings(visit(page, dict(parse_qsl(query, strict_parsing=True)))) == []


def test_a_landscape_goes_along_from_page_to_page():
    app = opened("surfaces", {"landscape": "booth", "height": "log"})
    app.number_input(key="x").set_value(2.5)
    rerun(app)
    go(app, "paths")
    assert app.query_params == {"landscape": "booth", "x": "2.5"}
    go(app, "ridge")
    assert (app.query_params, app.session_state["data"]) == ({}, "diabetes")
    go(app, "home")
    go(app, "surfaces")
    assert app.query_params == {"landscape": "booth", "height": "log"}
