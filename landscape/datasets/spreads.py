"""Seeded regressions whose noise is not the same everywhere: a spreading line, counts, a detector's boxes."""

import numpy as np

from landscape.datasets.dataset import Dataset, check_sizes


def spreading_line(
    num_examples: int = 80,
    slope: float = 1.0,
    intercept: float = 2.0,
    noise: float = 0.5,
    spread: float = 0.6,
    seed: int = 0,
) -> Dataset:
    """A line whose noise grows along it: y = slope x + intercept + noise exp(spread x) e.

    The logarithm of the variance is a line, too: 2 spread x + 2 log(noise).

    Args:
        num_examples: How many points, at least 2.
        slope: The slope of the line.
        intercept: Its height at x = 0.
        noise: The standard deviation of the noise at x = 0, at least 0.
        spread: How fast the logarithm of the standard deviation grows with x.
        seed: The seed of the noise and of x, which is uniform on [-2, 2].

    Returns:
        A regression of shape (num_examples, 1).

    Raises:
        ValueError: An argument is outside its range.

    Example:
        >>> from landscape.datasets import spreading_line
        >>> exact = spreading_line(noise=0.0)
        >>> bool((exact.targets == exact.inputs[:, 0] + 2.0).all())
        True
    """
    check_sizes(num_examples, noise, slope=slope, intercept=intercept, spread=spread)
    random = np.random.default_rng(seed)
    x = random.uniform(-2.0, 2.0, num_examples)
    y = slope * x + intercept + noise * np.exp(spread * x) * random.normal(size=num_examples)
    return Dataset(
        name="spreading-line",
        title="A line that spreads",
        inputs=x[:, None],
        targets=y,
        feature_names=("x",),
        target_name="y",
        description=f"y = {slope:g} x + {intercept:g} with Gaussian noise of standard deviation"
        f" {noise:g} exp({spread:g} x).",
        reference="Synthetic, after Nix, Weigend (1994), Estimating the mean and variance of the target"
        " probability distribution, doi:10.1109/ICNN.1994.374138",
    )


def counts(num_examples: int = 60, slope: float = 0.8, intercept: float = 1.0, seed: int = 0) -> Dataset:
    """Counts whose rate grows exponentially: Poisson with the rate exp(slope x + intercept).

    Args:
        num_examples: How many counts, at least 2.
        slope: How fast the logarithm of the rate grows with x.
        intercept: The logarithm of the rate at x = 0.
        seed: The seed of the counts and of x, which is uniform on [-2, 2].

    Returns:
        A regression of shape (num_examples, 1), whose targets are whole numbers, at least 0.

    Raises:
        ValueError: An argument is outside its range.

    Example:
        >>> from landscape.datasets import counts
        >>> counts().targets[:5].tolist()
        [2.0, 1.0, 1.0, 1.0, 12.0]
    """
    check_sizes(num_examples, 0.0, slope=slope, intercept=intercept)
    random = np.random.default_rng(seed)
    x = random.uniform(-2.0, 2.0, num_examples)
    return Dataset(
        name="counts",
        title="Counts",
        inputs=x[:, None],
        targets=random.poisson(np.exp(slope * x + intercept)),
        feature_names=("x",),
        target_name="count",
        description=f"Poisson counts with the rate exp({slope:g} x + {intercept:g}).",
        reference="Synthetic, after Nelder, Wedderburn (1972), Generalized linear models,"
        " doi:10.2307/2344614",
    )


def boxes(num_examples: int = 40, seed: int = 0) -> Dataset:
    """What a detector sees of a car that drives past and away: its box, at several times.

    In shares of the picture's width the box is centred at 0.2 + 0.3 t and 0.4 - 0.12 t wide, and the
    share of it that the detector's first guess covers is 0.85 - 0.2 t, at times t from 0 to 2 s. Each
    is measured with Gaussian noise, of the standard deviations 0.03, 0.02 and 0.04.

    Args:
        num_examples: How many boxes, at least 2; t is uniform on [0, 2].
        seed: The seed of the times and of the noise.

    Returns:
        A regression of shape (num_examples, 1) with three targets: centre, size and overlap.

    Raises:
        ValueError: There are fewer than 2 boxes.

    Example:
        >>> from landscape.datasets import boxes
        >>> boxes().targets.shape, boxes().target_names
        ((40, 3), ('centre', 'size', 'overlap'))
    """
    check_sizes(num_examples, 0.0)
    random = np.random.default_rng(seed)
    t = random.uniform(0.0, 2.0, num_examples)
    true = np.array([0.2, 0.4, 0.85]) + t[:, None] * np.array([0.3, -0.12, -0.2])
    return Dataset(
        name="boxes",
        title="A detector's boxes",
        inputs=t[:, None],
        targets=true + np.array([0.03, 0.02, 0.04]) * random.normal(size=true.shape),
        feature_names=("t (s)",),
        target_name="box",
        description="Centre, size and overlap of the box around a car that drives past, against time.",
        reference="Synthetic, after Redmon et al. (2016), You only look once, doi:10.1109/CVPR.2016.91",
        target_names=("centre", "size", "overlap"),
    )
