"""Networks: against NumPy by hand, scikit-learn and least squares; and the edge of stability."""

import jax
import numpy as np
import pytest
import scipy.linalg
import scipy.special
import scipy.stats
from sklearn.metrics import log_loss

from landscape import DATASETS, LOSSES, OPTIMIZERS, descend, l2
from landscape.datasets import Dataset
from landscape.networks import ACTIVATIONS, two_layer_risk
from landscape.stability import largest_stable_sharpness, sharpness_along

RANDOM = np.random.default_rng(3)
PATIENTS = DATASETS["diabetes"].standardize(targets=True)
FEW = Dataset("few", "Few", RANDOM.normal(size=(30, 3)), RANDOM.normal(size=30), ("a", "b", "c"))
MOONS = DATASETS["moons"]
BY_HAND = {
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "gelu": lambda z: z * scipy.stats.norm.cdf(z),
    "sigmoid": scipy.special.expit,
    "identity": lambda z: z,
}


def numbers(params):
    return {name: np.asarray(value) for name, value in params.items()}


def output(params, inputs, activation):
    p = numbers(params)
    return BY_HAND[activation](inputs @ p["inner"] + p["inner_bias"]) @ p["outer"] + p["outer_bias"]


def slope(params, data):
    """The gradient of the squared error of a tanh network, propagated back by hand."""
    p = numbers(params)
    hidden = np.tanh(data.inputs @ p["inner"] + p["inner_bias"])
    errors = 2 * (hidden @ p["outer"] + p["outer_bias"] - data.targets) / data.num_examples
    back = errors[:, None] * p["outer"] * (1 - hidden**2)
    return {
        "inner": data.inputs.T @ back,
        "inner_bias": back.sum(axis=0),
        "outer": hidden.T @ errors,
        "outer_bias": errors.sum(),
    }


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_squared_error_is_that_of_numpy(activation):
    risk = two_layer_risk(PATIENTS, 5, activation, seed=2)
    wanted = np.mean((output(risk.start, PATIENTS.inputs, activation) - PATIENTS.targets) ** 2)
    assert risk.loss(risk.start) == pytest.approx(wanted, rel=1e-12)
    assert np.mean(risk.residuals(risk.start) ** 2) * PATIENTS.num_examples == pytest.approx(wanted)
    assert activation in risk.name


def test_the_gradient_is_propagated_back():
    risk = two_layer_risk(PATIENTS, 6, seed=5)
    found, wanted = jax.grad(risk.loss)(risk.start), slope(risk.start, PATIENTS)
    assert set(found) == set(wanted)
    for name, leaf in wanted.items():
        np.testing.assert_allclose(found[name], leaf, rtol=1e-11, atol=1e-14)


def test_two_classes_have_the_cross_entropy():
    risk = two_layer_risk(MOONS, 7, "relu", seed=1)
    probabilities = scipy.special.expit(output(risk.start, MOONS.inputs, "relu"))
    assert risk.loss(risk.start) == pytest.approx(log_loss(MOONS.targets, probabilities), rel=1e-12)
    squared = two_layer_risk(MOONS, 7, "relu", LOSSES["mse"], seed=1)
    assert squared.loss(risk.start) == pytest.approx(np.mean((probabilities - MOONS.targets) ** 2), rel=1e-12)


def test_other_losses_and_penalties_count_as_they_do_elsewhere():
    plain, held = (two_layer_risk(PATIENTS, 4, loss=LOSSES["mae"], penalty=each) for each in (None, l2(0.3)))
    p = numbers(plain.start)
    wanted = np.mean(np.abs(output(p, PATIENTS.inputs, "tanh") - PATIENTS.targets))
    assert plain.loss(p) == pytest.approx(wanted, rel=1e-12)
    weights = np.sum(p["inner"] ** 2) + np.sum(p["outer"] ** 2)
    assert held.loss(p) == pytest.approx(wanted + 0.3 * weights, rel=1e-12)


@pytest.mark.parametrize(("data", "width", "fan_in"), [(PATIENTS, 400, 10), (MOONS, 2000, 2)])
def test_the_start_is_pytorchs(data, width, fan_in):
    start = numbers(two_layer_risk(data, width, seed=7).start)
    shapes = {name: leaf.shape for name, leaf in start.items()}
    assert shapes == {
        "inner": (fan_in, width),
        "inner_bias": (width,),
        "outer": (width,),
        "outer_bias": (),
    }
    for name, inputs in {"inner": fan_in, "inner_bias": fan_in, "outer": width}.items():
        bound = 1 / np.sqrt(inputs)
        law = scipy.stats.uniform(-bound, 2 * bound)
        assert scipy.stats.kstest(start[name].ravel(), law.cdf).pvalue > 0.01
    assert abs(start["outer_bias"]) <= 1 / np.sqrt(width)


def test_the_seed_is_the_start():
    first, again, other = (two_layer_risk(FEW, 4, seed=seed).start for seed in (0, 0, 1))
    for name in first:
        np.testing.assert_array_equal(first[name], again[name])
        assert np.all(first[name] != other[name])


def test_examples_can_be_weighted():
    risk = two_layer_risk(FEW, 4, seed=3)
    chosen = np.arange(30) % 3 == 0
    part = Dataset("part", "Part", FEW.inputs[chosen], FEW.targets[chosen], FEW.feature_names)
    weights = np.where(chosen, 3.0, 0.0)
    assert risk.num_examples == 30
    wanted = float(two_layer_risk(part, 4, seed=3).loss(risk.start))
    assert risk.on_examples(risk.start, weights) == pytest.approx(wanted, rel=1e-12)


def test_a_network_of_identities_reaches_the_least_squares():
    risk = two_layer_risk(PATIENTS, 3, "identity", seed=0)
    path = descend(risk, OPTIMIZERS["levenberg-marquardt"].build(), num_steps=60)
    design = np.column_stack([PATIENTS.inputs, np.ones(PATIENTS.num_examples)])
    residuals = PATIENTS.targets - design @ np.linalg.lstsq(design, PATIENTS.targets, rcond=None)[0]
    assert path.final_loss == pytest.approx(np.mean(residuals**2), rel=1e-9)


def test_data_of_one_shape_compile_nothing():
    @jax.jit
    def program(loss, params):
        traced.append(1)
        return loss(params)

    traced = []
    for data, seed in ((FEW, 0), (FEW, 1), (FEW.standardize(targets=True), 0)):
        risk = two_layer_risk(data, 4, seed=seed)
        program(risk.loss, risk.start)
    assert len(traced) == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: two_layer_risk(FEW, 0), "`width` must be at least 1, got 0"),
        (lambda: two_layer_risk(FEW, 2.5), "`width` must be a whole number, got 2.5"),
        (lambda: two_layer_risk(FEW, 4, "tan"), "`activation` must be one of tanh, relu, .*, got 'tan'"),
        (lambda: two_layer_risk(DATASETS["iris"]), "`dataset` must have 2 classes"),
        (lambda: two_layer_risk(FEW, loss=LOSSES["cross-entropy"]), "`loss` must fit the identity output"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()


# The edge of stability (Cohen et al. 2021): 442 patients, 16 units, 2,000 steps of gradient descent.

EDGE = two_layer_risk(PATIENTS, 16, seed=0)
EVERY = 20


def run(learning_rate):
    path = descend(EDGE, OPTIMIZERS["gd"].build(learning_rate=learning_rate), num_steps=2000)
    points = jax.tree.map(lambda leaf: leaf[::EVERY], path.params)
    return path, sharpness_along(EDGE, points), largest_stable_sharpness(learning_rate)


@pytest.mark.parametrize("learning_rate", [0.15, 0.2, 0.25, 0.3, 0.4])
def test_the_sharpness_rises_to_the_edge_and_stays_there(learning_rate):
    path, sharpness, edge = run(learning_rate)
    assert sharpness[0] < edge
    reached = int(np.argmax(sharpness >= edge))
    assert 0 < reached < len(sharpness) // 2
    assert np.abs(sharpness[-1] / edge - 1) < 0.15
    assert np.all(np.abs(sharpness[-25:] / edge - 1) < 0.15)
    assert path.final_loss < path.losses[reached * EVERY]
    # On the way up the loss falls at each step; at the edge it rises now and then, and falls in the end.
    assert np.all(np.diff(path.losses[: (reached - 1) * EVERY]) < 0)
    assert np.any(np.diff(path.losses[reached * EVERY :]) > 0)


def test_small_rates_stay_below_the_edge_and_large_ones_do_not_hold():
    path, sharpness, edge = run(0.05)
    assert np.all(np.diff(sharpness[10:]) > 0)  # it sharpens all the way
    assert sharpness[-1] > 2 * sharpness[0]
    assert np.all(sharpness < 0.6 * edge)
    assert np.all(np.diff(path.losses) < 0)
    assert not np.isfinite(run(0.8)[0].final_loss)


def test_the_sharpness_is_that_of_differences_of_the_gradient_by_hand():
    path = run(0.3)[0]
    point = {name: leaf[-1] for name, leaf in path.params.items()}
    vector, shape = jax.flatten_util.ravel_pytree(point)
    columns = []
    for direction in np.eye(vector.size) * 1e-5:
        ahead, behind = (slope(shape(vector + each), PATIENTS) for each in (direction, -direction))
        columns.append(
            np.concatenate([np.ravel(ahead[name] - behind[name]) for name in sorted(ahead)]) / 2e-5
        )
    hessian = np.array(columns)
    largest = scipy.linalg.eigvalsh((hessian + hessian.T) / 2)[-1]
    found = sharpness_along(EDGE, jax.tree.map(lambda leaf: leaf[None], point))
    assert found[0] == pytest.approx(largest, rel=1e-7)
