"""Optimizers as a catalogue: what every one of them promises."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from landscape.objectives import Objective
from landscape.optimizers import OPTIMIZERS, BuiltOptimizer, Hyperparameter, Optimizer
from landscape.paths import descend

TIMES = jnp.linspace(0.0, 2.0, 9)
TRACED = []
"""One entry for each time that a loss was traced."""


def bowl_residuals(point):
    return jnp.array([1.0, 3.0]) * (point - jnp.array([0.5, -0.25]))


def valley_residuals(point):
    return jnp.array([1 - point[0], 10 * (point[1] - point[0] ** 2)])


def line_residuals(params):
    return params["weights"] @ jnp.stack([TIMES, TIMES**2]) + params["bias"] - jnp.exp(TIMES)


def half_square_of(residuals):
    def loss(params):
        TRACED.append(residuals)
        return jnp.sum(residuals(params) ** 2) / 2

    return Objective(loss, start=STARTS[residuals], residuals=residuals, name=residuals.__name__)


STARTS = {
    bowl_residuals: np.array([2.0, 2.0]),
    valley_residuals: np.array([-1.5, 2.0]),
    line_residuals: {"weights": np.zeros(2), "bias": np.zeros(())},
}
BOWL, *PROBLEMS = [half_square_of(residuals) for residuals in STARTS]
CHANGED = {
    "learning_rate": lambda value: value / 2,
    "momentum": lambda value: 0.5,
    "beta1": lambda value: 0.8,
    "beta2": lambda value: 0.99,
    "decay": lambda value: 0.8,
    "epsilon": lambda value: 1e-4,
    "weight_decay": lambda value: 1e-3,
    "damping": lambda value: 0.1,
}


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_descends_and_other_numbers_compile_nothing(name, problem):
    spec = OPTIMIZERS[name]
    path = descend(problem, spec.build(), num_steps=200)
    assert path.diverged_at is None
    assert path.losses[-1] < 0.5 * path.losses[0]

    before = len(TRACED)
    others = {each.name: CHANGED[each.name](each.default) for each in spec.hyperparameters}
    other = descend(problem, spec.build(**others), num_steps=150)
    assert len(TRACED) == before
    assert other.losses[-1] < other.losses[0]
    assert not np.array_equal(other.losses[1:3], path.losses[1:3])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_inner_quantities_are_those_announced(name):
    spec = OPTIMIZERS[name]
    for problem in PROBLEMS:
        path = descend(problem, spec.build(), num_steps=3)
        assert path.internals.keys() == spec.quantities.keys()
        for leaf in jax.tree.leaves(path.internals):
            assert leaf.shape[0] == 3
            assert np.isfinite(leaf).all()
        assert np.all(np.diff(path.evaluations) >= 1)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_numbers_declared_are_usable(name):
    spec = OPTIMIZERS[name]
    allowed = {*CHANGED}
    for each in spec.hyperparameters:
        assert each.name in allowed
        assert each.symbol
        assert each.low <= each.default <= each.high
        assert each.scale == "linear" or each.low > 0
        assert each.check(each.low) == each.low
        assert each.check(each.high) == each.high


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_built_optimizer_is_a_pytree_of_its_numbers(name):
    built = OPTIMIZERS[name].build()
    leaves, structure = jax.tree.flatten(built)
    assert all(type(leaf) is float for leaf in leaves)
    again = jax.tree.unflatten(structure, leaves)
    assert isinstance(again, BuiltOptimizer)
    assert isinstance(again, optax.GradientTransformationExtraArgs)
    assert again.spec is OPTIMIZERS[name]
    assert (
        again.hyperparameters
        == built.hyperparameters
        == {h.name: h.default for h in built.spec.hyperparameters}
    )
    assert jax.tree.structure(OPTIMIZERS[name].build()) == structure
    jax.tree.map(lambda leaf: object(), built)  # JAX fills pytrees with placeholders


def two_steps(built, start):
    """Where two steps on the bowl lead."""
    problem = BOWL

    def step(carry, _):
        params, state = carry
        value, gradient = jax.value_and_grad(problem.loss)(params)
        updates, state = built.update(
            gradient,
            state,
            params,
            value=value,
            grad=gradient,
            value_fn=problem.loss,
            residuals_fn=problem.residuals,
        )
        record = built.internals(state, updates), built.evaluations(state)
        return (optax.apply_updates(params, updates), state), record

    return jax.lax.scan(step, (start, built.init(start)), length=2)[0][0]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_batch_of_numbers_runs_like_each_of_them(name):
    spec = OPTIMIZERS[name]
    each = spec.hyperparameters[0]
    singles = [spec.build(**{each.name: each.default * factor}) for factor in (1.0, 0.5)]
    batch = jax.tree.map(lambda *numbers: jnp.stack([jnp.asarray(n) for n in numbers]), *singles)
    start = jnp.asarray(BOWL.start)
    together = jax.jit(jax.vmap(two_steps, in_axes=(0, None)))(batch, start)
    assert not np.array_equal(together[0], together[1])
    run = jax.jit(two_steps)
    np.testing.assert_allclose(together, [run(single, start) for single in singles], rtol=1e-9, atol=1e-9)
    # float64 numbers do not widen float32 weights, not even in a batch
    widened = jax.eval_shape(jax.vmap(two_steps, in_axes=(0, None)), batch, start.astype(jnp.float32))
    assert widened.dtype == jnp.float32


def test_it_composes_with_other_transformations_of_optax():
    chain = optax.chain(optax.clip(0.5), OPTIMIZERS["gd"].build(learning_rate=0.1))
    params = jnp.array([3.0, -0.2])
    updates, _ = chain.update(params, chain.init(params), params)
    np.testing.assert_allclose(updates, [-0.05, 0.02])


@pytest.mark.parametrize(
    ("name", "numbers", "message"),
    [
        ("gd", {"rate": 0.1}, r"`rate` must be a hyper-parameter of gd \(learning_rate\), got 0.1"),
        ("gd", {"momentum": 0.9}, "`momentum` must be a hyper-parameter of gd"),
        ("gd", {"learning_rate": -0.5}, "`learning_rate` must be at least 0, got -0.5"),
        ("gd", {"learning_rate": np.nan}, "`learning_rate` must be a finite number, got nan"),
        ("gd", {"learning_rate": np.inf}, "`learning_rate` must be a finite number, got inf"),
        ("gd", {"learning_rate": "0.1"}, "`learning_rate` must be a finite number, got '0.1'"),
        ("gd", {"learning_rate": [0.1]}, r"`learning_rate` must be a finite number, got \[0.1\]"),
        ("gd", {"learning_rate": True}, "`learning_rate` must be a finite number, got True"),
        ("gd", {"learning_rate": None}, "`learning_rate` must be a finite number, got None"),
        ("adam", {"beta1": 1.0}, "`beta1` must be below 1, got 1"),
        ("adam", {"beta2": -0.1}, "`beta2` must be at least 0, got -0.1"),
        ("momentum", {"momentum": 1.5}, "`momentum` must be at most 1, got 1.5"),
        ("newton", {"damping": -1e-3}, "`damping` must be at least 0, got -0.001"),
    ],
)
def test_a_bad_number_is_refused(name, numbers, message):
    with pytest.raises(ValueError, match=message):
        OPTIMIZERS[name].build(**numbers)


def test_numbers_at_the_ends_of_their_bounds_are_taken():
    assert OPTIMIZERS["momentum"].build(momentum=1).hyperparameters["momentum"] == 1.0
    assert OPTIMIZERS["newton"].build(damping=np.float32(0)).hyperparameters["damping"] == 0.0
    assert OPTIMIZERS["gd"].build(learning_rate=np.int64(3)).hyperparameters == {"learning_rate": 3.0}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_methods_for_residuals_refuse_objectives_without(name):
    plain = Objective(lambda point: jnp.sum(point**2), start=np.ones(2), name="plain")
    if name in {"gauss-newton", "levenberg-marquardt"}:
        with pytest.raises(ValueError, match=f"residuals .* for {name}, got 'plain', which has none"):
            OPTIMIZERS[name].check_objective(plain)
    else:
        OPTIMIZERS[name].check_objective(plain)


def test_a_rule_of_ones_own_takes_the_same_form():
    number = Hyperparameter("learning_rate", "Learning rate", r"\eta", 0.1, 1e-3, 1.0, "log")
    signs = Optimizer("signs", "Signs", r"\theta - \eta \operatorname{sign} g", (number,), optax.sign_sgd, "")
    path = descend(BOWL, signs.build(learning_rate=0.25), num_steps=2)
    np.testing.assert_allclose(path.params[:, 0], [2.0, 1.75, 1.5])
    assert path.internals == {}
    assert list(path.evaluations) == [0, 1, 2]
