"""Links: the state of a page in its address, read on arrival, checked, and written after every run.

An address holds what differs from the defaults, so the same address always shows the same picture. It
is written once after a run, however many controls have moved, so one step back undoes one step.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from landscape.studio.texts import KEY, LANGUAGES, N_, _, first_language

KEPT = "kept"
"""Where the values of pages that are not shown are kept; not a widget."""

NOTES = "notes"
"""What the link said that could not be used; shown until the next change."""

SAID = "notes-said"
"""What this run has said of it; not a widget."""

VISIT = "visit"
"""Where the visit is kept; not a widget."""

ARRIVALS = "arrivals"
"""What the bare address of a page stood for when the reader came to it by the navigation."""

NOT_A_NUMBER = N_("“{value}” is not a finite number")
NOT_WHOLE = N_("{value} is not a whole number")
TOO_SMALL = N_("{value} is below {limit}")
NOT_POSITIVE = N_("{value} is not above 0")
TOO_LARGE = N_("{value} is above {limit}")
UNKNOWN = N_("there is no “{value}”")
TOO_MANY = N_("{count} are more than {limit}")


class UnusableError(ValueError):
    """A value of a link that cannot be used; its text is the reason, in the reader's language."""


@dataclass
class Visit:
    """What is known of the address since the reader arrived at a page, or went back or forward.

    Args:
        page: The page.
        said: What the address said that no control has read yet.
        alone: Whether the address alone decides, so that what it does not say is the default.
        arriving: Whether this is still the first run.
        corrected: Whether the page shows anything that the address does not say.
        settled: The controls that have had their first value.
        shown: What an address of the controls of this run has to say.
        values: What it could say: every control of this run, the defaults too.
        written: What the address says now.
    """

    page: str
    said: dict[str, list[str]] = field(default_factory=dict)
    alone: bool = True
    arriving: bool = True
    corrected: bool = False
    settled: set[str] = field(default_factory=set)
    shown: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)


def open_link() -> None:
    """Begin a run: read the address if the reader has arrived at a page, or gone back or forward."""
    context, state = get_script_run_ctx(), st.session_state
    if context is None:
        return
    state.pop(SAID, None)
    visit = state.get(VISIT)
    back = context.is_history_navigation
    if visit is not None and visit.page == context.page_script_hash and not back:
        visit.shown, visit.values = {}, {}
        visit.corrected |= visit.arriving  # the reader has not waited for the end of the first run
        return
    visit = state[VISIT] = Visit(context.page_script_hash, _said())
    visit.written = {key: ",".join(texts) for key, texts in visit.said.items()}
    if not set(visit.said) - {KEY}:
        # The navigation leads to bare addresses, which stand for the page as it was left.
        visit.alone = back
        if back and (arrived := state.get(ARRIVALS, {}).get(visit.page)):
            visit.said, visit.corrected = {key: [text] for key, text in arrived.items()}, True
    if visit.alone:
        language = visit.said.get(KEY, [""])[-1]
        if back or language in LANGUAGES:
            state[KEY] = language if language in LANGUAGES else first_language()


def write_link() -> None:
    """End a run: let the address say what the page shows."""
    visit = _visit()
    show_notes(st)
    if visit.arriving:
        visit.arriving = False
        if not visit.alone:
            st.session_state.setdefault(ARRIVALS, {})[visit.page] = visit.shown
        if not visit.corrected:
            visit.written = visit.shown
    if visit.shown != visit.written:
        st.query_params.from_dict(visit.shown)
        visit.written = visit.shown


def settle(key: str, read: Callable[[list[str]], Any], default: Any, holds: Callable[[Any], bool]) -> Any:
    """Give a control its value before it is drawn.

    Args:
        key: The parameter of the link, also the widget's key.
        read: Texts of the link to a value; raises `UnusableError`.
        default: The value where nothing else is said.
        holds: Whether a value can be chosen; one that cannot gives way to the last that could.

    Returns:
        The value.
    """
    visit, state, last = _visit(), st.session_state, f"{key}!"
    kept = state.setdefault(KEPT, {})
    first = key not in visit.settled
    visit.settled.add(key)
    value = default
    if first and (texts := visit.said.pop(key, None)):
        try:
            value = read(texts)
        except UnusableError as reason:
            note(key, str(reason), default)
    elif key in state and not (first and visit.alone):
        value = state[key] if holds(state[key]) else state.get(last)
        visit.corrected |= first
    elif key in kept and not (first and visit.alone):
        value = kept[key]
        visit.corrected = True
    if not holds(value):
        value = default
    if first or key not in state or state[key] != value:
        state[key] = value  # on arrival even if it is equal: that was the value of another page's widget
    state[last] = value
    return value


def show(key: str, value: Any, default: Any) -> None:
    """Let the address say the value of a control that is on the page, if it is not the default."""
    _visit().values[key] = written(value)
    if value != default:
        _visit().shown[key] = written(value)


def values() -> Mapping[str, str]:
    """Every control of this run with its value; those to come will stand in it, too."""
    return _visit().values


def arriving() -> bool:
    """Whether this is the first run since the reader has come to the page, or gone back or forward."""
    return _visit().arriving


def pending() -> dict[str, str]:
    """What the address says that no control has read yet; it stays in the address."""
    visit = _visit()
    found = {key: ",".join(texts) for key, texts in visit.said.items() if key != KEY}
    visit.shown.update(found)
    return found


def put(key: str, value: Any) -> None:
    """Give a control, on the page or not yet, the value that the reader has just asked for."""
    visit = _visit()
    visit.settled.add(key)
    visit.said.pop(key, None)
    st.session_state.setdefault(KEPT, {}).pop(key, None)
    st.session_state[key] = value


def renew(key: str, value: Any) -> None:
    """Give a control the value that another landscape asks for, unless a link that has just come decides."""
    visit = _visit()
    st.session_state.setdefault(KEPT, {}).pop(key, None)
    if key in visit.settled or not visit.alone:
        visit.settled.add(key)
        st.session_state[key] = value


def recall(key: str, page: str) -> None:
    """Give a control the value it had on this page when the reader comes back to it by the navigation.

    Other pages have another control of this key.

    Args:
        key: The parameter of the link.
        page: The page's address.
    """
    last = st.session_state.get(f"{key}-of-{page}")
    if last is not None and arriving():
        renew(key, last)


def keep_for(key: str, page: str) -> None:
    """Keep a control's value for `recall`."""
    st.session_state[f"{key}-of-{page}"] = st.session_state[key]


def keep(keys: Sequence[str]) -> None:
    """Keep the values of this page's controls for the next visit to it."""
    kept = st.session_state.setdefault(KEPT, {})
    kept.update({key: st.session_state[key] for key in keys if key in st.session_state})


def note(key: str, reason: str, instead: Any) -> None:
    """Remember what a link said that cannot be used."""
    _visit().corrected = True
    text = _("Link: `{key}` – {reason}. Shown instead: {instead}.")
    shown = f"{instead:.6g}" if isinstance(instead, float) else written(instead, ", ")
    st.session_state.setdefault(NOTES, {})[key] = text.format(key=key, reason=reason, instead=shown)


def say_again() -> None:
    """Let the next run say once more what this one has said: it is not the reader's."""
    if said := st.session_state.get(SAID):
        st.session_state[NOTES] = said


def show_notes(place: Any) -> None:
    """Tell the reader once what was not usable."""
    if notes := st.session_state.pop(NOTES, None):
        st.session_state.setdefault(SAID, {}).update(notes)
        place.warning("  \n".join(notes.values()), icon=":material/link_off:")


def written(value: Any, comma: str = ",") -> str:
    """A value as a link says it; a number with all its digits.

    Example:
        >>> written(True), written(-8.0), written(0.1), written(["gd", "adam"])
        ('true', '-8', '0.1', 'gd,adam')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return comma.join(value) if isinstance(value, list | tuple) else str(value)


def quoted(text: str) -> str:
    """A reader's text made short and harmless for a message."""
    plain = "".join(
        letter if letter.isprintable() and letter not in "`*_[]<>$\\~#|" else "?" for letter in text
    )
    return plain if len(plain) <= 40 else plain[:39] + "…"


def read_choice(options: Sequence[str]) -> Callable[[list[str]], str]:
    """A reader of one of the options."""

    def read(texts: list[str]) -> str:
        if texts[-1] not in options:
            raise UnusableError(_(UNKNOWN).format(value=quoted(texts[-1])))
        return texts[-1]

    return read


def read_switch(texts: list[str]) -> bool:
    """A reader of true and false."""
    values: Mapping[str, bool] = {"true": True, "1": True, "false": False, "0": False}
    if texts[-1].lower() not in values:
        raise UnusableError(_(UNKNOWN).format(value=quoted(texts[-1])))
    return values[texts[-1].lower()]


def read_number(low: float, high: float, *, whole: bool = False) -> Callable[[list[str]], float]:
    """A reader of a finite number between limits."""

    def read(texts: list[str]) -> float:
        try:
            value = float(texts[-1])
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise UnusableError(_(NOT_A_NUMBER).format(value=quoted(texts[-1])))
        if value < low == math.ulp(0.0):
            raise UnusableError(_(NOT_POSITIVE).format(value=f"{value:.6g}"))
        if value < low:
            raise UnusableError(_(TOO_SMALL).format(value=f"{value:.6g}", limit=f"{low:g}"))
        if value > high:
            raise UnusableError(_(TOO_LARGE).format(value=f"{value:.6g}", limit=f"{high:g}"))
        if whole and value != round(value):
            raise UnusableError(_(NOT_WHOLE).format(value=f"{value:.6g}"))
        return value

    return read


def is_between(value: Any, low: float, high: float) -> bool:
    """Whether a value is a number within limits."""
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _visit() -> Visit:
    if VISIT not in st.session_state:
        st.session_state[VISIT] = Visit("", _said())
    visit: Visit = st.session_state[VISIT]
    if context := get_script_run_ctx():
        visit.page = context.page_script_hash  # which the navigation knows only after its first run
    return visit


def _said() -> dict[str, list[str]]:
    return {key: st.query_params.get_all(key) for key in st.query_params}
