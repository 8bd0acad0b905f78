"""The compiled programs of what readers type: a bounded number, since every new formula compiles new ones.

A formula's programs take 5 to 20 MB. JAX keeps thousands and cannot let go of single ones, so when many
formulas have come, all go at once. Nobody loses anything but time: what is used again is read back from
the disk in half a second, and results that are kept stay.
"""

import gc
import threading
from collections.abc import Hashable

import jax

from landscape.studio import disk_cache

MOST = 64
"""Formulas whose programs are held at the same time."""


class Programs:
    """What has been compiled since the last time that all was let go of.

    Args:
        most: How many are held.

    Example:
        >>> held = Programs(most=2)
        >>> [held.use(text) for text in ("x + y", "x - y", "x + y", "x * y")]
        [False, False, False, True]
    """

    def __init__(self, most: int = MOST):
        self._most = most
        self._held: set[Hashable] = set()
        self._lock = threading.Lock()

    def use(self, program: Hashable) -> bool:
        """Say that a program is about to be compiled or used; whether all others were let go of for it."""
        with self._lock:
            if program in self._held:
                return False
            full = len(self._held) >= self._most
            if full:
                self._held.clear()
            self._held.add(program)
        if full:
            release()
        return full


def release() -> None:
    """Let go of every compiled program, here and, of those not used for longest, on the disk."""
    # What is running holds what it needs.
    jax.clear_caches()
    gc.collect()
    disk_cache.prune()


_programs = Programs()

use = _programs.use
"""Of this server: called with each formula that a picture is about to be made of."""
