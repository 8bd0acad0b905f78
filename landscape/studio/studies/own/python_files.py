"""What a program's slice gives away: its pictures, its numbers, its plane, its program, and VTK."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from landscape.planes.files import named
from landscape.studio import exports, scripts, sharing, shown, viewed
from landscape.studio.panels import Panel, Track
from landscape.studio.sharing import Offer
from landscape.studio.studies.networks.slice_files import Relief
from landscape.studio.studies.own import python_pictures as pictures
from landscape.studio.studies.own.python_pictures import Picture
from landscape.studio.texts import _
from landscape.studio.viewed import LOSS, Failed, View
from landscape.surfaces import Surface, vtk

BINARY = "application/octet-stream"


def offers(
    picture: Picture,
    surface: Surface,
    panels: Sequence[Panel],
    tracks: Sequence[Track],
    spoken: Mapping[str, str],
) -> dict[str, Any]:
    """The arguments of `sharing.bar`."""
    view = picture.view
    heights = pictures.heights(picture, surface.x.size)
    relief = Relief(heights.low, heights.high, float(np.ptp(surface.x)))

    def surface_file() -> bytes:
        return vtk.surface(
            surface.x,
            surface.y,
            relief(heights(surface.values)),
            {word(picture.height): surface.values},
            relief.title(word(picture.height), picture.scale),
        )

    return {
        "html": exports.page(panels, tracks, _("A slice of a program’s loss"), "step", words=spoken),
        "arrays": lambda: arrays(picture, surface),
        "table": lambda: sharing.csv(columns(picture, surface)),
        "script": lambda: program(picture, surface.x.size),
        "own_units": _units(picture),
        "more": [
            Offer(_("Plane (NPZ)"), "plane.npz", BINARY, lambda: sharing.npz(named(viewed.plane(view)))),
            Offer(_("Surface for ParaView (VTK)"), "own-surface.vtk", BINARY, surface_file),
        ],
    }


def _units(picture: Picture) -> dict[str, str]:
    """The units of a measure, which is the program's own; those of the loss are known."""
    if picture.height == LOSS:
        return {}
    name = word(picture.height)
    paths = [f"path-{index + 1}/{name}" for index in range(len(picture.walked))]
    return dict.fromkeys([name, *paths, *(f"{path}_on_surface" for path in paths)], "unit of the measure")


def arrays(picture: Picture, surface: Surface) -> dict[str, Any]:
    """The slice by names, and all that is known of how far it can be trusted."""
    view = picture.view
    found: dict[str, Any] = {"x": surface.x, "y": surface.y, word(picture.height): surface.values}
    for index, (walked, seen) in enumerate(zip(picture.walked, viewed.projections(view), strict=True)):
        path = pictures.along(picture, index)
        found |= {
            f"path-{index + 1}/step": walked.steps,
            f"path-{index + 1}/coordinates": seen.coordinates,
            f"path-{index + 1}/distance": seen.distances,
        }
        if path is not None:
            found |= {
                f"path-{index + 1}/{word(picture.height)}": path.true,
                f"path-{index + 1}/{word(picture.height)}_on_surface": path.ground,
            }
        trust = viewed.trust.kept(view, index)
        if trust is not None and not isinstance(trust, Failed):
            found[f"path-{index + 1}/gradient_share"] = trust.gradient_shares
    bent = viewed.curvature.kept(view)
    if bent is not None and not isinstance(bent, Failed):
        found |= {
            "curvature/plane": [bent.smallest_in_plane, bent.largest_in_plane],
            "curvature/all": [bent.smallest, bent.largest],
        }
    return found


def columns(picture: Picture, surface: Surface) -> dict[str, Any]:
    """The slice point by point."""
    x, y = np.meshgrid(surface.x, surface.y)
    return {"x": x.ravel(), "y": y.ravel(), word(picture.height): surface.values.ravel()}


def word(height: str) -> str:
    """A height's name without spaces."""
    return "_".join(height.split())


def program(picture: Picture, size: int) -> str:
    """The script that makes the same slice of the reader's own objective."""
    view, showing = picture.view, shown.showing(picture.view.number)
    own = ["objective", *(["plane"] if view.kind == "given" else []), *(["paths"] if picture.walked else [])]
    lines = [
        f"from {showing.module} import {', '.join(own)}",
        "# Your own: what you have given to landscape.show, under these names.",
        "import jax",
        *(["from landscape.planes.given import of_numbers"] if view.kind == "coordinates" else []),
        *_point(picture),
    ]
    if view.kind != "given":
        lines.append(f"plane = {_plane(view)}")
    height = "objective" if picture.height == LOSS else f"objective.measuring({picture.height!r})"
    extent = viewed.there(viewed.frame, view).extent
    lines += [
        f"surface = landscape.evaluate({height}, plane, resolution={size}, extent={extent!r})",
        'print(f"heights {surface.values.min():.6g} to {surface.values.max():.6g}")',
    ]
    for index in range(len(picture.walked)):
        lines += [
            f"found = landscape.fidelity(objective, plane, paths[{index}])",
            f'print(f"path {index + 1}: the plane holds {{found.explained_variance:.6g}} of its movement, '
            '{found.gradient_shares[-1]:.6g} of its last gradient")',
        ]
    return scripts.script(["Plane"], lines)


def _point(picture: Picture) -> list[str]:
    """The lines that make `paths` and `params`."""
    if not picture.walked:
        return ["params = objective.start"]
    return [
        "from landscape.planes.given import pooled, walked",
        "given = paths.values() if isinstance(paths, dict) else paths",
        "paths = [walked(objective, path).path for path in given]",
        "params = jax.tree.map(lambda leaf: leaf[-1], paths[0].params)",
    ]


def _plane(view: View) -> str:
    ignored = viewed.ignored(shown.showing(view.number).end)
    options = f"seed={view.seed!r}, normalize={view.normalize!r}, ignore={ignored!r}"
    return {
        "principal": "Plane.principal(pooled(paths))",
        "coordinates": "of_numbers(params)",
        "random": f"Plane.random(params, {options}, filter_axis={view.filter_axis!r})",
        "hessian": "Plane.hessian(objective, params)",
        "gradient": "Plane.gradient(objective, params)",
    }[view.kind]
