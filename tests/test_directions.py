"""Directions of planes and lines: random, principal, of Hessian and gradient, through three points."""

import tracemalloc

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.decomposition import PCA

from landscape.functions import FUNCTIONS
from landscape.objectives import Objective
from landscape.paths import Path
from landscape.planes import Line, Plane, project

RNG = np.random.default_rng(11)
NETWORK = {
    "layers": [
        {"weights": RNG.normal(size=(5, 4)).astype(np.float32), "bias": np.arange(4, dtype=np.float32)},
        {"weights": RNG.normal(size=(3, 3, 2, 6)).astype(np.float32), "bias": np.zeros(6, np.float32)},
    ],
    "scale": np.float32(2.5),
}
SIZES = {np.dtype("float32"): 2e-7, np.dtype("float64"): 1e-15}


def leaves(params):
    return [np.asarray(leaf, dtype=float) for leaf in jax.tree.leaves(params)]


def vector(params):
    return np.concatenate([leaf.ravel() for leaf in leaves(params)])


def norms(leaf, axis):
    """Of each filter; of a leaf of fewer than two axes as a whole."""
    if leaf.ndim < 2:
        return np.linalg.norm(leaf)
    return np.linalg.norm(np.moveaxis(leaf, axis, 0).reshape(leaf.shape[axis], -1), axis=1)


@pytest.mark.parametrize("axis", [-1, 0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_filter_of_a_direction_has_the_norm_of_that_filter(axis, dtype):
    params = jax.tree.map(lambda leaf: np.asarray(leaf, dtype), NETWORK)
    plane = Plane.random(params, seed=4, filter_axis=axis)
    for direction in (plane.u, plane.v):
        assert {leaf.dtype for leaf in jax.tree.leaves(direction)} == {np.dtype(dtype)}
        for leaf, along in zip(leaves(params), leaves(direction), strict=True):
            np.testing.assert_allclose(norms(along, axis), norms(leaf, axis), rtol=SIZES[np.dtype(dtype)])
    other = -1 - axis
    assert not np.allclose(norms(leaves(plane.u)[1], other), norms(leaves(params)[1], other), rtol=0.01)


def test_layers_and_weights_give_their_sizes_and_none_leaves_all_as_drawn():
    drawn = Plane.random(NETWORK, seed=2, normalize="none")
    layer = Plane.random(NETWORK, seed=2, normalize="layer")
    weight = Plane.random(NETWORK, seed=2, normalize="weight")
    for leaf, plain, by_layer, by_weight in zip(
        *map(leaves, (NETWORK, drawn.u, layer.u, weight.u)), strict=True
    ):
        assert np.linalg.norm(by_layer) == pytest.approx(np.linalg.norm(leaf), rel=2e-7)
        np.testing.assert_allclose(by_weight, plain * leaf, rtol=2e-7)  # as Li et al.'s program: d.mul_(w)
        if leaf.any():
            np.testing.assert_allclose(
                by_layer / np.linalg.norm(by_layer), plain / np.linalg.norm(plain), rtol=1e-5
            )
    numbers = vector(Plane.random({"a": np.ones((100, 100))}, normalize="none").u)
    assert abs(numbers.mean()) < 0.05
    assert numbers.std() == pytest.approx(1, abs=0.05)


def test_biases_are_ignored_where_that_is_asked_for():
    plane = Plane.random(NETWORK, ignore="bias")
    assert not any(leaf.any() for leaf in leaves(plane.u) if leaf.ndim < 2)
    assert all(leaf.any() for leaf in leaves(plane.u) if leaf.ndim >= 2)
    with pytest.raises(ValueError, match="`ignore` must leave something"):
        Plane.random({"a": np.ones(3)}, ignore="bias")
    flat = Plane.random({"a": np.ones(3)}, seed=1)
    assert np.linalg.norm(flat.v["a"]) == pytest.approx(np.sqrt(3), rel=1e-15)


def test_a_seed_is_a_plane_and_its_two_directions_are_independent():
    params = {"weights": jnp.ones((40, 50))}
    first, again, other = (Plane.random(params, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(vector(first.u), vector(again.u))
    np.testing.assert_array_equal(vector(first.v), vector(again.v))
    cosines = np.corrcoef([vector(each) for each in (first.u, first.v, other.u, other.v)])
    assert 0 < np.abs(cosines - np.eye(4)).max() < 0.1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"normalize": "filters"}, "`normalize` must be one of filter, layer, weight, none, got 'filters'"),
        ({"ignore": "bn"}, "`ignore` must be 'bias' or None, got 'bn'"),
        ({"seed": -1}, "`seed` must be at least 0, got -1"),
        ({"filter_axis": 2}, "`filter_axis` must be an axis of every leaf, got 2 for 2 axes"),
    ],
)
def test_what_there_is_not_is_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        Plane.random(NETWORK, **settings)


def test_a_leaf_that_is_no_number_is_named():
    with pytest.raises(ValueError, match="the leaves of parameters must be numbers, got <"):
        Plane.random({"weights": np.ones((2, 2)), "activation": jnp.tanh})


def test_parameters_that_are_0_give_no_filter_a_length():
    zeros = jax.tree.map(np.zeros_like, NETWORK)
    with pytest.raises(
        ValueError, match="`params` must not be zero where `normalize` is 'filter': take 'none'"
    ):
        Plane.random(zeros)
    assert vector(Plane.random(zeros, normalize="none").u).all()


def path_of(points, dtype=np.float64):
    """A path whose iterates are rows, as a pytree of two leaves."""
    points = points.astype(dtype)
    params = {"a": points[:, :2], "b": points[:, 2:].reshape(len(points), 1, -1)}
    return Path(params, np.zeros(len(points)), params, params, {}, np.arange(len(points)), None)


@pytest.mark.parametrize(("rows", "columns"), [(9, 40), (60, 7)])
def test_principal_directions_are_scikit_learns(rows, columns):
    points = RNG.normal(size=(rows, columns)) * 2.0 ** -np.arange(columns) + 3
    path = path_of(points)
    plane = Plane.principal(path)
    pca = PCA(2).fit(points)
    way = points[-1] - points[0]
    components = pca.components_ * np.sign(pca.components_ @ way)[:, None]
    np.testing.assert_allclose([vector(plane.u), vector(plane.v)], components, atol=1e-12)
    np.testing.assert_array_equal(vector(plane.origin), points[-1])
    assert project(path, plane).explained_variance == pytest.approx(
        pca.explained_variance_ratio_.sum(), rel=1e-12
    )
    start = jax.tree.map(lambda leaf: leaf[0], path.params)
    np.testing.assert_array_equal(vector(Plane.principal(path, origin=start).origin), points[0])


def test_a_second_direction_that_is_a_millionth_as_long_is_found():
    points = np.outer(np.linspace(0, 1, 8), RNG.normal(size=30))
    small = RNG.normal(size=30)
    points += 1e-6 * np.outer(np.cos(np.arange(8)), small)
    plane = Plane.principal(path_of(points))
    pca = PCA(2, svd_solver="full").fit(points)
    assert abs(vector(plane.v) @ pca.components_[1]) == pytest.approx(1, rel=1e-8)
    assert abs(vector(plane.u) @ vector(plane.v)) < 1e-12


def test_a_path_without_a_principal_plane_is_refused():
    line = np.outer(np.linspace(0, 1, 5), np.arange(1.0, 7))
    for points in (line, line.astype(np.float32), np.zeros((4, 6)), line[:1]):
        with pytest.raises(ValueError, match="`path` must have iterates that do not lie on one line"):
            Plane.principal(path_of(points, points.dtype))
    with pytest.raises(ValueError, match="`path` must be finite"):
        Plane.principal(path_of(np.where(line > 5, np.inf, line)))


def test_the_hessians_plane_is_numpys():
    A = RNG.normal(size=(7, 7))
    H = A @ np.diag([9.0, -20, 5, 1, 0.5, 0.1, -1]) @ A.T
    tree = Objective(
        lambda w: 0.5 * (v := jnp.concatenate([w["a"], jnp.ravel(w["b"])])) @ H @ v + jnp.sum(v),
        start={"a": np.zeros(3), "b": np.zeros((2, 2))},
    )
    plane = Plane.hessian(tree, {"a": np.ones(3), "b": np.full((2, 2), -1.0)})
    _, vectors = np.linalg.eigh(H)
    for direction, expected in ((plane.u, vectors[:, -1]), (plane.v, vectors[:, -2])):
        found = vector(direction)
        assert abs(found @ expected) == pytest.approx(1, abs=1e-6)
        assert found[np.abs(found).argmax()] > 0


def test_three_points_lie_on_their_plane():
    p0, p1, p2 = (
        jax.tree.map(lambda leaf: RNG.normal(size=leaf.shape).astype(np.float32), NETWORK) for _ in "012"
    )
    plane = Plane.through(p0, p1, p2)
    jax.tree.map(np.testing.assert_array_equal, plane.at(0.0, 0.0), p0)
    jax.tree.map(np.testing.assert_array_equal, plane.at(1.0, 0.0), p1)
    assert plane.locate(p1) == pytest.approx((1, 0), abs=1e-7)
    np.testing.assert_allclose(vector(plane.at(*plane.locate(p2))), vector(p2), atol=1e-6)
    u, v = vector(plane.u), vector(plane.v)
    assert abs(u @ v) < 1e-9
    assert np.linalg.norm(v) == pytest.approx(np.linalg.norm(u), rel=1e-12)
    halfway = Line.between(p0, p1).at(0.5)
    for third in (halfway, p0, p1):
        with pytest.raises(ValueError, match="must not lie on one line"):
            Plane.through(p0, p1, third)
    with pytest.raises(ValueError, match="must not lie on one line"):
        Plane.through(p0, p0, p2)
    with pytest.raises(ValueError, match="`p2` must have the shapes"):
        Plane.through(p0, p1, {"a": np.ones(2)})


def test_the_gradients_plane_holds_the_gradient_and_the_update():
    rosenbrock, at, update = FUNCTIONS["rosenbrock"], np.array([-1.2, 1.0]), np.array([0.3, 0.1])
    x, y = at
    gradient = np.array([-400 * x * (y - x**2) - 2 * (1 - x), 200 * (y - x**2)])
    H = np.array([[1200 * x**2 - 400 * y + 2, -400 * x], [-400 * x, 200]])
    for plane, other in (
        (Plane.gradient(rosenbrock, at, update), update),
        (Plane.gradient(rosenbrock, at), H @ gradient),
    ):
        u, v = vector(plane.u), vector(plane.v)
        np.testing.assert_allclose(u, -gradient / np.linalg.norm(gradient), rtol=1e-12)
        rest = other - (other @ u) * u
        np.testing.assert_allclose(v, rest / np.linalg.norm(rest), rtol=1e-10)
    with pytest.raises(ValueError, match="`params` must be a point where the gradient is finite and not 0"):
        Plane.gradient(rosenbrock, [1.0, 1.0])
    with pytest.raises(ValueError, match="`update` must not be parallel to the gradient"):
        Plane.gradient(rosenbrock, at, -0.1 * gradient)
    with pytest.raises(ValueError, match="`update` must be finite numbers, got nan"):
        Plane.gradient(rosenbrock, at, [np.nan, 1.0])
    with pytest.raises(ValueError, match=r"must not be parallel to the gradient \(give an `update`\)"):
        Plane.gradient(FUNCTIONS["bowl"], [1.0, 2.0])


def test_a_point_is_located_by_least_squares():
    origin, u, v, point = (
        jax.tree.map(lambda leaf: RNG.normal(size=np.shape(leaf)), NETWORK) for _ in "0123"
    )
    columns = np.stack([vector(u), vector(v)], axis=1)
    expected, *_ = np.linalg.lstsq(columns, vector(point) - vector(origin))
    assert Plane(origin, u, v).locate(point) == pytest.approx(expected, rel=1e-11)
    long, short = (jax.tree.map(lambda leaf, by=by: by * leaf, each) for each, by in ((u, 1e9), (v, 1e-9)))
    scaled = expected * [1e-9, 1e9]
    assert Plane(origin, long, short).locate(point) == pytest.approx(scaled, rel=1e-9)
    with pytest.raises(ValueError, match="`u` and `v` must not be parallel"):
        Plane(origin, u, u).locate(point)
    with pytest.raises(ValueError, match="`u` and `v` must not be parallel or zero"):
        Plane(origin, jax.tree.map(np.zeros_like, u), v).locate(point)
    with pytest.raises(ValueError, match="`params` must have the shapes"):
        Plane(origin, u, v).locate(np.ones(3))


def test_a_line_goes_along_a_direction_of_any_length():
    line = Line.along(NETWORK, jax.tree.map(np.ones_like, NETWORK), normalize="filter", ignore="bias")
    for leaf, along in zip(leaves(NETWORK), leaves(line.direction), strict=True):
        expected = norms(leaf, -1) if leaf.ndim >= 2 else 0.0
        np.testing.assert_allclose(norms(along, -1), expected, rtol=2e-7)
    assert {leaf.dtype for leaf in jax.tree.leaves(line.at(jnp.float64(0.3)))} == {np.dtype("float32")}
    with pytest.raises(ValueError, match="`direction` must not be zero"):
        Line.along(NETWORK, jax.tree.map(np.zeros_like, NETWORK))
    with pytest.raises(ValueError, match="must be two different points"):
        Line.between(NETWORK, NETWORK)


def test_a_long_path_of_a_large_network_is_projected_in_little_memory():
    points = RNG.normal(size=(40, 200_000)).astype(np.float32)
    path = path_of(points, np.float32)
    plane = Plane.principal(path)
    tracemalloc.start()
    project(path, plane)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * 40 * 200_000  # one copy in double precision would be that much
