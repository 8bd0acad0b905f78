"""Products with the Hessian against `jax.hessian`, and Lanczos's method against NumPy's eigenvalues."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree
from jax.tree_util import Partial

from landscape import DATASETS, FUNCTIONS, Objective, eigenpairs, hessian_product
from landscape.networks import two_layer_risk

TRACED = []
SIZE = 120


def quadratic(matrix, point):
    TRACED.append(matrix)
    return point @ matrix @ point / 2


def spread(values):
    """A symmetric matrix with given eigenvalues, in a random frame."""
    frame = np.linalg.qr(np.random.default_rng(1).normal(size=(len(values), len(values))))[0]
    return (frame * values) @ frame.T


def matrix_loss(matrix, dtype=float):
    matrix = jnp.asarray(matrix, dtype)
    return Objective(Partial(quadratic, matrix), start=jnp.zeros(len(matrix), dtype))


@pytest.fixture(scope="module")
def network():
    """A network of 37 parameters in a pytree, its risk away from a minimum, and its whole Hessian."""
    data = DATASETS["diabetes"].select("bmi", "s5", "bp").standardize(targets=True)
    risk = two_layer_risk(data, width=7)
    point = jax.tree.map(lambda leaf: leaf + 0.3, risk.start)
    vector, unravel = ravel_pytree(point)
    return risk, point, np.asarray(jax.jit(jax.hessian(lambda v: risk.loss(unravel(v))))(vector))


def test_a_product_is_that_of_the_whole_hessian(network):
    risk, point, hessian = network
    product = hessian_product(risk, point)
    flat, unravel = ravel_pytree(point)
    for direction in np.random.default_rng(0).normal(size=(3, flat.size)):
        image = product(unravel(direction))
        assert jax.tree.structure(image) == jax.tree.structure(point)
        np.testing.assert_allclose(ravel_pytree(image)[0], hessian @ direction, rtol=1e-10, atol=1e-12)


def test_the_ends_of_a_networks_spectrum_are_numpys(network):
    risk, point, hessian = network
    wanted, frame = np.linalg.eigh(hessian)
    assert wanted[0] < -1e-3 * wanted[-1], "not only a bowl"
    found = eigenpairs(risk, point, largest=3, smallest=2, tolerance=1e-9)
    assert found.converged
    np.testing.assert_allclose(found.values, wanted[[-1, -2, -3, 1, 0]], atol=1e-9 * wanted[-1])
    for value, vector, residual, k in zip(
        found.values, found.vectors, found.residuals, [-1, -2, -3, 1, 0], strict=True
    ):
        assert jax.tree.structure(vector) == jax.tree.structure(point)
        flat = np.asarray(ravel_pytree(vector)[0])
        assert abs(flat @ frame[:, k]) == pytest.approx(1, abs=1e-9)
        true = np.linalg.norm(hessian @ flat - value * flat) / np.abs(wanted).max()
        assert true == pytest.approx(residual, abs=1e-12)


SPECTRA = {
    "one-out": np.r_[np.linspace(0, 1, SIZE - 1), 30.0],
    "indefinite": np.r_[-np.geomspace(1e-3, 20, SIZE // 2), np.geomspace(1e-3, 9, SIZE // 2)],
    "negative": -np.linspace(1, 2, SIZE),
    "clustered": np.r_[np.linspace(-1, 1, SIZE - 6), 5 + np.geomspace(1e-3, 1e-1, 6)],
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", SPECTRA)
def test_the_ends_of_a_known_spectrum(name, dtype):
    values = np.sort(SPECTRA[name])
    precise = 1e-8 if dtype == np.float64 else 3e-6
    found = eigenpairs(matrix_loss(spread(values), dtype), np.ones(SIZE), 2, 1, tolerance=precise)
    assert found.converged
    assert found.vectors[0].dtype == dtype
    np.testing.assert_allclose(found.values, values[[-1, -2, 0]], atol=2 * precise * np.abs(values).max())


def test_an_early_stop_keeps_its_word_at_the_stated_tolerance():
    values = np.sort(SPECTRA["one-out"])
    found = eigenpairs(matrix_loss(spread(values)), np.ones(SIZE), 1, tolerance=1e-2)
    assert found.converged
    assert found.num_products < 10
    assert found.residuals[0] <= 1e-2
    assert abs(found.values[0] - 30) <= 0.3
    hasty = eigenpairs(matrix_loss(spread(SPECTRA["clustered"])), np.ones(SIZE), 2, max_products=4)
    assert (hasty.num_products, hasty.converged) == (4, False)
    assert (hasty.residuals > 1e-4).any()


@pytest.mark.parametrize(
    "values",
    [np.zeros(SIZE), np.full(SIZE, -7.0), np.repeat([-3.0, 5.0], SIZE // 2), np.r_[np.zeros(SIZE - 2), 4, 4]],
    ids=["flat", "equal", "two", "rank-two"],
)
def test_a_repeated_eigenvalue_ends_the_basis_and_it_goes_on(values):
    # From any start the products leave only as many dimensions as there are different eigenvalues.
    found = eigenpairs(matrix_loss(spread(values)), np.ones(SIZE), largest=2, smallest=2, tolerance=1e-9)
    assert found.converged
    assert found.num_products <= 6
    np.testing.assert_allclose(found.values[[0, -1]], [values.max(), values.min()], atol=1e-9)
    gram = np.asarray(found.vectors) @ np.asarray(found.vectors).T
    np.testing.assert_allclose(gram, np.eye(4), atol=1e-9)


def test_what_is_taken_for_rounding_stays_in_the_residual():
    # Four eigenvalues a millionth apart are one beside the rounding of float32; the residual tells.
    values = np.repeat(5.0 + 5e-6 * np.arange(4), SIZE // 4)
    matrix, point = spread(values), np.ones(SIZE)
    found = eigenpairs(matrix_loss(matrix, np.float32), point, 1, tolerance=1e-9, max_products=4)
    single = np.asarray(matrix, np.float32).astype(float)
    vector = np.asarray(found.vectors[0], float)
    true = np.linalg.norm(single @ vector - found.values[0] * vector) / 5
    assert 1e-7 < true <= found.residuals[0] + 3e-7


def test_every_eigenvalue_of_a_small_matrix_with_all_its_copies():
    values = np.array([5.0, 5.0, 5.0, 2.0, -1.0, -1.0])
    found = eigenpairs(matrix_loss(spread(values)), np.ones(6), largest=3, smallest=3, tolerance=1e-12)
    assert (found.num_products, found.converged) == (6, True)
    np.testing.assert_allclose(found.values, values, atol=1e-12)


def test_one_parameter_is_enough():
    found = eigenpairs(Objective(lambda w: 3 * w["a"] ** 2, start={"a": jnp.ones(())}), {"a": 2.0}, 1)
    assert (found.values.tolist(), found.num_products, found.converged) == ([6.0], 1, True)


def test_where_the_hessian_is_not_finite_nothing_is_hidden():
    for point in ([np.nan, 0.0], [np.inf, 1.0]):
        found = eigenpairs(FUNCTIONS["rosenbrock"], point, 1, 1)
        assert np.isnan(found.values).all()
        assert np.isnan(np.asarray(found.vectors)).all()
        assert found.converged is False
        assert found.num_products >= 1


def test_the_same_seed_gives_the_same_and_numbers_compile_nothing():
    first = eigenpairs(matrix_loss(spread(SPECTRA["clustered"])), np.ones(SIZE))
    before = len(TRACED)
    again = eigenpairs(matrix_loss(spread(SPECTRA["clustered"])), np.zeros(SIZE))
    assert again.values.tolist() == first.values.tolist()
    other = eigenpairs(matrix_loss(2 * spread(SPECTRA["one-out"])), np.ones(SIZE), 1, seed=5)
    assert other.values[0] == pytest.approx(60)
    assert len(TRACED) == before


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"largest": -1}, "`largest` must be at least 0, got -1"),
        ({"largest": 0}, "`largest \\+ smallest` must be at least 1, got 0"),
        ({"smallest": 1}, "`largest \\+ smallest` must be at most 2, got 3"),
        ({"max_products": 1}, "`max_products` must be at least 2, got 1"),
        ({"tolerance": 0.0}, "`tolerance` must be above 0, got 0"),
        ({"seed": -1}, "`seed` must be at least 0, got -1"),
    ],
)
def test_bad_numbers_are_named(numbers, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        eigenpairs(FUNCTIONS["bowl"], [1.0, 1.0], **numbers)


def test_points_and_directions_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match=r"^`params` must have the shape"):
        eigenpairs(FUNCTIONS["bowl"], [1.0, 1.0, 1.0])
    with pytest.raises(ValueError, match=r"^`direction` must have the shape"):
        hessian_product(FUNCTIONS["bowl"], [1.0, 1.0])([1.0])
