"""Basins: where each start ends, for two optimizers side by side, and the way from the start pointed at."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from landscape import OPTIMIZERS, Path, figures
from landscape.figures import Figure, Scale
from landscape.figures.heights import number
from landscape.objectives import Domain
from landscape.studio import (
    attracted,
    cached,
    choosing,
    controls,
    exports,
    landscapes,
    later,
    links,
    pictures,
    scripts,
    sharing,
    summaries,
)
from landscape.studio.attracted import Field
from landscape.studio.cached import Point
from landscape.studio.choosing import Racer
from landscape.studio.jobs import Wanted, await_all, gather, keep_all
from landscape.studio.landscapes import Choice
from landscape.studio.panels import Mark, Panel, Track
from landscape.studio.plot import Click, plot
from landscape.studio.shared import shared
from landscape.studio.texts import _, language, ngettext
from landscape.studio.tracks import track
from landscape.sweeps import Basins
from landscape.sweeps.basins import DIVERGED, MOVING

LANDSCAPE = "himmelblau"
STEPS = [10, 20, 30, 50, 100, 150, 200, 300, 500, 700, 1000]
MAX_STEPS = 1000
"""Of each run, whatever a link asks for."""

RESOLUTIONS = [32, 48, 64, 96, 128, 160, 192, 256, 384]
FIRST = {True: 160, False: 32}
"""Starts along each axis at first, on a function and on data, where a step costs more."""

FINEST = {True: 384, False: 64}
"""At most, likewise."""

COARSER = 4
"""How many times coarser the picture is that is drawn while a fine one takes its time."""

SOON = 1.0
"""Seconds that a picture may take without a coarser one before it."""

MOST_ROWS = 8
"""Minima in the table at most, those with most starts."""

SIDES = ("left", "right")

LINES = "rgba(0,0,0,0.28)"
"""The landscape's contour lines, over every hue."""


def show() -> list[str]:
    """Draw the study; the keys of its controls."""

    def clicked(click: Click) -> None:
        choosing.place(click, landscapes.objective(choice))

    with st.sidebar:
        choice, keys = choosing.landscape(LANDSCAPE)
        first, first_keys = choosing.optimizer(choice, "gd", _("Left"))
        second, second_keys = choosing.optimizer(choice, "momentum", _("Right"), slot="versus")
        num_steps = controls.count(_("Steps"), "steps", 200, 1, MAX_STEPS, options=STEPS)
        start, start_keys = choosing.start(choice)
        resolution = _resolution(choice)
    links.show_notes(st)

    racers = (first, second)
    objective = landscapes.objective(choice)
    fields = [Field(choice, racer.optimizer, racer.numbers, num_steps) for racer in racers]
    window = choosing.window(objective)
    fine = _wanted(fields, window, resolution)
    coarse = _wanted(fields, window, max(2, resolution // COARSER))[: len(SIDES)]
    place = st.container(key="under-way").empty()
    found, ways = _now(fine, coarse, place)
    pair = attracted.together(found[0], found[1], len(landscapes.minimizers(objective)))

    # One step more than is shown: the last point shown then has its gradient, too.
    walks = [cached.path(choice, racer.optimizer, racer.numbers, start, num_steps + 1) for racer in racers]
    tracks = _tracks(choice, racers, walks, num_steps)
    shades = _shades(pair)
    panels = [
        Panel(
            side,
            _map(choice, basins, shades, language()),
            "plane",
            _("Where each start ends. Point at one to see its path, click it to play the path."),
            True,
            [Mark("point", *start, symbol="ring")],
            title=_title(racer),
            paths=(side,),
            threads=threads,
        )
        for side, racer, basins, threads in zip(SIDES, racers, pair, ways, strict=True)
    ]
    curve = pictures.loss_curve(choice, _scale(choice), [walk.first(num_steps) for walk in walks], False)
    panels.append(Panel("curve", curve, "curve", _("Loss against step.")))
    plot("basins", panels, tracks, on_click=clicked, columns=(1, 1), height=330)
    st.markdown(_table(choice, racers, pair, num_steps))
    sharing.bar("rates", **_offers(fields, pair, walks, panels, tracks))
    if any(each is None for each in ways) or len(pair[0].x) < resolution:
        later.go_on(lambda: _finish(fine, place))
    return [*keys, *first_keys, *second_keys, *start_keys, "steps", "resolution"]


def _resolution(choice: Choice) -> int:
    """Choose how many starts there are along each axis."""
    plain = landscapes.is_cheap(choice)
    choosing.renew("resolution-of", plain, {"resolution": FIRST[plain]})
    options = [each for each in RESOLUTIONS if each <= FINEST[plain]]
    return controls.count(
        _("Starts along each axis"), "resolution", FIRST[plain], options[0], options[-1], options=options
    )


def _wanted(fields: Sequence[Field], window: Domain, resolution: int) -> list[Wanted]:
    """Both pictures, then the ways under the pointer on both."""
    pictured = [Wanted(attracted.basins, (field, window, resolution)) for field in fields]
    return pictured + [Wanted(attracted.threads, (field, window)) for field in fields]


def _now(
    fine: Sequence[Wanted], coarse: Sequence[Wanted], place: Any
) -> tuple[list[Basins], list[np.ndarray | None]]:
    """What can be drawn soon: the pictures, or coarser ones, and the ways where they are there."""
    known = [each.kept() for each in fine]
    if any(each is None for each in known):
        *rough, left, right, first_ways, second_ways = gather(
            [*coarse, *fine], SOON, [*(None for _each in coarse), *known]
        )
        if left is None or right is None:
            # Both coarse: one grid for the two sides.
            left, right = await_all(coarse, lambda share: _tell(place, share), rough)
        known = [left, right, first_ways, second_ways]
    return known[: len(SIDES)], known[len(SIDES) :]


def _finish(wanted: Sequence[Wanted], place: Any) -> None:
    """Wait for the fine pictures, and draw the page anew."""
    keep_all(wanted, await_all(wanted, lambda share: _tell(place, share)))
    later.again()


def _tell(place: Any, share: float) -> None:
    place.progress(share, text=_("Walking from every start: {share} %").format(share=round(100 * share)))


def _scale(choice: Choice) -> Scale:
    return pictures.first_scale(choice, on_functions="log")


def _tracks(choice: Choice, racers: Sequence[Racer], walks: Sequence[Path], num_steps: int) -> list[Track]:
    """The paths from the start, each by the name of its side, with a dash where both are of one colour."""
    heights = pictures.heights(choice, _scale(choice))
    left, right = (
        replace(track(racer.optimizer, walk, heights, num_steps), name=side, label=_title(racer))
        for side, racer, walk in zip(SIDES, racers, walks, strict=True)
    )
    if (left.color, left.dash) == (right.color, right.dash):
        right = replace(right, dash="dot" if left.dash == "dash" else "dash")
    return [left, right]


def _title(racer: Racer) -> str:
    """An optimizer with its learning rate, if it has one."""
    title, rate = _(OPTIMIZERS[racer.optimizer].title), dict(racer.numbers).get("learning_rate")
    return title if rate is None else f"{title} · η = {rate:g}"


def _shades(pair: Sequence[Basins]) -> tuple[float, float]:
    """The steps of the lightest and of the darkest shade, one scale for both sides."""
    reaching = [each for each in pair if (each.labels >= 0).any()]
    ranges = [figures.usual_steps(each.labels, each.steps) for each in reaching] or [(1.0, 1.0)]
    return min(low for low, _high in ranges), max(high for _low, high in ranges)


# Few are kept: what is asked with, the starts' ends, is kept with them.
@shared(maxsize=8)
def _map(choice: Choice, found: Basins, shades: tuple[float, float], code: str) -> Figure:
    """One side's picture, with the landscape's contour lines."""
    lines = [
        {**trace, "colorscale": [[0, LINES], [1, LINES]]}
        for trace in pictures.contour(choice, _scale(choice))["data"]
        if trace["type"] == "contour"
    ]
    return figures.basins_map(
        found.x,
        found.y,
        found.labels,
        found.steps,
        found.minimizers,
        titles=(*landscapes.axis_titles(choice), _("steps")),
        words={"minimizer": _("minimum"), "diverges": _("diverges"), "moving": _("at no minimum")},
        step_range=shades,
        traces=lines,
    )


def _table(choice: Choice, racers: Sequence[Racer], pair: Sequence[Basins], num_steps: int) -> str:
    """Where the starts end, as a Markdown table."""
    points = pair[0].minimizers
    shares = np.array([[(each.labels == row).mean() for each in pair] for row in range(len(points))])
    shares = shares.reshape(-1, len(pair))
    order = np.sort(np.argsort(-shares.sum(axis=1), kind="stable")[:MOST_ROWS])
    head = [_("Starts that end …"), "2/λₘₐₓ", *(_title(racer) for racer in racers)]
    lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]

    def add(*cells: str) -> None:
        lines.append("| " + " | ".join(cells) + " |")

    for row in order:
        x, y = (float(value) for value in points[row])
        where = _("at minimum {number}").format(number=row + 1)
        add(
            f"{where} ({number(x)}, {number(y)})", _limit(choice, (x, y)), *(_percent(s) for s in shares[row])
        )
    if len(points) > len(order):
        rest = shares.sum(axis=0) - shares[order].sum(axis=0)
        count = len(points) - len(order)
        words = ngettext("at {count} other minimum", "at {count} other minima", count).format(count=count)
        add(words, "", *(_percent(share) for share in rest))
    add(_("at no minimum"), "", *(_percent((each.labels == MOVING).mean()) for each in pair))
    add(_("nowhere: they diverge"), "", *(_percent((each.labels == DIVERGED).mean()) for each in pair))
    medians = [each.steps[each.labels >= 0] for each in pair]
    add(
        _("Steps to a minimum, median"),
        "",
        *(number(float(np.median(steps))) if steps.size else "–" for steps in medians),
    )
    note = _("At a minimum: within {distance} of it after {steps}.")
    said = note.format(distance=f"{pair[0].tolerance:g}", steps=summaries.steps(num_steps))
    return "\n".join(lines) + "\n\n" + said


def _percent(share: float) -> str:
    return "<0.1 %" if 0 < share < 0.0005 else f"{100 * share:.1f} %"


def _limit(choice: Choice, point: Point) -> str:
    """The largest stable rate of gradient descent at a minimizer, where there is one."""
    curvature = cached.curvature(choice, point).sharpness
    known = np.isfinite(curvature) and curvature > 0 and cached.is_smooth(choice, point)
    return number(2 / curvature) if known else "–"


def _offers(
    fields: Sequence[Field],
    pair: Sequence[Basins],
    walks: Sequence[Path],
    panels: Sequence[Panel],
    tracks: Sequence[Track],
) -> exports.Offers:
    """The numbers of both sides, and the program that makes them."""
    choice = fields[0].choice

    def arrays() -> dict[str, Any]:
        found: dict[str, Any] = {"x": pair[0].x, "y": pair[0].y, "minimizers": pair[0].minimizers}
        for side, basins, walk in zip(SIDES, pair, walks, strict=True):
            parts = {"labels": basins.labels, "steps": basins.steps}
            parts["path"] = walk.first(fields[0].num_steps).params
            found |= {f"{side}/{name}": values for name, values in parts.items()}
        return found

    def columns() -> dict[str, Any]:
        x, y = np.meshgrid(pair[0].x, pair[0].y)
        found: dict[str, Any] = {"x": x.ravel(), "y": y.ravel()}
        for side, basins in zip(SIDES, pair, strict=True):
            found |= {f"{side}_label": basins.labels.ravel(), f"{side}_steps": basins.steps.ravel()}
        return found

    return exports.offers(
        panels,
        tracks,
        f"{_('Learning rates')} · {exports.name_of(choice)}",
        arrays=arrays,
        columns=columns,
        script=lambda: _program(fields, pair[0]),
        lead=False,
    )


def _program(fields: Sequence[Field], made: Basins) -> str:
    names, lines = scripts.objective(fields[0].choice)
    lines.append("from landscape.sweeps import basins")
    for side, field in zip(SIDES, fields, strict=True):
        numbers = ", ".join(f"{name}={value!r}" for name, value in field.numbers)
        lines += [
            f"optimizer = OPTIMIZERS[{field.optimizer!r}].build({numbers})",
            "found = basins(",
            f"    objective, optimizer, {len(made.x)}, {field.num_steps}, {made.tolerance!r},",
            f"    extent={made.extent!r},",
            ")",
            f'print("{side}: {field.optimizer}")',
            "for row, (x, y) in enumerate(found.minimizers):",
            '    print(f"({x:.6g}, {y:.6g}): {(found.labels == row).mean():.4f}")',
            'print(f"at no minimum: {(found.labels == -2).mean():.4f}")',
            'print(f"diverged: {(found.labels == -1).mean():.4f}")',
        ]
    return scripts.script([*names, "OPTIMIZERS"], lines)
