"""What a page offers to take along, made only when it is asked for."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from landscape import DATASETS, Path
from landscape.figures import Scale
from landscape.studio import cached, pictures, regularized, scripts, sharing
from landscape.studio.cached import Point
from landscape.studio.choosing import Racer
from landscape.studio.landscapes import Choice, axis_titles, name_of
from landscape.studio.landscapes import title as title_of
from landscape.studio.panels import Align, Panel, Track
from landscape.studio.player_words import player_words, take_words
from landscape.studio.plot import standalone_html
from landscape.studio.regularized import Penalized
from landscape.studio.texts import _, language
from landscape.studio.tracks import columns as columns_of

Offers = dict[str, Any]
"""The arguments of `sharing.bar`: html, arrays, table and script."""


def surface(
    choice: Choice,
    panels: Sequence[Panel],
    point: Point,
    scale: Scale = "linear",
    *,
    field: bool = False,
    critical: bool = False,
) -> Offers:
    """What the page Surfaces offers: the grid with its losses; the rest is as of `pictures.contour`."""
    grid = cached.surface(choice)

    def columns() -> dict[str, Any]:
        x, y = np.meshgrid(grid.x, grid.y)
        return {"x": x.ravel(), "y": y.ravel(), "loss": grid.values.ravel()}

    title = f"{_('Surfaces')} · {_(title_of(name_of(choice)))}"
    drawing = _drawing("surfaces.html", choice, scale, field=field, critical=critical)
    return {
        "html": page(panels, (), title, "step"),
        "arrays": lambda: {"x": grid.x, "y": grid.y, "loss": grid.values},
        "table": lambda: sharing.csv(columns()),
        "script": lambda: scripts.surface(choice, cached.RESOLUTION, point, drawing),
    }


def paths(
    choice: Choice,
    panels: Sequence[Panel],
    tracks: Sequence[Track],
    racers: Sequence[Racer],
    walked: Sequence[Path],
    start: Point,
    num_steps: int,
    race: bool,
    title: str = "",
    scale: Scale | None = None,
) -> Offers:
    """What the page Paths offers: the surface and every number of every path; with a title of another's.

    With a scale of heights, the script draws the picture from above, too.
    """
    grid = cached.surface(choice)

    def arrays() -> dict[str, Any]:
        found: dict[str, Any] = {"x": grid.x, "y": grid.y, "loss": grid.values}
        for racer, path in zip(racers, walked, strict=True):
            parts = {
                "params": path.params,
                "losses": path.losses,
                "gradients": path.gradients,
                "updates": path.updates,
                "evaluations": path.evaluations,
                **path.internals,
            }
            found |= {f"{racer.optimizer}/{name}": rows for name, rows in parts.items()}
        return found

    def columns() -> dict[str, Any]:
        parts = [(racer.optimizer, columns_of(path)) for racer, path in zip(racers, walked, strict=True)]
        names = list(dict.fromkeys(name for _optimizer, columns in parts for name in columns))
        lengths = [len(next(iter(columns.values()))) for _optimizer, columns in parts]
        result: dict[str, Any] = {
            "optimizer": np.repeat([optimizer for optimizer, _columns in parts], lengths),
        }
        for name in names:
            blocks = [
                columns.get(name, np.full(length, np.nan))
                for (_optimizer, columns), length in zip(parts, lengths, strict=True)
            ]
            result[name] = np.concatenate(blocks)
        return result

    title = f"{title or _('Paths')} · {_(title_of(name_of(choice)))}"
    drawing = _drawing("paths.html", choice, scale) if scale else None
    return {
        "html": page(panels, tracks, title, "evaluations" if race else "step"),
        "arrays": arrays,
        "table": lambda: sharing.csv(columns()),
        "script": lambda: scripts.paths(choice, racers, start, num_steps, race, drawing),
    }


def _drawing(file_name: str, choice: Choice, scale: Scale, **shown: bool) -> scripts.Drawing:
    """How the landscape is drawn from above."""
    titles = (*axis_titles(choice), _("loss"))
    return scripts.Drawing(file_name, scale, titles, pictures.is_true_to_scale(choice), **shown)


def ridge(
    panels: Sequence[Panel],
    tracks: Sequence[Track],
    choice: Penalized,
    walked: Sequence[Path],
    rate: float,
    start: Point,
    seed: int,
) -> Offers:
    """What the page Ridge offers: both grids, the minimizer's way, and the curves against the strength."""
    plain = Penalized(choice.data, 0.0, 0.0)

    def arrays() -> dict[str, Any]:
        grid = regularized.surface(plain)
        coefficients, training, held_out = regularized.ten_features(seed, choice.l1_ratio)
        found = {
            "w1": grid.x,
            "w2": grid.y,
            "loss": grid.values,
            "penalized_loss": regularized.surface(choice).values,
            "strengths": regularized.STRENGTHS,
            "minimizers": regularized.way(choice.data, choice.l1_ratio),
            "condition_numbers": regularized.conditions(choice.data, choice.l1_ratio),
            "ten_features": coefficients,
            "training_error": training,
            "held_out_error": held_out,
        }
        names = ("path", "penalized_path")
        return found | {name: path.params for name, path in zip(names, walked, strict=True)}

    def columns() -> dict[str, Any]:
        found = arrays()
        ways = {"w1": found["minimizers"][:, 0], "w2": found["minimizers"][:, 1]}
        names = DATASETS["diabetes"].feature_names
        weights = {f"weight_{name}": found["ten_features"][:, index] for index, name in enumerate(names)}
        kept = ("condition_numbers", "training_error", "held_out_error")
        return {"strength": found["strengths"], **ways, **weights, **{name: found[name] for name in kept}}

    return {
        "html": page(
            panels, tracks, f"{_('Ridge')} · {choice.data.name}", "step", lead=False, words={"point": "w"}
        ),
        "arrays": arrays,
        "table": lambda: sharing.csv(columns()),
        "script": lambda: scripts.ridge(choice, rate, start, seed),
    }


def offers(
    panels: Sequence[Panel],
    tracks: Sequence[Track],
    title: str,
    *,
    arrays: Callable[[], dict[str, Any]],
    columns: Callable[[], dict[str, Any]],
    script: Callable[[], str],
    align: Align = "step",
    lead: bool = True,
) -> Offers:
    """What a picture offers, each made only when it is asked for.

    Args:
        panels: The pictures.
        tracks: The paths that are played on them.
        title: Of the interactive page.
        arrays: Makes the arrays of the NPZ file by name.
        columns: Makes the columns of the CSV file, all of one length.
        script: Makes the Python script.
        align: As of `plot`.
        lead: As of `plot`.
    """
    return {
        "html": page(panels, tracks, title, align, lead=lead),
        "arrays": arrays,
        "table": lambda: sharing.csv(columns()),
        "script": script,
    }


def page(
    panels: Sequence[Panel],
    tracks: Sequence[Track],
    title: str,
    align: Align,
    *,
    lead: bool = True,
    words: Mapping[str, str] | None = None,
) -> sharing.Document:
    """What makes a page's pictures as one file.

    Args:
        panels: The pictures.
        tracks: The paths that are played on them.
        title: Of the file.
        align: As of `plot`.
        lead: As of `plot`.
        words: Words that replace those of the player.
    """
    # The reader's words and language are looked up now: the file is made later, outside this run.
    spoken, taking, code = player_words() | dict(words or {}), take_words(), language()
    return sharing.Document(
        title,
        lambda: standalone_html(
            panels,
            tracks,
            title=title,
            align=align,
            columns=(1.15, 1) if lead else (1, 1),
            lead=lead,
            height=620,
            words=spoken,
            taking=taking,
            language=code,
        ),
    )
