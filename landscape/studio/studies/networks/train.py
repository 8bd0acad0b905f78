"""Train: a network learns a table before the reader's eyes, and walks down its landscape."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import streamlit as st

from landscape.figures import Scale
from landscape.studio import choosing, controls, later, links, sharing, sliced, trained
from landscape.studio.choosing.noise import LARGEST_SEED
from landscape.studio.jobs import Wanted, await_all, gather, keep_all
from landscape.studio.links import read_switch
from landscape.studio.panels import Panel
from landscape.studio.plot import plot
from landscape.studio.sliced import Cut, Refused
from landscape.studio.studies.networks import slice_pictures, train_files, train_pictures, train_words
from landscape.studio.studies.networks.slice_pictures import Picture, View
from landscape.studio.studies.networks.train_pictures import Curves
from landscape.studio.texts import _
from landscape.studio.trained import Recipe
from landscape.training import Record

PRESSED, SHOWN, STOPPED = "train-pressed", "train-shown", "train-stopped"
"""Where a session keeps that the button was pressed, whose picture it shows, and what it has stopped."""

FINEST = 49
"""Grid points along each axis of the finest picture here; the part Slice goes further."""

SOON, LOOK, AGAIN = 0.15, 0.1, 0.4
"""Seconds: a first look, between two looks, and between two pictures of a training under way."""

FIRST, GRIDS = 0.8, 1.2
"""Seconds that the first landscape is waited for, and between two as it becomes finer."""


def show() -> list[str]:
    """Draw the part; the keys of its controls."""
    with st.sidebar:
        recipe, keys = choosing.recipe("net")
        views: Mapping[View, str] = {"side": _("From the side"), "above": _("From above")}
        view = controls.segments(_("Landscape"), "view-train", views, "side")
        scales: dict[Scale, str] = {"linear": _("Linear"), "log": _("Logarithmic")}
        scale = controls.segments(_("Heights"), "scale-train", scales, "log")
    links.show_notes(st)
    shown = _shown(recipe)
    bar = _buttons(recipe, shown)
    place = st.container(key="under-way").container(horizontal=True, vertical_alignment="center")
    if shown is None:
        _before(recipe)
    elif trained.training.found(shown, seconds=SOON) is None:
        _live(shown, bar)
    elif trained.training.kept(shown) is not None:
        _after(Picture(Cut(shown), "loss", FINEST, scale, view), place)
    return [*keys, "trained", "view-train", "scale-train"]


def _shown(recipe: Recipe) -> Recipe | None:
    """The training whose picture is shown: what was asked for last; None before any."""
    state = st.session_state
    asked = links.settle("trained", read_switch, False, lambda value: isinstance(value, bool))
    shown: Recipe | None = state.get(SHOWN)
    if links.arriving():
        shown = recipe if asked else None
    if state.pop(PRESSED, False):
        shown, state[STOPPED] = recipe, None
    if shown is not None and shown != recipe:
        if trained.training.kept(recipe) is not None:
            shown = recipe
        elif shown.network.dataset != recipe.network.dataset:
            shown = None
    state[SHOWN] = shown
    # A link to settings that have not been trained does not train: it shows what stands here.
    state["trained"] = shown == recipe
    links.show("trained", shown == recipe, False)
    return shown


def _buttons(recipe: Recipe, shown: Recipe | None) -> Any:
    """The button that trains, or stops what is under way; where its progress is told."""

    def press() -> None:
        st.session_state[PRESSED] = True

    def another() -> None:
        key = "seed-net"
        st.session_state[key] = (st.session_state[key] + 1) % (LARGEST_SEED + 1)
        press()

    def stop() -> None:
        records: Sequence[Record] = trained.training.so_far(shown) or ()
        st.session_state[STOPPED], st.session_state[SHOWN] = (shown, tuple(records)), None

    left, right = st.columns([1, 4.4], vertical_alignment="center")

    def button(label: str, act: Callable[[], None], icon: str, kind: Literal["primary", "secondary"]) -> None:
        # One button by one key: of two, the other would stay until a long run has ended.
        icon = f":material/{icon}:"
        left.button(label, on_click=act, icon=icon, type=kind, key="train-button", width="stretch")

    if shown is not None and trained.training.kept(shown) is None:
        button(_("Stop"), stop, "stop", "secondary")
        return right.progress(0.0, _("Training"))
    if shown == recipe:
        button(_("Another start"), another, "casino", "secondary")
        right.markdown(train_words.reached(recipe, Curves.of(sliced.training(recipe))))
        return None
    button(_("Train"), press, "play_arrow", "primary")
    if shown is None:
        right.markdown(train_words.planned(recipe))
    else:
        words = _("**The settings have changed.** This is still the training with {settings}.")
        right.warning(words.format(settings=train_words.named(shown)))
    return None


def _before(recipe: Recipe) -> None:
    """The data and the empty axes; what was stopped leaves its curves."""
    stopped = st.session_state.get(STOPPED)
    known = Curves.so_far(stopped[1] if stopped and stopped[0] == recipe else ())
    panels = [train_pictures.preview(recipe), *train_pictures.curves(recipe, known, played=False)]
    _plot(panels)
    words = _("Press **Train**: the curves grow here, then the landscape appears, with the training’s path.")
    if known.epochs.size:
        words = _("**Stopped.** {so_far}.").format(so_far=train_words.so_far(recipe, known))
    st.container().markdown(words)


def _live(recipe: Recipe, bar: Any) -> None:
    """The curves so far; the page is drawn anew when they have grown."""
    records = trained.training.so_far(recipe) or ()
    known = Curves.so_far(records)
    _plot([train_pictures.preview(recipe), *train_pictures.curves(recipe, known, played=False)])
    st.empty()  # what stood below the pictures of another training goes now, not when this run has ended
    wanted = Wanted(trained.training, (recipe,))

    def tell() -> None:
        now = trained.training.so_far(recipe) or ()
        words = _("The training is being compiled")
        if len(now) > 1:
            words = train_words.so_far(recipe, Curves.so_far(now))
        bar.progress(trained.training.share(recipe), words)

    def work() -> None:
        begun, found = time.monotonic(), None
        while found is None:
            tell()
            found = wanted.found(LOOK)
            grown = len(trained.training.so_far(recipe) or ()) > len(records)
            if grown and time.monotonic() - begun > AGAIN:
                break
        keep_all([wanted], [found])
        later.again()

    tell()
    later.go_on(work)


def _after(picture: Picture, place: Any) -> None:
    """The landscape with the path, the curves, the answers, and what is said of them."""
    cut, recipe = picture.cut, picture.cut.recipe
    known = Curves.of(sliced.training(recipe))
    wanted = _wanted(cut)
    there = _is_there(cut, wanted)
    if there is None:
        _coming(recipe, known, [Wanted(sliced.frame, (cut,)), wanted[0]], place)
        return
    curves = train_pictures.curves(recipe, known, played=there)
    panels, tracks = [train_pictures.preview(recipe), *curves], []
    found = slice_pictures.reached(picture) if there else None
    if found is not None:
        panels[0] = train_pictures.landscape(picture, found[1])
        tracks = [train_pictures.track(picture, found[1])]
    _plot(panels, tracks)
    answers = train_pictures.answers(recipe)
    with st.container():
        st.markdown("  \n".join(train_words.told(recipe, known, cut if there else None)))
        plot("train-answers", answers, columns=(1,) * len(answers), height=330)
        sharing.bar("networks", **train_files.offers(picture, [*panels, *answers], tracks))
    drawn = [each.kept() for each in wanted]
    if there and any(each is None for each in drawn):
        _refine(wanted, drawn, place)


def _wanted(cut: Cut) -> list[Wanted]:
    """The landscape from coarse to fine, and how true it is to the path."""
    sizes = [size for size in sliced.SIZES if size <= FINEST]
    surfaces = [Wanted(sliced.surface, (cut, size, "loss")) for size in sizes]
    slope = Wanted(sliced.slope, (cut.recipe,))
    return [surfaces[0], Wanted(sliced.trust, (cut,)), *surfaces[1:], slope]


def _is_there(cut: Cut, wanted: Sequence[Wanted]) -> bool | None:
    """Whether there is a landscape; None while it is not known, and none where the path has no plane."""
    training = sliced.training(cut.recipe)
    if training.diverged_at is not None and training.diverged_at < 2:
        return False
    frame = sliced.frame.found(cut, seconds=FIRST)
    if frame is None or isinstance(frame, Refused):
        return None if frame is None else False
    surfaces = [each for each in wanted if each.jobs is sliced.surface]
    if any(each.kept() is not None for each in surfaces):
        return True
    return None if surfaces[0].found(FIRST) is None else True


def _coming(recipe: Recipe, known: Curves, wanted: Sequence[Wanted], place: Any) -> None:
    """The curves, whose landscape is on its way."""
    _plot([train_pictures.preview(recipe), *train_pictures.curves(recipe, known, played=False)])
    st.empty()
    words = _("The landscape is being computed")
    bar = place.progress(0.0, words)

    def work() -> None:
        for each in wanted:
            keep_all([each], await_all([each], lambda share: bar.progress(share, words)))
        later.again()

    later.go_on(work)


def _refine(wanted: Sequence[Wanted], drawn: Sequence[Any], place: Any) -> None:
    """Have the finer grids made when the page is drawn."""
    words = _("The landscape becomes finer")
    bar = place.progress(0.0, words)

    def work() -> None:
        begun, found = time.monotonic(), gather(wanted, LOOK, drawn)
        while any(each is None for each in found):
            shares = [
                1.0 if result is not None else each.jobs.share(*each.args)
                for each, result in zip(wanted, found, strict=True)
            ]
            bar.progress(sum(shares) / len(shares), words)
            if found.count(None) < drawn.count(None) and time.monotonic() - begun > GRIDS:
                break
            found = gather(wanted, LOOK, found)
        keep_all(wanted, found)
        later.again()

    later.go_on(work)


def _plot(panels: Sequence[Panel], tracks: Sequence[Any] = ()) -> None:
    """The main picture at the left, the curves at its right: one component in all states of the page."""
    words = {"point": "(a, b)"}
    plot("train", panels, tracks, columns=(1.3, 1), lead=True, height=430, words=words)
