"""Choosing a place on a landscape, and how its heights are drawn."""

import math
from typing import Any

import streamlit as st

from landscape import Objective
from landscape.figures import Scale
from landscape.objectives import Domain
from landscape.studio import controls, landscapes, links, pictures
from landscape.studio.cached import Point
from landscape.studio.formulated import FormulaChoice
from landscape.studio.landscapes import Choice
from landscape.studio.plot import Click
from landscape.studio.texts import _


def start(choice: Choice) -> tuple[Point, list[str]]:
    """Choose where to start; another landscape begins at its own start."""
    return point(choice, _("Start {axis}"))


def point(choice: Choice, label: str = "{axis}") -> tuple[Point, list[str]]:
    """Choose a point of a landscape; its start, until the reader says another."""
    return point_in(landscapes.objective(choice), choice, landscapes.axis_titles(choice), label)


def point_in(
    objective: Objective, choice: Any, titles: tuple[str, str], label: str = "{axis}"
) -> tuple[Point, list[str]]:
    """Choose a point of an objective's window; another choice begins at its own start."""
    x0, y0 = (float(f"{value:.4g}") for value in objective.start)
    renew("point-of", choice, {"x": x0, "y": y0})
    found = []
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for key, default, (low, high), title in zip(
            ("x", "y"), (x0, y0), window(objective), titles, strict=True
        ):
            margin = 10 * (high - low)
            step = float(f"{(high - low) / 100:.1g}")
            found.append(
                controls.number(
                    label.format(axis=title),
                    key,
                    default,
                    low - margin,
                    high + margin,
                    step=step,
                    width=controls.HALF,
                )
            )
    return (found[0], found[1]), ["x", "y"]


def place(click: Click, objective: Objective) -> None:
    """Put the point of a page where the reader has clicked."""
    for key, value, (low, high) in zip("xy", (click.x, click.y), window(objective), strict=True):
        st.session_state[key] = readable(value, low, high)


def window(objective: Objective) -> Domain:
    """The window of a landscape's picture."""
    return objective.domain or ((-10.0, 10.0), (-10.0, 10.0))


def readable(value: float, low: float, high: float) -> float:
    """A clicked coordinate with no more digits than a screen can show.

    Example:
        >>> readable(-1.2345678, -2.0, 2.0)
        -1.235
    """
    places = 3 - math.floor(math.log10(high - low))
    return round(float(value), max(places, 0)) if places < 300 else float(value)


def height(choice: Choice, first: Scale) -> Scale:
    """Choose how heights are drawn; another landscape begins with what suits it."""
    renew("height-of", choice, {"height": first})
    return controls.segments(_("Height"), "height", pictures.scales(), first)


def _program(choice: Any) -> Any:
    return choice.program if isinstance(choice, FormulaChoice) else choice


def renew(name: str, choice: Any, values: dict[str, Any]) -> None:
    """Give controls the values of a landscape when another is chosen, unless a link has brought it.

    What is chosen for a formula stays while its constants and its window move.
    """
    choice = tuple(map(_program, choice)) if isinstance(choice, tuple) else _program(choice)
    if st.session_state.setdefault(name, choice) != choice:
        for key, value in values.items():
            links.renew(key, value)
    st.session_state[name] = choice
