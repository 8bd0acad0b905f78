"""Paths: optimizers walk down a landscape together, one step at a time."""

import streamlit as st

from landscape.studio import (
    cached,
    choosing,
    controls,
    exports,
    landscapes,
    links,
    pictures,
    sharing,
    summaries,
    warmup,
)
from landscape.studio.panels import Panel
from landscape.studio.plot import Click, plot
from landscape.studio.texts import _, lesson
from landscape.studio.tracks import track

STEPS = [1, 2, 3, 5, 10, 20, 30, 50, 100, 150, 200, 300, 500, 700, 1000, 1500, cached.MAX_STEPS]


def clicked(click: Click) -> None:
    choosing.place(click, landscapes.objective(choice))


with st.sidebar:
    choice, keys = choosing.landscape(warmup.LANDSCAPE.function)
    racers, more = choosing.optimizers(choice, warmup.OPTIMIZERS)
    num_steps = controls.count(_("Steps"), "steps", 500, 1, cached.MAX_STEPS, options=STEPS)
    start, start_keys = choosing.start(choice)
    race = controls.switch(
        _("Fair race"),
        "race",
        help=_(
            "The same number of gradient evaluations for each: a line search or a Newton step costs several."
        ),
    )
    scale = choosing.height(choice, pictures.first_scale(choice, on_functions="log"))
    guess = controls.switch(
        _("Guess first"), "guess", help=_("The player begins at step 0, and what is to come stays hidden.")
    )
    plain = controls.switch(_("Hide the lesson"), "wide")
links.keep([*keys, *more, *start_keys, "steps", "race", "height", "guess", "wide", "table"])
links.show_notes(st)

# One step more than is shown: the last point shown then has its gradient, too.
walks = [cached.path(choice, racer.optimizer, racer.numbers, start, num_steps + 1) for racer in racers]
paths = [path.within(num_steps) if race else path.first(num_steps) for path in walks]

page, beside = (st.container(), None) if plain else st.columns([3.4, 1])
with page:
    tracks = [
        track(racer.optimizer, walk, pictures.heights(choice, scale), path.num_steps)
        for racer, walk, path in zip(racers, walks, paths, strict=True)
    ]
    marks = pictures.places(choice, start)
    panels = [
        Panel(
            "map",
            pictures.contour(choice, scale),
            "plane",
            _("The landscape from above, with the paths. Click to start there."),
            True,
            marks,
        ),
        Panel(
            "scene",
            pictures.surface(choice, scale),
            "scene",
            _("The landscape from the side, with the paths."),
            True,
        ),
        Panel("curve", pictures.loss_curve(choice, scale, paths, race), "curve", _("Loss against step.")),
    ]
    plot(
        "paths",
        panels,
        tracks,
        align="evaluations" if race else "step",
        on_click=clicked,
        columns=(1.25, 1),
        lead=True,
        guess=guess,
        height=500,
    )
    if not guess:
        st.markdown(summaries.results(choice, racers, paths))
    if controls.switch(_("Table of every step"), "table"):
        summaries.table(racers, paths)
    offers = exports.paths(choice, panels, tracks, racers, paths, start, num_steps, race, scale=scale)
    sharing.bar("paths", **offers)
if beside is not None:
    beside.container(key="lesson").markdown(lesson("paths"))
