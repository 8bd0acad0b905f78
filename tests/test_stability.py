"""Stability: against iteration matrices, SciPy's optima and eigenvalues, and runs that converge or do not."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.linalg
import scipy.optimize
from jax.tree_util import Partial

from landscape import DATASETS, FUNCTIONS, LOSSES, MODELS, OPTIMIZERS, Objective, descend, empirical_risk, l2
from landscape import stability as module
from landscape.networks import two_layer_risk
from landscape.stability import (
    contraction,
    gradient_descent_optimum,
    largest_stable_learning_rate,
    largest_stable_sharpness,
    polyak_optimum,
    quadratic_eigenvalues,
    sharpness_along,
)

TRACED = []
RANDOM = np.random.default_rng(4)
TURNED = RANDOM.normal(size=(2, 2))
SPD = TURNED @ TURNED.T + 0.3 * np.eye(2)
CENTRE = np.array([0.4, -1.3])
PATIENTS = DATASETS["diabetes"].select("bmi", "s5").standardize(targets=True)
MOMENTA = (-0.5, 0.0, 0.5, 0.9)


def quadratic(matrix, centre, point):
    TRACED.append(matrix)
    return (point - centre) @ matrix @ (point - centre) / 2


def ridge(strength):
    return empirical_risk(MODELS["linear"], PATIENTS, LOSSES["mse"], l2(strength))


def ridge_hessian(strength):
    """2 (XᵀX/n + λI) with a bias that is not penalized; the bias comes first in a pytree's order."""
    design = np.column_stack([np.ones(PATIENTS.num_examples), PATIENTS.inputs])
    return 2 * (design.T @ design / len(design) + strength * np.diag([0.0, 1.0, 1.0]))


QUADRATICS = {
    "bowl": (FUNCTIONS["bowl"], [2.0, 2.0]),
    "ravine": (FUNCTIONS["ravine"], [1.0, 25.0]),
    "booth": (FUNCTIONS["booth"], [2.0, 18.0]),
    "random": (
        Objective(Partial(quadratic, SPD, CENTRE), start=np.array([2.0, 1.0])),
        scipy.linalg.eigvalsh(SPD),
    ),
    "ridge": (ridge(0.1), scipy.linalg.eigvalsh(ridge_hessian(0.1))),
    "strong-ridge": (ridge(5.0), scipy.linalg.eigvalsh(ridge_hessian(5.0))),
}
quadratics = pytest.mark.parametrize("name", QUADRATICS)


def size(gradients, k):
    return np.sqrt(sum(np.sum(leaf[k] ** 2) for leaf in jax.tree.leaves(gradients)))


@pytest.mark.parametrize("momentum", MOMENTA)
@pytest.mark.parametrize("learning_rate", [0.0, 0.01, 0.11, 0.3, 2.0])
def test_contraction_is_the_spectral_radius_of_the_iteration(learning_rate, momentum):
    spectrum = [0.5, 1.0, 9.0, 25.0, -0.2]
    radii = [
        np.abs(np.linalg.eigvals([[1 + momentum - learning_rate * value, -momentum], [1.0, 0.0]])).max()
        for value in spectrum
    ]
    assert contraction(learning_rate, momentum, spectrum) == pytest.approx(max(radii), rel=1e-7)


def test_contraction_of_a_map_has_its_shape():
    rates, momenta = np.linspace(0, 0.2, 5), np.linspace(-0.9, 0.9, 4)[:, None]
    found = contraction(rates, momenta, [1.0, 25.0])
    assert found.shape == (4, 5)
    for row, column in np.ndindex(found.shape):
        assert found[row, column] == contraction(rates[column], momenta[row, 0], [1.0, 25.0])
    assert np.ndim(contraction(0.1, 0.0, 3.0)) == 0


@pytest.mark.parametrize("momentum", MOMENTA)
def test_the_contraction_passes_1_at_the_largest_stable_learning_rate(momentum):
    largest = largest_stable_learning_rate(25.0, momentum)
    border = scipy.optimize.brentq(lambda rate: contraction(rate, momentum, [1.0, 25.0]) - 1, 0.01, 1.0)
    assert border == pytest.approx(largest, rel=1e-9)
    assert largest_stable_sharpness(largest, momentum) == pytest.approx(25.0)


def test_the_largest_rate_takes_arrays_and_knows_no_rate_where_the_curvature_is_negative():
    assert largest_stable_learning_rate([1.0, 4.0, 0.0], 0.5).tolist() == [3.0, 0.75, np.inf]
    assert np.isnan(largest_stable_learning_rate(-1.0))
    assert largest_stable_learning_rate(4.0, [0.0, 0.5]).tolist() == [0.5, 0.75]
    assert largest_stable_sharpness(0.0) == np.inf


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
@quadratics
def test_runs_diverge_above_the_border_and_not_below(name, momentum):
    objective, spectrum = QUADRATICS[name]
    border = largest_stable_learning_rate(max(spectrum), momentum)
    ratios = []
    for share in (0.99, 1.01):
        optimizer = OPTIMIZERS["momentum"].build(learning_rate=share * border, momentum=momentum)
        path = descend(objective, optimizer, num_steps=800)
        ratios.append(size(path.gradients, -1) / size(path.gradients, 0))
    assert ratios[0] < 1e-3
    assert ratios[1] > 1e3


@pytest.mark.parametrize(("learning_rate", "momentum"), [(0.02, 0.0), (0.02, 0.6), (0.1, 0.4), (0.1, 0.8)])
def test_runs_on_the_ravine_contract_as_they_should(learning_rate, momentum):
    optimizer = OPTIMIZERS["momentum"].build(learning_rate=learning_rate, momentum=momentum)
    path = descend(FUNCTIONS["ravine"], optimizer, num_steps=400)
    pairs = np.hypot(*np.linalg.norm([path.params[1:], path.params[:-1]], axis=-1))
    slope = np.polyfit(np.arange(100, 400), np.log(pairs[100:]), 1)[0]
    assert np.exp(slope) == pytest.approx(contraction(learning_rate, momentum, [1.0, 25.0]), rel=2e-3)


@pytest.mark.parametrize("spectrum", [[1.0, 25.0], [0.2, 0.7, 3.0], [2.0, 2.0]])
def test_no_numbers_contract_faster_than_the_optimum(spectrum):
    best = polyak_optimum(spectrum)
    assert contraction(best.learning_rate, best.momentum, spectrum) == pytest.approx(best.rate, abs=1e-7)
    found = scipy.optimize.differential_evolution(
        lambda x: contraction(x[0], x[1], spectrum),
        [(0, 4 / max(spectrum)), (-0.99, 0.99)],
        rng=0,
        tol=1e-10,
    )
    assert found.fun == pytest.approx(best.rate, abs=2e-3)
    assert found.fun >= best.rate - 1e-7
    np.testing.assert_allclose(found.x, best[:2], atol=2e-2)

    alone = gradient_descent_optimum(spectrum)
    plain = scipy.optimize.minimize_scalar(
        lambda rate: contraction(rate, 0.0, spectrum), bounds=(0, 2 / max(spectrum)), options={"xatol": 1e-10}
    )
    assert alone.momentum == 0
    assert (alone.learning_rate, alone.rate) == pytest.approx((plain.x, plain.fun), abs=1e-6)


@quadratics
def test_eigenvalues_of_quadratics(name):
    objective, spectrum = QUADRATICS[name]
    np.testing.assert_allclose(quadratic_eigenvalues(objective), spectrum, rtol=1e-11)


def test_a_saddle_is_a_quadratic():
    assert quadratic_eigenvalues(FUNCTIONS["saddle"]).tolist() == [-2.0, 2.0]


@pytest.mark.parametrize("name", ["rosenbrock", "monkey-saddle", "plateau", "cliff", "ackley", "mccormick"])
def test_other_functions_are_no_quadratics(name):
    assert quadratic_eigenvalues(FUNCTIONS[name]) is None


@pytest.mark.parametrize("loss", ["mae", "huber"])
@pytest.mark.parametrize("scale", [1.0, 1000.0])
def test_losses_with_pieces_are_no_quadratics(loss, scale):
    data = DATASETS["line"]
    far = type(data)(**{**vars(data), "targets": scale * data.targets})
    assert quadratic_eigenvalues(empirical_risk(MODELS["linear"], far, LOSSES[loss])) is None


def test_classifications_and_networks_are_no_quadratics():
    two = DATASETS["moons"]
    assert (
        quadratic_eigenvalues(empirical_risk(MODELS["logistic"], two, LOSSES["binary-cross-entropy"])) is None
    )
    assert quadratic_eigenvalues(two_layer_risk(PATIENTS, width=14)) is None


def test_sharpness_of_functions_is_that_of_scipys_differences():
    objective = FUNCTIONS["himmelblau"]
    points = RANDOM.uniform(-4, 4, (40, 2))
    gradient = jax.jit(jax.grad(objective.loss))

    def largest(point):
        columns = scipy.optimize.approx_fprime(point, lambda at: np.asarray(gradient(at)), 1e-6)
        return scipy.linalg.eigvalsh((columns + columns.T) / 2)[-1]

    np.testing.assert_allclose(
        sharpness_along(objective, points), [largest(point) for point in points], rtol=1e-4, atol=1e-3
    )


def test_both_ways_to_the_sharpness_agree_on_a_network(monkeypatch):
    risk = two_layer_risk(PATIENTS, width=14)
    path = descend(risk, OPTIMIZERS["gd"].build(learning_rate=0.2), num_steps=300)
    points = jax.tree.map(lambda leaf: leaf[::10], path.params)
    assert risk.num_parameters <= module.MAX_EXACT
    exact = sharpness_along(risk, points)
    monkeypatch.setattr(module, "MAX_EXACT", 0)
    np.testing.assert_allclose(sharpness_along(risk, points), exact, rtol=1e-9)


def spread(values):
    """A symmetric matrix with given eigenvalues, in a random frame."""
    frame = np.linalg.qr(np.random.default_rng(1).normal(size=(len(values), len(values))))[0]
    return (frame * values) @ frame.T


SPECTRA = {
    "one-out": np.r_[np.linspace(0, 1, 199), 30.0],
    "negative": -np.linspace(1, 2, 200),
    "largest-size-below": np.r_[-50.0, np.linspace(0, 3, 199)],
    "close": np.r_[np.linspace(0, 1, 190), 1 + np.geomspace(1e-4, 1e-2, 10)],
    "equal": np.full(200, 7.0),
    "all-negative-equal": np.full(200, -7.0),
    "flat": np.zeros(200),
    "two": np.repeat([-3.0, 5.0], 100),
}


@pytest.mark.parametrize("name", SPECTRA)
def test_products_find_the_largest_eigenvalue(name):
    matrix = spread(SPECTRA[name])
    objective = Objective(Partial(quadratic, matrix, np.zeros(200)), start=np.zeros(200))
    found = sharpness_along(objective, np.ones((1, 200)))
    np.testing.assert_allclose(found, [scipy.linalg.eigvalsh(matrix)[-1]], rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("limit", [64, 0])
def test_where_nothing_is_finite_the_sharpness_is_nan(monkeypatch, limit):
    monkeypatch.setattr(module, "MAX_EXACT", limit)
    points = np.array([[1.0, 1.0], [np.nan, 0.0], [np.inf, 1.0], [1e200, 1e200], [0.5, 2.0]])
    found = sharpness_along(FUNCTIONS["rosenbrock"], points)
    assert np.isnan(found).tolist() == [False, True, True, True, False]
    assert found[0] == pytest.approx(501 + np.sqrt(501**2 - 400))  # of [[802, −400], [−400, 200]]


def test_neither_numbers_nor_the_number_of_points_compile_anything():
    def measure(matrix, count):
        objective = Objective(Partial(quadratic, matrix, np.zeros(2)), start=np.zeros(2))
        return sharpness_along(objective, np.ones((count, 2))), quadratic_eigenvalues(objective)

    measure(SPD, 3)
    before = len(TRACED)
    found, spectrum = measure(3 * SPD, 70)
    assert len(TRACED) == before
    assert found.shape == (70,)
    np.testing.assert_allclose(found, spectrum[-1])


def test_single_precision_stays_and_suffices():
    matrix = jnp.asarray(spread(SPECTRA["one-out"]), jnp.float32)
    objective = Objective(
        Partial(quadratic, matrix, jnp.zeros(200, jnp.float32)), start=jnp.zeros(200, jnp.float32)
    )
    assert sharpness_along(objective, np.zeros((1, 200)))[0] == pytest.approx(30.0, rel=1e-5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: largest_stable_learning_rate(1.0, 1.0), "`momentum` must be between -1 and 1, got 1"),
        (lambda: contraction(0.1, [0.5, -1.5], [1.0]), "`momentum` must be between -1 and 1, got -1.5"),
        (lambda: contraction(-0.1, 0.5, [1.0]), "`learning_rate` must be at least 0, got -0.1"),
        (lambda: contraction(np.nan, 0.5, [1.0]), "`learning_rate` must be at least 0, got nan"),
        (lambda: largest_stable_sharpness(-1.0), "`learning_rate` must be at least 0, got -1"),
        (lambda: contraction(0.1, 0.5, []), "`eigenvalues` must be at least 1 number, got none"),
        (lambda: polyak_optimum([0.0, 1.0]), "`eigenvalues` must be positive finite numbers, got 0"),
        (lambda: gradient_descent_optimum([]), "`eigenvalues` must be positive finite numbers, got none"),
        (lambda: sharpness_along(FUNCTIONS["bowl"], np.ones((3, 4))), "`params` must have the shape"),
        (lambda: sharpness_along(FUNCTIONS["bowl"], np.ones((0, 2))), "`params` must have one leading axis"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()
