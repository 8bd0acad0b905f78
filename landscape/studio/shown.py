"""What a program shows: objectives of the reader's own process, with a plane and paths, newest first.

Objectives cannot be named by numbers, so a showing has a number, by which its slices are kept.
"""

import itertools
import sys
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import jax

from landscape.objectives import Domain, Objective, Params, check_domain, check_params
from landscape.planes import Plane
from landscape.planes.given import Walked
from landscape.planes.given import walked as read_path
from landscape.planes.vectors import host

KEPT = 5
"""Showings that are kept, the oldest going first."""

MAX_PATHS = 6
"""Paths in one picture at most."""


class GoneError(LookupError):
    """A showing that newer ones have taken the place of."""


@dataclass(frozen=True, eq=False)
class Showing:
    """An objective on the screen, with what was given beside it."""

    number: int
    objective: Objective
    plane: Plane | None
    paths: tuple[Walked, ...]
    extent: Domain | None

    @property
    def end(self) -> Params:
        """The point that slices go through: the end of the first path, or where the objective starts."""
        if self.paths:
            return jax.tree.map(lambda leaf: leaf[-1], self.paths[0].path.params)
        return host(self.objective.start)

    @property
    def module(self) -> str:
        """The module that the loss is of, for an import; a guess, for a loss has no address."""
        loss = getattr(self.objective.loss, "func", self.objective.loss)
        name = str(getattr(loss, "__module__", None) or "__main__")
        file = getattr(_main or sys.modules.get("__main__"), "__file__", None) if name == "__main__" else None
        if file is not None:
            name = str(file).replace("\\", "/").rpartition("/")[2].removesuffix(".py")
        return name if name.replace(".", "_").isidentifier() and name != "__main__" else "my_program"


_lock = threading.Lock()
_numbers = itertools.count(1)
_showings: dict[int, Showing] = {}
_main: ModuleType | None = None


def put(
    objective: Objective,
    plane: Plane | None = None,
    paths: Any = (),
    extent: Domain | None = None,
) -> Showing:
    """Keep an objective for the screen, and let the oldest go.

    Args:
        objective: Of two parameters or more.
        plane: A plane of them.
        paths: A sequence of paths or a mapping from names to paths; as of `landscape.show`.
        extent: What to show of the plane.

    Raises:
        ValueError: Something does not fit the objective.
    """
    if not isinstance(objective, Objective):
        raise ValueError(f"`objective` must be a landscape.Objective, got {type(objective).__name__}")
    if objective.num_parameters < 2:
        raise ValueError(f"`objective` must have two parameters or more, got {objective.num_parameters}")
    host(objective.start)  # refuses leaves that are no numbers
    height = jax.eval_shape(objective.loss, objective.start)
    if getattr(height, "shape", None) != ():
        raise ValueError(f"`objective` must have a loss that is one number, got {height}")
    if plane is not None:
        check_params(objective, plane.origin, "plane")
    if not isinstance(paths, Iterable):
        raise ValueError(
            f"`paths` must be a sequence of paths, or a mapping of names to them, got {type(paths).__name__}"
        )
    named = list(paths.items()) if isinstance(paths, Mapping) else [("", path) for path in paths]
    if len(named) > MAX_PATHS:
        raise ValueError(f"`paths` must be at most {MAX_PATHS}, got {len(named)}")
    walked = tuple(
        read_path(objective, path, str(name) or f"path {index}")
        for index, (name, path) in enumerate(named, start=1)
    )
    window = None if extent is None else check_domain(extent, "extent")
    with _lock:
        showing = Showing(next(_numbers), objective, plane, walked, window)
        _showings[showing.number] = showing
        while len(_showings) > KEPT:
            del _showings[min(_showings)]
    return showing


def take_back(showing: Showing) -> None:
    """Let one go that has not come to the screen."""
    with _lock:
        _showings.pop(showing.number, None)


def showings() -> list[Showing]:
    """What is kept, newest first."""
    with _lock:
        return sorted(_showings.values(), key=lambda each: -each.number)


def showing(number: int) -> Showing:
    """One that is kept.

    Raises:
        GoneError: It is not kept any more.
    """
    with _lock:
        if number not in _showings:
            raise GoneError(f"showing {number} has gone")
        return _showings[number]


def forget() -> None:
    """Let all of them go."""
    with _lock:
        _showings.clear()


def note_main() -> None:
    """Remember the program's own `__main__`, before Streamlit puts a page's in its place."""
    global _main
    _main = sys.modules["__main__"]


def give_back_main() -> None:
    """Put the program's own `__main__` back, which what it pickles is looked for in."""
    if _main is not None:
        sys.modules["__main__"] = _main
