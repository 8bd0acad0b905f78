"""Sweeps: an optimizer run at many learning rates, from many starts, at once."""

from landscape.sweeps.basins import Basins, basins
from landscape.sweeps.sweep import Sweep, sweep

__all__ = ["Basins", "Sweep", "basins", "sweep"]
