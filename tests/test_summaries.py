"""The words and numbers below a picture, against NumPy, scikit-learn and closed forms."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, Ridge
from sklearn.preprocessing import StandardScaler
from visiting import rows, text, visit

from landscape import DATASETS, FUNCTIONS, OPTIMIZERS, descend
from landscape.figures.heights import number
from landscape.studio import regularized, summaries
from landscape.studio.regularized import Data, Penalized

pytestmark = pytest.mark.usefixtures("coarse")

DATA = [Data("diabetes"), Data("collinear", 0.95), Data("collinear", 0.0)]
STRENGTHS = [0.0, 0.5, 50.0, 1e4]


def value(shown):
    """The number that a cell shows."""
    superscripts = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")
    mantissa, _times, power = shown.partition("×10")
    if shown.startswith("10") and len(shown) > 2 and shown[2] in "⁻⁰¹²³⁴⁵⁶⁷⁸⁹":
        mantissa, power = "1", shown[2:]
    return float(mantissa.translate(superscripts)) * 10.0 ** int(power.translate(superscripts) or 0)


def columns(data):
    """Inputs and targets as a page has them, made without this library's own standardizing."""
    if data.name == "collinear":
        table = regularized.table(data)
        return table.inputs, table.targets
    table = DATASETS["diabetes"].select("s1", "s2")
    return StandardScaler().fit_transform(table.inputs), table.targets - table.targets.mean()


def fitted(data, strength, ratio):
    """scikit-learn's weights for ||y - Xw||² + λ(ρ||w||₁ + (1 - ρ)||w||²)."""
    inputs, targets = columns(data)
    count = len(targets)
    if strength == 0:
        model = LinearRegression()
    elif ratio == 0:
        model = Ridge(alpha=strength, solver="svd")
    elif ratio == 1:
        model = Lasso(alpha=strength / (2 * count), tol=1e-14, max_iter=100_000)
    else:
        model = ElasticNet(
            alpha=strength * (2 - ratio) / (2 * count),
            l1_ratio=ratio / (2 - ratio),
            tol=1e-14,
            max_iter=100_000,
        )
    return model.fit(inputs, targets).coef_


@pytest.mark.parametrize("data", DATA, ids=str)
@pytest.mark.parametrize("strength", STRENGTHS)
def test_closed_form_descent_and_scikit_learn_agree(data, strength):
    choice = Penalized(data, strength, 0.0)
    exact = np.array(regularized.minimizer(choice))
    inputs, targets = columns(data)
    by_hand = np.linalg.solve(inputs.T @ inputs + strength * np.eye(2), inputs.T @ targets)
    np.testing.assert_allclose(exact, fitted(data, strength, 0.0), rtol=1e-8)
    np.testing.assert_allclose(exact, by_hand, rtol=1e-8)
    rate = 1 / regularized.largest_curvature(choice)
    walked = regularized.path(choice, rate, tuple(map(float, regularized.slice_of(data).start)))
    np.testing.assert_allclose(np.asarray(walked.params)[-1], exact, rtol=1e-8)
    newton = OPTIMIZERS["newton-undamped"].build(learning_rate=1.0)
    objective = regularized.objective(choice)
    one_step = descend(objective, newton, objective.start, num_steps=1).params[-1]
    np.testing.assert_allclose(one_step, exact, rtol=1e-8)


@pytest.mark.parametrize("data", DATA, ids=str)
@pytest.mark.parametrize("strength", STRENGTHS[1:])
@pytest.mark.parametrize("ratio", [0.3, 1.0])
def test_the_minimizer_of_other_penalties_is_scikit_learns(data, strength, ratio):
    ours = regularized.minimizer(Penalized(data, strength, ratio))
    theirs = fitted(data, strength, ratio)
    np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize(
    ("link", "data", "ratio"),
    [
        ({"lambda": "50"}, DATA[0], 0.0),
        ({"lambda": "2000", "penalty": "l1"}, DATA[0], 1.0),
        ({"data": "collinear", "rho": "0.95", "lambda": "3"}, DATA[1], 0.0),
        ({"data": "collinear", "rho": "0.95", "lambda": "8", "penalty": "elastic-net"}, DATA[1], 0.5),
    ],
    ids=str,
)
def test_the_table_of_ridge(link, data, ratio):
    app = visit("ridge", link)
    strength, rate = float(link["lambda"]), app.session_state["lr"]
    inputs, targets = columns(data)
    start = np.array([app.session_state["x"], app.session_state["y"]])
    for cells, (amount, share) in zip(rows(app), ((0.0, 0.0), (strength, ratio)), strict=True):
        goal = fitted(data, amount, share)
        hessian = 2 * (inputs.T @ inputs + amount * (1 - share) * np.eye(2))
        eigenvalues = np.linalg.eigvalsh(hessian)
        _name, place, condition, limit, count, distance = cells
        np.testing.assert_allclose([value(part) for part in place.split(", ")], goal, rtol=1e-3, atol=1e-9)
        np.testing.assert_allclose(value(condition), eigenvalues[1] / eigenvalues[0], rtol=1e-3)
        np.testing.assert_allclose(value(limit), 2 / eigenvalues[1], rtol=1e-3)
        weights, needed, first = start.copy(), 0, np.linalg.norm(start - goal)
        for step in range(1, 2001):
            slopes = 2 * inputs.T @ (inputs @ weights - targets)
            slopes += amount * (share * np.sign(weights) + 2 * (1 - share) * weights)
            weights -= rate * slopes
            if np.linalg.norm(weights - goal) > 1e-3 * first:
                needed = step + 1
        gap = float(np.linalg.norm(weights - goal))
        assert abs(value(distance) - gap) < 1e-3 * gap + 1e-10
        settled = summaries.steps(needed) if needed <= 2000 else "does not settle: the slope of L1 jumps at 0"
        assert count == settled


def test_ten_features_have_scikit_learns_weights_and_errors():
    """The split is the library's own; everything after it is scikit-learn's."""
    training, held_out = DATASETS["diabetes"].split(0.3, seed=5)
    scaler = StandardScaler().fit(training.inputs)
    coefficients, training_errors, held_out_errors = regularized.ten_features(5, 0.0)
    for index in (0, 20, 55, 84):
        strength = regularized.STRENGTHS[index]
        model = LinearRegression() if strength == 0 else Ridge(alpha=strength, solver="svd")
        model.fit(scaler.transform(training.inputs), training.targets)
        np.testing.assert_allclose(coefficients[index], model.coef_, rtol=1e-7, atol=1e-9)
        for data, errors in ((training, training_errors), (held_out, held_out_errors)):
            residuals = data.targets - model.predict(scaler.transform(data.inputs))
            np.testing.assert_allclose(errors[index], np.mean(residuals**2), rtol=1e-9)


def ended(name, at, *, diverged_at=None, step=1e-2):
    """A path that has ended somewhere, told in words."""
    path = SimpleNamespace(
        params=np.array([[0.0, 0.0], at]),
        updates=np.array([[step, 0.0]]),
        gradients=np.array([[1.0, 0.0]]),
        diverged_at=diverged_at,
        num_steps=1,
    )
    return summaries.ending(path, FUNCTIONS[name])


@pytest.mark.parametrize(
    ("name", "at", "words"),
    [
        ("himmelblau", (3.0, 2.0), "at a global minimum"),
        ("himmelblau", (3.0 + 1e-4, 2.0), "at a global minimum"),
        ("himmelblau", (3.1, 2.0), "still moving"),
        ("himmelblau", (-0.270845, -0.923039), "at a maximum"),
        ("himmelblau", (0.086678, 2.884255), "at a saddle point"),
        ("six-hump-camel", (0.0898, -0.7126), "at a global minimum"),
        ("six-hump-camel", (-1.70361, 0.79608), "at a local minimum"),
        ("himmelblau", (60.0, 0.0), "left the picture"),
        ("saddle", (0.0, 0.0), "at a saddle point"),
        ("saddle", (0.5, 0.0), "still moving"),
    ],
)
def test_how_a_path_ended(name, at, words):
    """Critical points of Himmelblau's function and of the six-hump camel as published."""
    assert ended(name, at) == words


def test_a_path_that_diverged_says_when():
    assert ended("bowl", (np.nan, np.nan), diverged_at=17) == "diverged at step 17"


def test_a_path_on_a_plateau_has_stalled():
    app = visit("paths", landscape="plateau", optimizers="gd", x="-4", y="4", steps="5", **{"lr-gd": "1e-5"})
    assert rows(app)[0][-1] == "stalled: its steps have become tiny"


@pytest.mark.parametrize("rate", [0.0799, 0.0801])
def test_the_results_of_a_quadratic(rate):
    """The ravine is (x² + 25 y²)/2: gradient descent multiplies by 1 - η and 1 - 25η in each step."""
    app = visit(
        "paths", landscape="ravine", optimizers="gd", x="-4", y="1", steps="60", **{"lr-gd": str(rate)}
    )
    end = np.array([-4.0, 1.0]) * (1 - rate * np.array([1.0, 25.0])) ** 60
    name, steps, evaluations, loss, distance, words = rows(app)[0]
    assert (name, steps, evaluations) == ("Gradient descent", "60", "60")
    assert loss == number(float(end[0] ** 2 + 25 * end[1] ** 2) / 2)
    assert distance == number(float(np.linalg.norm(end)))
    assert words == "still moving"


def test_the_limit_of_the_rate_is_said_where_it_is_known():
    app = visit("paths", landscape="ravine")
    captions = [caption.value for caption in app.caption]
    assert any("2/λₘₐₓ = 0.08" in caption for caption in captions), captions
    captions = [caption.value for caption in visit("paths", landscape="saddle").caption]
    assert not any("2/λₘₐₓ" in caption for caption in captions)


def test_the_curvature_of_a_point():
    """Rosenbrock at (−1, 1): gradient (−4, 0), Hessian [[802, 400], [400, 200]]."""
    said = text(visit("surfaces", landscape="rosenbrock", x="-1", y="1"))
    eigenvalues = np.linalg.eigvalsh([[802.0, 400.0], [400.0, 200.0]])
    assert "gradient (−4, 0)" in said
    assert "loss 4" in said
    first, second = re.search(r"λ₁ = (\S+), λ₂ = (\S+)", said).groups()
    np.testing.assert_allclose([value(first), value(second)], eigenvalues, rtol=1e-3)
    shown = re.search(r"condition number (\S+)", said)[1]
    np.testing.assert_allclose(value(shown), eigenvalues[1] / eigenvalues[0], rtol=1e-3)


def test_the_critical_points_of_himmelblau():
    """Four minima, four saddle points and one maximum."""
    said = text(visit("surfaces", landscape="himmelblau", critical="true"))
    found = re.findall(r"^\| (minimum|saddle point|maximum) \| (\S+) \| (\S+) \|", said, re.MULTILINE)
    assert sorted(kind for kind, *_place in found) == ["maximum"] + 4 * ["minimum"] + 4 * ["saddle point"]
    minima = sorted((value(x), value(y)) for kind, x, y in found if kind == "minimum")
    published = [(-3.779310, -3.283186), (-2.805118, 3.131312), (3.0, 2.0), (3.584428, -1.848126)]
    np.testing.assert_allclose(minima, published, rtol=1e-3)
