"""Given: paths and planes in the forms in which programs have them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import jax
import numpy as np

from landscape.objectives import Objective, Params
from landscape.paths import Path
from landscape.planes.plane import Plane
from landscape.planes.vectors import check_like, host, like, shapes, vector

MAX_ROWS = 501
"""Iterates of a path that are looked at: of a longer one, some at equal distances."""


@dataclass(frozen=True, eq=False)
class Walked:
    """A path as it is drawn.

    Attributes:
        name: What it is called.
        path: Its iterates, as far as they are finite, at most `MAX_ROWS`; losses are not known.
        steps: Steps until each of them, shape (rows,).
        diverged_at: The first of all its rows that is not finite, or None.
    """

    name: str
    path: Path
    steps: np.ndarray
    diverged_at: int | None


def walked(objective: Objective, given: Any, name: str = "path") -> Walked:
    """A path of any form as it is drawn; a copy, which a program that goes on does not move.

    Args:
        objective: What was walked on.
        given: A `Path`, a training, a sequence of parameters, or parameters with one leading axis more.
        name: What it is called.

    Returns:
        The `Walked`.

    Raises:
        ValueError: It has another form, other shapes, or fewer than two finite iterates.

    Example:
        >>> import numpy as np
        >>> from landscape import FUNCTIONS
        >>> from landscape.planes.given import walked
        >>> found = walked(FUNCTIONS["bowl"], [[1.0, 1.0], [0.5, 0.0], [np.nan, 0.0]])
        >>> found.path.params.tolist(), found.diverged_at
        ([[1.0, 1.0], [0.5, 0.0]], 2)
    """
    params = given.params if isinstance(given, Path) else _stacked(objective, given, name)
    rows = jax.tree.map(np.asarray, params)
    check_like(jax.tree.map(lambda leaf: leaf[0], rows), objective.start, f"paths: {name}")
    finite = np.all(
        [np.isfinite(leaf.reshape(len(leaf), -1)).all(axis=1) for leaf in jax.tree.leaves(rows)], axis=0
    )
    bad = None if finite.all() else int(np.argmin(finite))
    count = len(finite) if bad is None else bad
    if count < 2:
        raise ValueError(f"`paths` must have two finite iterates or more, got {count} in {name!r}")
    kept = np.unique(np.linspace(0, count - 1, min(count, MAX_ROWS)).round().astype(int))
    steps = np.asarray(getattr(given, "steps", np.arange(len(finite))))[kept]
    some = jax.tree.map(lambda leaf: host(leaf[kept]), rows)
    path = Path(some, np.full(kept.size, np.nan), None, None, {}, np.arange(kept.size), None)
    return Walked(name, path, steps, bad)


def pooled(paths: Sequence[Path]) -> Path:
    """The iterates of several paths as one, which ends where the first one does.

    Example:
        >>> import numpy as np
        >>> from landscape import FUNCTIONS
        >>> from landscape.planes.given import pooled, walked
        >>> rows = [[1, 1], [0, 0]], [[3, 1], [2, 2]]
        >>> pooled([walked(FUNCTIONS["bowl"], each).path for each in rows]).params.tolist()
        [[3.0, 1.0], [2.0, 2.0], [1.0, 1.0], [0.0, 0.0]]
    """
    last_first = [*paths[1:], paths[0]]
    params = jax.tree.map(lambda *leaves: np.concatenate(leaves), *(path.params for path in last_first))
    return replace(paths[0], params=params)


def of_numbers(params: Params, first: int = 0, second: int = 1) -> Plane:
    """The plane of two numbers of all parameters, counted leaf by leaf: `at(a, b)` sets them to a and b.

    Args:
        params: The point that the plane goes through; any pytree of arrays.
        first: Of the number on the first axis, from 0.
        second: Of that on the second axis.

    Returns:
        The `Plane`.

    Raises:
        ValueError: There are no such two numbers.

    Example:
        >>> from landscape.planes.given import of_numbers
        >>> of_numbers({"a": [1.0, 2.0], "b": 5.0}, 0, 2).at(7.0, 8.0)["b"]
        Array(8., dtype=float64)
    """
    point = host(params)
    numbers = vector(point)
    if first == second or not (0 <= first < numbers.size and 0 <= second < numbers.size):
        raise ValueError(
            f"`first` and `second` must be two numbers from 0 to {numbers.size - 1}, got {first} and {second}"
        )
    units = np.zeros((2, numbers.size))
    units[[0, 1], [first, second]] = 1.0
    numbers[[first, second]] = 0.0
    return Plane(like(point, numbers), like(point, units[0]), like(point, units[1]))


def _stacked(objective: Objective, given: Any, name: str) -> Params:
    """Iterates as one pytree with a leading axis: they are that already, or a sequence of pytrees."""
    wanted: Any = jax.tree.structure(objective.start)
    leaf: Any = jax.tree.structure(0)
    if jax.tree.structure(given) == wanted:
        one = {way: shape[1:] for way, shape in shapes(given).items() if shape}
        if one == shapes(objective.start):
            return given
    rows = list(given) if isinstance(given, Sequence) else []
    # An iterate of one array may be a list of numbers.
    if wanted == leaf:
        rows = [np.asarray(row) for row in rows]
    if rows and all(jax.tree.structure(row) == wanted for row in rows):
        for row in rows:
            check_like(row, objective.start, f"paths: {name}")
        return jax.tree.map(lambda *leaves: np.stack([np.asarray(each) for each in leaves]), *rows)
    raise ValueError(
        "`paths` must be paths of landscape, sequences of parameters like `objective.start`, or such "
        f"parameters with one leading axis more, got {type(given).__name__} for {name!r}"
    )
