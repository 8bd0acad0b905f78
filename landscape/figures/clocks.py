"""Clocks: a picture over learning rates, drawn over the steps that had them, so that a player can play it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from landscape.figures.axes import Figure, Trace
from landscape.figures.finals import check_rates
from landscape.figures.heights import number

# Fewer powers of ten than this on an axis, and it also says their halves and fifths.
FEW = 3


def over_steps(figure: Figure, rates: ArrayLike) -> Figure:
    """A picture over rates that grow by one factor from step to step, over the steps.

    It looks the same: on its axis stand the rates. But its abscissae are steps, the clock of the player.

    Args:
        figure: a figure whose horizontal axis is logarithmic, from `finder_curve`; it is left as it is.
        rates: the rate of each step (n,), above 0, each larger than the last by one factor; at least two.

    Returns:
        A new Plotly figure as plain data.

    Raises:
        ValueError: where the rates do not grow by one factor.

    Example:
        >>> from landscape.figures import finder_curve
        >>> words, rates = {"raw": "", "smoothed": "", "suggestion": ""}, [0.01, 0.1, 1]
        >>> figure = finder_curve(rates, [3, 1, 9], [3, 2, 4], 0.1, titles=("η", "loss"), words=words)
        >>> played = over_steps(figure, rates)
        >>> played["data"][0]["x"].tolist(), played["layout"]["xaxis"]["ticktext"]
        ([0.0, 1.0, 2.0], ['10<sup>−2</sup>', '10<sup>−1</sup>', '1'])
    """
    steps, _losses = check_rates(rates, rates)
    logs = np.log10(steps)
    factor = (logs[-1] - logs[0]) / (logs.size - 1)
    if not np.allclose(np.diff(logs), factor, rtol=1e-6):
        raise ValueError(f"`rates` must grow by one factor from step to step, got {steps}.")

    def place(exponents: Any) -> Any:
        return np.round((np.asarray(exponents, dtype=np.float64) - logs[0]) / factor, 9)

    shown = figure["layout"]
    across = {name: value for name, value in shown["xaxis"].items() if name not in ("type", "dtick", "minor")}
    first, last = shown["xaxis"]["range"]
    marked = _round_rates(first, last)
    across |= {
        "range": [float(place(first)), float(place(last))],
        "tickvals": place([math.log10(rate) for rate in marked]).tolist(),
        "ticktext": [_said(rate) for rate in marked],
    }
    shapes = [
        shape | {end: float(place(math.log10(shape[end]))) for end in ("x0", "x1")}
        for shape in shown.get("shapes", [])
    ]
    notes = [note | {"x": float(place(note["x"]))} for note in shown.get("annotations", [])]
    return {
        "data": [_moved(trace, place) for trace in figure["data"]],
        "layout": shown | {"xaxis": across, "shapes": shapes, "annotations": notes},
    }


def _moved(trace: Trace, place: Any) -> Trace:
    """A trace over the steps, which still says its rates under the pointer."""
    rates = np.asarray(trace["x"], dtype=np.float64)
    free = "customdata" if "text" in trace else "text"
    said = [f"{rate:.4g}" for rate in rates]
    template = trace["hovertemplate"].replace("%{x:.4g}", f"%{{{free}}}")
    return trace | {"x": place(np.log10(rates)), free: said, "hovertemplate": template}


def _round_rates(first: float, last: float) -> list[float]:
    """The powers of ten between two exponents, and where they are few, twice and five times them too."""
    decades = range(math.floor(first), math.ceil(last) + 1)
    tens = [10.0**decade for decade in decades if first <= decade <= last]
    if len(tens) >= FEW:
        return tens
    rates = [part * 10.0**decade for decade in decades for part in (1, 2, 5)]
    return [rate for rate in rates if first <= math.log10(rate) <= last]


def _said(rate: float) -> str:
    exponent = math.log10(rate)
    if exponent == round(exponent) and exponent != 0:
        return f"10<sup>{round(exponent)}</sup>".replace("-", "−")
    return number(rate)
