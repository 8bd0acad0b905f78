"""Planes and lines: slices of a parameter space, how directions are chosen, and paths seen from them."""

from landscape.planes.coordinates import Coordinate
from landscape.planes.directions import Normalization
from landscape.planes.line import Line
from landscape.planes.plane import Plane
from landscape.planes.projection import Projection, project
from landscape.planes.restriction import restrict

__all__ = ["Coordinate", "Line", "Normalization", "Plane", "Projection", "project", "restrict"]
