"""Sweeps: an optimizer run at many learning rates, from many starts, at once."""

from landscape.sweeps.basins import Basins, basins
from landscape.sweeps.borders import BorderDimension, border_cells, border_dimension
from landscape.sweeps.finder import Finder, find_learning_rate
from landscape.sweeps.race import Entry, Race, race
from landscape.sweeps.sweep import Sweep, sweep
from landscape.sweeps.trainability import ACTIVATIONS, AXES, Trainability, trainability

__all__ = [
    "ACTIVATIONS",
    "AXES",
    "Basins",
    "BorderDimension",
    "Entry",
    "Finder",
    "Race",
    "Sweep",
    "Trainability",
    "basins",
    "border_cells",
    "border_dimension",
    "find_learning_rate",
    "race",
    "sweep",
    "trainability",
]
