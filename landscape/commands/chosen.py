"""Chosen: the plane and the window that a command line asks for."""

import argparse
import zipfile
from pathlib import Path
from typing import Any, get_args

import jax
import numpy as np

from landscape.commands.refusals import RefusedError, explained
from landscape.objectives import Domain, Objective, check_domain
from landscape.planes import Normalization, Plane
from landscape.planes.files import plane_from
from landscape.planes.given import of_numbers
from landscape.planes.vectors import host, vector

KINDS = ("random", "hessian", "gradient", "coordinates")
"""Planes by name; any other word is a file that holds one."""

BELONGS = {
    "seed": ("random", "hessian"),
    "normalize": ("random",),
    "ignore": ("random",),
    "filter_axis": ("random",),
    "parameters": ("coordinates",),
}
"""Which options say something of which planes."""


def add(group: Any) -> None:
    """Describe the options of a plane."""
    group.add_argument(
        "--plane",
        default=None,
        metavar="KIND",
        help="random, hessian, gradient or coordinates; or an NPZ file with origin, u and v as --directions "
        "writes them (default: coordinates of an objective of two parameters, else random)",
    )
    group.add_argument("--seed", type=int, help="of random directions, or of Lanczos's method (default: 0)")
    group.add_argument(
        "--normalize", choices=get_args(Normalization), help="length of random directions (default: filter)"
    )
    group.add_argument(
        "--ignore", choices=("bias",), help="leave leaves of fewer than two axes where they are"
    )
    group.add_argument(
        "--filter-axis",
        type=int,
        help="the axis that counts filters: -1 (default), or 0 for weights of PyTorch and Equinox",
    )
    group.add_argument(
        "--parameters",
        type=int,
        nargs=2,
        metavar=("I", "J"),
        help="which numbers of all parameters are the coordinates (default: 0 1)",
    )
    group.add_argument(
        "--extent",
        type=float,
        nargs=4,
        metavar=("A", "B", "C", "D"),
        help="from A to B along u, from C to D along v (default: -1 1 -1 1; of coordinates the objective's "
        "domain, or the start and 1 around it)",
    )


def described(arguments: argparse.Namespace, objective: Objective) -> dict[str, Any]:
    """The plane in words and numbers, as settings keep it.

    Raises:
        RefusedError: An option says nothing of this plane, or the file is not there.
    """
    kind = arguments.plane or ("coordinates" if objective.num_parameters == 2 else "random")
    if objective.num_parameters < 2:
        raise RefusedError(
            f"a plane needs two parameters, and this objective has {objective.num_parameters}."
        )
    if kind not in KINDS and not Path(kind).is_file():
        raise RefusedError(f"--plane must be one of {', '.join(KINDS)}, or a file that exists, got {kind!r}.")
    for option, kinds in BELONGS.items():
        if getattr(arguments, option) is not None and kind not in kinds:
            raise RefusedError(
                f"--{option.replace('_', '-')} says something of the plane {' or '.join(kinds)} only, "
                f"and the plane is {kind}."
            )
    defaults: dict[str, Any] = {"seed": 0, "normalize": "filter", "filter_axis": -1, "parameters": [0, 1]}
    named = kind if kind in KINDS else "file"
    options = {
        option: defaults.get(option) if getattr(arguments, option) is None else getattr(arguments, option)
        for option, kinds in BELONGS.items()
        if kind in kinds
    }
    last = objective.num_parameters - 1
    first, second = options.get("parameters") or (0, 1)
    if first == second or not (0 <= first <= last and 0 <= second <= last):
        raise RefusedError(
            f"--parameters must be two different numbers from 0 to {last}, got {first} and {second}."
        )
    return {"kind": named, **options}


def plane(described: dict[str, Any], file: str | None, objective: Objective) -> Plane:
    """The plane itself, through the objective's start.

    Raises:
        RefusedError: There is no such plane.
    """
    kind, start = described["kind"], objective.start
    with explained():
        if kind == "file":
            assert file is not None
            return _read(Path(file), objective)
        if kind == "random":
            return Plane.random(
                start,
                described["seed"],
                described["normalize"],
                ignore=described["ignore"],
                filter_axis=described["filter_axis"],
            )
        if kind == "hessian":
            return Plane.hessian(objective, start, seed=described["seed"])
        if kind == "gradient":
            return Plane.gradient(objective, start)
        return of_numbers(start, *described["parameters"])


def extent(arguments: argparse.Namespace, described: dict[str, Any], objective: Objective) -> Domain:
    """The window in the plane's coordinates.

    Raises:
        RefusedError: It is empty or not finite.
    """
    with explained():
        if arguments.extent is not None:
            left, right, bottom, top = arguments.extent
            return check_domain(((left, right), (bottom, top)), "extent")
    if described["kind"] != "coordinates":
        return ((-1.0, 1.0), (-1.0, 1.0))
    if objective.domain is not None and objective.num_parameters == 2:
        return objective.domain
    numbers = vector(host(objective.start))[described["parameters"]]
    (a, b) = (float(each) for each in numbers)
    return ((a - 1.0, a + 1.0), (b - 1.0, b + 1.0))


def _read(path: Path, objective: Objective) -> Plane:
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, AttributeError, TypeError):
        raise RefusedError(f"{path} is no NPZ file of arrays.") from None
    start = host(objective.start)
    found = plane_from(arrays, start)
    # In the types of the objective, whatever the file was written in.
    origin = jax.tree.map(lambda leaf, mine: leaf.astype(mine.dtype), found.origin, start)
    return Plane(origin, found.u, found.v)
