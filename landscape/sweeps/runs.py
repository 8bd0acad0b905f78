"""Runs: many walks in one compiled program, of each of which a few numbers are kept and no path."""

import os
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor, wait
from functools import lru_cache, partial
from itertools import islice
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax
from jax.extend.core import subjaxprs

from landscape.objectives import Params
from landscape.parts import Progress
from landscape.sweeps.families import Family
from landscape.walkers import Walker

NUM_THREADS = os.cpu_count() or 1
"""Batches that are walked at a time."""

MEMORY_LIMIT = 256 * 2**20
"""Bytes that the runs walked at one time may take, unless something else is said."""

BATCH_BYTES = 2**19
"""Bytes that a batch may take beyond a single run: what stays in a core's own cache."""

BATCH_RUNS = 256
"""Runs in a batch at most."""


class Half(NamedTuple):
    """What is kept of the first or the last half of a run.

    Args:
        turning: Σ⟨u_k, u_{k−1}⟩ over its updates.
        rises: Σ max(L_k − L_{k−1}, 0) over its losses.
        lowest: The least of its losses.
        end: The last of its losses.
    """

    turning: Any
    rises: Any
    lowest: Any
    end: Any


class Seen(NamedTuple):
    """What is kept of every run; arrays of shape (number of runs,).

    Args:
        start: The loss at the start.
        halves: Both halves; the last one begins after ⌈num_steps / 2⌉ steps.
        within: The first step at which the loss is near enough to L*, or -1.
        diverged_at: The first step with a value that is not finite, or -1.
    """

    start: Any
    halves: tuple[Half, Half]
    within: Any
    diverged_at: Any


def walk_all(
    family: Family,
    num_steps: int,
    minima: np.ndarray,
    tolerance: float,
    *,
    memory_limit: float,
    progress: Progress,
) -> Seen:
    """Walk every run of a family, in batches that are spread over the processor's cores.

    Args:
        family: The runs.
        num_steps: How many steps each of them takes; traced.
        minima: L*, what each run is to come near to, shape (number of runs,).
        tolerance: The part of the distance from the start to L* that may be left.
        memory_limit: Bytes that the batches in hand may take, by an estimate from above.
        progress: Called after each batch.

    Returns:
        What was seen of each run.

    Raises:
        ValueError: The memory limit is below what one batch takes.
    """
    leaves, structure = jax.tree.flatten((family.walking, family.start))
    size, at_a_time = batch(structure, leaves, memory_limit)
    differing = family.rows(np.zeros(1, int))
    common = [None if index in differing else leaf for index, leaf in enumerate(leaves)]

    def walk(first: int) -> Seen:
        runs = np.minimum(np.arange(first, first + size), family.num_runs - 1)
        rows = family.rows(runs)
        own = [rows.get(index) for index in range(len(leaves))]
        # Two threads that meet a new program do not both compile it; what they start runs side by side.
        with _DISPATCH:
            seen = _walk(
                jax.tree.unflatten(structure, common),
                jax.tree.unflatten(structure, own),
                minima[runs],
                tolerance,
                num_steps,
            )
        return jax.device_get(seen)

    parts: list[Seen] = []
    firsts = iter(range(0, family.num_runs, size))
    in_hand = deque(_THREADS.submit(walk, first) for first in islice(firsts, at_a_time))
    try:
        while in_hand:
            parts.append(in_hand.popleft().result())
            in_hand += [_THREADS.submit(walk, first) for first in islice(firsts, 1)]
            progress(min(1.0, len(parts) * size / family.num_runs))
    finally:
        wait(in_hand)
    joined: Seen = jax.tree.map(lambda *rows: np.concatenate(rows)[: family.num_runs], *parts)
    return joined


_THREADS = ThreadPoolExecutor(NUM_THREADS)
_DISPATCH = threading.Lock()


def batch(structure: Any, leaves: list[Any], memory_limit: float) -> tuple[int, int]:
    """How many runs a batch has, and how many batches may be in hand.

    The size depends on the problem alone: sums over examples are rounded differently in batches of
    other sizes, and one size is one program.
    """
    shapes = tuple((np.shape(leaf), jnp.result_type(leaf).name) for leaf in leaves)
    need = _bytes_of_a_run(structure, shapes)
    size = min(BATCH_RUNS, 1 << max(1, BATCH_BYTES // need).bit_length() - 1)
    if not memory_limit >= size * need:
        raise ValueError(
            f"`memory_limit` must be at least {size * need} bytes, which a batch of {size} takes, "
            f"got {memory_limit}"
        )
    return size, int(min(memory_limit // (size * need), NUM_THREADS))


@lru_cache(maxsize=256)
def _bytes_of_a_run(structure: Any, shapes: tuple[tuple[tuple[int, ...], str], ...]) -> int:
    """The bytes of every array that a step of one run makes: more than it ever holds at a time."""
    leaves = [jax.ShapeDtypeStruct(shape, dtype) for shape, dtype in shapes]

    def step(leaves: list[Any]) -> Any:
        walking, params = jax.tree.unflatten(structure, leaves)
        return _watch(walking, 0.0, 0, _begin(walking, params))

    return _bytes(jax.make_jaxpr(step)(leaves).jaxpr)


def _bytes(program: Any) -> int:
    own = sum(
        variable.aval.size * variable.aval.dtype.itemsize
        for equation in program.eqns
        for variable in equation.outvars
    )
    return own + sum(_bytes(each) for each in subjaxprs(program))


class _Position(NamedTuple):
    """Where a run stands, and what has been seen of it."""

    params: Params
    state: Any
    update: Params
    half: Half
    within: Any
    diverged_at: Any


def _begin(walking: Walker, params: Params) -> _Position:
    value = walking.loss(params)
    never = jnp.full((), -1, jnp.int32)
    still = jax.tree.map(jnp.zeros_like, params)
    zero = jnp.zeros_like(value)
    return _Position(params, walking.init(params), still, Half(zero, zero, value, value), never, never)


def _watch(walking: Walker, threshold: Any, k: Any, at: _Position) -> _Position:
    """Take step k. The body of the loop is kept lean: it stays a few kernels, as that of `descend`."""
    value, gradient, update, state = walking.step(at.params, at.state, k)
    seen = _note(at, value, threshold, k, (at.params, gradient))
    return seen._replace(
        params=optax.apply_updates(at.params, update),
        state=state,
        update=update,
        half=seen.half._replace(turning=at.half.turning + _inner(update, at.update)),
    )


def _note(at: _Position, value: Any, threshold: Any, k: Any, known: Any) -> _Position:
    """What the loss after k steps says."""
    finite = jnp.isfinite(value)
    for leaf in jax.tree.leaves(known):
        finite &= jnp.all(jnp.isfinite(leaf))
    half = at.half
    return at._replace(
        half=Half(
            half.turning,
            half.rises + jnp.maximum(value - half.end, 0),
            jnp.where(value < half.lowest, value, half.lowest),
            value,
        ),
        within=jnp.where((at.within < 0) & (value <= threshold), k, at.within).astype(jnp.int32),
        diverged_at=jnp.where((at.diverged_at < 0) & ~finite, k, at.diverged_at).astype(jnp.int32),
    )


def _inner(one: Params, other: Params) -> Any:
    products = jax.tree.map(lambda x, y: jnp.sum(x * y), one, other)
    return sum(jax.tree.leaves(products))


@jax.jit
def _walk(common: Any, own: Any, minima: jax.Array, tolerance: Any, num_steps: Any) -> Seen:
    return jax.vmap(partial(_walk_one, common, tolerance, num_steps))(own, minima)


def _walk_one(common: Any, tolerance: Any, num_steps: Any, own: Any, minimum: Any) -> Seen:
    walking, params = jax.tree.map(
        lambda shared, mine: shared if mine is None else mine, common, own, is_leaf=lambda leaf: leaf is None
    )
    at = _begin(walking, params)
    start, middle = at.half.end, (num_steps + 1) // 2
    threshold = minimum + tolerance * (start - minimum)

    # Both halves go through one loop, so that its body is compiled once.
    def walk_half(which: Any, halves: tuple[_Position, Half]) -> tuple[_Position, Half]:
        at, _ = halves
        earlier = at.half
        fresh = Half(jnp.zeros_like(start), jnp.zeros_like(start), jnp.full_like(start, jnp.inf), earlier.end)
        low, high = which * middle, jnp.where(which == 0, middle, num_steps)
        return lax.fori_loop(low, high, partial(_watch, walking, threshold), at._replace(half=fresh)), earlier

    at, earlier = lax.fori_loop(0, 2, walk_half, (at, at.half))
    at = _note(at, walking.loss(at.params), threshold, num_steps, at.params)
    return Seen(start, (earlier, at.half), at.within, at.diverged_at)
