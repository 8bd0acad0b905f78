"""VTK: a surface and a path as the legacy files that ParaView opens, in binary: text has no NaN there."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

LINE = 3
"""VTK's number for a straight piece between two points."""

LONGEST = 255
"""Letters that a title may have."""


def surface(x: Any, y: Any, heights: Any, columns: Mapping[str, Any], title: str) -> bytes:
    r"""A curved surface over a grid, with numbers at its points.

    Args:
        x: The first coordinate (nx,).
        y: The second coordinate (ny,).
        heights: The third coordinate (ny, nx): `heights[i, j]` stands over (x[j], y[i]).
        columns: Name, without spaces, to numbers (ny, nx), such as the loss itself.
        title: What the file says of itself, one line of ASCII.

    Returns:
        A structured grid, as the bytes of a `.vtk` file.

    Raises:
        ValueError: The shapes do not agree, or a name has spaces.

    Example:
        >>> surface([0, 1], [0, 1, 2], [[0, 0]] * 3, {"loss": [[1, 2]] * 3}, "t").split(b"\n")[3:5]
        [b'DATASET STRUCTURED_GRID', b'DIMENSIONS 2 3 1']
    """
    across, up = np.meshgrid(np.asarray(x, float), np.asarray(y, float))
    values = np.asarray(heights, float)
    if values.shape != across.shape:
        raise ValueError(f"`heights` must have the shape {across.shape}, got {values.shape}")
    rows, width = values.shape
    head = [f"DATASET STRUCTURED_GRID\nDIMENSIONS {width} {rows} 1\n".encode()]
    points = np.stack([across.ravel(), up.ravel(), values.ravel()], axis=1)
    return _file(title, [*head, *_points(points), *_columns("POINT", columns, values.size)])


def lines(
    points: Any, pieces: Any, columns: Mapping[str, Any], title: str, *, pieces_columns: Mapping[str, Any]
) -> bytes:
    r"""Straight pieces between points in space, with numbers at the points and on the pieces.

    Args:
        points: Places (n, 3).
        pieces: Indices of both ends of each piece (m, 2).
        columns: Name, without spaces, to numbers (n,).
        title: What the file says of itself, one line of ASCII.
        pieces_columns: Name to numbers (m,).

    Returns:
        An unstructured grid of lines, as the bytes of a `.vtk` file.

    Raises:
        ValueError: The shapes do not agree, or a name has spaces.

    Example:
        >>> ends = [[0, 0, 0], [1, 1, 1]]
        >>> made = lines(ends, [[0, 1]], {"loss": [2, 1]}, "t", pieces_columns={"drop": [0]})
        >>> made.split(b"\n")[4]
        b'POINTS 2 double'
    """
    places, ends = np.asarray(points, float), np.asarray(pieces, int)
    if places.ndim != 2 or places.shape[1] != 3 or ends.ndim != 2 or ends.shape[1] != 2:
        raise ValueError(f"`points` and `pieces` must be (n, 3) and (m, 2), got {places.shape}, {ends.shape}")
    count = len(ends)
    cells = np.column_stack([np.full(count, 2), ends])
    parts = [
        b"DATASET UNSTRUCTURED_GRID\n",
        *_points(places),
        f"CELLS {count} {3 * count}\n".encode(),
        cells.astype(">i4").tobytes(),
        f"\nCELL_TYPES {count}\n".encode(),
        np.full(count, LINE, ">i4").tobytes() + b"\n",
    ]
    parts += _columns("POINT", columns, len(places))
    return _file(title, [*parts, *_columns("CELL", pieces_columns, count)])


def _file(title: str, parts: Sequence[bytes]) -> bytes:
    plain = " ".join(title.split()).encode("ascii", "replace")[:LONGEST]
    return b"".join([b"# vtk DataFile Version 3.0\n", plain, b"\nBINARY\n", *parts])


def _points(places: np.ndarray) -> list[bytes]:
    return [f"POINTS {len(places)} double\n".encode(), places.astype(">f8").tobytes(), b"\n"]


def _columns(kind: str, columns: Mapping[str, Any], count: int) -> list[bytes]:
    parts = [f"{kind}_DATA {count}\n".encode()]
    for name, column in columns.items():
        numbers = np.asarray(column, ">f8")
        if numbers.size != count or len(name.split()) != 1:
            raise ValueError(
                f"`columns` must be {count} numbers under one word, got {numbers.size}, {name!r}"
            )
        parts += [f"SCALARS {name} double 1\nLOOKUP_TABLE default\n".encode(), numbers.tobytes(), b"\n"]
    return parts
