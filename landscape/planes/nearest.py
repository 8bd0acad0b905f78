"""Nearest points: where on a plane, or on a line, other parameters have their nearest."""

from collections.abc import Iterator

import jax
import numpy as np

from landscape.objectives import Params
from landscape.planes.principal import chunks
from landscape.planes.vectors import vector


def basis_of(directions: list[Params], names: str) -> tuple[np.ndarray, np.ndarray]:
    """The directions as columns: an orthonormal basis (P, k) of them, and R (k, k), by QR.

    Raises:
        ValueError: They are parallel, or one is zero.
    """
    columns = np.stack([vector(direction) for direction in directions], axis=1)
    lengths = np.linalg.norm(columns, axis=0)
    # Of any lengths: a short direction beside a long one is no parallel one.
    if np.linalg.matrix_rank(columns / np.where(lengths > 0, lengths, 1.0)) < len(directions):
        raise ValueError(f"{names} must not be parallel or zero")
    basis, triangle = np.linalg.qr(columns)
    return basis, triangle


def nearest(
    rows: Params, origin: Params, basis: np.ndarray, triangle: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Least-squares coordinates (T, k) of parameters with a leading axis of T, and distances (T,).

    A part of the parameters at a time is turned into double precision, for a path of a large network
    is large.
    """
    leaves = jax.tree.leaves(rows)
    count, num_directions = len(leaves[0]), basis.shape[1]
    start = vector(origin)

    def offsets() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        first = 0
        for chunk in chunks(leaves):
            part = slice(first, first + chunk.shape[1])
            first += chunk.shape[1]
            chunk -= start[part]
            yield chunk, basis[part]

    inner, squares = np.zeros((count, num_directions)), np.zeros(count)
    for chunk, part in offsets():
        inner += chunk @ part
    for chunk, part in offsets():
        chunk -= inner @ part.T
        squares += np.sum(chunk**2, axis=1)
    return np.linalg.solve(triangle, inner.T).T, np.sqrt(squares)
