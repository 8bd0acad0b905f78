"""What the part Initialisation gives away: its pictures, its numbers and its program."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from landscape.networks import Signals
from landscape.studio import exports, initialized, scripts, sharing, training_scripts
from landscape.studio.initialized import Beginning
from landscape.studio.panels import Panel
from landscape.studio.studies.networks.start_pictures import Picture
from landscape.studio.texts import _

WALKED = ("steps", "losses", "held_out")
"""What is given away of the first steps."""


def offers(picture: Picture, panels: Sequence[Panel]) -> dict[str, Any]:
    """The arguments of `sharing.bar`."""
    return {
        "html": exports.page(panels, [], _("Initialisation"), "step"),
        "arrays": lambda: arrays(picture),
        "table": lambda: sharing.csv(columns(picture)),
        "script": lambda: program(picture),
    }


def arrays(picture: Picture) -> dict[str, Any]:
    """Signals, first steps and landscapes, each under the name of its start."""
    found: dict[str, Any] = {}
    for each in picture.beginnings:
        measured = initialized.measured.kept(each)
        walked, grid = initialized.first_steps.kept(each), initialized.finest(each, picture.reach)
        if measured is not None:
            found |= {f"{each.name}/{name}": getattr(measured, name) for name in _names()}
        if walked is not None:
            found |= {f"{each.name}/{name}": getattr(walked, name) for name in WALKED}
        if grid is not None:
            found |= {f"{each.name}/landscape": grid.values, "a": grid.x, "b": grid.y}
    return found


def columns(picture: Picture) -> dict[str, Any]:
    """The signals, one row for each layer of each start."""
    known = [(each, initialized.measured.kept(each)) for each in picture.beginnings]
    rows = [(each, found) for each, found in known if found is not None]
    depth = picture.beginnings[0].network.depth
    result: dict[str, Any] = {
        "start": np.repeat([each.name for each, _found in rows], depth),
        "layer": np.tile(np.arange(1, depth + 1), len(rows)),
    }
    return result | {
        name: np.concatenate([getattr(found, name)[:depth] for _each, found in rows]) for name in _names()
    }


def _names() -> list[str]:
    return [field.name for field in fields(Signals)]


def program(picture: Picture) -> str:
    """The script that measures the signals, takes the first steps and looks around."""
    first = picture.beginnings[0]
    recipe = first.recipe
    names, lines = training_scripts.training(recipe)
    made = next(text for text in lines if text.startswith("objective = "))
    head = next(index for index, text in enumerate(lines) if text.startswith("model = "))
    optimizer = next(text for text in lines if text.startswith("optimizer = "))
    call = lines[-1]
    network = recipe.network
    lines = [
        *lines[:head],
        "from dataclasses import replace",
        "from landscape.networks import signals",
        optimizer,
        f"starts = {[_start(each) for each in picture.beginnings]!r}",
        "for name, initialization, scale in starts:",
        f"    model = MODELS[{network.model!r}].replace(",
        f"        width={network.width!r}, depth={network.depth!r}, activation={network.activation!r},",
        "        initialization=initialization, scale=scale,",
        "    )",
        f"    {made}",
        f"    found = signals(model, training, seed={network.seed!r})",
        '    print(f"{name}: spread {found.spreads[0]:.6g} to {found.spreads[-1]:.6g}, "',
        '          f"error {found.errors[-1]:.6g} to {found.errors[0]:.6g}")',
        f"    {call}",
        "    print(f\"{name}: loss {path.records['loss'][0]:.6g} to {path.records['loss'][-1]:.6g}\")",
        "    lender = objective",
        "    if initialization == 'zeros':  # which give directions no length",
        "        xavier = model.replace(initialization='xavier', scale=1.0)",
        f"        lender = landscape.network_risk(xavier, training, seed={network.seed!r})",
        f"    plane = Plane.random(lender.start, {network.seed!r}, 'filter', ignore='bias')",
        "    plane = replace(plane, origin=objective.start)",
        f"    surface = landscape.evaluate(objective, plane, resolution={initialized.SIZES[-1]}, "
        f"extent=(({-picture.reach!r}, {picture.reach!r}), ({-picture.reach!r}, {picture.reach!r})))",
        '    print(f"{name}: landscape {surface.values.min():.6g} to {surface.values.max():.6g}")',
    ]
    return scripts.script([*names, "Plane"], lines)


def _start(beginning: Beginning) -> tuple[str, str, float]:
    network = beginning.network
    return beginning.name, network.initialization, network.scale
