"""Risks to second order against JAX's own second derivatives of the whole."""

import jax
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree
from jax.tree_util import Partial

from landscape import DATASETS, LOSSES, MODELS, elastic_net, empirical_risk, l2
from landscape.risk.expansions import ByExample, expansion_of, flat, shaped

RANDOM = np.random.default_rng(5)
FLOWERS = DATASETS["iris"].select("petal length (cm)", "petal width (cm)").standardize()
CASES = [
    ("linear", DATASETS["diabetes"].select("s1", "bmi"), "mse"),
    ("linear", DATASETS["line-with-outliers"], "mae"),
    ("linear", DATASETS["line-with-outliers"], "huber"),
    ("polynomial", DATASETS["thrown-stone"], "mse"),
    ("logistic", DATASETS["moons"], "mse"),
    ("logistic", DATASETS["moons"], "binary-cross-entropy"),
    ("softmax", FLOWERS, "cross-entropy"),
    ("linear", DATASETS["boxes"], "weighted-least-squares"),
    ("gaussian", DATASETS["spreading-line"], "gaussian-nll"),
    # Here what one example costs depends on the outputs of all others.
    ("logistic", DATASETS["moons"], "perplexity"),
]


@jax.jit
def whole(loss, width, params):
    """The smoothed risk, its gradient and its Hessian by all parameters at once."""
    vector, unravel = ravel_pytree(params)

    def smooth(vector):
        return loss.func.smooth(*loss.args, width, unravel(vector))

    return smooth(vector), jax.grad(smooth)(vector), jax.hessian(smooth)(vector)


@pytest.mark.parametrize(("model", "data", "loss"), CASES)
def test_by_example_is_what_differentiating_the_whole_gives(model, data, loss):
    for penalty in (None, l2(0.3), elastic_net(2.0, 0.6)):
        risk = empirical_risk(MODELS[model], data, LOSSES[loss], penalty)
        expand = expansion_of(risk.loss, risk.start)
        assert isinstance(expand, ByExample)
        params = shaped(risk.start, RANDOM.normal(size=flat(risk.start).size))
        found, expected = expand(0.3, params), whole(risk.loss, 0.3, params)
        size = np.abs(found.hessian).max()
        assert found.value == pytest.approx(float(expected[0]), rel=1e-12)
        np.testing.assert_allclose(found.gradient, expected[1], rtol=1e-9, atol=1e-11 * size)
        np.testing.assert_allclose(found.hessian, expected[2], rtol=1e-9, atol=1e-11 * size)


@pytest.mark.parametrize(("model", "data", "loss"), CASES)
def test_over_no_width_a_corner_is_a_corner(model, data, loss):
    risk = empirical_risk(MODELS[model], data, LOSSES[loss], elastic_net(0.7, 0.5))
    params = shaped(risk.start, RANDOM.normal(size=flat(risk.start).size))
    found = expansion_of(risk.loss, risk.start)(0.0, params)
    assert found.value == pytest.approx(float(risk.loss(params)), rel=1e-13)


def test_along_directions_an_expansion_is_that_of_the_plane():
    risk = empirical_risk(MODELS["logistic"], DATASETS["moons"], LOSSES["binary-cross-entropy"])
    expand = expansion_of(risk.loss, risk.start)
    here, directions = RANDOM.normal(size=3), RANDOM.normal(size=(3, 2))
    seen = expand(0.0, shaped(risk.start, here)).along(directions)

    def on_plane(point):
        return expand(0.0, shaped(risk.start, here + directions @ point)).value

    step = 1e-4
    for k, unit in enumerate(np.eye(2) * step):
        slope = (on_plane(unit) - on_plane(-unit)) / (2 * step)
        bend = (on_plane(unit) - 2 * on_plane(0 * unit) + on_plane(-unit)) / step**2
        assert seen.gradient[k] == pytest.approx(slope, rel=1e-6)
        assert seen.hessian[k, k] == pytest.approx(bend, rel=1e-5)


def test_numbers_come_back_in_the_shape_and_type_they_had():
    tree = {"b": np.array(2.0, np.float32), "a": [np.zeros((2, 3)), 1.0]}
    vector = np.arange(8.0)
    back = shaped(tree, vector)
    assert back["a"][0].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert (float(back["a"][1]), float(back["b"])) == (6.0, 7.0)
    assert back["b"].dtype == np.float32
    np.testing.assert_array_equal(flat(back), vector)


def test_any_other_loss_is_differentiated_as_a_whole():
    loss = Partial(lambda scale, w: scale * w["a"] ** 2 * w["b"], 2.0)
    found = expansion_of(loss, {"a": 0.0, "b": 0.0})(1.0, {"a": 3.0, "b": 5.0})
    assert found.value == 90.0
    assert found.gradient.tolist() == [60.0, 18.0]
    assert found.hessian.tolist() == [[20.0, 12.0], [12.0, 0.0]]
