"""Trainability maps, computed strip by strip: readers share the strips, and each may stop between two.

A cell takes 17 bytes, the finest map 4.5 MB. Twenty readers who refine as many maps fit: their strips
take 90 MB at most, the finished maps 180 MB.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
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

READERS = 20
"""Whose strips and maps are kept at a time."""

KEPT = 2 * READERS
"""Finished maps that are kept: of each reader the one on the screen and the one before."""


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


@shared(maxsize=READERS * SIZES[-1] ** 2 // STRIP)
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


_maps: OrderedDict[tuple[Setting, int], Trainability] = OrderedDict()

_lock = threading.Lock()


def reached(setting: Setting, detail: int) -> int:
    """How fine a map is at hand without work: the coarsest always is."""
    with _lock:
        finished = [size for size in SIZES if size <= detail and (setting, size) in _maps]
    return max(finished, default=SIZES[0])


def whole(setting: Setting, size: int) -> Trainability:
    """A map of all its strips: the one that is kept, or else computed."""
    with _lock:
        if (setting, size) in _maps:
            _maps.move_to_end((setting, size))
            return _maps[setting, size]
    return keep(setting, size, [strip(setting, size, rows) for rows in strips(size)])


def keep(setting: Setting, size: int, parts: Sequence[Trainability]) -> Trainability:
    """Make a map of its strips, from the first to the last, and keep it."""
    made = Trainability(
        parts[0].x,
        np.concatenate([part.y for part in parts]),
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.converged for part in parts]),
        np.concatenate([part.shade for part in parts]),
        parts[0].extent,
        parts[0].axes,
    )
    with _lock:
        _maps[setting, size] = made
        _maps.move_to_end((setting, size))
        while len(_maps) > KEPT:
            _maps.popitem(last=False)
    return made
