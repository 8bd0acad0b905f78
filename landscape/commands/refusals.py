"""Refusals: why a command cannot be done, as a sentence instead of a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FAILED, MISUSED, INTERRUPTED = 1, 2, 130
"""Exit codes: it cannot be finished now; what was asked for is not there; Ctrl-C."""

PACKAGE = Path(__file__).resolve().parents[1]


class RefusedError(Exception):
    """A command that cannot be done; its text is the reason."""

    def __init__(self, reason: str, code: int = MISUSED) -> None:
        super().__init__(reason)
        self.code = code


@contextmanager
def explained() -> Iterator[None]:
    """Turn the library's own refusals into a sentence; errors in the reader's loss stay what they are."""
    try:
        yield
    except ValueError as error:
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is None or PACKAGE not in Path(trace.tb_frame.f_code.co_filename).resolve().parents:
            raise
        raise RefusedError(f"{error}.") from None
