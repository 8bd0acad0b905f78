"""What stands in words and numbers below a picture."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from landscape import LOSSES, OPTIMIZERS, Curvature, Objective, Path
from landscape import curvature as find_curvature
from landscape.figures.heights import number
from landscape.studio import landscapes, regularized
from landscape.studio.choosing import Racer
from landscape.studio.formulated import NAME, FormulaChoice, solved
from landscape.studio.landscapes import Choice, LossChoice
from landscape.studio.pictures import kinds
from landscape.studio.regularized import Penalized
from landscape.studio.texts import _, ngettext
from landscape.studio.tracks import table as columns_of
from landscape.tasks import task_of

TABLE_HEIGHT = 320

NEAR = 1e-3
"""An end this near to a point, in parts of the window (of a Newton step: of 1 + ‖θ‖), is at it."""

NOISE = 1e-10
"""A coordinate this small beside the others is what rounding leaves of zero."""

STILL = 1e-6
"""A last step this short, in parts of the window, is none."""


def heading(choice: Choice) -> str:
    """Name and formulas of a landscape, as Markdown."""
    lines = [f"**{_(landscapes.title(landscapes.name_of(choice)))}**"]
    if isinstance(choice, LossChoice):
        lines.append(_(task_of(LOSSES[choice.loss]).statement))
    if isinstance(choice, FormulaChoice):
        lines.append(minima(choice))
    return "  \n".join([*lines, *(f"${each}$" for each in landscapes.formulas(choice))])


def minima(choice: FormulaChoice) -> str:
    """What is known of a formula's minima, and how; no two stars of a picture are more than that."""
    found = solved(choice)
    count = len(landscapes.minimizers(found.objective))
    if count and found.objective.minimum is not None:
        said = ngettext(
            "Lowest minimum found in this window: {loss}.",
            "Lowest minima found in this window: {count}, at {loss}.",
            count,
        ).format(count=count, loss=number(_tidy(found.objective.minimum)))
        return said + " " + _("Found by Newton’s method from a grid of starts, not proven.")
    if any(at.kind == "minimum" for at in found.points):
        return _("The minima found in this window are not its lowest places: those lie at its edge.")
    return _(
        "No minimum was found in this window: Newton’s method from a grid of starts came to rest at none."
    )


def _tidy(loss: float) -> float:
    """A loss without what rounding leaves of zero."""
    return 0.0 if abs(loss) < NOISE else loss


def results(choice: Choice, racers: Sequence[Racer], paths: Sequence[Path]) -> str:
    """How each path ended, as a Markdown table."""
    objective = landscapes.objective(choice)
    head = [_("Optimizer"), _("Steps"), _("Gradient evaluations"), _("Last loss")]
    if len(landscapes.minimizers(objective)):
        found = isinstance(choice, FormulaChoice)
        head.append(
            _("Distance to the nearest minimum found")
            if found
            else _("Distance to the nearest global minimum")
        )
    head.append(_("Ended"))
    lines = ["| " + " | ".join(head) + " |", "|---|" + "--:|" * (len(head) - 2) + "---|"]
    for racer, path in zip(racers, paths, strict=True):
        row = [
            _(OPTIMIZERS[racer.optimizer].title),
            str(path.num_steps),
            str(int(path.evaluations[-1])),
            number(path.final_loss) if np.isfinite(path.final_loss) else "∞" if path.final_loss > 0 else "–",
        ]
        if len(landscapes.minimizers(objective)):
            row.append(_distance(path, objective))
        row.append(ending(path, objective))
        lines.append("| " + " | ".join(row) + " |")
    return "\n".join(lines)


def distance(path: Path, objective: Objective) -> float:
    """How far the last iterate is from the nearest known minimizer; NaN where it is not finite."""
    gaps = landscapes.minimizers(objective) - np.asarray(path.params)[-1]
    return float(np.min(np.hypot(gaps[:, 0], gaps[:, 1])))


def _distance(path: Path, objective: Objective) -> str:
    gap = distance(path, objective)
    return number(gap) if np.isfinite(gap) else "–"


def ending(path: Path, objective: Objective) -> str:
    """In a few words, how a path ended."""
    if path.diverged_at is not None:
        return _("diverged at step {step}").format(step=path.diverged_at)
    (left, right), (bottom, top) = objective.domain or ((-np.inf, np.inf), (-np.inf, np.inf))
    x, y = np.asarray(path.params)[-1]
    if not (left <= x <= right and bottom <= y <= top):
        return _("left the picture")
    span = float(np.hypot(right - left, top - bottom))
    if len(landscapes.minimizers(objective)) and distance(path, objective) < NEAR * span:
        return _("at the lowest minimum found") if objective.name == NAME else _("at a global minimum")
    kind = find_curvature(objective, (x, y), tolerance=NEAR).kind
    if kind in ("minimum", "saddle", "maximum"):
        return {
            "minimum": _("at a local minimum"),
            "saddle": _("at a saddle point"),
            "maximum": _("at a maximum"),
        }[kind]
    if np.linalg.norm(np.asarray(path.updates)[-1]) < STILL * span:
        return _("stalled: its steps have become tiny")
    return _("still moving")


def table(racers: Sequence[Racer], paths: Sequence[Path]) -> None:
    """Every number of every step, one optimizer to a tab."""
    tabs = st.tabs([_(OPTIMIZERS[racer.optimizer].title) for racer in racers])
    for tab, path in zip(tabs, paths, strict=True):
        with tab:
            st.dataframe(columns_of(path), height=TABLE_HEIGHT, hide_index=True)


def curvature(at: Curvature, titles: tuple[str, str], *, smooth: bool = True) -> str:
    """The curvature at a point, as Markdown; where the loss is not smooth, curvature says nothing."""
    x, y = at.point
    lines = [f"**{titles[0]} = {number(x)}, {titles[1]} = {number(y)}**  ·  {_('loss')} {number(at.loss)}"]
    if not np.isfinite(at.eigenvalues).all():
        return lines[0] + "  \n" + _("The loss has no curvature here: it is not finite.")
    if np.abs(at.eigenvalues).max() == 0:
        return lines[0] + "  \n" + _("The loss is straight here: its curvature is zero in every direction.")
    if not smooth:
        return lines[0] + "  \n" + _("The loss has a tip here: its slope jumps, so there is no curvature.")
    gradient = ", ".join(number(value) for value in at.gradient)
    first, second = (number(value) for value in at.eigenvalues)
    lines.append(
        f"{_('gradient')} ({gradient})  ·  {_('length')} {number(float(np.linalg.norm(at.gradient)))}"
    )
    lines.append(f"{_('eigenvalues of the Hessian')} λ₁ = {first}, λ₂ = {second}")
    condition = number(at.condition_number) if np.isfinite(at.condition_number) else "∞"
    lines.append(f"{_('condition number')} {condition}  ·  **{kinds()[at.kind]}**")
    limit = at.largest_stable_learning_rate
    if limit is not None and at.eigenvalues[0] > 0:
        lines.append(f"{_('largest stable learning rate of gradient descent')} 2/λₘₐₓ = {number(limit)}")
    return "  \n".join(lines)


def critical_points(points: Sequence[Curvature], titles: tuple[str, str]) -> str:
    """The critical points in the window, as a Markdown table."""
    if not points:
        return _("No critical point was found in this window.")
    lines = [f"| {_('Kind')} | {titles[0]} | {titles[1]} | {_('Loss')} |", "|---|--:|--:|--:|"]
    sizes = np.abs([(*at.point, at.loss) for at in points]).max(axis=0)
    for at in points[:12]:
        values = np.array([*at.point, at.loss])
        values[np.abs(values) < NOISE * np.maximum(sizes, 1)] = 0
        place = " | ".join(number(float(value)) for value in values)
        lines.append(f"| {kinds()[at.kind]} | {place} |")
    if len(points) > 12:
        lines.append(f"| … | | | {len(points)} |")
    return "\n".join(lines)


def ridge(plain: Penalized, penalized: Penalized, walked: Sequence[Path], rate: float) -> str:
    """Both losses in numbers, as a Markdown table: minimizer, condition, steps of gradient descent."""
    head = [
        "",
        _("Minimizer w₁, w₂"),
        _("Condition number"),
        "2/λₘₐₓ",
        _("Steps of gradient descent"),
        _("Distance after {count}").format(count=steps(walked[0].num_steps)),
    ]
    lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]
    for label, choice, path in zip(
        ("(1)", f"(2) λ = {penalized.strength:g}"), (plain, penalized), walked, strict=True
    ):
        goal = regularized.minimizer(choice)
        place = ", ".join(number(float(f"{value:.5g}")) for value in goal)
        gap = float(np.linalg.norm(np.asarray(path.params)[-1] - np.asarray(goal)))
        needed = regularized.steps_needed(choice, path, rate)
        if path.diverged_at is not None:
            count = _("diverged at step {step}").format(step=path.diverged_at)
        else:
            count = steps(needed) if needed is not None else _unsettled(choice, path, rate)
        condition = regularized.condition(choice)
        limit = number(2 / regularized.largest_curvature(choice))
        cells = [label, place, number(condition), limit, count, number(gap) if np.isfinite(gap) else "∞"]
        lines.append("| " + " | ".join(cells) + " |")
    note = _(
        "Steps until one thousandth of the first distance from the minimizer is left, at η = {rate} for both."
    )
    return "\n".join(lines) + "\n\n" + note.format(rate=f"{rate:g}")


def _unsettled(choice: Penalized, path: Path, rate: float) -> str:
    if rate >= 2 / regularized.largest_curvature(choice):
        return _("diverges")
    if choice.l1_ratio > 0:
        return _("does not settle: the slope of L1 jumps at 0")
    return _("more than {limit}").format(limit=steps(path.num_steps))


def steps(count: int) -> str:
    """A number of steps in words."""
    return ngettext("{count} step", "{count} steps", count).format(count=f"{count:,}")
