"""Schedules: their factors against optax and PyTorch's formulas, and optimizers that follow them."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from compiling import counted

from landscape.objectives import Objective
from landscape.optimizers import OPTIMIZERS
from landscape.paths import descend, endpoints
from landscape.schedules import SCHEDULES, scheduled

TRACED = []
"""One entry for each time that `valley` was traced."""


def valley(point):
    TRACED.append(point)
    x, y = point
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def valley_residuals(point):
    x, y = point
    return jnp.array([1 - x, 10 * (y - x**2)])


START = np.array([-1.5, 2.0])
VALLEY = Objective(valley, start=START, residuals=valley_residuals, residual_scale="sum")
RATED = [
    name for name, spec in OPTIMIZERS.items() if any(h.name == "learning_rate" for h in spec.hyperparameters)
]


def between(start, end, share):
    """PyTorch's cosine annealing from start to end."""
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))


# (name, numbers, number of steps T, factor at step k), after the documentation of PyTorch's StepLR,
# ExponentialLR, CosineAnnealingLR and OneCycleLR (total_steps = T + 1, pct_start = (w + 1) / (T + 1)),
# Hugging Face's get_linear_schedule_with_warmup and get_cosine_schedule_with_warmup, and Keras'
# InverseTimeDecay.
FORMULAS = [
    ("constant", {}, 9, lambda k: 1.0),
    ("step", {"drop": 0.3, "drops": 3}, 20, lambda k: 0.3 ** (k // 5)),
    ("step", {"drop": 0.5, "drops": 1}, 1000, lambda k: 0.5 ** (k // 500)),
    ("exponential", {"final": 0.02}, 30, lambda k: (0.02 ** (1 / 30)) ** k),
    ("cosine", {}, 40, lambda k: between(1.0, 0.0, k / 40)),
    ("cosine", {"final": 0.1}, 7, lambda k: between(1.0, 0.1, k / 7)),
    ("linear-warmup", {"warmup": 0.25}, 16, lambda k: k / 4 if k < 4 else (16 - k) / 12),
    ("linear-warmup", {"warmup": 0.0}, 16, lambda k: (16 - k) / 16),
    ("linear-warmup", {"warmup": 0.5, "final": 0.2}, 8,
     lambda k: k / 4 if k < 4 else 1 - 0.8 * (k - 4) / 4),
    ("cosine-warmup", {"warmup": 0.3}, 50,
     lambda k: k / 15 if k < 15 else 0.5 * (1 + math.cos(math.pi * (k - 15) / 35))),
    ("cosine-warmup", {"warmup": 0.0, "final": 0.5}, 10, lambda k: between(1.0, 0.5, k / 10)),
    ("one-cycle", {}, 100,
     lambda k: between(1 / 25, 1.0, k / 30) if k < 30 else between(1.0, 1 / 25 / 1e4, (k - 30) / 70)),
    ("one-cycle", {"warmup": 0.29, "rise": 10.0, "fall": 3.0}, 100,
     lambda k: between(1 / 10, 1.0, k / 29) if k < 29 else between(1.0, 1 / 30, (k - 29) / 71)),
    ("inverse-time", {"decay": 4.0}, 12, lambda k: 1 / (1 + 4 * k / 12)),
]  # fmt: skip

OPTAX = [
    ("constant", {}, optax.constant_schedule(1.0)),
    ("step", {"drop": 0.3, "drops": 3}, optax.exponential_decay(1.0, 15, 0.3, staircase=True)),
    ("exponential", {"final": 0.02}, optax.exponential_decay(1.0, 60, 0.02)),
    ("cosine", {"final": 0.1}, optax.cosine_decay_schedule(1.0, 60, 0.1)),
    ("linear-warmup", {"warmup": 0.0}, optax.linear_schedule(1.0, 0.0, 60)),
    ("cosine-warmup", {"warmup": 0.2, "final": 0.3},
     optax.warmup_cosine_decay_schedule(0.0, 1.0, 12, 60, 0.3)),
    ("one-cycle", {"warmup": 0.3}, optax.cosine_onecycle_schedule(60, 1.0)),
    ("inverse-time", {"decay": 1.0}, lambda k: 60 / (60 + k)),
]  # fmt: skip

# Where PyTorch's optimizers with its schedulers stand after 1, 20, 40 and 60 steps. Computed once by torch
# 2.13.0 on a CPU in float64, the function written as `valley` above, each step
#     optimizer.zero_grad(); valley(point).backward(); optimizer.step(); scheduler.step()
# with SGD(lr=0.001, momentum=0.9) and StepLR(20, 0.1); RMSprop(lr=0.01, alpha=0.9) and
# ExponentialLR(0.01 ** (1 / 60)); AdamW(lr=0.05, weight_decay=0.1) and CosineAnnealingLR(60, eta_min=0.005);
# Adam(lr=0.05) and OneCycleLR(0.05, total_steps=61, pct_start=19 / 61, cycle_momentum=False).
PYTORCH = [
    ("momentum", {"learning_rate": 0.001, "momentum": 0.9}, "step", {"drop": 0.1, "drops": 2},
     [[-1.345, 2.05], [-1.2931973660377085, 1.6745874393305733],
      [-1.2811466312464106, 1.638750546321482], [-1.2758918066776344, 1.6371778741093055]]),
    ("rmsprop", {"learning_rate": 0.01, "decay": 0.9, "epsilon": 1e-8}, "exponential", {"final": 0.01},
     [[-1.4683772234047678, 2.031622776581684], [-1.432129214781074, 2.057010937799771],
      [-1.4298985549401475, 2.050838966307076], [-1.4286938945341257, 2.047750799107081]]),
    ("adamw", {"learning_rate": 0.05, "weight_decay": 0.1}, "cosine", {"final": 0.1},
     [[-1.4425000000032258, 2.03999999999], [-1.3248274415394865, 1.7979575418676124],
      [-1.270193706651832, 1.624837200868935], [-1.2484928595911984, 1.5706671322882984]]),
    ("adam", {"learning_rate": 0.05}, "one-cycle", {},
     [[-1.498000000000129, 2.0019999999996], [-1.454310267141593, 2.012759373342072],
      [-1.4220016230584924, 1.9879388467772918], [-1.4076647014970618, 1.9895207421314303]]),
]  # fmt: skip


@pytest.fixture
def programs():
    """A list that fills with the programs that are compiled."""
    with counted() as found:
        yield found


def other_numbers(spec, place):
    """Each number at a share of the way from its lowest to its highest value worth offering."""
    found = {}
    for each in spec.hyperparameters:
        value = each.low + place * (each.high - each.low)
        found[each.name] = round(value) if each.whole else value
    return found


def test_every_schedule_is_compared():
    assert {row[0] for row in FORMULAS} == {row[0] for row in OPTAX} == set(SCHEDULES)


@pytest.mark.parametrize(("name", "numbers", "num_steps", "factor"), FORMULAS)
def test_the_factors_are_those_of_the_formula(name, numbers, num_steps, factor):
    built = SCHEDULES[name].build(num_steps, **numbers)
    assert type(built.factors) is np.ndarray
    assert built.num_steps == num_steps
    np.testing.assert_allclose(built.factors, [factor(k) for k in range(num_steps)], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(("name", "numbers", "schedule"), OPTAX)
def test_the_factors_are_optaxs(name, numbers, schedule):
    factors = SCHEDULES[name].build(60, **numbers).factors
    np.testing.assert_allclose(factors, [float(schedule(k)) for k in range(60)], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_largest_factor_is_one_whatever_the_numbers(name):
    spec = SCHEDULES[name]
    for num_steps in (1, 2, 3, 5, 24, 1024, 1025):
        for place in (0.0, 0.37, 1.0):
            factors = spec.build(num_steps, **other_numbers(spec, place)).factors
            assert factors.shape == (num_steps,)
            assert factors.max() == pytest.approx(1.0, rel=1e-14)
            assert factors.min() >= 0
            turns = np.sign(np.diff(factors))
            assert np.all(np.diff(turns[turns != 0]) <= 0), "it rises, then falls"


def test_steps_drop_as_often_as_they_say():
    for num_steps, drops in ((10, 5), (7, 2), (14, 5), (1000, 9), (3, 2)):
        factors = SCHEDULES["step"].build(num_steps, drop=0.5, drops=drops).factors
        assert len(np.unique(factors)) == drops + 1
        lengths = np.unique(factors, return_counts=True)[1]
        assert lengths.max() - lengths.min() <= 1


@pytest.mark.parametrize(("optimizer", "numbers", "name", "schedule", "points"), PYTORCH)
def test_the_iterates_are_pytorchs(optimizer, numbers, name, schedule, points):
    built = scheduled(OPTIMIZERS[optimizer].build(**numbers), SCHEDULES[name].build(60, **schedule))
    path = descend(VALLEY, built, num_steps=60)
    np.testing.assert_allclose(path.params[[1, 20, 40, 60]], points, rtol=1e-9)


@pytest.mark.parametrize(
    ("name", "numbers", "transformation"),
    [
        ("gd", {}, optax.sgd),
        ("momentum", {"momentum": 0.8}, lambda rates: optax.sgd(rates, 0.8)),
        ("adam", {}, optax.adam),
        ("adamw", {"weight_decay": 0.3}, lambda rates: optax.adamw(rates, weight_decay=0.3)),
    ],
)
def test_it_walks_as_optax_with_a_schedule(name, numbers, transformation):
    schedule = optax.warmup_exponential_decay_schedule(1e-4, 5e-4, 5, 20, 0.5)

    def rates(step):  # optax counts in 32 bits, and its rates would have seven digits
        return schedule(jnp.asarray(step, float))

    other = descend(VALLEY, transformation(rates), num_steps=40)
    built = OPTIMIZERS[name].build(learning_rate=1.0, **numbers)
    path = descend(VALLEY, scheduled(built, rates, num_steps=40), num_steps=40)
    np.testing.assert_allclose(path.params, other.params, rtol=1e-9)


def test_it_walks_as_a_loop_that_sets_the_rate_at_each_step():
    for name in ("adamw", "lion"):
        numbers = {"learning_rate": 0.03, "weight_decay": 0.2}
        spec, factors = OPTIMIZERS[name], SCHEDULES["one-cycle"].build(12).factors
        path = descend(
            VALLEY, scheduled(spec.build(**numbers), SCHEDULES["one-cycle"].build(12)), num_steps=12
        )
        point = jnp.asarray(START)
        state = spec.build(**numbers).init(point)
        for k in range(12):
            built = spec.build(**numbers | {"learning_rate": 0.03 * factors[k]})
            updates, state = built.update(jax.grad(valley)(point), state, point)
            np.testing.assert_allclose(path.updates[k], updates, rtol=1e-9)
            point = point + updates
    # Adam's first step is as long as the rate.
    assert abs(path.updates[0, 0]) == pytest.approx(0.03 / 25 * (1 + 0.2 * 1.5), rel=0.5)


@pytest.mark.parametrize("name", RATED)
def test_every_optimizer_follows_every_schedule_by_one_program(name):
    built = OPTIMIZERS[name].build()
    starts = START[None]
    half = scheduled(built, lambda step: 0.5, num_steps=30)
    ends, _ = endpoints(VALLEY, half, starts, 30)
    before = len(TRACED)
    found = [ends]
    for schedule in SCHEDULES.values():
        found.append(endpoints(VALLEY, scheduled(built, schedule.build(30)), starts, 30)[0])
        changed = schedule.build(1000, **other_numbers(schedule, 0.4))
        endpoints(VALLEY, scheduled(built, changed), starts, 40)
    assert len(TRACED) == before
    assert np.isfinite(found).all()
    # The rule is the one with that learning rate.
    rate = built.hyperparameters["learning_rate"]
    np.testing.assert_allclose(found[1], endpoints(VALLEY, built, starts, 30)[0], rtol=1e-7)
    halved = OPTIMIZERS[name].build(learning_rate=rate / 2)
    np.testing.assert_allclose(ends, endpoints(VALLEY, halved, starts, 30)[0], rtol=1e-7)


@pytest.mark.parametrize("name", ["adam", "l-bfgs"])
def test_inner_quantities_and_costs_pass_through(name):
    spec = OPTIMIZERS[name]
    half = scheduled(spec.build(learning_rate=0.5), lambda step: 0.5, num_steps=9)
    path = descend(VALLEY, half, num_steps=9)
    plain = descend(VALLEY, spec.build(learning_rate=0.25), num_steps=9)
    assert path.internals.keys() == spec.quantities.keys()
    for quantity in spec.quantities:
        np.testing.assert_allclose(path.internals[quantity], plain.internals[quantity], rtol=1e-8)
    np.testing.assert_array_equal(path.evaluations, plain.evaluations)


def test_after_the_last_step_the_last_factor_stays():
    built = scheduled(
        OPTIMIZERS["gd"].build(learning_rate=1e-3), SCHEDULES["step"].build(4, drop=0.5, drops=1)
    )
    path = descend(VALLEY, built, num_steps=1100)
    rates = path.updates[:, 0] / -path.gradients[:, 0]
    np.testing.assert_allclose(rates, [1e-3] * 2 + [5e-4] * 1098, rtol=1e-12)


def test_building_compiles_nothing_once_all_have_been_built(programs):
    for spec in SCHEDULES.values():
        spec.build(50)
    programs.clear()
    for spec in SCHEDULES.values():
        for num_steps, place in ((1, 0.0), (2, 0.5), (3, 1.0), (77, 0.0), (1024, 0.6)):
            spec.build(num_steps, **other_numbers(spec, place))
            assert programs == [], spec.name


def test_a_scheduled_optimizer_is_a_pytree_of_its_numbers_and_factors():
    built = OPTIMIZERS["adam"].build(learning_rate=0.2)
    for num_steps, length in ((1, 1024), (1024, 1024), (1025, 2048)):
        made = scheduled(built, SCHEDULES["exponential"].build(num_steps))
        *numbers, factors = jax.tree.leaves(made)
        assert numbers == jax.tree.leaves(built)
        assert factors.shape == (length,)
        np.testing.assert_array_equal(factors[num_steps - 1 :], factors[num_steps - 1])
    again = jax.tree.unflatten(jax.tree.structure(made), jax.tree.leaves(made))
    assert again.hyperparameters == built.hyperparameters
    assert repr(again) == f"scheduled {built!r}"
    jax.tree.map(lambda leaf: object(), made)  # JAX fills pytrees with placeholders


def test_a_batch_of_schedules_runs_like_each_of_them():
    built = OPTIMIZERS["momentum"].build(learning_rate=1e-3)
    singles = [scheduled(built, SCHEDULES[name].build(20)) for name in ("constant", "cosine", "one-cycle")]

    def first_updates(optimizer):
        state, updates = optimizer.init(START), []
        for _ in range(3):
            update, state = optimizer.update(jnp.ones(2), state, START)
            updates.append(update)
        return jnp.stack(updates)

    batch = jax.tree.map(lambda *leaves: np.stack(leaves), *singles)
    together = jax.vmap(first_updates)(batch)
    np.testing.assert_allclose(together, [first_updates(single) for single in singles], rtol=1e-12)
    assert not np.allclose(together[0], together[2])


def test_a_schedule_does_not_widen_single_precision():
    single = Objective(lambda w: jnp.sum(w**2), start=np.ones(3, np.float32))
    built = scheduled(OPTIMIZERS["adam"].build(), SCHEDULES["cosine"].build(5))
    path = descend(single, built, num_steps=5)
    assert path.params.dtype == path.losses.dtype == path.updates.dtype == np.float32


@pytest.mark.parametrize(
    ("name", "num_steps", "numbers", "message"),
    [
        ("cosine", 0, {}, "`num_steps` must be at least 1, got 0"),
        ("cosine", 2.5, {}, "`num_steps` must be a whole number, got 2.5"),
        ("cosine", 9, {"alpha": 0.1}, r"`alpha` must be a hyper-parameter of cosine \(final\), got 0.1"),
        (
            "constant",
            9,
            {"final": 1},
            r"`final` must be a hyper-parameter of constant \(it has none\), got 1",
        ),
        ("cosine", 9, {"final": -0.1}, "`final` must be at least 0, got -0.1"),
        ("cosine", 9, {"final": 1.1}, "`final` must be at most 1, got 1.1"),
        ("exponential", 9, {"final": 0.0}, "`final` must be at least 1e-12, got 0"),
        ("step", 9, {"drop": 0}, "`drop` must be at least 1e-12, got 0"),
        ("step", 9, {"drops": 0}, "`drops` must be at least 1, got 0"),
        ("step", 9, {"drops": 1.5}, "`drops` must be a whole number, got 1.5"),
        ("one-cycle", 9, {"warmup": 1.0}, "`warmup` must be below 1, got 1"),
        ("one-cycle", 9, {"rise": 0.5}, "`rise` must be at least 1, got 0.5"),
        ("linear-warmup", 9, {"warmup": np.nan}, "`warmup` must be a finite number, got nan"),
        ("inverse-time", 9, {"decay": -1.0}, "`decay` must be at least 0, got -1"),
    ],
)
def test_a_bad_number_is_refused(name, num_steps, numbers, message):
    with pytest.raises(ValueError, match=message):
        SCHEDULES[name].build(num_steps, **numbers)


GD = OPTIMIZERS["gd"].build()
COSINE = SCHEDULES["cosine"].build(9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((OPTIMIZERS["levenberg-marquardt"].build(), COSINE),
         "`optimizer` must have a learning rate, got levenberg-marquardt, which has none"),
        ((scheduled(GD, COSINE), COSINE), r"without a schedule, got scheduled gd\(learning_rate=0.001\)"),
        ((optax.sgd(0.1), COSINE), "`optimizer` must be one of `OPTIMIZERS` without a schedule"),
        ((GD, "cosine"), "`schedule` must be a built schedule or an optax schedule, got 'cosine'"),
        ((GD, SCHEDULES["cosine"]), "`schedule` must be a built schedule or an optax schedule"),
        ((GD, COSINE, 9), "`num_steps` must be left out with a built schedule, got 9"),
        ((GD, optax.constant_schedule(1.0)), "`num_steps` must be given with an optax schedule"),
        ((GD, optax.constant_schedule(1.0), 0), "`num_steps` must be at least 1, got 0"),
        ((GD, lambda step: 1 - 0.5 * step, 5), "`schedule` must give finite numbers of at least 0, got -0.5"),
        ((GD, lambda step: 1 / step, 5), "`schedule` must give finite numbers of at least 0, got inf"),
        ((GD, lambda step: jnp.ones(2), 5), r"`schedule` must give one number .* got the shape \(2,\)"),
    ],
)  # fmt: skip
def test_what_cannot_be_scheduled_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        scheduled(*arguments)
