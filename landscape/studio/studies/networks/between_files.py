"""What the part Between gives away: its pictures, its numbers and its program."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from landscape.studio import exports, joined, scripts, sharing, training_scripts
from landscape.studio.joined import Family
from landscape.studio.panels import Panel
from landscape.studio.studies.networks import between_words
from landscape.studio.texts import _
from landscape.studio.trained import Recipe


def line(family: Family, panels: Sequence[Panel]) -> dict[str, Any]:
    """Of a line: the arguments of `sharing.bar`."""

    def arrays() -> dict[str, Any]:
        found = {name: joined.line.found(family, (0, 1), name, seconds=60.0) for name in names}
        known = {name: each for name, each in found.items() if each is not None}
        return {"t": known["loss"].t} | {name: each.values for name, each in known.items()}

    names = joined.heights(family.recipe)
    return {
        "html": exports.page(panels, [], _("Between two solutions"), "step"),
        "arrays": arrays,
        "table": lambda: sharing.csv(arrays()),
        "script": lambda: scripts.script(*_line_program(family)),
    }


def plane(family: Family, height: str, panels: Sequence[Panel]) -> dict[str, Any]:
    """Of a plane through three solutions."""
    reached = joined.finest(family, height)
    assert reached is not None
    grid, size = reached

    def arrays() -> dict[str, Any]:
        found: dict[str, Any] = {"a": grid.x, "b": grid.y, height: grid.values}
        found["solutions"] = joined.places(family)
        for name in ("loss", "held_out_loss"):
            found[f"barriers/{name}"] = [_barrier(family, pair, name) for pair in joined.PAIRS]
        return found

    def columns() -> dict[str, Any]:
        a, b = np.meshgrid(grid.x, grid.y)
        return {"a": a.ravel(), "b": b.ravel(), height: grid.values.ravel()}

    return {
        "html": exports.page(panels, [], _("Between three solutions"), "step"),
        "arrays": arrays,
        "table": lambda: sharing.csv(columns()),
        "script": lambda: scripts.script(*_plane_program(family, height, size)),
    }


def together(recipe: Recipe, families: Sequence[Family], panels: Sequence[Panel]) -> dict[str, Any]:
    """Of the barriers after epochs together."""
    columns = {"epochs_together": np.array([family.together for family in families])}
    columns |= {
        f"barrier_{name}": between_words.barriers(families, name) for name in ("loss", "held_out_loss")
    }
    return {
        "html": exports.page(panels, [], _("Trained together, then apart"), "step"),
        "arrays": lambda: columns,
        "table": lambda: sharing.csv(columns),
        "script": lambda: scripts.script(*_together_program(recipe, families)),
    }


def _barrier(family: Family, pair: tuple[int, int], name: str) -> float:
    found = joined.line.kept(family, pair, name)
    return float("nan") if found is None else joined.between(found).barrier


def _solutions(family: Family, count: int) -> tuple[list[str], list[str]]:
    """The lines that make `objective` and the list `solutions`."""
    recipe, seed = family.recipe, family.recipe.network.seed
    names, lines = training_scripts.training(recipe)
    call = lines.pop()
    imports = ["import jax", "from landscape import Line", "from landscape.networks import network_risk"]
    last = "jax.tree.map(lambda leaf: leaf[-1], path.params)"
    if family.second == "shuffled":
        seeds = joined.shuffles(family, count - 1)
        shuffled = f"[params, *(permute_units(model, params, seed) for seed in {seeds!r})]"
        return names, [
            "import jax", "from landscape import Line", "from landscape.networks import permute_units",
            *lines, call, f"params = {last}", f"solutions = {shuffled}",
        ]  # fmt: skip
    if family.second == "start":
        made = next(text for text in lines if text.startswith("objective = "))
        lines.remove(made)
        return names, [
            *imports[:2], *lines, "solutions = []", f"for seed in range({seed}, {seed + count}):",
            f"    {made.replace(f'seed={seed!r})', 'seed=seed)')}",
            f"    {call.replace(f', {seed!r}, max', ', seed, max')}",
            f"    solutions.append({last})",
        ]  # fmt: skip
    return names, [*imports[:2], *lines, *_children(recipe, str(family.together), count)]


def _children(recipe: Recipe, together: str, count: int) -> list[str]:
    """The lines that train together and then apart; the optimizer's schedule begins anew."""
    seed, batch = recipe.network.seed, recipe.batch
    rest = f"{recipe.epochs} - {together}"
    return [
        "start = objective.start",
        f"if {together} > 0:",
        f"    path = landscape.train(objective, {_rule(recipe, together)}, {together}, {batch!r}, {seed!r})",
        "    start = jax.tree.map(lambda leaf: leaf[-1], path.params)",
        "solutions = []",
        f"for seed in range({seed}, {seed + count}):",
        f"    path = landscape.train(objective, {_rule(recipe, rest)}, {rest}, {batch!r}, seed, start=start)",
        "    solutions.append(jax.tree.map(lambda leaf: leaf[-1], path.params))",
    ]


def _rule(recipe: Recipe, epochs: str) -> str:
    """The optimizer of a part of a training, with a schedule of that part's own length."""
    numbers = ", ".join(f"{name}={value!r}" for name, value in recipe.numbers)
    built = f"OPTIMIZERS[{recipe.optimizer!r}].build({numbers})"
    if recipe.schedule == "constant":
        return built
    plan = "".join(f", {name}={value!r}" for name, value in recipe.schedule_numbers)
    steps = f"({epochs}) * -(-training.num_examples // {recipe.batch!r})"
    return f"landscape.scheduled({built}, SCHEDULES[{recipe.schedule!r}].build({steps}{plan}))"


PROFILE = (
    "found = landscape.profile({height}, Line.between({first}, {second}), "
    f"resolution={joined.POINTS}, extent=({-joined.BEYOND}, {1 + joined.BEYOND}))"
)
BARRIER = (
    f"part = slice({joined.FIRST}, {joined.LAST + 1})  # from t = 0 to t = 1",
    "barrier = landscape.Profile(found.t[part], found.values[part], 0).barrier",
)


def _line_program(family: Family) -> tuple[list[str], list[str]]:
    names, lines = _solutions(family, 2)
    for height in joined.heights(family.recipe):
        made = "objective" if height == "loss" else f"objective.measuring({height!r})"
        lines.append(PROFILE.format(height=made, first="solutions[0]", second="solutions[1]"))
        lines.append(f'print(f"{height} {{found.values.min():.6g}} to {{found.values.max():.6g}}")')
        if height.endswith("loss"):
            lines += [*BARRIER, f'print(f"{height} barrier {{barrier:.6g}}")']
    return names, lines


def _plane_program(family: Family, height: str, size: int) -> tuple[list[str], list[str]]:
    names, lines = _solutions(family, 3)
    made = "objective" if height == "loss" else f"objective.measuring({height!r})"
    lines += [
        "plane = Plane.through(*solutions)",
        f"surface = landscape.evaluate({made}, plane, resolution={size}, extent={joined.extent(family)!r})",
        f'print(f"{height} {{surface.values.min():.6g}} to {{surface.values.max():.6g}}")',
        "for first, second in ((0, 1), (0, 2), (1, 2)):",
        "    " + PROFILE.format(height="objective", first="solutions[first]", second="solutions[second]"),
        *(f"    {each}" for each in BARRIER),
        '    print(f"barrier {first + 1}, {second + 1}: {barrier:.6g}")',
    ]
    return [*names, "Plane"], lines


def _together_program(recipe: Recipe, families: Sequence[Family]) -> tuple[list[str], list[str]]:
    names, lines = _solutions(families[0], 2)
    lines = lines[: lines.index("start = objective.start")]
    lines += [
        f"for together in {[family.together for family in families]}:",
        *(f"    {each}" for each in _children(recipe, "together", 2)),
        "    " + PROFILE.format(height="objective", first="solutions[0]", second="solutions[1]"),
        *(f"    {each}" for each in BARRIER),
        '    print(f"{together} epochs together: barrier {barrier:.6g}")',
    ]
    return names, lines
