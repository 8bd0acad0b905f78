"""Sweeps: an optimizer run at many learning rates, from many starts, at once."""
