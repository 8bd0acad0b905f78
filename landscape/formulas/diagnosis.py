"""Diagnosis: what is legal in a formula, and yet no good landscape."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.tree_util import Partial

from landscape.objectives import Domain, Objective, as_program, check_domain, check_two_parameters

FINDINGS: Mapping[str, str] = {
    "nan-everywhere": "The loss is no number (NaN) at any of {count} points of the window.",
    "nowhere-finite": "The loss is not finite at any of {count} points of the window.",
    "partly-nan": "The loss is not finite at {share:.1%} of the window's points.",
    "constant": "The loss is {value:.6g} at every one of {count} points of the window.",
    "infinitely-low": "The loss is minus infinity at ({x:.4g}, {y:.4g}).",
    "unbounded-below": "The loss seems unbounded below: it is {value:.4g} at ({x:.4g}, {y:.4g}), outside of "
    "the window, and falls on and on beyond.",
    "start-not-finite": "The loss is not finite at the start, ({x:.4g}, {y:.4g}).",
    "gradient-not-finite": "The gradient is not finite at the start, ({x:.4g}, {y:.4g}).",
}
"""Every kind of finding, with its sentence."""

RESOLUTION = 41
"""So many points along each axis are looked at."""

RADII = tuple(10.0**power for power in range(1, 7))
"""How far beyond the window is looked, in half its width: rings of these radii."""

DIRECTIONS = 48
"""Points on each ring."""

ROUNDING = 1e-12
"""Losses that differ by less than this part of their size are taken for equal."""


@dataclass(frozen=True)
class Finding:
    """Something about a landscape that its reader should know.

    Args:
        kind: A key of `FINDINGS`.
        values: What its sentence says, by name.
    """

    kind: str
    values: Mapping[str, Any]

    def __str__(self) -> str:
        return FINDINGS[self.kind].format(**self.values)


def diagnose(objective: Objective, extent: Domain | None = None) -> list[Finding]:
    """What is wrong with a landscape, as far as points on a grid and on rings around it show.

    The loss at 41 × 41 points of the window, at 48 points of each of six rings at 10 to 10⁶ times its half
    width, and with its gradient at the start. What is narrower than the grid, or falls only far away,
    is not seen. That it falls without end is a guess: from one ring to the next it falls, four times, and
    each time by at least half as much as before; or it is minus infinity on one.

    Args:
        objective: Of two parameters in one vector.
        extent: ((xmin, xmax), (ymin, ymax)); left out, the objective's domain.

    Returns:
        Findings, the gravest first; an empty list where nothing was seen.

    Raises:
        ValueError: The objective has other parameters, or the window is none.

    Example:
        >>> import landscape
        >>> from landscape.formulas import diagnose
        >>> for finding in diagnose(landscape.formula("sqrt(x) + y^2").replace(start=[1.0, 2.0])):
        ...     print(finding)
        The loss is not finite at 48.8% of the window's points.
        >>> diagnose(landscape.formula("x^2 + y^2"))
        []
    """
    check_two_parameters(objective)
    (left, right), (low, high) = check_domain(objective.domain if extent is None else extent, "extent")
    x, y = np.meshgrid(np.linspace(left, right, RESOLUTION), np.linspace(low, high, RESOLUTION))
    grid = np.stack([x.ravel(), y.ravel()], axis=1)
    # Off the axes and the diagonals as well as on them.
    angles = 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    circle = np.round([np.cos(angles), np.sin(angles)], 12)  # 0 where the cosine is 6e-17
    ring = circle.T * [(right - left) / 2, (high - low) / 2]
    centre = np.array([(left + right) / 2, (low + high) / 2])
    rings = centre + np.array(RADII)[:, None, None] * ring
    start = np.asarray(objective.start, float)
    points = np.concatenate([grid, rings.reshape(-1, 2), start[None]])
    values, gradient = jax.tree.map(np.asarray, _look(as_program(objective.loss), points, start))
    inside, around = values[: len(grid)], values[len(grid) : -1].reshape(len(RADII), DIRECTIONS)
    return [
        *_inside(grid, inside),
        *_beyond(inside, rings, around),
        *_at_start(start, values[-1], gradient),
    ]


@partial(jax.jit)
def _look(loss: Partial, points: jax.Array, start: jax.Array) -> tuple[jax.Array, jax.Array]:
    """The losses at points, and the gradient at the start."""
    return jax.vmap(loss)(points), jax.grad(lambda at: jnp.sum(loss(at)))(start)


def _inside(grid: np.ndarray, values: np.ndarray) -> list[Finding]:
    finite = np.isfinite(values)
    found = []
    if np.all(np.isnan(values)):
        return [Finding("nan-everywhere", {"count": values.size})]
    lowest = int(np.argmin(np.where(np.isnan(values), np.inf, values)))
    if values[lowest] == -np.inf:
        x, y = map(float, grid[lowest])
        found.append(Finding("infinitely-low", {"x": x, "y": y}))
    if not np.any(finite):
        return [*found, Finding("nowhere-finite", {"count": values.size})]
    missing = ~finite & (values != -np.inf)
    if np.any(missing):
        found.append(Finding("partly-nan", {"share": float(np.mean(missing))}))
    elif np.all(finite) and np.ptp(values / 2) <= ROUNDING * np.max(np.abs(values)) / 2:
        found.append(Finding("constant", {"value": float(values[0]), "count": values.size}))
    return found


def _beyond(inside: np.ndarray, rings: np.ndarray, around: np.ndarray) -> list[Finding]:
    """Whether the lowest values of the rings fall on and on, and not ever more slowly."""
    known = np.where(np.isnan(around), np.inf, around)
    lowest = known.min(axis=1)
    inner = np.where(np.isfinite(inside), inside, np.inf).min()
    steps = [inner, *lowest]
    if not np.isfinite(inner):
        return []
    for index in range(len(RADII)):
        sunk = lowest[index] == -np.inf
        with np.errstate(invalid="ignore", over="ignore"):  # from infinity to infinity there is no step
            falls = -np.diff(steps[index : index + 5]) if index + 5 <= len(steps) else np.zeros(1)
        scale = np.max(np.abs(steps[index : index + 5]))
        steep = bool(np.all(falls > ROUNDING * scale) and np.all(falls[1:] >= falls[:-1] / 2))
        on_and_on = steep and index + 5 <= len(steps) and steps[index + 4] < inner
        if sunk or (np.all(np.isfinite(falls)) and on_and_on):
            at = int(np.argmin(known[index]))
            x, y = map(float, rings[index, at])
            return [Finding("unbounded-below", {"value": float(lowest[index]), "x": x, "y": y})]
    return []


def _at_start(start: np.ndarray, value: np.ndarray, gradient: np.ndarray) -> list[Finding]:
    where = {"x": float(start[0]), "y": float(start[1])}
    if not np.isfinite(value):
        return [Finding("start-not-finite", where)]
    return [] if np.all(np.isfinite(gradient)) else [Finding("gradient-not-finite", where)]
