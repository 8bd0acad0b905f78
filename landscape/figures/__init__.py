"""Arrays in, Plotly figures as plain data out. Nothing here knows where its arrays come from."""

from landscape.figures.axes import Figure, Trace
from landscape.figures.classes import classification_curve, classification_fit
from landscape.figures.colours import (
    PATH_COLOURS,
    PATH_DASHES,
    PATH_STYLES,
    PathStyle,
    cycle_style,
    path_style,
)
from landscape.figures.curves import loss_curve, loss_limits
from landscape.figures.fields import gradient_arrows
from landscape.figures.fits import predicted_against_target, regression_fit
from landscape.figures.heights import Heights, Scale, height, measure
from landscape.figures.landscapes import contour, surface
from landscape.figures.marks import KIND_SYMBOLS, critical_marks

__all__ = [
    "KIND_SYMBOLS",
    "PATH_COLOURS",
    "PATH_DASHES",
    "PATH_STYLES",
    "Figure",
    "Heights",
    "PathStyle",
    "Scale",
    "Trace",
    "classification_curve",
    "classification_fit",
    "contour",
    "critical_marks",
    "cycle_style",
    "gradient_arrows",
    "height",
    "loss_curve",
    "loss_limits",
    "measure",
    "path_style",
    "predicted_against_target",
    "regression_fit",
    "surface",
]
