"""The risk of a network: scikit-learn's numbers, float32 throughout, batches, measures; Equinox's network."""

import equinox
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special
from jax.extend.core import jaxprs_in_params
from jax.flatten_util import ravel_pytree
from sklearn.metrics import accuracy_score, log_loss

from landscape import (
    DATASETS,
    LOSSES,
    MODELS,
    OPTIMIZERS,
    Objective,
    Plane,
    eigenpairs,
    elastic_net,
    evaluate,
    fidelity,
    l2,
    network_risk,
    train,
)
from landscape.risk import fitting_losses

TRAINING, HELD_OUT = DATASETS["iris"].split(0.3, seed=1)
TRAINING, HELD_OUT = TRAINING.standardize(), HELD_OUT.standardize(by=TRAINING)
PATIENTS = DATASETS["diabetes"].standardize(targets=True)
SMALL = MODELS["mlp"].replace(width=5, depth=2)
SINGLE = 2e-6
"""What float32 leaves of a number, relative to it."""


def off(params, seed=0):
    """Parameters away from the start, biases too."""
    random = np.random.default_rng(seed)
    return jax.tree.map(lambda leaf: leaf + random.normal(size=leaf.shape).astype(np.float32) * 0.3, params)


def forward(params, data):
    """The raw output of a perceptron of tanh units."""
    h = data.inputs
    *hidden, readout = jax.tree.map(lambda leaf: np.asarray(leaf, float), params)["layers"]
    for layer in hidden:
        h = np.tanh(h @ layer["weights"] + layer["bias"])
    return h @ readout["weights"] + readout["bias"]


def chances(params, data):
    return scipy.special.softmax(forward(params, data), axis=1)


@jax.jit
def compiled(function, *arguments):
    return function(*arguments)


def value(function, *arguments):
    """What a function of a risk gives, by one compiled program for all risks alike."""
    return float(compiled(function, *arguments))


def squares(params):
    return sum(float(np.sum(np.asarray(layer["weights"], float) ** 2)) for layer in params["layers"])


def float64_arrays(function, *arguments):
    """The float64 arrays inside a program, but for single numbers and what gives way to any other type."""

    def inside(jaxpr):
        for equation in jaxpr.eqns:
            yield from (variable.aval for variable in equation.outvars)
            for inner in jaxprs_in_params(equation.params):
                yield from inside(inner)

    found = inside(jax.make_jaxpr(function)(*arguments).jaxpr)
    return [each for each in found if each.dtype == np.float64 and each.ndim and not each.weak_type]


def test_classes_have_the_cross_entropy_and_their_weights_a_penalty():
    risk = network_risk(SMALL, TRAINING, penalty=l2(0.02), seed=3)
    params = off(risk.start)
    wanted = log_loss(TRAINING.targets, chances(params, TRAINING)) + 0.02 * squares(params)
    assert value(risk.loss, params) == pytest.approx(wanted, rel=SINGLE)
    drawn = SMALL.init(jax.random.key(3), 4, 3)
    assert all(np.array_equal(*pair) for pair in zip(*map(jax.tree.leaves, (risk.start, drawn)), strict=True))
    biases = jax.tree.map(lambda leaf: leaf + (leaf.ndim == 1), risk.start)
    free = network_risk(SMALL, TRAINING, penalty=None)
    cost = [value(risk.loss, each) - value(free.loss, each) for each in (biases, risk.start)]
    assert cost[0] == pytest.approx(cost[1], rel=1e-4)


def test_numbers_have_the_squared_error():
    risk = network_risk(SMALL, PATIENTS)
    params = off(risk.start)
    predicted = forward(params, PATIENTS)[:, 0]
    assert value(risk.loss, params) == pytest.approx(np.mean((predicted - PATIENTS.targets) ** 2), rel=SINGLE)
    assert risk.measures == {}
    assert set(network_risk(SMALL, *PATIENTS.split(0.2)).measures) == {"held_out_loss"}


@pytest.mark.parametrize("data", [TRAINING, PATIENTS], ids=["classes", "numbers"])
def test_nothing_is_widened(data):
    for loss in fitting_losses(SMALL, data):
        risk = network_risk(SMALL, data, data, loss, elastic_net(0.1, 0.5))
        assert float64_arrays(risk.loss, risk.start) == [], loss.name
        assert float64_arrays(jax.grad(risk.loss), risk.start) == [], loss.name
        for program in (risk.loss, jax.grad(risk.loss)):
            types = {leaf.dtype for leaf in jax.tree.leaves(jax.eval_shape(program, risk.start))}
            assert types == {np.dtype("float32")}, loss.name
        if risk.on_batch is not None:
            assert float64_arrays(risk.on_batch, risk.start, np.arange(5), np.ones(5)) == []
            assert float64_arrays(risk.on_examples, risk.start, np.ones(data.num_examples)) == []
    for measure in risk.measures.values():
        assert float64_arrays(measure, risk.start) == []
    # Where they are cast, everything follows.
    double = jax.tree.map(lambda leaf: leaf.astype(float), risk.start)
    assert jax.eval_shape(risk.loss, double).dtype == np.float64


def test_a_batch_is_the_mean_of_its_examples_and_the_penalty_once():
    risk = network_risk(SMALL, TRAINING, penalty=l2(0.02))
    params = off(risk.start, seed=1)
    rows = np.array([7, 3, 90, 3])
    cost, each = 0.02 * squares(params), -np.log(chances(params, TRAINING))[np.arange(105), TRAINING.targets]
    assert risk.num_examples == 105
    found = value(risk.on_batch, params, rows, np.ones(4))
    assert found == pytest.approx(each[rows].mean() + cost, rel=SINGLE)
    weights = np.array([1.0, 2.0, 0.0, 0.0])  # what counts nothing fills the last batch
    found = value(risk.on_batch, params, rows, weights)
    assert found == pytest.approx((each[7] + 2 * each[3]) / 3 + cost, rel=SINGLE)
    # The gradient, by parameters nearby in double precision.
    double = jax.tree.map(lambda leaf: leaf.astype(float), params)
    arrow = jax.tree.map(lambda leaf: leaf * 0 + 1e-4, double)
    ahead, behind = (
        value(risk.on_batch, jax.tree.map(move, double, arrow), rows, weights)
        for move in (np.add, np.subtract)
    )
    gradient = jax.tree.leaves(jax.jit(jax.grad(risk.on_batch))(double, rows, weights))
    assert sum(float(leaf.sum()) for leaf in gradient) == pytest.approx((ahead - behind) / 2e-4, rel=1e-6)


def test_the_batches_together_are_the_whole():
    for reduction_data in (TRAINING, PATIENTS):
        risk = network_risk(SMALL, reduction_data, penalty=l2(0.02))
        params = off(risk.start, seed=2)
        count = risk.num_examples
        parts = np.array_split(np.random.default_rng(0).permutation(count), 4)
        costs = [value(risk.on_batch, params, part, np.ones(len(part))) for part in parts]
        whole = sum(len(part) * cost for part, cost in zip(parts, costs, strict=True)) / count
        assert whole == pytest.approx(value(risk.loss, params), rel=SINGLE)


def test_the_measures_are_scikit_learns():
    risk = network_risk(SMALL, TRAINING, HELD_OUT, penalty=l2(0.02), seed=4)
    params = off(risk.start, seed=5)
    for name, data in (("accuracy", TRAINING), ("held_out_accuracy", HELD_OUT)):
        wanted = accuracy_score(data.targets, chances(params, data).argmax(axis=1))
        assert 0.1 < wanted < 0.9
        assert value(risk.measures[name], params) == pytest.approx(wanted, abs=1e-12)
    wanted = log_loss(HELD_OUT.targets, chances(params, HELD_OUT))
    assert value(risk.measures["held_out_loss"], params) == pytest.approx(wanted, rel=SINGLE)
    nowhere = jax.tree.map(lambda leaf: leaf * np.nan, params)
    assert value(risk.measures["accuracy"], nowhere) == 0.0
    assert np.isnan(value(risk.measures["held_out_loss"], nowhere))


def test_two_classes_in_one_output_have_an_accuracy_too():
    moons = DATASETS["moons"]
    risk = network_risk(MODELS["logistic"], moons, moons)
    params = {"weights": jnp.array([0.5, -1.0]), "bias": jnp.array(0.1)}
    right = ((moons.inputs @ [0.5, -1.0] + 0.1 > 0) == moons.targets).mean()
    assert value(risk.measures["accuracy"], params) == pytest.approx(right)
    assert risk.name == "moons-logistic-binary-cross-entropy"


def test_other_numbers_compile_nothing():
    traced = []

    @jax.jit
    def program(function, params):
        traced.append(1)
        return function(params)

    other = TRAINING.standardize(by=DATASETS["iris"])
    risks = [
        network_risk(SMALL, TRAINING, HELD_OUT, penalty=l2(0.1)),
        network_risk(SMALL, other, HELD_OUT.standardize(), penalty=elastic_net(0.3, 0.2), seed=1),
        network_risk(SMALL.replace(initialization="he", scale=2.0), TRAINING, HELD_OUT),
    ]
    for function in (
        lambda risk: risk.loss,
        *(lambda risk, name=name: risk.measures[name] for name in risks[0].measures),
    ):
        before = len(traced)
        for risk in risks:
            program(function(risk), risk.start)
        assert len(traced) == before + 1


def test_images_are_what_convolutions_are_for():
    digits = DATASETS["digits"].select_classes("0", "1", "2")
    network = MODELS["residual-convolutional"].replace(width=2)
    risk = network_risk(network, digits)
    shares = np.asarray(network.predict(risk.start, digits.inputs), float)
    shares /= shares.sum(axis=1, keepdims=True)
    assert value(risk.loss, risk.start) == pytest.approx(log_loss(digits.targets, shares), rel=1e-5)
    with pytest.raises(
        ValueError, match=r"^`dataset` must have a square number of features, .*, got diabetes with 10"
    ):
        network_risk(network, PATIENTS)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: network_risk(MODELS["linear"], TRAINING), "`dataset` must be a regression for linear"),
        (lambda: network_risk(SMALL, TRAINING, PATIENTS), "`held_out` must have the task of iris, class"),
        (
            lambda: network_risk(SMALL, TRAINING, HELD_OUT.select(*HELD_OUT.feature_names[:2])),
            "`held_out` must have the feature names of iris",
        ),
        (lambda: network_risk(SMALL, TRAINING, seed=-1), "`seed` must be at least 0, got -1"),
        (
            lambda: network_risk(SMALL, TRAINING, loss=LOSSES["mae"]),
            "`loss` must fit the softmax output of mlp",
        ),
    ],
)
def test_what_does_not_fit_is_refused(call, words):
    with pytest.raises(ValueError, match=f"^{words}"):
        call()


@pytest.fixture(scope="module")
def another():
    """A network of Equinox as an objective, and its losses in NumPy."""
    network = equinox.nn.MLP(4, 3, width_size=5, depth=1, key=jax.random.key(0), dtype=jnp.float32)
    params, rest = equinox.partition(network, equinox.is_array)
    inputs, targets = jnp.asarray(TRAINING.inputs, jnp.float32), jnp.asarray(TRAINING.targets)

    def on_batch(params, rows, weights):
        raw = jax.vmap(equinox.combine(params, rest))(inputs[rows])
        each = -jax.nn.log_softmax(raw)[jnp.arange(len(rows)), targets[rows]]
        return jnp.sum(weights * each) / jnp.sum(weights)

    every = jnp.arange(len(inputs))
    objective = Objective(
        lambda params: on_batch(params, every, jnp.ones(len(every), jnp.float32)),
        params,
        on_batch=on_batch,
        num_examples=len(every),
    )

    def by_hand(params):
        first, second = params.layers
        hidden = np.maximum(TRAINING.inputs @ np.asarray(first.weight, float).T + first.bias, 0)
        raw = hidden @ np.asarray(second.weight, float).T + second.bias
        return log_loss(TRAINING.targets, scipy.special.softmax(raw, axis=1), labels=[0, 1, 2])

    return objective, by_hand


def test_a_network_of_another_library_is_an_objective(another):
    objective, by_hand = another
    plane = Plane.random(objective.start, seed=0, filter_axis=0)
    for layer, along in zip(objective.start.layers, plane.u.layers, strict=True):
        lengths = [np.linalg.norm(each.weight, axis=1) for each in (layer, along)]
        np.testing.assert_allclose(*lengths, rtol=SINGLE)
    surface = evaluate(objective, plane, resolution=3)
    wanted = [[by_hand(plane.at(a, b)) for a in (-1, 0, 1)] for b in (-1, 0, 1)]
    np.testing.assert_allclose(surface.values, wanted, rtol=SINGLE)


def test_a_network_of_another_library_is_trained_and_looked_at(another):
    objective, by_hand = another
    training = train(objective, OPTIMIZERS["adam"].build(learning_rate=0.02), 4, 32)
    ends = [jax.tree.map(lambda leaf, row=row: leaf[row], training.params) for row in (0, -1)]
    assert type(ends[1]) is type(objective.start)
    np.testing.assert_allclose(training.losses[[0, -1]], [by_hand(end) for end in ends], rtol=SINGLE)
    assert training.final_loss < 0.8 * training.losses[0]
    found = fidelity(objective, Plane.principal(training), training)
    assert found.plane_losses[-1] == pytest.approx(training.final_loss, rel=SINGLE)
    assert 0.9 < found.explained_variance <= 1
    flat, unravel = ravel_pytree(ends[1])
    values = np.linalg.eigvalsh(jax.jit(jax.hessian(lambda v: objective.loss(unravel(v))))(flat))
    pair = eigenpairs(objective, ends[1], 1, 1, tolerance=1e-5)
    np.testing.assert_allclose(pair.values, values[[-1, 0]], atol=2e-5 * values[-1])


def test_products_of_matrices_are_made_in_full_float32_on_graphics_processors_too():
    risk = network_risk(SMALL, TRAINING)
    products = [
        line for line in jax.jit(risk.loss).lower(risk.start).as_text().splitlines() if "dot_general" in line
    ]
    assert len(products) == 3
    assert all("precision = [HIGHEST, HIGHEST]" in line for line in products)
