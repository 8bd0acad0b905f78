"""A formula: a loss of two parameters as the reader types it, seen, measured and walked on."""

from pathlib import Path

import streamlit as st

from landscape.formulas import name_latex
from landscape.studio import (
    cached,
    choosing,
    controls,
    exports,
    formulated,
    landscapes,
    links,
    pictures,
    sharing,
    summaries,
)
from landscape.studio.choosing import Draft
from landscape.studio.choosing.places import readable
from landscape.studio.formulated import FormulaChoice
from landscape.studio.panels import Panel
from landscape.studio.plot import Click, Window, plot
from landscape.studio.studies.own.examples import EXAMPLES, Example
from landscape.studio.texts import KEY, _, language
from landscape.studio.tracks import track

STEPS = [1, 2, 3, 5, 10, 20, 30, 50, 100, 150, 200, 300, 500, 700, 1000, 1500, cached.MAX_STEPS]
VIEWS = Path(__file__).parents[2] / "views"


def show() -> list[str]:
    """Draw the part; the keys of its controls."""

    def clicked(click: Click) -> None:
        choosing.place(click, landscapes.objective(choice))

    _examples()
    field = st.container()
    with st.sidebar:
        choice, keys = choosing.formula(field, _latex)
        racer, more = choosing.optimizer(choice, "gd", _("Optimizer"))
        num_steps = controls.count(_("Steps"), "steps", 200, 1, cached.MAX_STEPS, options=STEPS)
        start, start_keys = choosing.start(choice)
        scale = choosing.height(choice, "linear")
    links.show_notes(st)

    # One step more than is shown: the last point shown then has its gradient, too.
    walk = cached.path(choice, racer.optimizer, racer.numbers, start, num_steps + 1)
    path = walk.first(num_steps)
    at = cached.curvature(choice, start)
    panels = [
        Panel(
            "map",
            pictures.contour(choice, scale, critical=True),
            "plane",
            _(
                "Your landscape from above. Click to start there and to measure the curvature; "
                "drag to look closer."
            ),
            True,
            pictures.eigenvectors(choice, at),
            zoomable=True,
        ),
        Panel(
            "scene",
            pictures.surface(choice, scale, critical=True),
            "scene",
            _("Your landscape from the side, with the path."),
            True,
        ),
    ]
    tracks = [track(racer.optimizer, walk, pictures.heights(choice, scale), num_steps)]
    plot(
        "own-formula",
        panels,
        tracks,
        on_click=clicked,
        on_window=_closer,
        columns=(1.2, 1),
        lead=True,
        height=380,
    )
    st.markdown(summaries.results(choice, [racer], [path]))
    left, right = st.columns([1, 1])
    titles = landscapes.axis_titles(choice)
    left.markdown(summaries.curvature(at, titles, smooth=cached.is_smooth(choice, start)))
    right.markdown(summaries.minima(choice))
    right.markdown(summaries.critical_points(cached.critical_points(choice), titles))
    _further(choice)
    offers = exports.paths(choice, panels, tracks, [racer], [path], start, num_steps, False, _("Your own"))
    sharing.bar("own", **offers)
    return [*keys, *more, *start_keys, "steps", "height"]


def _examples() -> None:
    """Formulas to begin with, one row of buttons."""
    with st.container(horizontal=True, gap="small", key="own-examples"):
        for name, example in EXAMPLES.items():
            st.button(
                _(example.title), key=f"example-{name}", on_click=_begin, args=(example,), type="tertiary"
            )


def _begin(example: Example) -> None:
    """Put an example's formula, constants and window in their places."""
    (left, right), (bottom, top) = example.domain
    links.put("formula", example.text)
    links.put("names", formulated.NAMES)
    for name, value in example.constants:
        links.put(f"const-{name}", value)
    for key, limit in zip(formulated.EDGES, (left, right, bottom, top), strict=True):
        links.put(key, limit)


def _latex(draft: Draft) -> None:
    """The formula as it is set."""
    names = ", ".join(map(name_latex, draft.parameters))
    st.markdown(rf"$\displaystyle L({names}) = {draft.latex}$", text_alignment="center")


def _closer(window: Window) -> None:
    """Look at the rectangle that was dragged open."""
    for keys, (low, high) in zip(
        (formulated.EDGES[:2], formulated.EDGES[2:]), (window.x, window.y), strict=True
    ):
        for key, limit in zip(keys, (low, high), strict=True):
            links.put(key, readable(limit, low, high))


def _further(choice: FormulaChoice) -> None:
    """The other pages, with this formula."""
    params = {"landscape": formulated.NAME, **formulated.link(choice), KEY: language()}
    with st.container(horizontal=True):
        for view, label, more in (
            ("surfaces", _("Look closely (Surfaces)"), {"critical": "true"}),
            ("paths", _("Let several walk on it (Paths)"), {}),
            ("rates", _("Sweep the learning rate"), {}),
            ("rates", _("Basins of attraction"), {"study": "basins"}),
        ):
            st.page_link(VIEWS / f"{view}.py", label=label, query_params=params | more, width="content")
