"""Trace, spectral density and sharpness of a Hessian: against NumPy on matrices with known spectra."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree
from jax.tree_util import Partial

from landscape import DATASETS, FUNCTIONS, Objective, Plane, evaluate, sharpness, spectral_density, trace
from landscape.networks import two_layer_risk

TRACED = []
SIZE = 60
FRAME = np.linalg.qr(np.random.default_rng(1).normal(size=(SIZE, SIZE)))[0]


def quadratic(matrix, point):
    TRACED.append(matrix)
    return point @ matrix @ point / 2


def quadratic_with(values, dtype=float):
    matrix = (FRAME * values) @ FRAME.T
    return Objective(Partial(quadratic, jnp.asarray(matrix, dtype)), start=jnp.zeros(SIZE, dtype))


SPREAD = np.r_[np.linspace(-1, 1, SIZE - 2), 4.0, 9.0]


@pytest.fixture(scope="module")
def network():
    data = DATASETS["diabetes"].select("bmi", "s5", "bp").standardize(targets=True)
    risk = two_layer_risk(data, width=7)
    point = jax.tree.map(lambda leaf: leaf + 0.3, risk.start)
    vector, unravel = ravel_pytree(point)
    return risk, point, np.asarray(jax.jit(jax.hessian(lambda v: risk.loss(unravel(v))))(vector))


def test_the_trace_is_within_its_error_and_the_error_is_hutchinsons():
    matrix = (FRAME * SPREAD) @ FRAME.T
    found = trace(quadratic_with(SPREAD), np.ones(SIZE), num_samples=2000, seed=3)
    spread_of_one = np.sqrt(2 * np.sum((matrix - np.diag(np.diag(matrix))) ** 2))
    assert found.error == pytest.approx(spread_of_one / np.sqrt(2000), rel=0.1)
    assert abs(found.value - SPREAD.sum()) < 4 * found.error
    assert found.error == pytest.approx(np.std(found.samples, ddof=1) / np.sqrt(2000))
    assert trace(quadratic_with(SPREAD), np.ones(SIZE), 10, seed=4).value != found.value


def test_the_trace_of_a_network_in_its_pytree(network):
    risk, point, hessian = network
    found = trace(risk, point, num_samples=400)
    assert abs(found.value - np.trace(hessian)) < 4 * found.error
    assert found.error < 0.1 * np.trace(hessian)


@pytest.mark.parametrize("steps", [1, 2, 4])
def test_the_quadrature_is_exact_for_polynomials(steps):
    # The node polynomial has degree m: m nodes give vᵀHᵖv up to p = 2m − 1, and no further.
    found = spectral_density(quadratic_with(SPREAD), np.ones(SIZE), steps, num_probes=1, seed=7)
    v = np.random.default_rng([7, 0]).normal(size=SIZE)
    shares = (FRAME.T @ v) ** 2 / (v @ v)
    for power in range(2 * steps):
        assert found.mean(power) == pytest.approx(shares @ SPREAD**power, rel=1e-9)
    assert found.mean(2 * steps) != pytest.approx(shares @ SPREAD ** (2 * steps), rel=1e-6)


def test_the_density_is_one_and_lies_where_the_eigenvalues_are():
    found = spectral_density(quadratic_with(SPREAD), np.ones(SIZE), 40, num_probes=30, seed=1)
    assert np.trapezoid(found.density, found.grid) == pytest.approx(1, abs=1e-9)
    assert found.width == pytest.approx(0.01 * (9 + 1), rel=1e-6)
    assert found.nodes.shape == found.weights.shape == (30, 40)
    np.testing.assert_allclose(found.weights.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(found.nodes[:, [0, -1]], [[-1, 9]] * 30, atol=1e-6)
    for low, high, share in [(-1.5, 1.5, 58 / 60), (1.5, 6, 1 / 60), (6, 10, 1 / 60)]:
        part = (found.grid >= low) & (found.grid < high)
        assert np.sum(found.density[part]) * np.diff(found.grid)[0] == pytest.approx(share, abs=0.012)
    assert found.mean(1) == pytest.approx(SPREAD.mean(), abs=0.15)


def test_with_every_step_of_a_network_the_nodes_are_its_eigenvalues(network):
    risk, point, hessian = network
    found = spectral_density(risk, point, num_steps=100, num_probes=1)
    values = np.linalg.eigvalsh(hessian)
    np.testing.assert_allclose(found.nodes[0], values, atol=1e-8 * values[-1])


@pytest.mark.parametrize("values", [np.zeros(SIZE), np.full(SIZE, 3.0), np.repeat([-1.0, 2.0], SIZE // 2)])
def test_a_spectrum_of_few_values_ends_the_products(values):
    found = spectral_density(quadratic_with(values), np.ones(SIZE), num_steps=20, num_probes=2)
    different = len(set(values))
    assert found.num_products == 2 * different
    np.testing.assert_allclose(found.nodes[:, :different], [sorted(set(values))] * 2, atol=1e-12)
    assert (found.weights[:, different:] == 0).all()
    assert np.trapezoid(found.density, found.grid) == pytest.approx(1, abs=1e-9)


def test_single_precision_stays_and_suffices():
    objective = quadratic_with(SPREAD, np.float32)
    found = spectral_density(objective, np.ones(SIZE), num_steps=20, num_probes=2)
    np.testing.assert_allclose(found.nodes[:, -1], 9, rtol=1e-5)


def test_the_sharpness_is_never_too_large_and_nearly_numpys(network):
    def height(objective, point):
        return np.asarray(jax.jit(objective.loss)(point))

    found = height(sharpness(quadratic_with(SPREAD, np.float32)), jnp.zeros(SIZE, np.float32))
    assert found.dtype == np.float32
    assert 9 * (1 - 1e-4) < found < 9 * (1 + 1e-5)
    risk, point, hessian = network
    assert height(sharpness(risk, 20), point) == pytest.approx(np.linalg.eigvalsh(hessian)[-1], rel=1e-6)


def test_the_sharpness_of_many_points_asks_no_lapack():
    # On two cores two programs that do, on a batch, at the same time, wait for each other for ever.
    loss = sharpness(FUNCTIONS["ravine"]).loss
    lowered = jax.jit(lambda points: jax.vmap(loss)(points)).lower(jnp.ones((5, 2)))
    assert "custom-call" not in lowered.compile().as_text()


def test_the_sharpness_is_a_height_over_a_plane():
    objective = FUNCTIONS["himmelblau"]
    surface = evaluate(sharpness(objective), resolution=5)
    hessian = jax.jit(jax.hessian(objective.loss))
    for (i, y), (j, x) in [
        ((i, y), (j, x)) for i, y in enumerate(surface.y) for j, x in enumerate(surface.x)
    ]:
        wanted = np.linalg.eigvalsh(hessian(np.array([x, y])))[-1]
        assert surface.values[i, j] == pytest.approx(wanted, rel=1e-9)
    whole = quadratic_with(SPREAD)
    plane = Plane.coordinates(whole.start, 0, 1)
    seen = evaluate(sharpness(whole, 20), plane, resolution=3)
    np.testing.assert_allclose(seen.values, 9, rtol=1e-4)


def test_where_nothing_is_finite_nothing_is_hidden():
    rosenbrock, point = FUNCTIONS["rosenbrock"], np.array([np.nan, 0.0])
    assert np.isnan(trace(rosenbrock, point, 4).value)
    assert np.isnan(trace(rosenbrock, point, 4).error)
    found = spectral_density(rosenbrock, point)
    assert np.isnan(found.density).all()
    assert np.isnan(found.nodes).all()


def test_numbers_compile_nothing():
    trace(quadratic_with(SPREAD), np.ones(SIZE), 2)
    before = len(TRACED)
    trace(quadratic_with(2 * SPREAD), np.zeros(SIZE), 5)
    spectral_density(quadratic_with(3 * SPREAD), np.zeros(SIZE), 5)
    assert len(TRACED) == before


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda o: trace(o, [1.0, 1.0], 1), "`num_samples` must be at least 2, got 1"),
        (lambda o: spectral_density(o, [1.0, 1.0], 0), "`num_steps` must be at least 1, got 0"),
        (lambda o: spectral_density(o, [1.0, 1.0], 3, 0), "`num_probes` must be at least 1, got 0"),
        (
            lambda o: spectral_density(o, [1.0, 1.0], width=0.0),
            "`width` must be above 0 and at most 1, got 0",
        ),
        (
            lambda o: spectral_density(o, [1.0, 1.0], num_points=99),
            "`num_points` must be at least 800, got 99",
        ),
        (lambda o: trace(o, [1.0, 1.0], seed=-1), "`seed` must be at least 0, got -1"),
        (lambda o: spectral_density(o, [1.0, 1.0], seed=-1), "`seed` must be at least 0, got -1"),
        (lambda o: sharpness(o, 0), "`num_products` must be at least 1, got 0"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call(FUNCTIONS["bowl"])
