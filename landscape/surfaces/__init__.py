"""Surfaces and profiles: a loss on a grid of a plane or of a two-parameter domain, and along a line."""

from landscape.surfaces.grids import MAX_RESOLUTION, gradient_field
from landscape.surfaces.profiles import Profile, profile
from landscape.surfaces.surface import Surface, evaluate

__all__ = ["MAX_RESOLUTION", "Profile", "Surface", "evaluate", "gradient_field", "profile"]
