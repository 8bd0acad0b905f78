"""A meter: how much is done, how fast, and how long it still takes, on one line of a terminal."""

import sys
import time

PAUSE = 0.2
"""Seconds between two words at least."""


class Meter:
    """Tells of a work on a terminal, and keeps quiet elsewhere.

    Args:
        count: Points in all.
        begun: Points that were there at the start.
        quiet: Whether nothing is said on a terminal either.
    """

    def __init__(self, count: int, begun: int, quiet: bool) -> None:
        self.count, self.begun = count, begun
        self.shown = not quiet and sys.stderr.isatty()
        self.first: tuple[float, float] | None = None
        self.last = 0.0

    def __call__(self, points: float) -> None:
        """Say that so many points are done."""
        now = time.monotonic()
        # The clock begins with the first points: what comes before them is the compiler's time.
        if self.first is None and points > self.begun:
            self.first = (now, points)
        if not self.shown or now - self.last < PAUSE:
            return
        self.last = now
        sys.stderr.write(f"\r\x1b[K{self.line(points, now)}")
        sys.stderr.flush()

    def line(self, points: float, now: float) -> str:
        """The words."""
        said = f"{100 * points / self.count:3.0f} %"
        if self.first is None:
            return f"{said}  compiling"
        begun, there = self.first
        if now <= begun or points <= there:
            return said
        rate = (points - there) / (now - begun)
        return f"{said}  {_rate(rate)}  {_time((self.count - points) / rate)} left"

    def clear(self) -> None:
        """Take the line away."""
        if self.shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _rate(rate: float) -> str:
    return f"{rate:,.0f} points/s" if rate >= 10 else f"{rate:.2g} points/s"


def _time(seconds: float) -> str:
    """A length of time in round words.

    Example:
        >>> _time(4.2), _time(200), _time(9000)
        ('4 s', '3 min', '2 h 30 min')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
