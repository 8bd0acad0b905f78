"""Surfaces: one landscape from the side and from above, and its curvature where the reader points."""

import streamlit as st

from landscape.studio import (
    cached,
    choosing,
    controls,
    exports,
    fits,
    landscapes,
    links,
    pictures,
    sharing,
    summaries,
)
from landscape.studio.landscapes import DataChoice
from landscape.studio.panels import Panel
from landscape.studio.plot import Click, plot
from landscape.studio.texts import _, lesson


def clicked(click: Click) -> None:
    choosing.place(click, landscapes.objective(choice))


with st.sidebar:
    choice, keys = choosing.landscape("himmelblau")
    scale = choosing.height(choice, pictures.first_scale(choice, on_functions="linear"))
    field = controls.switch(
        _("Downhill arrows"), "field", help=_("The direction of steepest descent, −gradient.")
    )
    critical = controls.switch(
        _("Critical points"), "critical", help=_("Where the gradient vanishes, by kind.")
    )
    point, point_keys = choosing.point(choice)
    plain = controls.switch(_("Hide the lesson"), "wide")
links.keep([*keys, *point_keys, "height", "field", "critical", "wide"])
links.show_notes(st)

page, beside = (st.container(), None) if plain else st.columns([3.4, 1])
with page:
    at = cached.curvature(choice, point)
    panels = [
        Panel(
            "map",
            pictures.contour(choice, scale, field=field, critical=critical),
            "plane",
            _("The landscape from above. Click to measure the curvature there."),
            True,
            pictures.eigenvectors(choice, at),
        ),
        Panel(
            "scene",
            pictures.surface(choice, scale, critical=critical),
            "scene",
            _("The landscape from the side."),
            True,
        ),
    ]
    if isinstance(choice, DataChoice):
        panels.append(
            Panel("fit", fits.figure(choice, point), "plain", _("The data, and the model at the point."))
        )
    plot("surfaces", panels, on_click=clicked, columns=(1.2, 1), lead=True, height=500)
    left, right = st.columns([1, 1])
    left.markdown(
        summaries.curvature(at, landscapes.axis_titles(choice), smooth=cached.is_smooth(choice, point))
    )
    right.markdown(summaries.heading(choice))
    if critical:
        right.markdown(
            summaries.critical_points(cached.critical_points(choice), landscapes.axis_titles(choice))
        )
    offers = exports.surface(choice, panels, point, scale, field=field, critical=critical)
    sharing.bar("surfaces", **offers)
if beside is not None:
    beside.container(key="lesson").markdown(lesson("surfaces"))
