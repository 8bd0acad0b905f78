"""The pictures of networks at their start: signals through the layers, first steps, small landscapes."""

from dataclasses import dataclass

import numpy as np

from landscape import figures
from landscape.figures import EpochCurve, Figure, Heights, PathStyle, Scale
from landscape.figures.colours import BLUE, GREEN, ORANGE, PURPLE, SKY_BLUE, VERMILLION
from landscape.studio import initialized, trained
from landscape.studio.initialized import Beginning
from landscape.studio.panels import Panel
from landscape.studio.shared import shared
from landscape.studio.studies.networks import start_words
from landscape.studio.texts import _, language

STYLES = {
    "xavier": PathStyle(BLUE, "solid", "circle"),
    "he": PathStyle(VERMILLION, "solid", "square"),
    "lecun": PathStyle(BLUE, "dash", "diamond"),
    "orthogonal": PathStyle(GREEN, "solid", "cross"),
    "zeros": PathStyle(PURPLE, "dash", "x"),
    "scaled": PathStyle(ORANGE, "dash", "star"),
    "small": PathStyle(SKY_BLUE, "solid", "triangle-down"),
    "large": PathStyle(ORANGE, "solid", "triangle-up"),
}
"""One for each start, in all pictures; none is a dash that the eye takes for another."""


@dataclass(frozen=True)
class Picture:
    """What is drawn.

    Args:
        beginnings: The starts that are compared.
        forward: What is drawn of the signals that go forward: a field of `Signals`.
        back: Likewise of those that come back.
        reach: How far the landscapes reach, in lengths of the start's own filters.
        scale: How their heights are drawn.
    """

    beginnings: tuple[Beginning, ...]
    forward: str
    back: str
    reach: float
    scale: Scale


def charts(picture: Picture) -> list[Panel]:
    """Forward, back, and the first steps, as far as they are known; nothing before anything is."""
    known = tuple(each for each in picture.beginnings if initialized.measured.kept(each) is not None)
    if not known:
        return []
    forwards, backs = start_words.forwards(), start_words.backs()
    panels = [
        Panel(
            "forward",
            _signals(known, picture.forward, True, language()),
            "plain",
            _("What goes forward, from layer to layer."),
            title=_("Forward: {what}").format(what=forwards[picture.forward]),
        )
    ]
    panels.append(
        Panel(
            "back",
            _signals(known, picture.back, False, language()),
            "plain",
            _("What comes back, from layer to layer."),
            title=_("Back: {what}").format(what=backs[picture.back]),
        )
    )
    walked = tuple(each for each in known if initialized.first_steps.kept(each) is not None)
    panels.append(
        Panel(
            "steps",
            _steps(walked, picture.beginnings[0], language()),
            "plain",
            _("The loss over the first steps of the training."),
            title=_("First steps: training loss"),
        )
    )
    return panels


@shared(maxsize=64)
def _signals(beginnings: tuple[Beginning, ...], field: str, legend: bool, code: str) -> Figure:
    curves, styles = {}, {}
    for each in beginnings:
        found = initialized.measured.kept(each)
        assert found is not None
        curves[start_words.short(each)] = getattr(found, field)
        styles[start_words.short(each)] = STYLES[each.name]
    titles = (_("hidden layer"), {**start_words.forwards(), **start_words.backs()}[field])
    return figures.layer_curves(
        curves, styles, titles=titles, share=field in start_words.SHARES, legend=legend
    )


@shared(maxsize=64)
def _steps(beginnings: tuple[Beginning, ...], first: Beginning, code: str) -> Figure:
    drawn = []
    for each in beginnings:
        found = initialized.first_steps.kept(each)
        assert found is not None
        drawn.append(EpochCurve(start_words.short(each), found.steps, found.losses, STYLES[each.name]))
    figure = figures.epoch_curves(
        drawn,
        titles=(_("step"), _("loss")),
        num_epochs=trained.num_steps(first.recipe),
        steps_per_epoch=1,
        log=True,
    )
    figure["layout"]["showlegend"] = False
    figure["layout"]["margin"] = {"l": 56, "r": 8, "t": 44, "b": 44}
    return figure


def heights(picture: Picture) -> Heights | None:
    """The heights of all small pictures together; None where there is none yet."""
    grids = [initialized.finest(each, picture.reach) for each in picture.beginnings]
    known = [grid.values for grid in grids if grid is not None]
    if not known:
        return None
    floor = 0.0 if picture.scale == "log" else None
    return figures.measure(*known, scale=picture.scale, floor=floor)


def landscapes(picture: Picture) -> list[Panel]:
    """The landscape at each start, all on the same axes and in the same colours."""
    shown = heights(picture)
    if shown is None:
        return []
    panels = []
    for each in picture.beginnings:
        grid = initialized.finest(each, picture.reach)
        if grid is None:
            continue
        figure = figures.slice_pane(
            grid.x, grid.y, grid.values, titles=(_("random u"), _("random v"), _("loss")), heights=shown,
            no_value=_("no value"),
        )  # fmt: skip
        ends = np.nanmin(grid.values), np.nanmax(grid.values)
        panels.append(
            Panel(
                f"landscape-{each.name}",
                figure,
                "chart",
                _("The loss about the start: {name}.").format(name=start_words.short(each)),
                title=start_words.pane(start_words.short(each), *map(float, ends)),
            )
        )
    return panels
