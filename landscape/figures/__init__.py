"""Arrays in, Plotly figures as plain data out. Nothing here knows where its arrays come from."""

from landscape.figures.answers import confusion_matrix, read_images
from landscape.figures.axes import Figure, Trace
from landscape.figures.basins import BASIN_COLOURS, basin_hues, basins_map, usual_steps
from landscape.figures.borders import dimension_fit, trainability_map
from landscape.figures.classes import classification_curve, classification_fit
from landscape.figures.colours import (
    LOSS_STYLES,
    PATH_COLOURS,
    PATH_DASHES,
    PATH_STYLES,
    PathStyle,
    cycle_style,
    loss_style,
    path_style,
)
from landscape.figures.curves import loss_curve, loss_limits
from landscape.figures.depths import depth_curves, learning_curve
from landscape.figures.distributions import densities, measure_curves
from landscape.figures.entropies import entropy_bars, probability_bars, surprise_areas
from landscape.figures.epochs import EpochCurve, epoch_curves
from landscape.figures.fidelity import curvature_ranges, shares_along, slice_pane, true_and_shown
from landscape.figures.fields import gradient_arrows
from landscape.figures.fits import predicted_against_target, regression_fit
from landscape.figures.heights import Heights, Scale, height, measure, measure_with_paths
from landscape.figures.landscapes import contour, surface
from landscape.figures.layers import layer_curves
from landscape.figures.likelihoods import (
    density_picture,
    likelihood_curve,
    likelihood_map,
    mass_picture,
    surprise_curve,
)
from landscape.figures.loss_curves import LossCurve, loss_curves, reach
from landscape.figures.maps import optimum_mark, rate_lines, stability_line, steps_map
from landscape.figures.marks import KIND_SYMBOLS, critical_marks
from landscape.figures.masks import mask_overlap
from landscape.figures.minima import MinimumSlice, hessian_spectra, minima_slices, unknown_slice
from landscape.figures.outliers import fitted_lines, pull_bars, small_landscape
from landscape.figures.panes import small_surface
from landscape.figures.profiles import ProfileCurve, barriers_against, profile_curves
from landscape.figures.races import race_result, sweep_family
from landscape.figures.rates import finder_curve, schedule_curve, with_schedule
from landscape.figures.regularization import (
    landscape_pair,
    loss_level,
    minimizer_way,
    penalty_ball,
    penalty_outline,
    shared_heights,
)
from landscape.figures.residuals import residual_plot
from landscape.figures.sketches import sketch
from landscape.figures.spreads import several_fits, spread_fit
from landscape.figures.stability import sharpness_curve
from landscape.figures.strengths import coefficient_paths, condition_numbers, error_curves
from landscape.figures.sweeps import OUTCOME_COLOURS, sweep_curve
from landscape.figures.thumbnails import thumbnail
from landscape.figures.training import training_curve

__all__ = [
    "BASIN_COLOURS",
    "KIND_SYMBOLS",
    "LOSS_STYLES",
    "OUTCOME_COLOURS",
    "PATH_COLOURS",
    "PATH_DASHES",
    "PATH_STYLES",
    "EpochCurve",
    "Figure",
    "Heights",
    "LossCurve",
    "MinimumSlice",
    "PathStyle",
    "ProfileCurve",
    "Scale",
    "Trace",
    "barriers_against",
    "basin_hues",
    "basins_map",
    "classification_curve",
    "classification_fit",
    "coefficient_paths",
    "condition_numbers",
    "confusion_matrix",
    "contour",
    "critical_marks",
    "curvature_ranges",
    "cycle_style",
    "densities",
    "density_picture",
    "depth_curves",
    "dimension_fit",
    "entropy_bars",
    "epoch_curves",
    "error_curves",
    "finder_curve",
    "fitted_lines",
    "gradient_arrows",
    "height",
    "hessian_spectra",
    "landscape_pair",
    "layer_curves",
    "learning_curve",
    "likelihood_curve",
    "likelihood_map",
    "loss_curve",
    "loss_curves",
    "loss_level",
    "loss_limits",
    "loss_style",
    "mask_overlap",
    "mass_picture",
    "measure",
    "measure_curves",
    "measure_with_paths",
    "minima_slices",
    "minimizer_way",
    "optimum_mark",
    "path_style",
    "penalty_ball",
    "penalty_outline",
    "predicted_against_target",
    "probability_bars",
    "profile_curves",
    "pull_bars",
    "race_result",
    "rate_lines",
    "reach",
    "read_images",
    "regression_fit",
    "residual_plot",
    "schedule_curve",
    "several_fits",
    "shared_heights",
    "shares_along",
    "sharpness_curve",
    "sketch",
    "slice_pane",
    "small_landscape",
    "small_surface",
    "spread_fit",
    "stability_line",
    "steps_map",
    "surface",
    "surprise_areas",
    "surprise_curve",
    "sweep_curve",
    "sweep_family",
    "thumbnail",
    "trainability_map",
    "training_curve",
    "true_and_shown",
    "unknown_slice",
    "usual_steps",
    "with_schedule",
]
