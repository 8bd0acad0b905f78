"""A table and a model: a reader's own file, a model of it, and the landscape of its loss."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from landscape import Dataset, Objective
from landscape.datasets import Table, TableError
from landscape.parts import Progress
from landscape.risk import FitStatistics, StatisticsError, fit_statistics, is_convex
from landscape.studio import fitted, later, links, sharing, tabled
from landscape.studio.fitted import Fit, Walk
from landscape.studio.plot import Click, plot
from landscape.studio.studies.own import (
    table_controls,
    table_files,
    table_pictures,
    table_source,
    table_words,
)
from landscape.studio.studies.own.table_controls import View
from landscape.studio.studies.own.table_pictures import Scene
from landscape.studio.tabled import EXAMPLES, Example, Held, Setup
from landscape.studio.texts import _

STOPPED = "own-table-stopped"
"""Where the fit is kept that the reader has stopped; not a widget."""

Work = tuple[Hashable, str, Callable[[Progress | None], Any]]
"""A result's key in the session's memory, what is said while it is made, and what makes it."""


def show() -> list[str]:
    """Draw the part; the keys of its controls."""
    keys = list(table_source.KEYS)
    with st.sidebar:
        held = table_source.ask()
        top, bottom = st.container(), st.container()
    if held is None:
        links.show_notes(st)
        _without_file()
        return keys
    with bottom:
        how = table_source.reading()
    found = table_source.read(held, how)
    if isinstance(found, TableError):
        links.show_notes(st)
        st.error(f"“{links.quoted(held.name)}”: {table_words.problem(found)}", icon=":material/table:")
        return keys
    with top, st.expander(_("Columns"), expanded=not held.example):
        chosen, more = table_controls.columns(held, found)
    keys += more
    data = None if chosen is None else tabled.dataset(table_source.memory(), held, how, chosen)
    if chosen is None or data is None or isinstance(data, TableError):
        links.show_notes(st)
        st.error(
            _("There is no column of numbers to predict the target from.")
            if not isinstance(data, TableError)
            else table_words.problem(data),
            icon=":material/table:",
        )
        _about(found, opened=True)
        return keys
    with top:
        setup, more = table_controls.setup(held, how, chosen, data)
        keys += more
        ready = None if setup is None else _ready(setup, held, how, data)
        if setup is not None and ready is not None:
            data, risk = ready
            walk, walk_keys = table_controls.walk(setup, held, data, risk)
            view, view_keys = table_controls.view(setup, data, risk)
            keys += [*walk_keys, *view_keys]
    links.show_notes(st)
    if setup is None or ready is None:
        st.info(_("As soon as the model on the left can be read, its landscape is drawn here."))
        _about(found, opened=True)
        return keys
    done = table_words.replaced(found, chosen, data)
    if done:
        st.warning(done, icon=":material/table:")
    place = st.container(key="under-way").container(horizontal=True, vertical_alignment="center")
    _draw(setup, held, data, risk, walk, view, place)
    _about(found, opened=False)
    return keys


def _without_file() -> None:
    said = table_source.wanted()
    if said:
        st.warning(said, icon=":material/upload_file:")
    st.info(
        _(
            "Give a CSV file on the left: comma, semicolon or tab, decimal point or comma, UTF-8, UTF-16 "
            "or what Excel writes, with or without names in its first row, up to 20 MB. It stays in "
            "this session."
        ),
        icon=":material/table:",
    )


def _ready(setup: Setup, held: Held, how: Any, data: Dataset) -> tuple[Dataset, Objective] | None:
    """The table in the units that were asked for, and the loss on it."""
    memory = table_source.memory()
    if setup.columns.standard:
        scaled = tabled.dataset(memory, held, how, setup.columns)
        assert isinstance(scaled, Dataset)
        data = scaled
    return data, tabled.risk(memory, setup, data)


def _about(found: Table, *, opened: bool) -> None:
    """How the file was read, and the table."""
    with st.expander(f"{_('The table')} · {table_words.read_as(found)}", expanded=opened):
        table_words.show_table(found)


def _draw(
    setup: Setup, held: Held, data: Dataset, risk: Objective, walk: Walk, view: View, place: Any
) -> None:
    """Draw what is known by now, and go on with what is not."""
    memory = table_source.memory()
    example = EXAMPLES.get(held.example)
    known = _certified(example, setup)
    path_key, best_key = ("path", setup, walk), ("best", setup, walk.start)
    heavy = fitted.is_heavy(data, risk.num_parameters, walk.num_steps) or len(fitted.sizes(data)) > 1

    def walked(progress: Progress | None) -> Any:
        return fitted.walked(risk, data, walk, progress)

    def best(progress: Progress | None) -> Any:
        points = [np.array(walk.start)]
        if known is not None:
            points += [np.array(values) for values in (*known.starts, known.certified)]
        return fitted.best(risk, setup, data, points)

    first: list[Work] = [
        (path_key, _("The optimizer walks"), walked),
        (best_key, _("Looking for the best fit"), best),
    ]
    if not _made(first, heavy, (setup, walk), place):
        return
    path, fit = memory.peek(path_key), _lower(risk, memory.peek(best_key), memory.peek(path_key), walk)
    point = _point(view, risk, fit, path, walk)
    extent = _extent(risk, view, fit, walk)
    plane = fitted.plane(risk, point, view.axes)
    keys = {size: ("surface", setup, view.axes, tuple(point), extent, size) for size in fitted.sizes(data)}

    def surface(size: int) -> Callable[[Progress | None], Any]:
        return lambda progress: fitted.surface(risk, plane, extent, size, progress)

    works: list[Work] = [(key, _("The picture"), surface(size)) for size, key in keys.items()]
    complete = _made(works, heavy, (setup, walk), place)
    grid = next((each for key in reversed(keys.values()) if (each := memory.peek(key)) is not None), None)
    if grid is None:
        return
    scene = Scene(setup, data, risk, walk, path, fit, view, plane, grid)
    _show(scene, held, known, complete)


def _certified(example: Example | None, setup: Setup) -> Example | None:
    """The example, where the model is the one that its values are certified for."""
    if example is None or setup.formula is None or setup.penalty != "none" or setup.loss != "mse":
        return None
    same = setup.formula.text.replace(" ", "") == example.text.replace(" ", "")
    whole = (setup.columns.target, setup.columns.features) == (example.target, example.features)
    return example if same and whole else None


def _lower(risk: Objective, best: Fit, path: Any, walk: Walk) -> Fit:
    """The best fit, or the path's last step where that is lower."""
    shown = path.first(walk.num_steps)
    loss = float(shown.losses[-1])
    if best.exact or not loss < best.loss:
        return best
    return Fit(tabled.shaped(risk.start, fitted.rows(shown)[-1]), loss, False)


def _point(view: View, risk: Objective, fit: Fit, path: Any, walk: Walk) -> np.ndarray:
    """Where the parameters are held that no axis shows."""
    if view.others == "own":
        return np.array(view.values)
    if view.others == "start":
        return np.array(walk.start)
    rows = fitted.rows(path.first(walk.num_steps))
    finite = rows[np.isfinite(rows).all(axis=1)]
    return tabled.flat(fit.params) if view.others == "best" else finite[-1]


def _extent(risk: Objective, view: View, fit: Fit, walk: Walk) -> Any:
    names = list(tabled.coordinates(risk.start))
    places = [names.index(axis) for axis in view.axes]
    goal, start = tabled.flat(fit.params)[places], np.array(walk.start)[places]
    return fitted.window([start, goal], goal if view.near else None)


def _made(works: Sequence[Work], heavy: bool, token: Hashable, place: Any) -> bool:
    """Whether all results are there: of a small table at once, of a large one when the page is drawn.

    The work is done in the reader's own run: whatever the reader does next ends it.
    """
    memory, state = table_source.memory(), st.session_state
    missing = [each for each in works if memory.peek(each[0]) is None]
    if not heavy:
        for key, _words, make in missing:
            memory.put(key, make(None))
        return True
    if not missing:
        return True

    def stop() -> None:
        state[STOPPED] = token

    def go_on() -> None:
        state.pop(STOPPED, None)

    if state.get(STOPPED) == token:
        place.button(_("Go on"), on_click=go_on, icon=":material/play_arrow:", key="own-table-go-on")
        place.caption(_("Stopped."))
        return False
    key, words, make = missing[0]
    place.button(_("Stop"), on_click=stop, icon=":material/stop:", key="own-table-stop")
    bar = place.progress(0.0, words)

    def work() -> None:
        memory.put(key, make(lambda share: bar.progress(min(float(share), 1.0), words)))
        later.again()

    later.go_on(work)
    return False


def _show(scene: Scene, held: Held, known: Example | None, complete: bool) -> None:
    """Draw the pictures, and say how the fit stands."""
    names, steps = scene.names, scene.walk.num_steps
    found = fitted.arrival(scene.risk, scene.path, scene.fit, steps)
    last = fitted.rows(scene.shown)[-1]
    st.markdown(
        table_words.headline(found, scene.walk.optimizer, steps, names, last)
        + (" " + table_words.certified(known, last) if known is not None else "")
    )
    clickable = scene.setup.model != "mlp" and len(names) <= table_controls.MOST_FIELDS

    def clicked(click: Click) -> None:
        for axis, value in zip(scene.view.axes, (click.x, click.y), strict=True):
            st.session_state[f"start-{axis}-table"] = float(f"{value:.4g}")

    lifted = table_pictures.heights(scene)
    panels = table_pictures.panels(scene, lifted, clickable)
    tracks = [table_pictures.track(scene, lifted)]
    plot(
        "own-table",
        panels,
        tracks,
        on_click=clicked if clickable else None,
        columns=(1.3, 1.2, 1),
        lead=True,
        height=460,
    )
    statistics, why = _statistics(scene)
    st.markdown(table_words.estimates(names, last, scene.fit, statistics, known))
    convex = is_convex(scene.model, tabled.LOSSES[scene.setup.loss])
    st.markdown(table_words.quality(statistics, why, known))
    st.caption(table_words.heading(scene.setup, scene.data, scene.risk))
    st.caption(table_words.reference(scene.fit, convex) + _held_words(scene))
    sharing.bar("own", **table_files.offers(scene, held, panels, tracks))


def _held_words(scene: Scene) -> str:
    """What the picture does not show of a model with more than two parameters."""
    said = ""
    if len(scene.names) > 2:
        said += " " + _(
            "The surface holds the other parameters fast, and the path moves them too: it is drawn at its "
            "true height, with a line down to the surface."
        )
    if scene.data.num_examples > table_pictures.MOST_POINTS:
        said += " " + _("Of {count} examples {shown} are drawn.").format(
            count=f"{scene.data.num_examples:,}", shown=f"{table_pictures.MOST_POINTS:,}"
        )
    return said


def _statistics(scene: Scene) -> tuple[FitStatistics | None, str]:
    """The statistics of the best fit, or why there are none."""
    try:
        found = table_source.memory().get(
            ("statistics", scene.setup, tuple(tabled.flat(scene.fit.params))),
            lambda: fit_statistics(scene.risk, scene.fit.params),
        )
    except StatisticsError as error:
        return None, table_words.without_errors(error)
    return found, ""
