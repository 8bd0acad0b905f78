"""Fields: the downhill direction at every point of a grid, as short arrows."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.figures.axes import Trace, compact

# In parts of a cell: the longest arrow, the shortest, and its head's length and half width in parts of it.
LONGEST, SHORTEST = 0.92, 0.26
HEAD, HALF_WIDTH = 0.38, 0.2


def gradient_arrows(x: ArrayLike, y: ArrayLike, gx: ArrayLike, gy: ArrayLike, *, name: str) -> list[Trace]:
    """The direction of steepest descent, −∇L, on a grid.

    An arrow is centred on its grid point and points along −(∂L/∂x, ∂L/∂y) in the coordinates of the
    picture, so a path of gradient descent runs along the arrows. With s the square root of ‖∇L‖ over its
    median, the length grows as s / (1 + s) between a fixed shortest and longest: it tells steep from flat
    on any landscape, and is no measure of ‖∇L‖. No arrow stands where the gradient is 0 or not finite.

    Args:
        x: the horizontal parameter (nx,), increasing in equal steps.
        y: the vertical parameter (ny,), increasing in equal steps.
        gx: ∂L/∂x (ny, nx); `gx[i, j]` belongs to (x[j], y[i]).
        gy: ∂L/∂y (ny, nx).
        name: the translated name of the field.

    Returns:
        Two scatter traces of the same lines, a dark rim and the light arrows above it; none without arrows.

    Raises:
        ValueError: where the shapes do not agree.

    Example:
        >>> rim, arrows = gradient_arrows([0, 1], [0, 1], [[1, 1], [1, 1]], [[0, 0], [0, 0]], name="−∇L")
        >>> bool(arrows["x"][1] < arrows["x"][0])  # downhill is to the left
        True
    """
    horizontal, vertical = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    gradient = [np.asarray(part, dtype=np.float64) for part in (gx, gy)]
    if any(part.shape != (vertical.size, horizontal.size) for part in gradient) or gradient[0].size < 4:
        raise ValueError(
            "`gx` and `gy` must have the shape (len(y), len(x)) with at least 2 of each, "
            f"got {gradient[0].shape} and {gradient[1].shape} for {vertical.size} and {horizontal.size}."
        )
    across, up = _arrows(horizontal, vertical, gradient[0], gradient[1])
    if across.size == 0:
        return []
    line = {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": compact(across),
        "y": compact(up),
        "hoverinfo": "skip",
        "showlegend": False,
        "connectgaps": False,
    }
    return [
        line | {"line": {"color": "rgba(0,0,0,0.5)", "width": 2.8}},
        line | {"line": {"color": "#ffffff", "width": 1.2}},
    ]


def _arrows(
    x: NDArray[np.float64], y: NDArray[np.float64], gx: NDArray[np.float64], gy: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Tail, tip, barb, tip, barb and a gap for each arrow, one after the other."""
    columns, rows = np.meshgrid(x, y)
    norm = np.hypot(gx, gy)
    drawn = np.isfinite(norm) & (norm > 0)
    if not drawn.any():
        return np.zeros(0), np.zeros(0)
    cell = np.array([x[1] - x[0], y[1] - y[0]])
    centre = np.stack([columns[drawn], rows[drawn]], axis=-1) / cell
    norms = norm[drawn]
    # Divided first by the larger part: a gradient of 1e-300 and one of 1e300 keep their directions.
    downhill = -np.stack([gx[drawn], gy[drawn]], axis=-1)
    downhill = downhill / np.abs(downhill).max(axis=-1, keepdims=True) / cell
    downhill /= np.hypot(downhill[:, 0], downhill[:, 1])[:, None]
    share = np.sqrt(norms / np.median(norms))
    length = SHORTEST + (LONGEST - SHORTEST) * np.where(np.isinf(share), 1.0, share / (1.0 + share))
    half = 0.5 * length[:, None] * downhill
    across = HALF_WIDTH * length[:, None] * np.stack([-downhill[:, 1], downhill[:, 0]], axis=-1)
    tail, tip = centre - half, centre + half
    neck = tip - 2.0 * HEAD * half
    gap = np.full_like(tip, np.nan)
    points = np.stack([tail, tip, neck + across, tip, neck - across, gap], axis=1).reshape(-1, 2) * cell
    return points[:, 0], points[:, 1]
