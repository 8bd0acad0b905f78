"""The figures of a landscape in the reader's language, kept: most controls leave them as they are."""

from collections.abc import Sequence

import numpy as np

from landscape import LOSSES, Curvature, Path, figures
from landscape.figures import Figure, Heights, Scale
from landscape.figures.heights import number
from landscape.studio import cached
from landscape.studio.landscapes import Choice, DataChoice, LossChoice, axis_titles, minimizers, objective
from landscape.studio.panels import Mark
from landscape.studio.shared import shared
from landscape.studio.texts import _, language
from landscape.tasks import task_of

REACH = 0.16
"""Half the longer eigenvector on the screen, as a share of the window."""

WIDEST = 3.0
"""How many times longer than the other an axis may be and still share its scale."""

SHORTEST = 1e-4
"""A flatter direction than this share of the largest curvature is drawn no longer."""


@shared(maxsize=64)
def heights(choice: Choice, scale: Scale) -> Heights:
    """The heights of a landscape's picture; on the log scale above the known minimum."""
    return figures.measure(cached.surface(choice).values, scale=scale, floor=objective(choice).minimum)


def contour(choice: Choice, scale: Scale, *, field: bool = False, critical: bool = False) -> Figure:
    """The landscape from above."""
    return _contour(choice, scale, field, critical, language())


def surface(choice: Choice, scale: Scale, *, critical: bool = False) -> Figure:
    """The landscape from the side."""
    return _surface(choice, scale, critical, language())


@shared(maxsize=64)
def _contour(choice: Choice, scale: Scale, field: bool, critical: bool, code: str) -> Figure:
    grid = cached.surface(choice)
    traces = []
    if field:
        traces += figures.gradient_arrows(*cached.slopes(choice), name=_("−gradient"))
    if critical:
        points = cached.critical_points(choice)
        traces += figures.critical_marks(
            [point.point for point in points],
            [point.kind for point in points],
            kinds(),
            [point.loss for point in points],
            titles=(*axis_titles(choice), _("loss")),
        )
    return figures.contour(
        grid.x,
        grid.y,
        grid.values,
        titles=(*axis_titles(choice), _("loss")),
        heights=heights(choice, scale),
        traces=traces,
        no_value=_("no value"),
        show_bar=True,
        equal=is_true_to_scale(choice),
    )


@shared(maxsize=64)
def _surface(choice: Choice, scale: Scale, critical: bool, code: str) -> Figure:
    grid = cached.surface(choice)
    shown = heights(choice, scale)
    traces = []
    if critical:
        points = cached.critical_points(choice)
        traces = figures.critical_marks(
            [point.point for point in points],
            [point.kind for point in points],
            kinds(),
            [point.loss for point in points],
            titles=(*axis_titles(choice), _("loss")),
            heights=shown,
        )
    return figures.surface(
        grid.x,
        grid.y,
        grid.values,
        titles=(*axis_titles(choice), _("loss")),
        heights=shown,
        traces=traces,
        no_value=_("no value"),
    )


def loss_curve(choice: Choice, scale: Scale, paths: Sequence[Path], race: bool) -> Figure:
    """The axes of loss against steps or gradient evaluations; the plot component draws the paths in them."""
    clock = [path.evaluations[-1] if race else path.num_steps for path in paths]
    floor = heights(choice, scale).floor
    log = scale == "log"
    return figures.loss_curve(
        (_("gradient evaluations") if race else _("step"), _("loss")),
        log=log,
        clock_range=(0.0, float(max([1, *clock]))),
        loss_range=_loss_range(choice, paths, log, floor),
        floor=floor,
    )


def _loss_range(choice: Choice, paths: Sequence[Path], log: bool, floor: float) -> tuple[float, float]:
    """The losses shown, but not far below the landscape's window where a path falls without end."""
    low, high = figures.loss_limits([path.losses for path in paths], log=log, floor=floor)
    high = min(high, np.finfo(float).max)  # ten times a loss of 1e308 is none
    values = cached.surface(choice).values
    values = values[np.isfinite(values)]
    if log or values.size == 0:
        return low, high
    deepest = float(values.min() - 0.5 * np.ptp(values))
    return (low, high) if low >= deepest else (deepest, max(high, float(values.max())))


def is_true_to_scale(choice: Choice) -> bool:
    """Whether both axes have one scale, so that a circle is round: one unit, and sides that fit a picture."""
    (left, right), (bottom, top) = objective(choice).domain or ((-1.0, 1.0), (-1.0, 1.0))
    if isinstance(choice, LossChoice) and not task_of(LOSSES[choice.loss]).equal:
        return False
    if isinstance(choice, DataChoice) and not all(axis.startswith("w") for axis in choice.axes):
        return False
    return not getattr(choice, "raw", False) and 1 / WIDEST <= (right - left) / (top - bottom) <= WIDEST


def eigenvectors(choice: Choice, at: Curvature) -> list[Mark]:
    """The point, and through it the Hessian's eigenvectors, as long as the loss is flat along them.

    Their lengths are in the ratio of 1/√|λ|, the half-axes of the ellipse δᵀHδ = 1.
    """
    x, y = (float(value) for value in at.point)
    marks = [Mark("point", x, y, symbol="ring")]
    (left, right), (bottom, top) = objective(choice).domain or ((-1.0, 1.0), (-1.0, 1.0))
    sizes = np.abs(at.eigenvalues)
    if not np.isfinite(sizes).all() or sizes.max() == 0:
        return marks
    window = np.array([right - left, top - bottom])
    vectors = at.eigenvectors / np.sqrt(np.maximum(sizes, SHORTEST * sizes.max()))
    longest = np.linalg.norm(vectors / window[:, None], axis=0).max()
    for index, eigenvalue in enumerate(at.eigenvalues):
        dx, dy = vectors[:, index] * (REACH / longest)
        if not (left <= x + dx <= right and bottom <= y + dy <= top):
            dx, dy = -dx, -dy  # the label stands at the first end
        label = f"λ{'₁₂'[index]} = {number(eigenvalue)}"
        marks.append(Mark("segment", [x + dx, x - dx], [y + dy, y - dy], symbol="solid", label=label))
    return marks


def places(choice: Choice, start: cached.Point | None = None) -> list[Mark]:
    """The known minimizers as stars, and a start as a ring."""
    stars = [Mark("point", x, y, symbol="star") for x, y in minimizers(objective(choice))]
    return stars if start is None else [*stars, Mark("point", *start, symbol="ring")]


def first_scale(choice: Choice, on_functions: Scale) -> Scale:
    """How heights are drawn at first: logarithms only above a known minimum, and always for data."""
    if objective(choice).minimum is None:
        return "linear"
    return "log" if isinstance(choice, DataChoice) else on_functions


def scales() -> dict[Scale, str]:
    """How heights can be drawn, in the reader's language."""
    return {"log": _("Logarithmic"), "linear": _("Linear")}


def kinds() -> dict[str, str]:
    """The kinds of critical points in the reader's language."""
    return {
        "minimum": _("minimum"),
        "saddle": _("saddle point"),
        "maximum": _("maximum"),
        "degenerate": _("degenerate"),
        "not-critical": _("not a critical point"),
    }
