"""Models against NumPy by hand and SciPy."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special

from landscape.models import MODELS, Network

RANDOM = np.random.default_rng(3)
INPUTS = RANDOM.normal(size=(6, 3))
WEIGHTS = RANDOM.normal(size=(3, 4))
BIAS = RANDOM.normal(size=4)
PLAIN = [name for name, model in MODELS.items() if not isinstance(model, Network)]
"""The models without hidden layers."""


def shapes(params):
    return {name: np.shape(value) for name, value in params.items()}


def test_a_linear_model_is_a_weighted_sum():
    by_hand = [sum(w * x for w, x in zip(WEIGHTS[:, 0], row, strict=True)) + 0.5 for row in INPUTS]
    params = {"weights": WEIGHTS[:, 0], "bias": 0.5}
    np.testing.assert_allclose(MODELS["linear"].predict(params, INPUTS), by_hand, rtol=1e-13)
    np.testing.assert_allclose(
        MODELS["linear"].predict({"weights": WEIGHTS, "bias": BIAS}, INPUTS), INPUTS @ WEIGHTS + BIAS
    )


def test_the_parabola_is_numpys():
    t = np.linspace(-2.0, 3.0, 7)
    found = MODELS["polynomial"].predict({"a": -4.9, "b": 15.0, "c": 2.0}, t[:, None])
    np.testing.assert_allclose(found, np.polyval([-4.9, 15.0, 2.0], t), rtol=1e-13)


def test_a_sigmoid_unit_gives_probabilities_and_keeps_its_raw_output():
    params = {"weights": jnp.asarray(WEIGHTS[:, 0]), "bias": jnp.asarray(0.5)}
    raw = INPUTS @ WEIGHTS[:, 0] + 0.5
    np.testing.assert_allclose(MODELS["logistic"].apply(params, INPUTS), raw, rtol=1e-13)
    np.testing.assert_allclose(MODELS["logistic"].predict(params, INPUTS), scipy.special.expit(raw))


def test_a_softmax_classifier_gives_probabilities_of_each_class():
    params = {"weights": WEIGHTS, "bias": BIAS}
    found = MODELS["softmax"].predict(params, INPUTS)
    np.testing.assert_allclose(found, scipy.special.softmax(INPUTS @ WEIGHTS + BIAS, axis=1))
    np.testing.assert_allclose(found.sum(axis=1), 1.0)


def test_a_line_with_its_spread_gives_means_and_variances():
    params = {"weights": WEIGHTS[:, :2], "bias": BIAS[:2]}
    found = MODELS["gaussian"].predict(params, INPUTS)
    np.testing.assert_allclose(found[:, 0], INPUTS @ WEIGHTS[:, 0] + BIAS[0], rtol=1e-12)
    np.testing.assert_allclose(np.log(found[:, 1]), INPUTS @ WEIGHTS[:, 1] + BIAS[1], rtol=1e-12)
    assert len(MODELS["gaussian"].output_names) == 2


def test_a_rate_is_the_exponential_of_a_weighted_sum():
    params = {"weights": WEIGHTS[:, 0], "bias": 0.5}
    found = MODELS["poisson"].predict(params, INPUTS)
    np.testing.assert_allclose(found, np.exp(INPUTS @ WEIGHTS[:, 0] + 0.5), rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "features", "outputs", "expected"),
    [
        ("linear", 3, None, {"weights": (3,), "bias": ()}),
        ("linear", 3, 2, {"weights": (3, 2), "bias": (2,)}),
        ("polynomial", 1, None, {"a": (), "b": (), "c": ()}),
        ("gaussian", 3, None, {"weights": (3, 2), "bias": (2,)}),
        ("poisson", 3, None, {"weights": (3,), "bias": ()}),
        ("logistic", 5, 1, {"weights": (5,), "bias": ()}),
        ("softmax", 3, None, {"weights": (3, 2), "bias": (2,)}),
        ("softmax", 3, 10, {"weights": (3, 10), "bias": (10,)}),
    ],
)
def test_parameters_have_the_shapes_that_the_data_ask_for(name, features, outputs, expected):
    model = MODELS[name]
    params = model.init(jax.random.key(0), features, outputs)
    assert shapes(params) == expected
    zeros = model.zeros(features, outputs)
    assert shapes(zeros) == expected
    assert not any(np.any(value) for value in zeros.values())
    assert {leaf.dtype for leaf in jax.tree.leaves((params, zeros))} == {np.dtype("float64")}


@pytest.mark.parametrize("name", PLAIN)
def test_the_same_key_gives_the_same_parameters(name):
    model = MODELS[name]
    features = model.num_features or 4
    one, same, other = (model.init(jax.random.key(seed), features) for seed in (1, 1, 2))
    assert all(np.array_equal(one[part], same[part]) for part in one)
    assert any(not np.array_equal(one[part], other[part]) for part in one)


def test_random_weights_keep_the_size_of_the_inputs():
    weights = MODELS["linear"].init(jax.random.key(0), 10_000)["weights"]
    assert float(jnp.sum(weights**2)) == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("name", PLAIN)
def test_an_affine_model_has_no_curvature_in_its_parameters(name):
    model = MODELS[name]
    inputs = INPUTS[:, : model.num_features or 3]
    here, there = (model.init(jax.random.key(seed), inputs.shape[1]) for seed in (0, 1))
    between = jax.tree.map(lambda a, b: 0.3 * a + 0.7 * b, here, there)
    expected = 0.3 * model.apply(here, inputs) + 0.7 * model.apply(there, inputs)
    np.testing.assert_allclose(model.apply(between, inputs), expected, rtol=1e-12)


@pytest.mark.parametrize("name", PLAIN)
def test_unpenalized_parameters_exist_and_are_what_a_constant_input_moves(name):
    model = MODELS[name]
    features = model.num_features or 3
    zeros = model.zeros(features)
    for part in model.unpenalized:
        moved = zeros | {part: jnp.ones_like(zeros[part])}
        assert np.all(model.apply(moved, jnp.zeros((2, features))) == 1.0)


def test_a_model_is_for_its_own_task():
    assert MODELS["logistic"].for_task("classification") is MODELS["logistic"]
    with pytest.raises(ValueError, match="`task` must be classification for logistic, got 'regression'"):
        MODELS["logistic"].for_task("regression")


@pytest.mark.parametrize(
    ("name", "features", "outputs", "words"),
    [
        ("linear", 0, None, "`num_features` must be at least 1, got 0"),
        ("polynomial", 2, None, "`num_features` of polynomial must be 1, got 2"),
        ("logistic", 2, 3, "`num_outputs` of logistic must be exactly 1, got 3"),
        ("softmax", 2, 1, "`num_outputs` of softmax must be at least 2, got 1"),
    ],
)
def test_what_a_model_does_not_take_is_refused(name, features, outputs, words):
    with pytest.raises(ValueError, match=words):
        MODELS[name].init(jax.random.key(0), features, outputs)
    with pytest.raises(ValueError, match=words):
        MODELS[name].zeros(features, outputs)
