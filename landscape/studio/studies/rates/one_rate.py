"""One rate: the path, the loss and the sweep over all rates, under one slider."""

from typing import Any

import numpy as np
import streamlit as st

from landscape import OPTIMIZERS, figures
from landscape.figures import Figure
from landscape.figures.heights import number
from landscape.studio import (
    cached,
    choosing,
    controls,
    exports,
    landscapes,
    links,
    pictures,
    scripts,
    sharing,
    suggestions,
    summaries,
    swept,
)
from landscape.studio.panels import Mark, Panel
from landscape.studio.plot import Click, plot
from landscape.studio.shared import shared
from landscape.studio.studies.rates.words import outcomes, stability_limits
from landscape.studio.swept import Runner
from landscape.studio.texts import _, language
from landscape.studio.tracks import track

LANDSCAPE = "ravine"
STEPS = [1, 2, 3, 5, 10, 20, 30, 50, 100, 150, 200, 300, 500, 700, 1000, 1500, cached.MAX_STEPS]


def show() -> list[str]:
    """Draw the study; the keys of its controls."""

    def clicked(click: Click) -> None:
        if click.panel == "map":
            choosing.place(click, landscapes.objective(choice))
        elif rate is not None:
            st.session_state[choosing.key_of(racer.optimizer, rate)] = float(f"{click.x:.3g}")

    with st.sidebar:
        choice, keys = choosing.landscape(LANDSCAPE)
        racer, more = choosing.optimizer(choice, "gd", _("Optimizer"))
        num_steps = controls.count(_("Steps"), "steps", 200, 1, cached.MAX_STEPS, options=STEPS)
        start, start_keys = choosing.start(choice)
        scale = choosing.height(choice, pictures.first_scale(choice, on_functions="log"))
    links.show_notes(st)

    rate = choosing.rate_of(racer.optimizer)
    # One step more than is shown: the last point shown then has its gradient, too.
    walk = cached.path(choice, racer.optimizer, racer.numbers, start, num_steps + 1)
    path = walk.first(num_steps)
    tracks = [track(racer.optimizer, walk, pictures.heights(choice, scale), num_steps)]
    marks = pictures.places(choice, start)
    panels = [
        Panel(
            "map",
            pictures.contour(choice, scale),
            "plane",
            _("The landscape from above, with the path. Click to start there."),
            True,
            marks,
        ),
        Panel("curve", pictures.loss_curve(choice, scale, [path], False), "curve", _("Loss against step.")),
    ]
    runner = Runner(choice, racer.optimizer, racer.numbers, start, num_steps).without("learning_rate")
    if rate is not None:
        eta, span = dict(racer.numbers)["learning_rate"], suggestions.span(racer.optimizer, choice)
        panels.append(
            Panel(
                "sweep",
                _sweep(runner, *span, language()),
                "chart",
                _("The last loss against the learning rate. Click to choose a rate."),
                True,
                [Mark("vline", eta, label=f"η = {number(eta)}")],
            )
        )
    plot("one-rate", panels, tracks, on_click=clicked, columns=(1.1, 1), lead=True, height=500)
    if rate is not None:
        st.markdown(_verdict(runner, eta))
    st.markdown(summaries.results(choice, [racer], [path]))
    offers = exports.paths(choice, panels, tracks, [racer], [path], start, num_steps, False, _("One rate"))
    if rate is not None:
        offers |= _offers(runner, *span)
    sharing.bar("rates", **offers)
    return [*keys, *more, *start_keys, "steps", "height"]


@shared(maxsize=64)
def _sweep(runner: Runner, low: float, high: float, code: str) -> Figure:
    found = swept.over_rates(runner, low, high)
    objective = landscapes.objective(runner.choice)
    return figures.sweep_curve(
        found.learning_rates,
        found.final_losses,
        found.outcomes,
        titles=(_("learning rate η"), _("last loss")),
        words=outcomes(),
        limits=[
            (value, label, dash) for value, label, dash in stability_limits(runner) if low < value < high
        ],
        floor=objective.minimum or 0.0,
        start_loss=float(objective.loss(np.array(runner.start))),
        style=figures.path_style(runner.optimizer),
    )


def _verdict(runner: Runner, rate: float) -> str:
    """In one sentence, what this rate does."""
    if rate == 0:
        return _("**η = 0: nothing moves.**")
    outcome = str(swept.at_rate(runner, rate).outcomes[0])
    title = _(OPTIMIZERS[runner.optimizer].title)
    said = _("**η = {rate}: {title} {outcome}.**").format(
        rate=number(rate), title=title, outcome=outcomes(long=True)[outcome]
    )
    limits = [f"{label} = {number(value)}" for value, label, _dash in stability_limits(runner)]
    return "  ·  ".join([said, *limits])


def _offers(runner: Runner, low: float, high: float) -> exports.Offers:
    """The sweep's numbers, and the program that makes them."""

    def arrays() -> dict[str, Any]:
        found = swept.over_rates(runner, low, high)
        return {
            "learning_rate": found.learning_rates,
            "final_loss": found.final_losses,
            "best_loss": found.best_losses,
            "steps_to_tolerance": found.steps_to_tolerance,
            "diverged_at": found.diverged_at,
            "outcome": found.outcomes,
        }

    return {
        "arrays": arrays,
        "table": lambda: sharing.csv(arrays()),
        "script": lambda: _program(runner, low, high),
    }


def _program(runner: Runner, low: float, high: float) -> str:
    names, lines = scripts.objective(runner.choice)
    fixed = "".join(f", {name}={value!r}" for name, value in runner.numbers)
    lines += [
        "import numpy as np",
        "from landscape.sweeps import sweep",
        f"rates = np.geomspace({low!r}, {high!r}, {swept.num_rates(runner.choice)})",
        f"start = [{runner.start[0]!r}, {runner.start[1]!r}]",
        "found = sweep(",
        f"    objective, {runner.optimizer!r}, rates, start, {runner.num_steps}, "
        f"tolerance={swept.ARRIVED!r}{fixed}",
        ")",
        "for rate, loss, outcome in zip(rates, found.final_losses, found.outcomes):",
        '    print(f"{rate:.4g}: {outcome}, last loss {loss:.6g}")',
    ]
    return scripts.script(names, lines)
