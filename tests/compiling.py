"""Counting what is compiled: nothing may be, where only a number has changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jax


@contextmanager
def counted() -> Iterator[list[str]]:
    """A list that fills with the names of the programs that are compiled."""
    found: list[str] = []

    def note(event: str, _seconds: float, **about: Any) -> None:
        if "backend_compile" in event:
            found.append(about.get("fun_name", event))

    jax.monitoring.register_event_duration_secs_listener(note)
    try:
        # That it counts at all is seen here, whatever this process has compiled before.
        jax.jit(lambda: 0)()
        assert found, "a new program was compiled, and not counted"
        found.clear()
        yield found
    finally:
        jax.monitoring.unregister_event_duration_listener(note)
