"""Race: the ranking on the screen against single runs and closed forms; links; what is given away."""

import re

import numpy as np
import pytest
from compiling import counted
from taking import loaded, numbers, printed, table, taken
from visiting import rerun, rows, text, visit, warnings

from landscape import FUNCTIONS, OPTIMIZERS, descend
from landscape.figures.heights import number
from landscape.studio import raced
from landscape.studio.landscapes import FunctionChoice
from landscape.studio.studies.rates import race as study
from landscape.sweeps import Entry

FEW = "gd,momentum,adam"
TITLES = {spec.title: name for name, spec in OPTIMIZERS.items()}


def racing(link, **more):
    return visit(
        "rates", {"study": "race", "landscape": "ravine", "racers": FEW, "budget": "50"} | link, **more
    )


def test_the_ranking_is_that_of_single_runs():
    app = racing({"landscape": "himmelblau", "budget": "60", "racers": "gd,adam,newton,levenberg-marquardt"})
    ranking = rows(app)
    assert [row[0] for row in ranking] == ["1", "2", "3", "4"]
    losses = []
    for _place, title, rate, steps, evaluations, loss, _arrival, _ended in ranking:
        settings = {} if rate == "–" else {"learning_rate": float(rate)}
        built = OPTIMIZERS[TITLES[title]].build(**settings)
        path = descend(FUNCTIONS["himmelblau"], built, num_steps=60).within(60)
        assert (int(steps), int(evaluations)) == (path.num_steps, path.evaluations[-1])
        losses.append(path.final_loss)
        if "×" not in loss:
            assert float(loss) == pytest.approx(path.final_loss, rel=1e-2, abs=1e-3)
    assert losses[-1] >= losses[0]
    assert f"**{ranking[0][1]} wins**" in text(app)


def test_gradient_descent_finds_the_rate_of_theory(monkeypatch):
    _app, offers = taken(monkeypatch, "rates", {"study": "race", "landscape": "ravine", "racers": "gd"})
    columns, arrays = table(offers), loaded(offers)
    (rate,) = numbers(columns["learning_rate"])
    assert rate == pytest.approx(2 / (1 + 25), rel=0.05)
    tried, losses = arrays["gd/rates"], arrays["gd/last_losses"]
    assert len(tried) == 32
    assert rate == tried[np.nanargmin(losses)]
    x, y = FUNCTIONS["ravine"].start
    for index in (3, 12, 20):
        wanted = 0.5 * ((x * (1 - tried[index]) ** 200) ** 2 + 25 * (y * (1 - 25 * tried[index]) ** 200) ** 2)
        assert losses[index] == pytest.approx(wanted, rel=1e-6)


def test_the_budget_is_stated():
    said = text(racing({}))
    assert "tried 32 learning rates with 50 gradient evaluations each, 1,600 in all" in said


def test_one_rate_for_all():
    app = racing({"shared": "true", "lr-shared": "0.06", "budget": "200"})
    assert {row[2] for row in rows(app)} == {"0.06"}
    assert "All race at η = 0.06, with 200 gradient evaluations each." in text(app)
    loss = next(row[5] for row in rows(app) if row[1] == "Gradient descent")
    x, y = FUNCTIONS["ravine"].start
    wanted = 0.5 * ((x * 0.94**200) ** 2 + 25 * (y * 0.5**200) ** 2)
    assert loss == number(wanted)
    beyond = racing({"shared": "true", "lr-shared": "0.09", "budget": "200"})
    assert rows(beyond)[-1][1] == "Gradient descent", "above 2/25 it diverges"


MEANS = [
    ({"racers": "gd"}, "Gradient descent races alone.", "Each has first tried 32 learning rates with 50"),
    (
        {"racers": "levenberg-marquardt"},
        "Levenberg–Marquardt races alone.",
        "It has 50 gradient evaluations, and no learning rate to choose.",
    ),
    (
        {"racers": "gd,levenberg-marquardt"},
        "Levenberg–Marquardt wins, on this landscape",
        "Each that has a learning rate has first tried 32 of them with 50 gradient evaluations each, 1,600",
    ),
    (
        {"racers": "gd,levenberg-marquardt", "shared": "true", "lr-shared": "0.01"},
        "Levenberg–Marquardt wins, on this landscape",
        "All that have a learning rate race at η = 0.01; each has 50 gradient evaluations.",
    ),
    (
        {"racers": "gd", "shared": "true", "lr-shared": "1000", "budget": "200"},
        "Nobody wins: all diverge.",
        "All race at η = 1000, with 200 gradient evaluations each.",
    ),
]


@pytest.mark.parametrize(("link", "first", "means"), MEANS, ids=[each[1] for each in MEANS])
def test_the_words_are_true_of_everybody(link, first, means):
    app = racing(link)
    assert warnings(app) == []
    assert first in text(app).replace("**", "")
    assert means in text(app)


@pytest.mark.parametrize("landscape", ["rosenbrock", "line"])
def test_a_link_with_no_known_racer_has_all_of_them(landscape):
    app = racing({"landscape": landscape, "racers": "nobody", "budget": "10"})
    (warning,) = warnings(app)
    assert warning.startswith("Link: `racers` – there is no “nobody”")
    assert {TITLES[row[1]] for row in rows(app)} <= set(OPTIMIZERS)
    assert app.session_state["racers"] == list(OPTIMIZERS)


def test_a_search_that_diverges_is_kept_by_its_numbers():
    path = descend(FUNCTIONS["ravine"], OPTIMIZERS["gd"].build(), num_steps=1)

    def entry():
        return Entry("gd", 0.1, path, None, np.array([0.1, 1.0]), np.array([0.5, np.nan]), 2)

    assert raced.Search.of(entry()) == raced.Search.of(entry())
    figures = [
        study._family(FunctionChoice("ravine"), (1.0, 1.0), (raced.Search.of(entry()),), "en") for _ in "ab"
    ]
    assert figures[0] is figures[1]


def test_a_loss_without_residuals_has_fewer_racers():
    app = visit("rates", study="race", landscape="ackley", budget="10", racers="gd,gauss-newton")
    (warning,) = warnings(app)
    assert "need a loss that is a sum of squares" in warning
    assert [row[1] for row in rows(app)] == ["Gradient descent"]
    assert raced.runnable(FunctionChoice("ravine")) == list(OPTIMIZERS)
    assert set(OPTIMIZERS) - set(raced.runnable(FunctionChoice("ackley"))) == {
        "gauss-newton",
        "levenberg-marquardt",
    }


@pytest.mark.parametrize(
    "link",
    [
        {"landscape": "saddle", "budget": "300"},
        {"landscape": "line", "loss": "huber", "budget": "20"},
        {"landscape": "xor", "model": "logistic", "loss": "mse", "budget": "20", "shared": "true"},
    ],
    ids=lambda link: link["landscape"],
)
def test_other_landscapes(link):
    app = racing(link)
    assert warnings(app) == []
    assert len(rows(app)) == 3


def test_the_pictures(monkeypatch):
    drawn = {}
    monkeypatch.setattr(
        study, "plot", lambda key, panels, *rest, **more: drawn.update({key: (panels, rest, more)})
    )
    racing({"shared": "true", "lr-shared": "0.03"})
    (panels, (tracks,), more), (results, _rest, _more) = drawn["race"], drawn["race-result"]
    assert more["align"] == "evaluations"
    assert [track.name for track in tracks] == FEW.split(",")
    for track in tracks:
        built = OPTIMIZERS[track.name].build(learning_rate=0.03)
        path = descend(FUNCTIONS["ravine"], built, num_steps=50)
        np.testing.assert_allclose(track.points, path.params, rtol=1e-12)
        np.testing.assert_array_equal(track.evaluations, np.arange(51))
    board = {panel.id: panel for panel in panels}
    assert board["family"].clickable
    assert board["family"].marks[0].x == 0.03
    assert len(results[0].figure["layout"]["yaxis"]["ticktext"]) == 3
    racing({})
    assert not {panel.id: panel for panel in drawn["race"][0]}["family"].clickable


@pytest.mark.parametrize("link", [{}, {"shared": "true", "lr-shared": "0.05"}], ids=["own", "shared"])
def test_what_is_given_away(link, monkeypatch):
    link = {"study": "race", "racers": "gd,adam,levenberg-marquardt", "budget": "80"} | link
    app, offers = taken(monkeypatch, "rates", link)
    arrays, columns = loaded(offers), table(offers)
    assert columns["optimizer"] == arrays["ranking"].tolist()
    assert [row[1] for row in rows(app)] == [OPTIMIZERS[name].title for name in columns["optimizer"]]
    for row, name in enumerate(columns["optimizer"]):
        np.testing.assert_equal(float(columns["final_loss"][row]), arrays[f"{name}/losses"][-1])
        assert float(columns["evaluations"][row]) == arrays[f"{name}/evaluations"][-1]
        assert len(arrays[f"{name}/params"]) == int(columns["steps"][row]) + 1
    said = re.findall(
        r"^\d+\. (\S+): rate (\S+), last loss (\S+)$", printed(offers["script"]()), re.MULTILINE
    )
    assert [name for name, _rate, _loss in said] == columns["optimizer"]
    for (_name, rate, loss), known, wanted in zip(
        said, columns["learning_rate"], columns["final_loss"], strict=True
    ):
        assert (rate == "None") == (known == "nan")
        assert rate == "None" or float(rate) == float(known)
        assert float(loss) == pytest.approx(float(wanted), rel=1e-5, nan_ok=True)
    assert offers["html"]().startswith("<!doctype html>")


@pytest.fixture
def programs():
    """A list that fills with the programs that are compiled."""
    with counted() as found:
        yield found


def test_no_slider_compiles(programs):
    app = racing({"shared": "true"})
    for key, value in (("lr-shared~", 0.02), ("lr-shared~", 1.0), ("budget~", 100.0), ("budget~", 20.0)):
        app.select_slider(key=key).set_value(value)
        programs.clear()
        rerun(app)
        assert programs == [], f"{key} at {value}"
    app.number_input(key="x").set_value(1.5)
    rerun(app)
    assert programs == []


BAD = [
    ({"budget": "1001"}, "budget", "1001 is above 1000"),
    ({"landscape": "line", "budget": "500"}, "budget", "500 is above 200"),
    ({"budget": "9"}, "budget", "9 is below 10"),
    ({"racers": "gd,sgd"}, "racers", "there is no “sgd”"),
    ({"shared": "maybe"}, "shared", "there is no “maybe”"),
    ({"shared": "true", "lr-shared": "0"}, "lr-shared", "0 is below 1e-09"),
]


@pytest.mark.parametrize(("link", "key", "reason"), BAD, ids=[each[2] for each in BAD])
def test_a_link_that_cannot_be_used(link, key, reason):
    app = racing({"racers": "gd", "budget": "20"} | link)
    (warning,) = warnings(app)
    assert warning.startswith(f"Link: `{key}` – {reason}")
    assert warnings(rerun(app)) == []
