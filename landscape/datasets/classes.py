"""Seeded classes of points in the plane. The same seed, the same data."""

import numpy as np

from landscape.datasets.dataset import Dataset, check_sizes


def blobs(num_examples: int = 100, separation: float = 3.0, noise: float = 1.0, seed: int = 0) -> Dataset:
    """Two round clouds of points in the plane.

    Args:
        num_examples: How many points in both clouds, at least 2.
        separation: The distance between the centres, which lie on the line x1 = x2.
        noise: The standard deviation of a cloud along each axis, at least 0.
        seed: The seed of the points.

    Returns:
        A two-class classification of shape (num_examples, 2).

    Raises:
        ValueError: An argument is outside its range.

    Example:
        >>> from landscape.datasets import blobs
        >>> blobs(10).targets.sum()
        np.int64(5)
    """
    check_sizes(num_examples, noise, separation=separation)
    labels = np.arange(num_examples) % 2
    centre = (labels - 0.5)[:, None] * separation / np.sqrt(2.0)
    points = centre + noise * np.random.default_rng(seed).normal(size=(num_examples, 2))
    return _plane(
        "blobs",
        "Two blobs",
        points,
        labels,
        "Two round clouds of points that overlap.",
        "Synthetic, after Fisher (1936), doi:10.1111/j.1469-1809.1936.tb02137.x",
    )


def rare_class(
    num_examples: int = 200, num_rare: int = 8, separation: float = 2.5, noise: float = 1.0, seed: int = 0
) -> Dataset:
    """Two round clouds of points in the plane, one of which has only a few.

    Args:
        num_examples: How many points in both clouds, at least 2.
        num_rare: How many of them are of class 1, the rare one; 1 to num_examples - 1.
        separation: The distance between the centres, which lie on the line x1 = x2.
        noise: The standard deviation of a cloud along each axis, at least 0.
        seed: The seed of the points.

    Returns:
        A two-class classification of shape (num_examples, 2), the rare points last.

    Raises:
        ValueError: An argument is outside its range.

    Example:
        >>> from landscape.datasets import rare_class
        >>> rare_class().targets.sum()
        np.int64(8)
    """
    check_sizes(num_examples, noise, separation=separation)
    if not 1 <= num_rare < num_examples:
        raise ValueError(f"`num_rare` must be from 1 to {num_examples - 1}, got {num_rare}")
    labels = (np.arange(num_examples) >= num_examples - num_rare).astype(int)
    centre = (labels - 0.5)[:, None] * separation / np.sqrt(2.0)
    points = centre + noise * np.random.default_rng(seed).normal(size=(num_examples, 2))
    return _plane(
        "rare-class",
        "A rare class",
        points,
        labels,
        f"Two round clouds that overlap, one of {num_examples - num_rare} points and one of {num_rare}.",
        "Synthetic, after King, Zeng (2001), Logistic regression in rare events data,"
        " doi:10.1093/oxfordjournals.pan.a004868",
        ("common", "rare"),
    )


def moons(num_examples: int = 100, noise: float = 0.1, seed: int = 0) -> Dataset:
    """Two half circles of radius 1 that reach into each other.

    Args:
        num_examples: How many points on both, at least 2.
        noise: The standard deviation of the points from their circles, at least 0.
        seed: The seed of the noise.

    Returns:
        A two-class classification of shape (num_examples, 2).

    Raises:
        ValueError: An argument is outside its range.

    Example:
        >>> from landscape.datasets import moons
        >>> moons(4, noise=0.0).inputs.round(6).tolist()
        [[1.0, 0.0], [0.0, 0.5], [-1.0, 0.0], [2.0, 0.5]]
    """
    check_sizes(num_examples, noise)
    labels = np.arange(num_examples) % 2
    angle = _along(labels) * np.pi
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    points = np.where(labels[:, None] == 0, upper, [1.0, 0.5] - upper)
    points = points + noise * np.random.default_rng(seed).normal(size=points.shape)
    return _plane(
        "moons",
        "Two moons",
        points,
        labels,
        "Two half circles that reach into each other.",
        "Synthetic, after `sklearn.datasets.make_moons`, Pedregosa et al. (2011), JMLR 12, 2825-2830",
    )


def spirals(num_examples: int = 200, turns: float = 1.5, noise: float = 0.03, seed: int = 0) -> Dataset:
    """Two spirals wound around each other, from the centre to radius 1.

    Args:
        num_examples: How many points on both, at least 2.
        turns: How many times each goes around.
        noise: The standard deviation of the points from their spirals, at least 0.
        seed: The seed of the noise.

    Returns:
        A two-class classification of shape (num_examples, 2).

    Raises:
        ValueError: An argument is outside its range.

    Example:
        >>> from landscape.datasets import spirals
        >>> points = spirals(noise=0.0).inputs
        >>> bool(abs(points[0] + points[1]).max() < 1e-12)  # one is the other, turned by half a turn
        True
    """
    check_sizes(num_examples, noise, turns=turns)
    labels = np.arange(num_examples) % 2
    radius = 0.05 + 0.95 * _along(labels)
    angle = 2.0 * np.pi * turns * radius + np.pi * labels
    points = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    points = points + noise * np.random.default_rng(seed).normal(size=points.shape)
    return _plane(
        "spirals",
        "Two spirals",
        points,
        labels,
        "Two spirals wound around each other.",
        "Synthetic, after Lang, Witbrock (1988), Learning to tell two spirals apart",
    )


def xor(num_examples: int = 200, noise: float = 0.1, seed: int = 0) -> Dataset:
    """A square whose opposite quarters belong together: class 1 where x1 x2 < 0.

    Args:
        num_examples: How many points, at least 2; uniform on the square [-1, 1]^2.
        noise: The standard deviation of a shift of the points after they got their class.
        seed: The seed of the points.

    Returns:
        A two-class classification of shape (num_examples, 2).

    Raises:
        ValueError: An argument is outside its range.

    Example:
        >>> from landscape.datasets import xor
        >>> clean = xor(noise=0.0)
        >>> bool(((clean.inputs.prod(axis=1) < 0) == clean.targets).all())
        True
    """
    check_sizes(num_examples, noise)
    random = np.random.default_rng(seed)
    points = random.uniform(-1.0, 1.0, (num_examples, 2))
    labels = (points.prod(axis=1) < 0).astype(int)
    points = points + noise * random.normal(size=points.shape)
    return _plane(
        "xor",
        "Exclusive or",
        points,
        labels,
        "A square whose opposite quarters belong together.",
        "Synthetic, after Minsky, Papert (1969), Perceptrons",
    )


def _plane(
    name: str,
    title: str,
    points: np.ndarray,
    labels: np.ndarray,
    description: str,
    reference: str,
    class_names: tuple[str, str] = ("0", "1"),
) -> Dataset:
    return Dataset(
        name=name,
        title=title,
        inputs=points,
        targets=labels,
        feature_names=("x1", "x2"),
        target_name="class",
        task="classification",
        class_names=class_names,
        description=description,
        reference=reference,
    )


def _along(labels: np.ndarray) -> np.ndarray:
    """Evenly from 0 to 1 along each of the two curves whose points alternate."""
    places = np.arange(len(labels)) // 2
    return places / np.maximum(np.where(labels == 0, (len(labels) - 1) // 2, len(labels) // 2 - 1), 1)
