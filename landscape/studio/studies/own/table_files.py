"""What a model on a reader's table gives away: its pictures, its numbers, and its program."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from landscape.studio import exports, fitted, scripts, tabled, units
from landscape.studio.panels import Panel, Track
from landscape.studio.studies.own.table_pictures import Scene
from landscape.studio.tabled import TYPED, Held, Setup
from landscape.studio.texts import _


def offers(scene: Scene, held: Held, panels: Sequence[Panel], tracks: Sequence[Track]) -> dict[str, Any]:
    """The arguments of `sharing.bar`; the files are made in this session alone."""
    return exports.offers(
        panels,
        tracks,
        f"{_('A table and a model')} · {held.name}",
        arrays=lambda: arrays(scene),
        columns=lambda: columns(scene),
        script=lambda: script(scene, held),
    ) | {"own_units": dict.fromkeys(scene.names, units.PARAMETER)}


def arrays(scene: Scene) -> dict[str, Any]:
    """The surface, the path, the best fit, and what the model says of each example."""
    shown = scene.shown
    found = {
        "x": scene.surface.x,
        "y": scene.surface.y,
        "loss": scene.surface.values,
        "parameters": np.array(scene.names),
        "path/params": fitted.rows(shown),
        "path/losses": shown.losses,
        "best/params": tabled.flat(scene.fit.params),
        "best/loss": scene.fit.loss,
        "prediction": scene.says(scene.end, scene.data.inputs),
        "target": scene.data.targets,
    }
    if hasattr(shown, "steps"):
        found["path/steps"] = shown.steps
    return found


def columns(scene: Scene) -> dict[str, Any]:
    """The path, step by step."""
    shown = scene.shown
    rows = fitted.rows(shown)
    steps = getattr(shown, "steps", np.arange(len(rows)))
    named = {name: rows[:, place] for place, name in enumerate(scene.names)}
    return {"step": steps, "evaluations": shown.evaluations, "loss": shown.losses, **named}


def script(scene: Scene, held: Held) -> str:
    """The program: the table read, the model, its fit and its slice."""
    setup, walk = scene.setup, scene.walk
    names, lines = objective(setup, held, scene)
    numbers = ", ".join(f"{name}={value!r}" for name, value in walk.numbers)
    start, where = tabled.shaped(scene.risk.start, np.array(walk.start)), tabled.coordinates(scene.risk.start)
    first, second = (where[axis] for axis in scene.view.axes)
    (left, right), (bottom, top) = (
        (float(axis[0]), float(axis[-1])) for axis in (scene.surface.x, scene.surface.y)
    )
    lines += [
        f"optimizer = OPTIMIZERS[{walk.optimizer!r}].build({numbers})",
        f"start = {_plain(start)!r}",
    ]
    if fitted.is_heavy(scene.data, scene.risk.num_parameters, walk.num_steps):
        lines.append(
            f"path = landscape.train(risk, optimizer, {walk.num_steps}, start=start, "
            f"max_checkpoints={fitted.CHECKPOINTS})"
        )
    else:
        lines.append(f"path = landscape.descend(risk, optimizer, start, num_steps={walk.num_steps})")
    lines += [
        'print("loss at the last step", path.final_loss)',
        f"best = {_plain(scene.fit.params)!r}",
        'print("least loss known", float(risk.loss(best)))',
        "try:",
        "    statistics = fit_statistics(risk, best)",
        '    print("standard errors", statistics.standard_errors)',
        "except ValueError as reason:",
        "    print(reason)",
        f"plane = Plane.coordinates({_plain(scene.plane.at(0.0, 0.0))!r}, {first!r}, {second!r})",
        f"extent = (({left!r}, {right!r}), ({bottom!r}, {top!r}))",
        f"surface = landscape.evaluate(risk, plane, resolution={scene.surface.x.size}, extent=extent)",
        'print(f"loss {surface.values.min():.6g} to {surface.values.max():.6g}")',
    ]
    return scripts.script([*names, "OPTIMIZERS", "Plane"], lines)


def objective(setup: Setup, held: Held, scene: Scene) -> tuple[list[str], list[str]]:
    """What to import, and the lines that make `risk` of the file."""
    columns = setup.columns
    # The examples lie beside the folder `landscape`, wherever the program is run.
    shipped = f"Path(landscape.__file__).parents[1] / {f'assets/data/{held.name}'!r}"
    file = shipped if held.example else repr(held.name)
    told = "".join(f", {name}={value!r}" for name, value in tabled.told(setup.reading).items())
    task = f", task={columns.task!r}" if columns.task else ""
    lines = [
        *(["from pathlib import Path"] if held.example else []),
        "from landscape.risk import fit_statistics",
        f"data = landscape.read_csv({file}, target={columns.target!r}, "
        f"features={list(columns.features)!r}, missing={columns.missing!r}{task}{told})",
    ]
    if columns.standard:
        lines.append("data = data.standardize()")
    names = ["LOSSES"]
    if setup.model == TYPED and setup.formula is not None:
        formula = setup.formula
        named = f"{formula.variables!r}, {formula.parameters!r}"
        lines.append(f"model = landscape.model_formula({formula.text!r}, {named})")
    else:
        names.append("MODELS")
        made = f"MODELS[{setup.model!r}]"
        if setup.model == "mlp":
            made += f".replace(width={setup.width}, depth={setup.depth})"
        lines.append(f"model = {made}.for_task(data.task)")
    numbers = ", ".join(f"{name}={value!r}" for name, value in setup.numbers)
    loss = f"LOSSES[{setup.loss!r}]" + (f".replace({numbers})" if numbers else "")
    penalty = "" if setup.penalty == "none" else f", landscape.{setup.penalty}({setup.strength!r})"
    lines.append(f"risk = landscape.empirical_risk(model, data, {loss}{penalty})")
    return names, lines


def _plain(params: Any) -> Any:
    """Parameters as nested lists and numbers, with all their digits."""
    if isinstance(params, dict):
        return {name: _plain(value) for name, value in params.items()}
    if isinstance(params, list | tuple):
        return [_plain(value) for value in params]
    return np.asarray(params).tolist()
