"""Borders: where the two sides of a map meet, and the dimension of the line along which they do."""

from dataclasses import dataclass

import numpy as np

SMALLEST_BOX = 4
"""Cells along the side of the smallest box on a large map: in fewer, much of what is finer is missed."""

FEWEST_BOXES = 8
"""Boxes of the largest size along the shorter side of a map, at least."""

FEWEST_SIZES = 3
"""Sizes of boxes, at least: two points always lie on a line."""


@dataclass(frozen=True, eq=False)
class BorderDimension:
    """The box-counting dimension of a set of cells, and the counts that it was read from.

    Attributes:
        dimension: The slope D of log N(s) against log 1/s; NaN where there is nothing to count.
        error: The standard error of the slope, as least squares gives it; NaN likewise.
        sizes: Sides s of the boxes in cells, powers of two, ascending, shape (k,).
        counts: N(s), the boxes that hold some of the set, on average over all positions of the
            grid of boxes, shape (k,).
    """

    dimension: float
    error: float
    sizes: np.ndarray
    counts: np.ndarray


def border_cells(mask: np.ndarray) -> np.ndarray:
    """The cells of a map that have a neighbour on the other side: above, below, left or right.

    Args:
        mask: Which of two sides each cell is on, shape (ny, nx).

    Returns:
        Booleans, shape (ny, nx); a border is two cells thick, one on each side.

    Raises:
        ValueError: The mask does not have two axes.

    Example:
        >>> import numpy as np
        >>> from landscape.sweeps.borders import border_cells
        >>> border_cells(np.array([[0, 0, 0, 1, 1]])).tolist()
        [[False, False, True, True, False]]
    """
    sides = _check_cells("mask", mask)
    found = np.zeros(sides.shape, bool)
    across, along = sides[:, 1:] != sides[:, :-1], sides[1:] != sides[:-1]
    found[:, 1:] |= across
    found[:, :-1] |= across
    found[1:] |= along
    found[:-1] |= along
    return found


def border_dimension(
    mask: np.ndarray, smallest: int | None = None, largest: int | None = None
) -> BorderDimension:
    """The box-counting dimension of the border between the two sides of a map.

    The border goes through those corners at which cells of both sides meet; the corners inside
    the map are the cells that `box_dimension` counts.

    Args:
        mask: Which of two sides each cell is on, shape (ny, nx).
        smallest: Side of the smallest box, in cells, a power of two; by default 4, or less on a map of
            less than 128 cells, so that three sizes fit in.
        largest: Side of the largest box; by default at least eight of them fit along the shorter side.

    Returns:
        The `BorderDimension`; NaN where all cells are on one side.

    Raises:
        ValueError: As for `box_dimension`.

    Example:
        >>> import numpy as np
        >>> from landscape.sweeps.borders import border_dimension
        >>> found = border_dimension(np.arange(128) < np.full((128, 1), 50))  # a straight line
        >>> found.sizes.tolist(), float(round(found.dimension, 12))
        ([4, 8, 16], 1.0)

    Reference:
        Sohl-Dickstein, J. (2024). The boundary of neural network trainability is fractal.
        doi:10.48550/arXiv.2402.06184
    """
    sides = _check_cells("mask", mask)
    both, either = sides[:-1] & sides[1:], sides[:-1] | sides[1:]
    corners = (either[:, :-1] | either[:, 1:]) & ~(both[:, :-1] & both[:, 1:])
    return _dimension(corners, _sizes(sides.shape, smallest, largest))


def box_dimension(
    cells: np.ndarray, smallest: int | None = None, largest: int | None = None
) -> BorderDimension:
    """The box-counting dimension of a set of cells.

    D = −lim log N(s) / log s as s → 0, where N(s) boxes of side s hold some of the set. It is read
    here from the slope of a line fitted by least squares to all powers of two from `smallest` to
    `largest`. Where the grid of boxes lies is chance: N(s) is the mean over all of its positions,
    for which the map is continued beyond its edges by itself.

    Args:
        cells: Which cells belong to the set, shape (ny, nx).
        smallest: Side of the smallest box, in cells, a power of two; by default 4, or less on a map of
            less than 128 cells, so that three sizes fit in.
        largest: Side of the largest box; by default at least eight of them fit along the shorter side.

    Returns:
        The `BorderDimension`; NaN where the set is empty.

    Raises:
        ValueError: The cells do not have two axes, a size is no power of two, or fewer than three
            sizes fit in.

    Example:
        >>> import numpy as np
        >>> from landscape.sweeps.borders import box_dimension
        >>> float(round(box_dimension(np.ones((128, 200))).dimension, 12))
        2.0

    Reference:
        Falconer, K. (2014). Fractal Geometry: Mathematical Foundations and Applications, 3rd edition,
        section 2.1. Wiley
    """
    occupied = _check_cells("cells", cells)
    return _dimension(occupied, _sizes(occupied.shape, smallest, largest))


def _dimension(occupied: np.ndarray, sizes: np.ndarray) -> BorderDimension:
    """The slope of log N(s) over log 1/s."""
    counts = np.array([_count(occupied, size) for size in sizes.tolist()])
    if not counts[0]:
        return BorderDimension(np.nan, np.nan, sizes, counts)
    x, y = -np.log(sizes), np.log(counts)
    x, y = x - x.mean(), y - y.mean()
    slope = float(x @ y / (x @ x))
    residuals = y - slope * x
    error = float(np.sqrt(residuals @ residuals / (sizes.size - 2) / (x @ x)))
    return BorderDimension(slope, error, sizes, counts)


def _count(occupied: np.ndarray, size: int) -> float:
    """Boxes of a size that hold some of the set, on average over all positions of their grid."""
    held = np.pad(occupied, ((0, size - 1), (0, size - 1)), mode="wrap")
    width = 1
    while width < size:  # the windows of each width are two of half of it
        held = held[:-width] | held[width:]
        held = held[:, :-width] | held[:, width:]
        width *= 2
    return float(np.count_nonzero(held)) / size**2


def _sizes(shape: tuple[int, ...], smallest: int | None, largest: int | None) -> np.ndarray:
    """The sides of boxes to count: the powers of two from the smallest to the largest."""
    for name, size in (("smallest", smallest), ("largest", largest)):
        if size is not None and size not in 2 ** np.arange(16):
            raise ValueError(f"`{name}` must be a power of two, got {size}")
    fitting = 1 << max(min(shape) // FEWEST_BOXES, 1).bit_length() - 1
    upper = fitting if largest is None else min(largest, min(shape))
    lower = max(1, min(SMALLEST_BOX, upper >> FEWEST_SIZES - 1)) if smallest is None else smallest
    sizes = 2 ** np.arange(16)
    sizes = sizes[(sizes >= lower) & (sizes <= upper)]
    if sizes.size < FEWEST_SIZES:
        raise ValueError(
            f"`smallest` and `largest` must leave at least {FEWEST_SIZES} sizes of boxes in a map of "
            f"{shape[1]} x {shape[0]} cells, got {lower} and {upper}"
        )
    return sizes


def _check_cells(name: str, cells: np.ndarray) -> np.ndarray:
    found = np.asarray(cells)
    if found.ndim != 2:
        raise ValueError(f"`{name}` must have two axes, got the shape {found.shape}")
    return found.astype(bool)
