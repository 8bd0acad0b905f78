"""Fidelity: on a quadratic, of which everything is known, and on a network in single precision."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree
from jax.tree_util import Partial

from landscape import OPTIMIZERS, Objective, Plane, Surface, descend
from landscape.fidelity import cosines, fidelity, plane_curvature, spread

TRACED = []
RANDOM = np.random.default_rng(2)
SIZE = 6
FRAME = np.linalg.qr(RANDOM.normal(size=(SIZE, SIZE)))[0]
VALUES = np.array([-0.3, 0.2, 0.5, 1.0, 2.0, 3.0])
MATRIX = (FRAME * VALUES) @ FRAME.T
CENTRE = RANDOM.normal(size=SIZE)
ORIGIN, U, V = RANDOM.normal(size=(3, SIZE))


def quadratic(matrix, centre, point):
    TRACED.append(matrix)
    offset = point["w"].ravel() - centre
    return offset @ matrix @ offset / 2


def tree(vector, dtype=float):
    return {"w": jnp.asarray(np.reshape(vector, (2, 3)), dtype)}


def objective(scale=1.0):
    return Objective(Partial(quadratic, scale * MATRIX, CENTRE), start=tree(np.zeros(SIZE)))


PLANE = Plane(tree(ORIGIN), tree(U), tree(2 * V))


def walk(steps=20):
    return descend(objective(), OPTIMIZERS["gd"].build(learning_rate=0.2), num_steps=steps)


def test_of_a_quadratic_everything_is_known():
    path = walk()
    found = fidelity(objective(), PLANE, path)
    basis = np.linalg.qr(np.stack([U, V], axis=1))[0]
    points = path.params["w"].reshape(-1, SIZE)
    for k, theta in enumerate(points):
        c = np.linalg.lstsq(np.stack([U, 2 * V], axis=1), theta - ORIGIN)[0]
        near = ORIGIN + c[0] * U + c[1] * 2 * V
        gradient = MATRIX @ (theta - CENTRE)
        np.testing.assert_allclose(found.coordinates[k], c, rtol=1e-9)
        assert found.losses[k] == pytest.approx((theta - CENTRE) @ MATRIX @ (theta - CENTRE) / 2)
        assert found.plane_losses[k] == pytest.approx((near - CENTRE) @ MATRIX @ (near - CENTRE) / 2)
        away = np.linalg.norm(theta - near)
        assert found.distances[k] == pytest.approx(away)
        assert found.relative_distances[k] == pytest.approx(away / np.linalg.norm(theta - ORIGIN))
        share = np.sum((basis.T @ gradient) ** 2) / np.sum(gradient**2)
        assert found.gradient_shares[k] == pytest.approx(share)
    centred = points - points.mean(axis=0)
    assert found.explained_variance == pytest.approx(np.sum((centred @ basis) ** 2) / np.sum(centred**2))
    assert found.num_nonfinite == 0
    np.testing.assert_allclose(found.losses, path.losses, rtol=1e-12)


def test_a_path_in_the_plane_is_shown_as_it_is():
    matrix = np.diag([1.0, 4.0, 9.0, 2.0, 2.0, 2.0])
    part = Objective(Partial(quadratic, matrix, np.zeros(SIZE)), start=tree([3.0, 1, 0, 0, 0, 0]))
    path = descend(part, OPTIMIZERS["gd"].build(learning_rate=0.1), num_steps=10)
    found = fidelity(part, Plane.coordinates(part.start, ("w", (0, 0)), ("w", (0, 1))), path)
    np.testing.assert_allclose(found.plane_losses, found.losses, rtol=1e-12)
    np.testing.assert_allclose(found.gradient_shares, 1, rtol=1e-12)
    assert (found.distances == 0).all()
    assert (found.relative_distances == 0).all()
    assert found.explained_variance == pytest.approx(1)


def test_a_path_across_the_plane_is_not_seen_at_all():
    part = Objective(Partial(quadratic, np.eye(SIZE), np.zeros(SIZE)), start=tree([0, 0, 0, 0, 0, 2.0]))
    path = descend(part, OPTIMIZERS["gd"].build(learning_rate=0.5), num_steps=3)
    found = fidelity(part, Plane.coordinates(tree(np.zeros(SIZE)), ("w", (0, 0)), ("w", (0, 1))), path)
    assert found.plane_losses.tolist() == [0, 0, 0, 0]
    assert found.losses.tolist() == [2, 0.5, 0.125, 0.03125]
    assert found.gradient_shares.tolist() == [0, 0, 0, 0]
    assert found.relative_distances.tolist() == [1, 1, 1, 1]
    assert found.explained_variance == 0


def test_single_precision_another_height_and_no_gradient():
    def loss(p):
        return jnp.sum(jnp.tanh(p["w"]) ** 2)

    small = Objective(
        loss, start=tree(np.arange(6) / 3, np.float32), measures={"size": lambda p: jnp.sum(p["w"])}
    )
    path = descend(small, OPTIMIZERS["gd"].build(learning_rate=0.1), num_steps=40)
    plane = Plane.random(jax.tree.map(lambda leaf: leaf[-1], path.params), seed=3)
    found = fidelity(small, plane, path)
    np.testing.assert_allclose(found.losses, path.losses, rtol=1e-6)
    shown = [loss(plane.at(a, b)) for a, b in found.coordinates]
    np.testing.assert_allclose(found.plane_losses, shown, rtol=1e-5)
    assert found.distances[-1] < 1e-6
    assert ((found.gradient_shares >= 0) & (found.gradient_shares <= 1 + 1e-6)).all()
    size = fidelity(small.measuring("size"), plane, path)
    np.testing.assert_allclose(size.losses, path.params["w"].sum(axis=(1, 2)), rtol=1e-5)
    flat = fidelity(small.replace(loss=lambda p: 0.0 * jnp.sum(p["w"])), plane, path)
    assert np.isnan(flat.gradient_shares).all()


@pytest.mark.parametrize("scale", [1e-25, 1e25])
def test_the_share_of_a_gradient_whose_square_is_no_float32_is_known(scale):
    path = descend(objective(), OPTIMIZERS["gd"].build(learning_rate=0.2), num_steps=3)
    single = replace(path, params=jax.tree.map(lambda leaf: leaf.astype(np.float32), path.params))
    plane = Plane(*(tree(each, np.float32) for each in (ORIGIN, U, V)))
    slope = jnp.asarray(scale * np.arange(1.0, 7.0), jnp.float32)
    slant = Objective(lambda p: jnp.vdot(slope, p["w"].ravel()), start=tree(np.zeros(SIZE), np.float32))
    basis = np.linalg.qr(np.stack([U, V], axis=1))[0]
    share = np.sum((basis.T @ np.arange(1.0, 7.0)) ** 2) / 91
    np.testing.assert_allclose(fidelity(slant, plane, single).gradient_shares, share, rtol=1e-6)


def test_where_a_path_diverges_its_rows_stay():
    wild = Objective(lambda p: jnp.sum(p["w"] ** 4), start=tree(np.ones(SIZE)))
    path = descend(wild, OPTIMIZERS["gd"].build(learning_rate=1.0), num_steps=12)
    assert path.diverged_at is not None
    found = fidelity(wild, PLANE, path)
    assert len(found.losses) == 13
    assert 0 < found.num_nonfinite < 13
    assert np.isfinite(found.losses[:3]).all()


def test_nothing_is_compiled_for_other_numbers_or_more_steps_and_progress_is_told():
    fidelity(objective(), PLANE, walk(3))
    path, told = walk(40), []
    before = len(TRACED)
    fidelity(objective(2.0), Plane(PLANE.origin, PLANE.v, PLANE.u), path, progress=told.append)
    assert len(TRACED) == before
    assert told[-1] == 1
    assert len(told) == 3


def test_curvatures_in_the_plane_lie_between_those_of_the_whole():
    basis = np.linalg.qr(np.stack([U, V], axis=1))[0]
    found = plane_curvature(objective(), PLANE, tolerance=1e-10)
    inside = np.linalg.eigvalsh(basis.T @ MATRIX @ basis)
    assert (found.smallest_in_plane, found.largest_in_plane) == pytest.approx(tuple(inside))
    assert (found.smallest, found.largest) == pytest.approx((VALUES[0], VALUES[-1]))
    assert found.converged
    assert max(found.residuals) < 1e-10
    for seed in range(5):
        plane = Plane.random(tree(CENTRE + seed), seed)
        seen = plane_curvature(objective(), plane)
        assert seen.smallest < seen.smallest_in_plane < seen.largest_in_plane < seen.largest
    top = Plane.hessian(objective(), tree(CENTRE))
    seen = plane_curvature(objective(), top)
    assert (seen.smallest_in_plane, seen.largest_in_plane) == pytest.approx((2.0, 3.0), abs=1e-6)


@pytest.mark.parametrize("normalize", ["none", "filter"])
def test_random_directions_are_nearly_orthogonal(normalize):
    # Filters of equal length keep the cosine's size 1/√n.
    weights = RANDOM.normal(size=(50, 40))
    params = {"weights": weights / np.linalg.norm(weights, axis=0)}
    found = cosines(params, range(12), normalize)
    assert found.expected == 2000**-0.5
    assert found.values.shape == (24 * 23 / 2,)
    assert found.size == pytest.approx(found.expected, rel=0.15)
    assert abs(found.values.mean()) < 4 * found.expected / np.sqrt(len(found.values))
    plane = Plane.random(params, 0, normalize)
    u, v = (np.asarray(ravel_pytree(each)[0]) for each in (plane.u, plane.v))
    assert found.values[0] == pytest.approx(u @ v / np.linalg.norm(u) / np.linalg.norm(v))
    # Where the first axis counts the filters, their directions are those of the transposed weights.
    rows = cosines({"weights": weights}, range(2), normalize, filter_axis=0)
    plane = Plane.random({"weights": weights}, 0, normalize, filter_axis=0)
    u, v = (np.asarray(ravel_pytree(each)[0]) for each in (plane.u, plane.v))
    assert rows.values[0] == pytest.approx(u @ v / np.linalg.norm(u) / np.linalg.norm(v))


def test_the_spread_of_slices_is_numpys():
    x, y = np.linspace(0, 1, 4), np.linspace(2, 3, 3)
    heights = RANDOM.normal(size=(5, 3, 4))
    heights[0, 0, 0] = np.inf
    found = spread([Surface(x, y, each, 0) for each in heights])
    np.testing.assert_allclose(found.mean, heights.mean(axis=0))
    np.testing.assert_allclose(found.deviation[1:], np.std(heights[:, 1:], axis=0, ddof=1))
    assert not np.isfinite(found.deviation[0, 0])
    assert found.x.tolist() == x.tolist()


def test_bad_input_is_named():
    one = Surface(np.zeros(2), np.zeros(2), np.zeros((2, 2)), 0)
    other = Surface(np.ones(2), np.zeros(2), np.zeros((2, 2)), 0)
    with pytest.raises(ValueError, match=r"^`surfaces` must be at least 2, got 1"):
        spread([one])
    with pytest.raises(ValueError, match=r"^`surfaces` must have one grid"):
        spread([one, other])
    with pytest.raises(ValueError, match=r"^`seeds` must be at least 1 seed, got none"):
        cosines(np.ones(3), ())
    with pytest.raises(ValueError, match="must not be parallel"):
        fidelity(objective(), Plane(PLANE.origin, PLANE.u, PLANE.u), walk(3))
    with pytest.raises(ValueError, match=r"^`path` must have the shapes"):
        fidelity(objective(), Plane(np.zeros(2), np.eye(2)[0], np.eye(2)[1]), walk(3))
