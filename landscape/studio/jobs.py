"""Jobs: long computations that all readers share and see the progress of; those nobody waits for end.

A reader's run only looks at a job, so it can be superseded at any time. Whoever waits looks again and
again; what nobody has looked at for a while stops at its next word of progress, and frees its memory.
"""

import functools
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from landscape.parts import Progress

R = TypeVar("R")

PATIENCE = 5.0
"""Seconds after which a job that nobody looks at is not wanted any more."""

LOOK = 0.2
"""Seconds between two looks at what is waited for."""

_workers = ThreadPoolExecutor(os.cpu_count() or 2, "job")
"""As many jobs at once as there are cores; the others take turns."""


_dismissed = 0.0
"""When the app ended: what was looked at before is not waited for any more."""


def dismiss() -> None:
    """Let every job under way end at its next word of progress."""
    global _dismissed
    _dismissed = time.monotonic()


class Unwanted(Exception):  # noqa: N818 - it tells of no error
    """Nobody waits for the result any more."""


@dataclass
class _Work(Generic[R]):
    """A job under way."""

    looked: float
    share: float = 0.0
    so_far: Any = None
    future: Future[R] = field(init=False)


class Jobs(Generic[R]):
    """A function of hashable arguments whose last results are kept; made by `job`."""

    def __init__(self, function: Callable[..., R], maxsize: int):
        self._function, self._maxsize = function, maxsize
        self._lock = threading.Lock()
        self._results: OrderedDict[Hashable, R] = OrderedDict()
        self._begun: dict[Hashable, _Work[R]] = {}
        self.__doc__ = function.__doc__

    def found(self, *args: Any, seconds: float = 0.0) -> R | None:
        """The result if it is there within some seconds, else None; the job is begun, and goes on.

        Raises:
            Exception: What the function raises; the next look begins anew.
        """
        work = self._look(args)
        if isinstance(work, _Work):
            wait([work.future], seconds)
            if not work.future.done():
                return None
            try:
                return work.future.result()
            except Unwanted:  # it was about to end as we came
                return None
        return work

    def kept(self, *args: Any) -> R | None:
        """The result if it is there, else None; nothing is begun."""
        with self._lock:
            if args in self._results:
                self._results.move_to_end(args)
            return self._results.get(args)

    def keep(self, result: R, *args: Any) -> None:
        """Keep a result as the newest one, whether or not it has gone meanwhile."""
        with self._lock:
            self._results[args] = result
            self._results.move_to_end(args)
            while len(self._results) > self._maxsize:
                self._results.popitem(last=False)

    def share(self, *args: Any) -> float:
        """How much of a job is done, from 0 to 1."""
        with self._lock:
            begun = self._begun.get(args)
            return begun.share if begun else float(args in self._results)

    def so_far(self, *args: Any) -> Any:
        """What a job under way has told of its result with its last word of progress, or None."""
        with self._lock:
            begun = self._begun.get(args)
            return begun.so_far if begun else None

    def cache_clear(self) -> None:
        """Forget every result."""
        with self._lock:
            self._results.clear()

    def _look(self, args: tuple) -> R | _Work[R]:
        """The result, or the job that makes it; it is begun if it is not yet."""
        with self._lock:
            if args in self._results:
                self._results.move_to_end(args)
                return self._results[args]
            if args not in self._begun:
                work = self._begun[args] = _Work(time.monotonic())
                work.future = _workers.submit(self._do, args, work)
            self._begun[args].looked = time.monotonic()
            return self._begun[args]

    def _do(self, args: tuple, work: _Work[R]) -> R:
        def progress(share: float, so_far: Any = None) -> None:
            work.share, work.so_far = share, so_far
            if work.looked <= _dismissed or time.monotonic() - work.looked > PATIENCE:
                raise Unwanted

        try:
            progress(0.0)
            result = self._function(*args, progress=progress)
            self.keep(result, *args)
            return result
        finally:
            with self._lock:
                del self._begun[args]


def job(maxsize: int) -> Callable[[Callable[..., R]], Jobs[R]]:
    """Make a function of hashable arguments and `progress` a job, and keep its last results.

    With the share that is done it may tell `progress` what it has found so far, for a first picture.

    Args:
        maxsize: How many results are kept, the oldest going first.

    Returns:
        A decorator.

    Example:
        >>> @job(maxsize=2)
        ... def square(number, progress):
        ...     progress(0.5)
        ...     return number**2
        >>> square.found(3, seconds=60)
        9
    """
    return functools.partial(Jobs, maxsize=maxsize)


class Wanted(NamedTuple):
    """A job with its arguments."""

    jobs: Jobs[Any]
    args: tuple[Hashable, ...]

    def found(self, seconds: float = 0.0) -> Any:
        """As of `Jobs`."""
        return self.jobs.found(*self.args, seconds=seconds)

    def kept(self) -> Any:
        """As of `Jobs`."""
        return self.jobs.kept(*self.args)


def gather(wanted: Sequence[Wanted], seconds: float, known: Sequence[Any] = ()) -> list[Any]:
    """The results that are there within some seconds in all, None for the others; all are begun.

    Args:
        wanted: The jobs.
        seconds: How long to wait for all of them together.
        known: What an earlier look has found, None for what it has not; only those are looked for.

    Returns:
        As many results.
    """
    held = known or [None] * len(wanted)
    found = [each.found() if mine is None else mine for each, mine in zip(wanted, held, strict=True)]
    end = time.monotonic() + seconds
    return [
        each.found(max(0.0, end - time.monotonic())) if result is None else result
        for each, result in zip(wanted, found, strict=True)
    ]


def await_all(wanted: Sequence[Wanted], tell: Progress, known: Sequence[Any] = ()) -> list[Any]:
    """Wait until all results are there, and tell every now and then how much is done.

    Args:
        wanted: The jobs.
        tell: Called with the share done, from 0 to 1; what it raises ends the waiting.
        known: As of `gather`.

    Returns:
        As many results, whether or not all can be kept at once.
    """
    found = gather(wanted, LOOK, known)
    while any(result is None for result in found):
        shares = (
            each.jobs.share(*each.args) if result is None else 1.0
            for each, result in zip(wanted, found, strict=True)
        )
        tell(sum(shares) / len(wanted))
        found = gather(wanted, LOOK, found)
    return found


def keep_all(wanted: Sequence[Wanted], found: Sequence[Any]) -> None:
    """Keep what has been found as the newest results: the next run of the page looks for them at once."""
    for each, result in zip(wanted, found, strict=True):
        if result is not None:
            each.jobs.keep(result, *each.args)
