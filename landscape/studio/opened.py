"""Opened: a slice that the command has written, read from a file that a stranger may have made."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from landscape.studio.links import quoted
from landscape.studio.texts import _
from landscape.studio.weights import UNREADABLE, UnusableFileError
from landscape.surfaces import MAX_RESOLUTION, Surface

MAX_MEGABYTES = 40
"""Of a file: the finest grid has 34 MB."""

MAX_TEXT = 100_000
"""Letters of the settings."""


@dataclass(frozen=True, eq=False)
class Opened:
    """A slice from a file: its name, its surface, and what its settings say."""

    name: str
    surface: Surface
    settings: Mapping[str, Any]


def read(data: bytes, name: str) -> Opened:
    """Read a slice.

    Args:
        data: The bytes of an NPZ file.
        name: Of the file.

    Raises:
        UnusableFileError: It is too large, no NPZ file, or no slice.
    """
    if len(data) > MAX_MEGABYTES * 2**20:
        raise UnusableFileError(_("The file is larger than {limit} MB.").format(limit=MAX_MEGABYTES))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            # What a small file unpacks to is looked at before anything is unpacked.
            sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
        missing = [part for part in ("x", "y", "values", "settings") if f"{part}.npy" not in sizes]
        if missing:
            raise UnusableFileError(
                _("The file is no slice of `python -m landscape slice`: it has no `{part}`.").format(
                    part=missing[0]
                )
            )
        wanted = sum(sizes[f"{part}.npy"] for part in ("x", "y", "values", "settings"))
        if wanted > MAX_MEGABYTES * 2**20:
            raise UnusableFileError(_("The file is larger than {limit} MB.").format(limit=MAX_MEGABYTES))
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            # What has no head of NumPy's comes as bytes, and is an array without numbers here.
            x, y, values, settings = (np.asarray(file[part]) for part in ("x", "y", "values", "settings"))
    except UnusableFileError:
        raise
    except UNREADABLE as error:
        raise UnusableFileError(
            _("The file is no NPZ file that NumPy has written, or it is damaged.")
        ) from error
    return Opened(name, _surface(x, y, values), _settings(settings))


def _surface(x: np.ndarray, y: np.ndarray, values: np.ndarray) -> Surface:
    for axis, name in ((x, "x"), (y, "y")):
        if (
            axis.ndim != 1
            or not 2 <= axis.size <= MAX_RESOLUTION
            or axis.dtype.kind != "f"
            or not np.isfinite(axis).all()
            or not (np.diff(axis) > 0).all()
        ):
            raise UnusableFileError(
                _("`{part}` must be numbers that increase, from 2 to {limit} of them.").format(
                    part=name, limit=f"{MAX_RESOLUTION:,}"
                )
            )
    if values.shape != (y.size, x.size) or values.dtype.kind != "f":
        raise UnusableFileError(_("`values` must be as many numbers as `y` times `x`."))
    heights = values.astype(float)
    return Surface(x.astype(float), y.astype(float), heights, int(np.count_nonzero(~np.isfinite(heights))))


def _settings(text: np.ndarray) -> dict[str, Any]:
    found: Any = None
    if text.ndim == 0 and text.dtype.kind == "U" and text.dtype.itemsize <= 4 * MAX_TEXT:
        try:
            found = json.loads(str(text))
        except (ValueError, RecursionError):
            found = None
    if not isinstance(found, dict):
        raise UnusableFileError(_("The settings of the file cannot be read."))
    return found


def said(opened: Opened) -> list[str]:
    """The settings in words; each a text that can do no harm in a message."""
    settings, plane = opened.settings, opened.settings.get("plane")
    found = [_("objective {name}").format(name=quoted(str(settings.get("objective", "?"))))]
    if isinstance(settings.get("num_parameters"), int):
        found.append(_("{count} parameters").format(count=f"{settings['num_parameters']:,}"))
    if isinstance(plane, dict):
        options = [f"{key} {value}" for key, value in plane.items() if key != "kind" and value is not None]
        found.append(
            _("plane {kind}").format(kind=quoted(", ".join([str(plane.get("kind", "?")), *options])))
        )
    count = opened.surface.num_nonfinite
    found.append(f"{opened.surface.x.size} × {opened.surface.y.size}")
    if count:
        found.append(_("{count} values are not finite").format(count=f"{count:,}"))
    return found


def height(opened: Opened) -> str:
    """What its values are."""
    found = str(opened.settings.get("height", "loss"))
    return _("loss") if found == "loss" else quoted(found)
