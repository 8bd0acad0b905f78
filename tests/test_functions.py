"""The analytic functions against NumPy, SciPy, published numbers and arithmetic by hand."""

from collections.abc import Callable
from functools import cache
from math import cos, e, exp, log, pi, sin

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.optimize

from landscape.functions import FUNCTIONS

SADDLES = ["saddle", "monkey-saddle"]
MINIMIZED = [name for name in FUNCTIONS if name not in SADDLES]
LEAST_SQUARES = {"bowl", "ravine", "booth", "rosenbrock", "beale", "himmelblau", "plateau"}


def logistic(z):
    return (1 + np.tanh(z / 2)) / 2


# Each function once more in NumPy: expanded, factored or in other coordinates than the code under test.
ORACLES: dict[str, Callable] = {
    "bowl": lambda x, y: np.hypot(x, y) ** 2,
    "ravine": lambda x, y: 0.5 * x * x + 12.5 * y * y,
    "booth": lambda x, y: 5 * x**2 + 5 * y**2 + 8 * x * y - 34 * x - 38 * y + 74,
    "saddle": lambda x, y: (x - y) * (x + y),
    "monkey-saddle": lambda x, y: np.hypot(x, y) ** 3 * np.cos(3 * np.arctan2(y, x)),
    "rosenbrock": lambda x, y: scipy.optimize.rosen(np.stack([x, y])),
    "beale": lambda x, y: sum((c - x + x * y**k) ** 2 for k, c in ((1, 1.5), (2, 2.25), (3, 2.625))),
    "himmelblau": lambda x, y: (
        x**4 + y**4 + 2 * x**2 * y + 2 * x * y**2 - 21 * x**2 - 13 * y**2 - 14 * x - 22 * y + 170
    ),
    "six-hump-camel": lambda x, y: 4 * x**2 - 2.1 * x**4 + x**6 / 3 + x * y - 4 * y**2 + 4 * y**4,
    "styblinski-tang": lambda x, y: np.polyval([0.5, 0, -8, 2.5, 0], x) + np.polyval([0.5, 0, -8, 2.5, 0], y),
    # Goldstein and Price's polynomials hold x and y only as x + y and 2x − 3y.
    "goldstein-price": lambda x, y: (
        (1 + (x + y + 1) ** 2 * np.polyval([3, -14, 19], x + y))
        * (30 + (2 * x - 3 * y) ** 2 * np.polyval([3, -16, 18], 2 * x - 3 * y))
    ),
    "mccormick": lambda x, y: (
        np.sin(x) * np.cos(y) + np.cos(x) * np.sin(y) + x**2 - 2 * x * y + y**2 - 1.5 * x + 2.5 * y + 1
    ),
    "branin": lambda x, y: (
        (y - 1.275 * (x / pi) ** 2 + 5 * (x / pi) - 6) ** 2 + 10 * np.cos(x) - 1.25 / pi * np.cos(x) + 10
    ),
    "easom": lambda x, y: (
        -0.5 * (np.cos(x + y) + np.cos(x - y)) * np.exp(-((x - pi) ** 2)) * np.exp(-((y - pi) ** 2))
    ),
    "rastrigin": lambda x, y: x**2 + y**2 + 20 * np.sin(pi * x) ** 2 + 20 * np.sin(pi * y) ** 2,
    "ackley": lambda x, y: (
        -20 * np.exp(-0.2 * np.sqrt((x**2 + y**2) / 2))
        - np.exp((np.cos(2 * pi * x) + np.cos(2 * pi * y)) / 2)
        + 20
        + e
    ),
    "plateau": lambda x, y: (logistic(y - x) - 0.25) ** 2 + (logistic(y + x) - 0.75) ** 2,
    "cliff": lambda x, y: y**2 / 2 - x + np.logaddexp(0, 50 * x),
}

# A value of each away from its minimum: published, or worked out by hand as shown.
KNOWN = {
    "bowl": ((1, 2), 1 + 4),
    "ravine": ((2, 1), (4 + 25) / 2),
    "booth": ((2, 0), (2 - 7) ** 2 + (4 - 5) ** 2),
    "saddle": ((0.5, 1.5), 0.25 - 2.25),
    "monkey-saddle": ((1, 0.5), 1 - 3 * 0.25),
    # Moré, Garbow and Hillstrom (1981), problems 1 and 5, at their standard starts:
    "rosenbrock": ((-1.2, 1), 24.2),  # 100 (1 − 1.44)² + 2.2² = 19.36 + 4.84
    "beale": ((1, 1), 1.5**2 + 2.25**2 + 2.625**2),
    "himmelblau": ((-0.270845, -0.923039), 181.617),  # the local maximum, as it is commonly printed
    "six-hump-camel": ((1.7036, -0.7961), -0.2155),  # a local minimum, Dixon and Szegő (1978)
    "styblinski-tang": ((1, 2), ((1 - 16 + 5) + (16 - 64 + 10)) / 2),
    "goldstein-price": ((1.8, 0.2), 84),  # a local minimum, Goldstein and Price (1971)
    "mccormick": ((1, 0), sin(1) + 1 - 1.5 + 1),
    "branin": ((0, 0), 36 + 10 * (1 - 1 / (8 * pi)) + 10),
    "easom": ((pi, 4 * pi / 3), -cos(pi) * cos(4 * pi / 3) * exp(-((pi / 3) ** 2))),
    "rastrigin": ((0.5, 1), 20 + (0.25 + 10) + (1 - 10)),
    "ackley": ((1, 1), -20 * exp(-0.2) - e + 20 + e),
    "plateau": ((0, log(3)), (3 / 4 - 1 / 4) ** 2 + (3 / 4 - 3 / 4) ** 2),
    "cliff": ((0, 1), 1 / 2 - 0 + log(2)),
}

# At (x, y) and at (y, x), by hand: a transpose or an exchange of the two parameters shows.
SWAPPED = {
    "ravine": ((2, 1), 14.5, (1 + 25 * 4) / 2),
    "booth": ((2, 0), 26, (4 - 7) ** 2 + (2 - 5) ** 2),
    "saddle": ((0.5, 1.5), -2, 2),
    "monkey-saddle": ((1, 0.5), 0.25, 0.125 - 3 * 0.5),
    "rosenbrock": ((2, 1), 100 * (1 - 4) ** 2 + 1, 100 * (2 - 1) ** 2 + 0),
    "beale": ((2, 0), 0.5**2 + 0.25**2 + 0.625**2, 1.5**2 + 2.25**2 + 2.625**2),
    "himmelblau": ((2, 0), 7**2 + 5**2, 9**2 + 3**2),
    "mccormick": ((1, 0), sin(1) + 0.5, sin(1) + 1 + 2.5 + 1),
    "cliff": ((1, 0), -1 + 50, 0.5 + log(2)),
}


def loss_at(name: str, point) -> float:
    return float(FUNCTIONS[name].loss(jnp.asarray(point, dtype=float)))


@cache
def on_grid(name: str, resolution: int = 161) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, y and the loss at (x[j], y[i]) over the domain."""
    (xmin, xmax), (ymin, ymax) = FUNCTIONS[name].domain
    x, y = np.linspace(xmin, xmax, resolution), np.linspace(ymin, ymax, resolution)
    points = np.stack(np.meshgrid(x, y), axis=-1)
    return x, y, np.asarray(jax.jit(jax.vmap(jax.vmap(FUNCTIONS[name].loss)))(points))


def polished(name: str, start) -> scipy.optimize.OptimizeResult:
    """SciPy's simplex on the NumPy form: no gradient, nothing of the code under test."""
    return scipy.optimize.minimize(
        lambda p: ORACLES[name](p[0], p[1]),
        start,
        method="Nelder-Mead",
        options={"xatol": 1e-10, "fatol": 1e-15, "maxiter": 2000},
    )


def test_every_function_of_the_catalogue_is_there():
    assert set(FUNCTIONS) == set(ORACLES) == set(KNOWN)
    assert len(FUNCTIONS) == 18
    assert next(iter(FUNCTIONS)) == "bowl"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_agrees_with_numpy_all_over_its_domain(name):
    x, y, values = on_grid(name)
    np.testing.assert_allclose(values, ORACLES[name](*np.meshgrid(x, y)), rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_has_its_known_value_away_from_the_minimum(name):
    objective = FUNCTIONS[name]
    point, value = KNOWN[name]
    digits = {"himmelblau": 5e-4, "six-hump-camel": 5e-5}.get(name, 1e-12)  # as many as are printed
    np.testing.assert_allclose(objective.known_point, point, atol=5e-5 if digits > 1e-12 else 0)
    assert objective.known_value == pytest.approx(value, rel=1e-15, abs=digits)
    assert loss_at(name, point) == pytest.approx(value, rel=1e-12, abs=digits)
    assert loss_at(name, objective.known_point) == pytest.approx(objective.known_value, rel=1e-13)
    if objective.minimum is not None:
        assert objective.known_value > objective.minimum + 0.1


@pytest.mark.parametrize("name", SWAPPED)
def test_tells_its_two_parameters_apart(name):
    (x, y), straight, swapped = SWAPPED[name]
    assert loss_at(name, (x, y)) == pytest.approx(straight)
    assert loss_at(name, (y, x)) == pytest.approx(swapped)
    assert straight != swapped


@pytest.mark.parametrize("name", MINIMIZED)
def test_minimizers_are_critical_points_of_the_stated_height(name):
    objective = FUNCTIONS[name]
    assert objective.minimizers.ndim == 2
    assert objective.minimizers.shape[0] >= 1
    for minimizer in objective.minimizers:
        assert loss_at(name, minimizer) == pytest.approx(objective.minimum, rel=1e-15, abs=1e-15)
        np.testing.assert_allclose(jax.grad(objective.loss)(minimizer), 0, atol=2e-14)
        assert np.linalg.eigvalsh(jax.hessian(objective.loss)(minimizer)).min() > 0


@pytest.mark.parametrize("name", MINIMIZED)
def test_scipy_finds_each_minimizer_from_nearby(name):
    objective = FUNCTIONS[name]
    for minimizer in objective.minimizers:
        found = polished(name, minimizer + [0.11, -0.07])
        np.testing.assert_allclose(found.x, minimizer, atol=1e-6)
        assert found.fun == pytest.approx(objective.minimum, abs=1e-9)


@pytest.mark.parametrize("name", MINIMIZED)
def test_no_minimizer_of_the_domain_is_missing(name):
    objective = FUNCTIONS[name]
    x, y, values = on_grid(name)
    assert values.min() >= objective.minimum - 1e-12

    inner = values[1:-1, 1:-1]
    shifts = [(i, j) for i in range(3) for j in range(3)]
    around = np.min([values[i : i + 159, j : j + 159] for i, j in shifts], axis=0)
    rows, columns = np.nonzero(inner == around)
    lowest = np.argsort(inner[rows, columns])[:6]
    assert len(lowest) >= len(objective.minimizers)
    reached = set()
    for k in lowest:
        found = polished(name, (x[columns[k] + 1], y[rows[k] + 1]))
        assert found.fun >= objective.minimum - 1e-12
        if found.fun < objective.minimum + 1e-8:
            distances = np.linalg.norm(objective.minimizers - found.x, axis=1)
            assert distances.min() < 1e-3
            reached.add(int(distances.argmin()))
    assert reached == set(range(len(objective.minimizers)))


@pytest.mark.parametrize("name", SADDLES)
def test_saddles_have_a_critical_point_but_no_minimizer(name):
    objective = FUNCTIONS[name]
    assert objective.minimizers.shape == (0, 2)
    assert objective.minimum is None
    np.testing.assert_array_equal(jax.grad(objective.loss)(jnp.zeros(2)), 0)
    assert loss_at(name, (1e3, 3**0.5 * 1e3)) < -1e6  # −2r² and −8r³ along this ray, r = 10³


def test_saddle_and_monkey_saddle_have_the_hessians_of_the_textbook():
    origin = jnp.zeros(2)
    np.testing.assert_array_equal(jax.hessian(FUNCTIONS["saddle"].loss)(origin), np.diag([2, -2]))
    np.testing.assert_array_equal(jax.hessian(FUNCTIONS["monkey-saddle"].loss)(origin), np.zeros((2, 2)))


def test_mccormick_is_lower_outside_its_domain_as_its_description_says():
    """Moving both by −π keeps the sine and the square; 1.5π − 2.5π = −π is left."""
    objective = FUNCTIONS["mccormick"]
    assert loss_at("mccormick", objective.minimizers[0] - pi) == pytest.approx(objective.minimum - pi)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_points_lie_inside_the_domain(name):
    objective = FUNCTIONS[name]
    low, high = np.transpose(objective.domain)
    for point in [objective.start, objective.known_point, *objective.minimizers]:
        assert np.all(low <= point)
        assert np.all(point <= high)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_start_has_a_long_way_to_go_and_a_way_down(name):
    objective = FUNCTIONS[name]
    assert objective.start.shape == (2,)
    assert objective.loss(objective.start).dtype == jnp.float64
    gradient = np.asarray(jax.grad(objective.loss)(objective.start))
    assert np.linalg.norm(gradient) > 1e-3
    assert loss_at(name, objective.start - 1e-5 * gradient) < loss_at(name, objective.start)
    width = np.ptp(objective.domain[0])
    assert all(np.linalg.norm(objective.start - minimizer) > width / 8 for minimizer in objective.minimizers)


def test_sums_of_squares_and_only_they_have_residuals():
    assert {name for name in FUNCTIONS if FUNCTIONS[name].residuals is not None} == LEAST_SQUARES


@pytest.mark.parametrize("name", sorted(LEAST_SQUARES))
def test_residuals_make_the_loss(name):
    objective = FUNCTIONS[name]
    factor = {"half": 0.5, "sum": 1.0}[objective.residual_scale]
    for point in np.random.default_rng(0).uniform(*np.transpose(objective.domain), size=(5, 2)):
        residuals = np.asarray(objective.residuals(jnp.asarray(point)))
        assert residuals.ndim == 1
        assert factor * np.sum(residuals**2) == pytest.approx(loss_at(name, point), rel=1e-12)


def test_rosenbrock_and_beale_have_the_published_residuals():
    """Moré, Garbow and Hillstrom (1981), problems 1 and 5, at their standard starts."""
    np.testing.assert_allclose(FUNCTIONS["rosenbrock"].residuals(jnp.array([-1.2, 1.0])), [-4.4, 2.2])
    np.testing.assert_allclose(FUNCTIONS["beale"].residuals(jnp.array([1.0, 1.0])), [1.5, 2.25, 2.625])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_says_what_it_is(name):
    objective = FUNCTIONS[name]
    assert objective.name == name
    assert name == name.lower()
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz-")
    assert objective.title[0].isupper()
    assert objective.loss.__doc__
    assert "x" in objective.formula
    assert "y" in objective.formula
    assert "$" not in objective.formula
    assert objective.formula.count("{") == objective.formula.count("}")
    assert objective.formula.count(r"\left") == objective.formula.count(r"\right")
    assert any(f"({year})" in objective.reference for year in range(1950, 2027))


def test_an_unknown_name_is_answered_with_the_nearest_or_with_all():
    with pytest.raises(KeyError, match="there is no function 'rosenbrok'; did you mean 'rosenbrock'"):
        FUNCTIONS["rosenbrok"]
    with pytest.raises(KeyError, match=r"no function '☃'; choose from bowl, ravine, booth, .*, cliff"):
        FUNCTIONS["☃"]


def test_the_shared_points_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        FUNCTIONS["rosenbrock"].start[0] = 0
    with pytest.raises(ValueError, match="read-only"):
        FUNCTIONS["rosenbrock"].minimizers[0, 0] = 0


def test_ackley_is_exact_at_its_tip_where_it_has_no_gradient():
    loss = FUNCTIONS["ackley"].loss
    tip = jnp.zeros(2)
    assert float(loss(tip)) == 0.0
    np.testing.assert_array_equal(jax.jit(jax.grad(loss))(tip), 0)  # the chosen subgradient, not NaN
    assert np.all(np.isfinite(jax.hessian(loss)(tip)))
    for angle in (0.0, 1.0, 4.0):  # the slope of the cone is 2√2 in every direction
        direction = np.array([cos(angle), sin(angle)])
        assert float(loss(1e-12 * direction)) == pytest.approx(np.sqrt(8) * 1e-12, rel=1e-9)
        np.testing.assert_allclose(jax.grad(loss)(1e-9 * direction), np.sqrt(8) * direction, atol=1e-6)


def test_ravine_has_condition_number_25():
    eigenvalues = np.linalg.eigvalsh(jax.hessian(FUNCTIONS["ravine"].loss)(jnp.ones(2)))
    np.testing.assert_allclose(eigenvalues, [1, 25])


@pytest.mark.parametrize("bias", [6.0, 12.0, 24.0])
def test_gradients_vanish_on_the_plateau(bias):
    """At weight 0 both units give σ(b) → 1: ∇f → 2σ'(b) (¼ − ¾, ¾ + ¼) = σ'(b) (−1, 2), and σ'(b) → e⁻ᵇ."""
    gradient = jax.grad(FUNCTIONS["plateau"].loss)(jnp.array([0.0, bias]))
    np.testing.assert_allclose(gradient, np.array([-1, 2]) * exp(-bias), rtol=0.02)
    assert loss_at("plateau", (0, bias)) == pytest.approx(9 / 16 + 1 / 16, rel=0.01)


def test_one_step_on_the_cliff_throws_the_iterate_back():
    gradient = jax.grad(FUNCTIONS["cliff"].loss)
    floor, wall = gradient(jnp.array([-1.0, 0.0])), gradient(jnp.array([0.5, 0.0]))
    assert float(floor[0]) == pytest.approx(-1)  # a rate of 0.1 creeps on by 0.1 …
    assert float(wall[0]) == pytest.approx(49)  # … and is thrown back by 4.9
    assert np.all(np.isfinite(gradient(jnp.array([1e6, 0.0]))))
