"""The pictures of what a program shows, as far as what they show is known by now."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from landscape import figures
from landscape.figures import Figure, Heights, PathStyle, Scale
from landscape.planes.given import Walked
from landscape.studio import shown, viewed
from landscape.studio.panels import Mark, Panel, Track
from landscape.studio.shared import shared
from landscape.studio.sliced import Along
from landscape.studio.studies.own import python_words as words
from landscape.studio.texts import _, language
from landscape.studio.viewed import LOSS, Failed, View
from landscape.surfaces import Surface


@dataclass(frozen=True)
class Picture:
    """What is drawn.

    Args:
        view: The slice.
        height: What is drawn over it.
        size: Grid points along each axis.
        scale: How heights are drawn.
        index: Of the path that is judged.
    """

    view: View
    height: str
    size: int
    scale: Scale
    index: int = 0

    @property
    def walked(self) -> tuple[Walked, ...]:
        """The paths."""
        return shown.showing(self.view.number).paths


def style(index: int) -> PathStyle:
    """The style of a path, by its place among them."""
    return figures.cycle_style(index)


def along(picture: Picture, index: int) -> Along | None:
    """The heights along a path, as far as they are known."""
    if picture.height == LOSS:
        found = viewed.trust.kept(picture.view, index)
        if found is None or isinstance(found, Failed):
            return None
        return Along(found.losses, found.plane_losses)
    known: Along | Failed | None = viewed.along.kept(picture.view, index, picture.height)
    return None if isinstance(known, Failed) else known


@shared(maxsize=64)
def _heights(view: View, size: int, height: str, scale: Scale, known: int) -> Heights:
    """The heights of a picture: of the surface, and of the paths where they are not far above."""
    grid = _surface(view, size, height)
    picture = Picture(view, height, size, scale)
    paths = [along(picture, index) for index in range(len(picture.walked))]
    true = np.concatenate([np.zeros(0), *(path.true[np.isfinite(path.true)] for path in paths if path)])
    return figures.measure_with_paths(grid.values, true, scale=scale)


def _surface(view: View, size: int, height: str) -> Surface:
    found = viewed.there(viewed.surface, view, size, height)
    assert isinstance(found, Surface)
    return found


def known(picture: Picture) -> int:
    """How many paths have their heights."""
    return sum(along(picture, index) is not None for index in range(len(picture.walked)))


def heights(picture: Picture, size: int) -> Heights:
    """The heights of what is drawn now."""
    return _heights(picture.view, size, picture.height, picture.scale, known(picture))


def tracks(picture: Picture, size: int) -> list[Track]:
    """The paths as the player plays them: at their true heights, with the ground below them."""
    frame = viewed.there(viewed.frame, picture.view)
    to_height = heights(picture, size)
    return [
        _track(picture, index, seen.coordinates, seen.distances, to_height)
        for index, seen in enumerate(frame.projections)
    ]


def _track(
    picture: Picture, index: int, points: np.ndarray, distances: np.ndarray, to_height: Heights
) -> Track:
    walked, path = picture.walked[index], along(picture, index)
    nothing = np.full(len(walked.steps), np.nan)
    true, ground = (nothing, nothing) if path is None else (path.true, path.ground)
    readout = {
        _("{height} on the surface").format(height=words.height(picture.height)): ground,
        _("off the plane"): distances,
    }
    found = viewed.trust.kept(picture.view, index)
    if found is not None and not isinstance(found, Failed):
        readout[_("gradient in the plane, %")] = 100 * found.gradient_shares
    with np.errstate(all="ignore"):
        return Track(
            name=f"path-{index}",
            label=words.path(walked),
            color=style(index).color,
            dash=style(index).dash,
            points=points,
            losses=true,
            heights=np.asarray(to_height(true), float),
            ground=np.asarray(to_height(ground), float),
            steps=walked.steps,
            readout=readout,
            note="" if walked.diverged_at is None else _("diverged"),
        )


def main(picture: Picture, size: int) -> list[Panel]:
    """The two pictures of the surface, and a path's true heights beside those of the surface."""
    arguments = (picture.view, size, picture.height, picture.scale, known(picture), language())
    centre = [] if picture.view.kind == "coordinates" else [Mark("point", 0.0, 0.0, symbol="star")]
    found = [
        Panel("side", _side(*arguments), "scene", _("The slice from the side, with the paths.")),
        Panel("above", _above(*arguments), "plane", _("The slice from above, with the paths."), marks=centre),
    ]
    if picture.walked and along(picture, picture.index) is not None:
        floor = heights(picture, size).floor
        found.append(
            Panel(
                "curve",
                _curve(picture, floor, language()),
                "curve",
                _("The true height of the path and that of the surface below it, against the step."),
                paths=(f"path-{picture.index}",),
            )
        )
    return found


def names(view: View, height: str) -> tuple[str, str, str]:
    """What stands at the axes."""
    return (*words.axes(view), words.height(height))


@shared(maxsize=32)
def _above(view: View, size: int, height: str, scale: Scale, known: int, code: str) -> Figure:
    grid = _surface(view, size, height)
    return figures.contour(
        grid.x,
        grid.y,
        grid.values,
        titles=names(view, height),
        heights=_heights(view, size, height, scale, known),
        no_value=_("no value"),
        equal=view.kind != "coordinates",
    )


@shared(maxsize=32)
def _side(view: View, size: int, height: str, scale: Scale, known: int, code: str) -> Figure:
    grid = _surface(view, size, height)
    return figures.surface(
        grid.x,
        grid.y,
        grid.values,
        titles=names(view, height),
        heights=_heights(view, size, height, scale, known),
        no_value=_("no value"),
    )


@shared(maxsize=32)
def _curve(picture: Picture, floor: float, code: str) -> Figure:
    found = along(picture, picture.index)
    assert found is not None
    return figures.true_and_shown(
        picture.walked[picture.index].steps,
        found.true,
        found.ground,
        titles=(_("step"), words.height(picture.height)),
        words={"true": _("true"), "shown": _("on the surface")},
        scale=picture.scale,
        floor=floor,
        colour=style(picture.index).color,
    )


def charts(picture: Picture) -> list[Panel]:
    """Shares along the path that is judged, and curvatures."""
    found = []
    trust = viewed.trust.kept(picture.view, picture.index) if picture.walked else None
    if trust is not None and not isinstance(trust, Failed):
        found.append(
            Panel(
                "shares",
                _shares(picture.view, picture.index, language()),
                "plain",
                _("How far the path is off the plane, and how much of its gradient is in it."),
                title=_("Off the plane, and the gradient in it"),
            )
        )
    bent = viewed.curvature.kept(picture.view)
    if bent is not None and not isinstance(bent, Failed):
        found.append(
            Panel(
                "curvature",
                _ranges(picture.view, language()),
                "plain",
                _("The curvatures in the plane, beside those of all directions."),
                title=_("Curvature in the middle"),
            )
        )
    return found


@shared(maxsize=32)
def _shares(view: View, index: int, code: str) -> Figure:
    found = viewed.there(viewed.trust, view, index)
    shares = {
        _("off the plane, of the way to the end"): found.relative_distances,
        _("gradient in the plane, ‖Pg‖²/‖g‖²"): found.gradient_shares,
    }
    steps = shown.showing(view.number).paths[index].steps
    return figures.shares_along(steps, shares, titles=(_("step"), "%"))


@shared(maxsize=32)
def _ranges(view: View, code: str) -> Figure:
    found = viewed.there(viewed.curvature, view)
    return figures.curvature_ranges(
        {
            _("all directions"): (found.smallest, found.largest),
            _("in the plane"): (found.smallest_in_plane, found.largest_in_plane),
        },
        title=_("curvature (eigenvalues)"),
    )


def of_file(surface: Surface, titles: tuple[str, str, str], scale: Scale) -> list[Panel]:
    """The two pictures of a slice from a file."""
    shown_heights = figures.measure(surface.values, scale=scale)
    arguments = (surface.x, surface.y, surface.values)
    options: dict[str, Any] = {"titles": titles, "heights": shown_heights, "no_value": _("no value")}
    return [
        Panel("side", figures.surface(*arguments, **options), "scene", _("The slice from the side.")),
        Panel("above", figures.contour(*arguments, **options), "plane", _("The slice from above.")),
    ]
