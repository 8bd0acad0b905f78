"""What a training gives away: its pictures, its numbers, its program, and the parameters."""

from collections.abc import Sequence
from typing import Any

from landscape.studio import exports, scripts, sharing, sliced, training_scripts
from landscape.studio.panels import Panel, Track
from landscape.studio.sharing import Offer
from landscape.studio.studies.networks import slice_files, slice_pictures
from landscape.studio.studies.networks.slice_pictures import Picture
from landscape.studio.texts import _


def offers(picture: Picture, panels: Sequence[Panel], tracks: Sequence[Track]) -> dict[str, Any]:
    """The arguments of `sharing.bar`."""
    cut = picture.cut
    parameters = Offer(
        _("Parameters (NPZ)"),
        "networks-parameters.npz",
        "application/octet-stream",
        lambda: sharing.npz(slice_files.parameters(cut)),
    )
    return {
        "html": exports.page(panels, tracks, _("A network’s training"), "step", words={"point": "(a, b)"}),
        "arrays": lambda: arrays(picture),
        "table": lambda: sharing.csv(columns(picture)),
        "script": lambda: program(picture),
        "more": [parameters],
    }


def arrays(picture: Picture) -> dict[str, Any]:
    """The curves, the loss of each mini-batch, and the path in the plane with the surface."""
    recipe = picture.cut.recipe
    training = sliced.training(recipe)
    found: dict[str, Any] = {"epoch": training.epochs, "batch_loss": training.batch_losses}
    found |= dict(training.records)
    found |= {"checkpoint_step": training.steps, "checkpoint_loss": training.losses}
    reached = slice_pictures.reached(picture)
    if reached is not None:
        surface, seen = reached[0], sliced.projection(picture.cut)
        found |= {"a": surface.x, "b": surface.y, "surface": surface.values}
        found |= {"path": seen.coordinates, "off_the_plane": seen.distances}
    return found


def columns(picture: Picture) -> dict[str, Any]:
    """One row for each record."""
    training = sliced.training(picture.cut.recipe)
    return {"epoch": training.epochs, **training.records}


def program(picture: Picture) -> str:
    """The script that trains the same network and looks at its path."""
    names, lines = training_scripts.training(picture.cut.recipe)
    lines += [
        "for name, values in path.records.items():",
        '    print(f"{name} {values[-1]:.6g}")',
    ]
    if slice_pictures.reached(picture) is not None:
        diverged = sliced.training(picture.cut.recipe).diverged_at
        cut = "path" if diverged is None else f"path.first({diverged - 1})"
        lines += [
            f"plane = Plane.principal({cut})",
            f"seen = landscape.project({cut}, plane)",
            'print(f"the plane holds {100 * seen.explained_variance:.4g} % of the movement")',
            f"surface = landscape.evaluate(objective, plane, resolution=49, extent={_extent(picture)})",
            'print(f"surface {surface.values.min():.6g} to {surface.values.max():.6g}")',
        ]
        names = [*names, "Plane"]
    return scripts.script(names, lines)


def _extent(picture: Picture) -> str:
    (left, right), (bottom, top) = sliced.extent(picture.cut)
    return f"(({left!r}, {right!r}), ({bottom!r}, {top!r}))"
