"""Curvature: the Hessian of a loss, whole or by its products with vectors, and what it says of a point."""

from landscape.curvature.critical import critical_points
from landscape.curvature.lanczos import Eigenpairs, eigenpairs
from landscape.curvature.points import Curvature, Kind, curvature
from landscape.curvature.products import hessian_product
from landscape.curvature.sharpness import sharpness
from landscape.curvature.spectra import Estimate, SpectralDensity, spectral_density, trace

__all__ = [
    "Curvature", "Eigenpairs", "Estimate", "Kind", "SpectralDensity", "critical_points", "curvature",
    "eigenpairs", "hessian_product", "sharpness", "spectral_density", "trace",
]  # fmt: skip
