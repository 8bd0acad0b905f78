"""The program behind a picture: a Python script that makes the same numbers with this library."""

import keyword
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from landscape.figures import Scale
from landscape.studio.cached import RESOLUTION, Point
from landscape.studio.choosing import Racer
from landscape.studio.formulated import FormulaChoice, solved
from landscape.studio.landscapes import (
    CLASSES,
    MEASURED,
    Choice,
    DataChoice,
    FunctionChoice,
    LossChoice,
    coordinates,
)
from landscape.studio.regularized import Penalized

HEAD = '"""Made by Landscape. Run it where the folder `landscape` of the project is."""'

STRENGTHS_SOURCE = "np.concatenate([[0.0], np.logspace(-2, 5, 85)])"
"""How `regularized.STRENGTHS` are made."""


def objective(choice: Choice) -> tuple[list[str], list[str]]:
    """What to import, and the lines that make `objective`."""
    if isinstance(choice, FunctionChoice):
        return ["FUNCTIONS"], [f"objective = FUNCTIONS[{choice.function!r}]"]
    if isinstance(choice, FormulaChoice):
        return [], _formula(choice)
    if isinstance(choice, LossChoice):
        return ["LOSSES"], [f"objective = landscape.loss_landscape({_loss(choice)})"]
    where = coordinates(choice.dataset, choice.features, choice.model)
    first, second = (where[axis] for axis in choice.axes)
    data = f"DATASETS[{choice.dataset!r}]"
    if choice.dataset in CLASSES:
        data += f".select_classes({', '.join(map(repr, CLASSES[choice.dataset]))})"
    data += f".select({', '.join(map(repr, choice.features))})"
    if choice.dataset in MEASURED and not choice.raw:
        data += ".standardize()"
    penalty = f", landscape.l2({choice.penalty!r})" if choice.penalty else ""
    lines = [
        "from landscape.risk import on_two_parameters",
        "",
        f"dataset = {data}",
        f"model, loss = MODELS[{choice.model!r}], {_loss(choice)}",
        f"objective = on_two_parameters(model, dataset, loss, {first!r}, {second!r}{penalty})",
    ]
    return ["DATASETS", "LOSSES", "MODELS"], lines


def _formula(choice: FormulaChoice) -> list[str]:
    made = solved(choice).objective
    named = {name: value for name, value in choice.constants if not keyword.iskeyword(name)}
    constants = "".join(f", {name}={value!r}" for name, value in named.items())
    if others := {name: value for name, value in choice.constants if name not in named}:
        constants += f", **{others!r}"
    window = [f"    domain={choice.domain!r},", f"    start=np.array({np.asarray(made.start).tolist()!r}),"]
    if made.minimizers is not None and made.minimum is not None:
        window += [
            "    # The lowest minima that landscape.critical_points finds in this window.",
            f"    minimizers=np.array({np.asarray(made.minimizers).tolist()!r}),",
            f"    minimum={float(made.minimum)!r},",
        ]
    text = f"formula({choice.text!r}, {choice.parameters!r}{constants})"
    return ["import numpy as np", f"objective = landscape.{text}.replace(", *window, ")"]


def _loss(choice: DataChoice | LossChoice) -> str:
    numbers = ", ".join(f"{name}={value!r}" for name, value in choice.numbers)
    return f"LOSSES[{choice.loss!r}]" + (f".replace({numbers})" if numbers else "")


@dataclass(frozen=True)
class Drawing:
    """How the picture from above is drawn: what `figures.contour` is told.

    Args:
        file_name: The file that the script writes.
        scale: Of the heights.
        titles: Of the axes and of the loss.
        equal: Whether both axes have one scale.
        field: Whether it shows the slopes.
        critical: Whether it shows the critical points.
    """

    file_name: str
    scale: Scale
    titles: tuple[str, str, str]
    equal: bool
    field: bool = False
    critical: bool = False

    def lines(self, ways: bool = False) -> list[str]:
        """The lines that draw `surface`, with the `paths` by name, and write the file."""
        found = [
            "import plotly.io",
            f"titles, traces = {self.titles!r}, []",
            f"heights = figures.measure(surface.values, scale={self.scale!r}, floor=objective.minimum)",
        ]
        if self.field:
            found += [
                "from landscape.surfaces import gradient_field",
                "slopes = gradient_field(objective, resolution=19)",
                'traces += figures.gradient_arrows(*slopes, name="-gradient")',
            ]
        if self.critical:
            found += [
                "found = landscape.critical_points(objective)",
                "points, kinds, losses = zip(*((each.point, each.kind, each.loss) for each in found))",
                "names = {kind: kind for kind in kinds}",
                "traces += figures.critical_marks(points, kinds, names, losses, titles=titles)",
            ]
        if ways:
            found += [
                "for name, path in paths.items():",
                "    x, y = path.params.T",
                '    line = {"color": figures.PATH_COLOURS[name], "width": 2}',
                '    way = {"type": "scatter", "mode": "lines+markers", "name": name, "line": line}',
                '    traces.append(way | {"x": x, "y": y})',
            ]
        return [
            *found,
            "axes = surface.x, surface.y, surface.values",
            f"settings = {{'heights': heights, 'traces': traces, 'equal': {self.equal!r}}}",
            "figure = figures.contour(*axes, titles=titles, **settings)",
            f"plotly.io.write_html(figure, {self.file_name!r})",
        ]


def surface(
    choice: Choice, resolution: int, point: Point | None = None, drawing: Drawing | None = None
) -> str:
    """The script of a surface, of the curvature at a point, and of the picture."""
    names, lines = objective(choice)
    lines += [
        f"surface = landscape.evaluate(objective, resolution={resolution})",
        'print(f"loss {surface.values.min():.6g} to {surface.values.max():.6g}")',
    ]
    if point is not None:
        lines += [
            f"at = landscape.curvature(objective, [{point[0]!r}, {point[1]!r}])",
            "print(at.kind, at.eigenvalues, at.condition_number)",
        ]
    if drawing is not None:
        names, lines = [*names, "figures"], [*lines, *drawing.lines()]
    return script(names, lines)


def paths(
    choice: Choice,
    racers: Sequence[Racer],
    start: Point,
    num_steps: int,
    race: bool,
    drawing: Drawing | None = None,
) -> str:
    """The script of the paths of a picture, and of the picture."""
    names, lines = objective(choice)
    lines += [f"start = [{start[0]!r}, {start[1]!r}]", "paths = {}"]
    for racer in racers:
        numbers = ", ".join(f"{name}={value!r}" for name, value in racer.numbers)
        lines += [
            f"optimizer = OPTIMIZERS[{racer.optimizer!r}].build({numbers})",
            f"path = landscape.descend(objective, optimizer, start, num_steps={num_steps})",
            f"paths[{racer.optimizer!r}] = path",
        ]
    lines.append(f"surface = landscape.evaluate(objective, resolution={RESOLUTION})")
    if race:
        lines.append(f"paths = {{name: path.within({num_steps}) for name, path in paths.items()}}")
    lines += [
        "for name, path in paths.items():",
        '    print(f"{name}: loss {path.final_loss:.6g} after {path.num_steps} steps at {path.params[-1]}")',
        "    if path.diverged_at is not None:",
        '        print(f"{name} diverged at step {path.diverged_at}")',
    ]
    if drawing is not None:
        names, lines = [*names, "figures"], [*lines, *drawing.lines(ways=True)]
    return script([*names, "OPTIMIZERS"], lines)


def ridge(choice: Penalized, rate: float, start: Point, seed: int) -> str:
    """The script of the page Ridge: the minimizer, gradient descent to it, and the curves against λ."""
    made = {
        "diabetes": 'DATASETS["diabetes"].select("s1", "s2").standardize().center()',
        "collinear": f"collinear(correlation={choice.data.correlation!r}).center()",
    }
    ratio = repr(choice.l1_ratio)
    lines = [
        "import numpy as np",
        "from landscape.datasets import collinear" if choice.data.name == "collinear" else "",
        "from landscape.ridge import condition_numbers, elastic_net_path, held_out_errors",
        f"dataset = {made[choice.data.name]}",
        f"penalty = landscape.elastic_net({choice.strength!r}, l1_ratio={ratio})",
        'risk = landscape.empirical_risk(MODELS["linear"], dataset, LOSSES["mse"], penalty, reduction="sum")',
        f'start = {{"weights": [{start[0]!r}, {start[1]!r}], "bias": 0.0}}',
        f'optimizer = OPTIMIZERS["gd"].build(learning_rate={rate!r})',
        "path = landscape.descend(risk, optimizer, start, num_steps=2000)",
        'print("descent:", path.params["weights"][-1], "loss", path.final_loss)',
        f"exact = elastic_net_path(dataset.inputs, dataset.targets, [{choice.strength!r}], {ratio})[0]",
        'print("exact:", exact)',
        f"strengths = {STRENGTHS_SOURCE}",
        f"way = elastic_net_path(dataset.inputs, dataset.targets, strengths, {ratio})",
        f"conditions = condition_numbers(dataset.inputs, strengths * (1 - {ratio}))",
        f'training, held_out = DATASETS["diabetes"].split(0.3, {seed})',
        "training, held_out = training.standardize(), held_out.standardize(by=training)",
        f"errors = held_out_errors(training, held_out, strengths, {ratio})",
        'print("least held-out error:", errors[1].min(), "at λ =", strengths[errors[1].argmin()])',
    ]
    return script(["DATASETS", "LOSSES", "MODELS", "OPTIMIZERS"], lines)


def script(names: list[str], lines: list[str]) -> str:
    """A whole program.

    Args:
        names: What it imports from `landscape`.
        lines: Its lines; those that import stand at the top, wherever they are here.
    """
    others = list(dict.fromkeys(line for line in lines if line.startswith("import ")))
    imports = [line for line in lines if line.startswith("from ")]
    rest = [line for line in lines if line and line not in (*others, *imports)]
    front = [f"from landscape import {', '.join(sorted(names))}"] if names else []
    own = ["import landscape", *front, *imports]
    parts = [HEAD, *(["\n".join(others)] if others else []), "\n".join(own), "\n".join(rest)]
    return "\n\n".join(parts) + "\n"
