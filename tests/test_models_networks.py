"""Networks as models: forward passes by hand in NumPy, XLA's convolution, starts and their laws."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special
import scipy.stats

from landscape.models import ACTIVATIONS, INITIALIZATIONS, MODELS
from landscape.models.convolutions import convolve, pool

RANDOM = np.random.default_rng(5)
ROWS = RANDOM.normal(size=(5, 16))
BY_HAND = {
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "gelu": lambda z: z * scipy.stats.norm.cdf(z),
    "sigmoid": scipy.special.expit,
    "identity": lambda z: z,
}
NETWORKS = ("mlp", "residual-mlp", "convolutional", "residual-convolutional")
EXACT = {"rtol": 1e-11, "atol": 1e-13}


def wide(params, bias=0.1):
    """The parameters in double precision, with biases that are not 0."""
    return jax.tree.map(lambda leaf: np.asarray(leaf, float) + bias * (leaf.ndim == 1), params)


def drawn(network, seed=0, features=16, outputs=3):
    return wide(network.init(jax.random.key(seed), features, outputs))


def raw(network, params, inputs=ROWS):
    """The raw output, compiled."""
    return jax.jit(network.apply)(params, inputs)


def by_hand(layers, inputs, activation, skip):
    """A perceptron, one example and one unit at a time."""
    outputs = []
    for row in inputs:
        h = row
        for number, layer in enumerate(layers[:-1]):
            columns = layer["weights"].T
            new = BY_HAND[activation](
                np.array([w @ h + b for w, b in zip(columns, layer["bias"], strict=True)])
            )
            h = h + new if skip and number else new
        outputs.append(h @ layers[-1]["weights"] + layers[-1]["bias"])
    return np.array(outputs)


def convolved_by_hand(layers, inputs, activation, skip):
    """A convolutional network, one pixel at a time: channels last, as kernels have them."""
    outputs = []
    for row in inputs:
        image = row.reshape(4, 4, 1)
        for number, layer in enumerate(layers[:-1]):
            height, width, _ = image.shape
            around = np.pad(image, ((1, 1), (1, 1), (0, 0)))
            new = np.array(
                [
                    [
                        np.einsum("ijc,ijck->k", around[y : y + 3, x : x + 3], layer["weights"])
                        for x in range(width)
                    ]
                    for y in range(height)
                ]
            )
            new = BY_HAND[activation](new + layer["bias"])
            image = image + new if skip and number else new
            if number == 0:
                image = sum(image[i::2, j::2] for i in (0, 1) for j in (0, 1)) / 4
        flat = image.transpose(2, 0, 1).ravel()  # as PyTorch flattens: channel by channel
        outputs.append(flat @ layers[-1]["weights"] + layers[-1]["bias"])
    return np.array(outputs)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("name", NETWORKS)
def test_a_forward_pass_is_numpys(name, activation):
    network = MODELS[name].replace(width=6, depth=3, activation=activation)
    params = drawn(network)
    compute = convolved_by_hand if "conv" in name else by_hand
    wanted = compute(params["layers"], ROWS, activation, name.startswith("residual"))
    found = raw(network, params)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, wanted, **EXACT)


def test_a_classifier_gives_probabilities_of_each_class():
    params = drawn(MODELS["mlp"])
    wanted = scipy.special.softmax(by_hand(params["layers"], ROWS, "tanh", False), axis=1)
    np.testing.assert_allclose(MODELS["mlp"].predict(params, ROWS), wanted, **EXACT)


@pytest.mark.parametrize(("size", "channels", "count", "kernel"), [((5, 4), 3, 2, 3), ((8, 8), 1, 4, 5)])
def test_a_convolution_is_xlas(size, channels, count, kernel):
    images = RANDOM.normal(size=(7, *size, channels))
    kernels = RANDOM.normal(size=(kernel, kernel, channels, count))
    wanted = jax.lax.conv_general_dilated(
        images, kernels, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )
    found = convolve(jnp.asarray(images.transpose(3, 1, 2, 0)), jnp.asarray(kernels))
    np.testing.assert_allclose(np.transpose(found, (3, 1, 2, 0)), wanted, **EXACT)


def test_a_pooled_image_has_the_means_of_blocks():
    image = np.arange(20.0).reshape(1, 4, 5, 1)
    wanted = [[3.0, 5.0, 6.5], [13.0, 15.0, 16.5]]
    np.testing.assert_array_equal(pool(jnp.asarray(image))[0, :, :, 0], wanted)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_hidden_layers_are_what_the_readout_is_made_of(name):
    network = MODELS[name].replace(width=4, depth=3)
    params = drawn(network)
    layers = network.activations(params, ROWS)
    assert len(layers) == 3
    images = "conv" in name
    shapes = [(5, 4, 4, 4), (5, 2, 2, 4), (5, 2, 2, 4)] if images else [(5, 4)] * 3
    assert [layer.shape for layer in layers] == shapes
    last = np.transpose(layers[-1], (0, 3, 1, 2)).reshape(5, -1) if images else layers[-1]
    readout = params["layers"][-1]
    np.testing.assert_allclose(last @ readout["weights"] + readout["bias"], raw(network, params), **EXACT)


@pytest.mark.parametrize("name", ["mlp", "convolutional"])
def test_only_the_skip_differs(name):
    plain, residual = (MODELS[each].replace(depth=3) for each in (name, f"residual-{name}"))
    one, other = (network.init(jax.random.key(3), 16, 3) for network in (plain, residual))
    assert jax.tree.structure(one) == jax.tree.structure(other)
    for left, right in zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True):
        np.testing.assert_array_equal(left, right)
    # Without weights a block with a skip hands on what it was given, one without forgets it.
    for layer in one["layers"][1:-1]:
        layer["weights"] = jnp.zeros_like(layer["weights"])
    through, forgotten = (network.activations(one, ROWS) for network in (residual, plain))
    np.testing.assert_array_equal(through[-1], through[1])
    assert np.any(through[1] != 0)
    assert not np.any(forgotten[-1])


@pytest.mark.parametrize("name", NETWORKS)
def test_types_are_those_of_the_parameters(name):
    network = MODELS[name]
    params = network.init(jax.random.key(0), 16, 3)
    zeros = network.zeros(16, 3)
    assert {leaf.dtype for leaf in jax.tree.leaves((params, zeros))} == {np.dtype(network.dtype)}
    assert not any(np.any(leaf) for leaf in jax.tree.leaves(zeros))
    single, double = raw(network, params), raw(network, wide(params, bias=0.0))
    assert (single.dtype, double.dtype) == (np.float32, np.float64)
    np.testing.assert_allclose(single, double, atol=1e-5)


def test_a_regression_has_its_outputs_as_they_are():
    network = MODELS["mlp"].for_task("regression").replace(depth=1)
    one, two = drawn(network, outputs=1), drawn(network, outputs=2)
    np.testing.assert_allclose(network.predict(one, ROWS), by_hand(one["layers"], ROWS, "tanh", False)[:, 0])
    np.testing.assert_array_equal(network.predict(two, ROWS), raw(network, two))
    assert network.for_task("classification") == MODELS["mlp"].replace(depth=1)


# --- starts ----------------------------------------------------------------------------------------------

FANS = [((300, 500), (300, 500)), ((3, 3, 40, 60), (360, 540))]
LAWS = {
    "xavier": lambda n, m: scipy.stats.uniform(-np.sqrt(6 / (n + m)), 2 * np.sqrt(6 / (n + m))),
    "he": lambda n, m: scipy.stats.norm(0, np.sqrt(2 / n)),
    "lecun": lambda n, m: scipy.stats.norm(0, np.sqrt(1 / n)),
    "scaled": lambda n, m: scipy.stats.norm(0, 1),
}


@pytest.mark.parametrize(("shape", "fans"), FANS)
@pytest.mark.parametrize("name", LAWS)
def test_weights_follow_the_published_law(name, shape, fans):
    weights = np.ravel(INITIALIZATIONS[name].draw(jax.random.key(1), shape, jnp.float32))
    law = LAWS[name](*fans)
    assert np.var(weights) == pytest.approx(law.var(), rel=0.02)
    assert scipy.stats.kstest(weights[:20_000], law.cdf).pvalue > 0.01


def test_orthogonal_weights_are_orthogonal_and_zeros_are_zeros():
    draw = INITIALIZATIONS["orthogonal"].draw
    tall, flat, kernel = (draw(jax.random.key(0), shape, float) for shape in ((9, 4), (4, 9), (3, 3, 2, 5)))
    np.testing.assert_allclose(tall.T @ tall, np.eye(4), atol=1e-12)
    np.testing.assert_allclose(flat @ flat.T, np.eye(4), atol=1e-12)
    columns = kernel.reshape(18, 5)
    np.testing.assert_allclose(columns.T @ columns, np.eye(5), atol=1e-12)
    assert not np.any(INITIALIZATIONS["zeros"].draw(jax.random.key(0), (3, 2), float))


@pytest.mark.parametrize("name", INITIALIZATIONS)
def test_every_layer_is_drawn_so_and_scaled_and_biases_begin_at_zero(name):
    network = MODELS["mlp"].replace(width=200, depth=2, initialization=name)
    one, three = (network.replace(scale=scale).init(jax.random.key(0), 100, 10) for scale in (1.0, 3.0))
    sizes = {"xavier": [2 / 300, 2 / 400, 2 / 210], "he": [2 / 100, 2 / 200, 2 / 200]}
    sizes |= {"lecun": [1 / 100, 1 / 200, 1 / 200], "orthogonal": [1 / 200] * 3}
    sizes |= {"zeros": [0.0] * 3, "scaled": [1.0] * 3}
    for layer, tripled, size in zip(one["layers"], three["layers"], sizes[name], strict=True):
        assert np.mean(layer["weights"] ** 2) == pytest.approx(size, rel=0.1)
        np.testing.assert_allclose(tripled["weights"], 3.0 * layer["weights"], rtol=1e-6)
        assert not np.any(layer["bias"])
    assert INITIALIZATIONS[name].reference
    assert INITIALIZATIONS[name].title


def test_the_seed_is_the_start_and_a_deeper_network_begins_alike():
    network = MODELS["mlp"]
    one, again, other = (network.init(jax.random.key(seed), 16, 3)["layers"] for seed in (0, 0, 1))
    deeper = network.replace(depth=4).init(jax.random.key(0), 16, 3)["layers"]
    for layers, equal in ((again, True), (other, False), (deeper, True)):
        for layer, counterpart in zip(one[:2], layers, strict=False):
            assert np.array_equal(layer["weights"], counterpart["weights"]) == equal
    assert not np.array_equal(one[1]["weights"], one[0]["weights"][: len(one[1]["weights"])])


# --- numbers ---------------------------------------------------------------------------------------------


def test_equal_numbers_make_equal_networks():
    network = MODELS["convolutional"]
    changed = network.replace(width=5, depth=7, activation="relu", initialization="he", scale=2)
    assert changed == network.replace(scale=2.0, initialization="he").replace(5, 7, "relu")
    assert hash(changed) == hash(network.replace(np.int64(5), 7, "relu", "he", 2.0))
    numbers = (changed.width, changed.depth, changed.activation, changed.initialization, changed.scale)
    assert numbers == (5, 7, "relu", "he", 2.0)
    assert changed != network
    # How a network is drawn is no matter of its compiled programs.
    assert changed.program == network.replace(activation="relu").program != network.program


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"width": 0}, "`width` must be at least 1, got 0"),
        ({"width": 1025}, "`width` must be at most 1024, got 1025"),
        ({"width": 2.5}, "`width` must be a whole number, got 2.5"),
        ({"depth": 0}, "`depth` must be at least 1, got 0"),
        ({"depth": 201}, "`depth` must be at most 200, got 201"),
        ({"scale": -1.0}, "`scale` must be a finite number, at least 0, got -1.0"),
        ({"scale": np.nan}, "`scale` must be a finite number, at least 0, got nan"),
        ({"scale": "big"}, "`scale` must be a finite number, at least 0, got 'big'"),
        ({"activation": "tan"}, "`activation` must be one of tanh, relu, .*, got 'tan'"),
        ({"initialization": "glorot"}, "`initialization` must be one of xavier, he, .*, got 'glorot'"),
    ],
)
def test_bad_numbers_are_named(change, words):
    with pytest.raises(ValueError, match=f"^{words}"):
        MODELS["mlp"].replace(**change)


def test_what_a_network_does_not_take_is_refused():
    with pytest.raises(ValueError, match=r"`num_features` of convolutional must be a square, .*, got 13"):
        MODELS["convolutional"].init(jax.random.key(0), 13, 3)
    with pytest.raises(
        ValueError, match="`task` must be regression or classification for mlp, got 'ranking'"
    ):
        MODELS["mlp"].for_task("ranking")
    with pytest.raises(ValueError, match="`num_outputs` of mlp must be at least 2, got 1"):
        MODELS["mlp"].init(jax.random.key(0), 13, 1)
