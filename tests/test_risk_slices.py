"""Slices of risks over two parameters, their windows, and what no slider compiles."""

import numpy as np
import pytest
from compiling import counted
from jax.flatten_util import ravel_pytree

from landscape import (
    DATASETS,
    FUNCTIONS,
    LOSSES,
    MODELS,
    OPTIMIZERS,
    Objective,
    curvature,
    descend,
    elastic_net,
    empirical_risk,
    evaluate,
    l1,
    l2,
)
from landscape.datasets import collinear
from landscape.risk import minimize, on_two_parameters, params_at, window

FIRST, SECOND, BIAS = ("weights", 0), ("weights", 1), ("bias",)
STONE = (MODELS["polynomial"], DATASETS["thrown-stone"])
IRIS = DATASETS["iris"].select("petal length (cm)", "petal width (cm)").standardize()


@pytest.fixture
def compilations():
    """A list that grows by the name of each program that is compiled."""
    with counted() as found:
        yield found


def whole(objective, point):
    return ravel_pytree(params_at(objective, point))[0]


@pytest.mark.parametrize("penalty", [None, l2(0.5), l1(0.5)])
def test_a_slice_is_the_risk_with_the_other_parameters_at_their_optimum(penalty):
    part = on_two_parameters(*STONE, LOSSES["mse"], ("a",), ("b",), penalty)
    risk = empirical_risk(*STONE, LOSSES["mse"], penalty)
    t, heights = DATASETS["thrown-stone"].inputs[:, 0], DATASETS["thrown-stone"].targets
    fitted = np.polyfit(t, heights, 2)
    params = params_at(part, [1.0, -2.0])
    assert (float(params["a"]), float(params["b"])) == (1.0, -2.0)
    assert float(params["c"]) == pytest.approx(fitted[2], rel=1e-9)
    assert float(part.loss(np.array([1.0, -2.0]))) == float(risk.loss(params))
    if penalty is None:
        np.testing.assert_allclose(part.minimizers[0], fitted[:2], rtol=1e-9)


@pytest.mark.parametrize(
    ("model", "data", "loss", "first", "second"),
    [
        ("linear", DATASETS["diabetes"].select("s1", "s2"), "mse", FIRST, SECOND),
        ("linear", DATASETS["line-with-outliers"], "mae", FIRST, BIAS),
        ("linear", DATASETS["line-with-outliers"], "huber", FIRST, BIAS),
        ("logistic", DATASETS["moons"], "binary-cross-entropy", FIRST, SECOND),
        ("softmax", IRIS, "cross-entropy", ("weights", 0, 2), ("weights", 1, 1)),
    ],
)
def test_the_minimizer_in_the_plane_is_below_everything_else(model, data, loss, first, second):
    part = on_two_parameters(MODELS[model], data, LOSSES[loss], first, second, l2(0.002))
    ((xmin, xmax), (ymin, ymax)) = part.domain
    x, y = part.minimizers[0]
    assert xmin < x < xmax
    assert ymin < y < ymax
    assert part.minimum == pytest.approx(float(part.loss(part.minimizers[0])), rel=1e-13)
    values = evaluate(part, resolution=41).values
    assert part.minimum <= values.min()
    near = evaluate(part, resolution=41, extent=((x - 1e-4, x + 1e-4), (y - 1e-4, y + 1e-4))).values
    assert part.minimum <= near.min() + 1e-9
    assert values.max() > 2 * part.minimum
    assert part.loss(part.start) > part.minimum


def test_axes_are_not_interchanged():
    part = on_two_parameters(*STONE, LOSSES["mse"], ("b",), ("a",))
    turned = on_two_parameters(*STONE, LOSSES["mse"], ("a",), ("b",))
    np.testing.assert_allclose(part.minimizers[0], turned.minimizers[0, ::-1], rtol=1e-9)
    assert part.domain == turned.domain[::-1]
    assert float(part.loss(np.array([3.0, 1.0]))) == pytest.approx(float(turned.loss(np.array([1.0, 3.0]))))


def test_a_window_does_not_move_with_the_penalty():
    data = collinear(correlation=0.9)
    slices = [
        on_two_parameters(MODELS["linear"], data, LOSSES["mse"], FIRST, SECOND, penalty)
        for penalty in (None, l2(0.1), l2(100.0), l1(3.0))
    ]
    assert len({part.domain for part in slices}) == 1
    (xmin, xmax), (ymin, ymax) = slices[0].domain
    assert xmin < 0 < xmax  # the way to zero stays in sight
    assert ymin < 0 < ymax
    np.testing.assert_allclose(slices[2].minimizers[0], 0.0, atol=0.05)
    np.testing.assert_allclose(slices[3].minimizers[0], [0.0, 0.0], atol=3.0)


def test_a_window_shows_a_valley_as_wide_as_the_curvature_says():
    hessian = np.array([[2.0, 1.8], [1.8, 50.0]])
    tilted = Objective(lambda w: 3.0 + 0.5 * w @ hessian @ w, start=np.zeros(2))
    (xmin, xmax), (ymin, ymax) = window(tilted, [0.0, 0.0])
    inverse = np.linalg.inv(hessian)
    assert (xmax - xmin) / (ymax - ymin) == pytest.approx(np.sqrt(inverse[0, 0] / inverse[1, 1]), rel=0.2)
    half = np.sqrt(2 * 0.5 * 3.0 * inverse[0, 0])
    assert half <= xmax <= 1.3 * half
    assert (xmin, ymin) == (-xmax, -ymax)


@pytest.mark.parametrize("features", [("x1",), ("x1", "x2")])
@pytest.mark.parametrize("name", ["moons", "blobs", "xor"])
def test_of_two_classes_the_weights_of_one_feature_have_a_valley_without_end(name, features):
    model, loss, data = MODELS["softmax"], LOSSES["cross-entropy"], DATASETS[name].select(*features)
    part = on_two_parameters(model, data, loss, ("weights", 0, 0), ("weights", 0, 1))
    x, y = part.minimizers[0]
    # Only the difference of the two weights counts: the sigmoid unit's weight.
    sigmoid, _ = minimize(empirical_risk(MODELS["logistic"], data, LOSSES["binary-cross-entropy"]))
    assert y - x == pytest.approx(float(sigmoid["weights"][0]), rel=1e-7)
    ((xmin, xmax), (ymin, ymax)) = part.domain
    assert max(xmax - xmin, ymax - ymin) < 30  # what lies across the valley stays in sight


@pytest.mark.parametrize("center", [[0.0, 0.0], [3.0, 0.0], [-1e-6, 250.0]])
@pytest.mark.parametrize(
    "loss",
    [lambda w: 0.0 * w[0], lambda w: w[0] - w[1], lambda w: -(w @ w), lambda w: w[0] ** 2, lambda w: w @ w],
)
def test_a_window_is_found_where_there_is_no_valley(loss, center):
    domain = window(Objective(loss, start=np.zeros(2)), center)
    for (low, high), middle in zip(domain, center, strict=True):
        assert np.isfinite([low, high]).all()
        assert low < middle < high
        assert low < 0 < high


def test_a_window_needs_a_finite_centre():
    for center in ([0.0, np.nan], [1.0], [0.0, np.inf]):
        with pytest.raises(ValueError, match="`center` must be 2 finite numbers"):
            window(FUNCTIONS["bowl"], center)


def test_where_a_loss_is_not_convex_the_plane_is_that_of_cross_entropy():
    moons = (MODELS["logistic"], DATASETS["moons"])
    squared = on_two_parameters(*moons, LOSSES["mse"], FIRST, SECOND)
    entropy = on_two_parameters(*moons, LOSSES["binary-cross-entropy"], FIRST, SECOND)
    assert squared.domain == entropy.domain
    np.testing.assert_array_equal(whole(squared, [0.0, 0.0]), whole(entropy, [0.0, 0.0]))
    assert squared.minimizers is None
    assert squared.residuals(np.zeros(2)).shape == (100,)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_of_classes_apart_the_slice_goes_through_a_slightly_penalized_optimum(reduction):
    apart = (
        DATASETS["iris"].select_classes("setosa", "virginica").select("petal length (cm)", "petal width (cm)")
    )
    model, loss = MODELS["logistic"], LOSSES["binary-cross-entropy"]
    assert not minimize(empirical_risk(model, apart, loss))[1]
    part = on_two_parameters(model, apart, loss, FIRST, SECOND, None, reduction)
    optimum, _ = minimize(empirical_risk(model, apart, loss, l2(0.001)))
    assert float(params_at(part, [0.0, 0.0])["bias"]) == pytest.approx(float(optimum["bias"]), rel=1e-6)
    assert part.minimizers is None
    for (low, high), weight in zip(part.domain, optimum["weights"], strict=True):
        assert low < weight < high


def test_a_coordinate_that_leads_nowhere_is_refused():
    for first, second in ((("weights", 7), BIAS), (("slope",), BIAS), (BIAS, BIAS), (("weights",), BIAS)):
        with pytest.raises(ValueError, match=r"coordinate must lead|two different parameters"):
            on_two_parameters(
                MODELS["linear"], DATASETS["diabetes"].select("s1", "s2"), LOSSES["mse"], first, second
            )


def test_params_at_needs_a_slice():
    with pytest.raises(ValueError, match="`objective` must be a slice of a risk, got bowl"):
        params_at(FUNCTIONS["bowl"], [0.0, 0.0])


def use(part):
    """What the pages do with a slice."""
    evaluate(part, resolution=11)
    curvature(part, part.start)
    descend(part, OPTIMIZERS["adam"].build(learning_rate=0.05), num_steps=5)


def test_a_first_slice_compiles_one_program_of_the_risk(compilations):
    data = collinear(47, correlation=0.9)
    on_two_parameters(MODELS["linear"], data, LOSSES["huber"], FIRST, SECOND, l1(0.1))
    # JAX's own name for carrying arrays to the device is "stage".
    assert [name for name in compilations if "stage" not in name] == ["jit(_by_example)"]


def test_no_slider_compiles_anything(compilations):
    def look(correlation, penalty, delta):
        data, huber = collinear(correlation=correlation), LOSSES["huber"].replace(delta=delta)
        use(on_two_parameters(MODELS["linear"], data, huber, FIRST, SECOND, penalty))

    look(0.9, l2(0.1), 1.0)
    before = len(compilations)
    assert before > 0
    look(0.5, l2(0.0), 0.3)
    look(0.99, l2(1e6), 5.0)
    look(-0.7, l1(2.0), 0.3)
    look(0.0, elastic_net(0.1, 0.5), 1.0)
    assert len(compilations) == before


def test_data_of_the_same_shape_compile_nothing(compilations):
    pairs = [("s1", "s2"), ("bmi", "bp"), ("age", "s6")]
    for k, names in enumerate(pairs):
        data = DATASETS["diabetes"].select(*names)
        use(
            on_two_parameters(
                MODELS["linear"], data, LOSSES["mse"], *((FIRST, BIAS) if k else (SECOND, BIAS))
            )
        )
        if k == 0:
            before = len(compilations)
    assert len(compilations) == before > 0
