"""Paths: what is recorded of a run, what may start one, and what is compiled anew."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from jax.tree_util import Partial

from landscape.functions import FUNCTIONS
from landscape.objectives import Objective
from landscape.optimizers import OPTIMIZERS
from landscape.paths import ENDPOINT_CHUNK, descend, endpoints

TRACED = []
"""One entry for each time that `slanted` was traced."""


def slanted(scale, point):
    TRACED.append(scale)
    x, y = point
    return scale * (x - 2) ** 2 + (y + 1) ** 2 + 0.5 * x * y


def slanted_gradient(scale, point):
    x, y = point
    return np.array([2 * scale * (x - 2) + 0.5 * y, 2 * (y + 1) + 0.5 * x])


SLANTED = Objective(Partial(slanted, 3.0), start=np.array([0.5, 4.0]))
ROSENBROCK = FUNCTIONS["rosenbrock"]

TREE = Objective(
    lambda w: jnp.sum((w["weights"] - jnp.arange(6.0).reshape(2, 3)) ** 2) + 3 * (w["rest"][0] + 1.5) ** 2,
    start={"weights": np.zeros((2, 3)), "rest": (np.ones(()), np.zeros(0))},
)


def test_a_step_leads_from_each_row_to_the_next():
    path = descend(SLANTED, OPTIMIZERS["gd"].build(learning_rate=0.1), [1, -3], num_steps=7)
    assert path.num_steps == 7
    assert path.params.shape == (8, 2)
    assert path.losses.shape == path.evaluations.shape == (8,)
    assert path.gradients.shape == path.updates.shape == (7, 2)
    assert type(path.params) is type(path.losses) is type(path.gradients) is np.ndarray
    np.testing.assert_array_equal(path.params[0], [1.0, -3.0])
    for k in range(7):
        x, y = path.params[k]
        gradient = slanted_gradient(3, path.params[k])
        assert path.losses[k] == pytest.approx(3 * (x - 2) ** 2 + (y + 1) ** 2 + 0.5 * x * y, rel=1e-14)
        np.testing.assert_allclose(path.gradients[k], gradient, rtol=1e-13)
        np.testing.assert_allclose(path.updates[k], -0.1 * gradient, rtol=1e-13)
        np.testing.assert_allclose(path.params[k + 1], path.params[k] + path.updates[k], rtol=1e-15)
    assert path.final_loss == path.losses[7]
    assert list(path.evaluations) == list(range(8))
    assert path.diverged_at is None


def test_adams_inner_quantities_explain_its_update():
    numbers = {"learning_rate": 0.3, "beta1": 0.7, "beta2": 0.95, "epsilon": 1e-3}
    path = descend(SLANTED, OPTIMIZERS["adam"].build(**numbers), num_steps=5)
    m = v = np.zeros(2)
    for k, inner in enumerate(
        zip(*(path.internals[name] for name in ("m", "v", "m_hat", "v_hat")), strict=True)
    ):
        gradient = slanted_gradient(3, path.params[k])
        m, v = 0.7 * m + 0.3 * gradient, 0.95 * v + 0.05 * gradient**2
        m_hat, v_hat = m / (1 - 0.7 ** (k + 1)), v / (1 - 0.95 ** (k + 1))
        np.testing.assert_allclose(inner, [m, v, m_hat, v_hat], rtol=1e-12)
        np.testing.assert_allclose(path.updates[k], -0.3 * m_hat / (np.sqrt(v_hat) + 1e-3), rtol=1e-12)


def test_numbers_compile_nothing():
    descend(SLANTED, OPTIMIZERS["adam"].build(), num_steps=10)
    endpoints(SLANTED, OPTIMIZERS["adam"].build(), np.ones((5, 2)), 10)
    before = len(TRACED)
    shifted = SLANTED.replace(loss=Partial(slanted, 0.25))
    other = OPTIMIZERS["adam"].build(learning_rate=0.7, beta1=0.5, beta2=0.6, epsilon=1e-2)
    path = descend(shifted, other, start=[3, np.float32(-2)], num_steps=1000)
    endpoints(shifted, other, [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]], 700)
    assert len(TRACED) == before
    assert path.losses[0] == pytest.approx(0.25 * 1 + 1 - 3, rel=1e-14)
    # a longer run than the program holds, or another rule, is another program
    descend(shifted, other, num_steps=1025)
    assert len(TRACED) > before


@pytest.mark.parametrize("num_steps", [1, 2, 1023, 1024, 1025])
def test_the_capacity_does_not_change_the_path(num_steps):
    built = OPTIMIZERS["momentum"].build(learning_rate=0.01)
    path = descend(SLANTED, built, num_steps=num_steps)
    assert path.params.shape == (num_steps + 1, 2)
    roomy = descend(SLANTED, built, num_steps=num_steps, capacity=2048)
    np.testing.assert_array_equal(path.params, roomy.params)
    np.testing.assert_array_equal(path.losses, roomy.losses)
    np.testing.assert_array_equal(path.internals["velocity"], roomy.internals["velocity"])


def test_a_pytree_of_several_leaves_keeps_its_structure():
    start = {"weights": [[1, 2, 3], [4, 5, 6]], "rest": (2, [])}
    path = descend(TREE, OPTIMIZERS["adam"].build(learning_rate=0.1), start, num_steps=400)
    assert path.params["weights"].shape == (401, 2, 3)
    assert path.params["rest"][0].shape == (401,)
    assert path.internals["m"]["weights"].shape == (400, 2, 3)
    np.testing.assert_array_equal(path.params["weights"][0], [[1, 2, 3], [4, 5, 6]])
    np.testing.assert_allclose(path.params["weights"][-1], np.arange(6.0).reshape(2, 3), atol=1e-6)
    assert path.params["rest"][0][-1] == pytest.approx(-1.5, abs=1e-6)
    np.testing.assert_allclose(path.gradients["rest"][0], 6 * (path.params["rest"][0][:-1] + 1.5), rtol=1e-12)


def test_parameters_keep_the_objectives_own_precision():
    single = Objective(lambda w: jnp.sum(w**2), start=np.ones(3, np.float32))
    path = descend(single, OPTIMIZERS["adam"].build(), start=[1.0, 2.0, 3.0], num_steps=2)
    assert path.params.dtype == path.losses.dtype == np.float32


def test_first_and_within_cut_a_path_as_if_it_had_been_stopped():
    path = descend(ROSENBROCK, OPTIMIZERS["newton"].build(), num_steps=12)
    short = descend(ROSENBROCK, OPTIMIZERS["newton"].build(), num_steps=5)
    cut = path.first(5)
    assert jax.tree.structure(cut.internals) == jax.tree.structure(short.internals)
    for name in ("params", "losses", "gradients", "updates", "evaluations"):
        np.testing.assert_array_equal(getattr(cut, name), getattr(short, name))
    np.testing.assert_array_equal(cut.internals["hessian"], short.internals["hessian"])
    assert path.first(-3).num_steps == 0
    assert path.first(99).num_steps == 12
    spent = path.evaluations
    assert spent[1] >= 3
    assert path.within(spent[4]).num_steps == 4
    assert path.within(spent[4] - 1).num_steps == 3
    assert path.within(0).num_steps == 0
    assert path.within(10**9).num_steps == 12


def test_endpoints_are_where_each_path_ends():
    built = OPTIMIZERS["nesterov"].build(learning_rate=1e-3)
    starts = np.array([[-1.5, 2.0], [0.3, -0.7], [1.9, 1.1], [1e8, 1.0]])
    ends, losses = endpoints(ROSENBROCK, built, starts, 50)
    for start, end, loss in zip(starts, ends, losses, strict=True):
        path = descend(ROSENBROCK, built, start, num_steps=50)
        np.testing.assert_allclose(end, path.params[-1], rtol=1e-11)
        np.testing.assert_allclose(loss, path.final_loss, rtol=1e-9)
    assert not np.isfinite(losses[-1])


def test_many_endpoints_are_walked_in_parts_and_come_back_in_order():
    # On the bowl (x² + 3y²)/2 each of ten steps multiplies x by 0.9 and y by 0.7.
    bowl = Objective(lambda w: (w["x"] ** 2 + 3 * w["y"][0] ** 2) / 2, start={"x": 0.0, "y": np.zeros(1)})
    x = np.linspace(-3, 8, 2 * ENDPOINT_CHUNK + 5)
    built = OPTIMIZERS["gd"].build(learning_rate=0.1)
    for num_starts in (1, 3, ENDPOINT_CHUNK, ENDPOINT_CHUNK + 1, len(x)):
        starts = {"x": x[:num_starts], "y": -x[:num_starts, None]}
        ends, losses = endpoints(bowl, built, starts, 10)
        np.testing.assert_allclose(ends["x"], x[:num_starts] * 0.9**10, rtol=1e-13, atol=1e-15)
        np.testing.assert_allclose(ends["y"][:, 0], -x[:num_starts] * 0.7**10, rtol=1e-13, atol=1e-15)
        np.testing.assert_allclose(losses, (ends["x"] ** 2 + 3 * ends["y"][:, 0] ** 2) / 2, rtol=1e-13)


@pytest.mark.parametrize(
    ("transformation", "names"),
    [
        (optax.adam(0.1), {"mu", "nu"}),
        (optax.sgd(optax.cosine_decay_schedule(1e-2, 60), momentum=0.5), {"trace"}),
        (
            optax.chain(
                optax.clip_by_global_norm(1.0), optax.trace(0.5), optax.trace(0.1), optax.scale(-0.02)
            ),
            {"trace", "trace-2"},
        ),
        (
            optax.inject_hyperparams(optax.adam)(learning_rate=optax.linear_schedule(0.2, 0.01, 50)),
            {"mu", "nu"},
        ),
        (optax.lbfgs(), {"params", "updates", "grad"}),
        (optax.MultiSteps(optax.adam(0.2), 2), {"mu", "nu", "acc_grads"}),
        (optax.chain(optax.clip(5.0), OPTIMIZERS["gd"].build(learning_rate=0.05)), set()),
    ],
    ids=["adam", "schedule", "chain", "injected", "lbfgs", "every-second-step", "ours-in-a-chain"],
)
def test_any_transformation_of_optax_walks(transformation, names):
    path = descend(SLANTED, transformation, num_steps=60)
    assert path.internals.keys() == names
    for values in path.internals.values():
        assert values.shape == (60, 2)
    assert path.final_loss < path.losses[0] - 20
    # by hand: optax's own loop
    point = jnp.asarray(SLANTED.start)
    state = transformation.init(point)

    def value_fn(point):
        return SLANTED.loss(point)

    @jax.jit
    def step(point, state):
        value, gradient = jax.value_and_grad(value_fn)(point)
        updates, state = optax.with_extra_args_support(transformation).update(
            gradient, state, point, value=value, grad=gradient, value_fn=value_fn
        )
        return optax.apply_updates(point, updates), state

    for k in range(6):
        np.testing.assert_allclose(path.params[k], point, rtol=1e-10)
        point, state = step(point, state)


def test_a_transformation_of_optax_walks_on_a_pytree():
    for transformation in (optax.lbfgs(), optax.inject_hyperparams(optax.adam)(0.1)):
        path = descend(TREE, transformation, num_steps=30)
        assert path.final_loss < path.losses[0] / 2


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ([np.nan, 1.0], "`start` must be finite numbers, got nan"),
        ([1.0, -np.inf], "`start` must be finite numbers, got -inf"),
        ([1.0], r"`start` must have the shape \(2,\), got \(1,\)"),
        (3.0, r"`start` must have the shape \(2,\), got \(\)"),
        (["a", "b"], "`start` must be numbers, got"),
        ([1.0, 2j], "`start` must be numbers, got"),
        ([True, False], "`start` must be numbers, got"),
        ([[1.0], [2.0, 3.0]], "`start` must be numbers, got"),
        ({"x": 1.0}, "`start` must be numbers, got {'x': 1.0}"),
    ],
)
def test_a_start_that_is_not_usable_is_refused(start, message):
    with pytest.raises(ValueError, match=message):
        descend(ROSENBROCK, OPTIMIZERS["gd"].build(), start)


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ([1.0], "`start` must have the structure"),
        ({"weights": np.zeros((2, 3))}, "`start` must have the structure"),
        ({"weights": np.zeros((3, 2)), "rest": (0.0, [])}, r"must have the shape \(2, 3\), got \(3, 2\)"),
        ({"weights": np.full((2, 3), np.inf), "rest": (0.0, [])}, "must be finite numbers, got inf"),
    ],
)
def test_a_pytree_that_does_not_fit_is_refused(start, message):
    with pytest.raises(ValueError, match=message):
        descend(TREE, OPTIMIZERS["gd"].build(), start)


@pytest.mark.parametrize(
    ("starts", "message"),
    [
        ([], "`starts` must have one leading axis of at least 1"),
        (1.0, "`starts` must have one leading axis of at least 1"),
        ([[1.0, 2.0, 3.0]], r"`starts` must have the shape \(1, 2\), got \(1, 3\)"),
        ([[1.0, np.nan]], "`starts` must be finite numbers, got nan"),
    ],
)
def test_starts_that_are_not_usable_are_refused(starts, message):
    with pytest.raises(ValueError, match=message):
        endpoints(ROSENBROCK, OPTIMIZERS["gd"].build(), np.asarray(starts))


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"num_steps": 0}, "`num_steps` must be at least 1, got 0"),
        ({"num_steps": -3}, "`num_steps` must be at least 1, got -3"),
        ({"num_steps": 2.5}, "`num_steps` must be a whole number, got 2.5"),
        ({"num_steps": 9, "capacity": 8}, "`capacity` must be at least `num_steps` = 9, got 8"),
        ({"capacity": 0}, "`capacity` must be at least 1, got 0"),
    ],
)
def test_a_number_of_steps_that_is_not_usable_is_refused(numbers, message):
    with pytest.raises(ValueError, match=message):
        descend(ROSENBROCK, OPTIMIZERS["gd"].build(), **numbers)


@pytest.mark.parametrize("name", ["gauss-newton", "levenberg-marquardt"])
def test_a_method_for_residuals_refuses_an_objective_without(name):
    with pytest.raises(ValueError, match=f"residuals .* for {name}"):
        descend(SLANTED, OPTIMIZERS[name].build())
    with pytest.raises(ValueError, match="`residuals_fn` must give the residuals"):
        descend(SLANTED, optax.chain(OPTIMIZERS[name].build()))
