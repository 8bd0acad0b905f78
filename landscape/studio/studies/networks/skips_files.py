"""What the part Skips gives away: its pictures, its numbers and its program."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from landscape.studio import exports, scripts, sharing, skipped, training_scripts
from landscape.studio.panels import Panel
from landscape.studio.skipped import Both, Pair
from landscape.studio.studies.networks import skips_words
from landscape.studio.texts import _

MAPS = ("values", "smallest", "largest", "ratios")
"""What is known at every point of a slice."""


def offers(
    pair: Pair, seeds: Sequence[int], found: Both, known: Mapping[int, Both], panels: Sequence[Panel]
) -> dict[str, Any]:
    """The arguments of `sharing.bar`."""
    rows = known or {pair.recipe.network.seed: found}
    return {
        "html": exports.page(panels, [], _("Skips or not"), "step", lead=False),
        "arrays": lambda: arrays(pair, found),
        "table": lambda: sharing.csv(columns(pair, rows)),
        "script": lambda: program(pair, seeds),
    }


def arrays(pair: Pair, found: Both) -> dict[str, Any]:
    """The slices and the curves of the pair that is shown, by names."""
    given: dict[str, Any] = {}
    for name, outcome in zip(skipped.PAIRS[pair.family], found, strict=True):
        given |= {f"{name}/epoch": outcome.epochs}
        given |= {f"{name}/{record}": values for record, values in outcome.records.items()}
        rough = outcome.roughness
        if rough is not None:
            given |= {f"{name}/slice/x": rough.x, f"{name}/slice/y": rough.y}
            given |= {f"{name}/slice/{each}": getattr(rough, each) for each in MAPS}
    return given


def columns(pair: Pair, known: Mapping[int, Both]) -> dict[str, Any]:
    """The numbers of every seed that is there, one row for each network."""
    rows = [(seed, skips_words.measures(both)) for seed, both in sorted(known.items())]
    given: dict[str, Any] = {
        "seed": np.repeat([seed for seed, _row in rows], 2),
        "network": [*skipped.PAIRS[pair.family]] * len(rows),
    }
    for index, each in enumerate(rows[0][1]):
        given[each.name] = [value for _seed, row in rows for value in row[index].values]
    return given


def program(pair: Pair, seeds: Sequence[int]) -> str:
    """The script that trains both networks from every seed and measures their slices."""
    names, lines = training_scripts.training(pair.recipe)
    # One block of lines for each network and seed: what differs becomes a variable.
    own = repr(pair.recipe.network.seed)
    replaced = {
        f"MODELS[{pair.recipe.network.model!r}]": "MODELS[name]",
        f"seed={own})": "seed=seed)",
        f", {own}, max_checkpoints": ", seed, max_checkpoints",
    }
    for old, new in replaced.items():
        lines = [line.replace(old, new) for line in lines]
    extent = (-pair.reach, pair.reach)
    lines += [
        "if path.diverged_at is not None:",
        '    print(f"seed {seed} {name}: diverged")',
        "    continue",
        "params = jax.tree.map(lambda leaf: leaf[-1], path.params)",
        f'plane = Plane.random(params, seed={pair.plane_seed!r}, normalize="filter", ignore="bias")',
        f"rough = roughness(objective, plane, resolution={pair.sizes[-1]}, extent=({extent!r}, {extent!r}))",
        "ratio = np.nanmedian(rough.ratios)",
        'print(f"seed {seed} {name}: loss {path.final_loss:.6g}, held out '
        "{path.records['held_out_loss'][-1]:.6g}, \"",
        '      f"negative {rough.negative_share:.6g}, ratio {ratio:.6g}, minima {rough.num_minima}")',
    ]
    lines = [
        "import jax",
        "import numpy as np",
        "from landscape.roughness import roughness",
        f"for seed in {tuple(seeds)!r}:",
        f"    for name in {skipped.PAIRS[pair.family]!r}:",
        *("        " + line for line in lines),
    ]
    return scripts.script([*names, "Plane"], lines)
