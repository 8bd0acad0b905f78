"""Sweeps: an optimizer run at many learning rates, from many starts, at once."""

from landscape.sweeps.basins import Basins, basins
from landscape.sweeps.borders import BorderDimension, border_cells, border_dimension
from landscape.sweeps.sweep import Sweep, sweep
from landscape.sweeps.trainability import ACTIVATIONS, AXES, Trainability, trainability

__all__ = [
    "ACTIVATIONS",
    "AXES",
    "Basins",
    "BorderDimension",
    "Sweep",
    "Trainability",
    "basins",
    "border_cells",
    "border_dimension",
    "sweep",
    "trainability",
]
