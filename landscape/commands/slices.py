"""slice: a loss on a grid of a plane, computed in parts that are kept, and written as an NPZ file."""

import argparse
import hashlib
import json
import math
import re
import sys
from functools import partial
from pathlib import Path
from typing import Any

import jax
import numpy as np

from landscape.commands import chosen, paraview
from landscape.commands.kept import Kept, archive
from landscape.commands.loading import check_loss, load
from landscape.commands.meter import Meter
from landscape.commands.refusals import FAILED, INTERRUPTED, RefusedError, explained
from landscape.objectives import Objective, Params
from landscape.parts import MEMORY_LIMIT, NUM_THREADS
from landscape.planes import Plane
from landscape.planes.files import leaves_of, named, plane_from
from landscape.planes.vectors import host
from landscape.surfaces.grids import axes
from landscape.surfaces.slices import losses_at, needs

PART_BYTES = 2**34
"""Bytes that a part of the work moves, by an estimate: some seconds of a processor."""

SMALLEST_PART, LARGEST_PART = 64, 2**14
"""Points in a part."""

SAME_LOSS = 1e-5
"""How far the loss at the start may have moved between two runs: what graphics processors round apart."""

DESCRIPTION = """
Compute a slice of a loss on every device, and write x, y and values (values[i, j] at x[j], y[i]), the
settings and the units to an NPZ file. It is computed in parts, which are kept beside the output:
interrupted, even killed, the same command goes on from there and writes the same file.
"""


def add(commands: Any) -> None:
    """Describe the command."""
    parser = commands.add_parser("slice", help="a loss on a grid of a plane", description=DESCRIPTION)
    parser.add_argument(
        "objective",
        help="module:name or file.py:name of a landscape.Objective, or of a function that makes one; "
        "the slice goes through its start",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.npz", help="the file to write")
    parser.add_argument("--vtk", type=Path, metavar="FILE.vtk", help="write the surface for ParaView, too")
    chosen.add(parser.add_argument_group("the plane"))
    grid = parser.add_argument_group("the grid")
    grid.add_argument(
        "--resolution",
        type=_points,
        default=(101, 101),
        metavar="N",
        help="points along u and v, such as 201 or 201x101 (101)",
    )
    grid.add_argument("--measure", metavar="NAME", help="one of the objective's measures instead of its loss")
    grid.add_argument("--directions", action="store_true", help="write origin, u and v, too")
    work = parser.add_argument_group("the work")
    work.add_argument(
        "--memory-limit",
        default=MEMORY_LIMIT,
        type=_bytes,
        metavar="SIZE",
        help="what it may take beside parameters and data, such as 2GB (256MB)",
    )
    work.add_argument("--devices", type=int, metavar="N", help="how many devices share it (all)")
    work.add_argument("--part-size", type=int, metavar="N", help="points in a part (some seconds of work)")
    work.add_argument("--restart", action="store_true", help="forget what an earlier run has left")
    work.add_argument("--quiet", action="store_true", help="say nothing but errors")
    # Python's own pattern for what is a number and no option has no exponent.
    parser._negative_number_matcher = re.compile(r"-(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$", re.IGNORECASE)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Do it; the exit code."""
    output: Path = arguments.out
    if output.suffix != ".npz":
        raise RefusedError(f"--out must be a file that ends with .npz, got {output}.")
    if not output.parent.is_dir():
        raise RefusedError(f"there is no folder {output.parent}.")
    if output.is_dir():
        raise RefusedError(f"--out must be a file, got the folder {output}.")
    if arguments.vtk is not None and not (arguments.vtk.suffix == ".vtk" and arguments.vtk.parent.is_dir()):
        raise RefusedError(
            f"--vtk must be a file that ends with .vtk, in a folder that exists, got {arguments.vtk}."
        )
    loss = load(arguments.objective)
    described = chosen.described(arguments, loss)
    extent = chosen.extent(arguments, described, loss)
    with explained():
        objective = loss if arguments.measure is None else loss.measuring(arguments.measure)
        x, y = axes(extent, arguments.resolution)
    if objective is not loss:
        check_loss(objective)
    devices = _devices(arguments.devices)
    if arguments.part_size is not None and arguments.part_size < 1:
        raise RefusedError(f"--part-size must be at least 1, got {arguments.part_size}.")
    settings = {
        "objective": arguments.objective,
        "name": loss.name,
        "height": arguments.measure or "loss",
        "num_parameters": loss.num_parameters,
        "parameters": _digest(leaves_of(host(loss.start))),
        "plane": described
        | ({"digest": _name(Path(arguments.plane).read_bytes())} if described["kind"] == "file" else {}),
        "extent": [list(each) for each in extent],
        "resolution": [x.size, y.size],
        "memory_limit": arguments.memory_limit,
        "devices": f"{len(devices)} x {devices[0].device_kind}",
        "threads": NUM_THREADS,
        "directions": arguments.directions,
        "reference": loss.reference,
        "versions": {"jax": jax.__version__, "numpy": np.__version__},
    }  # fmt: skip
    height = float(objective.loss(objective.start))
    if output.exists() and not arguments.restart:
        _there(output, settings, height, arguments.quiet)
        return _drawn(arguments.vtk, output, settings["height"])
    with Kept(output, arguments.restart) as kept:
        plane, size, height = _begin(kept, arguments, settings, height, loss, objective, x.size * y.size)
        points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        values = _compute(kept, objective, plane, points, size, arguments, devices)
        if values is None:
            return INTERRUPTED
        found = values.reshape(y.size, x.size)
        # As text where it is not finite: JSON has no such numbers.
        settings |= {"height_at_start": height if math.isfinite(height) else repr(height)}
        kept.finish(archive(_arrays(x, y, found, settings, plane)))
    if not arguments.quiet:
        sys.stdout.write(_summary(output, found))
    return _drawn(arguments.vtk, output, settings["height"])


def _drawn(path: Path | None, output: Path, height: str) -> int:
    """Write what is asked for beside the output, and made of it; the exit code."""
    if path is not None:
        with np.load(output, allow_pickle=False) as file:
            paraview.write(path, file["x"], file["y"], file["values"], height)
    return 0


def _begin(
    kept: Kept,
    arguments: argparse.Namespace,
    settings: dict[str, Any],
    height: float,
    loss: Objective,
    objective: Objective,
    count: int,
) -> tuple[Plane, int, float]:
    """The plane, the points in a part, the height at the start: of the run that goes on, or a new one."""
    header = kept.header()
    if header is None:
        plane = chosen.plane(settings["plane"], arguments.plane, loss)
        size = arguments.part_size or _part_size(objective, plane, count)
        kept.begin({"settings": settings, "part_size": size, "height": repr(height)}, named(plane))
        return plane, size, height
    before = header["settings"]
    if before != settings:
        raise RefusedError(
            f"{kept.folder} holds the parts of a run with other settings ({_differences(before, settings)}). "
            "Start it with those to go on, or give --restart to forget them.",
            FAILED,
        )
    known = float(header["height"])
    if not _same(known, height):
        raise RefusedError(
            f"{kept.folder} holds the parts of another loss: at the start it was {known:g}, and it is "
            f"{height:g} now. Give --restart to forget them.",
            FAILED,
        )
    return plane_from(kept.plane(), host(loss.start)), int(header["part_size"]), known


def _compute(
    kept: Kept,
    objective: Objective,
    plane: Plane,
    points: np.ndarray,
    size: int,
    arguments: argparse.Namespace,
    devices: list[Any],
) -> np.ndarray | None:
    """All values, part by part; None where Ctrl-C has ended it."""
    # Parts of one size, the last one filled up: no second program is compiled, and where they begin
    # depends on nothing but their number.
    count = len(points)
    number = math.ceil(count / size)
    parts = kept.parts()
    meter = Meter(count, min(len(parts) * size, count), arguments.quiet)
    try:
        for index in range(len(parts), number):
            rows = np.minimum(np.arange(index * size, (index + 1) * size), count - 1)
            with explained():
                found = losses_at(
                    objective,
                    plane,
                    points[rows],
                    memory_limit=arguments.memory_limit,
                    progress=partial(_tell, meter, index * size, size),
                    devices=None if arguments.devices is None else devices,
                )
            kept.add(index, found)
            parts.append(found)
    except KeyboardInterrupt:
        meter.clear()
        sys.stderr.write(
            f"Interrupted: {len(parts)} of {number} parts are kept in {kept.folder}. Start the same command "
            "again to go on.\n"
        )
        return None
    meter.clear()
    return np.concatenate(parts)[:count]


def _tell(meter: Meter, before: int, size: int, share: float) -> None:
    meter(min(before + share * size, meter.count))


def _part_size(objective: Objective, plane: Plane, count: int) -> int:
    """Points in a part: some seconds of work, by what a point moves; a power of two."""
    wanted = min(PART_BYTES // needs(objective, plane).moved, LARGEST_PART, count)
    return 1 << max(SMALLEST_PART, wanted).bit_length() - 1


def _arrays(
    x: np.ndarray, y: np.ndarray, values: np.ndarray, settings: dict[str, Any], plane: Plane
) -> dict[str, Any]:
    kind = settings["plane"]["kind"]
    where = "the parameter itself" if kind == "coordinates" else "multiples of the direction {}"
    units = {
        "x": where.format("u"),
        "y": where.format("v"),
        "values": f"{settings['height']}; values[i, j] at x[j], y[i]",
    }
    found = {"x": x, "y": y, "values": values, "settings": json.dumps(settings), "units": json.dumps(units)}
    return found | (named(plane) if settings["directions"] else {})


def _same(known: float, height: float) -> bool:
    """Whether the loss at the start is what it was."""
    return math.isclose(known, height, rel_tol=SAME_LOSS) or (math.isnan(known) and math.isnan(height))


def _there(output: Path, settings: dict[str, Any], height: float, quiet: bool) -> None:
    """What is done where the output exists: nothing, if it is the one that is asked for."""
    try:
        with np.load(output, allow_pickle=False) as file:
            before = json.loads(str(file["settings"]))
            known = float(before.pop("height_at_start"))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is not ours to overwrite
        raise RefusedError(
            f"{output} exists and is no slice ({type(error).__name__}). Give --restart to replace it.", FAILED
        ) from None
    if before != settings:
        raise RefusedError(
            f"{output} exists, made with other settings ({_differences(before, settings)}). Give another "
            "--out, or --restart to replace it.",
            FAILED,
        )
    if not _same(known, height):
        raise RefusedError(
            f"{output} exists, made of another loss: at the start it was {known:g}, and it is {height:g} "
            "now. Give another --out, or --restart to replace it.",
            FAILED,
        )
    if not quiet:
        sys.stdout.write(f"{output} is there, made with these settings. Give --restart to make it anew.\n")


def _differences(before: dict[str, Any], now: dict[str, Any]) -> str:
    before, now = _flat(before), _flat(now)
    names = [name for name in before | now if before.get(name) != now.get(name)]
    return "; ".join(f"{name} was {_short(before.get(name))}, is {_short(now.get(name))}" for name in names)


def _flat(settings: dict[str, Any]) -> dict[str, Any]:
    """Those of the plane beside the others, so that what differs is seen."""
    inner = {f"{name} of the plane": value for name, value in settings.get("plane", {}).items()}
    return {name: value for name, value in settings.items() if name != "plane"} | inner


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 80 else text[:79] + "…"


def _summary(output: Path, values: np.ndarray) -> str:
    finite = values[np.isfinite(values)]
    heights = f"{finite.min():.6g} to {finite.max():.6g}" if finite.size else "no finite value"
    bad = values.size - finite.size
    said = f"{output}: {values.shape[1]} x {values.shape[0]} points, {heights}"
    return said + (f", {bad} not finite.\n" if bad else ".\n")


def _devices(wanted: int | None) -> list[Any]:
    there = jax.devices()
    if wanted is not None and not 1 <= wanted <= len(there):
        raise RefusedError(f"--devices must be from 1 to {len(there)}, as many as JAX sees, got {wanted}.")
    return list(there[:wanted])


def _digest(leaves: dict[str, Params]) -> str:
    """What names the parameters: their ways, their types, their shapes and their numbers."""
    arrays = {way: np.ascontiguousarray(leaf) for way, leaf in leaves.items()}
    return _name(
        b"".join(
            f"{way} {array.dtype} {array.shape}\n".encode() + array.tobytes() for way, array in arrays.items()
        )
    )


def _name(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _bytes(text: str) -> int:
    """A size such as 2GB, 256MB or a number of bytes."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?\s*", text.lower())
    size = 0 if match is None else int(float(match[1]) * 2 ** (10 * " kmgt".index(match[2] or " ")))
    if size < 1:
        raise argparse.ArgumentTypeError(f"must be a size such as 2GB or 256MB, got {text!r}")
    return size


def _points(text: str) -> tuple[int, int]:
    """Points along both axes: 201, or 201x101."""
    match = re.fullmatch(r"(\d{1,9})(?:x(\d{1,9}))?", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"must be a number such as 201, or 201x101, got {text!r}")
    return int(match[1]), int(match[2] or match[1])
