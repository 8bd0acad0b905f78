"""The two losses of the page Ridge, over the same two weights and from the same data."""

from dataclasses import dataclass
from functools import lru_cache

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


@lru_cache(maxsize=32)
def table(data: Data) -> Dataset:
    """The centred data; a linear model of them needs no bias."""
    if data.name == "diabetes":
        return DATASETS["diabetes"].select("s1", "s2").standardize().center()
    return collinear(correlation=data.correlation).center()


@lru_cache(maxsize=32)
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


@lru_cache(maxsize=128)
def surface(choice: Penalized) -> Surface:
    """The loss on a grid of the two weights."""
    return evaluate(objective(choice), resolution=RESOLUTION)


@lru_cache(maxsize=128)
def path(choice: Penalized, learning_rate: float, start: Point) -> Path:
    """Gradient descent, as many steps as a page may ask for."""
    return descend(
        objective(choice),
        OPTIMIZERS["gd"].build(learning_rate=learning_rate),
        start,
        MAX_STEPS,
        capacity=CAPACITY,
    )


@lru_cache(maxsize=128)
def minimizer(choice: Penalized) -> Point:
    """The minimizer in closed form where there is one, else by coordinate descent."""
    data = table(choice.data)
    if choice.l1_ratio == 0:
        weights = ridge.ridge_solution(data.inputs, data.targets, choice.strength)
    else:
        weights = ridge.elastic_net_path(
            data.inputs, data.targets, np.array([choice.strength]), choice.l1_ratio
        )[0]
    return float(weights[0]), float(weights[1])


@lru_cache(maxsize=64)
def way(data: Data, l1_ratio: float) -> np.ndarray:
    """The minimizers at `STRENGTHS`, (L, 2)."""
    rows = table(data)
    if l1_ratio == 0:
        return ridge.ridge_path(rows.inputs, rows.targets, STRENGTHS)
    return ridge.elastic_net_path(rows.inputs, rows.targets, STRENGTHS, l1_ratio)


@lru_cache(maxsize=32)
def conditions(data: Data) -> np.ndarray:
    """The condition number of 2(XᵀX + λI) at `STRENGTHS`."""
    return ridge.condition_numbers(table(data).inputs, STRENGTHS)


@lru_cache(maxsize=32)
def ten_features(seed: int, l1_ratio: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All ten diabetes features: coefficients (L, 10), training and held-out error (L,) at `STRENGTHS`."""
    training, held_out = DATASETS["diabetes"].standardize().split(0.3, seed)
    centred = training.center()
    coefficients = (
        ridge.ridge_path(centred.inputs, centred.targets, STRENGTHS)
        if l1_ratio == 0
        else ridge.elastic_net_path(centred.inputs, centred.targets, STRENGTHS, l1_ratio)
    )
    return coefficients, *ridge.held_out_errors(training, held_out, STRENGTHS, l1_ratio)


def largest_curvature(choice: Penalized) -> float:
    """The largest eigenvalue of 2XᵀX + 2λ(1 − ρ)I, by which gradient descent is stable or not."""
    eigenvalues = np.linalg.eigvalsh(table(choice.data).inputs.T @ table(choice.data).inputs)
    return float(2 * eigenvalues[-1] + 2 * choice.strength * (1 - choice.l1_ratio))


def condition(choice: Penalized) -> float:
    """The condition number of 2XᵀX + 2λ(1 − ρ)I; an absolute value adds no curvature."""
    added = choice.strength * (1 - choice.l1_ratio)
    return float(ridge.condition_numbers(table(choice.data).inputs, np.array([added]))[0])


def steps_needed(walked: Path, goal: Point) -> int | None:
    """The first step at which `ARRIVED` of the first distance is left; None if there is none."""
    with np.errstate(all="ignore"):
        gaps = np.linalg.norm(np.asarray(walked.params) - np.asarray(goal), axis=1)
    reached = np.flatnonzero(gaps <= ARRIVED * gaps[0])
    return int(reached[0]) if reached.size else None
