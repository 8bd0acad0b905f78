"""Noise and schedules: what mini-batches do to a path, and what calms it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from landscape import DATASETS, OPTIMIZERS, SCHEDULES, Path, figures
from landscape.figures import Figure, Heights, Scale
from landscape.figures.colours import GREEN, PURPLE, path_style
from landscape.figures.heights import number
from landscape.studio import (
    choosing,
    controls,
    exports,
    landscapes,
    links,
    noisy,
    pictures,
    scripts,
    sharing,
    summaries,
)
from landscape.studio.cached import Plan
from landscape.studio.choosing import Racer
from landscape.studio.landscapes import Choice, DataChoice
from landscape.studio.noisy import Run
from landscape.studio.panels import Panel, Track
from landscape.studio.plot import Click, plot
from landscape.studio.texts import _
from landscape.studio.tracks import track

LANDSCAPE = "line"
BATCH = 2
STEPS = [1, 2, 3, 5, 10, 20, 30, 50, 100, 150, 200, 300, 500, 700, noisy.MAX_STEPS]
AVERAGE = "average"
"""The name of the averaged path, in every language."""

SHOWN = "noise-landscape"
"""Where a session keeps which landscape the study showed last; not a widget."""


def show() -> list[str]:
    """Draw the study; the keys of its controls."""

    def clicked(click: Click) -> None:
        choosing.place(click, landscapes.objective(choice))

    _begin_with_data()
    batch, seed, first = None, 0, 0
    chosen: dict[str, float] = {}

    def further(drawn: bool) -> None:
        numbers, more = choosing.schedule_numbers(name, drawn=drawn)
        chosen.update(numbers)
        keys.extend(more)

    with st.sidebar:
        choice, keys = choosing.landscape(LANDSCAPE, losses=False)
        st.session_state[SHOWN] = st.session_state["landscape"]
        if isinstance(choice, DataChoice) and choosing.num_examples(choice):
            batch, more = choosing.batch(choice, BATCH)
            keys += more
        name, more = choosing.schedule()
        keys += more
        racers, more = choosing.optimizers(choice, ("gd",), batch=batch, further=further)
        keys += more
        num_steps = controls.count(_("Steps"), "steps", 200, 1, noisy.MAX_STEPS, options=STEPS)
        averaged = controls.switch(
            _("Average"), AVERAGE, help=_("The mean of the first path’s points so far, as a path of its own.")
        )
        if averaged:
            first = _first_of_average(num_steps)
        if batch is not None:
            seed, more = choosing.seed()
            keys += more
        start, more = choosing.start(choice)
        scale = choosing.height(choice, pictures.first_scale(choice, on_functions="log"))
        keys += [*more, "steps", AVERAGE, "from", "height"]
    links.show_notes(st)

    plan = Plan(name, tuple(chosen.items()), num_steps)
    runs = [Run(choice, racer.optimizer, racer.numbers, start, batch, seed, plan) for racer in racers]
    paths = [noisy.walk(run).first(num_steps) for run in runs]
    heights = pictures.heights(choice, scale)
    tracks = [_track(run, heights, num_steps, len(runs)) for run in runs]
    if averaged:
        racers, paths = (
            [*racers, Racer(AVERAGE, ())],
            [*paths, noisy.average(runs[0], first).first(num_steps)],
        )
        tracks.append(_average_track(runs, first, num_steps, heights))
    panels = [
        Panel(
            "map",
            pictures.contour(choice, scale),
            "plane",
            _("The landscape from above, with the paths. Click to start there."),
            True,
            pictures.places(choice, start),
        ),
        Panel("curve", _curve(choice, scale, runs, paths), "curve", _("Loss against step.")),
    ]
    plot("noise", panels, tracks, on_click=clicked, columns=(1.15, 1), lead=True, height=500)
    st.markdown(_words(choice, runs))
    st.markdown(_results(choice, runs, paths, first))
    offers = exports.paths(choice, panels, tracks, racers, paths, start, num_steps, False)
    offers["script"] = lambda: _program(runs, num_steps, first if averaged else None)
    sharing.bar("rates", **offers)
    return keys


def _begin_with_data() -> None:
    """A function that another study has left here gives way to data: without examples there is no noise."""
    state = st.session_state
    left = state.get("landscape", LANDSCAPE)
    # The schedule's control is this study's own: where it is missing, another study was on the screen.
    if "schedule" not in state and left not in DATASETS and left != state.get(SHOWN):
        links.renew("landscape", LANDSCAPE)
        state["rates-of"] = None  # what was right for the function is not right for the data


def _first_of_average(num_steps: int) -> int:
    tenths = sorted({round(num_steps * part / 10) for part in range(11)})
    return controls.count(_("Average from step"), "from", 0, 0, num_steps, options=tenths)


def _track(run: Run, heights: Heights, num_steps: int, num_paths: int) -> Track:
    """A run's path, with the cloud of where each step could have led."""
    made = track(run.optimizer, noisy.walk(run), heights, num_steps)
    cloud = noisy.cloud(run, num_steps, num_paths)
    return made if cloud is None else replace(made, cloud=cloud, cloud_label=_("noise"))


def _average_track(runs: Sequence[Run], first: int, num_steps: int, heights: Heights) -> Track:
    """The averaged path of the first run, in a colour that its optimizer does not have."""
    whole = noisy.average(runs[0], first)
    path, ahead = whole.first(num_steps), whole.first(num_steps + 1)
    with np.errstate(all="ignore"):
        lifted = np.asarray(heights(path.losses), float)
    return Track(
        name=AVERAGE,
        label=_average_title(runs),
        color=GREEN if path_style(runs[0].optimizer).color == PURPLE else PURPLE,
        dash="dashdot",
        points=np.asarray(path.params, float),
        heights=lifted,
        losses=path.losses,
        evaluations=path.evaluations,
        readout={f"g · {_('gradient')}": ahead.gradients, f"Δθ · {_('update')}": ahead.updates},
        diverged_at=path.diverged_at,
        note="" if path.diverged_at is None else _("diverged at step {step}").format(step=path.diverged_at),
    )


def _average_title(runs: Sequence[Run]) -> str:
    """What the average is called: among several paths, whose it is."""
    return _("Average") if len(runs) == 1 else f"{_('Average')} · {_(OPTIMIZERS[runs[0].optimizer].title)}"


def _curve(choice: Choice, scale: Scale, runs: Sequence[Run], paths: Sequence[Path]) -> Figure:
    """The losses, and above them the learning rate where it changes."""
    figure, plan = pictures.loss_curve(choice, scale, paths, False), runs[0].plan
    rates = [rate for run in runs if (rate := _rate(run)) is not None]
    if plan.schedule == "constant" or not rates:
        return figure
    one = len(rates) == 1
    factors = plan.factors()
    return figures.with_schedule(
        figure, rates[0] * factors if one else factors, titles=(_("step"), "η" if one else "ηₖ / η")
    )


def _rate(run: Run) -> float | None:
    return dict(run.numbers).get("learning_rate")


def _words(choice: Choice, runs: Sequence[Run]) -> str:
    """What the steps cost, and how their length changes."""
    batch, plan = runs[0].batch, runs[0].plan
    most = choosing.num_examples(choice)
    if batch is None and isinstance(choice, DataChoice):
        lines = [
            _(
                "**This loss is one of all examples together, so there is no noise:**"
                " here only the schedule matters."
            )
        ]
    elif batch is None:
        lines = [_("**A function has no examples, so there is no noise:** here only the schedule matters.")]
    elif batch == most:
        lines = [_("**All {count} examples at every step:** no noise.").format(count=most)]
    else:
        lines = [
            _("**Batches of {size} out of {count} examples:** {steps} go once through the data.").format(
                size=batch, count=most, steps=summaries.steps(-(-most // batch))
            )
        ]
    if plan.schedule != "constant":
        lines.append(f"{_(SCHEDULES[plan.schedule].title)}: ${SCHEDULES[plan.schedule].formula}$")
        without = [_(OPTIMIZERS[run.optimizer].title) for run in runs if _rate(run) is None]
        if without:
            lines.append(
                _("Without a learning rate, so without a schedule: {names}.").format(names=", ".join(without))
            )
    return "  \n".join(lines)


def _results(choice: Choice, runs: Sequence[Run], paths: Sequence[Path], first: int) -> str:
    """How each path ended, as a Markdown table; one path more is the average of the first."""
    objective, most = landscapes.objective(choice), choosing.num_examples(choice)
    head = [_("Optimizer"), _("Steps")]
    head += [_("Passes over the data")] if most else []
    head += [_("Last loss"), _("Best loss")]
    known = len(landscapes.minimizers(objective)) > 0
    head += [_("Distance to the nearest global minimum")] if known else []
    head.append(_("Ended"))
    lines = ["| " + " | ".join(head) + " |", "|---|" + "--:|" * (len(head) - 2) + "---|"]
    titles = [_(OPTIMIZERS[run.optimizer].title) for run in runs]
    from_step = f", {_('from step {step}').format(step=first)}" if first else ""
    titles.append(_average_title(runs) + from_step)
    for title, run, path in zip(titles, [*runs, runs[0]], paths, strict=False):
        row = [title, str(path.num_steps)]
        row += [number(noisy.passes(path, run.batch, most))] if run.batch is not None else []
        row += [_loss(path.final_loss), _loss(float(np.fmin.reduce(path.losses)))]
        row += [_loss(summaries.distance(path, objective))] if known else []
        lines.append("| " + " | ".join([*row, summaries.ending(path, objective)]) + " |")
    return "\n".join(lines)


def _loss(value: float) -> str:
    return number(value) if np.isfinite(value) else "∞" if value > 0 else "–"


def _program(runs: Sequence[Run], num_steps: int, first: int | None) -> str:
    """The script that walks the same paths; `first` is None where there is no average."""
    run, plan = runs[0], runs[0].plan
    names, lines = scripts.objective(run.choice)
    numbers = "".join(f", {name}={value!r}" for name, value in plan.numbers)
    lines += [
        f"start = [{run.start[0]!r}, {run.start[1]!r}]",
        f"schedule = SCHEDULES[{plan.schedule!r}].build({num_steps}{numbers})",
        "paths = {}",
    ]
    batch = "" if run.batch is None else f", batch_size={run.batch}, seed={run.seed}"
    for each in runs:
        chosen = ", ".join(f"{name}={value!r}" for name, value in each.numbers)
        made = f"OPTIMIZERS[{each.optimizer!r}].build({chosen})"
        if _rate(each) is not None:
            made = f"landscape.scheduled({made}, schedule)"
        lines += [
            f"optimizer = {made}",
            f"path = landscape.descend(objective, optimizer, start, num_steps={num_steps}{batch})",
            f"paths[{each.optimizer!r}] = path",
        ]
    if first is not None:
        lines += [
            f"noisy = paths[{run.optimizer!r}]",
            f"paths[{AVERAGE!r}] = landscape.average_iterates(objective, noisy, first={first})",
        ]
    lines += [
        "for name, path in paths.items():",
        '    print(f"{name}: loss {path.final_loss:.6g} after {path.num_steps} steps at {path.params[-1]}")',
        "    if path.diverged_at is not None:",
        '        print(f"{name} diverged at step {path.diverged_at}")',
    ]
    return scripts.script([*names, "OPTIMIZERS", "SCHEDULES"], lines)
