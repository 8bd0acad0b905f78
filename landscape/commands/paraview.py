"""ParaView: a slice as a surface in space, beside the file of its numbers."""

from pathlib import Path

import numpy as np

from landscape.commands.refusals import FAILED, RefusedError
from landscape.surfaces import vtk

RELIEF = 0.6
"""How high the surface stands, in parts of its width: ParaView stretches no axis."""


def write(path: Path, x: np.ndarray, y: np.ndarray, values: np.ndarray, height: str) -> None:
    """Write a slice as a VTK file, whole or not at all; the numbers themselves stand at its points.

    Raises:
        RefusedError: The file cannot be written.
    """
    finite = values[np.isfinite(values)]
    low, span = (float(finite.min()), float(np.ptp(finite))) if finite.size else (0.0, 0.0)
    factor = RELIEF * float(np.ptp(x)) / (span or 1.0)
    title = f"{height}; z = ({height} - {low:.6g}) x {factor:.6g}"
    content = vtk.surface(x, y, (values - low) * factor, {"_".join(height.split()): values}, title)
    new = path.with_name(f"{path.name}.new")
    try:
        new.write_bytes(content)
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise RefusedError(f"cannot write to {path}: {error.strerror}.", FAILED) from None
