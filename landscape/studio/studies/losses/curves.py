"""Curves: losses against a residual, a margin or a probability, and their slopes below."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import streamlit as st

from landscape import LOSSES, figures
from landscape.figures import Figure
from landscape.figures.edges import edges
from landscape.figures.heights import number
from landscape.losses import Abscissa
from landscape.studio import choosing, controls, exports, links, profiled, scripts, sharing
from landscape.studio.choosing.places import readable
from landscape.studio.panels import Mark, Panel
from landscape.studio.plot import Click, plot
from landscape.studio.profiled import Curve
from landscape.studio.studies.losses import entries
from landscape.studio.texts import N_, _

Shown = Literal["residual", "margin", "probability", "catalogue"]

OVER, CHOSEN, AT, WINDOW = "over-curves", "losses-curves", "at-curves", "window-curves"
"""The parameters of the link."""

TITLES: Mapping[Shown, str] = {
    "residual": N_("Residual"),
    "margin": N_("Margin"),
    "probability": N_("Probability"),
    "catalogue": N_("All losses"),
}

BEGIN = {"residual": 2.0, "margin": -1.5, "probability": 0.1}
"""Where the losses are read off first."""

FIRST_WINDOW, FURTHEST = 4.0, 1000.0
"""How far from 0 the picture goes first, and how far it can go."""

HEIGHT = 268
"""Pixels of each of the two pictures."""

LIMIT = 6
"""Curves at once."""

NOUGHT = 1e-12
"""Below this a slope is rounding."""


def show() -> list[str]:
    """Draw the study; the keys of its controls."""
    with st.sidebar:
        titles: dict[Shown, str] = {name: _(title) for name, title in TITLES.items()}
        shown: Shown = controls.segments(_("Against"), OVER, titles, "residual")
    return [OVER, *(_catalogue() if shown == "catalogue" else _against(shown))]


def _against(over: Abscissa) -> list[str]:
    """The losses along one number."""

    def clicked(click: Click) -> None:
        st.session_state[AT] = float(np.clip(readable(click.x, *ends), *limits))

    choosing.renew("curves-of", over, {CHOSEN: list(profiled.FIRST[over]), AT: BEGIN[over]})
    symbol = profiled.AXES[over][0]
    with st.sidebar:
        curves, keys = _curves(over)
        window = FIRST_WINDOW
        if over != "probability":
            window = controls.log_number(_("Window ±"), WINDOW, window, (1.0, 100.0), (0.1, FURTHEST))
        ends = profiled.ends(over, window)
        limits = ends if over == "probability" else (-FURTHEST, FURTHEST)
        label = _("Read off at {symbol}").format(symbol=symbol)
        x = controls.linear_number(label, AT, BEGIN[over], ends, limits)
    links.show_notes(st)

    found = [profiled.at(curve, over, x) for curve in curves]
    upper, lower = profiled.pictures(curves, over, window)
    values = _dots(upper, curves, x, [value for value, _slope in found])
    slopes = _dots(lower, curves, x, [slope for _value, slope in found])
    line = Mark("vline", x, label=f"{symbol} = {number(x)}")
    panels = [
        Panel("losses", upper, "chart", _("The losses. Click to read them off."), True, [line, *values]),
        Panel(
            "slopes",
            lower,
            "chart",
            _("Their slopes. Click to read them off."),
            True,
            [Mark("vline", x), *slopes],
        ),
    ]
    plot("curves", panels, on_click=clicked, columns=(1,), height=HEIGHT)
    st.markdown(_table(curves, over, x, found))
    st.markdown("\n\n".join(entries.details(curve.loss, curve.numbers) for curve in curves))
    sharing.bar("losses", **_offers(panels, curves, over, window))
    return [CHOSEN, AT, *keys, *([] if over == "probability" else [WINDOW])]


def _curves(over: Abscissa) -> tuple[list[Curve], list[str]]:
    """Choose losses, with the numbers inside them."""
    offered = profiled.names(over)
    chosen = controls.choices(
        _("Losses"),
        CHOSEN,
        offered,
        profiled.FIRST[over],
        limit=LIMIT,
        titles={name: profiled.title(name, over) for name in offered},
        refused={
            name: _("{loss} is not drawn against this").format(loss=_(loss.title))
            for name, loss in LOSSES.items()
            if name not in offered
        },
    )
    curves, keys = [], []
    for name in chosen:
        numbers, more = choosing.loss_numbers(name)
        curves.append(Curve(name, numbers))
        keys += more
    return curves, keys


def _dots(figure: Figure, curves: Sequence[Curve], x: float, heights: Sequence[float]) -> list[Mark]:
    """A dot on each curve, in its colour; out of the picture, a diamond at the edge with the value."""
    low, high = figure["layout"]["yaxis"]["range"]
    dots = []
    for curve, height in zip(curves, heights, strict=True):
        colour = figures.loss_style(curve.loss).color
        if low <= height <= high:
            dots.append(Mark("point", x, height, color=colour, symbol="circle"))
        elif not np.isnan(height):
            edge = np.clip(height, *edges((low, high), log=False))
            label = f"{'↑' if height > high else '↓'} {number(height)}"
            dots.append(Mark("point", x, float(edge), color=colour, symbol="diamond", label=label))
    return dots


def _table(curves: Sequence[Curve], over: Abscissa, x: float, found: Sequence[tuple[float, float]]) -> str:
    """The losses and slopes at one place, as a Markdown table."""
    symbol = profiled.AXES[over][0]
    head = [_("Loss"), f"$L({symbol} = {number(x)})$", rf"$\mathrm{{d}}L / \mathrm{{d}}{symbol}$"]
    head += [_("Likelihood"), _("Output unit")]
    lines = ["| " + " | ".join(head) + " |", "|---|--:|--:|---|---|"]
    for curve, (value, slope) in zip(curves, found, strict=True):
        loss = LOSSES[curve.loss]
        steepness = 0.0 if abs(slope) < NOUGHT else slope
        cells = [profiled.title(curve.loss, over), _read(value), _read(steepness)]
        lines.append("| " + " | ".join([*cells, entries.likelihood(loss), entries.units(loss)]) + " |")
    return "\n".join(lines)


def _read(value: float) -> str:
    return entries.NOTHING if np.isnan(value) else number(value)


def _catalogue() -> list[str]:
    """Every loss, by family."""
    links.show_notes(st)
    for family, title in entries.FAMILIES.items():
        st.markdown(f"##### {_(title)}\n\n{entries.table(family)}")
    return []


def _offers(
    panels: Sequence[Panel], curves: Sequence[Curve], over: Abscissa, window: float
) -> exports.Offers:
    """What the study offers to take along."""

    def arrays() -> dict[str, Any]:
        profiles = {curve.loss: profiled.along(curve, over, window) for curve in curves}
        return {over: profiled.places(over, window)} | {
            f"{name}/{kind}": rows
            for name, each in profiles.items()
            for kind, rows in (("loss", each.values), ("slope", each.slopes))
        }

    return exports.offers(
        panels,
        (),
        f"{_('Losses')} · {_(TITLES[over])}",
        arrays=arrays,
        columns=arrays,
        script=lambda: _program(curves, over, window),
        lead=False,
    )


def _program(curves: Sequence[Curve], over: Abscissa, window: float) -> str:
    """The script that makes the same numbers."""
    low, high = profiled.ends(over, window)
    lines = [
        "from landscape.losses import abscissae, profile",
        f"x = abscissae({over!r}, {low!r}, {high!r})",
    ]
    for curve in curves:
        numbers = ", ".join(f"{name}={value!r}" for name, value in curve.numbers)
        loss = f"LOSSES[{curve.loss!r}]" + (f".replace({numbers})" if numbers else "")
        lines += [
            f"found = profile({loss}, {over!r}, x)",
            "for place, value, slope in list(zip(found.x, found.values, found.slopes))[::40]:",
            f'    print(f"{curve.loss}: L({{place:.6g}}) = {{value:.8g}}, slope {{slope:.8g}}")',
        ]
    return scripts.script(["LOSSES"], lines)
