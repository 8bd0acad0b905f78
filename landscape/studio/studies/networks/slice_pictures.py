"""The pictures of a slice, as far as what they show is known by now."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from landscape import OPTIMIZERS, figures
from landscape.fidelity import spread
from landscape.figures import Figure, Heights, Scale
from landscape.studio import sliced
from landscape.studio.panels import Mark, Panel, Track
from landscape.studio.shared import shared
from landscape.studio.sliced import Along, Cut
from landscape.studio.studies.networks import slice_words
from landscape.studio.texts import _, language
from landscape.surfaces import Surface

View = Literal["side", "above"]


@dataclass(frozen=True)
class Picture:
    """What is drawn.

    Args:
        cut: The slice.
        height: What is drawn over it.
        size: Grid points along each axis.
        scale: How heights are drawn.
        view: Which picture comes first.
    """

    cut: Cut
    height: str
    size: int
    scale: Scale
    view: View = "side"


def reached(picture: Picture) -> tuple[Surface, int] | None:
    """The finest surface that is there, and its size; None where there is none yet."""
    return sliced.finest(sliced.surface, picture.cut, picture.size, picture.height)


def small_size(height: str) -> int:
    """The grid of the small pictures."""
    return sliced.sizes(height)[1]


def along(cut: Cut, height: str) -> Along | None:
    """The heights along the path, as far as they are known; None where there is no path or no height."""
    if cut.upload:
        return None
    found = sliced.trust.kept(cut)
    if height != "loss":
        return sliced.along.kept(cut, height)
    if found is not None:
        return Along(found.losses, found.plane_losses)
    losses = sliced.path(cut.recipe).losses
    return Along(losses, np.full(losses.shape, np.nan))


@shared(maxsize=64)
def _heights(cut: Cut, size: int, height: str, scale: Scale, known: bool) -> Heights:
    """The heights of a picture: of the surface, and of the path where it is not far above."""
    grid = sliced.surface.found(cut, size, height, seconds=60.0)
    assert grid is not None
    path = along(cut, height) if known else None
    true = np.zeros(0) if path is None else path.true[np.isfinite(path.true)]
    return figures.measure_with_paths(grid.values, true, scale=scale)


def heights(picture: Picture, size: int) -> Heights:
    """The heights of what is drawn now."""
    known = along(picture.cut, picture.height) is not None
    return _heights(picture.cut, size, picture.height, picture.scale, known)


def track(picture: Picture, size: int) -> Track:
    """The training as the player plays it: at its true heights, with the ground below it."""
    cut, recipe = picture.cut, picture.cut.recipe
    training, seen = sliced.path(recipe), sliced.projection(cut)
    style, shown = figures.path_style(recipe.optimizer), heights(picture, size)
    found, known = sliced.trust.kept(cut), along(cut, picture.height)
    nothing = np.full(len(training.losses), np.nan)
    true, ground = nothing if known is None else known.true, nothing if known is None else known.ground
    title = slice_words.titles()[picture.height]
    readout = {
        _("epoch"): training.steps / training.steps_per_epoch,
        _("{height} on the surface").format(height=title): ground,
        _("off the plane"): seen.distances,
    }
    if found is not None:
        readout[_("gradient in the plane, %")] = 100 * found.gradient_shares
    diverged = sliced.training(recipe).diverged_at
    with np.errstate(all="ignore"):
        return Track(
            name="training",
            label=_(OPTIMIZERS[recipe.optimizer].title),
            color=style.color,
            dash=style.dash,
            points=seen.coordinates,
            losses=true,
            heights=np.asarray(shown(true), float),
            ground=np.asarray(shown(ground), float),
            steps=training.steps,
            readout=readout,
            note="" if diverged is None else _("diverged"),
        )


def main(picture: Picture, size: int) -> list[Panel]:
    """The two pictures of the surface, and the path's true heights beside those of the surface."""
    cut, height = picture.cut, picture.height
    known = along(cut, height) is not None
    above = Panel(
        "above",
        _contour(cut, size, height, picture.scale, known, language()),
        "plane",
        _("The slice from above, with the path of the training."),
        marks=[Mark("point", 0.0, 0.0, symbol="star")],
    )
    side = Panel(
        "side",
        _surface(cut, size, height, picture.scale, known, language()),
        "scene",
        _("The slice from the side, with the path at its true height and a line down to the surface."),
    )
    found = [side, above] if picture.view == "side" else [above, side]
    if known:
        complete = height != "loss" or sliced.trust.kept(cut) is not None
        found.append(
            Panel(
                "curve",
                _curve(cut, height, picture.scale, heights(picture, size).floor, complete, language()),
                "curve",
                _("The true height of the path and that of the surface below it, against the step."),
            )
        )
    return found


def titles(cut: Cut, height: str) -> tuple[str, str, str]:
    """What stands at the axes."""
    return (*slice_words.axes(cut), slice_words.titles()[height])


@shared(maxsize=32)
def _contour(cut: Cut, size: int, height: str, scale: Scale, known: bool, code: str) -> Figure:
    grid = sliced.surface.found(cut, size, height, seconds=60.0)
    assert grid is not None
    shown = _heights(cut, size, height, scale, known)
    return figures.contour(
        grid.x,
        grid.y,
        grid.values,
        titles=titles(cut, height),
        heights=shown,
        no_value=_("no value"),
        equal=True,
    )


@shared(maxsize=32)
def _surface(cut: Cut, size: int, height: str, scale: Scale, known: bool, code: str) -> Figure:
    grid = sliced.surface.found(cut, size, height, seconds=60.0)
    assert grid is not None
    shown = _heights(cut, size, height, scale, known)
    return figures.surface(
        grid.x, grid.y, grid.values, titles=titles(cut, height), heights=shown, no_value=_("no value")
    )


@shared(maxsize=32)
def _curve(cut: Cut, height: str, scale: Scale, floor: float, complete: bool, code: str) -> Figure:
    known = along(cut, height)
    assert known is not None
    return figures.true_and_shown(
        sliced.path(cut.recipe).steps,
        known.true,
        known.ground,
        titles=(_("step"), slice_words.titles()[height]),
        words={"true": _("true"), "shown": _("on the surface")},
        scale=scale,
        floor=floor,
        colour=figures.path_style(cut.recipe.optimizer).color,
    )


def charts(picture: Picture) -> list[Panel]:
    """Shares along the path, and curvatures."""
    cut = picture.cut
    shown = []
    if sliced.trust.kept(cut) is not None:
        shown.append(
            Panel(
                "shares",
                _shares(cut, language()),
                "plain",
                _("How far the path is off the plane, and how much of its gradient is in it."),
                title=_("Off the plane, and the gradient in it"),
            )
        )
    if sliced.curvature.kept(cut) is not None:
        shown.append(
            Panel(
                "curvature",
                _ranges(cut, language()),
                "plain",
                _("The curvatures in the plane, beside those of all directions."),
                title=_("Curvature in the middle"),
            )
        )
    return shown


@shared(maxsize=32)
def _shares(cut: Cut, code: str) -> Figure:
    found, training = sliced.trust.kept(cut), sliced.path(cut.recipe)
    assert found is not None
    shares = {
        _("off the plane, of the way to the end"): found.relative_distances,
        _("gradient in the plane, ‖Pg‖²/‖g‖²"): found.gradient_shares,
    }
    return figures.shares_along(training.steps / training.steps_per_epoch, shares, titles=(_("epoch"), "%"))


@shared(maxsize=32)
def _ranges(cut: Cut, code: str) -> Figure:
    found = sliced.curvature.kept(cut)
    assert found is not None
    return figures.curvature_ranges(
        {
            _("all directions"): (found.smallest, found.largest),
            _("in the plane"): (found.smallest_in_plane, found.largest_in_plane),
        },
        title=_("curvature (eigenvalues)"),
    )


def seeds(picture: Picture) -> list[Panel]:
    """The same slice along the random directions of other seeds."""
    return [
        Panel(
            f"seed-{each.seed}",
            _pane(each, picture.height, picture.scale, language()),
            "chart",
            _("The same slice with the seed {seed}. Click to take it.").format(seed=each.seed),
            clickable=True,
            title=_("Seed {seed}").format(seed=each.seed),
        )
        for each in picture.cut.others
    ]


def deviation(picture: Picture) -> Panel:
    """Where the slices of a family differ."""
    return Panel(
        "deviation",
        _deviation(picture.cut, picture.height, language()),
        "plain",
        _("The standard deviation of the five slices, place by place."),
        title=_("± between them"),
    )


@shared(maxsize=32)
def _deviation(cut: Cut, height: str, code: str) -> Figure:
    found = spread(_family(cut, height))
    names = (*slice_words.axes(cut), _("standard deviation"))
    shown = figures.measure(found.deviation)
    return figures.slice_pane(
        found.x, found.y, found.deviation, titles=names, heights=shown, no_value=_("no value")
    )


def _family(cut: Cut, height: str) -> list[Surface]:
    """The coarse slices of all seeds of a family, as far as they are there."""
    found = (sliced.surface.kept(each, small_size(height), height) for each in (cut, *cut.others))
    return [each for each in found if each is not None]


@shared(maxsize=64)
def _pane(cut: Cut, height: str, scale: Scale, code: str) -> Figure:
    shown = figures.measure(*(each.values for each in _family(cut, height)), scale=scale)
    grid = sliced.surface.kept(cut, small_size(height), height)
    assert grid is not None
    return figures.slice_pane(
        grid.x, grid.y, grid.values, titles=titles(cut, height), heights=shown, no_value=_("no value")
    )
