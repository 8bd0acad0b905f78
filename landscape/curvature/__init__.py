"""Curvature: the Hessian of a loss, whole or by its products with vectors, and what it says of a point."""

from landscape.curvature.critical import critical_points
from landscape.curvature.lanczos import Eigenpairs, eigenpairs
from landscape.curvature.points import Curvature, Kind, curvature
from landscape.curvature.products import hessian_product

__all__ = [
    "Curvature", "Eigenpairs", "Kind", "critical_points", "curvature", "eigenpairs", "hessian_product",
]  # fmt: skip
