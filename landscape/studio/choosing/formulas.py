"""Choosing a formula: its text, the names of its parameters, a slider for each constant, and the window."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from landscape.formulas import FormulaError, free_names, parse
from landscape.formulas.names import check_names
from landscape.objectives import Domain
from landscape.studio import controls, fields, formula_words, links, programs
from landscape.studio.compiled import compiled
from landscape.studio.formulated import EDGES, NAMES, TEXT, WINDOW, FormulaChoice, Numbers, solved
from landscape.studio.jobs import LOOK
from landscape.studio.texts import _

GOOD = "formula-good"
"""Where the last formula is kept that could be drawn; not a widget."""

STOPPED = "formula-stopped"
"""Where the formula is kept whose compilation the reader has stopped; not a widget."""

MOST_CONSTANTS = 6
"""Sliders at most."""

SLIDER, TYPED = (-5.0, 5.0), (-1e6, 1e6)
"""Ends of the slider of a constant, and what may be typed."""

FARTHEST = 1e6
"""How far a window may reach."""

NARROWEST = 1e-6
"""How narrow it may be, in parts of how far it reaches."""

SOON = 0.7
"""Seconds that a formula may take to compile before a word is said."""


@dataclass(frozen=True)
class Draft:
    """What is typed, where it can be read.

    Args:
        text: The formula.
        parameters: The names of both parameters.
        constants: The other names.
        latex: The formula as it is set.
    """

    text: str
    parameters: tuple[str, str]
    constants: tuple[str, ...]
    latex: str


def formula(
    field: Any = None, draw: Callable[[Draft], None] | None = None
) -> tuple[FormulaChoice, list[str]]:
    """Choose a formula: what is typed, or the last that could be drawn as long as that cannot.

    Args:
        field: The container of the field and of what is said of it; None for here.
        draw: Draws the formula as it is set, in that container.

    Returns:
        The choice, and the keys of the controls.
    """
    state = st.session_state
    good: FormulaChoice = state.get(GOOD, FormulaChoice())
    with st.container() if field is None else field:
        text, came = fields.text(
            _("Loss of two parameters"),
            "formula",
            TEXT,
            labelled=field is None,
            placeholder=TEXT,
            help=_("As on a calculator: x^2, 2x, sqrt(x), exp, log, abs, min, where(x < 0, 1, 2), …"),
        )
        said = st.container()
    sliders = st.container()
    with st.expander(_("Names and window")):
        names, renamed = fields.text(_("Names of the parameters"), "names", NAMES, live=False)
        domain = _window(good.domain)
    draft = _read(text, names, said, came=came, renamed=renamed, good=good)
    if draft is not None and draw is not None:
        with said:
            draw(draft)
    program = None if draft is None else (draft.text, draft.parameters)
    if program is not None and state.get(STOPPED) == program:
        _go_on(said)
        draft = None
    text, parameters = (draft or good).text, (draft or good).parameters
    names_of_constants = [name for name, _value in good.constants] if draft is None else draft.constants
    with sliders:
        numbers, keys = _constants(names_of_constants, dict(good.constants))
    choice = FormulaChoice(text, parameters, numbers, domain)
    _await(choice, said)
    # What is typed and cannot be read has none: they would be those of the last formula.
    if draft is not None and (findings := solved(choice).findings):
        said.warning("  \n".join(map(formula_words.finding, findings)), icon=":material/landscape:")
    state[GOOD] = choice
    links.show("formula", text, TEXT)
    links.show("names", ",".join(parameters), NAMES.replace(" ", ""))
    return choice, ["formula", "names", *keys, *EDGES]


def _read(
    text: str, names: str, said: Any, *, came: bool, renamed: bool, good: FormulaChoice
) -> Draft | None:
    """What is typed; None where it cannot be read, which is told."""
    try:
        parameters = check_names("names", re.split(r"[\s,]+", names.strip(" ,")), names)
        if len(parameters) != 2:
            raise _WrongNumberError(
                _("A picture needs two parameters: give two names, such as w, b. Got {count}.").format(
                    count=len(parameters)
                )
            )
    except (FormulaError, _WrongNumberError) as error:
        _refuse(error, said, "names" if renamed else "", ",".join(good.parameters))
        return None
    try:
        constants = free_names(text, parameters)
        latex = parse(text, (*parameters, *constants)).latex
        if len(constants) > MOST_CONSTANTS:
            raise _WrongNumberError(
                _("Here a formula has at most {most} constants, got {count}: {names}.").format(
                    most=MOST_CONSTANTS,
                    count=len(constants),
                    names=", ".join(constants[: 2 * MOST_CONSTANTS]),
                )
            )
    except (FormulaError, _WrongNumberError) as error:
        _refuse(error, said, "formula" if came else "", good.text)
        return None
    return Draft(text, (parameters[0], parameters[1]), constants, latex)


class _WrongNumberError(ValueError):
    """More or fewer names than a page can show; its text is the reason, in the reader's language."""


def _refuse(error: FormulaError | _WrongNumberError, said: Any, key: str, instead: str) -> None:
    """Say what a formula is refused for, also of the link where that has just brought it."""
    if isinstance(error, FormulaError):
        formula_words.tell(error, said)
        reason = formula_words.reason(error)
    else:
        reason = str(error)
        said.error(reason, icon=":material/edit:")
    if key:
        links.note(key, reason.rstrip("."), instead)


def _constants(names: Sequence[str], good: dict[str, float]) -> tuple[Numbers, list[str]]:
    """Choose the constants; and the keys of their controls."""
    keys = [f"const-{name}" for name in names]
    return tuple(
        (name, controls.linear_number(name.replace("_", r"\_"), key, 1.0, SLIDER, TYPED))
        for name, key in zip(names, keys, strict=True)
    ), keys


def _window(good: Domain) -> Domain:
    """Choose the window; the last one as long as what is typed is none."""
    (left, right), (bottom, top) = WINDOW
    labels = _("Left"), _("Right"), _("Bottom"), _("Top")
    found = []
    for rows in ((0, 1), (2, 3)):
        with st.container(horizontal=True, gap="small"):
            for row in rows:
                first = (left, right, bottom, top)[row]
                found.append(
                    controls.number(
                        labels[row], EDGES[row], first, -FARTHEST, FARTHEST, step=0.5, width=controls.HALF
                    )
                )
    window = (found[0], found[1]), (found[2], found[3])
    if all(high - low > NARROWEST * max(abs(low), abs(high)) for low, high in window):
        return window
    reason = _("the window is reversed, or too narrow")
    if links.arriving():
        links.note(EDGES[0], reason, ",".join(f"{limit:g}" for side in good for limit in side))
    else:
        st.error(_("The window is reversed, or too narrow: left must be below right, bottom below top."))
    return good


def _go_on(said: Any) -> None:
    """Say that the reader has stopped what is typed, and offer to go on."""

    def go_on() -> None:
        st.session_state[STOPPED] = None

    with said.container(horizontal=True, vertical_alignment="center"):
        st.button(_("Go on"), on_click=go_on, icon=":material/play_arrow:", key="formula-go-on")
        st.caption(_("Stopped: the picture is that of the last formula."))


def _await(choice: FormulaChoice, said: Any) -> None:
    """Wait until what the pages need of a formula is compiled; the last picture stays on the screen."""
    programs.use(choice.program)
    if compiled.kept(choice) or compiled.found(choice, seconds=SOON):
        return

    def stop() -> None:
        st.session_state[STOPPED] = choice.program

    with said.container(horizontal=True, vertical_alignment="center"):
        place = st.empty()
        bar = st.empty()
    good: FormulaChoice = st.session_state.get(GOOD, FormulaChoice())
    if choice.program != good.program:
        place.button(_("Stop"), on_click=stop, icon=":material/stop:", key="formula-stop")
    while not compiled.found(choice, seconds=LOOK):
        bar.progress(compiled.share(choice), text=_("Compiling the formula"))
    place.empty()
    bar.empty()
