"""Profiles: a loss along a line, and the barrier between its ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from landscape.objectives import Objective, check_count
from landscape.parts import MEMORY_LIMIT, Progress, between
from landscape.planes import Line
from landscape.surfaces.grids import MAX_RESOLUTION
from landscape.surfaces.slices import losses_at


@dataclass(frozen=True, eq=False)
class Profile:
    """A loss along a line.

    Attributes:
        t: Coordinates on the line, shape (n,), rising.
        values: The losses there, shape (n,); what is not finite stays so.
        num_nonfinite: How many of the values are infinite or NaN.
    """

    t: np.ndarray
    values: np.ndarray
    num_nonfinite: int

    @property
    def barrier(self) -> float:
        r"""How far the loss rises above the straight line between its values at the two ends.

        \max_t [L(t) - (1 - s) L(t_0) - s L(t_1)] with s = (t - t_0) / (t_1 - t_0), over the points of the
        profile: at least 0, since it is 0 at the ends. (Frankle et al. (2020) take the mean of the two
        ends for the line, which is the same where they are alike; the line is that of Entezari et al.
        (2022).) Infinite where the loss becomes so between finite ends, NaN where it becomes NaN or an
        end is not finite.

        Reference:
            Frankle, Dziugaite, Roy, Carbin (2020), Linear mode connectivity and the lottery ticket
            hypothesis, section 2, arXiv:1912.05671; Entezari, Sedghi, Saukh, Neyshabur (2022), The role
            of permutation invariance in linear mode connectivity of neural networks, definition 2.1,
            arXiv:2110.06296
        """
        with np.errstate(invalid="ignore"):
            share = (self.t - self.t[0]) / (self.t[-1] - self.t[0])
            rise = self.values - ((1.0 - share) * self.values[0] + share * self.values[-1])
            # The line meets the ends, whatever the rounding.
            return float(np.max(np.append(rise[1:-1], rise[[0, -1]] * 0.0)))


def profile(
    objective: Objective,
    line: Line,
    *,
    resolution: int = 101,
    extent: tuple[float, float] = (0.0, 1.0),
    memory_limit: int = MEMORY_LIMIT,
    progress: Progress | None = None,
    devices: Sequence[Any] | None = None,
) -> Profile:
    """Evaluate a loss along a line.

    Args:
        objective: The objective, over the line's parameters.
        line: The line; `Line.between(p0, p1)` has its points at 0 and 1.
        resolution: Points, from 2 to 2,049.
        extent: The first and the last coordinate.
        memory_limit: Bytes that the evaluation may take, as for `evaluate`.
        progress: Called with the share done, from 0 to 1; what it raises stops the computation.
        devices: JAX's devices that share the points; by default all that JAX sees.

    Returns:
        The `Profile`.

    Raises:
        ValueError: The extent is empty, reversed or not finite, the resolution is out of range, or a
            point does not fit the memory.

    Example:
        >>> import landscape
        >>> from landscape import FUNCTIONS, Line
        >>> line = Line.between([3.0, 2.0], [-3.779310, -3.283186])  # two minimizers
        >>> round(landscape.profile(FUNCTIONS["himmelblau"], line, resolution=201).barrier, 1)
        180.7
    """
    count = check_count("resolution", resolution, least=2, most=MAX_RESOLUTION)
    low, high = _check_extent(extent)
    t = np.linspace(low, high, count)
    values = losses_at(
        objective,
        line,
        t[:, None],
        memory_limit=memory_limit,
        progress=between(progress, 0.0, 1.0),
        devices=devices,
    )
    return Profile(t, values, int(np.count_nonzero(~np.isfinite(values))))


def _check_extent(extent: Any) -> tuple[float, float]:
    try:
        limits = np.array(extent, dtype=float)
    except (TypeError, ValueError):
        limits = np.empty(0)
    if limits.shape != (2,):
        raise ValueError(f"`extent` must be (first, last), got {extent!r}")
    low, high = limits.tolist()
    if not (np.isfinite(low) and np.isfinite(high) and np.isfinite(high - low) and low < high):
        raise ValueError(f"`extent` must run from a finite t to a larger one, got {low:g} to {high:g}")
    return low, high
