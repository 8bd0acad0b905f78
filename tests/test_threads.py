"""Threads: the points of `descend` at the milestones, which closed forms and their own rules tell."""

import numpy as np
import pytest
from compiling import counted

from landscape import FUNCTIONS, OPTIMIZERS, Objective, descend
from landscape.sweeps.threads import milestones, threads

HIMMELBLAU = FUNCTIONS["himmelblau"]


@pytest.mark.parametrize("optimizer", ["gd", "momentum", "adam", "l-bfgs", "newton"])
def test_they_are_the_iterates_of_descend(optimizer):
    built = OPTIMIZERS[optimizer].build()
    found = threads(HIMMELBLAU, built, (4, 3), 120, 20, extent=((-4, 4), (-3, 3)))
    assert found.points.shape == (12, 20, 2)
    for row, (x, y) in ((0, (-4, -3)), (5, (-4 / 3, 0)), (11, (4, 3))):
        np.testing.assert_allclose(found.points[row, 0], (x, y), atol=1e-14)
        params = descend(HIMMELBLAU, built, found.points[row, 0], 120).params
        np.testing.assert_allclose(found.points[row], params[found.steps], rtol=1e-12, atol=1e-12)


def test_gradient_descent_on_a_bowl_is_a_geometric_series():
    found = threads(FUNCTIONS["bowl"], OPTIMIZERS["gd"].build(learning_rate=0.4), 5, 30, 12)
    factors = 0.2 ** found.steps.astype(float)  # 1 − 2η
    np.testing.assert_allclose(found.points, found.points[:, :1] * factors[:, None], rtol=1e-12, atol=1e-300)


def test_a_run_that_diverges_keeps_its_values():
    found = threads(FUNCTIONS["rosenbrock"], OPTIMIZERS["gd"].build(learning_rate=1.0), 3, 50, 10)
    assert not np.isfinite(found.points[:, -1]).all()
    assert np.isfinite(found.points[:, 0]).all()


@pytest.mark.parametrize(
    ("num_steps", "num_points"),
    [(1, 2), (1, 40), (5, 40), (39, 40), (40, 40), (41, 40), (200, 40), (1000, 40), (10**6, 3), (100, 2)],
)
def test_milestones(num_steps, num_points):
    steps = milestones(num_steps, num_points)
    assert len(steps) == num_points
    assert (steps[0], steps[-1]) == (0, num_steps)
    gaps = np.diff(steps)
    assert (gaps[: num_steps if num_steps < num_points else None] > 0).all(), "each once, while there are any"
    # from one to the next the way grows in one ratio, but for rounding to whole steps
    assert (np.diff(gaps[steps[:-1] < num_steps]) >= -1).all()


def test_numbers_compile_nothing_twice():
    threads(HIMMELBLAU, OPTIMIZERS["adam"].build(learning_rate=0.1), 5, 100)
    with counted() as compiled:
        threads(HIMMELBLAU, OPTIMIZERS["adam"].build(learning_rate=0.3, beta1=0.5), 5, 37)
    assert compiled == []


def test_what_progress_raises_stops():
    def tell(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        threads(HIMMELBLAU, OPTIMIZERS["gd"].build(), 5, progress=tell)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"resolution": 1}, "`resolution` must be at least 2, got 1"),
        ({"resolution": 129}, "`resolution` must be at most 128, got 129"),
        ({"num_steps": 0}, "`num_steps` must be at least 1, got 0"),
        ({"num_points": 1}, "`num_points` must be at least 2, got 1"),
        ({"extent": ((1, 1), (0, 1))}, "`extent`"),
        ({"memory_limit": 8}, "`memory_limit` must be at least"),
    ],
)
def test_bad_input(changed, words):
    with pytest.raises(ValueError, match=words):
        threads(HIMMELBLAU, OPTIMIZERS["gd"].build(), **changed)


def test_an_objective_without_a_window_needs_one():
    plain = Objective(lambda p: (p**2).sum(), np.ones(2))
    with pytest.raises(ValueError, match="`extent` must be given"):
        threads(plain, OPTIMIZERS["gd"].build())
    with pytest.raises(ValueError, match="residuals"):
        threads(plain, OPTIMIZERS["gauss-newton"].build(), extent=((0, 1), (0, 1)))
