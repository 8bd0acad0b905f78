"""Tasks of penalties and combinations: their minimizers against scikit-learn, SciPy and closed forms."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.optimize
import sklearn.linear_model
from compiling import counted

from landscape import DATASETS, LOSSES, loss_landscape
from landscape.tasks import task_of
from landscape.tasks.fairness import applicants

LOOKED_AT = ("l1", "l2", "elastic-net", "weighted-sum", "uncertainty-weighting", "demographic-parity")

X, Y = DATASETS["collinear"].inputs, DATASETS["collinear"].targets


def of(name, **numbers):
    return loss_landscape(LOSSES[name].replace(**numbers))


def regression(name, strength, l1_ratio):
    """scikit-learn's weights; its strength of the absolute values is that of half the mean square."""
    if name == "l2":
        model = sklearn.linear_model.Ridge(alpha=strength * len(X), fit_intercept=False)
    elif name == "l1":
        model = sklearn.linear_model.Lasso(alpha=strength / 2, fit_intercept=False, tol=1e-14)
    else:
        both = strength * (2.0 - l1_ratio) / 2
        model = sklearn.linear_model.ElasticNet(
            alpha=both, l1_ratio=l1_ratio / (2.0 - l1_ratio), fit_intercept=False, tol=1e-14
        )
    return model.fit(X, Y).coef_


@pytest.mark.parametrize("strength", [0.05, 1.0, 5.5])
def test_penalized_regressions_are_scikit_learns(strength):
    for name, ratio in (("l1", 1.0), ("l2", 0.0), ("elastic-net", 0.4)):
        numbers = {"strength": strength} | ({"l1_ratio": ratio} if name == "elastic-net" else {})
        task = of(name, **numbers)
        np.testing.assert_allclose(task.minimizers, [regression(name, strength, ratio)], atol=1e-6)
        for point in (task.minimizers[0], task.start):
            cost = strength * (ratio * np.abs(point).sum() + (1 - ratio) * np.sum(point**2))
            wanted = np.mean((X @ point - Y) ** 2) + cost
            assert float(task.loss(point)) == pytest.approx(wanted, rel=1e-12)
        assert task.minimum == pytest.approx(float(task.loss(task.minimizers[0])), rel=1e-14)


def test_ridge_has_residuals_and_all_have_examples():
    ridge, point = of("l2", strength=0.5), jnp.array([0.3, -0.2])
    assert jnp.sum(ridge.residuals(point) ** 2) == pytest.approx(float(ridge.loss(point)), rel=1e-12)
    assert of("l1").residuals is None
    for name in ("l1", "l2", "elastic-net"):
        task = of(name)
        ones = jnp.ones(task.num_examples)
        assert task.on_examples(point, ones) == pytest.approx(float(task.loss(point)), rel=1e-12)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_minimizer_of_two_aims_is_where_their_slopes_cancel(share):
    task = of("weighted-sum", share=share)
    (x, y), (a, b) = task.minimizers[0], (share, 1.0 - share)
    assert a * 2 * (x + 1.5) + b * 4 * (x - 1.5) == pytest.approx(0.0, abs=1e-12)
    assert a * 8 * (y + 0.5) + b * (y - 1.0) == pytest.approx(0.0, abs=1e-12)
    wanted = a * ((x + 1.5) ** 2 + 4 * (y + 0.5) ** 2) + b * (2 * (x - 1.5) ** 2 + (y - 1) ** 2 / 2)
    assert task.minimum == pytest.approx(wanted, abs=1e-12)
    assert float(task.loss(jnp.array([0.5, 2.0]))) == pytest.approx(a * 29.0 + b * 2.5, rel=1e-14)


def test_each_variance_of_two_tasks_becomes_its_squared_error():
    task = of("uncertainty-weighting")
    np.testing.assert_allclose(task.minimizers, np.log([[4.0, 0.25]]), rtol=1e-15)
    assert task.minimum == pytest.approx(float(task.loss(task.minimizers[0])), rel=1e-15)
    np.testing.assert_allclose(jax.grad(task.loss)(task.minimizers[0]), 0.0, atol=1e-15)
    assert float(task.loss(jnp.array([0.0, 2.0]))) == pytest.approx(2.0 + 0.125 * np.exp(-2.0) + 1.0)


def fair(weights, strength):
    """The loss of the fair classifier, by NumPy."""
    people = applicants()
    logits = people["inputs"] @ weights
    probabilities, one = 1 / (1 + np.exp(-logits)), people["group"] == 1
    misfit = np.mean(np.log1p(np.exp(-logits)) + (1 - people["labels"]) * logits)
    return misfit + strength * abs(probabilities[one].mean() - probabilities[~one].mean())


@pytest.mark.parametrize("strength", [0.0, 0.5, 0.87, 0.88, 10.0])
def test_the_fair_classifier_is_scipys(strength):
    task = of("demographic-parity", strength=strength)
    assert float(task.loss(task.start)) == pytest.approx(fair(task.start, strength), rel=1e-12)
    starts = ([0.0, 0.0], [1.3, 0.1], [1.9, 1.4], [-1.0, -1.0])
    exact = {"xatol": 1e-9, "fatol": 1e-13, "maxiter": 2000}
    found = [
        scipy.optimize.minimize(fair, start, (strength,), method="Nelder-Mead", options=exact)
        for start in starts
    ]
    best = min(found, key=lambda result: result.fun)
    np.testing.assert_allclose(task.minimizers[0], best.x, atol=1e-5)
    assert task.minimum == pytest.approx(best.fun, rel=1e-9)


def test_the_gap_closes_and_stays_closed():
    people = applicants()

    def gap(strength):
        logits = people["inputs"] @ of("demographic-parity", strength=strength).minimizers[0]
        return LOSSES["demographic-parity"](jax.nn.sigmoid(logits), people["group"]).item()

    gaps = [gap(strength) for strength in (0.0, 0.3, 0.6, 0.9, 5.0)]
    assert gaps[0] > 0.3
    assert np.diff(gaps[:4]).max() < -0.05
    assert max(gaps[3:]) < 1e-9


def test_a_policy_learns_little_where_the_better_action_is_never_tried():
    task = of("expected-reward")
    slope = jax.grad(task.loss)
    # -0.2 - 0.8 σ(d), so that the slope is 0.8 σ(d) σ(-d), whatever the sum of the logits.
    for point in ([-4.0, 4.0], [1.0, 1.0], [0.5, -2.0]):
        chance = 1 / (1 + np.exp(point[1] - point[0]))
        assert float(task.loss(jnp.array(point))) == pytest.approx(-0.2 - 0.8 * chance, rel=1e-14)
        steep = 0.8 * chance * (1 - chance)
        np.testing.assert_allclose(slope(jnp.array(point)), [-steep, steep], rtol=1e-10)
    assert task.minimizers.shape == (0, 2)


@pytest.mark.parametrize("name", [*LOOKED_AT, "expected-reward"])
def test_a_task_says_what_it_is(name):
    task, landscape = task_of(LOSSES[name]), of(name)
    assert task.title
    assert task.statement.endswith(".")
    assert len(task.axes) == 2
    assert (landscape.name, landscape.title) == (name, LOSSES[name].title)
    assert LOSSES[name].formula in landscape.formula
    inside = [landscape.start, *landscape.minimizers]
    for low, high, values in zip(*np.transpose(landscape.domain), np.transpose(inside), strict=True):
        assert (low < values).all()
        assert (values < high).all()


def test_numbers_inside_compile_nothing():
    change = {
        "l1": "strength",
        "elastic-net": "l1_ratio",
        "weighted-sum": "share",
        "demographic-parity": "strength",
    }
    value = jax.jit(lambda loss, point: loss(point))
    for name, number in change.items():
        point = jnp.array([0.5, 0.25])
        before = value(of(name, **{number: 0.4}).loss, point)
        with counted() as compiled:
            after = value(of(name, **{number: 0.7}).loss, point)
        assert not compiled, name
        assert before != after
