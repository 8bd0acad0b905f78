"""Roughness: against closed forms, and against NumPy's eigenvalues of `jax.hessian`."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree
from jax.tree_util import Partial

from landscape import DATASETS, FUNCTIONS, Objective, Plane
from landscape.networks import two_layer_risk
from landscape.roughness import count_minima, negative_curvature, principal_curvatures, roughness

TRACED = []
SQUARE = ((-np.pi, np.pi), (-np.pi, np.pi))
FLAT = Plane.coordinates(np.zeros(2), 0, 1)


def waves(scale, point):
    TRACED.append(scale)
    return scale * jnp.cos(point[0]) * jnp.cos(point[1])


def on_two(loss):
    return Objective(loss, start=np.zeros(2))


def small_network():
    data = DATASETS["diabetes"].select("bmi", "s5").standardize(targets=True)
    return two_layer_risk(data, width=5)


@pytest.mark.parametrize("angle", [0.0, 0.4])
def test_a_bowl_has_no_negative_curvature_and_one_minimum(angle):
    c, s = np.cos(angle), np.sin(angle)
    plane = Plane(np.zeros(2), np.array([c, s]), np.array([-s, c]))
    found = roughness(on_two(lambda p: p[0] ** 2 + 10 * p[1] ** 2), plane, resolution=11)
    np.testing.assert_allclose(found.smallest, 2, rtol=1e-12)
    np.testing.assert_allclose(found.largest, 20, rtol=1e-12)
    assert (found.negative_share, found.num_minima, found.num_nonfinite) == (0, 1, 0)
    assert (found.ratios == 0).all()
    assert 1 < found.variation <= 2


def test_a_slope_has_no_sign_of_curvature_and_no_minimum():
    found = roughness(on_two(lambda p: p[0] - 3 * p[1]), FLAT, resolution=11)
    assert (found.negative_share, found.num_minima) == (0, 0)
    assert found.variation == pytest.approx(1)


def test_a_trough_is_not_negative_along_its_floor():
    # One curvature is 0: its sign must not be that of the rounding, in single precision either.
    direction = np.random.default_rng(0).normal(size=2)
    for dtype in (np.float32, np.float64):
        along = jnp.asarray(direction, dtype)
        objective = Objective(lambda p, along=along: jnp.square(p @ along), start=np.zeros(2, dtype))
        plane = Plane(np.zeros(2, dtype), np.array([0.3, 2.0], dtype), np.array([1.0, 0.5], dtype))
        assert roughness(objective, plane, resolution=9).negative_share == 0


def test_of_a_product_of_cosines_everything_is_known():
    # The Hessian of cos x cos y has the eigenvalues −cos(x + y) and −cos(x − y): both are positive on a
    # quarter of the period, for x + y and x − y are then independent.
    found = roughness(on_two(Partial(waves, 1.0)), FLAT, resolution=41, extent=((-4.5, 4.5), (-4.4, 4.6)))
    x, y = np.meshgrid(found.x, found.y)
    both = np.sort([-np.cos(x + y), -np.cos(x - y)], axis=0)
    np.testing.assert_allclose(found.values, np.cos(x) * np.cos(y), atol=1e-14)
    np.testing.assert_allclose([found.smallest, found.largest], both, atol=1e-12)
    assert found.num_minima == 4  # (±π, 0) and (0, ±π)
    negative = both[0] < 0
    np.testing.assert_allclose(found.ratios[negative], np.abs(both[0] / both[1])[negative], rtol=1e-9)
    assert (found.ratios[~negative] == 0).all()
    period = roughness(on_two(Partial(waves, 1.0)), FLAT, resolution=101, extent=SQUARE)
    assert period.negative_share == pytest.approx(3 / 4, abs=0.02)


@pytest.mark.parametrize(("height", "minima"), [(0, 1), (25, 9)])
def test_an_egg_crate_has_as_many_minima_as_it_should(height, minima):
    # t² + 25 sin² t has its minima within ±5 at 0 and ±3.02: pairs of them make 3 × 3.
    def loss(p):
        return jnp.sum(p**2) + height * jnp.sum(jnp.sin(p) ** 2)

    found = roughness(on_two(loss), FLAT, resolution=61, extent=((-5, 5), (-5, 5)))
    assert found.num_minima == minima
    # A line of the crate rises or falls by 2 · 3 · 25 or so within a range of some 35.
    assert (found.variation > 2.5) == (height > 0)


def test_scales_and_shears_of_the_plane_change_no_curvature():
    matrix = np.random.default_rng(3).normal(size=(5, 5))
    matrix = matrix + matrix.T
    objective = Objective(lambda p: p @ matrix @ p / 2 + jnp.sum(p**3), start=np.zeros(5))
    u, v = np.random.default_rng(4).normal(size=(2, 5))
    points = np.array([[0.3, -0.2], [1.0, 2.0]])
    basis = np.linalg.qr(np.stack([u, v], axis=1))[0]
    for plane, where in (
        (Plane(np.ones(5), u, v), points),
        (
            Plane(np.ones(5), 3 * u, v + 2 * u),
            np.stack([(points[:, 0] - 2 * points[:, 1]) / 3, points[:, 1]], 1),
        ),
    ):
        values, found = principal_curvatures(objective, plane, where)
        for (a, b), value, pair in zip(points, values, found, strict=True):
            point = 1 + a * u + b * v
            hessian = basis.T @ (matrix + 6 * np.diag(point)) @ basis
            assert value == pytest.approx(point @ matrix @ point / 2 + np.sum(point**3))
            np.testing.assert_allclose(pair, np.linalg.eigvalsh(hessian), rtol=1e-9)


def test_the_full_ends_are_numpys_and_hold_the_slices_between_them():
    risk = small_network()
    plane = Plane.random(jax.tree.map(lambda leaf: leaf + 0.2, risk.start), seed=1)
    found = negative_curvature(risk, plane, resolution=3, tolerance=1e-8)
    inside = roughness(risk, plane, resolution=3)
    _, unravel = ravel_pytree(risk.start)
    hessian = jax.jit(jax.hessian(lambda v: risk.loss(unravel(v))))
    for i, j in np.ndindex(3, 3):
        values = np.linalg.eigvalsh(hessian(ravel_pytree(plane.at(found.x[j], found.y[i]))[0]))
        np.testing.assert_allclose(
            [found.smallest[i, j], found.largest[i, j]], values[[0, -1]], atol=1e-8 * values[-1]
        )
        assert values[0] <= inside.smallest[i, j] <= inside.largest[i, j] <= values[-1]
        assert found.ratios[i, j] == pytest.approx(abs(values[0] / values[-1]), abs=1e-7)
    assert found.converged.all()
    assert found.num_products >= 9 * 2


def test_what_is_not_finite_is_counted_and_left_out():
    def loss(p):
        return jnp.where(p[0] > 0.5, jnp.nan, jnp.sum(p**2))

    found = roughness(on_two(loss), FLAT, resolution=5)
    assert found.num_nonfinite == 5
    assert np.isnan(found.ratios[:, -1]).all()
    assert (found.negative_share, found.num_minima) == (0, 1)
    nothing = roughness(on_two(lambda p: jnp.nan * p[0]), FLAT, resolution=3)
    assert np.isnan([nothing.negative_share, nothing.variation]).all()
    assert (nothing.num_minima, nothing.num_nonfinite) == (0, 9)


@pytest.mark.parametrize(
    ("values", "count"),
    [
        (np.zeros((5, 5)), 0),
        ([[2, 2, 2, 2, 2], [2, 1, 1, 2, 2], [2, 2, 2, 1, 2], [2, 2, 2, 2, 2]], 1),  # touching at a corner
        ([[2, 2, 2, 2], [2, 1, 1, 1], [2, 2, 2, 2]], 0),  # it leaves the map
        ([[2, 2, 2, 2], [2, 1, 1, 2], [2, 2, 0, 2], [2, 2, 2, 2]], 1),  # a step on the way down
        ([[3, 3, 3, 3, 3], [3, 1, 2, 1, 3], [3, 3, 3, 3, 3]], 2),
        ([[3, 3, 3], [3, 1, np.nan], [3, 3, 3]], 0),
        ([[3, 3, 3], [3, 1, np.inf], [3, 3, 3]], 1),
        ([[1, 2]], 0),
    ],
)
def test_minima_of_maps(values, count):
    assert count_minima(np.asarray(values, dtype=float)) == count


def test_numbers_compile_nothing_and_progress_is_told():
    told = []
    roughness(on_two(Partial(waves, 1.0)), FLAT, resolution=9)
    before = len(TRACED)
    roughness(on_two(Partial(waves, 2.0)), FLAT, resolution=13, extent=SQUARE, progress=told.append)
    assert len(TRACED) == before
    assert told == sorted(told)
    assert told[-1] == 1
    negative_curvature(FUNCTIONS["saddle"], FLAT, resolution=2, progress=told.append)
    assert told[-4:] == [0.25, 0.5, 0.75, 1]


def test_bad_input_is_named():
    saddle = FUNCTIONS["saddle"]
    with pytest.raises(ValueError, match=r"^`resolution` must be at least 3, got 2"):
        roughness(saddle, FLAT, resolution=2)
    with pytest.raises(ValueError, match=r"^`resolution` must be at least 2, got 1"):
        negative_curvature(saddle, FLAT, resolution=1)
    with pytest.raises(ValueError, match=r"^`plane.origin` must have the shape \(2,\), got \(3,\)"):
        roughness(saddle, Plane.coordinates(np.zeros(3), 0, 1))
    with pytest.raises(ValueError, match="must not be parallel"):
        roughness(saddle, Plane(np.zeros(2), np.ones(2), 2 * np.ones(2)))
