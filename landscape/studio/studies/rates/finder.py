"""Finder: one run whose learning rate grows from step to step, and the rate that it suggests."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from landscape import OPTIMIZERS, figures
from landscape.figures import Figure, Scale
from landscape.figures.clocks import over_steps
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
    suggestions,
)
from landscape.studio.landscapes import DataChoice
from landscape.studio.noisy import RangeTest
from landscape.studio.panels import Panel, Track
from landscape.studio.plot import Click, plot
from landscape.studio.shared import shared
from landscape.studio.studies.rates.words import stability_limits
from landscape.studio.swept import Runner
from landscape.studio.texts import _, language
from landscape.studio.tracks import track
from landscape.sweeps import Finder
from landscape.sweeps.finder import SAFE

LANDSCAPE = "breast-cancer"
BATCH = 64
STEPS = [20, 30, 50, 100, 150, 200, 300, 500, 700, noisy.MAX_STEPS]
LOWER, HIGHER = 30.0, 5.0
"""How far beyond the rates of a sweep the test begins and ends: nothing moves, and all explodes."""

SMALLEST, LARGEST = 1e-16, 1e6
"""Rates that may be typed."""

OFFERED = tuple(
    name
    for name, spec in OPTIMIZERS.items()
    if choosing.rate_of(name) is not None and not spec.needs_residuals
)
"""Rules with a rate that can grow, on mini-batches of any size."""


def show() -> list[str]:
    """Draw the study; the keys of its controls."""

    def clicked(click: Click) -> None:
        choosing.place(click, landscapes.objective(test.choice))

    with st.sidebar:
        test, keys = _choose()
        scale = choosing.height(test.choice, pictures.first_scale(test.choice, on_functions="log"))
    links.show_notes(st)

    found = noisy.found(test)
    panels = [
        Panel(
            "test",
            _picture(test, language()),
            "curve",
            _("The loss while the learning rate grows, and the suggested rate."),
        ),
        Panel(
            "map",
            pictures.contour(test.choice, scale),
            "plane",
            _("The landscape from above, with the path of the test. Click to start there."),
            True,
            pictures.places(test.choice, test.start),
        ),
    ]
    tracks = [_track(test, found, scale)]
    plot("finder", panels, tracks, on_click=clicked, columns=(1.25, 1), lead=True, height=500)
    st.markdown(_words(test, found))
    _use(test, found)
    sharing.bar("rates", **_offers(test, found, panels, tracks))
    return [*keys, "height"]


def _choose() -> tuple[RangeTest, list[str]]:
    choice, keys = choosing.data_landscape(LANDSCAPE)
    racer, more = choosing.optimizer(choice, "gd", _("Optimizer"), offered=OFFERED, rated=False)
    batch, batch_keys = choosing.batch(choice, BATCH)
    lowest, highest = _range(choice, racer.optimizer)
    num_steps = controls.count(_("Steps"), "steps", 200, 10, noisy.MAX_STEPS, options=STEPS)
    smoothing = controls.linear_number(
        _("Smoothing"),
        "smoothing",
        0.9,
        (0.0, 0.99),
        (0.0, 0.999),
        help=_("What the smoothed loss keeps of itself at each step; 0 for none."),
    )
    seed, seed_keys = choosing.seed()
    start, start_keys = choosing.start(choice)
    numbers = tuple((name, value) for name, value in racer.numbers if name != "learning_rate")
    test = RangeTest(
        choice, racer.optimizer, numbers, start, lowest, highest, num_steps, batch, seed, smoothing
    )
    own = ["low", "high", "steps", "smoothing"]
    return test, [*keys, *more, *batch_keys, *own, *seed_keys, *start_keys]


def _range(choice: DataChoice, optimizer: str) -> tuple[float, float]:
    """Choose the first and the last rate; another landscape or rule begins with its own."""
    low, high = suggestions.span(optimizer, choice)
    low, high = controls.rounded(low / LOWER), controls.rounded(high * HIGHER)
    choosing.renew("range-of", (choice, optimizer), {"low": low, "high": high})
    lowest = controls.log_number(
        _("Lowest rate"), "low", low, (low / 100, high / 10), (SMALLEST, LARGEST / 10)
    )
    # The highest rate is above the lowest, whatever is typed.
    above = max(high, controls.rounded(10 * lowest))
    highest = controls.log_number(
        _("Highest rate"), "high", above, (1.01 * lowest, 10 * above), (1.01 * lowest, 10 * LARGEST)
    )
    return lowest, highest


@shared(maxsize=64)
def _picture(test: RangeTest, code: str) -> Figure:
    found = noisy.found(test)
    figure = figures.finder_curve(
        found.learning_rates,
        found.losses,
        found.smoothed,
        found.suggestion,
        titles=(_("learning rate η"), _("loss")),
        words={
            "raw": _("loss of the mini-batch"),
            "smoothed": _("smoothed"),
            "suggestion": _("suggestion"),
        },
    )
    return over_steps(figure, found.learning_rates)


def _track(test: RangeTest, found: Finder, scale: Scale) -> Track:
    """The path up to where the loss blew up, and beside its numbers the rate of each step."""
    count = len(found.learning_rates) - 1
    made = track(test.optimizer, found.path, pictures.heights(test.choice, scale), count)
    own = {
        f"η · {_('learning rate')}": found.learning_rates,
        _("loss of the mini-batch"): found.losses,
        _("smoothed"): found.smoothed,
    }
    return replace(made, readout=own | dict(made.readout))


def _words(test: RangeTest, found: Finder) -> str:
    """What the test suggests, and why."""
    if found.suggestion is None and found.too_short:
        lines = [
            _(
                "**No suggestion:** too few steps remain to read a slope from. "
                "Smooth it less, take more steps, or begin with a lower rate."
            )
        ]
    elif found.suggestion is None:
        lines = [
            _("**No suggestion:** the smoothed loss never falls. Begin with a lower rate, or smooth it more.")
        ]
    else:
        suggested, least, cautious = (
            number(_readable(rate)) for rate in (found.suggestion, found.cautious * SAFE, found.cautious)
        )
        lines = [
            _("**Suggested: η = {rate}.** There the smoothed loss falls fastest.").format(rate=suggested),
            _(
                "The smoothed loss is least at η = {least}; "
                "a tenth of that, η = {cautious}, is the cautious choice."
            ).format(least=least, cautious=cautious),
        ]
    if found.stopped_at is None:
        lines.append(
            _("The loss never blew up: the test went on to η = {rate}.").format(rate=number(test.highest))
        )
    else:
        lines.append(
            _("The loss blew up at η = {rate}, at step {step}.").format(
                rate=number(_readable(test.rates()[found.stopped_at])), step=found.stopped_at
            )
        )
    runner = Runner(test.choice, test.optimizer, test.numbers, test.start, test.num_steps)
    limits = [f"{label} = {number(value)}" for value, label, _dash in stability_limits(runner)]
    return "  \n".join([*lines, "  ·  ".join(limits)]).rstrip()


def _readable(rate: float) -> float:
    """A rate with no more digits than a test can know."""
    return float(f"{rate:.2g}")


def _use(test: RangeTest, found: Finder) -> None:
    """Take the suggested rate to the study One rate."""
    rate = choosing.rate_of(test.optimizer)
    if found.suggestion is None or rate is None:
        return
    chosen, key = _readable(found.suggestion), choosing.key_of(test.optimizer, rate)

    def use() -> None:
        st.session_state[key] = chosen
        st.session_state["study"] = "one-rate"

    st.button(_("Use η = {rate} in One rate").format(rate=number(chosen)), key="use-rate", on_click=use)


def _offers(
    test: RangeTest, found: Finder, panels: Sequence[Panel], tracks: Sequence[Track]
) -> exports.Offers:
    """The test's numbers, and the program that makes them."""
    rows = slice(0, len(found.learning_rates))

    def arrays() -> dict[str, Any]:
        return {
            "learning_rate": found.learning_rates,
            "loss": found.losses,
            "smoothed": found.smoothed,
            "params": found.path.params[rows],
            "loss_of_all": found.path.losses[rows],
        }

    def columns() -> dict[str, Any]:
        kept = arrays()
        points = np.asarray(kept.pop("params"))
        steps = np.arange(len(points))
        return {"step": steps, **kept, "theta_1": points[:, 0], "theta_2": points[:, 1]}

    return exports.offers(
        panels,
        tracks,
        f"{_('Finder')} · {exports.name_of(test.choice)}",
        arrays=arrays,
        columns=columns,
        script=lambda: _program(test),
    )


def _program(test: RangeTest) -> str:
    names, lines = scripts.objective(test.choice)
    fixed = "".join(f", {name}={value!r}" for name, value in test.numbers)
    lines += [
        "from landscape.sweeps import find_learning_rate",
        f"start = [{test.start[0]!r}, {test.start[1]!r}]",
        "found = find_learning_rate(",
        f"    objective, {test.optimizer!r}, start=start, lowest={test.lowest!r}, highest={test.highest!r},",
        f"    num_steps={test.num_steps}, batch_size={test.batch}, seed={test.seed}, "
        f"smoothing={test.smoothing!r}{fixed},",
        ")",
        'print("suggestion:", found.suggestion)',
        'print("cautious:", found.cautious)',
        'print("blew up at step:", found.stopped_at)',
    ]
    return scripts.script(names, lines)
