"""Edge of stability: the sharpness along gradient descent, beside what the learning rate can stand."""

from collections.abc import Sequence
from typing import Any, get_args

import numpy as np
import streamlit as st

from landscape import DATASETS, figures
from landscape.figures import Figure
from landscape.figures.heights import number
from landscape.networks import Activation
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
    sharpened,
    summaries,
)
from landscape.studio.choosing import Racer
from landscape.studio.landscapes import Choice
from landscape.studio.panels import Mark, Panel
from landscape.studio.plot import Click, plot
from landscape.studio.shared import shared
from landscape.studio.sharpened import Network
from landscape.studio.texts import _, language
from landscape.studio.tracks import track

DATA = ("diabetes", "spirals", "moons", "xor")
"""Tables that a small network learns within the steps of a page."""

RATES = {"regression": (0.2, 0.05, 0.8), "classification": (2.0, 0.2, 20.0)}
"""The first learning rate, and the slider's ends: a squared error is sharper than a cross-entropy."""

STEPS = [50, 100, 200, 300, 500, 700, 1000, 1500, cached.MAX_STEPS]
MAX_WIDTH = 32
"""Units at most: the Hessian of a wider network takes longer than a slider should."""

AT_EDGE = 0.25
"""How far from the limit the sharpness of the last half may be and still be at it, in parts of the limit."""


def show() -> list[str]:
    """Draw the study; the keys of its controls."""
    with st.sidebar:
        names = {"network": _("A network"), "function": _("A landscape")}
        on = controls.segments(_("On"), "on", names, "network")
    return ["on", *(_network() if on == "network" else _landscape())]


def _network() -> list[str]:
    with st.sidebar:
        titles = {name: _(landscapes.title(name)) for name in DATA}
        dataset = controls.choice(_("Data"), "data-edge", DATA, titles=titles)
        activation = controls.choice(_("Activation"), "activation", get_args(Activation))
        width = controls.count(_("Hidden units"), "width", 16, 1, MAX_WIDTH, options=[1, 2, 4, 8, 16, 24, 32])
        first, low, high = RATES[DATASETS[dataset].task]
        choosing.renew("rate-of-edge", dataset, {"lr-edge": first})
        rate = controls.log_number(_("Learning rate η"), "lr-edge", first, (low, high), (1e-6, 1e3))
        num_steps = controls.count(_("Steps"), "steps-edge", 2000, 1, cached.MAX_STEPS, options=STEPS)
        seed = controls.whole(_("Seed of the start"), "seed-edge", 0, 0, 9999)
    links.show_notes(st)

    network = Network(dataset, width, activation, seed)
    losses, steps, sharpness = sharpened.training(network, rate, num_steps)
    panels = [
        Panel(
            "sharpness",
            _picture(network, rate, num_steps, language()),
            "plain",
            _("The sharpness against the step, and the limit 2/η."),
            title=_("Sharpness"),
        ),
        Panel(
            "losses",
            _losses(network, rate, num_steps, language()),
            "plain",
            _("Loss against step."),
            title=_("Loss"),
        ),
    ]
    plot("edge-network", panels, columns=(1, 1), height=440)
    st.markdown(_verdict(steps, sharpness, losses[steps], rate))
    count = sharpened.risk(network).num_parameters
    st.caption(
        _("{data}: a two-layer network with {count} weights, full-batch gradient descent.").format(
            data=_(landscapes.title(dataset)), count=count
        )
    )
    sharing.bar("rates", **_offers(network, rate, num_steps, panels))
    return ["data-edge", "activation", "width", "lr-edge", "steps-edge", "seed-edge"]


def _landscape() -> list[str]:
    def clicked(click: Click) -> None:
        choosing.place(click, landscapes.objective(choice))

    with st.sidebar:
        choice, keys = choosing.landscape("himmelblau")
        rate, more = choosing.learning_rate("gd", choice)
        num_steps = controls.count(_("Steps"), "steps", 200, 1, cached.MAX_STEPS, options=STEPS)
        start, start_keys = choosing.start(choice)
        scale = choosing.height(choice, pictures.first_scale(choice, on_functions="log"))
    links.show_notes(st)

    racer = Racer("gd", (("learning_rate", rate),))
    walk = cached.path(choice, "gd", racer.numbers, start, num_steps + 1)
    path = walk.first(num_steps)
    steps, sharpness = sharpened.walk(choice, rate, start, num_steps)
    panels = [
        Panel(
            "map",
            pictures.contour(choice, scale),
            "plane",
            _("The landscape from above, with the path. Click to start there."),
            True,
            [Mark("point", *start, symbol="ring")],
        ),
        Panel("curve", pictures.loss_curve(choice, scale, [path], False), "curve", _("Loss against step.")),
        Panel(
            "sharpness",
            _walked(choice, rate, start, num_steps, language()),
            "plain",
            _("The sharpness against the step, and the limit 2/η."),
        ),
    ]
    tracks = [track("gd", walk, pictures.heights(choice, scale), num_steps)]
    plot("edge-landscape", panels, tracks, on_click=clicked, columns=(1.1, 1), lead=True, height=500)
    st.markdown(_verdict(steps, sharpness, path.losses[steps], rate))
    st.markdown(summaries.results(choice, [racer], [path]))
    offers = exports.paths(
        choice, panels, tracks, [racer], [path], start, num_steps, False, _("Edge of stability")
    )
    measured = {"step": steps, "loss": path.losses[steps], "sharpness": sharpness}
    offers["arrays"] = lambda: measured | {"limit": 2 / rate if rate else np.inf, "path": path.params}
    offers["table"] = lambda: sharing.csv(measured)
    offers["script"] = lambda: _walked_program(choice, rate, start, num_steps)
    sharing.bar("rates", **offers)
    return [*keys, more, *start_keys, "steps", "height"]


@shared(maxsize=32)
def _picture(network: Network, rate: float, num_steps: int, code: str) -> Figure:
    _every, steps, sharpness = sharpened.training(network, rate, num_steps)
    return _curve(steps, sharpness, rate)


@shared(maxsize=32)
def _walked(choice: Choice, rate: float, start: cached.Point, num_steps: int, code: str) -> Figure:
    return _curve(*sharpened.walk(choice, rate, start, num_steps), rate)


def _curve(steps: np.ndarray, sharpness: np.ndarray, rate: float) -> Figure:
    return figures.sharpness_curve(
        steps,
        sharpness,
        2 / rate if rate > 0 else np.inf,
        titles=(_("step"), _("sharpness λₘₐₓ")),
        words={"limit": "2/η", "sharpness": _("sharpness λₘₐₓ")},
    )


@shared(maxsize=32)
def _losses(network: Network, rate: float, num_steps: int, code: str) -> Figure:
    losses, steps, sharpness = sharpened.training(network, rate, num_steps)
    reached = _reached(steps, sharpness, rate)
    return figures.training_curve(
        losses,
        titles=(_("step"), _("loss")),
        turn=reached,
        name=_("2/η reached"),
        color=figures.PATH_COLOURS["gd"],
    )


def _reached(steps: np.ndarray, sharpness: np.ndarray, rate: float) -> int | None:
    """The first measured step at which the sharpness is at the limit; None if it began above, or never."""
    above = sharpness * rate >= 2
    if above[0] or not above.any():
        return None
    return int(steps[np.argmax(above)])


def _verdict(steps: np.ndarray, sharpness: np.ndarray, losses: np.ndarray, rate: float) -> str:
    """Where the sharpness went, in one sentence."""
    if rate <= 0:
        return _("**η = 0: nothing moves.**")
    limit = 2 / rate
    numbers = {
        "limit": number(limit),
        "first": number(float(sharpness[0])),
        "last": number(float(sharpness[-1])),
    }
    if not np.isfinite(losses[-1]) or not np.isfinite(sharpness[-1]):
        gone = int(steps[np.argmax(~np.isfinite(losses) | ~np.isfinite(sharpness))])
        return _(
            "**Diverged by step {step}:** the sharpness was {first} at the start, 2/η is {limit}."
        ).format(step=gone, **numbers)
    reached = _reached(steps, sharpness, rate)
    if sharpness[0] >= limit:
        return _(
            "**It began at the edge or above:** the sharpness went from {first} to {last}; 2/η is {limit}."
        ).format(**numbers)
    if reached is None:
        return _(
            "**Below the edge all the way:** the sharpness went from {first} to {last}; 2/η is {limit}."
        ).format(**numbers)
    later = float(np.median(sharpness[steps >= (reached + steps[-1]) / 2]))
    if abs(later - limit) > AT_EDGE * limit:
        return _(
            "**Over the edge at step {step}, and back:** the sharpness went from {first} to {last}; "
            "2/η is {limit}."
        ).format(step=reached, **numbers)
    return _(
        "**At the edge from step {step}:** the sharpness rose from {first} to 2/η = {limit}; "
        "in the second half of what followed its median is {later}."
    ).format(step=reached, later=number(later), **numbers)


def _offers(network: Network, rate: float, num_steps: int, panels: Sequence[Panel]) -> exports.Offers:
    def arrays() -> dict[str, Any]:
        losses, steps, sharpness = sharpened.training(network, rate, num_steps)
        return {"loss": losses, "step": steps, "sharpness": sharpness, "limit": 2 / rate if rate else np.inf}

    def columns() -> dict[str, Any]:
        losses, steps, sharpness = sharpened.training(network, rate, num_steps)
        return {"step": steps, "loss": losses[steps], "sharpness": sharpness}

    return exports.offers(
        panels,
        (),
        f"{_('Edge of stability')} · {network.dataset}",
        arrays=arrays,
        columns=columns,
        script=lambda: _program(network, rate, num_steps),
        lead=False,
    )


def _program(network: Network, rate: float, num_steps: int) -> str:
    targets = "targets=True" if DATASETS[network.dataset].task == "regression" else ""
    lines = [
        "import jax",
        "from landscape.networks import two_layer_risk",
        "from landscape.stability import sharpness_along",
        f"dataset = DATASETS[{network.dataset!r}].standardize({targets})",
        f"risk = two_layer_risk(dataset, {network.width}, {network.activation!r}, seed={network.seed})",
        f'optimizer = OPTIMIZERS["gd"].build(learning_rate={rate!r})',
        f"path = landscape.descend(risk, optimizer, num_steps={num_steps})",
        f"points = jax.tree.map(lambda leaf: leaf[::{sharpened.every(num_steps)}], path.params)",
        "sharpness = sharpness_along(risk, points)",
        f'print(f"loss {{path.final_loss:.6g}}, sharpness {{sharpness[-1]:.6g}}, 2/η {{2 / {rate!r}:.6g}}")',
    ]
    return scripts.script(["DATASETS", "OPTIMIZERS"], lines)


def _walked_program(choice: Choice, rate: float, start: cached.Point, num_steps: int) -> str:
    names, lines = scripts.objective(choice)
    lines += [
        "from landscape.stability import sharpness_along",
        f'optimizer = OPTIMIZERS["gd"].build(learning_rate={rate!r})',
        f"start = [{start[0]!r}, {start[1]!r}]",
        f"path = landscape.descend(objective, optimizer, start, num_steps={num_steps})",
        f"sharpness = sharpness_along(objective, path.params[::{sharpened.every(num_steps)}])",
        'print(f"loss {path.final_loss:.6g}, sharpness {sharpness[0]:.6g} to {sharpness[-1]:.6g}")',
    ]
    return scripts.script([*names, "OPTIMIZERS"], lines)
