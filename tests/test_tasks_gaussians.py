"""Distributions that are moved and stretched: against closed forms, SciPy's integrals and its distances."""

from itertools import pairwise

import jax
import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from landscape import FUNCTIONS, LOSSES, evaluate, loss_landscape
from landscape.tasks import task_of
from landscape.tasks.gaussians import critic, moved, scores
from landscape.tasks.location_scale import SHAPES, density_of
from landscape.tasks.slopes import PART, slopes

POINTS = np.array(
    [
        [5.0, 1.0],
        [-8.0, 4.0],
        [8.0, 0.4],
        [6.0, 0.6],
        [1.0, 2.5],
        [0.0, 0.4],
        [0.0, 4.0],
        [-3.0, 1.3],
        [0.0, 1.0],
    ]
)
OVERLAPPING = np.array([[0.5, 2.0], [-1.0, 0.5], [2.5, 1.0], [1.5, 3.0], [0.0, 1.0], [-7.0, 2.0]])
FROZEN = {"gaussian": stats.norm, "laplace": stats.laplace}


MEASURES = [
    ("kl-divergence", False),
    ("kl-divergence", True),
    ("js-divergence", False),
    ("wasserstein", False),
]


def found(loss, shape, points, reverse=False):
    """Losses and gradients of a landscape: all measures by one program, as on the page."""
    losses, gradients = slopes([moved(LOSSES[name], shape, turned) for name, turned in MEASURES], points)
    row = MEASURES.index((loss, reverse))
    return losses[row], gradients[row]


def kl_gaussian(m, s):
    return np.log(s) + (1 + m**2) / (2 * s**2) - 0.5


def kl_laplace(m, s):
    return np.log(s) + np.abs(m) / s + np.exp(-np.abs(m)) / s - 1


def js(shape, m, s):
    """By SciPy's adaptive quadrature, in pieces between the tips and the slopes."""
    p, q = FROZEN[shape](0, 1), FROZEN[shape](m, s)

    def part(first, second):
        def density(x):
            a, b = first.logpdf(x), second.logpdf(x)
            return np.exp(a) * (a - np.logaddexp(a, b) + np.log(2))

        ends = sorted({-60.0, 60.0, 0.0, m, -3.0, 3.0, m - 3 * s, m + 3 * s})
        return sum(quad(density, *pair, epsabs=1e-8, limit=100)[0] for pair in pairwise(ends))

    return 0.5 * (part(p, q) + part(q, p))


@pytest.mark.parametrize(("shape", "known"), [("gaussian", kl_gaussian), ("laplace", kl_laplace)])
def test_kl_in_both_directions_is_its_closed_form(shape, known):
    m, s = POINTS.T
    forward, gradients = found("kl-divergence", shape, POINTS)
    np.testing.assert_allclose(forward, known(m, s), rtol=1e-7, atol=1e-7)
    backward, _ = found("kl-divergence", shape, POINTS, reverse=True)
    np.testing.assert_allclose(backward, known(-m / s, 1 / s), rtol=1e-7, atol=1e-7)
    if shape == "gaussian":
        wanted = np.stack([m / s**2, 1 / s - (1 + m**2) / s**3], axis=1)
        np.testing.assert_allclose(gradients, wanted, rtol=1e-6, atol=1e-6)


def test_kl_of_gaussians_is_what_scipy_integrates():
    m, s = 1.0, 2.5
    p, q = stats.norm(0, 1), stats.norm(m, s)
    wanted = quad(lambda x: p.pdf(x) * (p.logpdf(x) - q.logpdf(x)), -12, 12)[0]
    assert found("kl-divergence", "gaussian", [[m, s]])[0] == pytest.approx(wanted, abs=1e-7)


@pytest.mark.parametrize("shape", FROZEN)
def test_js_is_what_scipy_integrates_and_goes_flat_below_log_2(shape):
    values, _gradients = found("js-divergence", shape, POINTS[[0, 2, 4]])
    np.testing.assert_allclose(values, [js(shape, *point) for point in POINTS[[0, 2, 4]]], atol=1e-5)
    assert (values < np.log(2) + 1e-7).all()
    steepness = found("js-divergence", shape, [[1.5, 1.0], [5.0, 1.0], [8.0, 1.0]])[1][:, 0]
    assert steepness[0] > 2 * steepness[1] > 4 * steepness[2] > 0
    if shape == "gaussian":
        assert steepness[2] < 2e-4


@pytest.mark.parametrize("shape", FROZEN)
def test_wasserstein_is_the_mean_distance_of_quantiles(shape):
    grid = (np.arange(200_000) + 0.5) / 200_000
    quantiles = FROZEN[shape].ppf(grid)
    wanted = [np.abs(m + (s - 1) * quantiles).mean() for m, s in POINTS]
    values, gradients = found("wasserstein", shape, POINTS)
    np.testing.assert_allclose(values, wanted, atol=1e-3)
    # However far: where nothing is stretched it is the distance, and its slope is 1.
    np.testing.assert_allclose(values[0], 5.0, rtol=1e-12)
    np.testing.assert_allclose(gradients[0], [1.0, 0.0], atol=1e-12)


def test_wasserstein_is_scipys_distance_of_the_samples():
    for shape in SHAPES.values():
        other = 1.0 + 2.5 * shape.sample
        wanted = stats.wasserstein_distance(shape.sample, other)
        assert found("wasserstein", shape.name, [[1.0, 2.5]])[0] == pytest.approx(wanted, rel=1e-12)


def test_divergences_of_uniform_distributions_are_exact():
    m, s = OVERLAPPING.T
    common = np.maximum(0, np.minimum(1, m + s) - np.maximum(-1, m - s))
    p, q = 0.5, 1 / (2 * s)
    wanted = 0.5 * sum(
        (1 - common * each) * np.log(2) + common * each * np.log(2 * each / (p + q)) for each in (p, q)
    )
    values, gradients = found("js-divergence", "uniform", OVERLAPPING)
    np.testing.assert_allclose(values, wanted, atol=1e-14)
    assert values[-1] == pytest.approx(np.log(2), abs=1e-15)
    np.testing.assert_allclose(gradients[-1], 0, atol=1e-15)
    for reverse, inside, known in (
        (False, s >= 1 + np.abs(m), np.log(s)),
        (True, s <= 1 - np.abs(m), -np.log(s)),
    ):
        values, gradients = found("kl-divergence", "uniform", OVERLAPPING, reverse)
        np.testing.assert_array_equal(np.isfinite(values), inside)
        np.testing.assert_allclose(values[inside], known[inside], atol=1e-14)
        assert np.isnan(gradients[~inside]).all()


def test_wasserstein_of_uniform_distributions_goes_on():
    m, s = OVERLAPPING.T
    spread = np.abs(s - 1)
    near = (m**2 + spread**2) / (2 * np.where(spread > 0, spread, 1))
    wanted = np.where(np.abs(m) >= spread, np.abs(m), near)
    np.testing.assert_allclose(found("wasserstein", "uniform", OVERLAPPING)[0], wanted, atol=1e-4)


def test_the_probabilities_sum_to_1_so_that_the_losses_take_them():
    for shape in SHAPES.values():
        p, q = jax.jit(jax.vmap(shape.vectors))(*np.concatenate([POINTS, OVERLAPPING]).T)
        values = np.asarray(LOSSES["js-divergence"](p, q))
        assert (values >= 0).all()
        assert (values <= np.log(2) + 1e-7).all()


def test_a_negative_scale_is_as_good_as_its_absolute_value():
    for loss in ("kl-divergence", "js-divergence", "wasserstein"):
        values = found(loss, "gaussian", [[1.0, 0.7], [1.0, -0.7]])[0]
        assert values[0] == pytest.approx(values[1], rel=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_densities_are_scipys(shape):
    known = {
        "gaussian": stats.norm(1, 0.5),
        "laplace": stats.laplace(1, 0.5),
        "uniform": stats.uniform(0.5, 1),
    }
    x = np.array([-3.0, 0.6, 1.0, 1.4, 4.0])
    np.testing.assert_allclose(density_of(SHAPES[shape], x, 1.0, -0.5), known[shape].pdf(x), atol=1e-15)


def test_a_critic_is_never_better_than_the_distance_and_flat_beyond_its_box():
    landscape = critic(LOSSES["wasserstein-critic"])
    surface = evaluate(landscape, resolution=41)
    assert surface.values.min() > -3
    at = np.unravel_index(surface.values.argmin(), surface.values.shape)
    assert (surface.x[at[1]], surface.y[at[0]]) == (pytest.approx(-1.5), pytest.approx(1.5))
    # Real and generated ones mirrored about 1.5: by SciPy's expectation of the scores.
    real, made = (
        quad(lambda x, c=c: 2 * np.tanh((x - 1.5) / 2) * stats.norm.pdf(x, c), -12, 15)[0] for c in (0, 3)
    )
    assert float(landscape.loss(np.array([-1.0, 1.5]))) == pytest.approx(real - made, abs=1e-3)
    values, gradients = slopes([landscape], [[-1.2, 1.0], [-1.0, 1.0], [-7.0, 1.0], [0.5, 1.0]])
    assert values[0, 0] == values[0, 1] == values[0, 2]
    assert gradients[0, 0, 0] == 0
    assert gradients[0, 3, 0] > 0.5
    steepest = np.diff(scores(np.array([-9.0, 0.0]), np.linspace(-5, 5, 1001))) / 0.01
    assert np.abs(steepest).max() <= 1 + 1e-9


def test_every_loss_of_distributions_has_its_landscape():
    for name in ("kl-divergence", "js-divergence", "wasserstein", "wasserstein-critic"):
        landscape = loss_landscape(LOSSES[name])
        assert name in task_of(LOSSES[name]).losses
        assert np.isfinite(float(landscape.loss(landscape.start)))
        if landscape.minimizers is not None:
            np.testing.assert_allclose(landscape.loss(landscape.minimizers[0]), landscape.minimum, atol=1e-12)


def test_what_cannot_be_moved_is_refused():
    with pytest.raises(
        ValueError, match="`loss` must be one of kl-divergence, js-divergence, wasserstein, got mse"
    ):
        moved(LOSSES["mse"])
    with pytest.raises(KeyError, match="there is no shape 'gausian'"):
        moved(LOSSES["wasserstein"], "gausian")


def test_slopes_are_those_of_each_point_however_many():
    points = np.random.default_rng(0).normal(size=(PART + 3, 2))
    losses, gradients = slopes([FUNCTIONS["booth"]], points)
    x, y = points.T
    np.testing.assert_allclose(losses[0], (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2, rtol=1e-12)
    np.testing.assert_allclose(
        gradients[0, :, 0], 2 * (x + 2 * y - 7) + 4 * (2 * x + y - 5), rtol=1e-9, atol=1e-9
    )
    for bad in (np.zeros((3, 3)), np.zeros(2), np.zeros((0, 2))):
        with pytest.raises(ValueError, match="`points` must have the shape"):
            slopes([FUNCTIONS["booth"]], bad)
