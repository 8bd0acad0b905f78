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
from landscape.figures.regularization import (
    landscape_pair,
    loss_level,
    minimizer_way,
    penalty_ball,
    penalty_outline,
    shared_heights,
)
from landscape.figures.sketches import sketch
from landscape.figures.strengths import coefficient_paths, condition_numbers, error_curves

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
    "coefficient_paths",
    "condition_numbers",
    "contour",
    "critical_marks",
    "cycle_style",
    "error_curves",
    "gradient_arrows",
    "height",
    "landscape_pair",
    "loss_curve",
    "loss_level",
    "loss_limits",
    "measure",
    "minimizer_way",
    "path_style",
    "penalty_ball",
    "penalty_outline",
    "predicted_against_target",
    "regression_fit",
    "shared_heights",
    "sketch",
    "surface",
]
