"""Planes: slices of a parameter space of any shape, and paths seen from them."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.tree_util import Partial
from sklearn.decomposition import PCA

from landscape.curvature import curvature
from landscape.functions import FUNCTIONS
from landscape.objectives import Objective
from landscape.optimizers import OPTIMIZERS
from landscape.paths import Path, descend
from landscape.planes import Plane, project, restrict
from landscape.surfaces import evaluate

PARAMS = {"weights": np.arange(6.0).reshape(2, 3), "bias": np.array(10.0), "rest": [np.array([20.0, 21.0])]}
TRACED = []


def quartic(target, w):
    TRACED.append(target)
    return (
        jnp.sum((w["weights"] - target) ** 4)
        + (w["bias"] * w["weights"][1, 2] - 3) ** 2
        + jnp.sum(w["rest"][0] ** 2)
    )


TREE = Objective(
    Partial(quartic, 0.5), start=PARAMS, name="tree", minimum=1.0, known_point=(0, 1), known_value=2.0
)


@pytest.mark.parametrize(
    ("first", "second", "place"),
    [
        (("weights", 1, 2), ("bias",), lambda w: (w["weights"][1, 2], w["bias"])),
        (("weights", (0, 1)), ("rest", 0, -1), lambda w: (w["weights"][0, 1], w["rest"][0][1])),
        ("bias", ("weights", 0, 0), lambda w: (w["bias"], w["weights"][0, 0])),
    ],
)
def test_two_coordinates_of_a_pytree_take_the_values_given_and_the_rest_stays(first, second, place):
    plane = Plane.coordinates(PARAMS, first, second)
    at = plane.at(-7.0, 0.25)
    assert jax.tree.structure(at) == jax.tree.structure(PARAMS)
    assert place(at) == (-7.0, 0.25)
    changed = sum(
        np.count_nonzero(leaf != known)
        for leaf, known in zip(jax.tree.leaves(at), jax.tree.leaves(PARAMS), strict=True)
    )
    assert changed == 2
    home = plane.at(*place(PARAMS))
    jax.tree.map(np.testing.assert_array_equal, home, PARAMS)


def test_an_index_is_enough_for_a_vector():
    plane = Plane.coordinates([1, 2, 3, 4], (2,), (0,))
    assert plane.at(30.0, 10.0) == [10.0, 2.0, 30.0, 4.0]
    vector = Plane.coordinates(np.array([1, 2, 3, 4]), 2, -4)
    np.testing.assert_array_equal(vector.at(30.0, 10.0), [10, 2, 30, 4])
    single = Plane.coordinates(np.ones(3, np.float32), 0, 1)
    assert single.at(2.0, jnp.float64(3.0)).dtype == np.float32


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (("weights", 0, 0), ("weights", 0, 0), "must be two different parameters"),
        (("weights", 0), ("bias",), r"must lead to one number of the parameters, got \('weights', 0\)"),
        (("weight", 0, 0), ("bias",), r"must lead to one number of the parameters, got \('weight', 0, 0\)"),
        (("bias",), ("weights", 5, 0), "must lead to one number"),
        (("bias", 0), ("weights", 0, 0), "must lead to one number"),
        (7, ("bias",), "must lead to one number of the parameters, got 7"),
    ],
)
def test_a_coordinate_that_leads_nowhere_is_refused(first, second, message):
    with pytest.raises(ValueError, match=message):
        Plane.coordinates(PARAMS, first, second)


def test_the_objective_on_a_plane_is_the_same_loss_and_forgets_what_is_known_of_the_whole():
    plane = Plane.coordinates(PARAMS, ("weights", 1, 2), ("bias",))
    part = restrict(TREE, plane, domain=((-1.0, 1.0), (0.0, 4.0)), title="part")
    whole = {**PARAMS, "weights": PARAMS["weights"].copy(), "bias": np.array(1.75)}
    whole["weights"][1, 2] = -0.4
    assert float(part.loss(jnp.array([-0.4, 1.75]))) == pytest.approx(float(TREE.loss(whole)), rel=1e-14)
    assert part.domain == ((-1, 1), (0, 4))
    assert part.title == "part"
    assert part.name == "tree"
    assert (part.minimum, part.minimizers, part.known_point, part.known_value) == (None,) * 4
    # d²/dw² of 4th power plus (b w - 3)², by hand, at w = -0.4, b = 1.75
    hessian = curvature(part, [-0.4, 1.75]).hessian
    cross = 2 * (1.75 * -0.4 - 3) + 2 * 1.75 * -0.4
    np.testing.assert_allclose(hessian, [[12 * 0.9**2 + 2 * 1.75**2, cross], [cross, 2 * 0.4**2]], rtol=1e-12)


def test_residuals_are_restricted_too():
    rosenbrock = FUNCTIONS["rosenbrock"]
    plane = Plane(np.array([1.0, 1.0]), np.array([0.0, 1.0]), np.array([2.0, 0.0]))
    part = restrict(rosenbrock, plane)
    residuals = part.residuals(jnp.array([0.5, -1.0]))
    assert float(jnp.sum(residuals**2)) == pytest.approx(float(part.loss(jnp.array([0.5, -1.0]))))
    assert float(part.loss(jnp.array([0.5, -1.0]))) == pytest.approx(100 * (1.5 - 1) ** 2 + 4)
    path = descend(part, OPTIMIZERS["levenberg-marquardt"].build(), [0.5, -1.0], num_steps=50)
    np.testing.assert_allclose(path.params[-1], [0, 0], atol=1e-8)


def test_a_plane_is_seen_in_its_own_coordinates():
    slanted = Objective(lambda p: p[0] + 10 * p[1] + 100 * p[2], start=np.zeros(3))
    plane = Plane(np.array([1.0, 2.0, 3.0]), np.array([1.0, 0, 1.0]), np.array([0.0, -1.0, 0]))
    surface = evaluate(slanted, plane, resolution=3, extent=((0, 2), (-1, 3)))
    np.testing.assert_allclose(surface.values, [[331, 432, 533], [311, 412, 513], [291, 392, 493]])


def test_other_planes_and_other_numbers_compile_nothing():
    evaluate(TREE, Plane.coordinates(PARAMS, ("bias",), ("weights", 0, 0)), resolution=4)
    restricted = restrict(TREE, Plane.coordinates(PARAMS, ("bias",), ("weights", 0, 0)))
    descend(restricted, OPTIMIZERS["gd"].build(), num_steps=3)
    curvature(restricted, [0.0, 1.0])
    before = len(TRACED)
    other = TREE.replace(loss=Partial(quartic, -2.0))
    plane = Plane.coordinates(jax.tree.map(lambda leaf: leaf + 1, PARAMS), ("weights", 1, 1), ("rest", 0, 1))
    evaluate(other, plane, resolution=4, extent=((3, 4), (-9, 9)))
    restricted = restrict(other, plane)
    descend(restricted, OPTIMIZERS["gd"].build(learning_rate=1e-4), [1, 2], num_steps=30)
    curvature(restricted, [0.5, 4.0])
    assert len(TRACED) == before


def random_path(shape, scale):
    values = np.random.default_rng(7).normal(size=(30, 9)) * scale
    params = {
        "weights": values[:, :6].reshape(30, 2, 3),
        "bias": values[:, 6].reshape(30),
        "rest": [values[:, 7:].reshape(30, 2)],
    }
    assert shape == jax.tree.structure(params)
    return Path(params, np.zeros(30), params, params, {}, np.arange(30), None), flat(params, 30)


def flat(params, rows):
    return np.concatenate([np.reshape(leaf, (rows, -1)) for leaf in jax.tree.leaves(params)], axis=1)


def test_projection_is_numpys_least_squares():
    path, points = random_path(jax.tree.structure(PARAMS), 1.0)
    rng = np.random.default_rng(8)
    origin, u, v = (jax.tree.map(lambda leaf: rng.normal(size=np.shape(leaf)), PARAMS) for _ in range(3))
    seen = project(path, Plane(origin, u, v))
    directions = np.concatenate([flat(jax.tree.map(lambda leaf: leaf[None], d), 1) for d in (u, v)]).T
    offsets = points - flat(jax.tree.map(lambda leaf: leaf[None], origin), 1)
    coordinates, residuals, _, _ = np.linalg.lstsq(directions, offsets.T)
    np.testing.assert_allclose(seen.coordinates, coordinates.T, rtol=1e-11)
    np.testing.assert_allclose(seen.distances, np.sqrt(residuals), rtol=1e-11)
    assert seen.coordinates.shape == (30, 2)
    assert 0 < seen.explained_variance < 1


def test_the_principal_plane_explains_what_pca_says_and_no_plane_explains_more():
    path, points = random_path(jax.tree.structure(PARAMS), np.array([9.0, 1, 4, 1, 1, 2, 1, 5, 1]))
    pca = PCA(2).fit(points)
    treedef = jax.tree.structure(PARAMS)

    def unflatten(vector):
        bias, rest, weights = vector[:1].reshape(()), vector[1:3], vector[3:].reshape(2, 3)
        return jax.tree.unflatten(treedef, [bias, rest, weights])

    # of other lengths, and slanted: the plane is the same
    u, v = 3 * pca.components_[0], pca.components_[1] - 0.5 * pca.components_[0]
    seen = project(path, Plane(unflatten(pca.mean_), unflatten(u), unflatten(v)))
    assert seen.explained_variance == pytest.approx(pca.explained_variance_ratio_.sum(), rel=1e-12)
    back = seen.coordinates @ np.stack([u, v])
    np.testing.assert_allclose(back, pca.inverse_transform(pca.transform(points)) - pca.mean_, atol=1e-10)
    other = project(path, Plane.coordinates(PARAMS, ("weights", 0, 0), ("bias",)))
    assert other.explained_variance < seen.explained_variance


def test_the_principal_directions_are_those_of_pca_and_point_the_way_of_the_path():
    path, points = random_path(jax.tree.structure(PARAMS), np.array([9.0, 1, 4, 1, 1, 2, 1, 5, 1]))
    plane = Plane.principal(path)
    found = np.stack([np.concatenate([np.ravel(x) for x in jax.tree.leaves(d)]) for d in (plane.u, plane.v)])
    wanted = PCA(2).fit(points).components_
    way = points[-1] - points[0]
    np.testing.assert_allclose(found, wanted * np.sign(wanted @ way)[:, None], atol=1e-9)
    back = Plane.principal(replace(path, params=jax.tree.map(lambda leaf: leaf[::-1], path.params)))
    np.testing.assert_allclose(back.u["weights"], -np.asarray(plane.u["weights"]), atol=1e-9)


def test_a_path_that_does_not_move_or_that_diverges_is_projected_without_hiding_it():
    path, _ = random_path(jax.tree.structure(PARAMS), 0.0)
    plane = Plane.coordinates(PARAMS, ("bias",), ("rest", 0, 0))
    still = project(path, plane)
    assert np.isnan(still.explained_variance)
    np.testing.assert_allclose(still.distances, np.sqrt(np.sum(np.arange(6.0) ** 2) + 21**2), rtol=1e-14)
    path.params["bias"][4] = np.inf
    path.params["weights"][5, 0, 0] = np.nan
    wild = project(path, plane)
    assert np.isfinite(wild.distances).sum() == 28
    assert not np.isfinite(wild.distances[4:6]).any()
    assert np.isnan(wild.explained_variance)


def test_a_plane_that_is_none_or_a_path_from_elsewhere_is_refused():
    path, _ = random_path(jax.tree.structure(PARAMS), 1.0)
    line = jax.tree.map(np.ones_like, PARAMS)
    with pytest.raises(ValueError, match="must not be parallel or zero"):
        project(path, Plane(PARAMS, line, jax.tree.map(lambda leaf: -2 * leaf, line)))
    with pytest.raises(ValueError, match="`path` must have the shapes"):
        project(path, Plane.coordinates(np.zeros(9), 0, 1))
    other = {**PARAMS, "weights": np.zeros((3, 2))}
    with pytest.raises(ValueError, match=r"\(3, 2\).*, got .*\(2, 3\)"):
        project(path, Plane.coordinates(other, ("weights", 0, 0), ("bias",)))
