"""The two losses of the page Ridge, over the same two weights and from the same data."""

from dataclasses import dataclass

import numpy as np

from landscape import (
    DATASETS,
    LOSSES,
    MODELS,
    Dataset,
    Objective,
    Path,
    Plane,
    Surface,
    elastic_net,
    empirical_risk,
    restrict,
    ridge,
)
from landscape.datasets import collinear
from landscape.optimizers import OPTIMIZERS
from landscape.paths import descend
from landscape.risk import on_two_parameters
from landscape.studio.cached import CAPACITY, MAX_STEPS, Point
from landscape.studio.shared import shared
from landscape.surfaces import evaluate

RATIOS = {"l2": 0.0, "l1": 1.0}
"""The share of absolute values in a penalty; the elastic net has one of its own."""

STRENGTHS = np.concatenate([[0.0], np.logspace(-2, 5, 85)])
"""The strengths λ at which curves are drawn."""

ENDS = (0.01, 1e5)
"""Where the slider of λ begins, after 0, and where it ends."""

ARRIVED = 1e-3
"""Gradient descent has arrived when this share of its first distance from the minimizer is left."""

RESOLUTION = 129

REACH = 1.7
"""How far the window reaches, in parts of the larger least-squares weight."""

START = (-0.85, 0.4)
"""Where gradient descent starts, in parts of the window: on the slope, far from the valley's lowest point."""


@dataclass(frozen=True)
class Data:
    """Two features and a target: the diabetes patients' s1 and s2, or the seeded set of a correlation."""

    name: str
    correlation: float = 0.0


@dataclass(frozen=True)
class Penalized:
    """Data with a penalty λ(ρ‖w‖₁ + (1 − ρ)‖w‖₂²)."""

    data: Data
    strength: float
    l1_ratio: float


@shared(maxsize=32)
def table(data: Data) -> Dataset:
    """The centred data; a linear model of them needs no bias."""
    if data.name == "diabetes":
        return DATASETS["diabetes"].select("s1", "s2").standardize().center()
    return collinear(correlation=data.correlation).center()


@shared(maxsize=32)
def slice_of(data: Data) -> Objective:
    """The unpenalized loss: its window and its start stand still while the penalty changes.

    The window is a square around the origin, so that circles are round, and holds the whole way from
    least squares to zero.
    """
    whole = on_two_parameters(
        MODELS["linear"], table(data), LOSSES["mse"], ("weights", 0), ("weights", 1), reduction="sum"
    )
    reach = float(np.abs(np.asarray(minimizer(Penalized(data, 0.0, 0.0)))).max())
    step = 0.5 * 10.0 ** np.floor(np.log10(REACH * reach))
    side = float(step * np.ceil(REACH * reach / step))
    return whole.replace(domain=((-side, side), (-side, side)), start=side * np.array(START))


def objective(choice: Penalized) -> Objective:
    """The sum of squared errors with its penalty; one program serves every strength, none included."""
    risk = empirical_risk(
        MODELS["linear"],
        table(choice.data),
        LOSSES["mse"],
        elastic_net(choice.strength, choice.l1_ratio),
        "sum",
    )
    plain = slice_of(choice.data)
    plane = Plane.coordinates(risk.start, ("weights", 0), ("weights", 1))
    return restrict(risk.replace(residuals=None), plane, domain=plain.domain, start=plain.start)


@shared(maxsize=128)
def surface(choice: Penalized) -> Surface:
    """The loss on a grid of the two weights."""
    return evaluate(objective(choice), resolution=RESOLUTION)


@shared(maxsize=128)
def path(choice: Penalized, learning_rate: float, start: Point) -> Path:
    """Gradient descent, as many steps as a page may ask for."""
    return descend(
        objective(choice),
        OPTIMIZERS["gd"].build(learning_rate=learning_rate),
        start,
        MAX_STEPS,
        capacity=CAPACITY,
    )


@shared(maxsize=128)
def minimizer(choice: Penalized) -> Point:
    """The exact minimizer: in closed form, or by a search for the signs of the weights."""
    data = table(choice.data)
    weights = ridge.elastic_net_path(data.inputs, data.targets, [choice.strength], choice.l1_ratio)[0]
    return float(weights[0]), float(weights[1])


@shared(maxsize=64)
def way(data: Data, l1_ratio: float) -> np.ndarray:
    """The minimizers at `STRENGTHS`, (L, 2)."""
    rows = table(data)
    return ridge.elastic_net_path(rows.inputs, rows.targets, STRENGTHS, l1_ratio)


@shared(maxsize=32)
def conditions(data: Data, l1_ratio: float) -> np.ndarray:
    """The condition number of 2(XᵀX + λ(1 − ρ)I) at `STRENGTHS`; an absolute value adds no curvature."""
    return ridge.condition_numbers(table(data).inputs, STRENGTHS * (1 - l1_ratio))


@shared(maxsize=32)
def ten_features(seed: int, l1_ratio: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All ten diabetes features: coefficients (L, 10), training and held-out error (L,) at `STRENGTHS`."""
    training, held_out = DATASETS["diabetes"].split(0.3, seed)
    # The held-out patients are measured by the training patients' scale: nothing is known of them before.
    training, held_out = training.standardize(), held_out.standardize(by=training)
    centred = training.center()
    coefficients = ridge.elastic_net_path(centred.inputs, centred.targets, STRENGTHS, l1_ratio)
    return coefficients, *ridge.held_out_errors(training, held_out, STRENGTHS, l1_ratio)


def largest_curvature(choice: Penalized) -> float:
    """The largest eigenvalue of 2XᵀX + 2λ(1 − ρ)I, by which gradient descent is stable or not."""
    eigenvalues = np.linalg.eigvalsh(table(choice.data).inputs.T @ table(choice.data).inputs)
    return float(2 * eigenvalues[-1] + 2 * choice.strength * (1 - choice.l1_ratio))


def condition(choice: Penalized) -> float:
    """The condition number of 2XᵀX + 2λ(1 − ρ)I; an absolute value adds no curvature."""
    added = choice.strength * (1 - choice.l1_ratio)
    return float(ridge.condition_numbers(table(choice.data).inputs, np.array([added]))[0])


def steps_needed(choice: Penalized, walked: Path, learning_rate: float) -> int | None:
    """The step from which on at most `ARRIVED` of the first distance is left; None if there is none.

    Without an L1 part the loss is a quadratic, on which the number is known without walking.
    """
    goal, start = np.asarray(minimizer(choice)), np.asarray(walked.params)[0]
    if choice.l1_ratio == 0:
        inputs = table(choice.data).inputs
        hessian = 2 * (inputs.T @ inputs + choice.strength * np.eye(2))
        return ridge.steps_needed(hessian, learning_rate, start - goal, ARRIVED)
    with np.errstate(all="ignore"):
        gaps = np.linalg.norm(np.asarray(walked.params) - goal, axis=1)
    away = np.flatnonzero(~(gaps <= ARRIVED * gaps[0]))
    settled = int(away[-1]) + 1 if away.size else 0
    return settled if settled < len(gaps) else None
