"""Segmentation: a small object in a mask, and what dice and cross-entropy make of it."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from landscape import LOSSES, OPTIMIZERS, Objective, Path, descend, evaluate, figures
from landscape.figures import Figure, Heights
from landscape.figures.heights import number
from landscape.studio import cached, choosing, controls, exports, links, scripts, sharing
from landscape.studio.cached import Point
from landscape.studio.choosing.places import readable
from landscape.studio.panels import Mark, Panel
from landscape.studio.plot import Click, plot
from landscape.studio.shared import shared
from landscape.studio.studies.losses import descents
from landscape.studio.studies.losses.descents import View
from landscape.studio.texts import _, language
from landscape.tasks.masks import DOMAIN, PLACES, RADIUS, SOFTNESS, START, disc, overlap, segmented, soft_mask

NAMES = ("binary-cross-entropy", "dice", "dice-cross-entropy", "generalized-dice")
SHORT = {"binary-cross-entropy": "BCE", "dice-cross-entropy": "Dice + BCE"}
"""What a loss is called where its title is too long."""

FIRST_RATE, FIRST_STEPS = 3.0, 200
RESOLUTION = 37
COVERED = 0.9
"""An object is found once the intersection over the union is at least this."""

NOTHING = -4.0
"""A radius that predicts nothing, in parts of the softness: every probability is below 2 %."""


def show() -> list[str]:
    """Draw the study; the keys of its controls."""

    def clicked(click: Click) -> None:
        if click.panel == "mask":
            st.session_state["y"] = readable(click.y, *DOMAIN[1])
        else:
            choosing.place(click, _objective(click.panel, radius, softness))

    with st.sidebar:
        radius = controls.linear_number(
            _("Object’s radius (pixels)"),
            "object-segmentation",
            RADIUS,
            (1.0, 10.0),
            (1.0, 11.0),
            steps=18,
        )
        softness = controls.log_number(
            _("Softness τ (pixels)"),
            "softness-segmentation",
            SOFTNESS,
            (0.2, 5.0),
            (0.05, 50.0),
            help=_("Over how many pixels the predicted probability falls from ½ to about ¼ at the edge."),
        )
        view = controls.segments(_("View"), "view-segmentation", descents.views(), "above")
        titles = (_("radius r"), _("position c"))
        start, keys = choosing.point_in(_objective("dice", RADIUS, SOFTNESS), ("segmentation", START), titles)
        rate = controls.log_number(
            _("Learning rate η"),
            "rate-segmentation",
            FIRST_RATE,
            (0.01, 100.0),
            (0.0, 1e6),
            help=_("Of gradient descent, the same on all four landscapes."),
        )
        num_steps = controls.count(
            _("Steps"), "steps-segmentation", FIRST_STEPS, 1, cached.MAX_STEPS, options=descents.STEPS
        )
    links.show_notes(st)

    walked = [(name, radius, softness, rate, start, num_steps + 1) for name in NAMES]
    made = descents.together(
        [partial(_walk, *each) for each in walked]
        + [partial(_grid, name, radius, softness) for name in NAMES]
    )
    walks = made[: len(NAMES)]
    paths = [walk.first(num_steps) for walk in walks]
    covered = [_covered(*each)[: num_steps + 1] for each in walked]
    tracks = [
        descents.track(
            name, _short(name), figures.loss_style(name), walk, num_steps, _heights(name, radius, softness)
        )
        for name, walk in zip(NAMES, walks, strict=True)
    ]
    maps = _maps(radius, softness, view, start)
    panels = [
        _mask(radius, softness, start, paths), *maps[:2], _overlaps(covered), *maps[2:]
    ]  # fmt: skip
    plot(
        "segmentation", panels, tracks, on_click=clicked, columns=(1, 1, 1), height=250,
        words={"point": "(r, c)"},
    )  # fmt: skip
    st.markdown(_present(radius, start))
    st.markdown(_table(radius, softness, paths, covered))
    offers = exports.offers(
        panels,
        tracks,
        _("Segmentation"),
        arrays=lambda: _arrays(radius, softness, start, paths),
        columns=lambda: _columns(radius, paths),
        script=lambda: _script(radius, softness, start, rate, num_steps),
        lead=False,
    )
    sharing.bar("losses", **offers)
    own = ("object", "softness", "view", "rate", "steps")
    return [*(f"{each}-segmentation" for each in own), *keys]


def _short(name: str) -> str:
    return SHORT.get(name) or _(LOSSES[name].title)


@shared(maxsize=64)
def _objective(name: str, radius: float, softness: float) -> Objective:
    return segmented(LOSSES[name], radius, softness)


@shared(maxsize=64)
def _grid(name: str, radius: float, softness: float) -> np.ndarray:
    return evaluate(_objective(name, radius, softness), resolution=RESOLUTION).values


@shared(maxsize=128)
def _walk(name: str, radius: float, softness: float, rate: float, start: Point, num_steps: int) -> Path:
    optimizer = OPTIMIZERS["gd"].build(learning_rate=rate)
    objective = _objective(name, radius, softness)
    return descend(objective, optimizer, start, num_steps, capacity=cached.CAPACITY)


@shared(maxsize=128)
def _covered(*walked: Any) -> np.ndarray:
    """The intersection over the union after each step of a walk."""
    return overlap(np.asarray(_walk(*walked).params), walked[1])[0]


def _heights(name: str, radius: float, softness: float) -> Heights:
    return figures.measure(_grid(name, radius, softness))


def _maps(radius: float, softness: float, view: View, start: Point) -> list[Panel]:
    """The landscapes, each with its own descent."""
    marks = [Mark("point", radius, 0.0, symbol="star"), Mark("point", *start, symbol="ring")]
    return [
        Panel(
            name,
            _map(name, radius, softness, view, language()),
            "plane" if view == "above" else "scene",
            _(
                "The landscape of {loss} over radius and position, with the descent. Click to start there."
            ).format(loss=_(LOSSES[name].title)),
            True,
            marks if view == "above" else [],
            title=_(LOSSES[name].title),
            paths=[name],
        )
        for name in NAMES
    ]


@shared(maxsize=64)
def _map(name: str, radius: float, softness: float, view: View, code: str) -> Figure:
    axes = tuple(np.linspace(*side, RESOLUTION) for side in DOMAIN)
    titles = (_("radius r"), _("position c"), _("loss"))
    values, heights = _grid(name, radius, softness), _heights(name, radius, softness)
    return descents.small_map((axes[0], axes[1]), values, titles, heights, view, _("infinite"))


def _mask(radius: float, softness: float, start: Point, paths: Sequence[Path]) -> Panel:
    """The object, what is predicted of it at the present point, and where the descents end."""
    chances = soft_mask(start, softness)
    ends = [np.asarray(path.params)[-1] for path in paths]
    drawn = figures.mask_overlap(
        PLACES,
        disc(radius),
        chances,
        [(end[0], 0.0, end[1]) for end in ends],
        names=[_("object"), _("prediction"), *(_short(name) for name in NAMES)],
        styles=[figures.loss_style(name) for name in NAMES],
    )
    return Panel(
        "mask",
        drawn,
        "chart",
        _("The object in blue, the prediction in orange, a circle where each descent ends: click to move."),
        True,
        title=_("Object, prediction, and the ends"),
    )


def _overlaps(covered: Sequence[np.ndarray]) -> Panel:
    """The overlap of object and prediction along each descent."""
    drawn = figures.measure_curves(
        np.arange(len(covered[0])),
        covered,
        names=[_short(name) for name in NAMES],
        styles=[figures.loss_style(name) for name in NAMES],
        titles=(_("step"), "IoU"),
        top=1.1,
        levels={number(COVERED): COVERED},
    )
    return Panel(
        "overlap",
        drawn,
        "chart",
        _("The overlap of object and prediction, both decided at ½, after each step."),
        title=_("Overlap (IoU) along the descents"),
    )


def _present(radius: float, start: Point) -> str:
    """Object and prediction at the present point, in one line."""
    size, (iou, dice) = int(disc(radius).sum()), overlap(np.array([start]), radius)
    pixels = len(PLACES) ** 2
    return _(
        "**The object has {size} of {pixels} pixels ({share} %).** Prediction and object, decided at ½:"
        " IoU {iou}, Dice {dice}. ★ is the object; behind a soft edge the minima lie elsewhere."
    ).format(
        size=size,
        pixels=f"{pixels:,}",
        share=number(float(f"{100 * size / pixels:.2g}")),
        iou=number(float(iou[0])),
        dice=number(float(dice[0])),
    )


def _table(radius: float, softness: float, paths: Sequence[Path], covered: Sequence[np.ndarray]) -> str:
    """The losses at the present point, of predicting nothing, and what becomes of the descents."""
    nowhere = NOTHING * softness
    head = [
        "",
        _("Value"),
        _("∂ along r"),
        _("∂ along c"),
        _("Gradient’s length"),
        _("Of nothing (r = {radius})").format(radius=number(float(f"{nowhere:.3g}"))),
        _("Steps until IoU ≥ {iou}").format(iou=COVERED),
        _("Last IoU"),
    ]
    lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]
    for name, path, overlaps in zip(NAMES, paths, covered, strict=True):
        slope = np.asarray(path.gradients)[0]
        nothing = _objective(name, radius, softness).loss(np.array([nowhere, 0.0]))
        found = np.flatnonzero(overlaps >= COVERED)
        values = [path.losses[0], *slope, np.hypot(*slope), nothing]
        cells = [_(LOSSES[name].title), *(number(float(each)) for each in values)]
        cells += [str(found[0]) if found.size else descents.note(path) or "–", number(float(overlaps[-1]))]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _arrays(radius: float, softness: float, start: Point, paths: Sequence[Path]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "radius": np.linspace(*DOMAIN[0], RESOLUTION),
        "position": np.linspace(*DOMAIN[1], RESOLUTION),
        "object": disc(radius),
        "prediction": soft_mask(start, softness),
    }
    for name, path in zip(NAMES, paths, strict=True):
        found |= {
            f"{name}/surface": _grid(name, radius, softness),
            f"{name}/params": path.params,
            f"{name}/losses": path.losses,
            f"{name}/gradients": path.gradients,
        }
    return found | _columns(radius, paths)


def _columns(radius: float, paths: Sequence[Path]) -> dict[str, Any]:
    """Every step of every descent, with the overlap."""
    found: dict[str, Any] = {"step": np.arange(len(paths[0].losses))}
    for name, path in zip(NAMES, paths, strict=True):
        params = np.asarray(path.params)
        iou, dice = overlap(params, radius)
        parts = {"r": params[:, 0], "c": params[:, 1], "loss": path.losses, "iou": iou, "overlap_dice": dice}
        found |= {f"{name}_{part}": column for part, column in parts.items()}
    return found


def _script(radius: float, softness: float, start: Point, rate: float, num_steps: int) -> str:
    lines = [
        "from landscape.tasks.masks import overlap, segmented",
        f"optimizer = OPTIMIZERS['gd'].build(learning_rate={rate!r})",
        f"start = [{start[0]!r}, {start[1]!r}]",
        f"for name in {NAMES!r}:",
        f"    objective = segmented(LOSSES[name], radius={radius!r}, softness={softness!r})",
        f"    surface = landscape.evaluate(objective, resolution={RESOLUTION})",
        f"    path = landscape.descend(objective, optimizer, start, num_steps={num_steps})",
        f"    iou, dice = overlap(path.params, {radius!r})",
        '    print(f"{name}: {path.losses[0]:.6g}, gradient {path.gradients[0]}")',
        '    print(f"{name}: after {path.num_steps} steps {path.params[-1]}, IoU {iou[-1]:.6g}")',
    ]
    return scripts.script(["LOSSES", "OPTIMIZERS"], lines)
