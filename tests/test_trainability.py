"""Trainability: maps against loops in NumPy, walks of gradient descent and closed forms; strips, windows."""

import jax.numpy as jnp
import numpy as np
import pytest
from compiling import counted

from landscape import parts
from landscape.objectives import Objective
from landscape.optimizers import OPTIMIZERS
from landscape.paths import descend
from landscape.sweeps.trainability import AXES, trainability

BELOW = ((-1.0, 0.7), (-1.0, 0.7))
"""A window below the border, where training is no chaos and two programs agree to rounding."""

PHI = {
    "tanh": (lambda z: np.tanh(2**0.5 * z), lambda z: 2**0.5 / np.cosh(2**0.5 * z) ** 2),
    "relu": (lambda z: 2**0.5 * np.maximum(z, 0), lambda z: 2**0.5 * (z > 0)),
    "identity": (lambda z: z, np.ones_like),
}


def drawn(width, num_examples, seed):
    """Inputs, targets and first weights, as they are said to be drawn."""
    rng = np.random.default_rng(seed)
    return tuple(
        rng.standard_normal(shape) for shape in [(num_examples, width), num_examples, (width, width), width]
    )


def losses(data, rates, num_steps, activation="tanh"):
    """The loss before each step and after the last, by derivatives written by hand."""
    inputs, targets, inner, outer = data
    phi, slope = PHI[activation]
    width, found = len(outer), []
    with np.errstate(all="ignore"):
        for _ in range(num_steps + 1):
            z = inputs @ inner / np.sqrt(width)
            residuals = phi(z) @ outer / width - targets
            found.append(np.mean(residuals**2))
            sent_back = 2 / len(targets) * residuals[:, None] / width
            inner_slope = inputs.T @ (sent_back * outer * slope(z)) / np.sqrt(width)
            outer_slope = np.sum(sent_back * phi(z), axis=0)
            inner, outer = inner - rates[0] * inner_slope, outer - rates[1] * outer_slope
    return np.array(found)


@pytest.mark.parametrize("activation", PHI)
@pytest.mark.parametrize(("width", "num_examples", "seed"), [(4, 12, 7), (3, 5, 0)])
def test_cells_are_those_of_a_loop_in_numpy(activation, width, num_examples, seed):
    network = {"width": width, "num_examples": num_examples, "seed": seed}
    num_steps = 60
    for extent in (BELOW, ((2.0, 2.5), (3.0, 4.0))):  # the second diverges
        found = trainability(
            extent=extent, resolution=(4, 3), num_steps=num_steps, activation=activation, **network
        )
        assert found.values.shape == found.converged.shape == found.shade.shape == (3, 4)
        for (i, j), value in np.ndenumerate(found.values):
            ratios = losses(
                drawn(width, num_examples, seed), (10 ** found.x[j], 10 ** found.y[i]), num_steps, activation
            )
            ratios /= ratios[0]
            capped = np.where(ratios < 1e6, ratios, 1e6)
            converged = np.mean(capped[-20:]) < 1
            assert found.converged[i, j] == converged == (extent == BELOW)
            shade = np.mean(capped[:-1] if converged else 1 / capped[:-1])
            np.testing.assert_allclose(found.shade[i, j], shade, rtol=1e-9)
            if np.isfinite(value) or np.isfinite(ratios[-1]):
                np.testing.assert_allclose(value, ratios[-1], rtol=1e-8)


def test_runs_at_one_rate_are_those_of_gradient_descent():
    inputs, targets, inner, outer = drawn(4, 12, 7)

    def loss(params):
        hidden = jnp.tanh(2**0.5 * inputs @ params["inner"] / 2)
        return jnp.mean((hidden @ params["outer"] / 4 - targets) ** 2)

    start = {"inner": inner, "outer": outer}
    objective = Objective(loss, start)
    names = {"scale": ("rate", "scale"), "offset": ("rate", "offset")}
    extent = {"scale": ((-1.0, 0.2), (-1, 0.5)), "offset": ((-1.0, 0.2), (-1, 1))}
    for name, (x, y) in names.items():
        found = trainability(x=x, y=y, extent=extent[name], resolution=3, num_steps=80, outer_rate=1.0)
        assert found.axes == (x, y)
        for (i, j), value in np.ndenumerate(found.values):
            begin = (
                {key: part * 10 ** found.y[i] for key, part in start.items()}
                if name == "scale"
                else {"inner": inner + found.y[i], "outer": outer}
            )
            path = descend(objective, OPTIMIZERS["gd"].build(learning_rate=10 ** found.x[j]), begin, 80)
            np.testing.assert_allclose(value, path.losses[-1] / path.losses[0], rtol=1e-8)


@pytest.mark.parametrize("activation", PHI)
def test_where_one_layer_alone_learns_the_border_is_two_over_the_curvature(activation):
    # With the inner layer at rest the loss is a quadratic of the outer weights.
    inputs, _, inner, _ = drawn(4, 12, 7)
    features = PHI[activation][0](inputs @ inner / 2) / 4
    border = np.log10(2 / np.linalg.eigvalsh(2 / 12 * features.T @ features)[-1])
    found = trainability(
        extent=((-99.0, -98.0), (border - 0.02, border + 0.02)),
        resolution=(2, 40),
        num_steps=1000,  # more, and weights that explode would move even the inner layer
        activation=activation,
    )
    decided = np.abs(found.y - border) > np.log10(1.01)
    assert 20 < decided.sum() < 40
    np.testing.assert_array_equal(found.converged[decided], np.tile(found.y < border, (2, 1)).T[decided])


def test_one_linear_unit_ends_at_the_border_of_its_quadratic():
    # f = w v x with v at rest: the curvature along w is 2 (v x)², and the loss falls as (1 − η λ)²
    inputs, _, _, outer = drawn(1, 1, 3)
    curvature = 2 * (outer[0] * inputs[0, 0]) ** 2
    network = {"width": 1, "num_examples": 1, "seed": 3, "activation": "identity", "outer_rate": 1e-99}
    limit = np.log10(2 / curvature)
    extent = ((limit - 0.5, limit + 0.5), (-0.1, 0.1))
    found = trainability(y="offset", extent=extent, resolution=(20, 2), num_steps=7, **network)
    contraction = (1 - 10**found.x * curvature) ** 14
    np.testing.assert_allclose(found.values, np.tile(contraction, (2, 1)), rtol=1e-9, atol=1e-15)
    np.testing.assert_array_equal(found.converged, np.tile(found.x < limit, (2, 1)))


CHAOS = {"extent": ((1.0, 1.4), (0.8, 1.1)), "resolution": (33, 24), "num_steps": 150}
"""A window on the border: a single rounding changes what becomes of a run."""


def test_a_window_in_strips_is_the_window():
    whole = trainability(**CHAOS)
    assert 0.2 < whole.converged.mean() < 0.8
    strips = [trainability(**CHAOS, rows=rows) for rows in [(0, 1), (1, 11), (11, 24)]]
    for name in ("y", "values", "converged", "shade"):
        joined = np.concatenate([getattr(strip, name) for strip in strips])
        np.testing.assert_array_equal(joined, getattr(whole, name))


def test_numbers_do_not_depend_on_the_cores(monkeypatch):
    whole = trainability(**CHAOS)
    monkeypatch.setattr(parts, "NUM_THREADS", 3)
    found = trainability(**CHAOS)
    np.testing.assert_array_equal(found.values, whole.values)
    np.testing.assert_array_equal(found.shade, whole.shade)


def test_a_window_has_the_numbers_of_the_window_around_it():
    # halves of a power of two: the same coordinates to the last bit
    around = trainability(extent=((0.5, 1.5), (0.5, 1.5)), resolution=32, num_steps=100)
    inner = trainability(extent=((1.0, 1.25), (0.75, 1.0)), resolution=8, num_steps=100)
    np.testing.assert_array_equal(inner.x, around.x[16:24])
    np.testing.assert_array_equal(inner.values, around.values[8:16, 16:24])


def test_axes_may_change_places():
    upright = trainability(resolution=(9, 7), num_steps=50, extent=((0.5, 1.5), (0.5, 1.3)))
    lying = trainability(
        x="outer_rate",
        y="inner_rate",
        resolution=(7, 9),
        num_steps=50,
        extent=((0.5, 1.3), (0.5, 1.5)),
    )
    np.testing.assert_array_equal(lying.values.T, upright.values)


def test_a_number_is_the_same_on_an_axis_and_beside_it():
    extent = ((0.0, 0.5), (-0.5, 0.5))
    mapped = trainability(
        x="inner_rate", y="scale", extent=extent, resolution=2, num_steps=40, outer_rate=3.0
    )
    beside = trainability(
        x="inner_rate",
        y="outer_rate",
        extent=(extent[0], (np.log10(3) - 0.5, np.log10(3) + 0.5)),
        resolution=(2, 3),
        num_steps=40,
        scale=10**0.25,
    )
    np.testing.assert_allclose(mapped.values[1], beside.values[1], rtol=1e-9)
    both = trainability(
        x="rate", y="offset", extent=((0, 1), (-1, 1)), resolution=2, num_steps=40, inner_rate=0.5
    )
    one = trainability(
        x="outer_rate",
        y="offset",
        extent=((0, 1), (-1, 1)),
        resolution=2,
        num_steps=40,
        inner_rate=0.5 * 10**0.25,
    )
    np.testing.assert_allclose(both.values[:, 0], one.values[:, 0], rtol=1e-9)


def test_the_seed_decides():
    numbers = {"resolution": 8, "num_steps": 30, "extent": BELOW}
    first, again, other = (trainability(seed=seed, **numbers) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first.values, again.values)
    assert not np.any(first.values == other.values)


def test_runs_that_explode_are_kept():
    found = trainability(extent=((1.0, 5.0), (4.0, 8.0)), resolution=8, num_steps=500)
    assert not found.converged.any()
    assert not np.isfinite(found.values).all()
    assert np.all((found.shade > 0) & (found.shade < 0.1))
    single = trainability(extent=BELOW, resolution=2, num_steps=1)  # the mean of fewer than 20 steps
    np.testing.assert_array_equal(single.converged, single.values < 1)
    np.testing.assert_array_equal(single.shade, 1)


def test_progress_grows_to_the_whole_and_stops_the_work():
    shares = []
    trainability(resolution=64, num_steps=1, progress=shares.append)
    assert len(shares) == 64 * 64 / 64  # parts of 64 runs
    assert shares == sorted(shares)
    assert shares[-1] == 1.0

    class EnoughError(Exception):
        pass

    def stop(share):
        shares.append(share)
        raise EnoughError

    shares.clear()
    with pytest.raises(EnoughError):
        trainability(resolution=64, num_steps=1, progress=stop)
    assert len(shares) == 1


def test_every_axis_has_a_window_of_its_own():
    for x in AXES:
        for y in AXES:
            if x != y:
                found = trainability(x=x, y=y, resolution=2, num_steps=1)
                assert found.extent == (AXES[x].extent, AXES[y].extent)
                assert found.axes == (x, y)


def test_the_smallest_window_is_told_apart():
    # 16 of the numbers around 1 lie between neighbours, and the next smaller window is refused
    width = 64 * 16 * 2.0**-52
    found = trainability(extent=((1.0, 1.0 + width), (0.5, 1.5)), resolution=(64, 2), num_steps=1)
    assert np.all(np.diff(10**found.x) > 0)
    with pytest.raises(ValueError, match=r"`extent` must be at least 2\.27e-13 wide in x .* 64 cells"):
        trainability(extent=((1.0, 1.0 + width / 2), (0.5, 1.5)), resolution=(64, 2), num_steps=1)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"x": "momentum"}, "`x` must be one of inner_rate, outer_rate, rate, .*, got 'momentum'"),
        ({"x": "outer_rate"}, "`y` must be another than `x`, got 'outer_rate' for both"),
        ({"extent": ((1, 1), (0, 1))}, "`extent` must run from a finite x to a larger one, got 1 to 1"),
        ({"extent": ((0, 1), (0, 101))}, "`extent` must lie within -100 and 100 in y, got 0 to 101"),
        ({"resolution": 1}, "`resolution` must be at least 2, got 1"),
        ({"resolution": (4, 9999)}, "`resolution` must be at most 2048, got 9999"),
        ({"num_steps": 0}, "`num_steps` must be at least 1, got 0"),
        ({"activation": "swish"}, "`activation` must be one of tanh, relu, identity, got 'swish'"),
        ({"width": 65}, "`width` must be at most 64, got 65"),
        ({"num_examples": 0}, "`num_examples` must be at least 1, got 0"),
        ({"seed": -1}, "`seed` must be at least 0, got -1"),
        ({"inner_rate": 0}, "`inner_rate` must be a positive number, got 0"),
        ({"scale": np.nan}, "`scale` must be a positive number, got nan"),
        ({"offset": np.inf}, "`offset` must be a finite number, got inf"),
        ({"rows": (3, 3)}, r"`rows` must be \(first, last \+ 1\) within 0 and 128, got \(3, 3\)"),
    ],
)
def test_bad_input_is_named(numbers, message):
    with pytest.raises(ValueError, match=message):
        trainability(**numbers)


def test_numbers_compile_nothing():
    trainability(resolution=16, num_steps=5)
    with counted() as compiled:
        trainability(resolution=(30, 40), num_steps=9, seed=2, extent=BELOW, rows=(3, 5))
        trainability(x="rate", y="offset", resolution=8, num_steps=7, inner_rate=2.0, scale=0.5)
        assert compiled == []
        trainability(resolution=8, num_steps=5, width=2, num_examples=3)  # another network is another program
        assert compiled
