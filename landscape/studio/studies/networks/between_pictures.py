"""The pictures between solutions: heights along a line, a plane through three, barriers."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from landscape import figures
from landscape.figures import Figure, PathStyle
from landscape.figures.colours import BLUE, GREEN, VERMILLION
from landscape.figures.heights import number
from landscape.studio import joined
from landscape.studio.joined import Family
from landscape.studio.panels import Mark, Panel
from landscape.studio.shared import shared
from landscape.studio.studies.networks import between_words
from landscape.studio.texts import _, language
from landscape.studio.trained import Recipe

COLOURS = (BLUE, VERMILLION, GREEN)
"""Of the three solutions."""

LIFT = 0.03
"""How far their points stand above the surface, in parts of its height: they would sink into it."""


def _styles(recipe: Recipe) -> dict[bool, PathStyle]:
    """Training solid, held out dashed, in the colour of the optimizer, as in the other parts."""
    style = figures.path_style(recipe.optimizer)
    return {False: replace(style, dash="solid"), True: replace(style, dash="dash")}


def line(family: Family) -> list[Panel]:
    """Loss and accuracy along the line, as far as they are known."""
    panels = []
    for kind, label in (("loss", _("Loss along the line.")), ("accuracy", _("Accuracy along the line."))):
        names = [name for name in joined.heights(family.recipe) if name.endswith(kind)]
        known = tuple(name for name in names if joined.line.kept(family, (0, 1), name) is not None)
        if known:
            panels.append(Panel(f"line-{kind}", _line(family, kind, known, language()), "plain", label))
    return panels


@shared(maxsize=32)
def _line(family: Family, kind: str, names: tuple[str, ...], code: str) -> Figure:
    styles, curves = _styles(family.recipe), []
    for name in names:
        found, held_out = joined.line.kept(family, (0, 1), name), name.startswith("held_out")
        assert found is not None
        barrier = ""
        if kind == "loss":
            barrier = _("barrier {height}").format(height=number(joined.between(found).barrier))
        title = _("held out") if held_out else _("training")
        curves.append(
            figures.ProfileCurve(title, found.t, found.values, styles[held_out], "" if held_out else barrier)
        )
    return figures.profile_curves(
        curves,
        titles=(_("t: from θ₁ (0) to θ₂ (1)"), _("loss") if kind == "loss" else _("accuracy")),
        ends=("θ₁", "θ₂"),
        chord=_("straight line"),
        share=kind == "accuracy",
    )


def plane(family: Family, height: str, size: int) -> list[Panel]:
    """The plane from above and from the side, with the three solutions and the lines between them."""
    places = joined.places(family)
    marks = [
        Mark("segment", places[list(pair), 0], places[list(pair), 1], symbol="dot") for pair in joined.PAIRS
    ]
    marks += [
        Mark("point", float(x), float(y), color=colour, symbol="circle", label=name)
        for (x, y), colour, name in zip(places, COLOURS, between_words.NAMES, strict=True)
    ]
    return [
        Panel(
            "plane-above",
            _contour(family, height, size, language()),
            "plane",
            _("The plane through three solutions, from above."),
            marks=marks,
        ),
        Panel(
            "plane-side",
            _side(family, height, size, language()),
            "scene",
            _("The plane through three solutions, from the side."),
        ),
    ]


def _titles(height: str) -> tuple[str, str, str]:
    return (_("from θ₁ to θ₂"), _("across, towards θ₃"), between_words.titles()[height])


@shared(maxsize=32)
def _contour(family: Family, height: str, size: int, code: str) -> Figure:
    grid = joined.surface.kept(family, size, height)
    assert grid is not None
    return figures.contour(
        grid.x, grid.y, grid.values, titles=_titles(height), no_value=_("no value"), equal=True
    )


@shared(maxsize=32)
def _side(family: Family, height: str, size: int, code: str) -> Figure:
    grid = joined.surface.kept(family, size, height)
    assert grid is not None
    shown, places = figures.measure(grid.values), joined.places(family)
    losses = solution_heights(family, height)
    points = {
        "type": "scatter3d",
        "mode": "markers+text",
        "x": places[:, 0],
        "y": places[:, 1],
        "z": np.asarray(shown(losses), float) + LIFT * (shown.high - shown.low),
        "text": list(between_words.NAMES),
        "textposition": "top center",
        "textfont": {"size": 14, "color": "#ffffff"},
        "marker": {"size": 6, "color": list(COLOURS), "line": {"color": "#ffffff", "width": 1}},
        "customdata": losses,
        "hovertemplate": "<b>%{text}</b><br>%{customdata:.4g}<extra></extra>",
        "showlegend": False,
    }
    return figures.surface(
        grid.x, grid.y, grid.values, titles=_titles(height), heights=shown, traces=[points],
        no_value=_("no value"),
    )  # fmt: skip


@shared(maxsize=32)
def solution_heights(family: Family, height: str) -> np.ndarray:
    """The height of each of the three solutions."""
    loss = joined.objective(family.recipe, height).loss
    return np.array([float(loss(joined.solution(family, index))) for index in range(3)])


def together(recipe: Recipe, families: Sequence[Family]) -> list[Panel]:
    """The barrier against the epochs together."""
    clock = [family.together for family in families]
    styles = _styles(recipe)
    curves = [
        (title, between_words.barriers(families, name), styles[name != "loss"])
        for name, title in (("loss", _("training")), ("held_out_loss", _("held out")))
    ]
    figure = figures.barriers_against(clock, curves, titles=(_("epochs together"), _("barrier of the loss")))
    return [Panel("together", figure, "plain", _("The barrier against the epochs trained together."))]
