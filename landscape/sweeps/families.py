"""Families: runs that differ in one or two numbers, as leaves of one pytree."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import numpy as np

from landscape.objectives import Objective, Params, check_count, check_finite, check_params
from landscape.optimizers import OPTIMIZERS, BuiltOptimizer, Optimizer
from landscape.schedules import BuiltSchedule, scheduled
from landscape.walkers import Walker, batches, walker

COORDINATES = ("x", "y")
"""What the numbers of a start are called where there are two of them."""

BATCH_SIZE, PENALTY = "batch_size", "penalty"
"""What may change along a second axis beside hyper-parameters and the start."""

Values = Sequence[float] | np.ndarray
"""The values along an axis."""


class Axis(NamedTuple):
    """What changes along an axis.

    Args:
        length: How many values there are.
        leaves: Index of a leaf of the family -> its values, with a leading axis of `length`.
    """

    length: int
    leaves: Mapping[int, np.ndarray]


@dataclass(frozen=True, eq=False)
class Family:
    """Runs that differ in some leaves of a walker and its start.

    Run r has value r % n of the first axis, which has n of them, and value r // n of the second.

    Args:
        walking: The walker of all runs; what differs among them holds any value.
        start: Where they start, likewise.
        first: The axis that varies fastest.
        second: The other one.
        objectives: What the runs of each value of the second axis minimize, or one for all of them.
    """

    walking: Walker
    start: Params
    first: Axis
    second: Axis
    objectives: Sequence[Objective]

    @property
    def num_runs(self) -> int:
        """How many runs there are."""
        return self.first.length * self.second.length

    def rows(self, runs: np.ndarray) -> dict[int, np.ndarray]:
        """The leaves that differ, for some runs."""
        first = {index: values[runs % self.first.length] for index, values in self.first.leaves.items()}
        second = {index: values[runs // self.first.length] for index, values in self.second.leaves.items()}
        return first | second


def family(
    objective: Objective | Callable[[float], Objective],
    optimizer_name: str,
    start: Params | None,
    first: tuple[str, Values],
    second: tuple[str, Values] | None,
    *,
    schedule: BuiltSchedule | None = None,
    batch_size: int | None = None,
    seed: int = 0,
    fixed: Mapping[str, float],
) -> Family:
    """Put runs together; the arguments are those of `sweep`.

    Raises:
        ValueError: As there.
    """
    spec = optimizer_spec(optimizer_name)
    given = dict(fixed)
    name, values = first[0], axis_values("learning_rates", first[1])
    _hyperparameter(spec, name, values, "first", given)
    others = np.empty(0)
    if second is not None:
        others = axis_values("second", second[1])
        if second[0] in [each.name for each in spec.hyperparameters]:
            _hyperparameter(spec, second[0], others, "second", given)
        elif second[0] == BATCH_SIZE:
            if batch_size is not None:
                raise ValueError(f"`batch_size` must not be given twice, got {batch_size} and a second axis")
            batch_size = check_count("batch_size", _whole(others)[0].item())
    objectives = _objectives(objective, second, others)
    point = check_params(objectives[0], objectives[0].start if start is None else start, "start")
    check_finite(point, "start")
    if second is not None and second[0] == BATCH_SIZE:
        batches(objectives[0], _whole(others)[-1].item(), seed)

    def walking(objective: Objective, numbers: Mapping[str, Any]) -> Walker:
        optimizer = BuiltOptimizer.assemble(spec, numbers)
        built = optimizer if schedule is None else scheduled(optimizer, schedule)
        return walker(objective, built, batch_size, seed)

    checked = spec.build(**given).hyperparameters
    made = walking(objectives[0], checked)

    def places(marked: Walker) -> list[int]:
        return [index for index, leaf in enumerate(jax.tree.leaves((marked, point))) if leaf is MARK]

    def hyperparameter(name: str, values: np.ndarray) -> dict[int, np.ndarray]:
        return dict.fromkeys(places(walking(objectives[0], checked | {name: MARK})), values)

    along: dict[int, np.ndarray] = {}
    if second is not None:
        if second[0] in checked:
            along = hyperparameter(second[0], others)
        elif second[0] == BATCH_SIZE and made.batches is not None:
            sized = made._replace(batches=made.batches._replace(size=MARK))
            along = {index: _whole(others) for index in places(sized)}
        elif second[0] == PENALTY:
            along = _differences([(walking(each, checked), point) for each in objectives])
        else:
            along = _starts(made, point, second[0], others)
    return Family(
        made,
        point,
        Axis(len(values), hyperparameter(name, values)),
        Axis(max(1, len(others)), along),
        objectives,
    )


MARK = float("nan")
"""Stands, as this very object, where a number is to be found among the leaves."""


def optimizer_spec(name: str) -> Optimizer:
    """The optimizer of that name.

    Raises:
        ValueError: There is none.
    """
    if name not in OPTIMIZERS:
        raise ValueError(f"`optimizer_name` must be one of {', '.join(OPTIMIZERS)}, got {name!r}")
    return OPTIMIZERS[name]


def axis_values(name: str, values: Values) -> np.ndarray:
    """The values as an array.

    Raises:
        ValueError: There is none, one is not finite, or they do not increase.
    """
    array = np.asarray(values)
    if array.ndim != 1 or not array.size or array.dtype.kind not in "fiu":
        raise ValueError(f"`{name}` must have a row of at least one number, got {values!r}")
    check_finite(array, name)
    array = array.astype(float)
    falls = np.flatnonzero(np.diff(array) <= 0)
    if falls.size:
        before, after = array[falls[0] : falls[0] + 2]
        raise ValueError(f"`{name}` must increase, got {before:g} before {after:g}")
    return array


def _hyperparameter(
    spec: Optimizer, name: str, values: np.ndarray, axis: str, given: dict[str, float]
) -> None:
    """Check the values of a hyper-parameter along an axis, and let the first stand for them."""
    known = {each.name: each for each in spec.hyperparameters}
    if name not in known:
        raise ValueError(
            f"`{axis}` must be a hyper-parameter of {spec.name} ({', '.join(known)}), got {name!r}"
        )
    if name in given:
        raise ValueError(f"`{name}` must not be given twice, got {given[name]} and an axis")
    if name == "learning_rate" and values[0] <= 0:
        raise ValueError(f"`learning_rate` must be above 0, got {values[0]:g}")
    for value in values if known[name].whole else values[[0, -1]]:
        known[name].check(value)
    given[name] = float(values[0])


def _whole(values: np.ndarray) -> np.ndarray:
    bad = values[values % 1 != 0]
    if bad.size:
        raise ValueError(f"`batch_size` must be whole numbers, got {bad[0]:g}")
    return values.astype(int)


def _objectives(
    objective: Objective | Callable[[float], Objective], second: tuple[str, Values] | None, others: np.ndarray
) -> list[Objective]:
    if isinstance(objective, Objective):
        if second is not None and second[0] == PENALTY:
            raise ValueError(
                f"`objective` must be a function of the strength where `second` is 'penalty', "
                f"got {objective.name!r}"
            )
        return [objective]
    if second is None or second[0] != PENALTY:
        got = None if second is None else second[0]
        raise ValueError(f"`second` must be 'penalty' where `objective` is a function, got {got!r}")
    return [objective(float(value)) for value in others]


def _differences(trees: Sequence[Any]) -> dict[int, np.ndarray]:
    """The leaves in which some pytrees of one structure differ."""
    structures: list[Any] = [jax.tree.structure(tree) for tree in trees]
    columns = list(zip(*map(jax.tree.leaves, trees), strict=False))
    if any(each != structures[0] for each in structures) or any(
        len({np.shape(leaf) for leaf in column}) > 1 for column in columns
    ):
        raise ValueError(
            "`objective` must give losses that differ in numbers only, got other functions or shapes"
        )
    found = {}
    for index, column in enumerate(columns):
        if any(leaf is not column[0] for leaf in column[1:]):
            stack = np.stack([np.asarray(leaf) for leaf in column])
            if (stack != stack[0]).any():
                found[index] = stack
    return found


def _starts(made: Walker, point: Params, name: str, values: np.ndarray) -> dict[int, np.ndarray]:
    """The leaf of the start that holds one of its numbers, with that number at each value."""
    leaves = jax.tree.leaves(point)
    sizes = [int(np.size(leaf)) for leaf in leaves]
    total = sum(sizes)
    numbered = re.fullmatch(r"start\[(\d+)\]", name)
    if name in COORDINATES and total == len(COORDINATES):
        place = COORDINATES.index(name)
    elif numbered and int(numbered[1]) < total:
        place = int(numbered[1])
    else:
        coordinates = "'x', 'y'" if total == len(COORDINATES) else f"'start[0]' to 'start[{total - 1}]'"
        raise ValueError(
            f"`second` must be a hyper-parameter, {BATCH_SIZE!r}, {PENALTY!r} or a coordinate of the start "
            f"({coordinates}), got {name!r}"
        )
    which = int(np.searchsorted(np.cumsum(sizes), place, side="right"))
    rows = np.repeat(np.ravel(leaves[which])[None], len(values), axis=0)
    rows[:, place - sum(sizes[:which])] = values
    index = len(jax.tree.leaves(made)) + which
    return {index: rows.reshape(len(values), *np.shape(leaves[which]))}
