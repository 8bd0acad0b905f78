"""The pictures of two networks, without and with skips: slices with common heights, and their curves."""

from typing import Literal

from landscape import figures
from landscape.figures import EpochCurve, Figure, Heights, PathStyle, Scale
from landscape.figures.colours import BLUE, VERMILLION
from landscape.studio import skipped
from landscape.studio.panels import Mark, Panel
from landscape.studio.shared import shared
from landscape.studio.skipped import Both, Pair
from landscape.studio.texts import _, language

COLOURS = (VERMILLION, BLUE)
"""Without and with skips."""


def names() -> tuple[str, str]:
    """The two, in the reader's language."""
    return _("Without skips"), _("With skips")


def slices(pair: Pair, found: Both, view: Literal["above", "side"], scale: Scale) -> list[Panel]:
    """The slices about both ends, in the same colours and heights."""
    size = min(each.size for each in found)
    panels = []
    for index, (name, outcome) in enumerate(zip(names(), found, strict=True)):
        if outcome.roughness is None:
            continue
        if view == "above":
            said = _("{name}: the slice about the end of the training, from above.")
        else:
            said = _("{name}: the slice about the end of the training, from the side.")
        panels.append(
            Panel(
                skipped.PAIRS[pair.family][index],
                _slice(pair, index, size, view, scale, language()),
                "plane" if view == "above" else "scene",
                said.format(name=name),
                marks=[Mark("point", 0.0, 0.0, symbol="star")] if view == "above" else (),
                title=name,
            )
        )
    return panels


@shared(maxsize=64)
def _heights(pair: Pair, size: int, scale: Scale) -> Heights:
    """Heights for both; logarithmic ones are those of the loss itself, which is above 0."""
    grids = [skipped.outcome.kept(cut, size) for cut in pair.cuts]
    values = [each.roughness.values for each in grids if each is not None and each.roughness is not None]
    return figures.measure(*values, scale=scale, floor=0.0 if scale == "log" else None)


@shared(maxsize=64)
def _slice(
    pair: Pair, index: int, size: int, view: Literal["above", "side"], scale: Scale, code: str
) -> Figure:
    found = skipped.outcome.kept(pair.cuts[index], size)
    assert found is not None
    assert found.roughness is not None
    grid, titles = found.roughness, (_("random direction u"), _("random direction v"), _("loss"))
    heights = _heights(pair, size, scale)
    if view == "side":
        return figures.surface(
            grid.x, grid.y, grid.values, titles=titles, heights=heights, no_value=_("no value")
        )
    return figures.contour(
        grid.x, grid.y, grid.values, titles=titles, heights=heights, no_value=_("no value"), equal=True
    )


def curves(pair: Pair, found: Both) -> list[Panel]:
    """Loss, and accuracy where there is one, from epoch to epoch; held-out ones are dashed."""
    panels = [
        Panel(
            "loss",
            _curves(pair, found[0].size, "loss", language()),
            "plain",
            _("The loss from epoch to epoch, of the training data and of the held-out data."),
            title=_("Loss; dashed: held out"),
        )
    ]
    if "accuracy" in found.plain.records:
        panels.append(
            Panel(
                "accuracy",
                _curves(pair, found[0].size, "accuracy", language()),
                "plain",
                _("The accuracy from epoch to epoch, on the training data and on the held-out data."),
                title=_("Accuracy; dashed: held out"),
            )
        )
    return panels


@shared(maxsize=64)
def _curves(pair: Pair, size: int, name: str, code: str) -> Figure:
    found = [skipped.outcome.kept(cut, size) for cut in pair.cuts]
    drawn = []
    for colour, title, outcome in zip(COLOURS, names(), found, strict=True):
        assert outcome is not None
        for measure, dash in ((name, "solid"), (f"held_out_{name}", "dash")):
            label = title if dash == "solid" else _("{name}, held out").format(name=title)
            style = PathStyle(colour, dash, "circle")
            drawn.append(EpochCurve(label, outcome.epochs, outcome.records[measure], style))
    share = name == "accuracy"
    figure = figures.epoch_curves(
        drawn,
        titles=(_("epoch"), _("accuracy") if share else _("loss")),
        num_epochs=pair.recipe.epochs,
        steps_per_epoch=1,
        log=not share,
        share=share,
    )
    for trace in figure["data"]:
        # What is dashed is said above the picture: four names would leave no room for it.
        trace["showlegend"] = trace["line"]["dash"] == "solid"
    return figure
