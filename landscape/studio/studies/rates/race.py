"""Race: all optimizers on one landscape, each at its own best rate or all at one."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from landscape import OPTIMIZERS, figures
from landscape.figures import Figure, Scale
from landscape.figures.heights import number
from landscape.studio import (
    choosing,
    controls,
    exports,
    landscapes,
    later,
    links,
    pictures,
    raced,
    scripts,
    sharing,
    suggestions,
    summaries,
)
from landscape.studio.cached import Point
from landscape.studio.jobs import LOOK, Wanted, gather, keep_all
from landscape.studio.landscapes import Choice
from landscape.studio.panels import Mark, Panel, Track
from landscape.studio.plot import Click, plot
from landscape.studio.raced import Course, Search
from landscape.studio.shared import shared
from landscape.studio.texts import _, language
from landscape.studio.tracks import track
from landscape.sweeps import Entry
from landscape.sweeps.race import ranked

LANDSCAPE = "rosenbrock"
BUDGETS = [10, 20, 30, 50, 100, 150, 200, 300, 500, 700, 1000]
FIRST, MOST = {True: 200, False: 100}, {True: 1000, False: 200}
"""Gradient evaluations at first and at most, on a function and on data, where each costs more."""

RATES, LIMITS = (1e-4, 10.0), (1e-9, 1e4)
"""Ends of the slider of a shared rate, and what may be typed."""

SOON = 1.0
"""Seconds that a picture may wait for those still looking for their rate."""

AGAIN = 3.0
"""Seconds after which those that have found theirs meanwhile are drawn."""


def show() -> list[str]:
    """Draw the study; the keys of its controls."""

    def clicked(click: Click) -> None:
        if click.panel == "map":
            choosing.place(click, landscapes.objective(choice))
        elif rate is not None:
            st.session_state["lr-shared"] = min(max(float(f"{click.x:.3g}"), LIMITS[0]), LIMITS[1])

    with st.sidebar:
        choice, keys = choosing.landscape(LANDSCAPE)
        names = _optimizers(choice)
        budget = _budget(choice)
        rate = _shared_rate(choice)
        start, start_keys = choosing.start(choice)
        scale = choosing.height(choice, pictures.first_scale(choice, on_functions="log"))
    links.show_notes(st)

    course = Course(choice, start, budget)
    own = [Wanted(raced.entry, (course, name, None)) for name in names]
    wanted = own if rate is None else [*[Wanted(raced.entry, (course, name, rate)) for name in names], *own]
    place = st.container(key="under-way").empty()
    found = _now(wanted, place)
    racing = [entry for entry in found[: len(names)] if entry is not None]
    searched = [entry for entry in found[-len(names) :] if entry is not None and len(entry.rates)]
    entries, _minimum = ranked(landscapes.objective(choice), racing, raced.TOLERANCE)
    tracks = [_track(course, entry, scale) for entry in racing]
    panels = _panels(course, racing, searched, scale, rate)
    plot(
        "race",
        panels,
        tracks,
        align="evaluations",
        on_click=clicked,
        columns=(1.1, 1),
        lead=True,
        height=440,
    )
    st.markdown(_words(course, entries, rate, len(racing) < len(names)))
    st.markdown(_table(course, entries))
    result = Panel("result", _result(choice, entries), "plain", _("The last loss of each."))
    plot("race-result", [result], columns=(1,), height=max(160, 90 + 22 * len(racing)))
    sharing.bar("rates", **_offers(course, entries, searched, rate, panels, tracks))
    if any(entry is None for entry in found):
        later.go_on(lambda: _finish(wanted, found, place))
    return [*keys, "racers", "budget", "shared", "lr-shared", *start_keys, "height"]


def _optimizers(choice: Choice) -> list[str]:
    """Choose who races; at first all that can."""
    offered = raced.runnable(choice)
    choosing.renew("racers-of", len(offered), {"racers": offered})
    titles = {name: _(spec.title) for name, spec in OPTIMIZERS.items()}
    reason = _("Gauss–Newton and Levenberg–Marquardt need a loss that is a sum of squares.")
    with st.expander(_("Who races")):
        return controls.choices(
            _("Optimizers"),
            "racers",
            offered,
            offered,
            limit=len(OPTIMIZERS),
            titles=titles,
            refused={name: reason.rstrip(".") for name in OPTIMIZERS if name not in offered},
        )


def _budget(choice: Choice) -> int:
    """Choose how many gradient evaluations a run may cost."""
    plain = landscapes.is_cheap(choice)
    choosing.renew("budget-of", plain, {"budget": FIRST[plain]})
    options = [each for each in BUDGETS if each <= MOST[plain]]
    return controls.count(
        _("Gradient evaluations"), "budget", FIRST[plain], options[0], options[-1], options=options
    )


def _shared_rate(choice: Choice) -> float | None:
    """Choose whether all have one rate, and which."""
    if not controls.switch(_("One rate for all"), "shared"):
        return None
    first = suggestions.learning_rate("gd", choice)
    choosing.renew("shared-rate-of", choice, {"lr-shared": first})
    return controls.log_number(_("Learning rate η"), "lr-shared", first, RATES, LIMITS)


def _now(wanted: Sequence[Wanted], place: Any) -> list[Entry | None]:
    """Who has finished by now; somebody has."""
    begun = any(each.kept() is not None for each in wanted)
    found = gather(wanted, LOOK if begun else SOON)
    while all(entry is None for entry in found[: _racing(wanted)]):
        _tell(place, found)
        found = gather(wanted, LOOK, found)
    return found


def _racing(wanted: Sequence[Wanted]) -> int:
    """How many race; with one rate for all, those that look for their own come behind."""
    return len({each.args[1] for each in wanted})


def _finish(wanted: Sequence[Wanted], drawn: Sequence[Entry | None], place: Any) -> None:
    """Wait for the others, and draw the page anew when some or all have come."""
    begun, found = time.monotonic(), gather(wanted, LOOK, drawn)
    while any(entry is None for entry in found):
        _tell(place, found)
        if found.count(None) < drawn.count(None) and time.monotonic() - begun > AGAIN:
            break
        found = gather(wanted, LOOK, found)
    keep_all(wanted, found)
    later.again()


def _tell(place: Any, found: Sequence[Entry | None]) -> None:
    done, count = sum(entry is not None for entry in found), len(found)
    words = _("Looking for the best learning rates: {done} of {count}").format(done=done, count=count)
    place.progress(done / count, text=words)


def _track(course: Course, entry: Entry, scale: Scale) -> Track:
    """A run as the player plays it, bare: sixteen of them would crowd."""
    walk = raced.walk(course, entry.name, entry.learning_rate)
    shown = track(entry.name, walk, pictures.heights(course.choice, scale), entry.path.num_steps)
    return replace(shown, arrows={}, arrow_labels={}, readout={})


def _panels(
    course: Course, racing: Sequence[Entry], searched: Sequence[Entry], scale: Scale, rate: float | None
) -> list[Panel]:
    """The map, the losses, and how much each optimizer's rate matters."""
    choice = course.choice
    marks = pictures.places(choice, course.start)
    panels = [
        Panel(
            "map",
            pictures.contour(choice, scale),
            "plane",
            _("The landscape from above, with all paths. Click to start there."),
            True,
            marks,
        ),
        Panel(
            "curve",
            pictures.loss_curve(choice, scale, [entry.path for entry in racing], True),
            "curve",
            _("Loss against gradient evaluations."),
        ),
    ]
    if searched:
        panels.append(
            Panel(
                "family",
                _family(choice, course.start, tuple(map(Search.of, searched)), language()),
                "chart",
                _("The last loss of each optimizer against its learning rate, with a mark at its best."),
                rate is not None,
                [] if rate is None else [Mark("vline", rate, label=f"η = {number(rate)}")],
            )
        )
    return panels


@shared(maxsize=32)
def _family(choice: Choice, start: Point, searches: tuple[Search, ...], code: str) -> Figure:
    objective = landscapes.objective(choice)
    figure = figures.sweep_family(
        [np.frombuffer(each.rates) for each in searches],
        [np.frombuffer(each.losses) for each in searches],
        [_(OPTIMIZERS[each.name].title) for each in searches],
        [figures.path_style(each.name) for each in searches],
        [each.best for each in searches],
        titles=(_("learning rate η"), _("last loss")),
        floor=objective.minimum or 0.0,
        start_loss=float(objective.loss(np.array(start))),
    )
    # The player's legend names the colours already.
    figure["layout"]["showlegend"] = False
    return figure


def _result(choice: Choice, entries: Sequence[Entry]) -> Figure:
    """The last losses in the order of the ranking, where those that differ by rounding alone are equal."""
    rates = ["" if each.learning_rate is None else f"η = {number(each.learning_rate)}" for each in entries]
    finals = np.array([entry.final_loss for entry in entries])
    finals = np.where(np.isfinite(finals), np.maximum.accumulate(finals), finals)
    return figures.race_result(
        [_(OPTIMIZERS[entry.name].title) for entry in entries],
        finals,
        [figures.path_style(entry.name) for entry in entries],
        title=_("last loss"),
        notes=rates,
        floor=landscapes.objective(choice).minimum or 0.0,
        start_loss=float(entries[0].path.losses[0]),
    )


def _words(course: Course, entries: Sequence[Entry], rate: float | None, waiting: bool) -> str:
    """Who wins, and with what means."""
    first = _("**{optimizer} wins**, on this landscape, from this start, with this budget.")
    if not np.isfinite(entries[0].final_loss):
        first = _("**Nobody wins:** all diverge.")
    elif waiting:
        first = _("**{optimizer} leads**, of those that have finished so far.")
    elif len(entries) == 1:
        first = _("**{optimizer}** races alone.")
    said = first.format(optimizer=_(OPTIMIZERS[entries[0].name].title))
    rated = [entry.learning_rate is not None for entry in entries]
    if not any(rated):
        means = _("It has {budget} gradient evaluations, and no learning rate to choose.")
    elif rate is not None:
        means = _("All race at η = {rate}, with {budget} gradient evaluations each.")
        if not all(rated):
            means = _(
                "All that have a learning rate race at η = {rate}; each has {budget} gradient evaluations."
            )
    else:
        means = _(
            "Each has first tried {count} learning rates with {budget} gradient evaluations each, {total} in "
            "all, and then races at its best one, with {budget} again."
        )
        if not all(rated):
            means = _(
                "Each that has a learning rate has first tried {count} of them with {budget} gradient "
                "evaluations each, {total} in all, and races at its best one. In the race each has {budget} "
                "again."
            )
    numbers = {"count": raced.NUM_RATES, "total": f"{raced.NUM_RATES * course.budget:,}"}
    numbers |= {"budget": f"{course.budget:,}", "rate": "" if rate is None else number(rate)}
    return f"{said}  \n{means.format(**numbers)}"


def _table(course: Course, entries: Sequence[Entry]) -> str:
    """The ranking, as a Markdown table."""
    head = [
        "",
        _("Optimizer"),
        "η",
        _("Steps"),
        _("Gradient evaluations"),
        _("Last loss"),
        _("Arrives at step"),
        _("Ended"),
    ]
    lines = ["| " + " | ".join(head) + " |", "|--:|---|" + "--:|" * (len(head) - 3) + "---|"]
    for place, entry in enumerate(entries, 1):
        cells = [
            str(place),
            _(OPTIMIZERS[entry.name].title),
            "–" if entry.learning_rate is None else number(entry.learning_rate),
            str(entry.path.num_steps),
            str(entry.evaluations),
            number(entry.final_loss),
            "–" if entry.steps_to_tolerance is None else str(entry.steps_to_tolerance),
            _ended(course, entry.name, entry.learning_rate, entry.path.num_steps, language()),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    note = _("Arrived: one millionth of the start’s height above the minimum is left.")
    return "\n".join(lines) + "\n\n" + note


@shared(maxsize=512)
def _ended(course: Course, name: str, rate: float | None, num_steps: int, code: str) -> str:
    return summaries.ending(
        raced.walk(course, name, rate).first(num_steps), landscapes.objective(course.choice)
    )


def _offers(
    course: Course,
    entries: Sequence[Entry],
    searched: Sequence[Entry],
    rate: float | None,
    panels: Sequence[Panel],
    tracks: Sequence[Track],
) -> exports.Offers:
    """Every run and every rate that was tried, the ranking as a table, and the program that makes them."""

    def arrays() -> dict[str, Any]:
        found: dict[str, Any] = {"ranking": [entry.name for entry in entries]}
        for entry in entries:
            path = entry.path
            parts = {"params": path.params, "losses": path.losses, "evaluations": path.evaluations}
            found |= {f"{entry.name}/{name}": values for name, values in parts.items()}
        for entry in searched:
            found |= {f"{entry.name}/rates": entry.rates, f"{entry.name}/last_losses": entry.losses}
        return found

    def columns() -> dict[str, Any]:
        rates = [np.nan if entry.learning_rate is None else entry.learning_rate for entry in entries]
        arrivals = [-1 if e.steps_to_tolerance is None else e.steps_to_tolerance for e in entries]
        return {
            "rank": np.arange(1, len(entries) + 1),
            "optimizer": [entry.name for entry in entries],
            "learning_rate": rates,
            "steps": [entry.path.num_steps for entry in entries],
            "evaluations": [entry.evaluations for entry in entries],
            "final_loss": [entry.final_loss for entry in entries],
            "steps_to_tolerance": arrivals,
        }

    return exports.offers(
        panels,
        tracks,
        f"{_('Learning rates')} · {exports.name_of(course.choice)}",
        arrays=arrays,
        columns=columns,
        script=lambda: _program(course, [entry.name for entry in entries], rate),
        align="evaluations",
    )


def _program(course: Course, names: list[str], rate: float | None) -> str:
    imported, lines = scripts.objective(course.choice)
    ordered = [name for name in OPTIMIZERS if name in names]
    lines += [
        "from landscape.sweeps import race",
        "names = [",
        *(f"    {name!r}," for name in ordered),
        "]",
        f"start = [{course.start[0]!r}, {course.start[1]!r}]",
    ]
    settings = f"shared_rate={rate!r}"
    if rate is None:
        found = raced.ranges(course.choice, ordered)
        lines += ["ranges = {", *(f"    {name!r}: {ends!r}," for name, ends in found.items()), "}"]
        settings = "ranges=ranges"
    lines += [
        "found = race(",
        f"    objective, names, start, {course.budget}, {raced.NUM_RATES},",
        f"    tolerance={raced.TOLERANCE!r}, {settings},",
        ")",
        "for place, entry in enumerate(found.entries, 1):",
        '    print(f"{place}. {entry.name}: rate {entry.learning_rate}, last loss {entry.final_loss:.6g}")',
        '    print(f"   {entry.path.num_steps} steps, {entry.evaluations} gradient evaluations")',
    ]
    return scripts.script(imported, lines)
