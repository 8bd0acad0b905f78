"""Seeded regressions: the truth behind them is known. The same seed, the same data."""

from typing import Any

import numpy as np

from landscape.datasets.dataset import Dataset, check_sizes


def line(
    num_examples: int = 40, slope: float = 2.0, intercept: float = 1.0, noise: float = 0.5, seed: int = 0
) -> Dataset:
    """A straight line with Gaussian noise: y = slope x + intercept + noise e.

    Args:
        num_examples: How many points, at least 2.
        slope: The slope of the line.
        intercept: Its height at x = 0.
        noise: The standard deviation of the noise, at least 0.
        seed: The seed of the noise and of x, which is uniform on [-2, 2].

    Returns:
        A regression of shape (num_examples, 1).

    Raises:
        ValueError: An argument is outside its range.

    Example:
        >>> from landscape.datasets import line
        >>> exact = line(noise=0.0)
        >>> bool((exact.targets == 2.0 * exact.inputs[:, 0] + 1.0).all())
        True
    """
    check_sizes(num_examples, noise, slope=slope, intercept=intercept)
    random = np.random.default_rng(seed)
    x = random.uniform(-2.0, 2.0, num_examples)
    y = slope * x + intercept + noise * random.normal(size=num_examples)
    return Dataset(
        name="line",
        title="A line",
        inputs=x[:, None],
        targets=y,
        feature_names=("x",),
        target_name="y",
        description=f"y = {slope:g} x + {intercept:g} with Gaussian noise of standard deviation {noise:g}.",
        reference="Synthetic; fitted since Legendre (1805), Nouvelles méthodes pour la détermination"
        " des orbites des comètes",
    )


def line_with_outliers(
    num_examples: int = 40, num_outliers: int = 4, shift: float = 12.0, noise: float = 0.5, seed: int = 0
) -> Dataset:
    """The line y = 2 x + 1 of `line`, with a few of its points moved far up.

    Args:
        num_examples: How many points in all, at least 2.
        num_outliers: How many of them are moved, those with the smallest x, where they turn
            the line most; 0 to num_examples.
        shift: How far up they are moved.
        noise: The standard deviation of the noise, at least 0.
        seed: The seed of the noise and of x.

    Returns:
        A regression of shape (num_examples, 1).

    Raises:
        ValueError: An argument is outside its range.

    Example:
        >>> from landscape.datasets import line, line_with_outliers
        >>> moved = line_with_outliers().targets - line().targets
        >>> int((moved == 12.0).sum()), int((moved == 0.0).sum())
        (4, 36)
    """
    check_sizes(num_examples, noise, shift=shift)
    if not 0 <= num_outliers <= num_examples:
        raise ValueError(f"`num_outliers` must be from 0 to {num_examples}, got {num_outliers}")
    clean = line(num_examples, noise=noise, seed=seed)
    targets = clean.targets.copy()
    targets[np.argsort(clean.inputs[:, 0])[:num_outliers]] += shift
    return Dataset(
        name="line-with-outliers",
        title="A line with outliers",
        inputs=clean.inputs,
        targets=targets,
        feature_names=("x",),
        target_name="y",
        description=f"y = 2 x + 1 with noise; {num_outliers} of {num_examples} points"
        f" are moved up by {shift:g}.",
        reference="Synthetic, after Rousseeuw and Leroy (1987), Robust regression and outlier detection,"
        " doi:10.1002/0471725382",
    )


def thrown_stone(
    num_examples: int = 25, speed: float = 15.0, height: float = 2.0, noise: float = 0.5, seed: int = 0
) -> Dataset:
    """The height of a stone thrown upwards: h(t) = -4.9 t^2 + speed t + height + noise e.

    Fitted by f(t) = a t^2 + b t + c, a is minus half of the acceleration of free fall.

    Args:
        num_examples: How many times, evenly from 0 to 3 s; at least 2.
        speed: The speed at t = 0 in m/s.
        height: The height at t = 0 in m.
        noise: The standard deviation of the measured heights in m, at least 0.
        seed: The seed of the noise.

    Returns:
        A regression of shape (num_examples, 1): the time, and the height.

    Raises:
        ValueError: An argument is outside its range.

    Example:
        >>> from landscape.datasets import thrown_stone
        >>> thrown_stone(num_examples=4, noise=0.0).targets.round(6).tolist()
        [2.0, 12.1, 12.4, 2.9]
    """
    check_sizes(num_examples, noise, speed=speed, height=height)
    t = np.linspace(0.0, 3.0, num_examples)
    noises = noise * np.random.default_rng(seed).normal(size=num_examples)
    return Dataset(
        name="thrown-stone",
        title="A thrown stone",
        inputs=t[:, None],
        targets=-4.9 * t**2 + speed * t + height + noises,
        feature_names=("t (s)",),
        target_name="height (m)",
        description=f"h(t) = -4.9 t² + {speed:g} t + {height:g}, measured to {noise:g} m.",
        reference="Synthetic; the parabola is that of Galilei (1638), Discorsi e dimostrazioni matematiche,"
        " fourth day",
    )


def collinear(
    num_examples: int = 60,
    correlation: float = 0.95,
    weights: tuple[float, float] = (2.0, 1.0),
    noise: float = 1.0,
    seed: int = 0,
) -> Dataset:
    r"""Two features that say nearly the same: y = w_1 x_1 + w_2 x_2 + noise e.

    Mean 0, variance 1 and correlation rho hold exactly in the sample, for every seed:
    (1/n) X^T X = [[1, rho], [rho, 1]], with eigenvalues 1 \pm rho and the condition number
    (1 + |rho|) / (1 - |rho|). The noise has mean 0, so that no bias is needed. The seed fixes
    all that is random: rho and the noise's size change the values, and nothing is redrawn.

    Args:
        num_examples: How many examples, at least 3.
        correlation: rho, from -1 to 1.
        weights: The true (w_1, w_2).
        noise: The sample standard deviation of the noise, at least 0.
        seed: The seed of the features and of the noise.

    Returns:
        A regression of shape (num_examples, 2).

    Raises:
        ValueError: An argument is outside its range.

    Example:
        >>> import numpy as np
        >>> from landscape.datasets import collinear
        >>> x = collinear(correlation=0.8).inputs
        >>> np.round(x.T @ x / len(x), 12).tolist()
        [[1.0, 0.8], [0.8, 1.0]]
    """
    check_sizes(num_examples, noise, w1=weights[0], w2=weights[1])
    directions, noises = collinear_ingredients(num_examples, seed)
    if not -1.0 <= correlation <= 1.0:
        raise ValueError(f"`correlation` must be from -1 to 1, got {correlation}")
    inputs = correlated_features(directions, correlation)
    return Dataset(
        name="collinear",
        title="Two collinear features",
        inputs=inputs,
        targets=inputs @ np.asarray(weights, dtype=float) + noise * noises,
        feature_names=("x1", "x2"),
        target_name="y",
        description=f"Two features whose correlation in the sample is exactly {correlation:g}.",
        reference="Synthetic, after Belsley, Kuh, Welsch (1980), Regression diagnostics,"
        " doi:10.1002/0471725153",
    )


def collinear_ingredients(num_examples: int = 60, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """What is random in `collinear`: two uncorrelated directions and the noise.

    Args:
        num_examples: n, at least 3.
        seed: The seed of both.

    Returns:
        directions (n, 2), whose columns have mean 0, variance 1 and correlation 0 exactly;
        and noise (n,) with mean 0 and variance 1.

    Raises:
        ValueError: There are fewer than 3 examples.

    Example:
        >>> from landscape.datasets import collinear_ingredients
        >>> directions, noise = collinear_ingredients(5)
        >>> directions.shape, noise.shape
        ((5, 2), (5,))
    """
    if num_examples < 3:
        raise ValueError(f"`num_examples` must be at least 3, got {num_examples}")
    random = np.random.default_rng(seed)
    drawn = random.normal(size=(num_examples, 2))
    orthonormal, triangle = np.linalg.qr(drawn - drawn.mean(axis=0))
    # The sign of a QR factor is the library's whim; the same seed is to give the same data.
    directions = np.sqrt(num_examples) * orthonormal * np.sign(np.diag(triangle))
    noise = random.normal(size=num_examples)
    noise = noise - noise.mean()
    return directions, noise / noise.std()


def correlated_features(directions: Any, correlation: Any) -> Any:
    r"""Mix two uncorrelated directions z_1, z_2 into two features of a given correlation.

    x_{1,2} = \sqrt{(1 + rho)/2} z_1 \pm \sqrt{(1 - rho)/2} z_2. Arithmetic alone, so NumPy
    and (traced) JAX arrays both work: a program over rho is compiled once.

    Args:
        directions: Shape (n, 2), as of `collinear_ingredients`.
        correlation: rho, from -1 to 1; not checked here.

    Returns:
        The features, shape (n, 2).

    Example:
        >>> from landscape.datasets import collinear_ingredients, correlated_features
        >>> x = correlated_features(collinear_ingredients(9)[0], 1.0)
        >>> bool((x[:, 0] == x[:, 1]).all())
        True
    """
    common = ((1.0 + correlation) / 2.0) ** 0.5
    opposed = ((1.0 - correlation) / 2.0) ** 0.5
    return common * directions[:, :1] + opposed * directions[:, 1:] * np.array([1.0, -1.0])
