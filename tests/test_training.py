"""Training: against `descend` and loops by hand, what is kept and recorded, and what compiles anew."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from compiling import counted
from jax.tree_util import Partial, register_dataclass
from sklearn.metrics import accuracy_score, log_loss

from landscape.datasets import DATASETS, Dataset
from landscape.functions import FUNCTIONS
from landscape.losses import LOSSES, l2
from landscape.models import MODELS
from landscape.objectives import Objective
from landscape.optimizers import OPTIMIZERS
from landscape.paths import descend
from landscape.planes import Plane, project
from landscape.risk import empirical_risk
from landscape.schedules import SCHEDULES, scheduled
from landscape.training import epoch_order, train

RANDOM = np.random.default_rng(3)
X = RANDOM.normal(size=(10, 2))
Y = X @ [2.0, -1.0] + 0.5 + RANDOM.normal(scale=0.3, size=10)
START = {"weights": np.array([3.0, 1.0]), "bias": np.array(-2.0)}
RIDGE = empirical_risk(
    MODELS["linear"], Dataset("ten", "Ten", X, Y, ("x1", "x2")), LOSSES["mse"], l2(0.1)
).replace(start=START)
GD = OPTIMIZERS["gd"].build(learning_rate=0.1)


def loss_and_gradient(rows, params):
    """Of the mean squared error on some rows, and the penalty, by hand."""
    errors = X[rows] @ params["weights"] + params["bias"] - Y[rows]
    loss = np.mean(errors**2) + 0.1 * np.sum(params["weights"] ** 2)
    weights = 2 * X[rows].T @ errors / len(rows) + 0.2 * params["weights"]
    return loss, {"weights": weights, "bias": 2 * errors.mean()}


@register_dataclass
@dataclass
class Net:
    """A network whose parameters are the fields of an object, as in Equinox; float32."""

    inner: jax.Array
    outer: jax.Array

    def __call__(self, inputs):
        return jnp.tanh(inputs @ self.inner) @ self.outer


def cross_entropy(data, net, rows=slice(None), weights=1.0):
    losses = optax.softmax_cross_entropy_with_integer_labels(net(data["x"][rows]), data["t"][rows])
    return jnp.sum(weights * losses) / jnp.sum(weights * jnp.ones_like(losses))


def accuracy(data, net):
    return jnp.mean(jnp.argmax(net(data["x"]), axis=1) == data["t"])


def classifier(seed=0, count=50):
    random = np.random.default_rng(seed)
    inputs = random.normal(size=(count, 2)).astype(np.float32)
    data = {"x": inputs, "t": (inputs[:, 0] * inputs[:, 1] > 0).astype(np.int32)}
    return Objective(
        Partial(cross_entropy, data),
        start=Net(*(random.normal(size=shape).astype(np.float32) for shape in [(2, 8), (8, 2)])),
        on_batch=Partial(cross_entropy, data),
        num_examples=count,
        measures={"accuracy": Partial(accuracy, data)},
    )


CLASSIFIER = classifier()
ADAM = OPTIMIZERS["adam"].build(learning_rate=0.03)


def at(params, row):
    return jax.tree.map(lambda leaf: leaf[row], params)


def same(found, expected, **tolerance):
    jax.tree.map(lambda *leaves: np.testing.assert_allclose(*leaves, **tolerance), found, expected)


@pytest.mark.parametrize(
    "optimizer",
    [
        OPTIMIZERS["adamw"].build(learning_rate=0.1, weight_decay=0.3),
        scheduled(OPTIMIZERS["momentum"].build(learning_rate=0.1), SCHEDULES["cosine-warmup"].build(12)),
        OPTIMIZERS["l-bfgs"].build(),
        OPTIMIZERS["levenberg-marquardt"].build(),
        optax.chain(optax.clip_by_global_norm(1.0), optax.adam(optax.cosine_decay_schedule(0.3, 12))),
    ],
    ids=["adamw", "schedule", "l-bfgs", "levenberg-marquardt", "optax"],
)
def test_epochs_of_all_examples_are_the_steps_of_descend(optimizer):
    training = train(RIDGE, optimizer, 12)
    path = descend(RIDGE, optimizer, num_steps=12)
    assert training.params["weights"].shape == (13, 2)
    for name in ("params", "losses", "gradients", "updates"):
        same(getattr(training, name), getattr(path, name), rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(training.evaluations, path.evaluations)
    np.testing.assert_allclose(training.batch_losses, path.losses[:-1], rtol=1e-12)
    np.testing.assert_array_equal(training.steps, np.arange(13))
    # a mini-batch of all examples is no other thing
    assert train(RIDGE, optimizer, 12, batch_size=10).final_loss == training.final_loss


def test_mini_batches_are_those_of_a_loop_by_hand():
    """Of 10 examples 4, 4 and the 2 that are left."""
    training = train(RIDGE, GD, 3, 4, seed=5)
    point, step = START, 0
    for epoch in range(3):
        order = epoch_order(10, 5, epoch)
        assert sorted(order) == list(range(10))
        for first in range(0, 10, 4):
            loss, gradient = loss_and_gradient(order[first : first + 4], point)
            assert training.batch_losses[step] == pytest.approx(loss, rel=1e-12)
            full, slope = loss_and_gradient(np.arange(10), point)
            same(at(training.params, step), point, rtol=1e-12)
            same(at(training.gradients, step), slope, rtol=1e-11)
            assert training.losses[step] == pytest.approx(full, rel=1e-12)
            point = {name: point[name] - 0.1 * gradient[name] for name in point}
            step += 1
    same(at(training.params, step), point, rtol=1e-12)
    assert len(training.losses) == len(training.batch_losses) + 1 == step + 1
    # and those of `descend`, which weights all examples instead
    path = descend(RIDGE, GD, num_steps=step, batch_size=4, seed=5)
    same(training.params, path.params, rtol=1e-10)
    same(training.updates, path.updates, rtol=1e-8, atol=1e-12)


def test_an_order_belongs_to_its_seed_and_its_epoch():
    orders = [epoch_order(40, seed, epoch).tolist() for seed in (0, 1, 2**63 - 1) for epoch in range(3)]
    assert len(set(map(tuple, orders))) == 9
    assert orders[4] == epoch_order(40, 1, 1).tolist()


def test_the_seed_decides_the_training():
    first, again, other = (train(CLASSIFIER, ADAM, 2, 16, seed) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first.batch_losses, again.batch_losses)
    np.testing.assert_array_equal(first.params.inner, again.params.inner)
    assert not np.any(first.batch_losses[1:] == other.batch_losses[1:])


def test_a_schedule_reaches_every_mini_batch():
    """Five examples a step: the rate of the k-th step is that of its schedule, across the epochs."""
    falling = scheduled(GD, SCHEDULES["exponential"].build(6))
    training = train(RIDGE, falling, 3, 5, seed=1)
    path = descend(RIDGE, falling, num_steps=6, batch_size=5, seed=1)
    same(training.params, path.params, rtol=1e-10)
    assert not np.allclose(training.final_loss, train(RIDGE, GD, 3, 5, seed=1).final_loss, rtol=1e-3)


def test_records_are_the_loss_and_the_measures_there():
    seen = []
    training = train(CLASSIFIER, ADAM, 3, 16, max_checkpoints=6, on_record=seen.append)
    # four steps in an epoch, two checkpoints in each
    np.testing.assert_array_equal(training.steps, [0, 2, 4, 6, 8, 10, 12])
    np.testing.assert_array_equal(training.epochs, [0, 0.5, 1, 1.5, 2, 2.5, 3])
    assert training.records.keys() == {"loss", "accuracy"}
    inputs, targets = CLASSIFIER.loss.args[0]["x"], CLASSIFIER.loss.args[0]["t"]
    for row, record in enumerate(seen):
        logits = np.tanh(inputs @ training.params.inner[row]) @ training.params.outer[row]
        chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        assert training.losses[row] == pytest.approx(log_loss(targets, chances), rel=1e-5)
        expected = accuracy_score(targets, logits.argmax(axis=1))
        assert training.records["accuracy"][row] == pytest.approx(expected, rel=1e-6)
        assert record.step == training.steps[row]
        assert record.epoch == training.epochs[row]
        assert record.values == {name: values[row] for name, values in training.records.items()}
        same(record.params, at(training.params, row))
    np.testing.assert_array_equal(training.records["loss"], training.losses)
    np.testing.assert_array_equal(np.concatenate([r.batch_losses for r in seen]), training.batch_losses)
    assert training.final_loss == pytest.approx(float(CLASSIFIER.loss(at(training.params, -1))), rel=1e-6)
    assert len(set(training.records["accuracy"].tolist())) > 1


@pytest.mark.parametrize(
    ("num_epochs", "size", "most", "steps", "num_records"),
    [
        (2, 16, 64, [0, 1, 2, 3, 4, 5, 6, 7, 8], 9),
        (2, 16, 6, [0, 1, 2, 4, 5, 6, 8], 7),
        (3, 16, 5, [0, 4, 8, 12], 4),
        (7, 16, 3, [0, 8, 16, 28], 8),
        (3, None, 2, [0, 1, 3], 4),
        (3, None, 1, [0, 3], 4),
    ],
)
def test_checkpoints_are_few_and_spread_evenly(num_epochs, size, most, steps, num_records):
    training = train(CLASSIFIER, ADAM, num_epochs, size, max_checkpoints=most)
    np.testing.assert_array_equal(training.steps, steps)
    np.testing.assert_array_equal(training.evaluations, steps)
    assert training.params.inner.shape == (len(steps), 2, 8)
    assert training.gradients.outer.shape == training.updates.outer.shape == (len(steps) - 1, 8, 2)
    assert len(training.epochs) == len(training.records["accuracy"]) == num_records
    assert len(training.batch_losses) == steps[-1] == num_epochs * training.steps_per_epoch
    for row in range(len(steps) - 1):
        slope = jax.grad(CLASSIFIER.loss)(at(training.params, row))
        same(at(training.gradients, row), slope, rtol=1e-4, atol=1e-6)
    same(training.updates, jax.tree.map(lambda leaf: np.diff(leaf, axis=0), training.params))


def test_single_precision_stays_so():
    decayed = OPTIMIZERS["adamw"].build(learning_rate=0.03)
    for optimizer in (scheduled(decayed, SCHEDULES["cosine"].build(8)), optax.sgd(0.1, momentum=0.9)):
        training = train(CLASSIFIER, optimizer, 2, 16)
        arrays = [training.params, training.gradients, training.updates]
        arrays += [training.losses, training.batch_losses]
        assert {leaf.dtype for leaf in jax.tree.leaves(arrays)} == {np.dtype(np.float32)}
        assert training.final_loss < training.losses[0]


def test_a_diverging_training_keeps_its_rows():
    wild = train(RIDGE, OPTIMIZERS["gd"].build(learning_rate=1e30), 8, 5, max_checkpoints=8)
    assert wild.steps.tolist() == [0, 2, 4, 6, 8, 10, 12, 14, 16]
    first = min(row for row in range(9) if not np.isfinite(wild.losses[row]))
    assert wild.diverged_at == first > 0
    assert np.isnan(wild.losses[-1])
    assert np.isnan(wild.params["weights"][-1]).all()
    assert wild.first(first - 1).diverged_at is None


def test_what_progress_raises_stops_the_training():
    seen, shares = [], []

    def progress(share):
        shares.append(share)
        if share > 0.4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(CLASSIFIER, ADAM, 4, 16, max_checkpoints=4, progress=progress, on_record=seen.append)
    assert shares == [0.0, 0.25, 0.5]
    assert [record.step for record in seen] == [0, 4, 8]
    train(CLASSIFIER, ADAM, 4, 16, max_checkpoints=4, progress=shares.append)
    assert shares[3:] == [0.0, 0.25, 0.5, 0.75, 1.0]


def test_numbers_compile_nothing():
    def schedule(name, steps):
        return scheduled(OPTIMIZERS["adam"].build(learning_rate=0.1), SCHEDULES[name].build(steps))

    train(CLASSIFIER, schedule("cosine", 8), 2, 16)
    others = classifier(seed=1)
    falling = scheduled(OPTIMIZERS["adam"].build(learning_rate=0.01, beta1=0.5), SCHEDULES["step"].build(90))
    start = others.start
    with counted() as compiled:
        training = train(others, falling, 9, 16, 123, start=start, max_checkpoints=7)
    assert compiled == []
    assert len(training.losses) == 8
    with counted() as compiled:
        train(others, falling, 1, 10)
    assert compiled != []


def test_a_training_is_cut_as_if_it_had_been_stopped_there():
    whole, half = (train(CLASSIFIER, ADAM, epochs, 16, max_checkpoints=epochs) for epochs in (6, 3))
    for cut in (whole.first(3), whole.within(13)):
        for name in ("params", "gradients", "updates", "losses", "evaluations", "steps"):
            same(getattr(cut, name), getattr(half, name))
        for name in ("batch_losses", "epochs", "records"):
            same(getattr(cut, name), getattr(half, name))
        assert (cut.num_epochs, cut.steps_per_epoch) == (3, 4)
    assert whole.first(0).epochs.tolist() == [0]
    # more records than checkpoints
    sparse = train(CLASSIFIER, ADAM, 6, 16, max_checkpoints=2)
    assert sparse.steps.tolist() == [0, 12, 24]
    assert sparse.first(1).epochs.tolist() == [0, 1, 2, 3]


def test_a_training_is_a_path_in_a_plane():
    training = train(RIDGE, GD, 2, 5)
    seen = project(training, Plane.coordinates(START, ("weights", 1), ("bias",)))
    np.testing.assert_allclose(seen.coordinates[:, 0], training.params["weights"][:, 1], rtol=1e-12)
    np.testing.assert_allclose(seen.coordinates[:, 1], training.params["bias"], rtol=1e-12)
    np.testing.assert_allclose(seen.distances, np.abs(training.params["weights"][:, 0] - 3))


def test_a_start_of_ones_own():
    start = {"weights": [1, 2], "bias": 3}
    training = train(RIDGE, GD, 1, 5, start=start)
    same(at(training.params, 0), {"weights": [1.0, 2.0], "bias": 3.0})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_epochs": 0}, "`num_epochs` must be at least 1, got 0"),
        ({"num_epochs": 1.5}, "`num_epochs` must be a whole number, got 1.5"),
        ({"batch_size": 0}, "`batch_size` must be at least 1, got 0"),
        ({"batch_size": 11}, "`batch_size` must be at most 10, got 11"),
        ({"seed": -1}, "`seed` must be at least 0, got -1"),
        ({"max_checkpoints": 0}, "`max_checkpoints` must be at least 1, got 0"),
        ({"start": {"weights": [1.0, np.nan], "bias": 0.0}}, "`start` must be finite numbers, got nan"),
        ({"start": [1.0]}, "`start` must have the structure"),
    ],
)
def test_what_is_not_usable_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        train(RIDGE, GD, **arguments)


def test_what_does_not_fit_together_is_refused():
    with pytest.raises(ValueError, match=r"`objective` must be a loss over examples .* got 'rosenbrock'"):
        train(FUNCTIONS["rosenbrock"], GD, batch_size=1)
    with pytest.raises(ValueError, match="with `on_batch`, to have a `batch_size` below"):
        train(RIDGE.replace(on_batch=None), GD, batch_size=3)
    damped = OPTIMIZERS["levenberg-marquardt"].build()
    with pytest.raises(ValueError, match="`batch_size` must be None or 10 for levenberg-marquardt"):
        train(RIDGE, damped, batch_size=3)
    with pytest.raises(ValueError, match=r"made of residuals .* for levenberg-marquardt"):
        train(CLASSIFIER, damped)


def test_an_objective_without_examples_trains_on_all_of_itself():
    training = train(FUNCTIONS["rosenbrock"], OPTIMIZERS["newton"].build(), 30)
    np.testing.assert_allclose(training.params[-1], [1.0, 1.0], atol=1e-6)


def test_a_risk_of_a_model_on_data_trains():
    """The last mini-batch of an epoch is smaller: 150 flowers, 32 at a time."""
    flowers = DATASETS["iris"].standardize()
    risk = empirical_risk(MODELS["softmax"], flowers, LOSSES["cross-entropy"])
    training = train(risk, OPTIMIZERS["adam"].build(learning_rate=0.1), 20, 32)
    assert training.steps_per_epoch == 5
    logits = flowers.inputs @ training.params["weights"][-1] + training.params["bias"][-1]
    assert accuracy_score(flowers.targets, logits.argmax(axis=1)) >= 0.95
