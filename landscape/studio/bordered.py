"""Trainability maps, computed strip by strip: readers share the strips, and each may stop between two."""

from dataclasses import dataclass

import numpy as np

from landscape.objectives import Domain
from landscape.studio.shared import shared
from landscape.sweeps import Trainability, trainability

STEPS = 500
"""Of each training run."""

SIZES = (64, 128, 256, 512)
"""Cells along each axis, from the first coarse picture to the finest."""

STRIP = 4096
"""Cells of a strip: a fraction of a second, after which a reader's next wish is heard."""


@dataclass(frozen=True)
class Setting:
    """What a map shows, by names and numbers.

    Args:
        axes: Two of the names of `AXES`.
        activation: Of the hidden units.
        seed: Of the data and of the first weights.
        window: In the coordinates of the axes.
    """

    axes: tuple[str, str]
    activation: str
    seed: int
    window: Domain


def strips(size: int) -> list[tuple[int, int]]:
    """The rows of each strip of a map."""
    rows = max(1, STRIP // size)
    return [(first, min(first + rows, size)) for first in range(0, size, rows)]


@shared(maxsize=512)
def strip(setting: Setting, size: int, rows: tuple[int, int]) -> Trainability:
    """Some rows of a map."""
    return trainability(
        x=setting.axes[0],
        y=setting.axes[1],
        extent=setting.window,
        resolution=size,
        num_steps=STEPS,
        activation=setting.activation,
        seed=setting.seed,
        rows=rows,
    )


@shared(maxsize=16)
def whole(setting: Setting, size: int) -> Trainability:
    """A map of all its strips."""
    parts = [strip(setting, size, rows) for rows in strips(size)]
    return Trainability(
        parts[0].x,
        np.concatenate([part.y for part in parts]),
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.converged for part in parts]),
        np.concatenate([part.shade for part in parts]),
        parts[0].extent,
        parts[0].axes,
    )
