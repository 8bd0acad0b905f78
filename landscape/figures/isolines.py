"""Isolines: the lines of one value through a grid, by marching squares."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

# The corners of a cell, counter-clockwise from (row, column), weigh 1, 2, 4, 8; its sides are 0 between the
# corners 1 and 2, 1 between 2 and 4, 2 between 4 and 8, 3 between 8 and 1. Which sides a line joins, by the
# sum of the weights of the corners above the level:
SIDES: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((3, 0),), 2: ((0, 1),), 3: ((3, 1),), 4: ((1, 2),), 5: ((3, 0), (1, 2)), 6: ((0, 2),), 7: ((3, 2),),
    8: ((3, 2),), 9: ((0, 2),), 10: ((0, 1), (3, 2)), 11: ((1, 2),), 12: ((3, 1),), 13: ((0, 1),),
    14: ((3, 0),),
}  # fmt: skip
# The other way through a saddle, where the cell's middle is above the level.
JOINED = {5: ((0, 1), (3, 2)), 10: ((3, 0), (1, 2))}


def isolines(values: ArrayLike, level: float) -> list[NDArray[np.float64]]:
    """The lines on which a gridded quantity has one value, interpolated linearly along the grid's lines.

    Args:
        values: the quantity (ny, nx); no line enters a cell with a corner that is not finite.
        level: the value.

    Returns:
        Lines (m, 2) of (column, row) in grid units; the first point of a closed line is also its last.

    Raises:
        ValueError: where `values` is not a table of at least 2 × 2.

    Example:
        >>> [line] = isolines([[0, 4], [0, 4]], 1.0)
        >>> line.tolist()
        [[0.25, 0.0], [0.25, 1.0]]

    Reference:
        Lorensen, Cline (1987), Marching cubes, doi:10.1145/37402.37422, in two dimensions.
    """
    z = np.asarray(values, dtype=np.float64)
    if z.ndim != 2 or min(z.shape) < 2:
        raise ValueError(f"`values` must be a table of at least 2 × 2, got {z.shape}.")
    above = z >= level
    corners = (above[:-1, :-1], above[:-1, 1:], above[1:, 1:], above[1:, :-1])
    code = sum(corner.astype(np.int64) << bit for bit, corner in enumerate(corners))
    finite = np.isfinite(z)
    code = np.where(finite[:-1, :-1] & finite[:-1, 1:] & finite[1:, 1:] & finite[1:, :-1], code, 0)
    middle = np.zeros_like(code, dtype=bool)
    for row, column in np.argwhere((code == 5) | (code == 10)):
        middle[row, column] = z[row : row + 2, column : column + 2].mean() >= level
    nx = z.shape[1]
    joins: dict[int, list[int]] = {}
    for row, column in np.argwhere((code > 0) & (code < 15)):
        case = int(code[row, column])
        for pair in (JOINED if middle[row, column] else SIDES)[case]:
            first, second = (_edge(int(row), int(column), side, nx) for side in pair)
            joins.setdefault(first, []).append(second)
            joins.setdefault(second, []).append(first)
    return [np.array([_crossing(edge, z, level) for edge in chain]) for chain in _chains(joins)]


def _edge(row: int, column: int, side: int, nx: int) -> int:
    """An edge's number: twice its first grid point's, and one more where it runs along a column."""
    point = {0: row * nx + column, 1: row * nx + column + 1, 2: (row + 1) * nx + column, 3: row * nx + column}
    return 2 * point[side] + side % 2


def _crossing(edge: int, z: NDArray[np.float64], level: float) -> tuple[float, float]:
    row, column = divmod(edge // 2, z.shape[1])
    first = z[row, column]
    second = z[row + 1, column] if edge % 2 else z[row, column + 1]
    part = float((level - first) / (second - first))
    return (column, row + part) if edge % 2 else (column + part, row)


def _chains(joins: dict[int, list[int]]) -> list[list[int]]:
    """Every line as the edges it crosses: first the open ones, from their ends, then the closed ones."""
    ends = [edge for edge, others in joins.items() if len(others) == 1]
    chains: list[list[int]] = []
    for start in [*ends, *joins]:
        chain = [start]
        while joins.get(chain[-1]):
            here = chain[-1]
            following = joins[here].pop()
            joins[following].remove(here)
            chain.append(following)
        if len(chain) > 1:
            chains.append(chain)
    return chains
