"""Noise: gradients of mini-batches against sampling theory, and averaged iterates."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.tree_util import Partial

from landscape.datasets import Dataset
from landscape.functions import FUNCTIONS
from landscape.losses import LOSSES, l2
from landscape.models import MODELS
from landscape.noise import CHUNK, average_iterates, gradient_noise, noise_clouds
from landscape.objectives import Objective
from landscape.optimizers import OPTIMIZERS
from landscape.paths import descend
from landscape.risk import empirical_risk, on_two_parameters

RANDOM = np.random.default_rng(11)
X = RANDOM.normal(size=(12, 2)) * [1.0, 3.0]
Y = X @ [1.0, -0.5] + RANDOM.normal(size=12)
DATA = Dataset("twelve", "Twelve", X, Y, ("x1", "x2"))
RIDGE = empirical_risk(MODELS["linear"], DATA, LOSSES["mse"], l2(0.2))
POINT = {"weights": np.array([0.4, 1.5]), "bias": np.array(-1.0)}
TRACED = []
"""One entry for each time that `weighted` was traced."""


def single_gradients(point):
    """Of each example alone, with the penalty, by hand: columns weights 1, weights 2, bias."""
    errors = X @ point["weights"] + point["bias"] - Y
    weights = 2 * errors[:, None] * X + 2 * 0.2 * point["weights"]
    return np.column_stack([weights, 2 * errors])


def columns(gradients):
    return np.column_stack([gradients["weights"], gradients["bias"]])


def weighted(targets, params, weights):
    TRACED.append(weights)
    return jnp.sum(weights * (params - targets) ** 2) / targets.size


def total(targets, params):
    return jnp.sum((params - targets) ** 2) / targets.size


def mean_of(targets):
    targets = np.asarray(targets, float)
    return Objective(
        Partial(total, targets),
        start=np.zeros(()),
        on_examples=Partial(weighted, targets),
        num_examples=targets.size,
    )


def test_the_mean_over_all_single_examples_is_the_full_gradient():
    slope = jax.grad(RIDGE.on_examples)
    each = [slope(POINT, 12.0 * np.eye(12)[i]) for i in range(12)]
    found = np.array([[*gradient["weights"], gradient["bias"]] for gradient in each])
    np.testing.assert_allclose(found, single_gradients(POINT), rtol=1e-12)
    whole = jax.grad(RIDGE.loss)(POINT)
    np.testing.assert_allclose(found.mean(axis=0), [*whole["weights"], whole["bias"]], rtol=1e-12)


def test_a_batch_of_one_is_one_of_the_examples_and_each_has_its_turn():
    found = columns(gradient_noise(RIDGE, POINT, 1, num_samples=200, seed=3))
    distances = np.abs(found[:, None] - single_gradients(POINT)).max(axis=2)
    assert distances.min(axis=1).max() < 1e-12
    assert set(distances.argmin(axis=1)) == set(range(12))


@pytest.mark.parametrize("size", [1, 3, 8, 11])
def test_mean_and_covariance_are_those_of_sampling_without_replacement(size):
    """Cochran (1977), theorem 2.2: Cov = (1 − b/n) S / b."""
    num_samples = 8192
    found = columns(gradient_noise(RIDGE, POINT, size, num_samples, seed=5))
    single = single_gradients(POINT)
    covariance = (1 - size / 12) * np.cov(single.T) / size
    root = np.linalg.inv(np.linalg.cholesky(covariance))
    whitened = (found - single.mean(axis=0)) @ root.T
    # Each mean has the standard error 1/√8192 = 0.011; each entry of the covariance about as much.
    np.testing.assert_allclose(whitened.mean(axis=0), 0, atol=0.05)
    np.testing.assert_allclose(np.cov(whitened.T), np.eye(3), atol=0.08)


def test_a_batch_of_all_examples_has_no_noise():
    found = columns(gradient_noise(RIDGE, POINT, 12, num_samples=5))
    np.testing.assert_allclose(found, np.tile(single_gradients(POINT).mean(axis=0), (5, 1)), rtol=1e-12)


def test_the_seed_and_the_number_decide_the_mini_batches():
    first, again = (columns(gradient_noise(RIDGE, POINT, 4, 100, seed=8)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    more = columns(gradient_noise(RIDGE, POINT, 4, 300, seed=8))
    np.testing.assert_allclose(more[:100], first, rtol=1e-13)
    other = columns(gradient_noise(RIDGE, POINT, 4, 100, seed=9))
    assert not np.any(np.all(first == other, axis=1))


def test_many_parameters_are_no_other_case():
    """More numbers than mini-batches at once: the same gradients, of weights that are shared out."""
    shares = RANDOM.normal(size=CHUNK + 5)

    def on_examples(params, weights):
        return RIDGE.on_examples({"weights": params[:2], "bias": shares @ params[2:]}, weights)

    wide = Objective(
        lambda params: on_examples(params, jnp.ones(12)),
        start=np.zeros(CHUNK + 7),
        on_examples=on_examples,
        num_examples=12,
    )
    point = np.concatenate([POINT["weights"], -shares / (shares @ shares)])
    found = gradient_noise(wide, point, 5, num_samples=20, seed=4)
    expected = gradient_noise(RIDGE, POINT, 5, num_samples=20, seed=4)
    np.testing.assert_allclose(found[:, :2], expected["weights"], rtol=1e-10)
    np.testing.assert_allclose(found[:, 2:], np.outer(expected["bias"], shares), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("num_rows", [1, 5, CHUNK + 1])
def test_a_cloud_is_the_noise_at_each_iterate(num_rows):
    part = on_two_parameters(MODELS["linear"], DATA, LOSSES["mse"], ("weights", 0), ("bias",))
    points = np.linspace([-2.0, 1.0], [3.0, 0.5], num_rows)
    clouds = noise_clouds(part, points, 5, num_samples=CHUNK + 3, seed=2)
    assert clouds.shape == (num_rows, CHUNK + 3, 2)
    for point, cloud in zip(points, clouds, strict=True):
        np.testing.assert_allclose(cloud, gradient_noise(part, point, 5, CHUNK + 3, seed=2), rtol=1e-10)


def test_a_cloud_of_a_path_keeps_its_structure():
    path = descend(RIDGE, OPTIMIZERS["gd"].build(), num_steps=6, batch_size=2)
    clouds = noise_clouds(RIDGE, path.params, 2, num_samples=9)
    assert clouds["weights"].shape == (7, 9, 2)
    assert clouds["bias"].shape == (7, 9)


def test_numbers_compile_nothing():
    gradient_noise(mean_of([1, 2, 3]), 0.5, 1)
    noise_clouds(mean_of([1, 2, 3]), np.zeros(70), 1)
    before = len(TRACED)
    gradient_noise(mean_of([4, 2, 0]), 1.5, 2, num_samples=250, seed=77)
    noise_clouds(mean_of([4, 2, 0]), np.ones(100), 3, num_samples=20, seed=77)
    assert len(TRACED) == before


@pytest.mark.parametrize("first", [0, 4, 30])
def test_the_average_is_the_running_mean(first):
    path = descend(RIDGE, OPTIMIZERS["momentum"].build(learning_rate=0.02), POINT, 30, batch_size=3)
    averaged = average_iterates(RIDGE, path, first)
    for name in ("weights", "bias"):
        rows = path.params[name]
        counts = np.arange(1, 32 - first).reshape(-1, *[1] * (rows.ndim - 1))
        means = np.concatenate([rows[:first], np.cumsum(rows[first:], axis=0) / counts])
        np.testing.assert_allclose(averaged.params[name], means, rtol=1e-13)
        np.testing.assert_array_equal(averaged.updates[name], np.diff(averaged.params[name], axis=0))
    points = [{name: rows[k] for name, rows in averaged.params.items()} for k in range(31)]
    np.testing.assert_allclose(averaged.losses, [float(RIDGE.loss(point)) for point in points], rtol=1e-12)
    slopes = [single_gradients(point).mean(axis=0) for point in points[:-1]]
    np.testing.assert_allclose(columns(averaged.gradients), slopes, rtol=1e-9)
    assert averaged.num_steps == 30
    assert averaged.diverged_at is None
    assert averaged.first(10).num_steps == 10


def test_averaging_reaches_the_variance_of_the_best_estimate():
    """Noisy steps towards the mean μ of n targets of variance s².

    With θ ← θ − η(θ − tᵢ) from μ, the last iterate scatters with the variance η s² / (2 − η), and the
    average of T of them with about s² / T, that of the mean of T targets, whatever η: Polyak and
    Juditsky (1992), theorem 1. Drawn without replacement, the latter has the factor 1 − T/n.
    """
    count, num_steps, rate = 800, 200, 0.5
    targets = np.random.default_rng(0).normal(3.0, 2.0, count)
    objective = mean_of(targets)
    built = OPTIMIZERS["gd"].build(learning_rate=rate / 2)  # the gradient is 2(θ − tᵢ)
    last, average = [], []
    for seed in range(250):
        path = descend(objective, built, targets.mean(), num_steps, batch_size=1, seed=seed)
        averaged = average_iterates(objective, path)
        last.append(path.final_loss - targets.var())
        average.append(averaged.final_loss - targets.var())
    # The excess loss is (θ − μ)²; its mean over 250 runs has a relative error of √(2/250) = 9 %.
    assert np.mean(last) == pytest.approx(rate / (2 - rate) * targets.var(), rel=0.3)
    expected = targets.var() / num_steps * (1 - num_steps / count)
    assert np.mean(average) == pytest.approx(expected, rel=0.3)


def test_what_is_not_finite_stays_so():
    path = descend(FUNCTIONS["rosenbrock"], OPTIMIZERS["gd"].build(learning_rate=0.05), num_steps=20)
    assert path.diverged_at is not None
    averaged = average_iterates(FUNCTIONS["rosenbrock"], path)
    assert averaged.diverged_at is not None
    assert averaged.diverged_at <= path.diverged_at
    assert not np.isfinite(averaged.params[-1]).any()
    clouds = noise_clouds(mean_of([1, 2]), np.array([0.0, np.inf, np.nan]), 1, num_samples=4)
    assert np.isfinite(clouds[0]).all()
    assert not np.isfinite(clouds[1:]).any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((FUNCTIONS["bowl"], [1.0, 1.0], 1), "`objective` must be a loss over examples .* got 'bowl'"),
        ((RIDGE, POINT, 0), "`batch_size` must be at least 1, got 0"),
        ((RIDGE, POINT, 13), "`batch_size` must be at most 12, got 13"),
        ((RIDGE, POINT, 2, 0), "`num_samples` must be at least 1, got 0"),
        ((RIDGE, POINT, 2, 2.5), "`num_samples` must be a whole number, got 2.5"),
        ((RIDGE, POINT, 2, 9, -1), "`seed` must be at least 0, got -1"),
        ((RIDGE, [1.0, 1.0], 2), "`params` must have the structure"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        gradient_noise(*arguments)


def test_bad_paths_are_refused():
    path = descend(RIDGE, OPTIMIZERS["gd"].build(), num_steps=5)
    for first, message in (
        (-1, "at least 0, got -1"),
        (6, "at most 5, got 6"),
        (1.0, "a whole number, got 1.0"),
    ):
        with pytest.raises(ValueError, match=f"`first` must be {message}"):
            average_iterates(RIDGE, path, first)
    with pytest.raises(ValueError, match="`path` must have the structure"):
        average_iterates(RIDGE, descend(FUNCTIONS["bowl"], OPTIMIZERS["gd"].build(), num_steps=5))
    with pytest.raises(ValueError, match=r"`path_params` must have the shape \(3, 2\), got \(3, 3\)"):
        noise_clouds(FUNCTIONS["bowl"], np.zeros((3, 3)), 1)
