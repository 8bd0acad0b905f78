"""Parts: many independent runs of one compiled program, some at a time on every core, in bounded memory."""

import os
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import lru_cache
from itertools import islice
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import subjaxprs

from landscape.objectives import check_count

Progress = Callable[[float], Any]
"""Called with the share that is done, from 0 to 1; what it raises stops the work."""

MEMORY_LIMIT = 2**28
"""Bytes that the parts under way may take where nothing else is said: 256 MB."""

CACHED_BYTES = 2**21
"""Bytes that a part may take beyond a single run: what a processor's cache holds."""

LARGEST_PART = 1024
"""Runs in a part at most."""

SMALLEST_PART = 8
"""Runs in a part at least: as many as fill the processor's vector registers, so that all take one road."""

NUM_THREADS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
"""Parts that run at once: one on each core that the process may use."""


def part_size(program: Callable[..., Any], *arguments: Any, count: int, memory_limit: int) -> int:
    """How many runs to take at once, a power of two, so that parts stay in the cache and in the memory.

    Args:
        program: One run, as a function of this package that JAX can trace.
        arguments: Its arguments: pytrees.
        count: Runs in all.
        memory_limit: Bytes that the parts under way may take.

    Raises:
        ValueError: The smallest parts would take more.
    """
    leaves, structure = jax.tree.flatten(arguments)
    shapes = tuple((np.shape(leaf), jnp.result_type(leaf).name) for leaf in leaves)
    need = _bytes_of_a_run(program, structure, shapes)
    least = SMALLEST_PART * need * NUM_THREADS
    if not memory_limit >= least:
        raise ValueError(f"`memory_limit` must be at least {least} bytes here, got {memory_limit}")
    wanted = min(LARGEST_PART, CACHED_BYTES // need, int(memory_limit) // (need * NUM_THREADS))
    fitting = 1 << max(wanted, 1).bit_length() - 1
    return max(SMALLEST_PART, min(fitting, 1 << (count - 1).bit_length()))


def in_parts(
    work: Callable[[int], Any], count: int, size: int, progress: Progress, threads: int = NUM_THREADS
) -> None:
    """Do a piece of work part by part, on every core.

    Args:
        work: Takes the index of the first run of a part; it keeps what it finds.
        count: Runs in all.
        size: Runs in a part.
        progress: Called in the caller's thread after each part. Where it raises, no part is begun
            any more, those under way are waited for, and the exception goes on.
        threads: Parts that run at once.
    """
    if count == 0:
        progress(1.0)
        return
    # The first part alone: two threads would both compile the program.
    work(0)
    progress(min(1.0, size / count))
    firsts, done = iter(range(size, count, size)), 1
    with ThreadPoolExecutor(threads) as pool:

        def begin(parts: int) -> set[Future[Any]]:
            return {pool.submit(work, first) for first in islice(firsts, parts)}

        pending = begin(2 * threads)
        try:
            while pending:
                finished, pending = wait(pending, return_when=FIRST_COMPLETED)
                for future in finished:
                    future.result()
                    done += 1
                    progress(min(1.0, done * size / count))
                pending |= begin(len(finished))
        finally:
            pool.shutdown(cancel_futures=True)


def check_resolution(resolution: int | tuple[int, int], most: int) -> tuple[int, int]:
    """Points along x and along y, of one number for both or a pair.

    Raises:
        ValueError: They are no whole numbers from 2 to `most`.
    """
    pair = resolution if isinstance(resolution, (tuple, list)) else (resolution, resolution)
    if len(pair) != 2:
        raise ValueError(f"`resolution` must be one number or (nx, ny), got {resolution!r}")
    nx, ny = (check_count("resolution", each, least=2, most=most) for each in pair)
    return nx, ny


def between(progress: Progress | None, low: float, high: float) -> Progress:
    """The progress of a stretch of the work that goes from one share of it to another."""

    def report(share: float) -> None:
        if progress is not None:
            progress(high if share == 1.0 else low + (high - low) * share)

    return report


@lru_cache(maxsize=256)
def _bytes_of_a_run(program: Callable[..., Any], structure: Any, shapes: tuple[Any, ...]) -> int:
    leaves = [jax.ShapeDtypeStruct(shape, dtype) for shape, dtype in shapes]
    return _bytes(
        jax.make_jaxpr(lambda leaves: program(*jax.tree.unflatten(structure, leaves)))(leaves).jaxpr
    )


def _bytes(program: Any) -> int:
    """The bytes of every array that a program makes on its way: more than it ever holds at a time."""
    own = sum(
        variable.aval.size * variable.aval.dtype.itemsize
        for equation in program.eqns
        for variable in equation.outvars
    )
    return own + sum(_bytes(each) for each in subjaxprs(program))
