"""The pictures of the page Ridge, in the reader's language."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from landscape import DATASETS, Path, figures
from landscape.figures import Figure, Heights
from landscape.studio import regularized
from landscape.studio.cached import Point
from landscape.studio.panels import Mark, Panel, Track
from landscape.studio.regularized import STRENGTHS, Penalized
from landscape.studio.shared import shared
from landscape.studio.texts import _, language

View = Literal["above", "side"]
FORMULAS = {0.0: "λ‖w‖₂²", 1.0: "λ‖w‖₁"}


def views() -> dict[View, str]:
    """From where the landscapes can be seen, in the reader's language."""
    return {"above": _("From above"), "side": _("From the side")}


def formula(l1_ratio: float) -> str:
    """The penalty in plain text."""
    return FORMULAS.get(l1_ratio, f"λ({l1_ratio:g}‖w‖₁ + {1 - l1_ratio:.4g}‖w‖₂²)")


def pair(
    plain: Penalized, penalized: Penalized, walked: Sequence[Path], start: Point, view: View
) -> tuple[list[Panel], list[Track]]:
    """Both losses in the same colours, with the minimizer's way and gradient descent on each."""
    first, second = _pair(plain, penalized, view, language())
    role: Literal["plane", "scene"] = "plane" if view == "above" else "scene"
    names = (_("(1) without the penalty"), _("(2) with the penalty"))
    goals = [regularized.minimizer(choice) for choice in (plain, penalized)]
    titles = (f"(1) ‖y − Xw‖²  ·  {_('least squares')}", f"(2) ‖y − Xw‖² + {formula(penalized.l1_ratio)}")
    panels = [
        Panel(
            id,
            figure,
            role,
            label,
            clickable=True,
            marks=[Mark("point", *goal, symbol="star"), Mark("point", *start, symbol="ring")]
            if role == "plane"
            else [],
            title=title,
            paths=[id],
        )
        for id, figure, label, title, goal in zip(
            ("plain", "penalized"), (first, second), names, titles, goals, strict=True
        )
    ]
    heights = shared_heights(plain, penalized)
    tracks = [
        _track(id, label, dash, path, heights)
        for id, label, dash, path in zip(
            ("plain", "penalized"),
            names,
            ("solid", "dash"),
            walked,
            strict=True,
        )
    ]
    return panels, tracks


def shared_heights(plain: Penalized, penalized: Penalized) -> Heights:
    """The heights that both pictures share."""
    return figures.shared_heights(regularized.surface(plain).values, regularized.surface(penalized).values)


@shared(maxsize=32)
def _pair(plain: Penalized, penalized: Penalized, view: View, code: str) -> tuple[Figure, Figure]:
    grids = [regularized.surface(choice) for choice in (plain, penalized)]
    grid, titles = grids[0], ("w₁", "w₂", _("loss"))
    above: tuple[list, list] = ([], [])
    if view == "above":
        point = regularized.minimizer(penalized)
        level = float(regularized.objective(plain).loss(np.asarray(point)))
        above = (
            [
                *figures.loss_level(grid.x, grid.y, grid.values, level, name=_("level of loss (1)")),
                *figures.penalty_ball(
                    *figures.penalty_outline(point, penalized.l1_ratio), name=_("penalty ball")
                ),
                *figures.minimizer_way(
                    regularized.way(penalized.data, penalized.l1_ratio),
                    STRENGTHS,
                    name=_("way of the minimizer"),
                    titles=("w₁", "w₂", "λ"),
                    extent=((grid.x[0], grid.x[-1]), (grid.y[0], grid.y[-1])),
                ),
            ],
            [],
        )
    settings: dict[str, Any] = {"equal": True} if view == "above" else {}
    return figures.landscape_pair(
        grid.x,
        grid.y,
        grids[0].values,
        grids[1].values,
        titles=titles,
        view="contour" if view == "above" else "surface",
        traces=above,
        no_value=_("no value"),
        show_bar=False,
        **settings,
    )


def _track(name: str, label: str, dash: str, path: Path, heights: Heights) -> Track:
    num_steps = min(_shown_steps(path), path.num_steps - 1)
    shown, ahead = path.first(num_steps), path.first(num_steps + 1)
    with np.errstate(all="ignore"):
        lifted = np.asarray(heights(shown.losses), float)
    return Track(
        name=name,
        label=f"{label} · {_('gradient descent')}",
        color=figures.PATH_COLOURS["gd"],
        dash=dash,
        points=np.asarray(shown.params, float),
        losses=shown.losses,
        heights=lifted,
        arrows={"−gradient": -shown.gradients},
        arrow_labels={"−gradient": _("−gradient")},
        readout={f"g · {_('gradient')}": ahead.gradients, f"Δw · {_('update')}": ahead.updates},
        diverged_at=shown.diverged_at,
        note="" if path.diverged_at is None else _("diverged at step {step}").format(step=path.diverged_at),
    )


def _shown_steps(path: Path) -> int:
    """Up to where the path still moves on a screen."""
    if path.diverged_at is not None:
        return min(path.num_steps, path.diverged_at)
    gaps = np.linalg.norm(np.asarray(path.params) - np.asarray(path.params)[-1], axis=1)
    moving = np.flatnonzero(gaps > 1e-4 * gaps[0])
    return max(10, int(moving[-1]) + 2 if moving.size else 10)


def curves(choice: Penalized, seed: int) -> list[Panel]:
    """Condition number, coefficients and errors against the strength."""
    conditions = regularized.conditions(choice.data, choice.l1_ratio)
    coefficients, training, held_out = regularized.ten_features(seed, choice.l1_ratio)
    λ = "λ"
    return [
        Panel(
            "condition",
            figures.condition_numbers(STRENGTHS, conditions, choice.strength, (λ, _("condition number"))),
            "plain",
            _("The condition number falls towards 1 as the L2 penalty grows."),
            title=_("Condition number of the Hessian"),
        ),
        Panel(
            "coefficients",
            figures.coefficient_paths(
                STRENGTHS, coefficients, DATASETS["diabetes"].feature_names, choice.strength, (λ, _("weight"))
            ),
            "plain",
            _("The weights of all ten diabetes features against the strength."),
            title=_("Weights of all ten diabetes features"),
        ),
        Panel(
            "errors",
            figures.error_curves(
                STRENGTHS,
                training,
                held_out,
                choice.strength,
                (λ, _("mean squared error")),
                (_("training"), _("held out"), _("least held-out error")),
            ),
            "plain",
            _("Training and held-out error against the strength."),
            title=_("Error on seen and unseen patients"),
        ),
    ]
