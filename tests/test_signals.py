"""Signals and symmetries of networks, against NumPy by hand and the laws of Glorot and of He."""

import jax
import numpy as np
import pytest
import scipy.special

from landscape import DATASETS, LOSSES, MODELS
from landscape.datasets import Dataset
from landscape.networks import network_risk, permute_units, signals

RANDOM = np.random.default_rng(5)
FEW = Dataset("few", "Few", RANDOM.normal(size=(9, 4)), RANDOM.normal(size=9), ("a", "b", "c", "d"))
BY_HAND = {  # the activation and its slope
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2, 1.0),
    "sigmoid": (scipy.special.expit, lambda z: scipy.special.expit(z) * scipy.special.expit(-z), 0.25),
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0, 1.0),
}


def by_hand(params, data, activation, residual):
    """Every signal of a network of numbers, propagated there and back in NumPy."""
    act, slope, steepest = BY_HAND[activation]
    *layers, readout = [{k: np.asarray(v, float) for k, v in layer.items()} for layer in params["layers"]]
    before, zs, hs = data.inputs, [], []
    taken = []
    for number, layer in enumerate(layers):
        taken.append(before)
        zs.append(before @ layer["weights"] + layer["bias"])
        after = act(zs[-1])
        before = before + after if residual and number else after
        hs.append(before)
    errors = 2 * ((before @ readout["weights"] + readout["bias"])[:, 0] - data.targets)
    norms = [np.linalg.norm(before.T @ errors / len(errors))]
    back, deltas = errors[:, None] * readout["weights"][:, 0], []
    for number in reversed(range(len(layers))):
        delta = back * slope(zs[number])
        deltas.append(np.sqrt(np.mean(delta**2)))
        norms.append(np.linalg.norm(taken[number].T @ delta / len(errors)))
        through = delta @ layers[number]["weights"].T
        back = back + through if residual and number else through
    small = [np.abs(slope(z)) < 0.05 * steepest for z in zs]
    return {
        "spreads": [h.std() for h in hs],
        "distinctions": [np.sqrt(h.var(axis=0).mean()) for h in hs],
        "gains": [np.sqrt(len(layer["weights"]) * np.mean(layer["weights"] ** 2)) for layer in layers],
        "saturated": [each.mean() for each in small],
        "dead": [each.all(axis=0).mean() for each in small],
        "errors": deltas[::-1],
        "gradients": norms[::-1],
    }


@pytest.mark.parametrize(
    ("activation", "name"), [("tanh", "mlp"), ("sigmoid", "mlp"), ("relu", "residual-mlp")]
)
def test_signals_are_those_of_numpy(activation, name):
    # The standard normal start, and biases that are not 0, so that some units saturate and none of it is 0.
    model = MODELS[name].replace(width=6, depth=2, activation=activation, initialization="scaled", scale=3)
    model = model.for_task("regression")
    drawn = model.init(jax.random.key(1), 4, 1)
    params = jax.tree.map(lambda leaf: leaf + np.float32(0.3), drawn)
    found, wanted = signals(model, FEW, params), by_hand(params, FEW, activation, name != "mlp")
    for field, values in wanted.items():
        np.testing.assert_allclose(getattr(found, field), values, rtol=5e-5, atol=1e-6, err_msg=field)
    assert 0 < found.saturated.max() < 1


def test_the_laws_of_glorot_and_of_he():
    moons = DATASETS["moons"].standardize()
    wide = MODELS["mlp"].replace(width=256, depth=6)

    def factors(activation, initialization):
        """What a layer multiplies the spread by, forward and back, on average."""
        found = signals(wide.replace(activation=activation, initialization=initialization), moons)
        ends = found.spreads[-1] / found.spreads[0], found.errors[0] / found.errors[-1]
        return [end ** (1 / 5) for end in ends]

    assert factors("identity", "xavier") == pytest.approx([1, 1], rel=0.05)
    assert factors("identity", "orthogonal") == pytest.approx([1, 1], rel=0.05)
    assert factors("identity", "he") == pytest.approx([2**0.5] * 2, rel=0.05)
    assert factors("relu", "he") == pytest.approx([1, 1], rel=0.06)
    assert factors("relu", "lecun") == pytest.approx([0.5**0.5] * 2, rel=0.06)


def test_zeros_send_nothing_on_and_only_the_last_bias_learns():
    found = signals(MODELS["mlp"].replace(width=4, depth=3, initialization="zeros"), DATASETS["moons"])
    for values in (found.spreads, found.errors, found.gradients, found.gains, found.saturated):
        assert not values.any()


def test_signals_refuse_images_and_losses_of_no_single_example():
    with pytest.raises(ValueError, match="`model` must be a perceptron, got 'convolutional'"):
        signals(MODELS["convolutional"], DATASETS["digits"])
    with pytest.raises(ValueError, match="`model` must be a perceptron, got 'softmax'"):
        signals(MODELS["softmax"], DATASETS["moons"])
    with pytest.raises(ValueError, match="`loss` must be a mean over examples, got 'moons-mlp-perplexity'"):
        signals(MODELS["mlp"], DATASETS["moons"], loss=LOSSES["perplexity"])


@pytest.mark.parametrize("name", ["mlp", "residual-mlp", "convolutional", "residual-convolutional"])
def test_permuted_units_are_another_point_of_the_same_function(name):
    model = MODELS[name].replace(width=5, depth=3)
    inputs = RANDOM.normal(size=(7, 64))
    params = jax.tree.map(lambda leaf: leaf + np.float32(0.1) * np.arange(leaf.shape[-1], dtype="f4"),
                          model.init(jax.random.key(0), 64, 10))  # fmt: skip
    other = permute_units(model, params, seed=2)
    np.testing.assert_allclose(
        model.predict(other, inputs), model.predict(params, inputs), rtol=1e-4, atol=1e-6
    )
    for ours, theirs in zip(params["layers"][:-1], other["layers"][:-1], strict=True):
        assert not np.array_equal(ours["bias"], theirs["bias"])
        assert sorted(np.asarray(ours["bias"])) == sorted(theirs["bias"])
        assert theirs["weights"].dtype == np.float32


def test_a_permutation_by_hand():
    model = MODELS["mlp"].replace(width=2, depth=1)
    params = {"layers": [
        {"weights": np.array([[1.0, 2.0], [3.0, 4.0]]), "bias": np.array([5.0, 6.0])},
        {"weights": np.array([[7.0, 8.0], [9.0, 10.0]]), "bias": np.array([11.0, 12.0])},
    ]}  # fmt: skip
    seed = next(s for s in range(20) if np.random.default_rng(s).permutation(2).tolist() == [1, 0])
    inner, outer = permute_units(model, params, seed)["layers"]
    assert inner["weights"].tolist() == [[2, 1], [4, 3]]
    assert inner["bias"].tolist() == [6, 5]
    assert outer["weights"].tolist() == [[9, 10], [7, 8]]
    assert outer["bias"].tolist() == [11, 12]


def test_the_loss_is_the_same_with_permuted_units_but_not_half_way():
    model = MODELS["mlp"].replace(width=8, depth=2, scale=3.0)
    risk = network_risk(model, DATASETS["moons"].standardize())
    other = permute_units(model, risk.start, seed=1)
    assert float(risk.loss(other)) == pytest.approx(float(risk.loss(risk.start)), rel=1e-5)
    half = jax.tree.map(lambda a, b: (a + b) / 2, risk.start, other)
    assert abs(float(risk.loss(half)) - float(risk.loss(risk.start))) > 0.01


def test_bad_permutations_are_refused():
    with pytest.raises(ValueError, match="`seed` must be at least 0, got -1"):
        permute_units(MODELS["mlp"], {"layers": []}, -1)
    with pytest.raises(ValueError, match="`params` must be"):
        permute_units(MODELS["mlp"], np.zeros(3))
    with pytest.raises(ValueError, match="`model` must be a network of layers, got 'softmax'"):
        permute_units(MODELS["softmax"], {"layers": []})
