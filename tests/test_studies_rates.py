"""One rate, two numbers and the edge of stability: words, numbers, links, and what they give away."""

import re

import numpy as np
import pytest
from taking import loaded, numbers, printed, table, taken
from visiting import rerun, rows, text, visit, warnings

from landscape import DATASETS, FUNCTIONS, OPTIMIZERS, curvature, descend
from landscape.figures.heights import number
from landscape.networks import two_layer_risk
from landscape.stability import sharpness_along

EIGENVALUES = np.linalg.eigvalsh(np.array(curvature(FUNCTIONS["ravine"], [0.0, 0.0]).hessian))
LOW, HIGH = EIGENVALUES


@pytest.mark.parametrize(
    ("rate", "word"),
    [
        (0.002, "crawls"),
        (0.9 / HIGH, "converges"),
        (1.9 / HIGH, "oscillates"),
        (1.99 / HIGH, "oscillates"),
        (2.01 / HIGH, "diverges"),
    ],
)
def test_the_verdict_on_a_rate_is_that_of_theory(rate, word):
    said = text(visit("rates", landscape="ravine", **{"lr-gd": str(rate)}))
    assert re.search(rf"\*\*η = \S+: Gradient descent {word}", said), said
    assert f"2/λₘₐₓ = {number(2 / HIGH)}" in said


def test_momentum_has_a_limit_of_its_own():
    said = text(visit("rates", optimizer="momentum", **{"momentum-momentum": "0.5"}))
    assert f"2(1 + β)/λₘₐₓ = {number(3 / HIGH)}" in said


def test_where_curvature_changes_both_limits_are_said():
    start = FUNCTIONS["rosenbrock"].start
    limits = [
        2 / np.linalg.eigvalsh(curvature(FUNCTIONS["rosenbrock"], at).hessian)[-1] for at in ((1, 1), start)
    ]
    said = text(visit("rates", landscape="rosenbrock"))
    assert f"2/λₘₐₓ at the minimum = {number(limits[0])}" in said
    assert f"2/λₘₐₓ at the start = {number(limits[1])}" in said


def test_a_rule_without_a_rate_has_no_sweep():
    app = visit("rates", landscape="rosenbrock", optimizer="levenberg-marquardt")
    assert warnings(app) == []
    assert "**η" not in text(app)
    assert rows(app)[0][0] == OPTIMIZERS["levenberg-marquardt"].title


@pytest.mark.parametrize("optimizer", ["nesterov", "adagrad", "adadelta", "lion", "l-bfgs", "newton"])
def test_an_optimizer_has_its_sweep(optimizer):
    app = visit("rates", landscape="rosenbrock", optimizer=optimizer, steps="20")
    assert warnings(app) == []
    assert rows(app)[0][0] == OPTIMIZERS[optimizer].title


def test_the_sweep_given_away_is_single_runs(monkeypatch):
    app, offers = taken(monkeypatch, "rates", {"landscape": "himmelblau", "optimizer": "adam", "steps": "60"})
    columns = table(offers)
    rates, losses = numbers(columns["learning_rate"]), numbers(columns["final_loss"])
    start = app.session_state["x"], app.session_state["y"]
    for index in (0, 100, 200, 255):
        built = OPTIMIZERS["adam"].build(learning_rate=rates[index])
        path = descend(FUNCTIONS["himmelblau"], built, start, 60)
        assert losses[index] == pytest.approx(path.final_loss, rel=1e-9)
    said = printed(offers["script"]()).splitlines()
    assert len(said) == len(rates)
    rate, outcome, loss = re.fullmatch(r"(\S+): (\w+), last loss (\S+)", said[100]).groups()
    assert (rate, outcome) == (f"{rates[100]:.4g}", columns["outcome"][100])
    assert float(loss) == pytest.approx(losses[100], rel=1e-5)


def test_polyaks_numbers_are_said():
    ratio = np.sqrt(HIGH / LOW)
    best = (ratio - 1) / (ratio + 1)
    said = text(visit("rates", study="two-numbers"))
    assert f"momentum {number(best)} at" in said
    assert f"β = {number(best**2)}" in said
    plain = (HIGH - LOW) / (HIGH + LOW)
    assert f"gradient descent {number(plain)} at η = {number(2 / (LOW + HIGH))}" in said


def test_the_error_shrinks_by_the_root_of_the_iteration():
    rate, momentum = 0.05, 0.3
    matrices = [np.array([[1 + momentum - rate * value, -momentum], [1.0, 0.0]]) for value in (LOW, HIGH)]
    factor = max(np.abs(np.linalg.eigvals(matrix)).max() for matrix in matrices)
    link = {"study": "two-numbers", "lr-momentum": str(rate), "momentum-momentum": str(momentum)}
    assert f"each step multiplies the error by {number(factor)}" in text(visit("rates", link))


def test_a_penalty_is_in_the_words():
    """Diabetes s1, s2: the correlation gives the eigenvalues 2(1 ± ρ), and λ‖w‖² adds 2λ to both."""
    data = DATASETS["diabetes"].select("s1", "s2").inputs
    lowest, highest = (2 * (1 + sign * np.corrcoef(data.T)[0, 1]) + 2 * 0.5 for sign in (-1, 1))
    link = {"study": "two-numbers", "landscape": "diabetes", "up": "penalty", "strength": "0.5"}
    said = text(visit("rates", link, optimizer="gd"))
    plain = (highest - lowest) / (highest + lowest)
    assert f"gradient descent {number(plain)} at η = {number(2 / (lowest + highest))}" in said


def test_the_map_given_away_has_its_best_near_polyaks_pair(monkeypatch):
    _app, offers = taken(monkeypatch, "rates", {"study": "two-numbers", "steps": "300"})
    found = loaded(offers)
    row, column = np.unravel_index(found["final_losses"].argmin(), found["final_losses"].shape)
    ratio = np.sqrt(HIGH / LOW)
    best = {
        "learning_rate": (2 / (np.sqrt(LOW) + np.sqrt(HIGH))) ** 2,
        "momentum": ((ratio - 1) / (ratio + 1)) ** 2,
    }
    for name, index in (("learning_rate", column), ("momentum", row)):
        cell = found[name][1] - found[name][0]
        assert abs(found[name][index] - best[name]) <= cell, name
    beyond = found["learning_rate"] > 1.01 * (2 + 2 * found["momentum"][:, None]) / HIGH
    assert (found["outcomes"][beyond] == "diverges").all()
    fewest = found["steps_to_tolerance"][found["steps_to_tolerance"] >= 0].min()
    assert f"fewest steps: {fewest:g}\n" in printed(offers["script"]())


PAIRS = [
    {"optimizer": "gd", "up": "x"},
    {"optimizer": "adam", "across": "beta1", "up": "beta2", "landscape": "himmelblau"},
    {"optimizer": "momentum", "up": "y", "landscape": "rosenbrock"},
    {"optimizer": "gd", "landscape": "line", "up": "batch_size", "batch": "5"},
    {"optimizer": "gd", "landscape": "diabetes", "up": "penalty", "strength": "0.5"},
    {"optimizer": "levenberg-marquardt", "landscape": "beale", "up": "x"},
    {"optimizer": "nadam", "landscape": "diabetes", "up": "beta1", "steps": "50"},
]


@pytest.mark.parametrize("link", PAIRS, ids=lambda link: "-".join(link.values()))
def test_any_pair_of_numbers(link, monkeypatch):
    app, offers = taken(monkeypatch, "rates", {"study": "two-numbers", "steps": "40"} | link)
    assert warnings(app) == []
    found = loaded(offers)
    first, second = list(found)[:2]
    assert second == link["up"]
    assert found["steps_to_tolerance"].shape == (len(found[second]), len(found[first]))
    assert "fewest steps: " in printed(offers["script"]())


def test_the_edge_is_that_of_the_library():
    data = DATASETS["diabetes"].standardize(targets=True)
    risk = two_layer_risk(data, 8, "tanh", seed=3)
    path = descend(risk, OPTIMIZERS["gd"].build(learning_rate=0.25), num_steps=300)
    first = {name: leaf[:1] for name, leaf in path.params.items()}
    link = {"study": "edge", "width": "8", "seed-edge": "3", "lr-edge": "0.25", "steps-edge": "300"}
    said = text(visit("rates", link))
    assert f"from {number(float(sharpness_along(risk, first)[0]))} to" in said
    assert f"2/η is {number(8.0)}" in said or f"2/η = {number(8.0)}" in said


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ({"lr-edge": "0.2"}, "At the edge from step"),
        ({"lr-edge": "0.05"}, "Below the edge all the way"),
        ({"lr-edge": "0.6"}, "It began at the edge or above"),
        ({"lr-edge": "5"}, "Diverged by step"),
        ({"data-edge": "spirals", "activation": "relu"}, "**"),
        ({"data-edge": "moons", "width": "1"}, "**"),
        ({"on": "function", "landscape": "rosenbrock"}, "Below the edge all the way"),
        ({"on": "function", "landscape": "line", "lr-gd": "0"}, "η = 0: nothing moves"),
    ],
)
def test_the_edge_in_words(link, words):
    app = visit("rates", {"study": "edge"} | link)
    assert warnings(app) == []
    assert words in text(app)


def test_the_edge_given_away(monkeypatch):
    link = {"study": "edge", "width": "4", "steps-edge": "200", "lr-edge": "0.3"}
    _app, offers = taken(monkeypatch, "rates", link)
    arrays, columns = loaded(offers), table(offers)
    np.testing.assert_array_equal(numbers(columns["sharpness"]), arrays["sharpness"])
    np.testing.assert_array_equal(numbers(columns["loss"]), arrays["loss"][arrays["step"]])
    loss, sharp = re.search(r"loss (\S+), sharpness (\S+),", printed(offers["script"]())).groups()
    assert float(loss) == pytest.approx(arrays["loss"][-1], rel=1e-5)
    assert float(sharp) == pytest.approx(arrays["sharpness"][-1], rel=1e-5)


BAD = [
    ({"study": "nonsense"}, "study", "there is no “nonsense”"),
    ({"study": "two-numbers", "steps": "1001"}, "steps", "1001 is above 1000"),
    ({"study": "two-numbers", "up": "learning_rate"}, "up", "there is no “learning?rate”"),
    (
        {"study": "two-numbers", "landscape": "line", "up": "batch_size", "batch": "0"},
        "batch",
        "0 is below 1",
    ),
    ({"study": "edge", "width": "33"}, "width", "33 is above 32"),
    ({"study": "edge", "lr-edge": "-1"}, "lr-edge", "-1 is below 1e-06"),
    ({"study": "edge", "activation": "step"}, "activation", "there is no “step”"),
    ({"optimizer": "nope"}, "optimizer", "there is no “nope”"),
    ({"lr-gd": "nan"}, "lr-gd", "“nan” is not a finite number"),
]


@pytest.mark.parametrize(
    ("link", "key", "reason"), BAD, ids=[f"{key}-{reason}" for _link, key, reason in BAD]
)
def test_a_link_that_cannot_be_used(link, key, reason):
    app = visit("rates", link)
    (warning,) = warnings(app)
    assert warning.startswith(f"Link: `{key}` – {reason}")
    assert warnings(rerun(app)) == []
