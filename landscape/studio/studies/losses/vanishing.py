"""Vanishing gradient: a unit that is wrong by a lot, alone and at the end or the front of a chain."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from landscape import LOSSES, OPTIMIZERS, Path, figures
from landscape.figures import Figure, Heights, PathStyle
from landscape.figures.heights import number
from landscape.studio import cached, chained, choosing, controls, exports, links, scripts, sharing, summaries
from landscape.studio.cached import Numbers
from landscape.studio.chained import PAIR, Lesson
from landscape.studio.panels import Mark, Panel, Track
from landscape.studio.plot import Click, plot
from landscape.studio.shared import shared
from landscape.studio.studies.losses import descents
from landscape.studio.studies.losses.descents import View
from landscape.studio.texts import _, language
from landscape.tasks.chains import MAX_DEPTH, TARGET, Activation, Chain, Unit, chain_landscape

FIRST_RATES = {"gd": 0.5, "momentum": 0.05, "nesterov": 0.05, "adadelta": 1.0, "l-bfgs": 1.0}
"""Learning rates to begin with; 0.1 for all others, whose steps are about as long as it."""

TOPS = {"mse": 1.0, "binary-cross-entropy": 10.0}
"""Heights end here whatever the depth, so that a landscape that goes flat is seen to."""

AXES = ("w", "b")


def show() -> list[str]:
    """Draw the study; the keys of its controls."""

    def clicked(click: Click) -> None:
        if click.panel == "depths":
            st.session_state["depth-vanishing"] = float(min(max(round(click.x), 1), MAX_DEPTH))
        else:
            choosing.place(click, landscape)

    with st.sidebar:
        chain, keys = _chain()
        landscape = chain_landscape(chain, LOSSES[PAIR[0]])
        optimizer, numbers, more = _optimizer()
        num_steps = controls.count(_("Steps"), "steps", 100, 1, cached.MAX_STEPS, options=descents.STEPS)
        start, start_keys = choosing.point_in(landscape, "vanishing", AXES, _("Start {axis}"))
        view = controls.segments(_("View"), "view-vanishing", descents.views(), "above")
        keys += [*more, *start_keys, "steps", "view-vanishing"]
    links.show_notes(st)

    lesson = Lesson(chain, optimizer, numbers, start)
    panels = [*(_map(lesson, loss, view) for loss in PAIR), _error(lesson, num_steps)]
    chart = _depths(lesson)
    tracks = [_track(lesson, loss, num_steps) for loss in PAIR]
    words = {"point": "(w, b)", "loss": "|y − t|"}
    flat = view == "above"
    seen, high = ([*panels, chart], 250) if flat else (panels, 330)
    plot(f"vanishing-{view}", seen, tracks, on_click=clicked, columns=(1, 1), height=high, words=words)
    st.markdown(_verdict(lesson))
    st.markdown(_table(lesson))
    panels = [*panels, chart]
    if not flat:  # What is seen from the side asks for more room.
        plot("vanishing-depths", [chart], on_click=clicked, columns=(1,), height=250)
    sharing.bar("losses", **_offers(lesson, panels, tracks, num_steps, words))
    return keys


def _chain() -> tuple[Chain, list[str]]:
    depth = controls.count(
        _("Depth: units in the chain"), "depth-vanishing", 1, 1, MAX_DEPTH, options=range(1, MAX_DEPTH + 1)
    )
    units: Mapping[Unit, str] = {"first": _("First"), "last": _("Last"), "all": _("All alike")}
    unit = controls.segments(_("Which unit learns"), "unit-vanishing", units, "first")
    activations: Mapping[Activation, str] = {"sigmoid": "σ", "tanh": "tanh", "relu": "ReLU"}
    activation = controls.segments(_("Units before the last"), "activation-vanishing", activations, "sigmoid")
    weight = controls.log_number(
        _("Fixed units: weight v"),
        "weight-vanishing",
        1.0,
        (0.1, 10.0),
        (0.001, 1000.0),
        help=_("Their bias is −v/2 behind σ, where they are steepest, and 0 behind tanh and ReLU."),
    )
    keys = ["depth-vanishing", "unit-vanishing", "activation-vanishing", "weight-vanishing"]
    return Chain(depth, unit, activation, weight), keys


def _optimizer() -> tuple[str, Numbers, list[str]]:
    """Choose an optimizer and its learning rate; both losses are descended with the same."""
    names = [name for name, spec in OPTIMIZERS.items() if not spec.needs_residuals]
    titles = {name: _(OPTIMIZERS[name].title) for name in names}
    name = controls.choice(_("Optimizer"), "optimizer", names, "gd", titles=titles)
    rate = choosing.rate_of(name)
    if rate is None:
        return name, (), ["optimizer"]
    key, first = choosing.key_of(name, rate), FIRST_RATES.get(name, 0.1)
    choosing.renew(f"rate-of-{key}", "vanishing", {key: first})
    value = controls.log_number(
        _("Learning rate η"), key, first, (1e-3, 1e3), choosing.limits(rate), row=f"numbers-{name}"
    )
    return name, ((rate.name, value),), ["optimizer", key]


def _map(lesson: Lesson, loss: str, view: View) -> Panel:
    """A loss over (w, b), with minus its gradient at the start, drawn to scale."""
    marks = []
    if view == "above":
        start = np.array(lesson.start)
        end = start - chained.at_start(lesson, loss)["gradient"]
        if np.isfinite(end).all():
            marks.append(Mark("arrow", [start[0], end[0]], [start[1], end[1]], color="#ffffff"))
        marks.append(Mark("point", *lesson.start, symbol="ring"))
    title = _(LOSSES[loss].title)
    return Panel(
        loss,
        _picture(lesson.chain, loss, view, language()),
        "plane" if view == "above" else "scene",
        _("{loss} over the weight w and the bias b. Click to start there.").format(loss=title),
        clickable=True,
        marks=marks,
        title=title,
        paths=[loss],
    )


@shared(maxsize=32)
def _picture(chain: Chain, loss: str, view: View, code: str) -> Figure:
    grid = chained.surface(chain, loss)
    shown: dict[str, Any] = {
        "titles": (*AXES, _("loss")),
        "heights": _heights(chain, loss),
        "no_value": _("no value"),
    }
    if view == "above":
        return figures.contour(grid.x, grid.y, grid.values, **shown)
    return figures.surface(grid.x, grid.y, grid.values, **shown)


def _heights(chain: Chain, loss: str) -> Heights:
    values, top = chained.surface(chain, loss).values, TOPS[loss]
    return Heights("linear", 0.0, 0.0, top, open_top=bool(np.nanmax(values) > top))


def _error(lesson: Lesson, num_steps: int) -> Panel:
    figure = figures.learning_curve(
        (_("step"), "|y − t|"),
        num_steps=num_steps,
        level=chained.level(lesson),
        name=_("learned"),
    )
    return Panel("error", figure, "curve", _("The error of the output against the step."))


def _depths(lesson: Lesson) -> Panel:
    return Panel(
        "depths",
        _depth_picture(replace(lesson.chain, depth=1), lesson.start, language()),
        "chart",
        _("The length of the gradient at the start against the depth. Click to choose a depth."),
        clickable=True,
        marks=[Mark("vline", lesson.chain.depth)],
    )


@shared(maxsize=64)
def _depth_picture(chain: Chain, start: tuple[float, float], code: str) -> Figure:
    """Gradients of the unit that learns, and of the last one beside it, for both losses."""
    names = {"first": _("first unit"), "last": _("last unit"), "all": _("all alike")}
    curves, styles = {}, {}
    for unit in dict.fromkeys((chain.unit, "last")):
        for loss in PAIR:
            style = figures.loss_style(loss)
            name = f"{_(LOSSES[loss].title)} · {names[unit]}"
            curves[name] = chained.norms(replace(chain, unit=unit), loss, start)
            styles[name] = PathStyle(style.color, "dash" if unit != chain.unit else "solid", style.symbol)
    words = {"solid": names[chain.unit], "dash": names["last"]}
    bound = None
    if chain.unit == "first":
        # No more than |y − t| ≤ 1 times what each fixed unit lets through, times the length of (x, 1).
        bound = math.sqrt(2) * chain.largest_link ** np.arange(MAX_DEPTH)
        words["dot"] = _("at most √2 · {link}ᴰ⁻¹").format(
            link="(v/4)" if chain.activation == "sigmoid" else "v"
        )
    titles = (_("depth D"), _("length of the gradient"))
    return figures.depth_curves(curves, styles, titles=titles, words=words, bound=bound)


def _track(lesson: Lesson, loss: str, num_steps: int) -> Track:
    walk, parts = chained.path(lesson, loss), chained.factors(lesson, loss)
    shown, rows = walk.first(num_steps), slice(num_steps + 1)
    style = figures.loss_style(loss)
    with np.errstate(all="ignore"):
        heights = np.asarray(_heights(lesson.chain, loss)(shown.losses), float)
    return Track(
        name=loss,
        label=_(LOSSES[loss].title),
        color=style.color,
        dash=style.dash,
        points=np.asarray(shown.params, float),
        heights=heights,
        losses=np.abs(parts.output[rows] - TARGET),
        readout={
            f"L · {_('loss')}": shown.losses,
            "∂L/∂y": parts.loss_slope[rows],
            "σ′(z)": parts.output_slope[rows],
            "∂L/∂z = ∂L/∂y · σ′(z)": parts.pull[rows],
            "∂z/∂(w, b)": parts.chain_gradient[rows],
            f"∂L/∂(w, b) · {_('gradient')}": parts.gradient[rows],
        },
        diverged_at=shown.diverged_at,
        note=descents.note(shown),
    )


def _verdict(lesson: Lesson) -> str:
    """What the two losses took, and which factor has made the difference."""
    chain = lesson.chain
    counted = ", ".join(f"{_(LOSSES[loss].title)} **{_needed(lesson, loss)}**" for loss in PAIR)
    lines = [
        _("Until |y − t| ≤ {level}: {counted}.").format(level=number(chained.level(lesson)), counted=counted)
    ]
    low, high = chained.outputs(chain)
    if low > TARGET:
        lines.append(
            _(
                "Through the fixed units the first one can move y only between {low} and {high}: "
                "nine tenths of the way to {low} are asked for."
            ).format(low=number(low), high=number(high))
        )
    start = {loss: chained.at_start(lesson, loss) for loss in PAIR}
    slope = float(start["mse"]["output_slope"])
    lines.append(
        _(
            "At the start the squared error’s gradient is 2(y − t) · σ′(z), with σ′(z) = {slope}; "
            "in cross-entropy σ′(z) cancels, and y − t = {error} is left."
        ).format(slope=number(slope), error=number(float(start["binary-cross-entropy"]["pull"])))
    )
    if chain.depth > 1 and chain.unit == "first":
        passed = number(float(start["mse"]["chain_gradient"][1]))
        lines.append(
            _("The way back to the first unit multiplies both by ∂z/∂b = {passed}.").format(passed=passed)
        )
    return "  \n".join(lines)


def _needed(lesson: Lesson, loss: str) -> str:
    needed, path = chained.steps_needed(lesson, loss), chained.path(lesson, loss)
    if needed is not None:
        return summaries.steps(needed)
    if path.diverged_at is not None:
        return descents.note(path)
    return _("more than {limit}").format(limit=summaries.steps(path.num_steps))


def _table(lesson: Lesson) -> str:
    """The factors of both gradients at the start, as a Markdown table."""
    head = [
        _("At the start"),
        "y",
        "∂L/∂y",
        "× σ′(z)",
        "= ∂L/∂z",
        "× ‖∂z/∂(w, b)‖",
        _("= length of the gradient"),
        _("Steps"),
    ]
    lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]
    for loss in PAIR:
        parts = chained.at_start(lesson, loss)
        values = [float(parts[name]) for name in ("output", "loss_slope", "output_slope", "pull")]
        values += [float(np.linalg.norm(parts[name])) for name in ("chain_gradient", "gradient")]
        cells = [_(LOSSES[loss].title), *map(number, values), _needed(lesson, loss)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _offers(
    lesson: Lesson, panels: Sequence[Panel], tracks: Sequence[Track], num_steps: int, words: Mapping[str, str]
) -> exports.Offers:
    def arrays() -> dict[str, Any]:
        found: dict[str, Any] = {"depth": np.arange(1, MAX_DEPTH + 1)}
        for loss in PAIR:
            grid, path = chained.surface(lesson.chain, loss), _shown(lesson, loss, num_steps)
            found |= {"w": grid.x, "b": grid.y, f"{loss}/surface": grid.values}
            found[f"{loss}/path"] = path.params
            found[f"{loss}/gradient_by_depth"] = chained.norms(lesson.chain, loss, lesson.start)
            parts = chained.factors(lesson, loss)
            found |= {f"{loss}/{name}": getattr(parts, name)[: num_steps + 1] for name in parts._fields}
        return found

    def columns() -> dict[str, Any]:
        found: dict[str, list] = {}
        for loss in PAIR:
            path, parts = _shown(lesson, loss, num_steps), chained.factors(lesson, loss)
            rows = slice(num_steps + 1)
            block = {
                "loss_function": [loss] * (num_steps + 1),
                "step": range(num_steps + 1),
                "w": path.params[:, 0],
                "b": path.params[:, 1],
                "loss": path.losses,
                "output": parts.output[rows],
                "loss_slope": parts.loss_slope[rows],
                "output_slope": parts.output_slope[rows],
                "pull": parts.pull[rows],
                "gradient_w": parts.gradient[rows, 0],
                "gradient_b": parts.gradient[rows, 1],
            }
            for name, column in block.items():
                found.setdefault(name, []).extend(column)
        return found

    return {
        "html": exports.page(panels, tracks, _("Vanishing gradient"), "step", lead=False, words=words),
        "arrays": arrays,
        "table": lambda: sharing.csv(columns()),
        "script": lambda: _program(lesson),
    }


def _shown(lesson: Lesson, loss: str, num_steps: int) -> Path:
    return chained.path(lesson, loss).first(num_steps)


def _program(lesson: Lesson) -> str:
    """The script that counts the same steps and takes the same gradients."""
    chain, numbers = lesson.chain, ", ".join(f"{name}={value!r}" for name, value in lesson.numbers)
    lines = [
        "from landscape.tasks.chains import Chain, chain_factors, chain_landscape, steps_to_learn",
        f"chain = Chain({chain.depth}, {chain.unit!r}, {chain.activation!r}, {chain.weight!r})",
        f"start = [{lesson.start[0]!r}, {lesson.start[1]!r}]",
        f"optimizer = OPTIMIZERS[{lesson.optimizer!r}].build({numbers})",
        f"for name in {PAIR!r}:",
        "    objective = chain_landscape(chain, LOSSES[name])",
        f"    path = landscape.descend(objective, optimizer, start, num_steps={cached.MAX_STEPS})",
        "    at = chain_factors(chain, LOSSES[name], start)",
        '    print(f"{name}: y {at.output:.6g}, dL/dy {at.loss_slope:.6g} x slope {at.output_slope:.6g}")',
        '    print(f"{name}: gradient {at.gradient[0]:.6g}, {at.gradient[1]:.6g}")',
        "    steps = steps_to_learn(chain, path.params)",
        '    print(f"{name}: " + ("not learned" if steps is None else f"learned after {steps} steps"))',
    ]
    return scripts.script(["LOSSES", "OPTIMIZERS"], lines)
