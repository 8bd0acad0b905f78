"""Two numbers: how many steps a run needs, over a learning rate and a momentum or any other pair."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from landscape import OPTIMIZERS, figures, stability
from landscape.figures import Figure
from landscape.figures.axes import Trace
from landscape.figures.heights import number
from landscape.studio import (
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
    suggestions,
    summaries,
    swept,
)
from landscape.studio.choosing import Racer
from landscape.studio.jobs import LOOK, Wanted
from landscape.studio.landscapes import Choice, DataChoice
from landscape.studio.panels import Mark, Panel, Track
from landscape.studio.plot import Click, plot
from landscape.studio.shared import shared
from landscape.studio.studies.rates.words import BELOW_ONE
from landscape.studio.swept import BATCH, PENALTY, Axis, Runner
from landscape.studio.texts import _, language
from landscape.studio.tracks import track
from landscape.sweeps import Sweep

STEPS = [10, 20, 30, 50, 100, 150, 200, 300, 500, 700, 1000]
MAX_STEPS = 1000
"""Of each of a map's runs, whatever a link asks for."""

QUADRATIC = ("gd", "momentum")
"""Rules whose border of stability is a line that theory knows."""

BEYOND = 2.25
"""Where a linear axis of learning rates ends, in parts of 2/λmax: momentum ends at 2."""

SOON = 0.6
"""Seconds that the fine map is waited for before a coarse one is drawn."""

KEYS = {BATCH: "batch", PENALTY: "strength"}
"""Controls of the numbers of a landscape on data."""

STRENGTHS = (1e-3, 1e2)
"""Ends of a penalty's axis."""

WIDE = 30.0
"""How many times below and above the rate to begin with a logarithmic axis ends."""


def show() -> list[str]:
    """Draw the study; the keys of its controls."""

    def clicked(click: Click) -> None:
        if click.panel != "map":
            choosing.place(click, landscapes.objective(choice))
            return
        for axis, value in ((across, click.x), (up, click.y)):
            key, low, high = _place(racer.optimizer, axis, choice)
            exact = round(value) if axis.name == BATCH else float(f"{value:.3g}")
            st.session_state[key] = min(max(exact, low), high)

    with st.sidebar:
        choice, keys = choosing.landscape("ravine")
        racer, more = choosing.optimizer(choice, "momentum", _("Optimizer"))
        across, up = _axes(racer.optimizer, choice)
        bare, batch = choice, None
        if BATCH in (across.name, up.name):
            batch = choosing.batch(bare, round(up.high))[0] if isinstance(bare, DataChoice) else None
        if PENALTY in (across.name, up.name) and isinstance(choice, DataChoice):
            strength = controls.log_number(
                _("Strength λ"), "strength", 1.0, (up.low, up.high), (up.low, up.high)
            )
            choice = replace(choice, penalty=strength)
        num_steps = controls.count(_("Steps"), "steps", 200, 1, MAX_STEPS, options=STEPS)
        start, start_keys = choosing.start(bare)
        scale = choosing.height(bare, pictures.first_scale(bare, on_functions="log"))
    links.show_notes(st)

    runner = Runner(bare, racer.optimizer, racer.numbers, start, num_steps)
    walk = cached.path(choice, racer.optimizer, racer.numbers, start, num_steps + 1, batch)
    path = walk.first(num_steps)
    here = [_value(axis, racer, start) for axis in (across, up)]
    bar = st.container(key="under-way").empty()
    wanted = Wanted(swept.over_two, (runner.without(across.name, up.name), across, up, swept.grid(bare)))
    found = _now(wanted, bar)
    panels = [
        Panel(
            "map",
            _map(found, runner, across, up, language()),
            "chart",
            _("Steps that each pair of numbers needs. Click to choose a pair."),
            True,
            [Mark("point", here[0], here[1], symbol="ring")],
        ),
        Panel(
            "plane",
            pictures.contour(choice, scale),
            "plane",
            _("The landscape from above, with the path. Click to start there."),
            True,
            pictures.places(choice, start),
        ),
        Panel("curve", pictures.loss_curve(choice, scale, [path], False), "curve", _("Loss against step.")),
    ]
    tracks = [track(racer.optimizer, walk, pictures.heights(choice, scale), num_steps)]
    plot("two-numbers", panels, tracks, on_click=clicked, columns=(1.25, 1), lead=True, height=500)
    st.markdown(_words(replace(runner, choice=choice), across, up, here, noisy=batch not in (None, up.high)))
    st.markdown(summaries.results(choice, [racer], [path]))
    sharing.bar("rates", **_offers(runner, across, up, found, panels, tracks))
    if wanted.kept() is None:
        later.go_on(lambda: _finish(wanted, bar))
    return [*keys, *more, *start_keys, "across", "up", "batch", "strength", "steps", "height"]


def _axes(optimizer: str, choice: Choice) -> tuple[Axis, Axis]:
    """Choose what changes across and up."""
    own = {each.name: _(each.title) for each in OPTIMIZERS[optimizer].hyperparameters}
    first = controls.choice(_("Across"), "across", list(own), titles=own)
    names = {name: title for name, title in own.items() if name != first}
    x, y = landscapes.axis_titles(choice)
    names |= {"x": _("Start {axis}").format(axis=x), "y": _("Start {axis}").format(axis=y)}
    if isinstance(choice, DataChoice):
        seen_in_parts = choosing.num_examples(choice) and not OPTIMIZERS[optimizer].needs_residuals
        names |= {BATCH: _("Batch size")} if seen_in_parts else {}
        names[PENALTY] = _("Strength λ")
    second = controls.choice(_("Up"), "up", list(names), titles=names)
    return _axis(first, optimizer, choice), _axis(second, optimizer, choice)


def _axis(name: str, optimizer: str, choice: Choice) -> Axis:
    if name in ("x", "y"):
        low, high = choosing.window(landscapes.objective(choice))["xy".index(name)]
        return Axis(name, low, high, "linear")
    if name == BATCH and isinstance(choice, DataChoice):
        return Axis(name, 1, landscapes.table(choice.dataset).num_examples, "log")
    if name == PENALTY:
        return Axis(name, *STRENGTHS, "log")
    each = next(each for each in OPTIMIZERS[optimizer].hyperparameters if each.name == name)
    if name != "learning_rate":
        return Axis(name, each.low, each.high, each.scale)
    curvature = suggestions.largest_curvature(choice) if optimizer in suggestions.SHARE_OF_LIMIT else None
    if curvature:
        high = BEYOND * 2 / curvature
        return Axis(name, high / 100, high, "linear")
    first = suggestions.learning_rate(optimizer, choice)
    return Axis(name, first / WIDE, first * WIDE, "log")


def _place(optimizer: str, axis: Axis, choice: Choice) -> tuple[str, float, float]:
    """The control of an axis, and its limits."""
    if axis.name in ("x", "y"):
        return axis.name, -np.inf, np.inf
    if axis.name in KEYS:
        return KEYS[axis.name], axis.low, axis.high
    each = next(each for each in OPTIMIZERS[optimizer].hyperparameters if each.name == axis.name)
    return choosing.key_of(optimizer, each), *choosing.limits(each)


def _value(axis: Axis, racer: Racer, start: tuple[float, float]) -> float:
    """Where the page stands on an axis."""
    if axis.name in ("x", "y"):
        return start["xy".index(axis.name)]
    if axis.name in KEYS:
        return float(st.session_state[KEYS[axis.name]])
    return dict(racer.numbers)[axis.name]


def title_of(axis: Axis, runner: Runner) -> str:
    """What stands at an axis."""
    if axis.name in ("x", "y"):
        x_or_y = landscapes.axis_titles(runner.choice)["xy".index(axis.name)]
        return _("Start {axis}").format(axis=x_or_y)
    if axis.name in KEYS:
        return {BATCH: _("Batch size"), PENALTY: _("Strength λ")}[axis.name]
    hyperparameters = OPTIMIZERS[runner.optimizer].hyperparameters
    return _(next(each.title for each in hyperparameters if each.name == axis.name))


def _now(wanted: Wanted, place: Any) -> Sweep:
    """The map if it is there soon, else a coarse one."""
    found = wanted.found(SOON)
    if found is not None:
        return found
    coarse = Wanted(swept.over_two, (*wanted.args[:-1], swept.COARSE))
    while (found := wanted.found() or coarse.found(LOOK)) is None:
        _tell(place, coarse)
    return found


def _finish(wanted: Wanted, place: Any) -> None:
    """Wait for the fine map, and draw the page anew."""
    while wanted.found(LOOK) is None:
        _tell(place, wanted)
    later.again()


def _tell(place: Any, wanted: Wanted) -> None:
    share = wanted.jobs.share(*wanted.args)
    place.progress(share, text=_("Running every pair: {share} %").format(share=round(100 * share)))


@shared(maxsize=16)
def _map(found: Sweep, runner: Runner, across: Axis, up: Axis, code: str) -> Figure:
    assert found.second_values is not None
    return figures.steps_map(
        found.learning_rates,
        found.second_values,
        found.steps_to_tolerance,
        found.outcomes,
        titles=(title_of(across, runner), title_of(up, runner), _("steps")),
        words={"never": _("not in {count} steps").format(count=runner.num_steps), "diverges": _("diverges")},
        num_steps=runner.num_steps,
        logs=(across.scale == "log", up.scale == "log"),
        traces=_theory(runner, across, up),
    )


def _theory(runner: Runner, across: Axis, up: Axis) -> list[Trace]:
    """What theory knows of momentum on a quadratic: the border of stability, and the best pair."""
    spectrum = _spectrum(runner)
    if spectrum is None or "learning_rate" not in (across.name, up.name):
        return []
    if {across.name, up.name} != {"learning_rate", "momentum"}:
        if runner.optimizer != "gd" or up.name not in ("x", "y"):
            return []
        limit = float(stability.largest_stable_learning_rate(spectrum[-1]))
        return figures.stability_line([limit, limit], [up.low, up.high], name="ηλₘₐₓ = 2")
    turned = across.name == "momentum"
    beta = across if turned else up
    momenta = np.linspace(beta.low, beta.high, 50)
    border = stability.largest_stable_learning_rate(spectrum[-1], momenta)
    best = stability.polyak_optimum(spectrum)
    line, star = (border, momenta), (best.learning_rate, best.momentum)
    if turned:
        line, star = line[::-1], star[::-1]
    return [
        *figures.stability_line(*line, name="ηλₘₐₓ = 2 + 2β"),
        *figures.optimum_mark(*star, name=_("Polyak’s optimum")),
    ]


def _spectrum(runner: Runner) -> np.ndarray | None:
    """The eigenvalues of a quadratic landscape under a rule that theory knows, else None."""
    if runner.optimizer not in QUADRATIC:
        return None
    spectrum = swept.quadratic(runner.choice)
    return spectrum if spectrum is not None and spectrum[0] > 0 else None


def _words(runner: Runner, across: Axis, up: Axis, here: list[float], *, noisy: bool) -> str:
    """What the map and the theory say of the page's pair."""
    pair = ", ".join(
        f"{title_of(axis, runner)} = {number(value)}" for axis, value in zip((across, up), here, strict=True)
    )
    lines = [f"**{pair}**"]
    spectrum = None if noisy else _spectrum(runner)  # theory knows no noise
    if spectrum is not None:
        numbers = dict(runner.numbers)
        rate, momentum = numbers["learning_rate"], numbers.get("momentum", 0.0)
        factor = float(stability.contraction(rate, min(momentum, BELOW_ONE), spectrum))
        best, plain = stability.polyak_optimum(spectrum), stability.gradient_descent_optimum(spectrum)
        lines.append(
            _("In the long run each step multiplies the error by {factor}.").format(factor=number(factor))
        )
        lines.append(
            _(
                "At best: momentum {polyak} at η = {rate}, β = {momentum}; "
                "gradient descent {plain} at η = {single}."
            ).format(
                polyak=number(best.rate),
                rate=number(best.learning_rate),
                momentum=number(best.momentum),
                plain=number(plain.rate),
                single=number(plain.learning_rate),
            )
        )
    return "  \n".join(lines)


def _offers(
    runner: Runner, across: Axis, up: Axis, found: Sweep, panels: Sequence[Panel], tracks: Sequence[Track]
) -> exports.Offers:
    """The map's numbers, and the program that makes them."""
    bare = runner.without(across.name, up.name)

    def arrays() -> dict[str, Any]:
        return {
            across.name: found.learning_rates,
            up.name: found.second_values,
            "steps_to_tolerance": found.steps_to_tolerance,
            "final_losses": found.final_losses,
            "outcomes": found.outcomes,
        }

    def columns() -> dict[str, Any]:
        parts = arrays()
        first, second = np.meshgrid(parts.pop(across.name), parts.pop(up.name))
        rows = {name: np.asarray(values).ravel() for name, values in parts.items()}
        return {across.name: first.ravel(), up.name: second.ravel(), **rows}

    return exports.offers(
        panels,
        tracks,
        f"{_('Learning rates')} · {exports.name_of(runner.choice)}",
        arrays=arrays,
        columns=columns,
        script=lambda: _program(bare, across, up, found),
    )


def _program(runner: Runner, across: Axis, up: Axis, found: Sweep) -> str:
    names, lines = scripts.objective(runner.choice)
    if up.name == PENALTY:
        names, lines = _family(runner.choice)
    # As fine as the picture: whole numbers of a batch may be fewer than were asked for.
    size = swept.COARSE if found.learning_rates.size == swept.COARSE[0] else swept.grid(runner.choice)
    wide, high = size
    fixed = "".join(f", {name}={value!r}" for name, value in runner.numbers)
    lines += [
        "import numpy as np",
        "from landscape.sweeps import sweep",
        f"across = {across.source(wide)}  # {across.name}",
        f"up = {up.source(high)}",
        f"start = [{runner.start[0]!r}, {runner.start[1]!r}]",
        "found = sweep(",
        f"    objective, {runner.optimizer!r}, across, start, {runner.num_steps},",
        f"    first={across.name!r}, second=({up.name!r}, up), tolerance={swept.TOLERANCE!r}{fixed},",
        ")",
        "steps = np.where(found.steps_to_tolerance < 0, np.inf, found.steps_to_tolerance)",
        "row, column = np.unravel_index(steps.argmin(), steps.shape)",
        'print(f"fewest steps: {steps.min():g}")',
        f'print(f"at {across.name} {{across[column]:g}}, {up.name} {{up[row]:g}}")',
    ]
    return scripts.script(names, lines)


def _family(choice: Choice) -> tuple[list[str], list[str]]:
    """The lines that make `objective` a function of the strength of its penalty."""
    names, lines = scripts.objective(
        replace(choice, penalty=1.0) if isinstance(choice, DataChoice) else choice
    )
    made = lines[-1].removeprefix("objective = ").replace("landscape.l2(1.0)", "landscape.l2(strength)")
    return names, [*lines[:-1], "def objective(strength):", f"    return {made}"]
