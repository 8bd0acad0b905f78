"""Sweeps: the theory of quadratics, the same numbers as single runs, and bounded memory."""

import dataclasses

import jax
import numpy as np
import pytest
from jax.tree_util import Partial
from scipy.optimize import brentq

from landscape.datasets import DATASETS, Dataset
from landscape.functions import FUNCTIONS
from landscape.losses import LOSSES, l2
from landscape.models import MODELS
from landscape.objectives import Objective
from landscape.optimizers import OPTIMIZERS
from landscape.paths import descend
from landscape.risk import empirical_risk
from landscape.schedules import SCHEDULES, scheduled
from landscape.sweeps import families, runs
from landscape.sweeps.sweep import MAX_RUNS, sweep

TRACED = []
"""One entry for each time that `bent` was traced."""

FIELDS = ("final_losses", "best_losses", "steps_to_tolerance", "diverged_at", "outcomes")
ROSENBROCK, HIMMELBLAU, RASTRIGIN = (FUNCTIONS[name] for name in ("rosenbrock", "himmelblau", "rastrigin"))
DATA = DATASETS["diabetes"].select("s1", "s2")


def quadratic(hessian, point):
    return point @ hessian @ point / 2


def bent(scale, point):
    TRACED.append(scale)
    x, y = point
    return scale * (x - 1) ** 2 + (y - x**2) ** 2


def plain(start, hessian):
    return Objective(Partial(quadratic, hessian), start=np.asarray(start), minimum=0.0)


def random_quadratic(seed):
    """Curvatures between 1e-1 and 1e3 along random axes, from a random start."""
    random = np.random.default_rng(seed)
    size = 3 + seed % 2
    axes = np.linalg.qr(random.normal(size=(size, size)))[0]
    curvatures = 10 ** random.uniform(-1, 3, size)
    return plain(random.normal(size=size), (axes * curvatures) @ axes.T)


def ridge(strength, data=DATA):
    return empirical_risk(MODELS["linear"], data, LOSSES["mse"], penalty=l2(strength))


def table(seed):
    random = np.random.default_rng(seed)
    inputs, targets = random.normal(size=(40, 3)) @ random.normal(size=(3, 3)), random.normal(size=40)
    return Dataset("noise", "Noise", inputs, targets, ("a", "b", "c"))


def ridge_hessian(strength, data):
    """Of (1/n) |y - Xw - b|^2 + strength |w|^2."""
    columns = np.column_stack([data.inputs, np.ones(len(data.inputs))])
    return 2 * columns.T @ columns / len(columns) + 2 * strength * np.diag([1.0] * (len(columns.T) - 1) + [0])


QUADRATICS = {
    "bowl": (FUNCTIONS["bowl"], 2.0),
    "ravine": (FUNCTIONS["ravine"], 25.0),
    "booth": (FUNCTIONS["booth"], 18.0),  # its Hessian is ((10, 8), (8, 10))
    "ridge": (ridge(0.1), np.linalg.eigvalsh(ridge_hessian(0.1, DATA))[-1]),
    **{
        f"random-{seed}": (made, np.linalg.eigvalsh(made.loss.args[0])[-1])
        for seed, made in ((seed, random_quadratic(seed)) for seed in range(6))
    },
    **{
        f"random-ridge-{seed}": (
            ridge(0.3, table(seed)),
            np.linalg.eigvalsh(ridge_hessian(0.3, table(seed)))[-1],
        )
        for seed in range(3)
    },
}


def border(found, outcome):
    """Between which values of the first axis an outcome begins, after which it stays."""
    inside = found.outcomes == outcome
    begins = int(np.argmax(inside))
    assert begins > 0
    assert inside[begins:].all()
    return found.learning_rates[begins - 1], found.learning_rates[begins]


@pytest.mark.parametrize("name", QUADRATICS)
def test_gradient_descent_diverges_above_two_over_the_largest_curvature(name):
    objective, largest = QUADRATICS[name]
    found = sweep(objective, "gd", 2 / largest * np.linspace(0.98, 1.02, 41), num_steps=2000)
    below, above = border(found, "diverges")
    assert 0.99 * 2 / largest <= below
    assert above <= 1.01 * 2 / largest
    assert set(found.outcomes[found.learning_rates < below]) == {"oscillates"}


@pytest.mark.parametrize("beta", [0.3, 0.9])
@pytest.mark.parametrize("name", ["ravine", "random-0", "random-2", "random-ridge-1"])
def test_momentum_diverges_above_two_and_twice_the_momentum_over_the_largest_curvature(name, beta):
    objective, largest = QUADRATICS[name]
    limit = (2 + 2 * beta) / largest
    found = sweep(objective, "momentum", limit * np.linspace(0.98, 1.02, 41), num_steps=3000, momentum=beta)
    below, above = border(found, "diverges")
    assert 0.99 * limit <= below
    assert above <= 1.01 * limit


@pytest.mark.parametrize("seed", range(6))
def test_gradient_descent_oscillates_where_the_loss_is_mostly_overshot(seed):
    # With shares s of the start's loss, the sum of products is that of s (1 - rate c) / (2 - rate c).
    objective = random_quadratic(seed)
    curvatures, axes = np.linalg.eigh(objective.loss.args[0])
    shares = curvatures * (axes.T @ objective.start) ** 2

    def back_and_forth(rate):
        return np.sum(shares * (1 - rate * curvatures) / (2 - rate * curvatures))

    expected = brentq(back_and_forth, 0, 2 / curvatures[-1] * (1 - 1e-9))
    assert expected >= 1 / curvatures[-1]
    rates = expected * np.array([0.3, 0.6, 0.9, 0.97, 0.999, 1.001, 1.03])
    found = sweep(objective, "gd", rates, num_steps=20_000)
    assert border(found, "oscillates") == (rates[4], rates[5])


def test_the_steepest_direction_alone_oscillates_from_one_over_its_curvature():
    found = sweep(FUNCTIONS["ravine"], "gd", np.array([0.999, 1.001]) / 25, start=[0.0, 3.0])
    assert found.outcomes.tolist() == ["converges", "oscillates"]


def test_the_words_for_what_runs_do():
    bowl = FUNCTIONS["bowl"]
    found = sweep(bowl, "gd", [1e-4, 0.1, 0.9, 1.1], num_steps=500)
    assert " ".join(found.outcomes) == "crawls converges oscillates diverges"
    # A step of one length can come to the minimizer and then only jump over it.
    assert sweep(bowl, "lion", [0.03, 0.3], [1.0, 2.0], num_steps=600).outcomes.tolist() == ["oscillates"] * 2
    # A velocity that lasts swings across the minimizer, however small the steps.
    found = sweep(bowl, "momentum", [0.01], num_steps=2000, second=("momentum", [0.5, 0.98]))
    assert found.outcomes.ravel().tolist() == ["converges", "oscillates"]
    assert found.steps_to_tolerance.min() > 0
    # Another minimum than the lowest is a place to come to rest, too.
    found = sweep(RASTRIGIN, "gd", [1e-3], [2.1, 2.8], num_steps=500)
    assert found.outcomes.tolist() == ["converges"]
    assert found.steps_to_tolerance.tolist() == [-1]
    assert found.final_losses[0] > 1
    # No gradient, no step: nothing has been reached.
    pass_between = Objective(lambda p: (p[0] ** 2 - 1) ** 2 + p[1] ** 2, start=np.zeros(2), minimum=0.0)
    assert sweep(pass_between, "gd", [0.1]).outcomes.tolist() == ["crawls"]


def expected_of(path, minimum, tolerance=1e-6):
    near = np.flatnonzero(path.losses - minimum <= tolerance * (path.losses[0] - minimum))
    return {
        "final_losses": path.final_loss,
        "best_losses": np.nanmin(path.losses),
        "steps_to_tolerance": near[0] if near.size else -1,
        "diverged_at": -1 if path.diverged_at is None else path.diverged_at,
    }


@pytest.mark.parametrize(
    ("objective", "name", "fixed"),
    [
        (ROSENBROCK, "gd", {}),
        (HIMMELBLAU, "adam", {"beta2": 0.99}),
        (ROSENBROCK, "lion", {}),
        (HIMMELBLAU, "newton", {}),
    ],
    ids=lambda each: getattr(each, "name", each if isinstance(each, str) else ""),
)
def test_a_sweep_has_the_numbers_of_single_runs(objective, name, fixed):
    rates = np.array([1e-4, 1e-3, 0.01, 0.05, 0.3, 1.0])
    found = sweep(objective, name, rates, [0.4, 1.3], num_steps=37, **fixed)
    for column, rate in enumerate(rates):
        built = OPTIMIZERS[name].build(learning_rate=rate, **fixed)
        for field, value in expected_of(descend(objective, built, [0.4, 1.3], 37), 0.0).items():
            np.testing.assert_allclose(getattr(found, field)[column], value, rtol=1e-6, atol=1e-25)


@pytest.mark.parametrize("num_steps", [1, 2, 3, 8])
def test_short_runs_and_other_trees_have_the_numbers_of_single_runs(num_steps):
    # The minimum is not known: it is the least loss that any of the runs has reached.
    objective, rates = ridge(0.1, table(5)), np.array([0.01, 0.1, 0.2])
    paths = [
        descend(objective, OPTIMIZERS["adam"].build(learning_rate=rate), None, num_steps) for rate in rates
    ]
    lowest = min(path.losses.min() for path in paths)
    found = sweep(objective, "adam", rates, None, num_steps, tolerance=0.1)
    for column, path in enumerate(paths):
        for field, value in expected_of(path, lowest, 0.1).items():
            np.testing.assert_allclose(getattr(found, field)[column], value, rtol=1e-12)


def test_mini_batches_and_schedules_are_those_of_single_runs():
    schedule = SCHEDULES["cosine"].build(30)
    found = sweep(
        ridge(0.1), "momentum", [0.01, 0.02], None, 30, schedule=schedule, batch_size=32, seed=5, momentum=0.5
    )
    for column, rate in enumerate(found.learning_rates):
        built = scheduled(OPTIMIZERS["momentum"].build(learning_rate=rate, momentum=0.5), schedule)
        path = descend(ridge(0.1), built, None, 30, batch_size=32, seed=5)
        np.testing.assert_allclose(found.final_losses[column], path.final_loss, rtol=1e-10)


RATES = np.array([1e-3, 3e-3, 0.02, 0.4])
KNOWN = ridge(0.1).replace(minimum=1000.0)
HERE = [-1.5, 2.0]


@pytest.mark.parametrize(
    ("objective", "second", "start", "row"),
    [
        (ROSENBROCK, ("momentum", [0.0, 0.5, 0.9]), HERE, lambda v: (ROSENBROCK, HERE, {"momentum": v})),
        (ROSENBROCK, ("x", [-1.0, 0.0, 2.5]), HERE, lambda v: (ROSENBROCK, [v, 2.0], {})),
        (ROSENBROCK, ("start[1]", [-1.0, 2.5]), HERE, lambda v: (ROSENBROCK, [-1.5, v], {})),
        (KNOWN, ("batch_size", [1, 200, 442]), None, lambda v: (KNOWN, None, {"batch_size": v})),
        (ridge, ("penalty", [0.0, 0.1, 9.0]), None, lambda v: (ridge(v), None, {})),
    ],
    ids=["momentum", "x", "start", "batch_size", "penalty"],
)
def test_a_second_axis_is_a_row_of_sweeps(objective, second, start, row):
    found = sweep(objective, "momentum", RATES, start, num_steps=12, second=second)
    assert found.second_name == second[0]
    np.testing.assert_array_equal(found.second_values, second[1])
    for index, value in enumerate(second[1]):
        own, beginning, fixed = row(value)
        single = sweep(own, "momentum", RATES, beginning, num_steps=12, **fixed)
        assert single.second_name is single.second_values is None
        np.testing.assert_array_equal(found.learning_rates, single.learning_rates)
        for field in FIELDS:
            np.testing.assert_array_equal(getattr(found, field)[index], getattr(single, field), err_msg=field)


def test_the_first_axis_may_be_any_number():
    found = sweep(ROSENBROCK, "adam", [0.5, 0.9], num_steps=20, first="beta1", learning_rate=0.03)
    for beta, loss in zip([0.5, 0.9], found.final_losses, strict=True):
        built = OPTIMIZERS["adam"].build(learning_rate=0.03, beta1=beta)
        assert loss == pytest.approx(descend(ROSENBROCK, built, num_steps=20).final_loss, rel=1e-12)


@pytest.mark.parametrize("smallest", [0.5, 1.0, 4.0])
def test_the_map_finds_polyaks_optimum(smallest):
    # B. T. Polyak (1964): (2 / (sqrt L + sqrt mu))^2 and ((sqrt k - 1) / (sqrt k + 1))^2.
    largest = 100.0
    rate = (2 / (largest**0.5 + smallest**0.5)) ** 2
    momentum = (((largest / smallest) ** 0.5 - 1) / ((largest / smallest) ** 0.5 + 1)) ** 2
    # The optimum lies inside a cell, on no line of the grid.
    rates = rate * 1.04 ** (np.arange(-12, 13) + 0.37)
    momenta = momentum + 0.02 * (np.arange(-12, 10) + 0.41)
    objective = plain([1.0, 0.1], np.diag([smallest, largest]))
    # Far away in steps, where the rate decides and not the beginning.
    found = sweep(objective, "momentum", rates, num_steps=1000, second=("momentum", momenta), tolerance=1e-80)
    steps = np.where(found.steps_to_tolerance < 0, np.inf, found.steps_to_tolerance)
    row, column = np.unravel_index(np.argmin(steps), steps.shape)
    assert abs(momenta[row] - momentum) <= 0.02
    assert abs(np.log(rates[column] / rate)) <= np.log(1.04)


@pytest.mark.parametrize("objective", [ROSENBROCK, RASTRIGIN, ridge(0.1)], ids=lambda each: each.name)
def test_the_size_of_batches_changes_no_bit(objective, monkeypatch):
    rates = np.geomspace(1e-3, 1.2, 300)
    whole = sweep(objective, "adam", rates, num_steps=40)
    tight = sweep(objective, "adam", rates, num_steps=40, memory_limit=runs.BATCH_BYTES)
    for field in FIELDS:
        np.testing.assert_array_equal(getattr(whole, field), getattr(tight, field))
    some = [0, 1, 17, 200, 299]
    few = sweep(objective, "adam", rates[some], num_steps=40)
    for field in ("final_losses", "best_losses", "diverged_at"):
        np.testing.assert_array_equal(getattr(whole, field)[some], getattr(few, field))


@pytest.mark.parametrize(
    ("objective", "name"), [(ROSENBROCK, "adam"), (ROSENBROCK, "newton"), (ridge(0.1), "gd")]
)
def test_a_batch_takes_no_more_memory_than_is_reckoned(objective, name):
    made = families.family(objective, name, None, ("learning_rate", [0.1]), None, fixed={})
    leaves, structure = jax.tree.flatten((made.walking, made.start))
    limit = 1 << 40
    size, at_a_time = runs.batch(structure, leaves, limit)
    assert at_a_time == runs.NUM_THREADS
    with pytest.raises(ValueError, match=r"`memory_limit` must be at least (\d+) bytes") as error:
        runs.batch(structure, leaves, 1)
    reckoned = int(error.value.args[0].split()[5])
    rows = made.rows(np.zeros(size, int))
    common = jax.tree.unflatten(structure, [None if k in rows else leaf for k, leaf in enumerate(leaves)])
    own = jax.tree.unflatten(structure, [rows.get(k) for k in range(len(leaves))])
    program = runs._walk.lower(common, own, np.zeros(size), 1e-6, 10).compile().memory_analysis()
    assert program.temp_size_in_bytes + program.output_size_in_bytes <= reckoned


def test_numbers_compile_nothing():
    objective = Objective(Partial(bent, 2.0), start=np.array([0.5, -1.0]), minimum=0.0)
    sweep(objective, "adam", [0.1, 0.2], num_steps=10, second=("beta2", [0.9, 0.99]))
    before = len(TRACED)
    other = Objective(Partial(bent, 0.3), start=np.array([0.0, 2.0]), minimum=0.0)
    found = sweep(
        other,
        "adam",
        np.geomspace(1e-3, 1, 300),
        [3.0, 1.0],
        num_steps=77,
        second=("beta2", [0.5, 0.6, 0.7]),
        beta1=0.3,
        epsilon=1e-3,
        tolerance=1e-3,
    )
    assert found.outcomes.shape == (3, 300)
    assert len(TRACED) == before


def test_progress_is_told_and_may_stop_the_sweep():
    told = []
    rates = np.linspace(0.01, 0.02, 7 * runs.BATCH_RUNS)
    sweep(ROSENBROCK, "gd", rates, num_steps=3, progress=told.append)
    assert told == pytest.approx([(k + 1) / 7 for k in range(7)])
    told.clear()
    # Where the minimum is not known, it is walked twice.
    sweep(ROSENBROCK.replace(minimum=None), "gd", rates, num_steps=3, progress=told.append)
    assert told == pytest.approx([(k + 1) / 14 for k in range(14)])

    def stop(share):
        told.append(share)
        if len(told) == 2:
            raise KeyboardInterrupt

    told.clear()
    with pytest.raises(KeyboardInterrupt):
        sweep(ROSENBROCK, "gd", rates, num_steps=3, progress=stop)
    assert len(told) == 2


BAD = [
    ({"learning_rates": []}, "`learning_rates` must have a row of at least one number"),
    ({"learning_rates": [[0.1]]}, "`learning_rates` must have a row"),
    ({"learning_rates": ["a"]}, "`learning_rates` must have a row"),
    ({"learning_rates": [0.1, np.inf]}, "`learning_rates` must be finite numbers, got inf"),
    ({"learning_rates": [0.2, 0.1]}, "`learning_rates` must increase, got 0.2 before 0.1"),
    ({"learning_rates": [0.1, 0.1]}, "`learning_rates` must increase, got 0.1 before 0.1"),
    ({"learning_rates": [0.0, 0.1]}, "`learning_rate` must be above 0, got 0"),
    ({"learning_rates": [-1.0, 0.1]}, "`learning_rate` must be above 0, got -1"),
    ({"learning_rates": np.linspace(0.1, 1, MAX_RUNS + 1)}, f"at most {MAX_RUNS} runs, got {MAX_RUNS + 1}"),
    ({"optimizer_name": "sgd"}, "`optimizer_name` must be one of gd, .* got 'sgd'"),
    ({"first": "beta3"}, "`first` must be a hyper-parameter of momentum .*, got 'beta3'"),
    ({"learning_rate": 0.1}, "`learning_rate` must not be given twice, got 0.1 and an axis"),
    ({"friction": 0.1}, "`friction` must be a hyper-parameter of momentum"),
    ({"second": ("momentum", [0.5, 1.5])}, "`momentum` must be at most 1, got 1.5"),
    ({"second": ("momentum", [])}, "`second` must have a row of at least one number"),
    ({"second": ("momentum", [0.5]), "momentum": 0.1}, "`momentum` must not be given twice"),
    ({"second": ("z", [0.5])}, r"`second` must be a hyper-parameter, .* \('x', 'y'\), got 'z'"),
    ({"second": ("start[2]", [0.5])}, r"`second` must be .* got 'start\[2\]'"),
    ({"second": ("penalty", [0.5])}, "`objective` must be a function of the strength"),
    ({"second": ("batch_size", [1, 2])}, "`objective` must be a loss over examples"),
    ({"second": ("batch_size", [1.5])}, "`batch_size` must be whole numbers, got 1.5"),
    ({"objective": ridge, "second": ("momentum", [0.5])}, "`second` must be 'penalty' .*, got 'momentum'"),
    ({"objective": ridge}, "`second` must be 'penalty' .*, got None"),
    (
        {"objective": ridge(0.1), "second": ("batch_size", [1, 443])},
        "`batch_size` must be at most 442, got 443",
    ),
    (
        {"objective": ridge(0.1), "second": ("batch_size", [1]), "batch_size": 3},
        "`batch_size` must not be given",
    ),
    ({"num_steps": 0}, "`num_steps` must be at least 1, got 0"),
    ({"tolerance": 0.0}, "`tolerance` must be above 0 and below 1, got 0.0"),
    ({"tolerance": np.nan}, "`tolerance` must be above 0 and below 1, got nan"),
    ({"start": [1.0, np.nan]}, "`start` must be finite numbers, got nan"),
    ({"memory_limit": 100}, "`memory_limit` must be at least .* bytes, which a batch of .* takes, got 100"),
]


@pytest.mark.parametrize(("change", "message"), BAD, ids=[message[:40] for _, message in BAD])
def test_bad_input_is_named(change, message):
    given = {"objective": ROSENBROCK, "optimizer_name": "momentum", "learning_rates": [0.1]} | change
    with pytest.raises(ValueError, match=message):
        sweep(**given)


def test_losses_that_differ_in_more_than_numbers_are_no_axis():
    with pytest.raises(ValueError, match="`objective` must give losses that differ in numbers only"):
        sweep(lambda v: ROSENBROCK if v > 1 else RASTRIGIN, "gd", [0.1], second=("penalty", [0.5, 2.0]))


def test_results_are_plain_arrays():
    found = sweep(ROSENBROCK, "gd", [0.1, 0.2], second=("x", [0.0, 1.0, 2.0]))
    for field in dataclasses.fields(found):
        assert type(getattr(found, field.name)) in (np.ndarray, str)
    assert found.final_losses.shape == (3, 2)
    assert found.steps_to_tolerance.dtype.kind == found.diverged_at.dtype.kind == "i"
