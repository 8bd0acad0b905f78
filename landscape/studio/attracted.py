"""Basins of attraction and the ways that lead into them, as readers share them."""

from dataclasses import dataclass, replace

import numpy as np

from landscape import OPTIMIZERS
from landscape.objectives import Domain
from landscape.parts import Progress
from landscape.studio import landscapes
from landscape.studio.cached import Numbers
from landscape.studio.jobs import job
from landscape.studio.landscapes import Choice
from landscape.studio.shared import shared
from landscape.sweeps import Basins
from landscape.sweeps import basins as find_basins
from landscape.sweeps.threads import threads as find_threads

NEAR = 0.01
"""How close to a minimizer counts as there, in parts of the window's mean side."""

THREADS = 21
"""Starts along each axis whose ways are seen under the pointer."""


@dataclass(frozen=True)
class Field:
    """What decides where each start ends.

    Args:
        choice: The landscape.
        optimizer: A name of `OPTIMIZERS`.
        numbers: Its hyper-parameters.
        num_steps: How many steps each run takes.
    """

    choice: Choice
    optimizer: str
    numbers: Numbers
    num_steps: int


def tolerance(window: Domain) -> float:
    """How close to a minimizer counts as there."""
    (left, right), (bottom, top) = window
    return float(f"{NEAR * np.sqrt((right - left) * (top - bottom)):.2g}")


@job(maxsize=64)
def basins(field: Field, window: Domain, resolution: int, progress: Progress) -> Basins:
    """The minimizer that each start of a grid is led to."""
    built = OPTIMIZERS[field.optimizer].build(**dict(field.numbers))
    return find_basins(
        landscapes.objective(field.choice),
        built,
        resolution,
        field.num_steps,
        tolerance(window),
        extent=window,
        progress=progress,
    )


@job(maxsize=64)
def threads(field: Field, window: Domain, progress: Progress) -> np.ndarray:
    """The ways from a coarse grid of starts, as the browser takes them: (n, m, 2), no value as NaN."""
    built = OPTIMIZERS[field.optimizer].build(**dict(field.numbers))
    found = find_threads(
        landscapes.objective(field.choice),
        built,
        THREADS,
        field.num_steps,
        extent=window,
        progress=progress,
    )
    with np.errstate(over="ignore"):
        points = found.points.astype(np.float32)
    return np.where(np.isfinite(points), points, np.float32(np.nan))


# Few are kept: what they are made of is kept with them.
@shared(maxsize=4)
def together(first: Basins, second: Basins, num_known: int) -> tuple[Basins, Basins]:
    """Two pictures of one window with one numbering: the same minimizer has the same label in both.

    Args:
        first: Of one optimizer.
        second: Of another one, from the same objective.
        num_known: How many minimizers are the objective's own; those come first.

    Returns:
        Both, with all minimizers that either has.
    """
    merged = list(first.minimizers)
    index = np.arange(len(second.minimizers))
    for row, point in enumerate(second.minimizers):
        gaps = np.linalg.norm(np.reshape(merged, (-1, 2)) - point, axis=1)
        same = row if row < num_known else int(gaps.argmin()) if gaps.size else -1
        if row < num_known or (gaps.size and gaps[same] <= first.tolerance):
            index[row] = same
        else:
            index[row] = len(merged)
            merged.append(point)
    points = np.reshape(merged, (-1, 2))
    # −1 and −2 stand for themselves.
    labels = np.append(index, [-2, -1])[second.labels]
    return replace(first, minimizers=points), replace(second, minimizers=points, labels=labels)
