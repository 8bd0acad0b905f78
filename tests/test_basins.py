"""Basins: where each start ends and how soon, against a loop in NumPy, and the symmetries that must hold."""

import subprocess
import sys
import textwrap

import jax.numpy as jnp
import numpy as np
import pytest
from jax.tree_util import Partial
from scipy.optimize import minimize

from landscape import parts
from landscape.functions import FUNCTIONS
from landscape.objectives import Objective
from landscape.optimizers import OPTIMIZERS
from landscape.paths import descend
from landscape.sweeps.basins import DIVERGED, MOVING, basins

HIMMELBLAU = FUNCTIONS["himmelblau"]
GD = OPTIMIZERS["gd"]
TRACED = []


def loop(x, y, rate, num_steps, tolerance, minimizers):
    """Gradient descent on himmelblau, its derivative by hand: labels and steps."""
    px, py = np.meshgrid(x, y)
    tracks = []
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(num_steps + 1):
            tracks.append(np.hypot(*(np.stack([px, py])[:, None] - minimizers.T[:, :, None, None])))
            a, b = px**2 + py - 11, px + py**2 - 7
            px, py = px - rate * (4 * a * px + 2 * b), py - rate * (2 * a + 4 * b * py)
    inside = np.array(tracks) <= tolerance  # (steps, minimizers, ny, nx)
    labels = np.where(inside[-1].any(axis=0), inside[-1].argmax(axis=0), MOVING)
    far = ~np.isfinite(tracks[-1][0])
    labels[far] = DIVERGED
    outside_last = np.where(inside, -1, np.arange(num_steps + 1)[:, None, None, None]).max(axis=0)
    steps = np.take_along_axis(outside_last, np.maximum(labels, 0)[None], axis=0)[0] + 1
    return labels, np.where(labels >= 0, steps, -1)


@pytest.mark.parametrize(("rate", "num_steps"), [(0.01, 300), (0.01, 40), (0.018, 300), (0.03, 200)])
def test_himmelblau_is_divided_as_a_loop_in_numpy_divides_it(rate, num_steps):
    found = basins(HIMMELBLAU, GD.build(learning_rate=rate), (45, 37), num_steps, tolerance=1e-3)
    labels, steps = loop(found.x, found.y, rate, num_steps, 1e-3, HIMMELBLAU.minimizers)
    assert found.labels.shape == found.steps.shape == (37, 45)
    assert found.minimizers.tolist() == HIMMELBLAU.minimizers.tolist()
    # Chaotic runs part company by rounding alone; the rates above that of divergence have some.
    agree = found.labels == labels
    assert agree.mean() > (0.999 if rate == 0.01 else 0.95)
    assert (found.steps[agree] == steps[agree]).mean() > 0.999
    assert set(np.unique(labels)) == set(np.unique(found.labels))


def test_runs_are_those_of_descend():
    for name, numbers in {"adam": {"learning_rate": 0.3}, "momentum": {"learning_rate": 0.008}}.items():
        optimizer = OPTIMIZERS[name].build(**numbers)
        found = basins(HIMMELBLAU, optimizer, 6, 150, tolerance=0.02)
        for i, j in [(0, 0), (3, 1), (2, 4), (5, 2)]:
            iterates = descend(HIMMELBLAU, optimizer, [found.x[j], found.y[i]], 150).params
            away = np.hypot(*(iterates - HIMMELBLAU.minimizers[:, None]).transpose(2, 0, 1)) > 0.02
            reached = np.flatnonzero(~away[:, -1])
            assert found.labels[i, j] == (reached[0] if reached.size else MOVING)
            if reached.size:
                assert found.steps[i, j] == np.flatnonzero(away[reached[0]]).max(initial=-1) + 1
                assert np.all(away[reached[0], : found.steps[i, j]][-1:])


SQUARE = [np.array(q) for q in ([[0, 1], [1, 0]], [[-1, 0], [0, 1]], [[0, -1], [1, 0]], [[-1, 0], [0, -1]])]


@pytest.mark.parametrize("turn", SQUARE, ids=["swap", "mirror", "quarter", "half"])
def test_himmelblau_turned_has_its_basins_turned(turn):
    # himmelblau maps onto itself in no way but the trivial one; its swap is the function with 7 and
    # 11 exchanged. Gradient descent knows no axes, so to each symmetry of the square belongs a picture.
    turned = HIMMELBLAU.replace(
        loss=Partial(lambda q, p: HIMMELBLAU.loss(q @ p), turn.astype(float)),
        minimizers=HIMMELBLAU.minimizers @ turn,
        residuals=None,
    )
    # the steps of the grid are powers of two, so that it maps onto itself exactly
    window = ((-4.0, 4.0), (-4.0, 4.0))
    straight = basins(HIMMELBLAU, GD.build(learning_rate=0.01), 65, extent=window)
    found = basins(turned, GD.build(learning_rate=0.01), 65, extent=window)
    i, j = np.indices((65, 65)) - 32
    jj, ii = np.tensordot(turn, np.stack([j, i]), 1) + 32  # where q p lies
    np.testing.assert_array_equal(found.labels, straight.labels[ii, jj])
    np.testing.assert_array_equal(found.steps, straight.steps[ii, jj])


def images(found, images_of_minimizers):
    """The labels with each minimizer renamed to the one at its image."""
    distances = np.linalg.norm(images_of_minimizers[:, None] - found.minimizers, axis=2)
    assert np.all(distances.min(axis=1) < 1e-9)
    return np.append(distances.argmin(axis=1), [MOVING, DIVERGED])[found.labels]


def test_the_basins_of_a_symmetric_function_are_symmetric():
    # the grids map onto themselves exactly
    square, wide = ((-4.0, 4.0), (-4.0, 4.0)), ((-2.0, 2.0), (-1.0, 1.0))
    styblinski = basins(FUNCTIONS["styblinski-tang"], GD.build(learning_rate=0.03), 65, 100, extent=square)
    camel = basins(FUNCTIONS["six-hump-camel"], GD.build(learning_rate=0.1), 65, 100, extent=wide)
    nine = Objective(
        lambda p: (p[0] ** 2 + p[1] - 9) ** 2 + (p[0] + p[1] ** 2 - 9) ** 2, np.ones(2), domain=square
    )
    nines = basins(nine, GD.build(learning_rate=0.01), 65)
    for found in (styblinski, nines):  # f(x, y) = f(y, x)
        assert len(found.minimizers) == 4
        np.testing.assert_array_equal(found.labels.T, images(found, found.minimizers[:, ::-1]))
        np.testing.assert_array_equal(found.steps.T, found.steps)
    assert len(np.unique(camel.labels)) > 2  # f(x, y) = f(−x, −y)
    np.testing.assert_array_equal(camel.labels[::-1, ::-1], images(camel, -camel.minimizers))
    np.testing.assert_array_equal(camel.steps[::-1, ::-1], camel.steps)


def test_runs_that_leave_have_diverged():
    # each step multiplies both coordinates of the bowl by 1 − 2η
    bowl = FUNCTIONS["bowl"]
    for rate, num_steps in [(1.1, 300), (1.1, 40), (1e200, 3)]:
        found = basins(bowl, GD.build(learning_rate=rate), 4, num_steps)  # an even number: no start at 0
        assert np.all(found.labels == DIVERGED)
        assert np.all(found.steps == -1)
    growth = basins(bowl, GD.build(learning_rate=1.1), 4, 31)  # 1.2³¹ = 285: those outside leave 100 spans
    far = np.maximum(*np.abs(np.meshgrid(growth.x, growth.y))) * 1.2**31 > 600
    assert 0 < far.sum() < 16
    np.testing.assert_array_equal(growth.labels, np.where(far, DIVERGED, MOVING))


def test_steps_are_counted_as_the_geometric_series_tells():
    # 1 − 2η = ¼: from r it takes the least k with r 4⁻ᵏ ≤ tolerance
    found = basins(FUNCTIONS["bowl"], GD.build(learning_rate=0.375), 33, 20, tolerance=0.01)
    radius = np.hypot(*np.meshgrid(found.x, found.y))
    wanted = np.ceil(np.log(np.maximum(radius, 0.01) / 0.01) / np.log(4))
    np.testing.assert_array_equal(found.steps, wanted)
    short = basins(FUNCTIONS["bowl"], GD.build(learning_rate=0.375), 33, 4, tolerance=0.01)
    np.testing.assert_array_equal(short.labels, np.where(wanted <= 4, 0, MOVING))
    np.testing.assert_array_equal(short.steps, np.where(wanted <= 4, wanted, -1))


def test_staying_counts_and_not_passing_through():
    # heavy ball through the bowl overshoots: the step is the last entry, not the first
    found = basins(FUNCTIONS["bowl"], OPTIMIZERS["momentum"].build(learning_rate=0.2), 5, 150, tolerance=0.5)
    path = descend(FUNCTIONS["bowl"], OPTIMIZERS["momentum"].build(learning_rate=0.2), [3.0, 3.0], 150)
    inside = np.hypot(*path.params.T) <= 0.5
    assert not inside[found.steps[4, 4] - 1]
    assert inside[found.steps[4, 4] :].all()
    assert inside[: found.steps[4, 4]].any()


@pytest.mark.parametrize(
    ("name", "rate", "guesses"),
    [
        ("styblinski-tang", 0.01, [(-3, -3), (-3, 3), (3, -3), (3, 3)]),
        (
            "six-hump-camel",
            0.02,
            [(0.1, -0.7), (-0.1, 0.7), (-1.7, 0.8), (1.7, -0.8), (-1.6, -0.6), (1.6, 0.6)],
        ),
        ("himmelblau", 0.01, [(3, 2), (-2.8, 3.1), (-3.8, -3.3), (3.6, -1.8)]),
    ],
)
def test_minimizers_without_a_list_are_found(name, rate, guesses):
    unlisted = FUNCTIONS[name].replace(minimizers=None)
    found = basins(unlisted, GD.build(learning_rate=rate), 41)
    scipys = [minimize(lambda p: float(unlisted.loss(p)), np.array(g), tol=1e-12).x for g in guesses]
    distances = np.linalg.norm(found.minimizers[:, None] - np.array(scipys), axis=2)
    assert found.minimizers.shape == (len(guesses), 2)
    assert np.all(distances.min(axis=0) < 1e-6)
    losses = np.array([float(unlisted.loss(jnp.asarray(p))) for p in found.minimizers])
    assert np.all(np.diff(losses) > -1e-9)
    assert set(range(len(guesses))) <= set(np.unique(found.labels))
    # With the list, the listed come first and the picture is the same.
    listed = basins(FUNCTIONS[name], GD.build(learning_rate=rate), 41)
    assert (
        listed.minimizers[: len(FUNCTIONS[name].minimizers)].tolist() == FUNCTIONS[name].minimizers.tolist()
    )
    assert len(listed.minimizers) == len(guesses)
    np.testing.assert_array_equal(listed.steps, found.steps)


def test_rastrigin_has_a_minimizer_by_each_pair_of_integers():
    found = basins(FUNCTIONS["rastrigin"], GD.build(learning_rate=0.002), 64)
    assert len(found.minimizers) == 121
    pairs = {tuple(np.round(point).astype(int)) for point in found.minimizers}
    assert pairs == {(i, j) for i in range(-5, 6) for j in range(-5, 6)}
    assert found.minimizers[0].tolist() == [0, 0]


def test_what_is_no_isolated_minimizer_has_no_index():
    valley = Objective(lambda p: p[0] ** 2, np.ones(2), domain=((-1, 1), (-1, 1)))
    found = basins(valley, GD.build(learning_rate=0.2), 16)
    assert found.minimizers.shape == (0, 2)
    assert np.all(found.labels == MOVING)
    # undamped Newton climbs as readily as it descends: maxima and saddles are no minimizers
    newton = basins(HIMMELBLAU, OPTIMIZERS["newton-undamped"].build(), 32, 40)
    assert len(newton.minimizers) == 4
    assert 0.2 < np.mean(newton.labels == MOVING) < 0.7


@pytest.mark.parametrize(
    ("objective", "optimizer", "numbers"),
    [
        ("himmelblau", "gd", {"learning_rate": 0.03}),  # chaotic and partly diverging
        ("himmelblau", "adam", {"learning_rate": 0.3}),
        ("branin", "momentum", {"learning_rate": 0.02}),
    ],
)
def test_numbers_do_not_depend_on_the_parts(objective, optimizer, numbers, monkeypatch):
    def compute():
        return basins(FUNCTIONS[objective], OPTIMIZERS[optimizer].build(**numbers), (65, 45), 60, 0.01)

    whole = compute()
    assert len(np.unique(whole.labels)) > 1
    monkeypatch.setattr(parts, "LARGEST_PART", 32)
    monkeypatch.setattr(parts, "NUM_THREADS", 3)
    found = compute()
    for name in ("labels", "steps", "minimizers"):
        np.testing.assert_array_equal(getattr(found, name), getattr(whole, name))


def traced(scale, point):
    TRACED.append(scale)
    return scale * jnp.sum((point - 0.5) ** 2) + 0.1 * jnp.sum(jnp.cos(5 * point))


def test_numbers_compile_nothing():
    own = Objective(Partial(traced, 1.0), np.ones(2), domain=((-1, 2), (-1, 2)))
    basins(own, GD.build(learning_rate=0.1), 32, 20)
    before = len(TRACED)
    basins(own.replace(loss=Partial(traced, 2.0)), GD.build(learning_rate=0.3), (31, 32), 33, 0.01)
    basins(own, GD.build(learning_rate=2.0), 31, 50, 1e-4, extent=((0, 1), (-3, 4)))
    assert len(TRACED) == before


def test_progress_grows_to_the_whole_and_stops_the_work(monkeypatch):
    monkeypatch.setattr(parts, "LARGEST_PART", 64)
    shares = []
    basins(FUNCTIONS["styblinski-tang"], GD.build(learning_rate=0.01), 32, 99, progress=shares.append)
    assert 16 + 2 < len(shares) <= 16 + 1 + 16  # all runs, their ends, and many runs once more
    assert shares == sorted(shares)
    assert shares[-1] == 1.0

    class EnoughError(Exception):
        pass

    seen = []

    def stop(share):
        seen.append(share)
        if share > 0.1:
            raise EnoughError

    with pytest.raises(EnoughError):
        basins(HIMMELBLAU, GD.build(), 64, 5, progress=stop)
    assert seen[-1] < 0.2


def test_memory_stays_below_what_is_stated():
    program = """
        from pathlib import Path
        from landscape import FUNCTIONS, OPTIMIZERS
        from landscape.sweeps.basins import basins
        def peak():
            lines = Path("/proc/self/status").read_text().splitlines()
            return 1024 * int(next(line for line in lines if line.startswith("VmHWM")).split()[1])
        optimizer = OPTIMIZERS["gd"].build(learning_rate=0.01)
        basins(FUNCTIONS["himmelblau"], optimizer, 64, 20)
        before = peak()
        found = basins(FUNCTIONS["himmelblau"], optimizer, 2048, 20)
        print(found.labels.size, peak() - before)
    """
    printed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True
    ).stdout
    size, grown = map(int, printed.split())
    assert size == 2048**2
    assert 16 * size < grown < 64 * size


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"resolution": 1}, "`resolution` must be at least 2, got 1"),
        ({"resolution": (8, 3000)}, "`resolution` must be at most 2048, got 3000"),
        ({"resolution": 2.5}, "`resolution` must be a whole number, got 2.5"),
        ({"resolution": (2, 3, 4)}, r"`resolution` must be one number or \(nx, ny\), got \(2, 3, 4\)"),
        ({"num_steps": 0}, "`num_steps` must be at least 1, got 0"),
        ({"tolerance": 0}, "`tolerance` must be a positive number, got 0"),
        ({"tolerance": float("nan")}, "`tolerance` must be a positive number, got nan"),
        ({"extent": ((1, 0), (0, 1))}, "`extent` must run from a finite x to a larger one, got 1 to 0"),
        ({"memory_limit": 1000}, "`memory_limit` must be at least [0-9]+ bytes here, got 1000"),
    ],
)
def test_bad_input_is_named(numbers, message):
    with pytest.raises(ValueError, match=message):
        basins(HIMMELBLAU, GD.build(), **numbers)


def test_an_objective_that_cannot_be_divided_is_refused():
    nowhere = Objective(lambda p: jnp.sum(p**2), np.ones(2))
    with pytest.raises(ValueError, match="`extent` must be given"):
        basins(nowhere, GD.build())
    with pytest.raises(ValueError, match="`objective` must have two parameters in one vector"):
        basins(Objective(lambda p: jnp.sum(p**2), np.ones(3)), GD.build(), extent=((0, 1), (0, 1)))
    with pytest.raises(ValueError, match="made of residuals"):
        basins(FUNCTIONS["saddle"], OPTIMIZERS["levenberg-marquardt"].build())
