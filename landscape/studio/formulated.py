"""A landscape from a formula that a reader has typed, and what is found of it: nothing of it is known."""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np

from landscape import Curvature, Objective, critical_points, evaluate, formula
from landscape.formulas import Finding, diagnose, name_latex
from landscape.objectives import Domain
from landscape.studio.shared import shared

NAME = "formula"
"""What the landscape is called in the link, among the functions, the datasets and the losses."""

Numbers = tuple[tuple[str, float], ...]

WINDOW: Domain = ((-2.0, 2.0), (-2.0, 2.0))
"""The window to begin with."""

TEXT = "(x^2 - 1)^2 + a*x + b*y^2"
"""The formula to begin with: two wells, of which one is gone where a is above 8/√27 = 1.54."""

NAMES = "x, y"
"""The names of the parameters to begin with."""

EDGES = ("left-formula", "right-formula", "bottom-formula", "top-formula")
"""The window in the link."""

GRID = 65
"""Points along each axis among which none may lie below what is taken for the minimum."""

EQUAL = 1e-9
"""Minima whose losses differ by less than this part of the window's range are equally low."""

STARTS = ((1, 6), (6, 7), (2, 1), (7, 2), (1, 4), (4, 7), (7, 4), (4, 1), (3, 5), (4, 4))
"""Where a start is looked for: eighths of the window from its left and lower side, no diagonals first."""


@dataclass(frozen=True)
class FormulaChoice:
    """The loss of two parameters that a formula says.

    Args:
        text: The formula, as `landscape.formula` reads it.
        parameters: The names of both parameters.
        constants: A number for each other name.
        domain: The window.
    """

    text: str = TEXT
    parameters: tuple[str, str] = ("x", "y")
    constants: Numbers = (("a", 1.0), ("b", 1.0))
    domain: Domain = WINDOW

    @property
    def program(self) -> tuple[str, tuple[str, str]]:
        """What is compiled; the constants and the window are only numbers."""
        return self.text, self.parameters


@dataclass(frozen=True, eq=False)
class Solved:
    """What is found of a formula in its window.

    Args:
        objective: The objective; its minimizers are the lowest minima that were found, and none where a
            point of the grid lies lower.
        points: The critical points, by ascending loss.
        findings: What `diagnose` says of it.
    """

    objective: Objective
    points: tuple[Curvature, ...]
    findings: tuple[Finding, ...]


@shared(maxsize=32)
def solved(choice: FormulaChoice) -> Solved:
    """The objective with its minimizers, which are found, not proven, and those in the window alone."""
    bare = formula(choice.text, choice.parameters, **dict(choice.constants)).replace(domain=choice.domain)
    points = tuple(critical_points(bare))
    values = evaluate(bare, resolution=GRID).values
    known: dict[str, Any] = {"start": jnp.array(_start(values, choice.domain))}
    finite = values[np.isfinite(values)]
    if finite.size:
        with np.errstate(over="ignore"):
            equal = EQUAL * min(float(np.ptp(finite)), np.finfo(float).max)
        low = [
            at for at in points if at.kind in ("minimum", "degenerate") and at.loss <= finite.min() + equal
        ]
        lowest = min((at.loss for at in low), default=0.0)
        low = [at for at in low if at.loss <= lowest + equal]
        if low:
            known |= {"minimum": lowest, "minimizers": np.array([at.point for at in low])}
    objective = bare.replace(**known)
    findings = diagnose(objective)
    # Where it is finite nowhere, it need not be said of the start.
    return Solved(objective, points, tuple(findings if finite.size else findings[:1]))


def _start(values: np.ndarray, domain: Domain) -> tuple[float, float]:
    """A place to start from where the loss is finite and not flat; wherever the constants stand, the same."""
    (left, right), (bottom, top) = domain
    step = (len(values) - 1) // 8
    places = [
        (left + column * (right - left) / 8, bottom + row * (top - bottom) / 8) for column, row in STARTS
    ]
    for place, (column, row) in zip(places, STARTS, strict=True):
        about = values[row * step - 1 : row * step + 2, column * step - 1 : column * step + 2]
        if np.isfinite(about).all() and np.ptp(about) > 0:
            return place
    return places[0]


def values(choice: FormulaChoice) -> list[str]:
    """LaTeX of the constants' values; nothing where there are none."""
    found = [rf"{name_latex(name)} = {value:.6g}" for name, value in choice.constants]
    return [r",\quad ".join(found)] if found else []


def link(choice: FormulaChoice) -> dict[str, str]:
    """What a link says of a formula."""
    limits = [limit for side in choice.domain for limit in side]
    return {
        "formula": choice.text,
        "names": ",".join(choice.parameters),
        **{f"const-{name}": f"{value!r}" for name, value in choice.constants},
        **{key: f"{limit!r}" for key, limit in zip(EDGES, limits, strict=True)},
    }
