"""Surfaces: a loss on a grid, in Plotly's order, with what is not finite counted."""

import jax.numpy as jnp
import numpy as np
import pytest
from jax.tree_util import Partial
from scipy.optimize import approx_fprime

from landscape.functions import FUNCTIONS
from landscape.objectives import Objective
from landscape.planes import Plane
from landscape.surfaces import evaluate, gradient_field

TRACED = []


def slanted(scale, point):
    TRACED.append(scale)
    x, y = point
    return scale * x + 10 * y + x * y**2


SLANTED = Objective(Partial(slanted, 1.0), start=np.zeros(2), domain=((0.0, 2.0), (-1.0, 3.0)))
WIDE = ((-3.0, 5.0), (1.0, 2.0))


def test_rows_are_y_and_columns_are_x():
    surface = evaluate(SLANTED, resolution=3)
    assert surface.x.tolist() == [0, 1, 2]
    assert surface.y.tolist() == [-1, 1, 3]
    assert surface.values.tolist() == [[-10, -8, -6], [10, 12, 14], [30, 40, 50]]
    assert surface.num_nonfinite == 0
    assert type(surface.values) is np.ndarray


@pytest.mark.parametrize("resolution", [2, 31, 33, 101])
def test_every_value_is_the_loss_at_its_point(resolution):
    # 33² and 101² are no multiples of the batch
    surface = evaluate(SLANTED, resolution=resolution, extent=WIDE)
    x, y = np.meshgrid(np.linspace(-3, 5, resolution), np.linspace(1, 2, resolution))
    np.testing.assert_allclose(surface.values, x + 10 * y + x * y**2, rtol=1e-14, atol=1e-13)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_drawn_without_a_hole(name):
    surface = evaluate(FUNCTIONS[name], resolution=41)
    assert surface.num_nonfinite == 0
    lowest = FUNCTIONS[name].minimum
    assert lowest is None or surface.values.min() >= lowest - 1e-12


def test_what_is_not_finite_stays_so_and_is_counted():
    holes = Objective(lambda p: jnp.log(p[0]) + 1 / p[1] + 0 * p[0], start=np.ones(2))
    surface = evaluate(holes, resolution=5, extent=((-2, 2), (-2, 2)))
    # log of a negative x: NaN in two columns; log 0 and 1/0: infinite in one column and one row
    assert np.isnan(surface.values[:, :2]).all()
    assert np.isneginf(surface.values[[0, 1, 3, 4], 2]).all()
    assert np.isposinf(surface.values[2, 3:]).all()
    assert surface.num_nonfinite == np.count_nonzero(~np.isfinite(surface.values)) == 10 + 5 + 2


def test_numbers_compile_nothing():
    evaluate(SLANTED, resolution=7)
    gradient_field(SLANTED, resolution=7)
    before = len(TRACED)
    steeper = SLANTED.replace(loss=Partial(slanted, -4.0))
    assert evaluate(steeper, resolution=7, extent=WIDE).values[0, 0] == pytest.approx(12 + 10 - 3)
    assert gradient_field(steeper, resolution=7, extent=WIDE)[2][0, 0] == pytest.approx(-4 + 1)
    assert len(TRACED) == before


def test_the_gradient_field_is_the_gradient_in_the_same_order():
    x, y, gx, gy = gradient_field(SLANTED, resolution=4, extent=WIDE)
    assert gx.shape == gy.shape == (4, 4)
    np.testing.assert_allclose(gx, np.broadcast_to(1 + y[:, None] ** 2, (4, 4)), rtol=1e-14)
    np.testing.assert_allclose(gy, 10 + 2 * x[None, :] * y[:, None], rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("name", ["goldstein-price", "mccormick", "plateau"])
def test_the_gradient_field_is_scipys_differences(name):
    x, y, gx, gy = gradient_field(FUNCTIONS[name], resolution=5)
    for i, j in [(0, 3), (1, 0), (4, 2)]:
        differences = approx_fprime([x[j], y[i]], lambda p: float(FUNCTIONS[name].loss(jnp.asarray(p))), 1e-7)
        np.testing.assert_allclose([gx[i, j], gy[i, j]], differences, rtol=1e-4, atol=1e-5)


def test_on_a_plane_the_window_is_a_square_about_its_origin():
    tree = Objective(lambda w: w["a"][0] + 10 * w["b"], start={"a": np.zeros(2), "b": 5.0})
    plane = Plane({"a": np.zeros(2), "b": 5.0}, {"a": np.eye(2)[0], "b": 0.0}, {"a": np.zeros(2), "b": 1.0})
    surface = evaluate(tree, plane, resolution=3)
    assert surface.x.tolist() == surface.y.tolist() == [-1, 0, 1]
    assert surface.values.tolist() == [[39, 40, 41], [49, 50, 51], [59, 60, 61]]


@pytest.mark.parametrize("function", [evaluate, gradient_field])
@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"resolution": 1}, "`resolution` must be from 2 to 2049, .*, got 1"),
        ({"resolution": 5000}, "`resolution` must be from 2 to 2049, .*, got 5000"),
        ({"resolution": 2.5}, "`resolution` must be a whole number, got 2.5"),
        ({"extent": ((0, 1), (2, 2))}, "`extent` must run from a finite y to a larger one, got 2 to 2"),
        ({"extent": ((3, 1), (0, 2))}, "`extent` must run from a finite x to a larger one, got 3 to 1"),
        (
            {"extent": ((0, np.inf), (0, 2))},
            "`extent` must run from a finite x to a larger one, got 0 to inf",
        ),
        ({"extent": ((0, np.nan), (0, 2))}, "`extent` must run from a finite x"),
        ({"extent": ((-1e308, 1e308), (0, 2))}, "`extent` must run from a finite x"),
        ({"extent": (0, 1)}, r"`extent` must be \(\(xmin, xmax\), \(ymin, ymax\)\), got \(0, 1\)"),
        ({"extent": ((0, 1),)}, r"`extent` must be \(\(xmin, xmax\)"),
        ({"extent": "wide"}, "`extent` must be .*, got 'wide'"),
    ],
)
def test_a_window_that_is_not_usable_is_refused(function, numbers, message):
    with pytest.raises(ValueError, match=message):
        function(SLANTED, **numbers)


@pytest.mark.parametrize("function", [evaluate, gradient_field])
def test_an_objective_that_is_no_function_of_two_numbers_needs_a_plane(function):
    three = Objective(lambda w: jnp.sum(w), start=np.zeros(3))
    with pytest.raises(ValueError, match="`objective` must have two parameters in one vector"):
        function(three, extent=WIDE)
    pair = Objective(lambda w: w["a"] + w["b"], start={"a": 1.0, "b": 2.0})
    with pytest.raises(ValueError, match="`objective` must have two parameters in one vector"):
        function(pair, extent=WIDE)
    with pytest.raises(ValueError, match="`extent` must be given"):
        function(SLANTED.replace(domain=None))
