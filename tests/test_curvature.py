"""Curvature: against finite differences, closed forms, and critical points found elsewhere."""

from collections import Counter
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.optimize
from jax.tree_util import Partial
from scipy.differentiate import hessian as differences

import landscape
from landscape.curvature import critical_points, curvature
from landscape.datasets import DATASETS
from landscape.functions import FUNCTIONS
from landscape.objectives import Objective

TRACED = []
WINDOW = ((-4.0, 4.0), (-4.0, 4.0))


def quadratic(matrix, vector, point):
    TRACED.append(matrix)
    return point @ matrix @ point / 2 - vector @ point


A = np.array([[5.0, -2.0, 0.5], [-2.0, 3.0, 1.0], [0.5, 1.0, 0.25]])
B = np.array([1.0, -1.0, 2.0])


def two(loss, domain=WINDOW):
    return Objective(loss, start=np.zeros(2), domain=domain)


@pytest.mark.parametrize("name", ["beale", "goldstein-price", "branin", "ackley", "plateau", "mccormick"])
def test_gradient_and_hessian_are_scipys_differences(name):
    objective = FUNCTIONS[name]
    (xmin, xmax), (ymin, ymax) = objective.domain
    point = np.array([xmin + 0.3 * (xmax - xmin), ymin + 0.6 * (ymax - ymin)])
    at = curvature(objective, point)

    program = jax.jit(jnp.vectorize(objective.loss, signature="(n)->()"))

    def loss(points):
        return np.asarray(program(np.moveaxis(points, 0, -1)))

    scale = np.abs(at.hessian).max()
    # Ridders' extrapolation: good to about nine digits of the largest entry
    np.testing.assert_allclose(at.hessian, differences(loss, point, initial_step=0.05).ddf, atol=1e-6 * scale)
    slope = scipy.optimize.approx_fprime(point, loss, 1e-7)
    np.testing.assert_allclose(at.gradient, slope, rtol=1e-4, atol=1e-6 * scale)
    assert at.loss == pytest.approx(float(loss(point)), rel=1e-14)


def test_eigenpairs_of_a_quadratic_are_those_of_its_matrix():
    objective = Objective(Partial(quadratic, A, B), start=np.zeros(3))
    at = curvature(objective, [1, 2, 3])
    np.testing.assert_allclose(at.point, [1, 2, 3])
    np.testing.assert_allclose(at.hessian, A, rtol=1e-14)
    np.testing.assert_allclose(at.gradient, A @ [1, 2, 3] - B, rtol=1e-14)
    sizes = np.sort(np.linalg.svd(A)[1])  # the sizes of the eigenvalues, by another way
    np.testing.assert_allclose(np.sort(np.abs(at.eigenvalues)), sizes, rtol=1e-12)
    assert np.all(np.diff(at.eigenvalues) > 0)
    assert at.eigenvalues[0] < 0
    for value, vector in zip(at.eigenvalues, at.eigenvectors.T, strict=True):
        np.testing.assert_allclose(A @ vector, value * vector, atol=1e-12)
        assert np.linalg.norm(vector) == pytest.approx(1)
    assert at.condition_number == pytest.approx(np.linalg.cond(A), rel=1e-12)
    assert at.sharpness == at.eigenvalues[-1]
    assert at.largest_stable_learning_rate == pytest.approx(2 / at.eigenvalues[-1])
    assert at.kind == "not-critical"
    assert curvature(objective, np.linalg.solve(A, B)).kind == "saddle"


def test_numbers_compile_nothing():
    curvature(Objective(Partial(quadratic, A, B), start=np.zeros(3)), [0.0, 0.0, 0.0])
    critical_points(two(Partial(quadratic, A[:2, :2], B[:2])))
    before = len(TRACED)
    curvature(Objective(Partial(quadratic, -A, 2 * B), start=np.zeros(3)), [4, 5, 6])
    found = critical_points(
        two(Partial(quadratic, -A[:2, :2], B[:2])), extent=((-9, 2), (-3, 7)), resolution=9
    )
    assert len(TRACED) == before
    np.testing.assert_allclose(
        [point.point for point in found], [np.linalg.solve(-A[:2, :2], B[:2])], rtol=1e-12
    )
    assert found[0].kind == "maximum"


def test_a_pytree_is_seen_as_one_vector():
    tree = Objective(lambda w: w["a"][0] ** 2 * w["b"] + w["a"][1] ** 3, start={"a": np.zeros(2), "b": 0.0})
    at = curvature(tree, {"a": [2, 3], "b": 5})
    assert at.point.tolist() == [2, 3, 5]
    assert at.gradient.tolist() == [20, 27, 4]
    assert at.hessian.tolist() == [[10, 0, 4], [0, 18, 0], [4, 0, 0]]


@pytest.mark.parametrize(
    ("loss", "point", "kind"),
    [
        (lambda p: p[0] ** 2 + 3 * p[1] ** 2, [0, 0], "minimum"),
        (lambda p: -(p[0] ** 2) - 3 * p[1] ** 2, [0, 0], "maximum"),
        (lambda p: p[0] * p[1], [0, 0], "saddle"),
        (lambda p: p[0] ** 3 - 3 * p[0] * p[1] ** 2, [0, 0], "degenerate"),
        (lambda p: p[0] ** 2 + p[1] ** 4, [0, 0], "degenerate"),
        (lambda p: (p[0] + p[1] - 1) ** 2, [0.25, 0.75], "degenerate"),
        (lambda p: p[0] ** 2 + 3 * p[1] ** 2, [1e-9, 0], "minimum"),
        (lambda p: p[0] ** 2 + 3 * p[1] ** 2, [1e-3, 0], "not-critical"),
        (lambda p: p[0] + 0 * p[1], [0, 0], "not-critical"),
        (lambda p: 1e-13 * p[0] + 0 * p[1], [0, 0], "not-critical"),
        # the scale of the loss says nothing, and neither does a flat direction next to a steep one
        (lambda p: 1e-12 * (p[0] ** 2 + 3 * p[1] ** 2), [0, 0], "minimum"),
        (lambda p: 1e-12 * (p[0] ** 2 + 3 * p[1] ** 2), [1, 0], "not-critical"),
        (lambda p: p[0] ** 2 + 1e-7 * p[1] ** 2, [0, 1], "not-critical"),
        (lambda p: p[0] ** 2 + 1e-7 * p[1] ** 2, [0, 0], "minimum"),
    ],
)
def test_the_kind_of_a_point(loss, point, kind):
    assert curvature(two(loss), point).kind == kind


def test_where_there_is_no_curvature_there_is_no_stable_learning_rate():
    valley = curvature(two(lambda p: (p[0] + p[1]) ** 2), [1, 2])
    assert valley.condition_number > 1e15
    assert valley.largest_stable_learning_rate == pytest.approx(2 / 4)
    hill = curvature(two(lambda p: -jnp.sum(p**2)), [1, 2])
    assert hill.largest_stable_learning_rate is None
    line = curvature(two(lambda p: p[0] + 0 * p[1]), [1, 2])
    assert line.condition_number == np.inf
    assert line.largest_stable_learning_rate is None


@pytest.mark.parametrize("point", [[-1.0, 2.0], [0.0, 2.0], [np.nan, 1.0]])
def test_where_the_loss_is_not_finite_nothing_is_claimed(point):
    at = curvature(two(lambda p: jnp.log(p[0]) * p[1]), point)
    assert not np.isfinite(at.loss)
    assert np.isnan(at.eigenvalues).all()
    assert at.eigenvectors.shape == (2, 2)
    assert np.isnan(at.condition_number)
    assert at.kind == "not-critical"


# Six-hump camel: S. Surjanovic and D. Bingham (2013), Virtual library of simulation experiments: six local
# minima. Himmelblau: nine real zeros of the gradient. The counts of extrema and saddles are held against
# each other by `test_the_counts_agree_with_the_turning_of_the_gradient`.
KNOWN = {
    "bowl": {"minimum": 1},
    "ravine": {"minimum": 1},
    "saddle": {"saddle": 1},
    "monkey-saddle": {"degenerate": 1},
    "rosenbrock": {"minimum": 1},
    "himmelblau": {"minimum": 4, "saddle": 4, "maximum": 1},
    "booth": {"minimum": 1},
    "styblinski-tang": {"minimum": 4, "saddle": 4, "maximum": 1},
    "six-hump-camel": {"minimum": 6, "saddle": 7, "maximum": 2},
    "branin": {"minimum": 3, "saddle": 2},
    "plateau": {"minimum": 1},
    "cliff": {"minimum": 1},
}


@pytest.mark.parametrize("name", KNOWN)
def test_the_critical_points_of_a_function_are_all_found(name):
    found = critical_points(FUNCTIONS[name])
    assert Counter(point.kind for point in found) == KNOWN[name]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_critical_point_is_one_and_stands_once_and_no_known_minimizer_is_missing(name):
    objective = FUNCTIONS[name]
    found = critical_points(objective, max_points=1000)
    points = np.array([point.point for point in found])
    for each in found:
        assert np.linalg.norm(each.gradient) <= 1e-6 * (1 + np.abs(each.hessian).max())
    apart = np.linalg.norm(points[:, None] - points, axis=2) + np.eye(len(points))
    assert apart.min() > 1e-4
    assert [point.loss for point in found] == sorted(point.loss for point in found)
    for minimizer in [] if objective.minimizers is None else objective.minimizers:
        near = np.linalg.norm(points - minimizer, axis=1)
        assert near.min() < 1e-6
        assert found[int(near.argmin())].kind in {"minimum", "degenerate"}


@pytest.mark.parametrize(
    "name", ["himmelblau", "six-hump-camel", "beale", "branin", "goldstein-price", "easom"]
)
def test_the_counts_agree_with_the_turning_of_the_gradient(name):
    # Along a closed curve the gradient turns once for each minimum or maximum inside, and once back for
    # each saddle (Milnor 1965, Topology from the differentiable viewpoint, section 6).
    objective = FUNCTIONS[name]
    (xmin, xmax), (ymin, ymax) = objective.domain
    s = np.linspace(0, 1, 4001)
    corners = [(xmin, ymin), (xmax, ymin), (xmax, ymax), (xmin, ymax), (xmin, ymin)]
    border = np.concatenate([np.outer(1 - s, a) + np.outer(s, b) for a, b in pairwise(corners)])
    gx, gy = border_gradient(objective.loss, border).T
    turns = np.sum(np.diff(np.unwrap(np.arctan2(gy, gx)))) / (2 * np.pi)
    counts = Counter(point.kind for point in critical_points(objective))
    assert counts["degenerate"] == 0
    assert counts["minimum"] + counts["maximum"] - counts["saddle"] == pytest.approx(turns, abs=1e-6)


def border_gradient(loss, points, step=1e-6):
    evaluate = jax.jit(jnp.vectorize(loss, signature="(n)->()"))
    columns = [evaluate(points + step * axis) - evaluate(points - step * axis) for axis in np.eye(2)]
    return np.stack(columns, axis=1) / (2 * step)


@pytest.mark.parametrize(
    "loss",
    [
        lambda p: 0 * p[0] + 2.0,
        lambda p: p[0] - 3 * p[1],
        lambda p: (p[0] + p[1]) ** 2,
        lambda p: jnp.maximum(p[0] - 1, 0) ** 2 + 0 * p[1],
        lambda p: jnp.abs(p[0] - 0.3) + jnp.abs(p[1]),
        lambda p: jnp.exp(-((p[0] - 9) ** 2) - (p[1] - 9) ** 2),
        lambda p: jnp.nan * p[0],
    ],
    ids=["constant", "linear", "valley", "half-flat", "kinks", "tail", "nan"],
)
def test_where_nothing_stands_alone_nothing_is_found(loss):
    assert critical_points(two(loss)) == []


def test_a_peak_in_a_plain_is_all_there_is():
    found = critical_points(two(lambda p: -jnp.exp(-8 * jnp.sum((p - 1.234) ** 2))))
    assert [point.kind for point in found] == ["minimum"]
    np.testing.assert_allclose(found[0].point, [1.234, 1.234], rtol=1e-9)


@pytest.mark.parametrize("power", [3, 4, 5, 6])
def test_a_degenerate_point_is_found_whatever_its_order(power):
    found = critical_points(two(lambda p: (p[0] - 0.3) ** 2 + (p[1] + 0.7) ** power))
    assert [point.kind for point in found] == ["degenerate"]
    np.testing.assert_allclose(found[0].point, [0.3, -0.7], atol=1e-4)


def test_the_critical_point_of_a_regression_is_numpys_least_squares():
    data = DATASETS["diabetes"].select("s1", "s2").center()
    X, y = jnp.asarray(data.inputs), jnp.asarray(data.targets)
    wanted, *_ = np.linalg.lstsq(data.inputs, data.targets)
    window = tuple((float(w - abs(w)), float(w + 2 * abs(w))) for w in wanted)
    found = critical_points(two(lambda w: jnp.mean((X @ w - y) ** 2), window))
    assert [point.kind for point in found] == ["minimum"]
    np.testing.assert_allclose(found[0].point, wanted, rtol=1e-9)
    assert found[0].condition_number == pytest.approx(np.linalg.cond(data.inputs) ** 2, rel=1e-9)


def test_every_ripple_of_a_wave_is_found():
    # 2x + 20π sin 2πx has 21 zeros within ±5.12, alternately of a minimum and of a maximum of one coordinate
    rastrigin = Counter(point.kind for point in critical_points(FUNCTIONS["rastrigin"], max_points=1000))
    assert rastrigin == {"minimum": 11 * 11, "maximum": 10 * 10, "saddle": 2 * 11 * 10}
    # SciPy's Nelder–Mead from the 121 pairs of integers, times 0.99, ends in 121 places within ±5
    ackley = FUNCTIONS["ackley"]
    loss = jax.jit(ackley.loss)
    found = np.array([p.point for p in critical_points(ackley, max_points=1000) if p.kind == "minimum"])
    assert len(found) == 121
    for start in [(-4.95, 4.95), (0.99, -3.96), (2.97, 0.0)]:
        end = scipy.optimize.minimize(lambda p: float(loss(p)), start, method="Nelder-Mead", tol=1e-9).x
        assert np.linalg.norm(found - end, axis=1).min() < 1e-6


def test_only_the_lowest_are_returned_where_there_are_too_many():
    every = critical_points(FUNCTIONS["himmelblau"])
    lowest = critical_points(FUNCTIONS["himmelblau"], max_points=3)
    assert [point.loss for point in lowest] == [point.loss for point in every[:3]]
    quarter = critical_points(FUNCTIONS["himmelblau"], extent=((0, 5), (0, 5)))
    np.testing.assert_allclose(
        [point.point for point in quarter if point.kind == "minimum"], [[3, 2]], atol=1e-9
    )


@pytest.mark.parametrize(
    ("objective", "numbers", "message"),
    [
        (two(jnp.sum, None), {}, "`extent` must be given for an objective without a domain"),
        (two(jnp.sum), {"extent": ((0, 0), (1, 2))}, "`extent` must run from a finite x to a larger one"),
        (two(jnp.sum), {"resolution": 1}, "`resolution` must be at least 2, got 1"),
        (Objective(jnp.sum, start=np.zeros(3)), {"extent": WINDOW}, "`objective` must have two parameters"),
    ],
)
def test_a_window_that_is_not_usable_is_refused(objective, numbers, message):
    with pytest.raises(ValueError, match=message):
        critical_points(objective, **numbers)


def test_a_point_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"`point` must have the shape \(2,\), got \(3,\)"):
        curvature(FUNCTIONS["bowl"], [1.0, 2.0, 3.0])


def test_where_a_loss_is_minus_infinity_is_no_critical_point():
    well = landscape.formula("log(x) + y^2").replace(domain=((-2.0, 2.0), (-2.0, 2.0)))
    assert landscape.critical_points(well) == []


def test_beside_the_pole_of_a_logarithm_nothing_is_critical():
    pole = landscape.formula("log(x) + log10(y)").replace(domain=((-2.0, 2.0), (-2.0, 2.0)))
    assert critical_points(pole) == []
