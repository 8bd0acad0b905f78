"""Principal directions: along which the iterates of a path vary most."""

from collections.abc import Iterator

import numpy as np

CHUNK_BYTES = 2**23
"""Bytes of double precision that the iterates are turned into at once: 8 MB."""


def chunks(rows: list[np.ndarray]) -> Iterator[np.ndarray]:
    """The numbers of all rows, (T, p) in double precision, some parameters at a time.

    Args:
        rows: The leaves, each with a leading axis of T.
    """
    for leaf in rows:
        flat = leaf.reshape(len(leaf), -1)
        step = max(1, CHUNK_BYTES // (8 * max(1, len(leaf))))
        for first in range(0, flat.shape[1], step):
            yield flat[:, first : first + step].astype(float)


def principal_directions(rows: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray, float]:
    r"""The two unit vectors along which rows vary most about their mean, and how much.

    The centred rows C have C C^\top, T by T, whose leading eigenvector w gives the first direction
    C^\top w / \sigma; the second follows in the same way from what the first leaves, so that it is
    right also where it is shorter by many orders. Each has its largest number positive.

    Returns:
        The directions (2, P), their singular values (2,), and the norm of all rows.
    """
    count = len(rows[0])
    if count > sum(leaf[0].size for leaf in rows):  # few parameters: as they are
        points = np.concatenate(list(chunks(rows)), axis=1)
        _, values, directions = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
        directions, values = directions[:2], np.append(values, 0.0)[:2]
        return directions * signs(directions), values, float(np.linalg.norm(points))
    whole = 0.0
    gram = np.zeros((count, count))
    for chunk in chunks(rows):
        whole += float(np.sum(chunk**2))
        chunk -= chunk.mean(axis=0)
        gram += chunk @ chunk.T
    weights, first = _leading(gram)
    gram = np.zeros((count, count))
    for chunk in chunks(rows):
        rest = _without(chunk - chunk.mean(axis=0), weights)
        gram += rest @ rest.T
    others, second = _leading(gram)
    directions = np.concatenate(
        [
            np.stack([weights @ centred, others @ _without(centred, weights)])
            for centred in (chunk - chunk.mean(axis=0) for chunk in chunks(rows))
        ],
        axis=1,
    )
    lengths = np.linalg.norm(directions, axis=1, keepdims=True)
    directions /= np.where(lengths > 0, lengths, 1.0)
    directions[1] -= (directions[1] @ directions[0]) * directions[0]  # what the rounding has left
    return directions * signs(directions), np.sqrt([first, second]), float(np.sqrt(whole))


def _leading(gram: np.ndarray) -> tuple[np.ndarray, float]:
    values, vectors = np.linalg.eigh(gram)
    return vectors[:, -1], max(float(values[-1]), 0.0)


def _without(centred: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return centred - np.outer(weights, weights @ centred)


def signs(directions: np.ndarray) -> np.ndarray:
    """−1 for each row whose largest number is negative, else 1, as a column."""
    largest = np.argmax(np.abs(directions), axis=1)[:, None]
    return np.where(np.take_along_axis(directions, largest, axis=1) < 0, -1.0, 1.0)
