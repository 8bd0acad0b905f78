"""Slices: a loss at many points of a plane or a line, in parts that suit caches, memory and devices."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jax.tree_util import Partial

from landscape.objectives import Objective, Params, as_program, check_params
from landscape.parts import NUM_THREADS, Progress, between, in_parts
from landscape.planes import Line, Plane
from landscape.surfaces.affine import Split

CACHED_BYTES = 2**22
"""Bytes that the points evaluated at once may take on a processor: more of them gain nothing."""

LARGEST_BATCH = 1024
"""Points evaluated at once at most."""

PART_BYTES = 2**26
"""Bytes that a part of the work moves at least: a few milliseconds, beside which its dispatch is nothing."""

LARGEST_PART = 2**20
"""Points in a part at most."""

THREADS = NUM_THREADS + 1
"""Parts at a time on one processor: while a thread hands over its part, another computes."""

# The parts run on a thread each, so that XLA's own threads, which must wait for each other, are not needed.
ALONE = {"xla_cpu_multi_thread_eigen": False}


@dataclass(frozen=True)
class Workers:
    """Who evaluates points at one time: each of some devices, or each thread on one processor."""

    devices: int
    threads: int
    processor: bool


@dataclass(frozen=True)
class Layout:
    """How the work is cut: rows of data at a time (None: all), points at once, points in a part."""

    rows: int | None
    batch: int
    part: int


def losses_at(
    objective: Objective,
    where: Plane | Line,
    points: np.ndarray,
    *,
    memory_limit: int,
    progress: Progress,
    devices: Sequence[Any] | None = None,
) -> np.ndarray:
    """The loss at many points of a slice.

    Args:
        objective: The objective.
        where: The plane, or the line.
        points: Coordinates, shape (m, 2) on a plane, (m, 1) on a line.
        memory_limit: Bytes that the evaluation may take, beside the parameters and the data.
        progress: Called with the share done; what it raises stops the work.
        devices: JAX's devices to share the points; all by default.

    Returns:
        The losses, shape (m,).

    Raises:
        ValueError: One point does not fit the memory, or the plane or the line is one of other parameters.
    """
    check_params(objective, where.origin, "plane" if isinstance(where, Plane) else "line")
    chosen = jax.devices() if devices is None else list(devices)
    processor = all(device.platform == "cpu" for device in chosen)
    threads = THREADS if processor and len(chosen) == 1 else 1
    workers = Workers(len(chosen), threads, processor)
    layout = _layout(objective, where, len(points), memory_limit, workers)
    mesh = None if devices is None and len(chosen) == 1 else Mesh(np.array(chosen), ("points",))
    place = partial(jax.device_put, device=None if mesh is None else NamedSharding(mesh, PartitionSpec()))
    where = place(where)
    values = np.zeros(len(points))
    pieces = list(_pieces(objective, layout.rows))
    run = _part_alone if threads > 1 else _part
    for index, (loss, share) in enumerate(pieces):
        loss = place(loss)
        prepared = _prepare(loss, where)

        def work(first: int, loss: Any = loss, prepared: Any = prepared, share: float = share) -> None:
            chunk = points[first : first + layout.part]
            padded = np.concatenate([chunk, np.repeat(chunk[-1:], layout.part - len(chunk), axis=0)])
            found = run(loss, where, prepared, padded, batch=layout.batch, mesh=mesh)
            values[first : first + len(chunk)] += share * np.asarray(found, dtype=float)[: len(chunk)]

        share_before, share_after = index / len(pieces), (index + 1) / len(pieces)
        report = between(progress, share_before, share_after)
        in_parts(work, len(points), layout.part, report, threads)
    return values


def _pieces(objective: Objective, rows: int | None) -> Iterator[tuple[Partial, float]]:
    """The loss as programs whose values, times their shares, add up to it."""
    total, on_batch = objective.num_examples, objective.on_batch
    if rows is None or total is None or on_batch is None:
        yield as_program(objective.loss), 1.0
        return
    for first in range(0, total, rows):
        count = min(rows, total - first)
        # Filled up to whole pieces, so that no second program is compiled for the rest.
        # The last example then stands there several times, each time with its share of the weight.
        chosen = np.minimum(np.arange(first, first + rows), total - 1)
        weights = np.where(chosen == first + count - 1, 1.0 / (rows - count + 1), 1.0)
        yield Partial(_on_rows, as_program(on_batch), chosen, weights), count / total


def _on_rows(on_batch: Partial, rows: jax.Array, weights: jax.Array, params: Params) -> jax.Array:
    return on_batch(params, rows, weights)


def _split(loss: Partial, where: Plane | Line) -> Split:
    return Split(lambda point: loss(where.at(*point)), 2 if isinstance(where, Plane) else 1)


@jax.jit
def _prepare(loss: Partial, where: Plane | Line) -> Any:
    return _split(loss, where).prepare()


def _part_of(
    loss: Partial, where: Plane | Line, prepared: Any, points: jax.Array, *, batch: int, mesh: Mesh | None
) -> jax.Array:
    def on_device(loss: Partial, where: Plane | Line, prepared: Any, points: jax.Array) -> jax.Array:
        finish = partial(_split(loss, where).finish, prepared)
        return lax.map(jax.vmap(finish), points.reshape(-1, batch, points.shape[-1])).ravel()

    if mesh is None:
        return on_device(loss, where, prepared, points)
    same, split = PartitionSpec(), PartitionSpec("points")
    spread = jax.shard_map(
        on_device, mesh=mesh, in_specs=(same, same, same, split), out_specs=split, check_vma=False
    )
    return spread(loss, where, prepared, points)


_part = partial(jax.jit, static_argnames=("batch", "mesh"))(_part_of)
_part_alone = partial(jax.jit, static_argnames=("batch", "mesh"), compiler_options=ALONE)(_part_of)


def _layout(objective: Objective, where: Plane | Line, count: int, limit: int, workers: Workers) -> Layout:
    """The layout that stays within the memory.

    Raises:
        ValueError: There is none.
    """
    at_a_time = workers.devices * workers.threads
    rows, need = None, needs(objective, where)
    halves = objective.num_examples if objective.on_batch is not None else None
    while need.least(at_a_time) > limit and halves is not None and halves > 1:
        rows = halves = -(-halves // 2)
        need = _needs(next(_pieces(objective, rows))[0], where)
    if not need.least(at_a_time) <= limit:
        raise ValueError(f"`memory_limit` must be at least {need.least(at_a_time)} bytes here, got {limit}")
    room = (limit - need.once) // at_a_time
    cached, moved = (CACHED_BYTES, PART_BYTES) if workers.processor else (room, 2**6 * PART_BYTES)
    batch = _power_of_two(min(LARGEST_BATCH, min(room, cached) // need.at_a_point, -(-count // at_a_time)))
    part = max(batch, _power_of_two(min(moved // need.moved, LARGEST_PART, 2 * count)))
    return Layout(rows, batch, part * workers.devices)


@dataclass(frozen=True)
class Needs:
    """Bytes that are made once, that are taken at a point, and that are moved for one."""

    once: int
    at_a_point: int
    moved: int

    def least(self, workers: int) -> int:
        """Bytes where each worker has one point at a time."""
        return self.once + workers * self.at_a_point


def needs(objective: Objective, where: Plane | Line) -> Needs:
    """What one point of a slice needs with all data."""
    return _needs(as_program(objective.loss), where)


def _needs(loss: Partial, where: Plane | Line) -> Needs:
    leaves, structure = jax.tree.flatten((loss, where))
    return _needs_of(structure, tuple((np.shape(leaf), jnp.result_type(leaf).name) for leaf in leaves))


@lru_cache(maxsize=256)
def _needs_of(structure: Any, shapes: tuple[Any, ...]) -> Needs:
    found = []

    def measure(leaves: list[Any]) -> None:
        split = _split(*jax.tree.unflatten(structure, leaves))
        found.append(Needs(split.bytes_once(), max(8, split.bytes_at_a_point()), max(8, split.bytes_moved())))

    jax.eval_shape(measure, [jax.ShapeDtypeStruct(shape, dtype) for shape, dtype in shapes])
    return found[0]


def _power_of_two(most: int) -> int:
    return 1 << max(int(most), 1).bit_length() - 1
