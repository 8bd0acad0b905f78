"""Walkers: mini-batches, which examples each step sees and what becomes of the walk."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
from jax.tree_util import Partial
from sklearn.linear_model import LinearRegression
from sklearn.metrics import log_loss, mean_squared_error

from landscape.datasets import DATASETS, Dataset
from landscape.functions import FUNCTIONS
from landscape.losses import LOSSES, l2
from landscape.models import MODELS
from landscape.objectives import Objective
from landscape.optimizers import OPTIMIZERS
from landscape.paths import descend, endpoints
from landscape.risk import empirical_risk, on_two_parameters, params_at
from landscape.walkers import walker

RANDOM = np.random.default_rng(7)
X = RANDOM.normal(size=(10, 2))
Y = X @ [2.0, -1.0] + 0.5 + RANDOM.normal(scale=0.3, size=10)
STRENGTH = 0.1
TRACED = []
"""One entry for each time that `weighted` was traced."""


def ridge(strength=STRENGTH, reduction="mean"):
    data = Dataset("ten", "Ten", X, Y, ("x1", "x2"))
    return empirical_risk(MODELS["linear"], data, LOSSES["mse"], l2(strength), reduction)


def gradient_on(rows, params):
    """Of the mean squared error on some rows, and the penalty, by hand."""
    errors = X[rows] @ params["weights"] + params["bias"] - Y[rows]
    return {
        "weights": 2 * X[rows].T @ errors / len(rows) + 2 * STRENGTH * params["weights"],
        "bias": 2 * errors.mean(),
    }


def at(params, k):
    return {name: rows[k] for name, rows in params.items()}


def weighted(targets, params, weights):
    TRACED.append(weights)
    return jnp.sum(weights * (params - targets) ** 2) / targets.size


def total(targets, params):
    return weighted(targets, params, jnp.ones(targets.size))


def mean_of(targets):
    targets = np.asarray(targets, float)
    return Objective(
        Partial(total, targets),
        start=np.zeros(()),
        on_examples=Partial(weighted, targets),
        num_examples=targets.size,
    )


@jax.jit
def weights_at(batches, seeds, steps):
    return jax.vmap(lambda seed, step: batches._replace(seed=seed).weights(step))(seeds, steps)


def drawn(objective, size, seed, num_steps):
    """The weights of the examples at each step, (num_steps, n)."""
    batches = walker(objective, OPTIMIZERS["gd"].build(), size, seed).batches
    return np.asarray(weights_at(batches, np.full(32, seed), np.arange(32)))[:num_steps]


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_weighted_examples_are_scikit_learns_sample_weights(reduction):
    params = {"weights": np.array([0.3, -0.7]), "bias": np.array(0.2)}
    weights = np.arange(10.0)
    scale = weights.sum() / (10 if reduction == "mean" else 1)  # scikit-learn divides by the sum of weights
    squared = ridge(reduction=reduction)
    error = mean_squared_error(Y, X @ params["weights"] + 0.2, sample_weight=weights)
    penalty = STRENGTH * np.sum(params["weights"] ** 2)
    assert float(squared.on_examples(params, weights)) == pytest.approx(scale * error + penalty, rel=1e-12)
    assert squared.on_examples(params, np.ones(10)) == squared.loss(params)

    labels = (Y > 0).astype(int)
    data = Dataset("signs", "Signs", X, labels, ("x1", "x2"), "sign", "classification", ("no", "yes"))
    risk = empirical_risk(MODELS["logistic"], data, LOSSES["binary-cross-entropy"], reduction=reduction)
    chances = 1 / (1 + np.exp(-(X @ params["weights"] + 0.2)))
    expected = scale * log_loss(labels, chances, sample_weight=weights)
    assert float(risk.on_examples(params, weights)) == pytest.approx(expected, rel=1e-12)
    assert risk.num_examples == 10


@pytest.mark.parametrize("size", [1, 3, 7, 10])
def test_the_walk_is_that_of_a_loop_over_batches(size):
    path = descend(ridge(), OPTIMIZERS["gd"].build(learning_rate=0.1), num_steps=25, batch_size=size, seed=5)
    point = {"weights": np.zeros(2), "bias": np.zeros(())}
    for k, weights in enumerate(drawn(ridge(), size, 5, 25)):
        rows = np.flatnonzero(weights)
        gradient = gradient_on(rows, point)
        for name in point:
            np.testing.assert_allclose(path.gradients[name][k], gradient[name], rtol=1e-11, atol=1e-13)
            point[name] = point[name] - 0.1 * gradient[name]
            np.testing.assert_allclose(path.params[name][k + 1], point[name], rtol=1e-11)
        everything = X @ point["weights"] + point["bias"] - Y
        loss = np.mean(everything**2) + STRENGTH * np.sum(point["weights"] ** 2)
        assert path.losses[k + 1] == pytest.approx(loss, rel=1e-12)


@pytest.mark.parametrize(("size", "counts"), [(1, [1] * 10), (3, [3, 3, 3, 1]), (6, [6, 4]), (10, [10])])
def test_every_epoch_sees_every_example_once(size, counts):
    weights = drawn(ridge(), size, 0, 3 * len(counts)).reshape(3, len(counts), 10)
    np.testing.assert_array_equal((weights > 0).sum(axis=1), np.ones((3, 10)))
    np.testing.assert_array_equal((weights > 0).sum(axis=2), [counts] * 3)
    # Each batch stands for all the data: its weights add up to their number.
    np.testing.assert_allclose(weights.sum(axis=2), 10, rtol=1e-14)
    if len(counts) > 1:
        assert not np.array_equal(weights[0], weights[1])
        other = drawn(ridge(), size, 1, len(counts))
        assert not np.array_equal(weights[0], other)
    np.testing.assert_array_equal(weights[0], drawn(ridge(), size, 0, len(counts)))


@pytest.mark.parametrize("varied", ["epochs", "seeds"])
def test_all_orders_are_equally_likely(varied):
    count = 4800
    batches = walker(mean_of(np.arange(4.0)), OPTIMIZERS["gd"].build(), 1).batches
    steps, seeds = np.arange(4 * count), np.full(4 * count, 3)
    if varied == "seeds":
        steps, seeds = steps % 4, steps // 4
    weights = np.asarray(weights_at(batches, seeds, steps))
    orders = [tuple(order) for order in weights.argmax(axis=1).reshape(count, 4).tolist()]
    observed = [orders.count(order) for order in itertools.permutations(range(4))]
    assert sum(observed) == count
    assert scipy.stats.chisquare(observed).pvalue > 1e-3


STARTS = {"weights": np.array([[4.0, 4.0], [-1.0, 5.0]]), "bias": np.array([-3.0, 2.0])}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_batch_of_all_examples_is_the_whole_and_a_smaller_one_is_not(name):
    # Lion's steps are of one length: with small ones the batches do not matter far away.
    objective, built = ridge(), OPTIMIZERS[name].build(**({"learning_rate": 0.4} if name == "lion" else {}))
    whole, losses = endpoints(objective, built, STARTS, 40)
    batch, on_batches = endpoints(objective, built, STARTS, 40, batch_size=10, seed=2)
    np.testing.assert_allclose(batch["weights"], whole["weights"], rtol=1e-7, atol=1e-10)
    np.testing.assert_allclose(batch["bias"], whole["bias"], rtol=1e-7, atol=1e-10)
    np.testing.assert_allclose(on_batches, losses, rtol=1e-8)
    if OPTIMIZERS[name].needs_residuals:
        return
    found = [endpoints(objective, built, STARTS, 40, batch_size=3, seed=seed)[1] for seed in (1, 1, 2)]
    before = [float(objective.loss(at(STARTS, k))) for k in range(2)]
    assert np.all(found < np.array(before))
    np.testing.assert_array_equal(found[0], found[1])
    assert not np.any(found[0] == found[2])


def test_newtons_step_solves_the_batch():
    """Curvature and line search are those of the batch: one step fits its examples."""
    objective = ridge(strength=0.0)
    path = descend(objective, OPTIMIZERS["newton-undamped"].build(), num_steps=2, batch_size=6, seed=4)
    for k, weights in enumerate(drawn(objective, 6, 4, 2)):
        fit = LinearRegression().fit(X[weights > 0], Y[weights > 0])
        np.testing.assert_allclose(path.params["weights"][k + 1], fit.coef_, rtol=1e-9)
        np.testing.assert_allclose(path.params["bias"][k + 1], fit.intercept_, rtol=1e-9)


def test_batch_sizes_and_seeds_compile_nothing():
    built = OPTIMIZERS["adam"].build()
    descend(mean_of([1, 2, 5, 7]), built, num_steps=10, batch_size=2)
    endpoints(mean_of([1, 2, 5, 7]), built, np.ones(3), 10, batch_size=2)
    before = len(TRACED)
    others = mean_of([3, 0, 2, -7])
    paths = [descend(others, built, num_steps=20, batch_size=size, seed=9) for size in (1, 3, 4)]
    endpoints(others, built, np.zeros(3), 20, batch_size=1, seed=123)
    assert len(TRACED) == before
    assert len({path.final_loss for path in paths}) == 3


def test_endpoints_are_where_each_path_on_batches_ends():
    built = OPTIMIZERS["momentum"].build(learning_rate=0.02)
    starts = np.array([0.0, -3.0, 8.0])
    objective = mean_of([1, 2, 5, 7, 11])
    ends, losses = endpoints(objective, built, starts, 33, batch_size=2, seed=6)
    for start, end, loss in zip(starts, ends, losses, strict=True):
        path = descend(objective, built, start, 33, batch_size=2, seed=6)
        assert end == pytest.approx(path.params[-1], rel=1e-12)
        assert loss == pytest.approx(path.final_loss, rel=1e-12)


def test_a_slice_of_a_risk_has_the_examples_of_the_whole():
    data = DATASETS["iris"]
    model, loss = MODELS["softmax"], LOSSES["cross-entropy"]
    part = on_two_parameters(model, data, loss, ("weights", 0, 1), ("weights", 2, 2), l2(0.1))
    whole = empirical_risk(model, data, loss, l2(0.1))
    weights = np.where(np.arange(150) < 50, 3.0, 0.0)
    point = np.array([0.4, -1.3])
    expected = float(whole.on_examples(params_at(part, point), weights))
    assert float(part.on_examples(point, weights)) == pytest.approx(expected, rel=1e-12)
    assert part.num_examples == 150
    path = descend(part, OPTIMIZERS["gd"].build(), num_steps=4, batch_size=16)
    assert path.params.shape == (5, 2)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"batch_size": 0}, "`batch_size` must be at least 1, got 0"),
        ({"batch_size": -2}, "`batch_size` must be at least 1, got -2"),
        ({"batch_size": 11}, "`batch_size` must be at most 10, got 11"),
        ({"batch_size": 2.0}, "`batch_size` must be a whole number, got 2.0"),
        ({"batch_size": "2"}, "`batch_size` must be a whole number, got '2'"),
        ({"batch_size": 2, "seed": -1}, "`seed` must be at least 0, got -1"),
        ({"batch_size": 2, "seed": 0.5}, "`seed` must be a whole number, got 0.5"),
        ({"batch_size": 2, "seed": 2**63}, "`seed` must be at most 9223372036854775807, got"),
    ],
)
def test_bad_batches_are_refused(numbers, message):
    for run in (descend, lambda *args, **kw: endpoints(args[0], args[1], {"weights": X, "bias": Y}, **kw)):
        with pytest.raises(ValueError, match=message):
            run(ridge(), OPTIMIZERS["gd"].build(), **numbers)


def test_the_largest_seed_is_taken():
    path = descend(ridge(), OPTIMIZERS["gd"].build(), num_steps=3, batch_size=np.int64(4), seed=2**63 - 1)
    assert path.diverged_at is None


def test_batches_need_examples_and_methods_for_residuals_need_all_of_them():
    with pytest.raises(ValueError, match=r"`objective` must be a loss over examples .* got 'rosenbrock'"):
        descend(FUNCTIONS["rosenbrock"], OPTIMIZERS["gd"].build(), batch_size=1)
    for name in ("gauss-newton", "levenberg-marquardt"):
        with pytest.raises(ValueError, match=f"`batch_size` must be the 10 examples for {name}, .* got 9"):
            descend(ridge(), OPTIMIZERS[name].build(), batch_size=9)
    with pytest.raises(ValueError, match=r"`num_examples` must be given with `on_examples`.*, got None"):
        mean_of([1, 2]).replace(num_examples=None)
    with pytest.raises(ValueError, match=r"`num_examples` must be given with `on_examples`.*, got 3"):
        FUNCTIONS["bowl"].replace(num_examples=3)
