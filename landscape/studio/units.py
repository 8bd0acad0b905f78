"""What the numbers that a page gives away mean, and in which unit they are.

A name may stand below others, as `adam/losses`, or with the number of a component behind it, as `theta_2`;
its last word decides. A meaning that a page has of its own stands under the page's name.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from landscape import LOSSES, OPTIMIZERS


class Meaning(NamedTuple):
    """What a name stands for, and its unit; "1" where it has none."""

    meaning: str
    unit: str


LOSS, PARAMETER, COUNT, SHARE = "unit of the loss", "unit of the parameter", "1", "1"
GRADIENT, CURVATURE = (
    "unit of the loss / unit of the parameter",
    "unit of the loss / (unit of the parameter)^2",
)
DATA, NAME = "unit of the data", "text"

_TABLE: tuple[tuple[str, dict[str, str]], ...] = (
    (PARAMETER, {
        "a": "coordinate along the plane's first direction",
        "b": "coordinate along the plane's second direction, or the bias",
        "coordinates": "iterates in the plane (first, second direction)",
        "distance": "distance of an iterate from the plane",
        "estimate": "maximum-likelihood estimate",
        "left_path": "iterates from the chosen start, left picture",
        "line": "weights and bias (w1, w2, b) that minimize the loss",
        "minimizers": "points where the loss is least",
        "norm_of_weights": "Euclidean norm of the weights",
        "off_the_plane": "distance of an iterate from the plane",
        "parameter": "parameter of the distribution",
        "params": "iterates, row 0 the start",
        "path": "iterates, row 0 the start",
        "penalized_path": "iterates on the penalized loss, row 0 the start",
        "present": "chosen parameter",
        "solutions": "coordinates of the three solutions in the plane",
        "t": "place on the line between the solutions, or along the direction",
        "ten_features": "coefficients of the ten standardized features, by strength",
        "theta": "component of the parameter",
        "update": "step taken from this iterate",
        "updates": "steps taken, one fewer than iterates",
        "w": "weight",
        "w1": "first weight",
        "w2": "second weight",
        "weight": "coefficient of a standardized feature",
        "x": "first parameter",
        "y": "second parameter",
    }),
    (LOSS, {
        "at_present": "likelihood, losses and slope at the chosen parameter",
        "barrier_held_out_loss": "height of the barrier of the held-out loss",
        "barrier_loss": "height of the barrier of the loss",
        "batch_loss": "loss of each mini-batch before its step",
        "best_loss": "least loss of a run",
        "checkpoint_loss": "loss at each checkpoint",
        "chain": "loss along the chain of layers",
        "final_loss": "loss after the last step",
        "final_losses": "loss after the last step",
        "held_out": "held-out loss after each of the first steps",
        "held_out_error": "squared error on the held-out rows",
        "held_out_loss": "loss on the held-out examples",
        "height": "height of the surface",
        "landscape": "loss over the plane",
        "last_losses": "loss after the last step, for each rate",
        "loss": "loss",
        "loss_of_all": "loss of all examples at the iterate",
        "losses": "loss at each iterate",
        "penalized_loss": "loss with the penalty",
        "smoothed": "loss, averaged over the steps before",
        "surface": "loss over the plane",
        "training_error": "squared error on the training rows",
        "training_loss": "loss on the training examples",
        "values": "loss over the slice",
    }),
    (GRADIENT, {
        "chain_gradient": "gradient as the product of the factors of the chain rule",
        "errors": "root mean square of the gradients of a layer's outputs",
        "gradient": "gradient",
        "gradient_b": "derivative by the bias",
        "gradient_by_depth": "norm of the gradient of each layer",
        "gradient_w": "derivative by the weight",
        "gradients": "gradient at each iterate, or of each layer",
        "loss_slope": "derivative of the loss by the network's output",
        "m": "mean of the gradients so far",
        "m_hat": "mean of the gradients, corrected for the start",
        "slope": "derivative of the loss",
        "velocity": "gradients added up, older ones with less weight",
    }),
    (CURVATURE, {
        "all": "least and largest eigenvalue of the whole Hessian",
        "damping": "damping of the matrix",
        "density": "spectral density of the Hessian, per unit of the eigenvalues",
        "eigenvalues": "eigenvalues of the Hessian",
        "gauss_newton": "Gauss-Newton matrix",
        "hessian": "Hessian",
        "largest": "largest curvature in the slice",
        "largest_eigenvalue": "largest eigenvalue of the Hessian",
        "limit": "2 / learning rate, the sharpness that gradient descent can stand",
        "nodes": "nodes of the Lanczos quadrature of the Hessian's spectrum",
        "plane": "least and largest curvature in the plane",
        "sharpness": "largest eigenvalue of the Hessian",
        "smallest": "least curvature in the slice",
        "smallest_eigenvalue": "least eigenvalue of the Hessian",
        "trace": "trace of the Hessian, estimated",
        "trace_error": "standard error of the trace",
    }),
    ("unit of the step / unit of the optimizer's direction", {
        "inner_rate": "learning rate of the inner layer",
        "learning_rate": "learning rate",
        "outer_rate": "learning rate of the outer layer",
        "rates": "learning rates that were tried",
    }),
    (DATA, {
        "data": "drawn data",
        "inputs": "inputs of the examples",
        "residual": "residual, prediction minus target",
    }),
    (NAME, {
        "class": "class",
        "loss_function": "loss",
        "network": "network",
        "optimizer": "optimizer",
        "outcome": "how a run ended",
        "outcomes": "how each run ended",
        "python": "the program that makes these numbers",
        "ranking": "optimizers by rank",
        "recipe": "the program that makes these numbers",
        "run": "run",
        "start": "initialization",
    }),
    (COUNT, {
        "active": "pairs or triples that push, by kind",
        "alarms": "false alarms",
        "batch": "examples of a mini-batch",
        "checkpoint_step": "step of each checkpoint",
        "depth": "number of layers",
        "diverged_at": "first step with a value that is not finite, or none",
        "epoch": "epochs so far",
        "epochs": "epochs",
        "epochs_together": "epochs trained together before the ways part",
        "evaluations": "gradient evaluations so far",
        "found": "rare cases that are found",
        "label": "minimizer that the start leads to, counted from 0; -1 for none",
        "labels": "class of each example, or the minimizer that each start leads to",
        "layer": "layer, counted from 1",
        "left_label": "minimizer that the start leads to, left picture",
        "left_steps": "steps until there, left picture",
        "missed": "rare cases that are missed",
        "num_minima": "local minima of the slice",
        "passed": "common cases that are let pass",
        "rank": "rank",
        "right_label": "minimizer that the start leads to, right picture",
        "right_steps": "steps until there, right picture",
        "seed": "seed",
        "step": "step",
        "steps": "steps",
        "steps_to_tolerance": "steps until the loss is within the tolerance of its minimum",
        "trials": "step lengths tried by the line search",
    }),
    (SHARE, {
        "step_length": "factor on the direction of the step",
        "accepted": "whether the step was taken (1) or not (0)",
        "accuracy": "share of the examples that are classified correctly",
        "condition_numbers": "condition number of the Hessian",
        "converged": "whether it converged (1) or not (0)",
        "dead": "share of units that are saturated with every example",
        "distinctions": "how different the outputs of different inputs are, by layer",
        "explained_variance": "share of the path's variance that lies in the plane, by direction",
        "f1": "harmonic mean of recall and precision",
        "final_over_first_loss": "last loss over first loss",
        "gain_ratio": "decrease of the loss over the decrease that the model promised",
        "gains": "what the weights alone multiply a spread by",
        "gradient_share": "share of the gradient's length that lies in the plane",
        "held_out_accuracy": "share of the held-out examples that are classified correctly",
        "intersection": "overlap of prediction and object",
        "iou": "intersection over union",
        "likelihood": "likelihood over its largest value",
        "margin": "margin, target times prediction",
        "momentum": "momentum",
        "negative_share": "share of the slice with negative curvature",
        "object": "the object's mask",
        "output": "the network's output, a probability",
        "output_slope": "derivative of the output by its last weighted sum",
        "overlap_dice": "Dice overlap",
        "precision": "share of the alarms that are right",
        "prediction": "predicted probability of each pixel",
        "probability": "predicted probability of the true class",
        "pull": "how hard an example pulls at the parameters",
        "ratio": "negative over positive curvature",
        "ratios": "negative over positive curvature",
        "recall": "share of the rare cases that are found",
        "recalls": "share of the rare cases that are found, by false alarms",
        "saturated": "share of units that are saturated",
        "shade": "shade of the picture",
        "spreads": "standard deviation of a layer's outputs",
        "threshold": "probability from which an alarm is given",
        "weights": "weights of the Lanczos quadrature",
        "y_minus_t": "prediction minus target",
    }),
    ("unit of the loss / unit of the penalty", {
        "penalty": "factor of the penalty",
        "strength": "factor of the penalty",
        "strengths": "factors of the penalty",
    }),
    ("nat", {
        "cross_entropy": "cross-entropy",
        "divergence": "Kullback-Leibler divergence",
        "entropy": "entropy",
        "js": "Jensen-Shannon divergence",
        "kl": "Kullback-Leibler divergence, target to model",
        "kl-reverse": "Kullback-Leibler divergence, model to target",
        "negative_log_likelihood": "negative log-likelihood, up to a constant",
        "term": "term of the cross-entropy",
    }),
    ("(unit of the parameter)^2", {
        "u": "mean of the squared updates so far",
    }),
    ("(unit of the gradient)^2", {
        "accumulator": "sum of the squared gradients",
        "v": "mean of the squared gradients so far",
        "v_hat": "mean of the squared gradients, corrected for the start",
        "v_max": "largest mean of the squared gradients so far",
    }),
)  # fmt: skip

MEANINGS: dict[str, Meaning] = {
    number.name: Meaning(number.title, SHARE)
    for optimizer in OPTIMIZERS.values()
    for number in optimizer.hyperparameters
} | {name: Meaning(meaning, unit) for unit, names in _TABLE for name, meaning in names.items()}
"""What each name means."""

OWN: dict[str, dict[str, Meaning]] = {
    "outliers": {
        "x": Meaning("input of each example", DATA),
        "y": Meaning("target of each example", DATA),
        "loss": Meaning("loss", NAME),
        "slope": Meaning("slope of the fitted line", PARAMETER),
        "intercept": Meaning("intercept of the fitted line", PARAMETER),
        "slopes": Meaning("slopes of the grid", PARAMETER),
        "intercepts": Meaning("intercepts of the grid", PARAMETER),
        "clean_slope": Meaning("slope without the outliers", PARAMETER),
        "clean_intercept": Meaning("intercept without the outliers", PARAMETER),
        "distance_from_truth": Meaning("greatest distance of the line from the true one", DATA),
    },
    "by-hand": {
        "t": Meaning("target distribution", SHARE),
        "y": Meaning("predicted distribution", SHARE),
        "z": Meaning("logit", SHARE),
        "gradient": Meaning("derivative of the cross-entropy by the logit", SHARE),
    },
    "distributions": {
        "m": Meaning("mean of the model's distribution", PARAMETER),
        "mean": Meaning("mean of the model's distribution", PARAMETER),
        "scale": Meaning("standard deviation of the model's distribution", PARAMETER),
        "wasserstein": Meaning("Wasserstein distance", PARAMETER),
        "slope": Meaning("derivative by the mean", "unit of the measure / unit of the parameter"),
    },
    "segmentation": {
        "radius": Meaning("radius of the predicted disc", "pixel"),
        "position": Meaning("position of the predicted disc's centre", "pixel"),
        "r": Meaning("radius of the predicted disc", "pixel"),
        "c": Meaning("position of the predicted disc's centre", "pixel"),
    },
    "embeddings": {
        "point": Meaning("coordinate of an embedded example", SHARE),
        "points": Meaning("embedded examples at each step", SHARE),
        "x": Meaning("first coordinate of the moved example", SHARE),
        "y": Meaning("second coordinate of the moved example", SHARE),
    },
    "sharpness": {
        "u": Meaning("coordinate along the plane's first direction", PARAMETER),
        "v": Meaning("coordinate along the plane's second direction", PARAMETER),
    },
    "imbalance": {"loss": Meaning("loss", NAME)},
    "table": {
        "parameters": Meaning("names of the parameters", NAME),
        "prediction": Meaning("what the model says of each example", DATA),
        "target": Meaning("target of each example", DATA),
    },
    "two-numbers": {"batch_size": Meaning("examples in a mini-batch", COUNT)},
    "origin": {
        "z1": Meaning("first logit", SHARE),
        "z2": Meaning("second logit", SHARE),
    },
    "one-rate": {"outcome": Meaning("how each run ended", NAME)},
}  # fmt: skip
"""What a name means on one topic, study or part alone."""

ANYWHERE = {name: meaning for names in OWN.values() for name, meaning in names.items()}
UNKNOWN = Meaning("not described", "unknown")

_COMPONENT = re.compile(r"(_\d+)+$")
_UNIT = re.compile(r"\(([^()]+)\)$")
_CURVATURE_NUMBER = re.compile(r"(?:^|/)seeds/\d+$")


def meaning_of(name: str, part: str = "", own: Mapping[str, str] | None = None) -> Meaning:
    """What a name means on a part of a page.

    Args:
        name: Of an array or a column.
        part: The topic, study or part.
        own: Units that the page itself says.

    Returns:
        The meaning; `UNKNOWN` for a name that nobody has described.

    Example:
        >>> meaning_of("adam/losses")
        Meaning(meaning='loss at each iterate', unit='unit of the loss')
        >>> meaning_of("t", "by-hand").unit, meaning_of("petal length (cm)").unit
        ('1', 'cm')
    """
    if own and name in own:
        return Meaning(name, own[name])
    if _CURVATURE_NUMBER.search(name):
        return Meaning("height over the slice with this seed", LOSS)
    word = name.rsplit("/", 1)[-1]
    if "/" in name and name.startswith("barriers/"):
        return Meaning("height of the barrier between each two solutions", LOSS)
    for each in (word, _COMPONENT.sub("", word), *_without_loss(word), *_without_path(word)):
        found = OWN.get(part, {}).get(each) or MEANINGS.get(each) or ANYWHERE.get(each)
        if found is not None:
            return found
    if word.startswith("weight_"):
        return MEANINGS["weight"]
    if unit := _UNIT.search(word):
        return Meaning(word, unit[1])
    return UNKNOWN


def _without_loss(word: str) -> list[str]:
    """What is left of `dice_iou` and `kl_slope` without the loss or the measure before it."""
    head, _separator, rest = word.partition("_")
    return [rest] if head in LOSSES or head in ("kl", "kl-reverse", "js", "wasserstein") else []


def _without_path(word: str) -> list[str]:
    return [word.removesuffix("_on_surface")] if word.endswith("_on_surface") else []


def described(names: Iterable[str], part: str = "", own: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The meanings and units of names, as plain data.

    Example:
        >>> described(["step"])
        {'step': {'meaning': 'step', 'unit': '1'}}
    """
    return {name: meaning_of(name, part, own)._asdict() for name in names}


def as_json(value: Any) -> str:
    """Plain data as JSON text that is the same for the same data."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
