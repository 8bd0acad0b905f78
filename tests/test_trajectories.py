"""Iterates, step by step: against PyTorch's numbers, closed forms and the rules worked by hand in NumPy."""

import jax.numpy as jnp
import numpy as np
import pytest
import scipy.optimize
from pytorch_iterates import ITERATES, STEPS

from landscape.curvature import curvature
from landscape.objectives import Objective
from landscape.optimizers import OPTIMIZERS
from landscape.paths import descend


def rosenbrock(point):
    x, y = point
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def mccormick(point):
    x, y = point
    return jnp.sin(x + y) + (x - y) ** 2 - 1.5 * x + 2.5 * y + 1


def valley_residuals(point):
    x, y = point
    return jnp.array([1 - x, 10 * (y - x**2)])


def valley_jacobian(point):
    x, _ = point
    return np.array([[-1.0, 0.0], [-20 * x, 10.0]])


def valley_gradient(point):
    x, y = point
    return np.array([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)])


def valley_hessian(point):
    x, y = point
    return np.array([[2 - 400 * (y - 3 * x**2), -400 * x], [-400 * x, 200.0]])


START = {rosenbrock: np.array([-1.5, 2.0]), mccormick: np.array([3.5, -2.0])}
VALLEY = Objective(rosenbrock, start=START[rosenbrock], residuals=valley_residuals, residual_scale="sum")


@pytest.mark.parametrize(
    ("name", "function", "numbers", "points"), ITERATES, ids=[f"{row[0]}-{row[1]}" for row in ITERATES]
)
def test_the_iterates_are_pytorchs(name, function, numbers, points):
    loss = {"rosenbrock": rosenbrock, "mccormick": mccormick}[function]
    objective = Objective(loss, start=START[loss])
    path = descend(objective, OPTIMIZERS[name].build(**numbers), num_steps=100)
    np.testing.assert_allclose(path.params[STEPS], points, rtol=1e-10, atol=1e-10)


def test_every_rule_of_pytorch_is_compared():
    ours = {"lion", "l-bfgs", "newton", "newton-undamped", "gauss-newton", "levenberg-marquardt"}
    assert {row[0] for row in ITERATES} == set(OPTIMIZERS) - ours


def test_lion_is_the_papers_rule():
    rate, beta1, beta2, decay = 0.02, 0.9, 0.99, 0.1
    built = OPTIMIZERS["lion"].build(learning_rate=rate, beta1=beta1, beta2=beta2, weight_decay=decay)
    path = descend(VALLEY, built, num_steps=60)
    point, mean = START[rosenbrock], np.zeros(2)
    for k in range(60):
        gradient = valley_gradient(point)
        direction = np.sign(beta1 * mean + (1 - beta1) * gradient)
        point = point - rate * (direction + decay * point)
        mean = beta2 * mean + (1 - beta2) * gradient
        np.testing.assert_allclose(path.params[k + 1], point, rtol=1e-11)
        np.testing.assert_allclose(path.internals["m"][k], mean, rtol=1e-11, atol=1e-11)


A = np.array([[3.0, 1.0, -0.5], [1.0, 2.0, 0.25], [-0.5, 0.25, 5.0]])
QUADRATIC = Objective(lambda x: x @ A @ x / 2, start=np.array([1.0, -2.0, 0.5]))


def test_gradient_descent_on_a_quadratic_is_a_power_of_a_matrix():
    path = descend(QUADRATIC, OPTIMIZERS["gd"].build(learning_rate=0.3), num_steps=80)
    factor = np.eye(3) - 0.3 * A
    wanted = [np.linalg.matrix_power(factor, k) @ QUADRATIC.start for k in range(81)]
    np.testing.assert_allclose(path.params, wanted, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(path.losses, [x @ A @ x / 2 for x in wanted], rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(path.gradients, [A @ x for x in wanted[:-1]], rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(path.updates, np.diff(wanted, axis=0), rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("name", ["momentum", "nesterov"])
def test_momentum_on_a_quadratic_is_a_power_of_a_matrix(name):
    rate, beta = 0.1, 0.8
    path = descend(QUADRATIC, OPTIMIZERS[name].build(learning_rate=rate, momentum=beta), num_steps=80)
    # v' = βv + Ax; x' = x − ηv', or x' = x − η(Ax + βv') with Nesterov's look ahead
    ahead = (1 + beta, beta**2) if name == "nesterov" else (1, beta)
    identity = np.eye(3)
    factor = np.block([[identity - rate * ahead[0] * A, -rate * ahead[1] * identity], [A, beta * identity]])
    first = np.concatenate([QUADRATIC.start, np.zeros(3)])
    wanted = np.array([np.linalg.matrix_power(factor, k) @ first for k in range(81)])
    np.testing.assert_allclose(path.params, wanted[:, :3], rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(path.internals["velocity"], wanted[1:, 3:], rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize(("name", "numbers", "limit"), [("gd", {}, 2), ("momentum", {"momentum": 0.5}, 3)])
def test_descent_diverges_exactly_above_the_stable_learning_rate(name, numbers, limit):
    # 2/λmax without momentum, 2(1 + β)/λmax with it
    sharpest = np.linalg.eigvalsh(A)[-1]
    at = curvature(QUADRATIC, QUADRATIC.start)
    assert at.largest_stable_learning_rate == pytest.approx(2 / sharpest, rel=1e-12)
    ends = {}
    for factor in (0.999, 1.001):
        built = OPTIMIZERS[name].build(learning_rate=factor * limit / sharpest, **numbers)
        path = descend(QUADRATIC, built, num_steps=8000, capacity=8192)
        assert path.diverged_at is None
        ends[factor] = path.losses
    assert ends[0.999][-1] < 1e-4 * ends[0.999][0]
    assert ends[1.001][-1] > 1e4 * ends[1.001][0]


def test_a_diverging_run_keeps_its_rows_and_names_the_first_that_is_not_finite():
    quartic = Objective(lambda x: x[0] ** 4 / 4 + x[1] ** 2 / 2, start=np.array([3.0, 1.0]))
    path = descend(quartic, OPTIMIZERS["gd"].build(learning_rate=0.5), num_steps=30)
    points, losses = [quartic.start], []
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(31):
            x, y = points[-1]
            losses.append(x**4 / 4 + y**2 / 2)
            points.append(np.array([x - 0.5 * x**3, y - 0.5 * y]))
    losses = np.array(losses)
    first = int(np.argmin(np.isfinite(losses)))
    assert 3 < first < 20
    assert np.isfinite(points[first]).all()  # the loss overflows before the point does
    assert path.diverged_at == first
    assert path.params.shape == (31, 2)
    np.testing.assert_array_equal(np.isfinite(path.losses), np.isfinite(losses))
    np.testing.assert_allclose(path.params[: first + 1], points[: first + 1], rtol=1e-12)
    np.testing.assert_allclose(path.params[:, 1], 0.5 ** np.arange(31), rtol=1e-14)
    assert path.first(first).diverged_at == first
    assert path.first(first - 1).diverged_at is None


def test_damped_newton_is_the_rule_by_hand_and_ends_where_scipy_does():
    damping = 0.5
    path = descend(VALLEY, OPTIMIZERS["newton"].build(learning_rate=1, damping=damping), num_steps=300)
    point, halved = START[rosenbrock], 0
    for k in range(8):
        gradient, hessian = valley_gradient(point), valley_hessian(point)
        eigenvalues, axes = np.linalg.eigh(hessian)
        direction = -axes @ np.diag(1 / (np.abs(eigenvalues) + damping)) @ axes.T @ gradient
        length = 1.0
        while (
            rosenbrock(point + length * direction) > rosenbrock(point) + 1e-4 * length * gradient @ direction
        ):
            length, halved = length / 2, halved + 1
        np.testing.assert_allclose(path.internals["hessian"][k], hessian, rtol=1e-9)
        np.testing.assert_allclose(path.internals["eigenvalues"][k], eigenvalues, rtol=1e-9)
        assert path.internals["step_length"][k] == length
        point = point + length * direction
        np.testing.assert_allclose(path.params[k + 1], point, rtol=1e-9)
    assert halved > 0
    # the gradient, a Hessian-vector product for each parameter, and one for each halving
    assert path.evaluations[8] == 8 * 3 + halved
    solution = scipy.optimize.minimize(
        rosenbrock,
        START[rosenbrock],
        jac=valley_gradient,
        hess=valley_hessian,
        method="trust-exact",
        tol=1e-12,
    )
    np.testing.assert_allclose(path.params[-1], solution.x, rtol=1e-9)


def test_undamped_newton_solves_with_the_hessian_and_runs_to_the_nearest_saddle():
    path = descend(VALLEY, OPTIMIZERS["newton-undamped"].build(learning_rate=0.7), num_steps=3)
    point = START[rosenbrock]
    for k in range(3):
        point = point - 0.7 * np.linalg.solve(valley_hessian(point), valley_gradient(point))
        np.testing.assert_allclose(path.params[k + 1], point, rtol=1e-10)

    himmelblau = Objective(
        lambda p: (p[0] ** 2 + p[1] - 11) ** 2 + (p[0] + p[1] ** 2 - 7) ** 2, start=np.zeros(2)
    )
    start = np.array([0.2, 2.6])
    undamped = descend(himmelblau, OPTIMIZERS["newton-undamped"].build(), start, num_steps=40)
    gradient = lambda p: [  # noqa: E731
        4 * p[0] * (p[0] ** 2 + p[1] - 11) + 2 * (p[0] + p[1] ** 2 - 7),
        2 * (p[0] ** 2 + p[1] - 11) + 4 * p[1] * (p[0] + p[1] ** 2 - 7),
    ]
    saddle = scipy.optimize.root(gradient, start, tol=1e-13).x
    np.testing.assert_allclose(undamped.params[-1], saddle, rtol=1e-9)
    assert curvature(himmelblau, saddle).kind == "saddle"
    damped = descend(himmelblau, OPTIMIZERS["newton"].build(), start, num_steps=40)
    assert damped.final_loss < 1e-20


TIMES = np.linspace(0.0, 2.0, 9)
DECAY = 3 * np.exp(-1.3 * TIMES) + 0.1 * np.cos(7 * TIMES)  # not to be fitted exactly


def decay_residuals(point):
    return point[0] * jnp.exp(-point[1] * TIMES) - DECAY


def decay_jacobian(point):
    return np.stack([np.exp(-point[1] * TIMES), -point[0] * TIMES * np.exp(-point[1] * TIMES)], axis=1)


FIT = Objective(
    lambda point: jnp.mean(decay_residuals(point) ** 2),
    start=np.array([1.0, 0.2]),
    residuals=decay_residuals,
    residual_scale="mean",
)


def test_gauss_newton_is_the_rule_by_hand_and_ends_where_scipy_does():
    path = descend(FIT, OPTIMIZERS["gauss-newton"].build(learning_rate=0.5), num_steps=120)
    point = FIT.start
    for k in range(5):
        jacobian = decay_jacobian(point)
        np.testing.assert_allclose(path.internals["gauss_newton"][k], jacobian.T @ jacobian, rtol=1e-10)
        point = point - 0.5 * np.linalg.lstsq(jacobian, decay_residuals(point))[0]
        np.testing.assert_allclose(path.params[k + 1], point, rtol=1e-10)
    solution = scipy.optimize.least_squares(decay_residuals, FIT.start, xtol=1e-15, ftol=1e-15, gtol=1e-15)
    np.testing.assert_allclose(path.params[-1], solution.x, rtol=1e-7)
    assert path.losses[-1] > 1e-4


@pytest.mark.parametrize(
    ("objective", "residuals", "jacobian", "damping", "num_checked", "num_rejected"),
    [
        (VALLEY, valley_residuals, valley_jacobian, 1e-6, 12, 1),
        (FIT, decay_residuals, decay_jacobian, 1e-3, 6, 0),
    ],
    ids=["valley", "fit"],
)
def test_levenberg_marquardt_is_the_rule_by_hand_and_ends_where_scipy_does(
    objective, residuals, jacobian, damping, num_checked, num_rejected
):
    path = descend(objective, OPTIMIZERS["levenberg-marquardt"].build(damping=damping), num_steps=100)
    # Madsen, Nielsen and Tingleff (2004), algorithm 3.16
    point, growth, rejected = objective.start, 2.0, 0
    J = jacobian(point)
    mu = damping * np.max(np.diag(J.T @ J))
    for k in range(num_checked):
        J, r = jacobian(point), np.asarray(residuals(point))
        slope = J.T @ r
        step = np.linalg.solve(J.T @ J + mu * np.eye(2), -slope)
        after = np.asarray(residuals(point + step))
        gain = (r @ r - after @ after) / 2 / (step @ (mu * step - slope) / 2)
        np.testing.assert_allclose(path.internals["damping"][k], mu, rtol=1e-6)
        np.testing.assert_allclose(path.internals["gain_ratio"][k], gain, rtol=1e-4)
        assert path.internals["accepted"][k] == (gain > 0)
        if gain > 0:
            point, mu, growth = point + step, mu * max(1 / 3, 1 - (2 * gain - 1) ** 3), 2.0
        else:
            mu, growth, rejected = mu * growth, 2 * growth, rejected + 1
        np.testing.assert_allclose(path.params[k + 1], point, rtol=1e-8)
    assert rejected >= num_rejected
    solution = scipy.optimize.least_squares(
        residuals, objective.start, method="lm", xtol=1e-15, ftol=1e-15, gtol=1e-15
    )
    np.testing.assert_allclose(path.params[-1], solution.x, rtol=1e-6)


def test_l_bfgs_is_the_two_loops_by_hand_with_strong_wolfe_steps_and_ends_where_scipy_does():
    path = descend(VALLEY, OPTIMIZERS["l-bfgs"].build(), num_steps=60)
    differences = []
    for k in range(14):  # more than it remembers
        gradient = valley_gradient(path.params[k])
        # Nocedal and Wright, algorithm 7.4
        q, weights = gradient.copy(), []
        for s, y in reversed(differences[-10:]):
            weights.append(s @ q / (s @ y))
            q -= weights[-1] * y
        if differences:
            s, y = differences[-1]
            q *= s @ y / (y @ y)
        for (s, y), weight in zip(differences[-10:], reversed(weights), strict=True):
            q += (weight - y @ q / (s @ y)) * s
        length = path.internals["step_length"][k]
        if k:
            np.testing.assert_allclose(path.updates[k], -length * q, rtol=1e-6, atol=1e-10)
        np.testing.assert_allclose(np.cross([*path.updates[k], 0], [*q, 0])[2], 0, atol=1e-8)
        after = valley_gradient(path.params[k + 1])
        slope = gradient @ path.updates[k]
        assert path.losses[k + 1] <= path.losses[k] + 1e-4 * slope
        assert abs(after @ path.updates[k]) <= 0.9 * abs(slope)
        differences.append((path.updates[k], after - gradient))
    trials = path.internals["trials"]
    np.testing.assert_array_equal(path.evaluations, np.concatenate([[0], 1 + np.cumsum(trials)]))
    solution = scipy.optimize.minimize(
        rosenbrock,
        START[rosenbrock],
        jac=valley_gradient,
        method="L-BFGS-B",
        options={"ftol": 0, "gtol": 1e-10},
    )
    np.testing.assert_allclose(path.params[-1], solution.x, rtol=1e-8)
