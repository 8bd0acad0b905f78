"""Sweeps: an optimizer run at many learning rates, from many starts, at once."""

from landscape.sweeps.sweep import Sweep, sweep

__all__ = ["Sweep", "sweep"]
