"""Loading: the objective that a text such as `my_module:objective` names."""

import importlib
import importlib.util
import inspect
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import jax

from landscape.commands.refusals import RefusedError, explained
from landscape.objectives import Objective
from landscape.planes.vectors import host


def load(text: str) -> Objective:
    """Import a module or a file, and find an objective in it.

    Args:
        text: `module:name` or `folder/file.py:name`; the name is that of an `Objective`, or of a function
            without arguments that makes one. Modules are looked for in the current folder, too.

    Returns:
        The `Objective`, whose loss has been traced once: it is a scalar.

    Raises:
        RefusedError: There is no such module, file or name, or it is no objective.
        Exception: What the module, the function or the loss raises.
    """
    place, colon, name = text.rpartition(":")
    if not (colon and place and name):
        raise RefusedError(
            f"the objective must be given as `module:objective` or `file.py:objective`, got {text!r}."
        )
    module = _file(place) if place.endswith(".py") else _module(place)
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise RefusedError(f"{place} has no {name!r}. {_there(module)}")
        found = getattr(found, part)
    if not isinstance(found, Objective) and callable(found):
        try:
            inspect.signature(found).bind()
        except TypeError:
            raise RefusedError(
                f"{text} must be an Objective or a function without arguments, got one that needs some."
            ) from None
        found = found()
    if not isinstance(found, Objective):
        raise RefusedError(
            f"{text} must be a landscape.Objective or a function that makes one, got {type(found).__name__}."
        )
    check_loss(found)
    return found


def check_loss(objective: Objective) -> None:
    """Refuse a loss that is no single number.

    Raises:
        RefusedError: With its shape, or with what is no number among its parameters.
        Exception: What the loss raises.
    """
    with explained():
        host(objective.start)
    height = jax.eval_shape(objective.loss, objective.start)
    if getattr(height, "shape", None) != ():
        raise RefusedError(f"the loss must be one number, got {height}.")


def _module(name: str) -> ModuleType:
    if not all(part.isidentifier() for part in name.split(".")):
        raise RefusedError(f"{name!r} is no name of a module; a file is given as `file.py:objective`.")
    here = str(Path.cwd())
    if here not in sys.path and "" not in sys.path:
        sys.path.insert(0, here)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        # What the module itself does not find is its own error.
        if error.name is None or not (name == error.name or name.startswith(f"{error.name}.")):
            raise
        hint = f" Is {name}.py meant? Then write {name}.py:objective." if Path(f"{name}.py").exists() else ""
        raise RefusedError(f"there is no module {name!r} here or among those installed.{hint}") from None


def _file(place: str) -> ModuleType:
    path = Path(place).resolve()
    if not path.is_file():
        raise RefusedError(f"there is no file {place}.")
    folder = str(path.parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    # A file named like a module that is in use, such as json.py, leaves that one alone.
    other = sys.modules.get(path.stem)
    taken = other is not None and getattr(other, "__file__", None) != str(path)
    name = f"given_{path.stem}" if taken else path.stem
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise RefusedError(f"{place} is no Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _there(module: ModuleType) -> str:
    names = [name for name, value in vars(module).items() if isinstance(value, Objective)]
    return f"Its objectives are: {', '.join(names)}." if names else "It holds no Objective under any name."
