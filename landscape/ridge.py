r"""Ridge: least squares with a penalty on the weights, solved exactly for every strength.

||y - Xw||^2 + \lambda (\rho ||w||_1 + (1 - \rho) ||w||_2^2): sums, not means, and no bias, so that
inputs and targets are to have mean 0 (`Dataset.center`). scikit-learn's names for the same problem
are `Ridge(alpha=strength)`, `Lasso(alpha=strength / (2 n))` and, in between,
`ElasticNet(alpha=strength (2 - l1_ratio) / (2 n), l1_ratio=l1_ratio / (2 - l1_ratio))`.
"""

from typing import Any

import numpy as np

from landscape.datasets import Dataset

SLACK = 1e-11
"""How far a slope may exceed the l1 penalty's, beside the largest slope, before its weight leaves 0."""

MAX_SEARCH = 100
"""Sign changes per weight after which rounding errors are taken to lead in a circle."""


def ridge_solution(inputs: Any, targets: Any, strength: float) -> np.ndarray:
    r"""The minimizer of ||y - Xw||^2 + \lambda ||w||_2^2.

    w = (X^T X + \lambda I)^{-1} X^T y; at \lambda = 0 the least-squares solution, the shortest one
    where there are many.

    Args:
        inputs: X, shape (n, d), of columns with mean 0.
        targets: y, shape (n,), of mean 0.
        strength: \lambda, at least 0.

    Returns:
        The weights, shape (d,).

    Raises:
        ValueError: A shape does not fit, or a value is not finite or negative.

    Example:
        >>> from landscape.ridge import ridge_solution
        >>> ridge_solution([[1.0], [-1.0]], [3.0, -3.0], strength=1.0).tolist()
        [2.0]

    Reference:
        Hoerl, Kennard (1970), Ridge regression: biased estimation for nonorthogonal problems,
        eq. 2.3, doi:10.1080/00401706.1970.10488634
    """
    return ridge_path(inputs, targets, [strength])[0]


def ridge_path(inputs: Any, targets: Any, strengths: Any) -> np.ndarray:
    r"""The minimizers of ||y - Xw||^2 + \lambda ||w||_2^2 for many strengths, by one decomposition.

    With X = U S V^T: w = V diag(s / (s^2 + \lambda)) U^T y.

    Args:
        inputs: X, shape (n, d), of columns with mean 0.
        targets: y, shape (n,), of mean 0.
        strengths: \lambda, shape (L,), each at least 0.

    Returns:
        The weights, shape (L, d).

    Raises:
        ValueError: A shape does not fit, or a value is not finite or negative.

    Example:
        >>> from landscape.ridge import ridge_path
        >>> ridge_path([[1.0], [-1.0]], [3.0, -3.0], [0.0, 1.0, 4.0]).ravel().tolist()
        [3.0, 2.0, 1.0]

    Reference:
        Hastie, Tibshirani, Friedman (2009), The elements of statistical learning, 2nd edition,
        eq. 3.47, doi:10.1007/978-0-387-84858-7
    """
    X, y, amounts = _problem(inputs, targets, strengths)
    U, s, Vt = np.linalg.svd(X, full_matrices=False)
    kept = _nonzero(s, X)
    shrunk = np.where(kept, s, 0.0) / np.where(kept, s**2 + amounts[:, None], 1.0)
    return (shrunk * (U.T @ y)) @ Vt


def elastic_net_path(inputs: Any, targets: Any, strengths: Any, l1_ratio: float) -> np.ndarray:
    r"""The minimizers of ||y - Xw||^2 + \lambda (\rho ||w||_1 + (1 - \rho) ||w||_2^2).

    Feature-sign search: for given signs of the weights that are not 0 the problem is a linear
    system, so each solution is exact; the signs are searched, starting from those of the next
    stronger penalty. Weights that the l1 part takes out are exactly 0.

    Args:
        inputs: X, shape (n, d), of columns with mean 0.
        targets: y, shape (n,), of mean 0.
        strengths: \lambda, shape (L,), each at least 0, in any order.
        l1_ratio: \rho, from 0 (ridge) to 1 (lasso).

    Returns:
        The weights, shape (L, d).

    Raises:
        ValueError: A shape does not fit, or a value is outside its range.

    Example:
        >>> from landscape.ridge import elastic_net_path
        >>> elastic_net_path([[1.0], [-1.0]], [3.0, -3.0], [0.0, 4.0, 12.0], l1_ratio=1.0).ravel().tolist()
        [3.0, 2.0, 0.0]

    Reference:
        Lee, Battle, Raina, Ng (2006), Efficient sparse coding algorithms, Advances in Neural
        Information Processing Systems 19, algorithm 1
    """
    X, y, amounts = _problem(inputs, targets, strengths)
    if not 0.0 <= l1_ratio <= 1.0:
        raise ValueError(f"`l1_ratio` must be from 0 to 1, got {l1_ratio}")
    path = ridge_path(X, y, amounts * (1.0 - l1_ratio))
    if l1_ratio == 0.0:
        return path
    gram, slopes, identity = X.T @ X, X.T @ y, np.eye(X.shape[1])
    weights = np.zeros(X.shape[1])
    for row in np.argsort(-amounts):
        if amounts[row] > 0.0:
            matrix = gram + amounts[row] * (1.0 - l1_ratio) * identity
            weights = _feature_signs(matrix, slopes, amounts[row] * l1_ratio, weights)
            path[row] = weights
    return path


def condition_numbers(inputs: Any, strengths: Any) -> np.ndarray:
    r"""The condition numbers of the Hessian 2 (X^T X + \lambda I) of the ridge loss.

    (s_max^2 + \lambda) / (s_min^2 + \lambda) with the singular values s of X: how much longer than
    wide the valley is, squared.

    Args:
        inputs: X, shape (n, d), of columns with mean 0.
        strengths: \lambda, shape (L,), each at least 0.

    Returns:
        Shape (L,); infinite where the Hessian is singular.

    Raises:
        ValueError: A shape does not fit, or a value is not finite or negative.

    Example:
        >>> from landscape.ridge import condition_numbers
        >>> condition_numbers([[3.0, 0.0], [0.0, 1.0]], [0.0, 1.0, 7.0]).tolist()
        [9.0, 5.0, 2.0]
    """
    X, _, amounts = _problem(inputs, None, strengths)
    s = np.linalg.svd(X, compute_uv=False)
    squares = np.zeros(X.shape[1])
    squares[: s.size] = np.where(_nonzero(s, X), s, 0.0) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = (squares.max() + amounts) / (squares.min() + amounts)
    return np.where(squares.min() + amounts == 0.0, np.inf, ratios)


def held_out_errors(
    training: Dataset, held_out: Dataset, strengths: Any, l1_ratio: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    r"""Mean squared errors on the data fitted to and on data held out, for many strengths.

    Both parts are centred by the means of the training part, which stand for the bias.

    Args:
        training: The examples fitted to, a regression.
        held_out: Other examples of the same features.
        strengths: \lambda, shape (L,), each at least 0; of the sum over the training part.
        l1_ratio: \rho, from 0 (ridge) to 1 (lasso).

    Returns:
        (training errors, held-out errors), each of shape (L,).

    Raises:
        ValueError: The parts have different features or are no regression, or a value is outside
            its range.

    Example:
        >>> from landscape import DATASETS
        >>> from landscape.ridge import held_out_errors
        >>> fitted, held_out = held_out_errors(*DATASETS["diabetes"].split(), [0.0, 1.0, 1000.0])
        >>> bool((fitted[1:] > fitted[:-1]).all())
        True
    """
    for part in (training, held_out):
        if part.task != "regression":
            raise ValueError(f"`training` and `held_out` must be regressions, got {part.name}")
    if training.feature_names != held_out.feature_names:
        features = ", ".join(training.feature_names)
        raise ValueError(f"`held_out` must have the features {features}, got {held_out.feature_names}")
    middle, level = training.inputs.mean(axis=0), training.targets.mean()
    path = elastic_net_path(training.inputs - middle, training.targets - level, strengths, l1_ratio)

    def errors(part: Dataset) -> np.ndarray:
        residuals = (part.inputs - middle) @ path.T - (part.targets - level)[:, None]
        return np.mean(residuals**2, axis=0)

    return errors(training), errors(held_out)


def steps_needed(hessian: Any, learning_rate: float, error: Any, tolerance: float = 1e-6) -> int | None:
    r"""How many steps gradient descent on a quadratic takes to come a given factor nearer.

    The error e_k = w_k - w^* obeys e_k = (I - \eta H)^k e_0, so in the eigenvectors of H each part
    shrinks by the factor 1 - \eta \lambda_i per step.

    Args:
        hessian: H, symmetric, shape (d, d).
        learning_rate: \eta, above 0.
        error: e_0, shape (d,): the start minus the minimizer.
        tolerance: The factor ||e_k|| / ||e_0|| to be reached, between 0 and 1.

    Returns:
        The smallest such k, or None if it is never reached: the learning rate is too large for the
        curvature, or a part of the error has no curvature to shrink it.

    Raises:
        ValueError: A shape does not fit or a value is outside its range.

    Example:
        >>> from landscape.ridge import steps_needed
        >>> hessian = [[2.0, 0.0], [0.0, 0.2]]
        >>> steps_needed(hessian, 0.5, [0.0, 1.0], 0.1), steps_needed(hessian, 1.5, [1.0, 0.0], 0.1)
        (22, None)

    Reference:
        Goh (2017), Why momentum really works, doi:10.23915/distill.00006
    """
    H, start = np.asarray(hessian, dtype=float), np.asarray(error, dtype=float)
    if start.ndim != 1 or H.shape != (start.size, start.size):
        raise ValueError(f"`hessian` must have the shape ({start.size}, {start.size}), got {H.shape}")
    if not (np.isfinite(H).all() and np.isfinite(start).all()):
        raise ValueError("`hessian` and `error` must be finite numbers")
    if not 0.0 < learning_rate < np.inf:
        raise ValueError(f"`learning_rate` must be a positive finite number, got {learning_rate}")
    if not 0.0 < tolerance < 1.0:
        raise ValueError(f"`tolerance` must be between 0 and 1, got {tolerance}")
    eigenvalues, eigenvectors = np.linalg.eigh(H)
    factors, parts = np.abs(1.0 - learning_rate * eigenvalues), eigenvectors.T @ start
    goal = tolerance * np.linalg.norm(start)
    parts = np.where(np.abs(parts) > 1e-3 * goal / start.size, parts, 0.0)
    if not (factors[parts != 0.0] < 1.0).all():
        return None

    def distance(step: int) -> float:
        return float(np.linalg.norm(factors**step * parts))

    low, high = 0, 1
    while distance(high) > goal:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if distance(middle) <= goal else (middle, high)
    return high if distance(low) > goal else low


def _feature_signs(matrix: np.ndarray, slopes: np.ndarray, charge: float, start: np.ndarray) -> np.ndarray:
    """The minimizer of wᵀAw − 2bᵀw + c‖w‖₁ from a start, by the search for its signs."""
    slack = SLACK * 2.0 * np.abs(slopes).max()

    def cost(points: np.ndarray) -> np.ndarray:
        quadratic = np.sum((points @ matrix - 2.0 * slopes) * points, axis=-1)
        return quadratic + charge * np.abs(points).sum(axis=-1)

    weights, signs = start.copy(), np.sign(start)
    for _ in range(MAX_SEARCH * start.size):
        active = signs != 0.0
        if active.any():
            goal = _goal(
                matrix[np.ix_(active, active)], slopes[active] - 0.5 * charge * signs[active], weights[active]
            )
            weights[active] = _best_crossing(weights, goal, active, cost)
            changed = np.any(np.sign(weights[active]) != signs[active])
            signs = np.sign(weights)
            if changed:
                continue
        gradient = 2.0 * (matrix @ weights - slopes)
        excess = np.where(active, 0.0, np.abs(gradient) - charge)
        leaving = int(np.argmax(excess))
        if excess[leaving] <= slack:
            break
        signs[leaving] = -np.sign(gradient[leaving])
    return weights


def _goal(matrix: np.ndarray, slopes: np.ndarray, here: np.ndarray) -> np.ndarray:
    """Where the quadratic of the active weights is smallest, or far down where it has no minimum."""
    goal: np.ndarray = np.linalg.lstsq(matrix, slopes, rcond=None)[0]
    down = slopes - matrix @ goal
    crossing = here * down < 0.0
    if np.linalg.norm(down) <= 1e-9 * np.linalg.norm(slopes) or not crossing.any():
        return goal
    return here + 2.0 * down * np.max(-here[crossing] / down[crossing])


def _best_crossing(weights: np.ndarray, goal: np.ndarray, active: np.ndarray, cost: Any) -> np.ndarray:
    """The best point on the way to the goal: the goal itself, or where a weight changes its sign."""
    here = weights[active]
    crossing = here * goal < 0.0
    shares = np.append(here[crossing] / (here - goal)[crossing], 1.0)
    points = np.tile(weights, (shares.size, 1))
    points[:, active] = here + shares[:, None] * (goal - here)
    columns = np.flatnonzero(active)[crossing]
    points[np.arange(columns.size), columns] = 0.0
    points[-1, active] = goal
    best: np.ndarray = points[int(np.argmin(cost(points)))]
    return best[active]


def _nonzero(s: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Which singular values are more than rounding."""
    return s > np.finfo(float).eps * max(X.shape) * s.max()


def _problem(inputs: Any, targets: Any, strengths: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    X, amounts = np.asarray(inputs, dtype=float), np.asarray(strengths, dtype=float)
    y = np.zeros(X.shape[:1]) if targets is None else np.asarray(targets, dtype=float)
    if X.ndim != 2 or X.size == 0:
        raise ValueError(f"`inputs` must have the shape (n, d), got {X.shape}")
    if y.shape != X.shape[:1]:
        raise ValueError(f"`targets` must have the shape {X.shape[:1]}, got {y.shape}")
    if not (np.isfinite(X).all() and np.isfinite(y).all()):
        raise ValueError("`inputs` and `targets` must be finite numbers")
    if amounts.ndim != 1:
        raise ValueError(f"`strengths` must have the shape (L,), got {amounts.shape}")
    for amount in amounts[~((amounts >= 0.0) & (amounts < np.inf))]:
        raise ValueError(f"`strengths` must be finite numbers, at least 0, got {amount}")
    return X, y, amounts
