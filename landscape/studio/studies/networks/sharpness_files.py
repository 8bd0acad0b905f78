"""What the part Sharp or flat gives away: its pictures, its numbers and its program."""

from collections.abc import Sequence
from typing import Any

from landscape.studio import exports, flattened, scripts, sharing, training_scripts
from landscape.studio.flattened import RUNS, Comparison
from landscape.studio.panels import Panel
from landscape.studio.studies.networks import sharpness_words
from landscape.studio.texts import _


def offers(choice: Comparison, panels: Sequence[Panel]) -> dict[str, Any]:
    """The arguments of `sharing.bar`."""
    return {
        "html": exports.page(panels, [], _("Sharp or flat"), "step"),
        "arrays": lambda: arrays(choice),
        "table": lambda: sharing.csv(columns(choice)),
        "script": lambda: scripts.script(*program(choice)),
    }


def arrays(choice: Comparison) -> dict[str, Any]:
    """Slices and spectra by the names of the four, as far as they are known."""
    found: dict[str, Any] = {}
    for run in RUNS:
        along, seen = flattened.curves.kept(choice.slice(run)), flattened.seen.kept(choice.slice(run))
        spectrum = flattened.spectrum.kept(choice.place(run))
        if along is not None:
            found |= {"t": along.training.t, f"{run}/training_loss": along.training.values}
            found |= {f"{run}/held_out_loss": along.held_out.values}
        if seen is not None:
            found |= {"u": seen.x, "v": seen.y, f"{run}/surface": seen.values}
        if spectrum is not None:
            found |= {f"{run}/eigenvalues": spectrum.grid, f"{run}/density": spectrum.density}
            found |= {f"{run}/nodes": spectrum.nodes, f"{run}/weights": spectrum.weights}
    return found


def columns(choice: Comparison) -> dict[str, list]:
    """The table, one row for each of the four that is known."""
    found: dict[str, list] = {}
    for run, row in sharpness_words.known(choice).items():
        recipe, values = choice.setting.recipe(run), dict(row.minimum.values)
        cells = {
            "run": run,
            "batch": recipe.batch or "all",
            "penalty": recipe.penalty,
            "epochs": recipe.epochs,
            "steps": row.minimum.steps,
            "largest_eigenvalue": row.bend.largest,
            "smallest_eigenvalue": row.bend.smallest,
            "converged": row.bend.converged,
            "trace": row.bend.trace,
            "trace_error": row.bend.error,
            "norm_of_weights": flattened.norm(flattened.params(choice.place(run))),
            **values,
        }
        for name, cell in cells.items():
            found.setdefault(name, []).append(cell)
    return found or {"run": []}


def program(choice: Comparison) -> tuple[list[str], list[str]]:
    """What to import, and the lines that train the four and measure them."""
    setting = choice.setting
    network, recipe = setting.network, setting.recipe("small")
    names, lines = training_scripts.network(network)
    count = flattened.products(flattened.risk(recipe))
    runs = {run: (each.batch, each.penalty, each.epochs) for run in RUNS for each in [setting.recipe(run)]}
    lines = [
        "import jax",
        "import numpy as np",
        "from landscape.losses import penalized_weights",
        *lines,
        f"optimizer = OPTIMIZERS[{setting.optimizer!r}].build(learning_rate={setting.rate!r})",
        "def norm(params):",
        "    squares = [np.sum(np.square(leaf, dtype=float)) for leaf in penalized_weights(params)]",
        "    return float(np.sqrt(sum(squares)))",
        *([] if choice.factor == 1.0 else _rescaling(choice.factor)),
        f"runs = {runs!r}",
        "for name, (batch, decay, epochs) in runs.items():",
        "    penalized = landscape.network_risk(",
        f"        model, training, held_out, penalty=landscape.l2(decay), seed={network.seed!r}",
        "    )",
        "    path = landscape.train(",
        f"        penalized, optimizer, epochs, batch, {network.seed!r}, max_checkpoints=1",
        "    )",
        "    params = jax.tree.map(lambda leaf: leaf[-1], path.params)",
        *([] if choice.factor == 1.0 else ["    params = rescaled(params)"]),
        "    ends = landscape.eigenpairs(",
        f"        objective, params, 1, 1, tolerance={flattened.TOLERANCE!r}, max_products={count}",
        "    )",
        f"    total = landscape.trace(objective, params, {flattened.SAMPLES})",
        "    found = landscape.Plane.random("
        f'params, {choice.seed}, {"filter" if choice.filters else "none"!r}, ignore="bias")',
        "    direction = found.u",
    ]
    if not choice.filters:
        lines += [
            "    factor = norm(objective.start) / norm(direction)",
            "    direction = jax.tree.map(lambda leaf: (factor * leaf).astype(leaf.dtype), direction)",
        ]
    extent = f"extent=({-choice.reach!r}, {choice.reach!r})"
    lines += [
        "    line = landscape.Line(found.origin, direction)",
        f"    curve = landscape.profile(objective, line, resolution={flattened.POINTS}, {extent})",
        '    held_out_loss = objective.measuring("held_out_loss")',
        '    print(f"{name}: loss {float(objective.loss(params)):.6g}, held out '
        '{float(held_out_loss.loss(params)):.6g}, norm {norm(params):.6g}")',
        '    print(f"{name}: eigenvalues {ends.values[1]:.6g} to {ends.values[0]:.6g}, '
        'trace {total.value:.6g} ± {total.error:.2g}")',
        '    print(f"{name}: slice {curve.values[0]:.6g} to {curve.values[-1]:.6g}")',
    ]
    return [*names, "OPTIMIZERS"], lines


def _rescaling(factor: float) -> list[str]:
    return [
        "def rescaled(params):",
        '    first, second, *rest = params["layers"]',
        f"    first = {{name: leaf * np.float32({factor!r}) for name, leaf in first.items()}}",
        f'    second = second | {{"weights": second["weights"] / np.float32({factor!r})}}',
        '    return params | {"layers": [first, second, *rest]}',
    ]
