"""Results that all readers share: each is computed once, however many ask for it at the same time."""

import functools
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_gate = threading.BoundedSemaphore(os.cpu_count() or 2)
"""As many computations at once as there are cores: a class that opens a link together takes turns."""

_inside = threading.local()
"""Whether this thread is already through the gate; a result may ask for others on its way."""


class _AbandonedError(Exception):
    """Whoever computed a result was interrupted; somebody else is to compute it."""


class Shared(Generic[P, R]):
    """A function whose last results are kept; made by `shared`."""

    def __init__(self, function: Callable[P, R], maxsize: int):
        self._function, self._maxsize = function, maxsize
        self._lock = threading.Lock()
        self._results: OrderedDict[Hashable, R] = OrderedDict()
        self._awaited: dict[Hashable, Future[R]] = {}
        functools.update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """The result, kept, awaited from another thread, or computed."""
        key = (args, *sorted(kwargs.items()))
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                return self._results[key]
        if getattr(_inside, "gate", False):
            return self._obtain(key, args, kwargs)
        with _gate:
            _inside.gate = True
            try:
                return self._obtain(key, args, kwargs)
            finally:
                _inside.gate = False

    # Whoever computes is through the gate already, so those who wait for it never wait for the gate.
    def _obtain(self, key: Hashable, args: tuple, kwargs: dict) -> R:
        with self._lock:
            if key in self._results:
                return self._results[key]
            awaited = self._awaited.get(key)
            if awaited is None:
                mine = self._awaited[key] = Future()
        if awaited is not None:
            try:
                return awaited.result()
            except _AbandonedError:
                return self._obtain(key, args, kwargs)
        try:
            result = self._function(*args, **kwargs)
        except BaseException as error:
            with self._lock:
                del self._awaited[key]
            # What ends one reader's run, who has left or moved on, is nothing to those who wait.
            mine.set_exception(error if isinstance(error, Exception) else _AbandonedError())
            raise
        with self._lock:
            self._results[key] = result
            while len(self._results) > self._maxsize:
                self._results.popitem(last=False)
            del self._awaited[key]
        mine.set_result(result)
        return result

    def cache_clear(self) -> None:
        """Forget every result."""
        with self._lock:
            self._results.clear()


def shared(maxsize: int) -> Callable[[Callable[P, R]], Shared[P, R]]:
    """Keep the last results of a function of hashable arguments, and compute none of them twice at once.

    Args:
        maxsize: How many results are kept, the oldest going first.

    Returns:
        A decorator.

    Example:
        >>> @shared(maxsize=2)
        ... def square(number):
        ...     return number**2
        >>> square(3)
        9
    """
    return functools.partial(Shared, maxsize=maxsize)
