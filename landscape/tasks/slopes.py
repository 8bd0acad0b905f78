"""Slopes: several landscapes and their gradients at the same points, in one program."""

from collections.abc import Sequence

import jax
import numpy as np
from jax.tree_util import Partial

from landscape.objectives import Objective, as_program

PART = 256
"""Points looked at at once."""


def slopes(objectives: Sequence[Objective], points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The losses and the gradients of several objectives of two parameters at the same points.

    Where a loss is not finite there is no gradient.

    Args:
        objectives: k of them; other numbers inside them compile nothing.
        points: Shape (n, 2); other points, few or many, compile nothing.

    Returns:
        (losses, gradients), of shapes (k, n) and (k, n, 2); NaN for the gradient where there is none.

    Raises:
        ValueError: The points have another shape.

    Example:
        >>> from landscape import FUNCTIONS
        >>> losses, gradients = slopes([FUNCTIONS["booth"]], np.array([[1.0, 3.0], [0.0, 0.0]]))
        >>> losses.tolist(), gradients[0, 1].tolist()
        ([[0.0, 74.0]], [-34.0, -38.0])
    """
    places = np.asarray(points, dtype=float)
    if places.ndim != 2 or places.shape[1] != 2 or not len(places):
        raise ValueError(f"`points` must have the shape (n, 2) with n at least 1, got {places.shape}")
    losses = [as_program(each.loss) for each in objectives]
    # Parts of one size share one program; the last is filled up with its own last point.
    rows = np.minimum(np.arange(-(-len(places) // PART) * PART), len(places) - 1).reshape(-1, PART)
    parts = [jax.device_get(_slopes(losses, places[part])) for part in rows]
    values, gradients = (
        np.stack(
            [
                np.concatenate(each)[: len(places)]
                for each in zip(*(part[index] for part in parts), strict=True)
            ]
        )
        for index in range(2)
    )
    return values, np.where(np.isfinite(values)[..., None], gradients, np.nan)


@jax.jit
def _slopes(losses: list[Partial], points: jax.Array) -> tuple[list[jax.Array], list[jax.Array]]:
    found = [jax.vmap(jax.value_and_grad(loss))(points) for loss in losses]
    return [values for values, _ in found], [gradients for _, gradients in found]
